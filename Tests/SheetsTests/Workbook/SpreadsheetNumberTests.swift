import TestSupport
import Testing

@testable import Sheets

struct SpreadsheetNumberTests {
  private static let numbers: [(String, String)] = [
    ("0", "0"), ("-0", "0"), ("0.0", "0"), ("1234.5", "1234.5"), ("1.2345E3", "1234.5"),
    ("1.2345e+3", "1234.5"), ("1E-3", "0.001"), ("-2.5E-1", "-0.25"), ("1E2", "100"),
    ("00012.50", "12.5"), (".5", "0.5"), ("5.", "5"),
    // What 0.1 + 0.2, 1.1 and 1234.55 are in Excel's files.
    ("0.30000000000000004", "0.3"), ("1.1000000000000001", "1.1"),
    ("1234.5499999999999", "1234.55"),
    ("99999999.989999995", "99999999.99"), ("9999999999.9899998", "9999999999.99"),
    ("0.99999999999999989", "1"), ("9.9999999999999995E-2", "0.1"), ("999.99999999999989", "1000"),
    // Exactly fifteen digits stay, and so does every whole number that was written out.
    ("0.123456789012345", "0.123456789012345"), ("123456789012.345", "123456789012.345"),
    ("33.333333333333336", "33.3333333333333"), ("1234567890123456789", "1234567890123456789"),
    ("123456789012345678901234567890", "123456789012345678901234567890"),
    // Digits were lost already: the exponent stays, so that nobody takes it for an identifier.
    ("1.2345678901234567E+17", "1.2345678901234567E+17"), ("1E+16", "1E+16"), ("1E+15", "1E+15"),
    ("1.23456789012345E+14", "123456789012345"), ("1E-40", "1E-40"), ("1E999", "1E999"),
    // No numbers.
    ("", ""), ("abc", "abc"), ("1,5", "1,5"), ("1e", "1e"), ("--1", "--1"), ("+1", "+1"),
    ("1.2.3", "1.2.3"), ("INF", "INF"), ("0x10", "0x10"), (" 1", " 1"),
  ]

  @Test(arguments: numbers)
  func `a number is written out exactly`(literal: String, text: String) {
    var bytes: [UInt8] = []
    SpreadsheetNumber.append(Array(literal.utf8).span, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == text)
  }

  @Test func `no amount ever moves by a cent on its way through binary floating point`() {
    var generator = SeededGenerator()
    for _ in 0..<50_000 {
      let cents = Int.random(in: 0...999_999_999_999, using: &generator)
      let typed = "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
      let stored = Double(typed) ?? 0
      // Seventeen digits, as Excel writes them.
      var literal = SpreadsheetNumberTests.seventeenDigits(stored)
      if generator.once(in: 2) { literal = "\(stored)" }
      var bytes: [UInt8] = []
      SpreadsheetNumber.append(Array(literal.utf8).span, to: &bytes)
      var wanted = typed
      while wanted.contains("."), wanted.last == "0" || wanted.last == "." { wanted.removeLast() }
      if wanted.isEmpty { wanted = "0" }
      #expect(String(decoding: bytes, as: UTF8.self) == wanted, "\(literal), \(generator)")
    }
  }

  /// The seventeen significant digits of a number, exactly rounded.
  private static func seventeenDigits(_ value: Double) -> String {
    guard value > 0 else { return "0" }
    // value = significand * 2^exponent, written out by whole numbers of 128 bits where they suffice.
    var (scaled, places) = (value, 0)
    while scaled < 1e16 {
      scaled *= 10
      places += 1
    }
    // The multiplication may round; both neighbours are as good for this test, as Excel's own are.
    let digits = String(Int64(scaled.rounded()))
    let point = digits.count - places
    guard point > 0 else {
      return "0." + String(repeating: "0", count: -point) + digits
    }
    return point >= digits.count
      ? digits : "\(digits.prefix(point)).\(digits.dropFirst(point))"
  }

