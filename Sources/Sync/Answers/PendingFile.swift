internal import Foundation
public import Ledger
internal import QuickBooks
public import Vocabulary

/// A file that waits to be sent: requests that QuickBooks did not get to, or questions about documents of
/// which it does not say whether it has them.
public struct PendingFile: Sendable, Hashable {
  /// How a file stands.
  public enum State: Sendable, Hashable {
    /// It is to be sent.
    case ready
    /// Part of what it asks for is settled, and would be booked twice.
    case outdated
    /// It is not in the run's folder.
    case missing
    /// It has other bytes than were written.
    case changed
    /// QuickBooks has answered part of it: sent again, it might be booked twice.
    case answeredInPart
  }

  /// The run.
  public var run: String
  /// Its name; empty for questions that no file asks yet.
  public var name: String
  /// Where it is.
  public var path: String
  /// Whether it only asks.
  public var isQuestion: Bool
  /// How it stands.
  public var state = State.ready
  /// What of it was not answered yet, by what it is in QuickBooks.
  public var requests: [PendingRequest]

  /// What there is to do, in a sentence without a full stop.
  public var words: String {
    let again = "loadbooks accept --recover \(run)"
    if isQuestion {
      let count = SyncReport.counted(requests.count, "document")
      return state == .ready
        ? "\(count) in doubt: send \(path), which asks for them by their numbers, then accept its answer"
        : "\(count) in doubt: \(again) writes a file that asks for them by their numbers"
    }
    let count = SyncReport.counted(requests.count, "request")
    switch state {
    case .ready:
      return "send next: \(path), which QuickBooks has not answered: \(count)"
    case .outdated:
      return "do not send \(path) any more, part of it is settled: \(again) writes a file of the "
        + "other \(count)"
    case .missing:
      return "\(path) is not there, with \(count): if it was sent, accept its answer; if not, "
        + "\(again) writes it again"
    case .changed:
      return "do not send \(path), which is not what was written: \(again) writes a file of its "
        + "\(count)"
    case .answeredInPart:
      return
        "do not send \(path) again, QuickBooks has answered part of it: \(again) writes a file that "
        + "asks about the other \(count)"
    }
  }

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
      guard let name = request.isInDoubt ? "" : names.name(of: request) else { continue }
      let key = request.run + "/" + name
      if let place = places[key] {
        files[place].requests.append(request)
        continue
      }
      guard let run = try ledger.run(request.run) else { continue }
      places[key] = files.count
      files.append(
        PendingFile(
          run: request.run, name: name,
          path: RunFolder.path(of: run, in: company) + (name.isEmpty ? "" : "/" + name),
          isQuestion: request.isInDoubt, requests: [request]))
    }
    for index in files.indices { try files[index].look(ledger) }
    return files.sorted { ($0.run, $0.name) < ($1.run, $1.name) }
  }

  /// Looks how it stands.
  private mutating func look(_ ledger: SyncLedger) throws(Failure) {
    guard !isQuestion else {
      let asking = LookUpFile.all(in: path).first { file in
        requests.allSatisfy { file.asks($0.entity, $0.name) }
      }
      guard let asking else {
        state = .missing
        return
      }
      path = asking.path
      name = URL(fileURLWithPath: path).lastPathComponent
      return
    }
    let known = try ledger.requests(ofRun: run)
    if let first = requests.first(where: \.entity.isDocument), first.stands.wasSent(known) {
      state = .answeredInPart
      return
    }
    guard let found = Fingerprint(ofFile: path) else {
      state = .missing
      return
    }
    if let sum = try ledger.laterFiles(ofRun: run)[name], sum != found {
      state = .changed
      return
    }
    var ids: [String] = []
    let set = try? QBXMLRequests.forEach(ofFile: path) { request throws(Failure) in
      ids.append(request.id)
    }
    if ResendStanding(ids, ofSet: set ?? "", known).isOutdated { state = .outdated }
  }
}

/// How a file of requests that are to be sent again stands.
struct ResendStanding {
  /// The requests that wait in it, in its order.
  let waiting: [String]
  /// Whether it must not be sent any more: part of it is settled by other means, or stands in another file.
  let isOutdated: Bool

  /// - Parameters:
  ///   - ids: The requests of the file.
  ///   - set: Its set.
  ///   - known: What the ledger knows of the run's requests.
  init(_ ids: [String], ofSet set: String, _ known: [String: LedgerRequest]) {
    let mark = LedgerRequest.SetMark(of: set)
    waiting = ids.filter { known[$0]?.waits(in: mark) ?? false }
    isOutdated = !mark.wasSent(known) && waiting.count < ids.count
  }
}

extension LedgerRequest.SetMark {
  /// Whether QuickBooks has said something about a request that stands in this set: what else does is asked
  /// about, and not sent again.
  func wasSent(_ known: [String: LedgerRequest]) -> Bool {
    known.values.contains { $0.stands == self && $0.state != .intended }
  }
}

/// Finds the file in which a request stands: the number of its set is the file's.
private struct PendingSets {
  /// The sets of a run, as far as they were looked at.
  private struct Run {
    let sets: QBXMLMessageSets
    var names: [LedgerRequest.SetMark: String] = [:]
    // Its numbers begin behind the run's own files, and it has as many files as there are answers at most.
    var next = 1

    mutating func name(of mark: LedgerRequest.SetMark) -> String? {
      while names[mark] == nil, next <= 9_999 {
        names[LedgerRequest.SetMark(of: sets.id(next))] = RunFile.name(next, "resend")
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
  private var places: [String: String] = [:]

  /// All of them.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  init(_ ledger: SyncLedger?) throws(Failure) {
    var names = PendingSets()
    for request in try ledger?.pendingRequests() ?? [] where !request.isInDoubt {
      guard let name = names.name(of: request) else { continue }
      places["\(request.run) \(request.entity.rawValue) \(request.name)"] =
        "\(name) of run \(request.run)"
    }
  }

  var isEmpty: Bool { places.isEmpty }

  /// The file in which an invoice waits, `003-resend.xml of run RUN`; nil for one that does not wait.
  func place(of entry: LedgerEntry) -> String? {
    entry.run.flatMap { places["\($0) \(entry.documentKind.rawValue) \(entry.documentNumber)"] }
  }

  /// What is to be done about an invoice; nil for one that does not wait.
  func words(_ entry: LedgerEntry) -> String? {
    place(of: entry).map {
      "QuickBooks did not get to it: it waits in \($0) (see: loadbooks runs)"
    }
  }
}

/// What is open with QuickBooks after its answers, in sentences.
enum OpenMatters {
  /// The sentences; none when nothing is open.
  static func sentences(
    _ ledger: SyncLedger, in company: CompanyFolder
  ) throws(Failure) -> [String] {
    var sentences = try PendingFile.all(ledger, in: company).map { file in
      if file.isQuestion || file.state != .ready { return "Of run \(file.run), \(file.words)." }
      return
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
