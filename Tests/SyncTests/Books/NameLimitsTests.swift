import Foundation
import Ledger
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// Names and numbers that QuickBooks Desktop has no room for: nothing collides, nothing is cut silently.
struct NameLimitsTests {
  private let first = "Southwestern Refrigerated Transportation Co of Texas"
  private let second = "Southwestern Refrigerated Transportation Co of Tulsa"

  /// The lines that the findings of a plan print for the mapping file.
  private func lines(_ plan: SyncPlan, _ id: String) -> [String] {
    plan.report.findings.filter { $0.kind.id == id }.compactMap { finding in
      finding.remedy.range(of: "mapping.csv: ").map { String(finding.remedy[$0.upperBound...]) }
    }
  }

  private func plan(
    _ export: String, mapping lines: [String] = [], settings: Settings = .defaults,
    books: CompanySnapshot = CompanySnapshot()
  ) throws -> SyncPlan {
    let folder = try TemporaryFolder()
    try folder.write(export + "\n", to: "in/invoices.csv")
    let path = folder.path("mapping.csv")
    try folder.write(
      (["kind,loadops,quickbooks,account,note", "item,Haul,Haul,,"] + lines)
        .joined(separator: "\n") + "\n", to: "mapping.csv")
    let context = PlanContext(
      settings: settings, mapping: try MappingFile.load(path: path), suppression: .empty,
      ledger: .none, books: books, selection: .all, today: CalendarDate(daysSince1970: 20_780))
    return try Planner.plan(
      try ExportInputs(arguments: [folder.path("in")], spoolFolder: folder.url.path), context)
  }

  @Test
  func `two customers that share their first 41 characters wait, and their lines keep them apart`()
    throws
  {
    #expect(first.prefix(41) == second.prefix(41))
    let export = """
      invoice_number,customer_name,invoice_date,category,amount
      1001,\(first),2026-11-02,Haul,100.00
      1002,\(second),2026-11-02,Haul,200.00
      """
    let before = try plan(export)
    #expect(before.report.totals.held.invoices == 2)
    #expect(before.lists.customers.isEmpty)
    let printed = lines(before, "customer-name-too-long")
    #expect(printed.count == 2)
    let after = try plan(export, mapping: printed)
    #expect(after.report.totals.delivered.invoices == 2)
    let names = after.lists.customers.map(\.name)
    #expect(names.count == 2 && Set(names.map { $0.lowercased() }).count == 2)
    #expect(names.allSatisfy { $0.count <= 41 && $0.hasPrefix("Southwestern") })
  }

  @Test func `a short name is not one that the books have`() throws {
    var books = CompanySnapshot()
    var source = CompanySnapshot.Source(file: "books.iif")
    source.lists = [.customers: 1]
    books.sources = [source]
    books.customers = [
      CompanySnapshot.Customer(
        name: "SOUTHWESTERN REFRIGERATED TRANSPORTATION",
        location: SourceLocation(file: "books.iif", line: 2))
    ]
    let found = try plan(
      "invoice_number,customer_name,invoice_date,category,amount\n1001,\(first),2026-11-02,Haul,1.00\n",
      books: books)
    let line = try #require(lines(found, "customer-name-too-long").first)
    #expect(!line.lowercased().contains(",southwestern refrigerated transportation,"))
  }

  @Test func `two items that share their first 31 characters get lines that keep them apart`()
    throws
  {
    let (one, other) = (
      "Temperature Controlled Surcharge, Winter", "Temperature Controlled Surcharge, Summer"
    )
    #expect(one.prefix(31) == other.prefix(31))
    let export = """
      invoice_number,customer_name,invoice_date,category,amount
      1001,Acme,2026-11-02,"\(one)",100.00
      1002,Acme,2026-11-02,"\(other)",200.00
      """
    let before = try plan(export)
    #expect(before.report.totals.held.invoices == 2)
    let printed = lines(before, "category-unmapped")
    #expect(printed.count == 2)
    let after = try plan(export, mapping: printed)
    #expect(after.report.totals.delivered.invoices == 2)
    let names = after.lists.items.map(\.name)
    #expect(names.count == 2 && names.allSatisfy { $0.count <= 31 })
  }

  @Test func `an item name of more than 31 characters in the mapping is refused with its line`()
    throws
  {
    let failure = #expect(throws: Failure.self) {
      try plan("x", mapping: ["item,Detention,\(String(repeating: "D", count: 32)),,"])
    }
    #expect(failure?.cause == .settingsWrong)
    #expect(failure?.message.contains("32 characters and QuickBooks takes 31") == true)
    #expect(failure?.location?.line == 3)
  }

  @Test func `numbers longer than 11 wait, or keep their right end unless they would collide`()
    throws
  {
    let export = """
      invoice_number,customer_name,invoice_date,category,amount
      A-0000000001,Acme,2026-11-02,Haul,100.00
      B-0000000001,Acme,2026-11-02,Haul,200.00
      C-0000000002,Acme,2026-11-02,Haul,400.00
      """
    let held = try plan(export)
    #expect(held.report.totals.held.invoices == 3)
    #expect(held.report.findings.count { $0.kind.id == "invoice-number-too-long" } == 3)
    var settings = Settings.defaults
    try settings.set("policies.long_numbers=keep-right")
    let kept = try plan(export, settings: settings)
    #expect(kept.report.totals.delivered.amount == Money(cents: 400_00))
    #expect(kept.report.totals.held.invoices == 2)
    #expect(kept.report.findings.count { $0.kind.id == "invoice-number-taken" } == 2)
    #expect(kept.report.findings.contains { $0.kind.id == "invoice-number-shortened" })
  }

  @Test func `short names are never alike, whatever the names are`() {
    var random = SeededGenerator()
    let words = ["Freight", "Transport", "of", "Texas", "&", "Sons", "Logistics", "é", "(2)", "-"]
    for _ in 0..<200 {
      var names: Set<String> = []
      for _ in 0..<Int.random(in: 2..<12, using: &random) {
        var name = "Alpha"
        for _ in 0..<Int.random(in: 0..<14, using: &random) {
          name += " " + (words.randomElement(using: &random) ?? "")
        }
        names.insert(name)
      }
      let fitting = Set(names.filter { $0.unicodeScalars.count <= 41 }.map { $0.lowercased() })
      let long = names.filter { $0.unicodeScalars.count > 41 }
      let short = ShortNames(names, limit: 41)
      var given: Set<String> = []
      for name in long.shuffled(using: &random) {
        let result = short.short(name) { fitting.contains($0.lowercased()) }
        #expect(result.unicodeScalars.count <= 41)
        #expect(!fitting.contains(result.lowercased()))
        given.insert(result.lowercased())
      }
      #expect(given.count == long.count, "\(long)")
    }
  }
}
