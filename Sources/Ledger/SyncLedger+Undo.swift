internal import GRDB
public import Vocabulary

/// A run that is being taken back, or was.
public struct UndoRecord: Hashable, Sendable {
  /// The run's id.
  public var run: String
  /// When it was asked for, ISO 8601 with zone.
  public var startedAt: String
  /// When it was done; nil while it is under way.
  public var finishedAt: String?
  /// Why, as the user said.
  public var reason: String
  /// Who asked for it; empty when nobody is named.
  public var by: String
  /// Where the run's files go; nil when it has none.
  public var folder: String?

  /// A request to take a run back.
  public init(
    run: String, startedAt: String, finishedAt: String?, reason: String, by: String,
    folder: String?
  ) {
    self.run = run
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.reason = reason
    self.by = by
    self.folder = folder
  }
}

/// A reason why a run cannot be taken back yet.
public enum UndoObstacle: Hashable, Sendable {
  /// A later run's invoices belong to a customer that only this run declared.
  case customer(run: String, name: String)
  /// A later run refers to a list entry that only this run declared.
  case listEntry(run: String, kind: LedgerListEntry.Kind, name: String)
  /// An invoice was found in the books; taking the run back would send it twice.
  ///
  /// What somebody has said to be in QuickBooks while a qbXML run waited for an answer is none: it is held, like
  /// what QuickBooks itself has said to have.
  case confirmed(invoice: String, at: String?)
  /// A document was changed in QuickBooks by hand since, and counts with its new content.
  case replaced(invoice: String)
  /// QuickBooks has not answered yet whether it has an invoice.
  case inDoubt(invoice: String)
}

extension SyncLedger {
  /// What stands against taking back a run, at most `limit` of each kind.
  ///
  /// - Throws: `Failure`: `ownBug` for a run that is unknown.
  public func obstacles(toUndo run: String, limit: Int = 50) throws(Failure) -> [UndoObstacle] {
    try read { db in
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      let arguments: StatementArguments = ["run": sequence, "limit": limit]
      return try SyncLedger.dependents(arguments, db) + SyncLedger.settled(arguments, db)
    }
  }

  /// What later runs need of a run.
  private static func dependents(
    _ arguments: StatementArguments, _ db: Database
  ) throws -> [UndoObstacle] {
    var obstacles = try Row.fetchAll(
      db,
      sql: """
        SELECT DISTINCT runs.id AS run_id, mine.quickbooks_name AS name
        FROM invoices CROSS JOIN list_entries AS mine
          ON mine.kind = 'customer' AND mine.quickbooks_name = invoices.quickbooks_customer
            AND mine.run = :run
          JOIN runs ON runs.sequence = invoices.run
        WHERE invoices.run > :run AND NOT EXISTS (
          SELECT 1 FROM list_entries AS other
          WHERE other.kind = 'customer' AND other.quickbooks_name = mine.quickbooks_name
            AND other.run <> :run AND other.run <= invoices.run)
        ORDER BY runs.sequence DESC, name LIMIT :limit
        """, arguments: arguments
    ).map { UndoObstacle.customer(run: $0["run_id"], name: $0["name"]) }
    obstacles += try Row.fetchAll(
      db,
      sql: """
        SELECT runs.id AS run_id, mine.kind AS kind, mine.quickbooks_name AS name
        FROM list_entries AS mine
          JOIN run_needs AS need
            ON need.kind = mine.kind AND need.quickbooks_name = mine.quickbooks_name
          JOIN runs ON runs.sequence = need.run
        WHERE mine.run = :run AND need.run > :run AND runs.state <> 'undone' AND NOT EXISTS (
          SELECT 1 FROM list_entries AS other
          WHERE other.kind = mine.kind AND other.quickbooks_name = mine.quickbooks_name
            AND other.run <> :run AND other.run <= need.run)
        ORDER BY runs.sequence DESC, kind, name LIMIT :limit
        """, arguments: arguments
    ).map {
      UndoObstacle.listEntry(
        run: $0["run_id"], kind: try LedgerQueries.value($0, "kind"), name: $0["name"])
    }
    return obstacles
  }

