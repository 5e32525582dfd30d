internal import Foundation
public import Ledger
public import QuickBooks
public import QuickBooksOnline
public import Vocabulary

/// A company folder and its QuickBooks Online company: the connection, the client, and the books.
public struct OnlineCompany: Sendable {
  /// The folder.
  public let folder: CompanyFolder
  /// Its settings.
  public let settings: Settings
  /// Carries requests.
  public let transport: any OnlineTransport
  /// What time it is.
  public let clock: any OnlineClock
  private let environment: [String: String]
  private let elsewhere: (@Sendable (Secret) async -> Void)?

  /// A company.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - settings: Its settings.
  ///   - environment: Where the keys of the app, a passphrase and the keyring are looked for.
  ///   - transport: Carries requests.
  ///   - clock: What time it is.
  ///   - elsewhere: Renews the tokens in another process; nil for in this one.
  public init(
    _ folder: CompanyFolder, settings: Settings, environment: [String: String],
    transport: any OnlineTransport, clock: any OnlineClock,
    elsewhere: (@Sendable (Secret) async -> Void)? = nil
  ) {
    self.elsewhere = elsewhere
    self.folder = folder
    self.settings = settings
    self.environment = environment
    self.transport = transport
    self.clock = clock
  }

  private var privateFolder: String { folder.path + "/.loadbooks" }

  /// Where the connection is kept.
  public var store: TokenStore { TokenStore(folder: privateFolder, environment: environment) }

  /// The connection.
  ///
  /// - Throws: `Failure` with cause `notAllowed` when there is none.
  public func connection() throws(Failure) -> OnlineConnection {
    guard let connection = try store.load() else {
      throw Failure(
        .notAllowed, "this company is not connected with QuickBooks Online",
        remedy: "connect it with: loadbooks connect")
    }
    let host = { (url: String) in Endpoint.origin(of: url) }
    guard host(connection.endpoints.api) == host(settings.online.api) else {
      throw Failure(
        .notAllowed,
        "the connection is with \(host(connection.endpoints.api)), but online.api says "
          + host(settings.online.api),
        remedy: "put the setting back, or connect again with: loadbooks connect --replace")
    }
    return connection
  }

  /// Talks with Intuit's token server.
  ///
  /// - Throws: `Failure` with cause `settingsWrong` when the keys of the app are not there.
  public func authority() throws(Failure) -> Authority {
    Authority(
      try OnlineApp.load(folder: privateFolder, environment: environment), transport: transport,
      clock: clock)
  }

  /// A session of the connection.
  public func session(_ connection: OnlineConnection) throws(Failure) -> OnlineSession {
    OnlineSession(
      connection, store: store, authority: try authority(), clock: clock, elsewhere: elsewhere)
  }

  /// The gate of the company.
  public func limiter() -> OnlineLimiter {
    var pace = OnlinePace()
    pace.requestsPerMinute = settings.online.requestsPerMinute
    pace.batchesPerMinute = settings.online.batchesPerMinute
    pace.inFlight = settings.online.inFlight
    return OnlineLimiter(pace, clock: clock)
  }

  /// A client of the company.
  public func client(
    _ connection: OnlineConnection, _ session: OnlineSession, _ limiter: OnlineLimiter
  ) -> OnlineClient {
    OnlineClient(
      connection, session: session, transport: transport, limiter: limiter, clock: clock,
      timeout: .seconds(settings.online.timeout))
  }

  /// How documents are sent.
  public var pushOptions: OnlinePush.Options {
    var options = OnlinePush.Options()
    options.batchSize = settings.online.batchSize
    options.inFlight = settings.online.inFlight
    options.unknownWait = .seconds(settings.online.unknownWait)
    return options
  }

  // MARK: - Books

  /// The file of the books.
  public var booksFile: String { folder.booksPath + "/" + OnlineBooks.fileName }

