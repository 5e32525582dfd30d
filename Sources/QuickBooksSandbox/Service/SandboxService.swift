import Foundation

/// The sandbox's front: routes every request, takes its time and strikes with its faults.
struct SandboxService: Sendable {
  let engine: SandboxEngine

  /// Answers one request.
  func answer(_ call: APICall) async -> APIAnswer {
    let tid = await engine.nextTID()
    var answer = await route(call, tid: tid)
    answer.headers["intuit_tid"] = tid
    return answer
  }

  private func route(_ call: APICall, tid: String) async -> APIAnswer {
    switch (call.method, call.path.joined(separator: "/")) {
    case ("GET", ".well-known/openid_configuration"),
      ("GET", ".well-known/openid_sandbox_configuration"):
      return discovery(call)
    case ("GET", "connect/oauth2"): return await consent(call)
    case ("POST", "connect/oauth2"): return await decide(call)
    case ("POST", "oauth2/v1/tokens/bearer"): return await tokens(call)
    case ("POST", "v2/oauth2/tokens/revoke"): return await revoke(call)
    default: break
    }
    if call.path.first == "sandbox" { return await engine.control(call) }
    guard call.path.starts(with: ["v3", "company"]), call.path.count >= 4 else {
      return .html(404, "Not Found")
    }
    return await api(call, tid: tid)
  }

  // MARK: The accounting API

  private func api(_ call: APICall, tid: String) async -> APIAnswer {
    let order: WorkOrder
    switch await engine.admit(call, tid: tid) {
    case .answered(let answer): return answer
    case .admitted(let admitted): order = admitted
    }
    let clock = engine.clock
    if order.fault == .hangBefore {
      await clock.sleep(await engine.knobs.number(.hangSeconds))
      await engine.finish(order)
      return .dropped
    }
    if order.seconds > 0 { await clock.sleep(order.seconds) }
    let answer = await engine.complete(call, order)
    switch order.fault {
    case .commitThenDrop, .dropInBatch: return .dropped
    case .commitThenHang:
      await clock.sleep(await engine.knobs.number(.hangSeconds))
      await engine.finish(order)
      return .dropped
    case .commitThenThrottled: return await engine.throttleAnswer(call)
    case .commitThenServerError: return await engine.refused(.systemFailure, call)
    case .commitThenGatewayTimeout: return .html(504, "Gateway Time-out")
    default: return answer
    }
  }

  // MARK: OAuth

  private func discovery(_ call: APICall) -> APIAnswer {
    let base = "http://" + (call.headers["host"] ?? "127.0.0.1")
    return .json(
      .members([
        "issuer": .text(base), "authorization_endpoint": .text(base + "/connect/oauth2"),
        "token_endpoint": .text(base + "/oauth2/v1/tokens/bearer"),
        "userinfo_endpoint": .text(base + "/v1/openid_connect/userinfo"),
        "revocation_endpoint": .text(base + "/v2/oauth2/tokens/revoke"),
        "jwks_uri": .text(base + "/op/v1/jwks"),
        "response_types_supported": .list([.text("code")]),
        "subject_types_supported": .list([.text("public")]),
        "id_token_signing_alg_values_supported": .list([.text("RS256")]),
        "scopes_supported": .list(
          ["openid", "email", "profile", "address", "phone"].map { .text($0) }),
        "token_endpoint_auth_methods_supported": .list(
          ["client_secret_post", "client_secret_basic"].map { .text($0) }),
      ]))
  }

  private func consent(_ call: APICall) async -> APIAnswer {
    let knobs = await engine.knobs
    let problem = ConsentRequest.problem(
      call.parameters, clientIdentifier: engine.credentials.identifier,
      redirects: engine.redirects, keys: knobs[.keys])
    if let problem {
      return APIAnswer(
        status: 400, contentType: "text/html;charset=utf-8", body: ConsentRequest.errorPage(problem)
      )
    }
    let request = ConsentRequest(call.parameters)
    guard request.scope.split(separator: " ").contains("com.intuit.quickbooks.accounting") else {
      return redirect(request.address([("error", "invalid_scope")]))
    }
    switch knobs[.consent] {
    case "approve": return await approve(request, realm: CompanySeed.realms[0].realm)
    case "deny": return redirect(request.address([("error", "access_denied")]))
    default:
      let query = call.target.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
      return APIAnswer(
        contentType: "text/html;charset=utf-8",
        body: request.page(companies: CompanySeed.realms, query: String(query)))
    }
  }

