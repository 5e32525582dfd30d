import Foundation
import QuickBooksSandbox
import Testing

/// Rows 37 to 40 of the checklist: queries and batches.
struct QueryRowsTests {
  @Test(
    arguments: [
      ("select * from Customer where DisplayName = 'O\\'Neil & Sons'", ["O'Neil & Sons"]),
      ("SELECT * FROM customer WHERE displayname = 'o\\'NEIL & sons'", ["O'Neil & Sons"]),
      (
        "select * from Customer where DisplayName = 'Back\\\\slash Logistics'",
        ["Back\\slash Logistics"]
      ),
      (
        "select *, DisplayName from Customer where DisplayName like 'm%gmbh'",
        ["Müller Spedition GmbH"]
      ),
      ("select * from Customer where DisplayName like '%\"smitty\"%'", ["Smith \"Smitty\" Farms"]),
      (
        "select * from Customer where DisplayName in ('Acme Freight', 'Prairie Grain Co-op') "
          + "ORDERBY Id DESC", ["Prairie Grain Co-op", "Acme Freight"]
      ),
      ("select * from Customer ORDER BY Id STARTPOSITION 2 MAXRESULTS 1", ["O'Neil & Sons"]),
      (
        "select * from Customer orderby Id asc maxresults 1 startposition 3",
        ["Müller Spedition GmbH"]
      ),
      ("select * from Customer where Id = '36'", ["100% Produce #7"]),
      (
        "select * from Customer where Balance > '900' AND Balance < 1000 AND Active = true",
        ["O'Neil & Sons"]
      ),
      ("select * from Customer where Job = true", ["Salina elevator"]),
      ("select * from Customer where DisplayName = 'Nobody'", []),
      ("select * from Customer where MetaData.CreateTime > '2100-01-01T00:00:00Z'", []),
    ] as [(String, [String])])
  func `row 37: the query language`(statement: String, names: [String]) async throws {
    try await SandboxFixture.with { fixture in
      for answer in [
        try await fixture.query(statement),
        try await fixture.send("POST", "query", body: statement),
      ] {
        #expect(answer.status == 200)
        let rows = answer.found["Customer"]?.elements ?? []
        #expect(rows.map { $0["DisplayName"]?.string ?? "" } == names)
        if names.isEmpty {
          #expect(answer.found == .object(JSONObject()))
        } else {
          #expect(answer.found["maxResults"]?.integer == names.count)
        }
      }
    }
  }

  @Test(
    arguments: [
      ("select from Customer", "4000"), ("select * from Customer where Id = 'x", "4000"),
      ("select * from Customer where Id = '1' or Id = '2'", "4000"),
      ("select * from Customer where Id != '1'", "4000"), ("update Customer", "4000"),
      ("select * from Load", "4001"), ("select * from Customer where LoadNumber = '1'", "4001"),
      ("select * from Customer where Id > '1'", "4001"),
      ("select * from Customer startposition 0", "4001"),
      ("select * from Customer maxresults 0", "4001"),
      ("select LoadNumber from Customer", "4001"),
    ])
  func `row 37: a statement that is wrong is refused`(statement: String, code: String) async throws
  {
    try await SandboxFixture.with { fixture in
      let answer = try await fixture.query(statement)
      #expect(answer.status == 400)
      #expect(answer.code == code)
    }
  }

  @Test func `row 37: pages hold 100 rows unless asked, 1000 at the most`() async throws {
    try await SandboxFixture.with { fixture in
      for batch in 0..<35 {
        let items = (0..<30).map { index in
          #"{"bId":"\#(index)","operation":"create","Customer":{"DisplayName":"Load \#(batch)-\#(index)"}}"#
        }
        let body = #"{"BatchItemRequest":[\#(items.joined(separator: ","))]}"#
        #expect(try await fixture.send("POST", "batch", body: body).status == 200)
      }
      let count = try await fixture.query("select count(*) from Customer")
      #expect(count.found["totalCount"]?.integer == 1061)
      let plain = try await fixture.query("select Id from Customer")
      #expect(plain.found["maxResults"]?.integer == 100)
      var ids: [String] = []
      for start in [1, 1001] {
        let page = try await fixture.query(
          "select Id from Customer ORDERBY Id STARTPOSITION \(start) MAXRESULTS 5000")
        ids += (page.found["Customer"]?.elements ?? []).compactMap { $0["Id"]?.string }
        #expect(page.found["startPosition"]?.integer == start)
      }
      #expect(ids.count == 1061)
      #expect(Set(ids).count == 1061)
      #expect(ids.compactMap { Int($0) } == ids.compactMap { Int($0) }.sorted())
    }
  }

