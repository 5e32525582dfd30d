public import QuickBooks
public import Vocabulary

/// How many invoices and lines, and how much money.
public struct Tally: Hashable, Sendable {
  /// Invoices, each counted once.
  public var invoices = 0
  /// Their lines.
  public var lines = 0
  /// The sum of the lines.
  public var amount = Money.zero

  /// Nothing.
  public static let zero = Tally()

  /// A tally.
  public init(invoices: Int = 0, lines: Int = 0, amount: Money = .zero) {
    self.invoices = invoices
    self.lines = lines
    self.amount = amount
  }

  /// Adds up.
  public static func += (left: inout Tally, right: Tally) {
    left.invoices += right.invoices
    left.lines += right.lines
    left.amount += right.amount
  }

  /// Both together.
  public static func + (left: Tally, right: Tally) -> Tally {
    var sum = left
    sum += right
    return sum
  }
}

/// What was read, and what became of it: the four outcomes add up to what was read, to the cent.
public struct ControlTotals: Hashable, Sendable {
  /// Counted by the reader, row by row, before anything was decided.
  public var read = Tally.zero
  /// Written or sent.
  public var delivered = Tally.zero
  /// Known to the ledger with the same content.
  public var alreadySynced = Tally.zero
  /// On the suppression list.
  public var suppressed = Tally.zero
  /// Waiting for somebody.
  public var held = Tally.zero

  /// Totals of nothing.
  public init() {}

  /// Whether read = delivered + already synced + suppressed + held, in count, lines and cents.
  public var isBalanced: Bool { read == delivered + alreadySynced + suppressed + held }

  /// The tally of an outcome.
  public subscript(outcome: Outcome) -> Tally {
    get {
      switch outcome {
      case .delivered: delivered
      case .alreadySynced: alreadySynced
      case .suppressed: suppressed
      case .held: held
      }
    }
    set {
      switch outcome {
      case .delivered: delivered = newValue
      case .alreadySynced: alreadySynced = newValue
      case .suppressed: suppressed = newValue
      case .held: held = newValue
      }
    }
  }
}

/// What becomes of an invoice; exactly one of these.
public enum Outcome: UInt8, Sendable, CaseIterable {
  /// Goes to QuickBooks.
  case delivered
  /// Went there before.
  case alreadySynced
  /// May not go.
  case suppressed
  /// Cannot go until somebody acts.
  case held

  /// The word in JSON and CSV.
  public var word: String {
    switch self {
    case .delivered: "delivered"
    case .alreadySynced: "already_synced"
    case .suppressed: "suppressed"
    case .held: "held"
    }
  }

  /// The word for people.
  public var title: String {
    switch self {
    case .delivered: "delivered"
    case .alreadySynced: "already synced"
    case .suppressed: "suppressed"
    case .held: "held"
    }
  }
}

/// Everything a run has to tell, as one value; the renderings only lay it out.
public struct SyncReport: Sendable {
  /// Which run it was.
  public struct Run: Sendable, Hashable {
    /// The run's id.
    public var id: String
    /// The command, such as `convert`.
    public var command: String
    /// The target, such as `iif`.
    public var target: String
    /// The company's display name, when there is a company folder.
    public var company: String?
    /// Start, ISO 8601 with zone; nil for runs without memory, whose output has no clock in it.
    public var started: String?
    /// End, likewise.
    public var finished: String?
    /// The plan's fingerprint.
    public var plan: Fingerprint

    /// A run.
    public init(
      id: String, command: String, target: String, company: String?, started: String?,
      finished: String?, plan: Fingerprint
    ) {
      self.id = id
      self.command = command
      self.target = target
      self.company = company
      self.started = started
      self.finished = finished
      self.plan = plan
    }
  }

  /// A file that was read.
  public struct Input: Sendable, Hashable {
    /// The path as the user named it.
    public var path: String
    /// `customers`, `income_categories`, `invoices` or `mixed`.
    public var kind: String
    /// The sum of its bytes.
    public var fingerprint: Fingerprint
    /// Rows or objects.
    public var records: Int

    /// An input file.
    public init(path: String, kind: String, fingerprint: Fingerprint, records: Int) {
      self.path = path
      self.kind = kind
      self.fingerprint = fingerprint
      self.records = records
    }
  }

  /// A customer or an income category with its share of the totals.
  public struct Share: Sendable, Hashable {
    /// The name in LoadOps.
    public var name: String
    /// The name in QuickBooks, when it has one.
    public var quickBooksName: String?
    /// Its totals.
    ///
    /// Invoices are counted for a category when any of their lines has it.
    public var totals: ControlTotals

    /// A share of the totals.
    public init(name: String, quickBooksName: String?, totals: ControlTotals) {
      self.name = name
      self.quickBooksName = quickBooksName
      self.totals = totals
    }
  }