  private static let dates: [(String, Bool, String?)] = [
    ("1", false, "1900-01-01"), ("59", false, "1900-02-28"), ("60", false, nil),
    ("61", false, "1900-03-01"), ("0", false, nil), ("-1", false, nil),
    ("45000", false, "2023-03-15"),
    ("45000.0", false, "2023-03-15"), ("4.5E4", false, "2023-03-15"),
    ("109574", false, "2199-12-31"), ("109575", false, nil), ("1E9", false, nil), ("x", false, nil),
    ("0", true, "1904-01-01"), ("43538", true, "2023-03-15"),
    ("45000.5", false, "2023-03-15T12:00:00"), ("45000.999999", false, "2023-03-15T23:59:59"),
    ("44999.99999999999", false, "2023-03-15"), ("45000.00000000001", false, "2023-03-15"),
    ("45000.354166666666", false, "2023-03-15T08:30:00"),
  ]

  @Test(arguments: dates)
  func `a serial number becomes its day`(literal: String, from1904: Bool, text: String?) {
    var bytes: [UInt8] = []
    let isDate = SpreadsheetDate.append(
      Array(literal.utf8).span, isTime: false, from1904: from1904, to: &bytes)
    #expect((isDate ? String(decoding: bytes, as: UTF8.self) : nil) == text)
  }

  private static let formats: [(String, NumberFormat)] = [
    ("General", .plain), ("0", .plain), ("0.00", .plain), ("#,##0.00", .plain), ("0%", .percent),
    ("\"$\"#,##0.00_);[Red](\"$\"#,##0.00)", .plain), ("[$-409]#,##0.00", .plain),
    ("[$$-409]#,##0.00;[Red]-[$$-409]#,##0.00", .plain), ("0.00E+00", .plain), ("@", .plain),
    ("#,##0 \"days\"", .plain), ("[Red]0.00", .plain), ("[Magenta]0", .plain),
    ("\"May\" 0", .plain),
    ("_-* #,##0.00_-;-* #,##0.00_-;_-* \"-\"??_-;_-@_-", .plain), ("# ?/?", .plain), ("", .plain),
    ("yyyy-mm-dd", .date), ("m/d/yy", .date), ("d-mmm-yy", .date), ("mmmm d, yyyy", .date),
    ("[$-409]mmmm\\ d\\,\\ yyyy;@", .date), ("dd\\.mm\\.yyyy", .date),
    ("[$-F800]dddd, mmmm dd, yyyy", .date),
    ("m/d/yyyy h:mm", .date), ("mmm-yy", .date), ("mmm", .date), ("yyyy", .date),
    ("TT.MM.YYYY", .date),
    ("h:mm", .time), ("h:mm AM/PM", .time), ("mm:ss", .time), ("hh:mm:ss.0", .time),
    ("h A/P", .time),
    ("[h]:mm:ss", .plain), ("[mm]:ss", .plain), ("[s]", .plain),
    ("00000", .padded(Array("00000".utf8))), ("\"LD\"00000", .padded(Array("LD00000".utf8))),
    ("000\\-00", .padded(Array("000-00".utf8))), ("\"2026\"000", .plain),
    ("000.00", .plain), ("0,000", .plain), ("00#", .plain), ("0.00%", .percent),
    ("[$€-407]#,##0.00", .money(Array("€".utf8))), ("\"€\" #,##0", .money(Array("€".utf8))),
    ("€0.00", .money(Array("€".utf8))), ("#,##0.00\\ [$zł-415]", .money(Array("zł".utf8))),
    ("[$CAD] 0.00", .money(Array("CAD".utf8))), ("[$$-409]#,##0.00", .plain),
    ("0.00\" mi\"", .plain), ("[$-F400]h:mm", .time),
  ]

  @Test(arguments: formats)
  func `a format code tells what its numbers are`(code: String, format: NumberFormat) {
    #expect(NumberFormat(code: code) == format)
  }

  private static let padded: [(String, String, String)] = [
    ("00000", "123", "00123"), ("00000", "1234567", "1234567"), ("00000", "0", "00000"),
    ("\"LD\"00000", "55", "LD00055"), ("000\\-00\\-0000", "123456789", "123-45-6789"),
    ("000\\-00\\-0000", "1234567890", "1234-56-7890"), ("00000", "1.5", "1.5"),
    ("00000", "-5", "-5"), ("00", "1E2", "100"), ("00000", "00012", "00012"),
  ]

  @Test(arguments: padded)
  func `a whole number in a format of zeros is what the sheet shows`(
    code: String, literal: String, text: String
  ) throws {
    var fixture = WorkbookFixture([.init("S", [[.number(literal, style: 1)]])])
    fixture.formats = [code]
    #expect(try ReadWorkbook(fixture).texts() == [[text]])
  }
}
