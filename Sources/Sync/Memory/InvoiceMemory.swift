internal import Ledger
internal import Vocabulary

/// Everything the ledger remembers of one invoice, as moments in the order of time.
struct InvoiceMemory {
  let number: String
  let entry: LedgerEntry?
  let unsent: UnsentInvoice?
  private(set) var moments: [InvoiceStory.Moment] = []
  /// What QuickBooks has otherwise, and in which file it waits.
  private(set) var open: [String] = []

  /// - Throws: `Failure` when the ledger cannot be read.
  init(_ number: String, _ ledger: SyncLedger?) throws(Failure) {
    self.number = number
    guard let ledger else {
      (entry, unsent) = (nil, nil)
      return
    }
    entry = try ledger.entry(number: number)
    unsent = try ledger.unsent(number: number)
    open = try ledger.openRemarks(invoice: number).map(\.message)
    if let entry, let words = try PendingNames(ledger).words(entry) { open.append(words) }
    if let entry, let run = entry.run { try addSending(entry.documentWords, run, ledger) }
    for withdrawn in try ledger.withdrawn(number: number) { try add(withdrawn, ledger) }
    if let unsent, unsent.outcome == .held || unsent.outcome == .suppressed {
      try add(unsent, ledger)
    }
    for event in try ledger.events(invoice: number) {
      moments.append(
        InvoiceStory.Moment(
          at: event.at, kind: event.kind.rawValue,
          words: event.words(), run: event.run, by: event.by))
    }
    for name in Set([entry?.customer, unsent?.customer].compactMap(\.self)) {
      for event in try ledger.events(customer: name) {
        moments.append(
          InvoiceStory.Moment(
            at: event.at, kind: event.kind.rawValue,
            words: event.words(" with all of \"\(name)\""), run: event.run, by: event.by))
      }
    }
    // What happened in one second stays in the order in which it was added.
    let order = moments.indices.sorted { (moments[$0].at, $0) < (moments[$1].at, $1) }
    moments = order.map { [moments] in moments[$0] }
  }

  private mutating func addSending(
    _ document: String, _ id: String, _ ledger: SyncLedger
  ) throws(Failure) {
    // What came back after a change by hand is there twice: as it is now, and as it was replaced.
    guard !moments.contains(where: { $0.kind == "sent" && $0.run == id }),
      let run = try ledger.run(id)
    else { return }
    moments.append(
      InvoiceStory.Moment(
        at: run.startedAt, kind: "sent",
        words: "sent by run \(id) (\(run.command) \(run.target)) as \(document)", run: id))
    for event in try ledger.events(run: id) where event.kind == .runSettled {
      moments.append(
        InvoiceStory.Moment(
          at: event.at, kind: event.kind.rawValue, words: "\(event.kind.words): \(event.detail)",
          run: id, by: event.by))
    }
  }

  private mutating func add(
    _ withdrawn: WithdrawnInvoice, _ ledger: SyncLedger
  ) throws(Failure) {
    let name = withdrawn.documentKind == .invoice ? "INVOICE" : "CREDIT MEMO"
    let document = "\(name) \(withdrawn.documentNumber)"
    if let run = withdrawn.run { try addSending(document, run, ledger) }
    switch withdrawn.cause {
    case .undone:
      let undo = try withdrawn.run.flatMap { (run) throws(Failure) in try ledger.undo(ofRun: run) }
      moments.append(
        InvoiceStory.Moment(
          at: withdrawn.at, kind: LedgerEvent.Kind.runUndone.rawValue,
          words: "run \(withdrawn.run ?? "") taken back: \(undo?.reason ?? "")",
          run: withdrawn.run, by: undo?.by ?? ""))
    case .refused:
      moments.append(
        InvoiceStory.Moment(
          at: withdrawn.at, kind: "refused", words: "QuickBooks refused \(document)",
          run: withdrawn.run))
    // There is an event for each of these.
    case .replaced, .adoptionWithdrawn: break
    }
  }

  private mutating func add(_ unsent: UnsentInvoice, _ ledger: SyncLedger) throws(Failure) {
    guard let run = try ledger.run(unsent.run) else { return }
    moments.append(
      InvoiceStory.Moment(
        at: run.startedAt, kind: unsent.outcome.rawValue,
        words: "\(unsent.outcome.rawValue) in run \(run.id)"
          + (unsent.outcome == .suppressed
            ? "" : ": " + unsent.reasons.joined(separator: ", ")),
        run: run.id))
  }

  /// Where the invoice stands, in words.
  func status(_ suppression: SuppressionList, _ today: CalendarDate) -> String {
    if let entry {
      let changed = unsent.map { "; it has changed since, as run \($0.run) found" } ?? ""
      return (entry.state == .inDoubt ? "in doubt: QuickBooks has not answered" : "synced")
        + " (\(entry.evidence.words))\(changed)" + open.map { "; \($0)" }.joined()
    }
    let match = suppression.match(
      number: number, customer: unsent?.customer ?? "", today: today)
    if case .suppressed(let index) = match {
      let row = suppression.entries[index]
      return "suppressed: \(row.reason) (\(suppression.path):\(row.line))"
    }
    return "non-synced"
      + (unsent.map { unsent in
        switch unsent.outcome {
        case .held:
          ", held when run \(unsent.run) met it: \(unsent.reasons.joined(separator: ", "))"
        case .suppressed: ", suppressed when run \(unsent.run) met it"
        case .undone: ": run \(unsent.run), which had sent it, was taken back"
        case .refused: ": QuickBooks refused it in run \(unsent.run)"
        }
      } ?? "") + open.map { "; \($0)" }.joined()
  }
}

extension SyncEvidence {
  /// The evidence in words.
  var words: String {
    switch self {
    case .written: "a file was written"
    case .accepted: "QuickBooks took it"
    case .confirmed: "found in the books"
    case .adopted: "entered by hand"
    }
  }
}

extension LedgerEvent {
  /// What happened, in words, with what it was about and why.
  fileprivate func words(_ object: String = "") -> String {
    let what = kind.words + object
    // A release needs no reason; ledgers of before have this word for one.
    return detail.isEmpty || (kind == .released && detail == "released")
      ? what : "\(what): \(detail)"
  }
}

extension LedgerEvent.Kind {
  /// What happened, in words.
  var words: String {
    switch self {
    case .suppressed: "suppressed"
    case .released: "released"
    case .adopted: "entered by hand"
    case .adoptionWithdrawn: "not entered by hand after all"
    case .runSettled: "the run was cut off and settled"
    case .accepted: "QuickBooks has taken it"
    case .refused: "QuickBooks has refused it"
    case .postponed: "QuickBooks did not get to it"
    case .inDoubt: "QuickBooks does not say what became of it"
    case .settled: "what QuickBooks had otherwise is put right"
    case .removed: "QuickBooks has removed it"
    case .removalRefused: "QuickBooks has not removed it"
    default: rawValue
    }
  }
}

extension LedgerEntry {
  /// `INVOICE LD05556`, as QuickBooks lists it.
  var documentWords: String {
    (documentKind == .invoice ? "INVOICE " : "CREDIT MEMO ") + documentNumber
  }
}
