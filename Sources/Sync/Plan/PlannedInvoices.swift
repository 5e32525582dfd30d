internal import LoadOps
internal import Vocabulary

/// One invoice of a plan: its place, its decision and its cents; not the invoice itself.
struct PlannedInvoice: Sendable {
  /// Where it begins.
  var place: RecordPlace
  /// The hash of its number.
  var numberHash: UInt64
  /// Why, and what else there is to tell.
  var rules: RuleSet
  /// Rules that only the whole batch could know.
  var forced = RuleSet.none
  /// The sum of its lines that could be read.
  var amount: Money
  /// The customer's number in the plan's customer book.
  var customer: Int32
  /// The date, when it could be read.
  var date: CalendarDate?
  /// What becomes of it.
  var outcome: Outcome
  /// Whether its rows stand in several places; ``SyncPlan/scattered`` has them.
  var isScattered = false
  /// Whether the filters mean it.
  var isSelected = true
}

/// The invoices of a plan, 48 bytes for each.
///
/// They are kept in pieces of some thousand, so that adding one never copies all of them, and packed:
/// a migration has hundreds of thousands. The sets of rules that occur are few, and each is kept once.
struct PlannedInvoices: Sendable {
  private struct Packed: Sendable {
    /// Offset in the file (40 bits), file (20 bits), outcome (2), whether scattered and whether selected.
    ///
    /// The file stands above the offset, so that the order of these words is that of the export.
    var place: UInt64
    var hash: UInt64
    var cents: Int64
    /// The day since 1900 and one more, zero for none (20 bits); rules (22) and forced rules (22).
    var day: UInt64
    var line: UInt32
    var ordinal: UInt32
    var length: UInt32
    var customer: Int32
  }

  private static let chunk = 4096
  private static let offsetBits: UInt64 = 40
  private static let offsets: UInt64 = 1 << 40 - 1
  private static let sets: UInt64 = 1 << 22 - 1
  /// 1970-01-01 less 1900-01-01, and one more.
  private static let firstDay: Int64 = 25_568

  private var chunks: [[Packed]] = []
  private(set) var count = 0
  private var ruleSets: [RuleSet] = [.none]
  private var ruleNumbers: [RuleSet: UInt64] = [.none: 0]
  private var isSorted = true
  /// The place of the invoice that was added last.
  private var last: UInt64 = 0

  /// Whether there are none.
  var isEmpty: Bool { count == 0 }
  /// The positions.
  var indices: Range<Int> { 0..<count }

  /// A place as one number, in the order of the export.
  static func key(_ place: RecordPlace) -> UInt64 {
    UInt64(UInt32(bitPattern: place.file)) << offsetBits | place.offset & offsets
  }

  /// The invoice at a position.
  subscript(position: Int) -> PlannedInvoice {
    get { unpack(chunks[position / PlannedInvoices.chunk][position % PlannedInvoices.chunk]) }
    set {
      let packed = pack(newValue)
      let (chunk, place) = position.quotientAndRemainder(dividingBy: PlannedInvoices.chunk)
      let mask = PlannedInvoices.places
      if chunks[chunk][place].place & mask != packed.place & mask { isSorted = false }
      chunks[chunk][place] = packed
    }
  }

  /// The hash of the number of an invoice.
  func numberHash(_ position: Int) -> UInt64 {
    chunks[position / PlannedInvoices.chunk][position % PlannedInvoices.chunk].hash
  }

  /// Adds an invoice behind all others.
  mutating func append(_ invoice: PlannedInvoice) {
    let packed = pack(invoice)
    if count % PlannedInvoices.chunk == 0 {
      var fresh: [Packed] = []
      fresh.reserveCapacity(count == 0 ? 64 : PlannedInvoices.chunk)
      chunks.append(fresh)
    }
    let key = packed.place & PlannedInvoices.places
    if key < last { isSorted = false }
    last = key
    chunks[chunks.count - 1].append(packed)
    count += 1
  }

  /// Puts the invoices in the order of the export; they are nearly in it.
  mutating func sort() {
    defer { isSorted = true }
    guard !isSorted else { return }
    var all = Array(chunks.joined())
    let mask = PlannedInvoices.places
    var isInOrder = true
    for index in all.indices.dropFirst()
    where all[index - 1].place & mask > all[index].place & mask {
      isInOrder = false
    }
    guard !isInOrder else { return }
    all.sort { $0.place & mask < $1.place & mask }
    for (number, start) in stride(from: 0, to: all.count, by: PlannedInvoices.chunk).enumerated() {
      chunks[number] = Array(all[start...].prefix(PlannedInvoices.chunk))
    }
  }

  /// The bits of a place.
  private static let places: UInt64 = 1 << 60 - 1

  private mutating func pack(_ invoice: PlannedInvoice) -> Packed {
    let outcome = UInt64(invoice.outcome.rawValue)
    var day: UInt64 = 0
    if let date = invoice.date {
      day = UInt64(
        Swift.min(Swift.max(1, Int64(date.daysSince1970) + PlannedInvoices.firstDay), 0xF_FFFF))
    }
    var place = PlannedInvoices.key(invoice.place) & PlannedInvoices.places
    place |= outcome << 60
    if invoice.isScattered { place |= 1 << 62 }
    if invoice.isSelected { place |= 1 << 63 }
    day |= number(invoice.rules) << 20
    day |= number(invoice.forced) << 42
    return Packed(
      place: place, hash: invoice.numberHash, cents: invoice.amount.cents, day: day,
      line: invoice.place.line, ordinal: invoice.place.ordinal, length: invoice.place.length,
      customer: invoice.customer)
  }

  private mutating func number(_ rules: RuleSet) -> UInt64 {
    if rules.isEmpty { return 0 }
    if let number = ruleNumbers[rules] { return number }
    let number = UInt64(ruleSets.count)
    ruleSets.append(rules)
    ruleNumbers[rules] = number
    return number
  }

  private func unpack(_ packed: Packed) -> PlannedInvoice {
    let day = Int64(packed.day & 0xF_FFFF)
    let file = packed.place >> PlannedInvoices.offsetBits & 0xF_FFFF
    let place = RecordPlace(
      file: Int32(truncatingIfNeeded: file), ordinal: packed.ordinal, line: packed.line,
      length: packed.length, offset: packed.place & PlannedInvoices.offsets)
    var date: CalendarDate?
    if day > 0 {
      date = CalendarDate(
        daysSince1970: Int32(truncatingIfNeeded: day - PlannedInvoices.firstDay))
    }
    return PlannedInvoice(
      place: place, numberHash: packed.hash,
      rules: ruleSets[Int(packed.day >> 20 & PlannedInvoices.sets)],
      forced: ruleSets[Int(packed.day >> 42)], amount: Money(cents: packed.cents),
      customer: packed.customer, date: date,
      outcome: Outcome(rawValue: UInt8(packed.place >> 60 & 3)) ?? .held,
      isScattered: packed.place >> 62 & 1 == 1, isSelected: packed.place >> 63 == 1)
  }
}

extension PlannedInvoices: Sequence {
  struct Iterator: IteratorProtocol {
    let invoices: PlannedInvoices
    var position = 0

    mutating func next() -> PlannedInvoice? {
      guard position < invoices.count else { return nil }
      defer { position += 1 }
      return invoices[position]
    }
  }

  func makeIterator() -> Iterator { Iterator(invoices: self) }
}

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
