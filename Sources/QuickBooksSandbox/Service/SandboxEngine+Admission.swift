import Foundation

/// What a request to the accounting API is.
enum APIWork: Sendable, Hashable {
  case read(EntityKind, id: String)
  case companyInfo
  case preferences
  case query(String)
  case write(EntityKind, operation: String?)
  case send(id: String)
  case batch

  var isWrite: Bool {
    switch self {
    case .write, .send, .batch: true
    default: false
    }
  }

  /// The work an API path means, or nil when there is no such path.
  init?(_ call: APICall) {
    let path = call.path.dropFirst(3)
    guard let resource = path.first else { return nil }
    let rest = Array(path.dropFirst())
    switch (call.method, resource, rest.count) {
    case ("GET", "companyinfo", 1): self = .companyInfo
    case ("GET", "preferences", 0): self = .preferences
    case ("GET", "query", 0): self = .query(call.parameters["query"] ?? "")
    case ("POST", "query", 0): self = .query(call.text)
    case ("POST", "batch", 0): self = .batch
    case ("POST", "invoice", 2) where rest[1] == "send": self = .send(id: rest[0])
    case ("GET", _, 1):
      guard let kind = EntityKind(resource: resource) else { return nil }
      self = .read(kind, id: rest[0])
    case ("POST", _, 0):
      guard let kind = EntityKind(resource: resource) else { return nil }
      self = .write(kind, operation: call.parameters["operation"])
    default: return nil
    }
  }
}

/// What becomes of a request at the door.
enum Admission: Sendable {
  /// It is answered at once.
  case answered(APIAnswer)
  /// It is worked on.
  case admitted(WorkOrder)
}

/// A request under way.
struct WorkOrder: Sendable {
  var realm: String
  var work: APIWork
  var fault: InjectedFault?
  /// How long the service works on it.
  var seconds: Double
  /// How many items of a batch are done before time or connection run out; nil for all.
  var itemLimit: Int?
  /// Whether the service's time limit cuts it off.
  var isCutOff = false
  /// The key under which a second request with the same id is refused meanwhile.
  var underWayKey: String?
}

extension SandboxEngine {
  /// Checks who asks, whether the company is well and whether the limits allow it.
  func admit(_ call: APICall, tid: String) -> Admission {
    record(call, tid: tid)
    statistics.requests += 1
    let realm = call.path.count > 2 ? call.path[2] : ""
    if let refusal = authorise(call, realm) { return .answered(refusal) }
    guard let work = APIWork(call) else {
      return .answered(refused(.unsupported("\(call.method) \(call.target)"), call))
    }
    count(call, work)
    if let refusal = throttle(call, work, realm) { return .answered(refusal) }
    let fault = strike(targets(of: work))
    if let fault, let answer = immediate(fault, call) {
      release(realm)
      return .answered(answer)
    }
    if let refusal = companyRefusal(work) {
      release(realm)
      return .answered(refused(refusal, call))
    }
    var order = WorkOrder(realm: realm, work: work, fault: fault, seconds: seconds(for: work, call))
    if let id = call.requestID, work.isWrite, knobs[.requestID] == "honoured" {
      let key = Self.key(realm, id)
      if underWay.contains(key) {
        release(realm)
        return .answered(refused(.duplicateRequest, call))
      }
      if fault != .hangBefore {
        underWay.insert(key)
        order.underWayKey = key
      }
    }
    limit(&order, call)
    return .admitted(order)
  }

  /// Ends a request's stay.
  func finish(_ order: WorkOrder) {
    if let key = order.underWayKey { underWay.remove(key) }
    release(order.realm)
  }

  private func release(_ realm: String) { windows[realm, default: RateWindow()].underWay -= 1 }

  private func authorise(_ call: APICall, _ realm: String) -> APIAnswer? {
    guard let token = call.bearer else {
      return unauthorised(.gateway("3202", "AuthenticationFailed: the access token is empty"))
    }
    guard !knobs.isOn(.disconnected), let own = authority.realm(for: token, now: clock.now) else {
      return unauthorised(.gateway("3200", "Token expired: \(token.prefix(12))…"))
    }
    guard own == realm, knobs[.condition] != "not-allowed" else {
      let fault = ServiceFault.gateway(
        "3100", "ApplicationAuthorizationFailed: the token does not open company \(realm)")
      return .json(fault.gatewayBody(time: clock.now), status: 403)
    }
    return nil
  }

  private func unauthorised(_ fault: ServiceFault) -> APIAnswer {
    statistics.unauthorised += 1
    var answer = APIAnswer.json(fault.gatewayBody(time: clock.now), status: 401)
    answer.headers["WWW-Authenticate"] = #"Bearer realm="Intuit", error="invalid_token""#
    return answer
  }

  private func count(_ call: APICall, _ work: APIWork) {
    switch work {
    case .batch: statistics.batches += 1
    case .write, .send: statistics.writes += 1
    default: statistics.reads += 1
    }
    if work.isWrite, call.requestID == nil { statistics.writesWithoutRequestID += 1 }
    // Since August 2025 a missing or lower minor version is taken for 75.
    if (call.parameters["minorversion"].flatMap { Int($0) } ?? 0) < 75 {
      statistics.withoutMinorVersion += 1
    }
    if !call.asksForJSON { statistics.withoutAccept += 1 }
  }

