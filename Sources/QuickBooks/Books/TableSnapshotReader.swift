internal import Vocabulary

/// Reads lists that QuickBooks exported as tables: the customer, vendor and employee lists, products
/// and services, the chart of accounts, terms and classes, of QuickBooks Online and of the reports of
/// QuickBooks Desktop.
///
/// Which list it is, is told by the header row, which may stand below titles. Column names differ
/// between products and years; ``TableColumns`` knows them.
enum TableSnapshotReader {
  /// Reads a text of cells, or every sheet of a workbook that is a list.
  static func read(
    path: String, name: String, isWorkbook: Bool = false
  ) throws(Failure) -> CompanySnapshot {
    let tables = try BooksTable.all(path: path, name: name, isWorkbook: isWorkbook)
    for table in tables { try refuseLoadOps(table) }
    let parts = tables.compactMap(snapshot)
    guard !parts.isEmpty else { throw refusal(name) }
    return CompanySnapshot(merging: parts)
  }

  static func read(bytes: [UInt8], name: String) throws(Failure) -> CompanySnapshot {
    let table = try BooksTable(bytes: bytes, name: name)
    try refuseLoadOps(table)
    guard let found = snapshot(of: table) else { throw refusal(name) }
    return found
  }

  /// Refuses an export of LoadOps: taken for a list of QuickBooks, it would make every customer of it one
  /// that QuickBooks has.
  private static func refuseLoadOps(_ table: BooksTable) throws(Failure) {
    for row in table.rows.prefix(TableColumns.highestHeader)
    where TableColumns.isOfLoadOps(row.cells) {
      throw Failure(
        .inputUnreadable,
        "\(table.name) is an export of LoadOps, not a list of QuickBooks: its columns are "
          + row.cells.filter { !$0.isEmpty }.prefix(5).joined(separator: ", ") + " …",
        remedy:
          "move it out of the folder books and give it as an export; for the books, export the list from "
          + "QuickBooks",
        location: table.location(row))
    }
  }

  /// The list that a table is; nil when it is none.
  static func snapshot(of table: BooksTable) -> CompanySnapshot? {
    var titles: [String] = []
    for (index, row) in table.rows.prefix(TableColumns.highestHeader).enumerated() {
      if let columns = TableColumns(row.cells, titles: titles) {
        var reading = TableReading(columns, table, titles)
        for row in table.rows[(index + 1)...] { reading.take(row) }
        return reading.finish()
      }
      titles += row.cells.filter { !$0.isEmpty }
    }
    return nil
  }

  private static func refusal(_ name: String) -> Failure {
    Failure(
      .inputUnreadable,
      "\(name) is no list of QuickBooks that LoadBooks knows: no row of it names the columns of "
        + "customers, items, accounts, terms or classes",
      remedy:
        "export the list from QuickBooks again, with its header row; what else is in the file belongs "
        + "into another folder", location: SourceLocation(file: name, line: 1))
  }
}

/// Where the columns of a list stand.
struct TableColumns {
  /// What a column means.
  enum Meaning: Hashable {
    case name, parent, status, type, account, number, company, email, phone, terms, address, city,
      state
    case zip, days, taxable
  }

  /// How far down a header is looked for.
  static let highestHeader = 30

  let list: CompanySnapshot.List
  private let positions: [Meaning: [Int]]

  /// The first column of a meaning in a row.
  func cell(_ meaning: Meaning, _ row: BooksTable.Row) -> String {
    guard let position = positions[meaning]?.first, position < row.cells.count else { return "" }
    return row.cells[position]
  }

  /// All columns of a meaning in a row that say something.
  func cells(_ meaning: Meaning, _ row: BooksTable.Row) -> [String] {
    (positions[meaning] ?? []).compactMap {
      $0 < row.cells.count && !row.cells[$0].isEmpty ? row.cells[$0] : nil
    }
  }

  func has(_ meaning: Meaning) -> Bool { positions[meaning] != nil }

