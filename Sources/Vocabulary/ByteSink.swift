/// Bytes on their way into a file: appended, handed on, emptied, and filled again.
///
/// An array asks at every append whether somebody else holds it. A million documents append tens of
/// millions of fields, so what writes them puts its rows together here, where nobody else ever looks.
public struct ByteSink: ~Copyable {
  @usableFromInline var base: UnsafeMutablePointer<UInt8>
  @usableFromInline var capacity: Int
  @usableFromInline var length = 0

  /// How many bytes there are.
  @inlinable
  public var count: Int { length }

  /// An empty sink with room for so many bytes at first.
  public init(capacity: Int = 1 << 12) {
    self.capacity = max(64, capacity)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  /// What was appended.
  public var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  /// The byte that was appended last.
  public var last: UInt8? { length > 0 ? base[length - 1] : nil }

  /// Forgets all bytes and keeps the room.
  public mutating func empty() { length = 0 }

  /// Forgets the last bytes down to so many.
  public mutating func cut(to count: Int) { length = min(length, max(0, count)) }

  @usableFromInline @inline(never)
  mutating func grow(_ more: Int) {
    let wider = max(capacity * 2, count + more)
    let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: wider)
    fresh.update(from: base, count: count)
    base.deallocate()
    (base, capacity) = (fresh, wider)
  }

  /// Appends a byte.
  @inlinable
  public mutating func append(_ byte: UInt8) {
    if length == capacity { grow(1) }
    base[length] = byte
    length += 1
  }

  /// Appends the bytes of a buffer.
  @inlinable
  public mutating func append(_ more: UnsafeBufferPointer<UInt8>) {
    guard let start = more.baseAddress, more.count > 0 else { return }
    if count + more.count > capacity { grow(more.count) }
    (base + count).update(from: start, count: more.count)
    length += more.count
  }

  /// Appends the bytes of a span.
  @inlinable
  public mutating func append(_ span: Span<UInt8>) {
    span.withUnsafeBufferPointer { append($0) }
  }

  /// Appends a stretch of a buffer.
  public mutating func append(_ bytes: [UInt8], _ range: TextRange) {
    guard range.count > 0 else { return }
    append(bytes.span.extracting(range.range))
  }

  /// Appends words that the program has.
  @inlinable
  public mutating func append(_ words: StaticString) {
    words.withUTF8Buffer { append($0) }
  }

  /// Appends a text as UTF-8.
  public mutating func append(text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  /// Appends a whole number in decimal digits.
  public mutating func append(decimal number: UInt64) {
    var digits = 1
    var rest = number
    while rest >= 10 {
      rest /= 10
      digits += 1
    }
    if length + digits > capacity { grow(digits) }
    let start = length
    length += digits
    var place = length
    rest = number
    repeat {
      place -= 1
      base[place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while place > start
  }

  /// Appends two digits of a number below 100.
  @inlinable
  public mutating func append(twoDigits number: Int) {
    append(0x30 + UInt8(truncatingIfNeeded: number / 10 % 10))
    append(0x30 + UInt8(truncatingIfNeeded: number % 10))
  }

  /// Appends a day as ISO 8601 has it: `2026-11-29`.
  public mutating func append(_ date: CalendarDate) {
    let (year, month, day) = date.components
    append(twoDigits: year / 100)
    append(twoDigits: year % 100)
    append(UInt8(ascii: "-"))
    append(twoDigits: month)
    append(UInt8(ascii: "-"))
    append(twoDigits: day)
  }

  /// Appends an amount in its canonical form.
  public mutating func append(_ money: Money) {
    if money.cents < 0 { append(UInt8(ascii: "-")) }
    let magnitude = money.cents.magnitude
    append(decimal: magnitude / 100)
    append(UInt8(ascii: "."))
    append(twoDigits: Int(magnitude % 100))
  }

  /// Appends a number with at least `places` decimals and no needless zeros beyond them.
  public mutating func append(_ value: FixedDecimal, atLeast places: Int = 0) {
    if value.micros < 0 { append(UInt8(ascii: "-")) }
    let magnitude = value.micros.magnitude
    append(decimal: magnitude / 1_000_000)
    var fraction = magnitude % 1_000_000
    guard fraction > 0 || places > 0 else { return }
    append(UInt8(ascii: "."))
    var written = 0
    while fraction > 0 || written < places {
      fraction *= 10
      append(0x30 + UInt8(truncatingIfNeeded: fraction / 1_000_000))
      fraction %= 1_000_000
      written += 1
    }
  }
}
