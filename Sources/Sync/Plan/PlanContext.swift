public import Ledger
internal import LoadOps
public import QuickBooks
public import Vocabulary

/// Everything beside the export that decides what becomes of an invoice.
public struct PlanContext: Sendable {
  /// The company's settings, `--set` applied.
  public var settings: Settings
  /// What QuickBooks calls things.
  public var mapping: MappingFile
  /// What may not be sent.
  public var suppression: SuppressionList
  /// What was sent before.
  public var ledger: LedgerSnapshot
  /// What QuickBooks has, as far as its lists were given.
  public var books: CompanySnapshot
  /// Which invoices are meant.
  public var selection: Selection
  /// The day in the company's time zone.
  public var today: CalendarDate

  /// A context.
  public init(
    settings: Settings, mapping: MappingFile, suppression: SuppressionList, ledger: LedgerSnapshot,
    books: CompanySnapshot = CompanySnapshot(), selection: Selection, today: CalendarDate
  ) {
    self.settings = settings
    self.mapping = mapping
    self.suppression = suppression
    self.ledger = ledger
    self.books = books
    self.selection = selection
    self.today = today
  }
}

extension PlanContext {
  /// What an export may look like beside one row for each line.
  var layouts: LayoutOptions {
    var options = LayoutOptions()
    options.acceptsWide = settings.layouts.wide == .accept
    // Whether it may go out is decided when all files are known, by ``Planner/checkLayouts(_:hasIncome:)``.
    options.acceptsHeaderOnly = true
    options.acceptsIncomeLines = true
    options.categories = mapping.categories
    return options
  }

  /// Checks what settings and mapping must agree about before anything is read.
  ///
  /// - Throws: `Failure` with cause `settingsWrong`.
  public func check() throws(Failure) {
    let names = settings.destination.names
    let receivable = names.identity(settings.quickBooks.accountsReceivable)
    if names.identity(settings.quickBooks.defaultIncomeAccount) == receivable {
      throw Failure(
        .settingsWrong, "quickbooks.default_income_account is the receivable account",
        remedy: "name an income account in loadbooks.yaml")
    }
    for row in mapping.rows(of: .item) {
      guard let account = row.account else { continue }
      let income = names.identity(account)
      // QuickBooks takes no account below one of another type.
      guard
        income == receivable || income.hasPrefix(receivable + ":")
          || receivable.hasPrefix(income + ":")
      else { continue }
      throw Failure(
        .settingsWrong,
        "mapping.csv line \(row.line) books item \"\(row.quickBooks)\" on \"\(account)\", but the "
          + "receivable account is \"\(settings.quickBooks.accountsReceivable)\"",
        remedy:
          "name an income account in that line, neither above nor below the receivable account")
    }
  }
}

/// The filters of a command: which invoices it is about.
public struct Selection: Hashable, Sendable {
  /// The first invoice date.
  public var from: CalendarDate?
  /// The last invoice date.
  public var until: CalendarDate?
  /// Only these numbers; empty for all.
  public var numbers: Set<String> = []
  /// Only this customer, by its exact LoadOps name.
  public var customer: String?

  /// Everything.
  public static let all = Selection()

  /// A selection of everything, to be narrowed.
  public init() {}

  /// Whether nothing is left out.
  public var isAll: Bool { self == .all }

  /// Whether an invoice is meant; one whose date cannot be read always is, so that it is seen.
  func contains(number: String, customer name: String, date: CalendarDate?) -> Bool {
    if !numbers.isEmpty, !numbers.contains(number) { return false }
    if let customer, customer != name { return false }
    guard let date else { return true }
    return (from.map { $0 <= date } ?? true) && (until.map { date <= $0 } ?? true)
  }

  /// The selection as text, for fingerprints.
  var canonicalText: String {
    [
      from.map(\.description) ?? "", until.map(\.description) ?? "", customer ?? "",
      numbers.sorted().joined(separator: "\n"),
    ].joined(separator: "\u{1}")
  }
}
