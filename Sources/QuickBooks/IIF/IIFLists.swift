internal import Vocabulary

/// Encodes the list entries that the documents refer to: accounts, items, classes, terms, customers.
///
/// Importing a name that exists updates the entry with the columns present, so a blank field could wipe
/// what a bookkeeper has typed. Entries are therefore grouped by the columns they fill, each group under
/// a header that has no others; QuickBooks' own exports declare a list twice the same way. Parents come
/// before children.
struct IIFLists {
  private let encoding: IIFFormat.Encoding
  private let names: DesktopNames
  private var bytes: [UInt8] = []
  /// Paths that the books have, of the list being added.
  private var existing: Set<String> = []

  /// One row: under which header it stands and what it holds.
  private struct Entry {
    var path: String
    var header: String
    var row: [UInt8]
  }

  /// The bytes of the file of lists; none when the books have everything.
  static func encode(_ lists: CompanyLists, _ format: IIFFormat) throws(Failure) -> [UInt8] {
    var encoder = IIFLists(encoding: format.encoding)
    var accounts = lists.accounts
    let receivable = encoder.names.identity(format.receivableAccount)
    if !accounts.contains(where: { encoder.names.identity($0.name) == receivable }) {
      accounts.insert(Account(name: format.receivableAccount, type: .receivable), at: 0)
    }
    encoder.existing = lists.existing.accounts
    try encoder.add(accounts, name: \.name, encoder.entry(account:at:))
    encoder.existing = lists.existing.items
    try encoder.add(lists.items, name: \.name, encoder.entry(item:at:))
    encoder.existing = lists.existing.classes
    try encoder.add(lists.classes, name: \.self, encoder.entry(class:at:))
    encoder.existing = lists.existing.terms
    try encoder.add(
      lists.terms, name: \.name, hasLevels: false, encoder.entry(terms:at:))
    encoder.existing = lists.existing.customers
    try encoder.add(lists.customers, name: \.name, encoder.entry(customer:at:))
    return encoder.bytes
  }

  private init(encoding: IIFFormat.Encoding) {
    self.encoding = encoding
    names = DesktopNames(encoding.text)
  }

  // MARK: Rows

  private func entry(account: Account, at path: String) -> Entry {
    let type = account.type == .receivable ? "AR" : "INC"
    return entry("ACCNT", path, [("NAME", path), ("ACCNTTYPE", type), ("HIDDEN", "N")])
  }

  private func entry(item: Item, at path: String) -> Entry {
    let isParent = path != names.path(item.name)
    var columns = [("NAME", path), ("INVITEMTYPE", "SERV")]
    if !item.description.isEmpty, !isParent { columns.append(("DESC", item.description)) }
    columns += [("ACCNT", names.path(item.account)), ("TAXABLE", "N"), ("HIDDEN", "N")]
    return entry("INVITEM", path, columns)
  }

  private func entry(class name: String, at path: String) -> Entry {
    entry("CLASS", path, [("NAME", path), ("HIDDEN", "N")])
  }

  private func entry(terms: Terms, at path: String) -> Entry {
    var percent: [UInt8] = []
    terms.discountPercent.append(to: &percent, atLeast: 1)
    return entry(
      "TERMS", path,
      [
        ("NAME", path), ("DISCPER", String(decoding: percent, as: UTF8.self) + "%"),
        ("STDDUEDAYS", String(terms.dueDays)), ("STDDISCDAYS", String(terms.discountDays)),
        ("TERMSTYPE", "0"), ("HIDDEN", "N"),
      ])
  }

  private func entry(customer: Customer, at path: String) -> Entry {
    var columns = [("NAME", path)]
    if customer.declaration == .full, path == names.path(customer.name) {
      // An address that became shorter must not keep its old last line: all five or none.
      let lines = DesktopAddress.lines(of: customer, as: names.text)
      if !lines.isEmpty {
        for index in 0..<DesktopLimits.addressLines {
          columns.append(("BADDR\(index + 1)", index < lines.count ? lines[index] : ""))
        }
      }
      let fields = [
        ("PHONE1", customer.phone), ("EMAIL", customer.email), ("NOTE", customer.accountNumber),
        ("CONT1", customer.contact), ("TERMS", names.path(customer.terms)),
        ("COMPANYNAME", customer.companyName),
      ]
      for field in fields where !names.text.converted(field.1).isEmpty {
        columns.append(field)
      }
    }
    columns.append(("HIDDEN", "N"))
    return entry("CUST", path, columns)
  }

