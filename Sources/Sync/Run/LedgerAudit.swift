internal import Foundation
public import Ledger
public import Vocabulary

/// Looks whether a company's memory is intact, and whether it agrees with the files that its runs wrote.
///
/// It changes nothing, and may be done while another process is at work.
public struct LedgerAudit: Sendable {
  /// Everything that was looked at.
  public private(set) var findings: [LedgerFinding] = []

  /// Whether nothing is wrong.
  public var isClean: Bool { !findings.contains { $0.verdict == .wrong } }

  /// Audits the memory of a company.
  ///
  /// - Throws: `Failure` when the ledger cannot be read at all.
  public init(_ company: CompanyFolder) throws(Failure) {
    let ledger = try SyncLedger.openReadOnly(folder: company.path)
    if let ledger {
      findings = try ledger.check()
    } else {
      findings.append(LedgerFinding(.remark, "there is no ledger yet: nothing was ever recorded"))
    }
    do throws(Failure) {
      try checkFolder(ledger, company)
    } catch  where !isClean {
      findings.append(
        LedgerFinding(
          .wrong, "because of the damage the files could not be compared: \(error.message)"))
    }
  }

  private mutating func checkFolder(
    _ ledger: SyncLedger?, _ company: CompanyFolder
  ) throws(Failure) {
    let unknown = try company.unknownRuns(ledger)
    for run in unknown {
      findings.append(
        LedgerFinding(
          .wrong,
          "the outbox has run \(run), of which the ledger knows nothing: the ledger was lost, "
            + "or an older copy of it was put back"))
    }
    if unknown.isEmpty {
      findings.append(LedgerFinding(.right, "the ledger knows every run that the outbox has"))
    }
    guard let ledger else { return }
    try checkFiles(ledger, company)
  }

  /// Holds the files of runs that count against their sums, where they are still there.
  ///
  /// Only files for QuickBooks must be as they were written. Held records are there to be mended, and people write
  /// into reports.
  private mutating func checkFiles(
    _ ledger: SyncLedger, _ company: CompanyFolder
  ) throws(Failure) {
    var (same, gone) = (0, 0)
    for run in try ledger.runs().reversed() where run.state == .finished {
      let folder = run.outputFolder ?? company.outboxPath + "/" + run.id
      for output in run.outputs {
        let path = folder + "/" + output.name
        guard access(path, F_OK) == 0 else {
          gone += 1
          continue
        }
        if Fingerprint(ofFile: path) == output.fingerprint {
          same += 1
        } else if RunRecovery.isForQuickBooks(output) {
          findings.append(
            LedgerFinding(
              .wrong,
              "\(path) is not what run \(run.id) wrote: do not import it (\(output.documents) "
                + "documents over \(output.amount) were written)"))
        } else {
          findings.append(LedgerFinding(.remark, "\(path) was edited after run \(run.id) wrote it"))
        }
      }
    }
    findings.append(LedgerFinding(.right, "\(same) files of runs have the bytes that were written"))
    if gone > 0 {
      findings.append(
        LedgerFinding(
          .remark, "\(gone) files of runs are not where they were written, so not compared"))
    }
  }
}
