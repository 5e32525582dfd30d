internal import Sheets
public import Vocabulary

/// Where a record stands: enough to find and read it again.
public struct RecordPlace: Hashable, Sendable {
  /// Which input file, by its position in the list of inputs.
  public var file: Int32
  /// Which record of the file, from 1.
  ///
  /// A CSV row is a record; so is an object in JSON.
  public var ordinal: UInt32
  /// The line its first byte is on, from 1.
  public var line: UInt32
  /// How many bytes it takes.
  public var length: UInt32
  /// The offset of its first byte in the file.
  public var offset: UInt64

  /// A place.
  public init(file: Int32, ordinal: UInt32, line: UInt32, length: UInt32, offset: UInt64) {
    self.file = file
    self.ordinal = ordinal
    self.line = line
    self.length = length
    self.offset = offset
  }
}

/// One value of a record.
public struct Cell: Hashable, Sendable {
  /// The value's bytes in ``Record/text``: unquoted, unescaped, without outer blanks.
  public var value: TextRange
  /// The cell as it stands in the file, quotes included, as a stretch of the raw bytes.
  public var source: TextRange

  /// A cell that is not there.
  @inlinable
  public static var absent: Cell { Cell(value: .empty, source: .empty) }

  /// Whether there is no value.
  @inlinable
  public var isEmpty: Bool { value.isEmpty }

  /// A value with its place.
  @inlinable
  public init(value: TextRange, source: TextRange) {
    self.value = value
    self.source = source
  }
}

/// Why a row or an object could not be read whole.
public enum RecordFault: Hashable, Sendable {
  /// The row has another number of cells than the header.
  case cellCount(expected: Int, found: Int)
  /// A quoted cell that is never closed.
  case unclosedQuote
  /// The row is longer than so many bytes; what is behind them is no part of the record.
  case tooLong(limit: Int)
  /// A cell in quotation marks holds lines that look like rows by themselves; so many of them, the first on
  /// this line.
  case swallowedRows(Int, line: Int)
  /// A cell of a column without header, from 1, in a file where any column may hold amounts.
  case unnamedCell(Int)
  /// Text between a closing quotation mark and the next cell.
  case textBehindQuote
  /// A row of a held file whose cells are what could be read of an unreadable row, not all of it.
  case stillHeld
  /// A row of a held file that waits because of its customer, which only a list of customers can clear.
  case heldForCustomer
  /// Bytes that are not UTF-8, in a file that is UTF-8 elsewhere.
  case notUTF8
  /// A character that is none in the file's encoding.
  case undecodable
  /// A zero byte, as a program leaves behind that was stopped while it wrote.
  case zeroByte
  /// Something in JSON that the record cannot be made of, with the reason and where it stands in the
  /// record's bytes; nil for the whole record.
  case json(String, at: TextRange?)
}

/// Which column of a row holds which field.
public final class RecordLayout: Sendable {
  /// A layout without columns.
  public static let empty = RecordLayout(width: 0, columns: [:])

  /// How many cells a row has.
  public let width: Int
  private let columns: [Int16]

  init(width: Int, columns: [Field: Int]) {
    self.width = width
    var table = [Int16](repeating: -1, count: Field.allCases.count)
    for (field, column) in columns { table[field.index] = Int16(column) }
    self.columns = table
  }

  /// The column that holds a field, or nil.
  public func column(of field: Field) -> Int? {
    let column = columns[field.index]
    return column >= 0 ? Int(column) : nil
  }
}

/// One customer, income category or invoice as it stands in the export: bytes and the cells in them.
///
/// A record owns a copy of its raw bytes, followed by the decoded text of cells that were escaped; the
/// cells are ranges into that. One value is reused for a whole file. An invoice may have several rows:
/// in CSV adjacent lines of the file, in JSON the elements of its `lines`.
public struct Record: Sendable {
  /// A row of the record.
  public struct Row: Hashable, Sendable {
    /// Where the row begins in ``Record/text``.
    public var start: Int32
    /// Which record of the file this row is; only in CSV do rows count singly.
    public var ordinal: UInt32
    /// The line it begins on, from 1.
    public var line: UInt32
    /// The offset of its first byte in the file.
    public var offset: UInt64
  }

