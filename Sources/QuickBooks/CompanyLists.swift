public import Vocabulary

/// An account of the chart of accounts.
public struct Account: Hashable, Sendable {
  /// The account types that LoadBooks declares.
  public enum AccountType: String, Sendable {
    /// Accounts receivable, `AR` in IIF.
    case receivable
    /// Income, `INC` in IIF.
    case income
  }

  /// The full path, levels joined by colons: `Freight Income:Line Haul`.
  public var name: String
  /// Its type.
  public var type: AccountType

  /// An account.
  public init(name: String, type: AccountType) {
    self.name = name
    self.type = type
  }
}

/// A service item, QuickBooks's counterpart of an income category.
public struct Item: Hashable, Sendable {
  /// The full path, levels joined by colons.
  public var name: String
  /// The full path of the income account.
  public var account: String
  /// The sales description; may be empty.
  public var description: String

  /// An item.
  public init(name: String, account: String, description: String) {
    self.name = name
    self.account = account
    self.description = description
  }
}

/// Terms of payment.
public struct Terms: Hashable, Sendable {
  /// The name, such as `Net 30`.
  public var name: String
  /// Days until the whole amount is due.
  public var dueDays: Int
  /// Discount for early payment, in percent; zero for none.
  public var discountPercent: FixedDecimal
  /// Days within which the discount is given.
  public var discountDays: Int
  /// Whether QuickBooks has them as due on a day of the month; ``dueDays`` says nothing then.
  public var isDateDriven = false

  /// Standard terms.
  public init(
    name: String, dueDays: Int, discountPercent: FixedDecimal = .zero, discountDays: Int = 0
  ) {
    self.name = name
    self.dueDays = dueDays
    self.discountPercent = discountPercent
    self.discountDays = discountDays
  }

  /// Reads terms from what people write: `Net 30`, `Due on Receipt`, `2% 10 Net 30`; case is ignored.
  ///
  /// Nil when the text does not say by itself when the money is due.
  public init?(selfExplaining name: String) {
    let words = name.lowercased().split(separator: " ").map(String.init)
    if words == ["due", "on", "receipt"] {
      self.init(name: name, dueDays: 0)
    } else if words.count == 2, words[0] == "net", let days = Int(words[1]),
      (0...999).contains(days)
    {
      self.init(name: name, dueDays: days)
    } else if words.count == 4, words[0].hasSuffix("%"), words[2] == "net",
      let discountDays = Int(words[1]), let days = Int(words[3]),
      (0...999).contains(days), (0...days).contains(discountDays),
      case .value(let percent) = Array(words[0].dropLast().utf8).withUnsafeBufferPointer({
        FixedDecimal.parse($0.span, .us)
      }), percent > .zero, percent.micros < 100_000_000
    {
      self.init(
        name: name, dueDays: days, discountPercent: percent, discountDays: discountDays)
    } else {
      return nil
    }
  }
}

/// A customer or, below a colon, a job.
public struct Customer: Hashable, Sendable {
  /// How much of the customer an output declares.
  public enum Declaration: Sendable {
    /// Everything we know.
    case full
    /// Only that it exists: it was declared in full before, and blanks must not wipe what is there.
    case nameOnly
  }

  /// The full path, levels joined by colons.
  public var name: String
  /// The company's name as printed.
  public var companyName = ""
  /// The bill-to block, one entry a line, at most five.
  public var addressLines: [String] = []
  /// Telephone.
  public var phone = ""
  /// Where invoices are mailed to; the first address when there are several.
  public var email = ""
  /// The person to talk to.
  public var contact = ""
  /// Our number for the customer.
  public var accountNumber = ""
  /// The name of the usual terms; empty for none.
  public var terms = ""
  /// How much of it is written.
  public var declaration: Declaration = .full

  /// A customer with nothing but a name.
  public init(name: String) {
    self.name = name
  }
}

/// The list entries that an output's documents refer to by index and that it declares ahead of them.
///
/// Parents of names with colons need not be listed: destinations declare them.
public struct CompanyLists: Sendable {
  /// The receivable account first, then the income accounts.
  public var accounts: [Account] = []
  /// Items.
  public var items: [Item] = []
  /// Terms.
  public var terms: [Terms] = []
  /// Class paths.
  public var classes: [String] = []
  /// Customers.
  public var customers: [Customer] = []
  /// What the books have already.
  public var existing = Existing()
  /// What an earlier run declared; destinations that QuickBooks answers do not ask for it again, files
  /// that nobody answers declare it once more.
  public var declaredBefore = Existing()

  /// Names, as they are written, of entries that the books have.
  ///
  /// An output refers to them and declares nothing, so that it changes nothing of what a bookkeeper has
  /// typed. Parents of entries count, too.
  public struct Existing: Hashable, Sendable {
    /// Accounts.
    public var accounts: Set<String> = []
    /// Items.
    public var items: Set<String> = []
    /// Terms.
    public var terms: Set<String> = []
    /// Classes.
    public var classes: Set<String> = []
    /// Customers and jobs.
    public var customers: Set<String> = []

    /// No names.
    public init() {}

    /// Adds the names of other entries.
    public mutating func formUnion(_ other: Existing) {
      accounts.formUnion(other.accounts)
      items.formUnion(other.items)
      terms.formUnion(other.terms)
      classes.formUnion(other.classes)
      customers.formUnion(other.customers)
    }
  }

  /// The lists without what the books have: what an output declares.
  public var declared: CompanyLists {
    var lists = self
    lists.accounts.removeAll { existing.accounts.contains($0.name) }
    lists.items.removeAll { existing.items.contains($0.name) }
    lists.terms.removeAll { existing.terms.contains($0.name) }
    lists.classes.removeAll { existing.classes.contains($0) }
    lists.customers.removeAll { existing.customers.contains($0.name) }
    return lists
  }

  /// Lists with nothing in them.
  public init() {}
}
