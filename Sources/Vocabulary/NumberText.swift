/// How numbers are written in an export.
public enum NumberConvention: String, Sendable, CaseIterable {
  /// `1,234.56`
  case us
  /// `1.234,56`
  case eu
}

/// How numbers are written in an export, and in which currency amounts are if a cell does not say.
public struct NumberStyle: Hashable, Sendable {
  /// Which mark stands before the decimals.
  public var convention: NumberConvention
  /// The company's currency, three capital letters.
  public var currency: String {
    didSet { code = Array(currency.utf8) }
  }
  fileprivate private(set) var code: [UInt8]

  /// A way of writing numbers.
  public init(_ convention: NumberConvention = .us, currency: String = "USD") {
    self.convention = convention
    self.currency = currency
    code = Array(currency.utf8)
  }

  fileprivate static let us = NumberStyle(.us)
  fileprivate static let eu = NumberStyle(.eu)
}

/// Why a cell is not a number we can take.
public enum NumberFault: Error, Hashable, Sendable {
  /// Letters, stray signs, misplaced separators.
  case notANumber
  /// More digits before the point than QuickBooks takes (ten), or more than six decimals.
  case outOfRange
  /// An amount in another currency than the company's, such as `€5`.
  case otherCurrency
}

/// What a cell says when it is read as a number.
public enum NumberReading: Hashable, Sendable {
  /// Empty, `-` or `N/A`.
  case absent
  /// An exact value.
  case value(FixedDecimal)
  /// The value of a number with an exponent such as `1.2E+05`, of which digits may have been lost before.
  case exponential(FixedDecimal)
  /// Not a number we can take.
  case fault(NumberFault)
}

extension FixedDecimal {
  /// Reads a cell as an exact decimal; never through binary floating point.
  ///
  /// Beside the canonical `-?digits.digits` it takes what hand-edited sheets hold: a dollar sign or
  /// the company's currency, thousands marks in groups of three (comma or point by convention, spaces of
  /// all kinds), parentheses, a trailing minus or `CR`, the Unicode minus, and exponents, which are told
  /// apart. `$` says nothing about which dollar is meant; another currency's sign or code is a fault.
  public static func parse(_ text: Span<UInt8>, _ style: NumberStyle) -> NumberReading {
    let convention = style.convention
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
      return parseTolerantly(text, style)
    }
    guard let fraction = fraction(text, index) else { return parseTolerantly(text, style) }
    let micros = whole * 1_000_000 + fraction
    return .value(FixedDecimal(micros: negative ? -micros : micros))
  }

  /// The millionths that a point and what stands behind it to the end are; zero for an end, nil for anything else.
  @inline(__always)
  private static func fraction(_ text: Span<UInt8>, _ point: Int) -> Int64? {
    guard point < text.count else { return 0 }
    guard text[point] == UInt8(ascii: "."), text.count - point <= 7, text.count - point > 1 else {
      return nil
    }
    var (fraction, unit): (Int64, Int64) = (0, 100_000)
    for index in point + 1..<text.count {
      let digit = text[index] &- 0x30
      guard digit < 10 else { return nil }
      fraction += Int64(digit) * unit
      unit /= 10
    }
    return fraction
  }

  /// The same for amounts in US dollars.
  public static func parse(_ text: Span<UInt8>, _ convention: NumberConvention) -> NumberReading {
    parse(text, convention == .us ? NumberStyle.us : NumberStyle.eu)
  }

  /// Digits in groups of three, as in `-1,234.56`; nil for everything else.
  private static func parseGrouped(_ text: Span<UInt8>) -> FixedDecimal? {
    let negative = text[0] == UInt8(ascii: "-")
    var index = negative ? 1 : 0
    // A first group of zeros means a decimal mark of the other convention.
    guard index < text.count, text[index] != 0x30 else { return nil }
    var (whole, digits, group, marks): (Int64, Int, Int, Int) = (0, 0, 0, 0)
    while index < text.count, text[index] != UInt8(ascii: ".") {
      let byte = text[index]
      if byte &- 0x30 < 10 {
        (digits, group) = (digits + 1, group + 1)
        guard digits <= 10 else { return nil }
        whole = whole * 10 + Int64(byte &- 0x30)
      } else {
        let fits = marks == 0 ? (1...3).contains(group) : group == 3
        guard byte == UInt8(ascii: ","), fits else { return nil }
        (group, marks) = (0, marks + 1)
      }
      index += 1
    }
    guard group == 3, marks > 0, let fraction = fraction(text, index) else { return nil }
    let micros = whole * 1_000_000 + fraction
    return FixedDecimal(micros: negative ? -micros : micros)
  }

  private static func parseTolerantly(
    _ text: Span<UInt8>, _ style: NumberStyle
  ) -> NumberReading {
    if style.convention == .us, let value = parseGrouped(text) { return .value(value) }
    var lexer = LooseNumber(style)
    return lexer.read(text)
  }
}

