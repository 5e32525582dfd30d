internal import Foundation
public import Ledger
internal import QuickBooks
public import Vocabulary

/// Ends the runs that were cut off between recording and naming their files.
///
/// A run is recorded while its files are complete, forced to disk and still under hidden names, so that
/// nearly always every file can simply be given its name. What is left is settled by what can have
/// happened to the documents:
///
/// - Nothing of the run for QuickBooks has its name, and a hidden file of it is damaged: nobody can have
///   imported anything, so the run is taken back.
/// - A report is gone: it had its name and somebody moved it. The run is finished all the same.
/// - A file with documents is neither here nor there, or is damaged while others have their names, or
///   the folder is not there: nobody but the user can know whether QuickBooks has those documents. The
///   run stays as it is, nothing new is begun, and the failure says what to look at and how to answer
///   (``settle(_:as:in:of:clock:)``).
///
/// A file or folder that is there but cannot be looked at is never taken for missing.
public enum RunRecovery {
  /// What the user says about a run whose files are lost.
  public enum Answer: String, Sendable, CaseIterable {
    /// Its documents are in QuickBooks, or in a file that was kept.
    case sent
    /// None of its documents is, or ever will be.
    case notSent = "not-sent"
  }

  private enum FileState { case named, staged, damaged, gone }

