internal import Vocabulary

/// The types and numbers of the documents of a run, twelve bytes for each: nothing is sampled, hashed
/// away or kept as text.
///
/// A number has at most eleven bytes and none of them is zero, so with the type in front equal words are
/// equal documents.
struct DocumentNumbers {
  private struct Key: Equatable {
    // Three words, because two of 64 bits would take sixteen bytes.
    var first: UInt32 = 0
    var second: UInt32 = 0
    var third: UInt32 = 0
  }

  private var slots: [Key]
  private(set) var count = 0

  /// Room for so many documents at first.
  init(expecting count: Int = 0) {
    slots = Array(repeating: Key(), count: max(64, count + count / 4 + 8))
  }

  /// Adds a document; false when its type has the number already.
  mutating func insert(_ number: Span<UInt8>, type: UInt8) -> Bool {
    var words: (UInt32, UInt32, UInt32) = (UInt32(type), 0, 0)
    for index in number.indices {
      let byte = UInt32(number[index])
      switch index {
      case ..<3: words.0 |= byte << UInt32(8 * (index + 1))
      case ..<7: words.1 |= byte << UInt32(8 * (index - 3))
      default: words.2 |= byte << UInt32(8 * (index - 7))
      }
    }
    if (count + 1) * 5 > slots.count * 4 { grow() }
    guard place(Key(first: words.0, second: words.1, third: words.2)) else { return false }
    count += 1
    return true
  }

  private mutating func place(_ key: Key) -> Bool {
    var hash = UInt64(key.first) | UInt64(key.second) << 32
    hash = (hash ^ UInt64(key.third) &* 0x9E37_79B9_7F4A_7C15) &* 0xA076_1D64_78BD_642F
    hash ^= hash >> 32
    hash = hash &* 0xE703_7ED1_A0B4_28DB
    var slot = Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(slots.count)).high)
    while slots[slot] != Key() {
      if slots[slot] == key { return false }
      slot = slot + 1 == slots.count ? 0 : slot + 1
    }
    slots[slot] = key
    return true
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Key(), count: old.count * 2)
    for key in old where key != Key() { _ = place(key) }
  }
}
