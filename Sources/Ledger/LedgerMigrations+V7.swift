internal import GRDB

/// The seventh step of the schema: the same rules for less work.
///
/// For a list of more than two words in a CHECK or in the condition of an index, SQLite makes a table in
/// memory each time that a row is written. That was most of what writing a row cost. The rules are now
/// said as comparisons. Nothing ever asked the index of unsettled requests.
extension LedgerMigrations {
  static func migrateToV7Checks(_ db: Database) throws {
    try db.execute(sql: invoicesOfV7)
    try db.execute(sql: requestsOfV7)
  }

  /// Invoices, rebuilt with the ids they had: `contents` refers to them.
  private static let invoicesOfV7 = """
    CREATE TABLE invoices_v7 (
      id INTEGER PRIMARY KEY,
      number TEXT NOT NULL UNIQUE CHECK (number <> ''),
      content_hash BLOB NOT NULL CHECK (length(content_hash) = 16),
      state TEXT NOT NULL CHECK (state = 'synced' OR state = 'in_doubt'),
      evidence TEXT NOT NULL CHECK (evidence = 'written' OR evidence = 'accepted'
        OR evidence = 'confirmed' OR evidence = 'adopted'),
      evidence_at TEXT,
      run INTEGER REFERENCES runs (sequence),
      document_kind TEXT NOT NULL
        CHECK (document_kind = 'invoice' OR document_kind = 'credit_memo'),
      document_number TEXT NOT NULL CHECK (document_number <> ''),
      customer TEXT NOT NULL,
      quickbooks_customer TEXT NOT NULL,
      invoice_date TEXT NOT NULL
        CHECK (invoice_date GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
      cents INTEGER NOT NULL,
      lines INTEGER NOT NULL CHECK (lines >= 0),
      quickbooks_id TEXT CHECK (quickbooks_id <> ''),
      edit_sequence TEXT CHECK (edit_sequence <> ''),
      UNIQUE (document_number, document_kind),
      CHECK (evidence <> 'adopted' OR run IS NULL),
      CHECK (run IS NOT NULL
        OR ((evidence = 'adopted' OR evidence = 'confirmed') AND evidence_at IS NOT NULL))
    ) STRICT;

    INSERT INTO invoices_v7 (id, number, content_hash, state, evidence, evidence_at, run,
      document_kind, document_number, customer, quickbooks_customer, invoice_date, cents, lines,
      quickbooks_id, edit_sequence)
    SELECT id, number, content_hash, state, evidence, evidence_at, run,
      document_kind, document_number, customer, quickbooks_customer, invoice_date, cents, lines,
      quickbooks_id, edit_sequence
    FROM invoices ORDER BY id;

    DROP TABLE invoices;
    ALTER TABLE invoices_v7 RENAME TO invoices;

    CREATE INDEX invoices_run ON invoices (run);

    CREATE INDEX invoices_quickbooks_id ON invoices (quickbooks_id)
      WHERE quickbooks_id IS NOT NULL;

    CREATE INDEX invoices_in_doubt ON invoices (run) WHERE state = 'in_doubt';

    CREATE TRIGGER invoices_of_finished_runs_stay BEFORE DELETE ON invoices
    WHEN coalesce((SELECT state FROM runs WHERE sequence = OLD.run), 'finished') = 'finished'
      AND NOT EXISTS (SELECT 1 FROM withdrawn WHERE number = OLD.number AND run IS OLD.run)
    BEGIN SELECT RAISE(ABORT, 'the run of this invoice is finished; undo the run first'); END;
    """

  /// Requests, rebuilt; the next one has the id that it would have had.
  private static let requestsOfV7 = """
    ALTER TABLE requests RENAME TO requests_v6;

    CREATE TABLE requests (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run INTEGER NOT NULL REFERENCES runs (sequence),
      entity TEXT NOT NULL CHECK (entity = 'invoice' OR entity = 'credit_memo'
        OR entity = 'customer' OR entity = 'item' OR entity = 'account' OR entity = 'terms'
        OR entity = 'class'),
      name TEXT NOT NULL CHECK (name <> ''),
      operation TEXT NOT NULL CHECK (operation = 'add' OR operation = 'modify'
        OR operation = 'void' OR operation = 'delete' OR operation = 'query'),
      request_id TEXT NOT NULL CHECK (request_id <> ''),
      body_hash BLOB NOT NULL CHECK (length(body_hash) = 16),
      state TEXT NOT NULL CHECK (state = 'accepted' OR state = 'sent' OR state = 'intended'
        OR state = 'unknown' OR state = 'refused' OR state = 'abandoned'),
      attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      intended_at TEXT NOT NULL,
      answered_at TEXT,
      cents INTEGER,
      quickbooks_id TEXT CHECK (quickbooks_id <> ''),
      edit_sequence TEXT CHECK (edit_sequence <> ''),
      error_code TEXT,
      error TEXT,
      batch TEXT CHECK (batch <> ''),
      batch_item TEXT CHECK (batch_item <> ''),
      sent_at TEXT,
      UNIQUE (run, request_id),
      CHECK ((state <> 'accepted' AND state <> 'refused') OR answered_at IS NOT NULL)
    ) STRICT;

    INSERT INTO requests (id, run, entity, name, operation, request_id, body_hash, state, attempts,
      intended_at, answered_at, cents, quickbooks_id, edit_sequence, error_code, error, batch,
      batch_item, sent_at)
    SELECT id, run, entity, name, operation, request_id, body_hash, state, attempts,
      intended_at, answered_at, cents, quickbooks_id, edit_sequence, error_code, error, batch,
      batch_item, sent_at
    FROM requests_v6 ORDER BY id;

    DELETE FROM sqlite_sequence WHERE name = 'requests';
    UPDATE sqlite_sequence SET name = 'requests' WHERE name = 'requests_v6';
    DROP TABLE requests_v6;

    CREATE INDEX requests_name ON requests (name, entity);
    """
}
