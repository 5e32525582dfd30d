public import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// How a sandbox is started.
public struct SandboxOptions: Sendable {
  /// The folder that keeps its state; nil keeps it in memory only.
  public var folder: URL?
  /// The port to listen on at 127.0.0.1; 0 takes a free one.
  public var port = 0
  /// The knobs that are not as they start.
  public var knobs = Knobs()
  /// The seed of its chance; nil takes a new one.
  public var seed: UInt64?
  /// How many seconds of its clock pass in one second; 0 stops the clock.
  public var clockFactor = 1.0
  /// The instant its clock starts at, in seconds since 1970; nil for now.
  public var startingAt: Double?
  /// The id of the registered app.
  public var clientIdentifier = "sandbox-client"
  /// The secret of the registered app.
  public var clientSecret = "sandbox-secret"
  /// The registered redirect addresses; none means any on this machine and any by https.
  public var redirects: [String] = []

  /// A sandbox in memory on a free port, with every knob as it starts.
  public init() {}
}

/// A loopback emulator of the QuickBooks Online accounting API and its OAuth 2.0 endpoints.
///
/// The story of a request: `SandboxService` takes it from the web server and finds its way. An API
/// request is let in (or not) by the engine's `admit`: who asks, limits, faults. Then it takes its
/// service time on the ``SandboxClock``. Then the engine's `perform` works out the `Change` against
/// the `Company`, writes it to the `JournalFile` and only then does it and answers. Faults that
/// strike after the commit keep the answer back. Nothing listens but 127.0.0.1.
public final class Sandbox: Sendable {
  /// One connection, as the token endpoint would answer it.
  public struct Connection: Sendable, Hashable {
    /// The company.
    public var realm: String
    /// The access token.
    public var accessToken: String
    /// The refresh token.
    public var refreshToken: String
  }

  /// The id of the company that tests connect to.
  public static let realm = CompanySeed.realms[0].realm
  /// The id of another company, to connect to by mistake.
  public static let otherRealm = CompanySeed.realms[1].realm

  /// The port it listens on.
  public let port: Int
  /// The seed of its chance; print it where a test fails.
  public let seed: UInt64
  /// Its clock.
  public let clock: SandboxClock

  private let engine: SandboxEngine
  private let server: Task<Void, any Error>

  private init(port: Int, engine: SandboxEngine, seed: UInt64, server: Task<Void, any Error>) {
    self.port = port
    self.engine = engine
    self.seed = seed
    self.server = server
    clock = engine.clock
  }

  /// Starts a sandbox and returns when it answers.
  public static func start(_ options: SandboxOptions = SandboxOptions())
    async
    throws(SandboxFailure) -> Sandbox
  {
    let seed = options.seed ?? UInt64.random(in: 1...UInt64(UInt32.max))
    let engine = try SandboxEngine(options, seed: seed)
    try await engine.restore()
    let service = SandboxService(engine: engine)
    let (ports, found) = AsyncStream<Int>.makeStream()
    var logger = Logger(label: "quickbooks-sandbox", factory: { _ in SwiftLogNoOpLogHandler() })
    logger.logLevel = .critical
    let application = Application(
      responder: SandboxResponder(service: service),
      configuration: .init(address: .hostname("127.0.0.1", port: options.port)),
      onServerRunning: { channel in
        found.yield(channel.localAddress?.port ?? 0)
        found.finish()
      }, logger: logger)
    let server = Task {
      defer { found.finish() }
      try await application.run()
    }
    var iterator = ports.makeAsyncIterator()
    guard let port = await iterator.next() else {
      let reason: String
      do {
        try await server.value
        reason = "the server stopped at once"
      } catch {
        reason = "\(error)"
      }
      throw .port(options.port, reason: reason)
    }
    return Sandbox(port: port, engine: engine, seed: seed, server: server)
  }

  /// Stops it; what it has answered is in its folder, and whoever still waits is cut off.
  public func stop() async {
    clock.stop()
    server.cancel()
    _ = try? await server.value
    await engine.shut()
  }

  /// Waits until it is stopped.
  public func run() async throws { try await server.value }

  /// The address of its accounting API, token and authorisation endpoints.
  public var baseURL: String { "http://127.0.0.1:\(port)" }

  /// The address of its discovery document.
  public var discoveryURL: String { baseURL + "/.well-known/openid_sandbox_configuration" }

  /// The knobs as they are now.
  public var knobs: Knobs { get async { await engine.knobs } }

  /// Sets a knob, or the probability of a fault, by its name.
  public func set(_ name: String, to value: String) async throws {
    try await engine.set([(name, value)])
  }

  /// Sets a knob.
  public func set(_ knob: Knob, to value: String) async throws {
    try await engine.set([(knob.rawValue, value)])
  }

  /// Sets the probability of a fault.
  public func set(_ fault: InjectedFault, to chance: Double) async throws {
    try await engine.set([(fault.rawValue, "\(chance)")])
  }

  /// Strikes coming requests with a fault.
  public func strike(_ fault: ScriptedFault) async { await engine.add(fault) }

  /// Every effect on the books since the folder was new, the seeded objects left out.
  public var journal: [Effect] { get async { await engine.effects } }

  /// What it has seen since it started.
  public var statistics: Statistics { get async { await engine.statistics } }

  /// The latest requests, oldest first.
  public var requests: [RequestRecord] { get async { await engine.records } }

  /// Moves its clock forward.
  public func advance(by seconds: Double) async throws { try await engine.advance(by: seconds) }

  /// Connects without the authorisation page.
  public func connect(realm: String = Sandbox.realm) async throws -> Connection {
    let lineage = try await engine.connect(realm: realm)
    return Connection(
      realm: realm, accessToken: lineage.accessTokens.last?.value ?? "",
      refreshToken: lineage.refreshToken)
  }

  /// Changes an object as a person in the QuickBooks window would.
  public func edit(
    _ kind: EntityKind, id: String, realm: String = Sandbox.realm,
    _ members: KeyValuePairs<String, JSONValue> = [:]
  ) async throws {
    _ = try await engine.edit(
      realm, kind, id, JSONValue.members(members).members ?? JSONObject())
  }

  /// One object as it stands in the books, or nil.
  public func object(_ kind: EntityKind, id: String, realm: String = Sandbox.realm) async
    -> JSONValue?
  {
    await engine.object(realm, kind, id).map { .object($0) }
  }

  /// All objects of one kind as they stand in the books, in the order of their ids.
  public func objects(_ kind: EntityKind, realm: String = Sandbox.realm) async -> [JSONValue] {
    await engine.objects(realm, kind).map { .object($0) }
  }
}

extension SandboxEngine {
  fileprivate func add(_ fault: ScriptedFault) { script.append(fault) }

  fileprivate func object(_ realm: String, _ kind: EntityKind, _ id: String) -> JSONObject? {
    guard let company = companies[realm] else { return nil }
    return company.entity(kind, id).map { company.shown($0) }
  }

  fileprivate func objects(_ realm: String, _ kind: EntityKind) -> [JSONObject] {
    guard let company = companies[realm], let table = company.tables[kind] else { return [] }
    return table.order.compactMap { table.rows[$0] }.map { company.shown($0) }
  }
}
