import TestSupport
import Testing
import Vocabulary

struct NumberTextTests {
  private static func read(_ text: String, _ convention: NumberConvention = .us) -> NumberReading {
    FixedDecimal.parse(Array(text.utf8).span, convention)
  }

  private static let values: [(String, Int64)] = [
    ("0", 0), ("-0", 0), ("0.00", 0), ("1", 1_000_000), ("-1", -1_000_000), ("12.5", 12_500_000),
    ("0.000001", 1), ("-0.000001", -1), ("9999999999.999999", 9_999_999_999_999_999),
    ("-9999999999.999999", -9_999_999_999_999_999), ("12345678.90", 12_345_678_900_000),
    ("007", 7_000_000), ("00000000000000000012.50", 12_500_000), ("1.50000000000", 1_500_000),
    ("12.", 12_000_000), (".5", 500_000), ("-.5", -500_000), ("+7", 7_000_000),
    ("$1,234.56", 1_234_560_000), ("-$5", -5_000_000), ("$-5", -5_000_000), ("$ 5.00", 5_000_000),
    ("5$", 5_000_000), ("USD 5", 5_000_000), ("5 usd", 5_000_000), ("(12.50)", -12_500_000),
    ("($12.50)", -12_500_000), ("$(12.50)", -12_500_000), ("12.50-", -12_500_000),
    ("12.50 CR", -12_500_000), ("12.50cr", -12_500_000), ("\u{2212}12.50", -12_500_000),
    ("12.50\u{2212}", -12_500_000), ("1,234", 1_234_000_000), ("12,345,678.9", 12_345_678_900_000),
    ("1 234.5", 1_234_500_000), ("1\u{A0}234.5", 1_234_500_000), ("1\u{202F}234", 1_234_000_000),
    ("1\u{2009}234", 1_234_000_000), ("US$5", 5_000_000),
    ("12.50 DR", 12_500_000), ("USD (5)", -5_000_000),
    ("  12.5\t", 12_500_000), ("\u{A0}12.5\u{A0}", 12_500_000),
    ("9,999,999,999", 9_999_999_999_000_000),
  ]

  @Test(arguments: values)
  func `a number is read as people write it`(text: String, micros: Int64) {
    #expect(NumberTextTests.read(text) == .value(FixedDecimal(micros: micros)))
  }

  @Test func `thousands marks say the same with and without a dollar sign in front`() {
    let pieces = [
      "0", "1", "12", "123", "1234", ",", ",000", ",45", ",678", ".", ".5", ".678901", ".1234567",
    ]
    for first in pieces {
      for second in pieces {
        for third in pieces {
          for sign in ["", "-"] {
            let digits = first + second + third
            // The sign of a currency sends it the long way.
            let (plain, signed) = (
              NumberTextTests.read(sign + digits), NumberTextTests.read(sign + "$" + digits)
            )
            #expect(plain == signed, "\(sign)\(digits)")
          }
        }
      }
    }
  }

  @Test(arguments: ["", " ", "-", " - ", "\u{2212}", "N/A", "n/a", "\u{A0}", "\t\n"])
  func `nothing, a dash and N/A are absent`(text: String) {
    #expect(NumberTextTests.read(text) == .absent)
    #expect(NumberTextTests.read(text, .eu) == .absent)
  }

