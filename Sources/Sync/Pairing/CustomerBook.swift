internal import Ledger
internal import LoadOps
internal import QuickBooks
internal import Sheets
internal import Vocabulary

/// Every customer that invoices name, each looked at once, and the QuickBooks customer it is paired with.
///
/// Only equal names pair, or a line of the mapping file, or a name that somebody wrote into the export.
/// Everything else explains itself and waits.
struct CustomerBook {
  /// How a customer got its name in QuickBooks.
  enum Pairing {
    /// Has the same name in the books, or was sent by an earlier run.
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
    /// The line of the mapping file that says so.
    var mappingLine: Int?
    /// How its name stands to those of QuickBooks; nil when nothing is known of them.
    var standing: QuickBooksNames.Standing?
    /// Who sent a customer of its name in QuickBooks before.
    var sentFor: String?
    /// Whether the books have it, so that an output only names it.
    var isInBooks = false
    /// Whether the books have the name, but this target cannot write it as they do.
    var isWrittenOtherwise = false
    /// Whether QuickBooks has it, by its books or by an earlier run.
    var isSettled = false
  }

  /// Customers of nearly one name.
  private struct Group {
    var members: [Int] = []
    /// Whether all of them have the very same name in QuickBooks.
    var isOne = true
    /// How many of them have it without anybody's saying so.
    var byThemselves = 0
  }

  private(set) var entries: [Entry] = []
  /// Customers that turned out to clash after they were first used.
  private(set) var lateClashes: Set<Int> = []
  private var interner = ByteInterner()
  /// The customers that QuickBooks would take for one, or that only blanks tell apart.
  private var groups: [String: Group] = [:]
  /// The first customer of each such name, paired or not.
  private var firsts: [String: Int] = [:]
  /// The LoadOps names that earlier runs sent under a name of their own, by what QuickBooks compares.
  private var sentUnder: [String: Set<String>] = [:]
  private let master: MasterData
  private let mapping: MappingFile
  private let ledger: LedgerSnapshot
  private let policy: Settings.Unmatched
  private let names: DesktopNames
  private let quickBooks: QuickBooksNames
  private let clinic: Clinic

