internal import Foundation
public import Ledger
internal import QuickBooks
public import Vocabulary

/// Files that come into a run's folder later.
enum RunFile {
  /// The name of a file, such as `003-resend.xml`.
  static func name(_ number: Int, _ what: String) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 3 - text.utf8.count)) + text + "-\(what).xml"
  }

  /// Writes one, unless there is one of this kind with the same text already.
  static func write(
    _ text: String, _ what: String, into run: RunRequests, _ ledger: SyncLedger, at: String
  ) throws(Failure) -> String {
    let bytes = Data(text.utf8)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: run.folder)) ?? []
    for old in names.sorted() where old.hasSuffix("-\(what).xml") && !old.hasPrefix(".") {
      let path = run.folder + "/" + old
      if FileManager.default.contents(atPath: path) == bytes { return path }
    }
    let file = try StagedFile(folder: run.folder, name: name(run.nextNumber, what))
    do throws(Failure) {
      try file.write(text)
      try file.finish()
      try QBXMLRequests.forEach(ofFile: file.stagedPath, validating: true) { _ throws(Failure) in }
      if let sum = file.fingerprint {
        try ledger.record(laterFile: file.name, sum, ofRun: run.run.id, at: at)
      }
      try file.publish()
      try StagedFile.syncFolder(run.folder)
    } catch {
      file.discard()
      throw error
    }
    return file.finalPath
  }
}

/// Files that ask QuickBooks what became of a run, and those that are to be sent again.
public struct RecoveryFiles: Sendable {
  /// Their paths, in the order in which they must be sent.
  public private(set) var paths: [String] = []
  /// What waits and no file of the run has any more; nil when nothing is lost.
  public private(set) var failure: Failure?

  /// Writes one file for each set of which something is not known yet, unless it is there already: it asks
  /// for the set's answer, or where QuickBooks has none any more, for the documents by their numbers.
  ///
  /// What waits in a file to be sent again that is missing, was changed or is outdated gets one.
  ///
  /// - Parameters:
  ///   - run: The run's id.
  ///   - ledger: The company's ledger, whose lock is held.
  ///   - company: The company.
  ///   - settings: Its settings.
  ///   - at: The time, ISO 8601 with zone.
  /// - Throws: `Failure`: `usage` when there is no such qbXML run; or when the ledger or the folder cannot be
  ///   written.
  public init(
    _ run: String, _ ledger: SyncLedger, in company: CompanyFolder, settings: Settings, at: String
  ) throws(Failure) {
    guard let record = try ledger.run(run), record.target == "qbxml", record.state == .finished
    else {
      throw Failure(
        .usage, "there is no finished qbXML run \(run)",
        remedy: "see the ids of all runs with: loadbooks runs")
    }
    var requests = try RunRequests(record, in: company, ledger)
    let format = settings.qbxmlFormat
    var renewal = ResendRenewal()
    try renewal.renew(&requests, ledger, format: format, at: at)
    try renewal.restore(&requests, ledger, format: format, at: at)
    paths = renewal.written
    let known = try ledger.requests(ofRun: run)
    for set in requests.files.map(\.messageSet) + requests.lostSets(known) {
      let own = requests.requests(inSet: set, known)
      let doubtful = own.filter { known[$0.id]?.isInDoubt ?? false }
      if let path = try LookUpFile.write(
        doubtful, ofSet: set, of: requests, format: format, ledger, at: at)
      {
        paths.append(path)
      }
      // A file that was written just now has not been sent yet.
      let name = requests.file(ofSet: set).map { requests.files[$0].name }
      let isNew = name.map { renewal.written.contains(requests.folder + "/" + $0) } ?? false
      guard !isNew, own.contains(where: { known[$0.id].map(RecoveryFiles.isOpen) ?? true }) else {
        continue
      }
      paths.append(
        try RunFile.write(
          QBXMLQueries.recovery(ofSet: set, format: format), "recover", into: requests, ledger,
          at: at))
    }
    failure = RecoveryFiles.failure(renewal.lost, run)
  }

  private static func failure(_ lost: [PendingRequest], _ run: String) -> Failure? {
    guard let first = lost.first else { return nil }
    return Failure(
      .inputMissing,
      "no file of run \(run) has \(first.name) any more"
        + (lost.count > 1 ? ", nor \(SyncReport.counted(lost.count - 1, "other"))" : "")
        + ", which must be sent again",
      remedy:
        "put the files of the run back from a backup; or look in QuickBooks for each and say what "
        + "you find: loadbooks accept --settle NUMBER --as sent (or not-sent) --reason WHY")
  }

  /// Whether QuickBooks may have an answer to a request: one that it does not remember is asked for by its
  /// number.
  private static func isOpen(_ request: LedgerRequest) -> Bool {
    request.state == .sent || (request.state == .intended && request.counts)
  }
}
