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
  let headerLine: Int

  private let window: ByteWindow
  private let file: Int32
  let delimiter: UInt8
  private let headerBytes: [UInt8]
  /// The first header, by which a header row that is written another way is noticed.
  private let firstHeader: (column: Int, text: [UInt8])
  private let numberColumn: Int?
  private let customerColumn: Int
  private let dateColumn: Int
  private let categoryColumn: Int
  private let amountColumn: Int
  private let totalColumn: Int
  /// The columns that say something about a line, beside its category.
  private let lineColumns: [Int]
  /// Whether rows were found that leave out what their invoice's first row says.
  private var fillsDown: Bool { notes.rowsBelow > 0 }
  /// Whether rows were found that repeat the number of the row above.
  private(set) var repeatsNumbers = false
  /// Whether a row of totals stood between the last row and the one before.
  private var totalsPassed = false
  /// Whether records are read one after another, and noted, rather than once more.
  private var isNoting = true
  /// The text of each income category that has a column, as it is put behind a record.
  private let wideCategories: [[UInt8]]
  /// Which columns hold identifiers, numbers or dates rather than words.
  private let isFigure: [Bool]
  /// Whether the whole text is known to hold no character that cannot be.
  private let isTrusted: Bool
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
  /// Rows in the wide layout that are still one row each, with the position of their first cell.
  private var widenings: [(row: Int, first: Int)] = []
  private var number: [UInt8] = []
  private var unclosedQuotes = 0
  /// Whether the rest of the row read last is not looked at, because it is too long.
  private var skipsRest = false

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

  init(
    window: ByteWindow, file: Int, meanings: [String: ColumnMeaning],
    options: LayoutOptions = .flatOnly
  ) throws(Failure) {
    self.window = window
    self.file = Int32(file)
    let header = try CSVHeader.find(in: window, meanings: meanings, options: options)
    columns = header.columns
    delimiter = header.delimiter
    headerBytes = header.bytes
    line = header.nextLine
    headerLine = header.line
    cursor = window.start
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
    lineColumns = [Field.lineDescription, .quantity, .rate].compactMap(layout.column(of:))
    wideCategories = columns.wide.map { Array($0.category.utf8) }
    notes.unknownNames = columns.unknown
    notes.titles = header.titles
    notes.readsRateAsAmount = columns.readsRateAsAmount
  }

  /// How the file lays out invoices, as far as it was read.
  var layout: InvoiceLayout { fillsDown ? .fillDown : columns.invoiceLayout }

  func next(into record: inout Record) throws(Failure) -> Bool {
    record.reset()
    record.layout = columns.layout
    escaped.removeAll(keepingCapacity: true)
    widenings.removeAll(keepingCapacity: true)
    guard let first = try nextRow(inRecord: false) else { return false }
    totalsPassed = false
    window.start = first.start
    record.place = RecordPlace(
      file: file, ordinal: first.ordinal, line: UInt32(first.line), length: 0,
      offset: window.baseOffset + UInt64(first.start))
    append(first, window.bytes, base: first.start, to: &record)
    var end = first.next - first.start
    if let numberColumn {
      number.removeAll(keepingCapacity: true)
      appendNumber(numberColumn, window.bytes)
      while !number.isEmpty, !skipsRest, let row = try nextRow(inRecord: true) {
        let isRepeated = matchesNumber(numberColumn, window.bytes)
        guard !totalsPassed, isRepeated || continues(numberColumn, window.bytes) else {
          pending = row
          break
        }
        if isRepeated { repeatsNumbers = true } else { notes.rowsBelow += 1 }
        append(row, window.bytes, base: window.start, to: &record)
        end = row.next - window.start
      }
    }
    record.text.append(contentsOf: window.bytes[window.start..<window.start + end])
    finish(&record)
    if !columns.doubles.isEmpty { try checkDoubles(record) }
    return true
  }

  /// Fills a record whose raw bytes were read again.
  func reparse(_ record: inout Record) {
    record.layout = columns.layout
    // The row read ahead keeps its cells.
    let ahead = cells
    isNoting = false
    defer {
      cells = ahead
      isNoting = true
    }
    escaped.removeAll(keepingCapacity: true)
    widenings.removeAll(keepingCapacity: true)
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
      noteExtent(&row, raw, lines: line - row.line)
      if isBlank() || isHeader(row, raw) { continue }
      // What is damaged is a record, whatever it is called, as when it was read first.
      if row.fault == nil, totalsLabel(raw) != nil { continue }
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
        window.start = cursor
      }
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
      noteExtent(&row, window.bytes, lines: line - row.line)
      if isBlank() { continue }
      if isHeader(row, window.bytes) {
        notes.repeatedHeaders.append(row.line)
        continue
      }
      if row.fault == nil, let label = totalsLabel(window.bytes) {
        noteTotals(row, label)
        continue
      }
      ordinal += 1
      notes.records += 1
      if isLast, cursor == window.bytes.count { noteUnended(row) }
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
    guard end - start == headerBytes.count else { return isHeaderInOtherWords(bytes) }
    for index in headerBytes.indices where bytes[start + index] != headerBytes[index] {
      return isHeaderInOtherWords(bytes)
    }
    return true
  }

  /// Whether a row has the headers in its cells, though quotes and blanks differ.
  private func isHeaderInOtherWords(_ bytes: [UInt8]) -> Bool {
    guard cells.count == columns.headers.count, !firstHeader.text.isEmpty else { return false }
    var cell = cells[firstHeader.column]
    if cell.form != .plain {
      (cell.start, cell.end) = (cell.start + 1, cell.end - 1)
    }
    guard Int(cell.end - cell.start) >= firstHeader.text.count,
      bytes[Int(cell.start)..<Int(cell.end)].firstRange(of: firstHeader.text) != nil
    else { return false }
    return cells.indices.allSatisfy { text($0, bytes) == columns.headers[$0] }
  }

  /// The text of a cell of the row in ``cells``, without outer blanks.
  private func text(_ column: Int, _ bytes: [UInt8]) -> String {
    guard column < cells.count else { return "" }
    var text: [UInt8] = []
    CSVRowParser.decode(bytes, Int(cells[column].start)..<Int(cells[column].end), into: &text)
    return String(decoding: text[OuterBlanks.trimmed(text.span, text.indices)], as: UTF8.self)
  }

  // MARK: - Rows of totals, and rows that leave out what stands above

  /// Whether a cell of the row in ``cells`` holds nothing but blanks.
  private func isEmpty(_ column: Int, _ bytes: [UInt8]) -> Bool {
    guard column < cells.count, cells[column].start < cells[column].end else { return true }
    return OuterBlanks.trimmed(bytes.span, content(column)).isEmpty
  }

  /// The stretch of a cell between its quotes.
  private func content(_ column: Int) -> Range<Int> {
    let cell = cells[column]
    return cell.form == .plain
      ? Int(cell.start)..<Int(cell.end) : Int(cell.start) + 1..<Int(cell.end) - 1
  }

  /// What a row of totals calls itself; nil for any other row.
  ///
  /// Careful, because a row that is left out must not be a line of an invoice: its first cell that is not
  /// empty is the label, and of number, customer, date and category nothing else is filled in.
  private func totalsLabel(_ bytes: [UInt8]) -> String? {
    guard let numberColumn else { return nil }
    // Nearly every row has a number, and nearly every number is told from a label at first sight.
    if numberColumn < cells.count, cells[numberColumn].end > cells[numberColumn].start {
      let range = OuterBlanks.trimmed(bytes.span, content(numberColumn))
      if !range.isEmpty, !TotalsLabel.mayBe(bytes.span.extracting(range)) { return nil }
    }
    guard let first = cells.indices.first(where: { !isEmpty($0, bytes) }) else { return nil }
    let range = OuterBlanks.trimmed(bytes.span, content(first))
    guard let label = TotalsLabel(bytes.span.extracting(range)) else { return nil }
    let own = [numberColumn, customerColumn, dateColumn, categoryColumn]
    for column in own where column != first && !isEmpty(column, bytes) { return nil }
    switch label {
    case .sum: break
    // What ends in "total" may be the description of a line, or its income category.
    case .namedSum: if first == categoryColumn || !own.contains(first) { return nil }
    case .foot:
      if cells.indices.contains(where: { $0 > first && !isEmpty($0, bytes) }) { return nil }
    }
    return text(first, bytes)
  }

  private func noteTotals(_ row: Row, _ label: String) {
    let isInLines = amountColumn < columns.headers.count
    var totals = TotalsRow(
      line: row.line, offset: window.baseOffset + UInt64(row.start), length: 0, label: label,
      amount: isInLines ? text(amountColumn, window.bytes) : "",
      total: text(totalColumn, window.bytes))
    totals.length = cells.last.map { Int($0.end) - row.start } ?? 0
    if totals.hasSum { totalsPassed = true }
    notes.totalsRows.append(totals)
  }

  /// Whether a row goes on with the invoice above it: nothing that an invoice has once is filled in, but
  /// what a line has is.
  private func continues(_ number: Int, _ bytes: [UInt8]) -> Bool {
    guard columns.invoiceLayout == .flat, isEmpty(number, bytes), isEmpty(customerColumn, bytes),
      isEmpty(dateColumn, bytes)
    else { return false }
    return !isEmpty(categoryColumn, bytes)
      || !isEmpty(amountColumn, bytes) && lineColumns.contains { !isEmpty($0, bytes) }
  }

  /// A row that goes on and on: its last cell begins with a quote that was never closed.
  private func giveUpRow(_ row: inout Row) throws(Failure) {
    try noteUnclosedQuote()
    var lastEnd = row.start
    if let last = cells.last { lastEnd = Int(last.end) + 1 }
    closeQuote(&row, lastEnd, window.bytes)
    if row.next == window.bytes.count, !CSVRecordReader.isLineEnd(window.bytes[row.next - 1]) {
      // Not a line end in sight.
      unclosedQuotes -= 1
      skipsRest = true
    }
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  /// Notes what is wrong with how far a row reaches: too far for any row, or over other rows.
  @inline(__always)
  private func noteExtent(_ row: inout Row, _ bytes: [UInt8], lines: Int) {
    if lines > 1 { noteSwallowed(&row, bytes) }
    if row.next - row.start >= CSVRecordReader.longestRow,
      !CSVRecordReader.isLineEnd(bytes[row.next - 1])
    {
      row.fault = .tooLong(limit: CSVRecordReader.longestRow)
    }
  }

  private func noteSwallowed(_ row: inout Row, _ bytes: [UInt8]) {
    guard row.fault == nil, let numberColumn else { return }
    let search = SwallowedRows(
      delimiter: delimiter, width: columns.headers.count, number: numberColumn,
      others: [dateColumn, amountColumn, totalColumn].filter { $0 < columns.headers.count })
    row.fault = search.fault(
      bytes.span, row.start..<row.next, line: row.line, numbers: &notes.swallowedNumbers)
  }

  /// Passes over what is left of a row that is too long.
  private func skipRest() throws(Failure) {
    skipsRest = false
    while true {
      window.start = cursor
      if let end = window.bytes[cursor...].firstIndex(where: CSVRecordReader.isLineEnd) {
        cursor = end + 1
        line += 1
        let isReturn = window.bytes[end] == 0x0D
        if cursor == window.bytes.count, isReturn, !window.isAtEnd { cursor -= try window.fill() }
        if isReturn, cursor < window.bytes.count, window.bytes[cursor] == 0x0A { cursor += 1 }
        return
      }
      cursor = window.bytes.count
      if window.isAtEnd { return }
      window.start = cursor
      cursor -= try window.fill()
    }
  }

  /// Notes a last row without a line end whose last cell could have been cut off with it.
  private func noteUnended(_ row: Row) {
    guard isNoting, row.fault == nil, window.source.sheet == nil,
      let last = cells.last, last.end > last.start, cells.count <= columns.headers.count,
      isFigure[cells.count - 1], !CSVRecordReader.isLineEnd(window.bytes[row.next - 1])
    else { return }
    notes.unended = (
      row.line, window.baseOffset + UInt64(last.start), Int(last.end - last.start)
    )
  }

  /// Refuses a file in which two columns for one field disagree.
  private func checkDoubles(_ record: Record) throws(Failure) {
    // The cells of a faulty row may stand in other columns; such a row is held by itself.
    for row in record.rows.indices where !record.faults.contains(where: { $0.row == row }) {
      for (field, column, taken) in columns.doubles {
        let (cell, other) = (record.cell(row, column: column), record.cell(row, column: taken))
        if cell.isEmpty || record.text[cell.value.range] == record.text[other.value.range] {
          continue
        }
        let (location, excerpt) = LineExcerpt.make(
          window.source, offset: record.offset(row, cell), length: Int(cell.source.count),
          line: record.line(row, cell))
        throw columns.disagreement(
          field, column, taken, (record.string(other), record.string(cell)), in: window.path,
          location, excerpt)
      }
    }
  }

  private func noteUnclosedQuote() throws(Failure) {
    unclosedQuotes += 1
    guard unclosedQuotes <= CSVRecordReader.mostUnclosedQuotes else {
      throw Failure(
        .inputUnreadable,
        "\(window.path) has more than \(CSVRecordReader.mostUnclosedQuotes) quotation marks that "
          + "are never closed",
        remedy: "export the file again, or save it again from a spreadsheet",
        location: window.source.location(line: line))
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
    let width = columns.headers.count
    if let fault = row.fault {
      record.faults.append((index, fault))
    } else if cells.count != width, !surplusIsEmpty(width) {
      record.faults.append((index, .cellCount(expected: width, found: cells.count)))
    }
    let offset = Int32(truncatingIfNeeded: base)
    let first = record.cells.count
    for column in 0..<columns.headers.count {
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
        if isNoting { noteTrimmed(cell, value, row, column) }
      }
    }
    if !columns.unnamed.isEmpty { noteUnnamed(&record, index, first, row) }
    if columns.invoiceLayout.addsColumns {
      record.cells.append(.absent)
      record.cells.append(.absent)
      if columns.invoiceLayout == .wide { widenings.append((index, first)) }
    }
    if let heldColumn, heldColumn < cells.count,
      let fault = CSVRecordReader.fault(
        ofReason: bytes[Int(cells[heldColumn].start)..<Int(cells[heldColumn].end)])
    {
      record.faults.append((index, fault))
    }
  }

  /// Notes cells that nobody can know the meaning of.
  private func noteUnnamed(_ record: inout Record, _ index: Int, _ first: Int, _ row: Row) {
    for column in columns.unnamed where !record.cells[first + column].isEmpty {
      if columns.mustKnowAll {
        record.faults.append((index, .unnamedCell(column + 1)))
      } else if isNoting {
        if notes.unnamedCells == 0 { notes.firstUnnamed = (row.line, column) }
        notes.unnamedCells += 1
      }
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

  /// Counts what was taken off a cell's ends.
  @inline(__always)
  private func noteTrimmed(_ cell: CSVCell, _ value: TextRange, _ row: Row, _ column: Int) {
    let marks: Int32 = cell.form == .quoted ? 2 : 0
    if value.count + marks != cell.end - cell.start { noteTrimmed(cell, row, column) }
  }

  @inline(never)
  private func noteTrimmed(_ cell: CSVCell, _ row: Row, _ column: Int) {
    let range = content(column)
    let bytes = window.bytes
    guard OuterBlanks.trimmed(bytes.span, range) != range else { return }
    if notes.trimmedCells == 0 {
      let line = row.line + LineEnds.count(window.bytes, row.start..<Int(cell.start))
      notes.firstTrimmed = (
        line, window.baseOffset + UInt64(cell.start), Int(cell.end - cell.start)
      )
    }
    notes.trimmedCells += 1
  }

  /// Makes a row for each amount of a row in the wide layout; the texts of all cells stand by now.
  ///
  /// An empty cell, or one with a zero, is no line. A row without any keeps its place, without a line.
  private func widen(_ record: inout Record) {
    let width = columns.layout.width
    let places = columns.lineColumns
    var rows: [Record.Row] = []
    var cells: [Cell] = []
    var faults: [(row: Int, fault: RecordFault)] = []
    for (index, first) in widenings {
      for fault in record.faults where fault.row == index {
        faults.append((rows.count, fault.fault))
      }
      let own = Array(record.cells[first..<first + width])
      var lines = 0
      for (number, column) in columns.wide.enumerated() {
        let amount = own[column.column]
        if amount.isEmpty || isNothing(record.text[amount.value.range]) { continue }
        var line = own
        let start = record.text.count
        record.text.append(contentsOf: wideCategories[number])
        line[places.category] = Cell(
          value: TextRange(start..<record.text.count), source: amount.source)
        line[places.amount] = amount
        rows.append(record.rows[index])
        cells.append(contentsOf: line)
        lines += 1
      }
      guard lines == 0 else { continue }
      rows.append(record.rows[index])
      cells.append(contentsOf: own)
    }
    record.rows = rows
    record.cells = cells
    record.faults = faults
  }

  /// Whether a cell says that there is no amount: only zeros, marks and a currency's sign.
  private func isNothing(_ text: ArraySlice<UInt8>) -> Bool {
    var hasZero = false
    for byte in text {
      switch byte {
      case 0x30: hasZero = true
      case 0x31...0x39, 0x41...0x5A, 0x61...0x7A, 0x23: return false
      default: break
      }
    }
    return hasZero || text.elementsEqual([UInt8(ascii: "-")])
  }

  private func surplusIsEmpty(_ width: Int) -> Bool {
    cells.count > width && cells[width...].allSatisfy { $0.start == $0.end }
  }

  private func value(_ cell: CSVCell, _ column: Int, _ bytes: [UInt8]) -> TextRange {
    var range = Int(cell.start)..<Int(cell.end)
    if cell.form == .quoted { range = range.lowerBound + 1..<range.upperBound - 1 }
    return TextRange(CellText.value(bytes.span, range, isFigure: isFigure[column]))
  }

  /// Copies decoded cells behind the raw bytes and checks the characters.
  private func finish(_ record: inout Record) {
    record.place.length = UInt32(record.text.count)
    if !isTrusted { checkCharacters(&record) }
    let width = columns.layout.width
    for index in escaped {
      let start = record.text.count
      var decoded: [UInt8] = []
      CSVRowParser.decode(record.text, record.cells[index].source.range, into: &decoded)
      record.text.append(contentsOf: decoded)
      record.cells[index].value = TextRange(
        CellText.value(
          record.text.span, start..<record.text.count, isFigure: isFigure[index % width]))
    }
    if !widenings.isEmpty { widen(&record) }
  }

  /// Finds rows with characters that cannot be; most files have been seen to hold none.
  private func checkCharacters(_ record: inout Record) {
    let source = window.source
    for row in record.rows.indices {
      let isLast = row + 1 == record.rows.count
      let end = isLast ? record.text.count : Int(record.rows[row + 1].start)
      let start = Int(record.rows[row].start)
      let bytes = record.text[start..<end]
      if source.isBroken,
        (try? UTF8Span(validating: record.text.span.extracting(start..<end))) == nil
      {
        record.faults.append((row, .notUTF8))
      }
      if source.hasNUL, bytes.contains(0) { record.faults.append((row, .zeroByte)) }
      if source.hasUndecodable, bytes.firstRange(of: [0xEF, 0xBF, 0xBD]) != nil {
        record.faults.append((row, .undecodable))
      }
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
    number.append(contentsOf: text[CellText.value(text.span, text.indices, isFigure: true)])
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
