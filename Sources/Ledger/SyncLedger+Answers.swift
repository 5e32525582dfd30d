internal import Foundation
internal import GRDB
public import Vocabulary

/// What QuickBooks said about one request of a run, as the ledger keeps it.
public struct LedgerAnswer: Hashable, Sendable {
  /// What the request was about; raw values are stored and therefore never change.
  public enum Entity: String, Hashable, Sendable, CaseIterable {
    case invoice
    case creditMemo = "credit_memo"
    case customer, item, account, terms
    case `class`

    /// Whether it is an invoice or a credit memo.
    public var isDocument: Bool { self == .invoice || self == .creditMemo }
  }

  /// What became of it.
  public enum Result: Hashable, Sendable {
    /// QuickBooks has it.
    case accepted
    /// QuickBooks refused it, and would again.
    case refused
    /// QuickBooks did not get to it; it is asked again in another set.
    case postponed(resentIn: String)
    /// Nobody knows: QuickBooks does not remember the set.
    case unknown
  }

  /// What the request was about.
  public var entity: Entity
  /// The number of the document, or the name of the list entry, in QuickBooks.
  public var name: String
  /// The id of the request, which the run gave it.
  public var requestID: String
  /// The id of the set in which it was answered.
  public var messageSet: String
  /// What became of it.
  public var result: Result
  /// What QuickBooks made of the document, when it says; in the sign of LoadOps.
  public var amount: Money?
  /// What QuickBooks calls it.
  public var quickBooksID: String?
  /// The version that QuickBooks wants to hear of before a change.
  public var editSequence: String?
  /// The status as QuickBooks gave it; nil for plain success.
  public var code: String?
  /// QuickBooks' words; nil when there is nothing to say.
  public var words: String?
  /// What must not be sent again before something changes; nil when nothing is.
  ///
  /// An invoice is named by its document; the ledger knows its number and its content.
  public var hold: LedgerHold?
  /// What QuickBooks has otherwise than it was sent, to be kept until somebody settles it.
  public var remarks: [LedgerRemark] = []
  /// Whether the answer contradicts itself, so that QuickBooks may have it or not.
  public var isDoubtful = false

  /// An answer.
  public init(
    entity: Entity, name: String, requestID: String, messageSet: String, result: Result
  ) {
    self.entity = entity
    self.name = name
    self.requestID = requestID
    self.messageSet = messageSet
    self.result = result
  }
}

/// What an answer did to the ledger.
public enum LedgerAnswerEffect: Hashable, Sendable {
  /// It was news, and is recorded.
  case recorded
  /// It says what was known, or what a later answer has overtaken.
  case nothingNew
  /// QuickBooks took a document of an invoice of which it has, or may have, another one.
  case doubled(LedgerDoubling)
  /// QuickBooks has a document of a run that was taken back; its invoice is held until it is removed.
  case takenBack
  /// The run has no such document any more: it was taken back, or replaced by hand.
  case notOurs
}

/// What is known about a request.
public struct LedgerRequest: Hashable, Sendable {
  /// What became of it; raw values are stored and therefore never change.
  public enum State: String, Hashable, Sendable, CaseIterable {
    case intended, sent, unknown, accepted, refused, abandoned
  }

  /// What it was about.
  public var entity: LedgerAnswer.Entity
  /// The number of the document, or the name of the list entry, in QuickBooks.
  public var name: String
  /// Its id.
  public var requestID: String
  /// What became of it.
  public var state: State
  /// The status as QuickBooks gave it last.
  public var code: String?
  /// QuickBooks' words.
  public var words: String?
  /// What QuickBooks calls it, once it has taken it.
  public var quickBooksID: String?
  /// The set in which it stands: the one that is sent next, or was answered last.
  public var stands: SetMark
  /// Whether it is about a list entry, or a document that the run has sent and that nothing but its file
  /// is evidence of: one that was adopted, found in the books or withdrawn is not asked for any more.
  public var counts: Bool

