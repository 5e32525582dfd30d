import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Sync

struct SuppressionFileTests {
  private let folder: TemporaryFolder
  private let today: CalendarDate
  private var path: String { folder.path("suppress.csv") }

  init() throws {
    folder = try TemporaryFolder()
    today = try #require(CalendarDate(iso: "2026-11-23"))
  }

  private func request(
    _ number: String?, customer: String? = nil, reason: String = "why", by: String = "",
    until: String? = nil
  ) -> SuppressionFile.Request {
    SuppressionFile.Request(
      invoiceNumber: number, customerName: customer, reason: reason, by: by,
      until: until.flatMap { CalendarDate(iso: $0) })
  }

  /// Edits the file and gives what became of it.
  private func edit(
    _ before: String?, _ body: (inout SuppressionFile) throws -> SuppressionFile.Answer
  ) throws -> (SuppressionFile.Answer, String?) {
    if let before { try folder.write(before, to: "suppress.csv") }
    var file = try SuppressionFile(path: path)
    let answer = try body(&file)
    try file.save()
    return (answer, try? folder.text("suppress.csv"))
  }

  private static let header = "invoice_number,reason,by,date,until,customer_name\n"

  @Test func `a file that is not there is made, with the usual columns`() throws {
    let (answer, after) = try edit(nil) {
      try $0.suppress(
        request("1", customer: "Acme, Inc.", reason: "in \"dispute\"", by: "Dana"), today: today)
    }
    #expect(answer == .done)
    #expect(after == Self.header + "1,\"in \"\"dispute\"\"\",Dana,2026-11-23,,\"Acme, Inc.\"\n")
  }

  @Test(arguments: [
    // no line end behind the last row
    (header + "9,x,,,,", header + "9,x,,,,\n1,why,,2026-11-23,,\n"),
    // the line ends of Windows, and a byte order mark
    (
      "\u{FEFF}invoice_number,reason\r\n9,x\r\n",
      "\u{FEFF}invoice_number,reason\r\n9,x\r\n1,why\r\n"
    ),
    // semicolons, another order, a row over two lines, blanks, empty lines, a short row
    (
      "reason;Invoice Number;until\n\"two\nlines\" ; 9 ;\n\n;;\nx;8\n",
      "reason;Invoice Number;until\n\"two\nlines\" ; 9 ;\n\n;;\nx;8\nwhy;1;\n"
    ),
  ])
  func `all other rows stay byte for byte`(before: String, after: String) throws {
    let (answer, text) = try edit(before) { try $0.suppress(request("1"), today: today) }
    #expect(answer == .done)
    #expect(text.map { Array($0.utf8) } == Array(after.utf8))
    let (released, back) = try edit(nil) {
      $0.release(invoiceNumber: "1", customerName: nil, today: today)
    }
    #expect(released == .done)
    let end = before.hasSuffix("\n") || before.hasSuffix("\r\n") ? "" : "\n"
    #expect(back.map { Array($0.utf8) } == Array((before + end).utf8))
  }

  @Test(arguments: [UInt64.random(in: 0...999_999_999)])
  func `any edit keeps every row that it is not about`(seed: UInt64) throws {
    print("seed \(seed): any edit keeps every row that it is not about")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<60 {
      let newline = Bool.random(using: &generator) ? "\r\n" : "\n"
      let rows = (0..<8).map { index in
        let reason =
          ["plain", "\"two\(newline)lines\"", " x ", "\"a,b\""]
          .randomElement(using: &generator) ?? ""
        return "N\(index),\(reason),,,,\(newline)"
      }
      let header = String(Self.header.dropLast()) + newline
      let before = header + rows.joined()
      let target = Int.random(in: 0..<10, using: &generator)
      let (answer, text) = try edit(before) {
        $0.release(invoiceNumber: "N\(target)", customerName: nil, today: today)
      }
      let kept = rows.enumerated().filter { $0.offset != target }.map(\.element)
      #expect(text == header + kept.joined())
      #expect((answer == .done) == (target < 8))
      let (added, again) = try edit(nil) { try $0.suppress(request("N\(target)"), today: today) }
      #expect(added == .done)
      #expect(again == header + kept.joined() + "N\(target),why,,2026-11-23,,\(newline)")
    }
  }

  @Test func `what is suppressed already gets no second row`() throws {
    let before = Self.header + "1,first,,,,\n,all,,,,Acme\n"
    for request in [request("1"), request(nil, customer: "Acme")] {
      let (answer, after) = try edit(before) { try $0.suppress(request, today: today) }
      guard case .already(let line, let reason) = answer else {
        Issue.record("\(answer)")
        continue
      }
      #expect((line, reason) == (request.invoiceNumber == nil ? (3, "all") : (2, "first")))
      #expect(after == before)
    }
  }

