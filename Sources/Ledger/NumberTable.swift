internal import Vocabulary

/// Finds the place of a run of bytes among a million, in a few bytes each.
///
/// The bytes themselves lie one behind the other in an arena; a slot holds half of the 64-bit hash
/// beside the place, so that nearly every comparison of bytes is the one that succeeds. A match of
/// hashes is only believed when the bytes are equal: two numbers with one hash are two numbers.
struct NumberTable: Sendable {
  private(set) var count = 0
  private var slots: [UInt64] = []
  private var starts: [UInt32] = []
  private var arena: [UInt8] = []
  /// All ones; tests take bits away to make hashes collide.
  private let hashMask: UInt64

  /// A table for so many entries with so many bytes together; more of either is allowed.
  init(count: Int = 0, bytes: Int = 0, hashMask: UInt64 = .max) {
    self.hashMask = hashMask
    guard count > 0 else { return }
    // At most seven slots in ten are taken.
    slots = [UInt64](repeating: 0, count: count * 10 / 7 + 8)
    starts.reserveCapacity(count)
    arena.reserveCapacity(bytes)
  }

  /// How much memory the entries take.
  var byteCount: Int { slots.capacity * 8 + starts.capacity * 4 + arena.capacity }

  /// Adds an entry and gives it the next place; nil when it is there already.
  mutating func insert(_ bytes: Span<UInt8>) -> Int? {
    if (count + 1) * 10 > slots.count * 7 { grow() }
    let hash = ByteHash.of(bytes) & hashMask
    guard case .free(let slot) = find(bytes, hash) else { return nil }
    precondition(count < UInt32.max && arena.count <= UInt32.max - UInt32(bytes.count))
    slots[slot] = NumberTable.entry(hash, count)
    starts.append(UInt32(arena.count))
    arena.append(bytes)
    count += 1
    return count - 1
  }

  /// The place of an entry.
  func place(of bytes: Span<UInt8>) -> Int? {
    guard count > 0, case .taken(let place) = find(bytes, ByteHash.of(bytes) & hashMask) else {
      return nil
    }
    return place
  }

  private enum Search { case free(slot: Int), taken(place: Int) }

  private func find(_ bytes: Span<UInt8>, _ hash: UInt64) -> Search {
    var slot = NumberTable.home(hash, slots.count)
    while slots[slot] != 0 {
      let place = Int(slots[slot] & 0xFFFF_FFFF) - 1
      if slots[slot] == NumberTable.entry(hash, place), equals(place, bytes) {
        return .taken(place: place)
      }
      slot += 1
      if slot == slots.count { slot = 0 }
    }
    return .free(slot: slot)
  }

  private func equals(_ place: Int, _ bytes: Span<UInt8>) -> Bool {
    let start = Int(starts[place])
    let end = place + 1 < count ? Int(starts[place + 1]) : arena.count
    guard end - start == bytes.count else { return false }
    for index in bytes.indices where arena[start + index] != bytes[index] { return false }
    return true
  }

  /// The low half of the hash beside the place plus one; zero is a free slot.
  private static func entry(_ hash: UInt64, _ place: Int) -> UInt64 {
    hash << 32 | UInt64(place + 1)
  }

  /// The slot where the search begins, from the high bits of the hash.
  private static func home(_ hash: UInt64, _ slotCount: Int) -> Int {
    Int(hash.multipliedFullWidth(by: UInt64(slotCount)).high)
  }

  private mutating func grow() {
    slots = [UInt64](repeating: 0, count: max(16, slots.count * 2))
    for place in 0..<count {
      let end = place + 1 < count ? Int(starts[place + 1]) : arena.count
      let hash = arena.withUnsafeBufferPointer { arena in
        ByteHash.of(UnsafeBufferPointer(rebasing: arena[Int(starts[place])..<end]).span)
      }
      var slot = NumberTable.home(hash & hashMask, slots.count)
      while slots[slot] != 0 { slot = slot + 1 == slots.count ? 0 : slot + 1 }
      slots[slot] = NumberTable.entry(hash & hashMask, place)
    }
  }
}
