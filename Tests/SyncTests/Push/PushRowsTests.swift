import Foundation
import Ledger
import QuickBooks
import QuickBooksOnline
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// Behaviours of QuickBooks Online that a push must be right about, by the rows of the reference's checklist.
///
/// Rows 23 and 25 are about changing records, which a push never does: it creates, and takes back whole.
@Suite struct PushRowsTests {
  private func pushed(
    _ count: Int = 2, batch: Int = 10, scripted: [HTTPResponse] = []
  ) throws -> (fixture: PushFixture, report: PushReport) {
    let fixture = try PushFixture()
    fixture.settings.online.batchSize = batch
    fixture.quickBooks.set { $0.scripted = scripted }
    let run = try fixture.write(try fixture.export(count))
    return (fixture, try fixture.send(run))
  }

  private func bodies(_ fixture: PushFixture) -> [OnlineJSON] {
    fixture.quickBooks.state.withLock { $0.log }.filter { $0.method == .post }
      .compactMap { OnlineJSON(bytes: $0.body) }
  }

  @Test func `row 12: what QuickBooks refuses is told with the id for its support`() throws {
    let (_, report) = try pushed(
      1, batch: 1, scripted: [SimulatedQuickBooks.fault(400, "6000", "x")])
    #expect(report.findings.first?.message.contains("intuit_tid 1-test") == true)
  }

  @Test func `row 13: no member is sent that the API does not know`() throws {
    let known: Set = [
      "DocNumber", "TxnDate", "DueDate", "SalesTermRef", "CustomerRef", "CustomerMemo",
      "PrivateNote", "EmailStatus", "Line", "LineNum", "Description", "Amount", "DetailType",
      "SalesItemLineDetail", "ItemRef", "Qty", "UnitPrice", "ServiceDate", "TaxCodeRef", "value",
      "BatchItemRequest", "bId", "operation", "Invoice",
    ]
    func names(_ json: OnlineJSON) -> Set<String> {
      json.members.reduce(into: Set(json.elements.flatMap(names))) {
        $0.insert($1.name)
        $0.formUnion(names($1.value))
      }
    }
    let (fixture, _) = try pushed()
    let sent = bodies(fixture).reduce(into: Set<String>()) { $0.formUnion(names($1)) }
    #expect(sent.isSubset(of: known), "\(sent.subtracting(known))")
    #expect(sent.contains("ItemRef") && sent.contains("TaxCodeRef"))
  }

  @Test func `row 14, 16: request ids are short enough, and no two records have the same`() throws {
    let (fixture, _) = try pushed(30)
    let posts = fixture.quickBooks.state.withLock { $0.log }.filter { $0.method == .post }
    let ids = posts.compactMap { Endpoint.query(of: $0.url)["requestid"] }
    #expect(ids.count == 3 && Set(ids).count == 3)
    #expect(ids.allSatisfy { $0.utf8.count == 36 })
    let items = bodies(fixture).flatMap { $0["BatchItemRequest"]?.elements ?? [] }
    #expect(items.compactMap { $0["bId"]?.text }.allSatisfy { $0.utf8.count <= 10 })
    #expect(items.count == 30)
  }

  @Test(arguments: ["610", "2500", "6250"])
  func `row 28: a reference that is not valid any more holds that document only`(code: String)
    throws
  {
    let (fixture, report) = try pushed(
      2, batch: 1,
      scripted: [SimulatedQuickBooks.fault(400, code, "Line.SalesItemLineDetail.ItemRef")])
    #expect(report.refused.documents == 1 && report.accepted.documents == 1)
    #expect(report.findings.map(\.kind.id) == ["answer-reference-missing"])
    #expect(fixture.quickBooks.documents().count == 1)
  }

  @Test(arguments: ["6200", "6210"])
  func `row 34: a closed period holds, whichever of its codes comes`(code: String) throws {
    let (_, report) = try pushed(1, batch: 1, scripted: [SimulatedQuickBooks.fault(400, code, "")])
    #expect(report.refused.documents == 1)
    #expect(report.findings.first?.message.contains("The period is closed") == true)
  }

