import Foundation
import QuickBooksSandbox
import Testing

/// Rows 10 to 19 of the checklist: the wire, request ids and the faults on it.
struct TransportRowsTests {
  @Test func `row 10: who does not ask for JSON gets XML`() async throws {
    try await SandboxFixture.with { fixture in
      let answer = try await fixture.send(
        "GET", "companyinfo/\(Sandbox.realm)", accept: "*/*")
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"]?.hasPrefix("application/xml") == true)
      #expect(answer.body.contains("<CompanyName>Prairie Haul Sandbox LLC</CompanyName>"))
      let fault = try await fixture.send("GET", "invoice/99999", accept: "text/plain")
      #expect(fault.body.contains("<code>610</code>"))
      #expect(await fixture.sandbox.statistics.withoutAccept == 2)
    }
  }

  @Test func `row 11: a missing or old minor version is taken for 75 and counted`() async throws {
    try await SandboxFixture.with { fixture in
      let headers = [
        "Authorization": "Bearer \(fixture.connection.accessToken)", "Accept": "application/json",
      ]
      for query in ["", "?minorversion=40"] {
        let reply = try await PlainHTTP.send(
          "GET", port: fixture.sandbox.port, "/v3/company/\(Sandbox.realm)/preferences" + query,
          headers: headers)
        #expect(reply.status == 200)
      }
      #expect(try await fixture.send("GET", "preferences").status == 200)
      #expect(await fixture.sandbox.statistics.withoutMinorVersion == 2)
      #expect(await fixture.sandbox.requests.last?.target.contains("minorversion=75") == true)
    }
  }

