import Foundation
import Ledger
import QuickBooks
import QuickBooksOnline
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// What is sent arrives once, whatever happens on the way.
@Suite struct PushTests {
  private func numbers(_ fixture: PushFixture) -> [String] {
    fixture.quickBooks.documents().compactMap { $0["DocNumber"]?.text }
  }

  /// Every document of the export is there exactly once, over its own amount.
  private func expectWhole(_ fixture: PushFixture, _ count: Int) {
    let documents = fixture.quickBooks.documents()
    #expect(documents.count == count)
    #expect(Set(numbers(fixture)) == Set((1...count).map { "LD-\($0)" }))
    for document in documents {
      #expect(document["TotalAmt"]?.text == "\(document["DocNumber"]?.text?.dropFirst(3) ?? "").00")
    }
  }

  @Test func `a clean push makes every document once and settles the ledger`() throws {
    let fixture = try PushFixture()
    let run = try fixture.write(try fixture.export(25))
    let report = try fixture.send(run)
    #expect(report.failure == nil && report.isComplete && !report.needsSomebody)
    #expect(report.accepted.documents == 25)
    #expect(report.accepted.amount == Money(cents: 32_500))
    expectWhole(fixture, 25)
    let ledger = try SyncLedger.open(folder: fixture.company.path)
    let entry = try #require(try ledger.entry(number: "LD-7"))
    #expect(entry.state == .synced && entry.evidence == .accepted)
    #expect(entry.quickBooksID != nil && entry.editSequence == "0")
    #expect(try ledger.unsettledRuns(target: "online").isEmpty)
  }

