internal import ArgumentParser
internal import Foundation
internal import QuickBooks
internal import QuickBooksOnline
internal import Sync
internal import Vocabulary

/// The command `loadbooks connect`.
struct Connect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "connect",
    abstract: "Connect this company with its company in QuickBooks Online.",
    discussion: """
      Shows an address to open in a browser, where an admin of the QuickBooks company says yes. With a \
      redirect address on this computer the answer is caught; otherwise paste the address that the browser \
      leads to. The keys of your app come from LOADBOOKS_CLIENT_ID and LOADBOOKS_CLIENT_SECRET, or from the \
      file .loadbooks/app-keys. A folder has one connection: --replace puts a new one in its place.
      """)

  @Option(help: ArgumentHelp("What you call the connection.", valueName: "text"))
  var name: String?

  @Flag(help: "Put the new connection in place of the one that is there.")
  var replace = false

  @Flag(help: "Paste the address that the browser leads to, in place of having it caught.")
  var paste = false

  @Flag(name: .customLong("no-browser"), help: "Do not open a browser; only show the address.")
  var withoutBrowser = false

  @Option(help: ArgumentHelp("How long to wait for the browser.", valueName: "seconds"))
  var wait = 600

  @OptionGroup var options: CompanyOptions

  func validate() throws {
    guard wait >= 1 else { throw ValidationError("--wait must be at least 1 second.") }
  }

  func run() throws {
    let here = Surroundings.current
    let folder = try options.neededFolder()
    let settings = try CompanyFolder.settings(folder, assignments: options.assignments)
    let redirect = settings.online.redirect
    let lastBooks = try SyncLedgerBooks.last(folder)
    let state = Secret(
      (0..<4).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }.joined())
    try refuseSecond(folder, settings)
    let (endpoints, address) = try OnlineWork.with(folder, settings) {
      (company) async throws(Failure) in
      let authority = try company.authority()
      let endpoints = try await Authority.discover(
        settings.online.discovery, api: settings.online.api, transport: company.transport)
      return (
        endpoints, authority.authorizationURL(endpoints, redirect: redirect, state: state)
      )
    }
    let listener = try paste ? nil : RedirectListener.listen(redirect)
    here.tell(
      "Open this address and say yes, as an admin of the QuickBooks company:\n\n  \(address)\n")
    if !withoutBrowser, listener != nil { Connect.open(address) }
    let answer = try AuthorizationAnswer(try self.answer(listener, state), state: state)
    let (name, json) = (self.name, options.json)
    let connection = try OnlineWork.with(folder, settings) { (company) async throws(Failure) in
      let tokens = try await company.authority().exchange(
        code: answer.code, redirect: redirect, endpoints)
      var connection = OnlineConnection(
        realm: answer.realm, companyName: "", displayName: name ?? settings.company ?? "",
        connectedAt: here.timestamp, endpoints: endpoints, tokens: tokens)
      let session = try company.session(connection)
      let client = company.client(connection, session, company.limiter())
      let info = try await OnlinePull(client, realm: answer.realm).companyInfo()
      connection.companyName = info["CompanyName"]?.text ?? answer.realm
      if let lastBooks, lastBooks != connection.realm {
        here.tell(
          "note: earlier runs of this folder went to another QuickBooks company (\(lastBooks)); what "
            + "they sent counts as sent, and push refuses to mix the two")
      }
      // Under the lock: nobody else may write the connection at the same time.
      let made = connection
      try await company.store.locked(company.clock) { () async throws(Failure) in
        try company.store.save(made, keepingLock: false)
      }
      return made
    }
    if json { return here.print(Session.json(connection, key: nil).text) }
    here.print(
      "connected with \(FindingText.visible(connection.companyName)) (\(connection.realm))")
    if let company = settings.company, company != connection.companyName {
      here.print(
        "this folder is that of \(FindingText.visible(company)): if that is another company, say "
          + "loadbooks disconnect now, before anything is sent")
    }
  }

  /// One connection a folder: a second one has to be asked for.
  private func refuseSecond(_ folder: CompanyFolder, _ settings: Settings) throws {
    let store = TokenStore(
      folder: folder.path + "/.loadbooks", environment: OnlineWork.environment)
    guard !replace, FileManager.default.fileExists(atPath: store.path) else { return }
    guard let known = try? store.load() else {
      throw Failure(
        .usage, "this folder has a connection already, which cannot be unlocked now",
        remedy:
          "see why with: loadbooks session; a new one takes its place with: loadbooks connect "
          + "--replace")
    }
    let company = FindingText.visible(known.companyName)
    if known.isDead {
      throw Failure(
        .usage,
        "this folder has a connection with \(company) already, which QuickBooks does not accept any more",
        remedy: "put a new one in its place with: loadbooks connect --replace")
    }
    throw Failure(
      .usage, "this folder is connected already with \(company)",
      remedy:
        "keep it (see: loadbooks session), or put a new one in its place with: loadbooks connect "
        + "--replace")
  }

  private func answer(_ listener: RedirectListener?, _ state: Secret) throws(Failure) -> String {
    if let listener {
      if let address = listener.wait(seconds: wait, state: state) { return address }
      throw Failure(
        .tryAgain, "nobody came back from the browser in \(wait) seconds",
        remedy: "begin again with: loadbooks connect, or use --paste")
    }
    let pasted =
      Surroundings.current.ask("Paste the address that the browser shows now: ")
      ?? readLine()
    guard let pasted, !pasted.isEmpty else {
      throw Failure(
        .usage, "no address was pasted",
        remedy: "begin again with loadbooks connect; the address is the one behind the yes")
    }
    return pasted
  }

  private static func open(_ address: String) {
    let programs = ["/usr/bin/xdg-open", "/usr/bin/open"]
    guard isatty(2) == 1,
      let program = programs.first(where: { FileManager.default.isExecutableFile(atPath: $0) })
    else { return }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = [address]
    // The browser lives on, and needs none of what is in our environment.
    process.environment = OnlineWork.environment.filter { !$0.key.hasPrefix("LOADBOOKS_") }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try? process.run()
  }
}
