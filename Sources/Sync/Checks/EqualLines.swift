internal import LoadOps
internal import Vocabulary

extension Record {
  /// Invoices with more lines are searched by hash.
  private static let fewLines = 16

  /// Two lines of an invoice that say the same in every cell; nil when there are none.
  func equalLines(_ invoice: Invoice) -> (first: Int, second: Int)? {
    let lines = invoice.lines
    guard lines.count > 1 else { return nil }
    guard lines.count > Record.fewLines else {
      for index in lines.indices.dropFirst() {
        for other in 0..<index where areEqual(lines[other], lines[index]) { return (other, index) }
      }
      return nil
    }
    var known: [UInt64: Int] = [:]
    known.reserveCapacity(lines.count)
    for (index, line) in lines.enumerated() {
      let hash = hash(of: line)
      if let other = known[hash], areEqual(lines[other], line) { return (other, index) }
      known[hash] = index
    }
    return nil
  }

  private func areEqual(_ left: Invoice.Line, _ right: Invoice.Line) -> Bool {
    // Several lines of one row come from elsewhere and are no rows of the file.
    left.amount == right.amount && left.row != right.row
      && text[left.category.value.range].elementsEqual(text[right.category.value.range])
      && rowsAreEqual(left.row, right.row)
  }

  private func hash(of line: Invoice.Line) -> UInt64 {
    var hash = ByteHash()
    hash.combine(text.span.extracting(line.category.value.range))
    hash.combine(UInt64(bitPattern: line.amount?.cents ?? .min))
    for column in 0..<layout.width {
      let cell = cell(line.row, column: column)
      if cell.isEmpty { continue }
      hash.combine(UInt64(column))
      hash.combine(text.span.extracting(cell.value.range))
    }
    return hash.value
  }
}
