internal import Ledger
internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// Decides what becomes of one invoice, by every rule there is.
///
/// The same code runs when a plan is made, when the plan's findings are told, and when one invoice is
/// explained; only then are sentences made, because a million of them would cost more than the work.
struct InvoiceAssessor {
  /// What was decided.
  struct Assessment {
    var outcome = Outcome.held
    var rules = RuleSet.none
    var amount = Money.zero
    var lines = 0
    var customer = 0
    var date: CalendarDate?
    var terms: Int?
    var terminal: Int?
    var content = ContentHash(high: 0, low: 0)
    var kind = SalesDocument.Kind.invoice
    var isSelected = true
    /// Whether its status lets it go; copies of one invoice that differ in this are not equal.
    var isSendable = true

    /// The form it has in QuickBooks, in the ledger's words.
    var documentKind: LedgerEntry.DocumentKind { kind == .invoice ? .invoice : .creditMemo }
  }

  /// What a finding says beside its kind.
  struct Detail {
    var message: String
    var remedy: String?
    var notes: [String] = []
  }

  let context: PlanContext
  let master: MasterData
  let names: DesktopNames
  let destination: Destination
  let books: BooksIndex
  /// Why invoices cannot be receivable on the account that the settings name.
  let receivableObjections: [String]
  var customers: CustomerBook
  var items: ItemBook
  var terms: TermsBook
  var terminals: ClassBook
  /// How each file's dates are read, to say what a date does not fit.
  var dates: [DateColumns] = []
  /// The lines of invoices in files that have none, and where those stand.
  var income: (table: IncomeTable, files: [SyncPlan.File])?
  /// Suppression rows that matched something, and those that are over.
  var matchedSuppressions: Set<Int> = []
  var expiredSuppressions: Set<Int> = []
  /// The findings of the last assessment, when ``source`` is set.
  private(set) var findings: [Finding] = []
  /// The reader of the file, to cut excerpts from; nil while nobody wants to read sentences.
  var source: ExportReader?

  var result = Assessment()
  private let sendable: Set<String>
  // What every invoice is asked for, taken out of the settings, which would be copied each time.
  private let sendableStatuses: [String]
  let closedThrough: CalendarDate?
  let lastDay: CalendarDate
  let currency: String
  /// Whether the content of every invoice is hashed, or only where there is something to compare it with.
  var keepsContent = true
  /// Whether texts are looked at that QuickBooks could not hold as they are, which holds no invoice.
  var checksTexts = true
  private let comparesContent: Bool
  private let selectsAll: Bool
  /// The rules that keep an invoice from going out, under the settings.
  private var holding = RuleSet.none
  /// What the invoice of the last assessment carries.
  private(set) var content = InvoiceContent()

  init(context: PlanContext, master: MasterData) {
    self.context = context
    self.master = master
    let settings = context.settings
    destination = settings.destination
    names = destination.names
    books = BooksIndex(context.books, names: names)
    receivableObjections =
      destination.isOnline
      ? [] : books.objections(receivableAccount: settings.quickBooks.accountsReceivable)
    customers = CustomerBook(
      master: master, mapping: context.mapping, ledger: context.ledger,
      books: context.books, policy: settings.unmatchedCustomers, names: names)
    items = ItemBook(
      master: master, mapping: context.mapping,
      defaultAccount: settings.quickBooks.defaultIncomeAccount, books: books,
      policy: settings.unmatchedItems)
    terms = TermsBook(
      mapping: context.mapping, books: books, policy: settings.unmatchedTerms)
    terminals = ClassBook(mapping: context.mapping, books: books)
    comparesContent = context.ledger.count > 0 || !context.ledger.holds.isEmpty
    selectsAll = context.selection.isAll
    sendableStatuses = settings.policies.sendableStatuses
    closedThrough = settings.policies.closedThrough
    lastDay = context.today.adding(days: settings.policies.futureDays)
    currency = settings.currency
    sendable = Set(settings.policies.sendableStatuses.map { $0.lowercased() })
    for rule in Rule.allCases where severity(of: rule) == .error { holding.insert(rule) }
  }

  /// Decides about an invoice; `forced` are rules that only the whole batch can know.
  mutating func assess(
    _ record: Record, _ invoice: Invoice, forced: RuleSet = .none, otherPlaces: [String] = []
  ) -> Assessment {
    measure(record, invoice)
    if !findings.isEmpty { findings.removeAll(keepingCapacity: true) }
    checkReading(record, invoice)
    checkForced(record, invoice, forced, otherPlaces)
    // What could not be read whole has one reason; what follows from it would only drown that.
    if record.faults.isEmpty, !invoice.number.isEmpty {
      checkNumber(record, invoice)
      checkArithmetic(record, invoice)
      checkCustomer(record, invoice)
      checkItems(record, invoice)
      checkTerms(record, invoice)
      checkAccounts(record, invoice)
      checkPolicies(record, invoice)
      if checksTexts { checkTexts(record, invoice) }
      checkRefusals(record, invoice)
    }
    conclude(record, invoice)
    return result
  }

