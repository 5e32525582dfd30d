import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// Rules that follow from settings, and sets of rules.
struct RuleTests {
  @Test func `a set of rules holds what was put in and nothing else`() {
    var set = RuleSet.none
    #expect(set.isEmpty)
    for rule in Rule.allCases {
      #expect(!set.contains(rule))
      set.insert(rule)
      #expect(set.contains(rule))
    }
    #expect(set.rules == Rule.allCases)
    #expect(Rule.allCases.count <= 128)
  }

  static let rateRow = "1,,Acme,2026-11-02,,10.00,1,Line Haul,3,3.00,10.00\n"
  static let zeroRow = "1,,Acme,2026-11-02,,0.00,1,Line Haul,,,0.00\n"
  static let negativeRow = "1,,Acme,2026-11-02,,-5.00,1,Line Haul,,,-5.00\n"

  @Test func `quantity times rate holds an invoice only when the policy says so`() throws {
    var fixture = try PlanFixture()
    #expect(try fixture.plan(RandomExport.header + Self.rateRow).documents == 1)
    fixture.settings.policies.rateMismatch = .hold
    let plan = try fixture.plan(RandomExport.header + Self.rateRow)
    #expect(plan.documents == 0)
    let finding = try #require(plan.report.findings.first { $0.kind.id == "rate-mismatch" })
    #expect(finding.severity == .error)
  }

  @Test(arguments: [(Settings.ZeroTotal.skip, 0), (.hold, 0), (.send, 1)])
  func `an invoice with a total of zero is sent only when the policy says so`(
    policy: Settings.ZeroTotal, documents: Int
  ) throws {
    var fixture = try PlanFixture()
    fixture.settings.policies.zeroTotal = policy
    #expect(try fixture.plan(RandomExport.header + Self.zeroRow).documents == documents)
  }

  @Test(arguments: [(Settings.NegativeTotal.hold, 0), (.creditMemo, 1)])
  func `an invoice below zero is a credit memo only when the policy says so`(
    policy: Settings.NegativeTotal, documents: Int
  ) throws {
    var fixture = try PlanFixture()
    fixture.settings.policies.negativeTotal = policy
    #expect(try fixture.plan(RandomExport.header + Self.negativeRow).documents == documents)
  }

  @Test func `a closed period ends with its last day`() throws {
    var fixture = try PlanFixture()
    fixture.settings.policies.closedThrough = CalendarDate(iso: "2026-11-01")
    #expect(try fixture.plan(RandomExport.header + Self.rateRow).documents == 1)
    fixture.settings.policies.closedThrough = CalendarDate(iso: "2026-11-02")
    #expect(try fixture.plan(RandomExport.header + Self.rateRow).documents == 0)
  }

  @Test func `all rules fit into a set`() { #expect(Rule.allCases.count <= 128) }
}
