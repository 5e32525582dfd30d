internal import ArgumentParser
internal import Ledger
internal import Sync

/// The command `loadbooks plan`.
struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what convert or push would do, with control totals; write nothing.")

  @OptionGroup var export: ExportOptions
  @OptionGroup var options: CompanyOptions
  @OptionGroup var filters: SelectionOptions

  @Option(help: ArgumentHelp("Where the invoices go: iif, qbxml or online.", valueName: "target"))
  var target: String?

  @Flag(help: "List every name and every finding, however many there are.")
  var full = false

  func run() throws {
    let planning = try Planning(
      options, mapping: export.mapping, suppressions: export.suppressions,
      books: export.lists.books,
      target: target)
    var plan = try planning.plan(
      export.exports, filters.selection, ledger: try planning.memory(),
      findings: full ? Int.max : nil)
    if let company = planning.company {
      try plan.noteOpenMatters(
        try SyncLedger.openReadOnly(folder: company.path), in: company)
    }
    let here = Surroundings.current
    if options.json {
      here.print(JSONReport.render(plan.report))
    } else {
      let color = here.colorsOutput
      here.print(
        TextReport.render(
          plan.report,
          options: full ? TextReport.Options.full(color: color) : TextReport.Options(color: color)))
      here.print("plan fingerprint: \(plan.fingerprint)")
    }
    if plan.hasHeld { throw ExitCode.held }
  }
}
