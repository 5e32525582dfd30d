import Foundation
import QuickBooksSandbox
import Testing

/// Rows 41 to 43, 46 and 48 of the checklist: limits, languages and the way to look inside.
struct LimitRowsTests {
  /// A sandbox whose clock only moves by hand, so that the machine's speed decides nothing.
  private func withStoppedClock(
    _ settings: KeyValuePairs<String, String> = [:],
    _ work: (SandboxFixture) async throws -> Void
  ) async throws {
    var options = SandboxOptions()
    options.clockFactor = 0
    options.knobs = Knobs()
    try options.knobs.set(.tokenSeconds, to: "0")
    for (name, value) in settings { try options.knobs.set(name, to: value) }
    try await SandboxFixture.with(options, work)
  }

  private let batch = #"{"BatchItemRequest":[{"bId":"1","Query":"select count(*) from Item"}]}"#

  @Test func `row 41: ten requests a second, then 429 until the second is over`() async throws {
    try await withStoppedClock { fixture in
      for _ in 0..<10 { #expect(try await fixture.send("GET", "preferences").status == 200) }
      let answer = try await fixture.send("GET", "preferences")
      #expect(answer.status == 429)
      #expect(answer.code == "3001")
      #expect(answer.json["Fault"]?["type"]?.string == "SERVICE")
      #expect(answer.headers["retry-after"] == nil)
      try await fixture.sandbox.set(.retryAfter, to: "30")
      #expect(try await fixture.send("GET", "preferences").headers["retry-after"] == "30")
      try await fixture.sandbox.advance(by: 1.01)
      #expect(try await fixture.send("GET", "preferences").status == 200)
      let seen = await fixture.sandbox.statistics
      #expect(seen.throttled == 2)
      #expect(seen.mostPerSecond == 10)
    }
  }

  @Test func `row 41: five hundred a minute, forty batches among them`() async throws {
    try await withStoppedClock(["requests-per-second": "0"]) { fixture in
      for _ in 0..<40 {
        #expect(try await fixture.send("POST", "batch", body: batch).status == 200)
      }
      #expect(try await fixture.send("POST", "batch", body: batch).status == 429)
      for _ in 0..<460 { #expect(try await fixture.send("GET", "preferences").status == 200) }
      #expect(try await fixture.send("GET", "preferences").status == 429)
      try await fixture.sandbox.advance(by: 59)
      #expect(try await fixture.send("GET", "preferences").status == 429)
      try await fixture.sandbox.advance(by: 1.01)
      #expect(try await fixture.send("POST", "batch", body: batch).status == 200)
      #expect(await fixture.sandbox.statistics.mostBatchesPerMinute == 40)
    }
  }

  @Test func `row 41: ten requests under way, the eleventh is refused`() async throws {
    try await withStoppedClock(["requests-per-second": "0", "read-seconds": "5"]) { fixture in
      async let slow = withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<10 {
          group.addTask { try await fixture.send("GET", "preferences").status }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      try await SandboxFixture.until { await fixture.sandbox.statistics.mostAtOnce >= 10 }
      #expect(try await fixture.send("GET", "preferences").status == 429)
      try await fixture.sandbox.advance(by: 6)
      #expect(try await slow == Array(repeating: 200, count: 10))
    }
  }

  @Test func `row 41: a used-up monthly quota does not clear`() async throws {
    try await withStoppedClock([
      "monthly-quota-used": "reads", "access-token-seconds": "10000000",
    ]) { fixture in
      for _ in 0..<3 {
        #expect(try await fixture.send("GET", "preferences").status == 429)
        try await fixture.sandbox.advance(by: 3600 * 24 / 30)
      }
      #expect(try await fixture.post(.invoice, SandboxFixture.invoice("R41")).status == 200)
      try await fixture.sandbox.set(.monthlyQuotaUsed, to: "all")
      #expect(try await fixture.post(.invoice, SandboxFixture.invoice("R41b")).status == 429)
    }
  }

  @Test func `row 42: work of more than 120 seconds is cut off`() async throws {
    try await SandboxFixture.with([
      "service-seconds": "5", "access-token-seconds": "10000000",
    ]) { fixture in
      fixture.sandbox.clock.factor = 200
      let items = (0..<30).map { id in
        #"{"bId":"\#(id)","operation":"create","Invoice":\#(SandboxFixture.invoice("T\(id)"))}"#
      }
      let body = #"{"BatchItemRequest":[\#(items.joined(separator: ","))]}"#
      #expect(try await fixture.send("POST", "batch", body: body).status == 504)
      #expect(await fixture.sandbox.journal.count == 24)
      try await fixture.sandbox.set(.serviceSeconds, to: "121")
      #expect(try await fixture.post(.invoice, SandboxFixture.invoice("T")).status == 504)
      #expect(await fixture.sandbox.journal.count == 24)
      try await fixture.sandbox.set(.serviceSeconds, to: "119")
      #expect(try await fixture.post(.invoice, SandboxFixture.invoice("T")).status == 200)
    }
  }

  @Test func `row 43: a French company says the same codes in other words`() async throws {
    try await SandboxFixture.with { fixture in
      let body = #"{"DisplayName":"Acme Freight"}"#
      let english = try await fixture.post(.customer, body)
      try await fixture.sandbox.set(.language, to: "french")
      let french = try await fixture.post(.customer, body)
      #expect(french.code == english.code)
      #expect(french.detail != english.detail)
      #expect(french.detail.contains("Le nom fourni existe déjà"))
      let amount =
        #"{"CustomerRef":{"value":"33"},"Line":[{"Amount":2,"DetailType":"SalesItemLineDetail","#
        + #""SalesItemLineDetail":{"ItemRef":{"value":"17"},"Qty":1,"UnitPrice":1}}]}"#
      let refused = try await fixture.post(.invoice, amount)
      #expect(refused.code == "6070")
      #expect(refused.detail.contains("Le montant"))
    }
  }

  @Test func `row 46: without a subscription the books can be read and not written`() async throws {
    try await SandboxFixture.with(["subscription-ended": "on"]) { fixture in
      let refused = try await fixture.post(.invoice, SandboxFixture.invoice("R46"))
      #expect(refused.code == "6190")
      #expect(try await fixture.send("POST", "batch", body: batch).code == "6190")
      #expect(try await fixture.send("GET", "invoice/48").status == 200)
      #expect(await fixture.sandbox.journal.isEmpty)
    }
  }

  @Test func `row 48: the journal counts effects, not answers`() async throws {
    try await SandboxFixture.with { fixture in
      let port = fixture.sandbox.port
      func control(_ method: String, _ path: String, _ body: String = "") async throws -> JSONValue
      {
        let reply = try await PlainHTTP.send(method, port: port, path, body: Array(body.utf8))
        return try JSONValue(reply.body)
      }
      let knobs = try await control("POST", "/sandbox/knobs", #"{"service-seconds":0.01}"#)
      #expect(knobs["service-seconds"]?.string == "0.01")
      let wrong = try await control("POST", "/sandbox/knobs", #"{"language":"latin"}"#)
      #expect(wrong["error"]?.string?.contains("english, french") == true)
      _ = try await control(
        "POST", "/sandbox/faults", #"{"fault":"commit-then-drop","on":"writes","skip":1}"#)
      let first = try await fixture.post(
        .invoice, SandboxFixture.invoice("J1"), ["requestid": "j1"])
      #expect(first.status == 200)
      await #expect(throws: PlainHTTP.Dropped.self) {
        _ = try await fixture.post(.invoice, SandboxFixture.invoice("J2"), ["requestid": "j2"])
      }
      _ = try await fixture.post(.invoice, SandboxFixture.invoice("J2"), ["requestid": "j2"])
      _ = try await fixture.post(.invoice, SandboxFixture.invoice("J2"))
      let id = try #require(first.invoice["Id"]?.string)
      _ = try await fixture.send("POST", "invoice/\(id)/send")
      let journal = try await control("GET", "/sandbox/journal?entity=invoice")
      let effects = try #require(journal["effects"]?.elements)
      #expect(effects.map { $0["operation"]?.string } == ["create", "create", "send"])
      #expect(effects.map { $0["number"]?.string } == ["J1", "J2", "J1"])
      #expect(effects.map { $0["requestid"]?.string } == ["j1", "j2", nil])
      #expect(effects[0]["total"]?.string == "950.00")
      let since = try await control("GET", "/sandbox/journal?since=2&summary=1")
      #expect(since["count"]?.integer == 1)
      #expect(since["effects"] == nil)
      let statistics = try await control("GET", "/sandbox/statistics")
      #expect(statistics["replays"]?.integer == 1)
      #expect(statistics["faults"]?["commit-then-drop"]?.integer == 1)
      let requests = try await control("GET", "/sandbox/requests")
      #expect(requests["requests"]?.elements?.count == 5)
      let clock = try await control("POST", "/sandbox/clock", #"{"factor":0,"advance":10}"#)
      #expect(clock["factor"]?.decimal == 0)
      let connection = try await control("POST", "/sandbox/connect", "{}")
      #expect(connection["realmId"]?.string == Sandbox.realm)
      #expect(try await control("GET", "/sandbox/nothing")["error"]?.string != nil)
    }
  }
}
