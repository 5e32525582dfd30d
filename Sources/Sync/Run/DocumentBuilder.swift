internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// Makes the QuickBooks document of an invoice.
///
/// What is carried: number, customer, date, due date (stated, or from the terms), terms, pickup date,
/// purchase order (else the customer's reference), a memo of load, reference, bill of lading, lane and
/// note, the terminal's class, and each line with item, description, quantity, rate and amount.
struct DocumentBuilder {
  private let plan: SyncPlan
  private var quantityText: [UInt8] = []

  init(plan: SyncPlan) {
    self.plan = plan
  }

  /// Fills `document` from an invoice that was decided to be delivered.
  mutating func build(
    _ record: Record, _ invoice: Invoice, _ assessment: InvoiceAssessor.Assessment,
    items: inout ItemBook, into document: inout SalesDocument
  ) throws(Failure) {
    document.reset()
    document.kind = assessment.kind
    let sign: Int64 = assessment.kind == .invoice ? 1 : -1
    document.total = Money(cents: sign * assessment.amount.cents)
    document.customer = plan.customerIndex[assessment.customer]
    guard let date = invoice.date, document.customer >= 0 else { throw DocumentBuilder.bug(record) }
    document.date = date
    appendNumber(record, invoice, &document)
    appendTerms(invoice, assessment, date, &document)
    document.shipDate = invoice.pickupDate
    if let terminal = assessment.terminal, plan.classIndex[terminal] >= 0 {
      document.classIndex = plan.classIndex[terminal]
    }
    let order = invoice.purchaseOrder.isEmpty ? invoice.reference : invoice.purchaseOrder
    document.purchaseOrder = append(record, order, &document)
    appendMemo(record, invoice, &document)
    for line in invoice.lines {
      let category = items.number(of: record.text.span.extracting(line.category.value.range))
      let item = category < plan.itemIndex.count ? plan.itemIndex[category] : -1
      guard item >= 0, let amount = line.amount else { throw DocumentBuilder.bug(record) }
      appendLine(record, line, item, amount, sign, items.entries[category].name, &document)
    }
  }

  private static func bug(_ record: Record) -> Failure {
    Failure(
      .ownBug,
      "invoice \(record.string(.invoiceNumber)) was to be delivered, but lacks what it needs",
      remedy: "nothing was written; please report this with the export, if you may share it")
  }

  private func append(_ record: Record, _ cell: Cell, _ document: inout SalesDocument) -> TextRange
  {
    cell.isEmpty ? .empty : document.append(record.text.span.extracting(cell.value.range))
  }

  private func appendNumber(_ record: Record, _ invoice: Invoice, _ document: inout SalesDocument) {
    var range = invoice.number.value.range
    let limit = plan.assessor.destination.documentNumberLimit
    if range.count > limit {
      range = range.upperBound - limit..<range.upperBound
    }
    document.number = document.append(record.text.span.extracting(range))
  }

  /// A stated due date counts; otherwise the terms say when it is.
  private func appendTerms(
    _ invoice: Invoice, _ assessment: InvoiceAssessor.Assessment, _ date: CalendarDate,
    _ document: inout SalesDocument
  ) {
    document.dueDate = invoice.dueDate
    guard let number = assessment.terms, let terms = plan.assessor.terms.entries[number].terms
    else {
      return
    }
    if document.dueDate == nil, !terms.isDateDriven {
      document.dueDate = date.adding(days: terms.dueDays)
    }
    if document.kind == .invoice, plan.termsIndex[number] >= 0 {
      document.terms = plan.termsIndex[number]
    }
  }

  /// `Load LD05556, Ref AB49856, Waco, TX to Tulsa, OK - note`.
  private func appendMemo(_ record: Record, _ invoice: Invoice, _ document: inout SalesDocument) {
    let start = document.text.count
    document.text.append("Load ")
    document.text.append(record.text.span.extracting(invoice.number.value.range))
    if !invoice.purchaseOrder.isEmpty { append(", Ref ", record, invoice.reference, &document) }
    append(", BOL ", record, invoice.billOfLading, &document)
    append(
      ", ", record, invoice.origin.isEmpty ? invoice.destination : invoice.origin, &document)
    if !invoice.origin.isEmpty { append(" to ", record, invoice.destination, &document) }
    append(" - ", record, invoice.note, &document)
    document.memo = TextRange(start..<document.text.count)
  }

  /// Appends words and what a cell says, unless it says nothing.
  private func append(
    _ words: StaticString, _ record: Record, _ cell: Cell, _ document: inout SalesDocument
  ) {
    guard !cell.isEmpty else { return }
    document.text.append(words)
    document.text.append(record.text.span.extracting(cell.value.range))
  }

  /// A quantity without a rate, or a rate without a quantity, is kept in the description.
  private mutating func appendLonely(
    _ quantity: FixedDecimal?, _ rate: FixedDecimal?, _ amount: Money,
    _ document: inout SalesDocument
  ) {
    quantityText.removeAll(keepingCapacity: true)
    if let quantity, quantity != .one {
      quantityText.append(contentsOf: " (quantity ".utf8)
      quantity.append(to: &quantityText)
    } else if let rate, rate != FixedDecimal(amount) {
      quantityText.append(contentsOf: " (rate ".utf8)
      rate.append(to: &quantityText, atLeast: 2)
    }
    guard !quantityText.isEmpty else { return }
    quantityText.append(UInt8(ascii: ")"))
    document.text.append(contentsOf: quantityText)
  }

  private mutating func appendLine(
    _ record: Record, _ line: Invoice.Line, _ item: Int, _ amount: Money, _ sign: Int64,
    _ category: String, _ document: inout SalesDocument
  ) {
    let start = document.text.count
    if line.description.isEmpty {
      document.text.append(contentsOf: category.utf8)
    } else {
      document.text.append(record.text.span.extracting(line.description.value.range))
    }
    var quantity = line.quantity
    var rate = line.rate
    if let stated = quantity, let price = rate, Money(quantity: stated, rate: price) != amount {
      // The amount counts; what quantity and rate were is kept for whoever reads the line.
      quantityText.removeAll(keepingCapacity: true)
      quantityText.append(contentsOf: " (".utf8)
      stated.append(to: &quantityText)
      quantityText.append(contentsOf: " @ ".utf8)
      price.append(to: &quantityText, atLeast: 2)
      quantityText.append(UInt8(ascii: ")"))
      document.text.append(contentsOf: quantityText)
      (quantity, rate) = (nil, nil)
    }
    if quantity == nil || rate == nil {
      appendLonely(quantity, rate, amount, &document)
      (quantity, rate) = (nil, nil)
    }
    document.lines.append(
      SalesDocument.Line(
        item: item, amount: Money(cents: sign * amount.cents), quantity: quantity,
        rate: rate.map { sign < 0 ? -$0 : $0 },
        description: TextRange(start..<document.text.count)))
  }
}
