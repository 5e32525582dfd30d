internal import Sheets
internal import Vocabulary

/// A list or a report that QuickBooks exported as a table, held whole.
///
/// QuickBooks puts titles above the header and the time below the last row, leaves the first column
/// blank in some reports, and fills up rows with blank cells.
struct BooksTable {
  /// A row that holds anything.
  struct Row {
    /// The line, or the row of a sheet, from 1.
    var line: Int
    /// The cells' texts without outer blanks.
    var cells: [String]
  }

  /// The file as messages name it.
  let name: String
  /// The sheet of a workbook; nil for a text.
  let sheet: String?
  /// The rows.
  let rows: [Row]

  /// The place of a row.
  func location(_ row: Row) -> SourceLocation {
    SourceLocation(file: name, line: row.line, sheet: sheet)
  }

  /// Reads a text file of cells, or every sheet of a workbook.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  static func all(path: String, name: String, isWorkbook: Bool) throws(Failure) -> [BooksTable] {
    guard isWorkbook else {
      let source = try TextSource.open(path: path, name: name, hashing: false)
      return [
        try BooksTable(
          bytes: source.peek(at: UInt64(source.markLength), count: Int(source.size)), name: name)
      ]
    }
    let workbook = try Workbook(path: path, name: name)
    var tables: [BooksTable] = []
    for sheet in workbook.sheets where !sheet.isHidden {
      let rows = Collected()
      try workbook.forEachRow(of: sheet) { (row) throws(Failure) in
        rows.add(row)
        return true
      }
      tables.append(BooksTable(name: name, sheet: sheet.name, rows: rows.rows))
    }
    return tables
  }

  /// The rows of a sheet as they come.
  private final class Collected {
    private(set) var rows: [Row] = []

    func add(_ row: WorkbookRow) {
      guard let last = row.cells.last else { return }
      var cells = Array(repeating: "", count: last.column + 1)
      for cell in row.cells {
        let text = Array(row.text[cell.range])
        cells[cell.column] = String(
          decoding: text[OuterBlanks.trimmed(text.span, text.indices)], as: UTF8.self)
      }
      if cells.contains(where: { !$0.isEmpty }) { rows.append(Row(line: row.number, cells: cells)) }
    }
  }

  private init(name: String, sheet: String, rows: [Row]) {
    self.name = name
    self.sheet = sheet
    self.rows = rows
  }

  init(bytes: [UInt8], name: String) throws(Failure) {
    self.name = name
    sheet = nil
    do throws(Failure) {
      let table = try CSVTable(path: name, bytes: bytes)
      rows = ([table.header] + table.rows).map { Row(line: $0.line, cells: $0.cells) }
    } catch {
      var failure = error
      failure.cause = .inputUnreadable
      throw failure
    }
  }
}
