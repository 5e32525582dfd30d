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
  private var buffer: [UInt8] = []

  /// Writes the whole file, which its owner finishes.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  static func write(_ report: ReconciliationReport, to file: StagedFile) throws(Failure) {
    var table = ReconciliationCSV(file)
    for row in report.rows {
      table.append(row)
      try table.flushIfLong()
    }
    let result = report.reconciliation
    let told = Set(result.findings.lazy.filter { $0.outcome == .same }.map { Int($0.document) })
    for document in result.agreeing.indices
    where result.agreeing[document] && !told.contains(document) {
      table.append(agreeing: document, result)
      try table.flushIfLong()
    }
    try table.flush()
  }

  private init(_ file: StagedFile) {
    self.file = file
    buffer.reserveCapacity(1 << 16)
    buffer.append(contentsOf: ReconciliationCSV.header.utf8)
  }

  private mutating func flushIfLong() throws(Failure) {
    if buffer.count >= 1 << 15 { try flush() }
  }

  private mutating func flush() throws(Failure) {
    try file.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private mutating func append(_ row: ReconciliationReport.Row) {
    // A sign by itself is no formula, and a program looks for it.
    buffer.append(contentsOf: "\(row.outcome.sign),\(row.outcome.word),".utf8)
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

  /// A document that agrees says all that its invoice says.
  private mutating func append(agreeing document: Int, _ result: borrowing Reconciliation) {
    let table = result.books
    buffer.append(contentsOf: "=,same,".utf8)
    cell(result.otherNumbers[document] ?? table.number(document))
    cell("")
    cell(table.date(document))
    cell("")
    cell(table.total(document))
    cell("")
    cell(table.number(document))
    cell(table.customerName(table.customer(document)))
    cell(table.date(document))
    cell(table.dueDate(document))
    cell(table.total(document))
    cell(table.balance(document))
    buffer.append(contentsOf: ",,,,".utf8)
    let location = table.location(document)
    cell(location.file)
    cell(line: location.line)
    endRow()
  }

  private mutating func cell(_ text: String) {
    CSVText.appendCell(text, to: &buffer)
    buffer.append(UInt8(ascii: ","))
  }

  private mutating func cell(_ date: CalendarDate?) { cell(date?.description ?? "") }

  private mutating func cell(_ money: Money?) {
    money?.append(to: &buffer)
    buffer.append(UInt8(ascii: ","))
  }

  private mutating func cell(line: Int?) {
    if let line, line > 0 { buffer.appendDecimal(UInt64(line)) }
    buffer.append(UInt8(ascii: ","))
  }

  private mutating func endRow() {
    buffer[buffer.count - 1] = UInt8(ascii: "\n")
  }
}
