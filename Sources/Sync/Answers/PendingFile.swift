public import Ledger
internal import QuickBooks
public import Vocabulary

/// A file of requests that QuickBooks did not get to, and that waits to be sent.
public struct PendingFile: Sendable, Hashable {
  /// The run.
  public var run: String
  /// Its name.
  public var name: String
  /// Where it is.
  public var path: String
  /// What of it was not answered yet, by what it is in QuickBooks.
  public var requests: [PendingRequest]

  /// All of them, in the order in which they must be sent.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public static func all(
    _ ledger: SyncLedger, in company: CompanyFolder
  ) throws(Failure) -> [PendingFile] {
    var files: [PendingFile] = []
    for request in try ledger.pendingRequests() {
      guard let name = name(of: request) else { continue }
      if let index = files.firstIndex(where: { $0.run == request.run && $0.name == name }) {
        files[index].requests.append(request)
        continue
      }
      guard let run = try ledger.run(request.run) else { continue }
      files.append(
        PendingFile(
          run: request.run, name: name, path: RunFolder.path(of: run, in: company) + "/" + name,
          requests: [request]))
    }
    return files.sorted { ($0.run, $0.name) < ($1.run, $1.name) }
  }

  /// The name of the file in which a request stands: its set's number has it.
  static func name(of request: PendingRequest) -> String? {
    let sets = QBXMLMessageSets(run: request.run)
    // A run has as many files as there are answers at most; its numbers begin behind its own files.
    for number in 1...9_999 where request.stands.isSet(sets.id(number)) {
      return RunFile.name(number, "resend")
    }
    return nil
  }

  /// `003-resend.xml of run 20261123-130000-4c1e`.
  static func words(_ request: PendingRequest) -> String? {
    name(of: request).map { "\($0) of run \(request.run)" }
  }
}

/// What is open with QuickBooks after its answers, in sentences.
enum OpenMatters {
  /// The sentences; none when nothing is open.
  static func sentences(
    _ ledger: SyncLedger, in company: CompanyFolder
  ) throws(Failure) -> [String] {
    var sentences = try PendingFile.all(ledger, in: company).map { file in
      "QuickBooks has not got to \(SyncReport.counted(file.requests.count, "request")) of run "
        + "\(file.run): send \(file.path), then accept its answer."
    }
    let remarks = try ledger.openRemarks()
    if let first = remarks.first {
      sentences.append(
        "Open since \(first.at): \(first.message)"
          + (remarks.count > 1 ? "; and \(remarks.count - 1) more of the kind" : "")
          + ". See: loadbooks ledger check.")
    }
    return sentences
  }
}

extension SyncPlan {
  /// Notes what is open with QuickBooks after its answers to earlier runs, so that the report says it.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public mutating func noteOpenMatters(
    _ ledger: SyncLedger?, in company: CompanyFolder?
  ) throws(Failure) {
    guard let ledger, let company else { return }
    report.openMatters = try OpenMatters.sentences(ledger, in: company)
  }
}
