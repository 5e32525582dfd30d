internal import Ledger
internal import QuickBooks
internal import Vocabulary

/// One answer with its request and what follows from it.
struct AnswerItem {
  let request: QBXMLRequest
  let answer: QBXMLAnswer
  let record: QBXMLRecord?
  let judgement: AnswerJudgement
  let messageSet: String
  let entity: LedgerAnswer.Entity
  var result: LedgerAnswer.Result = .accepted
  /// Whether QuickBooks shows such a document, and does not say that it comes from this request.
  var isDoubtful = false
  /// Whether a list entry was there already.
  var exists = false
  /// Whether the name is taken, and nothing shows yet that it is a customer who has it.
  var mayBeSomebodyElse = false
  var finding: Finding?
  /// What QuickBooks has otherwise than it was sent; it is kept until somebody settles it.
  var checks: [Finding] = []
  /// What must not be sent again before something changes.
  var hold: LedgerHold?

  /// Whether it is to be asked again.
  var isPostponed: Bool { if case .postponed = result { true } else { false } }

  /// `invoice 10234`, `customer "Pine & Fir"`.
  var title: String {
    switch entity {
    case .invoice: "invoice \(request.name)"
    case .creditMemo: "credit memo \(request.name)"
    default: "\(entity.rawValue) \"\(request.name)\""
    }
  }

  /// Whether it is about an invoice or a credit memo.
  var isDocument: Bool { entity.isDocument }

  /// What it is about, in the sign of LoadOps.
  var amount: Money { request.total }

  /// The answer as the ledger keeps it.
  var ledgerAnswer: LedgerAnswer {
    var kept = LedgerAnswer(
      entity: entity, name: request.name, requestID: request.id, messageSet: messageSet,
      result: result)
    if answer.status != 0 {
      kept.code = String(answer.status)
      kept.words = answer.message.isEmpty ? nil : answer.message
    }
    if result == .refused { kept.hold = hold }
    kept.isDoubtful = judgement == .contradictory || isDoubtful
    kept.remarks = checks.map { LedgerRemark(kind: $0.kind.id, message: $0.message) }
    if result == .accepted, let record {
      kept.quickBooksID = record.quickBooksID.isEmpty ? nil : record.quickBooksID
      kept.editSequence = record["EditSequence"].isEmpty ? nil : record["EditSequence"]
      kept.amount = record.total.map { entity == .creditMemo ? -$0 : $0 }
    }
    return kept
  }
}

extension LedgerAnswer.Entity {
  /// What a request is about; nil for one that makes nothing.
  init?(request: String) {
    switch request {
    case "InvoiceAdd": self = .invoice
    case "CreditMemoAdd": self = .creditMemo
    case "CustomerAdd": self = .customer
    case "ItemServiceAdd", "ItemOtherChargeAdd": self = .item
    case "AccountAdd": self = .account
    case "StandardTermsAdd": self = .terms
    case "ClassAdd": self = .class
    default: return nil
    }
  }
}
