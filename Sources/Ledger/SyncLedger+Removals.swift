internal import Foundation
internal import GRDB
public import Vocabulary

/// A document of a run that was taken back.
public struct TakenBackDocument: Hashable, Sendable {
  /// The number in LoadOps.
  public var number: String
  /// The form it has in QuickBooks.
  public var kind: LedgerEntry.DocumentKind
  /// Its number in QuickBooks.
  public var documentNumber: String
  /// The customer's name in QuickBooks.
  public var customer: String
  /// The total with the sign it has in LoadOps.
  public var amount: Money
  /// What QuickBooks calls it, as far as it has answered.
  public var quickBooksID: String?
  /// Whether that was not known yet when the run was taken back.
  public var isLate: Bool
  /// Whether QuickBooks has said that it deleted or voided it.
  public var isRemoved: Bool
  /// The sets in which QuickBooks refused to delete or void it last, with its status, by `delete` and `void`.
  public var refusals: [String: Refusal]

  /// A refusal.
  public struct Refusal: Hashable, Sendable {
    /// The status.
    public var code: String
    /// The set in which it was asked for.
    public var stands: LedgerRequest.SetMark
  }
}

/// What QuickBooks said when it was asked to delete or void a document of a run that was taken back.
public struct LedgerRemoval: Sendable {
  /// The document.
  public var document: TakenBackDocument
  /// Status and words; nil when it was done.
  public var refusal: (code: String, words: String)?

  /// What QuickBooks said about a document.
  public init(of document: TakenBackDocument, refusal: (code: String, words: String)?) {
    self.document = document
    self.refusal = refusal
  }
}

