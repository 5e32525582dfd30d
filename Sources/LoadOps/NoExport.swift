internal import Foundation
internal import Sheets
internal import Vocabulary

/// Files that lie beside exports and are none: what LoadBooks writes, and what QuickBooks answers.
///
/// Some of them would pass for an export: a list of a run has numbers, customers, dates and amounts, and a
/// message about a missing column names the columns. Each is refused with the words for what it is.
enum NoExport {
  /// What a file is, and what there is to do with it instead.
  private struct Kind {
    var what: String
    var remedy: String
  }

  /// Headers of our own tables, each by its first cells.
  private static let tables: [(header: String, kind: Kind)] = [
    ("number,customer,date,total,decision,", own("list of a run (invoices.csv)")),
    ("result,class,number,customer,date,", own("reconciliation (reconciliation.csv)")),
    ("document,number,date,customer,amount,quickbooks_id,", own("list of what to remove")),
    ("kind,loadops,quickbooks,account,note", kept("mapping", "mapping.csv")),
    ("invoice_number,reason,by,date,until,", kept("suppression list", "suppress.csv")),
  ]

  /// How our own texts begin; the first line of a summary names a company and is told by the second.
  private static let texts: [(beginning: String, kind: Kind)] = [
    ("These files could not be taken in. Nothing of them was sent.", own("note (why.txt)")),
    (
      "What QuickBooks Online refused of a batch, or has otherwise than it was sent",
      own("note (refused.txt)")
    ),
    ("LoadBooks sync report: ", own("report of a run")),
    ("LoadBooks reconciliation", own("report of a reconciliation")),
    ("Documents to remove from QuickBooks\n", own("list of what to remove")),
  ]

  private static let formats: [(name: String, kind: Kind)] = [
    ("loadbooks-sync-report", own("report of a run (sync-report.json)")),
    ("loadbooks-reconciliation", own("reconciliation (reconciliation.json)")),
    ("loadbooks-inspection", own("page of inspect")),
    ("loadbooks-batch", own("summary of a batch")),
    ("loadbooks-watch-health", own("health file of watch")),
    (
      "loadbooks-ledger",
      Kind(
        what: "LoadBooks' own ledger, exported",
        remedy: "read it back with: loadbooks ledger import")
    ),
  ]

  private static func own(_ what: String) -> Kind {
    Kind(
      what: "LoadBooks' own \(what)",
      remedy: "give the export that LoadOps made; this file is only to be read")
  }

  private static func kept(_ what: String, _ name: String) -> Kind {
    Kind(what: "LoadBooks' own \(what)", remedy: "keep it as \(name) in the company folder")
  }

  /// Refuses a file that is known to be none.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  static func refuse(_ window: ByteWindow, _ name: String) throws(Failure) {
    guard let first = try ExportReader.firstSignificant(window) else { return }
    while window.bytes.count - window.start < 8192, !window.isAtEnd { _ = try window.fill() }
    let bytes = Array(window.bytes[window.start...].drop { $0 <= 0x20 }.prefix(4096))[...]
    let kind: Kind? =
      switch first {
      case UInt8(ascii: "<"): markup(bytes, name)
      case UInt8(ascii: "{"): object(bytes)
      case UInt8(ascii: "!"): tabbed(bytes)
      default: text(bytes)
      }
    guard let kind else { return }
    throw Failure(
      .inputUnreadable, "\(name) is \(kind.what), not an export", remedy: kind.remedy,
      location: window.source.location(line: 1))
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> Kind? {
    for (header, kind) in tables where bytes.starts(with: header.utf8) { return kind }
    for (beginning, kind) in texts where bytes.starts(with: beginning.utf8) { return kind }
    let lines = bytes.split(separator: 0x0A, maxSplits: 2)
    return lines.count > 1 && lines[1].starts(with: "  batch       ".utf8)
      ? own("summary of a batch (summary.txt)") : nil
  }

  private static func object(_ bytes: ArraySlice<UInt8>) -> Kind? {
    // The first key says what it is; blanks between do not matter.
    let text = String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
    for (name, kind) in formats where text.hasPrefix("{\"format\":\"\(name)\"") { return kind }
    if text.hasPrefix("{\"arriving\":"), text.contains("\"lateAfter\":") {
      return own("status of watch (watch.json)")
    }
    return nil
  }

  private static func markup(_ bytes: ArraySlice<UInt8>, _ name: String) -> Kind? {
    let text = String(decoding: bytes, as: UTF8.self)
    if text.contains("<meta name=\"generator\" content=\"LoadBooks\"/>") {
      return own("report of a run (sync-report.html)")
    }
    if text.contains("<QBXMLMsgsRs") {
      return Kind(
        what: "QuickBooks' answer (qbXML)",
        remedy: "take it in with: loadbooks accept \(ShellWord.quoted(name)) --company DIR")
    }
    if text.contains("<QBXMLMsgsRq") {
      return Kind(
        what: "a file of requests to QuickBooks (qbXML)",
        remedy:
          "send it to QuickBooks, and take its answer in with: loadbooks accept FILE --company DIR")
    }
    return nil
  }

  /// A file of documents for QuickBooks, as a run leaves it; other lists of QuickBooks are told elsewhere.
  private static func tabbed(_ bytes: ArraySlice<UInt8>) -> Kind? {
    guard bytes.starts(with: "!TRNS\tTRNSID\tTRNSTYPE\t".utf8) else { return nil }
    return Kind(
      what: "a file of documents for QuickBooks (IIF), as LoadBooks writes it",
      remedy:
        "import it into QuickBooks, if that was not done yet, and give the export that LoadOps made"
    )
  }
}

/// A word of a command that is shown to be typed.
private enum ShellWord {
  static func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || [0x2D, 0x2E, 0x2F, 0x5F].contains($0) || $0 >= 0x80
    }
    return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
