public import Vocabulary

/// A typed invoice, read out of a ``Record``; texts stay ranges of the record's bytes.
public struct Invoice: Sendable {
  /// Something a cell should be and is not.
  public enum Problem: Hashable, Sendable {
    /// A date that is not a date at all, or not a day of the calendar.
    case date
    /// A date whose way of writing does not fit the rest of its column.
    case mixedDate
    /// A number that is not a number.
    case number(NumberFault)
    /// A number with an exponent, whose value is taken although digits may have been lost before.
    case exponent
    /// An amount with fractions of a cent.
    case fractionOfCent
    /// A number that only the other convention explains, such as `1.250,00` where a point is expected.
    case otherConvention
    /// A number such as `1.500` in a column with such numbers: it may be a thousand times as much.
    case doubtfulNumber
    /// A formula that nobody has calculated.
    case formula
    /// An identifier that a spreadsheet made a number with an exponent: its digits are lost.
    case lostDigits
    /// An identifier or a name that is a number with a sign, a fraction or an exponent, a date, or a truth
    /// value: some program took it for that, and how it was written is lost.
    case wrongType
    /// An error of a spreadsheet, such as `#REF!`, where something should stand.
    case cellError
    /// Rows of one invoice say different things; the other row is given.
    case conflict(otherRow: Int)
  }

  /// A problem with its place.
  public struct Flaw: Hashable, Sendable {
    /// What is wrong.
    public var problem: Problem
    /// Which row of the record.
    public var row: Int
    /// Which field.
    public var field: Field
  }

  /// One line of the invoice.
  public struct Line: Sendable {
    /// The row of the record it stands in.
    public var row: Int
    /// The income category.
    public var category: Cell
    /// The description.
    public var description: Cell
    /// The quantity; nil when absent or unreadable.
    public var quantity: FixedDecimal?
    /// The rate; nil when absent or unreadable.
    public var rate: FixedDecimal?
    /// The amount; nil when absent or unreadable.
    public var amount: Money?
    /// The line number as written.
    public var number: Cell
    /// Whether the line says that it is taxed.
    public var isTaxed: Bool
  }

  /// The invoice number.
  public var number = Cell.absent
  /// The load id, when it has a column of its own.
  public var loadID = Cell.absent
  /// The customer's name.
  public var customer = Cell.absent
  /// The customer's id.
  public var customerID = Cell.absent
  /// LoadOps's status.
  public var status = Cell.absent
  /// LoadOps's own word on whether QuickBooks has it.
  public var syncStatus = Cell.absent
  /// Terms.
  public var terms = Cell.absent
  /// The customer's reference.
  public var reference = Cell.absent
  /// The customer's purchase order.
  public var purchaseOrder = Cell.absent
  /// Bill of lading.
  public var billOfLading = Cell.absent
  /// The invoicing terminal.
  public var terminal = Cell.absent
  /// City and state of the pickup.
  public var origin = Cell.absent
  /// City and state of the drop.
  public var destination = Cell.absent
  /// The currency.
  public var currency = Cell.absent
  /// The note for the customer.
  public var note = Cell.absent
  /// The invoice date.
  public var date: CalendarDate?
  /// The due date.
  public var dueDate: CalendarDate?
  /// The day of pickup.
  public var pickupDate: CalendarDate?
  /// The declared total.
  public var declaredTotal: Money?
  /// What is still open.
  public var dueAmount: Money?
  /// The lines in the order of the export.
  public var lines: [Line] = []
  /// Whether the export has no lines, and one was made of the total.
  public var isLumped = false
  /// Whether the lines come from files of income beside the one with the invoices.
  public var isJoined = false
  /// Everything that is wrong with the cells.
  public var flaws: [Flaw] = []

  /// An empty invoice, to be filled.
  public init() {}

  /// The sum of the amounts that could be read.
  public var lineSum: Money {
    var sum = Money.zero
    for line in lines { if let amount = line.amount { sum += amount } }
    return sum
  }
}