  @Test func `row 38: without ORDERBY lists come by name and invoices by last change`()
    async throws
  {
    try await SandboxFixture.with { fixture in
      let items = try await fixture.query("select * from Item")
      let names = (items.found["Item"]?.elements ?? []).compactMap { $0["Name"]?.string }
      #expect(names == names.sorted { $0.lowercased() < $1.lowercased() })
      #expect(names.first == "Accessorials")
      for number in ["A", "B", "C"] {
        _ = try await fixture.post(.invoice, SandboxFixture.invoice(number))
      }
      let first = try await fixture.query("select * from Invoice where DocNumber in ('A','B','C')")
      let rows = first.found["Invoice"]?.elements ?? []
      #expect(rows.map { $0["DocNumber"]?.string } == ["C", "B", "A"])
      let id = try #require(rows.last?["Id"]?.string)
      try await fixture.sandbox.edit(.invoice, id: id)
      let second = try await fixture.query("select * from Invoice MAXRESULTS 1")
      #expect(second.found["Invoice"]?.elements?.first?["DocNumber"]?.string == "A")
    }
  }

  @Test func `row 39: a private note cannot be asked for`() async throws {
    try await SandboxFixture.with { fixture in
      let answer = try await fixture.query("select * from Invoice where PrivateNote = 'x'")
      #expect(answer.code == "4001")
      #expect(answer.detail.contains("PrivateNote"))
      let number = try await fixture.query(
        "select * from Invoice where DocNumber = '1001' and CustomerRef = '32' "
          + "and TxnDate >= '2026-08-01' and TotalAmt = '1850.0'")
      #expect(number.found["Invoice"]?.elements?.count == 1)
    }
  }

  @Test func `row 40: a batch has at most 30 items, each with its own fate`() async throws {
    try await SandboxFixture.with { fixture in
      let invoice = SandboxFixture.invoice("R40")
      func create(_ id: Int, _ body: String) -> String {
        #"{"bId":"i\#(id)","operation":"create","Invoice":\#(body)}"#
      }
      let many = (0..<31).map { create($0, SandboxFixture.invoice("X\($0)")) }
      let tooMany = try await fixture.send(
        "POST", "batch", body: #"{"BatchItemRequest":[\#(many.joined(separator: ","))]}"#)
      #expect(tooMany.code == "1040")
      #expect(await fixture.sandbox.journal.isEmpty)
      let items = [
        create(0, invoice), create(1, invoice),
        #"{"bId":"q","Query":"select * from Invoice where DocNumber = 'R40'"}"#,
        #"{"bId":"v","operation":"void","Invoice":{"Id":"48","SyncToken":"0"}}"#,
      ]
      let body = #"{"BatchItemRequest":[\#(items.joined(separator: ","))]}"#
      let answer = try await fixture.send("POST", "batch", body: body)
      #expect(answer.status == 200)
      let results = try #require(answer.json["BatchItemResponse"]?.elements)
      #expect(results.map { $0["bId"]?.string } == ["i0", "i1", "q", "v"])
      #expect(results[0]["Invoice"]?["TotalAmt"]?.decimal == 950)
      #expect(results[1]["Fault"]?["Error"]?.elements?.first?["code"]?.string == "6140")
      #expect(results[2]["QueryResponse"] == .object(JSONObject()))
      #expect(results[3]["Fault"]?["Error"]?.elements?.first?["code"]?.string == "500")
    }
  }

  @Test func `row 40: items do not see each other's objects, and answers may be shuffled`()
    async throws
  {
    try await SandboxFixture.with { fixture in
      // The next id is known here, so the second item can try to use the first one's customer.
      let next = try await fixture.post(.customer, #"{"DisplayName":"Before"}"#)
      let id = try #require(next.customer["Id"]?.string.flatMap { Int($0) })
      let items = [
        #"{"bId":"c","operation":"create","Customer":{"DisplayName":"In batch"}}"#,
        #"{"bId":"i","operation":"create","Invoice":"#
          + SandboxFixture.invoice("R40", customer: "\(id + 1)") + "}",
      ]
      let body = #"{"BatchItemRequest":[\#(items.joined(separator: ","))]}"#
      let answer = try await fixture.send("POST", "batch", body: body)
      let results = try #require(answer.json["BatchItemResponse"]?.elements)
      #expect(results[0]["Customer"]?["Id"]?.string == "\(id + 1)")
      #expect(results[1]["Fault"]?["Error"]?.elements?.first?["code"]?.string == "2500")
      try await fixture.sandbox.set(.shuffledBatches, to: "on")
      let many = (0..<20).map { #"{"bId":"\#($0)","Query":"select count(*) from Item"}"# }
      let shuffled = try await fixture.send(
        "POST", "batch", body: #"{"BatchItemRequest":[\#(many.joined(separator: ","))]}"#)
      let ids = (shuffled.json["BatchItemResponse"]?.elements ?? [])
        .compactMap { $0["bId"]?.string.flatMap { Int($0) } }
      #expect(ids != Array(0..<20))
      #expect(ids.sorted() == Array(0..<20))
    }
  }
}
