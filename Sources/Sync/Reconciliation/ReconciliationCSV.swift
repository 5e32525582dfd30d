internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// Writes `reconciliation.csv`: every finding, and then every document that agrees.
struct ReconciliationCSV: ~Copyable {
  /// The first row.
  static let header =
    "result,class,number,customer,date,due_date,total,due_amount,quickbooks_number,"
    + "quickbooks_customer,quickbooks_date,quickbooks_due_date,quickbooks_total,quickbooks_open,"
    + "differences,reason,file,line,books_file,books_line\n"

  private let file: StagedFile
  private var buffer = ByteSink(capacity: 1 << 16)
  /// The cells of customers and files of the books, by their numbers, once they were met.
  private var customers: [[UInt8]]
  private var files: [[UInt8]]
  /// Those of LoadOps, likewise.
  private var loadOpsCustomers: [[UInt8]]
  private let loadOpsFiles: [[UInt8]]

  /// Writes the whole file, which its owner finishes.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  static func write(_ report: ReconciliationReport, to file: StagedFile) throws(Failure) {
    let result = report.reconciliation
    var table = ReconciliationCSV(file, result)
    for finding in result.findings {
      table.append(ReconciliationReport.Row(finding, result))
      try table.flushIfLong()
    }
    let told = Set(result.findings.lazy.filter { $0.outcome == .same }.map { Int($0.document) })
    var invoices = result.plan.invoices.makeIterator()
    for document in result.agreeing.indices
    where result.agreeing[document] && (told.isEmpty || !told.contains(document)) {
      let planned = invoices.invoice(at: Int(result.invoices[document]))
      table.append(agreeing: document, planned, result)
      try table.flushIfLong()
    }
    for finding in result.withoutDocument {
      table.append(ReconciliationReport.Row(finding, result))
      try table.flushIfLong()
    }
    try table.flush()
  }

  private init(_ file: StagedFile, _ result: borrowing Reconciliation) {
    self.file = file
    customers = Array(repeating: [], count: result.books.customerCount)
    files = result.books.files.map { ReconciliationCSV.cell($0.name) }
    loadOpsCustomers = Array(
      repeating: [], count: result.plan.assessor.customers.entries.count)
    loadOpsFiles = result.plan.files.map { ReconciliationCSV.cell($0.name) }
    buffer.append(text: ReconciliationCSV.header)
  }

  private mutating func flushIfLong() throws(Failure) {
    if buffer.count >= 1 << 15 { try flush() }
  }

  private mutating func flush() throws(Failure) {
    try file.write(buffer)
    buffer.empty()
  }

  private mutating func append(_ row: ReconciliationReport.Row) {
    // A sign by itself is no formula, and a program looks for it.
    buffer.append(text: "\(row.outcome.sign),\(row.outcome.word),")
    cell(row.number)
    cell(row.customer)
    cell(row.date)
    cell(row.dueDate)
    cell(row.total)
    cell(row.dueAmount)
    cell(row.bookNumber)
    cell(row.bookCustomer)
    cell(row.bookDate)
    cell(row.bookDueDate)
    cell(row.bookTotal)
    cell(row.bookBalance)
    cell(row.fields.names.joined(separator: " "))
    cell(row.reason)
    cell(row.location?.file ?? "")
    cell(line: row.location?.line)
    cell(row.bookLocation?.file ?? "")
    cell(line: row.bookLocation?.line)
    endRow()
  }

  /// An invoice and the document that agrees with it, each with what its own side says.
  ///
  /// There may be hundreds of thousands: nothing of them becomes a text of its own.
  private mutating func append(
    agreeing document: Int, _ planned: PlannedInvoice, _ result: borrowing Reconciliation
  ) {
    let number = result.books.numberBytes(document)
    var said = Reconciliation.Said(
      dueDate: planned.dueDate, total: planned.amount, dueAmount: planned.dueAmount)
    if !result.said.isEmpty, let other = result.said[document] { said = other }
    buffer.append("=,same,")
    if !result.otherNumbers.isEmpty, let other = result.otherNumbers[document] {
      cell(other)
    } else {
      cell(number.span)
    }
    let customer = Int(planned.customer)
    if customer >= 0 {
      if loadOpsCustomers[customer].isEmpty {
        loadOpsCustomers[customer] = ReconciliationCSV.cell(
          result.plan.assessor.customers.entries[customer].name)
      }
      append(loadOpsCustomers[customer])
    } else {
      buffer.append(UInt8(ascii: ","))
    }
    cell(planned.date)
    cell(said.dueDate)
    cell(said.total)
    cell(said.dueAmount)
    cell(number.span)
    cell(customer: result.books.customer(document), result.books)
    cell(result.books.date(document))
    cell(result.books.dueDate(document))
    cell(result.books.total(document))
    cell(result.books.balance(document))
    buffer.append(",,")
    append(loadOpsFiles[Int(planned.place.file)])
    cell(line: Int(planned.place.line))
    append(files[result.books.file(document)])
    cell(line: result.books.line(document))
    endRow()
  }

  private mutating func cell(customer number: Int, _ books: borrowing BookTable) {
    guard number >= 0 else { return buffer.append(UInt8(ascii: ",")) }
    if customers[number].isEmpty {
      customers[number] = ReconciliationCSV.cell(books.customerName(number))
    }
    append(customers[number])
  }

  /// Appends a cell that was made before.
  private mutating func append(_ cell: [UInt8]) { buffer.append(cell.span) }

  private static func cell(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    CSVText.appendCell(text, to: &bytes)
    bytes.append(UInt8(ascii: ","))
    return bytes
  }

  private mutating func cell(_ text: String) {
    CSVText.appendCell(text.utf8.span, to: &buffer)
    buffer.append(UInt8(ascii: ","))
  }

  private mutating func cell(_ bytes: Span<UInt8>) {
    CSVText.appendCell(bytes, to: &buffer)
    buffer.append(UInt8(ascii: ","))
  }

  private mutating func cell(_ date: CalendarDate?) {
    if let date { buffer.append(date) }
    buffer.append(UInt8(ascii: ","))
  }

  private mutating func cell(_ money: Money?) {
    if let money { buffer.append(money) }
    buffer.append(UInt8(ascii: ","))
  }

  private mutating func cell(line: Int?) {
    if let line, line > 0 { buffer.append(decimal: UInt64(line)) }
    buffer.append(UInt8(ascii: ","))
  }

  private mutating func endRow() {
    buffer.cut(to: buffer.count - 1)
    buffer.append(UInt8(ascii: "\n"))
  }
}
