internal import GRDB

/// The second step of the schema: what is needed to say what changed, to take a run back, to take in
/// what somebody entered by hand, and to talk with a QuickBooks that answers.
extension LedgerMigrations {
  static func migrateToV2(_ db: Database) throws {
    try db.execute(sql: invoicesOfV2)
    try db.execute(sql: contents)
    try db.execute(sql: withdrawn)
    try db.execute(sql: unsent)
    try db.execute(sql: undos)
    try db.execute(sql: requests)
    try db.execute(sql: additions)
  }

  /// Invoices, rebuilt: a document that somebody entered by hand belongs to no run.
  ///
  /// `quickbooks_id` and `edit_sequence` are what QuickBooks calls the document (TxnID and
  /// EditSequence, or Id and SyncToken) once it has answered.
  /// `evidence_at` is the time of evidence that came later than the run.
  private static let invoicesOfV2 = """
    DROP TRIGGER invoices_of_finished_runs_stay;
    ALTER TABLE invoices RENAME TO invoices_v1;

    CREATE TABLE invoices (
      id INTEGER PRIMARY KEY,
      number TEXT NOT NULL UNIQUE CHECK (number <> ''),
      content_hash BLOB NOT NULL CHECK (length(content_hash) = 16),
      state TEXT NOT NULL CHECK (state IN ('synced', 'in_doubt')),
      evidence TEXT NOT NULL
        CHECK (evidence IN ('written', 'accepted', 'confirmed', 'adopted')),
      evidence_at TEXT,
      run INTEGER REFERENCES runs (sequence),
      document_kind TEXT NOT NULL CHECK (document_kind IN ('invoice', 'credit_memo')),
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
      CHECK (run IS NOT NULL OR (evidence IN ('adopted', 'confirmed') AND evidence_at IS NOT NULL))
    ) STRICT;

    INSERT INTO invoices (number, content_hash, state, evidence, run, document_kind,
      document_number, customer, quickbooks_customer, invoice_date, cents, lines)
    SELECT number, content_hash, state, evidence, run, document_kind,
      document_number, customer, quickbooks_customer, invoice_date, cents, lines
    FROM invoices_v1 ORDER BY rowid;

    DROP TABLE invoices_v1;
    """

  /// What was carried, packed (see `InvoiceContent`); texts that repeat are kept once.
  private static let contents = """
    CREATE TABLE texts (
      id INTEGER PRIMARY KEY,
      text TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE contents (
      invoice INTEGER PRIMARY KEY REFERENCES invoices (id) ON DELETE CASCADE,
      packed BLOB NOT NULL
    ) STRICT;
    """

  /// What was sent once and counts no more, kept for ever.
  ///
  /// An invoice of a finished run can only be deleted when it was copied here first.
  private static let withdrawn = """
    CREATE TABLE withdrawn (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at TEXT NOT NULL,
      cause TEXT NOT NULL
        CHECK (cause IN ('undone', 'refused', 'replaced', 'adoption_withdrawn')),
      run INTEGER REFERENCES runs (sequence),
      number TEXT NOT NULL CHECK (number <> ''),
      content_hash BLOB NOT NULL CHECK (length(content_hash) = 16),
      evidence TEXT NOT NULL,
      evidence_at TEXT,
      document_kind TEXT NOT NULL CHECK (document_kind IN ('invoice', 'credit_memo')),
      document_number TEXT NOT NULL CHECK (document_number <> ''),
      customer TEXT NOT NULL,
      quickbooks_customer TEXT NOT NULL,
      invoice_date TEXT NOT NULL,
      cents INTEGER NOT NULL,
      lines INTEGER NOT NULL,
      quickbooks_id TEXT,
      edit_sequence TEXT
    ) STRICT;

    CREATE INDEX withdrawn_number ON withdrawn (number);

    CREATE INDEX withdrawn_run ON withdrawn (run);

    CREATE TRIGGER withdrawn_never_changes BEFORE UPDATE ON withdrawn
    BEGIN SELECT RAISE(ABORT, 'what was withdrawn is history'); END;

    CREATE TRIGGER withdrawn_is_never_deleted BEFORE DELETE ON withdrawn
    BEGIN SELECT RAISE(ABORT, 'what was withdrawn is history'); END;

    CREATE TRIGGER invoices_of_finished_runs_stay BEFORE DELETE ON invoices
    WHEN coalesce((SELECT state FROM runs WHERE sequence = OLD.run), 'finished') = 'finished'
      AND NOT EXISTS (SELECT 1 FROM withdrawn WHERE number = OLD.number AND run IS OLD.run)
    BEGIN SELECT RAISE(ABORT, 'the run of this invoice is finished; undo the run first'); END;
    """

