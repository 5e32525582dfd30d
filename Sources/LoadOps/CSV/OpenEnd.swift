internal import Sheets
internal import Vocabulary

/// What a file ends in that has no line end behind its last row: perhaps not all of a figure.
extension CSVRecordReader {
  /// Notes in a record that it ends the file with a figure that may have been cut off.
  ///
  /// Many programs write no line end behind the last row, so it is noted only where half a figure would
  /// do harm, and where the cell itself does not show that it is whole.
  func noteOpenEnd(_ record: inout Record) {
    guard let last = notes.unended, last.offset >= record.place.offset,
      last.offset - record.place.offset < UInt64(record.place.length), kind == .invoices
    else { return }
    // Fewer cells than headers are a fault of the row.
    let column = columns.headers.count - 1
    let start = Int(last.offset - record.place.offset)
    guard let field = harmful(column), start + last.length <= record.text.count else { return }
    let cell = record.text[start..<start + last.length]
    if cell.last == UInt8(ascii: "\"") || field.isDate && CSVRecordReader.isWholeDate(cell) {
      return
    }
    record.openEnd = field
  }

  /// The field of a column where half a figure would bill something else, or at another time.
  private func harmful(_ column: Int) -> Field? {
    if columns.wide.contains(where: { $0.column == column }) { return .amount }
    let fields: [Field] = [
      .invoiceNumber, .invoiceDate, .dueDate, .quantity, .rate, .amount, .invoiceTotal,
    ]
    return fields.first { columns.layout.column(of: $0) == column }
  }

  /// Whether a date has all its digits: its year, of four, or its day, of two, stands at the end.
  private static func isWholeDate(_ cell: ArraySlice<UInt8>) -> Bool {
    let groups = cell.split { !(0x30...0x39).contains($0) }.map(\.count)
    guard let first = groups.first, let last = groups.last, groups.count > 1 else {
      return groups == [8]
    }
    return first == 4 ? groups.count > 2 && groups[2] == 2 : last == 4
  }
}