  init(
    master: MasterData, mapping: MappingFile, ledger: LedgerSnapshot, books: CompanySnapshot,
    policy: Settings.Unmatched, names: DesktopNames
  ) {
    self.master = master
    self.mapping = mapping
    self.ledger = ledger
    self.names = names
    quickBooks = QuickBooksNames(books, ledger: ledger, names: names)
    // What is not in a part of a list may be in the rest of it.
    self.policy = quickBooks.isUnfinished ? .hold : policy
    clinic = Clinic(quickBooks, master)
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

  // MARK: - Pairing

  private mutating func add(_ name: String) {
    var entry = Entry(name: name)
    guard !name.isEmpty else {
      entry.holding.insert(.customerMissing)
      entries.append(entry)
      return
    }
    entry.listed = master.customer(named: name)
    if let row = mapping.customer(for: name) {
      (entry.quickBooksName, entry.mappingLine) = (row.quickBooks, row.line)
      pairExplicitly(&entry)
    } else if let written = entry.listed?.quickBooksName, !written.isEmpty {
      entry.quickBooksName = written
      pairExplicitly(&entry)
    } else {
      pairByName(&entry)
    }
    if master.contradictory.contains(name) { entry.holding.insert(.customerListedTwice) }
    if !entry.quickBooksName.isEmpty {
      checkName(&entry)
      checkSent(&entry)
    }
    if !entry.quickBooksName.isEmpty {
      entry.isSettled =
        entry.isInBooks
        || ledger.knownListEntry(.customer, names.path(entry.quickBooksName)) != nil
    }
    if !entry.holding.isEmpty { entry.pairing = .none }
    entries.append(entry)
    let key = QuickBooksNames.clashKey(name, names)
    if firsts[key] == nil { firsts[key] = entries.count - 1 }
    if !entry.quickBooksName.isEmpty { checkClash(entries.count - 1) }
  }

  /// Takes the name that a person gave, unless QuickBooks has it for something else.
  private func pairExplicitly(_ entry: inout Entry) {
    entry.isExplicit = true
    entry.pairing = .mapped
    guard !quickBooks.isEmpty else { return }
    let standing = quickBooks.standing(of: entry.quickBooksName)
    entry.standing = standing
    switch standing {
    case .customer, .inactive: takeFromBooks(&entry)
    case .taken: entry.holding.insert(.customerNameTaken)
    case .twice, .otherSpelling: entry.holding.insert(.customerNotPaired)
    case .otherSpacing where !entry.quickBooksName.utf8.elementsEqual(entry.name.utf8):
      // Only a line that gives a customer its own name says that it is another one.
      entry.holding.insert(.customerNotPaired)
    case .free, .otherSpacing:
      if policy == .hold, quickBooks.listsCustomers { entry.holding.insert(.customerNotPaired) }
    }
  }

  /// Takes the customer of the very same name, or a new one where nothing stands against it.
  private func pairByName(_ entry: inout Entry) {
    let name = entry.name
    let standing = quickBooks.standing(of: name)
    if !quickBooks.isEmpty { entry.standing = standing }
    if let number = standing.customer, quickBooks.entries[number].role == .customer {
      (entry.quickBooksName, entry.pairing) = (name, .known)
      takeFromBooks(&entry)
    } else if case .taken = standing {
      entry.holding.insert(.customerNameTaken)
    } else if master.listsCustomers, entry.listed == nil {
      entry.holding.insert(.customerUnknown)
    } else if standing.isFree || standing.customer != nil {
      if ledger.knownListEntry(.customer, names.path(name)) != nil {
        (entry.quickBooksName, entry.pairing) = (name, .known)
      } else if policy == .create {
        (entry.quickBooksName, entry.pairing) = (name, .created)
      } else {
        entry.holding.insert(.customerNotPaired)
      }
    } else if wasSent(name) {
      // QuickBooks has it as an earlier run had to write it.
      (entry.quickBooksName, entry.pairing) = (name, .known)
      takeFromBooks(&entry)
    } else if let source = sentSource(name, name) {
      (entry.quickBooksName, entry.sentFor) = (name, source)
      entry.holding.insert(.customerNameClash)
    } else {
      entry.holding.insert(.customerNotPaired)
    }
  }

  /// Sees that the output will name the customer as the books do; otherwise QuickBooks would make a
  /// second one.
  private func takeFromBooks(_ entry: inout Entry) {
    guard let number = entry.standing?.entry else { return }
    let found = quickBooks.entries[number]
    guard found.role == .customer else { return }
    entry.isInBooks = true
    if names.path(entry.quickBooksName) != found.name {
      entry.isWrittenOtherwise = true
      entry.holding.insert(.customerNotPaired)
    }
  }

  private func checkName(_ entry: inout Entry) {
    if !entry.isExplicit, !entry.isInBooks, entry.name.contains(":") {
      entry.holding.insert(.customerNameIllegal)
    }
    for problem in names.problems(customer: entry.quickBooksName) {
      switch problem {
      case .tooLong, .pathTooLong: entry.holding.insert(.customerNameTooLong)
      default: entry.holding.insert(.customerNameIllegal)
      }
    }
  }

  /// Holds a customer whose name in QuickBooks was made for another one by an earlier run.
  private func checkSent(_ entry: inout Entry) {
    guard !entry.isExplicit, let source = sentSource(entry.quickBooksName, entry.name) else {
      return
    }
    entry.holding.insert(.customerNameClash)
    entry.sentFor = source
  }

  /// Whether an earlier run sent this very customer, under the name that would be written now and that
  /// QuickBooks has.
  private func wasSent(_ name: String) -> Bool {
    let written = names.path(name)
    guard case .otherSpelling(let number) = quickBooks.standing(of: name),
      quickBooks.entries[number].role.isCustomer, !quickBooks.entries[number].isInactive,
      quickBooks.entries[number].name.utf8.elementsEqual(written.utf8)
    else { return false }
    return ledger.customerSources[written]?.contains(name) ?? false
  }

  /// For whom an earlier run sent what QuickBooks would take for this name, when it was somebody else.
  private func sentSource(_ quickBooksName: String, _ name: String) -> String? {
    guard let sources = sentUnder[names.identity(quickBooksName)], !sources.contains(name) else {
      return nil
    }
    return sources.min()
  }

  /// Holds customers whose names QuickBooks would take for the same, or that differ only in blanks.
  ///
  /// It compares without case, and takes `Smith, Mike` for `Mike Smith`. A mapping line may say on purpose
  /// that a customer is another one, by exactly that name; nothing else may. Where only blanks differ, a line
  /// for each may say that they are two. Either all of them agree, or all of them wait, whichever stood first.
  private mutating func checkClash(_ number: Int) {
    let entry = entries[number]
    let key = QuickBooksNames.clashKey(entry.quickBooksName, names)
    var group = groups.removeValue(forKey: key) ?? Group()
    defer { groups[key] = group }
    if let first = group.members.first, group.isOne {
      group.isOne = entries[first].quickBooksName.utf8.elementsEqual(entry.quickBooksName.utf8)
    }
    group.members.append(number)
    if !entry.isExplicit { group.byThemselves += 1 }
    guard group.members.count > 1, !group.isOne || group.byThemselves > 1 else { return }
    for member in clashing(group.members)
    where !entries[member].holding.contains(.customerNameClash) {
      entries[member].holding.insert(.customerNameClash)
      entries[member].pairing = .none
      if member != number { lateClashes.insert(member) }
    }
  }

  /// Those of a group that cannot all go out.
  private func clashing(_ members: [Int]) -> [Int] {
    let same = Dictionary(grouping: members) {
      QuickBooksNames.identity(entries[$0].quickBooksName, names)
    }
    var clashing = same.values.filter { members in
      let first = entries[members[0]].quickBooksName
      return !members.allSatisfy { entries[$0].quickBooksName.utf8.elementsEqual(first.utf8) }
        || members.count { !entries[$0].isExplicit } > 1
    }.flatMap(\.self)
    // Only blanks differ: those that QuickBooks has already are two, and so are those of which a line says so.
    let open = members.filter { !entries[$0].isSettled }
    if same.count > 1, open.contains(where: { !entries[$0].isExplicit }) { clashing += open }
    return Set(clashing).sorted()
  }

  /// The other customers that a customer cannot be beside, in the order of their names.
  func rivals(of number: Int) -> [String] {
    let entry = entries[number]
    let key = QuickBooksNames.clashKey(entry.quickBooksName, names)
    let members = groups[key]?.members ?? []
    let beside = members.filter { $0 != number }
    let held = beside.filter { entries[$0].holding.contains(.customerNameClash) }
    if held.isEmpty, let sent = entry.sentFor { return [sent] }
    return (held.isEmpty ? beside : held).map { entries[$0].name }.sorted()
  }

  /// Whether QuickBooks would take a customer and its rival for one; otherwise only blanks tell them apart.
  func isOne(_ number: Int, _ rival: String) -> Bool {
    let other =
      self.number(named: rival, beside: number).map { entries[$0].quickBooksName } ?? rival
    return QuickBooksNames.identity(entries[number].quickBooksName, names)
      == QuickBooksNames.identity(other.isEmpty ? rival : other, names)
  }

  /// Which of the customers that cannot be beside each other keeps its name, if they are one.
  func keeper(of number: Int) -> String {
    let rivals = rivals(of: number)
    let name = entries[number].name
    // One that was sent before has its name in QuickBooks already.
    if let sent = entries[number].sentFor, rivals == [sent] { return sent }
    let settled = ([name] + rivals).filter { rival in
      self.number(named: rival, beside: number).map { entries[$0].isSettled } ?? false
    }
    return (settled.isEmpty ? [name] + rivals : settled).min() ?? name
  }

  /// The number, by its name, of a customer that cannot be beside another one, or of that one itself.
  func number(named name: String, beside number: Int) -> Int? {
    let key = QuickBooksNames.clashKey(entries[number].quickBooksName, names)
    return (groups[key]?.members ?? [number]).first {
      entries[$0].name.utf8.elementsEqual(name.utf8)
    }
  }

  // MARK: - Explaining

  /// The name of QuickBooks that a standing is about.
  func name(_ standing: QuickBooksNames.Standing?) -> QuickBooksNames.Entry? {
    standing?.entry.map { quickBooks.entries[$0] }
  }

  /// Whether anything is known of the names that QuickBooks has.
  var knowsQuickBooks: Bool { !quickBooks.isEmpty }

  /// Whether the books have only a part of the customers.
  var isUnfinished: Bool { quickBooks.isUnfinished }

  /// Whether a customer would be new in QuickBooks, although somebody gave it its name.
  func isMappedAnew(_ entry: Entry) -> Bool {
    entry.pairing == .mapped && quickBooks.listsCustomers && !entry.isSettled
  }

  /// Whether the books list customers.
  var hasBooks: Bool { quickBooks.listsCustomers }

  /// What QuickBooks has that a customer may be, and why it is not the same.
  func diagnosis(_ number: Int) -> PairingDoctor.Diagnosis {
    let entry = entries[number]
    let wanted = entry.isExplicit ? entry.quickBooksName : entry.name
    return clinic.diagnosis(wanted, entry.isExplicit ? nil : entry.listed)
  }

  /// A customer's name that nobody has in QuickBooks, for one whose own name is taken; the same for all that
  /// QuickBooks would take for one.
  func freeName(for name: String) -> String {
    let first = firsts[QuickBooksNames.clashKey(name, names)]
    return clinic.doctor.freeName(for: first.map { entries[$0].name } ?? name)
  }

  /// The listed customers that were most likely meant by a name that the export does not list.
  func listedNear(_ name: String) -> [(name: String, difference: NameDifference)] {
    clinic.listedNear(name)
  }

  /// The name in QuickBooks that somebody gave a customer; nil when nobody did.
  func givenName(ofListed name: String) -> String? {
    mapping.customer(for: name)?.quickBooks
      ?? master.customer(named: name).flatMap {
        $0.quickBooksName.isEmpty ? nil : $0.quickBooksName
      }
  }

  /// The name that a listed customer has in QuickBooks.
  func targetName(ofListed name: String) -> String {
    givenName(ofListed: name) ?? name
  }

  /// A name that QuickBooks has room for, unlike any that another customer has or would be given.
  func shortName(_ number: Int, for name: String) -> String {
    let own = names.identity(entries[number].quickBooksName)
    let (short, used) = clinic.shortNames(count: entries.count) {
      let all = entries.map(\.quickBooksName) + master.customers.map(\.name)
      // A path is one name in the lines that are printed.
      let plain = all.map {
        $0.contains(":")
          ? $0.split(separator: ":").map { OuterBlanks.trimmed(String($0)) }.joined(
            separator: " - ")
          : $0
      }
      return (
        ShortNames(plain, limit: names.limits.customer), Set(plain.map(names.identity))
      )
    }
    return short.short(name) { candidate in
      let identity = names.identity(candidate)
      return (used.contains(identity) && identity != own)
        || !quickBooks.isEmpty && !quickBooks.isFree(candidate)
    }
  }

  /// Whether the name is written with other characters than it has.
  func nameIsChanged(_ number: Int) -> Bool {
    names.path(entries[number].quickBooksName) != entries[number].quickBooksName
  }

  /// The name as it is written.
  func writtenName(_ number: Int) -> String { names.path(entries[number].quickBooksName) }

  // MARK: - Declaring

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
    let known = ledger.knownListEntry(.customer, customer.name)
    // A mapped name that the books list nowhere is a new customer like any other.
    let isNew = quickBooks.listsCustomers && !entry.isInBooks && known == nil
    if known == content || known == CustomerBook.foreignHash
      || (entry.pairing == .mapped && !isNew) || (entry.isInBooks && known == nil)
    {
      customer.declaration = .nameOnly
    }
    return customer
  }

