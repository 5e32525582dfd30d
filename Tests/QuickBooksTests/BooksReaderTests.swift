import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import QuickBooks

/// Lists in the styles of every product that exports them, read by what they hold.
struct BooksReaderTests {
  static let lists = PackageFolder.samples.appendingPathComponent("formats/quickbooks-lists").path

  private func sample(_ name: String) throws -> CompanySnapshot {
    try BooksReader.read(["\(Self.lists)/\(name)"])
  }

  // MARK: - Counts

  @Test func `a Windows export of 2024 has every entry once, whatever sections stand around it`()
    throws
  {
    let books = try sample("windows-2024.iif")
    #expect(books.accounts.count == 23)
    #expect(books.items.count == 15)
    #expect(books.customers.count == 13)
    #expect(books.terms.count == 7)
    #expect(books.classes.count == 4)
    #expect(books.vendors.count == 3)
    #expect(books.employees.count == 2)
    #expect(books.otherNames.count == 1)
    let source = try #require(books.sources.first)
    #expect(source.lists.count == 8)
    #expect(source.lists[.items] == 15)
    #expect(source.product == "QuickBooks Enterprise" && source.version == "Version 34.0D")
    #expect(source.day == CalendarDate(iso: "2026-11-20") && source.dayIsStated)
    #expect(source.rowsWithoutHeader == 1)
  }

