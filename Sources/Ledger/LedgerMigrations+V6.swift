internal import GRDB

/// The sixth step of the schema: what is needed to send records one by one and to find out what became of
/// each: see ``SyncLedger/recordSent(_:ofRun:at:)``.
///
/// `batch` is the request id of the batch that a record was sent in, and `batch_item` its name there;
/// both are repeated for every attempt. `sent_at` is the time of the last attempt.
extension LedgerMigrations {
  static func migrateToV6Online(_ db: Database) throws {
    try db.execute(
      sql: """
        ALTER TABLE requests ADD COLUMN batch TEXT CHECK (batch <> '');
        ALTER TABLE requests ADD COLUMN batch_item TEXT CHECK (batch_item <> '');
        ALTER TABLE requests ADD COLUMN sent_at TEXT;
        CREATE INDEX invoices_in_doubt ON invoices (run) WHERE state = 'in_doubt';
        """)
  }
}
