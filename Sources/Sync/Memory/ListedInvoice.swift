public import Ledger
internal import LoadOps
public import Vocabulary

/// LoadOps's states as the tabs show them; held ones are those that wait for somebody.
public enum ListStatus: String, Sendable, CaseIterable {
  /// Sent already.
  case synced
  /// Not sent, and may be once nothing holds it.
  case nonSynced = "non-synced"
  /// May not be sent.
  case suppressed
  /// Waits for somebody: non-synced, or synced and changed since.
  case held
}

/// One invoice of a list, from the ledger or from an export.
public struct ListedInvoice: Sendable, Hashable {
  /// Synced, non-synced or suppressed.
  public var status: ListStatus
  /// Whether it waits for somebody.
  public var isHeld = false
  /// The number in LoadOps.
  public var number: String
  /// The customer's name in LoadOps.
  public var customer: String
  /// The invoice date, when it could be read.
  public var date: CalendarDate?
  /// The total with the sign it has in LoadOps.
  public var amount: Money
  /// Its lines.
  public var lines: Int
  /// What would become of it now, or why it stands where it stands: words for people.
  public var words: String
  /// Ids of the findings that hold it.
  public var reasons: [String] = []
  /// The document in QuickBooks, if it was sent.
  public var document: String?
  /// The run that sent it, or met it last.
  public var run: String?
  /// Where it begins in the export, if one was read.
  public var location: SourceLocation?

  /// Whether it belongs into a list of this status; nil is everything.
  func belongs(to wanted: ListStatus?) -> Bool {
    switch wanted {
    case nil: true
    case .held: isHeld
    case let wanted: status == wanted
    }
  }
}

/// What a list is about: the flags of `loadbooks list`.
public struct ListQuery: Sendable, Hashable {
  /// Only this status.
  public var status: ListStatus?
  /// The first invoice date.
  public var from: CalendarDate?
  /// The last invoice date.
  public var until: CalendarDate?
  /// Only what has this text in a name or a number, without regard to case.
  public var search: String?
  /// Only this customer, by its exact name.
  public var customer: String?

  /// Everything.
  public init() {}

  /// Whether one of the texts has the searched one in it.
  func finds(_ texts: String...) -> Bool {
    guard let search, !search.isEmpty else { return true }
    let needle = search.lowercased()
    return texts.contains { $0.lowercased().contains(needle) }
  }
}

/// Goes through invoices with their states, one at a time.
public struct InvoiceList {
  private let query: ListQuery
  private let suppression: SuppressionList
  private let today: CalendarDate

  /// A list.
  public init(_ query: ListQuery, suppression: SuppressionList, today: CalendarDate) {
    self.query = query
    self.suppression = suppression
    self.today = today
  }

  /// What the ledger knows: first what was sent, in the order in which it was sent, then what was met
  /// and not sent, by number.
  ///
  /// - Throws: `Failure`: what `body` threw, or when the ledger cannot be read.
  public func forEach(
    in ledger: SyncLedger, _ body: (ListedInvoice) throws(Failure) -> Void
  ) throws(Failure) {
    var filter = LedgerFilter()
    (filter.from, filter.until, filter.customer) = (query.from, query.until, query.customer)
    // Few invoices change after they were sent; they are the only ones that are in both tables.
    var changed: [String: UnsentInvoice] = [:]
    try ledger.forEachUnsent(filter) { invoice in
      if invoice.reasons.contains(Rule.changedSinceSynced.kind.id) {
        changed[invoice.number.text] = invoice
      }
    }
    let pending = try PendingNames(ledger)
    if query.status != .suppressed, query.status != .nonSynced {
      try ledger.forEachEntry(filter) { (entry) throws(Failure) in
        let change = changed.isEmpty ? nil : changed[entry.number.text]
        if query.status == .held, change == nil { return }
        var listed = listed(entry, change)
        if change == nil, let words = pending.words(entry) { listed.words = words }
        try tell(listed, entry.quickBooksCustomer, body)
      }
    }
    if query.status != .synced {
      try ledger.forEachUnsent(filter) { (invoice) throws(Failure) in
        guard changed[invoice.number.text] == nil else { return }
        try tell(listed(invoice), invoice.quickBooksCustomer, body)
      }
    }
  }

