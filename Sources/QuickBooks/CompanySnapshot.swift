public import Vocabulary

/// What is in the books already: the lists of a QuickBooks company as they were read.
///
/// Entries stand in the order of their files. Names are full paths, levels joined by colons, spelt as
/// QuickBooks spells them. An entry that several files or sections hold is taken from the first; where
/// they say different things, ``disagreements`` tells.
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
    /// Telephone.
    public var phone: String
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
      phone: String = "",
      accountNumber: String = "", terms: String = "", isInactive: Bool = false,
      location: SourceLocation
    ) {
      self.name = name
      self.companyName = companyName
      self.addressLines = addressLines
      self.email = email
      self.phone = phone
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

  /// A list that books may hold; one that is not held is unknown, not empty.
  public enum List: String, Hashable, Sendable, CaseIterable {
    /// The chart of accounts.
    case accounts
    /// Items, in QuickBooks Online products and services.
    case items
    /// Customers and jobs.
    case customers
    /// Terms of payment.
    case terms
    /// Classes.
    case classes
    /// Vendors.
    case vendors
    /// Employees.
    case employees
    /// Other names.
    case otherNames
  }

  /// A file that the snapshot was read from.
  public struct Source: Hashable, Sendable {
    /// The path as the user named it.
    public var file: String
    /// What kind of file it is, such as `IIF lists`.
    public var kind = ""
    /// The sum of its bytes.
    public var fingerprint = Fingerprint(of: "")
    /// The lists it holds, and how many entries each has.
    public var lists: [List: Int] = [:]
    /// The lists of which the file has only a part, or that QuickBooks refused to give, and why.
    public var unfinished: [List: String] = [:]
    /// The day of the books: as the file says, else the day the file was last changed.
    public var day: CalendarDate?
    /// Whether ``day`` stands in the file itself.
    public var dayIsStated = false
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

  /// Something that two files say differently about one entry.
  public struct Disagreement: Hashable, Sendable {
    /// The list.
    public var list: List
    /// The entry, as the file that counts spells it.
    public var name: String
    /// What the file that counts says, in words.
    public var kept: String
    /// What the other one says.
    public var other: String
    /// The place that counts.
    public var location: SourceLocation
    /// The other place.
    public var otherLocation: SourceLocation
  }

  /// The files it was read from, in the order in which they count.
  public var sources: [Source] = []
  /// What two files say differently.
  public var disagreements: [Disagreement] = []
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

  /// Whether no file was read at all.
  public var isEmpty: Bool { sources.isEmpty }

  /// Whether any file holds a list, so that what is not in it does not exist.
  public func holds(_ list: List) -> Bool { sources.contains { $0.lists[list] != nil } }

  /// The lists of which no file has the whole, each with the first file that has a part of it and why;
  /// what is not in them may exist all the same.
  public var unfinished: [(list: List, source: Source, reason: String)] {
    List.allCases.compactMap { list in
      guard !holds(list) else { return nil }
      return sources.lazy.compactMap { source in
        source.unfinished[list].map { (list, source, $0) }
      }.first
    }
  }

  /// Whether only a part of a list is known.
  public func isUnfinished(_ list: List) -> Bool {
    !holds(list) && sources.contains { $0.unfinished[list] != nil }
  }

  /// Changes when any file that was read does; that of nothing for no books.
  public var fingerprint: Fingerprint {
    var hasher = FingerprintHasher()
    for source in sources {
      hasher.update(source.fingerprint.hex)
      hasher.update(source.lists.keys.map(\.rawValue).sorted().joined(separator: ","))
    }
    return hasher.finish()
  }
}