  /// What the ledger remembers of a customer that the books had: it was not ours to declare.
  static let foreignHash = ContentHash(of: Array("in the books".utf8).span)

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

extension QuickBooksNames.Standing {
  /// The customer of that very name; nil in every other case.
  var customer: Int? { if case .customer(let number) = self { number } else { nil } }

  /// Whether nothing in QuickBooks has the name.
  var isFree: Bool { if case .free = self { true } else { false } }

  /// The entry it is about; nil when the name is free.
  var entry: Int? {
    switch self {
    case .free: nil
    case .customer(let number), .inactive(let number), .taken(let number),
      .otherSpelling(let number), .otherSpacing(let number):
      number
    case .twice(let numbers): numbers.first
    }
  }
}

/// Explains what did not pair; its indexes are made when somebody asks for the first time.
private final class Clinic {
  private let quickBooks: QuickBooksNames
  private let master: MasterData
  /// By the bytes of the name: Swift takes two spellings of an accented letter for equal.
  private var known: [[UInt8]: PairingDoctor.Diagnosis] = [:]
  private var last: (name: String, diagnosis: PairingDoctor.Diagnosis)?

  init(_ quickBooks: QuickBooksNames, _ master: MasterData) {
    self.quickBooks = quickBooks
    self.master = master
  }

