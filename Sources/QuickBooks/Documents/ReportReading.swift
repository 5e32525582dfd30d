internal import Vocabulary

/// Reads a report row by row: titles, header, groups, documents, totals.
struct ReportReading {
  /// A group that is open: a customer, a job below it, an age.
  private struct Group {
    var name: String
    /// The column in which its name stands.
    var column: Int
    var sums = Sums()
    /// The sums of the rows that are its own, and not those of a group below it.
    var own = Sums()
    var rows = 0
    /// Whether the total of its own rows has been met.
    var hasOwnTotal = false
  }

  /// The sums of the four columns of amounts.
  private struct Sums {
    var cents = InlineArray<4, Int64>(repeating: 0)

    mutating func add(_ values: InlineArray<4, Int64>) {
      for index in 0..<4 { cents[index] &+= values[index] }
    }
  }

  /// How many faults are told of each file; the first ones show what is wrong.
  private static let faultLimit = 20

  private let name: String
  private let sheet: String?
  private let conventions: BookConventions
  private let survey: TotalSurvey?
  /// The rows above the header, and their cells.
  private var titles: [String] = []
  private var isBelowHeader = false
  private var columns: ReportColumns?
  private var groups: [Group] = []
  private var whole = Sums()
  private var path: [UInt8] = []
  private var days = DaySurvey()
  private var firstDocument = 0
  private var fileIndex = 0
  private var faultCount = 0
  private var ending = ReportEnding()
  private var scratch: [UInt8] = []

  init(name: String, sheet: String?, _ conventions: BookConventions, groups: TotalSurvey?) {
    self.name = name
    self.sheet = sheet
    self.conventions = conventions
    survey = groups
  }

  // MARK: - Rows

  mutating func take(_ row: ReportRow, _ table: inout BookTable) {
    guard let columns else {
      guard titles.count < 200, !row.isBlank else { return }
      if let found = ReportColumns(row, titles: titles) {
        begin(found, &table)
      } else {
        let cells = row.texts
        titles.append(cells.joined(separator: ", "))
        if cells.count > 1 { titles += cells }
      }
      return
    }
    guard !row.isBlank else { return }
    if row.isBroken {
      tell(
        "row \(row.line) has a quotation mark inside a cell, so that it is not what was meant",
        row.line, &table)
    }
    ending.line = row.line
    let wasHeader = isBelowHeader
    isBelowHeader = false
    if columns.isLabel(row) {
      ending.last = .other
      if !isPageMatter(row, wasHeader) { takeLabel(row, columns, &table) }
    } else if isHeader(row, columns) {
      isBelowHeader = true
      ending.last = .other
    } else {
      ending.takeTransaction(cells: row.isBroken ? .max : row.cells.count)
      takeTransaction(row, columns, &table)
    }
  }

  /// Whether a row is one of those that stand above the header on every page.
  ///
  /// A customer may be called like the company: no group follows the header with that name.
  private func isPageMatter(_ row: ReportRow, _ isBelowHeader: Bool) -> Bool {
    guard row.filledCount == 1 else { return false }
    let text = row.string(row.firstFilled)
    guard survey?.isTotalled(text) != true || survey?.isWhole == false else { return false }
    return ReportTitle.isPageMatter(text) || !isBelowHeader && titles.contains(text)
  }

  private mutating func begin(_ found: ReportColumns, _ table: inout BookTable) {
    columns = found
    isBelowHeader = true
    var file = BookFile(
      name: name, sheet: sheet, form: found.form, fingerprint: Fingerprint(of: ""))
    for title in titles {
      if let period = ReportTitle.period(title) {
        (file.from, file.until) = period
        break
      }
    }
    file.day = titles.lazy.compactMap(CompanySnapshot.day(inWords:)).first
    firstDocument = table.count
    table.begin(file)
    fileIndex = table.files.count - 1
  }

  /// The header stands again on every page.
  private func isHeader(_ row: ReportRow, _ columns: ReportColumns) -> Bool {
    guard let first = row.text[row.range(columns.date)].first, first | 0x20 >= 0x61 else {
      return false
    }
    return row.string(columns.date).lowercased().hasSuffix("date")
  }