  private func decide(_ call: APICall) async -> APIAnswer {
    let problem = ConsentRequest.problem(
      call.parameters, clientIdentifier: engine.credentials.identifier,
      redirects: engine.redirects, keys: await engine.knobs[.keys])
    if let problem {
      return APIAnswer(
        status: 400, contentType: "text/html;charset=utf-8", body: ConsentRequest.errorPage(problem)
      )
    }
    let request = ConsentRequest(call.parameters)
    let form = APICall.form(call.text)
    guard form["decision"] == "approve" else {
      return redirect(request.address([("error", "access_denied")]))
    }
    return await approve(request, realm: form["realm"] ?? CompanySeed.realms[0].realm)
  }

  private func approve(_ request: ConsentRequest, realm: String) async -> APIAnswer {
    guard CompanySeed.realms.contains(where: { $0.realm == realm }),
      let code = try? await engine.issueCode(realm: realm, redirect: request.redirect)
    else { return .html(400, "Bad Request") }
    return redirect(request.address([("code", code), ("realmId", realm)]))
  }

  private func redirect(_ address: String) -> APIAnswer {
    APIAnswer(status: 302, contentType: "text/html", headers: ["Location": address])
  }

  private func tokens(_ call: APICall) async -> APIAnswer {
    let form = APICall.form(call.text)
    let withHardLife =
      call.headers["x-include-refresh-token-hard-expires-in"]?.lowercased() == "true"
    let fault = await engine.strike([.tokens])
    if let fault, !fault.commits { return await refusedByFault(fault) }
    do throws(TokenRefusal) {
      try await engine.checkClient(call, form: form)
      let body: JSONValue
      let seconds = await engine.knobs.number(.tokenSeconds)
      switch form["grant_type"] {
      case "refresh_token":
        let token = form["refresh_token"] ?? ""
        try await engine.beginRefresh(token)
        await engine.clock.sleep(seconds)
        body = try await engine.finishRefresh(token, withHardLife: withHardLife)
      case "authorization_code":
        await engine.clock.sleep(seconds)
        body = try await engine.exchange(form, withHardLife: withHardLife)
      default: throw TokenRefusal(error: "unsupported_grant_type")
      }
      if let fault { return await refusedByFault(fault) }
      return .json(body)
    } catch {
      return refused(error)
    }
  }

  private func refusedByFault(_ fault: InjectedFault) async -> APIAnswer {
    switch fault {
    case .dropBefore, .commitThenDrop, .dropInBatch: return .dropped
    case .hangBefore, .commitThenHang:
      await engine.clock.sleep(await engine.knobs.number(.hangSeconds))
      return .dropped
    case .throttled, .throttledInXML, .commitThenThrottled: return .html(429, "Too Many Requests")
    case .gatewayTimeout, .commitThenGatewayTimeout: return .html(504, "Gateway Time-out")
    case .badGateway: return .html(502, "Bad Gateway")
    case .unavailable: return .html(503, "Service Unavailable")
    default: return .html(500, "Internal Server Error")
    }
  }

  private func revoke(_ call: APICall) async -> APIAnswer {
    let isJSON = call.headers["content-type"]?.contains("json") == true
    let form = isJSON ? [:] : APICall.form(call.text)
    let token = isJSON ? (try? JSONValue(bytes: call.body))?["token"]?.string : form["token"]
    do throws(TokenRefusal) {
      try await engine.checkClient(call, form: form)
      guard let token else { throw .request }
      try await engine.revoke(token)
      return APIAnswer()
    } catch {
      return refused(error)
    }
  }

  private func refused(_ refusal: TokenRefusal) -> APIAnswer {
    var body = JSONObject()
    body["error"] = .text(refusal.error)
    body["error_description"] = refusal.description.map { .text($0) }
    return .json(.object(body), status: refusal.status)
  }
}

extension SandboxEngine {
  /// Does the work and ends the request's stay in one step, so that its answer and its end agree.
  func complete(_ call: APICall, _ order: WorkOrder) -> APIAnswer {
    let answer = perform(call, order)
    if order.fault == .commitThenHang {
      if let key = order.underWayKey { underWay.remove(key) }
    } else {
      finish(order)
    }
    return answer
  }
}
