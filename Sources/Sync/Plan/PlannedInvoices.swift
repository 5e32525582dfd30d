internal import LoadOps
internal import Vocabulary

/// One invoice of a plan: its place, its decision and its cents; not the invoice itself.
struct PlannedInvoice: Sendable {
  /// Where it begins.
  var place: RecordPlace
  /// The hash of its number, while a plan is made; zero behind that.
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
  /// When it is due, as stated or by the terms, and what of it; only in a plan for a comparison.
  var dueDate: CalendarDate?
  var dueAmount: Money?
}

/// The invoices of a plan, some fourteen bytes for each, and eight more for its hash while it is needed.
///
/// What is due, where it is kept, takes some three.
/// A migration has hundreds of thousands. They come in the order of the export, so each is written as what
/// differs from the one before, in pieces of some thousand that are never copied; in each piece every 16th
/// begins anew, so that any of them is found in a few steps. The few that change afterwards are kept apart
/// until ``settle()`` writes all of them again.
struct PlannedInvoices: Sendable {
  /// A thousand invoices and more.
  fileprivate struct Piece: Sendable {
    var bytes: [UInt8] = []
    /// Where each 16 of them begin.
    var starts: [UInt32] = []
  }

  fileprivate static let pieceSize = 4096
  fileprivate static let runSize = 16

  fileprivate private(set) var pieces: [Piece] = []
  private var hashes: [[UInt64]] = []
  private(set) var count = 0
  private var verdicts: [Verdict] = [Verdict(rules: .none, forced: .none)]
  private var verdictNumbers: [Verdict: Int] = [Verdict(rules: .none, forced: .none): 0]
  private var lastVerdict = 0
  private var changes = Changes()
  private var encoder = Run()
  /// How many of the first invoices stand in the order of the export, and whether one of them got another place.
  private var ordered = 0
  private var hasMoved = false
  /// The place of the last of them.
  private var last: UInt64 = 0

  fileprivate struct Verdict: Hashable, Sendable {
    var rules: RuleSet
    var forced: RuleSet
  }

  /// Whether there are none.
  var isEmpty: Bool { count == 0 }
  /// The positions.
  var indices: Range<Int> { 0..<count }

  /// A place as one number, in the order of the export.
  static func key(_ place: RecordPlace) -> UInt64 {
    UInt64(UInt32(bitPattern: place.file)) << 40 | place.offset & (1 << 40 - 1)
  }

  /// The invoice at a position.
  subscript(position: Int) -> PlannedInvoice {
    get { change(of: position) ?? written(position) }
    set {
      if !hasMoved,
        PlannedInvoices.key(self[position].place) != PlannedInvoices.key(newValue.place)
      {
        hasMoved = true
      }
      change(position, to: newValue)
    }
  }

  /// Changes an invoice that stays in its place.
  mutating func change(_ position: Int, to invoice: PlannedInvoice) {
    let verdict = number(Verdict(rules: invoice.rules, forced: invoice.forced))
    changes.set(position, invoice, verdict)
  }

  /// The hash of the number of an invoice, until they are forgotten.
  func numberHash(_ position: Int) -> UInt64 {
    hashes[position / PlannedInvoices.pieceSize][position % PlannedInvoices.pieceSize]
  }

  /// Forgets the hashes of the numbers; nothing can be added from now on.
  mutating func forgetNumbers() { hashes = [] }

  /// Adds an invoice behind all others.
  mutating func append(_ invoice: PlannedInvoice) {
    let key = PlannedInvoices.key(invoice.place)
    if key >= last, ordered == count { (last, ordered) = (key, ordered + 1) }
    if count % PlannedInvoices.pieceSize == 0 {
      if let full = pieces.indices.last {
        // What an array doubled its room for is not needed.
        pieces[full].bytes = Array(pieces[full].bytes[...])
      }
      pieces.append(Piece())
      var fresh: [UInt64] = []
      fresh.reserveCapacity(count == 0 ? 64 : PlannedInvoices.pieceSize)
      hashes.append(fresh)
    }
    let piece = pieces.count - 1
    if count % PlannedInvoices.runSize == 0 {
      encoder = Run()
      pieces[piece].starts.append(UInt32(pieces[piece].bytes.count))
    }
    let verdict = number(Verdict(rules: invoice.rules, forced: invoice.forced))
    encoder.append(invoice, verdict, to: &pieces[piece].bytes)
    hashes[piece].append(invoice.numberHash)
    count += 1
  }

