internal import Foundation
public import Ledger
internal import QuickBooks
internal import QuickBooksOnline
public import Vocabulary

/// Takes a run's documents out of QuickBooks Online again, newest first, as long as nobody has touched them.
///
/// A document is untouched when its version is the one that QuickBooks gave when it made it, and nothing is
/// paid of it. What was touched stays, with the reason. Each removal is noted before it leaves and after it
/// is answered, so that a cut-off undo goes on where it stopped.
public struct OnlineUndo: Sendable {
  /// How documents go.
  public enum Mode: String, Sendable, CaseIterable {
    /// They are deleted, and their numbers are free again.
    case delete
    /// Invoices stay, over nothing, and keep their numbers; credit memos are deleted.
    case void
  }

  /// What became of it.
  public struct Report: Sendable {
    /// How documents went.
    public let mode: Mode
    /// What was in QuickBooks, and is not any more.
    public internal(set) var removed = PushReport.Tally()
    /// What was not in QuickBooks.
    public internal(set) var absent = PushReport.Tally()
    /// What stays, and why.
    public internal(set) var kept: [(document: String, reason: String)] = []
    /// Why it stopped before the end; nil when it did not.
    public internal(set) var failure: Failure?
    /// Whether somebody said stop.
    public internal(set) var isStopped = false

    /// Whether nothing of the run is left in QuickBooks.
    public var isComplete: Bool { kept.isEmpty && failure == nil && !isStopped }

    /// The report for people.
    public var text: String {
      let verb =
        mode == .void ? "made void in QuickBooks, credit memos deleted" : "taken out of QuickBooks"
      var text = "\(verb): \(removed.words)\n"
      if absent.documents > 0 { text += "were not in QuickBooks: \(absent.words)\n" }
      guard !kept.isEmpty else { return text }
      text += "left as they are:\n"
      for (document, reason) in kept {
        text += "  - \(FindingText.visible(document)): \(FindingText.visible(reason))\n"
      }
      return text
    }
  }

  private let run: String
  private let client: OnlineClient
  private let ledger: SyncLedger
  private let clock: any OnlineClock
  private let wait: Duration
  private let mode: Mode
  private let stop: PushStop
  private let timestamp: @Sendable () -> String

  init(
    run: String, client: OnlineClient, ledger: SyncLedger, clock: any OnlineClock, wait: Duration,
    mode: Mode, stop: PushStop, timestamp: @escaping @Sendable () -> String
  ) {
    self.run = run
    self.client = client
    self.ledger = ledger
    self.clock = clock
    self.wait = wait
    self.mode = mode
    self.stop = stop
    self.timestamp = timestamp
  }

  /// Takes out what can be taken out; everything that was sent must be settled.
  func perform() async -> Report {
    var report = Report(mode: mode)
    do throws(Failure) {
      var entries: [LedgerEntry] = []
      try ledger.forEachEntry(ofRun: run) { (entry) throws(Failure) in entries.append(entry) }
      let dispatches = try ledger.dispatches(ofRun: run)
      let sent = Set(
        dispatches.values.filter { $0.operation == .add }.map(\.key))
      let removals = Dictionary(
        dispatches.values.filter { $0.operation != .add }.map { ($0.key, $0) },
        uniquingKeysWith: { first, _ in first })
      let older = Set(
        dispatches.values.filter { $0.code == LedgerDispatch.wasThereCode }.map(\.key))
      var known: [LedgerEntry] = []
      for entry in entries {
        if entry.quickBooksID != nil {
          known.append(entry)
        } else if !sent.contains(entry.key) || entry.state == .inDoubt {
          try forget(entry, "it was not in QuickBooks", &report, wasThere: false)
        }
      }
      for start in stride(from: 0, to: known.count, by: OnlineQuery.numbersPerQuestion) {
        let part = Array(known[start..<min(start + OnlineQuery.numbersPerQuestion, known.count)])
        let records = try await records(part)
        for entry in part {
          if stop.isStopped {
            report.isStopped = true
            return report
          }
          let record = records[entry.key]
          if record != nil, older.contains(entry.key) {
            report.kept.append((entry.title, "it was in QuickBooks before this run sent anything"))
            continue
          }
          try await remove(entry, record, removals[entry.key], &report)
          if report.isStopped { return report }
        }
      }
    } catch {
      report.failure = error
    }
    return report
  }

