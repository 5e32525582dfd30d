internal import Foundation
public import Ledger
internal import QuickBooks
public import Vocabulary

/// Writes anew what must not be sent as it is: files of which part is settled by other means.
///
/// An answer, a word of somebody (`adopt`, `accept --settle`) or a look into the books may settle a request
/// while it waits in a file to be sent again. QuickBooks would book it a second time: what is left gets a file
/// of its own, in a set of its own.
public struct ResendRenewal: Sendable {
  /// The files that must not be sent any more, although they are there.
  public private(set) var outdated: [String] = []
  /// The files that were written.
  public private(set) var written: [String] = []
  /// What waits and of which no file has the bytes any more.
  public private(set) var lost: [PendingRequest] = []

  init() {}

  /// What there is to do, a line each.
  public var words: [String] {
    outdated.map { "do not send any more: \(FindingText.visible($0))" }
      + written.map { "send next: \(FindingText.visible($0)), then accept its answer" }
  }

  /// Renews the files of all runs that have something to be sent again.
  ///
  /// - Parameters:
  ///   - ledger: The company's ledger, whose lock is held.
  ///   - company: The company.
  ///   - settings: Its settings.
  ///   - at: The time, ISO 8601 with zone.
  ///   - before: The files that waited before something was settled: one with nothing left to be sent is in
  ///     nobody's sight any more, but still there.
  /// - Throws: `Failure` when the ledger or a folder cannot be written.
  public init(
    _ ledger: SyncLedger, in company: CompanyFolder, settings: Settings, at: String,
    before: [PendingFile] = []
  ) throws(Failure) {
    let pending = try PendingFile.all(ledger, in: company)
    let paths = Set(pending.map(\.path))
    outdated = before.lazy.filter { !$0.isQuestion && !paths.contains($0.path) }.map(\.path)
    for id in Set(pending.lazy.filter { $0.state == .outdated }.map(\.run)).sorted() {
      guard let record = try ledger.run(id) else { continue }
      var run = try RunRequests(record, in: company, ledger)
      try renew(&run, ledger, format: settings.qbxmlFormat, at: at)
    }
  }

  /// Renews the files of a run.
  mutating func renew(
    _ run: inout RunRequests, _ ledger: SyncLedger, format: QBXMLFormat, at: String
  ) throws(Failure) {
    let known = try ledger.requests(ofRun: run.run.id)
    for file in run.files where file.name.hasSuffix("-resend.xml") {
      let standing = ResendStanding(file.requests.map(\.id), ofSet: file.messageSet, known)
      guard standing.isOutdated else { continue }
      outdated.append(run.folder + "/" + file.name)
      guard !standing.waiting.isEmpty else { continue }
      try write(standing.waiting, of: &run, ledger, format: format, at: at)
    }
  }

  /// Writes the files of a run again that are missing or have other bytes: as they were, where that can be
  /// had.
  ///
  /// A file of which QuickBooks has answered a part was sent: it is asked about, and not written anew.
  mutating func restore(
    _ run: inout RunRequests, _ ledger: SyncLedger, format: QBXMLFormat, at: String
  ) throws(Failure) {
    let sums = try ledger.laterFiles(ofRun: run.run.id)
    let known = try ledger.requests(ofRun: run.run.id)
    var waiting = try ledger.pendingRequests().filter { $0.run == run.run.id && !$0.isInDoubt }
    for file in run.files where file.isIntact {
      let mark = LedgerRequest.SetMark(of: file.messageSet)
      waiting.removeAll { $0.stands == mark }
    }
    let bySet = Dictionary(grouping: waiting, by: \.stands)
    for (number, mark) in run.numbered(bySet.keys.filter { !$0.wasSent(known) }) {
      guard let own = bySet[mark] else { continue }
      let inOrder = run.ordered(own.map(\.id))
      if let number, let sum = sums[RunFile.name(number, "resend")],
        try rewrite([own.map(\.id), inOrder], number, sum, &run, format: format)
      {
        continue
      }
      if try !write(inOrder, of: &run, ledger, format: format, at: at) { lost += own }
    }
  }

  /// Writes a file that was written before, with the first of several orders that gives the same bytes;
  /// false when none does.
  private mutating func rewrite(
    _ orders: [[String]], _ number: Int, _ sum: Fingerprint, _ run: inout RunRequests,
    format: QBXMLFormat
  ) throws(Failure) -> Bool {
    for ids in orders {
      guard let file = try ResendFile(ids, of: run, format: format, number: number) else {
        continue
      }
      guard file.record?.fingerprint == sum else {
        file.discard()
        continue
      }
      try file.publish()
      written.append(file.path)
      run.read(RunFile.name(number, "resend"), sum)
      return true
    }
    return false
  }

  /// Writes requests into the next file of their run; false when no file has their bytes any more.
  @discardableResult
  private mutating func write(
    _ ids: [String], of run: inout RunRequests, _ ledger: SyncLedger, format: QBXMLFormat,
    at: String
  ) throws(Failure) -> Bool {
    guard let file = try ResendFile(ids, of: run, format: format), let record = file.record else {
      return false
    }
    do throws(Failure) {
      try ledger.move(
        requests: ids, ofRun: run.run.id, toSet: file.messageSet, file: record, at: at)
      try file.publish()
    } catch {
      file.discardUnlessRecorded(ledger)
      throw error
    }
    run.read(record.name, record.fingerprint)
    written.append(file.path)
    return true
  }
}