  /// A row that is no transaction: the name of a group, a total, a line of the footer.
  private mutating func takeLabel(
    _ row: ReportRow, _ columns: ReportColumns, _ table: inout BookTable
  ) {
    let column = row.firstFilled
    let text = row.string(column)
    let lower = text.lowercased()
    if let wanted = columns.total(row, isOpen: { name in groups.contains { $0.name == name } }) {
      ending.takeTotal(isOfAll: wanted.name.isEmpty)
      return takeTotal(row, columns, wanted, &table)
    }
    if let day = CompanySnapshot.day(inWords: text) {
      ending.isWhole = true
      table.files[fileIndex].day = table.files[fileIndex].day ?? day
      return
    }
    guard row.filledCount == 1 || column <= columns.date && row.range(columns.number).isEmpty,
      !ReportReading.noGroups.contains(lower)
    else {
      if !row.range(columns.number).isEmpty {
        tell("row \(row.line) has a number and no date", row.line, &table)
      }
      return
    }
    ending.last = .group
    open(text, column)
  }

  /// Rows by themselves that name no customer.
  private static let noGroups: Set = [
    "accrual basis", "cash basis", "beginning balance", "opening balance", "balance forward",
  ]

  private mutating func open(_ text: String, _ column: Int) {
    while let top = groups.last {
      let isClosed =
        top.column > column
        || top.column == column && top.rows > 0 && survey?.isTotalled(top.name) != true
      guard isClosed else { break }
      groups.removeLast()
    }
    groups.append(Group(name: text, column: column))
    makePath()
  }

  /// The full path of the customer whose rows follow.
  private mutating func makePath() {
    var joined = ""
    for (index, group) in groups.enumerated() {
      if isOther(index) { continue }
      if joined.isEmpty || group.name.hasPrefix(joined + ":") {
        joined = group.name
      } else {
        joined += ":" + group.name
      }
    }
    path = Array(ReportReading.withoutMark(joined).utf8)
  }

  /// Whether a group holds what belongs to the one above itself: `Acme - Other` below `Acme`.
  private func isOther(_ index: Int) -> Bool {
    index > 0 && groups[index].name == groups[index - 1].name + " - Other"
  }

  /// QuickBooks Online marks what was made inactive in the name itself.
  private static func withoutMark(_ name: String) -> String {
    guard name.hasSuffix(")"), name.lowercased().hasSuffix("(deleted)") else { return name }
    var name = String(name.dropLast(9))
    while name.last == " " { name.removeLast() }
    return name
  }

  // MARK: - Totals

  private mutating func takeTotal(
    _ row: ReportRow, _ columns: ReportColumns, _ wanted: ReportColumns.Total,
    _ table: inout BookTable
  ) {
    if wanted.name.isEmpty {
      compare(row, columns, whole, "all rows", &table)
      groups.removeAll()
    } else if let index = groups.lastIndex(where: { $0.name == wanted.name }) {
      let words = "the rows of \"\(wanted.name)\""
      let isOwn =
        !wanted.isWithParts && !groups[index].hasOwnTotal
        && survey?.parents.contains(wanted.name) == true
      if isOwn {
        // What is below it follows, and then the total of all of it.
        compare(row, columns, groups[index].own, words, &table)
        groups[index].hasOwnTotal = true
        groups.removeSubrange((index + 1)...)
      } else {
        compare(row, columns, groups[index].sums, words, &table)
        groups.removeSubrange(index...)
      }
    } else {
      ending.hasStrayTotal = true
    }
    makePath()
  }

  private mutating func compare(
    _ row: ReportRow, _ columns: ReportColumns, _ sums: Sums, _ what: String,
    _ table: inout BookTable
  ) {
    let places = columns.amounts
    var isStated = false
    for index in places.indices {
      guard let stated = amount(row, places[index]) else {
        guard !row.range(places[index]).isEmpty else { continue }
        tell(
          "\"\(row.string(row.firstFilled))\" is \"\(row.string(places[index]))\", which cannot be read",
          row.line, &table)
        return
      }
      isStated = true
      guard stated.cents != sums.cents[index] else { continue }
      tell(
        "\"\(row.string(row.firstFilled))\" is \(stated.grouped), but \(what) add up to "
          + "\(Money(cents: sums.cents[index]).grouped)", row.line, &table)
      return
    }
    if isStated { table.files[fileIndex].controls += 1 }
  }

