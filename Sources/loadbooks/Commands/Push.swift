internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import QuickBooks
internal import QuickBooksOnline
internal import Sync
internal import Vocabulary

/// The command `loadbooks push`.
struct Push: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push",
    abstract: "Send invoices to QuickBooks Online, and go on where an earlier push stopped.",
    discussion: """
      First ends what an earlier push left, under the same request ids; then plans the export as \
      loadbooks plan --target online does, writes what will be sent to outbox/RUN, and sends it. Without an \
      export it only ends what was left. Ctrl-C waits for what has left and says what is not sent yet.
      """)

  @Argument(
    help: ArgumentHelp("Export files or folders; - for standard input.", valueName: "export"))
  var exports: [String] = []

  @Option(help: ArgumentHelp("The mapping file, instead of the company's.", valueName: "file"))
  var mapping: String?

  @Option(help: ArgumentHelp("The suppression list, instead of the company's.", valueName: "file"))
  var suppressions: String?

  @Option(
    help: ArgumentHelp(
      "Refuse if the plan is not this one any more (the fingerprint, or its first 12 digits).",
      valueName: "fingerprint"))
  var plan: String?

  @OptionGroup var filters: SelectionOptions
  @OptionGroup var options: CompanyOptions

  func validate() throws {
    guard exports.isEmpty else { return }
    let isSelective =
      filters.from != nil || filters.until != nil || filters.customer != nil
      || !filters.only.isEmpty
    if plan != nil || mapping != nil || suppressions != nil || isSelective {
      throw ValidationError(
        "without an export only what an earlier push left is sent: name the export as well.")
    }
  }

  func run() throws {
    let here = Surroundings.current
    let company = try options.neededFolder()
    let pushing = OnlinePushing(
      company, try CompanyFolder.settings(company, assignments: options.assignments))
    let stop = PushStop()
    let interruption = Interruption(stop)
    defer { withExtendedLifetime(interruption) {} }
    var reports: [PushReport] = []
    var plan: SyncPlan?
    try company.writing("loadbooks push") { ledger, lock in
      // The connection is tried before anything is written.
      let realm = try pushing.triedRealm(ledger)
      let left = try ledger.unsettledRuns(target: "online")
      try refuseStale(plan: left)
      for run in left {
        here.tell("going on with run \(run.id)")
        let report = try send(
          run.id, Verification.folder(of: run, in: company), pushing, ledger, stop)
        reports.append(report)
        if report.failure != nil || !report.isComplete { return }
      }
      guard !exports.isEmpty, !stop.isStopped else { return }
      try pushing.freshenBooks(of: realm) { here.tell("fetching the books first") }
      let made = try write(company, ledger, lock)
      plan = made.plan
      guard let id = made.run else { return }
      reports.append(
        try send(id, company.outboxPath + "/" + id, pushing, ledger, stop))
    }
    try tell(reports, plan)
  }

  private func refuseStale(plan left: [RunRecord]) throws {
    guard plan != nil, let run = left.first else { return }
    throw Failure(
      .settingsWrong,
      "run \(run.id) is not ended yet, and ending it changes what the plan is made from",
      remedy: "say loadbooks push without an export first, then look at the plan again")
  }

  /// Plans, and writes what will be sent; no run when there is nothing to send or to tell.
  private func write(
    _ company: CompanyFolder, _ ledger: SyncLedger, _ lock: CompanyLock
  ) throws -> (plan: SyncPlan, run: String?) {
    let here = Surroundings.current
    let planning = try Planning(
      options, mapping: mapping, suppressions: suppressions, books: [], target: "online")
    let plan = try planning.plan(exports, filters.selection, ledger: try ledger.snapshot())
    try plan.refuse(unless: self.plan)
    let started = here.timestamp
    let id = try RunID.make(at: started, plan: plan.fingerprint) { (id) throws(Failure) in
      try ledger.run(id) != nil
    }
    let run = SyncReport.Run(
      id: id, command: "push", target: "online", company: planning.settings.company,
      started: started, finished: nil, plan: plan.fingerprint)
    let folder = company.outboxPath + "/" + id
    try lock.note(output: folder)
    let line = ProgressLine("preparing")
    defer { line.end() }
    let report = try Conversion.convert(
      plan, run: run, output: folder, ledger: ledger, clock: { here.timestamp },
      progress: { stage, done, total in line.update(done, total, stage.rawValue) })
    line.end()
    if !options.json {
      here.print(TextReport.render(report, options: TextReport.Options(color: here.colorsOutput)))
      here.print("files: \(folder)\n")
    }
    return (plan, plan.documents == 0 ? nil : id)
  }

  private func send(
    _ run: String, _ folder: String, _ pushing: OnlinePushing, _ ledger: SyncLedger,
    _ stop: PushStop
  ) throws -> PushReport {
    let line = ProgressLine("sending")
    let shown = ProgressBox(line)
    defer { line.end() }
    return try pushing.send(run, in: folder, ledger, stop) { shown.update($0, $1) }
  }

  private func tell(_ reports: [PushReport], _ plan: SyncPlan?) throws {
    let here = Surroundings.current
    if options.json {
      let answer: JSONText = [
        "runs": .array(reports.map(\.json)),
        "held": .integer(plan?.report.totals.held.invoices ?? 0),
      ]
      here.print(answer.text)
    } else {
      for report in reports { here.print(report.text) }
      if reports.isEmpty, plan == nil { here.print("nothing is left to be sent") }
    }
    if let failure = reports.lazy.compactMap(\.obstacle).first { throw failure }
    if reports.contains(where: { !$0.isClean }) { throw ExitCode.notClean }
    if plan?.hasHeld == true || reports.contains(where: \.needsSomebody) { throw ExitCode.held }
  }
}

/// Lets a progress line be shown from work that runs elsewhere, one update at a time.
final class ProgressBox: @unchecked Sendable {
  private let line: ProgressLine
  private let lock = NSLock()

  init(_ line: ProgressLine) { self.line = line }

  func update(_ done: Int, _ total: Int) {
    lock.withLock { line.update(UInt64(max(0, done)), UInt64(max(0, total))) }
  }
}

extension SyncPlan {
  /// Refuses when the plan is not the one that somebody has looked at.
  func refuse(unless expected: String?) throws(Failure) {
    guard let expected else { return }
    guard expected.count >= 12 else {
      throw Failure(
        .usage, "--plan \"\(expected)\": a fingerprint has at least 12 characters",
        remedy: "copy it from loadbooks plan")
    }
    guard !fingerprint.hex.hasPrefix(expected.lowercased()) else { return }
    throw Failure(
      .settingsWrong,
      "the plan is not \(expected) any more, but \(fingerprint.short)…: the export, the settings, the "
        + "mapping, the suppression list, the books or the memory has changed",
      remedy: "look at the new plan with loadbooks plan, then give its fingerprint")
  }
}
