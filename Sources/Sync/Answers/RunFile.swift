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

/// A file that asks QuickBooks what became of the sets of a run.
public enum RecoveryFiles {
  /// Writes one file for each set of which something is not known yet, unless it is there already.
  ///
  /// - Parameters:
  ///   - run: The run's id.
  ///   - ledger: The company's ledger, whose lock is held.
  ///   - company: The company.
  ///   - settings: Its settings.
  ///   - at: The time, ISO 8601 with zone.
  /// - Returns: The paths, in the order in which they must be sent.
  /// - Throws: `Failure`: `usage` when there is no such qbXML run.
  public static func write(
    _ run: String, _ ledger: SyncLedger, in company: CompanyFolder, settings: Settings, at: String
  ) throws(Failure) -> [String] {
    guard let record = try ledger.run(run), record.target == "qbxml", record.state == .finished
    else {
      throw Failure(
        .usage, "there is no finished qbXML run \(run)",
        remedy: "see the ids of all runs with: loadbooks runs")
    }
    let requests = try RunRequests(record, in: company, ledger)
    let known = try ledger.requests(ofRun: run)
    var paths: [String] = []
    for file in requests.files {
      let isOpen = file.requests.contains { request in
        guard let state = known[request.id]?.state else { return true }
        return state == .sent || state == .unknown
          || state == .intended && file.name == requests.files.last?.name
      }
      guard isOpen else { continue }
      paths.append(
        try RunFile.write(
          QBXMLQueries.recovery(ofSet: file.messageSet, format: settings.qbxmlFormat), "recover",
          into: requests, ledger, at: at))
    }
    return paths
  }
}
