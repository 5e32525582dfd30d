import Foundation
import Testing
import Vocabulary

@testable import QuickBooks

/// What the books have is referred to by the documents and declared by no file.
struct IIFExistingTests {
  private func lists() -> CompanyLists {
    var lists = CompanyLists()
    lists.accounts = [
      Account(name: "Accounts Receivable", type: .receivable),
      Account(name: "Freight Income:Line Haul", type: .income),
    ]
    lists.items = [
      Item(name: "Line Haul", account: "Freight Income:Line Haul", description: "loaded miles"),
      Item(name: "Accessorials:Layover", account: "Freight Income:Line Haul", description: ""),
    ]
    lists.terms = [Terms(name: "Net 30", dueDays: 30)]
    lists.customers = [Customer(name: "Acme, Inc.")]
    lists.existing.accounts = ["Accounts Receivable", "Freight Income", "Freight Income:Line Haul"]
    lists.existing.items = ["Line Haul", "Accessorials"]
    lists.existing.terms = ["Net 30"]
    lists.existing.customers = ["Acme, Inc."]
    return lists
  }

  private func write(_ lists: CompanyLists) throws -> [String: String] {
    try IIFFixture.withFolder { folder in
      var format = IIFFormat()
      format.receivableAccount = "Accounts Receivable"
      let writer = try IIFWriter(
        lists: lists, format: format, folder: folder, expectedDocuments: 1)
      var document = SalesDocument()
      document.kind = .invoice
      document.number = document.append(Array("1001".utf8).span)
      document.date = CalendarDate(daysSince1970: 20_000)
      document.customer = 0
      document.terms = 0
      document.total = Money(cents: 100)
      document.lines = [
        SalesDocument.Line(
          item: 0, amount: Money(cents: 100), quantity: nil, rate: nil, description: .empty)
      ]
      try writer.append(document)
      _ = try writer.finish()
      var texts: [String: String] = [:]
      for file in writer.stagedFiles {
        texts[file.name] = try String(contentsOfFile: file.stagedPath, encoding: .utf8)
        file.discard()
      }
      return texts
    }
  }

  @Test func `only what is new is declared, and no parent that is there`() throws {
    let texts = try write(lists())
    let rows = try #require(texts["001-lists.iif"]).split(separator: "\r\n").map(String.init)
    #expect(
      rows == [
        "!INVITEM\tNAME\tINVITEMTYPE\tACCNT\tTAXABLE\tHIDDEN",
        "INVITEM\tAccessorials:Layover\tSERV\tFreight Income:Line Haul\tN\tN",
      ])
    #expect(texts["002-documents.iif"]?.contains("\"Acme, Inc.\"") == true)
  }

  @Test func `without anything to declare there is no file of lists`() throws {
    var lists = lists()
    lists.existing.items.insert("Accessorials:Layover")
    let texts = try write(lists)
    #expect(texts.keys.sorted() == ["001-documents.iif"])
  }

  @Test func `a document that names something unknown is still refused`() throws {
    var lists = lists()
    lists.existing.accounts = ["Freight Income", "Freight Income:Line Haul"]
    #expect(try write(lists)["001-lists.iif"]?.contains("ACCNT\tAccounts Receivable\tAR") == true)
    let declared = lists.declared
    #expect(declared.accounts.map(\.name) == ["Accounts Receivable"])
    #expect(declared.customers.isEmpty && declared.terms.isEmpty)
  }
}
