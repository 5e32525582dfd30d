import QuickBooks
import QuickBooksOnline
import Testing
import Vocabulary

/// What is repeated, what is not, and what counts as done.
@Suite struct ClientTests {
  private let fixture: SessionFixture

  init() throws { fixture = try SessionFixture() }

  private func client(_ steps: [ScriptedTransport.Step]) throws -> (OnlineClient, ScriptedTransport)
  {
    let transport = ScriptedTransport(steps)
    let connection = fixture.connection()
    try fixture.store.save(connection)
    return (fixture.client(connection, transport), transport)
  }

  @Test func `row 10 and 11: every request asks for JSON and says its version`() async throws {
    let (client, transport) = try client([.json(#"{"QueryResponse":{}}"#)])
    _ = try await client.query("select * from Customer where DisplayName = 'A & B'")
    let request = try #require(transport.requests.first)
    #expect(request.headers.contains { $0 == ("Accept", "application/json") })
    #expect(request.url.contains("minorversion=75"))
    #expect(request.url.contains("A%20%26%20B"))
  }

  @Test func `a read is repeated after trouble, a write is not`() async throws {
    let (reader, reads) = try client([
      .fail(.unknown("dropped")), .json("<html>", status: 503), .json(#"{"QueryResponse":{}}"#),
    ])
    _ = try await reader.query("select * from Item")
    #expect(reads.requests.count == 3)
    for step in [
      ScriptedTransport.Step.fail(.unknown("dropped")), .json("<html>", status: 504),
      .json("", status: 200), .json(#"{"Fault":{"Error":[{"code":"10000"}]}}"#),
    ] {
      let (writer, writes) = try client([step])
      guard case .unknown = try await writer.write("invoice", body: [], requestID: "a") else {
        Issue.record("it must be unknown")
        continue
      }
      #expect(writes.requests.count == 1)
    }
  }

  @Test func `a write that never left is sent again, and given up in time`() async throws {
    let (client, transport) = try client([
      .fail(.notSent("refused")), .json(#"{"Invoice":{"Id":"1"}}"#),
    ])
    guard case .done = try await client.write("invoice", body: [], requestID: "a") else {
      Issue.record("not done")
      return
    }
    #expect(transport.requests.count == 2)
    do {
      _ = try await client.write("invoice", body: [], requestID: "b")
      Issue.record("it must give up")
    } catch {
      #expect(error.cause == .quickBooksUnavailable)
    }
  }

  @Test func `row 18, 41: after a 429 everything waits a minute, and a write is looked up first`()
    async throws
  {
    let throttled = ScriptedTransport.Step.json(
      #"{"Fault":{"Error":[{"code":"3001"}],"type":"SERVICE"}}"#, status: 429,
      headers: ["retry-after": "90"])
    let (client, _) = try client([throttled, .json(#"{"QueryResponse":{}}"#)])
    guard case .unknown = try await client.write("invoice", body: [], requestID: "a") else {
      Issue.record("it may have been done")
      return
    }
    _ = try await client.query("select * from Invoice")
    #expect(fixture.clock.now >= .seconds(90))
  }

  @Test func `row 41: a monthly allowance that is used up ends the run after minutes, not hours`()
    async throws
  {
    let throttled = ScriptedTransport.Step.json("", status: 429)
    let (client, _) = try client(Array(repeating: throttled, count: 9))
    do {
      _ = try await client.query("select * from Invoice")
      Issue.record("it must give up")
    } catch {
      #expect(error.cause == .tryAgain)
    }
    #expect(fixture.clock.now <= .seconds(400))
  }

  @Test func `row 19: a fault inside a success is a fault`() async throws {
    let (client, _) = try client([
      .json(#"{"Fault":{"Error":[{"code":"6000","Detail":"no"}],"type":"ValidationFault"}}"#)
    ])
    guard case .refused(let fault) = try await client.write("invoice", body: [], requestID: "a")
    else {
      Issue.record("it was refused")
      return
    }
    #expect(fault.code == 6000 && fault.status == 200)
  }

  @Test func `row 17, 40: batch answers are matched by name, one without an answer is not known`()
    async throws
  {
    let (client, transport) = try client([
      .json(
        #"{"BatchItemResponse":[{"Fault":{"Error":[{"code":"2500"}]},"bId":"i1"},{"Invoice":{"Id":"7"},"bId":"i0"}]}"#
      )
    ])
    let items = (0..<3).map {
      OnlineClient.BatchItem(id: "i\($0)", entity: "Invoice", body: Array("{}".utf8))
    }
    let answers = try await client.batch(items, requestID: "r")
    guard case .done(let json, _) = answers[0], case .refused = answers[1],
      case .unknown = answers[2]
    else {
      Issue.record("\(answers)")
      return
    }
    #expect(json["Invoice"]?["Id"]?.text == "7")
    #expect(Endpoint.query(of: transport.requests[0].url)["requestid"] == "r")
  }

  @Test func `row 37: names in questions are escaped`() {
    #expect(
      OnlineQuery.names("Customer", [#"O'Neil \ Sons"#])
        == #"select * from Customer where DisplayName in ('O\'Neil \\ Sons') and Active in (true, false) orderby Id maxresults 1000"#
    )
  }

  @Test func `row 38: a list is read in the order of ids and made again when it does not tie`()
    async throws
  {
    let page = { (ids: [Int]) in
      let rows = ids.map { #"{"Id":"\#($0)","Name":"A\#($0)","AccountType":"Income"}"# }
      return ScriptedTransport.Step.json(
        #"{"QueryResponse":{"Account":[\#(rows.joined(separator: ","))]}}"#)
    }
    let count = { (number: Int) in
      ScriptedTransport.Step.json(#"{"QueryResponse":{"totalCount":\#(number)}}"#)
    }
    let empty = [count(0), ScriptedTransport.Step.json(#"{"QueryResponse":{}}"#), count(0)]
    var steps: [ScriptedTransport.Step] = [
      .json(#"{"CompanyInfo":{"CompanyName":"Acme","Country":"US"}}"#),
      .json(
        #"{"Preferences":{"SalesFormsPrefs":{"CustomTxnNumbers":true},"AccountingInfoPrefs":{"BookCloseDate":"2025-12-31"}}}"#
      ),
      count(3), page([1, 2]), page([]),  // one is missing
      count(3), page([1, 2]), page([3]), count(3),
    ]
    for _ in 0..<10 { steps += empty }
    let (client, transport) = try client(steps)
    let books = try await OnlinePull(client, realm: "17", pageSize: 2).books(
      at: "2026-11-23T08:00:00Z")
    #expect(books.entries.map(\.id) == ["1", "2", "3"])
    #expect(books.preferences.customNumbers)
    #expect(books.preferences.closedThrough?.description == "2025-12-31")
    let pages = transport.requests.filter { $0.url.contains("startposition") }
    #expect(pages.allSatisfy { $0.url.contains("orderby%20Id") })
    let lists = pages.filter {
      !$0.url.contains("TaxCode") && !$0.url.contains("Invoice") && !$0.url.contains("CreditMemo")
    }
    #expect(lists.allSatisfy { $0.url.contains("Active%20in%20%28true%2C%20false%29") })
  }
}