  private static let faults: [(String, NumberFault)] = [
    ("12345678901", .outOfRange), ("10000000000.00", .outOfRange), ("1.0000001", .outOfRange),
    ("99999999999999999999999999", .outOfRange), ("0.1234567", .outOfRange),
    ("1E11", .outOfRange), ("1E-7", .outOfRange), ("1E999", .outOfRange), ("1,2e5", .notANumber),
    ("1E+", .notANumber), ("1E1000", .notANumber), ("E", .notANumber), ("EUR", .notANumber),
    ("1E", .notANumber), ("E2", .notANumber), ("5 EUR", .otherCurrency), ("12 each", .notANumber),
    ("1E2E3", .notANumber), ("abc", .notANumber), ("1.2.3", .notANumber), ("1,23", .notANumber),
    ("12,34,567", .notANumber), ("1234,567", .notANumber), (",123", .notANumber),
    ("1,", .notANumber), ("1,234,", .notANumber), ("1,234,56", .notANumber),
    ("1.234,56", .notANumber),
    ("0,125", .notANumber), ("00,125", .notANumber), ("1,234 567", .notANumber),
    ("1 234,567", .notANumber), ("1  234", .notANumber), ("--5", .notANumber),
    ("-(5)", .notANumber),
    ("(-5)", .notANumber), ("-5-", .notANumber), ("-5 CR", .notANumber), ("+-5", .notANumber),
    ("$$5", .notANumber), ("$5 USD", .notANumber), ("(5", .notANumber), ("5)", .notANumber),
    ("()", .notANumber), ("$", .notANumber), ("USD", .notANumber), ("CR", .notANumber),
    (".", .notANumber), ("-.", .notANumber), ("#REF!", .notANumber), ("####", .notANumber),
    ("NaN", .notANumber), ("inf", .notANumber), ("0x10", .notANumber), ("1_000", .notANumber),
    ("٣", .notANumber), ("１２", .notANumber), ("12\n34", .notANumber), ("CAD5", .otherCurrency),
    ("C$5", .otherCurrency),
    ("5%", .notANumber), ("€5", .otherCurrency), ("£1,000.50", .otherCurrency),
    ("(5 CAD)", .otherCurrency),
    ("x EUR", .notANumber), ("5 XYZ", .notANumber), ("USD 5 USD", .notANumber),
    ("5 DR CR", .notANumber), ("true", .notANumber), ("1 2", .notANumber),
  ]

  @Test(arguments: faults)
  func `what cannot be taken exactly is refused with its reason`(text: String, fault: NumberFault) {
    #expect(NumberTextTests.read(text) == .fault(fault))
  }

  private static let exponentials: [(String, Int64)] = [
    ("1E2", 100_000_000), ("1.2E+05", 120_000_000_000), ("-1e-3", -1000), ("0E0", 0),
    ("1.23456789E+9", 1_234_567_890_000_000), ("$1.5E3", 1_500_000_000), ("(2E2)", -200_000_000),
    ("123.456E-2", 1_234_560), ("0.00012E4", 1_200_000), ("1.E1", 10_000_000),
  ]

  @Test(arguments: exponentials)
  func `a number with an exponent has its exact value, and is told apart`(
    text: String, micros: Int64
  ) {
    #expect(NumberTextTests.read(text) == .exponential(FixedDecimal(micros: micros)))
  }

