internal import Ledger
internal import QuickBooks
internal import QuickBooksOnline
internal import Synchronization
internal import Vocabulary

/// Says stop to a push that is under way: what has left is waited for, nothing more is sent.
public final class PushStop: Sendable {
  private let isSet = Atomic(false)
  private let condition: @Sendable () -> Bool

  /// Nobody has said stop.
  ///
  /// - Parameter condition: Says it as well, whenever it is asked and true.
  public init(when condition: @escaping @Sendable () -> Bool = { false }) {
    self.condition = condition
  }

  /// Says stop.
  public func stop() { isSet.store(true, ordering: .relaxed) }

  /// Whether somebody has.
  public var isStopped: Bool { isSet.load(ordering: .relaxed) || condition() }
}

/// What became of one record, to be noted in the ledger and told.
struct PushOutcome: Sendable {
  enum Result: Sendable {
    case accepted(id: String, version: String?)
    case refused(code: String, words: String, kind: Finding.Kind, remedy: String?)
    case unknown(String)
  }

  var request: OnlineRequest
  var body: String
  var result: Result
  /// Whether QuickBooks had it before this attempt.
  var wasThere = false
  /// Whether QuickBooks had it before any attempt, so that it is not of this run's making.
  var isOlder = false
  /// What is not as it should be all the same.
  var finding: Finding?

  var ledgerAnswer: LedgerAnswer {
    var answer = LedgerAnswer(
      entity: LedgerAnswer.Entity(rawValue: request.entity.rawValue) ?? .invoice,
      name: request.name, requestID: request.id, messageSet: body, result: .unknown)
    if request.entity.isDocument { answer.amount = request.amount }
    // Kept until somebody settles it: a kill right after this would lose what only the report has.
    if let finding {
      answer.remarks = [LedgerRemark(kind: finding.kind.id, message: finding.message)]
    }
    switch result {
    case .accepted(let id, let version):
      answer.result = .accepted
      answer.quickBooksID = id
      answer.editSequence = version
      if isOlder {
        answer.code = LedgerDispatch.wasThereCode
        answer.words = "QuickBooks had it before it was sent"
      }
    case .refused(let code, let words, _, _):
      answer.result = .refused
      (answer.code, answer.words) = (code, words)
    case .unknown(let words):
      answer.result = .unknown
      answer.words = words
    }
    return answer
  }
}

/// Judges answers: what counts as success, and what is told.
enum PushJudge {
  /// What a record in an answer, or one that was found, means for a request.
  static func outcome(
    _ request: OnlineRequest, _ body: String, record: OnlineJSON, wasThere: Bool = false
  ) -> PushOutcome {
    guard let id = record["Id"]?.text, !id.isEmpty else {
      return PushOutcome(
        request: request, body: body,
        result: .unknown("QuickBooks answered without saying what it made"))
    }
    var outcome = PushOutcome(
      request: request, body: body,
      result: .accepted(id: id, version: record["SyncToken"]?.text), wasThere: wasThere)
    guard request.entity.isDocument else { return outcome }
    let total = record["TotalAmt"]?.money
    if total != request.total {
      outcome.finding = Finding(
        AnswerRules.totalDiffers,
        "QuickBooks made \(total.map(\.description) ?? "nothing") of \(request.title), which was "
          + "sent with \(request.total)", value: request.name)
    } else if record["DocNumber"]?.text != request.name {
      outcome.finding = Finding(
        AnswerRules.totalDiffers,
        "QuickBooks has \(request.title) under the number "
          + "\"\(record["DocNumber"]?.text ?? "")\"",
        remedy: "in QuickBooks switch on custom transaction numbers, and correct the number there",
        value: request.name)
    }
    return outcome
  }

  /// What a refusal means for a request.
  static func outcome(
    _ request: OnlineRequest, _ body: String, fault: OnlineFault
  ) -> PushOutcome {
    let kind: Finding.Kind =
      switch fault.code {
      case 6240: AnswerRules.nameTaken
      case 610, 2500, 6250: AnswerRules.referenceMissing
      default: AnswerRules.refused
      }
    let isMissing = kind == AnswerRules.referenceMissing
    return refused(
      request, body, code: fault.codeText, fault.story, kind,
      remedy: isMissing
        ? "fetch the books again with loadbooks pull --refresh: the next push then names what is missing or "
          + "inactive" : nil)
  }

  static func refused(
    _ request: OnlineRequest, _ body: String, code: String, _ words: String,
    _ kind: Finding.Kind = AnswerRules.refused, remedy: String? = nil
  ) -> PushOutcome {
    PushOutcome(
      request: request, body: body,
      result: .refused(
        code: code, words: words, kind: kind,
        remedy: remedy ?? "put right what it says, here or in QuickBooks, then push again"))
  }

  /// Whether a document that is in QuickBooks is the one of a request, and nobody else's.
  static func isOurs(_ record: OnlineJSON, _ request: OnlineRequest, customer: String?) -> Bool {
    record["DocNumber"]?.text == request.name && record["CustomerRef"]?.reference == customer
      && record["TotalAmt"]?.money == request.total
      && record["TxnDate"]?.text.flatMap { CalendarDate(iso: $0) } == request.date
  }
}

extension OnlineRequest.Entity {
  /// The ledger's word for it.
  var ledgerEntity: LedgerAnswer.Entity { LedgerAnswer.Entity(rawValue: rawValue) ?? .invoice }
}
