internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import QuickBooks
internal import Sync
internal import Vocabulary

/// Which company, and how to answer.
struct CompanyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The company folder; else the current folder or the nearest one above with a loadbooks.yaml.",
      valueName: "dir"))
  var company: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Override one setting for this command.", valueName: "key=value"))
  var assignments: [String] = []

  @Flag(help: "Answer in JSON on standard output.")
  var json = false

  /// The company folder, if there is one.
  func folder() throws -> CompanyFolder? { try CompanyFolder.find(company) }

  /// The company folder; a failure when there is none.
  func neededFolder() throws -> CompanyFolder {
    guard let folder = try folder() else {
      throw Failure(
        .settingsWrong, "there is no company folder here",
        remedy: "name one with --company DIR, or make one with: loadbooks init DIR")
    }
    return folder
  }
}

/// Which invoices.
struct SelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Only invoices dated on or after this day.", valueName: "yyyy-mm-dd"),
    transform: day)
  var from: CalendarDate?

  @Option(
    help: ArgumentHelp("Only invoices dated on or before this day.", valueName: "yyyy-mm-dd"),
    transform: day)
  var until: CalendarDate?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Only this invoice; may be given several times.", valueName: "invoice"))
  var only: [String] = []

  @Option(help: ArgumentHelp("Only this customer, by its exact LoadOps name.", valueName: "name"))
  var customer: String?

  func validate() throws {
    if let from, let until, until < from {
      throw ValidationError("--until \(until) is before --from \(from).")
    }
  }

  /// The selection.
  var selection: Selection {
    var selection = Selection()
    selection.from = from
    selection.until = until
    selection.numbers = Set(only)
    selection.customer = customer
    return selection
  }
}

/// The export and the files that decide with it.
struct ExportOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Export files or folders; - for standard input.", valueName: "export"))
  var exports: [String]

  @Option(help: ArgumentHelp("The mapping file, instead of the company's.", valueName: "file"))
  var mapping: String?

  @Option(help: ArgumentHelp("The suppression list, instead of the company's.", valueName: "file"))
  var suppressions: String?

  @OptionGroup var lists: BooksOptions
}

/// The lists that QuickBooks exported.
struct BooksOptions: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Lists exported from QuickBooks, a file or a folder; each list it holds counts instead of the "
        + "one in the company's books folder. May be given several times.", valueName: "file"))
  var books: [String] = []
}

/// Refuses invoice numbers that are none: an empty one is a variable of a script that was not set.
func checkInvoiceNumbers(_ texts: [String]) throws {
  for text in texts {
    if text.allSatisfy(\.isWhitespace) { throw ValidationError("An invoice number is empty.") }
    if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      throw ValidationError(
        "\"\(FindingText.visible(text))\" is no invoice number: it has a line end or the like in it."
      )
    }
  }
}

/// Invoice numbers given as arguments, as exports are read: without blanks around them; each once.
func invoiceNumbers(_ texts: [String]) -> [String] {
  var known: Set<String> = []
  return texts.map(\.trimmed).filter { known.insert($0).inserted }
}

extension String {
  /// The text without blanks around it.
  var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

/// Reads a day given as a flag.
func day(_ text: String) throws -> CalendarDate {
  guard let date = CalendarDate(iso: text) else {
    throw ValidationError("\"\(text)\" is not a day; write it as YYYY-MM-DD.")
  }
  return date
}

/// A plan being made: the company, its memory, and everything that decides.
struct Planning {
  let company: CompanyFolder?
  let settings: Settings
  let mapping: MappingFile
  let suppression: SuppressionList

  /// Where the invoices go.
  var target: Settings.Target { settings.target }

  /// What QuickBooks has, by its lists.
  let books: CompanySnapshot

