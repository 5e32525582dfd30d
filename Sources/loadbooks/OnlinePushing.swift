internal import Foundation
internal import Ledger
internal import QuickBooks
internal import QuickBooksOnline
internal import Sync
internal import Vocabulary

/// The steps of sending to QuickBooks Online, which `push` takes by hand and `watch` by itself.
///
/// All of them ask nobody anything. The company's lock is held from the first to the last.
struct OnlinePushing {
  let company: CompanyFolder
  /// The company's settings, with the target `online`.
  let settings: Settings

  /// The steps for a company, whatever its target is at the moment.
  init(_ company: CompanyFolder, _ settings: Settings) {
    self.company = company
    var settings = settings
    settings.target = .online
    self.settings = settings
  }

  /// The company that is connected; nothing is asked of QuickBooks for that.
  ///
  /// - Parameter ledger: Whose runs must have gone to the same company; nil where none is at hand.
  /// - Returns: Its realm.
  /// - Throws: `Failure`: `notAllowed` without a connection that lives, `settingsWrong` without the keys of
  ///   an app, or when the runs went to another company.
  func realm(_ ledger: SyncLedger? = nil) throws(Failure) -> String {
    try OnlineWork.with(company, settings) { (online) async throws(Failure) in
      try OnlinePushing.connection(online, ledger).realm
    }
  }

  /// The company that is connected, which has answered just now: the connection is tried before anything is
  /// written.
  ///
  /// - Parameter ledger: Whose runs must have gone to the same company.
  /// - Returns: Its realm.
  /// - Throws: `Failure`, as ``realm(_:)``, and when QuickBooks cannot be asked.
  func triedRealm(_ ledger: SyncLedger) throws(Failure) -> String {
    try OnlineWork.with(company, settings) { (online) async throws(Failure) in
      let connection = try OnlinePushing.connection(online, ledger)
      let session = try online.session(connection)
      let client = online.client(connection, session, online.limiter())
      _ = try await OnlinePull(client, realm: connection.realm).companyInfo()
      return connection.realm
    }
  }

  private static func connection(
    _ online: OnlineCompany, _ ledger: SyncLedger?
  ) throws(Failure) -> OnlineConnection {
    let connection = try online.connection()
    if connection.isDead { throw connection.end }
    if let ledger { try OnlineCompany.check(ledger, connection) }
    _ = try online.authority()
    return connection
  }

  /// Fetches the books when they are not there, or older than the settings allow.
  ///
  /// - Parameters:
  ///   - realm: The company that is connected.
  ///   - fetching: Called before anything is fetched.
  /// - Throws: `Failure`, also for a company that cannot keep what we send.
  func freshenBooks(
    of realm: String, fetching: @escaping @Sendable () -> Void
  ) throws(Failure) {
    let here = Surroundings.current
    let days = settings.online.booksDays
    let now = here.now
    let timestamp = here.timestamp
    try OnlineWork.with(company, settings) { (online) async throws(Failure) in
      if let books = try online.books(of: realm) {
        let pulled = ISO8601DateFormatter().date(from: books.pulledAt)
        if let pulled, now.timeIntervalSince(pulled) <= Double(days) * 86_400 {
          return try OnlineCompany.check(books)
        }
      }
      fetching()
      let books = try await Pull.fetch(online, at: timestamp)
      try OnlineCompany.check(books)
    }
  }

  /// Sends what a run has not settled yet, and keeps beside its files what became of it.
  ///
  /// - Parameters:
  ///   - run: The run's id.
  ///   - folder: The folder with its files.
  ///   - ledger: The ledger.
  ///   - stop: Says stop.
  ///   - progress: Called now and then.
  /// - Returns: What became of it; a failure that ended it is in there.
  /// - Throws: `Failure` when nothing could be begun.
  func send(
    _ run: String, in folder: String, _ ledger: SyncLedger, _ stop: PushStop,
    progress: @escaping OnlinePush.Progress
  ) throws(Failure) -> PushReport {
    let here = Surroundings.current
    let report = try OnlineWork.with(company, settings) { (online) async throws(Failure) in
      try await online.send(
        run: run, file: folder + "/" + OnlineRequests.fileName, ledger: ledger, stop: stop,
        timestamp: { here.timestamp }, progress: progress)
    }
    try OnlinePushing.keep(report, in: folder)
    return report
  }

  /// Puts what became of a run beside its files; a later push that goes on with it replaces that.
  private static func keep(_ report: PushReport, in folder: String) throws(Failure) {
    for (name, text) in [
      (PushReport.textName, report.text), (PushReport.jsonName, report.json.text),
    ] {
      try StagedFile.write(Array(text.utf8), as: name, in: folder)
    }
  }
}