  @Test(arguments: [
    ("1,x,,,,\n", "2026-12-31", nil, "it is suppressed for ever already"),
    ("1,x,,,2026-12-31,\n", nil, nil, "it is suppressed until 2026-12-31 already"),
    ("1,x,,,,Acme\n", nil, "Beta", "line 2 suppresses it for \"Acme\", not for \"Beta\""),
  ])
  func `what contradicts a row in force is refused, and the file stays`(
    row: String, until: String?, customer: String?, message: String
  ) throws {
    let before = Self.header + row
    let (answer, after) = try edit(before) {
      try $0.suppress(request("1", customer: customer, until: until), today: today)
    }
    guard case .refused(let why, let remedy) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(why.hasPrefix(message))
    #expect(!remedy.isEmpty)
    #expect(after == before)
  }

  @Test(arguments: [
    ("", nil, "why", nil, "its number is empty"),
    (" ", "Acme", "why", nil, "its number is empty"),
    ("1", nil, "why", "2026-11-22", "its last day, 2026-11-22, is over"),
    ("1.23E+11", nil, "why", nil, "\"1.23E+11\" is what a spreadsheet makes of a long number"),
    ("1", nil, "", nil, "the reason is empty"),
    (nil, nil, "why", nil, "the row names neither an invoice nor a customer"),
  ])
  func `a row that would make the list unreadable is refused, and the file stays`(
    number: String?, customer: String?, reason: String, until: String?, message: String
  ) throws {
    let (answer, after) = try edit(Self.header + "9,x,,,,\n") {
      try $0.suppress(
        request(number, customer: customer, reason: reason, until: until), today: today)
    }
    guard case .refused(let why, let remedy) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(why == message)
    #expect(!remedy.isEmpty)
    #expect(after == Self.header + "9,x,,,,\n")
  }

  @Test func `the last day may be today`() throws {
    let (answer, _) = try edit(nil) {
      try $0.suppress(request("1", until: "2026-11-23"), today: today)
    }
    #expect(answer == .done)
    #expect(try SuppressionList.load(path: path).entries.count == 1)
  }

  @Test func `the guard of a release holds against whom a run knew, where the row names nobody`()
    throws
  {
    let before = Self.header + "1,x,,,,\n"
    let (refused, same) = try edit(before) {
      $0.release(invoiceNumber: "1", customerName: "Beta", knownCustomer: "Acme", today: today)
    }
    guard case .refused(let why, _) = refused else {
      Issue.record("\(refused)")
      return
    }
    #expect(why == "it is an invoice of \"Acme\", not of \"Beta\"")
    #expect(same == before)
    for known in ["Acme", "", nil] {
      let (answer, after) = try edit(before) {
        $0.release(invoiceNumber: "1", customerName: "Acme", knownCustomer: known, today: today)
      }
      #expect(answer == .done)
      #expect(after == Self.header)
    }
  }

  @Test func `a row that is over gives way to a new one`() throws {
    let (answer, after) = try edit(Self.header + "1,old,,,2026-10-31,\n2,x,,,,\n") {
      try $0.suppress(request("1"), today: today)
    }
    #expect(answer == .done)
    #expect(after == Self.header + "2,x,,,,\n1,why,,2026-11-23,,\n")
  }

