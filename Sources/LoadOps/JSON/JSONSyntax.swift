internal import CBytes
internal import Vocabulary

/// The grammar of RFC 8259, strictly: finds where a value ends and what is wrong with it.
///
/// Iterative, so that depth costs a bit and not the stack. It accepts every valid text and nothing else:
/// no comments, no trailing commas, no NaN, no leading zeros, no raw control characters in strings.
enum JSONSyntax {
  /// What there is to say about a value.
  enum Outcome: Equatable {
    /// The value ends before this index.
    case complete(end: Int)
    /// The bytes end before the value does.
    case needsMore
    /// The text is wrong at this index.
    case wrong(at: Int, String)
  }

  /// Deeper nesting than this is refused.
  static let deepest = 64

  /// Skips white space.
  @inline(__always)
  static func skipBlanks(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
      index += 1
    }
    return index
  }

  /// Checks the value that begins at `start`.
  static func value(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Outcome {
    var index = start
    var depth = 0
    var isObject: UInt64 = 0
    var expectsKey = false
    while true {
      index = skipBlanks(bytes, index)
      guard index < bytes.count else {
        return isLast ? .wrong(at: index, "the text ends in the middle of a value") : .needsMore
      }
      let byte = bytes[index]
      if expectsKey {
        guard byte == UInt8(ascii: "\"") else {
          return .wrong(
            at: index,
            byte == UInt8(ascii: "}")
              ? "a comma before the closing brace" : "a key in quotation marks is expected")
        }
        switch string(bytes, from: index, isLast: isLast) {
        case .complete(let end): index = skipBlanks(bytes, end)
        case let other: return other
        }
        guard index < bytes.count else {
          return isLast ? .wrong(at: index, "the text ends behind a key") : .needsMore
        }
        guard bytes[index] == UInt8(ascii: ":") else {
          return .wrong(at: index, "a colon is expected behind a key")
        }
        index += 1
        expectsKey = false
        continue
      }
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        guard depth < deepest else { return .wrong(at: index, "nested more than \(deepest) deep") }
        let opensObject = byte == UInt8(ascii: "{")
        isObject = opensObject ? isObject | (1 << UInt64(depth)) : isObject & ~(1 << UInt64(depth))
        depth += 1
        index = skipBlanks(bytes, index + 1)
        guard index < bytes.count else {
          return isLast ? .wrong(at: index, "the text ends inside a value") : .needsMore
        }
        if bytes[index] != UInt8(ascii: opensObject ? "}" : "]") {
          expectsKey = opensObject
          continue
        }
      } else {
        switch scalar(bytes, from: index, isLast: isLast) {
        case .complete(let end): index = end
        case let other: return other
        }
      }
      // Behind a value: close what ends here, go on behind a comma.
      switch close(bytes, &index, &depth, isObject, isLast) {
      case .complete(let end)?: return .complete(end: end)
      case let other?: return other
      case nil: expectsKey = isObject & (1 << UInt64(depth - 1)) != 0
      }
    }
  }

  /// Goes over closing brackets and at most one comma; nil when another value follows.
  private static func close(
    _ bytes: Span<UInt8>, _ index: inout Int, _ depth: inout Int, _ isObject: UInt64, _ isLast: Bool
  ) -> Outcome? {
    // An empty container stands at its own closing bracket here.
    while depth > 0 {
      index = skipBlanks(bytes, index)
      guard index < bytes.count else {
        return isLast ? .wrong(at: index, "the text ends inside a value") : .needsMore
      }
      let inObject = isObject & (1 << UInt64(depth - 1)) != 0
      switch bytes[index] {
      case UInt8(ascii: ","):
        index += 1
        return nil
      case UInt8(ascii: "}") where inObject, UInt8(ascii: "]") where !inObject:
        index += 1
        depth -= 1
      default:
        return .wrong(at: index, inObject ? "a comma or } is expected" : "a comma or ] is expected")
      }
    }
    return .complete(end: index)
  }

  static func scalar(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Outcome {
    switch bytes[start] {
    case UInt8(ascii: "\""): string(bytes, from: start, isLast: isLast)
    case UInt8(ascii: "t"): word("true", bytes, start, isLast)
    case UInt8(ascii: "f"): word("false", bytes, start, isLast)
    case UInt8(ascii: "n"): word("null", bytes, start, isLast)
    case UInt8(ascii: "-"), 0x30...0x39: number(bytes, from: start, isLast: isLast)
    case UInt8(ascii: "]"): .wrong(at: start, "a comma before the closing bracket")
    default: .wrong(at: start, "a value is expected")
    }
  }

  private static func word(
    _ word: StaticString, _ bytes: Span<UInt8>, _ start: Int, _ isLast: Bool
  ) -> Outcome {
    for offset in 0..<word.utf8CodeUnitCount {
      guard start + offset < bytes.count else {
        return isLast ? .wrong(at: start, "a value is expected") : .needsMore
      }
      guard bytes[start + offset] == word.utf8Start[offset] else {
        return .wrong(at: start, "a value is expected")
      }
    }
    return .complete(end: start + word.utf8CodeUnitCount)
  }

  private static func number(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Outcome {
    var index = start
    if bytes[index] == UInt8(ascii: "-") { index += 1 }
    func digits() -> Int {
      let first = index
      while index < bytes.count, bytes[index] &- 0x30 < 10 { index += 1 }
      return index - first
    }
    let first = index
    guard digits() > 0 else {
      return index == bytes.count && !isLast ? .needsMore : .wrong(at: index, "a digit is expected")
    }
    if bytes[first] == 0x30, index - first > 1 {
      return .wrong(at: first, "a number has no leading zero")
    }
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      index += 1
      guard digits() > 0 else {
        return index == bytes.count && !isLast
          ? .needsMore : .wrong(at: index, "a digit is expected")
      }
    }
    if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-")
      {
        index += 1
      }
      guard digits() > 0 else {
        return index == bytes.count && !isLast
          ? .needsMore : .wrong(at: index, "a digit is expected")
      }
    }
    // The number may go on behind the bytes given.
    return index == bytes.count && !isLast ? .needsMore : .complete(end: index)
  }

  /// Where the first quotation mark, backslash or control character at or behind an offset stands; the count when
  /// there is none.
  @inline(__always)
  static func special(_ bytes: Span<UInt8>, from start: Int) -> Int {
    bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return buffer.count }
      var place = start
      while place < buffer.count {
        let found = cbytes_json_string(base + place, buffer.count - place)
        if found != 0 { return place + found.trailingZeroBitCount }
        place += 16
      }
      return buffer.count
    }
  }

  static func string(_ bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Outcome {
    var index = start + 1
    while true {
      index = special(bytes, from: index)
      guard index < bytes.count else { break }
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") { return .complete(end: index + 1) }
      if byte < 0x20 { return .wrong(at: index, "a control character must be escaped in a string") }
      guard index + 1 < bytes.count else { break }
      switch bytes[index + 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
        UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
        index += 2
      case UInt8(ascii: "u"):
        for offset in 2..<6 {
          guard index + offset < bytes.count else {
            return isLast ? .wrong(at: index, "the text ends inside a string") : .needsMore
          }
          guard JSONStringDecoder.hexDigit(bytes[index + offset]) != nil else {
            return .wrong(at: index + offset, "a hexadecimal digit is expected")
          }
        }
        index += 6
      default: return .wrong(at: index + 1, "there is no such escape")
      }
    }
    return isLast ? .wrong(at: start, "a string is never closed") : .needsMore
  }
}

