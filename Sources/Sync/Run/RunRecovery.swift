internal import Foundation
public import Ledger
public import Vocabulary

/// Ends the runs that were cut off between recording and naming their files.
///
/// A run is recorded while its files are complete, forced to disk and still under hidden names. A file
/// that is still there gets its name now; one that has its name is left alone; one that is gone had its
/// name and was moved by somebody, perhaps into QuickBooks, so the run counts as sent. Only when a
/// hidden file is damaged and none had its name is the run taken back: then nobody can have used it.
public enum RunRecovery {
  private enum FileState { case named, staged, damaged, gone }

  /// Settles every unfinished run; returns a sentence about each.
  ///
  /// - Throws: `Failure` when the ledger or a folder cannot be written.
  public static func settle(
    _ ledger: SyncLedger, in company: CompanyFolder, clock: () -> String
  ) throws(Failure) -> [String] {
    var told: [String] = []
    for run in try ledger.unfinishedRuns() {
      let folder = run.outputFolder ?? company.outboxPath + "/" + run.id
      let states = run.outputs.map { state(of: $0, in: folder) }
      let isUntouched = states.allSatisfy { $0 == .staged || $0 == .damaged }
      if run.state == .preparing || (isUntouched && states.contains(.damaged)) {
        for output in run.outputs {
          unlink(StagedFile.stagedPath(folder: folder, name: output.name))
        }
        try ledger.forget(
          run: run.id, at: clock(), because: "it was interrupted and its files are damaged")
        told.append("run \(run.id) was interrupted and taken back; its invoices will be sent again")
        continue
      }
      try name(zip(run.outputs, states).filter { $0.1 == .staged }.map(\.0.name), in: folder)
      try ledger.finish(run: run.id, finishedAt: clock())
      let gone = zip(run.outputs, states).filter { $0.1 == .gone || $0.1 == .damaged }.map(\.0.name)
      told.append(
        gone.isEmpty
          ? "run \(run.id) was interrupted; its files in \(folder) are complete now"
          : "run \(run.id) was interrupted after its files had their names; "
            + "\(gone.joined(separator: ", ")) is not in \(folder) any more, so its invoices count as "
            + "sent (if they never reached QuickBooks, convert them with --no-ledger)")
    }
    removeLeftovers(company)
    return told
  }

  private static func name(_ names: [String], in folder: String) throws(Failure) {
    for name in names {
      let final = folder + "/" + name
      guard rename(StagedFile.stagedPath(folder: folder, name: name), final) == 0 else {
        throw Failure.cannotWrite("cannot give \(final) its name", errno)
      }
    }
    if !names.isEmpty { try StagedFile.syncFolder(folder) }
  }

  private static func state(of output: RunRecord.Output, in folder: String) -> FileState {
    if FileManager.default.fileExists(atPath: folder + "/" + output.name) { return .named }
    let staged = StagedFile.stagedPath(folder: folder, name: output.name)
    guard FileManager.default.fileExists(atPath: staged) else { return .gone }
    return Fingerprint(ofFile: staged) == output.fingerprint ? .staged : .damaged
  }

  /// Removes what runs left behind that were killed before they were recorded.
  private static func removeLeftovers(_ company: CompanyFolder) {
    let manager = FileManager.default
    for name in (try? manager.contentsOfDirectory(atPath: company.outboxPath)) ?? [] {
      let folder = company.outboxPath + "/" + name
      guard let entries = try? manager.contentsOfDirectory(atPath: folder), !entries.isEmpty,
        entries.allSatisfy({ $0.hasPrefix(".") && $0.hasSuffix(".partial") })
      else { continue }
      for entry in entries { unlink(folder + "/" + entry) }
      rmdir(folder)
    }
  }
}

extension Fingerprint {
  /// The sum of a file's bytes; nil when it cannot be read.
  init?(ofFile path: String) {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    var hasher = FingerprintHasher()
    do {
      while let block = try file.read(upToCount: 1 << 18), !block.isEmpty {
        block.withUnsafeBytes { hasher.update($0) }
      }
    } catch {
      return nil
    }
    self = hasher.finish()
  }
}
