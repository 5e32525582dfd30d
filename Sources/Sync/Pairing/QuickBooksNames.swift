internal import Ledger
internal import LoadOps
internal import QuickBooks
internal import Sheets
internal import Vocabulary

/// Every name of a customer, vendor, employee or other name that QuickBooks has or got from us.
///
/// QuickBooks keeps them in one name space and compares them without case, active or not; so does this.
/// Which names stand in its lists comes from the books; those that earlier runs declared come from the
/// ledger, in case the books are older or nobody gave any.
final class QuickBooksNames {
  /// What a name belongs to.
  enum Role: Hashable {
    case customer, vendor, employee, otherName
    /// A customer that an earlier run declared and the books do not show.
    case sent

    /// Whether an invoice can be for it.
    var isCustomer: Bool { self == .customer || self == .sent }

    /// With its article.
    var words: String {
      switch self {
      case .customer: "a customer"
      case .vendor: "a vendor"
      case .employee: "an employee"
      case .otherName: "an other name"
      case .sent: "a customer of an earlier run"
      }
    }
  }

  /// One name.
  struct Entry {
    var name: String
    var role: Role
    var isInactive = false
    var location: SourceLocation?
    /// The place of a customer's further data in the snapshot.
    var customer: Int?

    /// The last level of a job's path; nil without a colon.
    var leaf: String? {
      name.lastIndex(of: ":").map { String(name[name.index(after: $0)...]) }
    }
  }

  /// How a name stands to those of QuickBooks.
  enum Standing {
    /// No name there is the same.
    case free
    /// It is this customer.
    case customer(Int)
    /// It is a customer that QuickBooks hides.
    case inactive(Int)
    /// Several customers have it, as QuickBooks compares.
    case twice([Int])
    /// A vendor, an employee or an other name has it, as QuickBooks compares.
    case taken(Int)
    /// QuickBooks would take it for this one, which is spelt in another way.
    case otherSpelling(Int)
    /// Only blanks and invisible characters differ from this one.
    case otherSpacing(Int)
  }

  let entries: [Entry]
  let snapshot: CompanySnapshot
  /// Whether the books list customers, so that a name that is not there does not exist.
  let listsCustomers: Bool
  /// Whether the books have only a part of the customers, so that one that is not there may exist.
  let isUnfinished: Bool
  private let names: DesktopNames
  private var exact = Blocks()
  private var identities = Blocks()
  private var spacings = Blocks()

  /// The names of the books and of earlier runs.
  init(_ snapshot: CompanySnapshot, ledger: LedgerSnapshot, names: DesktopNames) {
    self.snapshot = snapshot
    self.names = names
    isUnfinished = snapshot.isUnfinished(.customers)
    listsCustomers = snapshot.holds(.customers) || !snapshot.customers.isEmpty || isUnfinished
    var entries: [Entry] = []
    entries.reserveCapacity(snapshot.customers.count)
    for (number, customer) in snapshot.customers.enumerated() {
      entries.append(
        Entry(
          name: OuterBlanks.trimmed(customer.name), role: .customer,
          isInactive: customer.isInactive, location: customer.location, customer: number))
    }
    for (list, role) in [
      (snapshot.vendors, Role.vendor), (snapshot.employees, .employee),
      (snapshot.otherNames, .otherName),
    ] {
      entries += list.map {
        Entry(
          name: OuterBlanks.trimmed($0.name), role: role, isInactive: $0.isInactive,
          location: $0.location)
      }
    }
    let inBooks = Set(entries.lazy.filter { $0.role == .customer }.map { names.identity($0.name) })
    entries += ledger.customerSources.keys.filter { !inBooks.contains(names.identity($0)) }.sorted()
      .map { Entry(name: $0, role: .sent) }
    self.entries = entries
    for (number, entry) in entries.enumerated() {
      exact.add(entry.name, Int32(number))
      identities.add(names.identity(entry.name), Int32(number))
      if let flipped = QuickBooksNames.flipped(entry.name) {
        identities.add(names.identity(flipped), Int32(number))
      }
      spacings.add(QuickBooksNames.spacing(entry.name), Int32(number))
    }
    exact.seal()
    identities.seal()
    spacings.seal()
  }