  /// Takes a row for the header of a list; nil when it is none.
  init?(_ cells: [String], titles: [String]) {
    let keys = cells.map { $0.lowercased().filter { $0.isLetter || $0.isNumber } }
    let title = titles.joined(separator: " ").lowercased()
    guard let list = TableColumns.list(keys, title: title) else { return nil }
    var positions: [Meaning: [Int]] = [:]
    for name in TableColumns.names[list] ?? [] {
      guard let position = keys.firstIndex(of: name) else { continue }
      positions[.name] = [position]
      break
    }
    for (position, key) in keys.enumerated() where [position] != positions[.name] {
      guard let meaning = TableColumns.meaning(key, list) else { continue }
      positions[meaning, default: []].append(position)
    }
    // A lone word that happens to be a column's name is a title.
    guard positions[.name] != nil, keys.count(where: { !$0.isEmpty }) > 1 || !title.isEmpty else {
      return nil
    }
    self.list = list
    self.positions = positions
  }

  /// Whether a row is the header of an export of LoadOps.
  ///
  /// LoadOps writes its columns with underscores, which QuickBooks never does; and where somebody wrote them
  /// anew, it has columns that a list of QuickBooks only has among others of its own.
  static func isOfLoadOps(_ cells: [String]) -> Bool {
    let names = Set(cells.map { $0.lowercased() })
    if !names.isDisjoint(with: ["customer_name", "customer_id", "pay_item", "invoice_number"]) {
      return true
    }
    let keys = Set(names.map { $0.filter { $0.isLetter || $0.isNumber } })
    guard !keys.isDisjoint(with: ["customer", "customername", "name"]) else { return false }
    return !keys.isDisjoint(with: loadOpsOnly) && keys.isDisjoint(with: quickBooksOnly)
  }

  private static let loadOpsOnly: Set = [
    "mcnumber", "mc", "dotnumber", "usdot", "invoiceterms", "invoiceterm", "qbname", "qbstatus",
    "messageoninvoice", "factoring", "billingcontactname",
  ]
  private static let quickBooksOnly: Set = [
    "balance", "balancetotal", "openbalance", "customerfullname", "customerjob", "displayname",
    "companyname", "company", "activestatus", "jobstatus", "salestaxcode", "taxcode", "rep",
    "billto1", "billto", "billaddress", "billingaddress", "mainphone", "mainemail", "jobtype",
    "pricelevel", "taxable", "resaleno",
  ]

  /// The columns that hold the name, the surest first.
  private static let names: [CompanySnapshot.List: [String]] = [
    .customers: [
      "customerfullname", "customer", "customername", "customerjob", "customerdisplayname",
      "displayname", "name",
    ],
    .vendors: ["vendorfullname", "vendor", "vendorname", "supplier", "displayname", "name"],
    .employees: ["employeefullname", "employee", "employeename", "displayname", "name"],
    .otherNames: ["othername", "name"],
    .items: [
      "productservicefullname", "productservice", "productservicename", "itemfullname", "item",
      "itemname", "fullname", "name",
    ],
    .accounts: ["accountfullname", "fullname", "account", "accountname", "name"],
    .terms: ["terms", "termname", "term", "name"],
    .classes: ["classfullname", "class", "classname", "fullname", "name"],
  ]

  /// Which list a header row is about.
  private static func list(_ keys: [String], title: String) -> CompanySnapshot.List? {
    let has = { (words: String...) in words.contains { keys.contains($0) } }
    // Reports about documents name customers and accounts, too.
    guard
      !has("date", "invoicedate", "transactiondate", "num", "amount", "debit", "credit", "invoice")
    else { return nil }
    if has("productservice", "productservicename", "productservicefullname", "item", "itemname") {
      return .items
    }
    if has("vendor", "vendorname", "vendorfullname", "supplier") { return .vendors }
    if has("employee", "employeename", "employeefullname") { return .employees }
    if has(
      "customer", "customername", "customerfullname", "customerjob", "customerdisplayname")
    {
      return .customers
    }
    let isType = has("type", "accounttype")
    if isType, has("detailtype", "account", "accountname", "accountfullname", "accnt", "taxline") {
      return .accounts
    }
    if has("terms", "term", "termname"),
      keys.contains(where: { meaning($0, .terms) == .days }) || title.contains("terms")
    {
      return .terms
    }
    if has("class", "classname", "classfullname"), !has("account") { return .classes }
    guard has("name", "displayname", "fullname") else { return nil }
    if has("incomeaccount", "salesdescription", "sku", "salesprice") { return .items }
    if has("othername") || title.contains("other name") { return .otherNames }
    if title.contains("vendor") || has("1099tracking", "vendorid") { return .vendors }
    if title.contains("employee") { return .employees }
    if title.contains("class") { return .classes }
    if title.contains("customer")
      || has("openbalance", "customertype", "billingaddress", "billaddress", "companyname")
    {
      return .customers
    }
    return nil
  }

