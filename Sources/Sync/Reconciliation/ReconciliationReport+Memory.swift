public import Ledger
internal import QuickBooks
public import Vocabulary

/// What the company's memory has to do with a reconciliation.
extension ReconciliationReport {
  /// Takes the runs that sent something of this export, for the statement.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public mutating func takeRuns(_ ledger: SyncLedger) throws(Failure) {
    let numbers = Set(reconciliation.plan.invoices.lazy.map(\.numberHash))
    var sent: Set<String> = []
    try ledger.forEachEntry { entry throws(Failure) in
      guard let run = entry.run, !sent.contains(run) else { return }
      let number = Array(entry.number.text.utf8)
      if numbers.contains(ByteHash.of(number.span)) { sent.insert(run) }
    }
    runs = try ledger.runs().filter { sent.contains($0.id) }
  }

  /// Notes what was found; and takes back the evidence of what somebody says was removed from QuickBooks and
  /// these books do not have.
  ///
  /// That a document is missing is no proof that somebody removed it: a report may have been filtered, or be
  /// of another company. So the evidence goes only for runs that are named, and only where these books are
  /// whole and otherwise fit.
  ///
  /// - Parameters:
  ///   - removed: The runs whose documents were removed.
  ///   - ledger: The company's ledger.
  ///   - source: What was looked into, for people.
  /// - Throws: `Failure`, also for a run that is unknown.
  public mutating func confirm(
    removed: [String], in ledger: SyncLedger, source: String
  ) throws(Failure) {
    let lost = lostNumbers
    var withdrawn: [String] = []
    if !removed.isEmpty {
      var sent: Set<String> = []
      for run in removed {
        guard try ledger.run(run) != nil else {
          throw Failure(
            .usage, "there is no run \(run)", remedy: "see which there are with: loadbooks runs")
        }
        try ledger.forEachEntry(ofRun: run) { entry throws(Failure) in
          sent.insert(entry.number.text)
        }
      }
      doubt = doubt(besides: sent)
      if doubt == nil { withdrawn = lost.filter(sent.contains) }
    }
    confirmation = try ledger.confirm(
      agreeingNumbers(), missing: withdrawn, at: at, source: source)
    let gone = Set(withdrawn)
    kept = lost.filter { !gone.contains($0) }
    keptRun = try kept.first.flatMap { number throws(Failure) in
      try ledger.entry(number: number)?.run
    }
  }

  /// Why these books do not show what is not in QuickBooks any more; nil when they do.
  private func doubt(besides sent: Set<String>) -> String? {
    let result = reconciliation
    if !result.faults.isEmpty { return "the books' files do not add up" }
    if result.books.files.contains(where: \.isPartial) {
      return "an answer of QuickBooks is not all that there is"
    }
    if result.books.files.allSatisfy(\.form.listsOpenOnly) {
      return "these files list open documents only, and what is missing may be paid"
    }
    if !result.selection.isAll { return "only a part of the export was compared" }
    if result.uncertain > 0 {
      return "these files do not cover all invoices, or not all of them can be compared"
    }
    let found = result[.same].loadOps.documents + result[.differs].loadOps.documents
    let missing = result.findings.count { $0.outcome == .missing && !sent.contains($0.number) }
    if found < missing {
      return "less than half of the other invoices are in these books, so that they may be others"
    }
    if found == 0 {
      let names = Set(
        result.plan.assessor.customers.entries.indices.flatMap { customer -> [Int32] in
          let names = result.names(of: customer)
          return [names.0, names.1]
        })
      let isKnown = (0..<result.books.count).contains {
        result.books.customer($0) >= 0 && names.contains(Int32(result.books.customer($0)))
      }
      if !isKnown { return "nothing in these books belongs to a customer of the export" }
    }
    return nil
  }
}

extension Reconciler.Request {
  /// Takes what the memory knows of other numbers and of runs that were taken back.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public mutating func take(_ ledger: SyncLedger) throws(Failure) {
    otherNumbers = try ledger.otherNumbers()
    var hashes: Set<UInt64> = []
    try ledger.forEachUnsent { invoice throws(Failure) in
      guard invoice.outcome == .undone else { return }
      let number = Array(invoice.number.text.utf8)
      hashes.insert(ByteHash.of(number.span))
    }
    takenBack = hashes
  }
}
