import Foundation
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// No customer is made beside one that may be meant without somebody's being told, and what is printed works.
struct NeverSilentlyTests {
  private typealias Fixture = PairingFixture

  @Test(arguments: [
    ["Smith, Mike", "Mike Smith"], ["mike smith", "Smith, Mike"],
    ["Lone Star Paper", "LoneStar Paper"], ["Bo Co", "BoCo"], ["New Co", "NEW CO", "New  Co"],
  ])
  func `new names that QuickBooks takes for one, or that only blanks tell apart, all wait`(
    _ names: [String]
  ) throws {
    let plan = try Fixture.plan(customers: names, Fixture.books(customers: ["Other"]))
    for name in names {
      #expect(plan.holdingByCustomer[name] == ["customer-name-clash"], "\(name)")
    }
    #expect(plan.lists.customers.isEmpty)
    let pasted = try Fixture.afterPasting(
      customers: names, Fixture.books(customers: ["Other"]))
    #expect(pasted.report.totals.held.invoices == 0)
    #expect(pasted.lists.customers.count == 1)
  }

  @Test func `a line for each says that two names that only blanks tell apart are two customers`()
    throws
  {
    let plan = try Fixture.plan(
      customers: ["Lone Star Paper", "LoneStar Paper"], Fixture.books(customers: ["Other"]),
      mapping: [
        "customer,Lone Star Paper,Lone Star Paper,,", "customer,LoneStar Paper,LoneStar Paper,,",
      ])
    #expect(plan.report.totals.held.invoices == 0)
    #expect(plan.lists.customers.count == 2)
  }

  @Test func `a slip in a mapping line is told, and one that only blanks tell apart is held`()
    throws
  {
    let books = Fixture.books(customers: ["Acme Brokerage", "Lone Star Paper"])
    let plan = try Fixture.plan(
      customers: ["AB", "LSP"], books,
      mapping: ["customer,AB,Acme Brokerag,,", "customer,LSP,LoneStar Paper,,"])
    #expect(plan.holdingByCustomer == ["AB": [], "LSP": ["customer-not-paired"]])
    let told = try #require(plan.findings("customer-resembles-another").first)
    #expect(told.message.hasPrefix("line 3 of mapping.csv makes customer \"AB\" a new one"))
    #expect(Fixture.line(told) == "customer,AB,Acme Brokerage,,")
    let held = try #require(plan.findings("customer-not-paired").first)
    #expect(held.message.contains("only in blanks"))
    #expect(Fixture.line(held) == "customer,LSP,Lone Star Paper,,")
    // What is declared and what is counted as new are the same.
    #expect(plan.report.customers.created == 1 && plan.report.customers.fromMapping == 0)
  }

  @Test func `a line that gives a customer its own name is a decision and no slip`() throws {
    let plan = try Fixture.plan(
      customers: ["Acme Brokerag", "LoneStar Paper"],
      Fixture.books(customers: ["Acme Brokerage", "Lone Star Paper"]),
      mapping: [
        "customer,Acme Brokerag,Acme Brokerag,,", "customer,LoneStar Paper,LoneStar Paper,,",
      ])
    #expect(plan.report.totals.held.invoices == 0)
    #expect(plan.findings("customer-resembles-another").isEmpty)
  }

  private static let nearMisses = [
    ("Longveiw Alumimum", "Longview Aluminum"),
    ("Harlingen Ctirus Growrs", "Harlingen Citrus Growers"),
    ("Big Bend Outfitters Terlingua", "Big Bend Outfitters"), ("Ghosty", "Ghost"),
    ("Store Distribution Center 6012", "Store Distribution Center 6021"),
  ]

  @Test(arguments: nearMisses)
  func `whatever resembles a customer is told when it is created`(_ name: String, _ other: String)
    throws
  {
    let plan = try Fixture.plan(customers: [name], Fixture.books(customers: [other]))
    let finding = try #require(plan.findings("customer-resembles-another").first)
    #expect(Fixture.line(finding) == "customer,\(name),\(other),,")
  }

  @Test func `warnings beyond those that are kept are counted`() throws {
    let names = (0..<60).map {
      "Consolidated Carrier \(["East", "West"][$0 % 2]) \(10_000 + $0 * 137)"
    }
    let plan = try Fixture.plan(
      customers: names.map { $0 + " LLC" }, Fixture.books(customers: names), findings: 7)
    #expect(plan.count("customer-resembles-another") == 60)
    #expect(plan.findings("customer-resembles-another").count == 7)
  }

  @Test func `two customers of LoadOps that a slip tells apart are told`() throws {
    let plan = try Fixture.plan(
      customers: ["Midland Oilfield Supply", "Midlnad Oilfield Supply"],
      Fixture.books(customers: ["Other"]))
    let finding = try #require(plan.findings("customer-spelt-twice").first)
    #expect(Fixture.line(finding) == "customer,Midlnad Oilfield Supply,Midland Oilfield Supply,,")
    let pasted = try Fixture.afterPasting(
      customers: ["Midland Oilfield Supply", "Midlnad Oilfield Supply"],
      Fixture.books(customers: ["Other"]))
    #expect(pasted.lists.customers.map(\.name) == ["Midland Oilfield Supply"])
    #expect(pasted.findings("customer-spelt-twice").isEmpty)
  }

