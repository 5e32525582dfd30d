internal import Vocabulary

/// Where the columns of a report stand, and what kind of report it is.
struct ReportColumns {
  /// How far down a header is looked for.
  static let highestHeader = 30

  private(set) var form = BookFile.Form.invoiceList
  private(set) var type = -1
  private(set) var date = -1
  private(set) var number = -1
  private(set) var customer = -1
  private(set) var dueDate = -1
  private(set) var amount = -1
  private(set) var debit = -1
  private(set) var credit = -1
  private(set) var balance = -1
  private(set) var memo = -1
  private(set) var status = -1
  private var aging = -1

  /// The columns of amounts; -1 for each that is not there.
  var amounts: InlineArray<4, Int> { [amount, debit, credit, balance] }

  /// Whether a column tells what a document is about, and not only what is open of it.
  var tellsTotal: Bool { amount >= 0 || debit >= 0 || credit >= 0 }

  /// Takes a row for the header of a report of documents; nil when it is none.
  init?(_ row: ReportRow, titles: [String]) {
    guard row.filledCount >= 3 else { return nil }
    let keys = row.cells.indices.map { ReportColumns.key(row.string($0)) }
    // A report of lines names one document several times; exports of LoadOps and our own files are none.
    guard
      !keys.contains(where: {
        [
          "item", "productservice", "productservicename", "productservicefullname", "qty",
          "quantity", "salesprice", "rate", "decision", "loadid", "load", "category", "payitem",
          "incomecategory", "lineno",
        ].contains($0)
      })
    else { return nil }
    for (column, key) in keys.enumerated() { take(key, column) }
    let title = titles.joined(separator: " ").lowercased()
    takeBalance(keys, title)
    guard number >= 0, date >= 0, tellsTotal || balance >= 0 else { return nil }
    form = form(title)
  }

  private static func key(_ text: String) -> String {
    let trimmed = text.lowercased()
    return trimmed == "#" ? "num" : trimmed.filter { $0.isLetter || $0.isNumber }
  }

  private mutating func take(_ key: String, _ column: Int) {
    func set(_ place: inout Int) { if place < 0 { place = column } }
    switch key {
    case "type", "transactiontype", "txntype": set(&type)
    case "date", "transactiondate", "invoicedate", "txndate": set(&date)
    case "num", "no", "number", "invoicenumber", "invoiceno", "invoicenum", "invoice", "docnumber",
      "refnumber", "refno", "documentnumber", "transactionnumber":
      set(&number)
    case "customer", "name", "customername", "customerfullname", "customerjob",
      "customerdisplayname", "clientname":
      set(&customer)
    case "duedate", "due": set(&dueDate)
    case "amount", "total", "totalamount", "invoiceamount", "originalamount", "invoicetotal":
      set(&amount)
    case "debit": set(&debit)
    case "credit": set(&credit)
    case "openbalance", "balancedue", "amountdue", "dueamount", "remainingbalance": set(&balance)
    case "memo", "memodescription", "description": set(&memo)
    case "status", "invoicestatus": set(&status)
    case "aging", "pastdue", "dayspastdue": set(&aging)
    default: break
    }
  }

  /// A column "Balance" of a list of transactions runs on from row to row; that of a list of invoices is
  /// what is open.
  private mutating func takeBalance(_ keys: [String], _ title: String) {
    guard balance < 0, let column = keys.firstIndex(of: "balance") else { return }
    if type < 0 || title.contains("invoice") { balance = column }
  }

  private func form(_ title: String) -> BookFile.Form {
    if title.contains("aging") { return .agingDetail }
    if title.contains("open invoices") { return .openInvoices }
    if title.contains("invoice list") { return .invoiceList }
    if title.contains("transaction") { return .transactionList }
    if aging >= 0 { return customer >= 0 ? .agingDetail : .openInvoices }
    if debit >= 0 || credit >= 0 { return .transactionList }
    if amount < 0 { return .openInvoices }
    return type >= 0 && balance < 0 ? .transactionList : .invoiceList
  }
}

// MARK: - Rows that are no transactions

extension ReportColumns {
  /// Whether a row is no transaction.
  ///
  /// The label of a total may stand in the column of the dates, where that is the first one.
  func isLabel(_ row: ReportRow) -> Bool {
    let hasType = !row.range(type).isEmpty
    guard let first = row.text[row.range(date)].first else { return !hasType }
    let isWord = first | 0x20 >= 0x61 && first | 0x20 <= 0x7A
    return isWord && !hasType && row.range(number).isEmpty && row.range(customer).isEmpty
  }