  /// Whether it waits in a set that is to be sent.
  public func waits(in set: SetMark) -> Bool { state == .intended && counts && stands == set }

  /// Whether QuickBooks may have it or not, and has to be asked.
  public var isInDoubt: Bool { state == .unknown && counts }

  /// A message set in the ledger's form.
  public struct SetMark: Hashable, Sendable {
    let hash: Data

    init(hash: Data) { self.hash = hash }

    /// The mark of the set of this id.
    public init(of messageSet: String) { hash = AnswerRecorder.hash(messageSet) }
  }
}

extension SyncLedger {
  /// Records what QuickBooks said about requests of a run, in one transaction.
  ///
  /// An answer that was recorded before changes nothing, nor does one to a set that was sent again since.
  /// What was accepted stays accepted. A refused document counts as withdrawn and may be sent again; a
  /// refused list entry is known no more.
  ///
  /// - Parameters:
  ///   - answers: What QuickBooks said, in its order.
  ///   - run: The run that asked.
  ///   - at: The time, ISO 8601 with zone.
  ///   - file: A file that is to be sent next and will stand in the run's folder, with its sum.
  /// - Returns: What each answer did.
  /// - Throws: `Failure` when the ledger cannot be written; then nothing is recorded.
  public func record(
    answers: [LedgerAnswer], ofRun run: String, at: String,
    file: (name: String, fingerprint: Fingerprint)? = nil
  ) throws(Failure) -> [LedgerAnswerEffect] {
    try write { db in
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      if let file {
        try SyncLedger.insert(laterFile: file.name, file.fingerprint, run: run, at: at, db)
      }
      let recorder = try AnswerRecorder(db: db, run: sequence, runID: run, at: at)
      let effects = try answers.map { try recorder.record($0) }
      try recorder.flush()
      return effects
    }
  }

  /// Whether a row of `requests` is about a list entry, or about a document of which nothing but the file
  /// of its run is evidence.
  static let requestCounts = """
    (entity NOT IN ('invoice', 'credit_memo') OR EXISTS (SELECT 1 FROM invoices
      WHERE invoices.run = requests.run AND document_number = requests.name
        AND document_kind = requests.entity AND evidence = 'written'))
    """