  private func records(_ entries: [LedgerEntry]) async throws(Failure) -> [String: OnlineJSON] {
    var found: [String: OnlineJSON] = [:]
    for kind in LedgerEntry.DocumentKind.allCases {
      let own = entries.filter { $0.documentKind == kind }
      guard !own.isEmpty else { continue }
      let entity = kind.entity.name
      let ids = own.compactMap(\.quickBooksID)
      let records = try await client.query(OnlineQuery.records(entity, ids: ids))[entity]?.elements
      let byID = Dictionary(
        (records ?? []).compactMap { record in record["Id"]?.text.map { ($0, record) } },
        uniquingKeysWith: { first, _ in first })
      for entry in own { found[entry.key] = entry.quickBooksID.flatMap { byID[$0] } }
    }
    return found
  }

  private func remove(
    _ entry: LedgerEntry, _ record: OnlineJSON?, _ removal: LedgerDispatch?, _ report: inout Report
  ) async throws(Failure) {
    guard let record else {
      return try forget(
        entry, "it is not in QuickBooks any more", &report, requestID: removal?.requestID,
        wasThere: removal != nil)
    }
    if removal?.operation == .void, OnlineUndo.isVoid(record) {
      return try forget(entry, "it is void", &report, requestID: removal?.requestID)
    }
    if let reason = OnlineUndo.touched(record, entry) {
      report.kept.append((entry.title, reason))
      return
    }
    let operation: LedgerDispatch.Operation =
      mode == .void && entry.documentKind == .invoice ? .void : .delete
    let body = OnlineJSON.of(
      ("Id", record["Id"]), ("SyncToken", record["SyncToken"])
    ).jsonText
    // The id of an earlier attempt is used again only for the same bytes.
    let isSame = removal.map { $0.wasSent(as: body) && $0.operation == operation } ?? false
    let requestID = isSame ? removal?.requestID ?? "" : UUID().uuidString.lowercased()
    let dispatch = LedgerDispatch(
      entity: entry.documentKind.entity.ledgerEntity, name: entry.documentNumber,
      operation: operation, requestID: requestID, body: body)
    let (ledger, run, timestamp, stop) = (ledger, run, timestamp, stop)
    let departure = OnlineDeparture(isUnwanted: { stop.isStopped }) { () async throws(Failure) in
      try ledger.recordSent([dispatch], ofRun: run, at: timestamp())
    }
    let answer = try await client.write(
      entry.documentKind.entity.resource, operation: operation.rawValue, body: Array(body.utf8),
      requestID: requestID, departure: departure)
    switch answer {
    case .stayed: report.isStopped = true
    case .done:
      // An answer without effect occurs with some kinds of record: only looking tells.
      try await confirm(entry, dispatch, &report)
    case .refused(let fault): report.kept.append((entry.title, fault.story))
    case .unknown:
      await clock.sleep(wait)
      try await confirm(entry, dispatch, &report)
    }
  }

  private func confirm(
    _ entry: LedgerEntry, _ dispatch: LedgerDispatch, _ report: inout Report
  ) async throws(Failure) {
    let record = try await records([entry])[entry.key]
    guard record == nil || dispatch.operation == .void && record.map(OnlineUndo.isVoid) == true
    else {
      throw Failure(
        .tryAgain, "QuickBooks has not taken out \(entry.title)",
        remedy: "say loadbooks undo \(run) again: it goes on with this one")
    }
    try forget(
      entry, dispatch.operation == .void ? "it is void now" : "it was deleted", &report,
      requestID: dispatch.requestID)
  }

  private func forget(
    _ entry: LedgerEntry, _ detail: String, _ report: inout Report, requestID: String? = nil,
    wasThere: Bool = true
  ) throws(Failure) {
    try ledger.recordRemoved(
      document: entry.documentNumber, entry.documentKind, ofRun: run, requestID: requestID,
      at: timestamp(), detail: detail)
    if wasThere { report.removed.add(entry.amount) } else { report.absent.add(entry.amount) }
  }

  static func isVoid(_ record: OnlineJSON) -> Bool {
    record["TotalAmt"]?.money == .zero
      && record["PrivateNote"]?.text?.hasPrefix("Voided") == true
  }

