public import Vocabulary

/// A file that tells what is in the books, document by document.
public struct BookFile: Sendable, Hashable {
  /// What kind of file it is.
  public enum Form: String, Sendable, CaseIterable {
    /// Answers of QuickBooks to qbXML queries.
    case qbxml
    /// Requests to QuickBooks that somebody sends, ours above all.
    case requests = "qbxml-requests"
    /// Files of transactions that somebody imports, ours above all.
    case iif
    /// The report "Invoice List", or the list of invoices of QuickBooks Online.
    case invoiceList = "invoice-list"
    /// The report "Transaction List by Customer", or one like it.
    case transactionList = "transaction-list"
    /// The report "A/R Aging Detail".
    case agingDetail = "aging-detail"
    /// The report "Open Invoices".
    case openInvoices = "open-invoices"
    /// What QuickBooks Online itself says, now or when its books were pulled.
    case online = "quickbooks-online"

    /// What users call it.
    public var words: String {
      switch self {
      case .qbxml: "qbXML answer"
      case .requests: "qbXML requests"
      case .iif: "IIF transactions"
      case .invoiceList: "Invoice List"
      case .transactionList: "Transaction List"
      case .agingDetail: "A/R Aging Detail"
      case .openInvoices: "Open Invoices"
      case .online: "QuickBooks Online"
      }
    }

    /// Whether two documents with everything in common are two, also when they stand in two such files.
    ///
    /// QuickBooks' own id tells the documents of its answers apart; and whoever imports two files has what
    /// stands in both of them twice.
    var tellsDoubles: Bool {
      self == .qbxml || self == .requests || self == .iif || self == .online
    }

    /// Whether a document that is paid stands in it no more.
    public var listsOpenOnly: Bool { self == .agingDetail || self == .openInvoices }
  }

  /// Something about the file as a whole that makes what it says doubtful.
  public struct Fault: Sendable, Hashable {
    /// What is wrong, in a sentence.
    public var message: String
    /// What to do about it.
    public var remedy: String
    /// Where it shows.
    public var location: SourceLocation

    /// A fault.
    public init(_ message: String, remedy: String, location: SourceLocation) {
      self.message = message
      self.remedy = remedy
      self.location = location
    }
  }

  /// The path as the user named it.
  public var name: String
  /// The sheet of a workbook; nil for a text.
  public var sheet: String?
  /// What kind of file it is.
  public var form: Form
  /// The sum of its bytes.
  public var fingerprint: Fingerprint
  /// The first day of the documents it lists; nil for no limit.
  public var from: CalendarDate?
  /// The last day of the documents it lists; nil for no limit.
  public var until: CalendarDate?
  /// The day it was made, as it says.
  public var day: CalendarDate?
  /// Whether more documents are to be had of the query that it answers.
  public var isPartial = false
  /// Whether invoices stand in it.
  public var listsInvoices = true
  /// Whether credit memos stand in it, as far as it can be told.
  public var listsCreditMemos = true
  /// How many invoices and credit memos it lists.
  public var documents = 0
  /// The sum of their totals.
  public var amount = Money.zero
  /// How many payments and other transactions were passed over.
  public var passedOver = 0
  /// How many rows of totals its documents add up to.
  public var controls = 0
  /// What makes it doubtful.
  public var faults: [Fault] = []

  /// A file.
  public init(name: String, sheet: String? = nil, form: Form, fingerprint: Fingerprint) {
    self.name = name
    self.sheet = sheet
    self.form = form
    self.fingerprint = fingerprint
  }

  /// Whether documents of that kind stand in it at all.
  public func lists(_ kind: SalesDocument.Kind) -> Bool {
    kind == .invoice ? listsInvoices : listsCreditMemos
  }

  /// Whether every document of that kind and day stands in it, paid or not.
  public func lists(_ kind: SalesDocument.Kind, _ date: CalendarDate) -> Bool {
    !form.listsOpenOnly && listsOpen(kind, date)
  }

  /// Whether every open document of that kind and day stands in it.
  public func listsOpen(_ kind: SalesDocument.Kind, _ date: CalendarDate) -> Bool {
    lists(kind) && !isPartial && isWithin(date)
  }

  private func isWithin(_ date: CalendarDate) -> Bool {
    (from.map { $0 <= date } ?? true) && (until.map { date <= $0 } ?? true)
  }

  /// The file, and its sheet where it has several.
  public var title: String { sheet.map { "\(name), sheet \($0)" } ?? name }
}
