/// A stretch of bytes in somebody's byte buffer.
public struct TextRange: Hashable, Sendable {
  /// The offset of the first byte.
  public var start: Int32
  /// How many bytes.
  public var count: Int32

  /// No bytes.
  @inlinable
  public static var empty: TextRange { TextRange(start: 0, count: 0) }

  /// A stretch.
  @inlinable
  public init(start: Int32, count: Int32) {
    self.start = start
    self.count = count
  }

  /// A stretch from an offset up to another.
  @inlinable
  public init(_ range: Range<Int>) {
    self.start = Int32(truncatingIfNeeded: range.lowerBound)
    self.count = Int32(truncatingIfNeeded: range.count)
  }

  /// Whether there is nothing.
  @inlinable
  public var isEmpty: Bool { count == 0 }

  /// The offsets as a range.
  @inlinable
  public var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

extension [UInt8] {
  /// The text of a stretch of this buffer.
  public func text(_ range: TextRange) -> String {
    String(decoding: self[range.range], as: UTF8.self)
  }

  /// A copy of the bytes of a span.
  @inlinable
  public init(copying span: Span<UInt8>) {
    self = span.withUnsafeBufferPointer { Array($0) }
  }

  /// Appends the bytes of a span.
  @inlinable
  public mutating func append(_ span: Span<UInt8>) {
    span.withUnsafeBufferPointer { append(contentsOf: $0) }
  }

  /// Appends words that the program has.
  @inlinable
  public mutating func append(_ words: StaticString) {
    words.withUTF8Buffer { append(contentsOf: $0) }
  }
}

extension Span<UInt8> {
  /// Whether both hold the same bytes.
  @inlinable
  public func isSame(as other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    let (left, right) = (bytes, other.bytes)
    var index = 0
    while index + 8 <= count {
      let first = left.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      guard first == right.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self) else {
        return false
      }
      index += 8
    }
    while index < count {
      guard self[index] == other[index] else { return false }
      index += 1
    }
    return true
  }
}
