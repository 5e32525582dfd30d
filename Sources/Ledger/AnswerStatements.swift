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
/// so that none is compiled twice.
final class AnswerStatements {
  private let known: RawStatement
  private let places: RawStatement
  private let acceptance: RawStatement
  private let first: RawStatement
  private let further: RawStatement
  private let release: RawStatement
  private let event: RawStatement
  /// Whether anything is held at all; mostly nothing is.
  private var hasHolds: Bool

  init(_ db: Database) throws {
    hasHolds =
      try Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM holds)")) ?? true
    known = try RawStatement(
      kept: """
        SELECT state, body_hash, quickbooks_id, error_code, id FROM requests
        WHERE run = ? AND request_id = ?
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
    acceptance = try RawStatement(
      kept: """
        UPDATE invoices SET quickbooks_id = coalesce(?1, quickbooks_id),
          edit_sequence = coalesce(?2, edit_sequence), state = 'synced',
          evidence = CASE evidence WHEN 'written' THEN 'accepted' ELSE evidence END,
          evidence_at = CASE evidence WHEN 'written' THEN ?3 ELSE evidence_at END
        WHERE id = ?4
        """, db)
    first = try RawStatement(
      kept: """
        INSERT INTO requests (body_hash, state, answered_at, cents, quickbooks_id, edit_sequence,
          error_code, error, attempts, run, entity, name, operation, request_id, intended_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?10, ?11, 'add', ?12, ?13)
        """, db)
    further = try RawStatement(
      kept: """
        UPDATE requests SET body_hash = ?1, state = ?2, answered_at = ?3, cents = ?4,
          quickbooks_id = ?5, edit_sequence = ?6, error_code = ?7, error = ?8,
          attempts = attempts + ?9
        WHERE id = ?10
        """, db)
    release = try RawStatement(
      kept: """
        DELETE FROM holds WHERE kind = 'invoice' AND name = ? AND cause <> 'in_quickbooks'
        """, db)
    event = try RawStatement(
      kept: """
        INSERT INTO events (at, run, invoice, customer, kind, detail, by)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """, db)
  }

  /// What is known of a request; nil when the ledger has none of that id.
  func request(_ id: String, ofRun run: Int64) throws -> KnownRequest? {
    known.bind(run, at: 1)
    known.bind(id, at: 2)
    guard try known.step() else {
      try known.reset()
      return nil
    }
    let word = known.text(0)
    guard let state = LedgerRequest.State(rawValue: word) else {
      throw LedgerFailure.bug("the ledger says state \"\(word)\", which is not known")
    }
    let request = KnownRequest(
      row: known.integer(4), state: state, body: ContentHash(stored: known.bytes(1).span),
      quickBooksID: known.textOrNull(2), code: known.textOrNull(3))
    try known.reset()
    return request
  }

  /// Where the document of an answer stands; nil when the run never had one of that number.
  func place(of answer: LedgerAnswer, inRun run: Int64) throws -> DocumentPlace? {
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

  /// QuickBooks has the document of an invoice.
  func accept(_ answer: LedgerAnswer, row: Int64, at: String) throws {
    acceptance.bind(orNull: answer.quickBooksID, at: 1)
    acceptance.bind(orNull: answer.editSequence, at: 2)
    acceptance.bind(at, at: 3)
    acceptance.bind(row, at: 4)
    try acceptance.run()
  }

  /// Keeps what is known of a request from now on.
  ///
  /// - Parameters:
  ///   - answer: What QuickBooks said.
  ///   - state: What that makes of the request.
  ///   - set: Stands for the bytes in which it is sent next, or was answered.
  ///   - known: What was known before; nil when nothing was.
  ///   - run: The run.
  ///   - at: The time.
  /// - Throws: What the database says against it.
  func keep(
    _ answer: LedgerAnswer, as state: LedgerRequest.State, set: ContentHash, _ known: KnownRequest?,
    ofRun run: Int64, at: String
  ) throws {
    let isFinal = answer.result == .accepted || answer.result == .refused
    guard let known else {
      bind(answer, state, set, isFinal ? at : nil, first)
      first.bind(run, at: 9)
      first.bind(answer.entity.rawValue, at: 10)
      first.bind(answer.name, at: 11)
      first.bind(answer.requestID, at: 12)
      first.bind(at, at: 13)
      return try first.run()
    }
    bind(answer, state, set, isFinal ? at : nil, further)
    further.bind(isFinal ? 0 : 1, at: 9)
    further.bind(known.row, at: 10)
    try further.run()
  }

  private func bind(
    _ answer: LedgerAnswer, _ state: LedgerRequest.State, _ set: ContentHash, _ answered: String?,
    _ statement: borrowing RawStatement
  ) {
    statement.bind(set, at: 1)
    statement.bind(state.rawValue, at: 2)
    statement.bind(orNull: answered, at: 3)
    if let amount = answer.amount {
      statement.bind(amount.cents, at: 4)
    } else {
      statement.bindNull(at: 4)
    }
    statement.bind(orNull: answer.quickBooksID, at: 5)
    statement.bind(orNull: answer.editSequence, at: 6)
    statement.bind(orNull: answer.code, at: 7)
    statement.bind(orNull: answer.words, at: 8)
  }

  /// Something is held from now on.
  func noteHold() { hasHolds = true }

  /// What held an invoice holds it no more, unless QuickBooks has a document that it should not have.
  func release(invoice number: String) throws {
    guard hasHolds else { return }
    release.bind(number, at: 1)
    try release.run()
  }

  /// Adds to the history of a run.
  func insert(_ change: LedgerEvent, ofRun run: Int64) throws {
    event.bind(change.at, at: 1)
    event.bind(run, at: 2)
    event.bind(orNull: change.invoice, at: 3)
    event.bind(orNull: change.customer, at: 4)
    event.bind(change.kind.rawValue, at: 5)
    event.bind(change.detail, at: 6)
    event.bind(change.by, at: 7)
    try event.run()
  }
}
