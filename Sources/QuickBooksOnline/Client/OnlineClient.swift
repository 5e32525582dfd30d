internal import Foundation
public import QuickBooks
public import Vocabulary

/// What became of a write.
public enum OnlineAnswer: Sendable {
  /// QuickBooks did it, and this is its answer.
  case done(OnlineJSON, tid: String)
  /// QuickBooks refused it.
  case refused(OnlineFault)
  /// Nobody knows: it must be looked up, and may then be sent again with the same request id.
  case unknown(String)
  /// It did not leave, because it was not wanted any more when its turn came.
  case stayed
}

/// What happens to a write between its turn and its first byte.
public struct OnlineDeparture: Sendable {
  let isUnwanted: @Sendable () -> Bool
  let note: @Sendable () async throws(Failure) -> Void

  /// A departure.
  ///
  /// - Parameters:
  ///   - isUnwanted: Whether the write shall stay after all; asked while it waits for its turn.
  ///   - note: Notes that it leaves; called once, and nothing leaves when it throws.
  public init(
    isUnwanted: @escaping @Sendable () -> Bool,
    note: @escaping @Sendable () async throws(Failure) -> Void
  ) {
    self.isUnwanted = isUnwanted
    self.note = note
  }
}

/// Talks with one company of QuickBooks Online.
///
/// Every request passes the limiter and carries a valid token. Reads are repeated until they succeed or
/// the trouble is lasting. Writes are never repeated here once they may have left: what became of them is
/// for the caller to find out, who has the request ids. What concerns every record, such as a connection
/// that is over, is thrown.
public struct OnlineClient: Sendable {
  private let session: OnlineSession
  private let transport: any OnlineTransport
  private let limiter: OnlineLimiter
  private let clock: any OnlineClock
  private let timeout: Duration
  private let base: String

  /// The version of the API whose answers we know; the server takes lower ones for this one.
  static let minorVersion = "75"

  /// What the answer to a write repeats, or fills in, and nobody here looks at.
  static let unread = OnlineJSON.Unread([
    "Line", "CustomField", "MetaData", "BillAddr", "ShipAddr", "TxnTaxDetail", "CustomerMemo",
    "PrivateNote", "CustomExtensions",
  ])

  /// A client.
  ///
  /// - Parameters:
  ///   - connection: The company and where it is.
  ///   - session: Gives access tokens for it.
  ///   - transport: Carries the requests.
  ///   - limiter: The gate.
  ///   - clock: For waiting.
  ///   - timeout: How long to wait for an answer; more than the 120 s after which the server gives up, so
  ///     that its verdict arrives.
  public init(
    _ connection: OnlineConnection, session: OnlineSession, transport: any OnlineTransport,
    limiter: OnlineLimiter, clock: any OnlineClock, timeout: Duration = .seconds(150)
  ) {
    self.session = session
    self.transport = transport
    self.limiter = limiter
    self.clock = clock
    self.timeout = timeout
    let api = connection.endpoints.api
    base = (api.hasSuffix("/") ? String(api.dropLast()) : api) + "/v3/company/\(connection.realm)/"
  }

  // MARK: - Reading

  /// Reads a resource.
  ///
  /// - Throws: `Failure` when it cannot be read; what QuickBooks refuses becomes an `ownBug` or a
  ///   `notAllowed` with its words.
  public func get(_ path: String) async throws(Failure) -> OnlineJSON {
    try await get(path, [("minorversion", OnlineClient.minorVersion)])
  }

  /// Asks a question in QuickBooks' query language.
  ///
  /// - Returns: The `QueryResponse`; it has no members when nothing was found.
  public func query(_ statement: String) async throws(Failure) -> OnlineJSON {
    let json = try await get(
      "query", [("query", statement), ("minorversion", OnlineClient.minorVersion)])
    guard let response = json["QueryResponse"] else {
      throw OnlineClient.unavailable("QuickBooks answered a question with something else")
    }
    return response
  }

  private func get(
    _ path: String, _ query: [(String, String)]
  ) async throws(Failure) -> OnlineJSON {
    let request = HTTPRequest(
      .get, base + path + "?" + Endpoint.form(query), headers: [("Accept", "application/json")])
    switch try await exchange(request, .single, isRead: true) {
    case .done(let json, _): return json
    case .refused(let fault): throw fault.failure
    case .unknown(let words): throw OnlineClient.unavailable(words)
    case .stayed: throw OnlineClient.unavailable("it was not asked")
    }
  }

  // MARK: - Writing

