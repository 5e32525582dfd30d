internal import Foundation
internal import Ledger
internal import QuickBooks
internal import Vocabulary

/// What must be removed in QuickBooks when a run that was taken back had been imported, newest first.
///
/// IIF has no undo: a person finds each document and deletes it. Of a target whose files QuickBooks itself
/// carries out, such as qbXML, there are files of requests as well: ``RemovalRequests``.
protocol RemovalRendering {
  /// The file's name in the folder of the run that was taken back.
  var fileName: String { get }
  /// What stands before the documents.
  func beginning(_ run: RunRecord, _ undo: UndoRecord, company: String) -> String
  /// One document.
  func document(_ entry: LedgerEntry) -> String
  /// What stands behind them.
  func end(_ total: RunRecord.Tally) -> String
}

enum RemovalList {
  /// The renderings for a run.
  static func renderings(for run: RunRecord) -> [any RemovalRendering] {
    // What went to QuickBooks Online was taken out there already.
    run.target == "online" ? [] : [PrintedRemovals(run.target == "qbxml"), RemovalTable()]
  }

  /// Writes the lists of a run into a folder, replacing those of an earlier attempt.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`, or when the ledger cannot be read.
  static func write(
    _ run: RunRecord, _ undo: UndoRecord, company: String, format: QBXMLFormat,
    _ ledger: SyncLedger, into folder: String
  ) throws(Failure) {
    for rendering in renderings(for: run) {
      let file = try StagedFile(folder: folder, name: rendering.fileName)
      do throws(Failure) {
        try file.write(rendering.beginning(run, undo, company: company))
        var total = RunRecord.Tally.zero
        try ledger.forEachEntry(ofRun: run.id) { (entry) throws(Failure) in
          total.invoices += 1
          total.lines += entry.lines
          total.amount += entry.amount
          try file.write(rendering.document(entry))
        }
        try file.write(rendering.end(total))
        try file.finish()
        try file.publish()
      } catch {
        file.discard()
        throw error
      }
    }
    if run.target == "qbxml" {
      var documents: [QBXMLTakingBack.Document] = []
      try ledger.forEachEntry(ofRun: run.id) { (entry) throws(Failure) in
        guard let id = entry.quickBooksID else { return }
        documents.append(
          RemovalRequests.document(entry.documentKind, entry.documentNumber, id))
      }
      _ = try RemovalRequests.write(
        documents, undo, from: 1, format: format, ledger, into: folder, at: undo.startedAt)
    }
    try StagedFile.syncFolder(folder)
  }
}

/// A list to print and tick off.
struct PrintedRemovals: RemovalRendering {
  let fileName = "remove-from-quickbooks.txt"
  /// Whether files of requests delete what QuickBooks has answered about.
  private let isAnswered: Bool

  init(_ isAnswered: Bool) {
    self.isAnswered = isAnswered
  }

  func beginning(_ run: RunRecord, _ undo: UndoRecord, company: String) -> String {
    """
    Documents to remove from QuickBooks
      company   \(FindingText.visible(company))
      run       \(run.id), taken back on \(undo.startedAt)\(undo.by.isEmpty ? "" : " by \(FindingText.visible(undo.by))")
      because   \(FindingText.visible(undo.reason))

    If the files of this run were never imported into QuickBooks, there is nothing to do.
    If they were: restoring the backup that was made before the import removes all of it at once.
    Otherwise find each document in QuickBooks by its number, check customer and amount, and delete it
    (Edit > Delete Invoice), the newest first. Customers and items may stay.

        date        document                  customer                                          amount

    """
  }

  func document(_ entry: LedgerEntry) -> String {
    let kind = entry.documentKind == .invoice ? "INVOICE" : "CREDIT MEMO"
    return "  [ ] \(entry.date)  "
      + PrintedRemovals.padded("\(kind) \(FindingText.visible(entry.documentNumber))", 25) + " "
      + PrintedRemovals.padded(FindingText.visible(entry.quickBooksCustomer), 42) + " "
      + PrintedRemovals.padded(entry.amount.grouped, -13)
      + (entry.quickBooksID.map { "  \($0)" } ?? (isAnswered ? "  (in no file of requests)" : ""))
      + "\n"
  }

  func end(_ total: RunRecord.Tally) -> String {
    "\n      \(SyncReport.counted(total.invoices, "document")), \(total.amount.grouped) in total\n"
  }

  /// Fills with blanks behind, or before for a negative width; what is longer stays.
  private static func padded(_ text: String, _ width: Int) -> String {
    let blanks = String(repeating: " ", count: max(0, abs(width) - text.count))
    return width < 0 ? blanks + text : text + blanks
  }
}

/// The same for a spreadsheet.
struct RemovalTable: RemovalRendering {
  let fileName = "remove-from-quickbooks.csv"

  func beginning(_ run: RunRecord, _ undo: UndoRecord, company: String) -> String {
    "document,number,date,customer,amount,quickbooks_id,loadops_number\n"
  }