  /// What a document needs of an invoice that was decided before; no rule is asked again.
  mutating func recall(
    _ record: Record, _ invoice: Invoice, outcome: Outcome
  ) -> Assessment {
    measure(record, invoice)
    if record.faults.isEmpty, !invoice.number.isEmpty { settleTerms(record, invoice) }
    result.outcome = outcome
    return result
  }

  /// Begins an assessment with what is no question of rules.
  private mutating func measure(_ record: Record, _ invoice: Invoice) {
    result = Assessment()
    result.amount = invoice.lineSum
    result.lines = invoice.lines.count
    result.date = invoice.date
    result.customer = customers.number(
      of: record.text.span.extracting(invoice.customer.value.range))
    if !selectsAll {
      result.isSelected = context.selection.contains(
        number: record.string(invoice.number), customer: record.string(invoice.customer),
        date: invoice.date)
    }
    if keepsContent || comparesContent { result.content = contentHash(record, invoice) }
    result.kind = result.amount < .zero ? .creditMemo : .invoice
  }

  /// How much a rule's finding matters under the settings.
  func severity(of rule: Rule) -> Finding.Severity {
    switch rule {
    case .rateMismatch where context.settings.policies.rateMismatch == .hold: .error
    default: rule.kind.severity
    }
  }

  /// Those of the rules that keep an invoice from going out.
  func holding(_ rules: RuleSet) -> [Rule] {
    rules.isEmpty ? [] : rules.rules.filter(holding.contains)
  }

  // MARK: - The decision

  private mutating func conclude(_ record: Record, _ invoice: Invoice) {
    let isHeld = result.rules.intersects(holding)
    let number = record.text.span.extracting(invoice.number.value.range)
    let suppression = suppression(record, invoice)
    if !invoice.number.isEmpty, let known = context.ledger.lookup(number) {
      concludeKnown(known, record, invoice, isSuppressed: suppression != nil)
      return
    }
    if let suppression {
      findings.removeAll()
      result.rules = .none
      raise(.suppressed, record, invoice.number, .invoiceNumber) {
        Detail(
          message: "invoice \(record.string(invoice.number)) is suppressed: \(suppression.reason)",
          remedy: suppression.remedy)
      }
      result.outcome = .suppressed
      return
    }
    result.outcome = isHeld ? .held : .delivered
  }

  /// Decides about an invoice that was sent before.
  private mutating func concludeKnown(
    _ known: LedgerSnapshot.Known, _ record: Record, _ invoice: Invoice, isSuppressed: Bool
  ) {
    let raised = result.rules
    let isUnchanged = known.contentHash == result.content
    if isSuppressed || isUnchanged {
      findings.removeAll()
      result.rules = .none
    }
    if isSuppressed {
      raise(.suppressedAfterSync, record, invoice.number, .invoiceNumber) {
        Detail(
          message: "invoice \(record.string(invoice.number)) is suppressed, but was sent before")
      }
    }
    if isUnchanged {
      checkStillStands(raised, record, invoice)
      result.outcome = .alreadySynced
      return
    }
    result.rules.formUnion(raised)
    raise(.changedSinceSynced, record, invoice.number, .invoiceNumber) { me in
      me.change(of: record.string(invoice.number))
    }
    result.outcome = .held
  }

  /// Why the invoice may not be sent; nil when it may.
  private mutating func suppression(
    _ record: Record, _ invoice: Invoice
  ) -> (reason: String, remedy: String)? {
    if record.equals(invoice.syncStatus, "suppressed") {
      return ("LoadOps's own QB status says so", "release it in LoadOps, export again")
    }
    let number = record.text.span.extracting(invoice.number.value.range)
    let customer = record.text.span.extracting(invoice.customer.value.range)
    guard context.suppression.mayMatch(number: number, customer: customer) else { return nil }
    let match = context.suppression.match(
      number: record.string(invoice.number), customer: record.string(invoice.customer),
      today: context.today)
    switch match {
    case .none: return nil
    case .suppressed(let index):
      matchedSuppressions.insert(index)
      let entry = context.suppression.entries[index]
      let what = ShellText.word(entry.invoiceNumber ?? entry.customerName ?? "")
      return (
        entry.reason,
        "release it with: loadbooks release \(entry.invoiceNumber == nil ? "--customer " : "")\(what)"
      )
    case .expired(let index):
      matchedSuppressions.insert(index)
      expiredSuppressions.insert(index)
      return nil
    case .guardDiffers(let index):
      matchedSuppressions.insert(index)
      let (entry, path) = (context.suppression.entries[index], context.suppression.path)
      raise(.suppressionGuardDiffers, record, invoice.customer, .customerName) {
        Detail(
          message: "\(path):\(entry.line) names invoice \(record.string(invoice.number)) "
            + "of \"\(entry.customerName ?? "")\", but it is of \"\(record.string(invoice.customer))\""
        )
      }
      return nil
    }
  }

