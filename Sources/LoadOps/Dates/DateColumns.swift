public import Vocabulary

/// A way of writing dates, as far as it matters for knowing which day is meant.
public enum DateForm: String, Sendable, CaseIterable {
  /// `2026-03-31`
  case iso = "YYYY-MM-DD"
  /// `Mar 31, 2026`
  case named = "with the month's name"
  /// `3/31/2026` or `31/3/2026`
  case slashed = "with slashes"
  /// `46112`
  case serial = "spreadsheet serial number"
  /// `1774915200`
  case epochSeconds = "seconds since 1970"
  /// `1774915200000`
  case epochMilliseconds = "milliseconds since 1970"

  /// The form of a shape; nil for a cell that has none.
  public init?(_ shape: DateShape) {
    switch shape {
    case .iso: self = .iso
    case .named: self = .named
    case .slashed: self = .slashed
    case .serial: self = .serial
    case .epoch(_, let isMilliseconds): self = isMilliseconds ? .epochMilliseconds : .epochSeconds
    case .absent, .unreadable: return nil
    }
  }

  /// The form in a sentence: "written with slashes".
  public var inWords: String {
    switch self {
    case .iso, .named, .slashed: self == .iso ? "as YYYY-MM-DD" : rawValue
    case .serial: "as a spreadsheet's serial number"
    case .epochSeconds, .epochMilliseconds: "as \(rawValue)"
    }
  }

  /// Whether a cell says by itself which day it means, whatever stands around it.
  public var isPlain: Bool { self == .iso || self == .named }
}

/// How the dates of one column are read, and what was found in it.
public struct DateColumn: Hashable, Sendable {
  /// Something found in the column.
  public struct Example: Hashable, Sendable {
    /// How the date is written.
    public var form: DateForm
    /// How many are written that way.
    public var count: Int
    /// The first of them, as it stands.
    public var text: String
    /// The line it stands on, from 1.
    public var line: Int
  }

  /// Why the column is read as it is.
  public enum Reason: Hashable, Sendable {
    /// Every cell says by itself which day it means.
    case plain
    /// Its own dates fit only one way.
    case ownDates
    /// Another column of the file fits only one way.
    case otherColumn
    /// Nothing in the file tells; the settings do.
    case settings
    /// It mixes ways of writing, and what does not say itself which day it means is held.
    case mixed
  }

  /// Which way round slashed dates are; nil when they cannot be read.
  public var order: DateOrder?
  /// Which forms are read that do not speak for themselves, beside slashed ones.
  public var readable: Set<DateForm> = []
  /// Why.
  public var reason = Reason.plain
  /// What was found, one example of each form.
  public var examples: [Example] = []
  /// How many cells have a time zone.
  public var zoned = 0
  /// How many of them fall on another day in the company's time zone than the one written.
  public var shifted = 0
  /// The first of those, as it stands.
  public var shiftedExample = ""

  /// A column of which nothing is known.
  public init() {}

  /// How the column is written, in words; nil when no date was found in it.
  public var description: String? {
    let words = examples.map { example -> String in
      guard example.form == .slashed else { return example.form.inWords }
      switch order {
      case .mdy: return "month first (M/D/Y)"
      case .dmy: return "day first (D/M/Y)"
      case nil: return example.form.inWords
      }
    }
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }
}

/// How the dates of each column of a file are read.
public struct DateColumns: Hashable, Sendable {
  private var columns: [DateColumn]
  /// Whether the file has been looked through; before that only plain dates can be read.
  public var isSurveyed = false

  /// Columns of which nothing is known yet.
  public init() {
    columns = Array(repeating: DateColumn(), count: Field.allCases.count)
  }

  /// What is known about the dates of a field.
  public subscript(field: Field) -> DateColumn {
    get { columns[field.index] }
    set { columns[field.index] = newValue }
  }

  /// The day that a cell of a field means; nil when there is none or it cannot be known.
  public func day(_ text: Span<UInt8>, _ field: Field, _ local: LocalDays) -> CalendarDate? {
    guard case .success(let day)? = reading(text, field, local) else { return nil }
    return day
  }

  /// The day that a cell means, or why it cannot be known; nil for an empty cell.
  func reading(
    _ text: Span<UInt8>, _ field: Field, _ local: LocalDays
  ) -> Result<CalendarDate, DateFault>? {
    let written = WrittenDate(text)
    switch written.shape {
    case .absent: return nil
    case .iso(let year, let month, let day) where written.offset == nil:
      return CalendarDate(year: year, month: month, day: day).map { .success($0) }
        ?? .failure(.noDay)
    default: return reading(written, columns[field.index], local)
    }
  }

  private func reading(
    _ written: WrittenDate, _ column: DateColumn, _ local: LocalDays
  ) -> Result<CalendarDate, DateFault> {
    guard let form = DateForm(written.shape) else { return .failure(.noDay) }
    if form == .slashed, column.order == nil {
      let fitsAnyWay = written.day(.mdy) != nil || written.day(.dmy) != nil
      return .failure(fitsAnyWay ? .undecided : .noDay)
    }
    if !form.isPlain, form != .slashed, !column.readable.contains(form) {
      return .failure(.undecided)
    }
    if !isSurveyed, written.offset != nil { return .failure(.undecided) }
    if let moment = written.instant(column.order) {
      return local.day(at: moment).map { .success($0) } ?? .failure(.noDay)
    }
    if let day = written.day(column.order) { return .success(day) }
    let other: DateOrder? = column.order == .mdy ? .dmy : .mdy
    return .failure(form == .slashed && written.day(other) != nil ? .undecided : .noDay)
  }
}

/// Why a cell gives no day.
enum DateFault: Error {
  /// It is no date, or no day of the calendar.
  case noDay
  /// Its way of writing does not fit the rest of its column.
  case undecided
}
