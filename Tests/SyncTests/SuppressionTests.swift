import Foundation
import LoadOps
import Sheets
import Testing
import Vocabulary

@testable import Sync

final class SuppressionTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  static let header = "invoice_number,reason,by,date,until,customer_name\n"

  /// A mistake in a `suppress.csv`; 1️⃣ stands before the cell that the problem points at.
  struct Mistake: CustomTestStringConvertible, Sendable {
    var csv: String
    var message: String
    var remedy: String

    init(rows: String, _ message: String, _ remedy: String) {
      self.init(SuppressionTests.header + rows, message, remedy)
    }
    init(_ csv: String, _ message: String, _ remedy: String) {
      (self.csv, self.message, self.remedy) = (csv, message, remedy)
    }
    var testDescription: String { message }
  }

  static let mistakes = [
    Mistake(
      "invoice_number,reason,1️⃣untill\n1,x,", "unknown column \"untill\"", "did you mean \"until\"?"),
    Mistake("1️⃣invoice_number\n1", "the column \"reason\" is missing", "the first row must be"),
    Mistake(
      "1️⃣reason,by\nx,y", "neither a column \"invoice_number\" nor a column \"customer_name\"",
      "the first row must be"),
    Mistake(
      rows: "1️⃣,why,,,,", "names neither an invoice nor a customer",
      "all of that customer's invoices"),
    Mistake(rows: "1,1️⃣,,,,", "the reason is empty", "write why"),
    Mistake(
      rows: "1,why,me,1️⃣3/31/2026,,", "\"3/31/2026\" is not a date in the column \"date\"",
      "2026-03-31"),
    Mistake(rows: "1,why,me,,1️⃣2026-02-30,", "is not a date in the column \"until\"", "2026-03-31"),
    Mistake(
      rows: "1,why,,2026-03-31,1️⃣2026-03-30,", "the row ends on 2026-03-30, before it begins",
      "correct one of the two dates"),
    Mistake(
      rows: "1️⃣1.2E+11,why,,,,", "what a spreadsheet makes of a long number",
      "format the column as text"),
    Mistake(rows: "1,why,,,,A,1️⃣B", "this row has 7 cells and the header has 6", "quotation marks"),
    Mistake(
      rows: "1,why,,,,\n1,other,,,1️⃣2026-03-31,",
      "invoice \"1\" is suppressed twice: until 2026-03-31 here and for ever on line 2", "keep one"),
    Mistake(
      rows: ",why,,,,Acme\n,why,,,1️⃣2026-03-31,Acme", "customer \"Acme\" is suppressed twice",
      "keep one"),
    Mistake(
      "invoice_number,reason,released\n1,why,1️⃣maybe", "\"maybe\" does not tell whether", "or yes"),
  ]

  @Test(arguments: mistakes)
  func `every mistake is told with its place and a remedy`(_ mistake: Mistake) throws {
    let place = try #require(mistake.csv.range(of: "1️⃣"))
    let before = mistake.csv[..<place.lowerBound]
    let csv = mistake.csv.replacing("1️⃣", with: "")
    let (_, problems) = SuppressionList.check(path: try file(csv))
    let problem = try #require(problems.first)
    #expect(problems.count == 1)
    #expect(problem.cause == .settingsWrong)
    #expect(problem.message.contains(mistake.message), "\(problem)")
    #expect(problem.remedy.contains(mistake.remedy), "\(problem)")
    #expect(problem.location?.line == before.count { $0.isNewline } + 1, "\(problem)")
    if let column = problem.location?.column {
      #expect(column == before.reversed().prefix { !$0.isNewline }.count + 1, "\(problem)")
    }
  }

  @Test func `a missing file and the template suppress nothing`() throws {
    #expect(try SuppressionList.load(path: "/nowhere/suppress.csv").isEmpty)
    let template = try SuppressionList.load(path: try file(SuppressionList.template))
    #expect(template.isEmpty && !template.coversCustomers)
    #expect(template.fingerprint == SuppressionList.empty.fingerprint)
    #expect(match(template, "1", "Acme") == .none)
    let failure = #expect(throws: Failure.self) {
      try SuppressionList.load(path: try file("reason,x,y\n"))
    }
    #expect(failure?.message.hasSuffix("(and 2 more problems in this file)") == true)
  }

  @Test func `an invoice is suppressed by its number, its guard or its customer`() throws {
    let list = try load(
      SuppressionTests.header + """
        00123,typed by hand,Ana,2026-01-05,,
        LD-7,factored,,,,Acme
        LD-7,factored,,,,Zeta
        ,in court,,,,Broker & Söhne
        LD-8,wait,,,2026-03-31,
        LD-9,wait,,,2026-02-28,
        ,old quarrel,,,2026-02-28,Past Co
        """)
    #expect(match(list, "00123", "Anyone") == .suppressed(0))
    #expect(match(list, "123", "Anyone") == .none)
    #expect(match(list, "LD-7", "Acme") == .suppressed(1))
    #expect(match(list, "LD-7", "Zeta") == .suppressed(2))
    #expect(match(list, "LD-7", "acme") == .guardDiffers(1))
    #expect(match(list, "LD-7", "Broker & Söhne") == .suppressed(3))
    #expect(match(list, "X", "Broker & Söhne") == .suppressed(3))
    #expect(match(list, "LD-8", "Acme") == .suppressed(4))
    #expect(match(list, "LD-8", "Acme", "2026-04-01") == .expired(4))
    #expect(match(list, "LD-9", "Acme") == .expired(5))
    #expect(match(list, "LD-9", "Acme", "2026-02-28") == .suppressed(5))
    #expect(match(list, "X", "Past Co") == .expired(6))
    #expect(match(list, "LD-7", "Past Co") == .guardDiffers(1))
    let reason = try #require(list.reason(number: "00123", customer: "", today: day("2026-03-31")))
    #expect(reason.reason == "typed by hand" && reason.by == "Ana" && reason.line == 2)
    #expect(list.reason(number: "LD-9", customer: "Acme", today: day("2026-03-31")) == nil)
    #expect(list.coversCustomers)
    #expect(list.entries.map(\.index) == Array(0..<7))
  }

  @Test func `a released row counts no more, from the day it names`() throws {
    let list = try load(
      """
      Released,Invoice Number,Reason
      yes,1,a
      2026-03-15,2,b
      no,3,c
      ,1,again
      2026-01-01,4,d
      """)
    #expect(match(list, "1", "A") == .suppressed(3))
    #expect(match(list, "2", "A", "2026-03-14") == .suppressed(1))
    #expect(match(list, "2", "A", "2026-03-15") == .none)
    #expect(match(list, "3", "A") == .suppressed(2))
    #expect(match(list, "4", "A") == .none)
  }

  @Test func `repetitions and different guards are no contradiction`() throws {
    let list = try load(
      SuppressionTests.header + "1,a,,,,\n1,b,,,,\n1,c,,,2026-03-31,Acme\n,d,,,,Acme\n")
    #expect(list.entries.count == 4)
    #expect(match(list, "1", "Acme", "2026-05-01") == .suppressed(0))
  }

  @Test func `bytes that surely match nothing are told without a text`() throws {
    let list = try load(SuppressionTests.header + "LD-1,a,,,,\n,b,,,,Acme\n")
    #expect(mayContain(list, "LD-1") && !mayContain(list, "LD-2") && !mayContain(list, ""))
    #expect(mayMatch(list, "LD-2", "Acme") && mayMatch(list, "LD-1", "Zeta"))
    #expect(!mayMatch(list, "LD-2", "Zeta"))
    // Composed and decomposed letters are one text with two encodings.
    #expect(mayContain(list, "LD-\u{E9}"))
    let accented = try load(SuppressionTests.header + "LD-\u{E9},a,,,,\n")
    #expect(mayContain(accented, "LD-e\u{301}"))
    #expect(match(accented, "LD-e\u{301}", "A") == .suppressed(0))
    #expect(!mayContain(SuppressionList.empty, "LD-\u{E9}"))
    var names = HostileNames(seed: 7)
    for _ in 0..<500 {
      let (number, customer) = (names.name(), names.name())
      let list = try load(
        SuppressionTests.header + SuppressionList.line(invoiceNumber: number, reason: "x") + "\n"
          + SuppressionList.line(invoiceNumber: "", reason: "x", customerName: customer) + "\n")
      #expect(mayContain(list, number) && mayMatch(list, "", customer))
      #expect(match(list, number, "") == .suppressed(0))
      #expect(match(list, "", customer) == .suppressed(1))
    }
  }

  @Test func `a line that a command appends is read back as the same texts`() throws {
    var names = HostileNames(seed: 2027)
    let headers = [
      SuppressionTests.header, "customer_name;until;reason;released;invoice_number;by;date\n",
    ]
    for _ in 0..<300 {
      let (number, reason) = (names.name(), names.name())
      let (by, customer) = (names.name(), names.name())
      for header in headers {
        let line = try #require(
          try load(header).line(
            invoiceNumber: number, reason: reason, by: by, date: day("2026-01-02"),
            until: day("2026-03-04"), customerName: customer))
        let entry = try #require(try load(header + line + "\n").entries.first)
        #expect(entry.invoiceNumber == number && entry.reason == reason && entry.by == by)
        #expect(entry.customerName == customer && entry.released == nil)
        #expect(entry.date == day("2026-01-02") && entry.until == day("2026-03-04"))
      }
    }
    let narrow = try load("invoice_number,reason\n")
    #expect(narrow.line(invoiceNumber: "1", reason: "x", customerName: "A") == nil)
    #expect(narrow.line(invoiceNumber: "1", reason: "x", until: day("2026-03-04")) == nil)
    #expect(
      narrow.line(invoiceNumber: "1", reason: "x", by: "me", date: day("2026-03-04")) == "1,x")
  }

  @Test func `the fingerprint sees every change but not the order`() throws {
    let first = try load(SuppressionTests.header + "1,a,,,,\n2,a,,,,B\n")
    let moved = try load(SuppressionTests.header + "2,a,,,,B\n1,a,,,,\n")
    #expect(first.fingerprint == moved.fingerprint)
    for rows in [
      "1,a,,,,\n", "1,a,,,,\n2,a,,,,C\n", "1,b,,,,\n2,a,,,,B\n", "1,a,,,2026-01-01,\n2,a,,,,B",
    ] {
      #expect(try load(SuppressionTests.header + rows).fingerprint != first.fingerprint)
    }
  }

  private func match(
    _ list: SuppressionList, _ number: String, _ customer: String, _ today: String = "2026-03-31"
  ) -> SuppressionList.Match {
    list.match(number: number, customer: customer, today: day(today))
  }

  private func mayContain(_ list: SuppressionList, _ number: String) -> Bool {
    let bytes = Array(number.utf8)
    return list.mayContain(number: bytes.span)
  }

  private func mayMatch(_ list: SuppressionList, _ number: String, _ customer: String) -> Bool {
    let (number, customer) = (Array(number.utf8), Array(customer.utf8))
    return list.mayMatch(number: number.span, customer: customer.span)
  }

  private func day(_ text: String) -> CalendarDate {
    CalendarDate(iso: text) ?? CalendarDate(daysSince1970: 0)
  }

  private func load(_ csv: String) throws -> SuppressionList {
    let (list, problems) = SuppressionList.check(
      try CSVTable(path: "suppress.csv", bytes: Array(csv.utf8)))
    #expect(problems.isEmpty, "\(problems)")
    return try #require(list)
  }

  private func file(_ text: String) throws -> String {
    let url = folder.appending(path: "suppress.csv")
    try Data(text.utf8).write(to: url)
    return url.path
  }
}
