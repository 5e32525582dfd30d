import Foundation
import GRDB
import Testing
import Vocabulary

@testable import Ledger

@Suite struct LedgerMigrationsTests {
  let sandbox: LedgerSandbox

  init() throws {
    sandbox = try LedgerSandbox()
  }

  /// The migrations of a version to come.
  private func later(_ migrate: @escaping @Sendable (Database) throws -> Void) -> DatabaseMigrator {
    var migrator = LedgerMigrations.migrator
    migrator.registerMigration("v99", migrate: migrate)
    return migrator
  }

  @Test func `the schema file shows the migrated schema`() throws {
    let ledger = try sandbox.open()
    let statements = try ledger.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT sql FROM sqlite_schema
          WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'sqlite_' ORDER BY rowid
          """)
    }
    let schema =
      "-- .loadbooks/ledger.sqlite, application_id 0x4C424B53 (LBKS). Made by LedgerMigrations.swift.\n"
      + statements.map { "\n\($0);\n" }.joined()
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Schemas/ledger.sql").standardized
    let shown = try? String(contentsOf: path, encoding: .utf8)
    if shown != schema, ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1" {
      try Data(schema.utf8).write(to: path)
    }
    #expect(shown == schema, "RECORD_GOLDENS=1 swift test --filter LedgerMigrationsTests writes it")
  }

  @Test func `what a run withdrew is found without going through all of it`() throws {
    let ledger = try sandbox.open()
    for (condition, index) in [
      ("number = ? AND run IS ?", "withdrawn_run_number"),
      ("run = ? AND document_number = ? AND document_kind = ?", "withdrawn_run_document"),
    ] {
      let plan = try ledger.read { db in
        try Row.fetchAll(
          db, sql: "EXPLAIN QUERY PLAN SELECT id FROM withdrawn WHERE \(condition)",
          arguments: StatementArguments(condition.filter { $0 == "?" }.map { _ in "1" })
        ).map { $0["detail"] as String }
      }
      #expect(plan.count == 1 && plan[0].contains("INDEX \(index) "), "\(plan)")
    }
  }

  @Test func `a ledger of a newer version is not touched`() throws {
    _ = try SyncLedger.open(
      folder: sandbox.folder,
      migrator: later { try $0.execute(sql: "ALTER TABLE runs ADD COLUMN note TEXT") })
    let bytes = FileManager.default.contents(atPath: sandbox.ledgerPath)
    for open in [
      { _ = try sandbox.open() }, { _ = try SyncLedger.openReadOnly(folder: sandbox.folder) },
    ] {
      let refusal = try failure(open)
      #expect(refusal.cause == .settingsWrong)
      #expect(refusal.message.contains("newer version"))
      #expect(refusal.message.contains("v99"))
    }
    #expect(FileManager.default.contents(atPath: sandbox.ledgerPath) == bytes)
  }

  @Test func `a migration that fails leaves the ledger as it was`() throws {
    try sandbox.open().record("R1", [Example.entry("10231", run: "R1")])
    let broken = later { db in
      try db.execute(sql: "ALTER TABLE runs ADD COLUMN note TEXT")
      try db.execute(sql: "no such statement")
    }
    #expect(
      try failure { _ = try SyncLedger.open(folder: sandbox.folder, migrator: broken) }.cause
        == .ownBug)
    #expect(try sandbox.open().entry(number: "10231") != nil)
  }

  @Test func `an older ledger can be read without migrating it`() throws {
    try sandbox.open().record("R1", [Example.entry("10231", run: "R1")])
    let bytes = FileManager.default.contents(atPath: sandbox.ledgerPath)
    do {
      let ledger = try SyncLedger.openReadOnly(
        folder: sandbox.folder,
        migrator: later { try $0.execute(sql: "ALTER TABLE runs ADD COLUMN note TEXT") })
      let columns = try ledger?.read { try $0.columns(in: "runs").map(\.name) }
      #expect(columns?.contains("note") == true)
      #expect(try ledger?.entry(number: "10231") != nil)
    }
    #expect(FileManager.default.contents(atPath: sandbox.ledgerPath) == bytes)
  }

  @Test(arguments: [
    "UPDATE events SET detail = 'nothing happened'",
    "DELETE FROM events",
    "INSERT OR REPLACE INTO events (id, at, kind, detail) VALUES (1, '', 'x', 'nothing happened')",
    "REPLACE INTO events (id, at, kind, detail) VALUES (1, '', 'x', 'nothing happened')",
    "UPDATE OR REPLACE events SET id = 2",
  ])
  func `events are only ever added`(_ sql: String) throws {
    let ledger = try sandbox.open()
    let event = LedgerEvent(
      at: Example.start, run: nil, invoice: "10231", kind: .runForgotten, detail: "it happened")
    try ledger.recordEvent(event)
    let refusal = try failure { try ledger.write { try $0.execute(sql: sql) } }
    #expect(refusal.message.contains("append-only"))
    #expect(try ledger.events(invoice: "10231") == [event])
  }

  @Test(arguments: [
    "DELETE FROM invoices",
    "DELETE FROM runs",
    "UPDATE runs SET state = 'prepared'",
    "UPDATE runs SET state = 'lost'",
    "UPDATE runs SET finished_at = NULL",
    "UPDATE runs SET delivered_cents = delivered_cents + 1",
    "UPDATE invoices SET run = 99",
    "UPDATE invoices SET content_hash = x'00'",
    "UPDATE invoices SET evidence = 'hearsay'",
    "UPDATE invoices SET cents = 1.5",
    "UPDATE invoices SET invoice_date = '3/4/2026'",
    "INSERT INTO list_entries VALUES ('vendor', 'Acme', 1, NULL, zeroblob(16))",
  ])
  func `the schema itself refuses what must not be`(_ sql: String) throws {
    let ledger = try sandbox.open()
    try ledger.record("R1", [Example.entry("10231", run: "R1")])
    try ledger.finish(run: "R1", finishedAt: Example.end)
    #expect(try failure { try ledger.write { try $0.execute(sql: sql) } }.cause == .ownBug)
    #expect(try ledger.entry(number: "10231") == Example.entry("10231", run: "R1"))
    #expect(try ledger.run("R1")?.state == .finished)
  }
}
