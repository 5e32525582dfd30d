public import Vocabulary

/// Invoices and credit memos as QuickBooks Online has them, to be compared with.
///
/// They come from QuickBooks itself, or from the file that `pull` has written, which knows neither what is due
/// nor what is open.
public struct OnlineSales: Sendable {
  /// An invoice or a credit memo.
  public struct Sale: Hashable, Sendable {
    /// The form.
    public var kind: SalesDocument.Kind
    /// QuickBooks' id.
    public var id: String
    /// Its number; empty for none.
    public var number: String
    /// The customer's full path.
    public var customer = ""
    /// Its date.
    public var date: CalendarDate?
    /// When it is due.
    public var dueDate: CalendarDate?
    /// What it is about, in the sign of its form.
    public var total: Money
    /// What is still open of it, in the same sign; nil when nobody says it.
    public var balance: Money?
    /// Whether it was voided.
    public var isVoid = false
    /// The line of the file it stands on; nil when it stands in none.
    public var line: Int?

    /// A document.
    public init(
      kind: SalesDocument.Kind, id: String, number: String, date: CalendarDate?, total: Money
    ) {
      self.kind = kind
      self.id = id
      self.number = number
      self.date = date
      self.total = total
    }
  }

  /// The file, or `QuickBooks Online` and the company.
  public var name: String
  /// The first day that was asked for; nil for no limit.
  public var from: CalendarDate?
  /// The last day that was asked for; nil for no limit.
  public var until: CalendarDate?
  /// The day on which it was asked.
  public var day: CalendarDate?
  /// The sum of what stands for all of it.
  public var fingerprint: Fingerprint
  /// The full paths of the customers, by QuickBooks' ids.
  public var customers: [String: String] = [:]
  /// The documents.
  public var sales: [Sale] = []

  /// Nothing yet.
  public init(name: String, fingerprint: Fingerprint) {
    self.name = name
    self.fingerprint = fingerprint
  }

  /// What the books had when they were pulled.
  public init(_ books: OnlineBooks, file path: String, fingerprint: Fingerprint) {
    self.init(name: path, fingerprint: fingerprint)
    day = CalendarDate(iso: String(books.pulledAt.prefix(10)))
    for entry in books.entries where entry.list == .customers { customers[entry.id] = entry.name }
    // A line for the company, one for each entry, and then the documents.
    let first = books.entries.count + 2
    for (index, document) in books.documents.enumerated() {
      var sale = Sale(
        kind: document.kind, id: document.id, number: document.number, date: document.date,
        total: document.total)
      sale.customer = customers[document.customer] ?? ""
      sale.line = first + index
      sales.append(sale)
    }
  }

  /// Whether a memo and a total are those of a voided document.
  public static func isVoid(memo: String, total: Money) -> Bool {
    let memo = Array(memo.utf8)
    return total == .zero && BookReport.isVoid(memo: memo.span)
  }

  /// One line for each document with all that is known of it, which the sum is made of.
  public var text: String {
    var text = ""
    for sale in sales {
      text +=
        [
          sale.kind == .invoice ? "Invoice" : "CreditMemo", sale.id, sale.number, sale.customer,
          sale.date?.description ?? "", sale.dueDate?.description ?? "", sale.total.description,
          sale.balance?.description ?? "", sale.isVoid ? "void" : "",
        ].joined(separator: "\t") + "\n"
    }
    return text
  }
}

extension OnlineSales: BookDocumentSource {
  /// Adds the documents as one file; each by its id when it stands in none.
  public func fill(_ table: inout BookTable) throws(Failure) {
    var file = BookFile(name: name, form: .online, fingerprint: fingerprint)
    (file.from, file.until, file.day) = (from, until, day)
    table.reserve(sales.count)
    table.begin(file)
    for sale in sales {
      var document = BookTable.Document()
      document.kind = sale.kind
      document.date = sale.date
      document.dueDate = sale.dueDate
      document.total = sale.kind == .creditMemo ? -sale.total : sale.total
      document.balance = sale.kind == .creditMemo ? sale.balance.map { -$0 } : sale.balance
      document.isVoid = sale.isVoid
      document.line = sale.line ?? Int(sale.id) ?? 0
      let (number, customer) = (Array(sale.number.utf8), Array(sale.customer.utf8))
      table.add(document, number: number.span, customer: customer.span)
    }
  }
}