  // MARK: - Raising

  /// Notes a rule; makes the sentence only when somebody will read it.
  mutating func raise(
    _ rule: Rule, _ record: Record, _ cell: Cell, _ field: Field?, _ detail: () -> Detail
  ) {
    raise(rule, record, cell, field) { _ in detail() }
  }

  /// Notes a rule whose sentence needs what the assessor knows.
  mutating func raise(
    _ rule: Rule, _ record: Record, _ cell: Cell, _ field: Field?,
    _ detail: (InvoiceAssessor) -> Detail
  ) {
    result.rules.insert(rule)
    guard let source else { return }
    let row = record.row(of: cell)
    let place = cell.source.isEmpty ? record.wholeRow(row) : cell
    let (location, excerpt) = source.excerpt(record, row, place)
    let detail = detail(self)
    findings.append(
      Finding(
        rule.kind, detail.message, severity: severity(of: rule), remedy: detail.remedy,
        location: location, excerpt: excerpt, record: Int(record.rows[row].ordinal),
        field: field?.name, value: cell.isEmpty ? nil : record.string(cell),
        invoice: record.string(record.cell(0, .invoiceNumber)), notes: detail.notes))
  }

  // MARK: - Content

  /// A hash of everything that is carried to QuickBooks, the same for CSV and JSON.
  private mutating func contentHash(_ record: Record, _ invoice: Invoice) -> ContentHash {
    content.reset()
    appendContent(record, invoice.customer)
    appendContent(record, invoice.terms)
    appendContent(record, invoice.reference)
    appendContent(record, invoice.purchaseOrder)
    appendContent(record, invoice.billOfLading)
    appendContent(record, invoice.terminal)
    appendContent(record, invoice.origin)
    appendContent(record, invoice.destination)
    appendContent(record, invoice.currency)
    appendContent(record, invoice.note)
    content.append(day: invoice.date)
    content.append(day: invoice.dueDate)
    content.append(day: invoice.pickupDate)
    for line in invoice.lines {
      appendContent(record, line.category)
      appendContent(record, line.description)
      content.append(number: line.quantity?.micros)
      content.append(number: line.rate?.micros)
      content.append(number: line.amount?.cents)
    }
    return content.contentHash
  }

  private mutating func appendContent(_ record: Record, _ cell: Cell) {
    content.append(text: record.text.span.extracting(cell.value.range))
  }

  /// Whether the status is one that may be sent; an empty one is.
  func isSendable(_ record: Record, _ status: Cell) -> Bool {
    guard !status.isEmpty else { return true }
    return sendableStatuses.contains { record.equals(status, $0) }
      || sendable.contains(record.string(status).lowercased())
  }
}

extension Record {
  /// The row that a cell stands in; the first one for a cell that is not there.
  func row(of cell: Cell) -> Int {
    guard !cell.source.isEmpty else { return 0 }
    return rows.lastIndex { $0.start <= cell.source.start } ?? 0
  }

  /// A cell that stands for a whole row, to mark its line.
  func wholeRow(_ row: Int) -> Cell {
    let start = Int(rows[row].start)
    var (end, limit) = (start, text.count)
    // Behind the bytes of the file there is decoded text, and then those of rows that stand elsewhere.
    if start < Int(place.length) { limit = min(limit, Int(place.length)) }
    if row + 1 < rows.count, standsApart(row + 1) {
      limit = min(limit, max(start, Int(rows[row + 1].start)))
    }
    while end < limit, text[end] != 0x0A, text[end] != 0x0D, end - start < 4096 { end += 1 }
    return Cell(value: .empty, source: TextRange(start..<max(end, start)))
  }

  /// Whether something else stands in the file between a row and the one before it.
  func standsApart(_ row: Int) -> Bool {
    guard row > 0, rows[row].offset >= rows[row - 1].offset else { return row > 0 }
    return rows[row].offset - rows[row - 1].offset
      != UInt64(max(0, rows[row].start - rows[row - 1].start))
  }

  /// What a fault is about: a stretch of the record where it knows one, else the whole row.
  func cell(ofFault fault: RecordFault, _ row: Int) -> Cell {
    guard case .json(_, let range?) = fault else { return wholeRow(row) }
    return Cell(value: .empty, source: range)
  }

  /// Whether a cell holds this ASCII text, without regard to case.
  func equals(_ cell: Cell, _ word: String) -> Bool {
    guard Int(cell.value.count) == word.utf8.count else { return false }
    var index = Int(cell.value.start)
    for byte in word.utf8 {
      let here = text[index]
      let letter = here >= 0x41 && here <= 0x5A ? here | 0x20 : here
      let wanted = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
      guard letter == wanted else { return false }
      index += 1
    }
    return true
  }
}