  /// Puts the invoices in the order of the export, in which they nearly are, with all that has changed.
  mutating func settle() {
    guard ordered < count || hasMoved || !changes.isEmpty else { return }
    // What was added out of order is little, unless places have changed, and then everything is sorted.
    var late: [PlannedInvoice] = []
    var settled = PlannedInvoices()
    for position in (hasMoved ? 0 : ordered)..<count { late.append(self[position]) }
    late.sort { PlannedInvoices.key($0.place) < PlannedInvoices.key($1.place) }
    var next = late.startIndex
    var (run, index) = (Run(), 0)
    for position in 0..<(hasMoved ? 0 : ordered) {
      // Piece by piece, so that there are never two of everything.
      let piece = position / PlannedInvoices.pieceSize
      if position % PlannedInvoices.pieceSize == 0 {
        index = 0
        if piece > 0 { (pieces[piece - 1], hashes[piece - 1]) = (Piece(), []) }
      }
      if position % PlannedInvoices.runSize == 0 { run = Run() }
      let bytes = pieces[piece].bytes
      run.read(bytes.span, &index)
      let planned = change(of: position) ?? invoice(run, position)
      while next < late.endIndex,
        PlannedInvoices.key(late[next].place) < PlannedInvoices.key(planned.place)
      {
        settled.append(late[next])
        next += 1
      }
      settled.append(planned)
    }
    for planned in late[next...] { settled.append(planned) }
    self = settled
  }

  private mutating func number(_ verdict: Verdict) -> Int {
    if verdict.rules.isEmpty, verdict.forced.isEmpty { return 0 }
    // Mostly it is that of the invoice before.
    if verdicts[lastVerdict] == verdict { return lastVerdict }
    if let number = verdictNumbers[verdict] {
      lastVerdict = number
      return number
    }
    lastVerdict = verdicts.count
    verdictNumbers[verdict] = verdicts.count
    verdicts.append(verdict)
    return lastVerdict
  }

  /// The invoice at a position as it was written.
  private func written(_ position: Int) -> PlannedInvoice {
    let (piece, place) = position.quotientAndRemainder(dividingBy: PlannedInvoices.pieceSize)
    let (start, steps) = place.quotientAndRemainder(dividingBy: PlannedInvoices.runSize)
    var index = Int(pieces[piece].starts[start])
    var run = Run()
    let bytes = pieces[piece].bytes
    for _ in 0...steps { run.read(bytes.span, &index) }
    return invoice(run, position)
  }

  fileprivate func invoice(_ run: Run, _ position: Int) -> PlannedInvoice {
    PlannedInvoice(
      place: run.place, numberHash: hashes.isEmpty ? 0 : numberHash(position),
      rules: verdicts[run.verdict].rules, forced: verdicts[run.verdict].forced,
      amount: Money(cents: run.cents), customer: run.customer,
      date: run.hasDate ? CalendarDate(daysSince1970: run.day) : nil, outcome: run.outcome,
      isScattered: run.isScattered, isSelected: run.isSelected, dueDate: run.dueDate,
      dueAmount: run.dueAmount)
  }

  fileprivate func change(of position: Int) -> PlannedInvoice? {
    changes.of(position).map { invoice($0, position) }
  }
}

/// What has changed of planned invoices since they were written, by position, as they are written themselves: of
/// a migration some tens of thousands change, while memory is at its highest.
private struct Changes: Sendable {
  private var starts: [Int32: UInt32] = [:]
  private var bytes: [UInt8] = []

  var isEmpty: Bool { starts.isEmpty }

