internal import GRDB

/// The third step of the schema: what is left open with a QuickBooks that has answered.
extension LedgerMigrations {
  static func migrateToV3(_ db: Database) throws {
    try db.execute(sql: laterFiles)
    try db.execute(sql: remarks)
    try db.execute(sql: holds)
    try db.execute(
      sql: """
        CREATE INDEX invoices_quickbooks_id ON invoices (quickbooks_id)
          WHERE quickbooks_id IS NOT NULL
        """)
  }

  /// Files that came into a run's folder after the run, with the sums of their bytes.
  private static let laterFiles = """
    CREATE TABLE later_files (
      run INTEGER NOT NULL REFERENCES runs (sequence),
      name TEXT NOT NULL CHECK (name <> ''),
      sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
      at TEXT NOT NULL,
      PRIMARY KEY (run, name)
    ) STRICT, WITHOUT ROWID;
    """

  /// What QuickBooks has otherwise than it was sent, or did not let us see, until somebody settles it.
  private static let remarks = """
    CREATE TABLE remarks (
      run INTEGER NOT NULL REFERENCES runs (sequence),
      request_id TEXT NOT NULL CHECK (request_id <> ''),
      kind TEXT NOT NULL CHECK (kind <> ''),
      invoice TEXT,
      message TEXT NOT NULL,
      at TEXT NOT NULL,
      settled_at TEXT,
      settled_because TEXT,
      PRIMARY KEY (run, request_id, kind)
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX remarks_open ON remarks (invoice) WHERE settled_at IS NULL;
    """

  /// What must not be sent again while nothing has changed, by its name in QuickBooks; an invoice by its
  /// number in LoadOps, with the content that was refused.
  private static let holds = holdsTable(key: "kind, name")

  /// The table of holds, with its primary key.
  static func holdsTable(key: String) -> String {
    """
    CREATE TABLE holds (
      kind TEXT NOT NULL CHECK (kind IN
        ('invoice', 'customer', 'item', 'account', 'terms', 'class', 'tax_code')),
      name TEXT NOT NULL CHECK (name <> ''),
      cause TEXT NOT NULL CHECK (cause IN ('taken', 'missing', 'unnamed', 'in_quickbooks')),
      content_hash BLOB CHECK (length(content_hash) = 16),
      run INTEGER NOT NULL REFERENCES runs (sequence),
      at TEXT NOT NULL,
      words TEXT NOT NULL,
      PRIMARY KEY (\(key))
    ) STRICT, WITHOUT ROWID;
    """
  }
}