/// Reads typed invoices out of records of one layout.
///
/// What stands once per invoice is repeated on each of its rows in a flat file. Every row must then say
/// the same or nothing; a contradiction is a flaw, never "the last one wins".
public final class InvoiceDecoder: Sendable {
  private let layout: RecordLayout
  private let dates: DateColumns
  private let numbers: NumberStyle
  /// Numbers that are no text in JSON or in a workbook, which have a point whatever the convention.
  private let typedNumbers: NumberStyle
  private let days: LocalDays
  private let isJSON: Bool
  /// Whether what has no quotation marks around it is a number, a date or a truth value by its type.
  private let hasTypes: Bool
  /// The fields whose column has numbers that only the other convention explains.
  private let doubtful: Set<Field>
  private let shared: [(field: Field, column: Int)]
  /// The last column of the file itself that holds what an invoice has once; -1 for none.
  private let lastShared: Int

  private let category: Int?
  private let lineDescription: Int?
  private let quantity: Int?
  private let rate: Int?
  private let amount: Int?
  private let lineNumber: Int?
  private let taxable: Int?
  private let taxCode: Int?

  private static let sharedFields: [Field] = [
    .customerName, .customerID, .status, .syncStatus, .terms, .referenceNumber,
    .purchaseOrderNumber, .billOfLadingNumber, .terminal, .origin, .destination, .currency,
    .invoiceNote, .invoiceDate, .dueDate, .pickupDate, .invoiceTotal, .dueAmount, .loadID,
  ]

  /// A decoder for records of a layout.
  ///
  /// - Parameters:
  ///   - layout: Where each field is.
  ///   - dates: How the columns of dates are read.
  ///   - numbers: How numbers are written, where they are text.
  ///   - days: On which day a moment falls for the company.
  ///   - isSheet: Whether the records come from the sheet of a workbook.
  ///   - doubtful: The fields in which a number such as `1.500` may mean a thousand times as much.
  public init(
    layout: RecordLayout, dates: DateColumns, numbers: NumberStyle = NumberStyle(),
    days: LocalDays = LocalDays.of(timeZone: "America/Chicago"), isSheet: Bool = false,
    doubtful: Set<Field> = []
  ) {
    self.layout = layout
    self.dates = dates
    self.numbers = numbers
    self.days = days
    typedNumbers = NumberStyle(.us, currency: numbers.currency)
    isJSON = layout === JSONRecordReader.layout
    hasTypes = isJSON || isSheet
    self.doubtful = doubtful
    shared = InvoiceDecoder.sharedFields.compactMap { field in
      layout.column(of: field).map { (field, $0) }
    }
    lastShared = shared.map(\.column).max() ?? -1
    category = layout.column(of: .category)
    lineDescription = layout.column(of: .lineDescription)
    quantity = layout.column(of: .quantity)
    rate = layout.column(of: .rate)
    amount = layout.column(of: .amount)
    lineNumber = layout.column(of: .lineNumber)
    taxable = layout.column(of: .taxable)
    taxCode = layout.column(of: .taxCode)
  }

  /// Fills `invoice` from a record.
  public func decode(_ record: Record, into invoice: inout Invoice) {
    invoice.lines.removeAll(keepingCapacity: true)
    if !invoice.flaws.isEmpty { invoice.flaws.removeAll() }
    clear(&invoice)
    (invoice.isLumped, invoice.isJoined) = (false, false)
    invoice.number = record.cell(0, .invoiceNumber)
    if !invoice.number.isEmpty { checkType(.invoiceNumber, record, 0, invoice.number, &invoice) }
    let (cells, text, rows) = (record.cells, record.text, record.rows.count)
    // In most files all rows of an invoice begin with the same bytes, which then need not be looked at again.
    let compared = beginAlike(record) ? 1 : rows
    for (field, column) in shared {
      let agreed = InvoiceDecoder.agreedRow(cells.span, text.span, compared, layout.width, column)
      if agreed.other >= 0 {
        invoice.flaws.append(
          Invoice.Flaw(
            problem: .conflict(otherRow: agreed.row), row: agreed.other, field: field))
      }
      if agreed.row >= 0 {
        set(field, record, agreed.row, cells[agreed.row * layout.width + column], &invoice)
      }
    }
    for row in 0..<rows { appendLine(record, cells.span, row, &invoice) }
  }