  /// Why a document must stay; nil when nobody has touched it.
  private static func touched(_ record: OnlineJSON, _ entry: LedgerEntry) -> String? {
    if record["SyncToken"]?.text != entry.editSequence {
      return "it was changed in QuickBooks since"
    }
    let total = Money(cents: abs(entry.amount.cents))
    if record["TotalAmt"]?.money != total { return "its total is another one now" }
    let open = record["Balance"] ?? record["RemainingCredit"]
    if let open, open.money != total { return "something is paid or applied already" }
    if record["LinkedTxn"]?.elements.isEmpty == false { return "a payment is linked with it" }
    return nil
  }
}

extension LedgerEntry {
  fileprivate var key: String { "\(documentKind.rawValue) \(documentNumber)" }

  fileprivate var title: String {
    "\(documentKind == .invoice ? "invoice" : "credit memo") \(documentNumber), \(quickBooksCustomer)"
  }
}

extension LedgerDispatch {
  /// As the entry of a document has it.
  fileprivate var key: String { "\(entity.rawValue) \(name)" }
}

extension LedgerEntry.DocumentKind {
  /// QuickBooks Online's entity.
  fileprivate var entity: OnlineRequest.Entity { self == .invoice ? .invoice : .creditMemo }
}

extension OnlineCompany {
  /// Takes a run's documents out of QuickBooks.
  ///
  /// - Parameters:
  ///   - run: The run's id.
  ///   - path: Its request file.
  ///   - ledger: The ledger, whose lock is held.
  ///   - mode: How documents go.
  ///   - stop: Says stop.
  ///   - timestamp: The time, ISO 8601 with zone.
  /// - Returns: What became of them.
  /// - Throws: `Failure` when nothing could be begun.
  public func undo(
    run: String, file path: String, ledger: SyncLedger, mode: OnlineUndo.Mode, stop: PushStop,
    timestamp: @escaping @Sendable () -> String
  ) async throws(Failure) -> OnlineUndo.Report {
    let connection = try connection()
    try ledger.pin(run: run, to: connection.realm)
    let session = try session(connection)
    let client = client(connection, session, limiter())
    try await waitForAnswers(run, ledger, stop, now: timestamp())
    // First it must be known of every document whether QuickBooks has it.
    if try ledger.unsettledRuns(target: "online").contains(where: { $0.id == run }),
      let books = try books(of: connection.realm)
    {
      let push = try OnlinePush(
        run: run, file: path, books: books, client: client, ledger: ledger, options: pushOptions,
        stop: stop, clock: clock, timestamp: timestamp)
      try await push.lookUp()
    }
    return await OnlineUndo(
      run: run, client: client, ledger: ledger, clock: clock, wait: pushOptions.unknownWait,
      mode: mode, stop: stop, timestamp: timestamp
    ).perform()
  }

  /// How long it takes until QuickBooks cannot be busy any more with what a run sent and had no answer to.
  ///
  /// What is looked for sooner and not found may appear afterwards, and would be denied.
  ///
  /// - Parameters:
  ///   - run: The run's id.
  ///   - ledger: The ledger.
  ///   - now: The time, ISO 8601 with zone.
  /// - Returns: At most the time-out of a request; zero when nothing is open.
  /// - Throws: `Failure` when the ledger cannot be read.
  public func pause(
    beforeUndoOf run: String, _ ledger: SyncLedger, now: String
  ) throws(Failure) -> Duration {
    let open = try ledger.dispatches(ofRun: run).values.filter {
      $0.operation == .add && $0.state != .accepted && $0.state != .refused
    }
    let longest = settings.online.timeout
    let now = try? Date(now, strategy: .iso8601)
    let left = open.compactMap(\.sentAt).map { sent -> Int in
      guard let now, let sent = try? Date(sent, strategy: .iso8601) else { return longest }
      return min(longest, longest - Int(now.timeIntervalSince(sent)))
    }
    return .seconds(max(0, left.max() ?? 0))
  }

  private func waitForAnswers(
    _ run: String, _ ledger: SyncLedger, _ stop: PushStop, now: String
  ) async throws(Failure) {
    var rest = try pause(beforeUndoOf: run, ledger, now: now)
    while rest > .zero {
      guard !stop.isStopped else {
        throw Failure(
          .tryAgain, "nothing was taken back yet",
          remedy: "say loadbooks undo \(run) again")
      }
      await clock.sleep(min(rest, .seconds(1)))
      rest -= .seconds(1)
    }
  }
}
