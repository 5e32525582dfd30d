/// A fast 64-bit hash of bytes, the same in every run and on every machine.
///
/// It finds candidates; whoever uses it compares the bytes themselves before believing a match. Two
/// lanes with different seeds make the 128-bit ``ContentHash`` that the ledger keeps, so the function
/// must never change: a ledger written by an older version has to recognise its invoices.
public struct ByteHash: Sendable {
  private var state: UInt64
  private var length: UInt64 = 0

  /// A hash that begins from a seed.
  @inlinable
  public init(seed: UInt64 = 0x9E37_79B9_7F4A_7C15) {
    self.init(state: seed)
  }

  @usableFromInline
  init(state: UInt64) {
    self.state = state
  }

  /// Takes in a whole number.
  public mutating func combine(_ word: UInt64) {
    state = ByteHash.mix(state ^ word, 0xE703_7ED1_A0B4_28DB)
    length &+= 8
  }

  /// Takes in a run of bytes, with its length, so that two runs never flow into one.
  public mutating func combine(_ bytes: Span<UInt8>) {
    var index = 0
    let raw = bytes.bytes
    while index + 8 <= raw.byteCount {
      let word = UInt64(
        littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
      state = ByteHash.mix(state ^ word, 0xA076_1D64_78BD_642F)
      index += 8
    }
    let tail = ByteHash.tail(raw, from: index)
    state = ByteHash.mix(state ^ tail, 0x8EBC_6AF0_9C88_C6E3 ^ UInt64(raw.byteCount))
    length &+= UInt64(raw.byteCount)
  }

  /// The last bytes, fewer than eight, as a word, the lowest first.
  @inline(__always)
  private static func tail(_ raw: RawSpan, from index: Int) -> UInt64 {
    let rest = raw.byteCount - index
    guard rest > 0 else { return 0 }
    if raw.byteCount >= 8 {
      let word = UInt64(
        littleEndian: raw.unsafeLoadUnaligned(
          fromByteOffset: raw.byteCount - 8, as: UInt64.self))
      return word >> UInt64(8 * (8 - rest))
    }
    if rest >= 4 {
      // Both halves may overlap; where they do they say the same.
      let low = UInt64(
        UInt32(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt32.self)))
      let high = UInt64(
        UInt32(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: rest - 4, as: UInt32.self)))
      return low | high << UInt64(8 * (rest - 4))
    }
    let first = UInt64(raw.unsafeLoad(fromByteOffset: 0, as: UInt8.self))
    let middle = UInt64(raw.unsafeLoad(fromByteOffset: rest / 2, as: UInt8.self))
    let last = UInt64(raw.unsafeLoad(fromByteOffset: rest - 1, as: UInt8.self))
    return first | middle << UInt64(8 * (rest / 2)) | last << UInt64(8 * (rest - 1))
  }

  /// The hash of what was taken in so far.
  public var value: UInt64 { ByteHash.mix(state ^ length, 0x5899_65CC_7537_4CC3) }

  /// The hash of one run of bytes.
  public static func of(_ bytes: Span<UInt8>) -> UInt64 {
    var hash = ByteHash()
    hash.combine(bytes)
    return hash.value
  }

  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (high, low) = left.multipliedFullWidth(by: right)
    return high ^ low
  }
}

/// A quick hash of few bytes, to find them in memory; it may change from one version to the next.
///
/// Whoever uses it compares the bytes themselves before believing a match.
public enum QuickHash {
  /// The hash of a stretch of bytes.
  @inlinable @inline(__always)
  public static func of(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    let raw = bytes.bytes
    let (start, end, count) = (range.lowerBound, range.upperBound, range.count)
    var (first, last): (UInt64, UInt64) = (0, 0)
    if count >= 8 {
      first = raw.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
      last = raw.unsafeLoadUnaligned(fromByteOffset: end - 8, as: UInt64.self)
      var index = start + 8
      while index + 8 < end {
        first = mix(first, raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
        index += 8
      }
    } else if count >= 4 {
      first = UInt64(raw.unsafeLoadUnaligned(fromByteOffset: start, as: UInt32.self))
      last = UInt64(raw.unsafeLoadUnaligned(fromByteOffset: end - 4, as: UInt32.self))
    } else if count > 0 {
      first = UInt64(bytes[start]) | UInt64(bytes[start + count / 2]) << 8
      last = UInt64(bytes[end - 1])
    }
    return mix(first ^ UInt64(count), last)
  }

  @inlinable @inline(__always)
  static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (high, low) = (left ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(
      by: right ^ 0xE703_7ED1_A0B4_28DB)
    return high ^ low
  }
}

/// 128 bits that stand for the content of a record, to notice when it has changed.
public struct ContentHash: Hashable, Sendable {
  /// The first half.
  public var high: UInt64
  /// The second half.
  public var low: UInt64

  /// A hash from its halves.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The hash of one run of bytes.
  public init(of bytes: Span<UInt8>) {
    var first = ByteHash(seed: 0x243F_6A88_85A3_08D3)
    var second = ByteHash(seed: 0x1319_8A2E_0370_7344)
    first.combine(bytes)
    second.combine(bytes)
    self.init(high: first.value, low: second.value)
  }

  /// Reads 32 hexadecimal digits.
  public init?(hex: String) {
    // UInt64 would take a plus sign for a digit.
    guard hex.utf8.count == 32, hex.utf8.allSatisfy(\.isHexDigit),
      let high = UInt64(hex.prefix(16), radix: 16), let low = UInt64(hex.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  /// The hash as 32 hexadecimal digits.
  public var hex: String { ContentHash.digits(high) + ContentHash.digits(low) }

  private static func digits(_ word: UInt64) -> String {
    let text = String(word, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
