internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Vocabulary

/// Carries requests over HTTP with async-http-client.
///
/// That client is the one the Swift server workgroup keeps: it pools connections, verifies certificates
/// by default, keeps bodies in memory no longer than needed, and never repeats a request on its own. The
/// system's URL loading was left alone because it follows redirects with credentials and cannot tell
/// whether a request has left.
public final class HTTPTransport: OnlineTransport {
  private let client: HTTPClient

  /// A transport with connections of its own; ``shutdown()`` closes them.
  public init() {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.timeout.connect = .seconds(20)
    configuration.connectionPool.idleTimeout = .seconds(30)
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.httpVersion = .http1Only
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Closes all connections.
  public func shutdown() async { try? await client.shutdown() }

  /// Sends a request and waits for its answer.
  public func send(
    _ request: HTTPRequest, timeout: Duration
  ) async throws(TransportFailure) -> HTTPResponse {
    guard Endpoint.isSafe(request.url) else {
      throw .notSent("\(Endpoint.origin(of: request.url)) is neither https nor on this computer")
    }
    var outgoing = HTTPClientRequest(url: request.url)
    outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
    for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
    outgoing.headers.add(name: "User-Agent", value: "LoadBooks/0.1")
    if !request.authorization.isEmpty {
      outgoing.headers.add(name: "Authorization", value: request.authorization.reveal())
    }
    if request.method == .post { outgoing.body = .bytes(request.body) }
    let seconds = max(1, timeout.components.seconds)
    do {
      let response = try await client.execute(outgoing, timeout: .seconds(seconds))
      let body = try await response.body.collect(upTo: 64 << 20)
      var headers: [String: String] = [:]
      for (name, value) in response.headers { headers[name.lowercased()] = value }
      return HTTPResponse(
        status: Int(response.status.code), headers: headers, body: Array(body.readableBytesView))
    } catch {
      throw HTTPTransport.failure(error, Endpoint.origin(of: request.url))
    }
  }

  private static func failure(_ error: any Error, _ origin: String) -> TransportFailure {
    if let error = error as? HTTPClientError {
      switch error {
      case .connectTimeout, .invalidURL, .emptyHost, .emptyScheme, .getConnectionFromPoolTimeout,
        .tlsHandshakeTimeout:
        return .notSent("\(origin) does not answer (\(error.shortDescription))")
      default: return .unknown("\(origin): \(error.shortDescription)")
      }
    }
    if error is NIOConnectionError {
      return .notSent("\(origin) cannot be reached")
    }
    if let error = error as? IOError, error.errnoCode == ECONNREFUSED {
      return .notSent("\(origin) refuses the connection")
    }
    let name = String(describing: type(of: error))
    // A handshake that fails comes before the request; what breaks later may have carried it.
    let isHandshake =
      String(describing: error).hasPrefix("handshakeFailed") || name == "NIOSSLExtraError"
    if isHandshake {
      return .notSent("no safe connection to \(origin): its certificate is not valid (\(name))")
    }
    if error is CancellationError { return .unknown("the request was broken off") }
    return .unknown("the connection to \(origin) broke (\(name))")
  }
}
