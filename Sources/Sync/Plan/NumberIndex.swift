/// Finds planned invoices by the hash of their number; candidates only, the caller compares the numbers.
///
/// It holds positions and nothing else: the hashes stand with the invoices.
struct NumberIndex {
  private var slots: [Int32]
  private(set) var count = 0

  init() {
    slots = Array(repeating: -1, count: 1024)
  }

  /// The slot to begin at for a hash.
  func first(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count - 1) }

  /// The slot behind another one.
  func next(_ slot: Int) -> Int { (slot + 1) & (slots.count - 1) }

  /// The invoice in a slot; nil where the search ends.
  subscript(slot: Int) -> Int? { slots[slot] < 0 ? nil : Int(slots[slot]) }

  /// Adds an invoice; `hash` knows that of every other.
  mutating func insert(_ own: UInt64, _ invoice: Int, hash: (Int) -> UInt64) {
    if (count + 1) * 5 > slots.count * 4 {
      let old = slots
      slots = Array(repeating: -1, count: old.count * 2)
      for other in old where other >= 0 { place(hash(Int(other)), other) }
    }
    place(own, Int32(invoice))
    count += 1
  }

  private mutating func place(_ hash: UInt64, _ invoice: Int32) {
    var slot = first(hash)
    while slots[slot] >= 0 { slot = next(slot) }
    slots[slot] = invoice
  }
}