  /// What is known of a run's invoices that must not be forgotten.
  private static func settled(
    _ arguments: StatementArguments, _ db: Database
  ) throws -> [UndoObstacle] {
    // Whoever settles a doubt gives the invoice and its request the same time.
    let isWord = """
      EXISTS (SELECT 1 FROM requests JOIN runs ON runs.sequence = requests.run
        WHERE requests.run = invoices.run AND target = 'qbxml' AND operation = 'add'
          AND requests.name = document_number AND requests.entity = document_kind
          AND requests.state = 'accepted' AND requests.answered_at = evidence_at)
      """
    var obstacles = try Row.fetchAll(
      db,
      sql: """
        SELECT number, evidence_at, state FROM invoices
        WHERE run = :run AND ((evidence = 'confirmed' AND NOT \(isWord)) OR state = 'in_doubt')
        ORDER BY id DESC LIMIT :limit
        """, arguments: arguments
    ).map {
      $0["state"] == "in_doubt"
        ? UndoObstacle.inDoubt(invoice: $0["number"])
        : UndoObstacle.confirmed(invoice: $0["number"], at: $0["evidence_at"])
    }
    obstacles += try String.fetchAll(
      db,
      sql: """
        SELECT DISTINCT number FROM withdrawn
        WHERE run = :run AND cause = 'replaced'
          AND EXISTS (SELECT 1 FROM invoices WHERE number = withdrawn.number AND run IS NULL)
        LIMIT :limit
        """, arguments: arguments
    ).map { UndoObstacle.replaced(invoice: $0) }
    return obstacles
  }

  /// Notes that a finished run is to be taken back: from now on it will be, whatever happens.
  ///
  /// Its invoices count as sent until ``finishUndo(run:at:)``. Saying it again changes nothing.
  ///
  /// - Throws: `Failure`: `ownBug` for a run that is unknown or not finished.
  public func beginUndo(_ undo: UndoRecord) throws(Failure) {
    try write { db in
      let (sequence, state) = try LedgerQueries.state(ofRun: undo.run, db)
      guard state == .finished else {
        throw LedgerFailure.bug("run \(undo.run) is \(state.rawValue) and cannot be taken back")
      }
      try db.execute(
        sql: """
          INSERT OR IGNORE INTO undos (run, started_at, reason, by, folder) VALUES (?, ?, ?, ?, ?)
          """, arguments: [sequence, undo.startedAt, undo.reason, undo.by, undo.folder])
      guard db.changesCount > 0 else { return }
      try LedgerQueries.insert(
        LedgerEvent(
          at: undo.startedAt, run: undo.run, kind: .undoBegun, detail: undo.reason, by: undo.by), db
      )
    }
  }

