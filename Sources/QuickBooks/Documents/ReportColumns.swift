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
  /// Whether a title is the name of the report.
  private var isNamed = false
  /// Whether it is the header of a file of LoadOps, or of our own: QuickBooks joins no words by underscores.
  private(set) var isOfLoadOps = false

  /// Words of LoadOps, and of us, that are one word with underscores.
  private static let loadOps: Set = [
    "invoicenumber", "invoicedate", "invoicetotal", "duedate", "dueamount", "customername",
  ]

  /// The columns of amounts; -1 for each that is not there.
  var amounts: InlineArray<4, Int> { [amount, debit, credit, balance] }

  /// Whether QuickBooks ends this report with a row of totals for all of it, or at least with the time.
  ///
  /// Its lists of transactions have none, or only one for each group, and a list that somebody made may end
  /// anyhow.
  func endsWithTotal(_ file: BookFile) -> Bool {
    switch form {
    case .agingDetail, .openInvoices: isNamed || aging >= 0
    case .invoiceList: isNamed && (file.from != nil || file.until != nil)
    default: false
    }
  }

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
    let named = titles.lazy.compactMap(ReportTitle.form).first
    takeBalance(keys, named)
    guard number >= 0, date >= 0, tellsTotal || balance >= 0 else { return nil }
    form = named ?? formByColumns
    isNamed = named != nil
    isOfLoadOps = keys.indices.contains { column in
      ReportColumns.loadOps.contains(keys[column]) && row.string(column).contains("_")
    }
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
  private mutating func takeBalance(_ keys: [String], _ named: BookFile.Form?) {
    guard balance < 0, let column = keys.firstIndex(of: "balance") else { return }
    if type < 0 || named == .invoiceList || named == .openInvoices { balance = column }
  }

  /// What kind of report it is when no title says so.
  private var formByColumns: BookFile.Form {
    if aging >= 0 { return customer >= 0 ? .agingDetail : .openInvoices }
    if debit >= 0 || credit >= 0 { return .transactionList }
    if amount < 0 { return .openInvoices }
    return type >= 0 && balance < 0 ? .transactionList : .invoiceList
  }
}
