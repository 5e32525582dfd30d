internal import Sheets
internal import Vocabulary

/// What is asked of a row that is not an ordinary one.
extension CSVRecordReader {
  // MARK: - Blank rows and headers

  func isBlank() -> Bool {
    for column in cells.indices where cells[column].start != cells[column].end { return false }
    return true
  }

  /// Whether a row is the header row again; a joined file has its own byte order mark and line ends.
  func isHeader(_ row: Row, _ bytes: Span<UInt8>) -> Bool {
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
  func isHeaderInOtherWords(_ bytes: Span<UInt8>) -> Bool {
    let wanted = firstHeader.text
    guard cells.count == columns.headers.count, !wanted.isEmpty else { return false }
    var cell = cells[firstHeader.column]
    if !cell.isPlain { (cell.start, cell.end) = (cell.start + 1, cell.end - 1) }
    guard Int(cell.end - cell.start) >= wanted.count,
      bytes.extracting(Int(cell.start)..<Int(cell.end)).firstIndex(of: wanted.span) != nil
    else { return false }
    return cells.indices.allSatisfy { text($0, bytes) == columns.headers[$0] }
  }

  /// The text of a cell of the row in ``cells``, without outer blanks.
  func text(_ column: Int, _ bytes: Span<UInt8>) -> String {
    guard column < cells.count else { return "" }
    var text: [UInt8] = []
    CSVRowParser.decode(bytes, Int(cells[column].start)..<Int(cells[column].end), into: &text)
    return String(decoding: text[OuterBlanks.trimmed(text.span, text.indices)], as: UTF8.self)
  }

  // MARK: - Rows of totals, and rows that leave out what stands above

  /// Whether a cell of the row in ``cells`` holds nothing but blanks.
  func isEmpty(_ column: Int, _ bytes: Span<UInt8>) -> Bool {
    guard column < cells.count, cells[column].start < cells[column].end else { return true }
    return OuterBlanks.trimmed(bytes, content(column)).isEmpty
  }

  /// The stretch of a cell between its quotes.
  func content(_ column: Int) -> Range<Int> {
    let cell = cells[column]
    return cell.isPlain
      ? Int(cell.start)..<Int(cell.end) : Int(cell.start) + 1..<Int(cell.end) - 1
  }

  /// What a row of totals calls itself; nil for any other row.
  ///
  /// Careful, because a row that is left out must not be a line of an invoice: its first cell that is not
  /// empty is the label, and of number, customer, date and category nothing else is filled in.
  func totalsLabel(_ bytes: Span<UInt8>) -> String? {
    guard let numberColumn else { return nil }
    // Nearly every row has a number, and nearly every number is told from a label at first sight.
    if numberColumn < cells.count, cells[numberColumn].end > cells[numberColumn].start {
      let range = OuterBlanks.trimmed(bytes, content(numberColumn))
      if !range.isEmpty, !TotalsLabel.mayBe(bytes.extracting(range)) { return nil }
    }
    guard let first = cells.indices.first(where: { !isEmpty($0, bytes) }) else { return nil }
    let range = OuterBlanks.trimmed(bytes, content(first))
    guard let label = TotalsLabel(bytes.extracting(range)) else { return nil }
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

  func noteTotals(_ row: Row, _ label: String) {
    let isInLines = amountColumn < columns.headers.count
    var totals = TotalsRow(
      line: row.line, offset: viewOffset + UInt64(row.start), length: 0, label: label,
      amount: isInLines ? text(amountColumn, view.buffer.span) : "",
      total: text(totalColumn, view.buffer.span))
    if cells.count > 0 { totals.length = Int(cells[cells.count - 1].end) - row.start }
    if totals.hasSum { totalsPassed = true }
    notes.totalsRows.append(totals)
  }

  /// Whether a row goes on with the invoice above it: nothing that an invoice has once is filled in, but
  /// what a line has is.
  func continues(_ number: Int, _ bytes: Span<UInt8>) -> Bool {
    guard columns.invoiceLayout == .flat, isEmpty(number, bytes), isEmpty(customerColumn, bytes),
      isEmpty(dateColumn, bytes)
    else { return false }
    return !isEmpty(categoryColumn, bytes)
      || !isEmpty(amountColumn, bytes) && lineColumns.contains { !isEmpty($0, bytes) }
  }

  /// A row that goes on and on: its last cell begins with a quote that was never closed.
  func giveUpRow(_ row: inout Row) throws(Failure) {
    try noteUnclosedQuote()
    var lastEnd = row.start
    if cells.count > 0 { lastEnd = Int(cells[cells.count - 1].end) + 1 }
    closeQuote(&row, lastEnd, view.buffer.span)
    if row.next == view.count, !CSVRecordReader.isLineEnd(view[row.next - 1]) {
      // Not a line end in sight.
      unclosedQuotes -= 1
      skipsRest = true
    }
  }

  static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  /// Notes what is wrong with how far a row reaches: too far for any row, or over other rows.
  func noteExtent(_ row: Row, _ bytes: Span<UInt8>, lines: Int) {
    if lines > 1 { noteSwallowed(row, bytes) }
    if row.next - row.start >= CSVRecordReader.longestRow,
      !CSVRecordReader.isLineEnd(bytes[row.next - 1])
    {
      fault = .tooLong(limit: CSVRecordReader.longestRow)
    }
  }

  func noteSwallowed(_ row: Row, _ bytes: Span<UInt8>) {
    guard fault == nil, let swallowedRows else { return }
    fault = swallowedRows.fault(
      bytes, row.start..<row.next, line: row.line, numbers: &notes.swallowedNumbers)
  }

  /// Passes over what is left of a row that is too long.
  func skipRest() throws(Failure) {
    skipsRest = false
    while true {
      recordStart = cursor
      if let end = view[cursor...].firstIndex(where: CSVRecordReader.isLineEnd) {
        cursor = end + 1
        line += 1
        let isReturn = view[end] == 0x0D
        if cursor == view.count, isReturn, !isAtEnd { try refill() }
        if isReturn, cursor < view.count, view[cursor] == 0x0A { cursor += 1 }
        return
      }
      cursor = view.count
      if isAtEnd { return }
      recordStart = cursor
      try refill()
    }
  }

  /// Notes a last row without a line end whose last cell could have been cut off with it.
  func noteUnended(_ row: Row) {
    guard isNoting, fault == nil, window.source.sheet == nil,
      cells.count > 0, cells.count <= columns.headers.count, isFigure[cells.count - 1],
      !CSVRecordReader.isLineEnd(view[row.next - 1])
    else { return }
    let last = cells[cells.count - 1]
    guard last.end > last.start else { return }
    notes.unended = (
      row.line, viewOffset + UInt64(last.start), Int(last.end - last.start)
    )
  }

  /// Refuses a file in which two columns for one field disagree.
  func checkDoubles(_ record: Record) throws(Failure) {
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

  func noteUnclosedQuote() throws(Failure) {
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
  func closeQuote(_ row: inout Row, _ cell: Int, _ bytes: Span<UInt8>) {
    var index = min(cell, bytes.count)
    while index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
    cellMemory.pointee.append(
      CSVCell(start: Int32(min(cell, index)), end: Int32(index), form: .plain))
    cells = cellMemory.pointee.buffer
    if index < bytes.count {
      let isPair = bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A
      index += isPair ? 2 : 1
    }
    row.next = index
    fault = .unclosedQuote
  }
}
