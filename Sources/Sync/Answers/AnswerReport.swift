internal import Ledger
internal import QuickBooks
public import Vocabulary

/// What became of the requests that QuickBooks answered.
public struct AnswerReport: Sendable {
  /// How many records, documents among them, and over how much.
  public struct Tally: Sendable, Hashable {
    /// Records of any kind.
    public internal(set) var count = 0
    /// Invoices and credit memos.
    public internal(set) var documents = 0
    /// Invoices less credit memos.
    public internal(set) var amount = Money.zero

    mutating func add(_ item: AnswerItem) {
      count += 1
      guard item.request.document != nil else { return }
      documents += 1
      amount += item.amount
    }

    /// `2 list entries, 3 documents over 1,234.50`.
    var words: String {
      var parts: [String] = []
      if count > documents {
        parts.append(
          count - documents == 1 ? "1 list entry" : "\((count - documents).grouped) list entries")
      }
      if documents > 0 {
        parts.append("\(SyncReport.counted(documents, "document")) over \(amount.grouped)")
      }
      return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }
  }

  /// The answers to one set.
  public struct Section: Sendable {
    /// The answer's file.
    public var file: String
    /// The run.
    public var run: String
    /// The request file that it answers; empty when it is not there any more.
    public var answers: String
    /// What QuickBooks took.
    public internal(set) var taken = Tally()
    /// List entries that QuickBooks had already.
    public internal(set) var existing: [String] = []
    /// What it refused.
    public internal(set) var refused = Tally()
    /// What is to be sent again.
    public internal(set) var postponed = Tally()
    /// What nobody knows.
    public internal(set) var unknown = Tally()
    /// Answers that say what was known.
    public internal(set) var nothingNew = 0
    /// Requests without an answer.
    public internal(set) var unanswered = 0
    /// Answers without a request.
    public internal(set) var unmatched = 0
    /// Documents of a run that was taken back which QuickBooks has deleted or voided.
    public internal(set) var removed = 0
    /// Those that it did not delete or void.
    public internal(set) var notRemoved = 0
    /// The files to send next, in their order.
    public internal(set) var sendNext: [String] = []
    /// The files that must not be sent any more.
    public internal(set) var doNotSend: [String] = []
    /// The run's files of which nothing was answered yet.
    public internal(set) var waiting: [String] = []
    /// What else is to be done about the run, in sentences.
    public internal(set) var open: [String] = []

    init(file: String, run: String, answers: String) {
      self.file = file
      self.run = run
      self.answers = answers
    }
  }

  /// By answered set, in the order in which they were read.
  public internal(set) var sections: [Section] = []
  /// What there is to say.
  public internal(set) var findings: [Finding] = []
  /// Why the rest of the answers could not be taken in; nil when all were.
  public internal(set) var failure: Failure?

  /// What makes an answer unclean: QuickBooks has something otherwise than it was sent.
  private static let unclean = [
    AnswerRules.totalDiffers, AnswerRules.doubled, AnswerRules.documentDiffers,
    AnswerRules.afterUndo,
  ]

  init() {}

  /// Whether something in QuickBooks is not as it was sent.
  public var isClean: Bool {
    !findings.contains { AnswerReport.unclean.contains($0.kind) }
  }

  /// Whether something waits for somebody.
  public var needsSomebody: Bool {
    !findings.isEmpty
      || sections.contains {
        $0.refused.count + $0.postponed.count + $0.unknown.count + $0.unanswered > 0
          || !$0.sendNext.isEmpty || !$0.open.isEmpty
      }
  }

  /// The report for people.
  public var text: String {
    var text = ""
    for section in sections {
      text += "\(FindingText.visible(section.file)): "
      text +=
        section.answers.isEmpty
        ? "answers to run \(section.run)\n"
        : "answers to \(section.answers) of run \(section.run)\n"
      let rows: [(String, String)] = [
        ("taken", section.taken.count > 0 ? section.taken.words : ""),
        ("exist already", section.existing.isEmpty ? "" : list(section.existing)),
        ("refused", section.refused.count > 0 ? section.refused.words : ""),
        ("to be sent again", section.postponed.count > 0 ? section.postponed.words : ""),
        (
          "not known",
          section.unknown.count > 0 ? SyncReport.counted(section.unknown.count, "document") : ""
        ),
        (
          "without an answer",
          section.unanswered > 0 ? SyncReport.counted(section.unanswered, "request") : ""
        ),
        (
          "without a request",
          section.unmatched > 0 ? SyncReport.counted(section.unmatched, "answer") : ""
        ),
        ("removed", section.removed > 0 ? SyncReport.counted(section.removed, "document") : ""),
        (
          "not removed",
          section.notRemoved > 0 ? SyncReport.counted(section.notRemoved, "document") : ""
        ),
        (
          "known before",
          section.nothingNew > 0 ? SyncReport.counted(section.nothingNew, "answer") : ""
        ),
      ]
      for (title, words) in rows where !words.isEmpty {
        text += "  " + title + String(repeating: " ", count: 19 - title.count) + words + "\n"
      }
      for path in section.doNotSend {
        text +=
          "  do not send        \(FindingText.visible(path)): all of it is settled or sent otherwise\n"
      }
      for path in section.sendNext {
        text += "  send next          \(FindingText.visible(path))\n"
      }
      if !section.waiting.isEmpty {
        text += "  no answer yet      \(list(section.waiting))\n"
      }
      for words in section.open { text += "  open               \(FindingText.visible(words))\n" }
    }
    return text + findingsText
  }

  /// The findings by their kinds, in the order in which the kinds were first met.
  private var findingsText: String {
    var text = ""
    var kinds: [Finding.Kind] = []
    for finding in findings where !kinds.contains(finding.kind) { kinds.append(finding.kind) }
    for kind in kinds {
      let own = findings.filter { $0.kind == kind }
      text += "\n\(kind.id): \(SyncReport.counted(own.count, kind.severity.rawValue))\n"
      text += "  \(kind.meaning)\n"
      for finding in own {
        for line in FindingText.render(finding).split(separator: "\n") { text += "    \(line)\n" }
      }
    }
    return text
  }

  private func list(_ names: [String]) -> String {
    let shown = names.prefix(8).map(FindingText.visible).joined(separator: "; ")
    return names.count > 8 ? "\(shown); and \(names.count - 8) more" : shown
  }

  /// The report for programs.
  public var json: JSONText {
    let tally = { (tally: Tally) -> JSONText in
      [
        "records": .integer(tally.count), "documents": .integer(tally.documents),
        "amount": .amount(tally.amount),
      ]
    }
    return [
      "clean": .bool(isClean),
      "answers": .array(
        sections.map { section in
          [
            "file": .string(section.file), "run": .string(section.run),
            "answers": .string(section.answers), "taken": tally(section.taken),
            "existing": .array(section.existing.map { .string($0) }),
            "refused": tally(section.refused), "postponed": tally(section.postponed),
            "unknown": tally(section.unknown), "unanswered": .integer(section.unanswered),
            "unmatched": .integer(section.unmatched), "known": .integer(section.nothingNew),
            "removed": .integer(section.removed), "not_removed": .integer(section.notRemoved),
            "send_next": .string(orNull: section.sendNext.first),
            "send_all": .array(section.sendNext.map { .string($0) }),
            "do_not_send": .array(section.doNotSend.map { .string($0) }),
            "no_answer_yet": .array(section.waiting.map { .string($0) }),
            "open": .array(section.open.map { .string($0) }),
          ]
        }),
      "findings": .array(findings.map(JSONReport.finding)),
    ]
  }
}
