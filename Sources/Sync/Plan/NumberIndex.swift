/// Finds planned invoices by the hash of their number; candidates only, the caller compares the numbers.
struct NumberIndex {
  private var slots: [Int32]
  private var hashes: [UInt64]
  private var mask: Int
  private(set) var count = 0

  init() {
    mask = 1023
    slots = Array(repeating: -1, count: 1024)
    hashes = Array(repeating: 0, count: 1024)
  }

  /// The invoice with this hash that `isSame` accepts.
  func find<E: Error>(_ hash: UInt64, isSame: (Int) throws(E) -> Bool) throws(E) -> Int? {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0 {
      if hashes[slot] == hash, try isSame(Int(slots[slot])) { return Int(slots[slot]) }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Adds an invoice.
  mutating func insert(_ hash: UInt64, _ invoice: Int) {
    if (count + 1) * 2 > slots.count { grow() }
    place(hash, Int32(invoice))
    count += 1
  }

  private mutating func place(_ hash: UInt64, _ invoice: Int32) {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0 { slot = (slot + 1) & mask }
    slots[slot] = invoice
    hashes[slot] = hash
  }

  private mutating func grow() {
    let (oldSlots, oldHashes) = (slots, hashes)
    mask = slots.count * 2 - 1
    slots = Array(repeating: -1, count: mask + 1)
    hashes = Array(repeating: 0, count: mask + 1)
    for index in oldSlots.indices where oldSlots[index] >= 0 {
      place(oldHashes[index], oldSlots[index])
    }
  }
}