  /// What was met and not sent, as the run that met it last saw it.
  ///
  /// Nothing is decided by it: it is what `list` shows without an export, and where `adopt` finds what
  /// an invoice is about. `copies` counts the times a number was met in one run.
  private static let unsent = """
    CREATE TABLE unsent (
      number TEXT NOT NULL PRIMARY KEY CHECK (number <> ''),
      run INTEGER NOT NULL REFERENCES runs (sequence),
      outcome TEXT NOT NULL CHECK (outcome IN ('held', 'suppressed', 'undone', 'refused')),
      reasons TEXT NOT NULL,
      copies INTEGER NOT NULL DEFAULT 1 CHECK (copies > 0),
      content_hash BLOB NOT NULL CHECK (length(content_hash) = 16),
      document_kind TEXT NOT NULL CHECK (document_kind IN ('invoice', 'credit_memo')),
      customer TEXT NOT NULL,
      quickbooks_customer TEXT NOT NULL,
      invoice_date TEXT,
      cents INTEGER NOT NULL,
      lines INTEGER NOT NULL CHECK (lines >= 0)
    ) STRICT, WITHOUT ROWID;
    """

  /// Runs that are being taken back, or were: the intent comes before the effect.
  private static let undos = """
    CREATE TABLE undos (
      run INTEGER PRIMARY KEY REFERENCES runs (sequence),
      started_at TEXT NOT NULL,
      finished_at TEXT,
      reason TEXT NOT NULL,
      by TEXT NOT NULL,
      folder TEXT
    ) STRICT;

    CREATE TRIGGER undos_stay BEFORE DELETE ON undos
    WHEN OLD.finished_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a run that was taken back stays taken back'); END;
    """

  /// One row for each change that QuickBooks was asked for and answers: qbXML and QuickBooks Online.
  ///
  /// The row is there before the first byte is sent. `request_id` is the one that is repeated for every
  /// retry of the same body; `body_hash` tells when the body is another one. `name` is the number of
  /// the invoice in LoadOps, or the name of the list entry in QuickBooks.
  ///
  /// `run_needs` has what a run's documents refer to and the run does not declare itself, because an
  /// earlier one did: that one cannot be taken back first.
  private static let requests = """
    CREATE TABLE requests (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run INTEGER NOT NULL REFERENCES runs (sequence),
      entity TEXT NOT NULL CHECK (entity IN
        ('invoice', 'credit_memo', 'customer', 'item', 'account', 'terms', 'class')),
      name TEXT NOT NULL CHECK (name <> ''),
      operation TEXT NOT NULL CHECK (operation IN ('add', 'modify', 'void', 'delete', 'query')),
      request_id TEXT NOT NULL CHECK (request_id <> ''),
      body_hash BLOB NOT NULL CHECK (length(body_hash) = 16),
      state TEXT NOT NULL CHECK (state IN
        ('intended', 'sent', 'unknown', 'accepted', 'refused', 'abandoned')),
      attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
      intended_at TEXT NOT NULL,
      answered_at TEXT,
      cents INTEGER,
      quickbooks_id TEXT CHECK (quickbooks_id <> ''),
      edit_sequence TEXT CHECK (edit_sequence <> ''),
      error_code TEXT,
      error TEXT,
      UNIQUE (run, request_id),
      CHECK (state NOT IN ('accepted', 'refused') OR answered_at IS NOT NULL)
    ) STRICT;

    CREATE INDEX requests_name ON requests (name, entity);

    CREATE INDEX requests_unsettled ON requests (run) WHERE state IN ('intended', 'sent', 'unknown');

    CREATE TABLE run_needs (
      run INTEGER NOT NULL REFERENCES runs (sequence),
      kind TEXT NOT NULL CHECK (kind IN ('customer', 'item', 'account', 'terms', 'class')),
      quickbooks_name TEXT NOT NULL CHECK (quickbooks_name <> ''),
      PRIMARY KEY (run, kind, quickbooks_name)
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX run_needs_name ON run_needs (kind, quickbooks_name);
    """

  /// New columns of old tables.
  ///
  /// `runs.books` says whose books a run went to (the realm of QuickBooks Online, the company file of
  /// the Web Connector). Events may be about a customer, and say who acted.
  private static let additions = """
    ALTER TABLE runs ADD COLUMN books TEXT;
    ALTER TABLE list_entries ADD COLUMN evidence TEXT NOT NULL DEFAULT 'written'
      CHECK (evidence IN ('written', 'accepted', 'confirmed'));
    ALTER TABLE list_entries ADD COLUMN quickbooks_id TEXT CHECK (quickbooks_id <> '');
    ALTER TABLE list_entries ADD COLUMN edit_sequence TEXT CHECK (edit_sequence <> '');
    CREATE INDEX list_entries_run ON list_entries (run);
    ALTER TABLE events ADD COLUMN customer TEXT;
    ALTER TABLE events ADD COLUMN by TEXT NOT NULL DEFAULT '';
    CREATE INDEX events_run ON events (run) WHERE run IS NOT NULL;
    CREATE INDEX invoices_run ON invoices (run);
    """
}
