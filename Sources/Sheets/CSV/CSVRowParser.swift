/// A cell of a CSV row before it is decoded.
package struct CSVCell {
  /// Where the cell begins, quotes included.
  package var start: Int32
  /// Where it ends, quotes included.
  package var end: Int32
  /// What it needs before its text can be used.
  package var form: Form

  package enum Form: UInt8 {
    /// The text is the cell.
    case plain
    /// The text stands between the quotes.
    case quoted
    /// Doubled quotes between the quotes.
    case escaped
    /// Text behind the closing quote: the cell cannot be what was meant.
    case malformed
  }

  package init(start: Int32, end: Int32, form: Form) {
    self.start = start
    self.end = end
    self.form = form
  }
}

/// Splits one row of RFC 4180 CSV into cells.
///
/// To whoever changes this: it sees every byte of every CSV export, and its answers for odd input are
/// promises. A quote opens a quoted cell only as the cell's first byte; anywhere else it is text. Text
/// between a closing quote and the next delimiter is kept as text, as spreadsheets do; but where the
/// quotes hold a line end as well, the first one was never closed and the second one opens a cell of a
/// later row, which must not be swallowed. Rows end with LF, CRLF or a lone CR. Bytes are never refused here: what cannot be a row is told to the caller.
package enum CSVRowParser {
  package enum Outcome {
    /// A row; the next one begins at `next`.
    case row(next: Int)
    /// The row goes on behind the bytes given.
    case needsMore
    /// The quotes that open the cell at `cell` are never closed.
    case unclosedQuote(cell: Int)
  }

  /// Splits the row that begins at `from`; `isLast` tells that nothing follows the bytes.
  package static func parse(
    _ bytes: Span<UInt8>, from: Int, isLast: Bool, delimiter: UInt8, cells: inout [CSVCell]
  ) -> Outcome {
    cells.removeAll(keepingCapacity: true)
    let count = bytes.count
    var index = from
    while true {
      let start = index
      var form = CSVCell.Form.plain
      if index < count, bytes[index] == 0x22 {
        form = .quoted
        index += 1
        var closed = false
        while index < count {
          guard bytes[index] == 0x22 else {
            index += 1
            continue
          }
          guard index + 1 < count, bytes[index + 1] == 0x22 else {
            closed = true
            index += 1
            break
          }
          form = .escaped
          index += 2
        }
        // A quote as the very last byte in view may be the first of two.
        if !isLast, !closed || index == count { return .needsMore }
        if !closed { return .unclosedQuote(cell: start) }
      }
      let afterQuote = index
      while index < count {
        let byte = bytes[index]
        if byte == delimiter || byte == 0x0A || byte == 0x0D { break }
        index += 1
      }
      if form != .plain, index > afterQuote {
        form = .malformed
        if swallowsRows(bytes, start..<afterQuote, behind: afterQuote..<index) {
          return .unclosedQuote(cell: start)
        }
      }
      if index == count, !isLast { return .needsMore }
      cells.append(
        CSVCell(
          start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: index), form: form
        ))
      guard index < count else { return .row(next: count) }
      let byte = bytes[index]
      if byte == delimiter {
        index += 1
        continue
      }
      if byte == 0x0A { return .row(next: index + 1) }
      if index + 1 == count, !isLast { return .needsMore }
      return .row(next: index + 1 < count && bytes[index + 1] == 0x0A ? index + 2 : index + 1)
    }
  }

  /// Whether quotes hold a line end and more than blanks stand behind them.
  private static func swallowsRows(
    _ bytes: Span<UInt8>, _ quoted: Range<Int>, behind: Range<Int>
  ) -> Bool {
    var hasText = false
    for index in behind where bytes[index] != 0x20 && bytes[index] != 0x09 {
      hasText = true
      break
    }
    guard hasText else { return false }
    for index in quoted where bytes[index] == 0x0A || bytes[index] == 0x0D { return true }
    return false
  }

  /// Appends the text of an escaped cell: outer quotes off, doubled quotes single.
  package static func decode(_ bytes: [UInt8], _ range: Range<Int>, into text: inout [UInt8]) {
    var index = range.lowerBound
    var inQuotes = false
    while index < range.upperBound {
      let byte = bytes[index]
      if byte == 0x22, index == range.lowerBound {
        inQuotes = true
      } else if byte == 0x22, inQuotes {
        if index + 1 < range.upperBound, bytes[index + 1] == 0x22 {
          text.append(byte)
          index += 1
        } else {
          inQuotes = false
        }
      } else {
        text.append(byte)
      }
      index += 1
    }
  }
}
