internal import Sheets
internal import Vocabulary

/// What of a cell is its value.
enum CellText {
  /// The stretch without outer blanks and without the marks that spreadsheets put around text.
  ///
  /// An apostrophe in front of `=`, `+`, `-`, `@`, wide or narrow, or another apostrophe says "this is text" and is no
  /// part of it; LoadBooks writes it into `held.csv` for the same reason. In front of a digit it is one where
  /// the column holds no words (`isFigure`): `'00123`. `="00123"`, a formula that keeps a spreadsheet from
  /// dropping the zeros, is what stands between its quotation marks.
  @inline(__always)
  static func value(_ bytes: Span<UInt8>, _ range: Range<Int>, isFigure: Bool) -> Range<Int> {
    let trimmed = OuterBlanks.trimmed(bytes, range)
    guard trimmed.count > 1 else { return trimmed }
    let first = bytes[trimmed.lowerBound]
    guard first == 0x27 || first == 0x3D else { return trimmed }
    return unwrapped(bytes, trimmed, isFigure: isFigure)
  }

  /// Whether a text with this first and this last byte is its own value: with letters, digits or punctuation at both
  /// ends and without a mark in front.
  @inline(__always)
  static func isBare(_ first: UInt8, _ last: UInt8) -> Bool {
    first &- 0x21 < 0x5E && last &- 0x21 < 0x5E && first != 0x27 && first != 0x3D
  }

  /// Whether the full-width form of `=`, `+`, `-` or `@` stands behind the apostrophe.
  private static func isWideFormula(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count >= 4, bytes[range.lowerBound + 2] == 0xBC else { return false }
    return [0x9D, 0x8B, 0x8D, 0xA0].contains(bytes[range.lowerBound + 3])
  }

  private static func unwrapped(
    _ bytes: Span<UInt8>, _ range: Range<Int>, isFigure: Bool
  ) -> Range<Int> {
    let (first, second) = (bytes[range.lowerBound], bytes[range.lowerBound + 1])
    if first == 0x27 {
      let isMark =
        switch second {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x27: true
        case 0x30...0x39: isFigure
        case 0xEF: isWideFormula(bytes, range)
        default: false
        }
      return isMark ? range.lowerBound + 1..<range.upperBound : range
    }
    if range.count >= 3, second == 0x22, bytes[range.upperBound - 1] == 0x22 {
      // What joins several texts says more than one of them.
      for index in range.lowerBound + 2..<range.upperBound - 1 where bytes[index] == 0x22 {
        return range
      }
      return OuterBlanks.trimmed(bytes, range.lowerBound + 2..<range.upperBound - 1)
    }
    return range
  }
}
