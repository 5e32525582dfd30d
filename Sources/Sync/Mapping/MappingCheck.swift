internal import LoadOps
internal import Sheets
public import Vocabulary

extension MappingFile {
  /// Reads a mapping file and tells everything that is wrong with it, in file order.
  ///
  /// The mapping has the rows without a problem; it is nil when the file cannot be read as a mapping
  /// at all. A missing file is an empty mapping.
  public static func check(path: String) -> (MappingFile?, [Failure]) {
    do {
      guard let table = try CSVTable(path: path) else { return (.empty, []) }
      return check(table)
    } catch {
      return (nil, [error])
    }
  }

  static func check(_ table: CSVTable) -> (MappingFile?, [Failure]) {
    var problems: [Failure] = []
    guard
      let layout = TableLayout(
        table, names: columnNames, required: ["kind", "loadops", "quickbooks"], problems: &problems)
    else { return (nil, problems) }
    var check = MappingCheck(table: table, layout: layout, problems: problems)
    for row in table.rows { check.read(row) }
    check.mapping.completeAccounts()
    return (check.mapping, check.problems.inFileOrder())
  }
}

/// Reads the rows of a mapping file one after the other and remembers what they said, so that a later
/// row that contradicts an earlier one can name its line.
private struct MappingCheck {
  let table: CSVTable
  let layout: TableLayout
  var problems: [Failure]
  var mapping: MappingFile
  /// The first row of each name in LoadOps.
  private var named: [MappingFile.Kind: [String: MappingFile.Row]] = [:]
  /// How each path was spelt first, by its lower-case form, and on which line.
  private var spellings: [SpellingList: [String: (spelling: String, line: Int)]] = [:]
  /// The account of each QuickBooks item, and the line that says so.
  private var accounts: [String: (account: String, line: Int)] = [:]

  /// The QuickBooks lists whose entries must not differ in capitals only.
  private enum SpellingList: Hashable {
    case entries(MappingFile.Kind)
    case accounts
  }

  init(table: CSVTable, layout: TableLayout, problems: [Failure]) {
    self.table = table
    self.layout = layout
    self.problems = problems
    self.mapping = MappingFile(layout: layout)
  }

  mutating func read(_ source: CSVTable.Row) {
    if let overflow = layout.overflow(source, of: table) {
      problems.append(overflow)
      return
    }
    let before = problems.count
    guard let kind = kind(source) else { return }
    let account = layout.cell("account", source)
    let row = MappingFile.Row(
      index: 0, line: source.line, kind: kind,
      loadOps: MappingText.name(layout.cell("loadops", source)),
      quickBooks: MappingText.name(layout.cell("quickbooks", source)),
      account: account.isEmpty ? nil : account,
      note: layout.cell("note", source))
    checkTexts(row, source)
    guard problems.count == before else { return }
    checkContradiction(row, source)
    guard problems.count == before else { return }
    mapping.append(row)
  }

  private mutating func kind(_ source: CSVTable.Row) -> MappingFile.Kind? {
    let word = layout.cell("kind", source)
    if let kind = MappingFile.Kind(rawValue: word.lowercased()) { return kind }
    let words = MappingFile.Kind.allCases.map(\.rawValue)
    let list = "the kinds are: \(words.joined(separator: ", "))"
    let near = Spelling.nearest(to: word, in: words)
    problem(
      source, "kind", word.isEmpty ? "the kind is empty" : "there is no kind \"\(word)\"",
      near.map { "did you mean \"\($0)\"? (\(list))" } ?? list)
    return nil
  }

  private mutating func checkTexts(_ row: MappingFile.Row, _ source: CSVTable.Row) {
    if row.loadOps.isEmpty {
      problem(
        source, "loadops", "the name in LoadOps is empty",
        "write the name as it stands in the export, or remove the row")
    }
    if row.quickBooks.isEmpty {
      problem(
        source, "quickbooks", "the name in QuickBooks is empty",
        "write the name as it stands in QuickBooks, or remove the row")
    } else if row.kind == .column {
      checkColumn(row, source)
    } else if let fault = row.kind.name.fault(in: row.quickBooks) {
      problem(
        source, "quickbooks",
        "\"\(row.quickBooks)\" cannot be the name of \(row.kind.name.owner): \(fault.message)",
        fault.remedy)
    }
    guard let account = row.account else { return }
    if row.kind != .item {
      problem(
        source, "account",
        "only items have an account, and this row is of kind \(row.kind.rawValue)",
        "leave the account empty")
    } else if let fault = DesktopName.account.fault(in: account) {
      problem(
        source, "account", "\"\(account)\" cannot be an account: \(fault.message)", fault.remedy)
    }
  }

