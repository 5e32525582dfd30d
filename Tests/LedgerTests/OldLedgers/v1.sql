-- A ledger as the migration v1 left it, with rows of every table; never to be edited.
PRAGMA application_id = 1279413075;

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

CREATE TABLE list_entries (
  kind TEXT NOT NULL CHECK (kind IN ('customer', 'item', 'account', 'terms', 'class')),
  quickbooks_name TEXT NOT NULL CHECK (quickbooks_name <> ''),
  run INTEGER NOT NULL REFERENCES runs (sequence),
  loadops_name TEXT,
  content_hash BLOB NOT NULL CHECK (length(content_hash) = 16),
  PRIMARY KEY (kind, quickbooks_name, run)
) STRICT, WITHOUT ROWID;

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

INSERT INTO grdb_migrations (identifier) VALUES ('v1');

INSERT INTO runs VALUES
  (1, '20260304-090000-aaaa', 'convert', 'iif', 'finished', '2026-03-04T09:00:00Z',
    '2026-03-04T09:00:07Z', '1111111111111111111111111111111111111111111111111111111111111111',
    '/books/acme/outbox/20260304-090000-aaaa', 4, 7, 351500, 2, 4, 117500, 0, 0, 0, 1, 1, 100000,
    1, 2, 134000),
  (2, '20260311-090000-bbbb', 'convert', 'iif', 'undone', '2026-03-11T09:00:00Z', NULL,
    '2222222222222222222222222222222222222222222222222222222222222222',
    '/books/acme/outbox/20260311-090000-bbbb', 1, 1, 4200, 1, 1, 4200, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  (3, '20260318-090000-cccc', 'convert', 'iif', 'prepared', '2026-03-18T09:00:00Z', NULL,
    '3333333333333333333333333333333333333333333333333333333333333333',
    '/books/acme/outbox/20260318-090000-cccc', 1, 1, 9900, 1, 1, 9900, 0, 0, 0, 0, 0, 0, 0, 0, 0);

INSERT INTO run_inputs VALUES
  (1, 0, '/books/acme/inbox/customers.csv', 'customers',
    'c000000000000000000000000000000000000000000000000000000000000000', 2),
  (1, 1, '/books/acme/inbox/invoices.csv', 'invoices',
    'e000000000000000000000000000000000000000000000000000000000000000', 7),
  (3, 0, '/books/acme/inbox/invoices-3.csv', 'invoices',
    'e300000000000000000000000000000000000000000000000000000000000000', 1);

INSERT INTO run_outputs VALUES
  (1, 0, '001-lists.iif', 'a000000000000000000000000000000000000000000000000000000000000000', 0, 0),
  (1, 1, '002-documents.iif',
    'b000000000000000000000000000000000000000000000000000000000000000', 2, 117500),
  (3, 0, '002-documents.iif',
    'b300000000000000000000000000000000000000000000000000000000000000', 1, 9900);

INSERT INTO invoices VALUES
  ('LD00123', x'00112233445566778899AABBCCDDEEFF', 'synced', 'written', 1, 'invoice', 'LD00123',
    'Acme Freight ', 'Acme Freight', '2026-03-02', 125000, 3),
  ('MÜLLER-7', x'FFEEDDCCBBAA99887766554433221100', 'in_doubt', 'accepted', 1, 'credit_memo',
    'LLER-7', 'Café du Nord', 'Cafe du Nord', '2026-03-03', -7500, 1),
  ('LD00900', x'00000000000000000000000000000003', 'synced', 'confirmed', 3, 'invoice', 'LD00900',
    'Acme Freight ', 'Acme Freight', '2026-03-17', 9900, 1);

INSERT INTO list_entries VALUES
  ('account', 'Freight Income', 1, NULL, x'00000000000000000000000000000010'),
  ('customer', 'Acme Freight', 1, 'Acme Freight ', x'00000000000000000000000000000011'),
  ('customer', 'Acme Freight', 3, 'Acme Freight ', x'00000000000000000000000000000012');

INSERT INTO events VALUES
  (1, '2026-03-11T09:05:00Z', 2, NULL, 'run-forgotten',
    'it was interrupted and its files are damaged (1 invoices may be sent again)'),
  (2, '2026-03-12T09:05:00Z', NULL, 'LD00123', 'note', 'looked at');
