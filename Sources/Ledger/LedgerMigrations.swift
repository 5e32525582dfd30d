internal import GRDB

/// The ledger's schema, as the steps that lead to it.
///
/// A migration that was published is never edited: ledgers made with it are out there. Whoever needs
/// a column adds a migration at the end. `Schemas/ledger.sql` shows the result.
enum LedgerMigrations {
  /// Says in the file's header that it is a LoadBooks ledger: the letters `LBKS`.
  static let applicationID = 0x4C42_4B53

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1") { db in
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      try db.execute(sql: runs)
      try db.execute(sql: files)
      try db.execute(sql: invoices)
      try db.execute(sql: listEntries)
      try db.execute(sql: events)
    }
    migrator.registerMigration("v2", migrate: migrateToV2)
    migrator.registerMigration("v3", migrate: migrateToV3)
    migrator.registerMigration("v4-withdrawn", migrate: migrateToV4Withdrawn)
    migrator.registerMigration("v6-online", migrate: migrateToV6Online)
    migrator.registerMigration("v7-checks", migrate: migrateToV7Checks)
    return migrator
  }

  /// One row for each run; other tables name it by its sequence, which grows with every run.
  private static let runs = """
    CREATE TABLE runs (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE CHECK (id <> ''),
      command TEXT NOT NULL,
      target TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('preparing', 'prepared', 'finished', 'undone')),
      started_at TEXT NOT NULL,
      finished_at TEXT,
      plan TEXT NOT NULL CHECK (length(plan) = 64),
      output_folder TEXT,
      read_invoices INTEGER NOT NULL DEFAULT 0,
      read_lines INTEGER NOT NULL DEFAULT 0,
      read_cents INTEGER NOT NULL DEFAULT 0,
      delivered_invoices INTEGER NOT NULL DEFAULT 0,
      delivered_lines INTEGER NOT NULL DEFAULT 0,
      delivered_cents INTEGER NOT NULL DEFAULT 0,
      already_synced_invoices INTEGER NOT NULL DEFAULT 0,
      already_synced_lines INTEGER NOT NULL DEFAULT 0,
      already_synced_cents INTEGER NOT NULL DEFAULT 0,
      suppressed_invoices INTEGER NOT NULL DEFAULT 0,
      suppressed_lines INTEGER NOT NULL DEFAULT 0,
      suppressed_cents INTEGER NOT NULL DEFAULT 0,
      held_invoices INTEGER NOT NULL DEFAULT 0,
      held_lines INTEGER NOT NULL DEFAULT 0,
      held_cents INTEGER NOT NULL DEFAULT 0,
      CHECK (state <> 'finished' OR finished_at IS NOT NULL),
      CHECK (read_invoices
        = delivered_invoices + already_synced_invoices + suppressed_invoices + held_invoices),
      CHECK (read_lines = delivered_lines + already_synced_lines + suppressed_lines + held_lines),
      CHECK (read_cents = delivered_cents + already_synced_cents + suppressed_cents + held_cents)
    ) STRICT;

    CREATE INDEX runs_unfinished ON runs (sequence) WHERE state IN ('preparing', 'prepared');

    CREATE TRIGGER runs_move_forward BEFORE UPDATE OF state ON runs
    WHEN NOT (OLD.state = NEW.state
      OR (OLD.state = 'preparing' AND NEW.state IN ('prepared', 'undone'))
      OR (OLD.state = 'prepared' AND NEW.state IN ('finished', 'undone'))
      OR (OLD.state = 'finished' AND NEW.state = 'undone'))
    BEGIN SELECT RAISE(ABORT, 'a run only moves forward'); END;

    CREATE TRIGGER runs_stay BEFORE DELETE ON runs
    BEGIN SELECT RAISE(ABORT, 'a run is never deleted'); END;
    """

  /// What a run read and wrote.
  private static let files = """
    CREATE TABLE run_inputs (
      run INTEGER NOT NULL REFERENCES runs (sequence),
      position INTEGER NOT NULL,
      path TEXT NOT NULL,
      kind TEXT NOT NULL,
      sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
      records INTEGER NOT NULL CHECK (records >= 0),
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE run_outputs (
      run INTEGER NOT NULL REFERENCES runs (sequence),
      position INTEGER NOT NULL,
      name TEXT NOT NULL CHECK (name <> ''),
      sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
      documents INTEGER NOT NULL CHECK (documents >= 0),
      cents INTEGER NOT NULL,
      PRIMARY KEY (run, position),
      UNIQUE (run, name)
    ) STRICT, WITHOUT ROWID;
    """

  /// What was sent: each LoadOps number once, each QuickBooks document number once for its kind.
  private static let invoices = """
    CREATE TABLE invoices (
      number TEXT NOT NULL PRIMARY KEY CHECK (number <> ''),
      content_hash BLOB NOT NULL CHECK (length(content_hash) = 16),
      state TEXT NOT NULL CHECK (state IN ('synced', 'in_doubt')),
      evidence TEXT NOT NULL CHECK (evidence IN ('written', 'accepted', 'confirmed')),
      run INTEGER NOT NULL REFERENCES runs (sequence),
      document_kind TEXT NOT NULL CHECK (document_kind IN ('invoice', 'credit_memo')),
      document_number TEXT NOT NULL CHECK (document_number <> ''),
      customer TEXT NOT NULL,
      quickbooks_customer TEXT NOT NULL,
      invoice_date TEXT NOT NULL
        CHECK (invoice_date GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
      cents INTEGER NOT NULL,
      lines INTEGER NOT NULL CHECK (lines >= 0),
      UNIQUE (document_number, document_kind)
    ) STRICT;

    CREATE TRIGGER invoices_of_finished_runs_stay BEFORE DELETE ON invoices
    WHEN (SELECT state FROM runs WHERE sequence = OLD.run) = 'finished'
    BEGIN SELECT RAISE(ABORT, 'the run of this invoice is finished; undo the run first'); END;
    """

  /// What runs declared in QuickBooks's lists; the newest run's row counts.
  ///
  /// Older rows stay, so that taking back a run brings back what was known before it.
  private static let listEntries = """
    CREATE TABLE list_entries (
      kind TEXT NOT NULL CHECK (kind IN ('customer', 'item', 'account', 'terms', 'class')),
      quickbooks_name TEXT NOT NULL CHECK (quickbooks_name <> ''),
      run INTEGER NOT NULL REFERENCES runs (sequence),
      loadops_name TEXT,
      content_hash BLOB NOT NULL CHECK (length(content_hash) = 16),
      PRIMARY KEY (kind, quickbooks_name, run)
    ) STRICT, WITHOUT ROWID;
    """

  /// What happened, for ever.
  ///
  /// The trigger on insertion is there because `INSERT OR REPLACE` deletes without asking the others.
  private static let events = """
    CREATE TABLE events (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at TEXT NOT NULL,
      run INTEGER REFERENCES runs (sequence),
      invoice TEXT,
      kind TEXT NOT NULL CHECK (kind <> ''),
      detail TEXT NOT NULL
    ) STRICT;

    CREATE INDEX events_invoice ON events (invoice) WHERE invoice IS NOT NULL;

    CREATE TRIGGER events_are_never_replaced BEFORE INSERT ON events
    WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

    CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

    CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
    """
}
