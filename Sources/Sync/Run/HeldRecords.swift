internal import LoadOps
internal import Vocabulary

/// Writes the held records in the layout they came in, ready to be mended and dropped again.
///
/// A column in front says why; it is passed over when the file is read again. Files of different
/// layouts get a file each: `held.csv`, `held-2.csv`. What came as JSON is written in the canonical
/// columns. A row that could not be split keeps its text in the first column, so that nothing is lost.
struct HeldRecords {
  private var files: [(headers: [String], file: StagedFile)] = []
  private let folder: String
  private let numbers: NumberConvention
  private let days: LocalDays
  private var row: [UInt8] = []

  private static let canonical = Field.allCases.filter {
    $0.belongs(to: .invoices)
  }

  init(folder: String, settings: Settings) {
    self.folder = folder
    numbers = settings.formats.numbers
    days = settings.localDays
  }

  /// The files, to be finished and published with the others.
  var staged: [StagedFile] { files.map(\.file) }

  /// Begins `held.csv` even when nothing is held, so that there is always one to look at.
  mutating func begin(_ headers: [String]?) throws(Failure) {
    _ = try file(for: headers)
  }

  /// Writes all rows of a held invoice.
  mutating func write(
    _ record: Record, headers: [String]?, isSheet: Bool = false, dates: DateColumns,
    reasons: [Finding]
  ) throws(Failure) {
    let position = try file(for: headers)
    // The rows around these said how dates are written; alone, these could not.
    var columns: [Int: Field] = [:]
    for field in Field.allCases where field.isDate {
      if let column = record.layout.column(of: field) { columns[column] = field }
    }
    let why = reasons.map { "\($0.kind.id): \($0.message); \($0.remedy)" }
      .joined(separator: " | ")
    let keptIDs = Set(HeldColumn.reasonsBeyondTheRow + HeldColumn.reasonsOfCustomers)
    let isKept = reasons.contains { keptIDs.contains($0.kind.id) }
    for index in record.rows.indices {
      // A row of the wide layout is several lines, and stays one row.
      if index > 0, headers != nil, record.rows[index].offset == record.rows[index - 1].offset {
        continue
      }
      row.removeAll(keepingCapacity: true)
      var text = why + (isKept ? " | empty this cell when the row is right" : "")
      if record.faults.contains(where: { $0.row == index }) {
        let line = record.wholeRow(index)
        text +=
          " | " + HeldColumn.originalMark
          + String(decoding: record.text[line.source.range], as: UTF8.self)
      }
      CSVText.appendCell(text, to: &row)
      if let headers {
        for column in headers.indices where headers[column] != HeldColumn.name {
          append(
            record, record.cell(index, column: column), columns[column], dates,
            hasTypes: isSheet)
        }
      } else {
        for field in HeldRecords.canonical {
          let own = record.cell(index, field)
          append(
            record, own.isEmpty && !HeldRecords.isLineField(field) ? record.firstCell(field) : own,
            field.isDate ? field : nil, dates, hasTypes: true,
            isAmount: HeldRecords.isNumber(field))
        }
      }
      row.append(UInt8(ascii: "\n"))
      try files[position].file.write(row)
    }
  }

  private mutating func append(
    _ record: Record, _ cell: Cell, _ date: Field?, _ dates: DateColumns, hasTypes: Bool,
    isAmount: Bool = false
  ) {
    row.append(UInt8(ascii: ","))
    if let date, let day = dates.day(record.text.span.extracting(cell.value.range), date, days) {
      row.append(contentsOf: day.description.utf8)
      return
    }
    let isTyped = hasTypes && (cell.value == cell.source || isAmount)
    if numbers == .eu, isTyped, record.text[cell.value.range].contains(UInt8(ascii: ".")),
      WrittenNumber.isCanonical(record.text.span.extracting(cell.value.range))
    {
      // A number of JSON or a workbook has a decimal point whatever the convention; in a text it must not.
      row.append(UInt8(ascii: "\""))
      row.append(contentsOf: record.text[cell.value.range].map { $0 == 0x2E ? 0x2C : $0 })
      row.append(UInt8(ascii: "\""))
      return
    }
    CSVText.appendCell(record.text.span.extracting(cell.value.range), to: &row)
  }

  private static func isNumber(_ field: Field) -> Bool {
    switch field {
    case .quantity, .rate, .amount, .invoiceTotal, .dueAmount: true
    default: false
    }
  }

  private static func isLineField(_ field: Field) -> Bool {
    switch field {
    case .lineNumber, .category, .lineDescription, .quantity, .unit, .rate, .amount, .serviceDate,
      .taxable, .taxCode:
      true
    default: false
    }
  }

  private mutating func file(for headers: [String]?) throws(Failure) -> Int {
    let names = (headers ?? HeldRecords.canonical.map(\.name)).filter { $0 != HeldColumn.name }
    if let position = files.firstIndex(where: { $0.headers == names }) { return position }
    let name = files.isEmpty ? "held.csv" : "held-\(files.count + 1).csv"
    let file = try StagedFile(folder: folder, name: name)
    var header: [UInt8] = []
    CSVText.appendCell(HeldColumn.name, to: &header)
    for name in names {
      header.append(UInt8(ascii: ","))
      CSVText.appendCell(name, to: &header)
    }
    header.append(UInt8(ascii: "\n"))
    try file.write(header)
    files.append((names, file))
    return files.count - 1
  }
}