  @Test func `row 12: every answer has an intuit_tid of its own`() async throws {
    try await SandboxFixture.with { fixture in
      var seen: Set<String> = []
      for resource in ["preferences", "invoice/99999", "nonsense", "preferences"] {
        seen.insert(try #require(try await fixture.send("GET", resource).headers["intuit_tid"]))
      }
      let refused = try await fixture.send("GET", "preferences", token: "x")
      seen.insert(try #require(refused.headers["intuit_tid"]))
      #expect(seen.count == 5)
    }
  }

  @Test func `row 13: unknown members are refused, read-only ones ignored`() async throws {
    try await SandboxFixture.with { fixture in
      let unknown = try await fixture.post(.customer, #"{"DisplayName":"New","LoadNumber":"7"}"#)
      #expect(unknown.status == 400)
      #expect(unknown.code == "2010")
      let nested = try await fixture.post(
        .customer, #"{"DisplayName":"New","BillAddr":{"Street":"7"}}"#)
      #expect(nested.code == "2010")
      #expect(nested.detail.contains("BillAddr.Street"))
      let body = SandboxFixture.invoice(
        "R13", more: #","TotalAmt":1,"Balance":7,"LinkedTxn":[],"TxnTaxDetail":{"TotalTax":3}"#)
      let ignored = try await fixture.post(.invoice, body)
      #expect(ignored.status == 200)
      #expect(ignored.invoice["TotalAmt"]?.decimal == 950)
      #expect(try await fixture.post(.customer, #"{"DisplayName":"#).code == "2010")
      let broken = try await PlainHTTP.send(
        "POST", port: fixture.sandbox.port, "/v3/company/\(Sandbox.realm)/customer",
        headers: [
          "Authorization": "Bearer \(fixture.connection.accessToken)",
          "Accept": "application/json",
        ], body: Array(#"{"DisplayName":"M"#.utf8) + [0xFC, 0x22, 0x7D])
      #expect(broken.body.contains(#""code":"500""#))
    }
  }

  @Test func `row 14: a replay is byte for byte the first answer, also after a restart`()
    async throws
  {
    try await SandboxFixture.withFolder { folder in
      let body = SandboxFixture.invoice("R14")
      var first = ""
      try await SandboxFixture.with([:], folder: folder) { fixture in
        first = try await fixture.post(.invoice, body, ["requestid": "r-14"]).body
        try await fixture.sandbox.advance(by: 500)
        #expect(try await fixture.post(.invoice, body, ["requestid": "r-14"]).body == first)
        #expect(await fixture.sandbox.journal.count == 1)
        #expect(await fixture.sandbox.statistics.replays == 1)
        let other = try await fixture.sandbox.connect(realm: Sandbox.otherRealm)
        let elsewhere = try await fixture.send(
          "POST", "customer", ["requestid": "r-14"], body: #"{"DisplayName":"Elsewhere"}"#,
          realm: Sandbox.otherRealm, token: other.accessToken)
        #expect(elsewhere.customer["DisplayName"]?.string == "Elsewhere")
      }
      try await SandboxFixture.with([:], folder: folder) { fixture in
        let again = try await fixture.post(.invoice, body, ["requestid": "r-14"])
        #expect(again.body == first)
        let invoices = await fixture.sandbox.journal.filter { $0.kind == .invoice }
        #expect(invoices.count == 1)
      }
    }
  }

  @Test func `row 14: with request ids ignored every request is a new one`() async throws {
    try await SandboxFixture.with(["request-id": "ignored"]) { fixture in
      let body = SandboxFixture.invoice(nil)
      let ids = [
        try await fixture.post(.invoice, body, ["requestid": "r"]).invoice["Id"],
        try await fixture.post(.invoice, body, ["requestid": "r"]).invoice["Id"],
      ]
      #expect(ids[0] != ids[1])
      #expect(await fixture.sandbox.journal.count == 2)
    }
  }

  @Test func `row 15: a replay does not look at the body, but is counted when it differs`()
    async throws
  {
    try await SandboxFixture.with { fixture in
      let first = try await fixture.post(
        .invoice, SandboxFixture.invoice("A"), ["requestid": "r-15"])
      let second = try await fixture.post(
        .invoice, SandboxFixture.invoice("B", amount: "7"), ["requestid": "r-15"])
      #expect(second.body == first.body)
      #expect(await fixture.sandbox.statistics.changedReplays == 1)
    }
  }

  @Test func `row 15: a refusal is kept only when the knob says so`() async throws {
    try await SandboxFixture.with { fixture in
      let bad = #"{"DisplayName":"a:b"}"#
      let good = #"{"DisplayName":"ab"}"#
      #expect(try await fixture.post(.customer, bad, ["requestid": "x"]).code == "2040")
      #expect(try await fixture.post(.customer, good, ["requestid": "x"]).status == 200)
      try await fixture.sandbox.set(.storedFailures, to: "on")
      #expect(try await fixture.post(.customer, bad, ["requestid": "y"]).code == "2040")
      #expect(try await fixture.post(.customer, good, ["requestid": "y"]).code == "2040")
    }
  }

  @Test func `row 16: request ids and batch ids have a greatest length`() async throws {
    try await SandboxFixture.with { fixture in
      let long = String(repeating: "r", count: 51)
      let refused = try await fixture.post(
        .customer, #"{"DisplayName":"L"}"#, ["requestid": long])
      #expect(refused.code == "2130")
      let fifty = String(long.dropLast())
      #expect(
        try await fixture.post(.customer, #"{"DisplayName":"L"}"#, ["requestid": fifty]).status
          == 200)
      let item = #"{"bId":"i","operation":"create","Customer":{"DisplayName":"M"}}"#
      let batch = #"{"BatchItemRequest":[\#(item)]}"#
      let id37 = String(repeating: "r", count: 37)
      #expect(
        try await fixture.send("POST", "batch", ["requestid": id37], body: batch).code == "2130")
      let longItem = batch.replacing(#""bId":"i""#, with: #""bId":"12345678901""#)
      #expect(
        try await fixture.send("POST", "batch", ["requestid": "b"], body: longItem).code == "2050")
      #expect(try await fixture.send("POST", "batch", body: longItem).status == 200)
    }
  }

  @Test func `row 17: a batch is replayed item by item`() async throws {
    try await SandboxFixture.with { fixture in
      func batch(_ ids: [String]) -> String {
        let items = ids.map { id in
          #"{"bId":"\#(id)","operation":"create","Invoice":\#(SandboxFixture.invoice("N\(id)"))}"#
        }
        return #"{"BatchItemRequest":[\#(items.joined(separator: ","))]}"#
      }
      let first = try await fixture.send(
        "POST", "batch", ["requestid": "b-17"], body: batch(["i0", "i1"]))
      let again = try await fixture.send(
        "POST", "batch", ["requestid": "b-17"], body: batch(["i0", "i1"]))
      #expect(again.body == first.body)
      let more = try await fixture.send(
        "POST", "batch", ["requestid": "b-17"], body: batch(["i1", "i2"]))
      #expect(more.json["BatchItemResponse"]?.elements?.count == 2)
      #expect(await fixture.sandbox.journal.map(\.number) == ["Ni0", "Ni1", "Ni2"])
    }
  }

  @Test(
    arguments: [
      (InjectedFault.commitThenDrop, nil, 1), (.commitThenThrottled, 429, 1),
      (.commitThenServerError, 500, 1), (.commitThenGatewayTimeout, 504, 1),
      (.commitThenHang, nil, 1), (.hangBefore, nil, 0), (.dropBefore, nil, 0),
      (.throttled, 429, 0), (.serverError, 500, 0), (.badGateway, 502, 0), (.unavailable, 503, 0),
      (.gatewayTimeout, 504, 0), (.dropInBatch, nil, 0),
    ] as [(InjectedFault, Int?, Int)])
  func `row 18: a fault strikes before or after the commit`(
    fault: InjectedFault, status: Int?, effects: Int
  ) async throws {
    try await SandboxFixture.with(["hang-seconds": "1"]) { fixture in
      await fixture.sandbox.strike(ScriptedFault(fault))
      let body = SandboxFixture.invoice("R18")
      if let status {
        #expect(
          try await fixture.post(.invoice, body, ["requestid": "r-18"]).status == status)
      } else {
        await #expect(throws: PlainHTTP.Dropped.self) {
          _ = try await fixture.post(.invoice, body, ["requestid": "r-18"])
        }
      }
      #expect(await fixture.sandbox.journal.count == effects)
      #expect(await fixture.sandbox.statistics.faults == [fault: 1])
      let retry = try await fixture.post(.invoice, body, ["requestid": "r-18"])
      #expect(retry.status == 200)
      #expect(await fixture.sandbox.journal.map(\.number) == ["R18"])
    }
  }

  @Test func `row 18: a batch cut in the middle is finished by its replay`() async throws {
    try await SandboxFixture.with { fixture in
      await fixture.sandbox.strike(ScriptedFault(.dropInBatch, on: .batches))
      let items = (0..<10).map { id in
        #"{"bId":"i\#(id)","operation":"create","Invoice":\#(SandboxFixture.invoice("C\(id)"))}"#
      }
      let body = #"{"BatchItemRequest":[\#(items.joined(separator: ","))]}"#
      await #expect(throws: PlainHTTP.Dropped.self) {
        _ = try await fixture.send("POST", "batch", ["requestid": "cut"], body: body)
      }
      #expect(await fixture.sandbox.journal.count == 5)
      let retry = try await fixture.send("POST", "batch", ["requestid": "cut"], body: body)
      #expect(retry.json["BatchItemResponse"]?.elements?.count == 10)
      #expect(await fixture.sandbox.journal.count == 10)
    }
  }

  @Test func `row 18: the same seed strikes the same requests`() async throws {
    var runs: [[Int]] = []
    for _ in 0..<2 {
      try await SandboxFixture.with(["server-error": "0.3", "unavailable": "0.1"]) { fixture in
        var statuses: [Int] = []
        for number in 0..<30 {
          statuses.append(
            try await fixture.post(.invoice, SandboxFixture.invoice("S\(number)")).status)
        }
        runs.append(statuses)
        let failed = statuses.count { $0 != 200 }
        #expect(await fixture.sandbox.journal.count == 30 - failed)
      }
    }
    #expect(runs[0] == runs[1])
    #expect(Set(runs[0]) == [200, 500, 503])
  }

  @Test func `row 18: a request under way refuses its own id`() async throws {
    try await SandboxFixture.with(["service-seconds": "1"]) { fixture in
      fixture.sandbox.clock.factor = 0
      let body = SandboxFixture.invoice("R600")
      async let first = fixture.post(.invoice, body, ["requestid": "twin"])
      async let second = fixture.post(.invoice, body, ["requestid": "twin"])
      try await SandboxFixture.until { await fixture.sandbox.statistics.requests >= 2 }
      try await fixture.sandbox.advance(by: 2)
      let answers = try await [first, second]
      #expect(answers.compactMap(\.code) == ["600"])
      #expect(await fixture.sandbox.journal.count == 1)
    }
  }

  @Test func `row 19: HTTP 200 does not mean done`() async throws {
    try await SandboxFixture.with { fixture in
      let body = SandboxFixture.invoice("R19")
      await fixture.sandbox.strike(ScriptedFault(.faultInsideSuccess))
      let fault = try await fixture.post(.invoice, body)
      #expect(fault.status == 200)
      #expect(fault.code == "10000")
      await fixture.sandbox.strike(ScriptedFault(.emptyEnvelope))
      let empty = try await fixture.post(.invoice, body)
      #expect(empty.status == 200)
      #expect(empty.json.members?.members.map(\.name) == ["time"])
      await fixture.sandbox.strike(ScriptedFault(.throttledInXML))
      let xml = try await fixture.post(.invoice, body)
      #expect(xml.status == 429)
      #expect(xml.body.hasPrefix("<?xml"))
      await fixture.sandbox.strike(ScriptedFault(.badGateway))
      #expect(try await fixture.post(.invoice, body).body.hasPrefix("<html>"))
      #expect(await fixture.sandbox.journal.isEmpty)
    }
  }

  @Test func `row 19: a token can expire between two requests`() async throws {
    try await SandboxFixture.with { fixture in
      await fixture.sandbox.strike(ScriptedFault(.expiredToken))
      let body = SandboxFixture.invoice("R19")
      #expect(try await fixture.post(.invoice, body).status == 401)
      #expect(try await fixture.post(.invoice, body).status == 401)
      let answer = try await fixture.token([
        "grant_type": "refresh_token", "refresh_token": fixture.connection.refreshToken,
      ])
      let token = try #require(answer.json["access_token"]?.string)
      #expect(try await fixture.send("POST", "invoice", body: body, token: token).status == 200)
    }
  }
}
