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
  }

  private(set) var entries: [Entry] = []
  private var interner = ByteInterner()
  private let master: MasterData
  private let mapping: MappingFile
  private let defaultAccount: String

  init(master: MasterData, mapping: MappingFile, defaultAccount: String) {
    self.master = master
    self.mapping = mapping
    self.defaultAccount = defaultAccount
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
    } else {
      entry.holding.insert(.categoryUnmapped)
    }
    entries.append(entry)
  }

  /// The mapping line that would end the matter, and the item it suggests.
  func suggestion(for name: String) -> String {
    let hint = master.categories.first { $0.name == name }?.quickBooksItem ?? ""
    return MappingFile.line(
      kind: .item, loadops: name, quickbooks: hint.isEmpty ? name : hint, account: defaultAccount)
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
  }

  private(set) var entries: [Entry] = []
  private var interner = ByteInterner()
  private let mapping: MappingFile

  init(mapping: MappingFile) {
    self.mapping = mapping
  }

  /// The number of the terms with these words.
  mutating func number(of words: Span<UInt8>) -> Int {
    let number = interner.intern(words)
    if number == entries.count {
      let name = interner[number]
      let target = mapping.terms(for: name)?.quickBooks ?? name
      entries.append(Entry(name: name, terms: Terms(selfExplaining: target)))
    }
    return number
  }
}

/// Every terminal that invoices name, and its class if the mapping gives one.
struct ClassBook {
  /// The class path of each terminal; nil for none.
  private(set) var entries: [String?] = []
  /// The terminals, in the same order.
  private(set) var names: [String] = []
  private var interner = ByteInterner()
  private let mapping: MappingFile

  init(mapping: MappingFile) {
    self.mapping = mapping
  }

  /// The number of the terminal with this name.
  mutating func number(of terminal: Span<UInt8>) -> Int {
    let number = interner.intern(terminal)
    if number == entries.count {
      names.append(interner[number])
      entries.append(mapping.className(for: interner[number])?.quickBooks)
    }
    return number
  }
}
