internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// What LoadOps says of an invoice, as far as the books have it, too.
struct Ours {
  /// The customer's number in the plan.
  var customer: Int
  var kind: SalesDocument.Kind
  var date: CalendarDate?
  /// The due date: as stated, or by the terms.
  var dueDate: CalendarDate?
  /// The total; nil when it cannot be read.
  var total: Money?
  /// The declared total, where the lines add up to another one.
  var otherTotal: Money?
  var dueAmount: Money?

  /// What it counts for.
  var amount: Money { total ?? .zero }

  /// Whether nobody can say what it is about.
  var isUnreadable: Bool { total == nil }

  private static let unreadable: [Rule] = [
    .amountMissing, .amountUnreadable, .cellError, .digitsLost,
  ]

  /// Whether the total may be another one than the sum of the lines that could be read.
  static func isDoubtful(_ rules: RuleSet) -> Bool {
    rules.contains(.totalMismatch) || unreadable.contains { rules.contains($0) }
  }

  init(
    _ record: Record, _ invoice: Invoice, _ assessment: InvoiceAssessor.Assessment,
    _ plan: borrowing SyncPlan
  ) {
    customer = assessment.customer
    date = assessment.date
    dueDate = plan.assessor.dueDate(invoice, assessment)
    dueAmount = invoice.dueAmount
    total = assessment.amount
    if !assessment.rules.isEmpty || invoice.lines.isEmpty {
      let isPartly = Ours.unreadable.contains { assessment.rules.contains($0) }
      if !record.faults.isEmpty {
        total = nil
      } else if invoice.lines.isEmpty || isPartly {
        total = invoice.declaredTotal
      } else if assessment.rules.contains(.totalMismatch) {
        otherTotal = invoice.declaredTotal
      }
    }
    kind = (total ?? .zero) < .zero ? .creditMemo : .invoice
  }

  /// What a finding keeps of it.
  init(_ finding: Reconciliation.Finding) {
    customer = Int(finding.customer)
    (date, dueDate) = (finding.date, finding.dueDate)
    (total, dueAmount) = (finding.total, finding.dueAmount)
    kind = (total ?? .zero) < .zero ? .creditMemo : .invoice
  }

  /// A finding about it.
  func finding(
    _ record: Record, _ invoice: Invoice, _ file: Int, _ outcome: Reconciliation.Outcome
  ) -> Reconciliation.Finding {
    var finding = Reconciliation.Finding(outcome: outcome)
    finding.number = record.string(invoice.number)
    finding.customer = Int32(customer)
    finding.date = date
    finding.dueDate = dueDate
    finding.total = total
    finding.dueAmount = dueAmount
    finding.file = Int32(file)
    finding.line = record.place.line
    return finding
  }
}

/// What customers and months have on both sides, counted by number while the files are read.
struct Shares {
  /// How often each field could be compared.
  struct Compared {
    var customer = 0
    var date = 0
    var dueDate = 0
    var total = 0
    var balance = 0
  }

  /// Months since 1900, and behind them a place for what has no date.
  private static let monthCount = 300 * 12 + 1

  var compared = Compared()
  private var loadOps: [Reconciliation.Count]
  private var books: [Reconciliation.Count]
  private var customerDifferences: [Int]
  private var nameDifferences: [Int]
  private var months = Array(repeating: Reconciliation.Pair(), count: monthCount)
  private var monthDifferences = Array(repeating: 0, count: monthCount)
  private var first = Landmark()
  private var last = Landmark()

  /// A document that agrees, and the place of its invoice in the plan.
  private struct Landmark {
    var document = -1
    var place = 0
  }

  init(customers: Int, names: Int) {
    loadOps = Array(repeating: Reconciliation.Count(), count: customers)
    books = Array(repeating: Reconciliation.Count(), count: names + 1)
    customerDifferences = Array(repeating: 0, count: customers)
    nameDifferences = Array(repeating: 0, count: names + 1)
  }

  mutating func addLoadOps(_ ours: Ours) {
    loadOps[ours.customer].add(ours.amount)
    months[Shares.month(ours.date)].loadOps.add(ours.amount)
  }