  /// Settles every unfinished run and clears away what killed ones left; returns a sentence about each.
  ///
  /// - Parameters:
  ///   - ledger: The company's ledger, whose lock is held.
  ///   - company: The company.
  ///   - abandoned: The folder that the last holder of the lock was writing into when it died.
  ///   - clock: The time, ISO 8601 with zone.
  /// - Returns: A sentence for each run that was settled.
  /// - Throws: `Failure`: `cannotWrite` when the ledger or a folder cannot be used; `tryAgain` when only
  ///   the user can know what became of a run's files.
  public static func settle(
    _ ledger: SyncLedger, in company: CompanyFolder, abandoned: String? = nil, clock: () -> String
  ) throws(Failure) -> [String] {
    var told: [String] = []
    for run in try ledger.unfinishedRuns() {
      told.append(try settle(run, ledger, in: company, clock))
    }
    told += try RunUndo.settle(ledger, in: company, clock: clock)
    // A file to be sent again that the ledger counts on is needed still.
    try ResendFile.settle(ledger, in: company)
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: company.outboxPath)) ?? []
    for name in folders { OutputFolder.clear(company.outboxPath + "/" + name) }
    if let abandoned { OutputFolder.clear(abandoned) }
    return told
  }

  private static func settle(
    _ run: RunRecord, _ ledger: SyncLedger, in company: CompanyFolder, _ clock: () -> String
  ) throws(Failure) -> String {
    let folder = RunFolder.path(of: run, in: company)
    if run.state == .preparing {
      try takeBack(run, in: folder, ledger, clock(), "it was cut off before it was recorded")
      return "run \(run.id) was cut off and taken back; its invoices will be sent again"
    }
    guard try exists(folder) else {
      throw question(run, "its folder \(folder) is not there", "make the folder reachable again")
    }
    var states: [(output: RunRecord.Output, state: FileState)] = []
    for output in run.outputs { states.append((output, try state(of: output, in: folder))) }
    let documents = states.filter { isForQuickBooks($0.output) }
    if documents.allSatisfy({ $0.state == .staged || $0.state == .damaged }),
      states.contains(where: { $0.state == .damaged })
    {
      try takeBack(run, in: folder, ledger, clock(), "it was cut off and its files are damaged")
      return "run \(run.id) was cut off and its files are damaged, so it was taken back; "
        + "its invoices will be sent again"
    }
    if let lost = documents.first(where: { $0.state == .gone || $0.state == .damaged }) {
      let what = lost.state == .gone ? "is not there any more" : "is damaged"
      throw question(
        run, "\(lost.output.name) \(what), in \(folder)", "put the file back if somebody moved it")
    }
    let gone = states.filter { $0.state == .gone || $0.state == .damaged }.map(\.output.name)
    let told =
      "its files in \(folder) are complete now"
      + (gone.isEmpty ? "" : ", without \(gone.joined(separator: ", ")), which somebody moved")
    try finish(
      run, in: folder, states.filter { $0.state == .staged }.map(\.output.name), ledger,
      clock(), "it was cut off; \(told)")
    return "run \(run.id) was cut off; \(told)"
  }

  /// Settles a run as the user says, for whom ``settle(_:in:abandoned:clock:)`` left the question open.
  ///
  /// - Parameters:
  ///   - id: The run's id.
  ///   - answer: What the user says.
  ///   - company: The company.
  ///   - ledger: The company's ledger, whose lock is held.
  ///   - clock: The time, ISO 8601 with zone.
  /// - Returns: A sentence about it.
  /// - Throws: `Failure`: `usage` for a run that is unknown or not unfinished; `cannotWrite`.
  public static func settle(
    _ id: String, as answer: Answer, in company: CompanyFolder, of ledger: SyncLedger,
    clock: () -> String
  ) throws(Failure) -> String {
    guard let run = try ledger.unfinishedRuns().first(where: { $0.id == id }) else {
      throw Failure(
        .usage, "there is no unfinished run \(id)", remedy: "see the runs with: loadbooks runs")
    }
    let folder = RunFolder.path(of: run, in: company)
    switch answer {
    case .notSent:
      try takeBack(run, in: folder, ledger, clock(), "the user said that it was not sent")
      return "run \(id) is taken back; its invoices will be sent again"
    case .sent:
      var staged: [String] = []
      if try exists(folder) {
        for output in run.outputs where try state(of: output, in: folder) == .staged {
          staged.append(output.name)
        }
      }
      try finish(run, in: folder, staged, ledger, clock(), "the user said that it was sent")
      OutputFolder.clear(folder)
      return "run \(id) is finished; its invoices count as sent"
    }
  }

  /// Gives files their names and then notes that the run is finished.
  private static func finish(
    _ run: RunRecord, in folder: String, _ staged: [String], _ ledger: SyncLedger, _ now: String,
    _ reason: String
  ) throws(Failure) {
    for name in staged {
      let final = folder + "/" + name
      guard rename(StagedFile.stagedPath(folder: folder, name: name), final) == 0 else {
        throw Failure.cannotWrite("cannot give \(final) its name", errno)
      }
    }
    // Also for names that were given before the cut: nobody may have forced them to disk.
    if try exists(folder) { try StagedFile.syncFolder(folder) }
    try ledger.finish(run: run.id, finishedAt: now, because: reason)
  }

  /// Hides what has its name, lets the ledger forget the run, and only then removes the files.
  private static func takeBack(
    _ run: RunRecord, in folder: String, _ ledger: SyncLedger, _ now: String, _ reason: String
  ) throws(Failure) {
    let isThere = try exists(folder)
    if isThere {
      for output in run.outputs where try state(of: output, in: folder) == .named {
        let hidden = StagedFile.stagedPath(folder: folder, name: output.name)
        guard rename(folder + "/" + output.name, hidden) == 0 else {
          throw Failure.cannotWrite("cannot hide \(output.name) in \(folder)", errno)
        }
      }
      try StagedFile.syncFolder(folder)
    }
    try ledger.forget(run: run.id, at: now, because: reason)
    if isThere { OutputFolder.clear(folder) }
  }

  private static func question(_ run: RunRecord, _ what: String, _ first: String) -> Failure {
    Failure(
      .tryAgain,
      "run \(run.id) was cut off while its files got their names, and \(what): whether QuickBooks "
        + "has its \(run.totals.delivered.invoices) invoices cannot be known from here",
      remedy: "\(first) and run the same command again; or look for one of its invoices in "
        + "QuickBooks, then say: loadbooks ledger settle \(run.id) --as sent, or --as not-sent")
  }

  /// Whether a file is to be imported, and not only to be read.
  static func isForQuickBooks(_ output: RunRecord.Output) -> Bool {
    output.documents > 0 || WrittenDocument.canRead(output.name)
  }

  private static func state(
    of output: RunRecord.Output, in folder: String
  ) throws(Failure) -> FileState {
    if try exists(folder + "/" + output.name) { return .named }
    let staged = StagedFile.stagedPath(folder: folder, name: output.name)
    guard try exists(staged) else { return .gone }
    return try Fingerprint.ofFile(staged) == output.fingerprint ? .staged : .damaged
  }

  /// Whether something is there; what cannot be looked at is a failure.
  private static func exists(_ path: String) throws(Failure) -> Bool {
    if access(path, F_OK) == 0 { return true }
    guard errno == ENOENT || errno == ENOTDIR else {
      throw Failure.cannotWrite("cannot look at \(path)", errno)
    }
    return false
  }
}
