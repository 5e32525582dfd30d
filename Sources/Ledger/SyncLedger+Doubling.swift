internal import Foundation
internal import GRDB
internal import Vocabulary

/// How QuickBooks came to have two documents of one invoice.
public enum LedgerDoubling: Hashable, Sendable {
  /// It carried out one request twice: the document has an id that is not the first one's.
  case takenAgain(first: String?, second: String?)
  /// It took the document, under an id that it may not show, after another run had sent the invoice again.
  case sentAgain(run: String, id: String?)
  /// It took the document after somebody had entered the invoice by hand.
  case adopted(id: String?)
  /// It took the document after somebody had said that it was there, while its request waited to be sent.
  case settled(id: String?)

  /// What QuickBooks has besides the document, in words.
  public var words: String {
    let under = { (id: String?) in id.map { "under the id \($0), " } ?? "" }
    return switch self {
    case .takenAgain(let first?, let second?):
      "under the id \(second), and had taken it before under the id \(first)"
    case .takenAgain: "a second time, in another file"
    case .sentAgain(let run, let id): "\(under(id))and run \(run) has sent the invoice again"
    case .adopted(let id): "\(under(id))and the invoice was entered by hand (adopt) as well"
    case .settled(let id):
      "\(under(id))after somebody had said that QuickBooks has it already (accept --settle)"
    }
  }
}

extension LedgerRemark {
  /// The id of the finding about two documents of one invoice.
  public static let doubled = "answer-doubled"
  /// The id of the finding about a total that no answer shows, which nobody can compare.
  public static let totalUnchecked = "answer-total-unchecked"
}

extension AnswerRecorder {
  /// The second document, when an answer shows that QuickBooks carried out a request that it had carried
  /// out before.
  ///
  /// Where one of the two answers shows no id, two sets in which it was done are two documents.
  func second(_ answer: LedgerAnswer, _ known: KnownRequest) -> LedgerDoubling? {
    guard answer.isDocument, answer.result == .accepted, known.state == .accepted else {
      return nil
    }
    let first = known.quickBooksID
    if first == nil, known.stoodInNoSet { return .settled(id: answer.quickBooksID) }
    if let first, let second = answer.quickBooksID {
      return first == second ? nil : .takenAgain(first: first, second: second)
    }
    return known.body == ContentHash(ofBody: answer.messageSet)
      ? nil : .takenAgain(first: first, second: answer.quickBooksID)
  }

  /// Keeps in sight that an invoice has two documents; false when just that was known.
  func note(
    _ doubling: LedgerDoubling, _ answer: LedgerAnswer, _ number: String?
  ) throws -> Bool {
    let verb = answer.isDoubtful ? "may have taken" : "has taken"
    let message =
      "QuickBooks \(verb) \(answer.entity.words) \(answer.name) of run \(runID) \(doubling.words)"
    let between = "; and "
    let known = try String.fetchOne(
      db, sql: "SELECT message FROM remarks WHERE run = ? AND request_id = ? AND kind = ?",
      arguments: [run, answer.requestID, LedgerRemark.doubled])
    var messages = known?.components(separatedBy: between) ?? []
    guard !messages.contains(message) else { return false }
    messages.append(message)
    try keep(
      LedgerRemark(kind: LedgerRemark.doubled, message: messages.joined(separator: between)),
      answer, number)
    return true
  }

  /// Whether an answer shows the id of a document that QuickBooks is known to have, and whose id is not:
  /// somebody has said so, or the first answer did not show it.
  func bringsID(_ answer: LedgerAnswer, _ known: KnownRequest) -> Bool {
    answer.isDocument && answer.result == .accepted && known.state == .accepted
      && known.quickBooksID == nil && answer.quickBooksID != nil
  }

  /// Takes up that id.
  ///
  /// Where nothing but somebody's word was the evidence, the answer is from now on.
  func takeUp(_ answer: LedgerAnswer, _ known: KnownRequest, _ place: DocumentPlace?) throws {
    let values: StatementArguments = [
      "id": answer.quickBooksID, "sequence": answer.editSequence, "at": at, "request": known.row,
      "row": place?.row,
    ]
    // Whoever settles a doubt gives the invoice and its request the same time.
    let isWord =
      "evidence = 'confirmed' AND evidence_at = (SELECT answered_at FROM requests WHERE id = :request)"
    try db.execute(
      sql: """
        UPDATE invoices SET quickbooks_id = :id, edit_sequence = coalesce(:sequence, edit_sequence),
          evidence_at = CASE WHEN \(isWord) THEN :at ELSE evidence_at END,
          evidence = CASE WHEN \(isWord) THEN 'accepted' ELSE evidence END
        WHERE id = :row
        """, arguments: values)
    try db.execute(
      sql: """
        UPDATE requests SET quickbooks_id = :id, edit_sequence = coalesce(:sequence, edit_sequence),
          cents = coalesce(:cents, cents), error_code = :code, error = :words, answered_at = :at
        WHERE id = :request
        """,
      arguments: [
        "id": answer.quickBooksID, "sequence": answer.editSequence, "cents": answer.amount?.cents,
        "code": answer.code, "words": answer.words, "at": at, "request": known.row,
      ])
  }

  /// Keeps what QuickBooks has otherwise than it was sent.
  func keepRemarks(_ answer: LedgerAnswer, _ number: String?) throws {
    for remark in answer.remarks { try keep(remark, answer, number) }
  }

  /// Keeps a remark; one that was settled is open again when it says something new.
  private func keep(_ remark: LedgerRemark, _ answer: LedgerAnswer, _ number: String?) throws {
    try db.execute(
      sql: """
        INSERT INTO remarks (run, request_id, kind, invoice, message, at)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (run, request_id, kind) DO UPDATE SET message = excluded.message,
          at = excluded.at, settled_at = NULL, settled_because = NULL
        WHERE message <> excluded.message
        """, arguments: [run, answer.requestID, remark.kind, number, remark.message, at])
  }
}