  private mutating func checkColumn(_ row: MappingFile.Row, _ source: CSVTable.Row) {
    if HeaderName.normalised(row.loadOps).isEmpty, !row.loadOps.isEmpty {
      problem(
        source, "loadops", "\"\(row.loadOps)\" has no letter and no digit to tell a column by",
        "give the column a name in the export, or remove the row")
    }
    guard row.quickBooks != "ignore", Field(rawValue: row.quickBooks) == nil,
      MappingFile.category(ofAmounts: row.quickBooks) == nil
    else { return }
    let names = Field.allCases.map(\.name) + ["ignore"]
    let folded = HeaderName.normalised(row.quickBooks)
    let near =
      names.first { HeaderName.normalised($0) == folded }
      ?? Spelling.nearest(to: row.quickBooks, in: names)
    problem(
      source, "quickbooks", "there is no field \"\(row.quickBooks)\"",
      near.map { "did you mean \"\($0)\"?" }
        ?? "write ignore, or amounts of CATEGORY, or one of: \(names.dropLast().joined(separator: ", "))"
    )
  }

  private mutating func checkContradiction(_ row: MappingFile.Row, _ source: CSVTable.Row) {
    let name = row.kind == .column ? HeaderName.normalised(row.loadOps) : row.loadOps
    if let first = named[row.kind]?[name] {
      guard first.quickBooks == row.quickBooks else {
        problem(
          source, "loadops",
          "\"\(row.loadOps)\" is mapped twice: to \"\(row.quickBooks)\" here"
            + " and to \"\(first.quickBooks)\" on line \(first.line)",
          "keep one of the two rows")
        return
      }
    } else {
      named[row.kind, default: [:]][name] = row
    }
    guard row.kind != .column else { return }
    checkSpelling(
      row.quickBooks, .entries(row.kind), source, "quickbooks", owner: row.kind.name.owner)
    guard let account = row.account else { return }
    checkSpelling(account, .accounts, source, "account", owner: "an account")
    let item = row.quickBooks.lowercased()
    if let known = accounts[item], known.account.lowercased() != account.lowercased() {
      problem(
        source, "account",
        "the item \"\(row.quickBooks)\" has two accounts: \"\(account)\" here"
          + " and \"\(known.account)\" on line \(known.line)",
        "write the same account in both rows, or map to two items")
    } else if accounts[item] == nil {
      accounts[item] = (account, source.line)
    }
  }

  /// Compares a path and its parents with how earlier rows wrote them.
  private mutating func checkSpelling(
    _ name: String, _ list: SpellingList, _ source: CSVTable.Row, _ column: String, owner: String
  ) {
    for path in DesktopName.paths(of: name) {
      let folded = path.lowercased()
      if let known = spellings[list]?[folded] {
        guard known.spelling != path else { continue }
        problem(
          source, column,
          "\"\(path)\" here and \"\(known.spelling)\" on line \(known.line) differ only in capitals;"
            + " QuickBooks takes them for one name of \(owner)",
          "write both as in QuickBooks")
        return
      }
      spellings[list, default: [:]][folded] = (path, source.line)
    }
  }

  private mutating func problem(
    _ source: CSVTable.Row, _ column: String, _ message: String, _ remedy: String
  ) {
    problems.append(
      table.failure(source, layout.position(column), message, remedy: remedy))
  }
}

extension MappingFile.Kind {
  /// What QuickBooks takes as a name of this kind.
  fileprivate var name: DesktopName {
    switch self {
    case .item, .column: .item
    case .customer: .customer
    case .terms: .terms
    case .className: .className
    }
  }
}