/// Turns the inside of a valid JSON string into its text.
enum JSONStringDecoder {
  static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46: UInt32(byte - 0x41 + 10)
    case 0x61...0x66: UInt32(byte - 0x61 + 10)
    default: nil
    }
  }

  /// Appends the decoded text and tells whether every character was whole.
  ///
  /// Half a surrogate pair is valid JSON and stands for no character; it becomes U+FFFD.
  @discardableResult
  static func decode(_ bytes: [UInt8], _ range: Range<Int>, into text: inout [UInt8]) -> Bool {
    decode(bytes.span, range, into: &text)
  }

  /// The same from any bytes.
  @discardableResult
  static func decode(_ bytes: Span<UInt8>, _ range: Range<Int>, into text: inout [UInt8]) -> Bool {
    var sink = ByteSink(capacity: range.count)
    let isWhole = decode(bytes, range, into: &sink)
    text.append(sink.bytes.span)
    return isWhole
  }

  /// The same into memory that is used again.
  static func decode(_ bytes: Span<UInt8>, _ range: Range<Int>, into text: inout ByteSink) -> Bool {
    var isWhole = true
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      guard byte == UInt8(ascii: "\\"), index + 1 < range.upperBound else {
        // As far as the next escape, all at once.
        var end = index + 1
        while end < range.upperBound, bytes[end] != UInt8(ascii: "\\") { end += 1 }
        text.append(bytes.extracting(index..<end))
        index = end
        continue
      }
      switch bytes[index + 1] {
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "u"):
        index = unicode(bytes, index, range.upperBound, into: &text, &isWhole)
        continue
      default: text.append(bytes[index + 1])
      }
      index += 2
    }
    return isWhole
  }

  private static func unit(_ bytes: Span<UInt8>, _ index: Int, _ end: Int) -> UInt32? {
    guard index + 6 <= end, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u")
    else { return nil }
    var value: UInt32 = 0
    for offset in 2..<6 {
      guard let digit = hexDigit(bytes[index + offset]) else { return nil }
      value = value << 4 | digit
    }
    return value
  }

  private static func unicode(
    _ bytes: Span<UInt8>, _ start: Int, _ end: Int, into text: inout ByteSink, _ isWhole: inout Bool
  ) -> Int {
    guard let first = unit(bytes, start, end) else { return start + 2 }
    var scalar = first
    var index = start + 6
    if (0xD800..<0xDC00).contains(first), let second = unit(bytes, index, end),
      (0xDC00..<0xE000).contains(second)
    {
      scalar = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
      index += 6
    }
    if (0xD800..<0xE000).contains(scalar) { isWhole = false }
    let character = Unicode.Scalar(scalar) ?? "\u{FFFD}"
    for byte in UTF8.encode(character) ?? UTF8.encodedReplacementCharacter { text.append(byte) }
    return index
  }
}
