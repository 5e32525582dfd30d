/// An exact amount of money: a whole number of minor units (cents).
///
/// QuickBooks takes at most ten digits before the point, so ``maximum`` is 9,999,999,999.99; parsing
/// refuses more, which leaves room in 64 bits for sums over any input that fits on a disk. Products
/// of quantity and rate round half up, away from zero: 1.005 becomes 1.01 and -1.005 becomes -1.01.
public struct Money: Hashable, Comparable, Sendable {
  /// The amount in minor units; 12.34 is 1234.
  public var cents: Int64

  /// The largest amount a single cell may hold.
  public static let maximum = Money(cents: 999_999_999_999)

  /// Nothing.
  @inlinable
  public static var zero: Money { Money(cents: 0) }

  /// An amount of so many minor units.
  @inlinable
  public init(cents: Int64) {
    self.cents = cents
  }

  /// The amount that stands for `decimal`, or nil when it has more than two decimals.
  public init?(_ decimal: FixedDecimal) {
    guard decimal.micros % 10_000 == 0 else { return nil }
    self.cents = decimal.micros / 10_000
  }

  /// Reads the canonical form, `-?digits.dd`, as reports and IIF files hold it, and nothing else.
  public init?(canonical text: String) {
    var text = text
    let value = text.withUTF8 { FixedDecimal.parse($0.span, .us) }
    guard case .value(let decimal) = value, let money = Money(decimal), money.description == text
    else { return nil }
    self = money
  }

  /// `quantity` times `rate`, rounded half up (away from zero) to the cent; nil when out of range.
  public init?(quantity: FixedDecimal, rate: FixedDecimal) {
    let product = Int128(quantity.micros) * Int128(rate.micros)
    let unit: Int128 = 10_000_000_000
    let half = unit / 2
    let rounded = product < 0 ? -((-product + half) / unit) : (product + half) / unit
    guard abs(rounded) <= Int128(Money.maximum.cents) else { return nil }
    self.cents = Int64(rounded)
  }

  /// Smaller amounts come first.
  public static func < (left: Money, right: Money) -> Bool { left.cents < right.cents }

  /// The sum of both amounts.
  public static func + (left: Money, right: Money) -> Money {
    Money(cents: left.cents + right.cents)
  }

  /// The difference of both amounts.
  public static func - (left: Money, right: Money) -> Money {
    Money(cents: left.cents - right.cents)
  }

  /// The same amount with the other sign; zero stays zero.
  public static prefix func - (money: Money) -> Money { Money(cents: -money.cents) }

  /// Adds an amount.
  public static func += (left: inout Money, right: Money) { left.cents += right.cents }

  /// Takes an amount away.
  public static func -= (left: inout Money, right: Money) { left.cents -= right.cents }
}

extension Money: CustomStringConvertible {
  /// The canonical form: `-?digits.dd`, no separators, never `-0.00`.
  public var description: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The amount as people read it, with thousands separators: `1,234.50`.
  public var grouped: String {
    let digits = Array(String(cents.magnitude / 100))
    var text = cents < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    let fraction = cents.magnitude % 100
    return text + (fraction < 10 ? ".0" : ".") + String(fraction)
  }

  /// Appends the canonical form as ASCII bytes.
  public func append(to bytes: inout [UInt8]) {
    if cents < 0 { bytes.append(UInt8(ascii: "-")) }
    let magnitude = cents.magnitude
    bytes.appendDecimal(magnitude / 100)
    bytes.append(UInt8(ascii: "."))
    bytes.append(UInt8(ascii: "0") + UInt8(magnitude % 100 / 10))
    bytes.append(UInt8(ascii: "0") + UInt8(magnitude % 10))
  }
}

extension [UInt8] {
  /// Appends a whole number in decimal digits.
  @inlinable
  public mutating func appendDecimal(_ number: UInt64) {
    if number < 10 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number))
      return
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var start = 20
      var rest = number
      while rest > 0 {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
      append(contentsOf: UnsafeBufferPointer(rebasing: digits[start..<20]))
    }
  }
}