  @Test func `the company's own currency is no other one`() {
    let canadian = NumberStyle(.us, currency: "CAD")
    for text in ["5", "$5", "C$5", "CA$5", "CAD 5", "5 cad"] {
      #expect(
        FixedDecimal.parse(Array(text.utf8).span, canadian)
          == .value(FixedDecimal(micros: 5_000_000)))
    }
    #expect(FixedDecimal.parse(Array("US$5".utf8).span, canadian) == .fault(.otherCurrency))
    let euro = NumberStyle(.eu, currency: "EUR")
    #expect(
      FixedDecimal.parse(Array("1.234,50 €".utf8).span, euro)
        == .value(FixedDecimal(micros: 1_234_500_000)))
  }

  private static let european: [(String, NumberReading)] = [
    ("1.234,56", .value(FixedDecimal(micros: 1_234_560_000))),
    ("1234,5", .value(FixedDecimal(micros: 1_234_500_000))),
    ("-1.234.567,89", .value(FixedDecimal(micros: -1_234_567_890_000))),
    ("1 234,56", .value(FixedDecimal(micros: 1_234_560_000))),
    ("0,125", .value(FixedDecimal(micros: 125_000))),
    ("1.234", .value(FixedDecimal(micros: 1_234_000_000))),
    ("1234", .value(FixedDecimal(micros: 1_234_000_000))),
    ("-7", .value(FixedDecimal(micros: -7_000_000))),
    ("0.125", .fault(.notANumber)), ("1234.56", .fault(.notANumber)), ("1.23", .fault(.notANumber)),
    ("1,234.56", .fault(.notANumber)),
    ("1,2E+05", .exponential(FixedDecimal(micros: 120_000_000_000))),
    ("12345678901", .fault(.outOfRange)), ("1,0000001", .fault(.outOfRange)),
  ]

  @Test(arguments: european)
  func `the European convention has point and comma the other way round`(
    text: String, reading: NumberReading
  ) {
    #expect(NumberTextTests.read(text, .eu) == reading)
  }

  @Test func `any value comes back from its text, also grouped and signed behind`() {
    var generator = SeededGenerator()
    for _ in 0..<5000 {
      let limit = Int64(1) << Int64.random(in: 1...53, using: &generator)
      let value = FixedDecimal(micros: .random(in: -limit...limit, using: &generator))
      guard abs(value.micros) <= 9_999_999_999_999_999 else { continue }
      #expect(NumberTextTests.read(value.description) == .value(value), "\(generator)")
      let european = value.description.replacing(".", with: ",")
      #expect(NumberTextTests.read(european, .eu) == .value(value), "\(generator)")
      if value.micros < 0 {
        let digits = String(value.description.dropFirst())
        for text in ["(\(digits))", "\(digits)-", "$\(digits) CR", "\u{2212}\(digits)"] {
          #expect(NumberTextTests.read(text) == .value(value), "\(generator)")
        }
      }
      let money = Money(cents: value.micros / 10_000)
      #expect(NumberTextTests.read(money.grouped) == .value(FixedDecimal(money)), "\(generator)")
    }
  }

  @Test func `no bytes at all make the parser trap or exceed its range`() {
    var generator = SeededGenerator()
    let alphabet =
      Array("0123456789999.,-+()$ eEUSDCRN/A".utf8) + [0xC2, 0xA0, 0xE2, 0x88, 0x92, 0x80, 0xAF, 0]
    for round in 0..<20_000 {
      let count = Int.random(in: 0...24, using: &generator)
      let bytes = (0..<count).map { _ -> UInt8 in
        round % 2 == 0
          ? alphabet.randomElement(using: &generator) ?? 0
          : UInt8.random(in: 0...255, using: &generator)
      }
      for convention in NumberConvention.allCases {
        let value: FixedDecimal
        switch FixedDecimal.parse(bytes.span, convention) {
        case .value(let read), .exponential(let read): value = read
        case .absent, .fault: continue
        }
        #expect(abs(value.micros) <= 9_999_999_999_999_999, "\(bytes), \(generator)")
      }
    }
  }

  private static let written: [(Int64, Int, String)] = [
    (0, 0, "0"), (0, 2, "0.00"), (2_500_000, 0, "2.5"), (2_500_000, 2, "2.50"),
    (-1, 0, "-0.000001"),
    (1_234_567, 2, "1.234567"), (1_000_000, 8, "1.00000000"), (.min, 0, "-9223372036854.775808"),
    (.max, 2, "9223372036854.775807"), (100, 2, "0.0001"),
  ]

  @Test(arguments: written)
  func `a decimal is written with as many places as asked for and needed`(
    micros: Int64, places: Int, text: String
  ) {
    var bytes: [UInt8] = []
    FixedDecimal(micros: micros).append(to: &bytes, atLeast: places)
    #expect(String(decoding: bytes, as: UTF8.self) == text)
  }

  @Test func `a decimal knows how many places it needs`() {
    #expect(FixedDecimal(micros: 2_500_000).fits(places: 1))
    #expect(!FixedDecimal(micros: 2_500_000).fits(places: 0))
    #expect(FixedDecimal(micros: -10_000).fits(places: 2))
    #expect(!FixedDecimal(micros: -1000).fits(places: 2))
    #expect(FixedDecimal(micros: 1).fits(places: 6))
    #expect(FixedDecimal.zero < .one)
  }
}
