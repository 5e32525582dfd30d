internal import Ledger
internal import QuickBooks
internal import Vocabulary

/// What must be removed in QuickBooks when a run that was taken back had been imported, newest first.
///
/// IIF has no undo: a person finds each document and deletes it. A target whose files QuickBooks itself
/// can carry out, such as qbXML, adds a rendering of its own to ``renderings(for:)``.
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
    let forPeople: [any RemovalRendering] = [PrintedRemovals(), RemovalTable()]
    // What went to QuickBooks Online was taken out there already.
    if run.target == "online" { return [] }
    guard run.target == "qbxml" else { return forPeople }
    return forPeople + [RemovalRequests(.delete), RemovalRequests(.void)]
  }

  /// Writes the lists of a run into a folder, replacing those of an earlier attempt.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`, or when the ledger cannot be read.
  static func write(
    _ run: RunRecord, _ undo: UndoRecord, company: String, _ ledger: SyncLedger, into folder: String
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
    try StagedFile.syncFolder(folder)
  }
}

/// A list to print and tick off.
struct PrintedRemovals: RemovalRendering {
  let fileName = "remove-from-quickbooks.txt"

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
      + (entry.quickBooksID.map { "  \($0)" } ?? "") + "\n"
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
/// A document whose answer was never accepted has no such id; it stands in the printed list alone.
struct RemovalRequests: RemovalRendering {
  private let manner: QBXMLTakingBack.Manner

  init(_ manner: QBXMLTakingBack.Manner) {
    self.manner = manner
  }

  var fileName: String {
    manner == .delete ? "delete-from-quickbooks.xml" : "void-in-quickbooks.xml"
  }

  func beginning(_ run: RunRecord, _ undo: UndoRecord, company: String) -> String {
    QBXMLEnvelope.start(
      version: QBXMLFormat().version, onError: .continueOnError,
      messageSet: QBXMLMessageSets(run: "\(manner.rawValue) \(run.id) \(undo.startedAt)").id(1))
  }

  func document(_ entry: LedgerEntry) -> String {
    guard let transaction = entry.quickBooksID else { return "" }
    return QBXMLTakingBack.request(
      QBXMLTakingBack.Document(
        kind: entry.documentKind == .invoice ? .invoice : .creditMemo,
        number: entry.documentNumber, transaction: transaction), manner)
  }

  func end(_ total: RunRecord.Tally) -> String { QBXMLEnvelope.end }
}
