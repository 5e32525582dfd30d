internal import LoadOps
internal import QuickBooks
internal import Sheets
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
    /// The line of the mapping file that gives it its item.
    var mappingLine: Int?
  }

  private(set) var entries: [Entry] = []
  private var interner = ByteInterner()
  private let master: MasterData
  private let mapping: MappingFile
  private let doctor: EntryDoctor
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
    // What is not in a part of a list may be in the rest of it.
    self.policy = books.isUnfinished(.items) ? .hold : policy
    doctor = EntryDoctor(books.snapshot.items.map(\.name))
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
      entry.mappingLine = row.line
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
    } else if policy == .hold, books.holds(.items) || books.isUnfinished(.items) {
      entry.holding.insert(.itemNotInBooks)
    }
    entry.account = books.spelling(ofAccount: entry.account)
    entry.objections = books.objections(item: path, account: entry.account)
    if !entry.objections.isEmpty { entry.holding.insert(.itemUnfit) }
  }

  /// What a category may be in QuickBooks.
  struct Advice {
    /// The item that a line would name.
    var item: String
    /// Its income account.
    var account: String
    /// How sure it is that the item is meant; nil when it would be a new one.
    var certainty: Certainty?
    /// What QuickBooks has of nearly the name.
    var notes: [String] = []
  }

  /// What a category without a line may be: what the export says, an item of QuickBooks of nearly the name,
  /// or a new item by a name that QuickBooks has room for.
  func advice(for name: String) -> Advice {
    var advice = Advice(item: newName(for: books.written(name)), account: defaultAccount)
    if let hint = master.categories.first(where: { $0.name == name })?.quickBooksItem, !hint.isEmpty
    {
      let listed = books.item(hint)
      advice.item = listed?.name ?? hint
      if let account = listed?.account, !account.isEmpty { advice.account = account }
      return advice
    }
    for near in doctor.near(name).prefix(PairingDoctor.shown) {
      let item = books.snapshot.items[near.number]
      let objections = books.objections(
        item: item.name, account: item.account.isEmpty ? defaultAccount : item.account)
      let words =
        near.difference.causes.isEmpty
        ? item.name == name ? "" : ", below another one" : ": \(near.difference.words)"
      advice.notes.append(
        "QuickBooks has the \(item.typeWords) item \"\(item.name)\" (\(item.location))\(words)"
          + (objections.isEmpty ? "" : "; it cannot be used: " + objections.joined(separator: "; "))
      )
      guard objections.isEmpty, advice.certainty == nil else { continue }
      advice.item = item.name
      advice.account = item.account.isEmpty ? defaultAccount : item.account
      advice.certainty = near.certainty
    }
    if advice.certainty == nil { takeTerm(name, &advice) }
    return advice
  }

  /// Takes an item that has another word for the same thing: `Fuel Surcharge` for FSC.
  private func takeTerm(_ name: String, _ advice: inout Advice) {
    guard let term = CategoryVocabulary.term(for: name) else { return }
    let keys = Set(([term.name] + term.spellings).map(CategoryVocabulary.key))
    let found = books.snapshot.items.first { item in
      keys.contains(CategoryVocabulary.key(EntryDoctor.leaf(item.name)))
        && books.objections(
          item: item.name, account: item.account.isEmpty ? defaultAccount : item.account
        ).isEmpty
    }
    guard let found else { return }
    advice.notes.append(
      "QuickBooks has the \(found.typeWords) item \"\(found.name)\" (\(found.location)), which usually "
        + "means the same")
    advice.item = found.name
    advice.account = found.account.isEmpty ? defaultAccount : found.account
    advice.certainty = .possible
  }

  /// The mapping line that would end the matter.
  func suggestion(for name: String) -> String {
    let advice = advice(for: name)
    return mapping.line(
      kind: .item, loadops: name, quickbooks: advice.item, account: advice.account)
      ?? MappingFile.line(
        kind: .item, loadops: name, quickbooks: advice.item, account: advice.account)
  }

  /// Items that the mapping names and the books do not have, with those that may be meant.
  func slips() -> [(entry: Entry, near: [(item: CompanySnapshot.Item, difference: NameDifference)])]
  {
    guard books.holds(.items) else { return [] }
    return entries.compactMap { entry in
      guard let item = entry.item, entry.mappingLine != nil, books.item(item) == nil else {
        return nil
      }
      let near = doctor.near(item).prefix(PairingDoctor.shown)
      guard !near.isEmpty else { return nil }
      return (entry, near.map { (books.snapshot.items[$0.number], $0.difference) })
    }
  }

  /// What a new item for a category could be called: its own name, or one that QuickBooks has room for,
  /// unlike any other item's.
  func newName(for name: String) -> String {
    guard !name.contains(":") else { return name }
    let all = entries.map(\.name) + master.categories.map(\.name)
    let used = Set((all + entries.compactMap(\.item)).map { $0.lowercased() })
    let isTaken = { (candidate: String) in
      used.contains(candidate.lowercased()) || books.item(candidate) != nil
    }
    let short = ShortNames(all, limit: DesktopLimits.itemLevel).short(name, isTaken: isTaken)
    guard books.item(short) != nil else { return short }
    for number in 2...99 {
      let mark = " (\(number))"
      let room = short.unicodeScalars.prefix(DesktopLimits.itemLevel - mark.count)
      let candidate = OuterBlanks.trimmed(String(String.UnicodeScalarView(room))) + mark
      if !isTaken(candidate) { return candidate }
    }
    return short
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
    self.policy = books.isUnfinished(.terms) ? .hold : policy
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
      if entry.terms == nil {
        entry.terms = Terms(name: listed.name, dueDays: listed.dueDays ?? 0)
        entry.terms?.isDateDriven = listed.dueDays == nil
      }
      entry.terms?.name = listed.name
      if listed.isInactive || books.unwritable(listed.name) != nil {
        entry.holding.insert(.termsUnfit)
      }
    } else if policy == .hold, books.holds(.terms) || books.isUnfinished(.terms), entry.terms != nil
    {
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
