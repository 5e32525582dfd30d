internal import Sheets
internal import Vocabulary

/// Reads the records of a CSV export; adjacent rows with one invoice number are one record.
///
/// To whoever changes this: a row is never dropped. One that cannot be split, or has too few or too many
/// cells, still becomes part of its invoice when its number can be read, with a ``RecordFault`` that
/// holds the whole invoice; otherwise an invoice could go out with a line missing.
///
/// What it is busy with is never asked for exclusive access while the program runs: a reader belongs to one task, and
/// nothing that it calls comes back to it.
///
/// Nearly every row is an ordinary one (see `isOrdinary`), and those go a short way on which nothing is asked that they
/// cannot be. Every other row goes the long way, whose questions stand in `CSVRecordReader+Rows.swift`.
final class CSVRecordReader {
  let columns: CSVColumns
  var kind: RecordKind { columns.kind }
  @exclusivity(unchecked) var notes = ExportNotes()
  let headerLine: Int

  let window: ByteWindow
  private let file: Int32
  let delimiter: UInt8
  let headerBytes: [UInt8]
  /// The first header, by which a header row that is written another way is noticed.
  let firstHeader: (column: Int, text: [UInt8])
  let numberColumn: Int?
  let customerColumn: Int
  let dateColumn: Int
  let categoryColumn: Int
  let amountColumn: Int
  let totalColumn: Int
  /// The columns that say something about a line, beside its category.
  let lineColumns: [Int]
  /// Whether rows were found that leave out what their invoice's first row says.
  private var fillsDown: Bool { notes.rowsBelow > 0 }
  /// Whether rows were found that repeat the number of the row above.
  @exclusivity(unchecked) private(set) var repeatsNumbers = false
  /// Whether a row of totals stood between the last row and the one before.
  @exclusivity(unchecked) var totalsPassed = false
  /// Whether records are read one after another, and noted, rather than once more.
  @exclusivity(unchecked) var isNoting = true
  /// The text of each income category that has a column, as it is put behind a record.
  let wideCategories: [[UInt8]]
  /// Which columns hold identifiers, numbers or dates rather than words.
  let isFigure: [Bool]
  /// Whether the whole text is known to hold no character that cannot be.
  let isTrusted: Bool
  /// The column that a held file has in front.
  let heldColumn: Int?
  /// How many columns the header has.
  let width: Int

  /// What is in view of the window, where that begins in the text, and whether the text ends there.
  @exclusivity(unchecked) private(set) var view: WindowBytes
  @exclusivity(unchecked) private(set) var viewOffset: UInt64
  @exclusivity(unchecked) private(set) var isAtEnd: Bool
  /// Where the record that is being read begins in view; it is kept there.
  @exclusivity(unchecked) var recordStart: Int
  /// Where the next row begins in view, and on which line.
  @exclusivity(unchecked) var cursor: Int
  @exclusivity(unchecked) var line: Int
  @exclusivity(unchecked) private var ordinal: UInt32 = 0
  /// The row that was read last but belongs to the next record.
  @exclusivity(unchecked) private var pending: Row?
  /// The cells of the row read last, and what is wrong with it.
  @exclusivity(unchecked) var cells = UnsafeBufferPointer<CSVCell>(start: nil, count: 0)
  @exclusivity(unchecked) var fault: RecordFault?
  @exclusivity(unchecked) private var hasLineEnds = false
  /// The memory of the cells, and that of the row read ahead while a record is read again.
  @exclusivity(unchecked) var cellMemory: UnsafeMutablePointer<CSVCells>
  @exclusivity(unchecked) private var aheadMemory: UnsafeMutablePointer<CSVCells>
  /// Looks for rows inside cells; nil in files without invoices.
  let swallowedRows: SwallowedRows?
  /// Whether no header holds a digit, so that no number can be one.
  private let headersLackDigits: Bool
  /// Whether a row's cells are all there is to it: no columns without header, no lines in columns.
  let isPlainTable: Bool
  @exclusivity(unchecked) var escaped: [Int] = []
  /// Rows in the wide layout that are still one row each, with the position of their first cell.
  @exclusivity(unchecked) var widenings: [(row: Int, first: Int)] = []
  /// The number of the record that is being read: a stretch behind the record's start, unless it had to be
  /// decoded.
  @exclusivity(unchecked) private var numberRange = TextRange.empty
  @exclusivity(unchecked) private var decodedNumber: [UInt8]?
  var unclosedQuotes = 0
  /// Whether the rest of the row read last is not looked at, because it is too long.
  @exclusivity(unchecked) var skipsRest = false
  /// The text of an escaped cell while it is decoded.
  @exclusivity(unchecked) var scratch = ByteSink()

