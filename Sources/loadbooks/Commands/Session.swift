internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import QuickBooks
internal import QuickBooksOnline
internal import Sync
internal import Vocabulary

/// The company that earlier runs went to.
enum SyncLedgerBooks {
  /// Its id; nil when no run has gone anywhere.
  static func last(_ folder: CompanyFolder) throws(Failure) -> String? {
    try SyncLedger.openReadOnly(folder: folder.path)?.lastBooks()
  }
}

/// The command `loadbooks session`.
struct Session: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "session",
    abstract: "Show the connection with QuickBooks Online: which company, and until when.",
    discussion: """
      Asks QuickBooks for the company's name with the connection, which renews it when it is due; \
      --offline only looks at what is kept here.
      """)

  @Flag(help: "Ask nobody; show what is kept here.")
  var offline = false

  @Flag(help: "Get new tokens, even if the ones that are there are still good.")
  var refresh = false

  @OptionGroup var options: CompanyOptions

  func validate() throws {
    if offline, refresh {
      throw ValidationError("--refresh asks Intuit and --offline asks nobody: give one of them.")
    }
  }

  /// How many days before its end a connection is warned about.
  private static let warningDays = 14.0

  func run() throws {
    let here = Surroundings.current
    let folder = try options.neededFolder()
    let settings = try CompanyFolder.settings(folder, assignments: options.assignments)
    let (offline, refresh) = (self.offline, self.refresh)
    let (connection, place) = try OnlineWork.with(folder, settings) {
      (company) async throws(Failure) in
      var connection = try company.connection()
      if !offline {
        let session = try company.session(connection)
        let usedUp = RefreshProcess.usedUp(connection, OnlineWork.environment)
        _ = try await session.accessToken(
          insteadOf: refresh ? connection.tokens.access : usedUp)
        connection = await session.current
        if RefreshProcess.isThis(OnlineWork.environment) {
          return (connection, company.store.keyPlace())
        }
        let client = company.client(connection, session, company.limiter())
        let info = try await OnlinePull(client, realm: connection.realm).companyInfo()
        connection = await session.current
        let name = info["CompanyName"]?.text ?? ""
        if name != connection.companyName {
          here.tell("note: the company is called \(FindingText.visible(name)) in QuickBooks now")
        }
      }
      return (connection, company.store.keyPlace())
    }
    if options.json { return here.print(Session.json(connection, key: place).text) }
    here.print(Session.text(connection, key: place))
    if connection.isDead { throw connection.end }
    let days = (connection.tokens.ends - here.now.timeIntervalSince1970) / 86_400
    if days < Session.warningDays {
      here.tell(
        "warning: the connection ends in \(max(0, Int(days))) days; connect again before that with: "
          + "loadbooks connect --replace")
    }
  }

  private static func text(_ connection: OnlineConnection, key: String?) -> String {
    var text = "connection      \(FindingText.visible(connection.displayName))\n"
    text += "company         \(FindingText.visible(connection.companyName)) (\(connection.realm))\n"
    text += "at              \(Endpoint.origin(of: connection.endpoints.api))\n"
    text += "connected       \(connection.connectedAt)\n"
    text += "good until      \(Surroundings.day(connection.tokens.ends)), longer with every use"
    if let end = connection.tokens.grantEnds {
      text += "; at most until \(Surroundings.day(end))"
    }
    text += "\nlocked with     \(key ?? "nothing")"
    if connection.isDead { text += "\nQuickBooks does not accept it any more" }
    return text
  }

  static func json(_ connection: OnlineConnection, key: String?) -> JSONText {
    [
      "connection": .string(connection.displayName), "company": .string(connection.companyName),
      "realm": .string(connection.realm),
      "api": .string(Endpoint.origin(of: connection.endpoints.api)),
      "connected": .string(connection.connectedAt),
      "good_until": .string(Surroundings.day(connection.tokens.ends)),
      "at_most_until": .string(orNull: connection.tokens.grantEnds.map(Surroundings.day)),
      "locked_with": .string(orNull: key), "ended": .bool(connection.isDead),
    ]
  }
}

/// The command `loadbooks disconnect`.
struct Disconnect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disconnect",
    abstract: "Give the connection with QuickBooks Online back, and forget it.")

  @Flag(help: "Forget it here, even if Intuit cannot be reached to give it back.")
  var force = false

  @OptionGroup var options: CompanyOptions

  func run() throws {
    let here = Surroundings.current
    let folder = try options.neededFolder()
    let settings = try CompanyFolder.settings(folder, assignments: options.assignments)
    let force = self.force
    let name = try OnlineWork.with(folder, settings) { (company) async throws(Failure) -> String in
      let store = company.store
      return try await store.locked(company.clock) { () async throws(Failure) -> String in
        do throws(Failure) {
          let connection = try company.connection()
          try await company.authority().revoke(connection.tokens, connection.endpoints)
          try store.remove()
          return connection.companyName
        } catch {
          guard force else {
            throw Failure(
              error.cause, error.message,
              remedy:
                "\(error.remedy); to forget it here all the same: loadbooks disconnect --force, and "
                + "end it in QuickBooks under Apps", location: error.location)
          }
          try store.remove()
          return "QuickBooks Online"
        }
      }
    }
    if options.json {
      let answer: JSONText = ["disconnected": .bool(true), "company": .string(name)]
      return here.print(answer.text)
    }
    here.print("disconnected from \(FindingText.visible(name)); the books that were pulled stay")
  }
}