  /// Whether there is nothing to compare with.
  var isEmpty: Bool { entries.isEmpty }

  /// How a name stands to those of QuickBooks.
  func standing(of name: String) -> Standing {
    guard !isEmpty else { return .free }
    let same = exact[Blocks.key(name)].map(Int.init)
      .filter { entries[$0].name.utf8.elementsEqual(name.utf8) }
    let identity = names.identity(name)
    let alike = alike(identity, name)
    let customers = alike.filter { entries[$0].role.isCustomer }
    let listed = customers.filter { entries[$0].role == .customer }
    if listed.count > 1 { return .twice(listed) }
    if let number = same.first(where: { entries[$0].role.isCustomer }) {
      return entries[number].isInactive ? .inactive(number) : .customer(number)
    }
    if let number = alike.first(where: { !entries[$0].role.isCustomer }) { return .taken(number) }
    if let number = customers.first { return .otherSpelling(number) }
    let spacing = QuickBooksNames.spacing(name)
    let spaced = spacings[Blocks.key(spacing)].map(Int.init)
      .first { QuickBooksNames.spacing(entries[$0].name) == spacing }
    return spaced.map(Standing.otherSpacing) ?? .free
  }

  /// Whether no name of QuickBooks is the same or nearly so.
  func isFree(_ name: String) -> Bool { standing(of: name).isFree }

  /// The names that QuickBooks would take for the same.
  private func alike(_ identity: String, _ name: String) -> [Int] {
    var found: [Int] = []
    let keys = [identity] + (QuickBooksNames.flipped(name).map { [names.identity($0)] } ?? [])
    for key in keys {
      for number in identities[Blocks.key(key)].map(Int.init) where !found.contains(number) {
        let other = entries[number].name
        let isSame =
          names.identity(other) == key
          || QuickBooksNames.flipped(other).map { names.identity($0) == key } ?? false
        if isSame { found.append(number) }
      }
    }
    return found.sorted()
  }

  /// The entries that only blanks, invisible characters and capitals tell from a name.
  func sameButBlanks(_ name: String) -> [Int] {
    let spacing = QuickBooksNames.spacing(name)
    return spacings[Blocks.key(spacing)].map(Int.init)
      .filter { QuickBooksNames.spacing(entries[$0].name) == spacing }
  }

  /// What two names share that nobody should create beside each other: QuickBooks takes them for one, or
  /// only blanks tell them apart.
  static func clashKey(_ name: String, _ names: DesktopNames) -> String {
    spacing(names.path(flipped(name) ?? name))
  }

  /// The text under which QuickBooks takes two names for one, whichever way round a person's name stands.
  static func identity(_ name: String, _ names: DesktopNames) -> String {
    names.identity(flipped(name) ?? name)
  }

  /// A name without blanks, invisible characters and case.
  private static func spacing(_ name: String) -> String {
    let folding: NameFolding = [.invisible, .oddBlanks, .blanks, .composition, .capitals]
    var view = String.UnicodeScalarView()
    view.append(contentsOf: folding.fold(name))
    return String(view)
  }

  /// `Mike Smith` for `Smith, Mike`, which QuickBooks takes for the same name; nil for others.
  private static func flipped(_ name: String) -> String? {
    guard let comma = name.firstIndex(of: ","), name.count < 60 else { return nil }
    let last = name[..<comma]
    let first = name[name.index(after: comma)...].split(separator: " ")
    guard !last.isEmpty, !last.contains(" "), (1...2).contains(first.count),
      !first.contains(where: { $0.contains(",") }),
      !NameWords.legalSuffixes.contains(
        NameWords.letters(Array(first.joined().unicodeScalars)))
    else { return nil }
    return first.joined(separator: " ") + " " + last
  }
}
