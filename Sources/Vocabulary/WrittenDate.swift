/// Which of day and month comes first where a date is written with slashes.
public enum DateOrder: String, Sendable, CaseIterable {
  /// `12/31/2026`
  case mdy
  /// `31/12/2026`
  case dmy
}

/// What a company says about dates that do not say themselves which day they mean.
public enum DatePreference: String, Sendable, CaseIterable {
  /// Month first, where a whole column fits both ways.
  case mdy
  /// Day first, where a whole column fits both ways.
  case dmy
  /// Every cell by itself, month first where it has slashes, even in a column that mixes ways of writing.
  case mixedMDY = "mixed-mdy"

  /// The order of slashed dates that fit both ways.
  public var order: DateOrder { self == .dmy ? .dmy : .mdy }
}

/// How a cell writes a date, before it is decided which day is meant.
public enum DateShape: Hashable, Sendable {
  /// Nothing there, `-` or `N/A`.
  case absent
  /// `2026-03-31` or `2026/3/31`: the year first.
  case iso(year: Int, month: Int, day: Int)
  /// `Mar 31, 2026`, `31-Mar-26`, `Tuesday, March 31, 2026`: the month by its name.
  case named(year: Int, month: Int, day: Int)
  /// `3/31/2026` or `31/3/26`: two numbers whose order the column decides, then the year.
  case slashed(first: Int, second: Int, year: Int)
  /// `46112` or `46112.75`: the days of a spreadsheet since 1899-12-30.
  case serial(Int)
  /// `1774915200` or `1774915200000`: seconds since 1970 in UTC, perhaps as milliseconds.
  case epoch(seconds: Int64, isMilliseconds: Bool)
  /// Anything else.
  case unreadable
}

/// A date as a cell has it: its shape, the time of day and the zone.
public struct WrittenDate: Hashable, Sendable {
  /// How the day is written.
  public private(set) var shape: DateShape
  /// Seconds since midnight; 0 where no time is written.
  public private(set) var second: Int32 = 0
  /// How far the clock that is meant is ahead of UTC, in seconds; nil where no zone is written.
  public private(set) var offset: Int32?

  /// The days of a spreadsheet that are taken for dates: 1954-10-03 to 2119-01-10.
  ///
  /// Spreadsheets count from 1899-12-30 (which makes up for a leap day in 1900 that never was). Workbooks
  /// from old Macintosh computers count from 1904-01-01 and show the same day as a number 1462 less;
  /// a text file does not say which one it came from.
  public static let serials = 20_000...80_000

  /// Reads a cell.
  ///
  /// Years with two digits are 2000 to 2069 and 1970 to 1999.
  public init(_ text: Span<UInt8>) {
    if text.count == 10, let shape = WrittenDate.canonical(text) {
      self.shape = shape
    } else {
      var reader = DateReader(text: text)
      shape = reader.read()
      if shape != .unreadable {
        second = reader.second
        offset = reader.offset
      }
    }
  }

  /// The day, when `order` says which way round slashes are; nil where there is no such day.
  public func day(_ order: DateOrder?) -> CalendarDate? {
    switch shape {
    case .iso(let year, let month, let day), .named(let year, let month, let day):
      CalendarDate(year: year, month: month, day: day)
    case .slashed(let first, let second, let year):
      switch order {
      case .mdy: CalendarDate(year: year, month: first, day: second)
      case .dmy: CalendarDate(year: year, month: second, day: first)
      case nil: nil
      }
    case .serial(let days): CalendarDate(daysSince1970: Int32(days) - 25_569)
    case .absent, .epoch, .unreadable: nil
    }
  }

  /// The moment meant, in seconds since 1970, of a day with a zone, or of an epoch; otherwise nil.
  public func instant(_ order: DateOrder?) -> Int64? {
    if case .epoch(let seconds, _) = shape { return seconds }
    guard let offset, let day = day(order) else { return nil }
    return Int64(day.daysSince1970) * 86_400 + Int64(second) - Int64(offset)
  }

