internal import Sheets
internal import Vocabulary

/// What of a cell is its value.
enum CellText {
  /// The stretch without outer blanks and without the marks that spreadsheets put around text.
  ///
  /// An apostrophe in front of `=`, `+`, `-`, `@`, wide or narrow, or another apostrophe says "this is text" and is no
  /// part of it; LoadBooks writes it into `held.csv` for the same reason. Identifiers may also stand as
  /// `="00123"` or `'00123`, which keeps a spreadsheet from dropping their zeros.
  @inline(__always)
  static func value(_ bytes: Span<UInt8>, _ range: Range<Int>, isIdentifier: Bool) -> Range<Int> {
    let trimmed = OuterBlanks.trimmed(bytes, range)
    guard trimmed.count > 1 else { return trimmed }
    let first = bytes[trimmed.lowerBound]
    guard first == 0x27 || (isIdentifier && first == 0x3D) else { return trimmed }
    return unwrapped(bytes, trimmed, isIdentifier: isIdentifier)
  }

  /// Whether the full-width form of `=`, `+`, `-` or `@` stands behind the apostrophe.
  private static func isWideFormula(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count >= 4, bytes[range.lowerBound + 2] == 0xBC else { return false }
    return [0x9D, 0x8B, 0x8D, 0xA0].contains(bytes[range.lowerBound + 3])
  }

  private static func unwrapped(
    _ bytes: Span<UInt8>, _ range: Range<Int>, isIdentifier: Bool
  ) -> Range<Int> {
    let (first, second) = (bytes[range.lowerBound], bytes[range.lowerBound + 1])
    if first == 0x27 {
      let isMark =
        switch second {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x27: true
        case 0x30...0x39: isIdentifier
        case 0xEF: isWideFormula(bytes, range)
        default: false
        }
      return isMark ? range.lowerBound + 1..<range.upperBound : range
    }
    if range.count >= 3, second == 0x22, bytes[range.upperBound - 1] == 0x22 {
      return OuterBlanks.trimmed(bytes, range.lowerBound + 2..<range.upperBound - 1)
    }
    return range
  }
}
