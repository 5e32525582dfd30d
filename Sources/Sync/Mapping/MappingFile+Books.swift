internal import Ledger
public import QuickBooks
public import Vocabulary

/// What the mapping file says, held against what QuickBooks has.
extension MappingFile {
  /// Something about a row that QuickBooks would not take, or that somebody should know.
  public struct Remark: Hashable, Sendable {
    /// How much it matters: an error keeps invoices from going out.
    public var severity: Finding.Severity
    /// The line of the mapping file; 0 for a line that is not there yet.
    public var line: Int
    /// What is the matter.
    public var message: String
    /// What to do.
    public var remedy: String
  }

  /// Everything that QuickBooks' lists have against the rows, in file order.
  ///
  /// A list that the books do not hold says nothing.
  public func remarks(_ books: CompanySnapshot, settings: Settings) -> [Remark] {
    var check = BooksCheck(books, settings.destination.names)
    for row in rows where row.kind != .column { check.look(at: row) }
    return check.remarks
  }
}

/// Holds rows against the books, one after the other.
private struct BooksCheck {
  private(set) var remarks: [MappingFile.Remark] = []
  private let books: CompanySnapshot
  private let customers: QuickBooksNames
  private lazy var doctor = PairingDoctor(customers)
  private let items: EntryList
  private let accounts: EntryList
  private let terms: EntryList
  private let classes: EntryList

  init(_ books: CompanySnapshot, _ names: DesktopNames) {
    self.books = books
    customers = QuickBooksNames(books, ledger: .none, names: names)
    items = EntryList(books.holds(.items), books.items.map { ($0.name, $0.isInactive) })
    accounts = EntryList(books.holds(.accounts), books.accounts.map { ($0.name, $0.isInactive) })
    terms = EntryList(books.holds(.terms), books.terms.map { ($0.name, $0.isInactive) })
    classes = EntryList(books.holds(.classes), books.classes.map { ($0.name, $0.isInactive) })
  }

  mutating func look(at row: MappingFile.Row) {
    switch row.kind {
    case .customer: lookAtCustomer(row)
    case .item:
      if let number = find(row.quickBooks, "item", items, row) { lookAtItem(row, number) }
      guard let account = row.account, let number = find(account, "account", accounts, row) else {
        return
      }
      let type = books.accounts[number].type
      if type != .income, type != .otherIncome {
        add(
          .error, row,
          "\"\(account)\" is an account of type \(type.words) in QuickBooks; an item's income goes to an "
            + "income account", "name an income account in that line")
      }
    case .terms:
      let number = find(row.quickBooks, "terms", terms, row)
      // Terms that QuickBooks has may be due on a day of the month; others must say when.
      if number == nil, Terms(selfExplaining: row.quickBooks) == nil {
        remarks.removeAll { $0.line == row.line && $0.severity == .notice }
        add(
          .error, row, "terms \"\(row.quickBooks)\" do not say when the money is due",
          "write Net and a number of days, Due on Receipt, or terms that QuickBooks has")
      }
    case .className: _ = find(row.quickBooks, "class", classes, row)
    case .column: break
    }
  }