  /// Creates or changes a record.
  ///
  /// - Parameters:
  ///   - resource: Such as `invoice`.
  ///   - operation: `delete` or `void`; nil to create or change.
  ///   - body: The record.
  ///   - requestID: The same for every attempt with this body.
  ///   - departure: What happens before it leaves.
  /// - Returns: What became of it; of a record only what identifies and sums it up.
  /// - Throws: `Failure` for what concerns every record.
  public func write(
    _ resource: String, operation: String? = nil, body: [UInt8], requestID: String,
    departure: OnlineDeparture? = nil
  ) async throws(Failure) -> OnlineAnswer {
    var query = [("minorversion", OnlineClient.minorVersion), ("requestid", requestID)]
    if let operation { query.insert(("operation", operation), at: 0) }
    let request = HTTPRequest(
      .post, base + resource + "?" + Endpoint.form(query), headers: OnlineClient.writeHeaders,
      body: body)
    return try await exchange(request, .single, isRead: false, departure)
  }

  /// One record of a batch.
  public struct BatchItem: Sendable {
    /// Its name in the batch, at most ten characters; the same for every attempt.
    public var id: String
    /// The entity, such as `Invoice`.
    public var entity: String
    /// The record.
    public var body: [UInt8]

    /// A record.
    public init(id: String, entity: String, body: [UInt8]) {
      self.id = id
      self.entity = entity
      self.body = body
    }
  }