  @Test func `a Windows export has its odd fields right`() throws {
    let books = try sample("windows-2024.iif")
    let customers = Dictionary(uniqueKeysWithValues: books.customers.map { ($0.name, $0) })
    #expect(customers["Peña Produce"]?.terms == "Due on Receipt")
    #expect(customers["Müller Maschinen"] != nil)
    #expect(
      customers["Bluffs Cold Storage"]?.addressLines == [
        "Bluffs Cold Storage", "7 Ice House Rd\nDock 4", "Council Bluffs, IA 51501",
      ])
    #expect(customers["Acme Brokerage, Inc."]?.accountNumber == "C-1001")
    #expect(
      books.customers.filter(\.isInactive).map(\.name) == [
        "Gulf Coast Paper:Pensacola Mill", "Zeta Logistics LLC",
      ])
    #expect(customers["Short Row Carriers"]?.isInactive == false)
    #expect(books.items.first { $0.name == "Standard Load" }?.type == "GRP")
    #expect(books.items.first { $0.name == "Line Haul" }?.account == "Freight Income:Line Haul")
    #expect(books.items.filter(\.isInactive).map(\.name) == ["Brokerage"])
    #expect(books.accounts.count { $0.type == .receivable } == 2)
    #expect(books.accounts.count { $0.type == .otherIncome } == 1)
    #expect(books.terms.filter { $0.dueDays == nil }.map(\.name) == ["15th of month"])
    #expect(books.employees.map(\.name) == ["Ruiz, Dana", "Moss, Lee"])
  }

  @Test func `a Windows export of 2004 has its lists, although it has fewer columns`() throws {
    let books = try sample("windows-2004.iif")
    #expect(books.accounts.map(\.type) == [.receivable, .income])
    #expect(books.items.map(\.account) == ["Hauling"])
    #expect(books.customers.map(\.name) == ["Old Mill Feed", "Old Mill Feed:Barn 2"])
    #expect(books.customers.map(\.isInactive) == [false, false])
    #expect(books.terms.map(\.dueDays) == [30])
    #expect(books.sources[0].day == CalendarDate(iso: "2004-03-01"))
  }

  @Test func `a Mac export has its lists, its accents and its terms`() throws {
    let books = try sample("mac-2019.iif")
    #expect(books.accounts.count == 5)
    #expect(books.items.map(\.name) == ["Line Haul", "Detention", "Load Package"])
    #expect(
      books.customers.map(\.name) == [
        "Café Lumière", "Café Lumière:Roastery", "Piñon Pipe & Supply", "Smith, Jones & Co.",
      ])
    #expect(books.vendors.map(\.name) == ["Québec Tolls"])
    #expect(books.employees.map(\.name) == ["Dana Ruiz"])
    #expect(books.otherNames.isEmpty && books.holds(.otherNames))
    #expect(books.terms.map(\.dueDays) == [30, 30, nil])
    #expect(books.classes.map(\.name) == ["North"])
    #expect(books.sources[0].version == "Version 19.0\tR17")
    #expect(!books.sources[0].dayIsStated)
  }

  // MARK: - Tables

  @Test func `the customer list of QuickBooks Online has sub-customers and what was deleted`()
    throws
  {
    let books = try sample("online-customers.csv")
    #expect(
      books.customers.map(\.name) == [
        "Acme Brokerage, Inc.", "Gulf Coast Paper", "Gulf Coast Paper:Mobile Mill",
        "Gulf Coast Paper:Pensacola Mill", "Zeta Logistics LLC", "Total Transport Services",
        "Peña Produce",
      ])
    #expect(books.customers.map(\.isInactive) == [false, false, false, true, true, false, false])
    #expect(books.customers[0].addressLines == ["4100 Commerce St", "Dallas, TX 75226"])
    #expect(books.customers[0].email == "ap@acme.example")
    #expect(books.customers[0].location.line == 5)
    #expect(books.customers[1].location.line == 7)
    #expect(books.sources[0].day == CalendarDate(iso: "2026-11-20"))
    #expect(books.sources[0].lists == [.customers: 7])
    #expect(!books.holds(.items))
  }

  @Test func `products and services of QuickBooks Online have types and accounts`() throws {
    let books = try sample("online-products.csv")
    #expect(
      books.items.map(\.type) == [
        "SERV", "CATEGORY", "SERV", "PART", "INVENTORY", "GRP", "SERV",
      ])
    #expect(books.items.map(\.canStandOnInvoice) == [true, false, true, true, false, false, true])
    #expect(books.items[2].account == "Freight Income:Accessorials")
    #expect(books.items[6].name == "Old Rate" && books.items[6].isInactive)
  }

  @Test func `charts of accounts of both products have types, without the numbers in names`() throws
  {
    let online = try sample("online-accounts.csv")
    #expect(
      online.accounts.map(\.type) == [
        .receivable, .other("BANK"), .income, .income, .otherIncome, .other("EXP"),
      ])
    #expect(online.sources[0].day == CalendarDate(iso: "2026-11-20"))
    let desktop = try sample("desktop-accounts.csv")
    #expect(
      desktop.accounts.map(\.name) == [
        "Operating Checking", "Accounts Receivable", "Freight Income", "Freight Income:Line Haul",
        "Interest Earned",
      ])
    #expect(desktop.accounts.map(\.number) == ["1010", "1200", "4000", "4010", "7000"])
  }

  @Test func `reports of QuickBooks Desktop are read as lists`() throws {
    let customers = try sample("desktop-customers.csv")
    #expect(
      customers.customers.map(\.name) == [
        "Acme Brokerage, Inc.", "Gulf Coast Paper", "Gulf Coast Paper:Mobile Mill", "Peña Produce",
      ])
    let items = try sample("desktop-items.csv")
    #expect(items.items.map(\.type) == ["SERV", "OTHC", "SERV", "SUBT"])
    #expect(items.items[0].account == "Freight Income:Line Haul")
    #expect(items.items.map(\.isInactive) == [false, false, true, false])
    let terms = try sample("desktop-terms.csv")
    #expect(terms.terms.map(\.dueDays) == [30, 0])
  }

  @Test func `a workbook gives every sheet that is a list`() throws {
    let workbook = WorkbookFixture([
      WorkbookFixture.Sheet(
        "Customers",
        [
          ["Bluebonnet Carriers LLC"], ["Customer Contact List"], nil,
          ["Customer full name", "Email", "Terms"],
          ["Acme Brokerage, Inc.", "ap@acme.example", "Net 30"], ["Peña Produce (deleted)"],
          ["Friday, Nov 20, 2026 09:14:52 AM GMT-06:00"],
        ]),
      WorkbookFixture.Sheet(
        "Products",
        [
          ["Product/Service Name", "Type", "Income Account"],
          ["Line Haul", "Service", "Freight Income"],
        ]),
      WorkbookFixture.Sheet("Notes", [["call Acme"]]),
    ])
    try IIFFixture.withFolder { folder in
      let path = folder + "/books"
      try Data(workbook.bytes).write(to: URL(fileURLWithPath: path))
      let books = try BooksReader.read([path])
      #expect(books.customers.map(\.name) == ["Acme Brokerage, Inc.", "Peña Produce"])
      #expect(books.customers.map(\.isInactive) == [false, true])
      #expect(books.customers[0].location.sheet == "Customers")
      #expect(books.customers[0].location.line == 5)
      #expect(books.items.map(\.type) == ["SERV"])
      #expect(books.sources.map(\.file) == ["\(path), sheet Customers", "\(path), sheet Products"])
      #expect(books.sources.map(\.dayIsStated) == [true, false])
      #expect(books.sources[0].fingerprint == books.sources[1].fingerprint)
    }
  }

  @Test func `the answers to qbXML queries are books, and a part of a list is no list`() throws {
    let head = "<?xml version=\"1.0\" ?>\n<QBXML><QBXMLMsgsRs>"
    let customers = """
      <CustomerQueryRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage="OK"%>\
      <CustomerRet><ListID>1</ListID><Name>Acme</Name><FullName>Acme</FullName>\
      <IsActive>true</IsActive></CustomerRet></CustomerQueryRs>
      """
    let terms = """
      <TermsQueryRs requestID="2" statusCode="1" statusSeverity="Info" statusMessage="none"/>
      """
    let tail = "</QBXMLMsgsRs></QBXML>\n"
    try IIFFixture.withFolder { folder in
      let path = folder + "/answers"
      func write(_ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      }
      try write(head + customers.replacing("%", with: "") + terms + tail)
      let books = try BooksReader.read([path])
      #expect(books.customers.map(\.name) == ["Acme"])
      #expect(books.sources[0].lists == [.customers: 1, .terms: 0])
      #expect(books.holds(.terms) && !books.holds(.items))
      let mark = " iteratorRemainingCount=\"5\" iteratorID=\"{a}\""
      try write(head + customers.replacing("%", with: mark) + tail)
      let part = try BooksReader.read([path])
      #expect(part.customers.map(\.name) == ["Acme"])
      #expect(!part.holds(.customers))
    }
  }

  // MARK: - Several files

  @Test func `the newest file counts, and what they say differently is told`() throws {
    try IIFFixture.withFolder { folder in
      let texts = [
        "a.iif": """
        !HDR⇥PROD⇥DATE
        HDR⇥QuickBooks⇥2026-01-02
        !ACCNT⇥NAME⇥ACCNTTYPE
        ACCNT⇥Hauling⇥EXP
        ACCNT⇥Gone⇥INC
        !TERMS⇥NAME⇥STDDUEDAYS
        TERMS⇥Net 30⇥30
        """,
        "b.iif": """
        !HDR⇥PROD⇥DATE
        HDR⇥QuickBooks⇥2026-11-20
        !ACCNT⇥NAME⇥ACCNTTYPE
        ACCNT⇥HAULING⇥INC
        """,
      ]
      for (name, text) in texts {
        try Data(text.replacing("⇥", with: "\t").utf8).write(
          to: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      let books = try BooksReader.read([folder])
      #expect(books.accounts.map(\.name) == ["HAULING", "Gone"])
      #expect(books.accounts[0].type == .income)
      #expect(books.terms.count == 1)
      #expect(books.disagreements.map(\.name) == ["HAULING", "Gone"])
      #expect(books.disagreements[0].kept == "spelt \"HAULING\", of type income")
      #expect(books.disagreements[0].other == "spelt \"Hauling\", of type expense")
      #expect(books.disagreements[1].kept == "not there")
    }
  }

  @Test func `a list that is named replaces that list, and the others stay`() throws {
    var named = try sample("online-customers.csv")
    let folder = try sample("windows-2024.iif")
    named.complete(from: folder)
    #expect(named.customers.count == 7)
    #expect(named.items.count == 15)
    #expect(named.disagreements.isEmpty)
    #expect(named.sources.count == 2)
    #expect(named.fingerprint != folder.fingerprint)
    var nothing = CompanySnapshot()
    nothing.complete(from: folder)
    #expect(nothing.customers.count == 13)
  }

  @Test func `what is no list of QuickBooks is refused with a way out`() throws {
    try IIFFixture.withFolder { folder in
      for text in [
        "", "hello\n", "Invoice,Customer,Amount\n1,Acme,2\n", "!TRNS\tACCNT\nTRNS\tx\n", "<html/>",
      ] {
        let path = folder + "/file"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let failure = #expect(throws: Failure.self) { try BooksReader.read([path]) }
        #expect(failure?.cause == .inputUnreadable)
        #expect(failure?.remedy.isEmpty == false)
      }
    }
    let missing = #expect(throws: Failure.self) { try BooksReader.read(["/nowhere"]) }
    #expect(missing?.cause == .inputMissing)
    #expect(try IIFFixture.withFolder { try BooksReader.read([$0]).isEmpty })
  }

  private static let ofLoadOps = [
    "customer_name,customer_id,mc_number\nAcme,1,2\n", "customer_name\nAcme\n",
    "Report of 2026\n\nName,Customer ID,MC Number,DOT Number,Invoice Terms\nAcme,1,2,3,Net 30\n",
    "Customer Name,Invoice Terms\nAcme,Net 30\n", "pay_item,description\nLine Haul,x\n",
  ]

  @Test(arguments: ofLoadOps)
  func `an export of LoadOps is never taken for a list of QuickBooks`(_ text: String) throws {
    try IIFFixture.withFolder { folder in
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/customers.csv"))
      let failure = #expect(throws: Failure.self) { try BooksReader.read([folder]) }
      #expect(failure?.cause == .inputUnreadable)
      #expect(failure?.message.contains("is an export of LoadOps") == true)
      #expect(failure?.remedy.contains("out of the folder books") == true)
    }
  }

  @Test(arguments: [
    "Customer,MC Number,Balance Total\nAcme,1,0.00\n", "Customer,Terms\nAcme,Net 30\n",
    "Customer full name,Phone,MC Number\nAcme,1,2\n",
  ])
  func `a list of QuickBooks may have columns of its users' own`(_ text: String) throws {
    let books = try TableSnapshotReader.read(bytes: Array(text.utf8), name: "customers.csv")
    #expect(books.customers.map(\.name) == ["Acme"])
  }

  @Test func `any bytes give lists or a refusal, never a crash`() {
    var generator = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: .min ... .max, using: &generator)
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "!CUST\tNAME\tHIDDEN\n", "CUST\tAcme\tN\n", "\"", "\t", ",", "\n", "\r", "Customer,Terms\n",
      "(deleted)", ":", "\u{FF}", "!INVITEM\tNAME\n", "Terms", "·", "Nov 20, 2026",
      "!HDR\tPROD\n", "!HDR\tPROD\n!CUST\tNAME\n",
    ]
    for _ in 0..<400 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<24, using: &random) {
        bytes += Array(pieces.randomElement(using: &random)?.utf8 ?? "".utf8)
        if Int.random(in: 0..<5, using: &random) == 0 {
          bytes.append(UInt8.random(in: 0...255, using: &random))
        }
      }
      let text = bytes
      do throws(Failure) {
        let books =
          IIFSnapshotReader.recognises(text)
          ? try IIFSnapshotReader.read(bytes: text, name: "x")
          : try TableSnapshotReader.read(bytes: text, name: "x")
        #expect(books.customers.allSatisfy { !$0.name.isEmpty }, "seed \(seed)")
      } catch {
        #expect(error.cause == .inputUnreadable, "seed \(seed)")
      }
    }
  }
}
