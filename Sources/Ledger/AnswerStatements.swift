internal import GRDB
internal import Vocabulary

/// What is known of a request before an answer to it is recorded.
struct KnownRequest {
  /// Its row.
  var row: Int64
  var state: LedgerRequest.State
  /// Stands for the bytes it was sent with last.
  var body: ContentHash
  var quickBooksID: String?
  var code: String?

  /// Whether it waited in a file to be sent when somebody said what became of it: it stands in none since.
  var stoodInNoSet: Bool { body == ContentHash(high: 0, low: 0) }
}

/// Where a document stands in the ledger.
struct DocumentPlace {
  /// The number it has in LoadOps.
  var number: String
  /// Its row among the invoices; nil when it was withdrawn.
  var row: Int64?
}

/// The statements that every answer takes.
///
/// A push records its answers in thousands of small transactions: the connection keeps these statements,
/// so that none is compiled twice. What is written waits in line, because a statement over many rows costs
/// less than as many statements over one (see ``RowsSQL``).
final class AnswerStatements {
  private let db: Database
  private let run: Int64
  private let at: String
  private let known: RawStatement
  private let places: RawStatement
  private let release: RawStatement
  /// Whether anything is held at all; mostly nothing is.
  private var hasHolds: Bool
  private var acceptances: [Acceptance] = []
  private var first: [Change] = []
  private var further: [Change] = []
  private var events: [LedgerEvent] = []
  /// The ids of the requests in line, and the rows of the invoices.
  private var (requestsInLine, rowsInLine): (Set<String>, Set<Int64>) = ([], [])

  /// QuickBooks has the document of the invoice in a row.
  private struct Acceptance {
    let answer: LedgerAnswer
    let row: Int64
  }

  /// What is known of a request from now on.
  private struct Change {
    let answer: LedgerAnswer
    let state: LedgerRequest.State
    let set: ContentHash
    /// Its row; 0 when it has none yet.
    let row: Int64

    var isFinal: Bool { answer.result == .accepted || answer.result == .refused }
  }

  init(_ db: Database, run: Int64, at: String) throws {
    self.db = db
    self.run = run
    self.at = at
    hasHolds =
      try Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM holds)")) ?? true
    known = try RawStatement(
      kept: """
        SELECT requests.state, body_hash, requests.quickbooks_id, error_code, requests.id,
          invoices.number, invoices.id
        FROM requests LEFT JOIN invoices ON invoices.run = ?1 AND document_number = ?3
          AND document_kind = ?4
        WHERE requests.run = ?1 AND request_id = ?2
        """, db)
    places = try RawStatement(
      kept: """
        SELECT number, id FROM invoices
        WHERE run = ?1 AND document_number = ?2 AND document_kind = ?3
        UNION ALL
        SELECT number, NULL FROM withdrawn
        WHERE run = ?1 AND document_number = ?2 AND document_kind = ?3
        LIMIT 1
        """, db)
    release = try RawStatement(
      kept: """
        DELETE FROM holds WHERE kind = 'invoice' AND name = ? AND cause <> 'in_quickbooks'
        """, db)
  }

  /// What is known of the request of an answer, nil when the ledger has none of that id, and where its
  /// document stands, nil when the run never had one of that number.
  func look(_ answer: LedgerAnswer) throws -> (KnownRequest?, DocumentPlace?) {
    if requestsInLine.contains(answer.requestID) { try flush() }
    known.bind(run, at: 1)
    known.bind(answer.requestID, at: 2)
    known.bind(answer.name, at: 3)
    known.bind(answer.entity.rawValue, at: 4)
    var (request, place): (KnownRequest?, DocumentPlace?) = (nil, nil)
    if try known.step() {
      let word = known.text(0)
      guard let state = LedgerRequest.State(rawValue: word) else {
        throw LedgerFailure.bug("the ledger says state \"\(word)\", which is not known")
      }
      request = KnownRequest(
        row: known.integer(4), state: state, body: ContentHash(stored: known.bytes(1).span),
        quickBooksID: known.textOrNull(2), code: known.textOrNull(3))
      if let row = known.integerOrNull(6) {
        place = DocumentPlace(number: known.text(5), row: row)
      }
    }
    try known.reset()
    if place == nil, answer.isDocument { place = try self.place(of: answer) }
    return (request, place)
  }

  /// Where the document of an answer stands, also one that was withdrawn.
  private func place(of answer: LedgerAnswer) throws -> DocumentPlace? {
    places.bind(run, at: 1)
    places.bind(answer.name, at: 2)
    places.bind(answer.entity.rawValue, at: 3)
    var found: DocumentPlace?
    if try places.step() {
      found = DocumentPlace(number: places.text(0), row: places.integerOrNull(1))
    }
    try places.reset()
    return found
  }

  // MARK: - In line

  /// QuickBooks has the document of an invoice.
  ///
  /// - Throws: What the database says against what stands in line.
  func accept(_ answer: LedgerAnswer, row: Int64) throws {
    if !rowsInLine.insert(row).inserted {
      try flush()
      rowsInLine.insert(row)
    }
    acceptances.append(Acceptance(answer: answer, row: row))
  }

  /// Keeps what is known of a request from now on.
  ///
  /// - Parameters:
  ///   - answer: What QuickBooks said.
  ///   - state: What that makes of the request.
  ///   - set: Stands for the bytes in which it is sent next, or was answered.
  ///   - known: What was known before; nil when nothing was.
  func keep(
    _ answer: LedgerAnswer, as state: LedgerRequest.State, set: ContentHash, _ known: KnownRequest?
  ) {
    requestsInLine.insert(answer.requestID)
    let change = Change(answer: answer, state: state, set: set, row: known?.row ?? 0)
    if known == nil { first.append(change) } else { further.append(change) }
  }

  /// Adds to the history of the run.
  ///
  /// - Throws: What the database says against what stands in line.
  func insert(_ event: LedgerEvent) throws {
    events.append(event)
    if events.count == RowsSQL.most { try flush() }
  }

  /// Writes what stands in line.
  func flush() throws {
    requestsInLine.removeAll(keepingCapacity: true)
    rowsInLine.removeAll(keepingCapacity: true)
    try RowsSQL.acceptance.run(acceptances, db) { statement, place, acceptance in
      statement.bind(at, at: 1)
      statement.bind(acceptance.row, at: place)
      statement.bind(orNull: acceptance.answer.quickBooksID, at: place + 1)
      statement.bind(orNull: acceptance.answer.editSequence, at: place + 2)
    }
    acceptances.removeAll(keepingCapacity: true)
    try RowsSQL.insertion.run(first, db) { statement, place, change in
      statement.bind(run, at: 1)
      statement.bind(at, at: 2)
      bind(change, statement, place)
      statement.bind(change.answer.entity.rawValue, at: place + 8)
      statement.bind(change.answer.name, at: place + 9)
      statement.bind(change.answer.requestID, at: place + 10)
    }
    first.removeAll(keepingCapacity: true)
    try RowsSQL.update.run(further, db) { statement, place, change in
      bind(change, statement, place)
      statement.bind(change.isFinal ? 0 : 1, at: place + 8)
      statement.bind(change.row, at: place + 9)
    }
    further.removeAll(keepingCapacity: true)
    try RowsSQL.history.run(events, db) { statement, place, event in
      statement.bind(run, at: 1)
      statement.bind(event.at, at: place)
      statement.bind(orNull: event.invoice, at: place + 1)
      statement.bind(orNull: event.customer, at: place + 2)
      statement.bind(event.kind.rawValue, at: place + 3)
      statement.bind(event.detail, at: place + 4)
      statement.bind(event.by, at: place + 5)
    }
    events.removeAll(keepingCapacity: true)
  }

  private func bind(_ change: Change, _ statement: borrowing RawStatement, _ place: Int32) {
    let answer = change.answer
    statement.bind(change.set, at: place)
    statement.bind(change.state.rawValue, at: place + 1)
    statement.bind(orNull: change.isFinal ? at : nil, at: place + 2)
    if let amount = answer.amount {
      statement.bind(amount.cents, at: place + 3)
    } else {
      statement.bindNull(at: place + 3)
    }
    statement.bind(orNull: answer.quickBooksID, at: place + 4)
    statement.bind(orNull: answer.editSequence, at: place + 5)
    statement.bind(orNull: answer.code, at: place + 6)
    statement.bind(orNull: answer.words, at: place + 7)
  }

  // MARK: - At once

  /// Something is held from now on.
  func noteHold() { hasHolds = true }

  /// What held an invoice holds it no more, unless QuickBooks has a document that it should not have.
  func release(invoice number: String) throws {
    guard hasHolds else { return }
    release.bind(number, at: 1)
    try release.run()
  }
}