  /// Creates several records at once.
  ///
  /// - Parameters:
  ///   - items: At most 30.
  ///   - requestID: At most 36 characters; the same for every attempt.
  ///   - departure: What happens before they leave.
  /// - Returns: What became of each, in the order of `items`.
  /// - Throws: `Failure` for what concerns every record.
  public func batch(
    _ items: [BatchItem], requestID: String, departure: OnlineDeparture? = nil
  ) async throws(Failure) -> [OnlineAnswer] {
    var body = Array(#"{"BatchItemRequest":["#.utf8)
    for (index, item) in items.enumerated() {
      if index > 0 { body.append(UInt8(ascii: ",")) }
      body.append(contentsOf: #"{"bId":"\#(item.id)","operation":"create","\#(item.entity)":"#.utf8)
      body.append(contentsOf: item.body)
      body.append(UInt8(ascii: "}"))
    }
    body.append(contentsOf: "]}".utf8)
    let query = [("minorversion", OnlineClient.minorVersion), ("requestid", requestID)]
    let request = HTTPRequest(
      .post, base + "batch?" + Endpoint.form(query), headers: OnlineClient.writeHeaders, body: body)
    switch try await exchange(request, .batch, isRead: false, departure) {
    case .stayed: return items.map { _ in .stayed }
    case .refused(let fault): return items.map { _ in .refused(fault) }
    case .unknown(let words): return items.map { _ in .unknown(words) }
    case .done(let json, let tid):
      // Answers come in any order: only the name tells which is which.
      var answers: [String: OnlineAnswer] = [:]
      for answer in json["BatchItemResponse"]?.elements ?? [] {
        guard let id = answer["bId"]?.text else { continue }
        answers[id] = try OnlineClient.judged(answer, status: 200, tid)
      }
      return items.map { answers[$0.id] ?? .unknown("QuickBooks did not answer for this record") }
    }
  }

  /// An item of a batch: done, refused, or not known.
  private static func judged(
    _ answer: OnlineJSON, status: Int, _ tid: String
  ) throws(Failure) -> OnlineAnswer {
    guard let fault = OnlineFault(json: answer, status: status, tid: tid) else {
      return .done(answer, tid: tid)
    }
    switch fault.handling {
    case .unknown, .wait, .refresh: return .unknown(fault.story)
    case .reconnect, .stop: throw fault.failure
    case .hold, .numberTaken, .nameTaken, .changedMeanwhile: return .refused(fault)
    }
  }

  private static let writeHeaders = [
    ("Accept", "application/json"), ("Content-Type", "application/json"),
  ]

  // MARK: - One exchange

  private func exchange(
    _ request: HTTPRequest, _ kind: OnlineLimiter.Kind, isRead: Bool,
    _ departure: OnlineDeparture? = nil
  ) async throws(Failure) -> OnlineAnswer {
    var token = try await session.accessToken()
    var (hasLeft, hasRefreshed, troubles, waits) = (false, false, 0, 0)
    while true {
      // Once it was noted, only an answer tells what became of it.
      guard await limiter.enter(kind, isUnwanted: hasLeft ? nil : departure?.isUnwanted) else {
        return .stayed
      }
      if !hasLeft { try await note(departure) }
      hasLeft = true
      await limiter.depart()
      var attempt = request
      attempt.authorization = Secret("Bearer " + token.reveal())
      let response: HTTPResponse
      do {
        response = try await pass(attempt)
      } catch {
        troubles += 1
        if case .unknown(let words) = error, !isRead { return .unknown(words) }
        guard troubles < 4 else { throw OnlineClient.unavailable(error.words) }
        await clock.sleep(.seconds(1 << (troubles - 1)))
        continue
      }
      let outcome = OnlineClient.outcome(response, leavingOut: isRead ? .none : OnlineClient.unread)
      guard case .refused(let fault) = outcome else {
        await limiter.answered()
        if case .unknown(let words) = outcome, isRead {
          troubles += 1
          guard troubles < 4 else { throw OnlineClient.unavailable(words) }
          await clock.sleep(.seconds(1 << (troubles - 1)))
          continue
        }
        return outcome
      }
      switch fault.handling {
      case .refresh:
        guard !hasRefreshed else { throw await session.current.end }
        hasRefreshed = true
        token = try await session.accessToken(insteadOf: token)
      case .wait:
        waits += 1
        try await wait(fault, response, waits)
        // It may have been done all the same: with a write nothing is taken for granted.
        if !isRead { return .unknown(fault.story) }
      case .unknown:
        await limiter.answered()
        guard isRead else { return .unknown(fault.story) }
        troubles += 1
        guard troubles < 4 else { throw OnlineClient.unavailable(fault.story) }
        await clock.sleep(.seconds(1 << (troubles - 1)))
      case .reconnect, .stop: throw fault.failure
      case .hold, .numberTaken, .nameTaken, .changedMeanwhile:
        await limiter.answered()
        return .refused(fault)
      }
    }
  }

  private func note(_ departure: OnlineDeparture?) async throws(Failure) {
    guard let departure else { return }
    do throws(Failure) { try await departure.note() } catch {
      await limiter.turnBack()
      throw error
    }
  }

  /// Sends what has passed the gate, and lets the next one in.
  private func pass(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    do {
      let response = try await transport.send(request, timeout: timeout)
      await limiter.leave()
      return response
    } catch {
      await limiter.leave()
      throw error
    }
  }

  private func wait(
    _ fault: OnlineFault, _ response: HTTPResponse, _ waits: Int
  ) async throws(Failure) {
    let wanted = response.headers["retry-after"].flatMap(Int.init).map { Duration.seconds($0) }
    if fault.status == 429 || fault.code == 3001 {
      await limiter.refused(retryAfter: wanted)
      guard await limiter.refusalsInARow <= 3 else {
        throw Failure(
          .tryAgain,
          "QuickBooks has refused every request for minutes: it allows no more for now",
          remedy:
            "try again in an hour; if it stays so, the monthly allowance of the app is used up")
      }
      return
    }
    guard waits <= 3 else {
      throw Failure(
        .tryAgain, fault.story, remedy: "push again in some minutes: it goes on where it stopped")
    }
    await clock.sleep(max(.seconds(60), wanted ?? .zero))
  }

  /// What an answer means: success is a 2xx without a fault anywhere in it.
  private static func outcome(
    _ response: HTTPResponse, leavingOut unread: OnlineJSON.Unread
  ) -> OnlineAnswer {
    let tid = response.headers["intuit_tid"] ?? ""
    guard (200..<300).contains(response.status) else { return .refused(OnlineFault(response)) }
    guard let json = OnlineJSON(bytes: response.body, leavingOut: unread) else {
      return .unknown("QuickBooks answered with something that cannot be read")
    }
    if let fault = OnlineFault(json: json, status: response.status, tid: tid) {
      return .refused(fault)
    }
    return .done(json, tid: tid)
  }

  private static func unavailable(_ words: String) -> Failure {
    Failure(
      .quickBooksUnavailable, "QuickBooks Online cannot be used now: \(words)",
      remedy: "try again in some minutes: what is done is not done twice")
  }
}

extension OnlineFault {
  /// The fault as something that ends the run.
  var failure: Failure {
    switch handling {
    case .reconnect, .refresh:
      Failure(.notAllowed, story, remedy: "connect again with: loadbooks connect --replace")
    case .stop:
      Failure(.notAllowed, story, remedy: "put it right in QuickBooks, then push again")
    case .wait, .unknown:
      Failure(.quickBooksUnavailable, story, remedy: "try again in some minutes")
    case .hold, .numberTaken, .nameTaken, .changedMeanwhile:
      Failure(
        [500, 2010, 2030, 2130, 2170, 4000, 4001, 4002].contains(code ?? 0) ? .ownBug : .notAllowed,
        story, remedy: "put it right in QuickBooks, or report it with the intuit_tid")
    }
  }
}