extension SyncLedger {
  /// The documents of a run that was taken back, newest first.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func takenBack(ofRun run: String) throws(Failure) -> [TakenBackDocument] {
    try read { db in
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      let refusals = try SyncLedger.refusals(ofRun: sequence, db)
      return try Row.fetchAll(
        db,
        sql: """
          SELECT withdrawn.*, (SELECT requests.quickbooks_id FROM requests
            WHERE requests.run = withdrawn.run AND requests.name = document_number
              AND requests.entity = document_kind AND operation = 'add') AS answered_id,
            EXISTS (SELECT 1 FROM requests
              WHERE requests.run = withdrawn.run AND requests.name = document_number
                AND requests.entity = document_kind AND operation IN ('delete', 'void')
                AND requests.state = 'accepted') AS is_removed
          FROM withdrawn WHERE withdrawn.run = ? AND cause = 'undone' ORDER BY id DESC
          """, arguments: [sequence]
      ).map { row in
        let known: String? = row["quickbooks_id"]
        let answered: String? = row["answered_id"]
        let kind: LedgerEntry.DocumentKind = try LedgerQueries.value(row, "document_kind")
        let name: String = row["document_number"]
        return TakenBackDocument(
          number: row["number"], kind: kind, documentNumber: name,
          customer: row["quickbooks_customer"],
          amount: Money(cents: row["cents"]), quickBooksID: known ?? answered,
          isLate: known == nil, isRemoved: row["is_removed"],
          refusals: refusals["\(kind.rawValue) \(name)"] ?? [:])
      }
    }
  }

  /// What QuickBooks refused to remove of a run, by kind and number, then by the manner.
  private static func refusals(
    ofRun run: Int64, _ db: Database
  ) throws -> [String: [String: TakenBackDocument.Refusal]] {
    var refusals: [String: [String: TakenBackDocument.Refusal]] = [:]
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT entity, name, operation, error_code, body_hash FROM requests
        WHERE run = ? AND operation IN ('delete', 'void') AND state = 'refused'
        """, arguments: [run])
    for row in rows {
      let document = "\(row["entity"] as String) \(row["name"] as String)"
      refusals[document, default: [:]][row["operation"]] = TakenBackDocument.Refusal(
        code: row["error_code"] ?? "", stands: LedgerRequest.SetMark(hash: row["body_hash"]))
    }
    return refusals
  }

  /// Records what QuickBooks deleted or voided, or refused to, of a run that was taken back, in one
  /// transaction.
  ///
  /// - Parameters:
  ///   - removals: What QuickBooks said, in its order.
  ///   - manner: `delete` or `void`.
  ///   - messageSet: The set in which they were asked for; empty when the answer does not say.
  ///   - run: The run that was taken back.
  ///   - at: The time, ISO 8601 with zone.
  /// - Returns: Of each, whether it was news.
  /// - Throws: `Failure` when the ledger cannot be written; then nothing is recorded.
  public func record(
    removals: [LedgerRemoval], manner: String, inSet messageSet: String, ofRun run: String,
    at: String
  ) throws(Failure) -> [Bool] {
    guard !removals.isEmpty else { return [] }
    return try write { db in
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      let recorder = RemovalRecorder(
        db: db, sequence: sequence, run: run, manner: manner,
        set: AnswerRecorder.hash(messageSet), at: at)
      return try removals.map { try recorder.record($0) }
    }
  }
}

/// Records what became of requests that remove documents, inside one transaction.
private struct RemovalRecorder {
  let db: Database
  let sequence: Int64
  let run: String
  let manner: String
  let set: Data
  let at: String

  /// Records one; false when it was known.
  func record(_ removal: LedgerRemoval) throws -> Bool {
    let (document, refusal) = (removal.document, removal.refusal)
    let id = "\(manner) \(document.kind.rawValue) \(document.documentNumber)"
    let state = refusal == nil ? "accepted" : "refused"
    let known = try Row.fetchOne(
      db, sql: "SELECT state, body_hash FROM requests WHERE run = ? AND request_id = ?",
      arguments: [sequence, id])
    if let known {
      // Refused in one file, it is asked for in another.
      let isKnown = known["state"] == state && (refusal == nil || known["body_hash"] == set)
      guard !isKnown, known["state"] != "accepted" else { return false }
    }
    try db.execute(
      sql: """
        INSERT INTO requests (run, entity, name, operation, request_id, body_hash, state, attempts,
          intended_at, answered_at, quickbooks_id, error_code, error)
        VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)
        ON CONFLICT (run, request_id) DO UPDATE SET state = excluded.state,
          body_hash = excluded.body_hash, attempts = attempts + 1,
          answered_at = excluded.answered_at, error_code = excluded.error_code,
          error = excluded.error
        """,
      arguments: [
        sequence, document.kind.rawValue, document.documentNumber, manner, id, set, state, at, at,
        document.quickBooksID, refusal?.code, refusal?.words,
      ])
    if refusal == nil { try free(document) }
    try LedgerQueries.insert(
      LedgerEvent(
        at: at, run: run, invoice: document.number,
        kind: refusal == nil ? .removed : .removalRefused,
        detail: "\(document.kind.rawValue.replacing("_", with: " ")) \(document.documentNumber)"
          + (refusal.map { ", status \($0.code): \($0.words)" } ?? ", by \(manner)")), db)
    return true
  }

  /// The run's document is gone: its invoice is not held because of this run any more, and if another
  /// document of it counts, it has no second one.
  ///
  /// What QuickBooks took twice in this run has another document, of which no file of requests knows; it is
  /// held until somebody says that this one is gone as well.
  private func free(_ document: TakenBackDocument) throws {
    let arguments: StatementArguments = ["run": sequence, "number": document.number]
    let doubled = """
      SELECT 1 FROM remarks WHERE run = :run AND invoice = :number
        AND kind = '\(LedgerRemark.doubled)' AND settled_at IS NULL
      """
    let counts = "SELECT 1 FROM invoices WHERE number = :number"
    try db.execute(
      sql: """
        DELETE FROM holds WHERE kind = 'invoice' AND name = :number AND run = :run
          AND cause = 'in_quickbooks' AND (EXISTS (\(counts)) OR NOT EXISTS (\(doubled)))
        """, arguments: arguments)
    try db.execute(
      sql: """
        UPDATE remarks SET settled_at = :at, settled_because = 'QuickBooks has removed the document'
        WHERE run = :run AND invoice = :number AND kind = '\(LedgerRemark.doubled)'
          AND settled_at IS NULL AND EXISTS (\(counts))
        """, arguments: arguments + ["at": at])
  }
}

extension LedgerEvent.Kind {
  /// QuickBooks has deleted or voided the document of a run that was taken back.
  public static let removed = LedgerEvent.Kind(rawValue: "removed")
  /// QuickBooks refused to delete or void it.
  public static let removalRefused = LedgerEvent.Kind(rawValue: "removal-refused")
}
