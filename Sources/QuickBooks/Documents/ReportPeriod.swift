internal import Vocabulary

/// What the titles of a report say about the days that it covers.
enum ReportPeriod {
  /// The first and the last day.
  typealias Days = (from: CalendarDate?, until: CalendarDate?)

  /// The days, either end of which may be open; nil when the text names none.
  ///
  /// One day alone is none of them: reports say so when they were printed.
  static func read(_ text: String) -> Days? {
    guard let (sides, isOpen) = sides(text) else { return nil }
    if sides.isEmpty { return (nil, nil) }
    if sides.count == 1, sides[0].day != nil, !isOpen { return nil }
    return period(sides[0], sides.count == 2 ? sides[1] : nil, isOpen: isOpen)
  }

  /// Whether a text is one day and nothing else.
  static func isOneDay(_ text: String) -> Bool {
    guard let (sides, isOpen) = sides(text), sides.count == 1, !isOpen else { return false }
    return sides[0].day != nil && period(sides[0], nil, isOpen: false) != nil
  }

  /// The ends of a period, none for all days; nil when the text is something else.
  private static func sides(_ text: String) -> (sides: [Side], isOpen: Bool)? {
    let spaced = text.lowercased().map { character -> String in
      switch character {
      case "-", "–", "—": " - "
      case ",", "\u{A0}", "\u{202F}": " "
      default: String(character)
      }
    }.joined()
    let words = spaced.split(separator: " ").map(String.init)
    guard !words.isEmpty, words.count <= 12 else { return nil }
    if words == ["all", "dates"] || words == ["all", "transactions"] { return ([], true) }
    var sides = [Side()]
    var isOpen = false
    for word in words {
      switch word {
      case "-", "through", "to", "thru":
        // "Through September 30, 2026" has no beginning.
        if sides.count == 1, sides[0].isEmpty { isOpen = true } else { sides.append(Side()) }
      case "as", "of": isOpen = true
      case "from", "and": break
      default: guard sides[sides.count - 1].take(word) else { return nil }
      }
    }
    guard sides.count <= 2, let last = sides.last, !last.isEmpty else { return nil }
    return (sides, isOpen)
  }

  private static func period(_ left: Side, _ right: Side?, isOpen: Bool) -> Days? {
    var (first, last) = (left, right ?? left)
    guard let year = last.year ?? first.year, first.month != nil else { return nil }
    first.year = first.year ?? year
    last.year = last.year ?? year
    if right != nil { last.month = last.month ?? first.month }
    guard let firstYear = first.year else { return nil }
    let lastMonth = last.month ?? 12
    guard
      let from = CalendarDate(year: firstYear, month: first.month ?? 1, day: first.day ?? 1),
      let until = CalendarDate(
        year: year, month: lastMonth,
        day: last.day ?? CalendarDate.days(inMonth: min(max(lastMonth, 1), 12), of: year)),
      from <= until
    else { return nil }
    return (isOpen ? nil : from, until)
  }

  /// One end of a period, as far as it is written.
  private struct Side {
    var year: Int?
    var month: Int?
    var day: Int?

    var isEmpty: Bool { year == nil && month == nil && day == nil }

    private static let months = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september",
      "october", "november", "december",
    ]

    mutating func take(_ word: String) -> Bool {
      if let number = Int(word) {
        switch number {
        case 1...31 where day == nil: day = number
        case 1900...2199 where year == nil: year = number
        default: return false
        }
        return true
      }
      let parts = word.split(separator: "/").compactMap { Int($0) }
      if parts.count == 3, word.allSatisfy({ $0.isNumber || $0 == "/" }) {
        guard isEmpty, parts[2] >= 1900, parts[0] <= 12, parts[1] <= 31 else { return false }
        (month, day, year) = (parts[0], parts[1], parts[2])
        return true
      }
      let name = word.hasSuffix(".") ? String(word.dropLast()) : word
      guard name.count >= 3, month == nil,
        let index = Side.months.firstIndex(where: {
          $0.hasPrefix(name) || name == "sept" && $0 == "september"
        })
      else { return false }
      month = index + 1
      return true
    }
  }
}
