import Foundation
import GRDB
import Testing
import Vocabulary

@testable import Ledger

/// A ledger of every earlier migration is kept as the SQL that makes it; each must still open.
@Suite struct OldLedgersTests {
  let sandbox: LedgerSandbox

  init() throws {
    sandbox = try LedgerSandbox()
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("OldLedgers")

  /// Makes the ledger of an earlier version in the sandbox, as the file it left.
  private func make(_ version: String) throws {
    try FileManager.default.createDirectory(
      atPath: sandbox.folder + "/.loadbooks", withIntermediateDirectories: true)
    let sql = try String(
      contentsOf: OldLedgersTests.folder.appendingPathComponent(version + ".sql"), encoding: .utf8)
    let queue = try DatabaseQueue(path: sandbox.ledgerPath)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: sql)
    }
    try queue.close()
  }

  private static let entries = [
    LedgerEntry(
      number: InvoiceNumber("LD00123"),
      contentHash: ContentHash(high: 0x0011_2233_4455_6677, low: 0x8899_AABB_CCDD_EEFF),
      run: "20260304-090000-aaaa", documentKind: .invoice, documentNumber: "LD00123",
      customer: "Acme Freight ", quickBooksCustomer: "Acme Freight",
      date: CalendarDate(daysSince1970: 20_514), amount: Money(cents: 125_000), lines: 3),
    LedgerEntry(
      number: InvoiceNumber("MÜLLER-7"),
      contentHash: ContentHash(high: 0xFFEE_DDCC_BBAA_9988, low: 0x7766_5544_3322_1100),
      state: .inDoubt, evidence: .accepted, run: "20260304-090000-aaaa",
      documentKind: .creditMemo, documentNumber: "LLER-7", customer: "Café du Nord",
      quickBooksCustomer: "Cafe du Nord", date: CalendarDate(daysSince1970: 20_515),
      amount: Money(cents: -7500), lines: 1),
    LedgerEntry(
      number: InvoiceNumber("LD00900"), contentHash: ContentHash(high: 0, low: 3),
      evidence: .confirmed, run: "20260318-090000-cccc", documentKind: .invoice,
      documentNumber: "LD00900", customer: "Acme Freight ", quickBooksCustomer: "Acme Freight",
      date: CalendarDate(daysSince1970: 20_529), amount: Money(cents: 9900), lines: 1),
  ]

  private func expectEverything(of ledger: SyncLedger) throws {
    for entry in OldLedgersTests.entries {
      #expect(try ledger.entry(number: entry.number.text) == entry)
    }
    let snapshot = try ledger.snapshot()
    #expect(snapshot.count == 3)
    #expect(snapshot.lookup("MÜLLER-7")?.state == .inDoubt)
    #expect(snapshot.isDocumentNumberTaken(.creditMemo, "LLER-7"))
    #expect(
      snapshot.knownListEntry(.customer, "Acme Freight") == ContentHash(high: 0, low: 0x12))
    let runs = try ledger.runs()
    #expect(runs.map(\.state) == [.prepared, .undone, .finished])
    #expect(runs[2].totals.delivered.amount == Money(cents: 117_500))
    #expect(runs[2].inputs.map(\.kind) == ["customers", "invoices"])
    #expect(runs[2].outputs.map(\.name) == ["001-lists.iif", "002-documents.iif"])
    #expect(try ledger.unfinishedRuns().map(\.id) == ["20260318-090000-cccc"])
    #expect(try ledger.events(run: "20260311-090000-bbbb").map(\.kind) == [.runForgotten])
    #expect(try ledger.events(invoice: "LD00123").map(\.detail) == ["looked at"])
    let problems = try ledger.read { db in
      try String.fetchAll(db, sql: "PRAGMA integrity_check")
        + (try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map(\.description))
    }
    #expect(problems == ["ok"])
  }

  @Test func `there is a ledger of every migration but the newest`() throws {
    let versions = try FileManager.default.contentsOfDirectory(
      atPath: OldLedgersTests.folder.path
    ).map { String($0.dropLast(4)) }.sorted()
    #expect(versions == LedgerMigrations.migrator.migrations.dropLast().map(\.self))
  }

  @Test(arguments: ["v1", "v2", "v3", "v4-withdrawn", "v6-online"])
  func `an old ledger is read without being touched`(_ version: String) throws {
    try make(version)
    let bytes = FileManager.default.contents(atPath: sandbox.ledgerPath)
    do {
      try expectEverything(
        of: #require(try SyncLedger.openReadOnly(folder: sandbox.folder)))
    }
    #expect(FileManager.default.contents(atPath: sandbox.ledgerPath) == bytes)
  }

  @Test(arguments: ["v1", "v2", "v3", "v4-withdrawn", "v6-online"])
  func `an old ledger is migrated with all its rows, and goes on`(_ version: String) throws {
    try make(version)
    try expectEverything(of: try sandbox.open())
    let ledger = try sandbox.open()
    try expectEverything(of: ledger)
    try ledger.finish(run: "20260318-090000-cccc", finishedAt: Example.end)
    try ledger.record("R4", [Example.entry("LD01000", run: "R4")])
    #expect(try ledger.snapshot().count == 4)
    for sql in ["DELETE FROM invoices", "UPDATE events SET detail = ''"] {
      #expect(try failure { try ledger.write { try $0.execute(sql: sql) } }.cause == .ownBug)
    }
  }

  @Test(arguments: ["v1", "v2", "v3", "v4-withdrawn", "v6-online"])
  func `an old ledger comes out with the same schema as a new one`(_ version: String) throws {
    try make(version)
    let fresh = try LedgerSandbox()
    let schemas = try [sandbox, fresh].map { sandbox in
      try sandbox.open().read { db in
        try String.fetchAll(
          db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
      }
    }
    #expect(schemas[0] == schemas[1])
  }

  @Test func `what refers to an invoice, and the count of requests, survive that both are rebuilt`()
    throws
  {
    try make("v6-online")
    let ledger = try sandbox.open()
    let carried = try ledger.read {
      try String.fetchAll(
        $0, sql: "SELECT number FROM contents JOIN invoices ON invoices.id = invoice")
    }
    #expect(carried == ["MÜLLER-7"])
    let run = "20260304-090000-aaaa"
    let sent = try #require(try ledger.dispatches(ofRun: run)["invoice-LD00123"])
    #expect(sent.state == .sent && sent.attempts == 2 && sent.sentAt == "2026-03-05T09:01:00Z")
    #expect(sent.batch == "batch-1" && sent.batchItem == "i0")
    try ledger.recordSent(
      [LedgerDispatch(entity: .item, name: "Line Haul", requestID: "item-1", body: "body")],
      ofRun: run, at: Example.end)
    #expect(try ledger.read { try Int.fetchOne($0, sql: "SELECT max(id) FROM requests") } == 8)
  }

  @Test func `no rule of what a batch writes makes SQLite build a table for each row`() throws {
    let ledger = try sandbox.open()
    for sql in [
      """
      INSERT INTO requests (run, entity, name, operation, request_id, body_hash, state, intended_at)
      VALUES (1, 'item', 'x', 'add', 'x', zeroblob(16), 'sent', '')
      """, "UPDATE requests SET state = 'accepted', answered_at = '' WHERE id = 1",
      "UPDATE invoices SET state = 'synced', evidence = 'accepted' WHERE id = 1",
      """
      INSERT INTO invoices (number, content_hash, state, evidence, run, document_kind,
        document_number, customer, quickbooks_customer, invoice_date, cents, lines)
      VALUES ('1', zeroblob(16), 'synced', 'written', 1, 'invoice', '1', '', '', '2026-01-01', 1, 1)
      """,
    ] {
      let steps = try ledger.read { try Row.fetchAll($0, sql: "EXPLAIN " + sql) }
      #expect(!steps.contains { ($0["opcode"] as String).hasPrefix("OpenEphemeral") })
    }
  }
}