  /// A cell that goes on for so many bytes is taken for a quote that was never closed.
  static let longestRow = 1 << 20
  /// After so many unclosed quotes the rest of the file cannot be trusted.
  static let mostUnclosedQuotes = 100

  struct Row {
    var start: Int
    var next: Int
    var line: Int
    var ordinal: UInt32
  }

  init(
    window: ByteWindow, file: Int, meanings: [String: ColumnMeaning],
    options: LayoutOptions = .flatOnly
  ) throws(Failure) {
    self.window = window
    self.file = Int32(file)
    let header = try CSVHeader.find(in: window, meanings: meanings, options: options)
    (cellMemory, aheadMemory) = (.allocate(capacity: 1), .allocate(capacity: 1))
    cellMemory.initialize(to: CSVCells())
    aheadMemory.initialize(to: CSVCells())
    columns = header.columns
    delimiter = header.delimiter
    headerBytes = header.bytes
    line = header.nextLine
    headerLine = header.line
    (view, viewOffset, isAtEnd) = (window.bytes, window.baseOffset, window.isAtEnd)
    recordStart = window.start
    cursor = window.start
    width = columns.headers.count
    numberColumn = columns.kind == .invoices ? columns.layout.column(of: .invoiceNumber) : nil
    var flags = [Bool](repeating: false, count: columns.layout.width)
    for field in Field.allCases where field.isFigure {
      if let column = columns.layout.column(of: field) { flags[column] = true }
    }
    for (column, _) in columns.wide { flags[column] = true }
    isFigure = flags
    let source = window.source
    isTrusted = source.isPlain || !(source.isBroken || source.hasNUL || source.hasUndecodable)
    heldColumn = columns.headers.firstIndex(of: HeldColumn.name)
    let layout = columns.layout
    let none = layout.width
    let column = columns.headers.firstIndex { !$0.isEmpty } ?? 0
    firstHeader = (column, Array((columns.headers.isEmpty ? "" : columns.headers[column]).utf8))
    customerColumn = layout.column(of: .customerName) ?? none
    dateColumn = layout.column(of: .invoiceDate) ?? none
    categoryColumn = layout.column(of: .category) ?? none
    totalColumn = layout.column(of: .invoiceTotal) ?? none
    amountColumn = layout.column(of: .amount) ?? none
    let (delimiter, width) = (delimiter, width)
    let figures = [dateColumn, amountColumn, totalColumn].filter { [width] in $0 < width }
    swallowedRows = numberColumn.map {
      SwallowedRows(delimiter: delimiter, width: width, number: $0, others: figures)
    }
    lineColumns = [Field.lineDescription, .quantity, .rate].compactMap(layout.column(of:))
    wideCategories = columns.wide.map { Array($0.category.utf8) }
    headersLackDigits = !columns.headers.contains { $0.utf8.contains { $0 &- 0x30 < 10 } }
    isPlainTable =
      columns.unnamed.isEmpty && !columns.invoiceLayout.addsColumns && heldColumn == nil
    notes.unknownNames = columns.unknown
    notes.titles = header.titles
    notes.readsRateAsAmount = columns.readsRateAsAmount
  }

  deinit {
    for memory in [cellMemory, aheadMemory] {
      memory.deinitialize(count: 1)
      memory.deallocate()
    }
  }

  /// How the file lays out invoices, as far as it was read.
  var layout: InvoiceLayout { fillsDown ? .fillDown : columns.invoiceLayout }