  @Test func `a file that notes releases keeps the row, marked`() throws {
    let header = "invoice_number,reason,released\n"
    let (answer, after) = try edit(header + "1,\"a, b\",\n2,x,\n") {
      $0.release(invoiceNumber: "1", customerName: nil, today: today)
    }
    #expect(answer == .done)
    #expect(after == header + "1,\"a, b\",2026-11-23\n2,x,\n")
    let (again, _) = try edit(nil) {
      $0.release(invoiceNumber: "1", customerName: nil, today: today)
    }
    #expect(
      again == .refused("it is not on the suppression list", remedy: "see what is in \(path)"))
  }

  @Test func `an invoice that is suppressed with its customer is not released alone`() throws {
    let before = Self.header + "1,x,,,,\n,all of it,,,,Acme\n"
    let (answer, after) = try edit(before) {
      $0.release(invoiceNumber: "1", customerName: nil, knownCustomer: "Acme", today: today)
    }
    guard case .refused(let why, let remedy) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(why == "it is suppressed with all of \"Acme\" (line 3: all of it)")
    #expect(remedy.hasSuffix("loadbooks release --customer Acme"))
    #expect(after == before)
    let (released, rest) = try edit(nil) {
      $0.release(invoiceNumber: nil, customerName: "Acme", today: today)
    }
    #expect(released == .done)
    #expect(rest == Self.header + "1,x,,,,\n")
  }

  @Test func `a file with something wrong in it is not edited`() throws {
    try folder.write(Self.header + "1,x,,,,\n1,y,,,2026-12-31,\n", to: "suppress.csv")
    let failure = try #require(throws: Failure.self) { _ = try SuppressionFile(path: path) }
    #expect(failure.cause == .settingsWrong)
    #expect(failure.location?.line == 3)
  }

  @Test func `a column that is missing is told`() throws {
    try folder.write("invoice_number,reason\n", to: "suppress.csv")
    var file = try SuppressionFile(path: path)
    let failure = try #require(throws: Failure.self) {
      _ = try file.suppress(request("1", until: "2026-12-31"), today: today)
    }
    #expect(failure.message.hasSuffix("lacks a column that this row needs"))
  }

  @Test func `what somebody else saved in between is not written over`() throws {
    try folder.write(Self.header, to: "suppress.csv")
    var file = try SuppressionFile(path: path)
    _ = try file.suppress(request("1"), today: today)
    try folder.write(Self.header + "2,theirs,,,,\n", to: "suppress.csv")
    let failure = try #require(throws: Failure.self) { try file.save() }
    #expect(failure.cause == .tryAgain)
    #expect(try folder.text("suppress.csv") == Self.header + "2,theirs,,,,\n")
    #expect(folder.entries == ["suppress.csv"])
  }

  @Test func `a link stays a link, and who may read it stays`() throws {
    try folder.write(Self.header, to: "elsewhere/list.csv")
    chmod(folder.path("elsewhere/list.csv"), 0o640)
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: folder.path("elsewhere/list.csv"))
    _ = try edit(nil) { try $0.suppress(request("1"), today: today) }
    let kind = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    #expect(kind == .typeSymbolicLink)
    #expect(try folder.text("elsewhere/list.csv").hasSuffix("\n1,why,,2026-11-23,,\n"))
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
  }

  // MARK: - Many at once

  private func read(_ text: String, reason: String? = "why") throws -> [SuppressionFile.Request] {
    try SuppressionFile.Request.read(
      "list", bytes: Array(text.utf8), reason: reason, by: "Dana", until: nil)
  }

  @Test func `numbers come one a line, each once`() throws {
    let requests = try read("# paid in cash\n001\n\n002\n001\n")
    #expect(requests.map(\.invoiceNumber) == ["001", "002"])
    #expect(requests.allSatisfy { $0.reason == "why" && $0.by == "Dana" })
  }

  @Test func `a table brings its own reasons, days and customers`() throws {
    let requests = try read(
      "Invoice Number,Reason,Until,Customer Name,whatever\n1,own,2026-12-31,Acme,x\n2,,,,\n")
    #expect(
      requests == [
        SuppressionFile.Request(
          invoiceNumber: "1", customerName: "Acme", reason: "own", by: "Dana",
          until: CalendarDate(iso: "2026-12-31")),
        SuppressionFile.Request(
          invoiceNumber: "2", customerName: nil, reason: "why", by: "Dana", until: nil),
      ])
  }

  @Test func `a held file will do`() throws {
    let requests = try read(
      "held_because,invoice_number,customer_name,amount\nx,1,Acme,5\nx,1,Acme,6\nx,2,Beta,7\n")
    #expect(requests.map(\.invoiceNumber) == ["1", "2"])
    #expect(requests.allSatisfy { $0.customerName == nil })
  }

  @Test(arguments: [
    ("1,2\n", "this line has more than an invoice number"),
    ("invoice_number,until\n1,31.12.2026\n", "\"31.12.2026\" is not a date"),
    ("invoice_number\n\"1\n", "a quotation mark is never closed"),
    ("\n", "list is empty"),
  ])
  func `a file that makes no sense is told`(text: String, message: String) throws {
    let failure = try #require(throws: Failure.self) { _ = try read(text) }
    #expect(failure.cause == .inputUnreadable)
    #expect(failure.message == message)
  }

  @Test func `a row without any reason is told`() throws {
    for text in ["1\n", "invoice_number,reason\n1,\n"] {
      let failure = try #require(throws: Failure.self) { _ = try read(text, reason: nil) }
      #expect(failure.message == "there is no reason for invoice 1")
    }
  }
}
