public import Ledger
public import QuickBooks
public import QuickBooksOnline
public import Vocabulary

extension OnlineCompany {
  /// Sends what a run has not settled yet, and completes the books with what it created.
  ///
  /// - Parameters:
  ///   - run: The run's id.
  ///   - path: Its request file.
  ///   - ledger: The ledger, whose lock is held.
  ///   - stop: Says stop.
  ///   - timestamp: The time, ISO 8601 with zone.
  ///   - progress: Called now and then.
  /// - Returns: What became of it.
  /// - Throws: `Failure` when nothing could be begun.
  public func send(
    run: String, file path: String, ledger: SyncLedger, stop: PushStop,
    timestamp: @escaping @Sendable () -> String, progress: OnlinePush.Progress? = nil
  ) async throws(Failure) -> PushReport {
    let connection = try connection()
    try OnlineCompany.check(ledger, connection)
    try ledger.pin(run: run, to: connection.realm)
    guard var books = try books(of: connection.realm) else {
      throw Failure(
        .settingsWrong, "the books of \(connection.companyName) have not been fetched yet",
        remedy: "fetch them with: loadbooks pull")
    }
    try OnlineCompany.check(books)
    let session = try session(connection)
    let limiter = limiter()
    let push = try OnlinePush(
      run: run, file: path, books: books, client: client(connection, session, limiter),
      ledger: ledger, options: pushOptions, stop: stop, clock: clock, timestamp: timestamp,
      progress: progress)
    var report = await push.send()
    report.throttled = await limiter.refusals
    let created = await push.created
    if !created.isEmpty {
      // So that the next plan knows them without asking for everything again.
      let known = Set(books.entries.map { "\($0.list.rawValue) \($0.id)" })
      books.entries += created.filter { !known.contains("\($0.list.rawValue) \($0.id)") }
      do throws(Failure) { try save(books) } catch { report.failure = report.failure ?? error }
    }
    return report
  }

  /// Fetches the books and keeps them.
  ///
  /// - Returns: The books.
  /// - Throws: `Failure` when they cannot be fetched or kept.
  public func pull(
    at timestamp: String, progress: OnlinePull.Progress? = nil
  ) async throws(Failure) -> OnlineBooks {
    let connection = try connection()
    let session = try session(connection)
    let client = client(connection, session, limiter())
    let books = try await OnlinePull(client, realm: connection.realm)
      .books(at: timestamp, progress: progress)
    try save(books)
    return books
  }
}
