internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import Sync
internal import Vocabulary

/// The command `loadbooks convert`.
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write the QuickBooks files, the held records and the report.")

  @OptionGroup var export: ExportOptions
  @OptionGroup var options: CompanyOptions
  @OptionGroup var filters: SelectionOptions

  @Option(help: ArgumentHelp("Where the invoices go: iif or qbxml.", valueName: "target"))
  var target: String?

  @Option(
    help: ArgumentHelp(
      "The folder for the files; else outbox/RUN of the company.", valueName: "dir"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Refuse if the plan is not this one any more (the fingerprint, or its first 12 digits).",
      valueName: "fingerprint"))
  var plan: String?

  @Flag(name: .customLong("no-ledger"), help: "Remember nothing and look nothing up.")
  var withoutLedger = false

  func run() throws {
    guard let company = try options.folder(), !withoutLedger else {
      guard let output else {
        throw Failure(
          .usage, "without a company's memory there is no folder for the files",
          remedy: "name one with --output DIR")
      }
      let planning = try planning()
      let plan = try planning.plan(export.exports, filters.selection, ledger: .none)
      // Nothing of a run without memory depends on when it was made: same input, same bytes.
      let run = run(plan, planning, id: "unrecorded-" + plan.fingerprint.short, started: nil)
      return try write(plan, run, output, nil)
    }
    try convert(company)
  }

  private func planning() throws -> Planning {
    try Planning(
      options, mapping: export.mapping, suppressions: export.suppressions,
      books: export.lists.books, target: target)
  }

  /// Converts with the company's memory, as its only writer.
  private func convert(_ company: CompanyFolder) throws {
    let here = Surroundings.current
    // Wrong settings are told at once; what counts is what they say under the lock.
    _ = try planning()
    try company.writing("loadbooks convert") { ledger, lock in
      let planning = try planning()
      var plan = try planning.plan(
        export.exports, filters.selection, ledger: try ledger.snapshot())
      try plan.noteOpenMatters(ledger, in: company)
      let started = here.timestamp
      let id = try RunID.make(at: here.timestamp, plan: plan.fingerprint) { (id) throws(Failure) in
        try ledger.run(id) != nil
      }
      let run = run(plan, planning, id: id, started: started)
      let folder = output ?? company.outboxPath + "/" + id
      try lock.note(output: folder)
      try write(plan, run, folder, ledger)
    }
  }

  private func run(
    _ plan: SyncPlan, _ planning: Planning, id: String, started: String?
  ) -> SyncReport.Run {
    SyncReport.Run(
      id: id, command: "convert", target: planning.target.rawValue,
      company: planning.settings.company, started: started, finished: nil, plan: plan.fingerprint)
  }

  private func write(
    _ plan: SyncPlan, _ run: SyncReport.Run, _ folder: String, _ ledger: SyncLedger?
  ) throws {
    let here = Surroundings.current
    guard Settings.Target(rawValue: run.target) != .online else {
      throw Failure(
        .usage, "QuickBooks Online takes no files",
        remedy: "send the invoices with: loadbooks push, or use --target iif or --target qbxml")
    }
    try plan.refuse(unless: self.plan)
    let line = ProgressLine("writing")
    defer { line.end() }
    let report = try Conversion.convert(
      plan, run: run, output: folder, ledger: ledger, clock: { here.timestamp },
      progress: { stage, done, total in line.update(done, total, stage.rawValue) })
    line.end()
    if options.json {
      here.print(JSONReport.render(report))
    } else {
      here.print(TextReport.render(report, options: TextReport.Options(color: here.colorsOutput)))
      here.print("files: \(folder)")
    }
    if plan.hasHeld { throw ExitCode.held }
  }
}
