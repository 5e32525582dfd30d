/// How numbers are written in an export.
public enum NumberConvention: String, Sendable, CaseIterable {
  /// `1,234.56`
  case us
  /// `1.234,56`
  case eu
}

/// Why a cell is not a number we can take.
public enum NumberFault: Error, Hashable, Sendable {
  /// Letters, stray signs, misplaced separators.
  case notANumber
  /// More digits before the point than QuickBooks takes (ten), or more than six decimals.
  case outOfRange
  /// An exponent such as `1.2E+05`: digits may already be lost.
  case exponent
}

/// What a cell says when it is read as a number.
public enum NumberReading: Hashable, Sendable {
  /// Empty, `-` or `N/A`.
  case absent
  /// An exact value.
  case value(FixedDecimal)
  /// Not a number we can take.
  case fault(NumberFault)
}

extension FixedDecimal {
  /// Reads a cell as an exact decimal; never through binary floating point.
  ///
  /// Beside the canonical `-?digits.digits` it takes what hand-edited sheets hold: a dollar sign or
  /// `USD`, thousands marks in groups of three (comma or point by `convention`, space, no-break
  /// space), parentheses, a trailing minus or `CR`, and the Unicode minus.
  public static func parse(_ text: Span<UInt8>, _ convention: NumberConvention) -> NumberReading {
    let count = text.count
    guard count > 0 else { return .absent }
    var index = 0
    var negative = false
    if text[0] == UInt8(ascii: "-") {
      negative = true
      index = 1
    }
    var whole: Int64 = 0
    let wholeStart = index
    while index < count, text[index] &- 0x30 < 10, index - wholeStart < 11 {
      whole = whole &* 10 &+ Int64(text[index] &- 0x30)
      index += 1
    }
    let wholeDigits = index - wholeStart
    guard wholeDigits > 0, wholeDigits <= 10, convention == .us || index == count else {
      return parseTolerantly(text, convention)
    }
    var fraction: Int64 = 0
    if index < count {
      guard text[index] == UInt8(ascii: "."), count - index <= 7, count - index > 1 else {
        return parseTolerantly(text, convention)
      }
      index += 1
      var unit: Int64 = 100_000
      while index < count {
        let digit = text[index] &- 0x30
        guard digit < 10 else { return parseTolerantly(text, convention) }
        fraction += Int64(digit) * unit
        unit /= 10
        index += 1
      }
    }
    let micros = whole * 1_000_000 + fraction
    return .value(FixedDecimal(micros: negative ? -micros : micros))
  }

  private static func parseTolerantly(
    _ text: Span<UInt8>, _ convention: NumberConvention
  ) -> NumberReading {
    var lexer = LooseNumber(convention)
    return lexer.read(text)
  }
}

/// The slow road for hand-edited numbers: strips what surrounds the digits, then checks the grouping.
private struct LooseNumber {
  private let decimalMark: UInt8
  private let groupMark: UInt8
  private var negative = false

  init(_ convention: NumberConvention) {
    decimalMark = convention == .us ? UInt8(ascii: ".") : UInt8(ascii: ",")
    groupMark = convention == .us ? UInt8(ascii: ",") : UInt8(ascii: ".")
  }

  mutating func read(_ text: Span<UInt8>) -> NumberReading {
    var bytes = LooseNumber.plain(text)
    trim(&bytes)
    let upper = bytes.map { $0 >= 0x61 && $0 <= 0x7A ? $0 - 0x20 : $0 }
    if upper.isEmpty || upper == [UInt8(ascii: "-")] || upper == Array("N/A".utf8) {
      return .absent
    }
    bytes = upper
    guard stripSigns(&bytes) else { return .fault(.notANumber) }
    if hasExponent(bytes) { return .fault(.exponent) }
    return digits(bytes)
  }

