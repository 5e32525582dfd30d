internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// Makes the QuickBooks document of an invoice.
///
/// What is carried: number, customer, date, due date (stated, or from the terms), terms, pickup date,
/// purchase order (else the customer's reference), a memo of load, reference, bill of lading, lane and
/// note, the terminal's class, and each line with item, description, quantity, rate and amount.
struct DocumentBuilder: ~Copyable {
  // Of the plan no more than is asked for: all of it would be copied at every call.
  private let customerIndex: [Int]
  private let itemIndex: [Int]
  private let termsIndex: [Int]
  private let classIndex: [Int]
  private let terms: TermsBook
  private let numberLimit: Int
  /// The document's text while it is put together.
  private var text = ByteSink()

  init(plan: SyncPlan) {
    customerIndex = plan.customerIndex
    itemIndex = plan.itemIndex
    termsIndex = plan.termsIndex
    classIndex = plan.classIndex
    terms = plan.assessor.terms
    numberLimit = plan.assessor.destination.documentNumberLimit
  }

  /// Fills `document` from an invoice that was decided to be delivered.
  mutating func build(
    _ record: Record, _ invoice: Invoice, _ assessment: InvoiceAssessor.Assessment,
    items: inout ItemBook, into document: inout SalesDocument
  ) throws(Failure) {
    document.reset()
    text.empty()
    document.kind = assessment.kind
    let sign: Int64 = assessment.kind == .invoice ? 1 : -1
    document.total = Money(cents: sign * assessment.amount.cents)
    document.customer = customerIndex[assessment.customer]
    guard let date = invoice.date, document.customer >= 0 else { throw DocumentBuilder.bug(record) }
    document.date = date
    appendNumber(record, invoice, &document)
    appendTerms(invoice, assessment, date, &document)
    document.shipDate = invoice.pickupDate
    if let terminal = assessment.terminal, classIndex[terminal] >= 0 {
      document.classIndex = classIndex[terminal]
    }
    let order = invoice.purchaseOrder.isEmpty ? invoice.reference : invoice.purchaseOrder
    document.purchaseOrder = append(record, order)
    appendMemo(record, invoice, &document)
    for line in invoice.lines {
      let category = items.number(of: record.text.span.extracting(line.category.value.range))
      let item = category < itemIndex.count ? itemIndex[category] : -1
      guard item >= 0, let amount = line.amount else { throw DocumentBuilder.bug(record) }
      appendLine(record, line, item, amount, sign, items.entries[category].name, &document)
    }
    document.text.append(text.bytes.span)
  }

  private static func bug(_ record: Record) -> Failure {
    Failure(
      .ownBug,
      "invoice \(record.string(.invoiceNumber)) was to be delivered, but lacks what it needs",
      remedy: "nothing was written; please report this with the export, if you may share it")
  }

  private mutating func append(_ record: Record, _ cell: Cell) -> TextRange {
    let start = text.count
    if !cell.isEmpty { text.append(record.text.span.extracting(cell.value.range)) }
    return TextRange(start..<text.count)
  }

  private mutating func appendNumber(
    _ record: Record, _ invoice: Invoice, _ document: inout SalesDocument
  ) {
    var range = invoice.number.value.range
    if range.count > numberLimit {
      range = range.upperBound - numberLimit..<range.upperBound
    }
    let start = text.count
    text.append(record.text.span.extracting(range))
    document.number = TextRange(start..<text.count)
  }

  /// A stated due date counts; otherwise the terms say when it is.
  private func appendTerms(
    _ invoice: Invoice, _ assessment: InvoiceAssessor.Assessment, _ date: CalendarDate,
    _ document: inout SalesDocument
  ) {
    document.dueDate = invoice.dueDate
    guard let number = assessment.terms, let terms = terms.entries[number].terms
    else {
      return
    }
    if document.dueDate == nil, !terms.isDateDriven {
      document.dueDate = date.adding(days: terms.dueDays)
    }
    if document.kind == .invoice, termsIndex[number] >= 0 {
      document.terms = termsIndex[number]
    }
  }

  /// `Load LD05556, Ref AB49856, Waco, TX to Tulsa, OK - note`.
  private mutating func appendMemo(
    _ record: Record, _ invoice: Invoice, _ document: inout SalesDocument
  ) {
    let start = text.count
    text.append("Load ")
    text.append(record.text.span.extracting(invoice.number.value.range))
    if !invoice.purchaseOrder.isEmpty { append(", Ref ", record, invoice.reference) }
    append(", BOL ", record, invoice.billOfLading)
    append(", ", record, invoice.origin.isEmpty ? invoice.destination : invoice.origin)
    if !invoice.origin.isEmpty { append(" to ", record, invoice.destination) }
    append(" - ", record, invoice.note)
    document.memo = TextRange(start..<text.count)
  }

  /// Appends words and what a cell says, unless it says nothing.
  private mutating func append(_ words: StaticString, _ record: Record, _ cell: Cell) {
    guard !cell.isEmpty else { return }
    text.append(words)
    text.append(record.text.span.extracting(cell.value.range))
  }

  /// A quantity without a rate, or a rate without a quantity, is kept in the description.
  private mutating func appendLonely(
    _ quantity: FixedDecimal?, _ rate: FixedDecimal?, _ amount: Money
  ) {
    if let quantity, quantity != .one {
      text.append(" (quantity ")
      text.append(quantity)
    } else if let rate, rate != FixedDecimal(amount) {
      text.append(" (rate ")
      text.append(rate, atLeast: 2)
    } else {
      return
    }
    text.append(UInt8(ascii: ")"))
  }

  private mutating func appendLine(
    _ record: Record, _ line: Invoice.Line, _ item: Int, _ amount: Money, _ sign: Int64,
    _ category: String, _ document: inout SalesDocument
  ) {
    let start = text.count
    if line.description.isEmpty {
      text.append(text: category)
    } else {
      text.append(record.text.span.extracting(line.description.value.range))
    }
    var quantity = line.quantity
    var rate = line.rate
    if let stated = quantity, let price = rate, Money(quantity: stated, rate: price) != amount {
      // The amount counts; what quantity and rate were is kept for whoever reads the line.
      text.append(" (")
      text.append(stated)
      text.append(" @ ")
      text.append(price, atLeast: 2)
      text.append(UInt8(ascii: ")"))
      (quantity, rate) = (nil, nil)
    }
    if quantity == nil || rate == nil {
      appendLonely(quantity, rate, amount)
      (quantity, rate) = (nil, nil)
    }
    document.lines.append(
      SalesDocument.Line(
        item: item, amount: Money(cents: sign * amount.cents), quantity: quantity,
        rate: rate.map { sign < 0 ? -$0 : $0 },
        description: TextRange(start..<text.count)))
  }
}