  /// What an export holds, in its order, with what would become of each invoice now.
  ///
  /// - Throws: `Failure`: what `body` threw, or when the export has changed since it was planned.
  public func forEach(
    in plan: SyncPlan, _ ledger: SyncLedger?, _ body: (ListedInvoice) throws(Failure) -> Void
  ) throws(Failure) {
    let replay = try PlanReplay(plan)
    let pending = try PendingNames(ledger)
    while try replay.next() {
      let assessment = replay.assessment
      let number = replay.record.string(replay.invoice.number)
      let text = replay.record.text
      let isKnown =
        replay.invoice.number.isEmpty
        ? nil
        : plan.context.ledger.lookup(text.span.extracting(replay.invoice.number.value.range))
      let reasons =
        assessment.outcome == .held
        ? plan.assessor.holding(assessment.rules).map(\.kind.id) : []
      var listed = ListedInvoice(
        status: assessment.outcome == .suppressed
          ? .suppressed : isKnown == nil ? .nonSynced : .synced,
        isHeld: assessment.outcome == .held, number: number,
        customer: replay.record.string(replay.invoice.customer), date: assessment.date,
        amount: assessment.amount, lines: assessment.lines, words: "", reasons: reasons,
        location: SourceLocation(
          file: plan.files[replay.file].name, line: Int(replay.record.place.line)))
      switch assessment.outcome {
      case .delivered: listed.words = "ready to send"
      case .held: listed.words = "held: " + reasons.joined(separator: ", ")
      case .alreadySynced:
        listed.words = isKnown.map { $0.evidence.words } ?? ""
        if isKnown?.state == .inDoubt { listed.words = "in doubt: QuickBooks has not answered" }
        if let ledger, !pending.isEmpty, let entry = try ledger.entry(number: number),
          let words = pending.words(entry)
        {
          listed.words = words
        }
      case .suppressed:
        listed.words =
          suppression.reason(number: number, customer: listed.customer, today: today)?.reason
          ?? "by LoadOps's own QB status"
      }
      try tell(listed, "", body)
    }
  }

  private func tell(
    _ invoice: ListedInvoice, _ quickBooksCustomer: String,
    _ body: (ListedInvoice) throws(Failure) -> Void
  ) throws(Failure) {
    guard invoice.belongs(to: query.status),
      query.finds(invoice.number, invoice.customer, quickBooksCustomer, invoice.document ?? "")
    else { return }
    try body(invoice)
  }

  private func listed(_ entry: LedgerEntry, _ change: UnsentInvoice?) -> ListedInvoice {
    var words = entry.evidence.words
    if entry.state == .inDoubt { words = "in doubt: QuickBooks has not answered" }
    if let change { words = "changed since it was sent, as run \(change.run) found" }
    return ListedInvoice(
      status: .synced, isHeld: change != nil, number: entry.number.text, customer: entry.customer,
      date: entry.date, amount: entry.amount, lines: entry.lines, words: words,
      reasons: change?.reasons ?? [], document: entry.documentWords, run: entry.run)
  }

  private func listed(_ invoice: UnsentInvoice) -> ListedInvoice {
    var listed = ListedInvoice(
      status: .nonSynced, number: invoice.number.text, customer: invoice.customer,
      date: invoice.date, amount: invoice.amount, lines: invoice.lines, words: "",
      reasons: invoice.reasons, run: invoice.run)
    // The list decides now, not what it said when the invoice was met.
    if let reason = suppression.reason(
      number: listed.number, customer: listed.customer, today: today)
    {
      listed.status = .suppressed
      listed.words = reason.reason
      listed.reasons = []
      return listed
    }
    switch invoice.outcome {
    case .held:
      listed.isHeld = true
      listed.words = "held: " + invoice.reasons.joined(separator: ", ")
    case .suppressed: listed.words = "released since, or suppressed by LoadOps"
    case .undone: listed.words = "run \(invoice.run) was taken back"
    case .refused:
      listed.isHeld = !invoice.reasons.isEmpty
      listed.words =
        listed.isHeld
        ? "held: " + invoice.reasons.joined(separator: ", ") : "QuickBooks refused it"
    }
    return listed
  }
}

