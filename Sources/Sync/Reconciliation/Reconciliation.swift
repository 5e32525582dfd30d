public import QuickBooks
public import Vocabulary

/// Whether LoadOps and QuickBooks agree, invoice by invoice, and what stands between them.
///
/// Everything is counted: each invoice of the export and each document of the books belongs to exactly one
/// class, and the classes add up to both totals (``isBalanced``). What agrees is only counted; what does
/// not is kept as a finding.
public struct Reconciliation {
  /// What became of an invoice, or of a document of the books.
  public enum Outcome: UInt8, Sendable, CaseIterable {
    /// Both have it, and it is the same.
    case same
    /// Both have it, and they say different things.
    case differs
    /// QuickBooks does not have it.
    case missing
    /// Only QuickBooks has it.
    case onlyThere
    /// QuickBooks has it once more than it should.
    case doubled
    /// Not in QuickBooks, because it waits for somebody.
    case held
    /// Not in QuickBooks, because somebody said so.
    case suppressed
    /// Nobody can tell from these files.
    case uncertain

    /// The sign that stands in front of it.
    public var sign: String {
      switch self {
      case .same: "="
      case .differs: "*"
      case .missing: "-"
      case .onlyThere, .doubled: "+"
      case .held, .suppressed, .uncertain: "!"
      }
    }

    /// The word for it in files for programs.
    public var word: String {
      switch self {
      case .same: "same"
      case .differs: "differs"
      case .missing: "missing"
      case .onlyThere: "only_there"
      case .doubled: "doubled"
      case .held: "held"
      case .suppressed: "suppressed"
      case .uncertain: "cannot_compare"
      }
    }

    /// The words for it.
    public var title: String {
      switch self {
      case .same: "the same"
      case .differs: "different"
      case .missing: "missing in QuickBooks"
      case .onlyThere: "only in QuickBooks"
      case .doubled: "in QuickBooks twice"
      case .held: "not sent: held"
      case .suppressed: "not sent: suppressed"
      case .uncertain: "cannot be compared"
      }
    }

    /// Whether it is something that should not be.
    public var isDifference: Bool {
      switch self {
      case .differs, .missing, .onlyThere, .doubled: true
      case .same, .held, .suppressed, .uncertain: false
      }
    }
  }

  /// What an invoice and its document say differently.
  public struct Fields: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// The number.
    public static let number = Fields(rawValue: 1)
    /// The customer.
    public static let customer = Fields(rawValue: 2)
    /// The date.
    public static let date = Fields(rawValue: 4)
    /// The due date.
    public static let dueDate = Fields(rawValue: 8)
    /// The total.
    public static let total = Fields(rawValue: 16)
    /// What is still open.
    public static let balance = Fields(rawValue: 32)
    /// The document was voided.
    public static let voided = Fields(rawValue: 64)
    /// The document is pending: QuickBooks has it and has not booked it.
    public static let pending = Fields(rawValue: 128)

    /// A set of bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// All of them with their names, in the order in which they are told.
    public static let all: [(field: Fields, name: String)] = [
      (.number, "number"), (.customer, "customer"), (.date, "date"), (.dueDate, "due_date"),
      (.total, "total"), (.balance, "balance"), (.voided, "voided"),
      (.pending, "pending"),
    ]

