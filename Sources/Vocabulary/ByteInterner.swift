/// Gives each distinct run of bytes a small number, in order of first appearance.
///
/// Customers and income categories repeat on every row of an export; they are compared as bytes once
/// and known by their number from then on.
public struct ByteInterner: Sendable {
  private var arena: [UInt8] = []
  private var starts: [Int] = [0]
  private var hashes: [UInt64] = []
  private var slots: [Int32]
  private var mask: Int

  /// An interner that knows nothing.
  public init() {
    slots = [Int32](repeating: -1, count: 256)
    mask = 255
  }

  /// How many distinct runs are known.
  public var count: Int { hashes.count }

  /// The number of `bytes`, new when they were not known.
  public mutating func intern(_ bytes: Span<UInt8>) -> Int {
    let hash = ByteHash.of(bytes)
    let (found, slot) = find(bytes, hash)
    if let found { return found }
    let number = hashes.count
    slots[slot] = Int32(number)
    hashes.append(hash)
    arena.append(bytes)
    starts.append(arena.count)
    if hashes.count * 2 > slots.count { grow() }
    return number
  }

  /// The number of `bytes`, if they are known.
  public func number(of bytes: Span<UInt8>) -> Int? {
    find(bytes, ByteHash.of(bytes)).0
  }

  /// The text behind a number.
  public subscript(number: Int) -> String {
    String(decoding: arena[starts[number]..<starts[number + 1]], as: UTF8.self)
  }

  private func find(_ bytes: Span<UInt8>, _ hash: UInt64) -> (Int?, Int) {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0 {
      let number = Int(slots[slot])
      if hashes[number] == hash, equals(number, bytes) { return (number, slot) }
      slot = (slot + 1) & mask
    }
    return (nil, slot)
  }

  private func equals(_ number: Int, _ bytes: Span<UInt8>) -> Bool {
    let start = starts[number]
    guard starts[number + 1] - start == bytes.count else { return false }
    return arena.span.extracting(start..<start + bytes.count).isSame(as: bytes)
  }

  private mutating func grow() {
    mask = slots.count * 2 - 1
    slots = [Int32](repeating: -1, count: mask + 1)
    for (number, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(number)
    }
  }
}