  func of(_ position: Int) -> Run? {
    guard !starts.isEmpty, let start = starts[Int32(position)] else { return nil }
    var run = Run()
    var index = Int(start)
    run.read(bytes.span, &index)
    return run
  }

  mutating func set(_ position: Int, _ invoice: PlannedInvoice, _ verdict: Int) {
    let begin = bytes.count
    var run = Run()
    run.append(invoice, verdict, to: &bytes)
    guard let start = starts.updateValue(UInt32(begin), forKey: Int32(position)) else { return }
    // What takes no more room than before is written over it.
    var end = Int(start)
    run = Run()
    run.read(bytes.span, &end)
    let length = bytes.count - begin
    guard length <= end - Int(start) else { return }
    for place in 0..<length { bytes[Int(start) + place] = bytes[begin + place] }
    bytes.removeLast(length)
    starts[Int32(position)] = start
  }
}

/// The last invoice that was written or read in a run, which the next one is told by.
private struct Run: Sendable {
  var place = RecordPlace(file: 0, ordinal: 0, line: 0, length: 0, offset: 0)
  var cents: Int64 = 0
  var customer: Int32 = 0
  var day: Int32 = 0
  var verdict = 0
  var outcome = Outcome.held
  var (hasDate, isScattered, isSelected) = (false, false, false)
  var dueDate: CalendarDate?
  var dueAmount: Money?

  // The bits of the first byte above the outcome.
  private static let dated: UInt8 = 4
  private static let scattered: UInt8 = 8
  private static let selected: UInt8 = 16
  /// In the same file as the one before, and right behind it.
  private static let adjacent: UInt8 = 32
  private static let judged: UInt8 = 64
  /// What is due follows: which of both there is in the lowest bits, with the days between the dates above them.
  private static let due: UInt8 = 128

  private var end: UInt64 { place.offset &+ UInt64(place.length) }

  /// Appends an invoice.
  mutating func append(_ invoice: PlannedInvoice, _ verdict: Int, to bytes: inout [UInt8]) {
    let next = invoice.place
    let isAdjacent = next.file == place.file && next.offset == end
    var flags = invoice.outcome.rawValue
    if invoice.date != nil { flags |= Run.dated }
    if invoice.isScattered { flags |= Run.scattered }
    if invoice.isSelected { flags |= Run.selected }
    if isAdjacent { flags |= Run.adjacent }
    if verdict != 0 { flags |= Run.judged }
    if invoice.dueDate != nil || invoice.dueAmount != nil { flags |= Run.due }
    bytes.append(flags)
    if !isAdjacent {
      Run.write(Int64(next.file), to: &bytes)
      Run.write(Int64(bitPattern: next.offset &- end), to: &bytes)
    }
    Run.write(unsigned: UInt64(next.length), to: &bytes)
    Run.write(Int64(next.ordinal) - Int64(place.ordinal), to: &bytes)
    Run.write(Int64(next.line) - Int64(place.line), to: &bytes)
    Run.write(invoice.amount.cents, to: &bytes)
    Run.write(Int64(invoice.customer), to: &bytes)
    if let date = invoice.date {
      Run.write(Int64(date.daysSince1970) - Int64(day), to: &bytes)
      day = date.daysSince1970
    }
    if verdict != 0 { Run.write(unsigned: UInt64(verdict), to: &bytes) }
    if flags & Run.due != 0 {
      let days = invoice.dueDate.map { Int64($0.daysSince1970) - Int64(day) } ?? 0
      Run.write(
        days << 2 | (invoice.dueDate == nil ? 0 : 2) | (invoice.dueAmount == nil ? 0 : 1),
        to: &bytes)
      if let due = invoice.dueAmount {
        Run.write(invoice.amount.cents &- due.cents, to: &bytes)
      }
    }
    place = next
  }

