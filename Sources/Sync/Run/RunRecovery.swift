internal import Foundation
public import Ledger
public import Vocabulary

/// Ends the runs that were cut off between recording and naming their files.
///
/// A run is recorded while its files are complete under hidden names. If they are still there, or have
/// their names already, the run is ended; if any of them is gone, the run is taken back, so that its
/// invoices are sent again. Either way nothing is lost and nothing doubled.
public enum RunRecovery {
  /// Settles every unfinished run; returns a sentence about each.
  ///
  /// - Throws: ``Failure`` when the ledger or a folder cannot be written.
  public static func settle(
    _ ledger: SyncLedger, in company: CompanyFolder, clock: () -> String
  ) throws(Failure) -> [String] {
    var told: [String] = []
    for run in try ledger.unfinishedRuns() {
      let folder = run.outputFolder ?? company.outboxPath + "/" + run.id
      let isWhole = run.outputs.allSatisfy { output in
        let staged = StagedFile.stagedPath(folder: folder, name: output.name)
        return matches(staged, output.fingerprint)
          || matches(folder + "/" + output.name, output.fingerprint)
      }
      if isWhole, run.state == .prepared {
        for output in run.outputs {
          let staged = StagedFile.stagedPath(folder: folder, name: output.name)
          let final = folder + "/" + output.name
          if !matches(final, output.fingerprint), rename(staged, final) != 0 {
            throw Failure.cannotWrite("cannot give \(final) its name", errno)
          }
        }
        try StagedFile.syncFolder(folder)
        try ledger.finish(run: run.id, finishedAt: clock())
        told.append("run \(run.id) was interrupted; its files in \(folder) are complete now")
      } else {
        for output in run.outputs {
          unlink(StagedFile.stagedPath(folder: folder, name: output.name))
          unlink(folder + "/" + output.name)
        }
        try ledger.forget(
          run: run.id, at: clock(), because: "it was interrupted and its files are not complete")
        told.append("run \(run.id) was interrupted and taken back; its invoices will be sent again")
      }
    }
    removeLeftovers(company)
    return told
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

  private static func matches(_ path: String, _ fingerprint: Fingerprint) -> Bool {
    Fingerprint(ofFile: path) == fingerprint
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