  /// The name of the group whose total a label is, empty for the total of all rows; nil when it is none.
  ///
  /// Customers are called "Total Quality Logistics" and "Totally Trucking", too: a label that names no open
  /// group is a total only where amounts stand beside it. `isOpen` says whether a group has a name.
  func total(_ row: ReportRow, isOpen: (String) -> Bool) -> String? {
    let label = row.firstFilled
    let text = row.string(label)
    guard text.prefix(5).lowercased() == "total" else { return nil }
    let rest = text.dropFirst(5)
    guard rest.first?.isLetter != true || rest.lowercased() == "s" else { return nil }
    let name = String(rest.drop(while: \.isWhitespace))
    let short = name.lowercased().hasPrefix("for ") ? String(name.dropFirst(4)) : name
    if let open = [name, short].first(where: isOpen) { return open }
    let hasNumber = label != number && !row.range(number).isEmpty
    let hasDate = label != date && !row.range(date).isEmpty
    guard !hasNumber, !hasDate else { return nil }
    if name.isEmpty { return row.filledCount > 1 ? "" : nil }
    let amounts = amounts
    return amounts.indices.contains { !row.range(amounts[$0]).isEmpty } ? short : nil
  }
}

/// Finds out whether the groups of a report end with totals, before it is read.
struct TotalSurvey {
  private(set) var hasTotals = false
  private let columns: ReportColumns
  private var names: Set<String> = []

  init(_ columns: ReportColumns) { self.columns = columns }

  /// Takes a row below the header that is not blank.
  mutating func look(at row: ReportRow) {
    guard columns.isLabel(row) else { return }
    guard let name = columns.total(row, isOpen: { names.contains($0) }) else {
      names.insert(row.string(row.firstFilled))
      return
    }
    if names.contains(name) { hasTotals = true }
  }
}

/// What the titles of a report say about the days that it covers.
enum ReportPeriod {
  /// The days, either end of which may be open; nil when the text names none.
  static func read(_ text: String) -> (from: CalendarDate?, until: CalendarDate?)? {
    let spaced = text.lowercased().map { character -> String in
      switch character {
      case "-", "–", "—": " - "
      case ",", "\u{A0}", "\u{202F}": " "
      default: String(character)
      }
    }.joined()
    let words = spaced.split(separator: " ").map(String.init)
    guard !words.isEmpty, words.count <= 12 else { return nil }
    if words == ["all", "dates"] || words == ["all", "transactions"] { return (nil, nil) }
    var sides = [Side()]
    var isOpen = false
    for word in words {
      switch word {
      case "-", "through", "to", "thru":
        // "Through September 30, 2026" has no beginning.
        if sides.count == 1, sides[0].isEmpty { isOpen = true } else { sides.append(Side()) }
      case "as", "of": isOpen = true
      case "from", "and": break
      default: guard sides[sides.count - 1].take(word) else { return nil }
      }
    }
    guard sides.count <= 2, let last = sides.last, !last.isEmpty else { return nil }
    return period(sides[0], sides.count == 2 ? last : nil, isOpen: isOpen)
  }

  private static func period(
    _ left: Side, _ right: Side?, isOpen: Bool
  ) -> (from: CalendarDate?, until: CalendarDate?)? {
    var (first, last) = (left, right ?? left)
    guard let year = last.year ?? first.year, first.month != nil else { return nil }
    first.year = first.year ?? year
    last.year = last.year ?? year
    if right != nil { last.month = last.month ?? first.month }
    guard let firstYear = first.year else { return nil }
    let lastMonth = last.month ?? 12
    guard
      let from = CalendarDate(year: firstYear, month: first.month ?? 1, day: first.day ?? 1),
      let until = CalendarDate(
        year: year, month: lastMonth,
        day: last.day ?? CalendarDate.days(inMonth: min(max(lastMonth, 1), 12), of: year)),
      from <= until
    else { return nil }
    return (isOpen ? nil : from, until)
  }

  /// One end of a period, as far as it is written.
  private struct Side {
    var year: Int?
    var month: Int?
    var day: Int?

    var isEmpty: Bool { year == nil && month == nil && day == nil }

    private static let months = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september",
      "october", "november", "december",
    ]

    mutating func take(_ word: String) -> Bool {
      if let number = Int(word) {
        switch number {
        case 1...31 where day == nil: day = number
        case 1900...2199 where year == nil: year = number
        default: return false
        }
        return true
      }
      let parts = word.split(separator: "/").compactMap { Int($0) }
      if parts.count == 3, word.allSatisfy({ $0.isNumber || $0 == "/" }) {
        guard isEmpty, parts[2] >= 1900, parts[0] <= 12, parts[1] <= 31 else { return false }
        (month, day, year) = (parts[0], parts[1], parts[2])
        return true
      }
      let name = word.hasSuffix(".") ? String(word.dropLast()) : word
      guard name.count >= 3, month == nil,
        let index = Side.months.firstIndex(where: {
          $0.hasPrefix(name) || name == "sept" && $0 == "september"
        })
      else { return false }
      month = index + 1
      return true
    }
  }
}
