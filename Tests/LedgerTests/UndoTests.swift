import Foundation
import GRDB
import Testing
import Vocabulary

@testable import Ledger

@Suite struct UndoTests {
  let sandbox: LedgerSandbox
  let ledger: SyncLedger

  init() throws {
    sandbox = try LedgerSandbox()
    ledger = try sandbox.open()
  }

  private static let later = "2026-03-05T10:00:00Z"

  private func undo(_ run: String) -> UndoRecord {
    UndoRecord(
      run: run, startedAt: UndoTests.later, finishedAt: nil, reason: "import failed", by: "Dana",
      folder: "outbox/undone/\(run)")
  }

  /// A finished run that declares the customer of its invoices, or relies on somebody who did.
  private func run(
    _ id: String, _ numbers: [String], declares: Bool = true, needsItem: Bool = false
  ) throws {
    let entries = numbers.map { Example.entry($0, run: id) }
    try ledger.record(Example.run(id)) { (recorder) throws(Failure) in
      for entry in entries { try recorder.add(invoice: entry) }
      if declares {
        for (kind, name) in [
          (LedgerListEntry.Kind.customer, "Acme Freight"), (.item, "Line Haul"),
        ] {
          try recorder.add(
            listEntry: LedgerListEntry(
              kind: kind, quickBooksName: name, loadOpsName: nil, contentHash: Example.hash(id)))
        }
      }
      if needsItem { try recorder.add(need: .item, quickBooksName: "Line Haul") }
      return Example.completion(entries, run: id)
    }
    try ledger.finish(run: id, finishedAt: Example.end)
  }

  @Test func `a run that is taken back leaves nothing that counts as sent, and is remembered`()
    throws
  {
    try run("R1", ["1"])
    try run("R2", ["2", "3"])
    try ledger.beginUndo(undo("R2"))
    #expect(try ledger.snapshot().count == 3)
    #expect(try ledger.unfinishedUndos().map(\.run) == ["R2"])
    let tally = try ledger.finishUndo(run: "R2", at: UndoTests.later)
    #expect(tally == RunRecord.Tally(invoices: 2, lines: 6, amount: Money(cents: 250_000)))
    let snapshot = try ledger.snapshot()
    #expect(snapshot.count == 1)
    #expect(snapshot.lookup("2") == nil)
    #expect(!snapshot.isDocumentNumberTaken(.invoice, "2"))
    #expect(snapshot.knownListEntry(.customer, "Acme Freight") == Example.hash("R1"))
    #expect(try ledger.run("R2")?.state == .undone)
    #expect(try ledger.undo(ofRun: "R2")?.finishedAt == UndoTests.later)
    let gone = try ledger.withdrawn(number: "2")
    #expect(gone.map(\.cause) == [.undone])
    #expect(gone.first?.run == "R2")
    #expect(try ledger.unsent(number: "2")?.outcome == .undone)
    #expect(try ledger.events(run: "R2").map(\.kind) == [.undoBegun, .runUndone])
    #expect(try ledger.unfinishedUndos() == [])
  }

  @Test func `what was taken back can be sent again, and taken back again`() throws {
    for round in 1...3 {
      try run("R\(round)", ["1"])
      try ledger.beginUndo(undo("R\(round)"))
      try ledger.finishUndo(run: "R\(round)", at: UndoTests.later)
    }
    try run("R4", ["1"])
    #expect(try ledger.entry(number: "1")?.run == "R4")
    #expect(try ledger.unsent(number: "1") == nil)
    #expect(try ledger.withdrawn(number: "1").map(\.run) == ["R1", "R2", "R3"])
  }

  @Test func `asking twice changes nothing, and only what was asked for is done`() throws {
    try run("R1", ["1"])
    #expect(try failure { try ledger.finishUndo(run: "R1", at: "") }.cause == .ownBug)
    try ledger.beginUndo(undo("R1"))
    try ledger.beginUndo(undo("R1"))
    #expect(try ledger.events(run: "R1").count == 1)
    try ledger.finishUndo(run: "R1", at: UndoTests.later)
    for again in [
      { try ledger.beginUndo(undo("R1")) },
      { _ = try ledger.finishUndo(run: "R1", at: UndoTests.later) },
      { try ledger.beginUndo(undo("R9")) },
    ] {
      #expect(try failure(again).cause == .ownBug)
    }
    #expect(try ledger.withdrawn(number: "1").count == 1)
  }

