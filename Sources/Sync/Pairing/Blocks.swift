internal import Vocabulary

/// Numbers by the hash of what they share: filled, sealed, then looked up.
struct Blocks {
  private var pairs: [(key: UInt64, number: Int32)] = []
  private var keys: [UInt64] = []
  private var starts: [Int32] = []
  private var numbers: [Int32] = []
  private var slots: [Int32] = []
  private var mask = 0

  mutating func add(_ key: UInt64, _ number: Int32) { pairs.append((key, number)) }

  mutating func seal() {
    pairs.sort { ($0.key, $0.number) < ($1.key, $1.number) }
    numbers.reserveCapacity(pairs.count)
    for pair in pairs {
      if keys.last != pair.key {
        keys.append(pair.key)
        starts.append(Int32(numbers.count))
      }
      numbers.append(pair.number)
    }
    starts.append(Int32(numbers.count))
    pairs = []
    var size = 16
    while size < keys.count * 2 { size *= 2 }
    mask = size - 1
    slots = [Int32](repeating: -1, count: size)
    for (index, key) in keys.enumerated() {
      var slot = Int(truncatingIfNeeded: key) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(index)
    }
  }

  mutating func add(_ text: String, _ number: Int32) { add(Blocks.key(text), number) }

  static func key(_ text: String) -> UInt64 {
    var text = text
    return text.withUTF8 { ByteHash.of($0.span) }
  }

  /// The numbers that share a key, in order.
  subscript(key: UInt64) -> ArraySlice<Int32> {
    var slot = Int(truncatingIfNeeded: key) & mask
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if keys[index] == key { return numbers[Int(starts[index])..<Int(starts[index + 1])] }
      slot = (slot + 1) & mask
    }
    return []
  }
}
