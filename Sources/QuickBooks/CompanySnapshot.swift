public import Vocabulary

/// What is in the books already: the lists of a QuickBooks company as they were read.
///
/// Entries stand in the order of their files. Names are full paths, levels joined by colons, spelt as
/// QuickBooks spells them. An entry that several files or sections hold is taken from the first.
public struct CompanySnapshot: Sendable {
  /// An account of the chart of accounts.
  public struct Account: Hashable, Sendable {
    /// The full path.
    public var name: String
    /// The type.
    public var type: AccountType
    /// The account number; empty for none.
    public var number: String
    /// Whether QuickBooks hides it.
    public var isInactive: Bool
    /// Where it stands.
    public var location: SourceLocation

    /// An account.
    public init(
      name: String, type: AccountType, number: String = "", isInactive: Bool = false,
      location: SourceLocation
    ) {
      self.name = name
      self.type = type
      self.number = number
      self.isInactive = isInactive
      self.location = location
    }
  }

  /// The type of an account, as far as invoices care.
  public enum AccountType: Hashable, Sendable {
    /// Accounts receivable.
    case receivable
    /// Income.
    case income
    /// Other income.
    case otherIncome
    /// Any other type, by QuickBooks' code for it: `BANK`, `EXP`.
    case other(String)
  }

  /// An item.
  public struct Item: Hashable, Sendable {
    /// The full path.
    public var name: String
    /// QuickBooks' code for the type: `SERV`, `OTHC`, `GRP`.
    public var type: String
    /// The full path of the income account; empty for none.
    public var account: String
    /// Whether sales of it are taxable.
    public var isTaxable: Bool
    /// Whether QuickBooks hides it.
    public var isInactive: Bool
    /// Where it stands.
    public var location: SourceLocation

    /// An item.
    public init(
      name: String, type: String, account: String, isTaxable: Bool = false,
      isInactive: Bool = false, location: SourceLocation
    ) {
      self.name = name
      self.type = type
      self.account = account
      self.isTaxable = isTaxable
      self.isInactive = isInactive
      self.location = location
    }
  }

  /// A customer or, below a colon, a job.
  public struct Customer: Hashable, Sendable {
    /// The full path.
    public var name: String
    /// The company's name as printed.
    public var companyName: String
    /// The bill-to block without its blank lines.
    public var addressLines: [String]
    /// E-mail.
    public var email: String
    /// The number the customer has with us.
    public var accountNumber: String
    /// The name of the usual terms; empty for none.
    public var terms: String
    /// Whether QuickBooks hides it.
    public var isInactive: Bool
    /// Where it stands.
    public var location: SourceLocation

    /// A customer.
    public init(
      name: String, companyName: String = "", addressLines: [String] = [], email: String = "",
      accountNumber: String = "", terms: String = "", isInactive: Bool = false,
      location: SourceLocation
    ) {
      self.name = name
      self.companyName = companyName
      self.addressLines = addressLines
      self.email = email
      self.accountNumber = accountNumber
      self.terms = terms
      self.isInactive = isInactive
      self.location = location
    }
  }

  /// Terms of payment.
  public struct Terms: Hashable, Sendable {
    /// The name.
    public var name: String
    /// Days until the whole amount is due; nil when it is a day of the month or unreadable.
    public var dueDays: Int?
    /// Whether QuickBooks hides them.
    public var isInactive: Bool
    /// Where they stand.
    public var location: SourceLocation

    /// Terms.
    public init(
      name: String, dueDays: Int?, isInactive: Bool = false, location: SourceLocation
    ) {
      self.name = name
      self.dueDays = dueDays
      self.isInactive = isInactive
      self.location = location
    }
  }

  /// An entry of which only the name matters.
  public struct Name: Hashable, Sendable {
    /// The full path.
    public var name: String
    /// Whether QuickBooks hides it.
    public var isInactive: Bool
    /// Where it stands.
    public var location: SourceLocation

    /// A name.
    public init(name: String, isInactive: Bool = false, location: SourceLocation) {
      self.name = name
      self.isInactive = isInactive
      self.location = location
    }
  }

  /// A file that the snapshot was read from.
  public struct Source: Hashable, Sendable {
    /// The path as the user named it.
    public var file: String
    /// The product that wrote it; empty when the file does not say.
    public var product: String
    /// Its version, such as `Version 34.0D`.
    public var version: String
    /// Its release.
    public var release: String
    /// The day it was written, as written there.
    public var date: String
    /// Rows that no header declared; they were passed over.
    public var rowsWithoutHeader: Int

    /// A file.
    public init(
      file: String, product: String = "", version: String = "", release: String = "",
      date: String = "", rowsWithoutHeader: Int = 0
    ) {
      self.file = file
      self.product = product
      self.version = version
      self.release = release
      self.date = date
      self.rowsWithoutHeader = rowsWithoutHeader
    }
  }

  /// The files it was read from.
  public var sources: [Source] = []
  /// The chart of accounts.
  public var accounts: [Account] = []
  /// Items.
  public var items: [Item] = []
  /// Customers and jobs.
  public var customers: [Customer] = []
  /// Terms of payment.
  public var terms: [Terms] = []
  /// Classes.
  public var classes: [Name] = []
  /// Vendors; no customer may have the same name.
  public var vendors: [Name] = []
  /// Employees; no customer may have the same name.
  public var employees: [Name] = []
  /// Other names; no customer may have the same name.
  public var otherNames: [Name] = []

  /// Nothing.
  public init() {}
}