  private static func meaning(_ key: String, _ list: CompanySnapshot.List) -> Meaning? {
    switch key {
    case "activestatus", "status", "active", "isactive": return .status
    case "parent", "parentcustomer", "subcustomerof", "parentname", "subitemof": return .parent
    default: break
    }
    switch list {
    case .items:
      switch key {
      case "type", "itemtype", "productservicetype": return .type
      case "incomeaccount", "account", "salesaccount": return .account
      case "taxable", "salestaxcode": return .taxable
      default: return nil
      }
    case .accounts:
      switch key {
      case "type", "accounttype": return .type
      case "accnt", "accountnumber", "accountno", "number", "accountnum": return .number
      default: return nil
      }
    case .terms:
      return ["stdduedays", "duedays", "netduedays", "netduein", "days", "due"].contains(key)
        ? .days : nil
    case .customers:
      switch key {
      case "company", "companyname": return .company
      case "email", "mainemail", "emailaddress": return .email
      case "phone", "mainphone", "phonenumber", "phonenumbers", "telephone": return .phone
      case "terms", "paymentterms": return .terms
      case "accountno", "accountnumber", "account": return .number
      case "billto", "billaddress", "billingaddress", "streetaddress", "billtostreet", "billto1",
        "billto2", "billto3", "billto4", "billto5", "billingstreet", "billinglines":
        return .address
      case "city", "billingcity", "billtocity": return .city
      case "state", "billingstate", "billtostate", "province", "billingprovince": return .state
      case "zip", "zipcode", "postalcode", "billingzip", "billingzipcode": return .zip
      default: return nil
      }
    default: return nil
    }
  }
}

/// A snapshot in the making.
private struct TableReading {
  private let columns: TableColumns
  private let table: BooksTable
  private var snapshot = CompanySnapshot()
  private var source: CompanySnapshot.Source
  private var known: Set<String> = []

  init(_ columns: TableColumns, _ table: BooksTable, _ titles: [String]) {
    self.columns = columns
    self.table = table
    source = CompanySnapshot.Source(
      file: table.sheet.map { "\(table.name), sheet \($0)" } ?? table.name)
    source.kind = "\(columns.list.words) as a table"
    source.day = titles.lazy.compactMap(CompanySnapshot.day(inWords:)).first
  }

  func finish() -> CompanySnapshot {
    var finished = snapshot
    var source = source
    source.lists = [columns.list: known.count]
    finished.sources = [source]
    return finished
  }

  mutating func take(_ row: BooksTable.Row) {
    let filled = row.cells.filter { !$0.isEmpty }
    if filled.count == 1, let day = CompanySnapshot.day(inWords: filled[0]) {
      source.day = source.day ?? day
      return
    }
    var name = columns.cell(.name, row)
    guard !name.isEmpty, name.lowercased() != "total" else { return }
    let parent = columns.cell(.parent, row)
    if !parent.isEmpty, !name.contains(":") { name = parent + ":" + name }
    var isInactive = isInactive(columns.cell(.status, row))
    // QuickBooks Online marks what was made inactive in the name itself, at every level.
    let levels = name.split(separator: ":", omittingEmptySubsequences: false).map {
      TableReading.withoutMark($0, &isInactive)
    }
    name = levels.joined(separator: ":")
    guard known.insert(name).inserted else { return }
    add(name, isInactive, row)
  }