  /// What is known about the requests of a run, by their ids; only those that were answered or asked again.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func requests(ofRun run: String) throws(Failure) -> [String: LedgerRequest] {
    try read { db in
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      var requests: [String: LedgerRequest] = [:]
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT *, \(SyncLedger.requestCounts) AS counts
          FROM requests WHERE run = ? AND operation = 'add'
          """, arguments: [sequence])
      while let row = try rows.next() {
        let request = LedgerRequest(
          entity: try LedgerQueries.value(row, "entity"), name: row["name"],
          requestID: row["request_id"], state: try LedgerQueries.value(row, "state"),
          code: row["error_code"], words: row["error"], quickBooksID: row["quickbooks_id"],
          stands: LedgerRequest.SetMark(hash: row["body_hash"]), counts: row["counts"])
        requests[request.requestID] = request
      }
      return requests
    }
  }

  /// The invoice that a run sent under a document number; nil when it counts no more.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func entry(
    document number: String, _ kind: LedgerEntry.DocumentKind, ofRun run: String
  ) throws(Failure) -> LedgerEntry? {
    try read { db in
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT invoices.*, runs.id AS run_id
          FROM invoices JOIN runs ON runs.sequence = invoices.run
          WHERE runs.id = ? AND document_number = ? AND document_kind = ?
          """, arguments: [run, number, kind.rawValue])
      return try row.map { try LedgerQueries.entry($0) }
    }
  }

  /// What LoadOps calls a list entry that a run declared; nil when it declared none of this name, in any case.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func loadOpsName(
    ofEntry kind: LedgerListEntry.Kind, _ name: String, inRun run: String
  ) throws(Failure) -> String? {
    try read { db in
      try String.fetchOne(
        db,
        sql: """
          SELECT loadops_name FROM list_entries JOIN runs ON runs.sequence = list_entries.run
          WHERE runs.id = ? AND kind = ? AND quickbooks_name = ? COLLATE NOCASE
          """, arguments: [run, kind.rawValue, name])
    }
  }

  /// Whether requests of a run were recorded as standing in a message set.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func hasRequests(inSet messageSet: String, ofRun run: String) throws(Failure) -> Bool {
    try read { db in
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      return try Int.fetchOne(
        db, sql: "SELECT 1 FROM requests WHERE run = ? AND body_hash = ? LIMIT 1",
        arguments: [sequence, AnswerRecorder.hash(messageSet)]) != nil
    }
  }

  /// The customers, by their names in QuickBooks, to whom runs sent something that QuickBooks has taken.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func acceptedCustomers() throws(Failure) -> [String] {
    try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT quickbooks_customer FROM invoices
          WHERE evidence IN ('accepted', 'confirmed')
          """)
    }
  }
}

/// Records answers, inside one transaction.
struct AnswerRecorder {
  let db: Database
  let run: Int64
  let runID: String
  let at: String
  private let statements: AnswerStatements

  init(db: Database, run: Int64, runID: String, at: String) throws {
    self.db = db
    self.run = run
    self.runID = runID
    self.at = at
    statements = try AnswerStatements(db, run: run, at: at)
  }

  func record(_ answer: LedgerAnswer) throws -> LedgerAnswerEffect {
    let (known, place) = try statements.look(answer)
    let number = place?.number
    if let known, let doubling = second(answer, known) {
      try flush()
      guard try note(doubling, answer, number) else { return .nothingNew }
      if case .settled = doubling { try takeUp(answer, known, place) }
      try keepRemarks(answer, number)
      try statements.insert(event(answer, number))
      return .doubled(doubling)
    }
    if let known, !isNews(answer, known) {
      guard bringsID(answer, known) else { return .nothingNew }
      try flush()
      try takeUp(answer, known, place)
      try keepRemarks(answer, number)
      try statements.insert(event(answer, number))
      return .recorded
    }
    let effect: LedgerAnswerEffect
    if answer.result == .accepted, let row = place?.row {
      try statements.accept(answer, row: row)
      effect = .recorded
    } else {
      // It looks into what answers change, or changes it itself.
      try flush()
      effect = try answer.isDocument ? document(answer, place, known) : entry(answer)
      guard effect != .nothingNew else { return effect }
    }
    statements.keep(
      answer, as: answer.state, set: ContentHash(ofBody: answer.setNow), known)
    try keepOpen(answer, number, effect)
    if case .doubled(let doubling) = effect { _ = try note(doubling, answer, number) }
    try statements.insert(event(answer, number))
    return effect
  }

  /// Writes what waits to be written together.
  func flush() throws { try statements.flush() }

  /// Whether an answer says more than what is known.
  private func isNews(_ answer: LedgerAnswer, _ known: KnownRequest) -> Bool {
    if known.state == .accepted {
      // A name that was thought to be there turns out to be somebody else's.
      return answer.result == .refused && answer.code != known.code && !answer.isDocument
    }
    if answer.result == .accepted {
      // A name that turned out to be somebody else's stays so, however often it is said to be taken.
      return answer.isDocument || known.state != .refused || answer.code == nil
    }
    // The request was asked again since: this is the answer to an earlier set.
    guard known.body == ContentHash(ofBody: answer.messageSet) else { return false }
    return answer.state != known.state || answer.code != known.code
      || answer.setNow != answer.messageSet
  }

  // MARK: - Documents

  private func document(
    _ answer: LedgerAnswer, _ place: DocumentPlace?, _ known: KnownRequest?
  ) throws -> LedgerAnswerEffect {
    let own = place?.row == nil ? nil : place?.number
    switch answer.result {
    case .accepted:
      return try restore(answer, known)
    case .refused:
      guard let own else { return .notOurs }
      try LedgerQueries.withdraw("number = ?", [own], cause: .refused, at: at, db)
      try db.execute(sql: "DELETE FROM invoices WHERE number = ?", arguments: [own])
      return .recorded
    case .postponed:
      guard let own else { return .notOurs }
      try db.execute(
        sql: "UPDATE invoices SET state = 'synced' WHERE number = ? AND state = 'in_doubt'",
        arguments: [own])
      return .recorded
    case .unknown:
      guard let own else { return .notOurs }
      try db.execute(
        sql: "UPDATE invoices SET state = 'in_doubt' WHERE number = ? AND evidence = 'written'",
        arguments: [own])
      return .recorded
    }
  }

  /// QuickBooks has a document after all that it had refused: it must not be sent again.
  private func restore(
    _ answer: LedgerAnswer, _ known: KnownRequest?
  ) throws -> LedgerAnswerEffect {
    let old = try Row.fetchOne(
      db,
      sql: """
        SELECT * FROM withdrawn WHERE run = ? AND document_number = ? AND document_kind = ?
        ORDER BY id DESC LIMIT 1
        """, arguments: [run, answer.name, answer.entity.rawValue])
    guard let old else { return .notOurs }
    let number: String = old["number"]
    let cause: String = old["cause"]
    if let now = try LedgerQueries.entry(number: number, db) {
      let isSame = answer.quickBooksID.map { $0 == now.quickBooksID } ?? false
      // A document that somebody changed by hand is the same document, unless QuickBooks had said that it
      // had none.
      let wasNotThere = known?.state == .intended || known?.state == .refused
      if isSame, answer.isDoubtful { return .nothingNew }
      if isSame || (cause == "replaced" && !wasNotThere) { return .notOurs }
      let id = answer.quickBooksID
      return .doubled(now.run.map { .sentAgain(run: $0, id: id) } ?? .adopted(id: id))
    }
    if cause == "undone" { return .takenBack }
    guard cause == "refused" else { return .notOurs }
    try db.execute(
      sql: """
        INSERT INTO invoices (number, content_hash, state, evidence, evidence_at, document_kind,
          document_number, customer, quickbooks_customer, invoice_date, cents, lines,
          quickbooks_id, edit_sequence)
        SELECT number, content_hash, 'synced', 'confirmed', ?, document_kind,
          document_number, customer, quickbooks_customer, invoice_date, cents, lines, ?, ?
        FROM withdrawn WHERE id = ?
        """, arguments: [at, answer.quickBooksID, answer.editSequence, old["id"] as Int64])
    try db.execute(sql: "DELETE FROM unsent WHERE number = ?", arguments: [number])
    return .recorded
  }

  // MARK: - List entries

  private func entry(_ answer: LedgerAnswer) throws -> LedgerAnswerEffect {
    let arguments: StatementArguments = [answer.entity.rawValue, answer.name]
    let condition = "kind = ? AND quickbooks_name = ? COLLATE NOCASE"
    switch answer.result {
    case .accepted:
      try db.execute(
        sql: """
          UPDATE list_entries SET quickbooks_id = coalesce(?, quickbooks_id),
            edit_sequence = coalesce(?, edit_sequence),
            evidence = CASE evidence WHEN 'written' THEN 'accepted' ELSE evidence END
          WHERE \(condition) AND run = ?
          """, arguments: [answer.quickBooksID, answer.editSequence] + arguments + [run])
    case .refused:
      // Whichever run declared it: QuickBooks does not have it.
      try db.execute(sql: "DELETE FROM list_entries WHERE \(condition)", arguments: arguments)
    case .postponed, .unknown: break
    }
    return .recorded
  }

  // MARK: - What is kept

  /// Keeps what waits for somebody, and forgets what an answer has ended.
  private func keepOpen(
    _ answer: LedgerAnswer, _ number: String?, _ effect: LedgerAnswerEffect
  ) throws {
    switch answer.result {
    case .accepted:
      guard effect == .recorded else { break }
      if answer.isDocument {
        if let number { try statements.release(invoice: number) }
      } else {
        // QuickBooks takes names that differ by case for one; numbers of invoices are two.
        try db.execute(
          sql: "DELETE FROM holds WHERE kind = ? AND name = ? COLLATE NOCASE",
          arguments: [answer.entity.rawValue, answer.name])
      }
    case .refused: if let hold = answer.hold { try keep(hold, answer, number) }
    case .postponed, .unknown: break
    }
    if effect == .takenBack {
      try keep(LedgerHold(.invoice, answer.name, .inQuickBooks), answer, number)
    }
    try keepRemarks(answer, number)
  }

  private func keep(_ hold: LedgerHold, _ answer: LedgerAnswer, _ number: String?) throws {
    var (name, content): (String, Data?) = (hold.name, nil)
    if hold.kind == .invoice {
      guard let number else { return }
      name = number
      content = try Data.fetchOne(
        db,
        sql:
          "SELECT content_hash FROM withdrawn WHERE run = ? AND number = ? ORDER BY id DESC LIMIT 1",
        arguments: [run, number])
    }
    statements.noteHold()
    try db.execute(
      sql: """
        INSERT OR REPLACE INTO holds (kind, name, cause, content_hash, run, at, words)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        hold.kind.rawValue, name, hold.cause.rawValue, content, run, at, answer.words ?? "",
      ])
    if answer.isDocument, let number, answer.result == .refused {
      try db.execute(
        sql: "UPDATE unsent SET reasons = ? WHERE number = ? AND outcome = 'refused'",
        arguments: [AnswerRecorder.heldReason, number])
    }
  }

  /// The id of the finding that holds what QuickBooks refused.
  static let heldReason = "refused-by-quickbooks"

  private func event(_ answer: LedgerAnswer, _ number: String?) -> LedgerEvent {
    let kind: LedgerEvent.Kind =
      switch answer.result {
      case .accepted: .accepted
      case .refused: .refused
      case .postponed: .postponed
      case .unknown: .inDoubt
      }
    var detail = "\(answer.entity.words) \(answer.name)"
    if let code = answer.code { detail += ", status \(code)" }
    if let words = answer.words { detail += ": \(words)" }
    if let id = answer.quickBooksID { detail += " (\(id))" }
    return LedgerEvent(
      at: at, run: runID, invoice: number, kind: kind, detail: detail)
  }

  /// Stands for the exact bytes that were sent: a set's id belongs to one file for ever.
  static func hash(_ messageSet: String) -> Data {
    ContentHash.stored(ContentHash(ofBody: messageSet))
  }
}

extension LedgerAnswer.Entity {
  /// What people call it: `credit memo`.
  public var words: String { self == .creditMemo ? "credit memo" : rawValue }
}

extension LedgerAnswer {
  /// Whether it is about an invoice or a credit memo.
  public var isDocument: Bool { entity.isDocument }

  /// The set in which the request stands from now on.
  fileprivate var setNow: String {
    if case .postponed(let set) = result { set } else { messageSet }
  }

  fileprivate var state: LedgerRequest.State {
    switch result {
    case .accepted: .accepted
    case .refused: .refused
    case .postponed: .intended
    case .unknown: .unknown
    }
  }
}

extension LedgerEvent.Kind {
  /// QuickBooks took it.
  public static let accepted = LedgerEvent.Kind(rawValue: "accepted")
  /// QuickBooks refused it.
  public static let refused = LedgerEvent.Kind(rawValue: "refused")
  /// QuickBooks did not get to it; it is asked again.
  public static let postponed = LedgerEvent.Kind(rawValue: "postponed")
  /// Nobody knows what became of it.
  public static let inDoubt = LedgerEvent.Kind(rawValue: "in-doubt")
}
