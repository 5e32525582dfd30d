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
    var places: [String: Int] = [:]
    var names = PendingSets()
    for request in try ledger.pendingRequests() {
      guard let name = names.name(of: request) else { continue }
      let key = request.run + "/" + name
      if let place = places[key] {
        files[place].requests.append(request)
        continue
      }
      guard let run = try ledger.run(request.run) else { continue }
      places[key] = files.count
      files.append(
        PendingFile(
          run: request.run, name: name, path: RunFolder.path(of: run, in: company) + "/" + name,
          requests: [request]))
    }
    return files.sorted { ($0.run, $0.name) < ($1.run, $1.name) }
  }
}

/// Finds the file in which a request stands: the number of its set is the file's.
private struct PendingSets {
  /// The sets of a run, as far as they were looked at.
  private struct Run {
    let sets: QBXMLMessageSets
    var names: [PendingRequest.SetMark: String] = [:]
    // Its numbers begin behind the run's own files, and it has as many files as there are answers at most.
    var next = 1

    mutating func name(of mark: PendingRequest.SetMark) -> String? {
      while names[mark] == nil, next <= 9_999 {
        names[PendingRequest.SetMark(of: sets.id(next))] = RunFile.name(next, "resend")
        next += 1
      }
      return names[mark]
    }
  }

  private var runs: [String: Run] = [:]

  mutating func name(of request: PendingRequest) -> String? {
    runs[request.run, default: Run(sets: QBXMLMessageSets(run: request.run))].name(
      of: request.stands)
  }
}

/// Documents that QuickBooks did not get to, with the files in which they wait.
struct PendingNames {
  private var words: [String: String] = [:]

  /// All of them.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  init(_ ledger: SyncLedger?) throws(Failure) {
    var names = PendingSets()
    for request in try ledger?.pendingRequests() ?? [] {
      guard let name = names.name(of: request) else { continue }
      words["\(request.run) \(request.entity.rawValue) \(request.name)"] =
        "QuickBooks did not get to it: send \(name) of run \(request.run)"
    }
  }

  var isEmpty: Bool { words.isEmpty }

  /// What is to be done about an invoice; nil for one that does not wait.
  func words(_ entry: LedgerEntry) -> String? {
    entry.run.flatMap { words["\($0) \(entry.documentKind.rawValue) \(entry.documentNumber)"] }
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
