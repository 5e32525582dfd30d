/// An exact decimal with six places, for quantities and rates: 412 miles at 0.58.
///
/// The value is a whole number of millionths, at most 9,999,999,999.999999 either way.
public struct FixedDecimal: Hashable, Comparable, Sendable {
  /// The value in millionths; 2.5 is 2,500,000.
  public var micros: Int64

  /// Nothing.
  @inlinable
  public static var zero: FixedDecimal { FixedDecimal(micros: 0) }
  /// One.
  @inlinable
  public static var one: FixedDecimal { FixedDecimal(micros: 1_000_000) }

  static let maximum: Int64 = 9_999_999_999_999_999

  /// A value of so many millionths.
  @inlinable
  public init(micros: Int64) {
    self.micros = micros
  }

  /// The value of an amount of money.
  public init(_ money: Money) {
    self.micros = money.cents * 10_000
  }

  /// Smaller values come first.
  public static func < (left: FixedDecimal, right: FixedDecimal) -> Bool {
    left.micros < right.micros
  }

  /// The same value with the other sign.
  public static prefix func - (value: FixedDecimal) -> FixedDecimal {
    FixedDecimal(micros: -value.micros)
  }

  /// Whether the value can be written with `places` decimals (0 to 6) and nothing lost.
  public func fits(places: Int) -> Bool {
    var unit: Int64 = 1
    for _ in 0..<max(0, 6 - places) { unit *= 10 }
    return micros % unit == 0
  }

  /// Appends the value with at least `places` decimals and no needless zeros beyond them.
  public func append(to bytes: inout [UInt8], atLeast places: Int = 0) {
    if micros < 0 { bytes.append(UInt8(ascii: "-")) }
    let magnitude = micros.magnitude
    bytes.appendDecimal(magnitude / 1_000_000)
    var fraction = magnitude % 1_000_000
    var written = 0
    var unit: UInt64 = 100_000
    guard fraction > 0 || places > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    while fraction > 0 || written < places {
      bytes.append(UInt8(ascii: "0") + UInt8(unit == 0 ? 0 : fraction / unit))
      if unit > 0 {
        fraction %= unit
        unit /= 10
      }
      written += 1
    }
  }
}

extension FixedDecimal: CustomStringConvertible {
  /// The shortest exact decimal text.
  public var description: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