  /// `2026-03-31`, which most cells are; nil for anything else.
  @inline(__always)
  private static func canonical(_ text: Span<UInt8>) -> DateShape? {
    guard text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-") else { return nil }
    var (year, month, day) = (0, 0, 0)
    for index in 0..<4 {
      guard text[index] &- 0x30 < 10 else { return nil }
      year = year * 10 + Int(text[index] &- 0x30)
    }
    for index in 5..<7 {
      guard text[index] &- 0x30 < 10 else { return nil }
      month = month * 10 + Int(text[index] &- 0x30)
    }
    for index in 8..<10 {
      guard text[index] &- 0x30 < 10 else { return nil }
      day = day * 10 + Int(text[index] &- 0x30)
    }
    return .iso(year: year, month: month, day: day)
  }
}

/// Reads a date byte by byte; it never guesses, and takes no more than what it knows.
private struct DateReader {
  /// A date is never longer; what is, is none.
  private static let longest = 48

  private var text = Bytes()
  private var index = 0
  private(set) var second: Int32 = 0
  private(set) var offset: Int32?

  /// A cell's bytes, held in place.
  private struct Bytes {
    private(set) var count = 0
    private var bytes = InlineArray<48, UInt8>(repeating: 0)

    subscript(index: Int) -> UInt8 { bytes[index] }

    mutating func append(_ byte: UInt8) {
      bytes[count] = byte
      count += 1
    }
  }

  init(text: Span<UInt8>) {
    guard text.count <= DateReader.longest else {
      self.text.append(UInt8(ascii: "?"))
      return
    }
    for index in text.indices { self.text.append(text[index]) }
  }

  mutating func read() -> DateShape {
    if isAbsent { return .absent }
    skipWeekday()
    guard index < text.count else { return .unreadable }
    let shape = text[index] &- 0x30 < 10 ? numbersFirst() : monthFirst()
    guard shape != .unreadable else { return .unreadable }
    guard index < text.count else { return shape }
    if case .serial = shape { return .unreadable }
    if case .epoch = shape { return .unreadable }
    return timeOfDay() ? shape : .unreadable
  }

  private var isAbsent: Bool {
    switch text.count {
    case 0: true
    case 1: text[0] == UInt8(ascii: "-")
    case 3:
      text[0] | 0x20 == UInt8(ascii: "n") && text[1] == UInt8(ascii: "/")
        && text[2] | 0x20 == UInt8(ascii: "a")
    default: false
    }
  }

  // MARK: - The day

  private mutating func numbersFirst() -> DateShape {
    let start = index
    guard let first = number(maximumDigits: 13) else { return .unreadable }
    let digits = index - start
    guard index < text.count else { return DateReader.count(first, digits) }
    let mark = text[index]
    if mark == UInt8(ascii: ".") { return fraction(first, digits) }
    index += 1
    if mark == UInt8(ascii: "-") || mark == UInt8(ascii: "/") {
      guard index < text.count else { return .unreadable }
      if text[index] &- 0x30 >= 10 { return named(day: first, digits, mark) }
      return numeric(first, digits, mark)
    }
    return mark == 0x20 ? named(day: first, digits, mark) : .unreadable
  }

  /// `2026-3-31`, `2026/03/31`, `3/31/2026`, `3/31/26`, `3-31-2026`.
  private mutating func numeric(_ first: Int, _ digits: Int, _ mark: UInt8) -> DateShape {
    let secondStart = index
    guard let second = number(maximumDigits: 2), index > secondStart, index < text.count,
      text[index] == mark
    else { return .unreadable }
    index += 1
    let thirdStart = index
    guard let third = number(maximumDigits: 4) else { return .unreadable }
    let thirdDigits = index - thirdStart
    if digits == 4, thirdDigits <= 2 { return .iso(year: first, month: second, day: third) }
    guard digits <= 2 else { return .unreadable }
    if thirdDigits == 4 { return .slashed(first: first, second: second, year: third) }
    // With hyphens, two digits behind might as well be a day.
    guard thirdDigits == 2, mark == UInt8(ascii: "/") else { return .unreadable }
    return .slashed(first: first, second: second, year: DateReader.century(third))
  }

