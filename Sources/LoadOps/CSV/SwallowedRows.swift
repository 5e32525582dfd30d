internal import CBytes
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
    while start < row.upperBound {
      let end = lineEnd(bytes, start..<row.upperBound)
      if here > line, let cell = number(ofRow: bytes, start..<end) {
        numbers.insert(ByteHash.of(bytes.extracting(cell)))
        if count == 0 { first = here }
        count += 1
      }
      start = end + 1
      if end < row.upperBound, bytes[end] == 0x0D, start < row.upperBound, bytes[start] == 0x0A {
        start += 1
      }
      here += 1
    }
    return count > 0 ? .swallowedRows(count, line: first) : nil
  }

  /// Where the first line end of a stretch stands; its end when there is none.
  private func lineEnd(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return range.upperBound }
      for place in stride(from: range.lowerBound, to: range.upperBound, by: 64) {
        let ends = cbytes_csv(base + place, range.upperBound - place, delimiter).ends
        if ends != 0 { return place + ends.trailingZeroBitCount }
      }
      return range.upperBound
    }
  }

  private func delimiters(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      var count = 0
      for place in stride(from: range.lowerBound, to: range.upperBound, by: 64) {
        count += cbytes_equal(base + place, range.upperBound - place, delimiter).nonzeroBitCount
      }
      return count
    }
  }

  /// The invoice number of a line that looks like a row; nil for any other line.
  private func number(ofRow bytes: Span<UInt8>, _ line: Range<Int>) -> Range<Int>? {
    guard delimiters(bytes, line) == width - 1 else { return nil }
    var cells: [Range<Int>] = []
    var start = line.lowerBound
    for index in line where bytes[index] == delimiter {
      cells.append(start..<index)
      start = index + 1
    }
    cells.append(start..<line.upperBound)
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
