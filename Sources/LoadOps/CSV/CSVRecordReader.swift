internal import Sheets
internal import Vocabulary

/// Reads the records of a CSV export; adjacent rows with one invoice number are one record.
///
/// To whoever changes this: a row is never dropped. One that cannot be split, or has too few or too many
/// cells, still becomes part of its invoice when its number can be read, with a ``RecordFault`` that
/// holds the whole invoice; otherwise an invoice could go out with a line missing.
final class CSVRecordReader {
  let columns: CSVColumns
  var kind: RecordKind { columns.kind }
  private(set) var notes = ExportNotes()

  private let window: ByteWindow
  private let file: Int32
  private let delimiter: UInt8
  private let headerBytes: [UInt8]
  private let numberColumn: Int?
  private let isIdentifier: [Bool]
  /// The column that a held file has in front.
  private let heldColumn: Int?

  /// Where the next row begins in the window, and on which line.
  private var cursor: Int
  private var line: Int
  private var ordinal: UInt32 = 0
  /// The row that was read last but belongs to the next record.
  private var pending: Row?
  private var cells: [CSVCell] = []
  private var escaped: [Int] = []
  private var number: [UInt8] = []
  private var unclosedQuotes = 0

  /// A cell that goes on for so many bytes is taken for a quote that was never closed.
  private static let longestRow = 1 << 20
  /// After so many unclosed quotes the rest of the file cannot be trusted.
  private static let mostUnclosedQuotes = 100

  private struct Row {
    var start: Int
    var next: Int
    var line: Int
    var ordinal: UInt32
    var fault: RecordFault?
  }

  init(window: ByteWindow, file: Int, meanings: [String: ColumnMeaning]) throws(Failure) {
    self.window = window
    self.file = Int32(file)
    let header = try CSVHeader.find(in: window, meanings: meanings)
    columns = header.columns
    delimiter = header.delimiter
    headerBytes = header.bytes
    line = header.nextLine
    cursor = window.start
    numberColumn = columns.kind == .invoices ? columns.layout.column(of: .invoiceNumber) : nil
    var flags = [Bool](repeating: false, count: columns.layout.width)
    for field in Field.allCases where field.isIdentifier {
      if let column = columns.layout.column(of: field) { flags[column] = true }
    }
    isIdentifier = flags
    heldColumn = columns.headers.firstIndex(of: HeldColumn.name)
    notes.unknownNames = columns.unknown
  }

  func next(into record: inout Record) throws(Failure) -> Bool {
    record.reset()
    record.layout = columns.layout
    escaped.removeAll(keepingCapacity: true)
    guard let first = try nextRow(inRecord: false) else { return false }
    window.start = first.start
    record.place = RecordPlace(
      file: file, ordinal: first.ordinal, line: UInt32(first.line), length: 0,
      offset: window.baseOffset + UInt64(first.start))
    append(first, window.bytes, base: first.start, to: &record)
    var end = first.next - first.start
    if let numberColumn {
      number.removeAll(keepingCapacity: true)
      appendNumber(numberColumn, window.bytes)
      while !number.isEmpty, let row = try nextRow(inRecord: true) {
        guard matchesNumber(numberColumn, window.bytes) else {
          pending = row
          break
        }
        append(row, window.bytes, base: window.start, to: &record)
        end = row.next - window.start
      }
    }
    record.text.append(contentsOf: window.bytes[window.start..<window.start + end])
    finish(&record)
    return true
  }

