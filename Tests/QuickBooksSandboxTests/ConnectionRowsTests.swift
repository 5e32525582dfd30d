import Foundation
import QuickBooksSandbox
import Testing

/// Rows 1 to 9 of the checklist: who may come in.
struct ConnectionRowsTests {
  private func authorise(
    _ fixture: SandboxFixture, _ more: String = "",
    redirect: String = "http%3A%2F%2Flocalhost%3A9%2Fback",
    method: String = "GET", form: String = ""
  ) async throws -> PlainHTTP.Reply {
    try await PlainHTTP.send(
      method, port: fixture.sandbox.port,
      "/connect/oauth2?client_id=sandbox-client&response_type=code"
        + "&scope=com.intuit.quickbooks.accounting&redirect_uri=\(redirect)&state=s%26t%20e" + more,
      headers: ["Content-Type": "application/x-www-form-urlencoded"], body: Array(form.utf8))
  }

  private func code(_ fixture: SandboxFixture) async throws -> String {
    let reply = try await authorise(fixture, method: "POST", form: "decision=approve")
    let location = try #require(reply.headers["location"])
    let items = URLComponents(string: location)?.queryItems ?? []
    return try #require(items.first { $0.name == "code" }?.value)
  }

  @Test func `row 1: discovery, the page that asks, and the three ways back`() async throws {
    try await SandboxFixture.with { fixture in
      let port = fixture.sandbox.port
      let found = try await PlainHTTP.send(
        "GET", port: port, "/.well-known/openid_sandbox_configuration")
      let document = try JSONValue(found.body)
      #expect(
        document["token_endpoint"]?.string
          == "http://127.0.0.1:\(port)/oauth2/v1/tokens/bearer")
      #expect(
        document["authorization_endpoint"]?.string == "http://127.0.0.1:\(port)/connect/oauth2")
      #expect(
        document["revocation_endpoint"]?.string
          == "http://127.0.0.1:\(port)/v2/oauth2/tokens/revoke")
      let page = try await authorise(fixture)
      #expect(page.status == 200)
      #expect(page.body.contains("Prairie Haul Sandbox LLC"))
      #expect(page.body.contains("Lone Pine Towing Sandbox Inc"))
      let approved = try await authorise(
        fixture, method: "POST", form: "decision=approve&realm=\(Sandbox.otherRealm)")
      let location = try #require(approved.headers["location"])
      #expect(approved.status == 302)
      #expect(location.hasPrefix("http://localhost:9/back?code="))
      #expect(location.contains("realmId=\(Sandbox.otherRealm)"))
      #expect(location.hasSuffix("state=s%26t%20e"))
      let denied = try await authorise(fixture, method: "POST", form: "decision=deny")
      #expect(
        denied.headers["location"] == "http://localhost:9/back?error=access_denied&state=s%26t%20e")
      try await fixture.sandbox.set(.consent, to: "approve")
      #expect(try await authorise(fixture).status == 302)
      let stranger = try await authorise(fixture, redirect: "http%3A%2F%2Fevil.example%2F")
      #expect(stranger.status == 400)
      try await fixture.sandbox.set(.keys, to: "production")
      #expect(try await authorise(fixture).status == 400)
      #expect(
        try await authorise(fixture, redirect: "https%3A%2F%2Fbooks.example%2Fback").status == 302)
    }
  }

  @Test(arguments: ["off", "on"])
  func `row 2: a code is good once, and a second use may end the connection`(kills: String)
    async throws
  {
    try await SandboxFixture.with(["code-reuse-kills": kills]) { fixture in
      let form = [
        "grant_type": "authorization_code", "code": try await code(fixture),
        "redirect_uri": "http://localhost:9/back",
      ]
      let first = try await fixture.token(form)
      #expect(first.status == 200)
      let refresh = try #require(first.json["refresh_token"]?.string)
      let second = try await fixture.token(form)
      #expect(second.status == 400)
      #expect(second.json["error"]?.string == "invalid_grant")
      let after = try await fixture.token([
        "grant_type": "refresh_token", "refresh_token": refresh,
      ])
      #expect(after.status == (kills == "on" ? 400 : 200))
      let elsewhere = try await fixture.token([
        "grant_type": "authorization_code", "code": try await code(fixture),
        "redirect_uri": "http://localhost:9/other",
      ])
      #expect(elsewhere.json["error"]?.string == "invalid_grant")
    }
  }

  @Test func `row 3: the secret comes by header or by form, and must be right`() async throws {
    try await SandboxFixture.with { fixture in
      var form = [
        "grant_type": "refresh_token", "refresh_token": fixture.connection.refreshToken,
      ]
      #expect(try await fixture.token(form).status == 200)
      let wrong = Data("sandbox-client:guess".utf8).base64EncodedString()
      let refused = try await fixture.token(form, basic: wrong)
      #expect(refused.status == 401)
      #expect(refused.json["error"]?.string == "invalid_client")
      #expect(try await fixture.token(form, basic: nil).status == 401)
      form["client_id"] = "sandbox-client"
      form["client_secret"] = "sandbox-secret"
      #expect(try await fixture.token(form, basic: nil).status == 200)
    }
  }

  @Test func `row 4: an access token lives an hour of the clock, then 401 in lower case`()
    async throws
  {
    try await SandboxFixture.with { fixture in
      #expect(try await fixture.send("GET", "preferences").status == 200)
      try await fixture.sandbox.advance(by: 3601)
      let answer = try await fixture.send("GET", "preferences")
      #expect(answer.status == 401)
      #expect(answer.code == "3200")
      #expect(answer.json["fault"]?["type"]?.string == "AUTHENTICATION")
      #expect(answer.json["Fault"] == nil)
      #expect(
        answer.headers["www-authenticate"] == #"Bearer realm="Intuit", error="invalid_token""#)
      if case .number(let time)? = answer.json["time"] {
        #expect(time.count == 13)
      } else {
        Issue.record("time is not a number of milliseconds")
      }
      let empty = try await fixture.send("GET", "preferences", token: "nothing")
      #expect(empty.code == "3200")
    }
  }

  @Test func `row 5: the refresh token keeps its value for a day, and the old one then dies`()
    async throws
  {
    try await SandboxFixture.with { fixture in
      let old = fixture.connection.refreshToken
      let form = ["grant_type": "refresh_token", "refresh_token": old]
      #expect(try await fixture.token(form).json["refresh_token"]?.string == old)
      try await fixture.sandbox.advance(by: 86_401)
      let new = try #require(try await fixture.token(form).json["refresh_token"]?.string)
      #expect(new != old)
      #expect(try await fixture.token(form).json["error"]?.string == "invalid_grant")
      #expect(
        try await fixture.token(["grant_type": "refresh_token", "refresh_token": new]).status
          == 200)
    }
  }

  @Test(arguments: ["second-fails", "kills"])
  func `row 6: of two refreshes at once one fails, and the connection may die`(race: String)
    async throws
  {
    try await SandboxFixture.with(["token-seconds": "1", "refresh-race": race]) { fixture in
      fixture.sandbox.clock.factor = 0
      let form = [
        "grant_type": "refresh_token", "refresh_token": fixture.connection.refreshToken,
      ]
      async let first = fixture.token(form)
      async let second = fixture.token(form)
      try await SandboxFixture.until {
        await fixture.sandbox.statistics.refusedRefreshes >= 1
      }
      try await fixture.sandbox.advance(by: 2)
      fixture.sandbox.clock.factor = 1
      let answers = try await [first, second]
      #expect(answers.map(\.status).sorted() == [200, 400])
      let winner = try #require(answers.first { $0.status == 200 })
      let token = try #require(winner.json["refresh_token"]?.string)
      let next = try await fixture.token([
        "grant_type": "refresh_token", "refresh_token": token,
      ])
      #expect(next.status == (race == "kills" ? 400 : 200))
      #expect(await fixture.sandbox.statistics.refusedRefreshes == (race == "kills" ? 2 : 1))
    }
  }

  @Test func `row 7: a hundred days without use, five years at the most`() async throws {
    try await SandboxFixture.with(["rotation": "never"]) { fixture in
      let form = [
        "grant_type": "refresh_token", "refresh_token": fixture.connection.refreshToken,
      ]
      let plain = try await fixture.token(form)
      #expect(plain.json["x_refresh_token_expires_in"]?.integer == 8_640_000)
      #expect(plain.json["x_refresh_token_hard_expires_in"] == nil)
      for _ in 0..<18 {
        try await fixture.sandbox.advance(by: 8_600_000)
        #expect(try await fixture.token(form).status == 200)
      }
      let late = try await fixture.token(
        form, headers: ["x-include-refresh-token-hard-expires-in": "true"])
      let left = try #require(late.json["x_refresh_token_hard_expires_in"]?.integer)
      #expect(left < 157_680_000 - 18 * 8_600_000 + 1)
      #expect(late.json["x_refresh_token_expires_in"]?.integer == left)
      try await fixture.sandbox.advance(by: Double(left) + 1)
      #expect(try await fixture.token(form).json["error"]?.string == "invalid_grant")
    }
    try await SandboxFixture.with { fixture in
      try await fixture.sandbox.advance(by: 8_640_001)
      let form = [
        "grant_type": "refresh_token", "refresh_token": fixture.connection.refreshToken,
      ]
      #expect(try await fixture.token(form).json["error"]?.string == "invalid_grant")
    }
  }

  @Test(arguments: [true, false])
  func `row 8: revocation by JSON or form ends the tokens, and so does the user`(json: Bool)
    async throws
  {
    try await SandboxFixture.with { fixture in
      let token = fixture.connection.refreshToken
      func revoke() async throws -> Int {
        try await PlainHTTP.send(
          "POST", port: fixture.sandbox.port, "/v2/oauth2/tokens/revoke",
          headers: [
            "Authorization": "Basic \(SandboxFixture.basic)",
            "Content-Type": json ? "application/json" : "application/x-www-form-urlencoded",
          ], body: Array((json ? #"{"token":"\#(token)"}"# : "token=\(token)").utf8)
        ).status
      }
      #expect(try await fixture.send("GET", "preferences").status == 200)
      #expect(try await revoke() == 200)
      #expect(try await fixture.send("GET", "preferences").status == 401)
      let form = ["grant_type": "refresh_token", "refresh_token": token]
      #expect(try await fixture.token(form).status == 400)
      #expect(try await revoke() == 400)
      let again = try await fixture.sandbox.connect()
      #expect(
        try await fixture.send("GET", "preferences", token: again.accessToken).status == 200)
      try await fixture.sandbox.set(.disconnected, to: "on")
      #expect(
        try await fixture.send("GET", "preferences", token: again.accessToken).status == 401)
      #expect(
        try await fixture.token([
          "grant_type": "refresh_token", "refresh_token": again.refreshToken,
        ]).json["error"]?.string == "invalid_grant")
    }
  }

  @Test func `row 9: a token opens its own company and no other`() async throws {
    try await SandboxFixture.with { fixture in
      let answer = try await fixture.send("GET", "preferences", realm: Sandbox.otherRealm)
      #expect(answer.status == 403)
      #expect(answer.code == "3100")
      #expect(answer.json["fault"]?["type"]?.string == "SERVICE")
      let other = try await fixture.sandbox.connect(realm: Sandbox.otherRealm)
      let info = try await fixture.send(
        "GET", "companyinfo/\(Sandbox.otherRealm)", realm: Sandbox.otherRealm,
        token: other.accessToken)
      #expect(
        info.json["CompanyInfo"]?["CompanyName"]?.string == "Lone Pine Towing Sandbox Inc")
      for (condition, status) in [("not-allowed", 403), ("user-removed", 400), ("locked", 400)] {
        try await fixture.sandbox.set(.condition, to: condition)
        #expect(try await fixture.send("GET", "preferences").status == status)
      }
    }
  }
}
