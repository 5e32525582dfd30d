internal import Sheets
internal import Vocabulary

/// Looks for rows inside a cell in quotation marks, as when one note begins with a quotation mark and a
/// later one ends with one.
///
/// By the rules of CSV that is one cell with line breaks in it, so nothing else would notice that invoices
/// are missing. Addresses and notes have line breaks, too; a line of them counts only when it has as many
/// cells as the header, with an invoice number, a date and an amount where a row has them.
struct SwallowedRows {
  let delimiter: UInt8
  let width: Int
  /// The column of the invoice number.
  let number: Int
  /// Columns that hold a digit in every row.
  let others: [Int]

  /// What is wrong with a row that stands on several lines; nil when nothing is.
  ///
  /// Into `numbers` go the hashes of the invoice numbers of the rows inside, of which the file may hold more
  /// rows.
  func fault(
    _ bytes: Span<UInt8>, _ row: Range<Int>, line: Int, numbers: inout Set<UInt64>
  ) -> RecordFault? {
    guard width > 2, !others.isEmpty else { return nil }
    var (count, first, here) = (0, 0, line)
    var start = row.lowerBound
    var index = start
    while index < row.upperBound {
      let byte = bytes[index]
      guard byte == 0x0A || byte == 0x0D else {
        index += 1
        continue
      }
      if here > line, let cell = number(ofRow: bytes, start..<index) {
        numbers.insert(ByteHash.of(bytes.extracting(cell)))
        if count == 0 { first = here }
        count += 1
      }
      index += 1
      if byte == 0x0D, index < row.upperBound, bytes[index] == 0x0A { index += 1 }
      start = index
      here += 1
    }
    if here > line, start < row.upperBound,
      let cell = number(ofRow: bytes, start..<row.upperBound)
    {
      numbers.insert(ByteHash.of(bytes.extracting(cell)))
      if count == 0 { first = here }
      count += 1
    }
    return count > 0 ? .swallowedRows(count, line: first) : nil
  }

  /// The invoice number of a line that looks like a row; nil for any other line.
  private func number(ofRow bytes: Span<UInt8>, _ line: Range<Int>) -> Range<Int>? {
    var cells: [Range<Int>] = []
    var start = line.lowerBound
    for index in line where bytes[index] == delimiter {
      cells.append(start..<index)
      start = index + 1
      if cells.count == width { return nil }
    }
    cells.append(start..<line.upperBound)
    guard cells.count == width else { return nil }
    let range = OuterBlanks.trimmed(bytes, cells[number])
    for index in range where bytes[index] <= 0x20 { return nil }
    guard hasDigit(bytes, range), others.allSatisfy({ hasDigit(bytes, cells[$0]) }) else {
      return nil
    }
    return range
  }

  private func hasDigit(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for index in range where bytes[index] &- 0x30 < 10 { return true }
    return false
  }
}
