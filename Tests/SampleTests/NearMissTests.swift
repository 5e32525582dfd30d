import Foundation
import Ledger
import LoadOps
import QuickBooks
import Sheets
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// The sample of near misses: each has its cause and its line, and the lines make pairs of all of them.
struct NearMissTests {
  private static let sample = PackageFolder.root.appendingPathComponent(
    "Samples/scenarios/near-misses")

  /// What the sample says of one customer.
  private struct Expected {
    var causes: [String]
    var line: String
    var loadOps: String
  }

  private static func expected() throws -> [Expected] {
    let table = try #require(try CSVTable(path: sample.appendingPathComponent("causes.csv").path))
    return try table.rows.map { row in
      let mapping = try #require(
        MappingFile.check(
          try CSVTable(
            path: "line",
            bytes: Array(("kind,loadops,quickbooks,account,note\n" + row.cells[1]).utf8)
          )
        ).0)
      return Expected(
        causes: row.cells[0].split(separator: " ").map(String.init), line: row.cells[1],
        loadOps: try #require(mapping.rows.first).loadOps)
    }
  }

  private static func plan(_ folder: TemporaryFolder) throws -> SyncPlan {
    var settings = Settings.defaults
    try settings.set("policies.unmatched_customers=hold")
    try settings.set("formats.iif.encoding=windows1252")
    let context = PlanContext(
      settings: settings, mapping: try MappingFile.load(path: folder.path("mapping.csv")),
      suppression: .empty, ledger: .none,
      books: try BooksReader.read([folder.path("books/lists.iif")]), selection: .all,
      today: CalendarDate(daysSince1970: 20_780))
    let inputs = try ExportInputs(arguments: [folder.path("in")], spoolFolder: folder.path)
    return try Planner.plan(inputs, context, findingsPerKind: 1000)
  }

  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["in", "books", "mapping.csv"] {
      try folder.copy(sample.appendingPathComponent(name), to: name)
    }
    return folder
  }

  @Test func `every near miss has its cause and prints its line, and exact names pair`() throws {
    let folder = try Self.folder()
    let plan = try Self.plan(folder)
    let expected = try Self.expected()
    #expect(expected.count >= 60)
    #expect(plan.report.customers.paired == 2)
    #expect(plan.report.customers.held == expected.count)
    #expect(plan.report.customers.created == 0 && plan.report.customers.fromMapping == 0)
    let book = plan.assessor.customers
    for miss in expected {
      let number = try #require(
        book.entries.firstIndex { $0.name.utf8.elementsEqual(miss.loadOps.utf8) }, "\(miss.line)")
      let candidates = book.diagnosis(number).candidates.filter { $0.entry.role.isCustomer }
      let best = try #require(candidates.first, "\(miss.line): nothing was found")
      #expect(Set(best.reasons) == Set(miss.causes), "\(miss.line): \(best.reasons)")
      #expect(candidates.count <= 3)
      let finding = try #require(
        plan.report.findings.first { $0.value?.utf8.elementsEqual(miss.loadOps.utf8) == true },
        "\(miss.line)")
      #expect(Self.line(finding) == miss.line)
    }
  }

  @Test func `the printed lines pair all of them on the next run`() throws {
    let folder = try Self.folder()
    let lines = try Self.plan(folder).report.findings.compactMap(Self.line)
    let count = try Self.expected().count
    #expect(lines.count == count)
    try folder.write(
      try folder.text("mapping.csv") + lines.joined(separator: "\n") + "\n", to: "mapping.csv")
    let plan = try Self.plan(folder)
    #expect(plan.report.customers.fromMapping == count)
    #expect(plan.report.customers.paired == 2)
    #expect(plan.report.customers.held == 0)
    #expect(plan.report.totals.held.invoices == 0)
    #expect(plan.report.totals.delivered.invoices == count + 2)
  }

  private static let settings = [
    [], ["target=qbxml"], ["formats.iif.encoding=windows1252"],
    ["policies.unmatched_customers=hold"],
  ]

  @Test(arguments: settings)
  func `whatever the settings are, every near miss prints its line`(_ changes: [String]) throws {
    var settings = Settings.defaults
    for change in changes { try settings.set(change) }
    let folder = try Self.folder()
    let context = PlanContext(
      settings: settings, mapping: try MappingFile.load(path: folder.path("mapping.csv")),
      suppression: .empty, ledger: .none,
      books: try BooksReader.read([folder.path("books/lists.iif")]), selection: .all,
      today: CalendarDate(daysSince1970: 20_780))
    let plan = try Planner.plan(
      ExportInputs(arguments: [folder.path("in")], spoolFolder: folder.path), context,
      findingsPerKind: 1000)
    var lines: [[UInt8]: Set<String>] = [:]
    for finding in plan.report.findings {
      guard let name = finding.value, let line = Self.line(finding) else { continue }
      lines[Array(name.utf8), default: []].insert(line)
    }
    for miss in try Self.expected() {
      #expect(
        lines[Array(miss.loadOps.utf8)]?.contains(miss.line) == true,
        "\(changes): \(miss.line): \(lines[Array(miss.loadOps.utf8)] ?? [])")
    }
  }

  /// The line of a remedy, as somebody would copy it from a terminal: it stands last.
  private static func line(_ finding: Finding) -> String? {
    let shown = FindingText.visible(finding.remedy)
    guard let start = shown.range(of: "add to mapping.csv: ", options: .backwards) else {
      return nil
    }
    let text = shown[start.upperBound...]
    return String(text)
  }
}
