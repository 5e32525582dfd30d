internal import Foundation
public import Ledger
public import Vocabulary

/// Looks whether a company's memory is intact, and whether it agrees with the files that its runs wrote.
///
/// It changes nothing, and may be done while another process is at work.
public struct LedgerAudit: Sendable {
  /// Everything that was looked at.
  public private(set) var findings: [LedgerFinding] = []

  /// Whether nothing is wrong, neither here nor, as far as its answers say, in QuickBooks.
  public var isClean: Bool { isSound && !findings.contains { $0.verdict == .differs } }

  /// Whether the memory is as it must be, and the files of its runs are.
  private var isSound: Bool { !findings.contains { $0.verdict == .wrong } }

  /// What to do about what is wrong; empty when nothing is.
  ///
  /// Files that were changed say nothing against the memory: an older copy of it in its place would forget
  /// what was sent since.
  public private(set) var remedies: [String] = []

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
    } catch  where !isSound {
      findings.append(
        LedgerFinding(
          .wrong, "because of the damage the files could not be compared: \(error.message)"))
    }
    let files = filesInTheWay.count + filesChanged.count
    if findings.count(where: { $0.verdict == .wrong }) > files {
      remedies.append(
        "put back a copy of .loadbooks/ledger.sqlite that is clean, or rebuild it with "
          + "loadbooks ledger import from an export; then compare the newest runs with QuickBooks")
    } else if !isClean {
      remedies.append("leave the ledger as it is: it is sound")
    }
    if findings.contains(where: { $0.verdict == .differs }) {
      remedies.append(
        "put right in QuickBooks what it has otherwise than it was sent, then say so for each invoice: "
          + "loadbooks accept --settle NUMBER --reason WHY")
    }
    if let run = filesChanged.first {
      remedies.append(
        "put the file back as it was written; or, if it was never imported, take its run back with "
          + "loadbooks undo \(run), then convert the export again")
    }
    if let run = filesInTheWay.first {
      remedies.append(
        "do not import what is in \(company.outboxPath)/\(run); move it to "
          + "\(RunFolder.undonePath(of: run, in: company))")
    }
  }

  /// The runs of which a file for QuickBooks was changed, once for each such file.
  private var filesChanged: [String] = []
  /// The runs that were taken back and have a file with documents in the outbox still, or again.
  private var filesInTheWay: [String] = []

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
    for file in try PendingFile.all(ledger, in: company) {
      findings.append(LedgerFinding(.remark, "run \(file.run): \(file.words)"))
    }
  }

  /// Holds the files of runs that count against their sums, where they are still there.
  ///
  /// Only files for QuickBooks must be as they were written. Held records are there to be mended, and people write
  /// into reports.
  private mutating func checkFiles(
    _ ledger: SyncLedger, _ company: CompanyFolder
  ) throws(Failure) {
    var (same, gone) = (0, 0)
    for run in try ledger.runs().reversed() {
      if run.state == .undone { checkUndone(run, company) }
      guard run.state == .finished else { continue }
      let folder = RunFolder.path(of: run, in: company)
      try checkLaterFiles(run, folder, ledger)
      for output in run.outputs {
        let path = folder + "/" + output.name
        guard access(path, F_OK) == 0 else {
          gone += 1
          continue
        }
        if Fingerprint(ofFile: path) == output.fingerprint {
          same += 1
        } else if RunRecovery.isForQuickBooks(output) {
          filesChanged.append(run.id)
          findings.append(
            LedgerFinding(
              .wrong,
              "\(path) is not what run \(run.id) wrote: do not import it "
                + "(\(SyncReport.counted(output.documents, "document")) over "
                + "\(output.amount.grouped) were written)"))
        } else {
          findings.append(LedgerFinding(.remark, "\(path) was edited after run \(run.id) wrote it"))
        }
      }
    }
    findings.append(
      LedgerFinding(
        .right,
        "\(same) \(same == 1 ? "file of runs has" : "files of runs have") the bytes that were written"
      ))
    if gone > 0 {
      findings.append(
        LedgerFinding(
          .remark,
          "\(gone) \(gone == 1 ? "file of runs is not where it was" : "files of runs are not where they were")"
            + " written, so not compared"))
    }
  }

  /// Holds the files that answers have led to against their sums.
  private mutating func checkLaterFiles(
    _ run: RunRecord, _ folder: String, _ ledger: SyncLedger
  ) throws(Failure) {
    for (name, sum) in try ledger.laterFiles(ofRun: run.id).sorted(by: { $0.key < $1.key }) {
      guard let found = Fingerprint(ofFile: folder + "/" + name), found != sum else { continue }
      filesChanged.append(run.id)
      findings.append(
        LedgerFinding(.wrong, "\(folder)/\(name) is not what was written: do not send it"))
    }
  }

  /// What a run that was taken back sent may have gone out again: its own files must not be imported.
  private mutating func checkUndone(_ run: RunRecord, _ company: CompanyFolder) {
    let folder = company.outboxPath + "/" + run.id
    let left = run.outputs.filter { $0.documents > 0 && access(folder + "/" + $0.name, F_OK) == 0 }
    guard let first = left.first else { return }
    filesInTheWay.append(run.id)
    findings.append(
      LedgerFinding(
        .wrong,
        "run \(run.id) was taken back, but \(first.name) is in \(folder): do not import it, its "
          + "invoices may be sent again"))
  }
}