  /// Where the record stands.
  public var place = RecordPlace(file: 0, ordinal: 0, line: 1, length: 0, offset: 0)
  /// The raw bytes and, behind them, decoded text.
  public var text: [UInt8] = []
  /// The rows.
  public var rows: [Row] = []
  /// What is wrong with rows of the record.
  public var faults: [(row: Int, fault: RecordFault)] = []
  /// Which column holds which field.
  public var layout: RecordLayout
  /// Whether it is an object of JSON without an array of lines: a row of a flat table, or an invoice
  /// without lines.
  public internal(set) var isLoneObject = false
  /// The field of its last cell, where the file ends in that cell without a line end and nothing about the
  /// cell itself shows that it is whole.
  public internal(set) var openEnd: Field?
  var cells: [Cell] = []

  /// An empty record of a layout.
  public init(layout: RecordLayout) {
    self.layout = layout
  }

  mutating func reset() {
    text.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
    cells.removeAll(keepingCapacity: true)
    if !faults.isEmpty { faults.removeAll() }
    isLoneObject = false
    openEnd = nil
  }

  /// The cell of a row in a column.
  @inlinable
  public func cell(_ row: Int, column: Int?) -> Cell {
    guard let column else { return .absent }
    return cellAt(row, column)
  }

  @usableFromInline
  func cellAt(_ row: Int, _ column: Int) -> Cell { cells[row * layout.width + column] }

  /// The cell of a row that holds a field; absent when there is no such column.
  public func cell(_ row: Int, _ field: Field) -> Cell {
    cell(row, column: layout.column(of: field))
  }

  /// The only cell of a row that holds anything; nil where there are none or several.
  public func onlyCell(_ row: Int) -> Cell? {
    var found: Cell?
    for column in 0..<layout.width {
      let cell = cells[row * layout.width + column]
      if cell.isEmpty { continue }
      if found != nil { return nil }
      found = cell
    }
    return found
  }

  /// The column that a cell of a row stands in; nil for a cell that is not there.
  func column(of cell: Cell, _ row: Int) -> Int? {
    guard !cell.source.isEmpty else { return nil }
    let start = row * layout.width
    return (0..<layout.width).first { cells[start + $0].source == cell.source }
  }

  /// The text of a cell.
  public func string(_ cell: Cell) -> String { text.text(cell.value) }

  /// The text of a field in the first row; empty when absent.
  public func string(_ field: Field) -> String { string(cell(0, field)) }

  /// The line on which a cell of a row begins, from 1.
  public func line(_ row: Int, _ cell: Cell) -> Int {
    let start = Int(rows[row].start)
    guard Int(cell.source.start) > start else { return Int(rows[row].line) }
    return Int(rows[row].line) + LineEnds.count(text, start..<Int(cell.source.start))
  }

  /// The offset in the file of a cell of a row.
  public func offset(_ row: Int, _ cell: Cell) -> UInt64 {
    rows[row].offset + UInt64(max(0, cell.source.start - rows[row].start))
  }

  /// Whether two rows say the same in every cell.
  public func rowsAreEqual(_ left: Int, _ right: Int) -> Bool {
    for column in 0..<layout.width {
      let first = cells[left * layout.width + column].value
      let second = cells[right * layout.width + column].value
      guard first.count == second.count,
        text.span.extracting(first.range).isSame(as: text.span.extracting(second.range))
      else { return false }
    }
    return true
  }

  /// How many rows one copy has, when the rows are a repetition; all of them otherwise.
  public var period: Int {
    let count = rows.count
    for length in 1..<max(2, count / 2 + 1) where count % length == 0 && length < count {
      if (length..<count).allSatisfy({ rowsAreEqual($0, $0 - length) }) { return length }
    }
    return count
  }

  /// Leaves out all rows but the first ones.
  public mutating func keepRows(_ count: Int) {
    rows.removeLast(rows.count - count)
    cells.removeLast(cells.count - count * layout.width)
    faults.removeAll { $0.row >= count }
  }

  /// Adds the rows of another record of the same layout, as if they had stood together.
  public mutating func append(rowsOf other: Record) {
    let shift = Int32(text.count)
    let firstRow = rows.count
    text.append(contentsOf: other.text)
    for var row in other.rows {
      row.start += shift
      rows.append(row)
    }
    for var cell in other.cells {
      cell.value.start += shift
      cell.source.start += shift
      cells.append(cell)
    }
    for (row, fault) in other.faults { faults.append((row + firstRow, fault)) }
    openEnd = openEnd ?? other.openEnd
  }
}