  func next(into record: inout Record) throws(Failure) -> Bool {
    record.reset()
    if record.layout !== columns.layout { record.layout = columns.layout }
    if !escaped.isEmpty { escaped.removeAll(keepingCapacity: true) }
    if !widenings.isEmpty { widenings.removeAll(keepingCapacity: true) }
    guard let first = try nextRow(inRecord: false) else { return false }
    totalsPassed = false
    recordStart = first.start
    record.place = RecordPlace(
      file: file, ordinal: first.ordinal, line: UInt32(first.line), length: 0,
      offset: viewOffset + UInt64(first.start))
    append(first, view.buffer.span, base: first.start, to: &record)
    var end = first.next - first.start
    if let numberColumn, takeNumber(numberColumn, view.buffer.span) {
      while !skipsRest, let row = try nextRow(inRecord: true) {
        let bytes = view.buffer.span
        let isRepeated = matchesNumber(numberColumn, bytes)
        guard !totalsPassed, isRepeated || continues(numberColumn, bytes) else {
          pending = row
          break
        }
        if isRepeated { repeatsNumbers = true } else { notes.rowsBelow += 1 }
        append(row, bytes, base: recordStart, to: &record)
        end = row.next - recordStart
      }
    }
    record.text.append(view.buffer.span.extracting(recordStart..<recordStart + end))
    finish(&record)
    if !columns.doubles.isEmpty { try checkDoubles(record) }
    return true
  }

  /// Fills a record whose raw bytes were read again.
  func reparse(_ record: inout Record) {
    if record.layout !== columns.layout { record.layout = columns.layout }
    // The row read ahead keeps its cells.
    swap(&cellMemory, &aheadMemory)
    let (ahead, aheadFault) = (cells, fault)
    isNoting = false
    defer {
      swap(&cellMemory, &aheadMemory)
      (cells, fault) = (ahead, aheadFault)
      isNoting = true
    }
    escaped.removeAll(keepingCapacity: true)
    widenings.removeAll(keepingCapacity: true)
    let text = record.text
    let raw = text.span
    var index = 0
    var ordinal = record.place.ordinal
    var line = Int(record.place.line)
    while index < raw.count {
      var row = Row(start: index, next: raw.count, line: line, ordinal: ordinal)
      switch parse(raw, from: index, isLast: true) {
      case .row(let next):
        row.next = next
        if isOrdinary(raw, row), CSVRecordReader.isLineEnd(raw[next - 1]) {
          (index, line) = (next, line + lines(row, raw))
          append(row, raw, base: 0, to: &record)
          ordinal += 1
          continue
        }
      case .needsMore: break
      case .unclosedQuote(let cell): closeQuote(&row, cell, raw)
      }
      index = row.next
      line += LineEnds.count(raw, row.start..<row.next)
      noteExtent(row, raw, lines: line - row.line)
      if isBlank() || isHeader(row, raw) { continue }
      // What is damaged is a record, whatever it is called, as when it was read first.
      if fault == nil, totalsLabel(raw) != nil { continue }
      append(row, raw, base: 0, to: &record)
      ordinal += 1
    }
    finish(&record)
  }

  // MARK: - Rows

  /// The next row that holds data, split into ``cells``; nil at the end of the file.
  private func nextRow(inRecord: Bool) throws(Failure) -> Row? {
    if var row = pending {
      pending = nil
      // The window has not moved since, but the cells were those of this row.
      row.next = cursor
      return row
    }
    while true {
      if !inRecord {
        if skipsRest { try skipRest() }
        recordStart = cursor
      }
      let bytes = view.buffer.span
      if cursor >= bytes.count {
        if isAtEnd { return nil }
        try refill()
        continue
      }
      var row = Row(start: cursor, next: cursor, line: line, ordinal: ordinal + 1)
      let isLast = isAtEnd
      switch parse(bytes, from: cursor, isLast: isLast) {
      case .row(let next):
        row.next = next
        if next < bytes.count, isOrdinary(bytes, row) {
          line += lines(row, bytes)
          cursor = next
          ordinal += 1
          notes.records += 1
          return row
        }
      case .needsMore:
        if bytes.count - cursor < CSVRecordReader.longestRow {
          try refill()
          continue
        }
        try giveUpRow(&row)
      case .unclosedQuote(let cell):
        try noteUnclosedQuote()
        closeQuote(&row, cell, bytes)
      }
      line += LineEnds.count(bytes, row.start..<row.next)
      cursor = row.next
      noteExtent(row, bytes, lines: line - row.line)
      if isBlank() { continue }
      if isHeader(row, bytes) {
        notes.repeatedHeaders.append(row.line)
        continue
      }
      if fault == nil, let label = totalsLabel(bytes) {
        noteTotals(row, label)
        continue
      }
      ordinal += 1
      notes.records += 1
      if isLast, cursor == bytes.count { noteUnended(row) }
      return row
    }
  }