  init(
    _ options: CompanyOptions, mapping: String?, suppressions: String?,
    books: [String], target: String?
  ) throws {
    company = try options.folder()
    var settings = try CompanyFolder.settings(company, assignments: options.assignments)
    settings.target = try Planning.target(target, settings)
    if settings.target == .online { try Planning.close(&settings, company) }
    self.settings = settings
    self.mapping =
      try Planning.named(mapping, company?.mappingPath) { (path) throws(Failure) in
        try MappingFile.load(path: path)
      } ?? .empty
    suppression =
      try Planning.named(suppressions, company?.suppressionPath) { (path) throws(Failure) in
        try SuppressionList.load(path: path)
      } ?? .empty
    self.books = try Planning.books(books, company)
  }

  /// Takes over the closing date of the books that were pulled, when it is later than that of the settings.
  private static func close(
    _ settings: inout Settings, _ company: CompanyFolder?
  ) throws(Failure) {
    guard let folder = company?.booksPath,
      let books = try OnlineBooks.read(path: folder + "/" + OnlineBooks.fileName),
      let day = books.preferences.closedThrough
    else { return }
    if let own = settings.policies.closedThrough, own >= day { return }
    settings.policies.closedThrough = day
  }

  /// Reads the file that a flag names, which must be there, or else the company's, which need not.
  private static func named<Value>(
    _ flag: String?, _ own: String?, _ read: (String) throws(Failure) -> Value
  ) throws(Failure) -> Value? {
    if let flag, !FileManager.default.fileExists(atPath: flag) {
      throw Failure(
        .inputMissing, "\(flag): there is no such file", remedy: "check the path of the file")
    }
    guard let path = flag ?? own else { return nil }
    return try read(path)
  }

  /// What QuickBooks has, by the files that a flag names and then by those in the company's folder.
  private static func books(
    _ named: [String], _ company: CompanyFolder?
  ) throws(Failure) -> CompanySnapshot {
    var books = try BooksReader.read(named)
    if let folder = company?.booksPath, FileManager.default.fileExists(atPath: folder) {
      books.complete(from: try BooksReader.read([folder]))
    }
    return books
  }

  private static func target(_ word: String?, _ settings: Settings) throws(Failure)
    -> Settings.Target
  {
    let target: Settings.Target
    if let word {
      guard let known = Settings.Target(rawValue: word) else {
        throw Failure(
          .usage, "there is no target \"\(word)\"",
          remedy: "use --target iif, --target qbxml or --target online")
      }
      target = known
    } else {
      target = settings.target
    }
    return target
  }

  /// The day in the company's time zone.
  var today: CalendarDate { Surroundings.current.today(in: settings.timeZone) }

  /// Makes the plan.
  func plan(
    _ exports: [String], _ selection: Selection, ledger: LedgerSnapshot, findings: Int? = nil,
    for purpose: Planner.Purpose = .delivering
  ) throws -> SyncPlan {
    let inputs = try ExportInputs(arguments: exports, spoolFolder: NSTemporaryDirectory())
    if let spooled = inputs.spooled { Surroundings.current.removeAtEnd(spooled) }
    var context = PlanContext(
      settings: settings, mapping: mapping, suppression: suppression, ledger: ledger,
      books: books, selection: selection, today: today)
    context.lastRun = try lastRun()
    let line = ProgressLine("reading")
    defer { line.end() }
    var plan = try Planner.plan(
      inputs, context, findingsPerKind: findings ?? Planner.findingsPerKind, for: purpose,
      progress: { line.update($0, $1) })
    if purpose == .delivering { plan.forgetNumbers() }
    return plan
  }

  /// The last run that was not taken back.
  private func lastRun() throws -> PlanContext.LastRun? {
    guard let company, let ledger = try SyncLedger.openReadOnly(folder: company.path),
      let run = try ledger.runs().first(where: { $0.state != .undone }),
      let day = CalendarDate(iso: String(run.startedAt.prefix(10)))
    else { return nil }
    return PlanContext.LastRun(id: run.id, day: day)
  }

  /// What the ledger remembers, without changing anything.
  func memory() throws(Failure) -> LedgerSnapshot {
    guard let company else { return .none }
    let ledger = try SyncLedger.openReadOnly(folder: company.path)
    try company.refuseUnknownRuns(ledger)
    return try ledger?.snapshot() ?? .none
  }
}
