import Foundation
import QuickBooksOnline
import Synchronization
import TestSupport
import Vocabulary

/// Answers requests one after the other as it was told, and remembers what was asked.
final class ScriptedTransport: OnlineTransport {
  enum Step: Sendable {
    case answer(HTTPResponse)
    case fail(TransportFailure)
  }

  private let steps: Mutex<[Step]>
  private let log = Mutex<[HTTPRequest]>([])
  /// What is answered when nothing is left.
  private let rest: Step

  init(_ steps: [Step], rest: Step = .fail(.notSent("nothing is left to answer"))) {
    self.steps = Mutex(steps)
    self.rest = rest
  }

  var requests: [HTTPRequest] { log.withLock { $0 } }

  func send(
    _ request: HTTPRequest, timeout: Duration
  ) async throws(TransportFailure) -> HTTPResponse {
    log.withLock { $0.append(request) }
    await Task.yield()
    let step = steps.withLock { $0.isEmpty ? rest : $0.removeFirst() }
    switch step {
    case .answer(let response): return response
    case .fail(let failure): throw failure
    }
  }
}

extension ScriptedTransport.Step {
  /// An answer with a body.
  static func json(_ text: String, status: Int = 200, headers: [String: String] = [:]) -> Self {
    .answer(HTTPResponse(status: status, headers: headers, body: Array(text.utf8)))
  }

  /// Tokens.
  static func tokens(_ access: String, _ refresh: String) -> Self {
    .json(
      #"{"token_type":"bearer","access_token":"\#(access)","expires_in":3600,"refresh_token":"\#(refresh)","x_refresh_token_expires_in":8640000,"x_refresh_token_hard_expires_in":151200000}"#
    )
  }
}

/// A clock that jumps over every wait.
final class JumpingClock: OnlineClock {
  private let time = Mutex(Duration.zero)
  var now: Duration { time.withLock { $0 } }
  var epoch: Double { 1_795_435_200 + Double(now.components.seconds) }
  func sleep(_ duration: Duration) async {
    guard duration > .zero else { return }
    // Whoever waits for another process to let go of a lock must leave it time to do so.
    let isShort = duration < .seconds(1)
    if isShort { try? await Task.sleep(for: .milliseconds(1)) } else { await Task.yield() }
    time.withLock { $0 += isShort ? .milliseconds(1) : duration }
  }
}

/// A connection, kept in a folder of its own.
struct SessionFixture {
  let folder: TemporaryFolder
  let clock = JumpingClock()
  var environment: [String: String] = [:]

  init() throws { folder = try TemporaryFolder() }

  var store: TokenStore {
    TokenStore(folder: folder.path + "/.loadbooks", environment: environment)
  }

  func connection(_ access: String = "AT-1", ends seconds: Double = 3600) -> OnlineConnection {
    OnlineConnection(
      realm: "17", companyName: "Acme", displayName: "acme", connectedAt: "2026-11-23T08:00:00Z",
      endpoints: OnlineEndpoints(
        api: "http://127.0.0.1:9", authorization: "http://127.0.0.1:9/a",
        token: "http://127.0.0.1:9/t", revocation: "http://127.0.0.1:9/r"),
      tokens: OnlineTokens(
        access: Secret(access), refresh: Secret("RT-1"), accessEnds: clock.epoch + seconds,
        refreshEnds: clock.epoch + 8_640_000, grantEnds: nil))
  }

  func authority(_ transport: any OnlineTransport) -> Authority {
    Authority(
      OnlineApp(id: Secret("id"), secret: Secret("secret")), transport: transport, clock: clock)
  }

  func session(
    _ connection: OnlineConnection, _ transport: any OnlineTransport
  ) -> OnlineSession {
    OnlineSession(connection, store: store, authority: authority(transport), clock: clock)
  }

  func client(_ connection: OnlineConnection, _ transport: any OnlineTransport) -> OnlineClient {
    OnlineClient(
      connection, session: session(connection, transport), transport: transport,
      limiter: OnlineLimiter(clock: clock), clock: clock)
  }
}
