-- .loadbooks/ledger.sqlite, application_id 0x4C424B53 (LBKS). Made by LedgerMigrations.swift.

CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);

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
  held_cents INTEGER NOT NULL DEFAULT 0, books TEXT,
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

CREATE TABLE list_entries (
  kind TEXT NOT NULL CHECK (kind IN ('customer', 'item', 'account', 'terms', 'class')),
  quickbooks_name TEXT NOT NULL CHECK (quickbooks_name <> ''),
  run INTEGER NOT NULL REFERENCES runs (sequence),
  loadops_name TEXT,
  content_hash BLOB NOT NULL CHECK (length(content_hash) = 16), evidence TEXT NOT NULL DEFAULT 'written'
  CHECK (evidence IN ('written', 'accepted', 'confirmed')), quickbooks_id TEXT CHECK (quickbooks_id <> ''), edit_sequence TEXT CHECK (edit_sequence <> ''),
  PRIMARY KEY (kind, quickbooks_name, run)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  run INTEGER REFERENCES runs (sequence),
  invoice TEXT,
  kind TEXT NOT NULL CHECK (kind <> ''),
  detail TEXT NOT NULL
, customer TEXT, by TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX events_invoice ON events (invoice) WHERE invoice IS NOT NULL;

CREATE TRIGGER events_are_never_replaced BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

CREATE TABLE texts (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE contents (
  invoice INTEGER PRIMARY KEY REFERENCES invoices (id) ON DELETE CASCADE,
  packed BLOB NOT NULL
) STRICT;

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

CREATE TRIGGER withdrawn_never_changes BEFORE UPDATE ON withdrawn
BEGIN SELECT RAISE(ABORT, 'what was withdrawn is history'); END;

CREATE TRIGGER withdrawn_is_never_deleted BEFORE DELETE ON withdrawn
BEGIN SELECT RAISE(ABORT, 'what was withdrawn is history'); END;

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

CREATE TABLE run_needs (
  run INTEGER NOT NULL REFERENCES runs (sequence),
  kind TEXT NOT NULL CHECK (kind IN ('customer', 'item', 'account', 'terms', 'class')),
  quickbooks_name TEXT NOT NULL CHECK (quickbooks_name <> ''),
  PRIMARY KEY (run, kind, quickbooks_name)
) STRICT, WITHOUT ROWID;

CREATE INDEX run_needs_name ON run_needs (kind, quickbooks_name);

CREATE INDEX list_entries_run ON list_entries (run);

CREATE INDEX events_run ON events (run) WHERE run IS NOT NULL;

CREATE TABLE later_files (
  run INTEGER NOT NULL REFERENCES runs (sequence),
  name TEXT NOT NULL CHECK (name <> ''),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  at TEXT NOT NULL,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;

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

CREATE INDEX withdrawn_run_number ON withdrawn (run, number);

CREATE INDEX withdrawn_run_document ON withdrawn (run, document_number, document_kind);

CREATE TABLE holds (
  kind TEXT NOT NULL CHECK (kind IN
    ('invoice', 'customer', 'item', 'account', 'terms', 'class', 'tax_code')),
  name TEXT NOT NULL CHECK (name <> ''),
  cause TEXT NOT NULL CHECK (cause IN ('taken', 'missing', 'unnamed', 'in_quickbooks')),
  content_hash BLOB CHECK (length(content_hash) = 16),
  run INTEGER NOT NULL REFERENCES runs (sequence),
  at TEXT NOT NULL,
  words TEXT NOT NULL,
  PRIMARY KEY (kind, name, run)
) STRICT, WITHOUT ROWID;

CREATE TABLE "invoices" (
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

CREATE INDEX invoices_run ON invoices (run);

CREATE INDEX invoices_quickbooks_id ON invoices (quickbooks_id)
  WHERE quickbooks_id IS NOT NULL;

CREATE INDEX invoices_in_doubt ON invoices (run) WHERE state = 'in_doubt';

CREATE TRIGGER invoices_of_finished_runs_stay BEFORE DELETE ON invoices
WHEN coalesce((SELECT state FROM runs WHERE sequence = OLD.run), 'finished') = 'finished'
  AND NOT EXISTS (SELECT 1 FROM withdrawn WHERE number = OLD.number AND run IS OLD.run)
BEGIN SELECT RAISE(ABORT, 'the run of this invoice is finished; undo the run first'); END;

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

CREATE INDEX requests_name ON requests (name, entity);
