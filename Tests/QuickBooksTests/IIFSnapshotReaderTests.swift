import Foundation
import QuickBooks
import Testing
import Vocabulary

struct IIFSnapshotReaderTests {
  private func snapshot(_ texts: String...) throws -> CompanySnapshot {
    try IIFFixture.withFolder { folder in
      var paths: [String] = []
      for (index, text) in texts.enumerated() {
        paths.append("\(folder)/\(index).iif")
        try Data(text.replacing("⇥", with: "\t").utf8).write(
          to: URL(fileURLWithPath: paths[index]))
      }
      return try IIFSnapshotReader.read(paths)
    }
  }

  private let windows = """
    !HDR⇥PROD⇥VER⇥REL⇥IIFVER⇥DATE⇥TIME⇥ACCNTNT⇥ACCNTNTSPLITTIME
    HDR⇥QuickBooks Enterprise⇥Version 34.0D⇥Release R5P⇥1⇥2026-01-02⇥1767312000⇥N⇥0
    !CUSTNAMEDICT⇥INDEX⇥LABEL⇥CUSTOMER⇥VENDOR⇥EMPLOYEE
    !ENDCUSTNAMEDICT
    CUSTNAMEDICT⇥0⇥Lane⇥Y⇥N⇥N
    ENDCUSTNAMEDICT
    !ACCNT⇥NAME⇥REFNUM⇥TIMESTAMP⇥ACCNTTYPE⇥OBAMOUNT⇥DESC⇥ACCNUM⇥SCD⇥BANKNUM⇥EXTRA⇥HIDDEN⇥DELCOUNT⇥USEID
    ACCNT⇥Accounts Receivable⇥12⇥1⇥AR⇥"10,000.00"⇥⇥1200⇥⇥⇥⇥N⇥0⇥N
    ACCNT⇥Freight Income:Linehaul⇥13⇥1⇥INC⇥0.00⇥⇥4010⇥⇥⇥⇥N⇥0⇥N
    ACCNT⇥Checking⇥14⇥1⇥BANK⇥0.00⇥⇥⇥⇥⇥⇥Y⇥0⇥N
    !INVITEM⇥NAME⇥REFNUM⇥TIMESTAMP⇥INVITEMTYPE⇥DESC⇥ACCNT⇥QNTY⇥QNTY⇥PRICE⇥TAXABLE⇥HIDDEN
    INVITEM⇥Linehaul⇥1⇥1⇥SERV⇥"Linehaul, loaded"⇥Freight Income:Linehaul⇥1⇥2⇥0⇥N⇥N
    INVITEM⇥Bundle⇥2⇥1⇥GRP⇥⇥⇥⇥⇥⇥N⇥N
    !INVITEM⇥NAME⇥REFNUM⇥TIMESTAMP⇥INVITEMTYPE⇥DESC⇥QNTY
    !ENDGRP
    INVITEM⇥Bundle⇥2⇥1⇥GRP⇥⇥
    INVITEM⇥Linehaul⇥1⇥1⇥SERV⇥⇥3
    INVITEM⇥Ghost⇥9⇥1⇥SERV⇥⇥3
    ENDGRP
    !TERMS⇥NAME⇥REFNUM⇥TIMESTAMP⇥DISCPER⇥STDDUEDAYS⇥STDDISCDAYS⇥DAYOFMONTHDUE⇥DISCDAYOFMONTH⇥DATEMINDAYS⇥TERMSTYPE⇥HIDDEN
    TERMS⇥Net 30⇥1⇥1⇥0.0%⇥30⇥0⇥0⇥0⇥0⇥0⇥N
    TERMS⇥15th⇥2⇥1⇥0.0%⇥0⇥0⇥15⇥0⇥0⇥1⇥N
    !CLASS⇥NAME⇥REFNUM⇥TIMESTAMP⇥HIDDEN
    CLASS⇥Fleet:North⇥1⇥1⇥N
    !CUST⇥NAME⇥REFNUM⇥BADDR1⇥BADDR2⇥BADDR3⇥NOTE⇥EMAIL⇥TERMS⇥COMPANYNAME⇥HIDDEN
    CUST⇥"Halvorsen Logistics, Inc."⇥1⇥"Halvorsen Logistics, Inc."⇥⇥"Fargo, ND"⇥C-2⇥ap@h.example⇥Net 30⇥"Halvorsen⇥Logistics"⇥N
    CUST⇥Old One⇥2⇥Line 1\\nLine 2⇥⇥⇥⇥⇥⇥⇥Y
    CUST⇥Short
    !VEND⇥NAME⇥HIDDEN
    VEND⇥State Tax Commission⇥N
    !EMP⇥NAME⇥HIDDEN
    EMP⇥Dana Ruiz⇥N
    !OTHERNAME⇥NAME⇥HIDDEN
    OTHERNAME⇥Petty⇥Y
    !BUD⇥ACCNT⇥PERIOD⇥AMOUNT⇥AMOUNT⇥AMOUNT
    BUD⇥Sales⇥MONTH⇥1⇥2⇥3
    MYSTERY⇥x
    """

