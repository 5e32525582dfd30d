import Foundation
import Ledger
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// Plans over small books, by the words of a test.
enum PairingFixture {
  private static let place = SourceLocation(file: "lists.iif", line: 1)

  /// A company's books.
  static func books(
    customers: [String] = [], inactive: [String] = [],
    items: [(String, type: String, account: String, isInactive: Bool)] = [],
    accounts: [(String, CompanySnapshot.AccountType)] = [], terms: [(String, Int?)] = []
  ) -> CompanySnapshot {
    var books = CompanySnapshot()
    books.customers = (customers + inactive).enumerated().map { number, name in
      CompanySnapshot.Customer(
        name: name, isInactive: number >= customers.count, location: place)
    }
    books.items = items.map {
      CompanySnapshot.Item(
        name: $0.0, type: $0.type, account: $0.account, isInactive: $0.isInactive, location: place)
    }
    books.accounts = accounts.map {
      CompanySnapshot.Account(name: $0.0, type: $0.1, location: place)
    }
    books.terms = terms.map { CompanySnapshot.Terms(name: $0.0, dueDays: $0.1, location: place) }
    var source = CompanySnapshot.Source(file: "lists.iif")
    let lists: [(CompanySnapshot.List, Int)] = [
      (.customers, books.customers.count), (.items, books.items.count),
      (.accounts, books.accounts.count), (.terms, books.terms.count),
    ]
    for (list, count) in lists where count > 0 { source.lists[list] = count }
    books.sources = [source]
    return books
  }

  /// One row of an export: customer, category, terms, due date.
  struct Row {
    var customer: String
    var category = "Line Haul"
    var terms = ""
    var due = ""
  }

  /// The plan of one invoice for each row, with these lines of the mapping file.
  static func plan(
    _ rows: [Row], _ books: CompanySnapshot, mapping lines: [String] = [],
    settings changes: [String] = [], findings: Int = 1000
  ) throws -> SyncPlan {
    let folder = try TemporaryFolder()
    var text = "invoice_number,customer_name,invoice_date,category,amount,terms,due_date\n"
    for (number, row) in rows.enumerated() {
      let cells = [row.customer, "2026-10-01", row.category, "100.00", row.terms, row.due]
      text += "\(1000 + number)," + cells.map(TableLayout.quoted).joined(separator: ",") + "\n"
    }
    try folder.write(text, to: "in/invoices.csv")
    let header = "kind,loadops,quickbooks,account,note\n"
    try folder.write(header + lines.map { $0 + "\n" }.joined(), to: "mapping.csv")
    var settings = Settings.defaults
    for change in changes { try settings.set(change) }
    return try Planner.plan(
      ExportInputs(arguments: [folder.path("in")], spoolFolder: folder.path),
      PlanContext(
        settings: settings, mapping: try MappingFile.load(path: folder.path("mapping.csv")),
        suppression: .empty, ledger: .none, books: books, selection: .all,
        today: CalendarDate(daysSince1970: 20_780)), findingsPerKind: findings)
  }

  static func plan(
    customers: [String], _ books: CompanySnapshot, mapping lines: [String] = [],
    settings changes: [String] = [], findings: Int = 1000
  ) throws -> SyncPlan {
    try plan(
      customers.map { Row(customer: $0) }, books, mapping: ["item,Line Haul,Line Haul,,"] + lines,
      settings: changes, findings: findings)
  }

  /// The line that a finding asks for: it stands last.
  static func line(_ finding: Finding) -> String? {
    let shown = FindingText.visible(finding.remedy)
    for mark in ["mapping.csv: ", "mapping.csv to: "] {
      if let range = shown.range(of: mark, options: .backwards) {
        return String(shown[range.upperBound...])
      }
    }
    return nil
  }

  /// Plans, pastes every line that was printed, and plans again.
  static func afterPasting(
    customers: [String], _ books: CompanySnapshot, settings changes: [String] = []
  ) throws -> SyncPlan {
    let first = try plan(customers: customers, books, settings: changes)
    let lines = first.report.findings.compactMap(line)
    return try plan(customers: customers, books, mapping: lines, settings: changes)
  }
}

extension SyncPlan {
  /// The kinds of findings that hold each customer.
  var holdingByCustomer: [String: Set<String>] {
    Dictionary(
      assessor.customers.entries.map { ($0.name, Set($0.holding.rules.map(\.kind.id))) }
    ) { first, _ in first }
  }

  /// The findings of a kind.
  func findings(_ id: String) -> [Finding] { report.findings.filter { $0.kind.id == id } }

  /// How many there are of a kind, listed or not.
  func count(_ id: String) -> Int? { report.findingCounts.first { $0.kind.id == id }?.count }
}