  /// How often a kind of finding occurred, and how many of them are listed.
  public struct FindingCount: Sendable, Hashable {
    /// The kind.
    public var kind: Finding.Kind
    /// The severity it had here.
    public var severity: Finding.Severity
    /// All occurrences.
    public var count: Int
    /// Those kept in ``SyncReport/findings``.
    public var listed: Int

    /// A count.
    public init(kind: Finding.Kind, severity: Finding.Severity, count: Int, listed: Int) {
      self.kind = kind
      self.severity = severity
      self.count = count
      self.listed = listed
    }
  }

  /// How customers were paired.
  public struct CustomerCounts: Sendable, Hashable {
    /// Same name in the books, or sent by an earlier run.
    public var paired = 0
    /// Paired by a line of the mapping file.
    public var fromMapping = 0
    /// New in QuickBooks with this run.
    public var created = 0
    /// Not usable as they are.
    public var held = 0

    /// Counts of nothing.
    public init() {}
  }

  /// A name that QuickBooks would refuse, and everything that speaks against it.
  public struct Refusal: Sendable, Hashable {
    /// `customer`, `item`, `terms`, `class` or `account`.
    public var kind: String
    /// The name.
    public var name: String
    /// All causes.
    public var causes: [String]
    /// What waits because of it.
    public var held: Tally

    /// A refusal.
    public init(kind: String, name: String, causes: [String], held: Tally) {
      self.kind = kind
      self.name = name
      self.causes = causes
      self.held = held
    }
  }

  /// What the books were, and how the names of the output stand to them.
  public struct Books: Sendable, Hashable {
    /// The files they were read from; none when nobody gave any.
    public var sources: [CompanySnapshot.Source] = []
    /// The last run, when the company has a memory.
    public var lastRun: PlanContext.LastRun?
    /// How many names of the output the books have.
    public var existing = 0
    /// How many the output declares.
    public var declared = 0
    /// What QuickBooks would refuse.
    public var refused: [Refusal] = []

    /// No books.
    public init() {}
  }

  /// One invoice, as `invoices.csv` and the HTML table show it.
  public struct InvoiceRow: Sendable, Hashable {
    /// The number in LoadOps; empty when it could not be read.
    public var number: String
    /// The customer's name in LoadOps.
    public var customer: String
    /// The invoice date, when it could be read.
    public var date: CalendarDate?
    /// The sum of the lines that could be read.
    public var total: Money
    /// What became of it.
    public var outcome: Outcome
    /// Why: ids of findings; empty for delivered invoices.
    public var reasons: [String]
    /// The QuickBooks document, such as `INVOICE LD05556`; empty unless delivered or synced.
    public var document: String
    /// Where it begins: file and line.
    public var location: SourceLocation

    /// A row.
    public init(
      number: String, customer: String, date: CalendarDate?, total: Money, outcome: Outcome,
      reasons: [String], document: String, location: SourceLocation
    ) {
      self.number = number
      self.customer = customer
      self.date = date
      self.total = total
      self.outcome = outcome
      self.reasons = reasons
      self.document = document
      self.location = location
    }
  }

  /// Which run.
  public var run: Run
  /// What was read.
  public var inputs: [Input] = []
  /// The control totals.
  public var totals = ControlTotals()
  /// What the filters (`--from`, `--only`, …) left out; not part of the totals.
  public var notSelected = Tally.zero
  /// First and last invoice date among those read.
  public var dateRange: ClosedRange<CalendarDate>?
  /// Customer counts.
  public var customers = CustomerCounts()
  /// Income categories with an item.
  public var itemsMapped = 0
  /// Income categories without one.
  public var itemsUnmapped = 0
  /// Totals by customer, largest amount first.
  public var byCustomer: [Share] = []
  /// Totals by income category, largest amount first.
  public var byIncomeCategory: [Share] = []
  /// How the names of the output stand to the books.
  public var books = Books()
  /// What the documents name; of these, the output declares ahead of them what no list of the books and no earlier run has.
  public var created = CompanyLists()
  /// LoadOps's names of the customers in ``created``, in the same order.
  public var createdCustomerSources: [String] = []
  /// What is open with QuickBooks after its answers to earlier runs, in sentences.
  public var openMatters: [String] = []
  /// The QuickBooks files; empty for a plan.
  public var outputs: [OutputFile] = []
  /// Findings, in file order, capped for each kind.
  public var findings: [Finding] = []
  /// How many of each kind there were, capped or not.
  public var findingCounts: [FindingCount] = []
  /// Invoices for the HTML table: held ones first, capped.
  public var invoiceRows: [InvoiceRow] = []
  /// Whether ``invoiceRows`` lacks some.
  public var invoiceRowsAreCapped = false

  /// A report about a run, to be filled.
  public init(run: Run) {
    self.run = run
  }
}