  /// `31-Mar-26`, `31 March 2026`, `31/Mar/2026`.
  private mutating func named(day: Int, _ digits: Int, _ mark: UInt8) -> DateShape {
    guard digits <= 2, let month = month() else { return .unreadable }
    if index < text.count, text[index] == UInt8(ascii: ".") { index += 1 }
    if index < text.count, text[index] == UInt8(ascii: ",") { index += 1 }
    guard index < text.count, text[index] == mark else { return .unreadable }
    index += 1
    guard let year = year() else { return .unreadable }
    return .named(year: year, month: month, day: day)
  }

  /// `Mar 31, 2026`, `March 31 2026`.
  private mutating func monthFirst() -> DateShape {
    guard let month = month() else { return .unreadable }
    if index < text.count, text[index] == UInt8(ascii: ".") { index += 1 }
    guard index < text.count, text[index] == 0x20 || text[index] == UInt8(ascii: "-") else {
      return .unreadable
    }
    index += 1
    guard let day = number(maximumDigits: 2), index < text.count else { return .unreadable }
    if text[index] == UInt8(ascii: ",") { index += 1 }
    guard index < text.count, text[index] == 0x20 || text[index] == UInt8(ascii: "-") else {
      return .unreadable
    }
    index += 1
    guard let year = year() else { return .unreadable }
    return .named(year: year, month: month, day: day)
  }

  /// A number alone: a spreadsheet's days, or a time of 1970.
  private static func count(_ value: Int, _ digits: Int) -> DateShape {
    if digits == 5, WrittenDate.serials.contains(value) { return .serial(value) }
    if digits == 10 { return .epoch(seconds: Int64(value), isMilliseconds: false) }
    if digits == 13 { return .epoch(seconds: Int64(value / 1000), isMilliseconds: true) }
    return .unreadable
  }

  /// `46112.75`, `1774915200.0`: the fraction is a time of day.
  private mutating func fraction(_ value: Int, _ digits: Int) -> DateShape {
    index += 1
    let start = index
    while index < text.count, text[index] &- 0x30 < 10 { index += 1 }
    return index > start && index == text.count ? DateReader.count(value, digits) : .unreadable
  }

  private static func century(_ year: Int) -> Int { year <= 69 ? 2000 + year : 1900 + year }

  private mutating func year() -> Int? {
    let start = index
    guard let year = number(maximumDigits: 4) else { return nil }
    switch index - start {
    case 4: return year
    case 2: return DateReader.century(year)
    default: return nil
    }
  }

  private mutating func number(maximumDigits: Int) -> Int? {
    let start = index
    var value = 0
    while index < text.count, index - start < maximumDigits, text[index] &- 0x30 < 10 {
      value = value * 10 + Int(text[index] &- 0x30)
      index += 1
    }
    return index > start ? value : nil
  }

  // MARK: - Names