  /// Takes a run back in one transaction, once its files are out of the way.
  ///
  /// What it sent is kept as withdrawn, may be sent again, and is listed as non-synced; what it declared
  /// is forgotten, so that what earlier runs declared counts again. What QuickBooks has said to have is held
  /// until it is removed there.
  ///
  /// - Returns: What may be sent again.
  /// - Throws: `Failure`: `ownBug` when nobody began to take the run back.
  @discardableResult
  public func finishUndo(run: String, at: String) throws(Failure) -> RunRecord.Tally {
    try write { db in
      let (sequence, state) = try LedgerQueries.state(ofRun: run, db)
      guard state == .finished,
        let undo = try Row.fetchOne(
          db, sql: "SELECT * FROM undos WHERE run = ? AND finished_at IS NULL",
          arguments: [sequence])
      else {
        throw LedgerFailure.bug("run \(run) is \(state.rawValue) and is not being taken back")
      }
      let tally = try Row.fetchOne(
        db,
        sql: "SELECT count(*), total(lines), coalesce(sum(cents), 0) FROM invoices WHERE run = ?",
        arguments: [sequence])
      try LedgerQueries.withdraw("run = ?", [sequence], cause: .undone, at: at, db)
      try LedgerQueries.holdInQuickBooks(run: sequence, at: at, db)
      try db.execute(
        sql: "UPDATE runs SET state = 'undone' WHERE sequence = ?", arguments: [sequence])
      for table in ["invoices", "list_entries", "run_needs"] {
        try db.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [sequence])
      }
      try db.execute(
        sql: "UPDATE undos SET finished_at = ? WHERE run = ?", arguments: [at, sequence])
      let result = RunRecord.Tally(
        invoices: tally?[0] ?? 0, lines: Int(tally?[1] as Double? ?? 0),
        amount: Money(cents: tally?[2] ?? 0))
      try LedgerQueries.insert(
        LedgerEvent(
          at: at, run: run, kind: .runUndone,
          detail: "\(result.invoices) invoices over \(result.amount) may be sent again",
          by: undo["by"]),
        db)
      return result
    }
  }

  /// What is known about taking back a run; nil when nobody asked for it.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func undo(ofRun run: String) throws(Failure) -> UndoRecord? {
    try undos("WHERE runs.id = ?", [run]).first
  }

  /// All runs that are being taken back, or were, oldest first.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func undos() throws(Failure) -> [UndoRecord] { try undos("", []) }

  /// Runs whose taking back was cut off, oldest first.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func unfinishedUndos() throws(Failure) -> [UndoRecord] {
    try undos("WHERE undos.finished_at IS NULL", [])
  }

  private func undos(
    _ condition: String, _ arguments: StatementArguments
  ) throws(Failure) -> [UndoRecord] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT undos.*, runs.id AS run_id FROM undos JOIN runs ON runs.sequence = undos.run
          \(condition) ORDER BY undos.started_at, undos.run
          """, arguments: arguments
      ).map {
        UndoRecord(
          run: $0["run_id"], startedAt: $0["started_at"], finishedAt: $0["finished_at"],
          reason: $0["reason"], by: $0["by"], folder: $0["folder"])
      }
    }
  }
}

extension LedgerQueries {
  /// Holds the invoices of a run that QuickBooks itself has said to have: sent again, they would be there
  /// twice.
  static func holdInQuickBooks(run: Int64, at: String, _ db: Database) throws {
    try db.execute(
      sql: """
        INSERT OR REPLACE INTO holds (kind, name, cause, content_hash, run, at, words)
        SELECT 'invoice', number, 'in_quickbooks', content_hash, run, ?, ''
        FROM invoices JOIN runs ON runs.sequence = invoices.run
        WHERE run = ? AND evidence IN ('accepted', 'confirmed') AND target = 'qbxml'
        """, arguments: [at, run])
    // Of what QuickBooks has twice, the other run's document stays.
    try db.execute(
      sql: """
        INSERT OR IGNORE INTO holds (kind, name, cause, content_hash, run, at, words)
        SELECT 'invoice', number, 'in_quickbooks', content_hash, remarks.run, ?, ''
        FROM invoices JOIN remarks ON remarks.invoice = number AND remarks.run <> invoices.run
        WHERE invoices.run = ? AND kind = '\(LedgerRemark.doubled)' AND settled_at IS NULL
        """, arguments: [at, run])
  }

  /// Copies invoices to what was withdrawn, and lists those of a run as not sent.
  static func withdraw(
    _ condition: String, _ arguments: StatementArguments, cause: WithdrawnInvoice.Cause, at: String,
    _ db: Database
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO withdrawn (at, cause, run, number, content_hash, evidence, evidence_at,
          document_kind, document_number, customer, quickbooks_customer, invoice_date, cents, lines,
          quickbooks_id, edit_sequence)
        SELECT ?, ?, run, number, content_hash, evidence, evidence_at,
          document_kind, document_number, customer, quickbooks_customer, invoice_date, cents, lines,
          quickbooks_id, edit_sequence
        FROM invoices WHERE \(condition) ORDER BY id
        """, arguments: [at, cause.rawValue] + arguments)
    guard cause == .undone || cause == .refused else { return }
    try db.execute(
      sql: """
        INSERT OR REPLACE INTO unsent (number, run, outcome, reasons, content_hash, document_kind,
          customer, quickbooks_customer, invoice_date, cents, lines)
        SELECT number, run, ?, '', content_hash, document_kind,
          customer, quickbooks_customer, invoice_date, cents, lines
        FROM invoices WHERE \(condition)
        """, arguments: [cause.rawValue] + arguments)
  }
}
