import LoadOps
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// Decisions over random exports; a failure prints the seed that makes it again.
struct PlannerTests {
  static let seeds: [UInt64] = [1, 20_261_123, 0xDEAD_BEEF]

  @Test(arguments: seeds)
  func `every clean invoice is delivered and every other held for its own reason`(
    seed: UInt64
  ) throws {
    let export = RandomExport(seed: seed, invoices: 300)
    let plan = try PlanFixture().plan(export.text)
    let totals = plan.report.totals
    #expect(totals.isBalanced, "seed \(seed)")
    #expect(totals.read.amount == export.amount, "seed \(seed)")
    #expect(totals.read.invoices == export.invoices.count, "seed \(seed)")
    let decisions = PlanFixture.decisions(plan)
    for invoice in export.invoices {
      let expected = PlanFixture.Decision(
        outcome: invoice.defect == nil ? .delivered : .held, amount: invoice.amount,
        reasons: Set(invoice.defect.map { [$0.rawValue] } ?? []))
      let decision = decisions[PlanFixture.hash(invoice.number)]
      #expect(decision == expected, "seed \(seed), invoice \(invoice.number)")
    }
  }

  @Test(arguments: seeds)
  func `the order of the rows changes no decision and no cent`(seed: UInt64) throws {
    let export = RandomExport(seed: seed, invoices: 300)
    let straight = try PlanFixture().plan(export.text)
    let shuffled = try PlanFixture().plan(export.shuffled(seed: seed &+ 1))
    #expect(shuffled.report.totals == straight.report.totals, "seed \(seed)")
    let (expected, actual) = (PlanFixture.decisions(straight), PlanFixture.decisions(shuffled))
    for invoice in export.invoices {
      let hash = PlanFixture.hash(invoice.number)
      #expect(actual[hash] == expected[hash], "seed \(seed), invoice \(invoice.number)")
    }
  }

  @Test(arguments: seeds)
  func `suppression wins over everything that was never sent`(seed: UInt64) throws {
    let export = RandomExport(seed: seed, invoices: 200)
    var fixture = try PlanFixture()
    try fixture.suppress(export.invoices.map(\.number))
    let totals = try fixture.plan(export.text).report.totals
    #expect(totals.suppressed == totals.read, "seed \(seed)")
    #expect(totals.suppressed.amount == export.amount, "seed \(seed)")
  }

  @Test(arguments: seeds)
  func `shares of customers and categories add up to the whole`(seed: UInt64) throws {
    let report = try PlanFixture().plan(RandomExport(seed: seed, invoices: 200).text).report
    for outcome in Outcome.allCases {
      let whole = report.totals[outcome]
      let customers = report.byCustomer.reduce(Tally.zero) { $0 + $1.totals[outcome] }
      #expect(customers == whole, "seed \(seed)")
      let categories = report.byIncomeCategory.reduce(Tally.zero) { $0 + $1.totals[outcome] }
      #expect(categories.amount == whole.amount, "seed \(seed)")
      #expect(categories.lines == whole.lines, "seed \(seed)")
    }
  }

  static let repetitions = [
    // Copies of one invoice, as places in the file: joined, apart, and both.
    ["A", "A", "B"], ["A", "B", "A"], ["A", "A", "B", "A"], ["A", "B", "A", "A"],
    ["A", "A", "B", "A", "A"], ["A", "B", "A", "C", "A"],
  ]

  @Test(arguments: repetitions)
  func `an invoice that is repeated exactly is read once`(order: [String]) throws {
    let rows = [
      "A":
        "1,,Acme,2026-11-02,,30.00,1,Line Haul,,,10.00\n1,,Acme,2026-11-02,,30.00,2,Tolls,,,20.00\n",
      "B": "2,,Acme,2026-11-02,,5.00,1,Line Haul,,,5.00\n",
      "C": "3,,Acme,2026-11-02,,7.00,1,Line Haul,,,7.00\n",
    ]
    let text = RandomExport.header + order.compactMap { rows[$0] }.joined()
    let plan = try PlanFixture().plan(text)
    #expect(plan.report.totals.isBalanced)
    #expect(plan.report.totals.delivered.invoices == Set(order).count)
    #expect(plan.report.totals.held.invoices == 0)
    #expect(plan.report.findings.contains { $0.kind.id == "invoice-repeated" })
  }

  @Test func `two files with the same invoices are one, and a third copy that differs holds all`()
    throws
  {
    let fixture = try PlanFixture()
    let row = "1,,Acme,2026-11-02,,10.00,1,Line Haul,,,10.00\n"
    _ = try fixture.plan(RandomExport.header + row, named: "first.csv")
    let same = try fixture.plan(RandomExport.header + row, named: "second.csv")
    #expect(
      same.report.totals.delivered == Tally(invoices: 1, lines: 1, amount: Money(cents: 1000)))
    let other = try fixture.plan(
      RandomExport.header + row.replacing("10.00", with: "10.01"), named: "third.csv")
    #expect(other.report.totals.delivered.invoices == 0)
    #expect(other.report.totals.held.invoices == 3)
    #expect(other.report.totals.isBalanced)
  }

  @Test func `a list that begins with invoices is asked for the customers behind them, too`() throws
  {
    let invoice =
      #"{"invoice_number":"1","customer_name":"Acme","invoice_date":"2026-11-02","lines":[{"category":"Line Haul","amount":"10.00"}]}"#
    let customer = #"{"customer_name":"Brazos","billing":{"email":"a@b.c"}}"#
    for text in [
      "[\(invoice),\(customer)]", "[\(customer),\(invoice)]", "\(invoice)\n\(customer)\n",
    ] {
      let plan = try PlanFixture().plan(text, named: "export.json")
      // The list knows another customer, and not the invoice's.
      #expect(plan.report.totals.held.invoices == 1, "\(text)")
      #expect(plan.report.findings.contains { $0.kind.id == "customer-unknown" }, "\(text)")
      #expect(plan.files[0].kinds == [.customers, .invoices])
    }
    let alone = try PlanFixture().plan("[\(invoice)]", named: "export.json")
    #expect(alone.report.totals.delivered.invoices == 1)
    #expect(alone.files[0].kinds == [.invoices])
    #expect(alone.files[0].records == 1)
  }
}