  /// The books as they were pulled last; nil when they never were.
  ///
  /// - Throws: `Failure`: `inputUnreadable` for a damaged file, `notAllowed` for another company's books.
  public func books(of realm: String?) throws(Failure) -> OnlineBooks? {
    guard let books = try OnlineBooks.read(path: booksFile) else { return nil }
    guard realm == nil || books.realm == realm else {
      throw Failure(
        .notAllowed,
        "\(booksFile) has the books of \(books.company) (\(books.realm)), but the folder is connected "
          + "with \(realm ?? "")",
        remedy: "fetch this company's books with: loadbooks pull --refresh")
    }
    return books
  }

  /// Writes the books whole or not at all.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  public func save(_ books: OnlineBooks) throws(Failure) {
    try OutputFolder.make(folder.booksPath)
    try StagedFile.write(books.text, as: OnlineBooks.fileName, in: folder.booksPath)
  }

  /// Refuses a company that is not the one to which the folder's earlier runs went: what they sent counts as
  /// sent, and would be missing there.
  ///
  /// - Throws: `Failure` with cause `notAllowed`.
  public static func check(
    _ ledger: SyncLedger, _ connection: OnlineConnection
  ) throws(Failure) {
    guard let other = try ledger.booksBeside(connection.realm) else { return }
    throw Failure(
      .notAllowed,
      "what this folder has sent is in another QuickBooks company (\(other)) than the one that is "
        + "connected now, \(FindingText.visible(connection.companyName)) (\(connection.realm))",
      remedy:
        "connect that company again with: loadbooks connect --replace; another company needs a folder "
        + "of its own: loadbooks init")
  }

  /// Refuses a company that cannot keep what we send.
  ///
  /// - Throws: `Failure` with cause `notAllowed`.
  public static func check(_ books: OnlineBooks) throws(Failure) {
    guard !books.preferences.customNumbers else { return }
    throw Failure(
      .notAllowed,
      "\(books.company) gives its own numbers to invoices: those of LoadOps would be lost",
      remedy:
        "in QuickBooks choose Account and settings > Sales > Custom transaction numbers, then: "
        + "loadbooks pull --refresh")
  }
}

extension OnlineApp {
  /// The variables with the keys of an app.
  public static let variables = ["LOADBOOKS_CLIENT_ID", "LOADBOOKS_CLIENT_SECRET"]

  /// The keys of the app: from the environment, else from a file that only its owner may read.
  ///
  /// - Parameters:
  ///   - folder: The folder with `app-keys`, two lines `client_id=…` and `client_secret=…`.
  ///   - environment: The environment.
  /// - Returns: The keys.
  /// - Throws: `Failure` with cause `settingsWrong`, or `notAllowed` when others may read the file.
  public static func load(
    folder: String, environment: [String: String]
  ) throws(Failure) -> OnlineApp {
    let path = folder + "/app-keys"
    var found = variables.map { environment[$0] ?? "" }
    let given = variables.indices.filter { !found[$0].isEmpty }
    if found.contains(""), let data = FileManager.default.contents(atPath: path) {
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & 0o077 == 0 else {
        throw Failure(
          .notAllowed, "\(path) may be read by others than its owner",
          remedy: "say: chmod 600 \(path)")
      }
      for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) {
        let parts = line.split(separator: "=", maxSplits: 1).map {
          $0.trimmingCharacters(in: .whitespaces)
        }
        guard parts.count == 2 else { continue }
        if parts[0] == "client_id" { found[0] = parts[1] }
        if parts[0] == "client_secret" { found[1] = parts[1] }
      }
    }
    guard !found.contains("") else {
      throw Failure(
        .settingsWrong,
        given.count == 1
          ? "\(variables[given[0]]) is set, but \(variables[1 - given[0]]) is not"
          : "the keys of your app on developer.intuit.com are not given",
        remedy: "set \(variables[0]) and \(variables[1]), or write them into \(path) as "
          + "client_id=... and client_secret=... and say: chmod 600 \(path)")
    }
    return OnlineApp(id: Secret(found[0]), secret: Secret(found[1]))
  }
}