  private mutating func add(_ name: String, _ isInactive: Bool, _ row: BooksTable.Row) {
    let location = table.location(row)
    let entry = CompanySnapshot.Name(name: name, isInactive: isInactive, location: location)
    switch columns.list {
    case .customers:
      snapshot.customers.append(
        CompanySnapshot.Customer(
          name: name, companyName: columns.cell(.company, row), addressLines: address(row),
          email: columns.cell(.email, row), phone: columns.cell(.phone, row),
          accountNumber: columns.cell(.number, row),
          terms: columns.cell(.terms, row), isInactive: isInactive, location: location))
    case .items:
      let tax = columns.cell(.taxable, row).lowercased()
      snapshot.items.append(
        CompanySnapshot.Item(
          name: name, type: CompanySnapshot.Item.code(words: columns.cell(.type, row)),
          account: TableReading.account(columns.cell(.account, row)).name,
          isTaxable: ["yes", "y", "true", "tax"].contains(tax), isInactive: isInactive,
          location: location))
    case .accounts:
      let account = TableReading.account(name)
      let number = columns.cell(.number, row)
      snapshot.accounts.append(
        CompanySnapshot.Account(
          name: account.name, type: CompanySnapshot.AccountType(words: columns.cell(.type, row)),
          number: number.isEmpty ? account.number : number, isInactive: isInactive,
          location: location))
    case .terms:
      let days = columns.cell(.days, row).prefix { $0.isNumber }
      snapshot.terms.append(
        CompanySnapshot.Terms(
          name: name, dueDays: Int(days), isInactive: isInactive, location: location))
    case .classes: snapshot.classes.append(entry)
    case .vendors: snapshot.vendors.append(entry)
    case .employees: snapshot.employees.append(entry)
    case .otherNames: snapshot.otherNames.append(entry)
    }
  }

  private func address(_ row: BooksTable.Row) -> [String] {
    var lines = columns.cells(.address, row).flatMap {
      $0.split(whereSeparator: \.isNewline).map(String.init)
    }
    let place = [columns.cell(.city, row), columns.cell(.state, row)].filter { !$0.isEmpty }
      .joined(separator: ", ")
    let last = [place, columns.cell(.zip, row)].filter { !$0.isEmpty }.joined(separator: " ")
    if !last.isEmpty { lines.append(last) }
    return lines
  }

  private func isInactive(_ status: String) -> Bool {
    ["inactive", "notactive", "false", "no", "n", "deleted"].contains(
      status.lowercased().filter(\.isLetter))
  }

  /// An account without the number that QuickBooks shows in front of each level: `4010 · Line Haul`.
  private static func account(_ text: String) -> (number: String, name: String) {
    var number = ""
    let levels = text.split(separator: ":", omittingEmptySubsequences: false).map { level in
      let parts = level.split(separator: "·", maxSplits: 1)
      guard parts.count == 2 else { return String(level) }
      let first = parts[0].filter { $0 != " " }
      guard !first.isEmpty, first.allSatisfy({ $0.isNumber || $0 == "." || $0 == "-" }) else {
        return String(level)
      }
      number = String(first)
      return String(parts[1].drop { $0 == " " })
    }
    return (number, levels.joined(separator: ":"))
  }

  private static func withoutMark(_ level: Substring, _ isInactive: inout Bool) -> String {
    var level = level
    while level.first == " " { level.removeFirst() }
    while level.last == " " { level.removeLast() }
    let mark = "(deleted)"
    guard level.lowercased().hasSuffix(mark), level.count > mark.count else { return String(level) }
    isInactive = true
    level.removeLast(mark.count)
    while level.last == " " { level.removeLast() }
    return String(level)
  }
}

extension CompanySnapshot {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// The day in a line such as `Wednesday, Nov 25, 2026 10:15:03 AM GMT-6`; nil when it is none.
  static func day(inWords text: String) -> CalendarDate? {
    let words = text.split { $0 == "," || $0 == " " || $0 == "\u{A0}" }.map { $0.lowercased() }
    for (index, word) in words.enumerated() {
      guard let month = months.firstIndex(of: String(word.prefix(3))), word.allSatisfy(\.isLetter),
        index < 3, index + 2 < words.count, let day = Int(words[index + 1]),
        let year = Int(words[index + 2].prefix(4)), year > 1990
      else { continue }
      return CalendarDate(year: year, month: month + 1, day: day)
    }
    return nil
  }
}

extension CompanySnapshot.List {
  /// What users call the list.
  public var words: String {
    switch self {
    case .accounts: "chart of accounts"
    case .items: "items"
    case .customers: "customers"
    case .terms: "terms"
    case .classes: "classes"
    case .vendors: "vendors"
    case .employees: "employees"
    case .otherNames: "other names"
    }
  }
}
