internal import Foundation
internal import QuickBooks
public import Vocabulary

/// Talks with Intuit's token server.
public struct Authority: Sendable {
  private let transport: any OnlineTransport
  private let clock: any OnlineClock
  private let app: OnlineApp

  /// The right to read and write a company's books; Intuit has no smaller one.
  public static let scope = "com.intuit.quickbooks.accounting"

  /// An authority for an app.
  public init(_ app: OnlineApp, transport: any OnlineTransport, clock: any OnlineClock) {
    self.app = app
    self.transport = transport
    self.clock = clock
  }

  // MARK: - Where things are

  /// Reads a discovery document.
  ///
  /// - Throws: `Failure` with cause `quickBooksUnavailable` or `settingsWrong`.
  public static func discover(
    _ url: String, api: String, transport: any OnlineTransport
  ) async throws(Failure) -> OnlineEndpoints {
    let response: HTTPResponse
    do {
      response = try await transport.send(
        HTTPRequest(.get, url, headers: [("Accept", "application/json")]), timeout: .seconds(60))
    } catch {
      throw Failure(
        .quickBooksUnavailable, "Intuit cannot be reached: \(error.words)",
        remedy: "check the connection to the internet, then try again")
    }
    let json = OnlineJSON(bytes: response.body)
    guard response.status == 200, let json,
      let authorization = json["authorization_endpoint"]?.text,
      let token = json["token_endpoint"]?.text,
      let revocation = json["revocation_endpoint"]?.text
    else {
      throw Failure(
        .settingsWrong, "\(url) is no discovery document (status \(response.status))",
        remedy: "check online.discovery in loadbooks.yaml")
    }
    let endpoints = OnlineEndpoints(
      api: api, authorization: authorization, token: token, revocation: revocation)
    for (name, url) in endpoints.all where !Endpoint.isSafe(url) {
      throw Failure(
        .settingsWrong, "the \(name) address \(Endpoint.origin(of: url)) is not safe",
        remedy: "only https is, or http on this computer; check the block online in loadbooks.yaml")
    }
    return endpoints
  }

  /// Where a person says yes.
  ///
  /// - Parameters:
  ///   - endpoints: Where QuickBooks is.
  ///   - redirect: Where the browser goes afterwards, exactly as it is registered.
  ///   - state: A random text that comes back.
  /// - Returns: The address to open in a browser.
  public func authorizationURL(
    _ endpoints: OnlineEndpoints, redirect: String, state: Secret
  ) -> String {
    endpoints.authorization + "?"
      + Endpoint.form([
        ("client_id", app.id.reveal()), ("response_type", "code"), ("scope", Authority.scope),
        ("redirect_uri", redirect), ("state", state.reveal()),
      ])
  }

  // MARK: - Tokens

  /// Makes tokens of the code that the browser brought back; a code serves once.
  ///
  /// - Throws: `Failure` with cause `notAllowed` or `quickBooksUnavailable`.
  public func exchange(
    code: Secret, redirect: String, _ endpoints: OnlineEndpoints
  ) async throws(Failure) -> OnlineTokens {
    let answer = try await ask(
      endpoints.token,
      [
        ("grant_type", "authorization_code"), ("code", code.reveal()), ("redirect_uri", redirect),
      ])
    switch answer {
    case .tokens(let tokens): return tokens
    case .dead:
      throw Failure(
        .notAllowed, "Intuit does not take the code any more: it serves once, and for minutes only",
        remedy: "begin again with: loadbooks connect")
    }
  }

  /// What the token server says.
  enum Answer {
    case tokens(OnlineTokens)
    /// `invalid_grant`: final.
    case dead
  }

  /// Refreshes tokens; whoever calls this holds the store's lock.
  func refresh(_ old: OnlineTokens, _ endpoints: OnlineEndpoints) async throws(Failure) -> Answer {
    try await ask(
      endpoints.token,
      [("grant_type", "refresh_token"), ("refresh_token", old.refresh.reveal())], old: old)
  }

