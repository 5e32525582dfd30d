/// Gives each distinct run of bytes a small number, in order of first appearance.
///
/// Customers and income categories repeat on every row of an export; they are compared as bytes once
/// and known by their number from then on.
public struct ByteInterner: Sendable {
  private struct Entry: Sendable {
    var hash: UInt64
    var start: Int
    var count: Int
  }

  private var arena: [UInt8] = []
  private var entries: [Entry] = []
  private var slots: [Int32]
  private var mask: Int

  /// An interner that knows nothing.
  public init() {
    slots = [Int32](repeating: -1, count: 256)
    mask = 255
  }

  /// How many distinct runs are known.
  public var count: Int { entries.count }

  /// The number of `bytes`, new when they were not known.
  public mutating func intern(_ bytes: Span<UInt8>) -> Int {
    intern(bytes, hash: QuickHash.of(bytes, 0..<bytes.count))
  }

  /// The same for bytes whose ``QuickHash`` is known.
  public mutating func intern(_ bytes: Span<UInt8>, hash: UInt64) -> Int {
    let (found, slot) = find(bytes, hash)
    if let found { return found }
    let number = entries.count
    slots[slot] = Int32(number)
    entries.append(Entry(hash: hash, start: arena.count, count: bytes.count))
    arena.append(bytes)
    if entries.count * 2 > slots.count { grow() }
    return number
  }

  /// The number of `bytes`, if they are known.
  public func number(of bytes: Span<UInt8>) -> Int? {
    find(bytes, QuickHash.of(bytes, 0..<bytes.count)).0
  }

  /// The same for bytes whose ``QuickHash`` is known.
  public func number(of bytes: Span<UInt8>, hash: UInt64) -> Int? {
    find(bytes, hash).0
  }

  /// The text behind a number.
  public subscript(number: Int) -> String {
    String(
      decoding: arena[entries[number].start..<entries[number].start + entries[number].count],
      as: UTF8.self)
  }

  @inline(__always)
  private func find(_ bytes: Span<UInt8>, _ hash: UInt64) -> (Int?, Int) {
    let (slots, entries) = (slots.span, entries.span)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0 {
      let number = Int(slots[slot])
      let entry = entries[number]
      if entry.hash == hash, entry.count == bytes.count,
        arena.span.extracting(entry.start..<entry.start + entry.count).isSame(as: bytes)
      {
        return (number, slot)
      }
      slot = (slot + 1) & mask
    }
    return (nil, slot)
  }

  private mutating func grow() {
    mask = slots.count * 2 - 1
    slots = [Int32](repeating: -1, count: mask + 1)
    for (number, entry) in entries.enumerated() {
      var slot = Int(truncatingIfNeeded: entry.hash) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(number)
    }
  }
}
