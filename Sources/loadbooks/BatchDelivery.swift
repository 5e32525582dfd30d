internal import ArgumentParser
internal import DropFolder
internal import Ledger
internal import Sync
internal import Vocabulary

/// Plans and carries out what the drop folder takes, just as `plan` and `convert` do.
///
/// ``carryOut(_:run:of:with:)`` is the one place that knows how each target is served.
struct BatchDelivery: Delivery {
  /// What `--set` says, which counts for every company.
  let assignments: [String]

  func settings(of company: CompanyFolder) throws(Failure) -> Settings {
    let settings = try CompanyFolder.settings(company, assignments: assignments)
    try refuseOnline(settings.target)
    return settings
  }

  /// Checks what `--set` says by itself.
  ///
  /// - Throws: `Failure` with cause `settingsWrong` or `usage`.
  func checkAssignments() throws(Failure) {
    let settings = try CompanyFolder.settings(nil, assignments: assignments)
    try refuseOnline(settings.target)
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

  func carryOut(
    _ plan: SyncPlan, run: String, of company: CompanyFolder, with ledger: SyncLedger
  ) throws(Failure) {
    let here = Surroundings.current
    // The settings that were planned with, whatever somebody has saved since.
    let run = SyncReport.Run(
      id: run, command: "watch", target: plan.target.rawValue, company: plan.company,
      started: here.timestamp, finished: nil, plan: plan.fingerprint)
    switch plan.target {
    case .iif, .qbxml:
      _ = try Conversion.convert(
        plan, run: run, output: company.outboxPath + "/" + run.id, ledger: ledger,
        clock: { here.timestamp })
    case .online:
      try refuseOnline(plan.target)
    }
  }

  /// Refuses a target that only `push` serves.
  private func refuseOnline(_ target: Settings.Target) throws(Failure) {
    guard target == .online else { return }
    throw Failure(
      .settingsWrong, "watch does not send to QuickBooks Online yet, and the target is \"online\"",
      remedy: "set target: iif or target: qbxml in loadbooks.yaml; nothing is taken from the inbox "
        + "until then")
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
