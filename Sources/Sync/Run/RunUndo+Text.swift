internal import Foundation
public import Ledger
public import Vocabulary

extension RunUndo {
  /// What would happen, for a terminal.
  public var text: String {
    var text = "Run \(run.id) (\(run.command) \(run.target), \(run.startedAt))\n"
    text += "  \(SyncReport.counted(sent.invoices, "invoice")), \(sent.amount.grouped), would be "
    text += "non-synced again\n"
    text += "  files in \(FindingText.visible(folder))\n"
    text += "    would move to \(FindingText.visible(destination))\n"
    for file in files where file.state == .changed {
      text += "    \(FindingText.visible(file.name)) has been changed since it was written\n"
    }
    let missing = files.filter { $0.state == .missing }
    for file in missing {
      text += "    \(FindingText.visible(file.name)) is not there any more"
      text += file.documents > 0 ? ": was it moved to be imported?\n" : "\n"
    }
    if run.target == "online" {
      text += "  its documents in QuickBooks Online would go, unless somebody has touched them\n"
      return text
    }
    text += "  a list of what must be removed if it was imported would be written beside them\n"
    if obstacles.isEmpty, !byHand.isEmpty {
      text += "  \(SyncReport.counted(byHand.count, "document")) can be removed by hand only, and "
      text += "\(byHand.count == 1 ? "its invoice" : "their invoices") would be held until then:\n"
      for entry in byHand {
        text += "    - \(FindingText.visible(RunUndo.words(entry)))\n"
        text += "      remedy: \(FindingText.visible(RunUndo.remedy(entry)))\n"
      }
    }
    if !obstacles.isEmpty {
      text += "  It cannot be taken back now:\n"
      for obstacle in obstacles { text += "    - \(FindingText.visible(obstacle.words))\n" }
    }
    return text
  }
}

extension RunUndo {
  /// What is to be done once the run was taken back.
  ///
  /// - Parameters:
  ///   - tally: What it had sent.
  ///   - ledger: The company's ledger.
  /// - Returns: The sentences.
  /// - Throws: `Failure` when the ledger cannot be read.
  public func closing(
    _ tally: RunRecord.Tally, _ ledger: SyncLedger
  ) throws(Failure) -> String {
    let place = FindingText.visible(destination)
    let invoices = SyncReport.counted(tally.invoices, "invoice")
    let held = try ledger.holds().filter { $0.cause == .inQuickBooks && $0.run == run.id }
    guard !held.isEmpty else {
      return """
        Done: run \(run.id) is taken back; \(invoices) (\(tally.amount.grouped)) may be sent again.
        If it was imported into QuickBooks, work off this list: \(place)/remove-from-quickbooks.txt
        """
    }
    let others = tally.invoices - held.count
    var text = "Done: run \(run.id) is taken back, with \(invoices) (\(tally.amount.grouped)).\n"
    let inFiles = held.count - byHand.count
    if inFiles > 0 {
      text += """
        QuickBooks has said that it has \(inFiles) of them. \(inFiles == 1 ? "It is" : "They are") held \
        until removed there: send
          \(place)/delete-from-quickbooks.xml
        (or void-in-quickbooks.xml; and those with -2 and so on, if there are any), then give its answer to
        loadbooks accept. If you have deleted the documents by hand, or restored the backup made before, say so
        with: loadbooks release --refused \(run.id)

        """
    }
    for entry in byHand {
      text += "In no such file, and held: \(FindingText.visible(RunUndo.words(entry)))\n"
      text += "  remedy: \(FindingText.visible(RunUndo.remedy(entry)))\n"
    }
    text = String(text.dropLast())
    return text
      + (others > 0
        ? "\nThe other \(others) may be sent again; if a file of theirs was sent, accept its answer first."
        : "") + "\nAll of it is listed in \(place)/remove-from-quickbooks.txt"
  }

  /// A document that no file can remove, and why.
  public static func words(_ entry: LedgerEntry) -> String {
    "\(entry.documentWords), \(entry.amount.grouped), to \(entry.quickBooksCustomer): "
      + (entry.evidence == .confirmed
        ? "somebody has said that QuickBooks has it (accept --settle), and no answer shows QuickBooks' id of it"
        : "QuickBooks has taken it, and its answer did not show its id")
  }

  /// What to do about it.
  public static func remedy(_ entry: LedgerEntry) -> String {
    "accept QuickBooks' answer to its file, if there is one, and a file is written that deletes it; if not, "
      + "delete it in QuickBooks by hand, then \(AnswerJudge.release(entry.number.text))"
  }
}

extension LedgerEntry {
  /// Whether QuickBooks has said that it has it, or somebody has.
  var isInQuickBooks: Bool { evidence == .accepted || evidence == .confirmed }
}

extension UndoObstacle {
  /// The obstacle in words.
  public var words: String {
    switch self {
    case .customer(let run, let name):
      "run \(run) sent invoices of customer \"\(name)\", which only this run declared"
    case .listEntry(let run, let kind, let name):
      "run \(run) uses the \(kind.rawValue) \"\(name)\", which only this run declared"
    case .confirmed(let invoice, let at):
      "invoice \(invoice) was found in the books\(at.map { " on \($0)" } ?? "")"
    case .replaced(let invoice):
      "invoice \(invoice) was changed in QuickBooks by hand since, and adopted so"
    case .inDoubt(let invoice):
      "QuickBooks has not answered yet whether it has invoice \(invoice)"
    }
  }

  /// What to do about it.
  public var remedy: String {
    switch self {
    case .customer(let run, _), .listEntry(let run, _, _):
      "take back the newer run first: loadbooks undo \(run)"
    case .confirmed:
      "remove the run's documents from QuickBooks, export its invoices again, have that noted with: loadbooks "
        + "reconcile EXPORT --books FILE --confirm --withdraw RUN; then take the run back"
    case .replaced(let invoice):
      "take that back first: loadbooks adopt \(ShellText.word(invoice)) --take-back --reason WHY"
    case .inDoubt(let invoice):
      "look for it in QuickBooks, then say what you found: loadbooks accept --settle "
        + "\(ShellText.word(invoice)) --as sent (or not-sent) --reason WHY"
    }
  }
}