  func document(_ entry: LedgerEntry) -> String {
    var row: [UInt8] = []
    let cells = [
      entry.documentKind == .invoice ? "INVOICE" : "CREDIT MEMO", entry.documentNumber,
      entry.date.description, entry.quickBooksCustomer, entry.amount.description,
      entry.quickBooksID ?? "", entry.number.text,
    ]
    for (index, cell) in cells.enumerated() {
      if index > 0 { row.append(UInt8(ascii: ",")) }
      CSVText.appendCell(cell, to: &row)
    }
    row.append(UInt8(ascii: "\n"))
    return String(decoding: row, as: UTF8.self)
  }

  func end(_ total: RunRecord.Tally) -> String { "" }
}

/// The requests that take the documents out of QuickBooks, by the ids that it gave them.
///
/// A document whose answer was never accepted has no such id; it stands in the printed list alone, which
/// says so.
enum RemovalRequests {
  /// The name of a file, from 1.
  static func fileName(_ manner: QBXMLTakingBack.Manner, _ number: Int) -> String {
    let name = manner == .delete ? "delete-from-quickbooks" : "void-in-quickbooks"
    return name + (number > 1 ? "-\(number).xml" : ".xml")
  }

  /// The ids of the sets that take back the documents of a run.
  static func sets(_ manner: QBXMLTakingBack.Manner, _ undo: UndoRecord) -> QBXMLMessageSets {
    QBXMLMessageSets(run: "\(manner.rawValue) \(undo.run) \(undo.startedAt)")
  }

  /// A document in QuickBooks.
  static func document(
    _ kind: LedgerEntry.DocumentKind, _ number: String, _ transaction: String
  ) -> QBXMLTakingBack.Document {
    QBXMLTakingBack.Document(
      kind: kind == .invoice ? .invoice : .creditMemo, number: number, transaction: transaction)
  }

  /// The id of the request for a document.
  static func requestID(_ kind: LedgerEntry.DocumentKind, _ number: String) -> String {
    QBXMLTakingBack.requestID(document(kind, number, ""))
  }

  /// Writes the files of both manners, each with as many requests as a set may have.
  ///
  /// - Returns: The paths of those of the manner that is asked for.
  static func write(
    _ documents: [QBXMLTakingBack.Document], _ undo: UndoRecord, from first: Int,
    telling wanted: QBXMLTakingBack.Manner = .delete, format: QBXMLFormat, _ ledger: SyncLedger,
    into folder: String, at: String
  ) throws(Failure) -> [String] {
    var paths: [String] = []
    for manner in QBXMLTakingBack.Manner.allCases {
      let texts = QBXMLTakingBack.texts(
        documents, manner, format: format, sets: sets(manner, undo), from: first)
      for (index, text) in texts.enumerated() {
        let file = try StagedFile(folder: folder, name: fileName(manner, first + index))
        do throws(Failure) {
          try file.write(text)
          try file.finish()
          if let sum = file.fingerprint {
            try ledger.record(laterFile: file.name, sum, ofRun: undo.run, at: at)
          }
          try file.publish()
        } catch {
          file.discard()
          throw error
        }
        if manner == wanted { paths.append(file.finalPath) }
      }
    }
    try StagedFile.syncFolder(folder)
    return paths
  }

  /// The statuses of QuickBooks by which it may do later what it did not do now.
  static func mayDoLater(_ code: String) -> Bool {
    ["1010", "3170", "3175", "3176", "3180", "3231", "3260", "3261"].contains(code)
  }

  /// What to do about a document that QuickBooks refused to remove.
  ///
  /// - Parameters:
  ///   - code: The status.
  ///   - number: The number of the invoice in LoadOps.
  ///   - next: To send the file that asks for it again; nil when there is none.
  /// - Returns: What to do.
  static func remedy(refusedBy code: String, _ number: String, next: String?) -> String {
    let release = AnswerJudge.release(number)
    if code == "3120" {
      return
        "check that the right company file is open; if the document is not in it any more, \(release)"
    }
    guard mayDoLater(code) else {
      return AnswerRules.removalRefused.remedy.replacing("NUMBER", with: ShellText.word(number))
    }
    return "close all windows in QuickBooks, best in single-user mode; then "
      + (next.map {
        "\($0), because the same file gets the same answer, and accept its answer"
      }
        ?? "delete it by hand and \(release)")
  }

  /// What to do about an invoice that is held because QuickBooks has a document that it should not have.
  static func remedy(_ hold: LedgerHold, _ number: String) -> String {
    let release = AnswerJudge.release(number)
    let folder = "outbox/undone/\(hold.run)"
    guard hold.isOfUndoneRun else {
      return "delete it in QuickBooks, then \(release); or adopt it, if it is to stay"
    }
    if let code = hold.removalRefusal {
      return remedy(
        refusedBy: code, number, next: "send the last file that deletes it, in \(folder)")
    }
    guard hold.quickBooksID != nil else {
      return
        "delete it in QuickBooks by hand, because it did not say the id by which a file could, then "
        + release
    }
    return "send the last file that deletes it, in \(folder), then accept its answer; "
      + "or delete it by hand, then \(release)"
  }