  @Test func `a part of a list leads to no new customer and says so`() throws {
    var books = Fixture.books(items: [("Line Haul", "SERV", "Freight Income", false)])
    books.customers = [
      CompanySnapshot.Customer(
        name: "Acme", location: SourceLocation(file: "part.xml", line: 3))
    ]
    books.sources[0].unfinished[.customers] = "QuickBooks has 50 more entries"
    let plan = try Fixture.plan(
      customers: ["Acme", "Brand New", "Mapped"], books, mapping: ["customer,Mapped,Elsewhere,,"])
    #expect(
      plan.holdingByCustomer == [
        "Acme": [], "Brand New": ["customer-not-paired"], "Mapped": ["customer-not-paired"],
      ])
    #expect(plan.lists.customers.map(\.name) == ["Acme"])
    #expect(plan.findings("books-incomplete").count == 1)
    // The same list whole, from another file, ends it.
    books.sources.append(CompanySnapshot.Source(file: "whole.iif"))
    books.sources[1].lists[.customers] = 1
    let whole = try Fixture.plan(customers: ["Acme", "Brand New"], books)
    #expect(whole.report.totals.held.invoices == 0)
    #expect(whole.findings("books-incomplete").isEmpty)
  }

  @Test(arguments: ["target=iif", "target=qbxml"])
  func `names with two blanks inside pair as they stand in the books`(_ target: String) throws {
    let books = Fixture.books(customers: ["Theta  Two", "Iota  Three", "Kappa  Four"])
    let plan = try Fixture.plan(
      customers: ["Theta  Two", "IT", "Kappa Four"], books, mapping: ["customer,IT,Iota  Three,,"],
      settings: [target])
    #expect(
      plan.holdingByCustomer
        == ["Theta  Two": [], "IT": [], "Kappa Four": ["customer-not-paired"]])
    #expect(plan.lists.customers.map(\.name).sorted() == ["Iota  Three", "Theta  Two"])
    let held = try #require(plan.findings("customer-not-paired").first)
    #expect(held.message.contains("only in blanks"))
    #expect(Fixture.line(held) == "customer,Kappa Four,Kappa  Four,,")
  }

  @Test func `a blank that stands elsewhere has its cause and its line`() throws {
    let books = Fixture.books(
      customers: ["Lake Brazos Stone Bend Ltd", "Lone Basin Chemical Pecan"])
    let names = ["Lake Brazos Stone Ben dLtd", "Lone Basi nChemical Pecan"]
    let plan = try Fixture.plan(customers: names, books)
    for (name, other) in zip(names, books.customers.map(\.name)) {
      let finding = try #require(plan.report.findings.first { $0.value == name })
      #expect(Fixture.line(finding) == "customer,\(name),\(other),,")
      #expect(NameDifference(name, other).words == "it differs in blanks")
    }
  }

  @Test func `a name with letters of another alphabet has its line, whatever the file can hold`()
    throws
  {
    let plan = try Fixture.plan(
      customers: ["\u{410}cme Brokerage"], Fixture.books(customers: ["Acme Brokerage"]),
      settings: ["policies.unmatched_customers=create"])
    let finding = try #require(plan.report.findings.first { $0.severity == .error })
    #expect(Fixture.line(finding) == "customer,\u{410}cme Brokerage,Acme Brokerage,,")
    #expect(!finding.notes.isEmpty)
  }

  @Test func `an accent that the file cannot hold is mended by the encoding, not by renaming`()
    throws
  {
    let books = Fixture.books(customers: ["Caf\u{E9} Uno"])
    let plan = try Fixture.plan(customers: ["Cafe Uno"], books)
    let finding = try #require(plan.findings("customer-not-paired").first)
    #expect(finding.remedy.contains("set formats.iif.encoding to windows1252"))
    #expect(Fixture.line(finding) == "customer,Cafe Uno,Caf\u{E9} Uno,,")
    let semicolon = try Fixture.plan(
      customers: ["Rho; Sigma"], Fixture.books(customers: ["Rho; Sigma"]))
    #expect(
      semicolon.findings("customer-not-paired").first?.remedy.hasPrefix("set target to qbxml")
        == true)
  }

  @Test func `lines of all findings together contradict nothing`() throws {
    var books = Fixture.books(customers: ["Omega LLC", "Omega Inc"])
    books.vendors = [
      CompanySnapshot.Name(name: "Vend One", location: SourceLocation(file: "lists.iif", line: 9))
    ]
    let long = "Consolidated Freightways Interstate Distribution"
    let plan = try Fixture.afterPasting(
      customers: [
        "Vend One", "VEND ONE", "New Co", "NEW CO", "New  Co", long + " East", long + " West",
        "Parent Company Of Long Name:" + long, "Omega",
      ], books)
    #expect(plan.report.totals.held.invoices == 0)
    #expect(
      Set(plan.lists.customers.map { $0.name.lowercased() }).count == plan.lists.customers.count)
  }

  @Test func `of several that are equally sure each has its line, and more are counted`() throws {
    let books = Fixture.books(
      customers: ["Omega LLC", "Omega Inc", "Omega Co", "Omega Corp", "Omega Ltd"])
    let plan = try Fixture.plan(customers: ["Omega"], books)
    let finding = try #require(plan.findings("customer-resembles-another").first)
    #expect(finding.remedy.contains("5 names are as near"))
    #expect(finding.notes.count == 4)
    #expect(finding.notes[1].hasSuffix("its line would be: customer,Omega,Omega Inc,,"))
    #expect(finding.notes[3] == "2 more names are near it")
  }
}
