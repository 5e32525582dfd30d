internal import Foundation

/// Request ids: UUIDs that no other request of a company has, each greater than the one before it.
///
/// They are version 7 of RFC 9562: the time in milliseconds, then 74 bits that begin at random and grow
/// by a random step. Ids in order keep the ledger's index of them in order too, so that a batch of
/// records touches one page of it and not as many as there are records.
public struct RequestIDs: Sendable {
  private let milliseconds: UInt64
  private var counter: UInt128

  /// How many bits behind the time are ours; the others say which kind of UUID it is.
  private static let bits: UInt128 = 74

  /// Ids from now on.
  public init() {
    milliseconds = UInt64(Date().timeIntervalSince1970 * 1000)
    // Half of the range is left to grow into: more steps than there will ever be.
    counter = UInt128.random(in: 0..<(1 << (RequestIDs.bits - 1)))
  }

  /// The next id, 36 characters in lower case.
  public mutating func next() -> String {
    counter += UInt128(UInt32.random(in: 1...UInt32.max))
    let low = UInt64(truncatingIfNeeded: counter) & (1 << 62 - 1)
    let high = UInt64(truncatingIfNeeded: counter >> 62) & 0xFFF
    let words = (milliseconds << 16 | 0x7000 | high, 0x8000_0000_0000_0000 | low)
    return String(unsafeUninitializedCapacity: 36) { text in
      var place = 0
      for digit in 0..<32 {
        if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
          text[place] = UInt8(ascii: "-")
          place += 1
        }
        let word = digit < 16 ? words.0 : words.1
        let value = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (digit & 15))) & 15
        text[place] = value < 10 ? 0x30 + value : 0x57 + value
        place += 1
      }
      return place
    }
  }
}
