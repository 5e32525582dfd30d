internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import QuickBooks
internal import Sync
internal import Vocabulary

/// The command `loadbooks reconcile`.
struct Reconcile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile",
    abstract: "Compare LoadOps with QuickBooks, invoice by invoice; change neither.",
    discussion: """
      = the same, * different, - missing in QuickBooks, + only there or there twice, ! not sent on purpose, or \
      not to be compared. Exit code 0 for CLEAN, 4 for anything else.
      """)

  @Argument(
    help: ArgumentHelp("Export files or folders; - for standard input.", valueName: "export"))
  var exports: [String]

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "What QuickBooks has, a file or a folder: answers to invoice queries, the reports Invoice List, "
        + "Transaction List by Customer, Open Invoices and A/R Aging Detail as CSV or XLSX, IIF files, or what "
        + "pull has fetched; else the company's books folder. May be given several times.",
      valueName: "file"))
  var books: [String] = []

  @Flag(help: "Ask QuickBooks Online itself what it has; nothing is written there.")
  var online = false

  @Option(help: ArgumentHelp("The mapping file, instead of the company's.", valueName: "file"))
  var mapping: String?

  @Option(help: ArgumentHelp("The suppression list, instead of the company's.", valueName: "file"))
  var suppressions: String?

  @OptionGroup var options: CompanyOptions
  @OptionGroup var filters: SelectionOptions

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Do not compare this: number, customer, date, due-date, total or balance. May be given several times.",
      valueName: "field"), transform: Reconcile.field)
  var ignore: [Reconciliation.Fields] = []

  @Option(
    help: ArgumentHelp(
      "A folder for the report as text, HTML, JSON and CSV, and for the statement to sign.",
      valueName: "dir"))
  var output: String?

  @Flag(
    help:
      "Note in the company's memory which invoices were found in QuickBooks.")
  var confirm = false

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "With --confirm: this run's documents were removed from QuickBooks; those that are missing do not count "
        + "as found any more. May be given several times.", valueName: "run"))
  var withdraw: [String] = []

  func validate() throws {
    if online, !books.isEmpty {
      throw ValidationError(
        "--online asks QuickBooks Online, --books reads files: it is one or the other.")
    }
    if confirm, !ignore.isEmpty {
      throw ValidationError(
        "--confirm notes invoices that agree in everything; it cannot be used with --ignore.")
    }
    if !confirm, !withdraw.isEmpty {
      throw ValidationError("--withdraw RUN changes the memory, so it needs --confirm.")
    }
  }

  func run() throws {
    // Before the memory is changed: what was noted cannot be told again when the report has no place.
    if let output { try ReconciliationFiles.check(output) }
    guard confirm else {
      let company = try options.folder()
      let ledger = try company.flatMap { try SyncLedger.openReadOnly(folder: $0.path) }
      return try finish(try compared(company, ledger))
    }
    let company = try options.neededFolder()
    let report = try company.writing("loadbooks reconcile") { ledger in
      var report = try compared(company, ledger)
      try refuseWrittenFiles(report)
      let names = Set(report.reconciliation.books.files.map(\.name)).sorted().joined(
        separator: ", ")
      try report.confirm(removed: withdraw, in: ledger, source: names)
      return report
    }
    try finish(report)
  }

  /// Files that were written to be imported are no proof that anybody did.
  private func refuseWrittenFiles(_ report: ReconciliationReport) throws(Failure) {
    let written = report.reconciliation.books.files.first {
      $0.form == .iif || $0.form == .requests
    }
    guard let written else { return }
    throw Failure(
      .usage,
      "\(written.name) was written for QuickBooks; that its invoices are in it does not show that QuickBooks "
        + "has them",
      remedy:
        "confirm with what QuickBooks itself lists: a report, or its answer to an invoice query")
  }

  /// Reads both sides and compares them.
  private func compared(
    _ company: CompanyFolder?, _ ledger: SyncLedger?
  ) throws -> ReconciliationReport {
    let here = Surroundings.current
    let planning = try Planning(
      options, mapping: mapping, suppressions: suppressions, books: [],
      target: online ? Settings.Target.online.rawValue : nil)
    var table = BookTable()
    if !online {
      try source(company, planning.settings).fill(&table)
      try refuseStale(table, ledger)
    }
    let plan = try planning.plan(
      exports, .all, ledger: try ledger?.snapshot() ?? .none, for: .comparing)
    try refuseExport(table, plan)
    var request = Reconciler.Request()
    request.selection = filters.selection
    if let ledger { try request.take(ledger) }
    if online { try ask(planning, plan, request, ledger).fill(&table) }
    for field in ignore { request.ignored.formUnion(field) }
    let line = ProgressLine("comparing")
    defer { line.end() }
    let result = try Reconciler.reconcile(
      plan, with: table, request, progress: { line.update($0, $1) })
    line.end()
    var report = ReconciliationReport(
      company: company == nil ? nil : planning.settings.company, at: here.timestamp, result)
    if output != nil, let ledger { try report.takeRuns(ledger) }
    return report
  }

  /// The export itself proves nothing about QuickBooks.
  private func refuseExport(_ table: BookTable, _ plan: SyncPlan) throws(Failure) {
    let inputs = Set(plan.report.inputs.map(\.fingerprint))
    guard let same = table.files.first(where: { inputs.contains($0.fingerprint) }) else { return }
    throw Failure(
      .inputUnreadable, "\(same.name) is a file of the export, not of QuickBooks",
      remedy: "name a file of QuickBooks with --books FILE")
  }

  /// Asks QuickBooks Online for what is to be compared.
  private func ask(
    _ planning: Planning, _ plan: SyncPlan, _ request: Reconciler.Request, _ ledger: SyncLedger?
  ) throws -> OnlineSales {
    guard let company = planning.company else {
      throw Failure(
        .usage, "without a company folder there is no connection to ask",
        remedy: "name the folder with --company DIR")
    }
    let (settings, today) = (planning.settings, planning.today)
    let realm = try ledger?.lastBooks()
    let days = Reconciler.daysToAsk(plan, request.selection)
    let shown = ProgressBox(ProgressLine("asking"))
    let sales = try OnlineWork.with(company, settings) { (online) async throws(Failure) in
      try await online.sales(
        from: days.from, until: days.until, ofRealm: realm, day: today,
        progress: { _, done, total in shown.update(done, total) })
    }
    let numbers = try Reconciler.numbersToAsk(plan, besides: sales, request)
    guard !numbers.isEmpty else { return sales }
    return try OnlineWork.with(company, settings) { (online) async throws(Failure) in
      try await online.adding(
        numbers: numbers, to: sales, progress: { _, done, total in shown.update(done, total) })
    }
  }

  /// Books that were pulled before something was sent do not show it.
  private func refuseStale(_ table: BookTable, _ ledger: SyncLedger?) throws {
    guard let file = table.files.first(where: { $0.form == .online }),
      let books = try OnlineBooks.read(path: file.name),
      let last = try ledger?.lastAnswer(target: Settings.Target.online.rawValue),
      books.pulledAt <= last
    else { return }
    throw Failure(
      .inputUnreadable,
      "\(file.name) was fetched at \(books.pulledAt), and QuickBooks has taken something since, at \(last)",
      remedy: "say loadbooks reconcile --online, or fetch it again first: loadbooks pull --refresh")
  }

  /// Where the documents of the books come from.
  private func source(
    _ company: CompanyFolder?, _ settings: Settings
  ) throws -> any BookDocumentSource {
    var paths = books
    if paths.isEmpty, let folder = company?.booksPath,
      FileManager.default.fileExists(atPath: folder)
    {
      paths = [folder]
    }
    let whole = { (path: String) in URL(fileURLWithPath: path).standardizedFileURL.path }
    let exports = Set(exports.map(whole))
    if let same = paths.first(where: { exports.contains(whole($0)) }) {
      throw Failure(
        .inputUnreadable, "\(same) is the export itself, which does not show what QuickBooks has",
        remedy: "name a file of QuickBooks with --books FILE")
    }
    guard !paths.isEmpty else {
      throw Failure(
        .usage, "there is nothing to compare the export with",
        remedy:
          "name a file of QuickBooks with --books FILE, put it into the company's books folder, or ask "
          + "QuickBooks Online with --online")
    }
    return BookDocumentFiles(paths, settings.bookConventions)
  }

  private func finish(_ report: ReconciliationReport) throws {
    let here = Surroundings.current
    if let output { try ReconciliationFiles.write(report, into: output) }
    if options.json {
      here.print(report.json.text)
    } else {
      here.print(report.text(color: here.colorsOutput))
      if let output { here.print("files: \(FindingText.visible(output))") }
    }
    if !report.reconciliation.isClean { throw ExitCode.notClean }
  }

  private static func field(_ word: String) throws -> Reconciliation.Fields {
    let name = word.replacing("-", with: "_")
    guard let known = Reconciliation.Fields.all.first(where: { $0.name == name }),
      known.field != .voided
    else {
      throw ValidationError("it takes number, customer, date, due-date, total or balance.")
    }
    return known.field
  }
}