/// The slow road for hand-edited numbers: strips what surrounds the digits, then checks the grouping.
private struct LooseNumber {
  private let decimalMark: UInt8
  private let groupMark: UInt8
  private let code: [UInt8]
  private var negative = false
  private var isForeign = false

  init(_ style: NumberStyle) {
    let isUS = style.convention == .us
    decimalMark = isUS ? UInt8(ascii: ".") : UInt8(ascii: ",")
    groupMark = isUS ? UInt8(ascii: ",") : UInt8(ascii: ".")
    code = style.code
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
    let reading = exponential(bytes) ?? digits(bytes)
    if isForeign, case .fault = reading { return .fault(.notANumber) }
    return isForeign ? .fault(.otherCurrency) : reading
  }

  /// Unicode minus to `-`, all kinds of blanks to a space, currency signs to codes; everything else as it
  /// is.
  private static func plain(_ text: Span<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < text.count {
      let byte = text[index]
      let second = index + 1 < text.count ? text[index + 1] : 0
      let third = index + 2 < text.count ? text[index + 2] : 0
      switch (byte, second, third) {
      case (0xE2, 0x88, 0x92):
        result.append(UInt8(ascii: "-"))
        index += 3
      // The thin and the narrow no-break space.
      case (0xE2, 0x80, 0x89), (0xE2, 0x80, 0xAF):
        result.append(0x20)
        index += 3
      case (0xE2, 0x82, 0xAC):
        result.append(contentsOf: "EUR".utf8)
        index += 3
      case (0xC2, 0xA0, _):
        result.append(0x20)
        index += 2
      case (0xC2, 0xA3, _):
        result.append(contentsOf: "GBP".utf8)
        index += 2
      default:
        result.append(byte)
        index += 1
      }
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
      } else if bytes.count > 2, bytes.suffix(2).elementsEqual("DR".utf8) {
        bytes.removeLast(2)
        (signs, changed) = (signs + 1, true)
      } else if stripCurrency(&bytes) {
        (currencies, changed) = (currencies + 1, true)
      }
    }
    return signs <= 1 && currencies <= 1
  }

  private static let signs: [(mark: [UInt8], code: [UInt8])] = [
    ("US$", "USD"), ("CA$", "CAD"), ("C$", "CAD"), ("MX$", "MXN"),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  private static let codes = ["USD", "CAD", "MXN", "EUR", "GBP"].map { Array($0.utf8) }

  /// Takes the sign or the code of a currency off one end.
  private mutating func stripCurrency(_ bytes: inout [UInt8]) -> Bool {
    for (mark, code) in LooseNumber.signs where bytes.starts(with: mark) {
      bytes.removeFirst(mark.count)
      isForeign = isForeign || code != self.code
      return true
    }
    if bytes.first == UInt8(ascii: "$") || bytes.last == UInt8(ascii: "$") {
      if bytes.first == UInt8(ascii: "$") { bytes.removeFirst() } else { bytes.removeLast() }
      return true
    }
    guard bytes.count > 3 else { return false }
    for code in [code] + LooseNumber.codes {
      if bytes.starts(with: code) {
        bytes.removeFirst(3)
      } else if bytes.suffix(3).elementsEqual(code) {
        bytes.removeLast(3)
      } else {
        continue
      }
      isForeign = isForeign || code != self.code
      return true
    }
    return false
  }

  /// The exact value of digits, perhaps with a decimal mark, that are followed by `E` and a whole number.
  private func exponential(_ bytes: [UInt8]) -> NumberReading? {
    guard let mark = bytes.firstIndex(of: UInt8(ascii: "E")), mark > 0 else { return nil }
    var power = bytes[(mark + 1)...]
    let isNegative = power.first == UInt8(ascii: "-")
    if isNegative || power.first == UInt8(ascii: "+") { power.removeFirst() }
    guard !power.isEmpty, power.count <= 3, power.allSatisfy({ $0 &- 0x30 < 10 }) else {
      return nil
    }
    var digits: [UInt8] = []
    var point: Int?
    for byte in bytes[..<mark] {
      if byte == decimalMark, point == nil {
        point = digits.count
      } else if byte &- 0x30 < 10 {
        digits.append(byte)
      } else {
        return nil
      }
    }
    guard !digits.isEmpty else { return nil }
    let size = power.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
    let place = (point ?? digits.count) + (isNegative ? -size : size)
    guard (-20...30).contains(place) else { return .fault(.outOfRange) }
    if place > digits.count {
      digits.append(contentsOf: repeatElement(0x30, count: place - digits.count))
    }
    if place < 1 { digits.insert(contentsOf: repeatElement(0x30, count: 1 - place), at: 0) }
    digits.insert(decimalMark, at: max(place, 1))
    guard case .value(let value) = self.digits(digits) else { return .fault(.outOfRange) }
    return .exponential(value)
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