  /// Fills a record whose raw bytes were read again.
  func reparse(_ record: inout Record) {
    record.layout = columns.layout
    // The row read ahead keeps its cells.
    let ahead = cells
    defer { cells = ahead }
    escaped.removeAll(keepingCapacity: true)
    let raw = record.text
    var index = 0
    var ordinal = record.place.ordinal
    var line = Int(record.place.line)
    while index < raw.count {
      var row = Row(start: index, next: raw.count, line: line, ordinal: ordinal, fault: nil)
      let outcome = CSVRowParser.parse(
        raw.span, from: index, isLast: true, delimiter: delimiter, cells: &cells)
      switch outcome {
      case .row(let next): row.next = next
      case .needsMore: break
      case .unclosedQuote(let cell): closeQuote(&row, cell, raw)
      }
      index = row.next
      line += LineEnds.count(raw, row.start..<row.next)
      if isBlank() || isHeader(row, raw) { continue }
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
      if !inRecord { window.start = cursor }
      if cursor >= window.bytes.count {
        if window.isAtEnd { return nil }
        cursor -= try window.fill()
        continue
      }
      var row = Row(start: cursor, next: cursor, line: line, ordinal: ordinal + 1, fault: nil)
      let isLast = window.isAtEnd
      let outcome = parse(window.bytes, isLast: isLast)
      switch outcome {
      case .row(let next): row.next = next
      case .needsMore:
        if window.bytes.count - cursor < CSVRecordReader.longestRow {
          cursor -= try window.fill()
          continue
        }
        try giveUpRow(&row)
      case .unclosedQuote(let cell):
        try noteUnclosedQuote()
        closeQuote(&row, cell, window.bytes)
      }
      line += LineEnds.count(window.bytes, row.start..<row.next)
      cursor = row.next
      if isBlank() { continue }
      if isHeader(row, window.bytes) {
        notes.repeatedHeaders.append(row.line)
        continue
      }
      ordinal += 1
      notes.records += 1
      return row
    }
  }

  private func parse(_ bytes: [UInt8], isLast: Bool) -> CSVRowParser.Outcome {
    CSVRowParser.parse(
      bytes.span, from: cursor, isLast: isLast, delimiter: delimiter, cells: &cells)
  }

  private func isBlank() -> Bool {
    cells.allSatisfy { $0.start == $0.end }
  }

  /// Whether a row is the header row again; a joined file has its own byte order mark and line ends.
  private func isHeader(_ row: Row, _ bytes: [UInt8]) -> Bool {
    var (start, end) = (row.start, row.next)
    while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
    if end - start == headerBytes.count + 3, bytes[start] == 0xEF, bytes[start + 1] == 0xBB,
      bytes[start + 2] == 0xBF
    {
      start += 3
    }
    guard end - start == headerBytes.count else { return false }
    for index in headerBytes.indices where bytes[start + index] != headerBytes[index] {
      return false
    }
    return true
  }

  /// A row that goes on and on: its last cell begins with a quote that was never closed.
  private func giveUpRow(_ row: inout Row) throws(Failure) {
    try noteUnclosedQuote()
    var lastEnd = row.start
    if let last = cells.last { lastEnd = Int(last.end) + 1 }
    closeQuote(&row, lastEnd, window.bytes)
  }

  private func noteUnclosedQuote() throws(Failure) {
    unclosedQuotes += 1
    guard unclosedQuotes <= CSVRecordReader.mostUnclosedQuotes else {
      throw Failure(
        .inputUnreadable,
        "\(window.path) has more than \(CSVRecordReader.mostUnclosedQuotes) quotation marks that "
          + "are never closed",
        remedy: "export the file again, or save it again from a spreadsheet",
        location: SourceLocation(file: window.path, line: line))
    }
  }

  /// Ends a row at the first line end behind an unclosed quote.
  private func closeQuote(_ row: inout Row, _ cell: Int, _ bytes: [UInt8]) {
    var index = min(cell, bytes.count)
    while index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
    cells.append(CSVCell(start: Int32(min(cell, index)), end: Int32(index), form: .plain))
    if index < bytes.count {
      let isPair = bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A
      index += isPair ? 2 : 1
    }
    row.next = index
    row.fault = .unclosedQuote
  }

  // MARK: - Cells

  private func append(_ row: Row, _ bytes: [UInt8], base: Int, to record: inout Record) {
    let index = record.rows.count
    record.rows.append(
      Record.Row(
        start: Int32(row.start - base), ordinal: row.ordinal, line: UInt32(row.line),
        offset: record.place.offset + UInt64(row.start - base)))
    let width = columns.layout.width
    if let fault = row.fault {
      record.faults.append((index, fault))
    } else if cells.count != width, !surplusIsEmpty(width) {
      record.faults.append((index, .cellCount(expected: width, found: cells.count)))
    }
    let offset = Int32(truncatingIfNeeded: base)
    for column in 0..<width {
      guard column < cells.count else {
        record.cells.append(.absent)
        continue
      }
      let cell = cells[column]
      let source = TextRange(start: cell.start - offset, count: cell.end - cell.start)
      switch cell.form {
      case .escaped, .malformed:
        if cell.form == .malformed { record.faults.append((index, .textBehindQuote)) }
        escaped.append(record.cells.count)
        record.cells.append(Cell(value: source, source: source))
      case .plain, .quoted:
        let value = self.value(cell, column, bytes)
        record.cells.append(
          Cell(
            value: TextRange(start: value.start - offset, count: value.count), source: source))
      }
    }
    if let heldColumn, heldColumn < cells.count,
      let fault = CSVRecordReader.fault(
        ofReason: bytes[Int(cells[heldColumn].start)..<Int(cells[heldColumn].end)])
    {
      record.faults.append((index, fault))
    }
  }

