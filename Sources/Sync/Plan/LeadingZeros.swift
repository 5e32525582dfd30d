internal import Vocabulary

/// Finds numbers of one batch that differ only by zeros in front, as when a spreadsheet dropped them.
///
/// Of two such numbers at least one begins with a zero, so only those are remembered, by the hash of what
/// stands behind the zeros.
struct LeadingZeros {
  private var entries: [(hash: UInt64, position: Int32)] = []

  /// Remembers a number that no invoice before had.
  mutating func note(_ number: Span<UInt8>, _ position: Int) {
    guard number[0] == 0x30 else { return }
    var start = 0
    for index in number.indices {
      guard number[index] &- 0x30 < 10 else { return }
      if start == index, number[index] == 0x30 { start = index + 1 }
    }
    guard start < number.count else { return }
    entries.append((ByteHash.of(number.extracting(start..<number.count)), Int32(position)))
  }

  /// The invoices whose numbers begin with zeros, those with the same digits behind them together.
  mutating func groups() -> [(hash: UInt64, positions: [Int])] {
    entries.sort { ($0.hash, $0.position) < ($1.hash, $1.position) }
    var groups: [(hash: UInt64, positions: [Int])] = []
    var index = 0
    while index < entries.count {
      let hash = entries[index].hash
      var positions: [Int] = []
      while index < entries.count, entries[index].hash == hash {
        positions.append(Int(entries[index].position))
        index += 1
      }
      groups.append((hash, positions))
    }
    return groups
  }
}