  private mutating func tell(
    _ message: String, _ line: Int, _ table: inout BookTable,
    remedy: String = "rows are missing or were changed: export the report again from QuickBooks"
  ) {
    faultCount += 1
    guard faultCount <= ReportReading.faultLimit else { return }
    table.files[fileIndex].faults.append(
      BookFile.Fault(
        message, remedy: remedy,
        location: SourceLocation(file: name, line: line, sheet: sheet)))
  }

  // MARK: - Transactions

  private mutating func takeTransaction(
    _ row: ReportRow, _ columns: ReportColumns, _ table: inout BookTable
  ) {
    let span = row.text.span
    var document = BookTable.Document()
    let amounts = add(row, columns)
    if columns.type >= 0 {
      switch BookReport.type(span.extracting(row.range(columns.type))) {
      case .document(let kind): document.kind = kind
      case .voided(let kind): (document.kind, document.isVoid) = (kind, true)
      case .other, .unknown:
        table.files[fileIndex].passedOver += 1
        return
      }
    }
    document.line = row.line
    document.date = days.day(span.extracting(row.range(columns.date)), &document, .date)
    // Nobody may take what is left blank for the same day.
    if row.range(columns.date).isEmpty { document.marks.insert(.dateUnreadable) }
    document.dueDate = days.day(span.extracting(row.range(columns.dueDate)), &document, .dueDate)
    document.isVoid =
      document.isVoid || BookReport.isVoid(status: span.extracting(row.range(columns.status)))
      || BookReport.isVoid(memo: span.extracting(row.range(columns.memo)))
        && isNothing(row, columns, amounts)
    setAmounts(row, columns, amounts, &document)
    let number = span.extracting(row.range(columns.number))
    let customer = row.range(columns.customer)
    if customer.isEmpty {
      table.add(document, number: number, customer: path.span)
    } else if row.text[customer].last == UInt8(ascii: ")") {
      let name = Array(ReportReading.withoutMark(row.string(columns.customer)).utf8)
      table.add(document, number: number, customer: name.span)
    } else {
      table.add(document, number: number, customer: span.extracting(customer))
    }
  }

  /// Whether a row has no amount but zero.
  private func isNothing(
    _ row: ReportRow, _ columns: ReportColumns, _ amounts: InlineArray<4, Money?>
  ) -> Bool {
    let places = columns.amounts
    return places.indices.allSatisfy { amounts[$0] == .zero || row.range(places[$0]).isEmpty }
  }

  private func setAmounts(
    _ row: ReportRow, _ columns: ReportColumns, _ amounts: InlineArray<4, Money?>,
    _ document: inout BookTable.Document
  ) {
    let places = columns.amounts
    for index in places.indices
    where amounts[index] == nil && !row.range(places[index]).isEmpty {
      document.marks.insert(.amountUnreadable)
    }
    if amounts[1] != nil || amounts[2] != nil {
      document.total = (amounts[1] ?? .zero) - (amounts[2] ?? .zero)
    } else if amounts[0] != nil || !columns.tellsTotal {
      document.total = amounts[0]
    } else if document.isVoid {
      document.total = .zero
    } else {
      // Nobody may take what is left blank for the same amount.
      document.marks.insert(.amountUnreadable)
    }
    if document.marks.contains(.amountUnreadable) { document.total = nil }
    document.balance = amounts[3]
    if columns.type < 0, let total = document.total, total < .zero { document.kind = .creditMemo }
    // Reports show a credit memo with or without its sign.
    if document.kind == .creditMemo {
      document.total = document.total.map { Money(cents: -abs($0.cents)) }
      document.balance = document.balance.map { Money(cents: -abs($0.cents)) }
    }
  }

  /// Counts a row to the sums, whatever it is.
  private mutating func add(
    _ row: ReportRow, _ columns: ReportColumns
  ) -> InlineArray<4, Money?> {
    let places = columns.amounts
    let values = InlineArray<4, Money?> { amount(row, places[$0]) }
    let cents = InlineArray<4, Int64> { values[$0]?.cents ?? 0 }
    whole.add(cents)
    for index in groups.indices {
      groups[index].sums.add(cents)
      groups[index].rows += 1
    }
    if let last = groups.indices.last {
      groups[last].own.add(cents)
      if isOther(last) { groups[last - 1].own.add(cents) }
    }
    return values
  }

