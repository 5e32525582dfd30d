internal import LoadOps
internal import QuickBooks
internal import Vocabulary

/// Every income category that lines name, each looked up once.
struct ItemBook {
  /// One income category.
  struct Entry {
    /// The name in LoadOps.
    var name: String
    /// The item's path; nil when nothing maps it.
    var item: String?
    /// The income account.
    var account: String
    /// Rules that hold its invoices.
    var holding = RuleSet.none
    /// Whether the income-categories export lacks it.
    var isUndeclared = false
    /// Why QuickBooks would not take lines with the item.
    var objections: [String] = []
    /// The account that the mapping names, when the books have the item on another one.
    var otherAccount: String?
  }

  private(set) var entries: [Entry] = []
  private var interner = ByteInterner()
  private let master: MasterData
  private let mapping: MappingFile
  private let defaultAccount: String
  private let books: BooksIndex
  private let policy: Settings.Unmatched

  init(
    master: MasterData, mapping: MappingFile, defaultAccount: String, books: BooksIndex,
    policy: Settings.Unmatched
  ) {
    self.master = master
    self.mapping = mapping
    self.defaultAccount = defaultAccount
    self.books = books
    self.policy = policy
  }

  /// The number of the category with this name, by the bytes of the export.
  mutating func number(of name: Span<UInt8>) -> Int {
    let number = interner.intern(name)
    if number == entries.count { add(interner[number]) }
    return number
  }

  private mutating func add(_ name: String) {
    var entry = Entry(name: name, item: nil, account: defaultAccount)
    if name.isEmpty {
      entry.holding.insert(.categoryMissing)
    } else if let row = mapping.item(for: name) {
      entry.item = row.quickBooks
      entry.account = row.account ?? defaultAccount
      entry.isUndeclared = master.listsCategories && !master.declares(category: name)
      look(for: row.quickBooks, row.account, &entry)
    } else {
      entry.holding.insert(.categoryUnmapped)
    }
    entries.append(entry)
  }

  /// Looks an item up in the books, which know best how it is spelt and where it is booked.
  private func look(for path: String, _ account: String?, _ entry: inout Entry) {
    if let item = books.item(path) {
      entry.item = item.name
      if !item.account.isEmpty {
        if let account,
          books.spelling(ofAccount: account) != books.spelling(ofAccount: item.account)
        {
          entry.otherAccount = account
        }
        entry.account = item.account
      }
    } else if policy == .hold, books.holds(.items) {
      entry.holding.insert(.itemNotInBooks)
    }
    entry.account = books.spelling(ofAccount: entry.account)
    entry.objections = books.objections(item: path, account: entry.account)
    if !entry.objections.isEmpty { entry.holding.insert(.itemUnfit) }
  }

  /// The mapping line that would end the matter, and the item it suggests.
  func suggestion(for name: String) -> String {
    let hint = master.categories.first { $0.name == name }?.quickBooksItem ?? ""
    return MappingFile.line(
      kind: .item, loadops: name, quickbooks: hint.isEmpty ? newName(for: name) : hint,
      account: defaultAccount)
  }

  /// What a new item for a category could be called: its own name, or one that QuickBooks has room for,
  /// unlike any other item's.
  func newName(for name: String) -> String {
    guard !name.contains(":") else { return name }
    let all = entries.map(\.name) + master.categories.map(\.name)
    let used = Set((all + entries.compactMap(\.item)).map { $0.lowercased() })
    return ShortNames(all, limit: DesktopLimits.itemLevel).short(name) { candidate in
      used.contains(candidate.lowercased()) || books.item(candidate) != nil
    }
  }

  /// The item that an output declares for a category.
  func declaration(_ number: Int, names: DesktopNames) -> Item? {
    let entry = entries[number]
    return entry.item.map {
      Item(
        name: names.path($0), account: names.path(entry.account),
        description: master.description(ofCategory: entry.name))
    }
  }
}

/// Every text of terms that invoices have, each looked up once.
struct TermsBook {
  /// One text of terms.
  struct Entry {
    /// LoadOps's words.
    var name: String
    /// The terms in QuickBooks; nil when nobody can tell when the money is due.
    var terms: Terms?
    /// Rules that hold the invoices with them, beside that.
    var holding = RuleSet.none
    /// The terms of that name in the books.
    var listed: CompanySnapshot.Terms?
  }

  private(set) var entries: [Entry] = []
  private var interner = ByteInterner()
  private let mapping: MappingFile
  private let books: BooksIndex
  private let policy: Settings.Unmatched

  init(mapping: MappingFile, books: BooksIndex, policy: Settings.Unmatched) {
    self.mapping = mapping
    self.books = books
    self.policy = policy
  }

  /// The number of the terms with these words.
  mutating func number(of words: Span<UInt8>) -> Int {
    let number = interner.intern(words)
    if number == entries.count {
      let name = interner[number]
      let target = mapping.terms(for: name)?.quickBooks ?? name
      entries.append(entry(name, target))
    }
    return number
  }

  /// The terms that words mean: as the books have them, else as the words explain themselves.
  func entry(_ name: String, _ target: String) -> Entry {
    var entry = Entry(name: name, terms: Terms(selfExplaining: target))
    entry.listed = books.terms(target)
    if let listed = entry.listed {
      if let days = listed.dueDays, entry.terms == nil {
        entry.terms = Terms(name: listed.name, dueDays: days)
      }
      entry.terms?.name = listed.name
      if listed.isInactive || books.unwritable(listed.name) != nil {
        entry.holding.insert(.termsUnfit)
      }
    } else if policy == .hold, books.holds(.terms), entry.terms != nil {
      entry.holding.insert(.termsUnfit)
    }
    return entry
  }
}

/// Every terminal that invoices name, and its class if the mapping gives one.
struct ClassBook {
  /// The class path of each terminal; nil for none.
  private(set) var entries: [String?] = []
  /// Those of them that QuickBooks would refuse, with the class as the books have it.
  private(set) var refused: [Int: CompanySnapshot.Name] = [:]
  /// The terminals, in the same order.
  private(set) var names: [String] = []
  private var interner = ByteInterner()
  private let mapping: MappingFile
  private let books: BooksIndex

  init(mapping: MappingFile, books: BooksIndex) {
    self.mapping = mapping
    self.books = books
  }

  /// The number of the terminal with this name.
  mutating func number(of terminal: Span<UInt8>) -> Int {
    let number = interner.intern(terminal)
    if number == entries.count {
      let path = mapping.className(for: interner[number])?.quickBooks
      let listed = path.flatMap(books.className)
      entries.append(listed?.name ?? path)
      if let listed, listed.isInactive { refused[number] = listed }
      names.append(interner[number])
    }
    return number
  }
}
