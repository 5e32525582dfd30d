internal import ArgumentParser
internal import Sync

/// The command `loadbooks plan`.
struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what convert or push would do, with control totals; write nothing.")

  @OptionGroup var export: ExportOptions
  @OptionGroup var options: CompanyOptions
  @OptionGroup var filters: SelectionOptions

  @Option(help: ArgumentHelp("Where the invoices go: iif, qbxml or online.", valueName: "target"))
  var target: String?

  func run() throws {
    let planning = try Planning(
      options, mapping: export.mapping, suppressions: export.suppressions,
      books: export.lists.books,
      target: target)
    let plan = try planning.plan(
      export.exports, filters.selection, ledger: try planning.memory())
    let here = Surroundings.current
    if options.json {
      here.print(JSONReport.render(plan.report))
    } else {
      here.print(
        TextReport.render(plan.report, options: TextReport.Options(color: here.colorsOutput)))
      here.print("plan fingerprint: \(plan.fingerprint)")
    }
    if plan.hasHeld { throw ExitCode.held }
  }
}