  private mutating func lookAtCustomer(_ row: MappingFile.Row) {
    guard customers.listsCustomers || !customers.isEmpty else { return }
    let standing = customers.standing(of: row.quickBooks)
    let found = standing.entry.map { customers.entries[$0] }
    switch standing {
    case .customer: break
    case .inactive:
      add(
        .warning, row, "customer \"\(row.quickBooks)\" is inactive in QuickBooks",
        "make it active in QuickBooks, or map to another customer")
    case .twice:
      add(
        .error, row, "QuickBooks has more than one customer \"\(row.quickBooks)\"",
        "give one of them another name in QuickBooks")
    case .taken:
      add(
        .error, row,
        "\"\(row.quickBooks)\" is \(found?.role.words ?? "no customer") in QuickBooks, so no customer "
          + "can have the name",
        "map to \"\(doctor.freeName(for: row.quickBooks))\" or another name that is free")
    case .otherSpelling:
      add(
        .error, row,
        "QuickBooks spells customer \"\(row.quickBooks)\" in another way: \"\(found?.name ?? "")\"",
        "write it as in QuickBooks")
    case .otherSpacing, .free:
      guard customers.listsCustomers else { return }
      let near = doctor.diagnose(PairingDoctor.Patient(name: row.quickBooks)).candidates.first {
        $0.entry.role.isCustomer
      }
      add(
        .notice, row,
        "QuickBooks has no customer \"\(row.quickBooks)\"; it would be created, if policies allow it",
        near.map { "did you mean \"\($0.entry.name)\"?" }
          ?? "nothing needs to be done, if it is new")
    }
    if !row.loadOps.utf8.elementsEqual(row.quickBooks.utf8),
      case .customer = customers.standing(of: row.loadOps)
    {
      add(
        .warning, row,
        "QuickBooks has a customer \"\(row.loadOps)\", too, but this line sends its invoices to "
          + "\"\(row.quickBooks)\"", "remove the line if they are not one customer")
    }
  }

  private mutating func lookAtItem(_ row: MappingFile.Row, _ number: Int) {
    let item = books.items[number]
    if let account = books.accounts.first(where: { $0.name == item.account }),
      account.type != .income, account.type != .otherIncome
    {
      add(
        .error, row,
        "item \"\(item.name)\" is booked on \"\(account.name)\" in QuickBooks, an account of type "
          + "\(account.type.words)",
        "change the item's account in QuickBooks, or map to another item")
    }
    if !item.canStandOnInvoice {
      add(
        .error, row,
        "\"\(item.name)\" is a \(item.typeWords) item in QuickBooks; a line of an invoice cannot be for it",
        "map to a service item")
    }
    if let account = row.account, !item.account.isEmpty, account != item.account {
      add(
        .warning, row,
        "item \"\(item.name)\" is booked on \"\(item.account)\" in QuickBooks, but the line says "
          + "\"\(account)\"", "write the account as in QuickBooks, or leave it empty")
    }
  }

  /// Finds an entry of a list by its name; remarks when it is not there, hidden or spelt otherwise.
  private mutating func find(
    _ name: String, _ noun: String, _ list: EntryList, _ row: MappingFile.Row
  ) -> Int? {
    guard list.isHeld else { return nil }
    guard let number = list.number(of: name) else {
      let near = Spelling.nearest(to: name, in: list.names)
      add(
        .notice, row, "QuickBooks has no \(noun) \"\(name)\"; it would be created",
        near.map { "did you mean \"\($0)\"?" } ?? "nothing needs to be done, if it is new")
      return nil
    }
    if list.names[number] != name {
      add(
        .error, row,
        "QuickBooks spells \(noun) \"\(name)\" in another way: \"\(list.names[number])\"",
        "write it as in QuickBooks")
    }
    if list.isInactive[number] {
      add(
        .error, row, "\(noun) \"\(name)\" is inactive in QuickBooks",
        "make it active in QuickBooks, or map to another one")
    }
    return number
  }

  private mutating func add(
    _ severity: Finding.Severity, _ row: MappingFile.Row, _ message: String, _ remedy: String
  ) {
    let remark = MappingFile.Remark(
      severity: severity, line: row.line, message: message, remedy: remedy)
    // Many rows may name one account.
    if !remarks.contains(where: { $0.message == message }) { remarks.append(remark) }
  }

  /// The names of one list.
  private struct EntryList {
    let isHeld: Bool
    let names: [String]
    let isInactive: [Bool]
    private var byName: [String: Int] = [:]

    init(_ isHeld: Bool, _ entries: [(name: String, isInactive: Bool)]) {
      self.isHeld = isHeld || !entries.isEmpty
      names = entries.map(\.name)
      isInactive = entries.map(\.isInactive)
      for (number, name) in names.enumerated() where byName[name.lowercased()] == nil {
        byName[name.lowercased()] = number
      }
      for (number, name) in names.enumerated() { byName[name] = number }
    }

    func number(of name: String) -> Int? { byName[name] ?? byName[name.lowercased()] }
  }
}