  @Test func `another total than was sent stays known when the report of it is lost`() throws {
    let fixture = try PushFixture()
    fixture.quickBooks.set {
      $0.scripted = [
        HTTPResponse(
          status: 200,
          body: Array(
            #"{"Invoice":{"Id":"9","SyncToken":"0","DocNumber":"LD-1","TotalAmt":1.07}}"#.utf8))
      ]
    }
    fixture.settings.online.batchSize = 1
    let run = try fixture.write(try fixture.export(1))
    #expect(try !fixture.send(run).isClean)
    let ledger = try SyncLedger.open(folder: fixture.company.path)
    let open = try ledger.openRemarks(ofRun: run)
    #expect(open.map(\.kind) == ["answer-total-differs"])
    #expect(open.first?.message.contains("QuickBooks made 1.07") == true)
    // As the remedy says: accept --settle.
    #expect(
      try ledger.settleRemarks(
        invoice: "LD-1", at: "2026-11-23T09:00:00Z", because: "tax taken off", by: "") == 1)
    #expect(try ledger.openRemarks(ofRun: run).isEmpty)
  }

  @Test func `a new customer is made first, and its invoices name its id`() throws {
    let fixture = try PushFixture()
    let run = try fixture.write(
      try fixture.export(3) { $0 == 2 ? "O'Neil & Sons" : "Prairie Grain" })
    let report = try fixture.send(run)
    #expect(report.created == ["customer \"O'Neil & Sons\""])
    let customer = try #require(
      fixture.quickBooks.documents("Customer").first { $0["DisplayName"]?.text == "O'Neil & Sons" })
    let invoice = try #require(
      fixture.quickBooks.documents().first { $0["DocNumber"]?.text == "LD-2" })
    #expect(invoice["CustomerRef"]?.reference == customer["Id"]?.text)
    let books = try #require(try fixture.online.books(of: nil))
    #expect(books.entries.contains { $0.name == "O'Neil & Sons" && $0.id == customer["Id"]?.text })
  }

  /// Sends until everything is settled, with a process that dies after every few requests.
  private func sendToTheEnd(_ fixture: PushFixture, _ run: String, dying: Bool) throws {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<400 {
      if dying { fixture.quickBooks.set { $0.diesAfter = Int(random.next() % 12) } }
      let report = try fixture.send(run)
      if report.isComplete { return }
    }
    Issue.record("it never came to an end")
  }

  @Test(arguments: [true, false], [1, 2, 3] as [UInt64])
  func `lost answers, lost requests and server errors double nothing and lose nothing`(
    honours: Bool, seed: UInt64
  ) throws {
    let fixture = try PushFixture(seed: seed)
    fixture.quickBooks.set {
      ($0.commitThenDrop, $0.dropBefore, $0.serverErrors) = (15, 15, 6)
      $0.honoursRequestIDs = honours
    }
    let run = try fixture.write(try fixture.export(120))
    try sendToTheEnd(fixture, run, dying: seed == 3)
    expectWhole(fixture, 120)
  }

  @Test func `single writes survive the same`() throws {
    let fixture = try PushFixture()
    fixture.settings.online.batchSize = 1
    fixture.quickBooks.set {
      ($0.commitThenDrop, $0.dropBefore, $0.serverErrors) = (10, 10, 4)
      $0.honoursRequestIDs = false
    }
    let run = try fixture.write(try fixture.export(60))
    try sendToTheEnd(fixture, run, dying: false)
    expectWhole(fixture, 60)
  }

  @Test func `every retry of a body has the request id that the file has had from the beginning`()
    throws
  {
    let fixture = try PushFixture()
    fixture.settings.online.batchSize = 1
    fixture.quickBooks.set { $0.dropBefore = 60 }
    let run = try fixture.write(try fixture.export(5))
    try sendToTheEnd(fixture, run, dying: false)
    var written: Set<String> = []
    try OnlineRequests.forEach(
      ofFile: fixture.company.outboxPath + "/\(run)/" + OnlineRequests.fileName
    ) { request throws(Failure) in written.insert(request.id) }
    let log = fixture.quickBooks.state.withLock { $0.log }
    let used = log.filter { $0.method == .post }.map {
      Endpoint.query(of: $0.url)["requestid"] ?? ""
    }
    #expect(used.count > 5)
    #expect(Set(used).isSubset(of: written))
    #expect(log.allSatisfy { Endpoint.query(of: $0.url)["minorversion"] == "75" })
    #expect(!log.contains { $0.url.contains("/send") })
  }

  @Test func `a number that is taken by the same document is adopted, by another one held`() throws
  {
    let fixture = try PushFixture()
    let customer = OnlineJSON.reference(fixture.customerID("Prairie Grain"))
    let line = { (amount: String) in OnlineJSON.array([.of(("Amount", .number(amount)))]) }
    for (number, amount) in [("LD-1", "1.00"), ("LD-2", "99.00")] {
      let id = fixture.quickBooks.add(
        "Invoice", ("DocNumber", .string(number)), ("TxnDate", .string("2026-11-20")),
        ("CustomerRef", customer), ("Line", line(amount)))
      try fixture.addToBooks(
        OnlineBooks.Document(
          kind: .invoice, id: id, number: number, customer: "", date: nil, total: .zero))
    }
    let run = try fixture.write(try fixture.export(3))
    let report = try fixture.send(run)
    #expect(report.accepted.documents == 2 && report.found == 1)
    #expect(report.refused.documents == 1)
    #expect(report.findings.first?.message.contains("LD-2 is taken") == true)
    #expect(fixture.quickBooks.documents().count == 3)
    // The server's own refusal leads to the same.
    let ledger = try SyncLedger.open(folder: fixture.company.path)
    #expect(try ledger.entry(number: "LD-2") == nil)
  }

  @Test func `the server's refusal of a taken number is looked into as well`() throws {
    let fixture = try PushFixture()
    fixture.quickBooks.set { $0.refusesDuplicateNumbers = true }
    fixture.quickBooks.add(
      "Invoice", ("DocNumber", .string("LD-1")), ("TxnDate", .string("2026-11-20")),
      ("CustomerRef", .reference("somebody else")), ("Line", .array([])))
    let run = try fixture.write(try fixture.export(2))
    let report = try fixture.send(run)
    #expect(report.refused.documents == 1 && report.accepted.documents == 1)
    #expect(fixture.quickBooks.documents().count == 2)
  }

  @Test func `a vendor with the customer's name holds its invoices and nothing else`() throws {
    let fixture = try PushFixture()
    fixture.quickBooks.add("Vendor", ("DisplayName", .string("Lone Star")))
    let run = try fixture.write(try fixture.export(4) { $0 > 2 ? "Lone Star" : "Prairie Grain" })
    let report = try fixture.send(run)
    #expect(report.refusedEntries == ["customer \"Lone Star\""])
    #expect(report.refused.documents == 2 && report.accepted.documents == 2)
    #expect(report.findings.contains { $0.message.contains("the name of a vendor") })
    #expect(fixture.quickBooks.documents().count == 2)
  }

  @Test func `a total that is not ours is told to the cent`() throws {
    let fixture = try PushFixture()
    fixture.settings.online.batchSize = 1
    let answer = #"{"Invoice":{"Id":"9","SyncToken":"0","DocNumber":"LD-1","TotalAmt":1.01}}"#
    fixture.quickBooks.set { $0.scripted = [HTTPResponse(status: 200, body: Array(answer.utf8))] }
    let run = try fixture.write(try fixture.export(1))
    let report = try fixture.send(run)
    #expect(report.findings.map(\.kind.id) == ["answer-total-differs"])
    #expect(report.needsSomebody)
  }

  @Test func `an empty success is no success`() throws {
    let fixture = try PushFixture()
    fixture.quickBooks.set { $0.scripted = [HTTPResponse(status: 200, body: Array("{}".utf8))] }
    let run = try fixture.write(try fixture.export(2))
    let report = try fixture.send(run)
    #expect(report.isComplete)
    expectWhole(fixture, 2)
  }

  @Test func `a run never goes to another company than it was begun in`() throws {
    let fixture = try PushFixture()
    let run = try fixture.write(try fixture.export(1))
    try SyncLedger.open(folder: fixture.company.path).pin(run: run, to: "123")
    #expect(throws: Failure.self) { try fixture.send(run) }
    #expect(fixture.quickBooks.documents().isEmpty)
  }

  @Test func `the ledger has what leaves before it leaves`() throws {
    let fixture = try PushFixture()
    fixture.quickBooks.set { $0.diesAfter = 0 }
    let run = try fixture.write(try fixture.export(3))
    let report = try fixture.send(run)
    #expect(report.failure != nil)
    let dispatches = try SyncLedger.open(folder: fixture.company.path).dispatches(ofRun: run)
    #expect(dispatches.count == 3)
    #expect(dispatches.values.allSatisfy { $0.state == .unknown && $0.batch != nil })
  }

  @Test func `after stop nothing more leaves, and the next push goes on`() throws {
    let fixture = try PushFixture()
    let run = try fixture.write(try fixture.export(30))
    fixture.stop.stop()
    let report = try fixture.send(run)
    #expect(report.left.documents == 30)
    #expect(fixture.quickBooks.documents().isEmpty)
  }

  @Test
  func `what waits for its turn stays when somebody says stop, and is known not to have left`()
    throws
  {
    let fixture = try PushFixture()
    fixture.settings.online.batchSize = 1
    fixture.settings.online.inFlight = 8
    fixture.settings.online.requestsPerMinute = 60
    let run = try fixture.write(try fixture.export(30))
    let (quickBooks, stop) = (fixture.quickBooks, fixture.stop)
    quickBooks.set { $0.afterWrite = { if $0 == 3 { stop.stop() } } }
    let report = try fixture.send(run)
    #expect(report.failure == nil)
    #expect(report.accepted.documents == 3 && report.unknown.documents == 0)
    #expect(report.left.documents == 27)
    let ledger = try SyncLedger.open(folder: fixture.company.path)
    #expect(try ledger.dispatches(ofRun: run).count == 3)
    #expect(fixture.time.now < .seconds(5))
  }

  @Test func `what was sent to one company is not mixed with another`() throws {
    let fixture = try PushFixture()
    let run = try fixture.write(try fixture.export(2))
    _ = try fixture.send(run)
    let connection = try fixture.online.connection()
    let ledger = try SyncLedger.open(folder: fixture.company.path)
    try OnlineCompany.check(ledger, connection)
    var other = connection
    (other.realm, other.companyName) = ("9341450000000025", "Somebody Else")
    do {
      try OnlineCompany.check(ledger, other)
      Issue.record("it must be refused")
    } catch {
      #expect(error.cause == .notAllowed)
      #expect(error.message.contains(PushFixture.realm) && error.message.contains("Somebody Else"))
    }
    // Once everything is taken back, nothing is mixed any more.
    _ = try fixture.undo(run)
    try OnlineCompany.check(ledger, other)
  }

  @Test func `secrets are in no file but the locked one`() throws {
    let fixture = try PushFixture()
    let run = try fixture.write(try fixture.export(3))
    _ = try fixture.send(run)
    let files = FileManager.default.enumerator(atPath: fixture.folder.path)
    while let name = files?.nextObject() as? String {
      guard let data = FileManager.default.contents(atPath: fixture.folder.path + "/" + name) else {
        continue
      }
      #expect(data.range(of: Data("planted-".utf8)) == nil, "\(name)")
    }
  }
}
