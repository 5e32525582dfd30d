internal import Foundation
internal import Ledger
internal import Vocabulary

/// Finds the folder of a run that was recorded, wherever the company folder is now.
enum RunFolder {
  /// The run's folder: that in the company's own outbox, unless it was written to another place.
  ///
  /// The ledger of a company folder that was copied names the outbox of the original, which is not to be
  /// touched.
  static func path(of run: RunRecord, in company: CompanyFolder) -> String {
    let own = company.outboxPath + "/" + run.id
    guard let recorded = run.outputFolder else { return own }
    if recorded.hasSuffix("/outbox/" + run.id) {
      let isHere = URL(fileURLWithPath: own).standardizedFileURL.path == recorded
      return isHere ? recorded : own
    }
    let manager = FileManager.default
    return !manager.fileExists(atPath: recorded) && manager.fileExists(atPath: own) ? own : recorded
  }

  /// Where a run's files are after it was taken back.
  static func undonePath(of run: String, in company: CompanyFolder) -> String {
    company.outboxPath + "/undone/" + run
  }

  /// Whether a folder is the run's alone, so that everything in it goes with it.
  static func isOwn(_ folder: String, of run: String) -> Bool {
    folder == run || folder.hasSuffix("/" + run)
  }
}
