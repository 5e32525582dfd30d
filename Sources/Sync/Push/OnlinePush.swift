internal import Foundation
public import Ledger
public import QuickBooks
public import QuickBooksOnline
public import Vocabulary

/// Sends a run's request file to QuickBooks Online, and goes on where an earlier attempt stopped.
///
/// 1. List entries first, parents before children: documents refer to their ids.
/// 2. Documents, in batches or one by one, several requests under way at a time.
/// 3. Whatever leaves is noted in the ledger, on disk, before its first byte; whatever is answered is
///    noted before anything else happens to it. A record that was sent and has no answer is looked up in
///    QuickBooks, by number, customer, date and total; only when it is not there it is sent again, with
///    the same bytes under the same ids.
///
/// So the same push may be cut off anywhere, any number of times, and in the end every document is in
/// QuickBooks once, whether the server remembers request ids or not.
public actor OnlinePush {
  /// How to send.
  public struct Options: Sendable {
    /// Documents in one request.
    public var batchSize = 10
    /// Requests under way at once.
    public var inFlight = 8
    /// How long to wait before a record without an answer is looked up.
    public var unknownWait = Duration.seconds(20)

    /// The defaults.
    public init() {}
  }

  /// Tells how many of the documents are settled.
  public typealias Progress = @Sendable (_ done: Int, _ total: Int) -> Void

  let client: OnlineClient
  let ledger: SyncLedger
  let clock: any OnlineClock
  let options: Options
  let stop: PushStop
  let run: String
  let timestamp: @Sendable () -> String
  let preferences: OnlineBooks.Preferences
  private let progress: Progress?
  /// Documents that QuickBooks had when it was last asked, by kind and number.
  private let taken: Set<String>
  var ids: OnlineIDs
  var known: [String: LedgerDispatch] = [:]
  var report: PushReport
  /// What the run created, to complete the books with.
  var newEntries: [OnlineBooks.Entry] = []
  private var entries: [OnlineRequest] = []
  private var documents: [OnlineRequest] = []
  private var settled = 0

  /// Prepares to send a run.
  ///
  /// - Parameters:
  ///   - run: The run's id.
  ///   - path: Its request file.
  ///   - books: The company's books, with the ids of what exists.
  ///   - client: The company.
  ///   - ledger: The ledger, whose lock is held.
  ///   - options: How to send.
  ///   - stop: Says stop.
  ///   - clock: For waiting.
  ///   - timestamp: The time, ISO 8601 with zone.
  ///   - progress: Called now and then.
  /// - Throws: `Failure` when the file cannot be read, or is another run's.
  public init(
    run: String, file path: String, books: OnlineBooks, client: OnlineClient, ledger: SyncLedger,
    options: Options, stop: PushStop, clock: any OnlineClock,
    timestamp: @escaping @Sendable () -> String, progress: Progress? = nil
  ) throws(Failure) {
    self.run = run
    self.client = client
    self.ledger = ledger
    self.options = options
    self.stop = stop
    self.clock = clock
    self.timestamp = timestamp
    self.progress = progress
    preferences = books.preferences
    taken = Set(books.documents.map { "\($0.kind.entity)\n\($0.number)" })
    ids = OnlineIDs(books)
    report = PushReport(run: run)
    var (entries, documents): ([OnlineRequest], [OnlineRequest]) = ([], [])
    let owner = try OnlineRequests.forEach(ofFile: path, looksIntoBodies: false) {
      request throws(Failure) in
      if request.entity.isDocument { documents.append(request) } else { entries.append(request) }
    }
    guard owner == run else {
      throw Failure(
        .inputUnreadable, "\(path) was written by run \(owner), not by \(run)",
        remedy: "put the files of the runs back into their own folders")
    }
    self.entries = entries
    self.documents = documents
  }

  /// Sends what is not settled yet.
  ///
  /// - Returns: What became of it; a failure that ended it is in there, because much may have been done
  ///   before.
  public func send() async -> PushReport {
    do throws(Failure) {
      known = try ledger.dispatches(ofRun: run)
      try await sendEntries()
      try await sendDocuments()
    } catch {
      report.failure = report.failure ?? error
    }
    for document in documents where state(document) != .accepted && state(document) != .refused {
      if state(document) == nil {
        report.left.add(document.amount)
      } else {
        report.unknown.add(document.amount)
      }
    }
    return report
  }

  /// Finds out what became of what was sent without an answer, and sends nothing.
  func lookUp() async throws(Failure) {
    known = try ledger.dispatches(ofRun: run)
    for entry in entries {
      if !entry.isCreation {
        ids.take(existing: entry)
      } else if let line = entry.reference, let id = known[entry.id]?.quickBooksID {
        ids.take(creation: entry)
        ids.set(id, line: line)
      }
    }
    let open = documents.filter {
      known[$0.id].map { $0.state != .accepted && $0.state != .refused } ?? false
    }
    let size = OnlineQuery.numbersPerQuestion
    for start in stride(from: 0, to: open.count, by: size) {
      try await find(Array(open[start..<min(start + size, open.count)]))
    }
  }

  /// The entries that were created, as the books have them.
  public var created: [OnlineBooks.Entry] { newEntries }

  func state(_ request: OnlineRequest) -> LedgerRequest.State? { known[request.id]?.state }

  // MARK: - List entries

  private func sendEntries() async throws(Failure) {
    for entry in entries where !entry.isCreation { ids.take(existing: entry) }
    var open: [OnlineRequest] = []
    for entry in entries where entry.isCreation {
      ids.take(creation: entry)
      if let line = entry.reference, let dispatch = known[entry.id] {
        if dispatch.state == .accepted, let id = dispatch.quickBooksID {
          ids.set(id, line: line)
          continue
        }
        if dispatch.state == .refused {
          ids.kill(line, because: "\(entry.title) was refused by QuickBooks")
          continue
        }
      }
      open.append(entry)
    }
    // In waves: what has all its parents goes next.
    while !open.isEmpty, !stop.isStopped {
      var wave: [OnlineRequest] = []
      var later: [OnlineRequest] = []
      for entry in open {
        if let obstacle = ids.obstacle(entry) {
          let outcome = PushJudge.refused(
            entry, "", code: "reference", obstacle, AnswerRules.referenceMissing)
          try note([outcome])
        } else if ids.isReady(entry) {
          wave.append(entry)
        } else {
          later.append(entry)
        }
      }
      if wave.isEmpty, later.count == open.count { break }
      try await inParallel(wave.map { [$0] }) { (one) async throws(Failure) in
        try await self.settle(entry: one[0])
      }
      open = later
    }
  }

  // MARK: - Documents

  private func sendDocuments() async throws(Failure) {
    var chunks: [[OnlineRequest]] = []
    // What was sent in one batch is settled as that batch: its ids are what the server knows.
    var batches: [String: [OnlineRequest]] = [:]
    var fresh: [OnlineRequest] = []
    for document in documents {
      switch known[document.id]?.state {
      case .accepted, .refused: settled += 1
      case nil: fresh.append(document)
      default: batches[known[document.id]?.batch ?? document.id, default: []].append(document)
      }
    }
    chunks += batches.keys.sorted().compactMap { batches[$0] }
    let size = max(1, options.batchSize)
    for start in stride(from: 0, to: fresh.count, by: size) {
      chunks.append(Array(fresh[start..<min(start + size, fresh.count)]))
    }
    progress?(settled, documents.count)
    try await inParallel(chunks) { (chunk) async throws(Failure) in
      try await self.settle(documents: chunk)
    }
  }

  /// Does something with every element, several at a time, until one fails or somebody says stop.
  private func inParallel<Element: Sendable>(
    _ elements: [Element], _ body: @escaping @Sendable (Element) async throws(Failure) -> Void
  ) async throws(Failure) {
    let failure = await withTaskGroup(of: Failure?.self) { group -> Failure? in
      var index = 0
      var first: Failure?
      let width = max(1, options.inFlight)
      while index < min(width, elements.count) {
        let element = elements[index]
        group.addTask {
          await OnlinePush.caught { () async throws(Failure) in try await body(element) }
        }
        index += 1
      }
      while let result = await group.next() {
        first = first ?? result
        if first == nil, !stop.isStopped, index < elements.count {
          let element = elements[index]
          group.addTask {
            await OnlinePush.caught { () async throws(Failure) in try await body(element) }
          }
          index += 1
        }
      }
      return first
    }
    if let failure { throw failure }
  }

  private static func caught(
    _ body: () async throws(Failure) -> Void
  ) async -> Failure? {
    do throws(Failure) {
      try await body()
      return nil
    } catch {
      return error
    }
  }

  // MARK: - Noting

  /// Notes what became of records, in the ledger first.
  func note(_ outcomes: [PushOutcome]) throws(Failure) {
    guard !outcomes.isEmpty else { return }
    _ = try ledger.record(answers: outcomes.map(\.ledgerAnswer), ofRun: run, at: timestamp())
    for outcome in outcomes { take(outcome) }
    progress?(settled, documents.count)
  }

  private func take(_ outcome: PushOutcome) {
    let request = outcome.request
    var dispatch =
      known[request.id]
      ?? LedgerDispatch(
        entity: request.entity.ledgerEntity, name: request.name, requestID: request.id,
        body: outcome.body)
    if let finding = outcome.finding { report.findings.append(finding) }
    switch outcome.result {
    case .accepted(let id, _):
      dispatch.state = .accepted
      dispatch.quickBooksID = id
      // It will not be sent again.
      dispatch.body = ""
      if request.entity.isDocument {
        settled += 1
        report.accepted.add(request.amount)
        if outcome.wasThere { report.found += 1 }
      } else {
        if outcome.wasThere {
          report.linked.append(request.title)
        } else {
          report.created.append(request.title)
        }
        if let line = request.reference { ids.set(id, line: line) }
        addToBooks(request, id)
      }
    case .refused(_, let words, let kind, let remedy):
      dispatch.state = .refused
      report.findings.append(
        Finding(kind, "\(request.title): \(words)", remedy: remedy, value: request.name))
      if request.entity.isDocument {
        settled += 1
        report.refused.add(request.amount)
      } else {
        report.refusedEntries.append(request.title)
        if let line = request.reference {
          ids.kill(line, because: "\(request.title) was refused by QuickBooks")
        }
      }
    case .unknown: dispatch.state = .unknown
    }
    known[request.id] = dispatch
  }

  /// Remembers a created entry as the books would have it.
  private func addToBooks(_ request: OnlineRequest, _ id: String) {
    guard let list = request.entity.list, let body = OnlineJSON(bytes: request.body) else { return }
    var entry = OnlineBooks.Entry(list, id: id, name: request.name)
    switch request.entity {
    case .item:
      entry.type = body["Type"]?.text ?? ""
      entry.account =
        OnlineRequests.references(in: request.body).lazy
        .compactMap { self.ids.entries[$0] }.first { $0.entity == .account }?.name ?? ""
    case .terms: entry.dueDays = body["DueDays"]?.text.flatMap(Int.init)
    case .customer: entry.company = body["CompanyName"]?.text ?? ""
    case .account, .class, .invoice, .creditMemo: break
    }
    newEntries.append(entry)
  }

  /// What happens when the turn of records has come: they are noted, and only then they leave; or they
  /// stay, because somebody has said stop.
  func departure(_ dispatches: [LedgerDispatch]) -> OnlineDeparture {
    let stop = stop
    return OnlineDeparture(isUnwanted: { stop.isStopped }) { () async throws(Failure) in
      try await self.noteSent(dispatches)
    }
  }

  /// Notes that records are about to leave.
  func noteSent(_ dispatches: [LedgerDispatch]) throws(Failure) {
    guard !dispatches.isEmpty else { return }
    let now = timestamp()
    try ledger.recordSent(dispatches, ofRun: run, at: now)
    for var dispatch in dispatches {
      dispatch.state = .sent
      dispatch.attempts = (known[dispatch.requestID]?.attempts ?? 0) + 1
      dispatch.sentAt = now
      known[dispatch.requestID] = dispatch
    }
  }

  /// Whether QuickBooks had a document of this number when it was last asked.
  func isTaken(_ request: OnlineRequest) -> Bool {
    taken.contains("\(request.entity.name)\n\(request.name)")
  }
}
