import Foundation
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// Items and accounts that the books have in nearly the name, and terms that they know better.
struct ItemSlipsTests {
  private typealias Fixture = PairingFixture

  private static let books = Fixture.books(
    items: [
      ("Line Haul", "SERV", "Freight Income", false), ("Layover", "SERV", "Freight Income", false),
      ("Accessorials", "SERV", "Freight Income", false),
      ("Accessorials:Lumper", "SERV", "Freight Income", false),
      ("Fuel Surcharge", "SERV", "Freight Income", false),
      ("Detention", "SERV", "Freight Income", true), ("Group X", "GRP", "", false),
      ("Bad Acct", "SERV", "Checking", false),
    ],
    accounts: [
      ("Accounts Receivable", .receivable), ("Freight Income", .income),
      ("Checking", .other("BANK")),
    ], terms: [("10th of Month", nil), ("Net 30", 30)])

  private static func plan(_ categories: [String], _ lines: [String] = []) throws -> SyncPlan {
    try Fixture.plan(
      categories.map { Fixture.Row(customer: "Acme", category: $0) }, books, mapping: lines)
  }

  @Test func `an item of nearly a name of the books is told, and so is an account`() throws {
    let plan = try Self.plan(
      ["Linehaul", "A1", "A4"],
      [
        "item,Linehaul,Linehaul,,", "item,A1,Layovr,,", "item,A4,Neww,Freight Incom,",
      ])
    #expect(
      plan.findings("item-resembles-another").compactMap(Fixture.line) == [
        "item,Linehaul,Line Haul,Freight Income,", "item,A1,Layover,Freight Income,",
      ])
    #expect(
      plan.findings("account-resembles-another").compactMap(Fixture.line)
        == ["item,A4,Neww,Freight Income,"])
    let good = try Self.plan(["Linehaul"], ["item,Linehaul,Line Haul,,"])
    #expect(good.findings("item-resembles-another").isEmpty)
    #expect(good.findings("account-resembles-another").isEmpty)
  }

  @Test
  func `the line for a category is the item that the books have, and never one that is refused`()
    throws
  {
    let categories = [
      "Linehaul", "Fuel Sur Charge", "Lumper", "DETENTION", "Group X", "Bad Acct", "FSC",
    ]
    let plan = try Self.plan(categories)
    let lines = plan.findings("category-unmapped").compactMap(Fixture.line)
    #expect(
      lines == [
        "item,Linehaul,Line Haul,Freight Income,",
        "item,Fuel Sur Charge,Fuel Surcharge,Freight Income,",
        "item,Lumper,Accessorials:Lumper,Freight Income,",
        "item,DETENTION,DETENTION (2),Freight Income,",
        "item,Group X,Group X (2),Freight Income,", "item,Bad Acct,Bad Acct (2),Freight Income,",
        "item,FSC,Fuel Surcharge,Freight Income,",
      ])
    let notes = plan.findings("category-unmapped").flatMap(\.notes).joined(separator: "\n")
    #expect(notes.contains("\"Detention\"") && notes.contains("it is inactive in the books"))
    #expect(notes.contains("it is of type group"))
    let pasted = try Self.plan(categories, lines)
    #expect(pasted.report.totals.held.invoices == 0)
  }

  @Test func `what is written without asking is the same name and can be used`() throws {
    let suggestions = MappingSuggestions(try Self.plan(["Lumper", "Bad Acct", "Linehaul"]))
      .suggestions
    let choices = Dictionary(
      uniqueKeysWithValues: suggestions.filter { $0.kind == .item }.map {
        ($0.loadOps, $0.choice(from: .folded)?.quickBooks)
      })
    #expect(choices == ["Lumper": nil, "Bad Acct": nil, "Linehaul": "Line Haul"])
    let lumper = try #require(suggestions.first { $0.loadOps == "Lumper" }?.candidates.first)
    #expect(lumper.quickBooks == "Accessorials:Lumper" && lumper.certainty == .likely)
    for suggestion in suggestions {
      #expect(!suggestion.candidates.contains { $0.quickBooks == "Bad Acct" })
    }
  }

  @Test func `terms that are due on a day of the month keep the due date of the invoice`() throws {
    let rows = [
      Fixture.Row(customer: "A", terms: "10th of Month", due: "2026-11-10"),
      Fixture.Row(customer: "B", terms: "10th of Month"),
    ]
    let plan = try Fixture.plan(rows, Self.books, mapping: ["item,Line Haul,Line Haul,,"])
    #expect(plan.report.totals.delivered.invoices == 1)
    #expect(plan.lists.terms.map(\.name) == ["10th of Month"])
    let held = try #require(plan.findings("terms-unknown").first)
    #expect(held.message.contains("a day of the month"))
    #expect(held.remedy.contains("due_date") && !held.remedy.contains("terms,"))
    #expect(!plan.report.findings.contains { $0.kind.id == "terms-differ" })
  }

  @Test func `items and their accounts keep two blanks inside`() throws {
    let books = Fixture.books(
      items: [("Line  Haul", "SERV", "Freight  Income", false)],
      accounts: [("Freight  Income", .income)])
    let plan = try Fixture.plan(
      [Fixture.Row(customer: "Acme")], books, mapping: ["item,Line Haul,Line  Haul,,"])
    #expect(plan.report.totals.held.invoices == 0)
    #expect(plan.lists.items.map(\.name) == ["Line  Haul"])
    #expect(plan.lists.items.map(\.account) == ["Freight  Income"])
  }
}