  @Test func `a Windows export gives its lists`() throws {
    let found = try snapshot(windows)
    #expect(
      found.accounts.map(\.name) == ["Accounts Receivable", "Freight Income:Linehaul", "Checking"])
    #expect(found.accounts.map(\.type) == [.receivable, .income, .other("BANK")])
    #expect(found.accounts.map(\.number) == ["1200", "4010", ""])
    #expect(found.accounts.map(\.isInactive) == [false, false, true])
    #expect(found.items.map(\.name) == ["Linehaul", "Bundle"])
    #expect(found.items.map(\.type) == ["SERV", "GRP"])
    #expect(found.items[0].account == "Freight Income:Linehaul")
    #expect(found.items[0].location.line == 12)
    #expect(found.terms.map(\.dueDays) == [30, nil])
    #expect(found.classes.map(\.name) == ["Fleet:North"])
    #expect(found.customers.map(\.name) == ["Halvorsen Logistics, Inc.", "Old One", "Short"])
    #expect(found.customers[0].addressLines == ["Halvorsen Logistics, Inc.", "Fargo, ND"])
    #expect(found.customers[0].companyName == "Halvorsen\tLogistics")
    #expect(found.customers[1].addressLines == ["Line 1\nLine 2"])
    #expect(found.customers.map(\.isInactive) == [false, true, false])
    #expect(found.vendors.map(\.name) == ["State Tax Commission"])
    #expect(found.employees.map(\.name) == ["Dana Ruiz"])
    #expect(found.otherNames.map(\.isInactive) == [true])
    #expect(found.sources.map(\.version) == ["Version 34.0D"])
    #expect(found.sources.map(\.date) == ["2026-01-02"])
    #expect(found.sources.map(\.rowsWithoutHeader) == [1])
  }

  @Test func `a Mac export gives its lists`() throws {
    let found = try snapshot(
      """
      !HDR⇥PROD⇥VER⇥REL⇥IIFVER⇥DATE⇥TIME
      HDR⇥QuickBooks for Mac⇥"19.0⇥R3"⇥R3⇥1⇥6/1/23⇥1
      !TERMS⇥NAME⇥DUEDAYS⇥MINDAYS⇥DISCPER⇥DISCDAYS⇥TERMSTYPE
      TERMS⇥Net 15⇥15⇥0⇥0⇥0⇥0
      !CUST⇥NAME⇥BADDR1⇥REP⇥COMPANYNAME
      CUST⇥Acme:Plant⇥Acme⇥Dana<DR>Employee⇥Acme
      """.replacing("\n", with: "\r"))
    #expect(found.terms.map(\.dueDays) == [15])
    #expect(found.customers.map(\.name) == ["Acme:Plant"])
    #expect(found.customers[0].location.line == 6)
    #expect(found.sources[0].version == "19.0\tR3")
  }

  @Test func `of an entry in two files the first counts`() throws {
    let found = try snapshot(
      "!HDR⇥PROD\n!CUST⇥NAME⇥NOTE\nCUST⇥Acme⇥1\n",
      "!HDR⇥PROD\n!CUST⇥NAME⇥NOTE\nCUST⇥Acme⇥2\nCUST⇥Beta⇥3\n")
    #expect(found.customers.map(\.accountNumber) == ["1", "3"])
    #expect(found.customers[1].location.line == 4)
    #expect(found.sources.count == 2)
  }

  @Test func `lists without the header of QuickBooks are not taken for its books`() {
    let failure = #expect(throws: Failure.self) { try snapshot("!CUST⇥NAME\nCUST⇥Acme\n") }
    #expect(failure?.cause == .inputUnreadable)
    #expect(failure?.message.contains("no row !HDR") == true)
  }

  @Test func `a file that is no list export is refused`() {
    for text in ["", "Invoice,Customer\n1,Acme\n", "\u{FEFF}"] {
      let failure = #expect(throws: Failure.self) { try snapshot(text) }
      #expect(failure?.cause == .inputUnreadable)
    }
  }

  @Test func `what we write reads as the books, once it has QuickBooks's header`() throws {
    let written = try IIFFixture.write(IIFFixture.freightLists, [])
    let found = try snapshot("!HDR⇥PROD\n" + written.texts[0])
    #expect(found.accounts.map(\.type) == [.receivable, .income, .income, .income, .income])
    #expect(
      found.customers.map(\.name) == [
        "Tamarack Milling Co", "Tamarack Milling Co:Bismarck Plant",
      ])
    #expect(found.items.count == 4)
    #expect(found.terms.map(\.dueDays) == [30])
  }
}
