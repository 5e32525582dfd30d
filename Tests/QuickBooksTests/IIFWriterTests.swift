import QuickBooks
import Testing
import Vocabulary

struct IIFWriterTests {
  private let head =
    """
    !TRNS⇥TRNSID⇥TRNSTYPE⇥DATE⇥ACCNT⇥NAME⇥AMOUNT⇥DOCNUM⇥MEMO⇥CLEAR⇥TOPRINT⇥NAMEISTAXABLE⇥ADDR1⇥ADDR2⇥ADDR3⇥ADDR4⇥ADDR5⇥DUEDATE⇥TERMS⇥PAID⇥SHIPDATE⇥PONUM⇥TOSEND
    !SPL⇥SPLID⇥TRNSTYPE⇥DATE⇥ACCNT⇥NAME⇥AMOUNT⇥DOCNUM⇥MEMO⇥CLEAR⇥QNTY⇥PRICE⇥INVITEM⇥TAXABLE⇥EXTRA⇥VALADJ
    !ENDTRNS

    """

  @Test func `lists come before documents, parents before children`() throws {
    let written = try IIFFixture.write(IIFFixture.freightLists, [IIFFixture.invoice])
    #expect(written.names == ["001-lists.iif", "002-documents.iif"])
    #expect(
      written.texts[0]
        == IIFFixture.rows(
          """
          !ACCNT⇥NAME⇥ACCNTTYPE⇥HIDDEN
          ACCNT⇥Accounts Receivable⇥AR⇥N
          ACCNT⇥Freight Income⇥INC⇥N
          ACCNT⇥Freight Income:Linehaul⇥INC⇥N
          ACCNT⇥Freight Income:Fuel Surcharge⇥INC⇥N
          ACCNT⇥Freight Income:Accessorials⇥INC⇥N
          !INVITEM⇥NAME⇥INVITEMTYPE⇥DESC⇥ACCNT⇥TAXABLE⇥HIDDEN
          INVITEM⇥Linehaul⇥SERV⇥Linehaul⇥Freight Income:Linehaul⇥N⇥N
          INVITEM⇥Fuel Surcharge⇥SERV⇥Fuel surcharge⇥Freight Income:Fuel Surcharge⇥N⇥N
          !INVITEM⇥NAME⇥INVITEMTYPE⇥ACCNT⇥TAXABLE⇥HIDDEN
          INVITEM⇥Accessorial⇥SERV⇥Freight Income:Accessorials⇥N⇥N
          !INVITEM⇥NAME⇥INVITEMTYPE⇥DESC⇥ACCNT⇥TAXABLE⇥HIDDEN
          INVITEM⇥Accessorial:Detention⇥SERV⇥Detention per hour⇥Freight Income:Accessorials⇥N⇥N
          !TERMS⇥NAME⇥DISCPER⇥STDDUEDAYS⇥STDDISCDAYS⇥TERMSTYPE⇥HIDDEN
          TERMS⇥Net 30⇥0.0%⇥30⇥0⇥0⇥N
          !CUST⇥NAME⇥HIDDEN
          CUST⇥Tamarack Milling Co⇥N
          !CUST⇥NAME⇥BADDR1⇥BADDR2⇥BADDR3⇥BADDR4⇥BADDR5⇥NOTE⇥TERMS⇥COMPANYNAME⇥HIDDEN
          CUST⇥Tamarack Milling Co:Bismarck Plant⇥Tamarack Milling Co⇥88 Yard St⇥"Bismarck, ND 58501"⇥⇥⇥C-1003⇥Net 30⇥Tamarack Milling Co⇥N
          """))
  }

  @Test func `an invoice, a credit memo and an allowance balance to the cent`() throws {
    let written = try IIFFixture.write(
      IIFFixture.freightLists,
      [IIFFixture.invoice, IIFFixture.creditMemo, IIFFixture.allowance])
    #expect(
      written.texts[1]
        == IIFFixture.rows(
          head + """
            TRNS⇥⇥INVOICE⇥03/14/2025⇥Accounts Receivable⇥Tamarack Milling Co:Bismarck Plant⇥2238.96⇥48213⇥Load 48213⇥N⇥N⇥N⇥Tamarack Milling Co⇥88 Yard St⇥"Bismarck, ND 58501"⇥⇥⇥04/13/2025⇥Net 30⇥N⇥03/12/2025⇥PO-77120⇥N
            SPL⇥⇥INVOICE⇥03/14/2025⇥Freight Income:Linehaul⇥⇥-1850.00⇥⇥"Linehaul Minot, ND to Bismarck, ND"⇥N⇥-1⇥1850.00⇥Linehaul⇥N⇥⇥N
            SPL⇥⇥INVOICE⇥03/14/2025⇥Freight Income:Fuel Surcharge⇥⇥-238.96⇥⇥412 mi @ 0.58⇥N⇥-412⇥0.58⇥Fuel Surcharge⇥N⇥⇥N
            SPL⇥⇥INVOICE⇥03/14/2025⇥Freight Income:Accessorials⇥⇥-150.00⇥⇥Detention 2.5 h⇥N⇥-2.5⇥60.00⇥Accessorial:Detention⇥N⇥⇥N
            ENDTRNS
            TRNS⇥⇥CREDIT MEMO⇥03/20/2025⇥Accounts Receivable⇥Tamarack Milling Co:Bismarck Plant⇥-72.40⇥48213C⇥Adjust load 48213⇥N⇥N⇥N⇥Tamarack Milling Co⇥88 Yard St⇥"Bismarck, ND 58501"⇥⇥⇥03/20/2025⇥⇥N⇥⇥⇥N
            SPL⇥⇥CREDIT MEMO⇥03/20/2025⇥Freight Income:Accessorials⇥⇥60.00⇥⇥Detention overbilled 1 h⇥N⇥1⇥60.00⇥Accessorial:Detention⇥N⇥⇥N
            SPL⇥⇥CREDIT MEMO⇥03/20/2025⇥Freight Income:Fuel Surcharge⇥⇥12.40⇥⇥Fuel surcharge correction⇥N⇥1⇥12.40⇥Fuel Surcharge⇥N⇥⇥N
            ENDTRNS
            TRNS⇥⇥INVOICE⇥03/22/2025⇥Accounts Receivable⇥Tamarack Milling Co⇥905.00⇥48231⇥Load 48231⇥N⇥N⇥N⇥⇥⇥⇥⇥⇥04/21/2025⇥Net 30⇥N⇥⇥⇥N
            SPL⇥⇥INVOICE⇥03/22/2025⇥Freight Income:Linehaul⇥⇥-930.00⇥⇥Linehaul⇥N⇥-1⇥930.00⇥Linehaul⇥N⇥⇥N
            SPL⇥⇥INVOICE⇥03/22/2025⇥Freight Income:Linehaul⇥⇥25.00⇥⇥Late delivery allowance⇥N⇥-1⇥-25.00⇥Linehaul⇥N⇥⇥N
            ENDTRNS
            """))
    #expect(written.output.map(\.documents) == [0, 3])
    #expect(written.output[1].amount == IIFFixture.money("3071.56"))
  }

  @Test func `a customer known by name only comes without columns that could wipe data`() throws {
    var lists = IIFFixture.freightLists
    lists.customers[0].declaration = .nameOnly
    var full = Customer(name: "Halvorsen Logistics, Inc.")
    full.phone = "701-555-0199"
    lists.customers.append(full)
    let text = try IIFFixture.write(lists, []).texts[0]
    #expect(
      text.hasSuffix(
        IIFFixture.rows(
          """
          !CUST⇥NAME⇥HIDDEN
          CUST⇥Tamarack Milling Co⇥N
          CUST⇥Tamarack Milling Co:Bismarck Plant⇥N
          !CUST⇥NAME⇥PHONE1⇥HIDDEN
          CUST⇥"Halvorsen Logistics, Inc."⇥701-555-0199⇥N
          """)))
  }

  @Test func `a new file begins after so many documents`() throws {
    var format = IIFFormat()
    format.documentsPerFile = 2
    let documents = (1...5).map { number in
      IIFFixture.document(
        .invoice, "\(number)", "2025-01-0\(number)",
        [.init(item: 0, amount: "\(number).01", quantity: nil, rate: nil, description: "")])
    }
    let written = try IIFFixture.write(IIFFixture.freightLists, documents, format: format)
    #expect(
      written.names == [
        "001-lists.iif", "002-documents.iif", "003-documents.iif", "004-documents.iif",
      ])
    #expect(written.output.map(\.documents) == [0, 2, 2, 1])
    #expect(written.output.map(\.amount).reduce(.zero, +) == IIFFixture.money("15.05"))
    #expect(written.texts[1...].allSatisfy { $0.hasPrefix("!TRNS\t") })
  }

  @Test func `file names stay in order beyond 999 files`() throws {
    let written = try IIFFixture.write(
      IIFFixture.freightLists, [IIFFixture.invoice], expected: 499_001)
    #expect(written.names == ["001-lists.iif", "002-documents.iif"].map { "0" + $0 })
  }

  @Test(arguments: [
    (IIFFormat.DateFormat.monthDayYear, "03/14/2025"), (.dayMonthYear, "14/03/2025"),
    (.yearMonthDay, "2025-03-14"),
  ])
  func `dates are written in the chosen order`(
    format: IIFFormat.DateFormat, text: String
  ) throws {
    let written = try IIFFixture.write(
      IIFFixture.freightLists, [IIFFixture.invoice], format: IIFFormat(dates: format))
    #expect(written.texts[1].contains("TRNS\t\tINVOICE\t\(text)\t"))
  }

  @Test func `classes stand on the head and on every line`() throws {
    var lists = IIFFixture.freightLists
    lists.classes = ["Fleet:North"]
    var invoice = IIFFixture.allowance
    invoice.classIndex = 0
    let written = try IIFFixture.write(lists, [invoice, IIFFixture.invoice])
    #expect(
      written.texts[0].contains(
        "!CLASS\tNAME\tHIDDEN\r\nCLASS\tFleet\tN\r\nCLASS\tFleet:North\tN\r\n"))
    #expect(written.texts[1].contains("\tTamarack Milling Co\tFleet:North\t905.00\t"))
    #expect(written.texts[1].contains("\tFreight Income:Linehaul\t\tFleet:North\t-930.00\t"))
    #expect(written.texts[1].contains("\tBismarck Plant\t\t") == false)
  }

  @Test(arguments: [
    ("-2", "30", "-60", "-2\t-30.00", ""), ("3", "0.333333", "1", "-1\t1.00", " (3 @ 0.333333)"),
    ("0", "58", "0", "-1\t0.00", " (0 @ 58)"), ("1.5", "0.12345", "0.19", "-1.5\t0.12345", ""),
  ])
  func `a quantity that QuickBooks cannot keep goes behind the description`(
    quantity: String, rate: String, amount: String, columns: String, note: String
  ) throws {
    let invoice = IIFFixture.document(
      .invoice, "1", "2025-01-01",
      [
        .init(item: 0, amount: "100", quantity: nil, rate: nil, description: "Base"),
        .init(item: 1, amount: amount, quantity: quantity, rate: rate, description: "Fuel"),
      ])
    let text = try IIFFixture.write(IIFFixture.freightLists, [invoice]).texts[1]
    #expect(text.contains("\tFuel\(note)\tN\t\(columns)\tFuel Surcharge\t"))
  }

  @Test func `the same documents give the same bytes`() throws {
    let documents = [IIFFixture.invoice, IIFFixture.creditMemo]
    let first = try IIFFixture.write(IIFFixture.freightLists, documents)
    let second = try IIFFixture.write(IIFFixture.freightLists, documents)
    #expect(first.output == second.output)
  }

  @Test func `a document that contradicts itself is refused`() throws {
    var wrongTotal = IIFFixture.invoice
    wrongTotal.total += Money(cents: 1)
    var noNumber = IIFFixture.invoice
    noNumber.number = .empty
    var noLines = IIFFixture.invoice
    noLines.lines = []
    noLines.total = .zero
    var unknownItem = IIFFixture.invoice
    unknownItem.lines[0].item = 99
    let negative = IIFFixture.document(
      .invoice, "1", "2025-01-01",
      [.init(item: 0, amount: "-1", quantity: nil, rate: nil, description: "")])
    let longNumber = IIFFixture.document(
      .invoice, "123456789012", "2025-01-01",
      [.init(item: 0, amount: "1", quantity: nil, rate: nil, description: "")])
    for document in [wrongTotal, noNumber, noLines, unknownItem, negative, longNumber] {
      #expect(throws: Failure.self) {
        try IIFFixture.write(IIFFixture.freightLists, [document])
      }
    }
  }

  @Test func `one number twice leaves no file`() throws {
    try IIFFixture.withFolder { folder in
      let writer = try IIFWriter(
        lists: IIFFixture.freightLists, format: IIFFormat(), folder: folder, expectedDocuments: 2)
      try writer.append(IIFFixture.invoice)
      try writer.append(IIFFixture.invoice)
      let failure = #expect(throws: Failure.self) { try writer.finish() }
      #expect(failure?.cause == .ownBug)
      #expect(failure?.message.contains("used twice") == true)
      #expect(failure?.location?.file == "002-documents.iif")
      let left = try folderEntries(folder)
      #expect(left == [])
    }
  }

  @Test func `two spellings of one customer are refused`() {
    var lists = IIFFixture.freightLists
    lists.customers.append(Customer(name: "tamarack milling CO"))
    #expect(throws: Failure.self) { try IIFFixture.write(lists, []) }
  }
}
