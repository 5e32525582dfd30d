import Foundation
import Ledger
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// A plan against the books: what is there is used as it is, what QuickBooks would refuse waits.
struct BooksCheckTests {
  private static let place = SourceLocation(file: "books.iif", line: 7)

  private static func books(_ change: (inout CompanySnapshot) -> Void = { _ in }) -> CompanySnapshot
  {
    var books = CompanySnapshot()
    var source = CompanySnapshot.Source(file: "books.iif")
    source.fingerprint = Fingerprint(of: "one")
    for list in CompanySnapshot.List.allCases { source.lists[list] = 1 }
    books.sources = [source]
    books.accounts = [
      CompanySnapshot.Account(name: "Accounts Receivable", type: .receivable, location: place),
      CompanySnapshot.Account(name: "Freight Income", type: .income, location: place),
      CompanySnapshot.Account(name: "Checking", type: .other("BANK"), location: place),
    ]
    books.items = [
      CompanySnapshot.Item(name: "HAUL", type: "SERV", account: "Freight Income", location: place)
    ]
    books.terms = [CompanySnapshot.Terms(name: "Monthly", dueDays: 25, location: place)]
    books.customers = [CompanySnapshot.Customer(name: "Acme Freight", location: place)]
    change(&books)
    return books
  }

  private func plan(
    _ books: CompanySnapshot, _ settings: String..., terms: String = "Net 30"
  ) throws -> SyncPlan {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      invoice_number,customer_name,invoice_date,terms,category,amount
      1001,Acme Freight,2026-11-02,\(terms),Haul,100.00

      """, to: "in/invoices.csv")
    try folder.write(
      "kind,loadops,quickbooks,account,note\nitem,Haul,Haul,,\n", to: "mapping.csv")
    var values = Settings.defaults
    for setting in settings { try values.set(setting) }
    let context = PlanContext(
      settings: values, mapping: try MappingFile.load(path: folder.path("mapping.csv")),
      suppression: .empty, ledger: .none, books: books, selection: .all,
      today: CalendarDate(daysSince1970: 20_780))
    return try Planner.plan(
      try ExportInputs(arguments: [folder.path("in")], spoolFolder: folder.url.path), context)
  }

  private func ids(_ plan: SyncPlan) -> Set<String> {
    Set(plan.report.findings.filter { $0.severity == .error }.map(\.kind.id))
  }

  @Test func `what the books have is named in their spelling and not declared`() throws {
    let plan = try plan(Self.books())
    #expect(plan.report.totals.delivered.invoices == 1)
    #expect(plan.lists.items.map(\.name) == ["HAUL"])
    let declared = plan.lists.declared
    #expect(declared.items.isEmpty && declared.customers.isEmpty && declared.accounts.isEmpty)
    #expect(declared.terms.map(\.name) == ["Net 30"])
    #expect(plan.report.books.existing == 4 && plan.report.books.declared == 1)
  }

  @Test func `terms have the days that the books give them`() throws {
    #expect(try ids(plan(CompanySnapshot(), terms: "Monthly")) == ["terms-unknown"])
    let plan = try plan(Self.books(), terms: "Monthly")
    #expect(plan.report.totals.delivered.invoices == 1)
    #expect(plan.lists.terms.map(\.dueDays) == [25])
  }

  @Test(arguments: [
    "GRP", "SUBT", "PMT", "COMPTAX", "STAX", "CATEGORY", "DISC", "INVENTORY", "ASSEMBLY",
    "FIXASSET",
  ])
  func `an item that cannot stand on an invoice holds its lines`(_ type: String) throws {
    let plan = try plan(Self.books { $0.items[0].type = type })
    #expect(ids(plan) == ["item-not-usable"])
    #expect(plan.report.books.refused.map(\.causes.count) == [1])
  }

  @Test(arguments: ["SERV", "OTHC", "PART", ""])
  func `services, charges and parts can`(_ type: String) throws {
    #expect(try plan(Self.books { $0.items[0].type = type }).report.totals.delivered.invoices == 1)
  }

  @Test func `all causes are told at once`() throws {
    let plan = try plan(
      Self.books {
        $0.items[0].type = "GRP"
        $0.items[0].isInactive = true
        $0.items[0].account = "Checking"
        $0.accounts[0].type = .other("OCASSET")
        $0.accounts[2].isInactive = true
        $0.customers = []
        $0.vendors = [CompanySnapshot.Name(name: "ACME FREIGHT", location: Self.place)]
        $0.terms = [
          CompanySnapshot.Terms(name: "Net 30", dueDays: 30, isInactive: true, location: Self.place)
        ]
      })
    #expect(
      ids(plan) == [
        "item-not-usable", "receivable-account-not-usable", "customer-name-taken",
        "terms-not-usable",
      ])
    #expect(plan.report.books.refused.map(\.kind) == ["account", "customer", "item", "terms"])
    #expect(plan.report.books.refused.map(\.causes.count) == [1, 1, 4, 1])
    #expect(plan.report.books.refused[2].held.amount == Money(cents: 100_00))
  }

  @Test func `a new account below one of another type is refused`() throws {
    let plan = try plan(
      Self.books { $0.items = [] }, "quickbooks.default_income_account=Checking:Freight")
    #expect(ids(plan) == ["item-not-usable"])
  }

  @Test func `the policies hold what the books lack`() throws {
    let none = Self.books {
      $0.items = []
      $0.terms = []
      $0.customers = []
    }
    #expect(try plan(none).report.totals.delivered.invoices == 1)
    let held = try plan(
      none, "policies.unmatched_customers=hold", "policies.unmatched_items=hold",
      "policies.unmatched_terms=hold")
    #expect(ids(held) == ["customer-not-paired", "item-not-in-books", "terms-not-usable"])
    // A list that no file holds is unknown, not empty.
    var unknown = none
    unknown.sources[0].lists = [.accounts: 3]
    let passed = try plan(
      unknown, "policies.unmatched_items=hold", "policies.unmatched_terms=hold")
    #expect(passed.report.totals.delivered.invoices == 1)
  }

  @Test func `the fingerprint of a plan covers the books`() throws {
    let first = try plan(Self.books()).fingerprint
    #expect(try plan(Self.books()).fingerprint == first)
    #expect(
      try plan(Self.books { $0.sources[0].fingerprint = Fingerprint(of: "two") }).fingerprint
        != first)
    #expect(try plan(CompanySnapshot()).fingerprint != first)
  }

  @Test func `an item whose name the file cannot hold is not made anew in plain letters`() throws {
    let books = Self.books {
      $0.items[0].account = "Fracht Erlös"
      $0.accounts.append(
        CompanySnapshot.Account(name: "Fracht Erlös", type: .income, location: Self.place))
    }
    #expect(try ids(plan(books)) == ["item-not-usable"])
    let kept = try plan(books, "formats.iif.encoding=windows1252")
    #expect(kept.report.totals.delivered.invoices == 1)
  }
}
