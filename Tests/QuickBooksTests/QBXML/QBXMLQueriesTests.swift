import QuickBooks
import TestSupport
import Testing
import Vocabulary

struct QBXMLQueriesTests {
  private func requests(_ text: String) throws -> [QBXMLRequest] {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "q.xml")
    return try QBXMLFixture.requests(folder.path("q.xml"))
  }

  @Test func `the query set asks for everything that invoices care about, hidden entries too`()
    throws
  {
    let text = QBXMLQueries.text(
      from: CalendarDate(iso: "2026-01-01"), until: CalendarDate(iso: "2026-12-31"))
    #expect(
      try requests(text).map(\.type) == [
        "HostQuery", "CompanyQuery", "PreferencesQuery", "AccountQuery", "TermsQuery", "ClassQuery",
        "ItemQuery", "CustomerQuery", "EntityQuery", "InvoiceQuery", "CreditMemoQuery",
      ])
    #expect(
      text.contains(
        """
        <InvoiceQueryRq requestID="invoices"><TxnDateRangeFilter><FromTxnDate>2026-01-01</FromTxnDate><ToTxnDate>2026-12-31</ToTxnDate></TxnDateRangeFilter><IncludeLineItems>false</IncludeLineItems></InvoiceQueryRq>
        """))
    #expect(
      text.contains("<CustomerQueryRq requestID=\"customers\"><ActiveStatus>All</ActiveStatus>"))
    #expect(!text.contains("MessageSetID"))
  }

  @Test func `a query in pieces goes on where it stopped, and only where there is more`() throws {
    let first = QBXMLQueries.text(paging: .start(500))
    #expect(
      first.contains(
        "<ItemQueryRq requestID=\"items\" iterator=\"Start\"><MaxReturned>500</MaxReturned>"))
    // Accounts, terms and classes cannot be had in pieces.
    #expect(first.contains("<AccountQueryRq requestID=\"accounts\"><ActiveStatus>"))
    _ = try requests(first)
    let next = QBXMLQueries.text(paging: .next(500, iterators: ["customers": "{a&b}"]))
    #expect(
      next.contains(
        "<CustomerQueryRq requestID=\"customers\" iterator=\"Continue\" iteratorID=\"{a&amp;b}\">"))
    #expect(try requests(next).map(\.type) == ["CustomerQuery"])
  }

  @Test func `a question names customers as QuickBooks has them`() throws {
    let text = QBXMLQueries.documents(
      invoices: ["A&1"], creditMemos: [], customers: ["Red  River & \u{E9}"],
      ids: ("i", "c", "k"), format: QBXMLFormat())
    #expect(text.contains("<RefNumberCaseSensitive>A&amp;1</RefNumberCaseSensitive>"))
    #expect(text.contains("<FullName>Red  River &amp; &#233;</FullName>"))
    #expect(try requests(text).map(\.type) == ["InvoiceQuery", "CustomerQuery"])
  }

  @Test func `documents are taken back by QuickBooks' own ids`() throws {
    let documents = (1...3).map {
      QBXMLTakingBack.Document(
        kind: $0 == 3 ? .creditMemo : .invoice, number: "10\($0)&", transaction: "1A-\($0)")
    }
    let format = QBXMLFormat(requestsPerFile: 2)
    let sets = QBXMLMessageSets(run: "undo")
    let deleted = QBXMLTakingBack.texts(documents, .delete, format: format, sets: sets)
    #expect(deleted.count == 2)
    #expect(try requests(deleted[0]).map(\.id) == ["inv-101&", "inv-102&"])
    #expect(try requests(deleted[1]).map { "\($0.type) \($0.name)" } == ["TxnDel 1A-3"])
    #expect(deleted[1].contains("<TxnDelType>CreditMemo</TxnDelType>"))
    #expect(deleted[1].contains("newMessageSetID=\"\(sets.id(2))\""))
    let voided = QBXMLTakingBack.texts(documents, .void, format: format, sets: sets)
    #expect(try requests(voided[0]).map(\.type) == ["TxnVoid", "TxnVoid"])
    #expect(QBXMLTakingBack.texts([], .void, format: format, sets: sets).isEmpty)
  }
}
