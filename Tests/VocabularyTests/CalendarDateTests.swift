import Testing
import Vocabulary

struct CalendarDateTests {
  @Test func `every day of three centuries comes back from its parts and its text`() throws {
    var expected = try #require(CalendarDate(year: 1900, month: 1, day: 1))
    #expect(expected.daysSince1970 == -25_567)
    var wrong: [String] = []
    for year in 1900...2199 {
      for month in 1...12 {
        for day in 1...CalendarDate.days(inMonth: month, of: year) {
          let date = CalendarDate(year: year, month: month, day: day)
          if date != expected || expected.components != (year, month, day)
            || CalendarDate(iso: expected.description) != expected
          {
            wrong.append("\(year)-\(month)-\(day)")
          }
          expected = expected.adding(days: 1)
        }
      }
    }
    #expect(wrong.isEmpty)
    #expect(expected.components == (2200, 1, 1))
  }

  private static let known: [(Int32, String)] = [
    (0, "1970-01-01"), (-1, "1969-12-31"), (11_016, "2000-02-29"), (20_454, "2026-01-01"),
    (10_957, "2000-01-01"), (84_005, "2199-12-31"),
  ]

  @Test(arguments: known)
  func `known days have their numbers`(days: Int32, text: String) {
    #expect(CalendarDate(daysSince1970: days).description == text)
  }

  private static let noDays: [(Int, Int, Int)] = [
    (1900, 2, 29), (2100, 2, 29), (2025, 2, 29), (2024, 2, 30), (2026, 4, 31), (2026, 6, 31),
    (2026, 9, 31), (2026, 11, 31), (2026, 1, 32), (2026, 1, 0), (2026, 0, 1), (2026, 13, 1),
    (1899, 12, 31), (2200, 1, 1), (0, 1, 1), (2026, -1, 1), (2026, 1, -1), (.max, .max, .max),
    (.min, .min, .min),
  ]

  @Test(arguments: noDays)
  func `what is no day of the calendar is refused`(year: Int, month: Int, day: Int) {
    #expect(CalendarDate(year: year, month: month, day: day) == nil)
  }

  @Test func `leap years follow the Gregorian rule`() {
    for year in [1904, 2000, 2024, 2196] { #expect(CalendarDate.days(inMonth: 2, of: year) == 29) }
    for year in [1900, 2023, 2100] { #expect(CalendarDate.days(inMonth: 2, of: year) == 28) }
  }

  @Test(arguments: [
    "", "2026-3-1", "2026-03-1", "2026-03-311", "2026-02-30", " 2026-03-01", "2026-03-01 ",
    "2026/03/01", "20260301", "2026-03-01T00:00", "3/1/2026", "1-02-2026", "２026-03-0",
  ])
  func `a canonical date is YYYY-MM-DD and nothing else`(text: String) {
    #expect(CalendarDate(iso: text) == nil)
  }

  @Test func `adding days never traps`() {
    let date = CalendarDate(daysSince1970: 20_000)
    #expect(date.adding(days: -20_001).daysSince1970 == -1)
    #expect(date.adding(days: .max).daysSince1970 == .max)
    #expect(date.adding(days: .min).daysSince1970 == .min)
    #expect(date.adding(days: 1) > date)
    _ = CalendarDate(daysSince1970: .min).description
    _ = CalendarDate(daysSince1970: .max).description
  }
}
