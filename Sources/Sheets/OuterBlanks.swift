/// Finds what may be taken off both ends of a value: blanks, control and zero-width characters.
public enum OuterBlanks {
  /// A text without them, as every reader of exports, books and mapping files keeps it.
  package static func trimmed(_ text: String) -> String {
    var copy = text
    let (count, kept) = copy.withUTF8 { ($0.count, trimmed($0.span, 0..<$0.count)) }
    guard kept.count < count else { return text }
    return String(decoding: Array(text.utf8)[kept], as: UTF8.self)
  }

  /// The stretch that remains; inner blanks always stay, because pairing by name looks at them.
  @inlinable @inline(__always)
  public static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    guard !range.isEmpty else { return range }
    let first = bytes[range.lowerBound]
    let last = bytes[range.upperBound - 1]
    if first > 0x20, first < 0x7F, last > 0x20, last < 0x7F { return range }
    return slowlyTrimmed(bytes, range)
  }

  @usableFromInline
  static func slowlyTrimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end {
      let length = blank(bytes, at: start, end: end)
      guard length > 0 else { break }
      start += length
    }
    while start < end {
      var length = 0
      for candidate in 1...3 where end - candidate >= start {
        if blank(bytes, at: end - candidate, end: end) == candidate { length = candidate }
      }
      guard length > 0 else { break }
      end -= length
    }
    return start..<end
  }

  /// How many bytes the blank at `index` takes: 0 when there is none.
  private static func blank(_ bytes: Span<UInt8>, at index: Int, end: Int) -> Int {
    let byte = bytes[index]
    if byte <= 0x20 || byte == 0x7F { return 1 }
    if byte == 0xC2, index + 1 < end {
      let next = bytes[index + 1]
      // C1 controls, the no-break space and the soft hyphen.
      return (0x80...0xA0).contains(next) || next == 0xAD ? 2 : 0
    }
    guard index + 2 < end else { return 0 }
    let (second, third) = (bytes[index + 1], bytes[index + 2])
    switch (byte, second) {
    case (0xE2, 0x80):
      // U+2000…U+200F spaces and zero-width marks, U+2028…U+202F separators and embeddings.
      return (0x80...0x8F).contains(third) || (0xA8...0xAF).contains(third) ? 3 : 0
    // U+205F, a space, and U+2060…U+206F, which have no width.
    case (0xE2, 0x81): return (0x9F...0xAF).contains(third) ? 3 : 0
    case (0xE3, 0x80): return third == 0x80 ? 3 : 0
    case (0xEF, 0xBB): return third == 0xBF ? 3 : 0
    default: return 0
    }
  }
}
