import Foundation

/// One consent of a user: the refresh tokens that follow from it, and the access tokens now alive.
struct Lineage: Sendable, Hashable {
  var id: String
  var realm: String
  var refreshToken: String
  /// When the refresh token took its present value.
  var valueSince: Double
  /// When the refresh token was last issued; it lives 100 days from then.
  var issued: Double
  /// When the user consented; the lineage lives five years from then.
  var consented: Double
  var isDead = false
  var accessTokens: [AccessToken] = []

  struct AccessToken: Sendable, Hashable {
    var value: String
    var expires: Double
  }

  static let rollingLife: Double = 8_640_000
  static let hardLife: Double = 157_680_000

  func isAlive(at now: Double) -> Bool {
    !isDead && now < issued + Self.rollingLife && now < consented + Self.hardLife
  }

  var json: JSONValue {
    .members([
      "event": .text("lineage"), "id": .text(id), "realm": .text(realm),
      "refreshToken": .text(refreshToken), "valueSince": .number("\(valueSince)"),
      "issued": .number("\(issued)"), "consented": .number("\(consented)"),
      "dead": .flag(isDead),
      "accessTokens": .list(
        accessTokens.map {
          .members(["value": .text($0.value), "expires": .number("\($0.expires)")])
        }),
    ])
  }

  init(id: String, realm: String, refreshToken: String, now: Double) {
    self.id = id
    self.realm = realm
    self.refreshToken = refreshToken
    valueSince = now
    issued = now
    consented = now
  }

  init?(_ line: JSONValue) {
    guard let id = line["id"]?.string, let realm = line["realm"]?.string,
      let token = line["refreshToken"]?.string, let since = line["valueSince"]?.seconds,
      let issued = line["issued"]?.seconds, let consented = line["consented"]?.seconds
    else { return nil }
    self.init(id: id, realm: realm, refreshToken: token, now: consented)
    valueSince = since
    self.issued = issued
    isDead = line["dead"]?.bool ?? false
    accessTokens = (line["accessTokens"]?.elements ?? []).compactMap {
      guard let value = $0["value"]?.string, let expires = $0["expires"]?.seconds else {
        return nil
      }
      return AccessToken(value: value, expires: expires)
    }
  }
}

extension JSONValue {
  var seconds: Double? {
    if case .number(let digits) = self { Double(digits) } else { nil }
  }
}

/// A code handed to the redirect address, to be exchanged once.
struct ConsentCode: Sendable, Hashable {
  var value: String
  var realm: String
  var redirect: String
  var issued: Double
  var lineage: String?

  /// How long a code may be exchanged.
  static let life: Double = 600

  var json: JSONValue {
    var object = JSONObject()
    object["event"] = .text("code")
    object["value"] = .text(value)
    object["realm"] = .text(realm)
    object["redirect"] = .text(redirect)
    object["issued"] = .number("\(issued)")
    object["lineage"] = lineage.map { .text($0) }
    return .object(object)
  }

  init(value: String, realm: String, redirect: String, issued: Double) {
    self.value = value
    self.realm = realm
    self.redirect = redirect
    self.issued = issued
  }

  init?(_ line: JSONValue) {
    guard let value = line["value"]?.string, let realm = line["realm"]?.string,
      let redirect = line["redirect"]?.string, let issued = line["issued"]?.seconds
    else { return nil }
    self.init(value: value, realm: realm, redirect: redirect, issued: issued)
    lineage = line["lineage"]?.string
  }
}

/// A refusal of the token or revocation endpoint.
struct TokenRefusal: Error, Sendable, Hashable {
  var status = 400
  var error: String
  var description: String?

  static let grant = TokenRefusal(
    error: "invalid_grant", description: "Incorrect or invalid refresh token")
  static let code = TokenRefusal(error: "invalid_grant", description: nil)
  static let client = TokenRefusal(status: 401, error: "invalid_client", description: nil)
  static let request = TokenRefusal(error: "invalid_request", description: nil)
}

/// Who may use which company: codes, refresh tokens and access tokens.
struct Authority: Sendable {
  var lineages: [String: Lineage] = [:]
  var codes: [String: ConsentCode] = [:]
  private var refreshTokens: [String: String] = [:]
  private var accessTokens: [String: String] = [:]

  /// Remembers a lineage as it is now.
  mutating func put(_ lineage: Lineage) {
    if let old = lineages[lineage.id] {
      refreshTokens[old.refreshToken] = nil
      for token in old.accessTokens { accessTokens[token.value] = nil }
    }
    lineages[lineage.id] = lineage
    refreshTokens[lineage.refreshToken] = lineage.id
    for token in lineage.accessTokens { accessTokens[token.value] = lineage.id }
  }

  /// The company an access token opens now.
  func realm(for token: String, now: Double) -> String? {
    guard let id = accessTokens[token], let lineage = lineages[id], lineage.isAlive(at: now),
      let access = lineage.accessTokens.first(where: { $0.value == token }), now < access.expires
    else { return nil }
    return lineage.realm
  }

  func lineage(refresh token: String) -> Lineage? { refreshTokens[token].flatMap { lineages[$0] } }

  func lineage(access token: String) -> Lineage? { accessTokens[token].flatMap { lineages[$0] } }

  /// Works out a fresh access token, and a new refresh token when it is time for one.
  func refreshed(_ lineage: Lineage, knobs: Knobs, now: Double) -> Lineage {
    var lineage = lineage
    lineage.accessTokens.removeAll { $0.expires <= now }
    lineage.accessTokens.append(
      .init(
        value: Self.token("eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..", bytes: 720),
        expires: now + knobs.number(.accessTokenSeconds)))
    lineage.issued = now
    let isDue =
      switch knobs[.rotation] {
      case "always": true
      case "never": false
      default: now - lineage.valueSince >= 86_400
      }
    if isDue {
      lineage.refreshToken = Self.token("RT1-", bytes: 24)
      lineage.valueSince = now
    }
    return lineage
  }

  /// Works out the first tokens of a new consent.
  func consented(realm: String, knobs: Knobs, now: Double) -> Lineage {
    let lineage = Lineage(
      id: Self.token("", bytes: 12), realm: realm, refreshToken: Self.token("RT1-", bytes: 24),
      now: now)
    return refreshed(lineage, knobs: knobs, now: now)
  }

  /// The token endpoint's answer for a lineage just refreshed.
  static func answer(_ lineage: Lineage, knobs: Knobs, now: Double, withHardLife: Bool) -> JSONValue
  {
    var object = JSONObject()
    object["token_type"] = .text("bearer")
    object["access_token"] = .text(lineage.accessTokens.last?.value ?? "")
    object["expires_in"] = .number("\(Int(knobs.number(.accessTokenSeconds)))")
    object["refresh_token"] = .text(lineage.refreshToken)
    let hard = lineage.consented + Lineage.hardLife - now
    object["x_refresh_token_expires_in"] = .number("\(Int(min(Lineage.rollingLife, hard)))")
    if withHardLife { object["x_refresh_token_hard_expires_in"] = .number("\(Int(hard))") }
    return .object(object)
  }

  static func token(_ prefix: String, bytes: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    return prefix
      + String((0..<bytes).map { _ in alphabet[Int.random(in: 0..<64, using: &generator)] })
  }
}
