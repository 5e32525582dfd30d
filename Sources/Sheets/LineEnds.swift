/// Counts line ends: LF, CRLF and the lone CR of old spreadsheets.
package enum LineEnds {
  package static func count(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
    let bytes = bytes.span
    var lines = 0
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      if byte == 0x0A {
        lines += 1
      } else if byte == 0x0D, index + 1 >= bytes.count || bytes[index + 1] != 0x0A {
        lines += 1
      }
      index += 1
    }
    return lines
  }
}
