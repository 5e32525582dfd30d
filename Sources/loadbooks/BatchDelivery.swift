internal import ArgumentParser
internal import DropFolder
internal import Ledger
internal import Sync
internal import Vocabulary

/// Plans and carries out what the drop folder takes, just as `plan`, `convert` and `push` do.
struct BatchDelivery: Delivery {
  /// What `--set` says, which counts for every company.
  let assignments: [String]

  func settings(of company: CompanyFolder) throws(Failure) -> Settings {
    try CompanyFolder.settings(company, assignments: assignments)
  }

  /// Checks what `--set` says by itself.
  ///
  /// - Throws: `Failure` with cause `settingsWrong` or `usage`.
  func checkAssignments() throws(Failure) {
    _ = try CompanyFolder.settings(nil, assignments: assignments)
  }

  /// Checks what can be known without asking anybody: settings, mapping, suppression list, books, and that
  /// there is a connection where one is needed.
  ///
  /// - Throws: `Failure`.
  func check(_ company: CompanyFolder) throws(Failure) {
    let settings = try settings(of: company)
    _ = try planner(of: company)
    if settings.target == .online { _ = try OnlinePushing(company, settings).realm() }
  }

  func planner(of company: CompanyFolder) throws(Failure) -> any BatchPlanner {
    let flags = ["--company=" + company.path] + assignments.map { "--set=" + $0 }
    return try BatchDelivery.quietly {
      ExportPlanner(
        company: company,
        planning: try Planning(
          try CompanyOptions.parse(flags), mapping: nil, suppressions: nil, books: [], target: nil))
    }
  }

  func prepare(
    _ company: CompanyFolder, with ledger: SyncLedger, besides own: Set<String>,
    isStopping: @escaping @Sendable () -> Bool
  ) throws(Failure) {
    let settings = try settings(of: company)
    guard settings.target == .online else { return }
    try BatchDelivery.quietly {
      let pushing = OnlinePushing(company, settings)
      let realm = try pushing.triedRealm(ledger)
      // As a push does: the next plan is made from what became of these.
      for run in try ledger.unsettledRuns(target: Settings.Target.online.rawValue)
      where !own.contains(run.id) {
        try send(run, company, settings, ledger, isStopping) { _, _ in }
      }
      try pushing.freshenBooks(of: realm) {}
    }
  }

  func carryOut(
    _ plan: SyncPlan, run: String, of company: CompanyFolder, with ledger: SyncLedger
  ) throws(Failure) {
    let here = Surroundings.current
    // The settings that were planned with, whatever somebody has saved since.
    let run = SyncReport.Run(
      id: run, command: "watch", target: plan.target.rawValue, company: plan.company,
      started: here.timestamp, finished: nil, plan: plan.fingerprint)
    _ = try Conversion.convert(
      plan, run: run, output: company.outboxPath + "/" + run.id, ledger: ledger,
      clock: { here.timestamp })
  }

  func send(
    _ run: RunRecord, of company: CompanyFolder, with ledger: SyncLedger,
    isStopping: @escaping @Sendable () -> Bool,
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
  ) throws(Failure) {
    // What it was written for counts, whatever the settings say by now.
    guard run.target == Settings.Target.online.rawValue else { return }
    let settings = try settings(of: company)
    try BatchDelivery.quietly {
      try send(run, company, settings, ledger, isStopping, progress)
    }
  }

  private func send(
    _ run: RunRecord, _ company: CompanyFolder, _ settings: Settings, _ ledger: SyncLedger,
    _ isStopping: @escaping @Sendable () -> Bool,
    _ progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
  ) throws(Failure) {
    // A run that was answered already is not asked about again, and its push.txt stays.
    let unsettled = try ledger.unsettledRuns(target: run.target)
    guard unsettled.contains(where: { $0.id == run.id }) else { return }
    let pushing = OnlinePushing(company, settings)
    _ = try pushing.realm(ledger)
    let report = try pushing.send(
      run.id, in: Verification.folder(of: run, in: company), ledger, PushStop(when: isStopping),
      progress: progress)
    if let obstacle = report.obstacle { throw obstacle }
  }

  /// Does something without progress bars and questions: nobody sits there.
  fileprivate static func quietly<Value>(_ body: () throws -> Value) throws(Failure) -> Value {
    do {
      return try Surroundings.$current.withValue(Surroundings.current.unattended, operation: body)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.ownBug, "\(error)", remedy: "report this as a bug")
    }
  }
}

/// Plans as `plan` does, by what was read once.
private struct ExportPlanner: BatchPlanner {
  let company: CompanyFolder
  let planning: Planning

  func plan(
    _ files: [String], _ memory: LedgerSnapshot, _ ledger: SyncLedger
  ) throws(Failure) -> SyncPlan {
    try BatchDelivery.quietly {
      var plan = try planning.plan(files, .all, ledger: memory)
      try plan.noteOpenMatters(ledger, in: company)
      return plan
    }
  }

  func contents(of file: String) throws(Failure) -> ExportContents {
    let context = PlanContext(
      settings: planning.settings, mapping: planning.mapping, suppression: planning.suppression,
      ledger: .none, selection: .all, today: planning.today)
    return try context.contents(of: file)
  }
}
