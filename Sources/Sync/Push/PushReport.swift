internal import Ledger
internal import QuickBooks
public import Vocabulary

/// What became of what a push sent.
public struct PushReport: Sendable {
  /// Documents, and invoices less credit memos.
  public struct Tally: Sendable, Hashable {
    /// Documents.
    public internal(set) var documents = 0
    /// Invoices less credit memos.
    public internal(set) var amount = Money.zero

    mutating func add(_ amount: Money) {
      documents += 1
      self.amount += amount
    }

    var words: String { "\(SyncReport.counted(documents, "document")) over \(amount.grouped)" }
  }

  /// The run.
  public internal(set) var run: String
  /// Entries of lists that QuickBooks made.
  public internal(set) var created: [String] = []
  /// Entries that were thought to be new, and that QuickBooks had.
  public internal(set) var linked: [String] = []
  /// Entries that QuickBooks refused.
  public internal(set) var refusedEntries: [String] = []
  /// Documents that QuickBooks has.
  public internal(set) var accepted = Tally()
  /// How many of them it had from an earlier attempt, or from before.
  public internal(set) var found = 0
  /// Documents that it refused; they may be sent again.
  public internal(set) var refused = Tally()
  /// Documents of which nobody knows.
  public internal(set) var unknown = Tally()
  /// Documents that were not sent yet.
  public internal(set) var left = Tally()
  /// What there is to say.
  public internal(set) var findings: [Finding] = []
  /// Why it stopped before the end; nil when it did not.
  public internal(set) var failure: Failure?
  /// How often QuickBooks said that it was too much.
  public internal(set) var throttled = 0

  init(run: String) { self.run = run }

  /// Whether everything was sent and answered.
  public var isComplete: Bool { left.documents == 0 && unknown.documents == 0 }

  /// Why the run waits for another push; nil when everything was sent and answered.
  ///
  /// It is the failure that ended this one, or `tryAgain` when only some documents were not answered.
  public var obstacle: Failure? {
    if let failure { return failure }
    guard !isComplete else { return nil }
    return Failure(
      .tryAgain,
      unknown.documents > 0
        ? "of \(SyncReport.counted(unknown.documents, "document")) it is not known whether QuickBooks has them"
        : "\(SyncReport.counted(left.documents, "document")) not sent yet",
      remedy: "say loadbooks push again: it looks them up and goes on, nothing is sent twice")
  }

  /// The name of ``text`` as a file among those of its run.
  public static let textName = "push.txt"
  /// The name of ``json`` as a file among those of its run.
  public static let jsonName = "push.json"

  /// Whether everything in QuickBooks is as it was sent.
  public var isClean: Bool {
    !findings.contains { $0.kind == AnswerRules.totalDiffers || $0.kind == AnswerRules.doubled }
  }

  /// Whether something waits for somebody.
  public var needsSomebody: Bool { refused.documents > 0 || !findings.isEmpty }

  /// The report for people.
  public var text: String {
    var text = "run \(run) and QuickBooks Online:\n"
    let rows: [(String, String)] = [
      ("created", created.isEmpty ? "" : PushReport.list(created)),
      ("existed already", linked.isEmpty ? "" : PushReport.list(linked)),
      ("entries refused", refusedEntries.isEmpty ? "" : PushReport.list(refusedEntries)),
      ("accepted", accepted.words),
      ("found there", found == 0 ? "" : "\(SyncReport.counted(found, "document")) of these"),
      ("refused", refused.documents == 0 ? "" : refused.words),
      ("not known", unknown.documents == 0 ? "" : unknown.words),
      ("not sent yet", left.documents == 0 ? "" : left.words),
      ("throttled", throttled == 0 ? "" : SyncReport.counted(throttled, "time")),
    ]
    for (title, words) in rows where !words.isEmpty {
      text += "  " + title + String(repeating: " ", count: 17 - title.count) + words + "\n"
    }
    var kinds: [Finding.Kind] = []
    for finding in findings where !kinds.contains(finding.kind) { kinds.append(finding.kind) }
    for kind in kinds {
      let own = findings.filter { $0.kind == kind }
      text += "\n\(kind.id): \(SyncReport.counted(own.count, kind.severity.rawValue))\n"
      text += "  \(kind.meaning)\n"
      for finding in own.prefix(PushReport.shown) {
        for line in FindingText.render(finding).split(separator: "\n") { text += "    \(line)\n" }
      }
      if own.count > PushReport.shown { text += "    and \(own.count - PushReport.shown) more\n" }
    }
    if !isComplete {
      text += "\nThe next loadbooks push goes on with what is left; nothing is sent twice.\n"
    }
    return text
  }

  private static let shown = 40

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(6).map(FindingText.visible).joined(separator: "; ")
    return names.count > 6 ? "\(shown); and \(names.count - 6) more" : shown
  }

  /// The report for programs.
  public var json: JSONText {
    let tally = { (tally: Tally) -> JSONText in
      ["documents": .integer(tally.documents), "amount": .amount(tally.amount)]
    }
    let names = { (names: [String]) -> JSONText in .array(names.map { .string($0) }) }
    return [
      "run": .string(run), "complete": .bool(isComplete), "created": names(created),
      "existing": names(linked), "refused_entries": names(refusedEntries),
      "accepted": tally(accepted), "found": .integer(found), "refused": tally(refused),
      "unknown": tally(unknown), "left": tally(left), "throttled": .integer(throttled),
      "findings": .array(findings.map(JSONReport.finding)),
    ]
  }
}
