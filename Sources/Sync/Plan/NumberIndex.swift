/// Finds planned invoices by the hash of their number; candidates only, the caller compares the numbers.
///
/// It holds positions and a byte of each hash, which tells most of the others apart: the hashes stand with the
/// invoices, and asking for one of those is a walk through memory.
struct NumberIndex {
  private var slots: [Int32]
  private var tags: [UInt8]
  private(set) var count = 0

  init() {
    slots = Array(repeating: -1, count: 1024)
    tags = Array(repeating: 0, count: 1024)
  }

  /// The slot to begin at for a hash.
  func first(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count - 1) }

  /// The next invoice that may have a hash, from a slot on, which is moved behind it; nil when there is none.
  func next(_ hash: UInt64, from slot: inout Int) -> Int? {
    let tag = NumberIndex.tag(hash)
    while tags[slot] != 0 {
      let here = slot
      slot = (slot + 1) & (slots.count - 1)
      if tags[here] == tag { return Int(slots[here]) }
    }
    return nil
  }

  /// Adds an invoice; `invoices` know the hash of every other.
  mutating func insert(_ own: UInt64, _ invoice: Int, among invoices: PlannedInvoices) {
    if (count + 1) * 5 > slots.count * 4 {
      let old = slots
      slots = Array(repeating: -1, count: old.count * 2)
      tags = Array(repeating: 0, count: old.count * 2)
      for other in old where other >= 0 { place(invoices.numberHash(Int(other)), other) }
    }
    place(own, Int32(invoice))
    count += 1
  }

  /// Never zero, which stands for an empty slot.
  private static func tag(_ hash: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: hash >> 56) | 1 }

  private mutating func place(_ hash: UInt64, _ invoice: Int32) {
    var slot = first(hash)
    while tags[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = invoice
    tags[slot] = NumberIndex.tag(hash)
  }
}
