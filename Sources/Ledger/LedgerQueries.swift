internal import Foundation
internal import GRDB
internal import Vocabulary

/// The SQL behind the questions to, and the small changes of, a ledger.
enum LedgerQueries {
  /// The columns of the control totals begin with these words.
  private static var totals:
    [(column: String, tally: WritableKeyPath<RunRecord.Totals, RunRecord.Tally>)]
  {
    [
      ("read", \.read), ("delivered", \.delivered), ("already_synced", \.alreadySynced),
      ("suppressed", \.suppressed), ("held", \.held),
    ]
  }

  static func insert(_ run: RunRecord, _ db: Database) throws -> Int64 {
    guard try Int.fetchOne(db, sql: "SELECT 1 FROM runs WHERE id = ?", arguments: [run.id]) == nil
    else { throw LedgerFailure.bug("there is a run \(run.id) already") }
    try db.execute(
      sql: """
        INSERT INTO runs (id, command, target, state, started_at, plan, output_folder)
        VALUES (?, ?, ?, 'preparing', ?, ?, ?)
        """,
      arguments: [
        run.id, run.command, run.target, run.startedAt, run.plan.hex, run.outputFolder,
      ])
    let sequence = db.lastInsertedRowID
    for (position, input) in run.inputs.enumerated() {
      try db.execute(
        sql:
          "INSERT INTO run_inputs (run, position, path, kind, sha256, records) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [
          sequence, position, input.path, input.kind, input.fingerprint.hex, input.records,
        ])
    }
    return sequence
  }

  static func complete(_ sequence: Int64, _ completion: RunCompletion, _ db: Database) throws {
    for (position, output) in completion.outputs.enumerated() {
      try db.execute(
        sql:
          "INSERT INTO run_outputs (run, position, name, sha256, documents, cents) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [
          sequence, position, output.name, output.fingerprint.hex, output.documents,
          output.amount.cents,
        ])
    }
    var arguments = StatementArguments()
    var assignments: [String] = []
    for (column, path) in totals {
      let tally = completion.totals[keyPath: path]
      assignments.append("\(column)_invoices = ?, \(column)_lines = ?, \(column)_cents = ?")
      arguments += [tally.invoices, tally.lines, tally.amount.cents]
    }
    try db.execute(
      sql:
        "UPDATE runs SET state = 'prepared', \(assignments.joined(separator: ", ")) WHERE sequence = ?",
      arguments: arguments + [sequence])
  }

  static func state(ofRun id: String, _ db: Database) throws -> (Int64, RunRecord.State) {
    let statement = try db.cachedStatement(sql: "SELECT sequence, state FROM runs WHERE id = ?")
    guard let row = try Row.fetchOne(statement, arguments: [id]) else {
      throw LedgerFailure.bug("there is no run \(id)")
    }
    return (row["sequence"], try value(row, "state"))
  }

  static func runs(
    _ db: Database, _ condition: String, _ arguments: StatementArguments
  ) throws -> [RunRecord] {
    let rows = try Row.fetchAll(db, sql: "SELECT * FROM runs \(condition)", arguments: arguments)
    return try rows.map { try run($0, db) }
  }

  private static func run(_ row: Row, _ db: Database) throws -> RunRecord {
    let sequence: Int64 = row["sequence"]
    let inputs = try Row.fetchAll(
      db, sql: "SELECT * FROM run_inputs WHERE run = ? ORDER BY position", arguments: [sequence])
    let outputs = try Row.fetchAll(
      db, sql: "SELECT * FROM run_outputs WHERE run = ? ORDER BY position", arguments: [sequence])
    var run = RunRecord(
      id: row["id"], command: row["command"], target: row["target"], startedAt: row["started_at"],
      plan: try fingerprint(row, "plan"), outputFolder: row["output_folder"],
      inputs: try inputs.map {
        RunRecord.Input(
          path: $0["path"], kind: $0["kind"], fingerprint: try fingerprint($0, "sha256"),
          records: $0["records"])
      })
    run.state = try value(row, "state")
    run.finishedAt = row["finished_at"]
    run.outputs = try outputs.map {
      RunRecord.Output(
        name: $0["name"], fingerprint: try fingerprint($0, "sha256"), documents: $0["documents"],
        amount: Money(cents: $0["cents"]))
    }
    for (column, path) in totals {
      run.totals[keyPath: path] = RunRecord.Tally(
        invoices: row["\(column)_invoices"], lines: row["\(column)_lines"],
        amount: Money(cents: row["\(column)_cents"]))
    }
    return run
  }

  static func entry(number: String, _ db: Database) throws -> LedgerEntry? {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT invoices.*, runs.id AS run_id
        FROM invoices LEFT JOIN runs ON runs.sequence = invoices.run WHERE number = ?
        """, arguments: [number])
    return try row.map { try entry($0) }
  }

  static func owner(
    ofDocument number: String, _ kind: LedgerEntry.DocumentKind, _ db: Database
  ) throws -> String? {
    try String.fetchOne(
      db, sql: "SELECT number FROM invoices WHERE document_number = ? AND document_kind = ?",
      arguments: [number, kind.rawValue])
  }

  /// An entry from a row of `invoices`, with the run's id as `run_id` or among `runs`.
  static func entry(_ row: Row, runs: [Int64: String]? = nil) throws -> LedgerEntry {
    let run: String? =
      if let runs { (row["run"] as Int64?).flatMap { runs[$0] } } else { row["run_id"] }
    let hash: [UInt8] = (row["content_hash"] as Data).map { $0 }
    guard let date = CalendarDate(iso: row["invoice_date"]) else {
      throw LedgerFailure.bug(
        "invoice \(row["number"] as String) has the impossible date "
          + (row["invoice_date"] as String))
    }
    return LedgerEntry(
      number: InvoiceNumber(row["number"]), contentHash: ContentHash(stored: hash.span),
      state: try value(row, "state"), evidence: try value(row, "evidence"),
      evidenceAt: row["evidence_at"], run: run,
      documentKind: try value(row, "document_kind"), documentNumber: row["document_number"],
      customer: row["customer"], quickBooksCustomer: row["quickbooks_customer"], date: date,
      amount: Money(cents: row["cents"]), lines: row["lines"], quickBooksID: row["quickbooks_id"],
      editSequence: row["edit_sequence"])
  }

  static func events(
    _ db: Database, _ condition: String, _ arguments: StatementArguments
  ) throws -> [LedgerEvent] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT events.*, runs.id AS run_id
        FROM events LEFT JOIN runs ON runs.sequence = events.run \(condition) ORDER BY events.id
        """, arguments: arguments)
    return rows.map {
      LedgerEvent(
        at: $0["at"], run: $0["run_id"], invoice: $0["invoice"], customer: $0["customer"],
        kind: LedgerEvent.Kind(rawValue: $0["kind"]), detail: $0["detail"], by: $0["by"])
    }
  }

  static func insert(_ event: LedgerEvent, _ db: Database) throws {
    let sequence = try event.run.map { try state(ofRun: $0, db).0 }
    try db.execute(
      sql: """
        INSERT INTO events (at, run, invoice, customer, kind, detail, by)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        event.at, sequence, event.invoice, event.customer, event.kind.rawValue, event.detail,
        event.by,
      ])
  }

  static func value<Value: RawRepresentable<String>>(
    _ row: Row, _ column: String
  ) throws -> Value {
    let text: String = row[column]
    guard let value = Value(rawValue: text) else {
      throw LedgerFailure.bug("the ledger says \(column) \"\(text)\", which is not known")
    }
    return value
  }

  private static func fingerprint(_ row: Row, _ column: String) throws -> Fingerprint {
    let text: String = row[column]
    guard let fingerprint = Fingerprint(hex: text) else {
      throw LedgerFailure.bug("the ledger says \(column) \"\(text)\", which is no SHA-256 sum")
    }
    return fingerprint
  }
}

extension ContentHash {
  /// The sixteen bytes that the ledger stores, the high half first.
  static func stored(_ hash: ContentHash) -> Data {
    var words = (hash.high.bigEndian, hash.low.bigEndian)
    return withUnsafeBytes(of: &words) { Data($0) }
  }

  /// A hash from the sixteen bytes that the ledger stores, the high half first.
  init(stored bytes: Span<UInt8>) {
    let raw = bytes.bytes
    precondition(raw.byteCount == 16, "the schema allows no other length")
    self.init(
      high: UInt64(bigEndian: raw.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self)),
      low: UInt64(bigEndian: raw.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }
}
