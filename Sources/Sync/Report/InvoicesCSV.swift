internal import Sheets
public import Vocabulary

/// Writes `invoices.csv`: one row for each invoice that was read, with what became of it and why.
///
/// Rows come one at a time, so that a million invoices need no more memory than one buffer.
public struct InvoicesCSV: ~Copyable {
  /// The first row.
  public static let header = "number,customer,date,total,decision,reasons,document,file,line\n"

  private let file: StagedFile
  private var buffer: [UInt8] = []
  private var scratch: [UInt8] = []

  /// Begins the file with the header.
  ///
  /// The file is neither finished nor published here; that is its owner's business.
  public init(file: StagedFile) {
    self.file = file
    buffer.reserveCapacity(1 << 16)
    buffer.append(contentsOf: InvoicesCSV.header.utf8)
  }

  /// Writes a row.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  public mutating func write(_ row: SyncReport.InvoiceRow) throws(Failure) {
    InvoicesCSV.append(row, to: &buffer)
    if buffer.count >= 1 << 15 { try flush() }
  }

  /// A file of the export, by its name as a cell.
  struct FileName {
    fileprivate var cell: [UInt8] = []

    init(_ name: String) { CSVText.appendCell(name, to: &cell) }
  }

  /// Writes a row without reasons, straight from the bytes of an export.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  mutating func write(
    number: Span<UInt8>, customer: Span<UInt8>, date: CalendarDate?, total: Money,
    outcome: Outcome, documentKind: StaticString, documentNumber: Span<UInt8>, file: FileName,
    line: UInt32
  ) throws(Failure) {
    let comma = UInt8(ascii: ",")
    CSVText.appendCell(number, to: &buffer)
    buffer.append(comma)
    CSVText.appendCell(customer, to: &buffer)
    buffer.append(comma)
    if let date { InvoicesCSV.append(date, to: &buffer) }
    buffer.append(comma)
    total.append(to: &buffer)
    buffer.append(comma)
    buffer.append(contentsOf: outcome.word.utf8)
    buffer.append(",,")
    scratch.removeAll(keepingCapacity: true)
    scratch.append(documentKind)
    scratch.append(documentNumber)
    let words = scratch
    CSVText.appendCell(words.span, to: &buffer)
    buffer.append(comma)
    buffer.append(file.cell.span)
    buffer.append(comma)
    if line > 0 { buffer.appendDecimal(UInt64(line)) }
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= 1 << 15 { try flush() }
  }

  /// Hands what is still buffered to the file.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  public mutating func finish() throws(Failure) {
    try flush()
  }

  private mutating func flush() throws(Failure) {
    try file.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  /// The whole file for the rows at hand.
  public static func render(_ rows: some Sequence<SyncReport.InvoiceRow>) -> String {
    var bytes = Array(header.utf8)
    for row in rows { append(row, to: &bytes) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends a row, with its line end.
  public static func append(_ row: borrowing SyncReport.InvoiceRow, to output: inout [UInt8]) {
    let comma = UInt8(ascii: ",")
    CSVText.appendCell(row.number, to: &output)
    output.append(comma)
    CSVText.appendCell(row.customer, to: &output)
    output.append(comma)
    if let date = row.date { append(date, to: &output) }
    output.append(comma)
    row.total.append(to: &output)
    output.append(comma)
    output.append(contentsOf: row.outcome.word.utf8)
    output.append(comma)
    for (index, reason) in row.reasons.enumerated() {
      // Ids are words and hyphens; only an id that is not would need quoting.
      if index > 0 { output.append(UInt8(ascii: " ")) }
      output.append(contentsOf: reason.utf8)
    }
    output.append(comma)
    CSVText.appendCell(row.document, to: &output)
    output.append(comma)
    CSVText.appendCell(row.location.file, to: &output)
    output.append(comma)
    if row.location.line > 0 { output.appendDecimal(UInt64(row.location.line)) }
    output.append(UInt8(ascii: "\n"))
  }

  private static func append(_ date: CalendarDate, to output: inout [UInt8]) {
    let (year, month, day) = date.components
    output.appendDecimal(UInt64(max(0, year)))
    for part in [month, day] {
      output.append(UInt8(ascii: "-"))
      output.append(UInt8(ascii: "0") + UInt8(part / 10))
      output.append(UInt8(ascii: "0") + UInt8(part % 10))
    }
  }
}

extension InvoicesCSV {
  /// Goes through a written file and gives the number, the decision and the amount of each row.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable` when a row is not one of ours.
  static func forEachDecision(
    ofFile path: String,
    _ body: (_ number: String, _ decision: String, _ total: Money) throws(Failure) -> Void
  ) throws(Failure) {
    var width = 0
    try CSVRows.forEach(ofFile: path) { (line, cells) throws(Failure) in
      guard line > 1 else {
        width = cells.count
        return
      }
      guard cells.count == width, width > 4, let total = Money(canonical: cells[3]) else {
        throw Failure(
          .inputUnreadable, "line \(line) is not a row that LoadBooks wrote",
          remedy: "restore the file from a backup")
      }
      try body(cells[0], cells[4], total)
    }
  }
}