  private func amount(_ row: ReportRow, _ column: Int) -> Money? {
    guard column >= 0 else { return nil }
    let range = row.range(column)
    guard !range.isEmpty else { return nil }
    // Spreadsheets show nothing as a dash.
    if range.count == 1, row.text[range.lowerBound] == UInt8(ascii: "-") { return Money.zero }
    let text = row.text.span.extracting(range)
    switch FixedDecimal.parse(text, conventions.numbers) {
    case .value(let value): return Money(value)
    case .fault(.outOfRange): return ReportReading.largeAmount(text, conventions.numbers)
    default: return nil
    }
  }

  /// An amount with more digits than any price or quantity has: totals of large companies.
  private static func largeAmount(_ text: Span<UInt8>, _ style: NumberStyle) -> Money? {
    let point = style.convention == .us ? UInt8(ascii: ".") : UInt8(ascii: ",")
    var (cents, digits, decimals, isNegative) = (Int64(0), 0, -1, false)
    for index in text.indices {
      switch text[index] {
      case let byte where byte &- 0x30 < 10:
        digits += 1
        if decimals >= 0 { decimals += 1 }
        guard digits <= 17, decimals <= 2 else { return nil }
        cents = cents * 10 + Int64(byte - 0x30)
      case point:
        guard decimals < 0 else { return nil }
        decimals = 0
      case UInt8(ascii: "-"), UInt8(ascii: "("): isNegative = true
      case UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "$"), UInt8(ascii: " "),
        UInt8(ascii: ")"):
        break
      default: return nil
      }
    }
    while decimals < 2 {
      decimals = max(0, decimals) + 1
      cents *= 10
    }
    return Money(cents: isNegative ? -cents : cents)
  }

  // MARK: - The end

  /// Ends the file.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - sum: The sum of its bytes.
  ///   - hasLineEnd: Whether its last row ends with a line end, as far as it has such.
  mutating func finish(_ table: inout BookTable, _ sum: Fingerprint, hasLineEnd: Bool = true) {
    guard let columns else { return }
    table.files[fileIndex].fingerprint = sum
    let open = groups.last { $0.rows > 0 && !$0.hasOwnTotal }?.name
    let isTotalExpected = columns.endsWithTotal(table.files[fileIndex])
    if let words = ending.fault(
      hasLineEnd: hasLineEnd, isTotalExpected: isTotalExpected, openGroup: open)
    {
      tell(
        words, ending.line, &table,
        remedy:
          "the file may be cut off: export the report again from QuickBooks, and leave it as it is")
    }
    if table.files[fileIndex].form == .invoiceList {
      // QuickBooks Online's list has no credit memos at all; whether they are left out shows by one alone.
      table.files[fileIndex].listsCreditMemos = (firstDocument..<table.count).contains {
        table.kind($0) == .creditMemo
      }
    }
    days.settle(&table, from: firstDocument, preferring: conventions.dateOrder)
    checkPeriod(&table)
    if faultCount > ReportReading.faultLimit {
      table.files[fileIndex].faults.append(
        BookFile.Fault(
          "and \(faultCount - ReportReading.faultLimit) more rows of totals do not fit",
          remedy: "export the report again from QuickBooks",
          location: SourceLocation(file: name, line: 1, sheet: sheet)))
    }
  }

  /// The titles say which days are in the report: what is of another day was not there when QuickBooks made it.
  private mutating func checkPeriod(_ table: inout BookTable) {
    let (from, until) = (table.files[fileIndex].from, table.files[fileIndex].until)
    guard from != nil || until != nil else { return }
    var (first, count) = (-1, 0)
    for document in firstDocument..<table.count {
      guard let date = table.date(document) else { continue }
      guard from.map({ date < $0 }) ?? false || until.map({ $0 < date }) ?? false else { continue }
      count += 1
      if first < 0 { first = document }
    }
    guard first >= 0, let date = table.date(first) else { return }
    let days = [from.map { "from \($0)" }, until.map { "until \($0)" }].compactMap(\.self)
    tell(
      "the titles say \(days.joined(separator: " ")), but \(count == 1 ? "a document is" : "\(count) documents are") "
        + "of other days: the first is \(table.number(first)) of \(date)", table.line(first),
      &table,
      remedy:
        "titles or rows were changed, or the dates are read in the wrong order: export the report again from "
        + "QuickBooks, and leave it as it is")
  }
}
