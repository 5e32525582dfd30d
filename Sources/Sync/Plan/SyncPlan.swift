internal import LoadOps
public import QuickBooks
internal import Sheets
public import Vocabulary

/// What a run would do, decided invoice by invoice and not yet done.
///
/// The plan holds a small value for each invoice and everything that is told once; delivering reads the
/// export again, and ``fingerprint`` guarantees that it is the same export, settings and memory.
public struct SyncPlan {
  /// Where the invoices go, by the settings that were planned with.
  public var target: Settings.Target { context.settings.target }
  /// The company's display name, by the same settings; nil without a company folder.
  public var company: String? { context.settings.company }

  /// A file of the export.
  struct File: Sendable {
    var path: String
    /// What to call it in messages and reports.
    var name: String
    var kinds: Set<RecordKind>
    var fingerprint: Fingerprint
    var records: Int
    var byteCount: UInt64
    var dates = DateColumns()
    /// The fields in which a number such as `1.500` may mean a thousand times as much.
    var doubtful: Set<Field> = []
    var headers: [String]?
    /// How rows of a workbook's sheet are told; nil for a text.
    var sheet: SheetPlaces?

    /// The place of a line, in the terms of the file as the user has it.
    func location(line: UInt32) -> SourceLocation {
      sheet?.location(file: name, line: Int(line)) ?? SourceLocation(file: name, line: Int(line))
    }

    /// What a look over its text told when it was planned.
    var look: TextSource.Look?

    /// Whether it holds amounts of income for invoices of another file.
    var isIncome = false

    var kindName: String {
      if isIncome { return "income" }
      return kinds.count == 1 ? kinds.first?.rawValue ?? "mixed" : "mixed"
    }
  }

  /// The sum over inputs, settings, mapping, suppression list, memory and every decision.
  public internal(set) var fingerprint: Fingerprint
  /// The report as far as a plan can tell it; a run completes it.
  public internal(set) var report: SyncReport
  /// What the documents will refer to.
  public internal(set) var lists: CompanyLists

  var context: PlanContext
  var files: [File]
  /// The lines of invoices in files that have none.
  var income: IncomeTable?
  var invoices: PlannedInvoices
  /// What it was made for, and what it tells because of that.
  var purpose = Planner.Purpose.delivering
  /// The places of invoices whose rows stand apart.
  var scattered: ScatteredPlaces
  var assessor: InvoiceAssessor
  /// Index in ``lists`` by number in the books; -1 when nothing delivered needs it.
  var customerIndex: [Int]
  var itemIndex: [Int]
  var termsIndex: [Int]
  var classIndex: [Int]

  /// What was decided by customer, by income category, by terms and by terminal, as the books number them.
  var customerTotals: [ControlTotals] = []
  var categoryTotals: [ControlTotals] = []
  var heldTerms: [Tally] = []
  var terminalTotals: [Tally] = []

  /// How many invoices would be delivered.
  public var documents: Int { report.totals.delivered.invoices }

  /// Whether anything is held.
  public var hasHeld: Bool { report.totals.held.invoices > 0 }

  /// Forgets what only a comparison with documents needs: by which numbers invoices are found.
  public mutating func forgetNumbers() { invoices.forgetNumbers() }

  /// What is held of the invoices that begin in a file.
  ///
  /// - Parameter path: The file, as it was named for the plan.
  /// - Returns: How many invoices, and how much.
  public func held(inFile path: String) -> (invoices: Int, amount: Money) {
    var held = (invoices: 0, amount: Money.zero)
    guard hasHeld else { return held }
    for invoice in invoices
    where invoice.outcome == .held
      && files[Int(invoice.place.file)].path.utf8.elementsEqual(path.utf8)
    {
      held.invoices += 1
      held.amount += invoice.amount
    }
    return held
  }
}
