import Foundation
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import loadbooks

/// The whole way to a QuickBooks that answers: files out, answers in, until everything is there once.
struct AcceptTests {
  private let folder: TemporaryFolder
  private var now = CommandRun.now

  init() throws {
    folder = try TemporaryFolder()
    try folder.copy(PackageFolder.samples.appendingPathComponent("first-run/in"), to: "in")
    try folder.copy(
      PackageFolder.samples.appendingPathComponent("first-run/mapping.csv"), to: "mapping.csv")
    _ = try CommandRun.run(["init", "company", "--name", "Bluebonnet"], in: folder.path)
  }

  @discardableResult
  private mutating func run(_ words: String...) throws -> CommandRun {
    now += 60
    return try CommandRun.run(words + ["--company", "company"], in: folder.path, at: now)
  }

  private mutating func convert(_ more: String...) throws -> CommandRun {
    now += 60
    return try CommandRun.run(
      ["convert", "in", "--company", "company", "--mapping", "mapping.csv", "--target", "qbxml"]
        + more, in: folder.path, at: now)
  }

  private var runs: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path("company/outbox"))) ?? [])
      .filter { $0.hasPrefix("2") }.sorted()
  }

  private func requestFiles(of run: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path("company/outbox/\(run)"))
      .filter { $0.hasSuffix(".xml") && !$0.hasPrefix(".") }.sorted()
      .map { folder.path("company/outbox/\(run)/\($0)") }
  }

  private mutating func ledger() throws -> String { try run("ledger", "export", "-").output }

  private func ids(_ path: String) throws -> [String] {
    var ids: [String] = []
    try QBXMLRequests.forEach(ofFile: path) { request throws(Failure) in ids.append(request.id) }
    return ids
  }

  @Test mutating func `what all of QuickBooks takes is accepted with its ids, once`() throws {
    var desktop = FakeDesktop(SeededGenerator(seed: 1))
    _ = try convert()
    for (index, path) in try requestFiles(of: runs[0]).enumerated() {
      try folder.write(try desktop.process(path), to: "a\(index).xml")
      let accepted = try run("accept", "a\(index).xml")
      #expect(accepted.code == 0, "\(accepted.output)")
    }
    #expect(desktop.documents.count == 140)
    let before = try ledger()
    #expect(before.components(separatedBy: "\"accepted\"").count > 140)
    let again = try run("accept", "a1.xml", "a0.xml")
    #expect(again.code == 0)
    #expect(again.output.contains("known before"))
    #expect(try ledger() == before)
    #expect(try run("ledger", "check").code == 0)
    let undone = try run("undo", runs[0], "--yes")
    #expect(undone.code == 0, "\(undone.messages)")
    let name = try FileManager.default.contentsOfDirectory(
      atPath: folder.path("company/outbox/undone"))[0]
    let removals = folder.path("company/outbox/undone/\(name)/delete-from-quickbooks.xml")
    var transactions: [String] = []
    try QBXMLRequests.forEach(ofFile: removals, validating: true) { request throws(Failure) in
      transactions.append(request.name)
    }
    let given = desktop.documents.values.flatMap { $0 }.map(\.transaction)
    #expect(transactions.sorted() == given.sorted())
  }

  @Test mutating func `a mixed answer leaves exactly what is missing to be sent`() throws {
    var desktop = FakeDesktop(SeededGenerator(seed: 1))
    desktop.vendors = ["acme brokerage, inc."]
    _ = try convert("--set", "formats.qbxml.on_error=stopOnError")
    let files = try requestFiles(of: runs[0])
    try folder.write(try desktop.process(files[0]), to: "lists.xml")
    #expect(try run("accept", "lists.xml").code == 0)
    let sent = try ids(files[1])
    try folder.write(try desktop.process(files[1]), to: "documents.xml")
    let accepted = try run("accept", "documents.xml")
    #expect(accepted.code == 3)
    #expect(accepted.output.contains("[answer-name-taken]"))
    // QuickBooks stopped at the first invoice of that customer: what stood before it is there.
    let there = desktop.documents.values.reduce(0) { $0 + $1.count }
    let resend = try #require(try requestFiles(of: runs[0]).last { $0.hasSuffix("-resend.xml") })
    var missing: [String] = []
    var refused = 0
    try QBXMLRequests.forEach(ofFile: files[1]) { request throws(Failure) in
      guard
        desktop.documents[
          (request.type == "InvoiceAdd" ? "Invoice " : "CreditMemo ") + request.name] == nil
      else { return }
      if request.customer == "Acme Brokerage, Inc." {
        refused += 1
      } else {
        missing.append(request.id)
      }
    }
    #expect(refused > 0 && there > 0)
    #expect(try ids(resend) == missing)
    #expect(there + refused + missing.count == sent.count)
    let before = try ledger()
    _ = try run("accept", "documents.xml", "lists.xml")
    #expect(try ledger() == before)
    // The rest goes in, then the customer gets another name and convert sends what was refused.
    try folder.write(try desktop.process(resend), to: "resend.xml")
    #expect(try run("accept", "resend.xml").code == 0)
    try folder.write(
      try folder.text("mapping.csv")
        + "customer,\"Acme Brokerage, Inc.\",\"Acme Brokerage, Inc. (C)\",,\n", to: "mapping.csv")
    _ = try convert()
    let newest = try #require(runs.last)
    let second = try requestFiles(of: newest)
    let documents = try #require(second.last)
    #expect(try ids(documents).count == refused)
    for (index, path) in second.enumerated() {
      try folder.write(try desktop.process(path), to: "b\(index).xml")
      #expect(try run("accept", "b\(index).xml").code == 0)
    }
    #expect(desktop.documents.count == sent.count)
    #expect(desktop.documents.values.allSatisfy { $0.count == 1 })
    #expect(try run("ledger", "check").code == 0)
  }

  @Test mutating func `a file of what is missing is found again when the program was killed`()
    throws
  {
    var desktop = FakeDesktop(SeededGenerator(seed: 3))
    desktop.locks = 30
    _ = try convert()
    let files = try requestFiles(of: runs[0])
    try folder.write(try desktop.process(files[0]), to: "lists.xml")
    _ = try run("accept", "lists.xml")
    let resend = try #require(try requestFiles(of: runs[0]).last { $0.hasSuffix("-resend.xml") })
    let name = (resend as NSString).lastPathComponent
    let place = (resend as NSString).deletingLastPathComponent
    // As if it had been killed before the file had its name, and another time before it was recorded.
    try FileManager.default.moveItem(atPath: resend, toPath: "\(place)/.\(name).partial")
    try FileManager.default.copyItem(
      atPath: "\(place)/.\(name).partial", toPath: "\(place)/.099-resend.xml.partial")
    _ = try run("accept", "lists.xml")
    let names = try FileManager.default.contentsOfDirectory(atPath: place)
    #expect(names.contains(name))
    #expect(!names.contains { $0.hasSuffix(".partial") })
  }

  @Test mutating func `lost answers are asked for, and what QuickBooks forgot is looked up`() throws
  {
    var desktop = FakeDesktop(SeededGenerator(seed: 4))
    _ = try convert()
    let files = try requestFiles(of: runs[0])
    for path in files { _ = try desktop.process(path) }
    #expect(try run("accept", "--recover", runs[0]).code == 0)
    let recover = try requestFiles(of: runs[0]).filter { $0.hasSuffix("-recover.xml") }
    #expect(recover.count == 2)
    try folder.write(try desktop.process(recover[0]), to: "r0.xml")
    #expect(try run("accept", "r0.xml").code == 0)
    // The tool has cleared the second set meanwhile.
    desktop.forgetSets()
    try folder.write(try desktop.process(recover[1]), to: "r1.xml")
    let asked = try run("accept", "r1.xml")
    #expect(asked.code == 3)
    #expect(asked.output.contains("[answer-set-unknown]"))
    let find = try #require(try requestFiles(of: runs[0]).last { $0.hasSuffix("-find.xml") })
    try folder.write(try desktop.process(find), to: "found.xml")
    let found = try run("accept", "found.xml")
    #expect(found.code == 0, "\(found.output)")
    let before = try ledger()
    _ = try run("accept", "found.xml", "r1.xml")
    #expect(try ledger() == before)
    #expect(desktop.documents.values.allSatisfy { $0.count == 1 })
    // A set that QuickBooks never got: nothing is found, everything is sent again.
    #expect(try run("ledger", "check").code == 0)
  }

  @Test mutating func `what never arrived is sent again after QuickBooks was asked`() throws {
    var desktop = FakeDesktop(SeededGenerator(seed: 5))
    _ = try convert()
    let files = try requestFiles(of: runs[0])
    try folder.write(try desktop.process(files[0]), to: "lists.xml")
    _ = try run("accept", "lists.xml")
    _ = try run("accept", "--recover", runs[0])
    let recover = try #require(try requestFiles(of: runs[0]).last { $0.hasSuffix("-recover.xml") })
    try folder.write(try desktop.process(recover), to: "r.xml")
    _ = try run("accept", "r.xml")
    let find = try #require(try requestFiles(of: runs[0]).last { $0.hasSuffix("-find.xml") })
    try folder.write(try desktop.process(find), to: "found.xml")
    _ = try run("accept", "found.xml")
    let resend = try #require(try requestFiles(of: runs[0]).last { $0.hasSuffix("-resend.xml") })
    #expect(try ids(resend) == ids(files[1]))
    try folder.write(try desktop.process(resend), to: "resend.xml")
    #expect(try run("accept", "resend.xml").code == 0)
    #expect(desktop.documents.count == 140)
  }

  @Test mutating func `a request file that was changed is not copied from`() throws {
    var desktop = FakeDesktop(SeededGenerator(seed: 6))
    desktop.locks = 100
    _ = try convert()
    let files = try requestFiles(of: runs[0])
    let answer = try desktop.process(files[1])
    try folder.write(answer, to: "documents.xml")
    let path = "company/outbox/\(runs[0])/002-documents.xml"
    try folder.write(try folder.text(path) + "\n", to: path)
    let accepted = try run("accept", "documents.xml")
    #expect(accepted.code == 3)
    #expect(accepted.output.contains("convert the export again"))
    #expect(try requestFiles(of: runs[0]).count == 2)
    // Everything goes out again, with the next run.
    _ = try convert()
    let last = try #require(runs.last)
    let documents = try #require(try requestFiles(of: last).last)
    #expect(try ids(documents).count == 140)
  }

  @Test mutating func `whatever gets in the way, every invoice arrives once and to the cent`()
    throws
  {
    var numbers = SeededGenerator()
    let seed = numbers.seed
    var desktop = FakeDesktop(SeededGenerator(seed: seed &+ 1))
    desktop.locks = 12
    desktop.vendors = ["hill country pantry"]
    _ = try convert(
      "--set", "formats.qbxml.requests_per_file=70", "--set",
      "formats.qbxml.on_error=\(numbers.pick(["stopOnError", "continueOnError"]))")
    var answered: Set<String> = []
    var answers: [String] = []
    for round in 0..<40 {
      let open = try runs.flatMap { try requestFiles(of: $0) }.filter { !answered.contains($0) }
      guard let path = open.first else { break }
      let answer = try desktop.process(path)
      answered.insert(path)
      // Now and then a file is sent twice, or an old answer is given again.
      if numbers.once(in: 4) { #expect(try desktop.process(path) == answer) }
      try folder.write(answer, to: "a\(round).xml")
      answers.append("a\(round).xml")
      let code = try run("accept", "a\(round).xml").code
      #expect(code == 0 || code == 3)
      if numbers.once(in: 5) {
        let before = try ledger()
        try run("accept", numbers.pick(answers))
        #expect(try ledger() == before, "seed \(seed)")
      }
      guard open.count == 1, round < 30 else { continue }
      _ = try convert()
      // What waits because a vendor has the name goes out once the vendor is gone.
      guard try runs.flatMap({ try requestFiles(of: $0) }).allSatisfy(answered.contains) else {
        continue
      }
      desktop.vendors = []
      #expect(try run("release", "--refused").code == 0)
      _ = try convert()
    }
    let held = 10
    #expect(desktop.documents.values.allSatisfy { $0.count == 1 }, "seed \(seed)")
    #expect(desktop.documents.count == 150 - held, "seed \(seed)")
    let total = desktop.documents.reduce(Money.zero) { sum, entry in
      sum + (entry.key.hasPrefix("Invoice") ? entry.value[0].total : -entry.value[0].total)
    }
    #expect(total.description == "287672.97", "seed \(seed)")
    #expect(try run("ledger", "check").code == 0)
  }
}
