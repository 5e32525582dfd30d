import Foundation

extension SandboxEngine {
  /// Whether the token or revocation request comes from the registered client.
  func checkClient(_ call: APICall, form: [String: String]) throws(TokenRefusal) {
    var identifier = form["client_id"]
    var secret = form["client_secret"]
    if let header = call.headers["authorization"], header.lowercased().hasPrefix("basic "),
      let data = Data(base64Encoded: String(header.dropFirst(6)))
    {
      let parts = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1)
      identifier = parts.first.map(String.init)
      secret = parts.count > 1 ? String(parts[1]) : nil
    }
    guard identifier == credentials.identifier, secret == credentials.secret else {
      throw .client
    }
  }

  /// Begins a refresh; a second one with the same token while it runs is the race that fails.
  func beginRefresh(_ token: String) throws(TokenRefusal) {
    guard !refreshing.contains(token) else {
      statistics.refusedRefreshes += 1
      if knobs[.refreshRace] == "kills" { raced.insert(token) }
      throw .grant
    }
    refreshing.insert(token)
  }

  /// Does a refresh whose service time has passed.
  func finishRefresh(_ token: String, withHardLife: Bool) throws(TokenRefusal) -> JSONValue {
    refreshing.remove(token)
    let now = clock.now
    guard !knobs.isOn(.disconnected), let lineage = authority.lineage(refresh: token),
      lineage.isAlive(at: now)
    else {
      statistics.refusedRefreshes += 1
      throw .grant
    }
    var next = authority.refreshed(lineage, knobs: knobs, now: now)
    if raced.remove(token) != nil { next.isDead = true }
    try store(next)
    statistics.refreshes += 1
    return Authority.answer(next, knobs: knobs, now: now, withHardLife: withHardLife)
  }

  /// Exchanges a code for the first tokens of a connection.
  func exchange(_ form: [String: String], withHardLife: Bool) throws(TokenRefusal) -> JSONValue {
    guard let value = form["code"], var code = authority.codes[value] else { throw .code }
    let now = clock.now
    if let used = code.lineage {
      if knobs.isOn(.codeReuseKills), var lineage = authority.lineages[used] {
        lineage.isDead = true
        try store(lineage)
      }
      throw .code
    }
    guard form["redirect_uri"] == code.redirect, now < code.issued + ConsentCode.life else {
      throw .code
    }
    let lineage = authority.consented(realm: code.realm, knobs: knobs, now: now)
    code.lineage = lineage.id
    do throws(ServiceFault) {
      try keep(code)
      try keep(lineage)
    } catch {
      throw TokenRefusal(status: 500, error: "server_error")
    }
    statistics.exchanges += 1
    return Authority.answer(lineage, knobs: knobs, now: now, withHardLife: withHardLife)
  }

  /// Ends the connection that a refresh or access token belongs to.
  func revoke(_ token: String) throws(TokenRefusal) {
    guard
      var lineage = authority.lineage(refresh: token) ?? authority.lineage(access: token),
      !lineage.isDead
    else { throw .request }
    lineage.isDead = true
    lineage.accessTokens = []
    try store(lineage)
  }

  private func store(_ lineage: Lineage) throws(TokenRefusal) {
    do throws(ServiceFault) {
      try keep(lineage)
    } catch {
      throw TokenRefusal(status: 500, error: "server_error")
    }
  }

  /// Makes a connection without the authorisation page.
  func connect(realm: String) throws(ServiceFault) -> Lineage {
    let lineage = authority.consented(realm: realm, knobs: knobs, now: clock.now)
    try keep(lineage)
    return lineage
  }

  /// Hands out a code for a user who approved.
  func issueCode(realm: String, redirect: String) throws(ServiceFault) -> String {
    let code = ConsentCode(
      value: Authority.token("AB1", bytes: 40), realm: realm, redirect: redirect,
      issued: clock.now)
    try keep(code)
    return code.value
  }
}