  /// Reads on, and keeps the record that is being read in view.
  func refill() throws(Failure) {
    window.start = recordStart
    cursor -= try window.fill()
    (view, viewOffset, isAtEnd) = (window.bytes, window.baseOffset, window.isAtEnd)
    recordStart = window.start
  }

  private func parse(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> CSVRowParser.Outcome {
    if fault != nil { fault = nil }
    let outcome = CSVRowParser.parse(
      bytes, from: start, isLast: isLast, delimiter: delimiter, cells: &cellMemory.pointee)
    cells = cellMemory.pointee.buffer
    hasLineEnds = cellMemory.pointee.hasLineEnds
    return outcome
  }

  /// On how many lines an ordinary row stands; where there are several, it may hold others.
  @inline(__always)
  private func lines(_ row: Row, _ bytes: Span<UInt8>) -> Int {
    guard hasLineEnds else { return 1 }
    noteSwallowed(row, bytes)
    return LineEnds.count(bytes, row.start..<row.next)
  }

  /// Whether the row in ``cells`` has as many cells as the header, and a number that ends in a digit and is
  /// no label: then it is neither blank nor a header nor a row of totals.
  @inline(__always)
  private func isOrdinary(_ bytes: Span<UInt8>, _ row: Row) -> Bool {
    guard let numberColumn, headersLackDigits, row.next - row.start < CSVRecordReader.longestRow
    else { return false }
    guard cells.count == width else { return false }
    let cell = cells[numberColumn]
    guard !cell.isEncoded else { return false }
    let marks = cell.isPlain ? 0 : 1
    let range = Int(cell.start) + marks..<Int(cell.end) - marks
    guard !range.isEmpty, bytes[range.upperBound - 1] &- 0x30 < 10,
      bytes[range.lowerBound] &- 0x21 < 0x5E
    else { return false }
    return !TotalsLabel.mayBe(bytes.extracting(range))
  }

  // MARK: - Invoice numbers

  /// Remembers the number of the row in ``cells``, the first of its record; false when it has none.
  private func takeNumber(_ column: Int, _ bytes: Span<UInt8>) -> Bool {
    numberRange = .empty
    if decodedNumber != nil { decodedNumber = nil }
    guard column < cells.count else { return false }
    let cell = cells[column]
    if cell.isEncoded {
      let number = decodedNumber(cell, bytes)
      decodedNumber = number
      return !number.isEmpty
    }
    numberRange = value(cell, column, bytes)
    numberRange.start -= Int32(recordStart)
    return !numberRange.isEmpty
  }

  private func decodedNumber(_ cell: CSVCell, _ bytes: Span<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    CSVRowParser.decode(bytes, Int(cell.start)..<Int(cell.end), into: &text)
    return Array(text[CellText.value(text.span, text.indices, isFigure: true)])
  }

  /// Whether the row in ``cells`` has the number of the record's first row.
  private func matchesNumber(_ column: Int, _ bytes: Span<UInt8>) -> Bool {
    guard column < cells.count else { return false }
    let cell = cells[column]
    if cell.isEncoded || decodedNumber != nil {
      let own = decodedNumber ?? Array(copying: bytes.extracting(ownNumber))
      let other =
        cell.isEncoded
        ? decodedNumber(cell, bytes)
        : Array(copying: bytes.extracting(value(cell, column, bytes).range))
      return own == other
    }
    return bytes.extracting(ownNumber)
      .isSame(as: bytes.extracting(value(cell, column, bytes).range))
  }

  /// Where the record's number stands in view.
  private var ownNumber: Range<Int> {
    let start = recordStart + Int(numberRange.start)
    return start..<start + Int(numberRange.count)
  }

  private func value(_ cell: CSVCell, _ column: Int, _ bytes: Span<UInt8>) -> TextRange {
    let marks: Int32 = cell.isPlain ? 0 : 1
    let range = Int(cell.start + marks)..<Int(cell.end - marks)
    return TextRange(CellText.value(bytes, range, isFigure: isFigure[column]))
  }
}
