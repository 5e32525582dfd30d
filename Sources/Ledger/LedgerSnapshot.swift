internal import GRDB
public import Vocabulary

/// What the ledger knew at one moment, as the planner needs it: complete, in memory, unchanging.
///
/// An invoice takes some 40 bytes: 16 for the hash of its content, 1 for its state, and its number's
/// own bytes with the way to them. The number is kept, rather than asked from the file when a hash
/// matches, because that costs 8 bytes an invoice and saves a query for each one that was sent before.
public struct LedgerSnapshot: Sendable {
  /// What is known about an invoice that was sent; ``SyncLedger/entry(number:)`` tells the rest.
  public struct Known: Hashable, Sendable {
    /// Stands for the content that was sent.
    public var contentHash: ContentHash
    /// Where it stands.
    public var state: SyncState
    /// How sure that is.
    public var evidence: SyncEvidence
    /// The form it has in QuickBooks.
    public var documentKind: LedgerEntry.DocumentKind
  }

  /// The LoadOps names under which a QuickBooks customer was ever declared, by its name there.
  public private(set) var customerSources: [String: Set<String>] = [:]

  /// A name by its bytes: Swift calls two spellings of an accented letter equal, the books do not.
  private struct ListKey: Hashable {
    var kind: LedgerListEntry.Kind
    var name: [UInt8]

    init(_ kind: LedgerListEntry.Kind, _ name: String) {
      self.kind = kind
      self.name = Array(name.utf8)
    }
  }

  private var numbers: NumberTable
  private var contents: [ContentHash] = []
  private var marks: [Marks] = []
  /// Document numbers that differ from the invoice's own, by kind: the others need no second entry.
  private var otherDocuments: [LedgerEntry.DocumentKind: NumberTable] = [:]
  private var listEntries: [ListKey: ContentHash] = [:]
  private var invoiceSum = ContentHash(high: 0, low: 0)
  private var listSum = ContentHash(high: 0, low: 0)

  /// What QuickBooks refused and would refuse again, by kind and by its name in lower case.
  public private(set) var holds: [LedgerHold.Kind: [String: LedgerHold]] = [:]

  /// Asks for what was sent, when there is something to say about it; not part of what is compared.
  var memory: LedgerRecall?

  /// The memory of somebody who remembers nothing.
  public static let none = LedgerSnapshot(invoices: 0, bytes: 0)

  init(invoices: Int, bytes: Int, hashMask: UInt64 = .max) {
    numbers = NumberTable(count: invoices, bytes: bytes, hashMask: hashMask)
    contents.reserveCapacity(invoices)
    marks.reserveCapacity(invoices)
  }

  /// How many invoices were sent.
  public var count: Int { numbers.count }

  /// How much memory the invoices take.
  var byteCount: Int {
    numbers.byteCount + contents.capacity * 16 + marks.capacity
      + otherDocuments.values.reduce(0) { $0 + $1.byteCount }
  }

  /// What is known about the invoice of this number; nil when it was never sent.
  public func lookup(_ number: Span<UInt8>) -> Known? {
    guard let place = numbers.place(of: number) else { return nil }
    let marks = marks[place]
    return Known(
      contentHash: contents[place], state: marks.state, evidence: marks.evidence,
      documentKind: marks.kind)
  }