  private func throttle(_ call: APICall, _ work: APIWork, _ realm: String) -> APIAnswer? {
    let quota = knobs[.monthlyQuotaUsed]
    if quota == "all" || (quota == "reads" && !work.isWrite) { return throttled(call) }
    var window = windows[realm, default: RateWindow()]
    let isAdmitted = window.admit(
      at: clock.now, isBatch: work == .batch, knobs, &statistics)
    windows[realm] = window
    guard !isAdmitted else { return nil }
    return throttled(call)
  }

  private func throttled(_ call: APICall) -> APIAnswer {
    statistics.throttled += 1
    return throttleAnswer(call)
  }

  func throttleAnswer(_ call: APICall) -> APIAnswer {
    var answer = refused(.throttled, call)
    let wait = Int(knobs.number(.retryAfter))
    if wait > 0 { answer.headers["Retry-After"] = "\(wait)" }
    return answer
  }

  private func targets(of work: APIWork) -> Set<FaultTarget> {
    switch work {
    case .batch: [.api, .writes, .batches]
    case .write, .send: [.api, .writes]
    default: [.api, .reads]
    }
  }

  /// The answer of a fault that strikes before any work is done.
  private func immediate(_ fault: InjectedFault, _ call: APICall) -> APIAnswer? {
    switch fault {
    case .dropBefore: return .dropped
    case .throttled: return throttleAnswer(call)
    case .throttledInXML:
      let fault = ServiceFault.throttled
      return APIAnswer(
        status: 429, contentType: "application/xml",
        body: XMLText.document(fault.body(french: false, time: ServiceTime.text(clock.now))))
    case .serverError: return refused(.systemFailure, call)
    case .badGateway: return .html(502, "Bad Gateway")
    case .unavailable: return .html(503, "Service Unavailable")
    case .gatewayTimeout: return .html(504, "Gateway Time-out")
    case .faultInsideSuccess:
      var answer = refused(.systemFailure, call)
      answer.status = 200
      answer.contentType = "application/json;charset=utf-8"
      return answer
    case .emptyEnvelope:
      return .json(.members(["time": .text(ServiceTime.text(clock.now))]))
    case .expiredToken:
      expire(call.bearer ?? "")
      return unauthorised(.gateway("3200", "Token expired: \((call.bearer ?? "").prefix(12))…"))
    default: return nil
    }
  }

  private func expire(_ token: String) {
    guard var lineage = authority.lineage(access: token) else { return }
    lineage.accessTokens.removeAll { $0.value == token }
    try? keep(lineage)
  }

  private func companyRefusal(_ work: APIWork) -> ServiceFault? {
    switch knobs[.condition] {
    case "locked": return .plain("140", "Company is locked", "L’entreprise est verrouillée")
    case "maintenance":
      return .plain("150", "Company is under maintenance", "L’entreprise est en maintenance")
    case "reset":
      return .plain(
        "10200", "The company data has been reset",
        "Les données de l’entreprise ont été remises à zéro")
    case "wrong-cluster": return .plain("130", "Wrong server cluster", "Mauvais groupe de serveurs")
    case "user-removed":
      return .plain(
        "120", "Authorization failure : the user has no access to the company",
        "Échec de l’autorisation : l’utilisateur n’a pas accès à l’entreprise")
    default: break
    }
    guard work.isWrite, knobs.isOn(.subscriptionEnded) else { return nil }
    return .plain(
      "6190", "Subscription period has ended or canceled or there was a billing problem",
      "L’abonnement est terminé, annulé ou présente un problème de facturation")
  }

  private func seconds(for work: APIWork, _ call: APICall) -> Double {
    guard work == .batch else {
      return knobs.number(work.isWrite ? .serviceSeconds : .readSeconds)
    }
    let items = (try? JSONValue(bytes: call.body))?["BatchItemRequest"]?.elements ?? []
    let queries = items.count { $0["Query"] != nil }
    return Double(items.count - queries) * knobs.number(.serviceSeconds)
      + Double(queries) * knobs.number(.readSeconds)
  }

  /// Cuts work off at the service's time limit, and a batch in the middle when a fault says so.
  private func limit(_ order: inout WorkOrder, _ call: APICall) {
    let limit = knobs.number(.serverTimeLimit)
    if limit > 0, order.seconds > limit {
      let each = max(knobs.number(.serviceSeconds), 0.000_001)
      order.isCutOff = true
      order.itemLimit = order.work == .batch ? Int(limit / each) : 0
      order.seconds = limit
    }
    if order.fault == .dropInBatch {
      let items = (try? JSONValue(bytes: call.body))?["BatchItemRequest"]?.elements ?? []
      order.itemLimit = order.work == .batch ? items.count / 2 : 0
    }
  }

  /// A refusal in the form the client asked for.
  func refused(_ fault: ServiceFault, _ call: APICall) -> APIAnswer {
    let body = fault.body(
      french: knobs[.language] == "french", time: ServiceTime.text(clock.now))
    return formed(body, status: fault.status, call)
  }

  /// An answer as JSON, or as XML when the request did not ask for JSON.
  func formed(_ body: JSONValue, status: Int, _ call: APICall) -> APIAnswer {
    guard !call.asksForJSON else { return .json(body, status: status) }
    return APIAnswer(
      status: status, contentType: "application/xml;charset=utf-8", body: XMLText.document(body))
  }
}