extension RowsSQL {
  /// QuickBooks has documents.
  fileprivate static let acceptance = RowsSQL(
    "WITH new (row, quickbooks_id, edit_sequence) AS (VALUES", row: "(?, ?, ?)", shared: 1,
    """
    ) UPDATE invoices SET quickbooks_id = coalesce(new.quickbooks_id, invoices.quickbooks_id),
      edit_sequence = coalesce(new.edit_sequence, invoices.edit_sequence), state = 'synced',
      evidence = CASE evidence WHEN 'written' THEN 'accepted' ELSE evidence END,
      evidence_at = CASE evidence WHEN 'written' THEN ?1 ELSE evidence_at END
    FROM new WHERE id = new.row
    """)

  /// Requests of which nothing was known.
  fileprivate static let insertion = RowsSQL(
    """
    INSERT INTO requests (body_hash, state, answered_at, cents, quickbooks_id, edit_sequence,
      error_code, error, attempts, run, entity, name, operation, request_id, intended_at)
    VALUES
    """, row: "(?, ?, ?, ?, ?, ?, ?, ?, 1, ?1, ?, ?, 'add', ?, ?2)", shared: 2)

  /// Requests of which something was known.
  fileprivate static let update = RowsSQL(
    """
    WITH new (body_hash, state, answered_at, cents, quickbooks_id, edit_sequence, error_code, error,
      attempts, row) AS (VALUES
    """, row: "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", shared: 0,
    """
    ) UPDATE requests SET body_hash = new.body_hash, state = new.state,
      answered_at = new.answered_at, cents = new.cents, quickbooks_id = new.quickbooks_id,
      edit_sequence = new.edit_sequence, error_code = new.error_code, error = new.error,
      attempts = requests.attempts + new.attempts
    FROM new WHERE id = new.row
    """)

  /// What happened.
  fileprivate static let history = RowsSQL(
    "INSERT INTO events (run, at, invoice, customer, kind, detail, by) VALUES",
    row: "(?1, ?, ?, ?, ?, ?, ?)", shared: 1)
}
