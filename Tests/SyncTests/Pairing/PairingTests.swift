import Foundation
import Ledger
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// What pairs, what does not, and what is never created beside what.
struct PairingTests {
  /// A company's books with these customers.
  private static func books(
    _ customers: [String], inactive: [String] = [], vendors: [String] = []
  ) -> CompanySnapshot {
    var snapshot = CompanySnapshot()
    let place = SourceLocation(file: "lists.iif", line: 1)
    snapshot.customers = (customers + inactive).enumerated().map { index, name in
      CompanySnapshot.Customer(
        name: name, isInactive: index >= customers.count, location: place)
    }
    snapshot.vendors = vendors.map { CompanySnapshot.Name(name: $0, location: place) }
    return snapshot
  }

  /// The plan of one invoice for each of these customers.
  private static func plan(
    _ names: [String], _ books: CompanySnapshot, lines: [(String, String)] = [],
    policy: Settings.Unmatched = .create, listed: Bool = false
  ) throws -> SyncPlan {
    let folder = try TemporaryFolder()
    var text = "invoice_number,customer_name,invoice_date,category,amount\n"
    for (number, name) in names.enumerated() {
      text += "\(1000 + number),\(TableLayout.quoted(name)),2026-10-01,Line Haul,100.00\n"
    }
    try folder.write(text, to: "in/invoices.csv")
    if listed {
      try folder.write(
        "customer_name\n" + names.map { TableLayout.quoted($0) + "\n" }.joined(),
        to: "in/customers.csv")
    }
    var mapping = MappingFile.template
    for (name, target) in lines {
      mapping += MappingFile.line(kind: .customer, loadops: name, quickbooks: target) + "\n"
    }
    try folder.write(mapping, to: "mapping.csv")
    var settings = Settings.defaults
    settings.policies.unmatchedCustomers = Settings.UnmatchedPolicy(policy)
    return try Planner.plan(
      ExportInputs(arguments: [folder.path("in")], spoolFolder: folder.path),
      PlanContext(
        settings: settings, mapping: try MappingFile.load(path: folder.path("mapping.csv")),
        suppression: .empty, ledger: .none, books: books, selection: .all,
        today: CalendarDate(daysSince1970: 20_780)))
  }

  private static func ids(_ plan: SyncPlan) -> [String: Set<String>] {
    var ids: [String: Set<String>] = [:]
    for entry in plan.assessor.customers.entries {
      ids[entry.name] = Set(entry.holding.rules.map(\.kind.id))
    }
    return ids
  }

  @Test func `outer blanks and invisible characters do not count, everything else does`() throws {
    let books = Self.books(["Acme Freight "])
    let plan = try Self.plan(["\u{200B} Acme Freight\u{A0}", "acme freight"], books)
    #expect(plan.report.customers.paired == 1)
    #expect(Self.ids(plan)["acme freight"] == ["customer-not-paired"])
  }

  private static let neverBeside: [(String, CompanySnapshot, String)] = [
    ("ACME FREIGHT", books(["Acme Freight"]), "customer-not-paired"),
    ("ACME FREIGHT", books([], inactive: ["Acme Freight"]), "customer-not-paired"),
    ("Acme Freight", books([], inactive: ["Acme Freight"]), "customer-not-paired"),
    ("AcmeFreight", books(["Acme Freight"]), "customer-not-paired"),
    ("Acme  Freight", books(["Acme Freight"]), "customer-not-paired"),
    ("Mike Smith", books(["Smith, Mike"]), "customer-not-paired"),
    ("Smith, Mike", books(["mike smith"]), "customer-not-paired"),
    ("Acme Freight", books([], vendors: ["ACME freight"]), "customer-name-taken"),
    ("Smith, Mike", books([], vendors: ["Mike Smith"]), "customer-name-taken"),
    ("Acme Freight", books(["Acme Freight", "ACME FREIGHT"]), "customer-not-paired"),
  ]

  @Test(arguments: neverBeside.indices)
  func `nothing is created beside a name that QuickBooks takes for the same`(_ index: Int) throws {
    let (name, books, id) = Self.neverBeside[index]
    let plan = try Self.plan([name], books)
    #expect(Self.ids(plan)[name] == [id])
    #expect(plan.lists.customers.isEmpty)
    // Of two that QuickBooks takes for one no line can name either.
    let isTwice = books.customers.count > 1
    let word = isTwice ? "another name in QuickBooks" : "mapping.csv"
    #expect(plan.report.findings.contains { $0.kind.id == id && $0.remedy.contains(word) })
  }

