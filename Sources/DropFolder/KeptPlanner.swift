internal import Foundation
internal import Sync
internal import Vocabulary

/// The planner of a company, made again only when something that it was made of has changed.
///
/// It is kept for one turn, not between them: a company's settings and lists are not held in memory for
/// the days in which nothing is dropped.
final class KeptPlanner {
  private let company: CompanyFolder
  private let delivery: any Delivery
  private var kept: (planner: any BatchPlanner, files: [String: FileSignature])?

  init(_ company: CompanyFolder, _ delivery: any Delivery) {
    self.company = company
    self.delivery = delivery
  }

  /// The planner by the files as they are now.
  ///
  /// - Throws: `Failure` with cause `settingsWrong`.
  func current() throws(Failure) -> any BatchPlanner {
    // Looked at before they are read: what changes meanwhile is seen the next time.
    let files = signatures()
    if let kept, kept.files == files { return kept.planner }
    kept = nil
    let planner = try delivery.planner(of: company)
    kept = (planner, files)
    return planner
  }

  /// The state of every file that decides; links are followed, since the files behind them are read.
  private func signatures() -> [String: FileSignature] {
    var signatures: [String: FileSignature] = [:]
    for path in company.decidingPaths {
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      signatures[path] = FileSignature(status)
    }
    return signatures
  }
}
