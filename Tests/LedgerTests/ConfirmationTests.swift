import GRDB
import Testing
import Vocabulary

@testable import Ledger

@Suite struct ConfirmationTests {
  let sandbox: LedgerSandbox
  let ledger: SyncLedger

  init() throws {
    sandbox = try LedgerSandbox()
    ledger = try sandbox.open()
  }

  private static let later = "2026-04-01T10:00:00Z"

  private func confirm(
    _ numbers: [String], missing: [String] = [], at: String = later
  ) throws -> ConfirmationEffect {
    var left = numbers[...]
    return try ledger.confirm(
      { left.popFirst() }, missing: missing, at: at, source: "list.csv")
  }

  private func record(_ numbers: [String]) throws {
    try ledger.record("R1", numbers.map { Example.entry($0, run: "R1") })
    try ledger.finish(run: "R1", finishedAt: Example.end)
  }

  @Test func `what was found is confirmed, and nothing else changes`() throws {
    try record(["1", "2", "3"])
    let before = try ledger.entry(number: "3")
    var effect = try confirm(["1", "2", "unknown"])
    #expect((effect.confirmed, effect.again, effect.withdrawn) == (2, 0, []))
    #expect(try ledger.entry(number: "1")?.evidence == .confirmed)
    #expect(try ledger.entry(number: "1")?.evidenceAt == Self.later)
    #expect(try ledger.entry(number: "3") == before)
    #expect(try ledger.entry(number: "unknown") == nil)
    effect = try confirm(["1"])
    #expect((effect.confirmed, effect.again) == (0, 1))
    let evidence = try ["1", "2", "3"].map { try ledger.entry(number: $0)?.evidence }
    #expect(evidence == [.confirmed, .confirmed, .written])
  }

  @Test func `a confirmed invoice blocks undo until the books lack it`() throws {
    try record(["1", "2"])
    _ = try confirm(["1"])
    #expect(
      try ledger.obstacles(toUndo: "R1") == [.confirmed(invoice: "1", at: Self.later)])
    let effect = try confirm([], missing: ["1", "2"], at: "2026-05-01T10:00:00Z")
    #expect(effect.withdrawn == ["1"])
    #expect(try ledger.entry(number: "1")?.evidence == .written)
    #expect(try ledger.obstacles(toUndo: "R1").isEmpty)
    let events = try ledger.events(invoice: "1")
    #expect(events.map(\.kind) == [.confirmationWithdrawn])
    #expect(try ledger.events(invoice: "2").isEmpty)
    // Finding it again confirms it again.
    #expect(try confirm(["1"]).confirmed == 1)
  }

  @Test func `evidence falls back to what there was before`() throws {
    try record(["1", "2"])
    try ledger.adopt(
      [
        LedgerRecall.Sent(
          entry: {
            var entry = Example.entry("9", run: "")
            (entry.run, entry.evidence) = (nil, .adopted)
            return entry
          }(), content: nil)
      ], at: Self.later, because: "typed by hand", by: "Dana")
    try ledger.write { db in
      try db.execute(sql: "UPDATE invoices SET quickbooks_id = 'T1' WHERE number = '2'")
    }
    _ = try confirm(["1", "2", "9"])
    let effect = try confirm([], missing: ["1", "2", "9"])
    #expect(effect.withdrawn == ["1", "2", "9"])
    let evidence = try ["1", "2", "9"].map { try ledger.entry(number: $0)?.evidence }
    #expect(evidence == [.written, .accepted, .adopted])
  }

  @Test func `an invoice that is found is not in doubt any more`() throws {
    try record(["1", "2"])
    try ledger.write { db in try db.execute(sql: "UPDATE invoices SET state = 'in_doubt'") }
    let effect = try confirm(["1"])
    #expect(effect.settled == 1)
    #expect(try ledger.entry(number: "1")?.state == .synced)
    #expect(try ledger.entry(number: "2")?.state == .inDoubt)
  }

  @Test func `documents with another number than their invoice are known`() throws {
    try ledger.record(
      "R1",
      [
        Example.entry("1", run: "R1"),
        Example.entry("IN-0000123456", run: "R1", document: "123456"),
      ])
    #expect(
      try ledger.otherNumbers() == [OtherNumber(number: "IN-0000123456", document: "123456")])
  }
}
