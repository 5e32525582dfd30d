internal import Ledger
internal import QuickBooks
internal import Vocabulary

extension ReconciliationReport {
  /// How many findings of a class a text shows.
  private static let listed = 50

  /// The report as the terminal and `reconciliation.txt` show it, with a line end behind the last line.
  public func text(color: Bool = false, listing limit: Int? = nil) -> String {
    var text = heading + files + classes + control
    text += findingsText(limit ?? ReconciliationReport.listed) + customersText + confirmationText
    let verdict = reconciliation.verdict
    let code = reconciliation.isClean ? "1;32" : "1;31"
    return text + "\n" + (color ? "\u{1B}[\(code)m\(verdict)\u{1B}[0m" : verdict) + "\n"
  }

  private var heading: String {
    let name = company.map { ": " + FindingText.visible($0) } ?? ""
    var text = "LoadBooks reconcile\(name)\n  compared  \(period)\n"
    if let filters { text += "  only      \(FindingText.visible(filters))\n" }
    return text
  }

  private var files: String {
    let result = reconciliation
    var text = "\nLoadOps\n"
    for input in result.plan.report.inputs {
      text +=
        "  \(Columns.right(input.records.grouped, 9)) records    \(input.fingerprint.short)  "
        + "\(FindingText.visible(input.path)) (\(input.kind.replacing("_", with: " ")))\n"
    }
    text += "QuickBooks\n"
    for file in result.books.files {
      text +=
        "  \(Columns.right(file.documents.grouped, 9)) documents  \(file.fingerprint.short)  "
        + "\(FindingText.visible(file.title)) (\(file.words))\n"
    }
    for path in result.books.passedOver {
      text += "  passed over: \(FindingText.visible(path)) lists no invoices of QuickBooks\n"
    }
    if result.books.joined > 0 { text += "  \(joinedWords)\n" }
    for fault in result.faults {
      text += "  \(FindingText.visible(fault.location.description)): warning: "
      text += "\(FindingText.visible(fault.message))\n    remedy: \(fault.remedy)\n"
    }
    return text
  }

  /// What became of documents that several files tell.
  var joinedWords: String {
    let joined = reconciliation.books.joined
    let isOne = joined == 1
    return "\(SyncReport.counted(joined, "document")) \(isOne ? "stands" : "stand") in several "
      + "files and \(isOne ? "is" : "are") compared once"
  }

  private var classes: String {
    let result = reconciliation
    var text = "\n" + Columns.line("", "LoadOps", "", "QuickBooks", "", "difference")
    for (outcome, pair) in result.shownClasses {
      text += Columns.line("\(outcome.sign) \(outcome.title)", pair)
    }
    text += "  " + String(repeating: "-", count: 92) + "\n"
    text += Columns.line("  in all", result.total)
    return text
  }

  private var control: String {
    let result = reconciliation
    var text = ""
    func line(_ count: Reconciliation.Count, _ words: String) {
      guard count.documents > 0 else { return }
      text +=
        "  \(SyncReport.counted(count.documents, "document")), \(count.amount.grouped), \(words)\n"
    }
    if result.paid.documents > 0 {
      text += "  of the same \(SyncReport.counted(result.paid.documents, "invoice")), "
      text +=
        "\(result.paid.amount.grouped), \(result.paid.documents == 1 ? "is" : "are") paid in LoadOps "
      text += "and not among QuickBooks' open ones\n"
    }
    for line in asides { text += "  \(line)\n" }
    if result.before.documents > 0 {
      for (name, count) in balance {
        text += Columns.line("  " + name, "", "", count.documents.grouped, count.amount.grouped, "")
      }
    }
    line(result.after, "in QuickBooks after the last day")
    line(result.notSelected, "in QuickBooks that nobody asked for")
    line(result.voided, "voided in QuickBooks and unknown to LoadOps")
    let fields = result.compared.sorted { $0.key < $1.key }.filter { $0.value == 0 }.map(\.key)
    if !fields.isEmpty {
      text += "  not compared, because no file has it on both sides: "
      text += fields.map { $0.replacing("_", with: " ") }.joined(separator: ", ") + "\n"
    }
    return text
  }

  /// What there is to say of invoices that agree although LoadBooks would not have it so.
  var asides: [String] {
    let result = reconciliation
    func words(_ count: Reconciliation.Count, _ rest: String) -> String? {
      guard count.documents > 0 else { return nil }
      return "of the same \(SyncReport.counted(count.documents, "invoice")), "
        + "\(count.amount.grouped), \(count.documents == 1 ? "is" : "are") \(rest)"
    }
    return [
      words(result.heldThere, "held in LoadBooks and in QuickBooks nevertheless"),
      words(
        result.takenBack,
        "taken back, but still in QuickBooks: the next convert would send "
          + (result.takenBack.documents == 1 ? "it" : "them") + " again"),
    ].compactMap(\.self)
  }

  /// Opening, activity and closing of QuickBooks.
  var balance: [(name: String, count: Reconciliation.Count)] {
    let result = reconciliation
    let first = result.from?.description ?? "the first day"
    let last = result.until?.description ?? "the last day"
    return [
      ("opening, before \(first)", result.before), ("activity, as compared", result.listed),
      ("closing, \(last)", result.closing),
    ]
  }

