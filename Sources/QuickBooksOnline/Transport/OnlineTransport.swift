public import Vocabulary

/// One HTTP request to QuickBooks Online.
public struct HTTPRequest: Sendable {
  /// The method.
  public enum Method: String, Sendable {
    /// Reads.
    case get = "GET"
    /// Writes.
    case post = "POST"
  }

  /// The method.
  public var method: Method
  /// The address.
  public var url: String
  /// The headers without authorisation, which is added at the last moment.
  public var headers: [(String, String)]
  /// What stands behind `Authorization:`.
  public var authorization: Secret
  /// The body.
  public var body: [UInt8]

  /// A request.
  public init(
    _ method: Method, _ url: String, headers: [(String, String)] = [],
    authorization: Secret = Secret(""), body: [UInt8] = []
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.authorization = authorization
    self.body = body
  }
}

/// One HTTP answer.
public struct HTTPResponse: Sendable {
  /// The status.
  public var status: Int
  /// The headers, names in lower case.
  public var headers: [String: String]
  /// The body.
  public var body: [UInt8]

  /// An answer.
  public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why there is no answer.
public enum TransportFailure: Error, Hashable, Sendable {
  /// Nothing was sent: no connection came about.
  case notSent(String)
  /// Something may have been sent, and nobody knows what became of it.
  case unknown(String)

  /// Why, in words.
  public var words: String {
    switch self {
    case .notSent(let words), .unknown(let words): words
    }
  }
}

/// Carries requests; tests put their own in its place.
///
/// It repeats nothing by itself: whether a request may be sent again is decided above it.
public protocol OnlineTransport: Sendable {
  /// Sends a request and waits for its answer.
  ///
  /// - Throws: `TransportFailure`; `notSent` only when not a byte of the request left.
  func send(_ request: HTTPRequest, timeout: Duration) async throws(TransportFailure)
    -> HTTPResponse
}

/// What time it is, and waiting; tests put a clock of their own in its place.
public protocol OnlineClock: Sendable {
  /// The time since some fixed moment; it never goes back.
  var now: Duration { get }
  /// The time of day: seconds since 1970.
  var epoch: Double { get }
  /// Waits; returns early when the task is cancelled.
  func sleep(_ duration: Duration) async
}