  private func ask(
    _ url: String, _ form: [(String, String)], old: OnlineTokens? = nil
  ) async throws(Failure) -> Answer {
    let request = HTTPRequest(
      .post, url,
      headers: [
        ("Accept", "application/json"), ("Content-Type", "application/x-www-form-urlencoded"),
        ("x-include-refresh-token-hard-expires-in", "true"),
      ],
      authorization: basic, body: Array(Endpoint.form(form).utf8))
    let asked = clock.epoch
    // The same refresh token may be asked again: within a day it gives the same answer.
    for attempt in 1...3 {
      let response: HTTPResponse
      do {
        response = try await transport.send(request, timeout: .seconds(150))
      } catch {
        // A code serves once: if it may have arrived, asking again would end the grant.
        if case .unknown = error, old == nil || attempt == 3 {
          throw Authority.unavailable(error.words)
        }
        if attempt == 3 { throw Authority.unavailable(error.words) }
        await clock.sleep(.seconds(2 * attempt))
        continue
      }
      if response.status >= 500 || response.status == 429 {
        if attempt < 3, old != nil {
          await clock.sleep(.seconds(response.status == 429 ? 60 : 2 * attempt))
          continue
        }
        throw Authority.unavailable("status \(response.status)")
      }
      return try answer(response, asked, old)
    }
    throw Authority.unavailable("no answer")
  }

  private func answer(
    _ response: HTTPResponse, _ asked: Double, _ old: OnlineTokens?
  ) throws(Failure) -> Answer {
    let json = OnlineJSON(bytes: response.body) ?? .null
    if response.status == 200, let access = json["access_token"]?.text,
      let refresh = json["refresh_token"]?.text
    {
      let seconds = { (name: String, usual: Double?) in
        (json[name]?.text).flatMap(Double.init) ?? usual
      }
      let hard = seconds("x_refresh_token_hard_expires_in", nil).map { asked + $0 }
      return .tokens(
        OnlineTokens(
          access: Secret(access), refresh: Secret(refresh),
          accessEnds: asked + (seconds("expires_in", 3600) ?? 3600),
          refreshEnds: asked + (seconds("x_refresh_token_expires_in", 8_640_000) ?? 8_640_000),
          grantEnds: hard ?? old?.grantEnds))
    }
    switch json["error"]?.text {
    case "invalid_grant": return .dead
    case "invalid_client":
      throw Failure(
        .notAllowed, "Intuit does not know this app: client id or client secret is wrong",
        remedy: "check both against the keys of your app on developer.intuit.com")
    default:
      throw Failure(
        .notAllowed,
        "Intuit gave no tokens (status \(response.status)"
          + (json["error"]?.text.map { ", \($0)" } ?? "") + ")",
        remedy: "try again; if it stays so, connect again with: loadbooks connect --replace")
    }
  }

  /// Gives tokens back; tokens that Intuit does not know are given back already.
  ///
  /// - Throws: `Failure` with cause `quickBooksUnavailable`.
  public func revoke(_ tokens: OnlineTokens, _ endpoints: OnlineEndpoints) async throws(Failure) {
    let body = OnlineJSON.of(("token", .string(tokens.refresh.reveal()))).bytes
    let request = HTTPRequest(
      .post, endpoints.revocation,
      headers: [("Accept", "application/json"), ("Content-Type", "application/json")],
      authorization: basic, body: body)
    let response: HTTPResponse
    do { response = try await transport.send(request, timeout: .seconds(60)) } catch {
      throw Authority.unavailable(error.words)
    }
    guard response.status < 500 else { throw Authority.unavailable("status \(response.status)") }
  }

  private var basic: Secret {
    let pair = "\(app.id.reveal()):\(app.secret.reveal())"
    return Secret("Basic " + Data(pair.utf8).base64EncodedString())
  }

  private static func unavailable(_ words: String) -> Failure {
    Failure(
      .quickBooksUnavailable, "Intuit's token server cannot be used now: \(words)",
      remedy: "try again in some minutes; the connection is not lost")
  }
}