  /// The files of a manner that are in a folder: their sets, and the ids in QuickBooks that they have.
  private static func asked(
    _ manner: QBXMLTakingBack.Manner, _ undo: UndoRecord, in folder: String
  ) throws(Failure) -> [(number: Int, ids: Set<String>)] {
    var files: [(number: Int, ids: Set<String>)] = []
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names {
      guard let number = number(of: name, manner) else { continue }
      var ids: Set<String> = []
      try QBXMLRequests.forEach(ofFile: folder + "/" + name) { (request) throws(Failure) in
        ids.insert(request.name)
      }
      files.append((number, ids))
    }
    return files.sorted { $0.number < $1.number }
  }

  /// The path of the last file of a manner that asks for a document, by QuickBooks' id; nil when none does.
  ///
  /// - Throws: `Failure` when a file cannot be read.
  static func lastFile(
    of manner: QBXMLTakingBack.Manner, asking id: String, _ undo: UndoRecord, in folder: String
  ) throws(Failure) -> String? {
    try asked(manner, undo, in: folder).last { $0.ids.contains(id) }
      .map { folder + "/" + fileName(manner, $0.number) }
  }

  /// The number of a file, from 1; nil for a name that is none of these.
  private static func number(of name: String, _ manner: QBXMLTakingBack.Manner) -> Int? {
    let first = fileName(manner, 1)
    if name == first { return 1 }
    let stem = String(first.dropLast(".xml".count)) + "-"
    guard name.hasPrefix(stem), name.hasSuffix(".xml") else { return nil }
    return Int(name.dropFirst(stem.count).dropLast(".xml".count))
  }

  /// Writes the requests for documents that no earlier file has, because their answers came later, or whose
  /// last file QuickBooks has answered with a lock: sent again, it would get the same answer.
  ///
  /// Done again, it writes nothing twice: it leaves out what a file that is there asks for, and what
  /// QuickBooks has deleted or voided.
  ///
  /// - Parameters:
  ///   - run: The run that was taken back.
  ///   - undo: How it was.
  ///   - leftOut: The ids of requests that the answer leaves out: where a new file is written, it asks for
  ///     these as well, so that there is one file to send.
  ///   - wanted: The manner whose files are told.
  ///   - format: The user's choices.
  ///   - ledger: The company's ledger.
  ///   - folder: Where the run's files are.
  ///   - at: The time, ISO 8601 with zone.
  /// - Returns: The paths of the files of that manner.
  /// - Throws: `Failure` when the ledger or the folder cannot be written.
  static func writeMissing(
    _ run: RunRecord, _ undo: UndoRecord, besides leftOut: Set<String> = [],
    telling wanted: QBXMLTakingBack.Manner = .delete, format: QBXMLFormat, _ ledger: SyncLedger,
    into folder: String, at: String
  ) throws(Failure) -> [String] {
    let isLeftOut = { (document: TakenBackDocument) in
      leftOut.contains(requestID(document.kind, document.documentNumber))
    }
    let open = try ledger.takenBack(ofRun: run.id).filter {
      !$0.isRemoved && ($0.isLate || !$0.refusals.isEmpty || isLeftOut($0))
    }
    guard !open.isEmpty else { return [] }
    var numbers = try ledger.laterFiles(ofRun: run.id).keys.compactMap { number(of: $0, .delete) }
    var files: [QBXMLTakingBack.Manner: [(number: Int, ids: Set<String>)]] = [:]
    for manner in QBXMLTakingBack.Manner.allCases {
      files[manner] = try asked(manner, undo, in: folder)
      numbers += (files[manner] ?? []).map(\.number)
    }
    let due = Set(
      open.filter { known in
        guard let id = known.quickBooksID else { return false }
        let isAsked = (files[.delete] ?? []).contains { $0.ids.contains(id) }
        let isLocked = QBXMLTakingBack.Manner.allCases.contains { manner in
          guard let refusal = known.refusals[manner.rawValue], mayDoLater(refusal.code),
            let last = (files[manner] ?? []).last(where: { $0.ids.contains(id) })
          else { return false }
          return refusal.stands == LedgerRequest.SetMark(of: sets(manner, undo).id(last.number))
        }
        return (known.isLate && !isAsked) || isLocked
      })
    guard !due.isEmpty else { return [] }
    let documents = open.filter { due.contains($0) || isLeftOut($0) }.compactMap { known in
      known.quickBooksID.map { document(known.kind, known.documentNumber, $0) }
    }
    try OutputFolder.make(folder)
    return try write(
      documents, undo, from: (numbers.max() ?? 0) + 1, telling: wanted, format: format, ledger,
      into: folder, at: at)
  }
}
