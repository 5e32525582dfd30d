import TestSupport
import Testing
import Vocabulary

struct MoneyTests {
  @Test func `any number of cents comes back from its text`() {
    var generator = SeededGenerator()
    for _ in 0..<5000 {
      let digits = Int64.random(in: 0...13, using: &generator)
      let limit = (0..<digits).reduce(Int64(1)) { power, _ in power * 10 }
      let cents = Int64.random(in: -limit...limit, using: &generator)
      guard abs(cents) <= Money.maximum.cents else { continue }
      let money = Money(cents: cents)
      #expect(Money(canonical: money.description) == money, "\(generator)")
      #expect(Money(FixedDecimal(money)) == money, "\(generator)")
      let ungrouped = money.grouped.filter { $0 != "," }
      #expect(Money(canonical: ungrouped) == money, "\(generator)")
    }
  }

  private static let texts: [(Int64, String, String)] = [
    (0, "0.00", "0.00"), (1, "0.01", "0.01"), (-1, "-0.01", "-0.01"), (10, "0.10", "0.10"),
    (99, "0.99", "0.99"), (100, "1.00", "1.00"), (-100, "-1.00", "-1.00"),
    (99_999, "999.99", "999.99"), (100_000, "1000.00", "1,000.00"),
    (-123_456_789, "-1234567.89", "-1,234,567.89"),
    (999_999_999_999, "9999999999.99", "9,999,999,999.99"),
    (.max, "92233720368547758.07", "92,233,720,368,547,758.07"),
    (.min, "-92233720368547758.08", "-92,233,720,368,547,758.08"),
  ]

  @Test(arguments: texts)
  func `an amount is written canonically and grouped`(
    cents: Int64, canonical: String, grouped: String
  ) {
    #expect(Money(cents: cents).description == canonical)
    #expect(Money(cents: cents).grouped == grouped)
  }

  @Test(arguments: [
    "", "-", ".", "1", "1.0", "1.000", "01.00", "-0.00", "+1.00", " 1.00", "1.00 ", "1,000.00",
    "$1.00", "(1.00)", "1.00-", "1.00CR", "1e2", ".50", "1.", "1.0O", "10000000000.00",
    "\u{2212}1.00",
    "1.00\n", "1,00", "N/A", "1 000.00", "--1.00", "00.00", "1.00\0",
  ])
  func `what is not canonical is no canonical amount`(text: String) {
    #expect(Money(canonical: text) == nil)
  }

  // Quantity and rate in millionths, the product in cents.
  private static let products: [(Int64, Int64, Int64?)] = [
    (1_000_000, 1_005_000, 101), (1_000_000, -1_005_000, -101), (-1_000_000, -1_005_000, 101),
    (1_000_000, 1_004_999, 100), (1_000_000, -1_004_999, -100), (1_000_000, 5000, 1),
    (1_000_000, -5000, -1), (1_000_000, 4999, 0), (1_000_000, -4999, 0),
    (2_500_000, 50_000_000, 12_500),
    (412_000_000, 580_000, 23_896), (333_333, 3_000_000, 100), (1, 1, 0), (0, -7_000_000, 0),
    (1_000_000, 9_999_999_999_990_000, 999_999_999_999),
    (1_000_000, 9_999_999_999_994_999, 999_999_999_999),
    (1_000_000, 9_999_999_999_995_000, nil), (-1_000_000, 9_999_999_999_995_000, nil),
    (9_999_999_999_999_999, 9_999_999_999_999_999, nil), (.max, .max, nil), (.min, .min, nil),
    (.min, .max, nil), (.min, 1, -922_337_204), (.max, 1, 922_337_204),
  ]

  @Test(arguments: products)
  func `a product rounds half up, away from zero, and stays in range`(
    quantity: Int64, rate: Int64, cents: Int64?
  ) {
    let product = Money(quantity: FixedDecimal(micros: quantity), rate: FixedDecimal(micros: rate))
    #expect(product?.cents == cents)
  }

  @Test func `a product has the sign of its factors and does not mind their order`() {
    var generator = SeededGenerator()
    for _ in 0..<2000 {
      let left = FixedDecimal(micros: .random(in: 0...99_999_999_999, using: &generator))
      let right = FixedDecimal(micros: .random(in: 0...99_999_999_999, using: &generator))
      let product = Money(quantity: left, rate: right)
      #expect(Money(quantity: right, rate: left) == product, "\(generator)")
      #expect(
        Money(quantity: -left, rate: right)?.cents == product.map { -$0.cents }, "\(generator)")
      #expect(Money(quantity: -left, rate: -right) == product, "\(generator)")
    }
  }

  @Test func `an amount has no fractions of a cent`() {
    #expect(Money(FixedDecimal(micros: 12_340_000)) == Money(cents: 1234))
    #expect(Money(FixedDecimal(micros: -10_000)) == Money(cents: -1))
    #expect(Money(FixedDecimal(micros: 12_340_001)) == nil)
    #expect(Money(FixedDecimal(micros: -1)) == nil)
  }

  @Test func `amounts add, subtract, negate and compare`() {
    var sum = Money.zero
    sum += Money(cents: 250)
    sum -= Money(cents: 300)
    #expect(sum == Money(cents: -50))
    #expect(-sum == Money(cents: 50))
    #expect(-Money.zero == .zero)
    #expect(Money(cents: 1) + Money(cents: 2) - Money(cents: 4) == Money(cents: -1))
    #expect(Money(cents: -2) < Money(cents: -1))
  }
}