  /// What the reason of a held row forbids while it stands there.
  private static func fault(ofReason reason: ArraySlice<UInt8>) -> RecordFault? {
    guard !reason.isEmpty else { return nil }
    let text = String(decoding: reason, as: UTF8.self)
    let isStill =
      text.contains(HeldColumn.originalMark)
      || HeldColumn.reasonsBeyondTheRow.contains { text.contains($0 + ": ") }
    if isStill { return .stillHeld }
    let isCustomer = HeldColumn.reasonsOfCustomers.contains { text.contains($0 + ": ") }
    return isCustomer ? .heldForCustomer : nil
  }

  private func surplusIsEmpty(_ width: Int) -> Bool {
    cells.count > width && cells[width...].allSatisfy { $0.start == $0.end }
  }

  private func value(_ cell: CSVCell, _ column: Int, _ bytes: [UInt8]) -> TextRange {
    var range = Int(cell.start)..<Int(cell.end)
    if cell.form == .quoted { range = range.lowerBound + 1..<range.upperBound - 1 }
    return TextRange(CellText.value(bytes.span, range, isIdentifier: isIdentifier[column]))
  }

  /// Copies decoded cells behind the raw bytes and checks the encoding.
  private func finish(_ record: inout Record) {
    record.place.length = UInt32(record.text.count)
    if record.text.contains(where: { $0 >= 0x80 }),
      (try? UTF8Span(validating: record.text.span)) == nil
    {
      for row in record.rows.indices {
        let isLast = row + 1 == record.rows.count
        let end = isLast ? record.text.count : Int(record.rows[row + 1].start)
        let start = Int(record.rows[row].start)
        let isText = (try? UTF8Span(validating: record.text.span.extracting(start..<end))) != nil
        if !isText { record.faults.append((row, .notUTF8)) }
      }
    }
    let width = columns.layout.width
    for index in escaped {
      let start = record.text.count
      var decoded: [UInt8] = []
      CSVRowParser.decode(record.text, record.cells[index].source.range, into: &decoded)
      record.text.append(contentsOf: decoded)
      record.cells[index].value = TextRange(
        CellText.value(
          record.text.span, start..<record.text.count, isIdentifier: isIdentifier[index % width]))
    }
  }

  // MARK: - Invoice numbers

  private func appendNumber(_ column: Int, _ bytes: [UInt8]) {
    guard column < cells.count else { return }
    let cell = cells[column]
    if cell.form == .escaped || cell.form == .malformed {
      decodeNumber(cell, column, bytes, into: &number)
    } else {
      number.append(contentsOf: bytes[value(cell, column, bytes).range])
    }
  }

  private func decodeNumber(
    _ cell: CSVCell, _ column: Int, _ bytes: [UInt8], into number: inout [UInt8]
  ) {
    var text: [UInt8] = []
    CSVRowParser.decode(bytes, Int(cell.start)..<Int(cell.end), into: &text)
    number.append(contentsOf: text[CellText.value(text.span, text.indices, isIdentifier: true)])
  }

  private func matchesNumber(_ column: Int, _ bytes: [UInt8]) -> Bool {
    guard column < cells.count else { return false }
    let cell = cells[column]
    if cell.form == .escaped || cell.form == .malformed {
      var other: [UInt8] = []
      decodeNumber(cell, column, bytes, into: &other)
      return other == number
    }
    let range = value(cell, column, bytes)
    guard Int(range.count) == number.count else { return false }
    let start = Int(range.start)
    for index in number.indices where bytes[start + index] != number[index] { return false }
    return true
  }
}