  /// Reads the next invoice.
  mutating func read(_ bytes: Span<UInt8>, _ index: inout Int) {
    let flags = bytes[index]
    index += 1
    outcome = Outcome(rawValue: flags & 3) ?? .held
    hasDate = flags & Run.dated != 0
    isScattered = flags & Run.scattered != 0
    isSelected = flags & Run.selected != 0
    var offset = end
    if flags & Run.adjacent == 0 {
      place.file = Int32(truncatingIfNeeded: Run.signed(bytes, &index))
      offset &+= UInt64(bitPattern: Run.signed(bytes, &index))
    }
    place.offset = offset
    place.length = UInt32(truncatingIfNeeded: Run.unsigned(bytes, &index))
    place.ordinal = UInt32(truncatingIfNeeded: Int64(place.ordinal) + Run.signed(bytes, &index))
    place.line = UInt32(truncatingIfNeeded: Int64(place.line) + Run.signed(bytes, &index))
    cents = Run.signed(bytes, &index)
    customer = Int32(truncatingIfNeeded: Run.signed(bytes, &index))
    if hasDate { day = Int32(truncatingIfNeeded: Int64(day) + Run.signed(bytes, &index)) }
    verdict = flags & Run.judged == 0 ? 0 : Int(Run.unsigned(bytes, &index))
    (dueDate, dueAmount) = (nil, nil)
    guard flags & Run.due != 0 else { return }
    let due = Run.signed(bytes, &index)
    if due & 2 != 0 {
      dueDate = CalendarDate(daysSince1970: Int32(truncatingIfNeeded: Int64(day) + due >> 2))
    }
    if due & 1 != 0 { dueAmount = Money(cents: cents &- Run.signed(bytes, &index)) }
  }

  // Seven bits a byte, the lowest first; the highest bit says that there are more. The sign is the lowest.

  private static func write(_ value: Int64, to bytes: inout [UInt8]) {
    write(unsigned: UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)), to: &bytes)
  }

  private static func write(unsigned value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  @inline(__always)
  private static func signed(_ bytes: Span<UInt8>, _ index: inout Int) -> Int64 {
    let value = unsigned(bytes, &index)
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  @inline(__always)
  private static func unsigned(_ bytes: Span<UInt8>, _ index: inout Int) -> UInt64 {
    var (value, shift): (UInt64, UInt64) = (0, 0)
    while true {
      let byte = bytes[index]
      index += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }
}

extension PlannedInvoices: Sequence {
  /// Goes through the invoices in their order, which takes no search; whoever asks by position for one soon
  /// behind the last is given it as quickly.
  struct Iterator: IteratorProtocol {
    private let invoices: PlannedInvoices
    private var position = 0
    private var index = 0
    private var run = Run()

    fileprivate init(_ invoices: PlannedInvoices) { self.invoices = invoices }

    mutating func next() -> PlannedInvoice? {
      guard position < invoices.count else { return nil }
      defer { position += 1 }
      if position % PlannedInvoices.pieceSize == 0 { index = 0 }
      if position % PlannedInvoices.runSize == 0 { run = Run() }
      let bytes = invoices.pieces[position / PlannedInvoices.pieceSize].bytes
      run.read(bytes.span, &index)
      return invoices.change(of: position) ?? invoices.invoice(run, position)
    }

    /// The invoice at a position.
    mutating func invoice(at wanted: Int) -> PlannedInvoice {
      let runs = (
        next: position / PlannedInvoices.runSize, wanted: wanted / PlannedInvoices.runSize
      )
      if wanted < position || runs.next != runs.wanted || position % PlannedInvoices.runSize == 0 {
        position = runs.wanted * PlannedInvoices.runSize
        let (piece, place) = position.quotientAndRemainder(dividingBy: PlannedInvoices.pieceSize)
        index = Int(invoices.pieces[piece].starts[place / PlannedInvoices.runSize])
        run = Run()
      }
      let bytes = invoices.pieces[wanted / PlannedInvoices.pieceSize].bytes
      while position <= wanted {
        run.read(bytes.span, &index)
        position += 1
      }
      return invoices.change(of: wanted) ?? invoices.invoice(run, wanted)
    }
  }

  func makeIterator() -> Iterator { Iterator(self) }
}