  lazy var doctor = PairingDoctor(quickBooks)
  private var short: (count: Int, names: ShortNames, used: Set<String>)?

  /// The short names of all customers, made once for as many of them as there are.
  func shortNames(
    count: Int, _ make: () -> (ShortNames, Set<String>)
  ) -> (ShortNames, Set<String>) {
    if let short, short.count == count { return (short.names, short.used) }
    let (names, used) = make()
    short = (count, names, used)
    return (names, used)
  }

  private lazy var listed = NameIndex(master.customers.lazy.map(\.name))

  /// The diagnosis of a name, made once.
  func diagnosis(_ name: String, _ listed: LoadOps.Customer?) -> PairingDoctor.Diagnosis {
    if let last, last.name.utf8.elementsEqual(name.utf8) { return last.diagnosis }
    if let diagnosis = known[Array(name.utf8)] { return diagnosis }
    var patient = listed.map(PairingDoctor.Patient.init) ?? PairingDoctor.Patient(name: name)
    patient.name = name
    let diagnosis = doctor.diagnose(patient)
    last = (name, diagnosis)
    // A plan tells of some hundred customers, in the order of its invoices; who wants all of them asks
    // for one after the other.
    if known.count < 1000 { known[Array(name.utf8)] = diagnosis }
    return diagnosis
  }

  /// The listed names near a name, best first.
  func listedNear(_ name: String) -> [(name: String, difference: NameDifference)] {
    listed.near(name).map { master.customers[Int($0.number)].name }.filter { $0 != name }
      .map { ($0, NameDifference(name, $0)) }.filter { $0.1.causes != [.otherName] }
  }
}
