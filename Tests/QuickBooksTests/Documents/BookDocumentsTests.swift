import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import QuickBooks

struct BookDocumentsTests {
  private func read(
    _ files: [String: String], _ conventions: BookConventions = BookConventions()
  ) throws -> BookTable {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.write(text, to: name) }
    var table = BookTable()
    try BookDocumentFiles(files.keys.sorted().map(folder.path), conventions).fill(&table)
    return table
  }

  /// Number, customer, date, total and balance of each document.
  private func rows(_ table: BookTable) -> [String] {
    (0..<table.count).map { document in
      [
        table.number(document), table.customerName(table.customer(document)),
        table.date(document)?.description ?? "-", table.total(document)?.description ?? "-",
        table.balance(document)?.description ?? "-",
      ].joined(separator: "|")
    }
  }

  private static let header = "Date,Transaction type,Num,Name,Due date,Amount,Open balance\n"

  @Test func `a list of invoices is read with its titles, its total and its footer`() throws {
    let table = try read([
      "list.csv": """
      Invoice List
      "September 1-30, 2026"

      Date,Transaction type,Num,Name,Due date,Amount,Open balance
      09/01/2026,Invoice,00123,"Acme, Inc.",10/01/2026,"1,435.59",35.59
      09/15/2026,Credit Memo,C-1,Alamo (deleted),,75.00,75.00
      09/16/2026,Payment,77,Alamo,,-20.00,
      TOTAL,,,,,"1,490.59",110.59

      "Wednesday, Sep 30, 2026 10:15:03 AM GMT-5",,,,,,
      """
    ])
    #expect(
      rows(table) == [
        "00123|Acme, Inc.|2026-09-01|1435.59|35.59", "C-1|Alamo|2026-09-15|-75.00|-75.00",
      ])
    let file = table.files[0]
    #expect(file.form == .invoiceList)
    #expect(file.from == CalendarDate(iso: "2026-09-01"))
    #expect(file.until == CalendarDate(iso: "2026-09-30"))
    #expect(file.day == CalendarDate(iso: "2026-09-30"))
    #expect((file.passedOver, file.controls, file.faults.count) == (1, 1, 0))
    #expect(table.location(0).line == 5)
    #expect(table.kind(1) == .creditMemo)
  }

  @Test func `rows that do not add up to their totals are told`() throws {
    let table = try read([
      "open.csv": """
      ,Type,Date,Num,Due Date,Aging,Open Balance
      Acme,,,,,,
      ,Invoice,09/01/2026,1,10/01/2026,,100.00
      Total Acme,,,,,,150.00
      TOTAL,,,,,,100.00
      """
    ])
    #expect(table.files[0].form == .openInvoices)
    #expect(table.files[0].controls == 1)
    #expect(table.files[0].faults.map(\.location.line) == [4])
    #expect(table.files[0].faults[0].message.contains("150.00"))
  }

  @Test(arguments: [true, false])
  func `customers are the groups above their rows, jobs below them`(hasTotals: Bool) throws {
    let total = { (name: String) in hasTotals ? "Total \(name),,,,,,\n" : "" }
    let table = try read([
      "transactions.csv": """
      ,,Type,Date,Num,Debit,Credit
      Alpha,,,,,,
      ,,Invoice,09/01/2026,1,10.00,
      ,Job A,,,,,
      ,,Invoice,09/02/2026,2,20.00,
      \(total("Job A"))\(total("Alpha"))Beta,,,,,,
      ,,Credit Memo,09/03/2026,3,,30.00
      """
    ])
    #expect(
      rows(table).map { $0.split(separator: "|")[1] } == ["Alpha", "Alpha:Job A", "Beta"])
    #expect(rows(table)[2].hasSuffix("|2026-09-03|-30.00|-"))
  }

  @Test func `groups of one column are nested where totals close them`() throws {
    let table = try read([
      "transactions.csv": """
      Transaction List by Customer,,,,
      ,Date,Transaction Type,Num,Amount
      Alpha,,,,
      Job A,,,,
      ,09/02/2026,Invoice,2,20.00
      Total for Job A,,,,$20.00
      Total for Alpha,,,,$20.00
      Beta,,,,
      ,09/03/2026,Invoice,3,30.00
      Total for Beta,,,,$30.00
      """
    ])
    #expect(rows(table).map { $0.split(separator: "|")[1] } == ["Alpha:Job A", "Beta"])
    #expect(table.files[0].controls == 3)
  }

  @Test(arguments: [true, false])
  func `a customer whose name begins like a total is a customer`(hasTotals: Bool) throws {
    let names = ["Acme", "Total Quality Logistics", "Totally Trucking", "Total"]
    var text = ",Date,Transaction Type,Num,Amount\n"
    for (index, name) in names.enumerated() {
      text += "\(name),,,,\n,09/0\(index + 1)/2026,Invoice,\(index),10.00\n"
      if hasTotals { text += "Total for \(name),,,,$10.00\n" }
    }
    let table = try read(["transactions.csv": text + "TOTAL,,,,$40.00\n"])
    #expect(rows(table).map { $0.split(separator: "|")[1] } == names.map { Substring($0) })
    #expect(table.files[0].controls == (hasTotals ? 5 : 1))
    #expect(table.files[0].faults.isEmpty)
  }

  @Test func `a day that only fits day first settles the whole file`() throws {
    let text = Self.header + "1/9/2026,Invoice,1,A,1/10/2026,1.00,\n15/9/2026,Invoice,2,A,,2.00,\n"
    let table = try read(["list.csv": text])
    #expect((0..<2).map { table.date($0)?.description } == ["2026-09-01", "2026-09-15"])
    #expect(table.dueDate(0)?.description == "2026-10-01")
    let fitting = Self.header + "1/9/2026,Invoice,1,A,,1.00,\n"
    #expect(try read(["list.csv": fitting]).date(0)?.description == "2026-01-09")
    let european = try read(["list.csv": fitting], BookConventions(dateOrder: .dmy))
    #expect(european.date(0)?.description == "2026-09-01")
    let mixed = Self.header + "1/15/2026,Invoice,1,A,,1.00,\n15/9/2026,Invoice,2,A,,2.00,\n"
    #expect(try read(["list.csv": mixed]).files[0].faults.count == 1)
  }

  @Test func `what cannot be read is marked and not guessed`() throws {
    let table = try read([
      "list.csv": Self.header + "31/31/2026,Invoice,1,A,,about 5,\n09/01/2026,Invoice,2,A,,5.00,\n"
    ])
    #expect(table.isUnreadable(0))
    #expect((table.date(0), table.total(0)) == (nil, nil))
    #expect(!table.isUnreadable(1))
  }

  @Test func `an amount that is left blank is marked, and a dash is nothing`() throws {
    let table = try read([
      "list.csv": Self.header
        + "09/01/2026,Invoice,1,A,,,5.00\n09/01/2026,Invoice,2,A,,-,-\n"
        + "09/01/2026,Invoice,3,A,,5.00,\n"
    ])
    #expect((0..<3).map(table.isUnreadable) == [true, false, false])
    #expect((0..<3).map(table.total) == [nil, Money.zero, Money(cents: 500)])
    #expect((0..<3).map(table.balance) == [Money(cents: 500), Money.zero, nil])
    let sides = try read([
      "transactions.csv": """
      Type,Date,Num,Name,Memo,Debit,Credit
      Invoice,09/01/2026,1,A,,,
      Invoice,09/01/2026,2,A,,-,
      Invoice,09/01/2026,3,A,VOID,,
      """
    ])
    #expect((0..<3).map(sides.isUnreadable) == [true, false, false])
    #expect((0..<3).map(sides.total) == [nil, Money.zero, Money.zero])
    // A report of what is open tells no totals.
    let open = try read([
      "open.csv":
        "Type,Date,Num,Name,Due Date,Aging,Open Balance\nInvoice,09/01/2026,1,A,,,4.00\n"
    ])
    #expect(!open.isUnreadable(0))
    #expect((open.total(0), open.balance(0)) == (nil, Money(cents: 400)))
  }

  @Test func `what one report leaves blank and another tells is known`() throws {
    let table = try read([
      "a.csv": "Date,Type,Num,Customer,Amount\n,Invoice,1,A,\n09/02/2026,Invoice,2,A,7.00\n",
      "b.csv":
        "Date,Type,Num,Customer,Due Date,Amount\n09/01/2026,Invoice,1,A,10/01/2026,5.00\n",
    ])
    #expect((0..<3).map(table.isToldBefore) == [false, false, true])
    #expect((0..<2).map(table.isUnreadable) == [false, false])
    #expect((0..<2).map(table.total) == [Money(cents: 500), Money(cents: 700)])
    #expect(table.date(0) == CalendarDate(iso: "2026-09-01"))
    #expect(table.dueDate(0) == CalendarDate(iso: "2026-10-01"))
    #expect(table.dueDate(1) == nil)
    #expect((0..<3).map(table.file) == [0, 0, 1])
    #expect(table.location(2).file.hasSuffix("b.csv"))
  }

  @Test func `a row of totals that states no amount proves nothing`() throws {
    let table = try read([
      "list.csv":
        "Customer,Date,Num,Amount\nBeta,,,\n,09/01/2026,1022,10.00\nTotal for Beta,,,\n"
        + "TOTAL,,,10.00\n"
    ])
    #expect(table.files[0].controls == 1)
  }

  @Test func `a row with a number and no date is told and not taken for a customer`() throws {
    let table = try read([
      "list.csv":
        "Customer,Date,Num,Amount\nBeta,09/01/2026,1022,10.00\nAcme,,1023,500.00\n"
        + "Total Freight,,1024,20.00\n,09/02/2026,1025,7.00\n"
    ])
    #expect(table.files[0].faults.map(\.location.line) == [3, 4])
    #expect(rows(table) == ["1022|Beta|2026-09-01|10.00|-", "1025||2026-09-02|7.00|-"])
  }

  @Test func `two reports that tell the same document count it once, each adds what it knows`()
    throws
  {
    let table = try read([
      "a-list.csv": "Date,Num,Name,Amount\n09/01/2026,1,A,10.00\n09/01/2026,1,A,10.00\n",
      "b-aging.csv":
        "Type,Date,Num,Name,Due Date,Aging,Open Balance\nInvoice,09/01/2026,1,A,10/01/2026,,4.00\n",
    ])
    #expect(table.count == 3)
    // Twice in one file is twice in QuickBooks.
    #expect((0..<3).map(table.isToldBefore) == [false, false, true])
    #expect(table.balance(0)?.description == "4.00")
    #expect(table.dueDate(0)?.description == "2026-10-01")
  }

  @Test func `a document is told once by each other report, so that a double stays a double`()
    throws
  {
    let row = "09/01/2026,1,A,10.00\n"
    let header = "Date,Num,Name,Amount\n"
    let table = try read([
      "a-list.csv": header + row, "b-list.csv": header + row + row,
      "c-list.csv": header + row + row,
    ])
    #expect((0..<5).map(table.isToldBefore) == [false, true, false, true, true])
  }

  private static func iif(_ number: String) -> String {
    "!TRNS\tTRNSTYPE\tDATE\tNAME\tAMOUNT\tDOCNUM\tDUEDATE\n!SPL\tTRNSTYPE\tAMOUNT\n!ENDTRNS\n"
      + "TRNS\tINVOICE\t09/01/2026\tA\t10.00\t\(number)\t10/01/2026\nSPL\tINVOICE\t-10.00\nENDTRNS\n"
      + "TRNS\tCREDIT MEMO\t09/02/2026\tA\t-5.00\tC\t\nSPL\tCREDIT MEMO\t5.00\nENDTRNS\n"
      + "TRNS\tPAYMENT\t09/02/2026\tA\t-5.00\tP\t\nSPL\tPAYMENT\t5.00\nENDTRNS\n"
  }

  @Test func `two files to import have a document twice when both hold it`() throws {
    let table = try read(["1.iif": Self.iif("7"), "2.iif": Self.iif("7")])
    #expect(
      rows(table) == [
        "7|A|2026-09-01|10.00|-", "C|A|2026-09-02|-5.00|-", "7|A|2026-09-01|10.00|-",
        "C|A|2026-09-02|-5.00|-",
      ])
    #expect(!(0..<4).contains(where: table.isToldBefore))
    #expect(table.files.map(\.passedOver) == [1, 1])
  }

  @Test(arguments: [
    "TRNS\tINVOICE\n", "TRNS\tINVOICE\n!TRNS\tTRNSTYPE\n", "!TRNS\tX\nTRNS\t1\nTRNS\t2\n",
  ])
  func `a broken file to import is refused`(text: String) throws {
    #expect(throws: Failure.self) { try read(["1.iif": "!SPL\tX\n" + text]) }
  }

  private static func answer(_ id: String, remaining: Int) -> String {
    """
    <?xml version="1.0" ?><QBXML><QBXMLMsgsRs><InvoiceQueryRs statusCode="0" statusSeverity="Info" \
    iteratorRemainingCount="\(remaining)"><InvoiceRet><TxnID>\(id)</TxnID><CustomerRef><ListID>1</ListID>\
    <FullName>Pine &amp; Fir:Job</FullName></CustomerRef><ClassRef><FullName>Dallas</FullName></ClassRef>\
    <TxnDate>2026-09-01</TxnDate><RefNumber>7</RefNumber><DueDate>2026-10-01</DueDate>\
    <Subtotal>100.00</Subtotal><SalesTaxTotal>8.25</SalesTaxTotal><BalanceRemaining>8.25</BalanceRemaining>\
    <Memo>VOID: x</Memo><InvoiceLineRet><Desc>Memo</Desc></InvoiceLineRet></InvoiceRet></InvoiceQueryRs>\
    </QBXMLMsgsRs></QBXML>
    """
  }

  @Test func `answers tell documents by QuickBooks' own id, and whether more is to be had`() throws
  {
    let table = try read([
      "1.xml": Self.answer("A", remaining: 2), "2.xml": Self.answer("A", remaining: 0),
      "3.xml": Self.answer("B", remaining: 0),
    ])
    #expect(
      rows(table) == Array(repeating: "7|Pine & Fir:Job|2026-09-01|108.25|8.25", count: 2))
    #expect(table.files.map(\.isPartial) == [true, false, false])
    // Voided documents have no amount; who writes so into a memo voids nothing.
    #expect(!table.isVoid(0))
    #expect(!table.isToldBefore(1))
  }

  @Test func `answers are all that there is when no query has more and none has failed`() throws {
    func isPartial(_ answers: (query: String, state: String)...) throws -> Bool {
      let elements = answers.map { "<\($0.query) \($0.state)></\($0.query)>" }.joined()
      let text =
        "<?xml version=\"1.0\" ?><QBXML><QBXMLMsgsRs>\(elements)</QBXMLMsgsRs></QBXML>"
      return try read(["1.xml": text]).files[0].isPartial
    }
    let (invoices, memos) = ("InvoiceQueryRs", "CreditMemoQueryRs")
    let more = "statusCode=\"0\" statusSeverity=\"Info\" iteratorRemainingCount=\"2\""
    let last = "statusCode=\"0\" statusSeverity=\"Info\" iteratorRemainingCount=\"0\""
    let failed = "statusCode=\"3120\" statusSeverity=\"Error\" statusMessage=\"no\""
    #expect(try isPartial((invoices, more), (memos, last)))
    #expect(try isPartial((memos, failed), (invoices, last)))
    #expect(try !isPartial((invoices, more), (memos, last), (invoices, last)))
  }

  @Test func `files of a folder that are no such thing are told, named ones refused`() throws {
    let list = "Customer,Phone\nAcme,1\n"
    let ours = "number,customer,date,total,decision\n1,A,2026-09-01,5.00,held\n"
    let export =
      "invoice_number,customer_name,invoice_date,invoice_total,category\n1,A,2026-09-01,5.00,X\n"
    let loadOps =
      "invoice_number,customer_name,invoice_date,invoice_total\n1,A,2026-09-01,5.00\n"
    let compared =
      "result,class,number,customer,date,due_date,total\n=,same,1,A,2026-09-01,,5.00\n"
    let others = [
      "1.csv": list, "2.csv": ours, "3.csv": export, "4.csv": loadOps, "5.csv": compared,
    ]
    let folder = try TemporaryFolder()
    for (name, text) in others { try folder.write(text, to: "in/" + name) }
    try folder.write(Self.header + "09/01/2026,Invoice,1,A,,1.00,\n", to: "in/6.csv")
    var table = BookTable()
    try BookDocumentFiles([folder.path("in")]).fill(&table)
    #expect(table.files.count == 1)
    #expect(table.passedOver.map { $0.suffix(5) } == others.keys.sorted().map { $0.suffix(5) })
    for (name, text) in others {
      #expect(throws: Failure.self, "\(name)") {
        try read([name: text, "6.csv": Self.header + "09/01/2026,Invoice,1,A,,1.00,\n"])
      }
    }
    var empty = BookTable()
    #expect(throws: Failure.self) { try BookDocumentFiles(["/nowhere.csv"]).fill(&empty) }
  }

  @Test(arguments: [
    ("As of September 30, 2026", nil, "2026-09-30"), ("September 2026", "2026-09-01", "2026-09-30"),
    ("September 1 - 30, 2026", "2026-09-01", "2026-09-30"),
    ("January through March 2028", "2028-01-01", "2028-03-31"),
    ("February 2028", "2028-02-01", "2028-02-29"),
    ("July 2025 - June 2026", "2025-07-01", "2026-06-30"),
    ("Jan 5, 2026 – Mar 15, 2026", "2026-01-05", "2026-03-15"),
    ("01/01/2026 to 03/31/2026", "2026-01-01", "2026-03-31"),
    ("Through Sept. 3, 2026", nil, "2026-09-03"), ("All Dates", nil, nil),
  ])
  func `the days that a report covers stand in its titles`(
    text: String, from: String?, until: String?
  ) throws {
    let period = try #require(ReportPeriod.read(text))
    #expect(period.from?.description == from)
    #expect(period.until?.description == until)
  }

  @Test(arguments: [
    "Invoice List", "Bluebonnet Carriers LLC", "2026", "March Freight 2026", "September 31, 2026",
    "",
    "September 30 - 1, 2026", "May", "10/01/2026", "October 1, 2026",
  ])
  func `other titles name no days`(text: String) {
    #expect(ReportPeriod.read(text) == nil)
  }

  @Test func `sheets of a workbook that are no report are named`() throws {
    let folder = try TemporaryFolder()
    let workbook = WorkbookFixture([
      .init("QuickBooks Export Tips", [["How to use this report"]]),
      .init(
        "Sheet1",
        [
          ["Date", "Transaction type", "Num", "Name", "Amount"],
          ["09/01/2026", "Invoice", "1", "Acme", "10.00"],
        ]), .init("Empty", []),
      .init("Notes", [["call Acme"], ["pay rent"]]),
    ])
    let path = folder.path("list.xlsx")
    try Data(workbook.bytes).write(to: URL(fileURLWithPath: path))
    var table = BookTable()
    try BookDocumentFiles([path]).fill(&table)
    #expect(table.count == 1)
    #expect(
      table.passedOver == [path + ", sheet QuickBooks Export Tips", path + ", sheet Notes"])
  }

  /// What `pull` would have written of two documents.
  private var pulled: String {
    var books = OnlineBooks()
    books.realm = "9341450000000017"
    books.pulledAt = "2026-09-30T10:15:03Z"
    books.entries = [
      OnlineBooks.Entry(.customers, id: "7", name: "Acme, Inc."),
      OnlineBooks.Entry(.customers, id: "8", name: "Plains:Alamo"),
    ]
    let document = { (kind: SalesDocument.Kind, id: String, number: String, cents: Int64) in
      OnlineBooks.Document(
        kind: kind, id: id, number: number, customer: id == "21" ? "7" : "8",
        date: CalendarDate(iso: "2026-09-01"), total: Money(cents: cents))
    }
    books.documents = [
      document(.invoice, "21", "00123", 143_559), document(.creditMemo, "22", "C-1", 7500),
    ]
    return String(decoding: books.text, as: UTF8.self)
  }

  @Test func `what pull has fetched counts by name, and in a folder where nothing says more`()
    throws
  {
    let folder = try TemporaryFolder()
    let path = try folder.write(pulled, to: "books/quickbooks-online.jsonl")
    for paths in [[path], [folder.path("books")]] {
      var table = BookTable()
      try BookDocumentFiles(paths).fill(&table)
      #expect(
        rows(table) == [
          "00123|Acme, Inc.|2026-09-01|1435.59|-", "C-1|Plains:Alamo|2026-09-01|-75.00|-",
        ])
      #expect(table.files.map(\.form) == [.online])
      #expect(table.files[0].day == CalendarDate(iso: "2026-09-30"))
      // The line of the file, behind the company and two customers.
      #expect(table.location(1).line == 5)
    }
    try folder.write(
      Self.header + "09/01/2026,Invoice,00123,\"Acme, Inc.\",10/01/2026,9.00,9.00\n",
      to: "books/list.csv")
    var table = BookTable()
    try BookDocumentFiles([folder.path("books")]).fill(&table)
    #expect(rows(table) == ["00123|Acme, Inc.|2026-09-01|9.00|9.00"])
  }

  @Test func `what QuickBooks Online says is a file with days, and its ids are the lines`() throws {
    var sales = OnlineSales(name: "Acme (17)", fingerprint: Fingerprint(of: ""))
    sales.from = CalendarDate(iso: "2026-08-01")
    sales.until = CalendarDate(iso: "2026-10-31")
    var sale = OnlineSales.Sale(
      kind: .invoice, id: "145", number: "1", date: CalendarDate(iso: "2026-09-01"), total: .zero)
    sale.isVoid = OnlineSales.isVoid(memo: "Voided - late", total: .zero)
    sale.balance = .zero
    var memo = sale
    (memo.kind, memo.id, memo.isVoid) = (.creditMemo, "146", false)
    (memo.total, memo.balance) = (Money(cents: 500), Money(cents: 300))
    sales.sales = [sale, memo]
    var table = BookTable()
    try sales.fill(&table)
    #expect(table.isVoid(0) && !table.isVoid(1))
    #expect(table.location(0).description == "Acme (17):145")
    #expect(table.total(1) == Money(cents: -500) && table.balance(1) == Money(cents: -300))
    #expect(table.files[0].lists(.invoice, try #require(CalendarDate(iso: "2026-08-01"))))
    #expect(!table.files[0].lists(.invoice, try #require(CalendarDate(iso: "2026-11-01"))))
    #expect(!OnlineSales.isVoid(memo: "Void fill, 12 pallets", total: .zero))
    #expect(!OnlineSales.isVoid(memo: "Voided", total: Money(cents: 1)))
  }

  @Test func `the only document of a number is found, wherever it is looked for first`() throws {
    var rows = ""
    for number in ["A", "B", "A", "C", "A"] { rows += "2026-09-01,Invoice,\(number),Acme,,1.00,\n" }
    let table = try read(["list.csv": Self.header + rows])
    let index = BookIndex(table)
    for (number, expected) in [("A", -1), ("B", 1), ("C", 3), ("D", -1)] {
      let bytes = Array(number.utf8)
      let hash = ByteHash.of(bytes.span)
      for guess in 0...table.count {
        let found = index.only(hash, in: table, near: guess)
        #expect(found == expected, "\(number) near \(guess)")
      }
    }
    let bytes = Array("A".utf8)
    var (chain, next) = ([Int](), index.first(ByteHash.of(bytes.span), in: table))
    while next >= 0 {
      chain.append(next)
      next = index.next(next)
    }
    #expect(chain == [0, 2, 4])
  }
}