  /// Counts a document; one of nobody counts behind all names.
  mutating func addBooks(_ table: BookTable, _ document: Int, _ amount: Money) {
    books[place(table.customer(document))].add(amount)
    months[Shares.month(table.date(document))].books.add(amount)
  }

  private func place(_ name: Int) -> Int { name < 0 ? books.count - 1 : name }

  /// Counts a difference for the customer of LoadOps and, where that is another one, of QuickBooks.
  mutating func noteDifference(
    _ ours: Ours, _ table: BookTable, _ document: Int, _ fields: Reconciliation.Fields
  ) {
    customerDifferences[ours.customer] += 1
    if fields.contains(.customer) { nameDifferences[place(table.customer(document))] += 1 }
    monthDifferences[Shares.month(ours.date)] += 1
  }

  mutating func noteDifference(_ finding: Reconciliation.Finding) {
    if finding.customer >= 0 { customerDifferences[Int(finding.customer)] += 1 }
    monthDifferences[Shares.month(finding.date)] += 1
  }

  mutating func noteDifference(_ table: BookTable, _ document: Int) {
    nameDifferences[place(table.customer(document))] += 1
    monthDifferences[Shares.month(table.date(document))] += 1
  }

  /// Remembers the first and the last document that agrees; of one day, by the places of their invoices.
  mutating func noteSame(_ document: Int, _ table: BookTable, at place: Int) {
    guard let date = table.date(document) else { return }
    let mine = Landmark(document: document, place: place)
    if first.document < 0 {
      (first, last) = (mine, mine)
      return
    }
    let (firstDate, lastDate) = (
      table.date(first.document) ?? date, table.date(last.document) ?? date
    )
    if date < firstDate || date == firstDate && place < first.place { first = mine }
    if lastDate < date || date == lastDate && last.place <= place { last = mine }
  }

  private static func month(_ date: CalendarDate?) -> Int {
    guard let (year, month, _) = date?.components, (1900..<2200).contains(year) else {
      return monthCount - 1
    }
    return (year - 1900) * 12 + month - 1
  }

  /// Puts both sides together by the names that they have in QuickBooks.
  func finish(_ result: inout Reconciliation) {
    var byName: [[UInt8]: Reconciliation.Share] = [:]
    func add(_ name: String, _ differences: Int, _ pair: Reconciliation.Pair) {
      byName[
        Array(name.utf8),
        default: Reconciliation.Share(name: name, pair: Reconciliation.Pair(), differences: 0)
      ].add(pair, differences)
    }
    for (customer, count) in loadOps.enumerated() where count.documents > 0 {
      var pair = Reconciliation.Pair()
      pair.loadOps = count
      add(result.expectedName(customer), customerDifferences[customer], pair)
    }
    for (name, count) in books.enumerated() where count.documents > 0 {
      var pair = Reconciliation.Pair()
      pair.books = count
      add(
        name == books.count - 1 ? "" : result.books.customerName(name), nameDifferences[name], pair)
    }
    result.customers = byName.values.sorted { $0.name < $1.name }
    result.months = months.indices.filter {
      months[$0].loadOps.documents + months[$0].books.documents > 0
    }.map {
      let (year, month) = ($0 / 12 + 1900, $0 % 12 + 1)
      return Reconciliation.Share(
        name: $0 == Shares.monthCount - 1
          ? "no date" : "\(year)-\(month < 10 ? "0" : "")\(month)", pair: months[$0],
        differences: monthDifferences[$0])
    }
    result.first = landmark(first.document, result)
    result.last = landmark(last.document, result)
    result.compared = [
      "customer": compared.customer, "date": compared.date, "due_date": compared.dueDate,
      "total": compared.total, "balance": compared.balance,
    ]
  }

  private func landmark(_ document: Int, _ result: Reconciliation) -> Reconciliation.Landmark? {
    guard document >= 0, let date = result.books.date(document) else { return nil }
    return Reconciliation.Landmark(
      number: result.otherNumbers[document] ?? result.books.number(document), date: date,
      total: result.books.total(document) ?? result.books.balance(document) ?? .zero)
  }
}

extension Reconciliation.Share {
  fileprivate mutating func add(_ other: Reconciliation.Pair, _ differences: Int) {
    pair += other
    self.differences += differences
  }
}
