import TestSupport
import Testing
import Vocabulary

struct WrittenDateTests {
  private static func read(_ text: String) -> WrittenDate { WrittenDate(Array(text.utf8).span) }

  private static let march = DateShape.iso(year: 2026, month: 3, day: 31)
  private static let slashed = DateShape.slashed(first: 3, second: 31, year: 2026)
  private static let named = DateShape.named(year: 2026, month: 3, day: 31)
  private static let shapes: [(String, DateShape)] = [
    ("", .absent), ("-", .absent), ("N/A", .absent), ("n/a", .absent),
    ("2026-03-31", march), ("2026-3-31", march), ("2026/03/31", march), ("2026/3/31", march),
    ("2026-03-31T10:15", march), ("2026-03-31 10:15:59", march), ("2026-03-31T24:00:00", march),
    ("2026-03-31 10:15:59.123456789", march), ("2026-03-31 9:05 AM", march),
    ("2026-03-31 09:05pm", march), ("2026-03-31 9:05\u{202F}PM", march),
    ("2026-13-45", .iso(year: 2026, month: 13, day: 45)),
    ("2026-03-31T10:15:00Z", march), ("2026-03-31 10:15 -05:00", march),
    ("3/31/2026", slashed), ("03/31/2026", slashed), ("3/31/26", slashed), ("3-31-2026", slashed),
    ("03-31-2026 08:00", slashed), ("3/31/2026 14:00", slashed), ("3/31/2026 2:00:00 PM", slashed),
    ("3/31/2026, 2:00:00 PM", slashed), ("31/3/2026", .slashed(first: 31, second: 3, year: 2026)),
    ("1/2/69", .slashed(first: 1, second: 2, year: 2069)),
    ("1/2/70", .slashed(first: 1, second: 2, year: 1970)),
    ("1/2/00", .slashed(first: 1, second: 2, year: 2000)),
    ("1/2/0026", .slashed(first: 1, second: 2, year: 26)),
    ("99/99/9999", .slashed(first: 99, second: 99, year: 9999)),
    ("Mar 31, 2026", named), ("March 31, 2026", named), ("mar 31 2026", named),
    ("Mar. 31, 2026", named), ("MARCH 31, 26", named), ("31-Mar-26", named), ("31-MAR-2026", named),
    ("31 March 2026", named), ("31/Mar/2026", named), ("31 Mar. 2026", named),
    ("Tuesday, March 31, 2026", named), ("Tue, 31 Mar 2026 10:15:00 +0000", named),
    ("Mar 31, 2026 10:15 PM", named), ("Mar-31-2026", named),
    ("Sept 1, 2026", .named(year: 2026, month: 9, day: 1)),
    ("1-Sep-69", .named(year: 2069, month: 9, day: 1)),
    ("1-May-70", .named(year: 1970, month: 5, day: 1)),
    ("20000", .serial(20_000)), ("46112", .serial(46_112)), ("46112.75", .serial(46_112)),
    ("80000", .serial(80_000)),
    ("1774915200", .epoch(seconds: 1_774_915_200, isMilliseconds: false)),
    ("1774915200.0", .epoch(seconds: 1_774_915_200, isMilliseconds: false)),
    ("1774915200999", .epoch(seconds: 1_774_915_200, isMilliseconds: true)),
  ]

  @Test(arguments: shapes)
  func `a date has one of few shapes`(text: String, shape: DateShape) {
    #expect(WrittenDateTests.read(text).shape == shape)
  }

