import Foundation
import QuickBooks
import Testing
import Vocabulary

@testable import Sync

/// What a plan for QuickBooks Online does otherwise than one for QuickBooks Desktop.
@Suite struct OnlinePlanTests {
  @Test func `a service may stand below a category, which only QuickBooks Online has`() {
    let place = SourceLocation(file: "books", line: 1)
    var books = CompanySnapshot()
    books.items = [
      CompanySnapshot.Item(
        name: "Accessorials", type: "CATEGORY", account: "", isTaxable: false, isInactive: false,
        location: place)
    ]
    books.accounts = [
      CompanySnapshot.Account(
        name: "Freight Income", type: .income, number: "", isInactive: false, location: place)
    ]
    for (text, count) in [(DesktopText.online, 0), (.qbxml, 1)] {
      let index = BooksIndex(books, names: DesktopNames(text))
      let objections = index.objections(item: "Accessorials:Tarp", account: "Freight Income")
      #expect(objections.count == count)
    }
  }

  @Test func `the report of a push declares no receivable account and speaks of no import`() throws
  {
    let fixture = try PushFixture()
    let run = try fixture.write(try fixture.export(2))
    let report = try String(
      contentsOfFile: fixture.company.outboxPath + "/\(run)/sync-report.txt", encoding: .utf8)
    #expect(!report.contains("Accounts Receivable"))
    #expect(!report.contains("import"))
    #expect(report.contains("it goes on where it stopped, and nothing is sent twice"))
  }
}