  /// Gives an invoice of a file without lines one for each row, over its total.
  ///
  /// The income category is put behind the record's text, where the line refers to it.
  public func lump(_ record: inout Record, _ category: String, into invoice: inout Invoice) {
    let start = record.text.count
    record.text.append(contentsOf: category.utf8)
    let value = TextRange(start..<record.text.count)
    invoice.lines.removeAll(keepingCapacity: true)
    invoice.isLumped = true
    for row in record.rows.indices {
      let total = record.cell(row, .invoiceTotal)
      let number = record.cell(row, column: lineNumber)
      // A total that cannot be read is a flaw already; where totals contradict each other, each is its
      // row's.
      let amount = total.isEmpty ? nil : readable(record, total, invoice)
      invoice.lines.append(
        Invoice.Line(
          row: row, category: Cell(value: value, source: total.source),
          description: record.cell(row, column: lineDescription), quantity: nil, rate: nil,
          amount: amount,
          number: number, isTaxed: isTaxed(record, record.cell(row, column: taxable))))
    }
  }

  /// Gives an invoice of a file without lines those that other files have for its number.
  ///
  /// Where an invoice stands in several rows each of them gets all lines, so that a repetition is seen.
  public func join(
    _ record: inout Record, _ lines: [(category: String, amount: Money?)],
    into invoice: inout Invoice
  ) {
    invoice.lines.removeAll(keepingCapacity: true)
    invoice.isJoined = true
    for row in record.rows.indices {
      let source = record.cell(row, .invoiceTotal).source
      for line in lines {
        let start = record.text.count
        record.text.append(contentsOf: line.category.utf8)
        invoice.lines.append(
          Invoice.Line(
            row: row, category: Cell(value: TextRange(start..<record.text.count), source: source),
            description: .absent, quantity: nil, rate: nil, amount: line.amount, number: .absent,
            isTaxed: false))
      }
    }
  }

  private func clear(_ invoice: inout Invoice) {
    (invoice.loadID, invoice.customer, invoice.customerID) = (.absent, .absent, .absent)
    (invoice.status, invoice.syncStatus, invoice.terms) = (.absent, .absent, .absent)
    (invoice.reference, invoice.purchaseOrder) = (.absent, .absent)
    (invoice.billOfLading, invoice.terminal, invoice.origin) = (.absent, .absent, .absent)
    (invoice.destination, invoice.currency, invoice.note) = (.absent, .absent, .absent)
    (invoice.date, invoice.dueDate, invoice.pickupDate) = (nil, nil, nil)
    (invoice.declaredTotal, invoice.dueAmount) = (nil, nil)
  }

  /// Whether the rows of a record have the same bytes up to the end of the last cell that an invoice has once.
  private func beginAlike(_ record: Record) -> Bool {
    guard !isJSON, record.rows.count > 1, lastShared >= 0 else { return false }
    let text = record.text.span
    var first = 0..<0
    for row in record.rows.indices {
      let cell = record.cells[row * layout.width + lastShared].source
      // A cell that is not there stands nowhere.
      guard cell.start > record.rows[row].start else { return false }
      let range = Int(record.rows[row].start)..<cell.range.upperBound
      if row == 0 {
        first = range
      } else if !text.extracting(first).isSame(as: text.extracting(range)) {
        return false
      }
    }
    return true
  }

  /// The first row that says something about a field, and the first one that contradicts it; -1 for none.
  private static func agreedRow(
    _ cells: Span<Cell>, _ text: Span<UInt8>, _ rows: Int, _ width: Int, _ column: Int
  ) -> (row: Int, other: Int) {
    var found = -1
    var value = TextRange.empty
    var index = column
    for row in 0..<rows {
      let here = cells[index].value
      index += width
      if here.isEmpty { continue }
      if found < 0 {
        found = row
        value = here
      } else if here.count != value.count
        || !text.extracting(value.range).isSame(as: text.extracting(here.range))
      {
        return (found, row)
      }
    }
    return (found, -1)
  }

