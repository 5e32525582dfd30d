internal import Sheets
internal import Vocabulary

/// Makes records of rows that are split into cells.
extension CSVRecordReader {
  /// U+FFFD, which stands for what could not be decoded.
  private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

  /// Adds the row in ``cells`` to a record.
  func append(_ row: Row, _ bytes: Span<UInt8>, base: Int, to record: inout Record) {
    let index = record.rows.count
    record.rows.append(
      Record.Row(
        start: Int32(row.start - base), ordinal: row.ordinal, line: UInt32(row.line),
        offset: record.place.offset + UInt64(row.start - base)))
    if let fault {
      record.faults.append((index, fault))
    } else if cells.count != width, !surplusIsEmpty(width) {
      record.faults.append((index, .cellCount(expected: width, found: cells.count)))
    }
    let first = record.cells.count
    appendCells(bytes, Int32(truncatingIfNeeded: base), row, index, to: &record)
    guard !isPlainTable else { return }
    if !columns.unnamed.isEmpty { noteUnnamed(&record, index, first, row) }
    if columns.invoiceLayout.addsColumns {
      record.cells.append(.absent)
      record.cells.append(.absent)
      if columns.invoiceLayout == .wide { widenings.append((index, first)) }
    }
    if let heldColumn, heldColumn < cells.count,
      let fault = CSVRecordReader.fault(
        ofReason: bytes.extracting(Int(cells[heldColumn].start)..<Int(cells[heldColumn].end)))
    {
      record.faults.append((index, fault))
    }
  }

  /// Notes cells that nobody can know the meaning of.
  func noteUnnamed(_ record: inout Record, _ index: Int, _ first: Int, _ row: Row) {
    for column in columns.unnamed where !record.cells[first + column].isEmpty {
      if columns.mustKnowAll {
        record.faults.append((index, .unnamedCell(column + 1)))
      } else if isNoting {
        if notes.unnamedCells == 0 { notes.firstUnnamed = (row.line, column) }
        notes.unnamedCells += 1
      }
    }
  }

  /// Appends a cell for each column; those that are missing are absent.
  private func appendCells(
    _ bytes: Span<UInt8>, _ offset: Int32, _ row: Row, _ index: Int, to record: inout Record
  ) {
    let old = record.cells.count
    let found = min(width, cells.count)
    var odd = OddCells()
    record.cells.append(addingCapacity: width) { row in
      for column in 0..<found {
        row.append(cell(cells[column], column, bytes, offset, &odd))
      }
      for _ in found..<width { row.append(.absent) }
    }
    if odd.firstEncoded >= 0 {
      for column in odd.firstEncoded...odd.lastEncoded where cells[column].isEncoded {
        if cells[column].isMalformed { record.faults.append((index, .textBehindQuote)) }
        escaped.append(old + column)
      }
    }
    guard odd.areTrimmed, isNoting else { return }
    for column in 0..<found where !cells[column].isEncoded {
      noteTrimmed(cells[column], row, column)
    }
  }

  /// Which cells of a row must be decoded, and whether something is around the values of others.
  private struct OddCells {
    var firstEncoded = -1
    var lastEncoded = -1
    var areTrimmed = false
  }

  /// A cell of a row as one of a record; nothing is around the value of nearly all of them.
  @inline(__always)
  private func cell(
    _ cell: CSVCell, _ column: Int, _ bytes: Span<UInt8>, _ offset: Int32, _ odd: inout OddCells
  ) -> Cell {
    var value = TextRange(start: cell.start &- offset, count: cell.end &- cell.start)
    let source = value
    if cell.isPlain == false {
      if cell.isEncoded {
        if odd.firstEncoded < 0 { odd.firstEncoded = column }
        odd.lastEncoded = column
        return Cell(value: value, source: source)
      }
      value = TextRange(start: value.start &+ 1, count: value.count &- 2)
    }
    guard value.count > 0 else { return Cell(value: value, source: source) }
    let start = Int(value.start &+ offset)
    if CellText.isBare(bytes[start], bytes[start + Int(value.count) - 1]) {
      return Cell(value: value, source: source)
    }
    let range = start..<start + Int(value.count)
    let rest = CellText.value(bytes, range, isFigure: isFigure[column])
    if rest.count != range.count { odd.areTrimmed = true }
    value = TextRange(
      start: Int32(truncatingIfNeeded: rest.lowerBound) - offset,
      count: Int32(truncatingIfNeeded: rest.count))
    return Cell(value: value, source: source)
  }

  /// What the reason of a held row forbids while it stands there.
  static func fault(ofReason reason: Span<UInt8>) -> RecordFault? {
    guard !reason.isEmpty else { return nil }
    let text = reason.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    let isStill =
      text.contains(HeldColumn.originalMark)
      || HeldColumn.reasonsBeyondTheRow.contains { text.contains($0 + ": ") }
    if isStill { return .stillHeld }
    let isCustomer = HeldColumn.reasonsOfCustomers.contains { text.contains($0 + ": ") }
    return isCustomer ? .heldForCustomer : nil
  }

  /// Counts what was taken off a cell's ends, if anything was.
  func noteTrimmed(_ cell: CSVCell, _ row: Row, _ column: Int) {
    let range = content(column)
    guard OuterBlanks.trimmed(view.buffer.span, range) != range else { return }
    if notes.trimmedCells == 0 {
      let line = row.line + LineEnds.count(view, row.start..<Int(cell.start))
      notes.firstTrimmed = (
        line, viewOffset + UInt64(cell.start), Int(cell.end - cell.start)
      )
    }
    notes.trimmedCells += 1
  }

  /// Makes a row for each amount of a row in the wide layout; the texts of all cells stand by now.
  ///
  /// An empty cell, or one with a zero, is no line. A row without any keeps its place, without a line.
  func widen(_ record: inout Record) {
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
  func isNothing(_ text: ArraySlice<UInt8>) -> Bool {
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

  func surplusIsEmpty(_ width: Int) -> Bool {
    guard cells.count > width else { return false }
    for column in width..<cells.count where cells[column].start != cells[column].end {
      return false
    }
    return true
  }

  /// Copies decoded cells behind the raw bytes and checks the characters.
  func finish(_ record: inout Record) {
    record.place.length = UInt32(record.text.count)
    if !isTrusted { checkCharacters(&record) }
    if !escaped.isEmpty { decodeEscaped(&record) }
    if !widenings.isEmpty { widen(&record) }
  }

  func decodeEscaped(_ record: inout Record) {
    let width = columns.layout.width
    for index in escaped {
      scratch.empty()
      CSVRowParser.decode(record.text.span, record.cells[index].source.range, into: &scratch)
      let start = record.text.count
      record.text.append(scratch.bytes.span)
      record.cells[index].value = TextRange(
        CellText.value(
          record.text.span, start..<record.text.count, isFigure: isFigure[index % width]))
    }
  }

  /// Finds rows with characters that cannot be; most files have been seen to hold none.
  func checkCharacters(_ record: inout Record) {
    let source = window.source
    let replacement = CSVRecordReader.replacement
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
      if source.hasUndecodable,
        record.text.span.extracting(start..<end).firstIndex(of: replacement.span) != nil
      {
        record.faults.append((row, .undecodable))
      }
    }
  }
}