  private static let months: [[UInt8]] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ].map { Array($0.utf8) }

  private static let weekdays: [[UInt8]] = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ].map { Array($0.utf8) }

  /// A month by its English name or the name's first letters; `Sept`, too.
  private mutating func month() -> Int? {
    DateReader.position(letters(), in: DateReader.months).map { $0 + 1 }
  }

  /// `Tuesday, ` in front, as the long dates of spreadsheets have it.
  private mutating func skipWeekday() {
    let start = index
    let word = letters()
    guard word.count >= 3, DateReader.position(word, in: DateReader.weekdays) != nil else {
      index = start
      return
    }
    if index < text.count, text[index] == UInt8(ascii: ".") { index += 1 }
    if index < text.count, text[index] == UInt8(ascii: ",") { index += 1 }
    guard index < text.count, text[index] == 0x20 else {
      index = start
      return
    }
    index += 1
  }

  private mutating func letters() -> [UInt8] {
    var word: [UInt8] = []
    while index < text.count, (text[index] | 0x20) &- 0x61 < 26, word.count < 10 {
      word.append(text[index] | 0x20)
      index += 1
    }
    return word
  }

  private static func position(_ word: [UInt8], in names: [[UInt8]]) -> Int? {
    guard word.count >= 3 else { return nil }
    return names.firstIndex { name in
      word == name || word == Array(name.prefix(3))
        || (word.count == 4 && name.count > 8 && word == Array(name.prefix(4)))
    }
  }

  // MARK: - The time

  /// What follows the day: `T` or blanks, perhaps with a comma, `hh:mm[:ss[.fff]]`, AM or PM, and a zone
  /// (`Z`, `UTC`, `+hh:mm`).
  private mutating func timeOfDay() -> Bool {
    if text[index] == UInt8(ascii: ",") { index += 1 }
    guard index < text.count, text[index] == UInt8(ascii: "T") || text[index] == 0x20 else {
      return false
    }
    index += 1
    guard var hour = number(maximumDigits: 2), hour < 25, colon(),
      let minute = twoDigits(below: 60)
    else { return false }
    var second = 0
    if index < text.count, text[index] == UInt8(ascii: ":") {
      index += 1
      guard let seconds = number(maximumDigits: 2), seconds < 61 else { return false }
      second = seconds
      if index < text.count, text[index] == UInt8(ascii: ".") {
        index += 1
        guard number(maximumDigits: 9) != nil else { return false }
      }
    }
    guard halfOfDay(&hour), zone() else { return false }
    self.second = Int32(hour * 3600 + minute * 60 + second)
    return index == text.count
  }

  private mutating func colon() -> Bool {
    guard index < text.count, text[index] == UInt8(ascii: ":") else { return false }
    index += 1
    return true
  }

  private mutating func twoDigits(below limit: Int) -> Int? {
    guard let value = number(maximumDigits: 2), value < limit else { return nil }
    return value
  }

  /// AM and PM, with or without a blank in front, narrow ones included.
  private mutating func halfOfDay(_ hour: inout Int) -> Bool {
    let start = index
    if index < text.count, text[index] == 0x20 { index += 1 }
    if index + 2 < text.count, text[index] == 0xE2, text[index + 1] == 0x80, text[index + 2] == 0xAF
    {
      index += 3
    }
    guard index + 1 < text.count, text[index + 1] | 0x20 == UInt8(ascii: "m"),
      text[index] | 0x20 == UInt8(ascii: "a") || text[index] | 0x20 == UInt8(ascii: "p")
    else {
      index = start
      return true
    }
    guard (1...12).contains(hour) else { return false }
    hour = hour % 12 + (text[index] | 0x20 == UInt8(ascii: "p") ? 12 : 0)
    index += 2
    return true
  }

  private mutating func zone() -> Bool {
    guard index < text.count else { return true }
    if text[index] == 0x20 { index += 1 }
    guard index < text.count else { return false }
    let first = text[index]
    if first == UInt8(ascii: "Z") {
      index += 1
      offset = 0
      return true
    }
    if word("UTC") || word("GMT") {
      offset = 0
      guard index < text.count else { return true }
    }
    let sign = index < text.count ? text[index] : 0
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
    index += 1
    let start = index
    guard let hours = number(maximumDigits: 2), index - start == 2, hours <= 14 else {
      return false
    }
    if index < text.count, text[index] == UInt8(ascii: ":") { index += 1 }
    var minutes = 0
    if index < text.count {
      guard let value = twoDigits(below: 60) else { return false }
      minutes = value
    }
    let distance = Int32(hours * 3600 + minutes * 60)
    offset = sign == UInt8(ascii: "-") ? -distance : distance
    return true
  }

  private mutating func word(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard index + count <= text.count else { return false }
    for position in 0..<count
    where text[index + position] != word.utf8Start[position] {
      return false
    }
    index += count
    return true
  }
}