  private func set(
    _ field: Field, _ record: Record, _ row: Int, _ cell: Cell, _ invoice: inout Invoice
  ) {
    if !field.isDate { check(field, record, row, cell, &invoice) }
    switch field {
    case .customerName: invoice.customer = cell
    case .customerID: invoice.customerID = cell
    case .status: invoice.status = cell
    case .syncStatus: invoice.syncStatus = cell
    case .terms: invoice.terms = cell
    case .referenceNumber: invoice.reference = cell
    case .purchaseOrderNumber: invoice.purchaseOrder = cell
    case .billOfLadingNumber: invoice.billOfLading = cell
    case .terminal: invoice.terminal = cell
    case .origin: invoice.origin = cell
    case .destination: invoice.destination = cell
    case .currency: invoice.currency = cell
    case .invoiceNote: invoice.note = cell
    case .loadID: invoice.loadID = cell
    case .invoiceDate: invoice.date = date(record, row, field, cell, &invoice)
    case .dueDate: invoice.dueDate = date(record, row, field, cell, &invoice)
    case .pickupDate: invoice.pickupDate = date(record, row, field, cell, &invoice)
    case .invoiceTotal: invoice.declaredTotal = money(record, row, field, cell, &invoice)
    case .dueAmount: invoice.dueAmount = money(record, row, field, cell, &invoice)
    default: break
    }
  }

  /// Notes what a spreadsheet left behind where a text should stand.
  @inline(__always)
  private func check(
    _ field: Field, _ record: Record, _ row: Int, _ cell: Cell, _ invoice: inout Invoice
  ) {
    let first = record.text[Int(cell.value.start)]
    if hasTypes { checkType(field, record, row, cell, &invoice) }
    if first == UInt8(ascii: "#") {
      if SpreadsheetText.isError(record.text.span.extracting(cell.value.range)) {
        invoice.flaws.append(Invoice.Flaw(problem: .cellError, row: row, field: field))
      }
    } else if first &- 0x30 < 10, field.isIdentifier,
      SpreadsheetText.hasLostDigits(record.text.span.extracting(cell.value.range))
    {
      invoice.flaws.append(Invoice.Flaw(problem: .lostDigits, row: row, field: field))
    }
  }

  /// The cell in a column of the row that begins at `start`; absent when there is no such column.
  @inline(__always)
  private static func cell(_ cells: Span<Cell>, _ start: Int, _ column: Int?) -> Cell {
    if let column { cells[start + column] } else { .absent }
  }

  private func appendLine(
    _ record: Record, _ cells: Span<Cell>, _ row: Int, _ invoice: inout Invoice
  ) {
    let start = row * layout.width
    let categoryCell = InvoiceDecoder.cell(cells, start, category)
    let amountCell = InvoiceDecoder.cell(cells, start, amount)
    let description = InvoiceDecoder.cell(cells, start, lineDescription)
    let quantityCell = InvoiceDecoder.cell(cells, start, quantity)
    let rateCell = InvoiceDecoder.cell(cells, start, rate)
    if categoryCell.isEmpty, amountCell.isEmpty, description.isEmpty, quantityCell.isEmpty,
      rateCell.isEmpty
    {
      return
    }
    let tax = InvoiceDecoder.cell(cells, start, taxable)
    let code = InvoiceDecoder.cell(cells, start, taxCode)
    if !categoryCell.isEmpty { check(.category, record, row, categoryCell, &invoice) }
    if !description.isEmpty { check(.lineDescription, record, row, description, &invoice) }
    invoice.lines.append(
      Invoice.Line(
        row: row, category: categoryCell, description: description,
        quantity: decimal(record, row, .quantity, quantityCell, &invoice),
        rate: decimal(record, row, .rate, rateCell, &invoice),
        amount: money(record, row, .amount, amountCell, &invoice),
        number: InvoiceDecoder.cell(cells, start, lineNumber),
        isTaxed: isTaxed(record, tax) || isTaxed(record, code)))
  }

  /// Only a plain no says that a line is not taxed; whatever else stands there may mean a tax.
  private func isTaxed(_ record: Record, _ cell: Cell) -> Bool {
    guard !cell.isEmpty else { return false }
    switch record.string(cell).lowercased() {
    case "false", "no", "n", "0", "non", "none", "exempt", "-": return false
    default: return true
    }
  }