  /// What was sent under this number, to say what has changed since; nil when it was never sent.
  ///
  /// May be asked while a run is being recorded: it then tells what was there before the run.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func recall(_ number: String) throws(Failure) -> LedgerRecall.Sent? {
    try memory?.sent(number: number)
  }

  /// Whether something that was sent has this document number in QuickBooks.
  public func isDocumentNumberTaken(
    _ kind: LedgerEntry.DocumentKind, _ number: Span<UInt8>
  ) -> Bool {
    if let place = numbers.place(of: number), marks[place].keepsNumber, marks[place].kind == kind {
      return true
    }
    return otherDocuments[kind]?.place(of: number) != nil
  }

  /// The content with which an entry of a QuickBooks list was last declared; nil when it never was.
  public func knownListEntry(_ kind: LedgerListEntry.Kind, _ quickBooksName: String) -> ContentHash?
  {
    listEntries[ListKey(kind, quickBooksName)]
  }

  /// Changes when anything changes that this snapshot can tell; the same memory has the same one.
  public var stateFingerprint: Fingerprint {
    var hasher = FingerprintHasher()
    for number in [
      UInt64(count), invoiceSum.high, invoiceSum.low, UInt64(listEntries.count), listSum.high,
      listSum.low,
    ] {
      hasher.update(number)
    }
    for kind in LedgerHold.Kind.allCases {
      for (name, hold) in (holds[kind] ?? [:]).sorted(by: { $0.key < $1.key }) {
        hasher.update(Array("\(kind.rawValue) \(hold.cause.rawValue) \(name)".utf8))
        hasher.update(hold.contentHash?.low ?? 0)
      }
    }
    return hasher.finish()
  }

  /// Adds an invoice; false when its number is there already.
  mutating func add(
    number: Span<UInt8>, contentHash: ContentHash, marks newMarks: Marks, document: Span<UInt8>
  ) -> Bool {
    guard numbers.insert(number) != nil else { return false }
    var newMarks = newMarks
    newMarks.keepsNumber = LedgerSnapshot.equal(number, document)
    contents.append(contentHash)
    marks.append(newMarks)
    if !newMarks.keepsNumber {
      _ = otherDocuments[newMarks.kind, default: NumberTable()].insert(document)
    }
    LedgerSnapshot.sum(&invoiceSum) { hash in
      hash.combine(number)
      hash.combine(document)
      hash.combine(contentHash.high)
      hash.combine(contentHash.low)
      hash.combine(UInt64(newMarks.bits))
    }
    return true
  }

  /// Adds an entry of a list, or replaces what was known about it.
  mutating func add(listEntry entry: LedgerListEntry) {
    listEntries[ListKey(entry.kind, entry.quickBooksName)] = entry.contentHash
    let name = Array(entry.quickBooksName.utf8)
    let kind = Array(entry.kind.rawValue.utf8)
    LedgerSnapshot.sum(&listSum) { hash in
      hash.combine(kind.span)
      hash.combine(name.span)
      hash.combine(entry.contentHash.high)
      hash.combine(entry.contentHash.low)
    }
  }

  /// Adds something that is held.
  mutating func add(hold: LedgerHold) {
    holds[hold.kind, default: [:]][hold.name.lowercased()] = hold
  }

  /// Adds a LoadOps name of a customer.
  mutating func add(source: String, ofCustomer name: String) {
    if !source.isEmpty { customerSources[name, default: []].insert(source) }
  }

  /// Adds a record's hash to a sum that does not depend on the order of the records.
  private static func sum(_ sum: inout ContentHash, _ combine: (inout ByteHash) -> Void) {
    var high = ByteHash(seed: 0x4528_21E6_38D0_1377)
    var low = ByteHash(seed: 0xBE54_66CF_34E9_0C6C)
    combine(&high)
    combine(&low)
    sum.high &+= high.value
    sum.low &+= low.value
  }

  private static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    for index in left.indices where left[index] != right[index] { return false }
    return true
  }

  /// State, evidence and form of an invoice in one byte.
  struct Marks: Sendable {
    private(set) var bits: UInt8

    init(state: SyncState, evidence: SyncEvidence, kind: LedgerEntry.DocumentKind) {
      bits = state == .inDoubt ? 1 : 0
      switch evidence {
      case .written: break
      case .accepted: bits |= 2
      case .confirmed: bits |= 4
      case .adopted: bits |= 6
      }
      if kind == .creditMemo { bits |= 8 }
    }

    var state: SyncState { bits & 1 == 0 ? .synced : .inDoubt }
    var evidence: SyncEvidence {
      switch bits & 6 {
      case 0: .written
      case 2: .accepted
      case 4: .confirmed
      default: .adopted
      }
    }
    var kind: LedgerEntry.DocumentKind { bits & 8 == 0 ? .invoice : .creditMemo }
    /// Whether the document has the invoice's own number.
    var keepsNumber: Bool {
      get { bits & 16 != 0 }
      set { bits = newValue ? bits | 16 : bits & ~16 }
    }
  }
}

extension SyncLedger {
  /// Loads everything the planner asks about.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func snapshot() throws(Failure) -> LedgerSnapshot {
    try read { db in
      let size = try RawStatement(
        "SELECT count(*), total(length(CAST(number AS BLOB))) FROM invoices", db)
      _ = try size.step()
      var snapshot = LedgerSnapshot(
        invoices: Int(size.integer(0)), bytes: Int(size.integer(1)))
      try SyncLedger.loadInvoices(&snapshot, db)
      try SyncLedger.loadListEntries(&snapshot, db)
      for hold in try SyncLedger.holds(db) { snapshot.add(hold: hold) }
      snapshot.memory = LedgerRecall(self)
      return snapshot
    }
  }

  private static func loadInvoices(_ snapshot: inout LedgerSnapshot, _ db: Database) throws {
    // SQLite tells words apart faster than we could compare texts a million times.
    let rows = try RawStatement(
      """
      SELECT number, content_hash, document_number, document_kind = 'credit_memo',
        state = 'in_doubt',
        (evidence = 'accepted') + 2 * (evidence = 'confirmed') + 3 * (evidence = 'adopted')
      FROM invoices
      """, db)
    while try rows.step() {
      let evidence: SyncEvidence =
        switch rows.integer(5) {
        case 0: .written
        case 1: .accepted
        case 2: .confirmed
        default: .adopted
        }
      let isNew = snapshot.add(
        number: rows.bytes(0).span, contentHash: ContentHash(stored: rows.bytes(1).span),
        marks: LedgerSnapshot.Marks(
          state: rows.integer(4) == 0 ? .synced : .inDoubt, evidence: evidence,
          kind: rows.integer(3) == 0 ? .invoice : .creditMemo),
        document: rows.bytes(2).span)
      guard isNew else {
        throw LedgerFailure.bug("the ledger has invoice \(rows.text(0)) twice")
      }
    }
  }

  private static func loadListEntries(_ snapshot: inout LedgerSnapshot, _ db: Database) throws {
    let sources = try RawStatement(
      "SELECT DISTINCT quickbooks_name, loadops_name FROM list_entries WHERE kind = 'customer'", db)
    while try sources.step() {
      snapshot.add(source: sources.text(1), ofCustomer: sources.text(0))
    }
    // With max(), SQLite takes the other columns from the same row: the newest run's.
    let rows = try RawStatement(
      "SELECT kind, quickbooks_name, content_hash, max(run) FROM list_entries GROUP BY 1, 2", db)
    while try rows.step() {
      guard let kind = LedgerListEntry.Kind(rawValue: rows.text(0)) else {
        throw LedgerFailure.bug("the ledger has a list \"\(rows.text(0))\", which is not known")
      }
      snapshot.add(
        listEntry: LedgerListEntry(
          kind: kind, quickBooksName: rows.text(1), loadOpsName: nil,
          contentHash: ContentHash(stored: rows.bytes(2).span)))
    }
  }
}