  @Test func `an explicit line may name an inactive customer, never a vendor or another spelling`()
    throws
  {
    let books = Self.books(["Acme Freight"], inactive: ["Old One"], vendors: ["Fuel Stop"])
    let plan = try Self.plan(
      ["A", "B", "C", "D"], books,
      lines: [("A", "Old One"), ("B", "Fuel Stop"), ("C", "Acme Freight"), ("D", "New One")])
    #expect(
      Self.ids(plan) == ["A": [], "B": ["customer-name-taken"], "C": [], "D": []])
    #expect(plan.report.findings.contains { $0.kind.id == "customer-inactive" })
    let other = try Self.plan(["C"], books, lines: [("C", "acme freight")])
    #expect(Self.ids(other) == ["C": ["customer-not-paired"]])
    #expect(
      other.report.findings.contains {
        $0.remedy.hasPrefix("change line 17 of mapping.csv to: customer,C,Acme Freight,,")
      })
    let held = try Self.plan(["D"], books, lines: [("D", "New One")], policy: .hold)
    #expect(Self.ids(held) == ["D": ["customer-not-paired"]])
  }

  @Test func `a new customer that resembles one of QuickBooks is told, with the line`() throws {
    let plan = try Self.plan(["Acme Freight LLC", "Zebra"], Self.books(["Acme Freight, Inc."]))
    #expect(plan.report.customers.created == 2)
    let findings = plan.report.findings.filter { $0.kind.id == "customer-resembles-another" }
    #expect(findings.map(\.value) == ["Acme Freight LLC"])
    #expect(
      findings.first?.remedy.hasSuffix("customer,Acme Freight LLC,\"Acme Freight, Inc.\",,") == true
    )
  }

  @Test func `a name that the file would write otherwise is not declared as a second customer`()
    throws
  {
    let plan = try Self.plan(["Caf\u{E9} Noir"], Self.books(["Caf\u{E9} Noir"]))
    #expect(Self.ids(plan) == ["Caf\u{E9} Noir": ["customer-not-paired"]])
    #expect(plan.report.findings.contains { $0.remedy.contains("windows1252") })
  }

  @Test func `names that LoadOps holds twice are told with both places`() throws {
    let plan = try Self.plan(
      ["Acme Freight Inc", "Zebra", "Acme Freight, Inc."], CompanySnapshot(), listed: true)
    let findings = plan.report.findings.filter { $0.kind.id == "customer-spelt-twice" }
    #expect(findings.count == 1)
    #expect(findings.first?.location?.line == 4)
    #expect(findings.first?.message.contains("customers.csv:2)") == true)
  }

  @Test func `a clash holds all who take part, whatever their order`() throws {
    let names = ["One", "Two", "ACME"]
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      let plan = try Self.plan(
        order.map { names[$0] }, CompanySnapshot(), lines: [("One", "Acme"), ("Two", "Acme")])
      let ids = Self.ids(plan)
      for name in names { #expect(ids[name] == ["customer-name-clash"], "\(order) \(name)") }
      #expect(plan.report.totals.held.invoices == 3, "\(order)")
    }
  }

  @Test func `forty exact names among five thousand pair by themselves, and nothing else does`()
    throws
  {
    var random = SeededGenerator()
    var names = (0..<5000).map { Self.randomName($0, &random) }
    let exact = (0..<40).map { "Exact Carrier \($0) of Texas" }
    let near = names.prefix(200).map { Self.slip($0, &random) }
    names.append(contentsOf: exact)
    names.shuffle(using: &random)
    let plan = try Self.plan(exact + near, Self.books(names), policy: .hold)
    #expect(plan.report.customers.created == 0 && plan.report.customers.fromMapping == 0)
    let known = Set(names.map { Array($0.utf8) })
    for entry in plan.assessor.customers.entries {
      let isEqual = known.contains(Array(entry.name.utf8))
      #expect(
        (entry.pairing == .known) == (isEqual && entry.holding.isEmpty), "\(entry.name) \(random)")
      if exact.contains(entry.name) { #expect(entry.pairing == .known, "\(entry.name)") }
      if !isEqual { #expect(entry.pairing == .none, "\(entry.name) \(random)") }
    }
  }

  @Test func `zero pairs are made by anything but equality or an explicit line`() throws {
    var random = SeededGenerator()
    for _ in 0..<12 {
      let books = (0..<30).map { Self.randomName($0 % 9, &random) }
      let names = books.map { random.once(in: 3) ? $0 : Self.slip($0, &random) }
      let policy: Settings.Unmatched = random.once(in: 2) ? .hold : .create
      let lines = names.prefix(4).map { ($0, random.pick(books)) }
      let unique = Dictionary(lines, uniquingKeysWith: { first, _ in first }).map { ($0, $1) }
      guard let plan = try? Self.plan(names, Self.books(books), lines: unique, policy: policy)
      else { continue }  // The random lines contradict each other.
      let known = Set(books.map { Array($0.utf8) })
      let identities = Set(books.map { DesktopNames(.iifASCII).identity($0) })
      for entry in plan.assessor.customers.entries {
        switch entry.pairing {
        case .known:
          #expect(known.contains(Array(entry.name.utf8)), "\(entry.name) \(random)")
          #expect(entry.quickBooksName.utf8.elementsEqual(entry.name.utf8))
        case .mapped:
          let line = unique.first { $0.0 == entry.name }
          #expect(line?.1 == entry.quickBooksName, "\(entry.name) \(random)")
        case .created:
          #expect(
            !identities.contains(DesktopNames(.iifASCII).identity(entry.name)),
            "\(entry.name) \(random)")
          #expect(entry.quickBooksName == entry.name && policy == .create)
        case .none: #expect(!entry.holding.isEmpty)
        }
      }
    }
  }

  private static func randomName(_ number: Int, _ random: inout SeededGenerator) -> String {
    let words = [
      "Acme", "Bexar", "Café", "Dallas", "Freight", "Logistics", "Foods", "O'Neal", "St.", "&",
      "Inc.",
      "LLC", "Transport", "Bros", "International", "7",
    ]
    let count = Int.random(in: 1...3, using: &random)
    return "Carrier \(number) " + (0..<count).map { _ in random.pick(words) }.joined(separator: " ")
  }

  /// The name with a slip of the kind people make.
  private static func slip(_ name: String, _ random: inout SeededGenerator) -> String {
    var letters = Array(name)
    let place = Int.random(in: 1..<letters.count - 1, using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return name.uppercased()
    case 1: letters.insert(" ", at: place)
    case 2: letters.remove(at: place)
    case 3: letters.swapAt(place, place - 1)
    case 4: letters.insert("\u{200B}", at: place)
    case 5: return name + ", Inc."
    default: letters[place] = "\u{A0}"
    }
    return String(letters)
  }
}