  @Test func `a run on which a later one relies is not free to be taken back`() throws {
    try run("R1", ["1"])
    try run("R2", ["2"], declares: false, needsItem: true)
    #expect(
      try ledger.obstacles(toUndo: "R1") == [
        .customer(run: "R2", name: "Acme Freight"),
        .listEntry(run: "R2", kind: .item, name: "Line Haul"),
      ])
    #expect(try ledger.obstacles(toUndo: "R2") == [])
    try ledger.beginUndo(undo("R2"))
    try ledger.finishUndo(run: "R2", at: UndoTests.later)
    #expect(try ledger.obstacles(toUndo: "R1") == [])
  }

  @Test func `a run that declares all it needs relies on nobody`() throws {
    try run("R1", ["1"])
    try run("R2", ["2"])
    try run("R3", ["3"], declares: false)
    #expect(try ledger.obstacles(toUndo: "R1") == [])
    // R3 still has what R1 declared.
    #expect(try ledger.obstacles(toUndo: "R2") == [])
  }

  @Test func `later evidence stands against it`() throws {
    try run("R1", ["1", "2", "3"])
    try ledger.write { db in
      try db.execute(
        sql: "UPDATE invoices SET evidence = 'confirmed', evidence_at = 'then' WHERE number = '1'")
      try db.execute(sql: "UPDATE invoices SET state = 'in_doubt' WHERE number = '2'")
    }
    #expect(
      try ledger.obstacles(toUndo: "R1") == [
        .inDoubt(invoice: "2"), .confirmed(invoice: "1", at: "then"),
      ])
  }

  @Test func `a kill in the middle leaves the whole run or nothing of it`() throws {
    try run("R1", ["1"])
    try ledger.beginUndo(undo("R1"))
    let killed = try sandbox.asIfKilled()
    let reopened = try killed.open()
    #expect(try reopened.unfinishedUndos().map(\.run) == ["R1"])
    #expect(try reopened.snapshot().count == 1)
    try reopened.finishUndo(run: "R1", at: UndoTests.later)
    #expect(try reopened.snapshot().count == 0)
  }
}

@Suite struct AdoptionTests {
  let sandbox: LedgerSandbox
  let ledger: SyncLedger

  init() throws {
    sandbox = try LedgerSandbox()
    ledger = try sandbox.open()
  }

  private func document(_ number: String, _ content: String = "as entered", document: String? = nil)
    -> LedgerRecall.Sent
  {
    var entry = Example.entry(number, run: "", document: document, content: content)
    entry.run = nil
    entry.evidence = .adopted
    return LedgerRecall.Sent(entry: entry, content: nil)
  }

  @Test func `what was entered by hand is synced and belongs to no run`() throws {
    try ledger.adopt(
      [document("1"), document("2", document: "QB-7")], at: Example.end, because: "found it",
      by: "Dana")
    let entry = try #require(try ledger.entry(number: "2"))
    #expect(entry.run == nil)
    #expect(entry.evidence == .adopted)
    #expect(entry.evidenceAt == Example.end)
    #expect(entry.documentNumber == "QB-7")
    let known = try #require(try ledger.snapshot().lookup("1"))
    #expect(known.evidence == .adopted)
    #expect(known.state == .synced)
    let event = try #require(try ledger.events(invoice: "2").first)
    #expect(event.kind == .adopted)
    #expect(event.by == "Dana")
    #expect(event.detail.hasSuffix("found it"))
  }

  @Test func `an adoption can be taken back, and leaves a trace`() throws {
    try ledger.adopt([document("1")], at: Example.end, because: "found it", by: "")
    let (entry, run) = try ledger.withdrawAdoption(
      of: "1", at: Example.end, because: "it was another one", by: "")
    #expect(entry.number.text == "1")
    #expect(run == nil)
    #expect(try ledger.entry(number: "1") == nil)
    #expect(try ledger.withdrawn(number: "1").map(\.cause) == [.adoptionWithdrawn])
    #expect(try ledger.events(invoice: "1").map(\.kind) == [.adopted, .adoptionWithdrawn])
  }

  @Test func `what a run sent, or nobody did, is not taken back as an adoption`() throws {
    try ledger.record("R1", [Example.entry("1", run: "R1")])
    for number in ["1", "9"] {
      let refusal = try failure {
        try ledger.withdrawAdoption(of: number, at: Example.end, because: "", by: "")
      }
      #expect(refusal.cause == .usage)
    }
    #expect(try ledger.entry(number: "1") != nil)
  }

  @Test func `a document that was changed by hand replaces what a run sent, and can be put back`()
    throws
  {
    try ledger.record("R1", [Example.entry("1", run: "R1"), Example.entry("2", run: "R1")])
    try ledger.finish(run: "R1", finishedAt: Example.end)
    let sent = try ledger.tally(ofRun: "R1")
    for round in 0..<3 {
      try ledger.adopt(
        [document("1", "changed \(round)")], at: Example.end, because: "changed", by: "")
      #expect(try ledger.entry(number: "1")?.contentHash == Example.hash("changed \(round)"))
      #expect(try ledger.entry(number: "1")?.run == nil)
      #expect(try ledger.tally(ofRun: "R1") == sent)
      #expect(try ledger.replaced(ofRun: "R1").map(\.number.text) == ["1"])
      #expect(try ledger.obstacles(toUndo: "R1") == [.replaced(invoice: "1")])
      let back = try ledger.withdrawAdoption(of: "1", at: Example.end, because: "no", by: "")
      #expect(back.restoredRun == "R1")
      #expect(try ledger.entry(number: "1") == Example.entry("1", run: "R1"))
      #expect(try ledger.tally(ofRun: "R1") == sent)
      #expect(try ledger.replaced(ofRun: "R1") == [])
      #expect(try ledger.obstacles(toUndo: "R1") == [])
    }
  }