  private func entry(_ keyword: String, _ path: String, _ columns: [(String, String)]) -> Entry {
    var row = Array(keyword.utf8)
    for (column, value) in columns {
      row.append(UInt8(ascii: "\t"))
      IIFText.append(
        value, to: &row, encoding: encoding, limit: IIFLists.limits[column],
        isName: IIFLists.names.contains(column))
    }
    row.append(contentsOf: "\r\n".utf8)
    let header = "!" + keyword + columns.map { "\t" + $0.0 }.joined() + "\r\n"
    return Entry(path: path, header: header, row: row)
  }

  /// The columns that hold names, whose blanks count.
  private static let names: Set = ["NAME", "ACCNT", "TERMS"]

  /// The columns of free text, which are cut; names are not.
  private static let limits = [
    "DESC": DesktopLimits.memo, "PHONE1": DesktopLimits.phone, "EMAIL": DesktopLimits.email,
    "NOTE": DesktopLimits.accountNumber, "CONT1": DesktopLimits.contact,
    "COMPANYNAME": DesktopLimits.companyName,
  ]

  // MARK: Order

  /// Adds a list with the parents it needs.
  private mutating func add<Element>(
    _ elements: [Element], name: (Element) -> String, hasLevels: Bool = true,
    _ entry: (Element, String) -> Entry
  ) throws(Failure) {
    var entries: [Entry] = []
    var known: [String: Int] = [:]
    let given = Set(elements.map { names.identity(name($0)) })
    for element in elements {
      let path = names.path(name(element))
      if existing.contains(path) { continue }
      if hasLevels {
        for parent in DesktopNames.parents(of: path) {
          let identity = parent.lowercased()
          guard !given.contains(identity), known[identity] == nil, !existing.contains(parent)
          else { continue }
          known[identity] = entries.count
          entries.append(entry(element, parent))
        }
      }
      let new = entry(element, path)
      if let index = known[path.lowercased()] {
        guard entries[index].row == new.row, entries[index].header == new.header else {
          throw IIFLists.twice(entries[index].path, path)
        }
        continue
      }
      known[path.lowercased()] = entries.count
      entries.append(new)
    }
    let parents = entries.map { entry in
      hasLevels ? DesktopNames.parents(of: entry.path).last.flatMap { known[$0.lowercased()] } : nil
    }
    write(entries, parents)
  }

  private static func twice(_ first: String, _ second: String) -> Failure {
    Failure(
      .ownBug,
      first == second
        ? "the list entry \"\(first)\" was to be written twice, with different content"
        : "QuickBooks would take \"\(first)\" and \"\(second)\" for the same list entry",
      remedy: "make the two entries the same in LoadOps or in the mapping, and report this")
  }

  /// Writes the entries group by group, coming back to a group whose parents stand in a later one.
  private mutating func write(_ entries: [Entry], _ parents: [Int?]) {
    var groups: [(header: String, members: [Int])] = []
    var groupOf: [String: Int] = [:]
    for (index, entry) in entries.enumerated() {
      if let group = groupOf[entry.header] {
        groups[group].members.append(index)
      } else {
        groupOf[entry.header] = groups.count
        groups.append((entry.header, [index]))
      }
    }
    var written = [Bool](repeating: false, count: entries.count)
    var active: String?
    while groups.contains(where: { !$0.members.isEmpty }) {
      for group in groups.indices {
        let header = groups[group].header
        var waiting: [Int] = []
        for member in groups[group].members where !written[member] {
          // The parents of the same group that still wait, topmost first, then the entry itself.
          var chain = [member]
          while let parent = parents[chain[chain.count - 1]], !written[parent],
            entries[parent].header == header
          {
            chain.append(parent)
          }
          if let above = parents[chain[chain.count - 1]], !written[above] {
            waiting.append(member)
            continue
          }
          if active != header {
            bytes.append(contentsOf: header.utf8)
            active = header
          }
          for index in chain.reversed() {
            bytes.append(contentsOf: entries[index].row)
            written[index] = true
          }
        }
        groups[group].members = waiting
      }
    }
  }
}
