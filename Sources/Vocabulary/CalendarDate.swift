/// A day in the Gregorian calendar, with no time and no time zone.
public struct CalendarDate: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  public var daysSince1970: Int32

  /// A day, so many days after 1970-01-01.
  public init(daysSince1970: Int32) {
    self.daysSince1970 = daysSince1970
  }

  /// A day of the calendar; nil when there is no such day or the year is not 1900 to 2199.
  public init?(year: Int, month: Int, day: Int) {
    guard (1900...2199).contains(year), (1...12).contains(month), day >= 1,
      day <= CalendarDate.days(inMonth: month, of: year)
    else { return nil }
    // Howard Hinnant's civil-from-days arithmetic: years counted from March.
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.daysSince1970 = Int32(era * 146_097 + dayOfEra - 719_468)
  }

  /// Reads `YYYY-MM-DD` and nothing else.
  public init?(iso text: String) {
    var text = text
    let shape = text.withUTF8 { DateShape($0.span) }
    guard text.utf8.count == 10, case .iso(let year, let month, let day) = shape else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// How many days a month has.
  public static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Year, month and day.
  public var components: (year: Int, month: Int, day: Int) {
    let z = Int(daysSince1970) + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1
    )
  }

  /// The day so many days later, or the last one that can be told.
  public func adding(days: Int) -> CalendarDate {
    let (sum, isTooFar) = Int(daysSince1970).addingReportingOverflow(days)
    let last = days < 0 ? Int32.min : Int32.max
    return CalendarDate(daysSince1970: isTooFar ? last : Int32(clamping: sum))
  }

  /// Earlier days come first.
  public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
    left.daysSince1970 < right.daysSince1970
  }
}

extension CalendarDate: CustomStringConvertible {
  /// The day as `YYYY-MM-DD`.
  public var description: String {
    let (year, month, day) = components
    return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }
}

/// Which of day and month comes first where a date is written with slashes.
public enum DateOrder: String, Sendable, CaseIterable {
  /// `12/31/2026`
  case mdy
  /// `31/12/2026`
  case dmy
}

/// How a cell writes a date, before it is decided which day is meant.
public enum DateShape: Hashable, Sendable {
  /// Nothing there.
  case absent
  /// `2026-03-31`, with or without a time of day behind it.
  case iso(year: Int, month: Int, day: Int)
  /// `3/31/2026` or `31/3/26`: two numbers whose order the column decides, then the year.
  case slashed(first: Int, second: Int, year: Int)
  /// A date with a time zone; which day is meant depends on where one stands.
  case zoned
  /// Anything else.
  case unreadable

  /// Tells the shape of a cell.
  ///
  /// A time of day without a zone is dropped.
  public init(_ text: Span<UInt8>) {
    guard text.count > 0 else {
      self = .absent
      return
    }
    var index = 0
    guard let first = DateShape.number(text, &index, maximumDigits: 4), index < text.count else {
      self = .unreadable
      return
    }
    let firstDigits = index
    let mark = text[index]
    index += 1
    let secondStart = index
    guard let second = DateShape.number(text, &index, maximumDigits: 2), index < text.count,
      text[index] == mark
    else {
      self = .unreadable
      return
    }
    let secondDigits = index - secondStart
    index += 1
    let thirdStart = index
    guard let third = DateShape.number(text, &index, maximumDigits: 4) else {
      self = .unreadable
      return
    }
    let thirdDigits = index - thirdStart
    let rest = DateShape.timeOfDay(text.extracting(index...))
    guard rest != .other else {
      self = .unreadable
      return
    }
    if mark == UInt8(ascii: "-"), firstDigits == 4, secondDigits == 2, thirdDigits == 2 {
      self = rest == .zoned ? .zoned : .iso(year: first, month: second, day: third)
    } else if mark == UInt8(ascii: "/"), firstDigits <= 2, thirdDigits == 2 || thirdDigits == 4 {
      let year = thirdDigits == 4 ? third : third <= 69 ? 2000 + third : 1900 + third
      self = rest == .zoned ? .zoned : .slashed(first: first, second: second, year: year)
    } else {
      self = .unreadable
    }
  }

  private enum Rest { case none, zoned, other }

  private static func number(
    _ text: Span<UInt8>, _ index: inout Int, maximumDigits: Int
  ) -> Int? {
    let start = index
    var value = 0
    while index < text.count, index - start < maximumDigits, text[index] &- 0x30 < 10 {
      value = value * 10 + Int(text[index] &- 0x30)
      index += 1
    }
    return index > start ? value : nil
  }

  /// What follows the day: nothing, `T` or a blank and `hh:mm[:ss[.fff]]` with an optional AM/PM,
  /// a zone (`Z`, `+hh:mm`), or something else.
  private static func timeOfDay(_ text: Span<UInt8>) -> Rest {
    guard text.count > 0 else { return .none }
    guard text[0] == UInt8(ascii: "T") || text[0] == UInt8(ascii: " ") else { return .other }
    var index = 1
    guard let hour = number(text, &index, maximumDigits: 2), hour < 25, index < text.count,
      text[index] == UInt8(ascii: ":")
    else { return .other }
    index += 1
    guard let minute = number(text, &index, maximumDigits: 2), minute < 60 else { return .other }
    if index < text.count, text[index] == UInt8(ascii: ":") {
      index += 1
      guard let second = number(text, &index, maximumDigits: 2), second < 61 else { return .other }
      if index < text.count, text[index] == UInt8(ascii: ".") {
        index += 1
        guard number(text, &index, maximumDigits: 9) != nil else { return .other }
      }
    }
    if index < text.count, text[index] == UInt8(ascii: " ") { index += 1 }
    if index + 2 == text.count, text[index + 1] | 0x20 == UInt8(ascii: "m"),
      text[index] | 0x20 == UInt8(ascii: "a") || text[index] | 0x20 == UInt8(ascii: "p")
    {
      return .none
    }
    guard index < text.count else { return .none }
    let zone = text[index]
    if zone == UInt8(ascii: "Z"), index + 1 == text.count { return .zoned }
    guard zone == UInt8(ascii: "+") || zone == UInt8(ascii: "-") else { return .other }
    index += 1
    guard number(text, &index, maximumDigits: 2) != nil else { return .other }
    if index < text.count, text[index] == UInt8(ascii: ":") { index += 1 }
    if index < text.count { _ = number(text, &index, maximumDigits: 2) }
    return index == text.count ? .zoned : .other
  }
}