  private func findingsText(_ limit: Int) -> String {
    let result = reconciliation
    var text = ""
    var shown = 0
    var outcome: Reconciliation.Outcome?
    for finding in result.findings {
      if finding.outcome != outcome {
        text += more(outcome, shown, limit)
        outcome = finding.outcome
        shown = 0
        text += "\n\(finding.outcome.sign) \(finding.outcome.title)\n"
      }
      shown += 1
      guard shown <= limit else { continue }
      let row = Row(finding, result)
      text += "  \(row.title)\n"
      for change in row.changes { text += "    \(FindingText.visible(change))\n" }
      let places = [row.location, row.bookLocation].compactMap { $0?.description }
      let reason = row.reason.isEmpty ? "" : FindingText.visible(row.reason) + "; "
      text += "    \(reason)\(places.map(FindingText.visible).joined(separator: " and "))\n"
    }
    return text + more(outcome, shown, limit)
  }

  private func more(_ outcome: Reconciliation.Outcome?, _ shown: Int, _ limit: Int) -> String {
    guard outcome != nil, shown > limit else { return "" }
    return
      "  and \((shown - limit).grouped) more, all of them in reconciliation.csv (--output DIR)\n"
  }

  private var customersText: String {
    let customers = customersWithDifferences
    guard !customers.isEmpty else { return "" }
    var text = "\nCustomers with differences\n"
    for share in customers.prefix(ReconciliationReport.listed) {
      let name = share.name.isEmpty ? "(no customer)" : FindingText.visible(share.name)
      text += Columns.line("  " + name, share.pair)
    }
    if customers.count > ReconciliationReport.listed {
      text += "  and \((customers.count - ReconciliationReport.listed).grouped) more\n"
    }
    return text
  }

  private var confirmationText: String {
    guard let effect = confirmation else { return "" }
    var text = "\nMemory: \(SyncReport.counted(effect.confirmed, "invoice")) confirmed now, "
    text += "\(effect.again.grouped) again\n"
    if effect.settled > 0 {
      text += "  \(effect.settled.grouped) of them had been in doubt, and are not any more\n"
    }
    func list(_ numbers: [String]) -> String {
      numbers.prefix(20).map(FindingText.visible).joined(separator: ", ")
        + (numbers.count > 20 ? " and \((numbers.count - 20).grouped) more" : "") + "\n"
    }
    if !effect.withdrawn.isEmpty {
      text += "  no longer confirmed, because these books lack them: \(list(effect.withdrawn))"
      text += "  they count as sent and not as found; after loadbooks undo RUN they would be sent "
      text += "again\n"
    }
    if let doubt { text += "  no evidence was taken back, because \(doubt)\n" }
    if !kept.isEmpty {
      text += "  found before and missing now: \(list(kept))"
      text += "  they still count as found: a document that a file lacks may be in QuickBooks all "
      text += "the same\n"
      if doubt == nil, let keptRun {
        text += "  if somebody removed all of the run's documents there, say so with: "
        text += "--confirm --withdraw \(FindingText.visible(keptRun))\n"
      }
    }
    return text
  }
}

/// Lines of figures under each other.
enum Columns {
  static func line(_ name: String, _ pair: Reconciliation.Pair) -> String {
    let difference = pair.difference
    return line(
      name, pair.loadOps.documents.grouped, pair.loadOps.amount.grouped,
      pair.books.documents.grouped, pair.books.amount.grouped,
      difference == .zero ? "" : difference.grouped)
  }

  static func line(
    _ name: String, _ count: String, _ amount: String, _ otherCount: String, _ otherAmount: String,
    _ difference: String
  ) -> String {
    let cells =
      "  \(left(name, 28)) \(right(count, 9)) \(right(amount, 16)) \(right(otherCount, 10)) "
      + "\(right(otherAmount, 16)) \(right(difference, 14))"
    return cells.trimmedAtEnd + "\n"
  }

  static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  static func left(_ text: String, _ width: Int) -> String {
    text.count > width
      ? String(text.prefix(width - 1)) + "…"
      : text + String(repeating: " ", count: width - text.count)
  }
}

extension String {
  fileprivate var trimmedAtEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}

extension BookFile {
  /// `Invoice List, 2026-09-01 to 2026-09-30, 12 other transactions passed over`.
  var words: String {
    var parts = [form.words]
    switch (from, until) {
    case (let from?, let until?): parts.append("\(from) to \(until)")
    case (nil, let until?): parts.append("up to \(until)")
    case (let from?, nil): parts.append("from \(from)")
    case (nil, nil): break
    }
    if passedOver > 0 {
      parts.append("\(SyncReport.counted(passedOver, "other transaction")) passed over")
    }
    if isPartial { parts.append("not all that there is") }
    if controls > 0 {
      parts.append("\(SyncReport.counted(controls, "total")) \(controls == 1 ? "fits" : "fit")")
    }
    return parts.joined(separator: ", ")
  }
}
