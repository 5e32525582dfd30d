import Foundation
import GRDB
import Testing
import Vocabulary

@testable import Ledger

@Suite struct LedgerCheckTests {
  let sandbox: LedgerSandbox
  let ledger: SyncLedger

  init() throws {
    sandbox = try LedgerSandbox()
    ledger = try sandbox.open()
    try ledger.record(
      "R1", [Example.entry("1", run: "R1"), Example.entry("2", run: "R1", kind: .creditMemo)])
    try ledger.finish(run: "R1", finishedAt: Example.end)
    try ledger.record("R2", [Example.entry("3", run: "R2")])
    try ledger.forget(run: "R2", at: Example.end, because: "its files could not be named")
    try ledger.record("R3", [])
    try ledger.finish(run: "R3", finishedAt: Example.end, because: "it was cut off")
  }

  @Test func `a sound ledger is clean`() throws {
    for finding in try ledger.check() { #expect(finding.verdict == .right, "\(finding.message)") }
  }

  /// Changes that a hand, or a broken disk, could make, and what is said about them.
  static let changes: [(String, String)] = [
    ("DROP TRIGGER events_are_never_deleted", "trigger events_are_never_deleted is missing"),
    ("CREATE TABLE notes (text TEXT)", "somebody: table notes"),
    (
      "PRAGMA foreign_keys = 0; UPDATE invoices SET run = 99 WHERE number = '1'",
      "a row of invoices refers to a row of runs that is not there"
    ),
    (
      "UPDATE invoices SET run = 2 WHERE number = '1'",
      "invoice 1 belongs to run R2, which is undone"
    ),
    (
      "UPDATE invoices SET cents = cents + 1 WHERE number = '1'",
      "run R1 delivered 2 invoices with 6 lines over 250000 cents, but has 2 with 6 over 250001"
    ),
    (
      "UPDATE invoices SET invoice_date = '2026-02-31'",
      "invoice 1 has the impossible date 2026-02-31"
    ),
    (
      "UPDATE run_outputs SET cents = cents - 1 WHERE run = 1 AND documents > 0",
      "run R1 delivered 2 invoices over 250000 cents, but its files hold 2 over 249999"
    ),
    (
      "INSERT INTO list_entries (kind, quickbooks_name, run, content_hash) VALUES ('customer', 'Acme', 2, zeroblob(16))",
      "run R2 was taken back, but customer Acme is still there"
    ),
    (
      "PRAGMA ignore_check_constraints = 1; UPDATE invoices SET evidence = 'hearsay' WHERE number = '1'; PRAGMA ignore_check_constraints = 0",
      "CHECK constraint failed in invoices"
    ),
  ]

  @Test(arguments: changes.indices)
  func `what somebody changed is found`(index: Int) throws {
    let (sql, message) = Self.changes[index]
    try ledger.queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    let wrong = try ledger.check().filter { $0.verdict == .wrong }.map(\.message)
    #expect(wrong.contains { $0.contains(message) }, "\(wrong)")
  }

  @Test func `an event before its predecessor is worth a remark`() throws {
    try ledger.recordEvent(
      LedgerEvent(
        at: "2026-03-04T08:00:00-06:00", run: nil, invoice: "1", kind: .runSettled, detail: ""))
    let findings = try ledger.check().filter { $0.verdict != .right }
    #expect(findings.count == 1 && findings[0].verdict == .remark)
    #expect(findings[0].message.contains("set the clock back"))
  }

  @Test func `a run at work is no damage`() throws {
    try ledger.record("R4", [Example.entry("4", run: "R4")])
    let findings = try ledger.check().filter { $0.verdict != .right }
    #expect(findings.map(\.verdict) == [.remark])
    #expect(findings.first?.message.hasPrefix("run R4 was cut off, or is at work") == true)
  }

  @Test func `a damaged page is found`() throws {
    for number in 0..<400 {
      try ledger.recordEvent(
        LedgerEvent(
          at: Example.end, run: nil, invoice: "\(number)", kind: .runSettled,
          detail: String(repeating: "x", count: 200)))
    }
    let copy = try sandbox.asIfKilled()
    try FileManager.default.removeItem(atPath: copy.ledgerPath)
    try ledger.queue.writeWithoutTransaction {
      try $0.execute(sql: "VACUUM INTO ?", arguments: [copy.ledgerPath])
    }
    try? FileManager.default.removeItem(atPath: copy.ledgerPath + "-wal")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: copy.ledgerPath))
    // In the middle are pages of events.
    let page = bytes.count / 2 / 4096 * 4096
    bytes.replaceSubrange(page..<page + 4096, with: Data(count: 4096))
    try bytes.write(to: URL(fileURLWithPath: copy.ledgerPath))
    let damaged = try #require(try SyncLedger.openReadOnly(folder: copy.folder))
    let findings = try damaged.check()
    #expect(findings.contains { $0.verdict == .wrong && $0.message.contains("damaged") })
  }
}