  @Test func `a document number goes to one invoice only, and then nothing is adopted`() throws {
    try ledger.record("R1", [Example.entry("1", run: "R1")])
    let refusal = try failure {
      try ledger.adopt(
        [document("2"), document("3", document: "1")], at: Example.end, because: "x", by: "")
    }
    #expect(refusal.cause == .usage)
    #expect(refusal.message.contains("belongs to invoice 1"))
    #expect(try ledger.entry(number: "2") == nil)
    #expect(try ledger.events(invoice: "2") == [])
  }
}

@Suite struct UnsentTests {
  let sandbox: LedgerSandbox
  let ledger: SyncLedger

  init() throws {
    sandbox = try LedgerSandbox()
    ledger = try sandbox.open()
  }

  private func unsent(_ number: String, _ reasons: [String], cents: Int64 = 7) -> UnsentInvoice {
    UnsentInvoice(
      number: InvoiceNumber(number), outcome: .held, reasons: reasons,
      contentHash: Example.hash(number), documentKind: .invoice, customer: "Acme",
      quickBooksCustomer: "", date: nil, amount: Money(cents: cents), lines: 2)
  }

  private func run(
    _ id: String, sends: [String] = [], holds: [UnsentInvoice] = [], meets: [String] = []
  ) throws {
    let entries = sends.map { Example.entry($0, run: id) }
    try ledger.record(Example.run(id)) { (recorder) throws(Failure) in
      for entry in entries { try recorder.add(invoice: entry) }
      for invoice in holds { try recorder.add(unsent: invoice) }
      for number in meets { try recorder.add(alreadySynced: InvoiceNumber(number)) }
      return Example.completion(entries, run: id)
    }
    try ledger.finish(run: id, finishedAt: Example.end)
  }

  private func listed(_ filter: LedgerFilter = LedgerFilter()) throws -> [String] {
    var numbers: [String] = []
    try ledger.forEachUnsent(filter) { numbers.append($0.number.text) }
    return numbers
  }

  @Test func `what is held is remembered as the last run saw it`() throws {
    try run("R1", holds: [unsent("2", ["date-missing"]), unsent("1", ["a", "b"])])
    try run("R2", holds: [unsent("2", ["total-mismatch"], cents: 9)])
    #expect(try listed() == ["1", "2"])
    let invoice = try #require(try ledger.unsent(number: "2"))
    #expect(invoice.reasons == ["total-mismatch"])
    #expect(invoice.run == "R2")
    #expect(invoice.amount == Money(cents: 9))
    #expect(invoice.copies == 1)
    #expect(try ledger.unsent(number: "1")?.reasons == ["a", "b"])
  }

  @Test func `copies of one number are counted`() throws {
    try run("R1", holds: [unsent("1", ["x"]), unsent("1", ["x"])])
    #expect(try ledger.unsent(number: "1")?.copies == 2)
    try run("R2", holds: [unsent("1", ["x"])])
    #expect(try ledger.unsent(number: "1")?.copies == 1)
  }

  @Test func `what goes out, or is as it was sent after all, is not listed any more`() throws {
    try run("R1", sends: ["3"], holds: [unsent("1", []), unsent("2", [])])
    try run("R2", sends: ["1"], holds: [unsent("3", ["changed-since-synced"])])
    #expect(try listed() == ["2", "3"])
    try run("R3", meets: ["3"])
    #expect(try listed() == ["2"])
  }

  @Test func `a number that cannot be read is not listed`() throws {
    try run("R1", holds: [unsent("", ["invoice-number-missing"])])
    #expect(try listed() == [])
  }

  @Test func `filters go by day and customer, and what has no day is always shown`() throws {
    try run("R1", holds: [unsent("1", [])])
    try ledger.write {
      try $0.execute(
        sql: """
          INSERT INTO unsent SELECT '2', run, outcome, reasons, copies, content_hash,
            document_kind, 'Beta', 'Beta Inc', '2026-03-04', cents, lines FROM unsent
          """)
    }
    var filter = LedgerFilter()
    filter.from = CalendarDate(iso: "2026-03-05")
    #expect(try listed(filter) == ["1"])
    filter.from = nil
    filter.until = CalendarDate(iso: "2026-03-04")
    #expect(try listed(filter) == ["1", "2"])
    filter.customer = "Beta Inc"
    #expect(try listed(filter) == ["2"])
  }

  @Test func `a run that is forgotten leaves nothing to list`() throws {
    try ledger.record(Example.run("R1")) { (recorder) throws(Failure) in
      try recorder.add(unsent: unsent("1", []))
      return Example.completion([], run: "R1")
    }
    try ledger.forget(run: "R1", at: Example.end, because: "it was cut off")
    #expect(try listed() == [])
  }
}
