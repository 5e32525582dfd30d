/// What stands between the cells of a file of separated values, as far as the file tells.
package enum CSVDialect {
  /// The marks that are looked for, in the order in which they are preferred.
  package static let delimiters: [UInt8] = [
    UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, UInt8(ascii: "|"),
  ]

  /// The mark that a first line such as `sep=;` declares, as spreadsheets write and obey it.
  ///
  /// - Returns: The mark and where the next line begins; nil where there is no such line.
  package static func declaration(_ bytes: Span<UInt8>, from start: Int) -> (UInt8, next: Int)? {
    var index = start
    let isQuoted = index < bytes.count && bytes[index] == 0x22
    if isQuoted { index += 1 }
    let word: [UInt8] = Array("sep=".utf8)
    guard index + word.count < bytes.count else { return nil }
    for offset in word.indices where bytes[index + offset] | 0x20 != word[offset] | 0x20 {
      return nil
    }
    index += word.count
    let mark = bytes[index]
    guard mark != 0x22, mark != 0x0A, mark != 0x0D else { return nil }
    index += 1
    if isQuoted, index < bytes.count, bytes[index] == 0x22 { index += 1 }
    // A sheet of several columns pads the line with empty cells.
    while index < bytes.count, bytes[index] == mark || bytes[index] == 0x20 { index += 1 }
    guard index < bytes.count else { return (mark, index) }
    if bytes[index] == 0x0D {
      index += 1
      if index < bytes.count, bytes[index] == 0x0A { index += 1 }
      return (mark, index)
    }
    return bytes[index] == 0x0A ? (mark, index + 1) : nil
  }

  /// The mark that stands most often in a row outside quotation marks; a comma where there is none.
  package static func likeliest(in row: some Sequence<UInt8>) -> UInt8 {
    var counts = [Int](repeating: 0, count: delimiters.count)
    var isQuoted = false
    for byte in row {
      if byte == 0x22 { isQuoted.toggle() }
      if !isQuoted, let index = delimiters.firstIndex(of: byte) { counts[index] += 1 }
    }
    guard let most = counts.max(), most > 0, let index = counts.firstIndex(of: most) else {
      return delimiters[0]
    }
    return delimiters[index]
  }
}
