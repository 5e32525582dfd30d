package import Vocabulary

/// Writes the number of a cell the way its text would be typed: exact, without an exponent.
///
/// A spreadsheet keeps a number as binary floating point and shows at most 15 significant digits of it;
/// its files hold up to 17, so that 1234.55 may stand there as `1234.5499999999999` and 0.1 + 0.2 as
/// `0.30000000000000004`. Every decimal of up to 15 digits survives that form, therefore a fraction with
/// more than 15 significant digits is rounded to 15, half up, which gives back what was typed or what
/// the sheet shows in full. Amounts have at most ten digits before the point, so this can never move a
/// cent. Nothing is rounded to what a number format happens to show: 33.3333 shown as 33.33 is 33.3333.
package enum SpreadsheetNumber {
  /// What a spreadsheet shows at most.
  package static let significantDigits = 15

  /// Appends a number's text; what is no number, or too long to be exact, as it stands.
  package static func append(_ literal: Span<UInt8>, to text: inout [UInt8]) {
    guard let decimal = Decimal(literal) else { return text.append(literal) }
    decimal.append(to: &text, literal)
  }

  /// Appends a number as its hundredfold with a percent sign, as a cell with such a format shows it.
  package static func append(_ literal: Span<UInt8>, percent: Bool, to text: inout [UInt8]) {
    guard percent, var decimal = Decimal(literal) else { return append(literal, to: &text) }
    decimal.round(to: significantDigits)
    decimal.shift(by: 2)
    decimal.append(to: &text, literal)
    text.append(UInt8(ascii: "%"))
  }

  /// A number as its digits and where the point is among them.
  struct Decimal {
    private(set) var isNegative = false
    /// The significant digits without zeros at either end, as values.
    private(set) var digits: [UInt8] = []
    /// How many digits stand before the point; negative for zeros behind it.
    private(set) var point = 0
    private let hasExponent: Bool

    init?(_ literal: Span<UInt8>) {
      var index = 0
      if index < literal.count, literal[index] == UInt8(ascii: "-") {
        isNegative = true
        index += 1
      }
      var (seen, exponent, behind) = (0, 0, false)
      while index < literal.count {
        let byte = literal[index]
        if byte == UInt8(ascii: "."), !behind {
          behind = true
        } else if byte &- 0x30 < 10 {
          seen += 1
          if !behind, !digits.isEmpty || byte != 0x30 { point += 1 }
          if behind, digits.isEmpty, byte == 0x30 { point -= 1 }
          if !digits.isEmpty || byte != 0x30 { digits.append(byte &- 0x30) }
        } else {
          break
        }
        index += 1
      }
      guard seen > 0, seen <= 400 else { return nil }
      hasExponent = index < literal.count
      if hasExponent {
        guard literal[index] | 0x20 == UInt8(ascii: "e") else { return nil }
        index += 1
        guard let power = Decimal.power(literal, from: index) else { return nil }
        exponent = power
      }
      while digits.last == 0 { digits.removeLast() }
      point = digits.isEmpty ? 0 : point + exponent
      if digits.isEmpty { isNegative = false }
    }

    private static func power(_ literal: Span<UInt8>, from start: Int) -> Int? {
      var index = start
      var sign = 1
      if index < literal.count, literal[index] == 0x2B || literal[index] == 0x2D {
        sign = literal[index] == 0x2D ? -1 : 1
        index += 1
      }
      guard index < literal.count, literal.count - index <= 4 else { return nil }
      var value = 0
      while index < literal.count {
        guard literal[index] &- 0x30 < 10 else { return nil }
        value = value * 10 + Int(literal[index] &- 0x30)
        index += 1
      }
      return sign * value
    }

    /// Whether it has no fraction.
    var isWhole: Bool { digits.count <= point || digits.isEmpty }

    /// Rounds half up to so many significant digits.
    mutating func round(to places: Int) {
      guard digits.count > places else { return }
      let up = digits[places] >= 5
      digits.removeLast(digits.count - places)
      var index = places - 1
      if up {
        while index >= 0, digits[index] == 9 {
          digits[index] = 0
          index -= 1
        }
        if index >= 0 {
          digits[index] += 1
        } else {
          digits.insert(1, at: 0)
          point += 1
        }
      }
      while digits.last == 0 { digits.removeLast() }
    }

    /// Moves the point to the right.
    mutating func shift(by places: Int) {
      if !digits.isEmpty { point += places }
    }

    func append(to text: inout [UInt8], _ literal: Span<UInt8>) {
      var decimal = self
      if !isWhole {
        decimal.round(to: SpreadsheetNumber.significantDigits)
      } else if hasExponent, digits.count > SpreadsheetNumber.significantDigits || point > 15 {
        // A long identifier that became a number has lost digits; its exponent says so.
        return text.append(literal)
      }
      guard decimal.point > -30, decimal.point <= 400 else { return text.append(literal) }
      decimal.appendPlain(to: &text)
    }

    /// Appends sign, digits and point.
    func appendPlain(to text: inout [UInt8]) {
      if isNegative { text.append(UInt8(ascii: "-")) }
      if point <= 0 { text.append(0x30) }
      for index in 0..<max(point, 0) {
        text.append(index < digits.count ? digits[index] + 0x30 : 0x30)
      }
      guard digits.count > max(point, 0) else { return }
      text.append(UInt8(ascii: "."))
      for _ in 0..<max(-point, 0) { text.append(0x30) }
      for digit in digits[max(point, 0)...] { text.append(digit + 0x30) }
    }

    /// The whole part, when it has at most nine digits.
    var whole: Int? {
      guard point <= 9 else { return nil }
      var value = 0
      for index in 0..<max(point, 0) {
        value = value * 10 + (index < digits.count ? Int(digits[index]) : 0)
      }
      return value
    }

    /// The part behind the point in units of 10⁻¹¹.
    var fraction: Int {
      var value = 0
      for place in 0..<11 {
        let index = point + place
        value = value * 10 + (index >= 0 && index < digits.count ? Int(digits[index]) : 0)
      }
      return value
    }
  }
}

