/// A failure the sandbox produces on purpose, by chance or by script.
public enum InjectedFault: String, Sendable, Hashable, CaseIterable, Codable {
  /// The connection is cut before anything is done.
  case dropBefore = "drop-before"
  /// The work is done and journaled, then the connection is cut without an answer.
  case commitThenDrop = "commit-then-drop"
  /// Half of a batch is done and journaled, then the connection is cut without an answer.
  case dropInBatch = "drop-in-batch"
  /// Nothing is done and no answer comes until `hang-seconds` have passed.
  case hangBefore = "hang-before"
  /// The work is done and journaled, but no answer comes until `hang-seconds` have passed.
  case commitThenHang = "commit-then-hang"
  /// HTTP 429 in JSON, nothing done.
  case throttled = "throttled"
  /// HTTP 429 as the gateway's XML, nothing done.
  case throttledInXML = "throttled-in-xml"
  /// HTTP 429, although the work is done and journaled.
  case commitThenThrottled = "commit-then-throttled"
  /// HTTP 500 with code 10000, nothing done.
  case serverError = "server-error"
  /// HTTP 500 with code 10000, although the work is done and journaled.
  case commitThenServerError = "commit-then-server-error"
  /// HTTP 502 as an HTML page, nothing done.
  case badGateway = "bad-gateway"
  /// HTTP 503 as an HTML page, nothing done.
  case unavailable = "unavailable"
  /// HTTP 504, nothing done.
  case gatewayTimeout = "gateway-timeout"
  /// HTTP 504, although the work is done and journaled.
  case commitThenGatewayTimeout = "commit-then-gateway-timeout"
  /// HTTP 200 with a `Fault` of code 10000 inside, nothing done.
  case faultInsideSuccess = "fault-inside-success"
  /// HTTP 200 with an envelope that holds only `time`, nothing done.
  case emptyEnvelope = "empty-envelope"
  /// The access token presented has expired, from now on.
  case expiredToken = "expired-token"

  /// What happens, in one line.
  public var summary: String {
    switch self {
    case .dropBefore: "the connection is cut before anything is done"
    case .commitThenDrop:
      "the work is done and journaled, then the connection is cut without an answer"
    case .dropInBatch:
      "half of a batch is done and journaled, then the connection is cut without an answer"
    case .hangBefore: "nothing is done and no answer comes until `hang-seconds` have passed"
    case .commitThenHang:
      "the work is done and journaled, but no answer comes until `hang-seconds` have passed"
    case .throttled: "HTTP 429 in JSON, nothing done"
    case .throttledInXML: "HTTP 429 as the gateway's XML, nothing done"
    case .commitThenThrottled: "HTTP 429, although the work is done and journaled"
    case .serverError: "HTTP 500 with code 10000, nothing done"
    case .commitThenServerError: "HTTP 500 with code 10000, although the work is done and journaled"
    case .badGateway: "HTTP 502 as an HTML page, nothing done"
    case .unavailable: "HTTP 503 as an HTML page, nothing done"
    case .gatewayTimeout: "HTTP 504, nothing done"
    case .commitThenGatewayTimeout: "HTTP 504, although the work is done and journaled"
    case .faultInsideSuccess: "HTTP 200 with a `Fault` of code 10000 inside, nothing done"
    case .emptyEnvelope: "HTTP 200 with an envelope that holds only `time`, nothing done"
    case .expiredToken: "the access token presented has expired, from now on"
    }
  }

  /// Whether the work is done before the failure shows.
  public var commits: Bool {
    switch self {
    case .commitThenDrop, .commitThenHang, .commitThenThrottled, .commitThenServerError,
      .commitThenGatewayTimeout, .dropInBatch:
      true
    default: false
    }
  }
}

/// Which requests a fault may strike.
public enum FaultTarget: String, Sendable, Hashable, CaseIterable, Codable {
  /// Every request to the accounting API.
  case api
  /// Single creates, updates, deletes, voids and batches.
  case writes
  /// Reads and queries.
  case reads
  /// Batches only.
  case batches
  /// The token endpoint.
  case tokens
}

/// A fault that strikes at an exact place: after `skip` matching requests, `times` times.
public struct ScriptedFault: Sendable, Hashable {
  /// What happens.
  public var fault: InjectedFault
  /// Which requests count.
  public var target: FaultTarget
  /// How many matching requests pass unharmed before the first one is struck.
  public var skip: Int
  /// How many matching requests are struck.
  public var times: Int

  /// A fault for the next matching requests.
  public init(
    _ fault: InjectedFault, on target: FaultTarget = .writes, skip: Int = 0, times: Int = 1
  ) {
    self.fault = fault
    self.target = target
    self.skip = skip
    self.times = times
  }
}

/// A repeatable source of chance: the same seed strikes the same requests.
struct SeededChance: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