  /// Unicode minus to `-`, no-break spaces to a space; everything else as it is.
  private static func plain(_ text: Span<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == 0xE2, index + 2 < text.count {
        if text[index + 1] == 0x88, text[index + 2] == 0x92 {
          result.append(UInt8(ascii: "-"))
          index += 3
          continue
        }
        if text[index + 1] == 0x80, text[index + 2] == 0xAF {
          result.append(UInt8(ascii: " "))
          index += 3
          continue
        }
      }
      if byte == 0xC2, index + 1 < text.count, text[index + 1] == 0xA0 {
        result.append(UInt8(ascii: " "))
        index += 2
        continue
      }
      result.append(byte)
      index += 1
    }
    return result
  }

  private func trim(_ bytes: inout [UInt8]) {
    while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
    if let start = bytes.firstIndex(where: { $0 > 0x20 }) { bytes.removeFirst(start) }
  }

  /// Takes currency and sign marks off both ends; false when they contradict each other.
  private mutating func stripSigns(_ bytes: inout [UInt8]) -> Bool {
    var signs = 0
    var currencies = 0
    var changed = true
    while changed {
      changed = false
      trim(&bytes)
      if bytes.count >= 2, bytes.first == UInt8(ascii: "("), bytes.last == UInt8(ascii: ")") {
        bytes = Array(bytes.dropFirst().dropLast())
        (signs, negative, changed) = (signs + 1, true, true)
      } else if bytes.first == UInt8(ascii: "-") {
        bytes.removeFirst()
        (signs, negative, changed) = (signs + 1, true, true)
      } else if bytes.first == UInt8(ascii: "+") {
        bytes.removeFirst()
        (signs, changed) = (signs + 1, true)
      } else if bytes.last == UInt8(ascii: "-") {
        bytes.removeLast()
        (signs, negative, changed) = (signs + 1, true, true)
      } else if bytes.count > 2, bytes.suffix(2).elementsEqual("CR".utf8) {
        bytes.removeLast(2)
        (signs, negative, changed) = (signs + 1, true, true)
      } else if bytes.first == UInt8(ascii: "$") {
        bytes.removeFirst()
        (currencies, changed) = (currencies + 1, true)
      } else if bytes.last == UInt8(ascii: "$") {
        bytes.removeLast()
        (currencies, changed) = (currencies + 1, true)
      } else if bytes.count > 3, bytes.prefix(3).elementsEqual("USD".utf8) {
        bytes.removeFirst(3)
        (currencies, changed) = (currencies + 1, true)
      } else if bytes.count > 3, bytes.suffix(3).elementsEqual("USD".utf8) {
        bytes.removeLast(3)
        (currencies, changed) = (currencies + 1, true)
      }
    }
    return signs <= 1 && currencies <= 1
  }

  /// Whether digits, perhaps with marks between them, are followed by `E` and a whole number.
  private func hasExponent(_ bytes: [UInt8]) -> Bool {
    guard let mark = bytes.firstIndex(of: UInt8(ascii: "E")), mark > 0 else { return false }
    var power = bytes[(mark + 1)...]
    if power.first == UInt8(ascii: "+") || power.first == UInt8(ascii: "-") { power.removeFirst() }
    let marks: Set = [decimalMark, groupMark, UInt8(ascii: " ")]
    return !power.isEmpty && power.allSatisfy { $0 &- 0x30 < 10 }
      && bytes[..<mark].allSatisfy { $0 &- 0x30 < 10 || marks.contains($0) }
  }

  private func digits(_ bytes: [UInt8]) -> NumberReading {
    var whole: Int64 = 0
    var wholeDigits = 0
    var groupDigits: Int?
    var mark: UInt8?
    var index = 0
    while index < bytes.count, bytes[index] != decimalMark {
      let byte = bytes[index]
      if byte &- 0x30 < 10 {
        if whole > 0 || byte != 0x30 { wholeDigits += 1 }
        guard wholeDigits <= 10 else { return .fault(.outOfRange) }
        whole = whole * 10 + Int64(byte &- 0x30)
        groupDigits = groupDigits.map { $0 + 1 }
      } else if byte == groupMark || byte == UInt8(ascii: " ") {
        // A first group of zeros, as in `0,125`, means a decimal mark of the other convention.
        let fits =
          mark == nil ? (1...3).contains(index) && bytes[0] != 0x30 : groupDigits == 3
        guard fits, mark == nil || mark == byte else { return .fault(.notANumber) }
        groupDigits = 0
        mark = byte
      } else {
        return .fault(.notANumber)
      }
      index += 1
    }
    guard groupDigits == nil || groupDigits == 3 else { return .fault(.notANumber) }
    let hadWhole = index > 0
    var fraction: Int64 = 0
    var fractionDigits = 0
    if index < bytes.count {
      index += 1
      var unit: Int64 = 100_000
      while index < bytes.count {
        let digit = bytes[index] &- 0x30
        guard digit < 10 else { return .fault(.notANumber) }
        guard fractionDigits < 6 || digit == 0 else { return .fault(.outOfRange) }
        fraction += Int64(digit) * unit
        unit /= 10
        fractionDigits += 1
        index += 1
      }
    }
    guard hadWhole || fractionDigits > 0 else { return .fault(.notANumber) }
    let micros = whole * 1_000_000 + fraction
    return .value(FixedDecimal(micros: negative ? -micros : micros))
  }
}