  @Test func `row 39: no question is about a private note`() throws {
    let (fixture, _) = try pushed()
    let log = fixture.quickBooks.state.withLock { $0.log }
    #expect(!log.contains { $0.url.contains("PrivateNote") })
  }

  @Test func `row 42: an answer is waited for longer than the server works at most`() {
    #expect(Settings.defaults.online.timeout > 120)
    var settings = Settings.defaults
    #expect(throws: Failure.self) { try settings.set("online.timeout=120") }
  }

  @Test func `row 45: members that nobody has heard of are passed over`() throws {
    let answer =
      #"{"Invoice":{"V4IDPseudonym":"x","CustomExtensions":[],"PrimaryPhone":{},"Id":"9","SyncToken":"0","DocNumber":"LD-1","TotalAmt":1.0,"MetaData":{}},"time":"now"}"#
    let (_, report) = try pushed(
      1, batch: 1, scripted: [HTTPResponse(status: 200, body: Array(answer.utf8))])
    #expect(report.accepted.documents == 1 && report.findings.isEmpty)
  }

  @Test func `row 46: a subscription that has ended ends the run, and nothing is lost`() throws {
    let (fixture, report) = try pushed(
      3, batch: 1, scripted: Array(repeating: SimulatedQuickBooks.fault(400, "6190", ""), count: 3))
    #expect(report.failure?.cause == .notAllowed)
    let again = try fixture.send("20261123-080000-abcd")
    #expect(again.isComplete)
    #expect(fixture.quickBooks.documents().count == 3)
  }

  @Test func `row 47: what counts is the total, not what is left to pay`() throws {
    let answer =
      #"{"Invoice":{"Id":"9","SyncToken":"0","DocNumber":"LD-1","TotalAmt":1.00,"Balance":0}}"#
    let (_, report) = try pushed(
      1, batch: 1, scripted: [HTTPResponse(status: 200, body: Array(answer.utf8))])
    #expect(report.accepted.amount == Money(cents: 100) && report.findings.isEmpty)
  }

  @Test func `row 8, 3: a connection is given back with the app's keys, and wrong keys are told`()
    async throws
  {
    let fixture = try PushFixture()
    fixture.quickBooks.set {
      $0.scripted = [
        HTTPResponse(status: 200),
        HTTPResponse(status: 401, body: Array(#"{"error":"invalid_client"}"#.utf8)),
      ]
    }
    let connection = try fixture.online.connection()
    try await fixture.online.authority().revoke(connection.tokens, connection.endpoints)
    let asked = try #require(fixture.quickBooks.state.withLock { $0.log.last })
    #expect(OnlineJSON(bytes: asked.body)?["token"]?.text == "planted-refresh")
    #expect(!asked.authorization.isEmpty)
    do {
      _ = try await fixture.online.authority().exchange(
        code: Secret("C"), redirect: "http://localhost/x", connection.endpoints)
      Issue.record("it must fail")
    } catch {
      #expect(error.cause == .notAllowed && error.message.contains("client secret is wrong"))
    }
  }

  @Test func `the plan for QuickBooks Online never makes accounts, and allows its longer numbers`()
    throws
  {
    let fixture = try PushFixture()
    let export = try fixture.export(1)
    try Data(
      "invoice_number,invoice_date,customer_name,category,amount\nLD-123456789012345,2026-11-20,Prairie Grain,Line Haul,5.00\nLD-2,2026-11-20,Prairie Grain,Detention,5.00\n"
        .utf8
    ).write(to: URL(fileURLWithPath: export))
    try Data(
      "kind,loadops,quickbooks,account,note\nitem,Line Haul,Linehaul,,\nitem,Detention,Detention,Nowhere,\n"
        .utf8
    ).write(to: URL(fileURLWithPath: fixture.company.mappingPath))
    let run = try fixture.write(export)
    let report = try fixture.send(run)
    #expect(report.accepted.documents == 1)
    #expect(
      fixture.quickBooks.documents().compactMap { $0["DocNumber"]?.text } == ["LD-123456789012345"])
  }
}
