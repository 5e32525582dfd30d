internal import Ledger
internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// Every customer that invoices name, each looked at once, and the QuickBooks customer it is paired with.
///
/// Only equal names pair, or a line of the mapping file, or a name that somebody wrote into the export.
/// Everything else explains itself and waits.
struct CustomerBook {
  /// How a customer got its name in QuickBooks.
  enum Pairing {
    /// Sent by an earlier run.
    case known
    /// By a mapping line, or by the export's own `qb_name`.
    case mapped
    /// New in QuickBooks.
    case created
    /// Not usable; ``Entry/holding`` says why.
    case none
  }

  /// One customer.
  struct Entry {
    /// The name in LoadOps.
    var name: String
    /// The name in QuickBooks; empty when there is none.
    var quickBooksName = ""
    /// How it came to it.
    var pairing = Pairing.none
    /// Rules that hold its invoices.
    var holding = RuleSet.none
    /// Its LoadOps record, when the export lists it.
    var listed: LoadOps.Customer?
    /// Whether a person said which customer it is.
    var isExplicit = false
    /// Who else would have its name in QuickBooks.
    var clashesWith: String?
  }

  private(set) var entries: [Entry] = []
  /// Customers that turned out to clash after they were first used.
  private(set) var lateClashes: Set<Int> = []
  private var interner = ByteInterner()
  private var byIdentity: [String: Int] = [:]
  /// The LoadOps names that earlier runs sent under a name of their own, by what QuickBooks compares.
  private var sentUnder: [String: Set<String>] = [:]
  private let master: MasterData
  private let mapping: MappingFile
  private let ledger: LedgerSnapshot
  private let policy: Settings.UnmatchedCustomers
  private let names: DesktopNames

  init(
    master: MasterData, mapping: MappingFile, ledger: LedgerSnapshot,
    policy: Settings.UnmatchedCustomers, names: DesktopNames
  ) {
    self.master = master
    self.mapping = mapping
    self.ledger = ledger
    self.policy = policy
    self.names = names
    for (name, sources) in ledger.customerSources {
      let identity = names.identity(name)
      sentUnder[identity, default: []].formUnion(
        sources.filter { names.identity($0) == identity })
    }
  }

  /// The number of the customer with this name, by the bytes of the export.
  mutating func number(of name: Span<UInt8>) -> Int {
    let number = interner.intern(name)
    if number == entries.count { add(interner[number]) }
    return number
  }

  /// The name that an id belongs to, when it is not the one given.
  func otherName(withID id: String, than name: String) -> String? {
    guard let owner = master.customer(withID: id), owner.name != name else { return nil }
    return owner.name
  }

  /// The listed name that was most likely meant.
  func nearest(to name: String) -> (name: String, difference: String)? {
    NameDifference.nearest(to: name, in: master.customers.lazy.map(\.name).filter { $0 != name })
  }

  private mutating func add(_ name: String) {
    var entry = Entry(name: name)
    guard !name.isEmpty else {
      entry.holding.insert(.customerMissing)
      entries.append(entry)
      return
    }
    entry.listed = master.customer(named: name)
    if let row = mapping.customer(for: name) {
      (entry.quickBooksName, entry.pairing, entry.isExplicit) = (row.quickBooks, .mapped, true)
    } else if let written = entry.listed?.quickBooksName, !written.isEmpty {
      (entry.quickBooksName, entry.pairing, entry.isExplicit) = (written, .mapped, true)
    } else {
      pairByName(&entry)
    }
    if master.contradictory.contains(name) { entry.holding.insert(.customerListedTwice) }
    if !entry.quickBooksName.isEmpty {
      checkName(&entry)
      checkClash(&entry)
    }
    if !entry.holding.isEmpty { entry.pairing = .none }
    entries.append(entry)
  }

  private func pairByName(_ entry: inout Entry) {
    let name = entry.name
    let isKnown = ledger.knownListEntry(.customer, names.path(name)) != nil
    if master.listsCustomers, entry.listed == nil {
      entry.holding.insert(.customerUnknown)
    } else if isKnown {
      (entry.quickBooksName, entry.pairing) = (name, .known)
    } else if policy == .create {
      (entry.quickBooksName, entry.pairing) = (name, .created)
    } else {
      entry.holding.insert(.customerNotPaired)
    }
  }

  private func checkName(_ entry: inout Entry) {
    if !entry.isExplicit, entry.name.contains(":") { entry.holding.insert(.customerNameIllegal) }
    for problem in names.problems(customer: entry.quickBooksName) {
      switch problem {
      case .tooLong, .pathTooLong: entry.holding.insert(.customerNameTooLong)
      default: entry.holding.insert(.customerNameIllegal)
      }
    }
  }

  /// Holds customers whose names QuickBooks would take for the same.
  ///
  /// It compares without case. A mapping line may say on purpose that a customer is another one, by
  /// exactly that name; nothing else may, in this run or since an earlier one.
  private mutating func checkClash(_ entry: inout Entry) {
    let identity = names.identity(entry.quickBooksName)
    if !entry.isExplicit, let sources = sentUnder[identity], !sources.isEmpty,
      !sources.contains(entry.name)
    {
      entry.holding.insert(.customerNameClash)
      entry.clashesWith = sources.min()
    }
    guard let other = byIdentity[identity] else {
      byIdentity[identity] = entries.count
      return
    }
    if entry.isExplicit || entries[other].isExplicit,
      entry.quickBooksName == entries[other].quickBooksName
    {
      return
    }
    entry.holding.insert(.customerNameClash)
    entry.clashesWith = entries[other].name
    if !entries[other].holding.contains(.customerNameClash) {
      entries[other].holding.insert(.customerNameClash)
      entries[other].clashesWith = entry.name
      entries[other].pairing = .none
      lateClashes.insert(other)
    }
  }

  /// Whether the name is written with other characters than it has.
  func nameIsChanged(_ number: Int) -> Bool {
    names.path(entries[number].quickBooksName) != entries[number].quickBooksName
  }

  /// The name as it is written.
  func writtenName(_ number: Int) -> String { names.path(entries[number].quickBooksName) }

  /// The QuickBooks customer that an output declares for an entry.
  func declaration(_ number: Int, terms: String) -> QuickBooks.Customer {
    let entry = entries[number]
    var customer = QuickBooks.Customer(name: names.path(entry.quickBooksName))
    customer.terms = terms
    if let listed = entry.listed {
      customer.companyName = entry.name
      customer.addressLines = CustomerBook.billTo(listed)
      customer.phone = listed.phone
      customer.email = listed.emails.first ?? ""
      customer.contact = listed.contact
      customer.accountNumber = listed.id
    }
    // What was declared before, unchanged, is only named again: blanks must not wipe what somebody
    // added in QuickBooks since. The same goes for customers that somebody else made.
    let content = CustomerBook.contentHash(customer)
    if ledger.knownListEntry(.customer, customer.name) == content || entry.pairing == .mapped {
      customer.declaration = .nameOnly
    }
    return customer
  }

  /// What the ledger remembers of a declared customer, to notice a change.
  static func contentHash(_ customer: QuickBooks.Customer) -> ContentHash {
    var text: [UInt8] = []
    let parts =
      [
        customer.companyName, customer.phone, customer.email, customer.contact,
        customer.accountNumber, customer.terms,
      ] + customer.addressLines
    for part in parts {
      text.append(contentsOf: part.utf8)
      text.append(0)
    }
    return ContentHash(of: text.span)
  }

  private static func billTo(_ customer: LoadOps.Customer) -> [String] {
    customer.addressLines.isEmpty ? [] : [customer.name] + customer.addressLines
  }
}