  @Test(arguments: [
    " ", "--", "today", "2026", "2026-", "2026-03", "2026-03-", "226-03-31", "20260331",
    "2026.03.31",
    "31.3.2026", "3-31-26", "3/31", "3/31/", "3/31/2", "3/31/026", "3/31/20261", "3//2026",
    "/3/2026",
    "3/31-2026", "2026-03/31", "123/1/2026", "2026-03-31x", "2026-03-31 ", "2026-03-31T",
    "2026-03-31T10", "2026-03-31T10:", "2026-03-31T25:00", "2026-03-31T10:60",
    "2026-03-31T10:15:61",
    "2026-03-31T10:15:", "2026-03-31T10:15:00.", "2026-03-31T10:15:00,5", "2026-03-31 10:15 XM",
    "2026-03-31 10:15 A", "2026-03-31 13:15 AM", "2026-03-31 0:15 PM", "2026-03-31T10:15+",
    "2026-03-31T10:15+01:000", "2026-03-31T10:15ZZ", "2026-03-31t10:15", "2026-03-31T10:15+15:00",
    "2026-03-31T10:15+1:00", "2026-03-31 10:15 CST", "２026-03-31", "1222222", "-3/1/2026", "19999",
    "80001", "46112.", "46112.x", "46112 10:00", "4611a", "177491520", "17749152000", "Mar-26",
    "Mar 2026", "March", "31-Mar", "Mar 31", "Ma 31, 2026", "Marc 31, 2026", "31-Mar-026",
    "31.Mar.2026",
    "Mar 311, 2026", "Mars 31, 2026", "Monday", "2026-Mar-31-1", "1/2/2026/3",
    "2026-03-31T10:15:00.000000000000000000000000000000000Z",
  ])
  func `anything else is unreadable, never guessed`(text: String) {
    #expect(WrittenDateTests.read(text).shape == .unreadable)
  }

  private static let moments: [(String, Int64?)] = [
    ("2026-03-31T00:00:00Z", 1_774_915_200), ("2026-03-31T02:00:00+02:00", 1_774_915_200),
    ("2026-03-30T19:00:00-0500", 1_774_915_200), ("2026-03-31 12:00 AM UTC", 1_774_915_200),
    ("2026-03-30T24:00:00Z", 1_774_915_200), ("2026-03-31T00:00 GMT+00", 1_774_915_200),
    ("Tue, 31 Mar 2026 00:00:00 +0000", 1_774_915_200), ("3/30/2026 7:00 PM -05:00", 1_774_915_200),
    ("1774915200", 1_774_915_200), ("2026-03-31T00:00:00", nil), ("2026-03-31", nil),
    ("46112", nil),
  ]

  @Test(arguments: moments)
  func `a time with a zone is a moment`(text: String, moment: Int64?) {
    #expect(WrittenDateTests.read(text).instant(.mdy) == moment)
  }

  @Test func `serial numbers are the days that spreadsheets show`() {
    for (serial, day) in [(36_526, "2000-01-01"), (45_292, "2024-01-01"), (46_112, "2026-03-31")] {
      #expect(WrittenDateTests.read("\(serial)").day(nil)?.description == day)
    }
  }

  private static let days: [(String, Int64, String)] = [
    ("America/Chicago", 1_774_933_199, "2026-03-30"),
    ("America/Chicago", 1_774_933_200, "2026-03-31"),
    ("America/Chicago", 1_767_247_199, "2025-12-31"),
    ("America/Chicago", 1_767_247_200, "2026-01-01"),
    // The night in which clocks change: midnight is still at UTC-6, the next one at UTC-5.
    ("America/Chicago", 1_772_949_600, "2026-03-08"),
    ("America/Chicago", 1_773_032_400, "2026-03-09"),
    ("America/Chicago", 1_773_032_399, "2026-03-08"),
    ("Asia/Kolkata", 1_774_895_400, "2026-03-31"), ("Asia/Kolkata", 1_774_895_399, "2026-03-30"),
    ("UTC", 0, "1970-01-01"), ("UTC", -1, "1969-12-31"), ("no such zone", 86_399, "1970-01-01"),
    ("America/St_Johns", 4_102_444_800, "2099-12-31"),
  ]

  @Test(arguments: days)
  func `a moment falls on a day of the company's time zone`(
    zone: String, moment: Int64, day: String
  ) {
    // The first times it is looked up, later it is found in the table.
    let found = Set(
      (0..<200).map { _ in LocalDays.of(timeZone: zone).day(at: moment)?.description })
    #expect(found == [day])
  }

  @Test func `no bytes at all make the reader trap`() {
    var generator = SeededGenerator()
    let alphabet = Array("0123456789-/:. ,TZAPMamrchJanuySunday+".utf8)
    for round in 0..<20_000 {
      let count = Int.random(in: 0...30, using: &generator)
      let bytes = (0..<count).map { _ in
        round % 2 == 0
          ? alphabet.randomElement(using: &generator) ?? 0
          : UInt8.random(in: 0...255, using: &generator)
      }
      let written = WrittenDate(bytes.span)
      for order in [DateOrder.mdy, .dmy, nil] {
        _ = written.day(order)
        if let moment = written.instant(order) { _ = LocalDays.of(timeZone: "UTC").day(at: moment) }
      }
    }
  }
}
