public import Vocabulary

/// What QuickBooks Online had when it was last asked: lists with their ids, preferences, and the numbers
/// of its documents.
public struct OnlineBooks: Sendable {
  /// A list of the company, by QuickBooks' own name for it.
  public enum List: String, Sendable, CaseIterable {
    /// Customers and their jobs.
    case customers = "Customer"
    /// Products and services.
    case items = "Item"
    /// The chart of accounts.
    case accounts = "Account"
    /// Terms of payment.
    case terms = "Term"
    /// Classes.
    case classes = "Class"
    /// Departments, also called locations.
    case departments = "Department"
    /// Tax codes.
    case taxCodes = "TaxCode"
    /// Vendors.
    case vendors = "Vendor"
    /// Employees.
    case employees = "Employee"
  }

  /// An entry of a list.
  public struct Entry: Hashable, Sendable {
    /// Which list.
    public var list: List
    /// QuickBooks' id.
    public var id: String
    /// The full path, levels joined by colons, without QuickBooks' mark of deleted entries.
    public var name: String
    /// Whether QuickBooks shows it.
    public var isActive = true
    /// The type of an account or an item, in QuickBooks' words.
    public var type = ""
    /// The number of an account.
    public var number = ""
    /// The full path of an item's income account.
    public var account = ""
    /// The company's name as printed.
    public var company = ""
    /// The bill-to block.
    public var address: [String] = []
    /// E-mail.
    public var email = ""
    /// Telephone.
    public var phone = ""
    /// The name of a customer's usual terms.
    public var terms = ""
    /// Days until the money is due.
    public var dueDays: Int?
    /// Whether sales of an item are taxable.
    public var isTaxable = false
    /// The currency of a customer, when the company has several.
    public var currency = ""
    /// The line of the file.
    public var line = 0

    /// An entry.
    public init(_ list: List, id: String, name: String) {
      self.list = list
      self.id = id
      self.name = name
    }
  }

  /// An invoice or a credit memo that is there.
  public struct Document: Hashable, Sendable {
    /// The form.
    public var kind: SalesDocument.Kind
    /// QuickBooks' id.
    public var id: String
    /// Its number; empty for none.
    public var number: String
    /// The customer's id.
    public var customer: String
    /// Its date.
    public var date: CalendarDate?
    /// What it is about, in the sign of its form.
    public var total: Money

    /// A document.
    public init(
      kind: SalesDocument.Kind, id: String, number: String, customer: String, date: CalendarDate?,
      total: Money
    ) {
      self.kind = kind
      self.id = id
      self.number = number
      self.customer = customer
      self.date = date
      self.total = total
    }
  }

  /// What the company is set up to do.
  public struct Preferences: Hashable, Sendable {
    /// Whether documents keep the numbers that we give them.
    public var customNumbers = false
    /// The last day of the closed books.
    public var closedThrough: CalendarDate?
    /// Whether the company has several currencies.
    public var multiCurrency = false
    /// The company's own currency.
    public var homeCurrency = ""
    /// Whether sales tax is on.
    public var salesTax = false
    /// Whether QuickBooks works out sales tax by itself.
    public var automatedTax = false
    /// Whether a document may have a class.
    public var classPerDocument = false
    /// Whether a line may have a class.
    public var classPerLine = false
    /// Whether documents may have a department.
    public var departments = false
    /// Whether lines may have a date of service.
    public var serviceDates = false

    /// Everything off.
    public init() {}
  }

  /// The company's id.
  public var realm = ""
  /// Its name.
  public var company = ""
  /// Its country.
  public var country = ""
  /// When it was asked, ISO 8601 with zone.
  public var pulledAt = ""
  /// Preferences.
  public var preferences = Preferences()
  /// Every list, in the order of ids.
  public var entries: [Entry] = []
  /// Invoices and credit memos.
  public var documents: [Document] = []

  /// Nothing.
  public init() {}

  /// The name of the file in the books folder.
  public static let fileName = "quickbooks-online.jsonl"
}

extension OnlineJSON {
  /// An amount of money to the cent, exactly as written; nil when it is none.
  public var money: Money? {
    guard let text else { return nil }
    var copy = text
    guard case .value(let decimal) = copy.withUTF8({ FixedDecimal.parse($0.span, .us) }) else {
      return nil
    }
    return Money(decimal)
  }
}

extension Money {
  /// The amount as a JSON number.
  public var json: OnlineJSON { .number(description) }
}
