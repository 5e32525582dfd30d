internal import LoadOps
internal import Vocabulary

/// The places of invoices whose rows stand apart, by the place of the first.
struct ScatteredPlaces: Sendable {
  private struct Piece: Sendable {
    var key: UInt64
    var place: RecordPlace
  }

  private var pieces: [Piece] = []
  private var isSealed = true

  /// Adds a place behind the first of an invoice.
  mutating func add(_ place: RecordPlace, to first: RecordPlace) {
    pieces.append(Piece(key: PlannedInvoices.key(first), place: place))
    isSealed = false
  }

  /// Puts the places in order, so that they can be found.
  mutating func seal() {
    guard !isSealed else { return }
    pieces.sort {
      ($0.key, PlannedInvoices.key($0.place)) < ($1.key, PlannedInvoices.key($1.place))
    }
    isSealed = true
  }

  /// All places of an invoice, the first one in front; nil when it has only one.
  subscript(first: RecordPlace) -> [RecordPlace]? {
    guard !pieces.isEmpty else { return nil }
    let key = PlannedInvoices.key(first)
    var (low, high) = (0, pieces.count)
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].key < key { low = middle + 1 } else { high = middle }
    }
    guard low < pieces.count, pieces[low].key == key else { return nil }
    var places = [first]
    while low < pieces.count, pieces[low].key == key {
      places.append(pieces[low].place)
      low += 1
    }
    return places
  }
}
