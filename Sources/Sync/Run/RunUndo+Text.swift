internal import Foundation
public import Ledger
internal import Vocabulary

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
    if !obstacles.isEmpty {
      text += "  It cannot be taken back now:\n"
      for obstacle in obstacles { text += "    - \(FindingText.visible(obstacle.words))\n" }
    }
    return text
  }
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
        + "reconcile EXPORT --books FILE --confirm; then take the run back"
    case .replaced(let invoice):
      "take that back first: loadbooks adopt \(ShellText.word(invoice)) --take-back --reason WHY"
    case .inDoubt: "settle first what QuickBooks has"
    }
  }
}
