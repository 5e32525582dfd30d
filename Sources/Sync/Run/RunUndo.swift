internal import Foundation
public import Ledger
public import Vocabulary

/// Takes back exactly one run: first the intent, then the files, then the ledger.
///
/// 1. The ledger notes that the run is to be taken back.
/// 2. The lists of what must be removed in QuickBooks are written to `outbox/undone/RUN/`, and the run's
///    files follow them, one by one.
/// 3. In one transaction the ledger forgets what the run sent.
///
/// A program that is killed in between goes on at its next start (``settle(_:in:clock:)``); until then the
/// invoices count as sent, so that nothing goes out twice. Each step can be done again.
public struct RunUndo: Sendable {
  /// A file of the run, as it is now.
  public struct File: Sendable, Hashable {
    /// How it is.
    public enum State: String, Sendable {
      /// As it was written.
      case asWritten = "as written"
      /// With other bytes than were written.
      case changed
      /// Not in the run's folder.
      case missing
    }

    /// Its name.
    public var name: String
    /// How it is.
    public var state: State
    /// How many documents for QuickBooks it holds.
    public var documents: Int
  }

  /// The run.
  public let run: RunRecord
  /// Where its files are, also after it was taken back.
  public let folder: String
  /// Where they go.
  public let destination: String
  /// Its files.
  public let files: [File]
  /// What it sent, in all; of a run that was taken back, what it had sent.
  public let sent: RunRecord.Tally
  /// What stands against it.
  public let obstacles: [UndoObstacle]
  /// What QuickBooks has of it and no file of requests can remove: nobody knows QuickBooks' id of it.
  public let byHand: [LedgerEntry]
  /// What is known of an earlier request to take it back.
  public let earlier: UndoRecord?

  /// Looks at a run; changes nothing.
  ///
  /// - Throws: `Failure`: `usage` for a run that is unknown or was never finished.
  public init(_ id: String, _ ledger: SyncLedger, in company: CompanyFolder) throws(Failure) {
    guard let run = try ledger.run(id) else {
      throw Failure(
        .usage, "there is no run \(id)", remedy: "see the ids of all runs with: loadbooks runs")
    }
    earlier = try ledger.undo(ofRun: id)
    guard run.state == .finished || earlier != nil else {
      throw Failure(
        .usage,
        run.state == .undone
          ? "run \(id) was cut off and taken back; it sent nothing"
          : "run \(id) is not finished",
        remedy: run.state == .undone
          ? "nothing needs to be done"
          : "run loadbooks convert, or loadbooks ledger settle, which settles it first")
    }
    self.run = run
    let isDone = run.state == .undone
    folder =
      isDone
      ? RunFolder.undonePath(of: id, in: company) : RunFolder.path(of: run, in: company)
    destination = RunFolder.undonePath(of: id, in: company)
    let place = folder
    files = run.outputs.map { output in
      let sum = Fingerprint(ofFile: place + "/" + output.name)
      return File(
        name: output.name,
        state: sum == nil ? .missing : sum == output.fingerprint ? .asWritten : .changed,
        documents: output.documents)
    }
    sent = isDone ? run.totals.delivered : try ledger.tally(ofRun: id)
    obstacles = run.state == .finished ? try ledger.obstacles(toUndo: id) : []
    var byHand: [LedgerEntry] = []
    if run.state == .finished, run.target == "qbxml" {
      try ledger.forEachEntry(ofRun: id) { (entry) throws(Failure) in
        if entry.isInQuickBooks, entry.quickBooksID == nil { byHand.append(entry) }
      }
    }
    self.byHand = byHand
  }

  /// Whether the run was taken back before.
  public var isDone: Bool { run.state == .undone }

  /// Takes the run back.
  ///
  /// - Parameters:
  ///   - ledger: The company's ledger, whose lock is held.
  ///   - company: The company.
  ///   - name: The company's display name, for the list.
  ///   - settings: Its settings.
  ///   - reason: Why, for people.
  ///   - by: Who asked for it; may be empty.
  ///   - clock: The time, ISO 8601 with zone.
  /// - Returns: What may be sent again.
  /// - Throws: `Failure` with cause `cannotWrite`; then the next start goes on.
  public func perform(
    _ ledger: SyncLedger, in company: CompanyFolder, name: String, settings: Settings,
    because reason: String, by: String, clock: () -> String
  ) throws(Failure) -> RunRecord.Tally {
    // Where the files could not go, nothing is begun.
    try OutputFolder.make(destination)
    let undo = UndoRecord(
      run: run.id, startedAt: clock(), finishedAt: nil, reason: reason, by: by,
      folder: destination)
    try ledger.beginUndo(undo)
    return try RunUndo.carryOut(run, undo, ledger, in: company, name: name, settings, clock)
  }

  /// Goes on with what was cut off; returns a sentence about each run.
  ///
  /// - Throws: `Failure` with cause `cannotWrite` when a folder or the ledger cannot be written.
  public static func settle(
    _ ledger: SyncLedger, in company: CompanyFolder, clock: () -> String
  ) throws(Failure) -> [String] {
    var told: [String] = []
    for undo in try ledger.unfinishedUndos() {
      guard let run = try ledger.run(undo.run) else { continue }
      let settings = try? CompanyFolder.settings(company, assignments: [])
      let name = settings?.company ?? URL(fileURLWithPath: company.path).lastPathComponent
      let tally = try carryOut(
        run, undo, ledger, in: company, name: name, settings ?? .defaults, clock)
      told.append(
        "taking back run \(run.id) was cut off; it is done now: "
          + "\(SyncReport.counted(tally.invoices, "invoice")) may be sent again")
    }
    return told
  }

  private static func carryOut(
    _ run: RunRecord, _ undo: UndoRecord, _ ledger: SyncLedger, in company: CompanyFolder,
    name: String, _ settings: Settings, _ clock: () -> String
  ) throws(Failure) -> RunRecord.Tally {
    let destination = RunFolder.undonePath(of: run.id, in: company)
    try OutputFolder.make(destination)
    try RemovalList.write(
      run, undo, company: name, format: settings.qbxmlFormat, ledger, into: destination)
    let folder = RunFolder.path(of: run, in: company)
    var names = run.outputs.map(\.name)
    let isOwn = RunFolder.isOwn(folder, of: run.id)
    if isOwn {
      // What somebody put beside the files goes with them.
      names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? names).sorted()
    }
    for name in names { try FileMove.move(name, from: folder, to: destination) }
    if FileManager.default.fileExists(atPath: folder) { try StagedFile.syncFolder(folder) }
    try StagedFile.syncFolder(destination)
    if isOwn { rmdir(folder) }
    return try ledger.finishUndo(run: run.id, at: clock())
  }
}
