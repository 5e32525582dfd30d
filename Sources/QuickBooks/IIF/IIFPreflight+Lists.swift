internal import Sheets
internal import Vocabulary

extension IIFPreflight {
  /// The lists in the order in which they must come, each with the columns it may have.
  private static let sections: [(keyword: String, columns: [String: Int])] = [
    ("ACCNT", ["NAME": DesktopLimits.accountLevel, "ACCNTTYPE": 10, "HIDDEN": 1]),
    (
      "INVITEM",
      [
        "NAME": DesktopLimits.itemLevel, "INVITEMTYPE": 9, "DESC": DesktopLimits.memo,
        "ACCNT": .max,
        "TAXABLE": 1, "HIDDEN": 1,
      ]
    ),
    ("CLASS", ["NAME": DesktopLimits.classLevel, "HIDDEN": 1]),
    (
      "TERMS",
      [
        "NAME": DesktopLimits.terms, "DISCPER": 9, "STDDUEDAYS": 3, "STDDISCDAYS": 3,
        "TERMSTYPE": 1,
        "HIDDEN": 1,
      ]
    ),
    (
      "CUST",
      [
        "NAME": DesktopLimits.customerLevel, "BADDR1": DesktopLimits.addressLine,
        "BADDR2": DesktopLimits.addressLine, "BADDR3": DesktopLimits.addressLine,
        "BADDR4": DesktopLimits.addressLine, "BADDR5": DesktopLimits.addressLine,
        "PHONE1": DesktopLimits.phone, "EMAIL": DesktopLimits.email,
        "NOTE": DesktopLimits.accountNumber,
        "CONT1": DesktopLimits.contact, "TERMS": DesktopLimits.terms,
        "COMPANYNAME": DesktopLimits.companyName, "HIDDEN": 1,
      ]
    ),
  ]

  /// The header that rows stand under.
  private struct Section {
    var index: Int
    var keyword: String
    var columns: [String]
    func position(_ column: String) -> Int? { columns.firstIndex(of: column).map { $0 + 1 } }
  }

  /// Remembers what the books have, which documents may name though no file declares it.
  ///
  /// Comes before the files, because what they declare may stand below it.
  public mutating func know(_ lists: CompanyLists) {
    let names = DesktopNames(format.encoding.text)
    let bytes = { (path: String) in
      path.unicodeScalars.map {
        $0.isASCII ? UInt8($0.value) : Windows1252.byte(for: $0) ?? UInt8(ascii: "?")
      }
    }
    for account in lists.accounts where lists.existing.accounts.contains(account.name) {
      _ = accounts.intern(bytes(names.path(account.name)).span)
      accountIsReceivable.append(account.type == .receivable)
    }
    for item in lists.items where lists.existing.items.contains(item.name) {
      guard let account = accounts.number(of: bytes(names.path(item.account)).span) else {
        continue
      }
      _ = items.intern(bytes(names.path(item.name)).span)
      itemAccounts.append(account)
    }
    for name in lists.classes where lists.existing.classes.contains(name) {
      _ = classes.intern(bytes(names.path(name)).span)
    }
    for value in lists.terms where lists.existing.terms.contains(value.name) {
      _ = terms.intern(bytes(names.path(value.name)).span)
    }
    for customer in lists.customers where lists.existing.customers.contains(customer.name) {
      _ = customers.intern(bytes(names.path(customer.name)).span)
    }
    for (keyword, known) in [
      ("ACCNT", lists.existing.accounts), ("INVITEM", lists.existing.items),
      ("CLASS", lists.existing.classes), ("TERMS", lists.existing.terms),
      ("CUST", lists.existing.customers),
    ] {
      identities[keyword, default: []].formUnion(known.map { $0.lowercased() })
    }
  }

  mutating func checkLists(_ lines: IIFLines) throws(Failure) {
    file = lines.name
    var section: Section?
    while try lines.next() {
      try takeRow(lines)
      if bytes[0] == UInt8(ascii: "!") {
        section = try listHeader(after: section?.index ?? 0)
      } else {
        guard let section, text(0) == section.keyword else {
          throw fault("a row stands under no header of its own")
        }
        guard fields.count == section.columns.count + 1 else {
          throw fault(
            "the row has \(fields.count) fields, its header \(section.columns.count + 1)")
        }
        try checkEntry(section)
      }
    }
  }