    /// The names of those that are set.
    public var names: [String] { Fields.all.filter { contains($0.field) }.map(\.name) }
  }

  /// Why it is so, as far as it can be told.
  public enum Reason: UInt8, Sendable {
    /// There is nothing to say.
    case none
    /// It was never sent.
    case neverSent
    /// A file with it was written, or QuickBooks took it, or somebody said to have entered it.
    case sent
    /// It was found in the books at an earlier time.
    case confirmedBefore
    /// The books have it under another number.
    case renumbered
    /// The books have it, although it is suppressed.
    case suppressedButThere
    /// The books have it, although it is held.
    case heldButThere
    /// A run sent it, and the export does not have it any more.
    case goneFromExport
    /// The books' files say nothing of its day.
    case notCovered
    /// The books list open documents only, and it may be paid.
    case mayBePaid
    /// It is paid, and the books list open documents only.
    case paid
    /// What stands in one of the files cannot be read.
    case unreadable
    /// Another document of this number is the invoice's.
    case numberTwice
    /// It has the number of an invoice, and is not its document.
    case numberOfAnother
    /// It looks like an invoice that is suppressed or held, but for its number.
    case likeUnsent
    /// Somebody told the memory that the books have it.
    case takenIn
    /// The books' files list no documents of its kind.
    case kindNotListed
    /// Two files of the books say different things about it.
    case contradicted
  }

  /// An invoice, a document or both, where there is something to tell.
  struct Finding: Sendable {
    var outcome: Outcome
    var fields: Fields = []
    var reason = Reason.none
    /// The invoice's number in LoadOps; empty when there is only a document.
    var number = ""
    /// The customer's number in the plan; -1 when there is only a document.
    var customer: Int32 = -1
    var date: CalendarDate?
    var dueDate: CalendarDate?
    var total: Money?
    var dueAmount: Money?
    var rules = RuleSet.none
    var file: Int32 = 0
    var line: UInt32 = 0
    /// The document's number in the table; -1 when there is none.
    var document: Int32 = -1
  }

  /// How many documents, and how much money.
  public struct Count: Hashable, Sendable {
    /// Invoices and credit memos.
    public var documents = 0
    /// Their sum.
    public var amount = Money.zero

    /// Nothing.
    public init() {}

    mutating func add(_ amount: Money) {
      documents += 1
      self.amount += amount
    }

    static func += (left: inout Count, right: Count) {
      left.documents += right.documents
      left.amount += right.amount
    }
  }

  /// Both sides of something.
  public struct Pair: Hashable, Sendable {
    /// What LoadOps says.
    public var loadOps = Count()
    /// What QuickBooks says.
    public var books = Count()

    /// Nothing on either side.
    public init() {}

    /// How much more QuickBooks has.
    public var difference: Money { books.amount - loadOps.amount }

    static func += (left: inout Pair, right: Pair) {
      left.loadOps += right.loadOps
      left.books += right.books
    }
  }

  /// A customer's or a month's share.
  public struct Share: Hashable, Sendable {
    /// The customer's name in QuickBooks, or the month as `2026-09`.
    public var name: String
    /// Both sides.
    public var pair: Pair
    /// How many differences there are.
    public var differences: Int
  }

  /// The first or the last invoice that was compared.
  public struct Landmark: Hashable, Sendable {
    /// Its number in LoadOps.
    public var number: String
    /// Its date.
    public var date: CalendarDate
    /// Its total.
    public var total: Money
  }

  /// What was compared.
  public internal(set) var books: BookTable
  var plan: SyncPlan
  /// The first day that is compared; nil for no limit.
  public internal(set) var from: CalendarDate?
  /// The last day that is compared; nil for no limit.
  public internal(set) var until: CalendarDate?
  /// Which invoices were asked for.
  public internal(set) var selection: Selection
  /// What was not compared, because the user said so.
  public internal(set) var ignored: Fields = []
  /// Both sides of each class, by its raw value.
  var classes = Array(repeating: Pair(), count: Outcome.allCases.count)
  /// All invoices of the export that were asked for, counted on the way.
  public internal(set) var read = Count()
  /// All documents of the books that were asked for.
  public internal(set) var listed = Count()
  /// Documents before the first day.
  public internal(set) var before = Count()
  /// Documents behind the last day.
  public internal(set) var after = Count()
  /// Documents of customers or numbers that were not asked for.
  public internal(set) var notSelected = Count()
  /// Voided documents that LoadOps knows nothing of.
  public internal(set) var voided = Count()
  /// Invoices that LoadOps calls paid, where the books list open documents only; they count as the same.
  public internal(set) var paid = Count()
  /// Invoices that wait for somebody, and that the books have as they should; they count as the same.
  public internal(set) var heldThere = Count()
  /// Invoices whose run was taken back, and that the books have as they should; they count as the same.
  public internal(set) var takenBack = Count()
  /// What there is to tell, sorted.
  var findings: [Finding] = []
  /// Which documents are the same as their invoices.
  var agreeing: [Bool] = []
  /// The invoices of agreeing documents, by their place in the plan; -1 for none.
  var invoices: [Int32] = []
  /// What invoices of agreeing documents say, where the plan alone does not.
  var said: [Int: Said] = [:]
  /// Invoices that are paid; they count as the same, and have no document.
  var withoutDocument: [Finding] = []
  /// The LoadOps numbers of agreeing documents that have another one.
  var otherNumbers: [Int: String] = [:]
  /// Customers, by their names.
  public internal(set) var customers: [Share] = []
  /// Months, in order.
  public internal(set) var months: [Share] = []
  /// The first and the last invoice that both have.
  public internal(set) var first: Landmark?
  /// The last one.
  public internal(set) var last: Landmark?
  /// How many fields were compared, by their names; what no file has cannot be.
  public internal(set) var compared: [String: Int] = [:]

  init(_ plan: SyncPlan, _ books: BookTable, _ selection: Selection) {
    self.plan = plan
    self.books = books
    self.selection = selection
    agreeing = Array(repeating: false, count: books.count)
    invoices = Array(repeating: -1, count: books.count)
  }

  /// What an invoice says beside what the plan keeps of it.
  struct Said: Sendable {
    var dueDate: CalendarDate?
    var total: Money?
    var dueAmount: Money?
  }

  // MARK: - Asking

  /// Both sides of a class.
  public subscript(outcome: Outcome) -> Pair {
    get { classes[Int(outcome.rawValue)] }
    set { classes[Int(outcome.rawValue)] = newValue }
  }

  /// The classes that the renderings show, in their order: those that have anything, and what agrees.
  var shownClasses: [(outcome: Outcome, pair: Pair)] {
    Outcome.allCases.map { ($0, self[$0]) }.filter { $0.outcome == .same || $0.pair != Pair() }
  }

  /// Both sides in all.
  public var total: Pair {
    var total = Pair()
    for pair in classes { total += pair }
    return total
  }

  /// What QuickBooks has up to the last day: what stood there before the first day, and what was compared.
  public var closing: Count {
    var count = before
    count += listed
    return count
  }

  /// Whether the classes add up to what was read on both sides.
  public var isBalanced: Bool { total.loadOps == read && total.books == listed }

  /// How many differences there are.
  public var differences: Int {
    var count = 0
    for outcome in Outcome.allCases where outcome.isDifference {
      count += max(self[outcome].loadOps.documents, self[outcome].books.documents)
    }
    return count
  }

  /// How much money is wrong: what is missing, what is too much, and by how much totals differ.
  public internal(set) var wrongAmount = Money.zero

  /// How many invoices nobody can tell about.
  public var uncertain: Int { self[.uncertain].loadOps.documents }

  /// What makes the files of the books doubtful.
  public var faults: [BookFile.Fault] { books.files.flatMap(\.faults) }

  /// Whether there was nothing to compare on one side, so that nobody can say that both agree.
  public var isNothingCompared: Bool {
    if books.count == 0 || read.documents == 0 && listed.documents == 0 { return true }
    guard total.books.documents == 0, paid.documents == 0 else { return false }
    // All of it is held, and perhaps these files say nothing of those days.
    return !books.files.contains { file in
      (file.from.map { from in until.map { from <= $0 } ?? true } ?? true)
        && (file.until.map { last in from.map { $0 <= last } ?? true } ?? true)
    }
  }

  /// Invoices that are not in QuickBooks on purpose, or for now.
  public var notCarried: Count {
    var count = self[.held].loadOps
    count += self[.suppressed].loadOps
    return count
  }

  /// Whether everything was compared and agrees.
  public var isClean: Bool {
    differences == 0 && uncertain == 0 && faults.isEmpty && !isNothingCompared
  }

  /// `CLEAN`, or how many differences there are, and what is not in QuickBooks on purpose.
  public var verdict: String {
    if isClean { return (["CLEAN"] + asides).joined(separator: ", ") }
    var parts: [String] = []
    if isNothingCompared, differences == 0 {
      parts.append("nothing was compared, because \(nothing)")
    } else if differences > 0 {
      parts.append(
        "\(SyncReport.counted(differences, "difference")), $\(wrongAmount.grouped)")
    } else {
      parts.append("no differences found")
    }
    if uncertain > 0 {
      parts.append("\(SyncReport.counted(uncertain, "invoice")) cannot be compared")
    }
    if !faults.isEmpty {
      parts.append("the books' files do not add up in \(SyncReport.counted(faults.count, "place"))")
    }
    if !asides.isEmpty { parts.append(asides.joined(separator: ", ")) }
    return "NOT CLEAN: " + parts.joined(separator: "; ")
  }

  private var nothing: String {
    if books.count == 0 { return "the books' files list no documents" }
    if read.documents == 0 {
      return selection.isAll
        ? "the export has no invoices" : "nothing is of what was asked for"
    }
    return "no file of the books covers these days"
  }

  /// What belongs to the verdict and is no difference.
  private var asides: [String] {
    var words: [String] = []
    let (held, suppressed) = (self[.held].loadOps.documents, self[.suppressed].loadOps.documents)
    var counts: [String] = []
    if held > 0 { counts.append("\(held.grouped) held") }
    if suppressed > 0 { counts.append("\(suppressed.grouped) suppressed") }
    if !counts.isEmpty {
      words = [
        counts.joined(separator: " and "), "$\(notCarried.amount.grouped) not in QuickBooks",
      ]
    }
    if takenBack.documents > 0 {
      words.append("\(takenBack.documents.grouped) taken back but still in QuickBooks")
    }
    return words
  }
}
