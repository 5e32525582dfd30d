internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import Sync
internal import Vocabulary

/// The command `loadbooks explain`.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Tell the whole story of one invoice.",
    discussion: """
      Without an export, the inputs of the run that sent the invoice, or of the last run, are read \
      again if they are still there.
      """)

  @Argument(help: ArgumentHelp("The invoice number.", valueName: "invoice"))
  var invoice: String

  @Argument(help: ArgumentHelp("Export files or folders.", valueName: "export"))
  var exports: [String] = []

  @OptionGroup var options: CompanyOptions

  @Option(help: ArgumentHelp("The mapping file, instead of the company's.", valueName: "file"))
  var mapping: String?

  @Option(help: ArgumentHelp("The suppression list, instead of the company's.", valueName: "file"))
  var suppressions: String?

  @OptionGroup var lists: BooksOptions

  func validate() throws { try checkInvoiceNumbers([invoice]) }

  func run() throws {
    let invoice = invoice.trimmed
    let ledger = try options.folder().flatMap { company in
      try SyncLedger.openReadOnly(folder: company.path)
    }
    let planning = try Planning(
      options, mapping: mapping, suppressions: suppressions, books: lists.books,
      target: try ledger.flatMap(target))
    var selection = Selection()
    selection.numbers = [invoice]
    let inputs = exports.isEmpty ? try lastInputs(ledger, planning, selection) : exports
    guard !inputs.isEmpty || ledger != nil else {
      throw ValidationError("Name an export to look in, or a company folder with a memory.")
    }
    let plan =
      inputs.isEmpty
      ? nil
      : try planning.plan(
        inputs, selection, ledger: try ledger?.snapshot() ?? .none, findings: 10_000)
    let story = try InvoiceStory(
      number: invoice, plan: plan, ledger: ledger, suppression: planning.suppression,
      today: planning.today)
    guard !story.isUnknown else {
      throw Failure(
        .inputMissing,
        "invoice \(invoice) is not in "
          + (inputs.isEmpty ? "any export of a run" : inputs.joined(separator: ", "))
          + ", and was never sent",
        remedy: "check the number; it is compared exactly, with its zeros")
    }
    let here = Surroundings.current
    here.print(options.json ? story.json.text : story.text)
    if story.readings.contains(where: { $0.outcome == .held }) { throw ExitCode.held }
  }

  /// Where the run that met the invoice last was to bring it; nil when the settings say, or `--set` does.
  private func target(_ ledger: SyncLedger) throws -> String? {
    guard !options.assignments.contains(where: { $0.hasPrefix("target=") }) else { return nil }
    let number = invoice.trimmed
    let sent = try ledger.entry(number: number)?.run
    return try (sent ?? ledger.unsent(number: number)?.run).flatMap { try ledger.run($0)?.target }
  }

  /// The inputs of the newest run that met the invoice, as far as they are still there.
  private func lastInputs(
    _ ledger: SyncLedger?, _ planning: Planning, _ selection: Selection
  ) throws -> [String] {
    guard let ledger else { return [] }
    for run in try ledger.runs().prefix(Explain.mostRuns) where run.state == .finished {
      let paths = run.inputs.map(\.path).filter { FileManager.default.fileExists(atPath: $0) }
      guard run.inputs.contains(where: { $0.kind != "customers" && paths.contains($0.path) }),
        let plan = try? planning.plan(paths, selection, ledger: .none, findings: 1)
      else { continue }
      if plan.report.totals.read.invoices > 0 { return paths }
    }
    return []
  }

  /// How many runs are looked through, newest first.
  private static let mostRuns = 50
}
