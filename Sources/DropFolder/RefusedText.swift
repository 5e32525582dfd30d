internal import Ledger
internal import Sync
internal import Vocabulary

/// What QuickBooks Online refused of a batch, or has otherwise than it was sent, for whoever mends it.
///
/// It is made from the ledger, so that it is complete however often the sending was cut off.
struct RefusedText {
  static let fileName = "refused.txt"
  private static let title =
    "What QuickBooks Online refused of a batch, or has otherwise than it was sent"
  private let company: CompanyFolder
  private let ledger: SyncLedger
  private let batch: Batch

  init(_ company: CompanyFolder, _ ledger: SyncLedger, _ batch: Batch) {
    self.company = company
    self.ledger = ledger
    self.batch = batch
  }

  /// The text.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  func text() throws(Failure) -> String {
    let refused = try ledger.refused(ofRun: batch.id)
    var words: [String: String] = [:]
    var entries: [String] = []
    for request in try ledger.requests(ofRun: batch.id).values where request.state == .refused {
      let said = [request.code, request.words].compactMap(\.self).joined(separator: ": ")
      switch request.entity {
      case .invoice, .creditMemo: words["\(request.entity.rawValue)\n\(request.name)"] = said
      default: entries.append("\(request.entity.words) \(request.name)\n  \(said)")
      }
    }
    var parts = [RefusedText.title]
    if !refused.isEmpty {
      parts.append(
        """
        It refused these invoices; whatever else was sent is in its books. Put right what it says, here or in
        QuickBooks, then drop the export again: its files are in \(company.path)/archive/\(batch.id).
        What QuickBooks has is not sent twice.
        """)
      parts += refused.map { invoice in
        let key = "\(invoice.documentKind.rawValue)\n\(invoice.documentNumber)"
        return "\(invoice.number)  \(invoice.quickBooksCustomer)  \(invoice.date)  "
          + "\(invoice.amount.grouped)\n  \(words[key] ?? "")"
      }
    }
    if !entries.isEmpty {
      parts.append("It refused these entries of its lists:")
      parts += entries.sorted()
    }
    let remarks = try ledger.openRemarks(ofRun: batch.id)
    if !remarks.isEmpty {
      parts.append(
        """
        It has these otherwise than they were sent. Put them right there, then say so with:
        loadbooks accept --settle NUMBER --reason WHY
        """)
      parts += remarks.map(\.message)
    }
    return parts.map { part in
      part.split(separator: "\n").map { FindingText.visible(String($0)) }.joined(separator: "\n")
    }.joined(separator: "\n\n") + "\n"
  }
}