  private func listHeader(after previous: Int) throws(Failure) -> Section {
    let keyword = String(text(0).dropFirst())
    guard let index = IIFPreflight.sections.firstIndex(where: { $0.keyword == keyword }) else {
      throw fault("\(keyword) is not a list that we write")
    }
    guard index >= previous else { throw fault("\(keyword) comes too late") }
    let columns = fields.indices.dropFirst().map(text)
    for column in columns where IIFPreflight.sections[index].columns[column] == nil {
      throw fault("\(column) is not a column of \(keyword)")
    }
    guard Set(columns).count == columns.count else { throw fault("a column is named twice") }
    guard columns.first == "NAME", columns.last == "HIDDEN" else {
      throw fault("NAME must come first and HIDDEN last")
    }
    return Section(index: index, keyword: keyword, columns: columns)
  }

  private mutating func checkEntry(_ section: Section) throws(Failure) {
    let limits = IIFPreflight.sections[section.index].columns
    for (index, column) in section.columns.enumerated() where column != "NAME" {
      try checkLength(index + 1, limits[column] ?? 0, column)
    }
    try checkName(section, level: limits["NAME"] ?? 0)
    guard field(fields.count - 1, is: "N") else { throw fault("HIDDEN is not N") }
    let name = Array(bytes[fields[1].range])
    switch section.keyword {
    case "ACCNT":
      guard let type = section.position("ACCNTTYPE") else { throw fault("ACCNTTYPE is missing") }
      guard field(type, is: "AR") || field(type, is: "INC") else {
        throw fault("\(text(type)) is not an account type that we write")
      }
      _ = accounts.intern(name.span)
      accountIsReceivable.append(field(type, is: "AR"))
    case "INVITEM":
      guard let type = section.position("INVITEMTYPE"), field(type, is: "SERV"),
        let taxable = section.position("TAXABLE"), field(taxable, is: "N"),
        let account = section.position("ACCNT")
      else { throw fault("an item must be a service that is not taxable and has an account") }
      guard let number = known(account, in: accounts), !accountIsReceivable[number] else {
        throw fault("\"\(text(account))\" is not declared as an income account")
      }
      _ = items.intern(name.span)
      itemAccounts.append(number)
    case "CLASS": _ = classes.intern(name.span)
    case "TERMS":
      try checkTerms(section)
      _ = terms.intern(name.span)
    default:
      if let column = section.position("TERMS") {
        guard known(column, in: terms) != nil else {
          throw fault("the terms \"\(text(column))\" are not declared")
        }
      }
      _ = customers.intern(name.span)
    }
  }

  private func checkTerms(_ section: Section) throws(Failure) {
    for column in ["STDDUEDAYS", "STDDISCDAYS"] {
      guard let index = section.position(column), let days = row.decimal(index), days >= .zero,
        days.fits(places: 0)
      else { throw fault("\(column) is not a number of days") }
    }
    guard let percent = section.position("DISCPER"), text(percent).hasSuffix("%"),
      let type = section.position("TERMSTYPE"), field(type, is: "0")
    else { throw fault("the terms are not standard terms") }
  }

  private mutating func checkName(_ section: Section, level limit: Int) throws(Failure) {
    let path = text(1)
    let levels = path.split(separator: ":", omittingEmptySubsequences: false)
    guard levels.count <= (section.keyword == "TERMS" ? 1 : DesktopLimits.levels) else {
      throw fault("\"\(path)\" has too many levels")
    }
    for level in levels {
      guard !level.isEmpty, level.first != " ", level.last != " " else {
        throw fault("\"\(path)\" has an empty level or blanks around a colon")
      }
      guard level.unicodeScalars.count <= limit else {
        throw fault("\"\(level)\" is longer than \(limit) characters")
      }
    }
    if section.keyword == "CUST" { try checkLength(1, DesktopLimits.customerPath, "NAME") }
    let declared = identities[section.keyword, default: []]
    if let colon = path.lastIndex(of: ":") {
      guard declared.contains(path[..<colon].lowercased()) else {
        throw fault("the parent of \"\(path)\" is not declared before it")
      }
    }
    guard identities[section.keyword, default: []].insert(path.lowercased()).inserted else {
      throw fault("\"\(path)\" is declared twice")
    }
  }
}