/// Counts what a list shows.
public struct ListTotals: Sendable {
  /// By status, in the order of the tabs; held ones count in their own status, too.
  public private(set) var byStatus: [(status: ListStatus, tally: Tally)] = [
    (.synced, .zero), (.nonSynced, .zero), (.suppressed, .zero),
  ]
  /// Those that wait for somebody.
  public private(set) var held = Tally.zero
  /// All of them.
  public private(set) var all = Tally.zero

  /// Totals of nothing.
  public init() {}

  /// Counts an invoice.
  public mutating func add(_ invoice: ListedInvoice) {
    let tally = Tally(invoices: 1, lines: invoice.lines, amount: invoice.amount)
    for index in byStatus.indices where byStatus[index].status == invoice.status {
      byStatus[index].tally += tally
    }
    if invoice.isHeld { held += tally }
    all += tally
  }
}

// MARK: - Rendering

extension ListedInvoice {
  /// The line above the list.
  public static let heading =
    "status      date        number         "
    + "customer                               total  what\n"

  /// One line of the list, with its line end.
  public var text: String {
    let status = isHeld ? self.status.rawValue + "*" : self.status.rawValue
    return ListText.padded(status, 12) + ListText.padded(date?.description ?? "(unreadable)", 12)
      + ListText.padded(FindingText.visible(number.isEmpty ? "(none)" : number), 15)
      + ListText.padded(ListText.clipped(FindingText.visible(customer), 28), 29)
      + ListText.padded(amount.grouped, -15) + "  " + FindingText.visible(words)
      + (document.map { " (\(FindingText.visible($0)))" } ?? "") + "\n"
  }

  /// The same for programs.
  public var json: JSONText {
    [
      "invoice": .string(number), "status": .string(status.rawValue), "held": .bool(isHeld),
      "customer": .string(customer), "date": .string(orNull: date?.description),
      "lines": .integer(lines), "amount": .amount(amount), "words": .string(words),
      "reasons": .array(reasons.map(JSONText.string)), "document": .string(orNull: document),
      "run": .string(orNull: run), "file": .string(orNull: location?.file),
      "line": .integer(orNull: location?.line),
    ]
  }
}

extension ListTotals {
  /// The foot of the list.
  public var text: String {
    var text = "\n"
    let rows =
      byStatus.filter { $0.tally.invoices > 0 }.map { ($0.status.rawValue, $0.tally) }
      + (held.invoices > 0 ? [("of these held (*)", held)] : []) + [("all", all)]
    for (name, tally) in rows {
      text += ListText.padded(name, 18) + ListText.padded(tally.invoices.grouped, -10)
      text += tally.invoices == 1 ? " invoice " : " invoices"
      text += ListText.padded(tally.lines.grouped, -11)
      text += tally.lines == 1 ? " line " : " lines"
      text += ListText.padded(tally.amount.grouped, -29) + "\n"
    }
    return text
  }

  /// The same for programs.
  public var json: JSONText {
    .object(
      byStatus.map { JSONText.Member($0.status.rawValue, JSONReport.tally($0.tally)) } + [
        JSONText.Member("held", JSONReport.tally(held)),
        JSONText.Member("all", JSONReport.tally(all)),
      ])
  }
}

/// Columns of lists on a terminal.
enum ListText {
  /// Fills with blanks behind, or before for a negative width; what is longer stays.
  static func padded(_ text: String, _ width: Int) -> String {
    let blanks = String(repeating: " ", count: max(0, abs(width) - text.count))
    return width < 0 ? blanks + text : text + (blanks.isEmpty ? " " : blanks)
  }

  /// The beginning of a text that is too long.
  static func clipped(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : String(text.prefix(width - 3)) + "..."
  }
}