/// Writes serial numbers of days as ISO dates.
///
/// Day 1 is 1900-01-01, and there is a day 60, 1900-02-29, which never was (Lotus 1-2-3 had it, Excel
/// kept it); or day 0 is 1904-01-01, when the workbook says so. The fraction is the time of day.
package enum SpreadsheetDate {
  /// Appends the date, the time or both that a serial stands for; false when it stands for none.
  static func append(
    _ literal: Span<UInt8>, isTime: Bool, from1904: Bool, to text: inout [UInt8]
  ) -> Bool {
    guard let serial = SpreadsheetNumber.Decimal(literal), !serial.isNegative,
      let whole = serial.whole
    else { return false }
    // Whole milliseconds, so that the noise of binary fractions never turns midnight into the day before.
    var day = whole
    var milliseconds = (serial.fraction * 864 + 500_000) / 1_000_000
    if milliseconds >= 86_400_000 { (day, milliseconds) = (day + 1, 0) }
    let seconds = milliseconds / 1000
    if isTime, day == 0 {
      appendClock(seconds, to: &text)
      return true
    }
    guard let date = date(day: day, from1904: from1904) else { return false }
    text.append(contentsOf: date.description.utf8)
    if seconds > 0 || isTime {
      text.append(UInt8(ascii: "T"))
      appendClock(seconds, to: &text)
    }
    return true
  }

  /// The day of a serial number; nil when there is no such day up to 2199.
  package static func date(day: Int, from1904: Bool) -> CalendarDate? {
    let days: Int
    if from1904 {
      days = day - 24_107
    } else {
      guard day >= 1, day != 60 else { return nil }
      days = day - (day < 60 ? 25_568 : 25_569)
    }
    // 2199-12-31, the last day that CalendarDate makes.
    guard days <= 84_005 else { return nil }
    return CalendarDate(daysSince1970: Int32(days))
  }

  private static func appendClock(_ seconds: Int, to text: inout [UInt8]) {
    for (index, part) in [seconds / 3600, seconds / 60 % 60, seconds % 60].enumerated() {
      if index > 0 { text.append(UInt8(ascii: ":")) }
      text.append(UInt8(0x30 + part / 10))
      text.append(UInt8(0x30 + part % 10))
    }
  }
}