  private func decimal(
    _ record: Record, _ row: Int, _ field: Field, _ cell: Cell, _ invoice: inout Invoice
  ) -> FixedDecimal? {
    guard !cell.isEmpty else { return nil }
    // A number of JSON or of a sheet, which unlike a text has no quotes around it, knows only the point.
    let text = record.text.span.extracting(cell.value.range)
    var (isTyped, isDoubtful) = (false, false)
    if hasTypes || !doubtful.isEmpty {
      isTyped = hasTypes && cell.value == cell.source
      isDoubtful = !isTyped && doubtful.contains(field)
      if isJSON, !isTyped, numbers.convention == .eu, WrittenNumber.isCanonical(text) {
        // In JSON the canonical form is a text with a point.
        (isTyped, isDoubtful) = (true, true)
      }
    }
    switch isTyped ? FixedDecimal.parse(text, typedNumbers) : FixedDecimal.parse(text, numbers) {
    case .absent: return nil
    case .value(let value):
      guard isDoubtful, WrittenNumber.isAmbiguous(text) else { return value }
      invoice.flaws.append(Invoice.Flaw(problem: .doubtfulNumber, row: row, field: field))
      return nil
    case .exponential(let value):
      invoice.flaws.append(Invoice.Flaw(problem: .exponent, row: row, field: field))
      return value
    case .fault(let fault):
      let problem = InvoiceDecoder.problem(fault, text, isTyped ? typedNumbers : numbers)
      invoice.flaws.append(Invoice.Flaw(problem: problem, row: row, field: field))
      return nil
    }
  }

  private func money(
    _ record: Record, _ row: Int, _ field: Field, _ cell: Cell, _ invoice: inout Invoice
  ) -> Money? {
    guard let value = decimal(record, row, field, cell, &invoice) else { return nil }
    guard let money = Money(value) else {
      invoice.flaws.append(Invoice.Flaw(problem: .fractionOfCent, row: row, field: field))
      return nil
    }
    return money
  }

  /// Notes what no program would have written for an identifier or a name.
  private func checkType(
    _ field: Field, _ record: Record, _ row: Int, _ cell: Cell, _ invoice: inout Invoice
  ) {
    let text = record.text.span.extracting(cell.value.range)
    guard hasTypes else {
      if text[text.count - 1] == 0x30, InvoiceDecoder.hasIdleFraction(text) {
        invoice.flaws.append(Invoice.Flaw(problem: .wrongType, row: row, field: field))
      }
      return
    }
    // A number that is none is told where it is read as one.
    guard cell.value == cell.source, !field.isFigure || field.isIdentifier else { return }
    if text[0] == UInt8(ascii: "="), !isJSON {
      invoice.flaws.append(Invoice.Flaw(problem: .formula, row: row, field: field))
    } else if InvoiceDecoder.isWrongType(text, field, isJSON: isJSON) {
      invoice.flaws.append(Invoice.Flaw(problem: .wrongType, row: row, field: field))
    }
  }

  /// The total of a row, unless it is a flaw already that it cannot be read.
  private func readable(_ record: Record, _ cell: Cell, _ invoice: Invoice) -> Money? {
    let flaws = invoice.flaws.filter { $0.field == .invoiceTotal }
    guard !flaws.isEmpty else { return invoice.declaredTotal }
    let isContradiction = flaws.allSatisfy {
      if case .conflict = $0.problem { true } else { false }
    }
    guard isContradiction else { return nil }
    let style = hasTypes && cell.value == cell.source ? typedNumbers : numbers
    switch FixedDecimal.parse(record.text.span.extracting(cell.value.range), style) {
    case .value(let value), .exponential(let value): return Money(value)
    case .absent, .fault: return nil
    }
  }

  private func date(
    _ record: Record, _ row: Int, _ field: Field, _ cell: Cell, _ invoice: inout Invoice
  ) -> CalendarDate? {
    let text = record.text.span.extracting(cell.value.range)
    switch dates.reading(text, field, days) {
    case nil: return nil
    case .success(let date): return date
    case .failure(let fault):
      let problem: Invoice.Problem =
        fault == .undecided
        ? .mixedDate
        : SpreadsheetText.isError(text)
          ? .cellError : text[0] == UInt8(ascii: "=") ? .formula : .date
      invoice.flaws.append(Invoice.Flaw(problem: problem, row: row, field: field))
      return nil
    }
  }
}
