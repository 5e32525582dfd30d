import TestSupport
import Testing
import Vocabulary

@testable import QuickBooks

/// What reports look like, and what several files say of one document.
struct BookDocumentsReportTests {
  private func read(_ files: [String: String]) throws -> BookTable {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.write(text, to: name) }
    var table = BookTable()
    try BookDocumentFiles(files.keys.sorted().map(folder.path)).fill(&table)
    return table
  }

  private func customers(_ table: BookTable) -> [String] {
    (0..<table.count).map { table.customerName(table.customer($0)) }
  }

  private static let list = "Date,Type,Num,Name,Due Date,Amount,Open Balance\n"
  private static let row = "09/01/2026,Invoice,1,A,10/01/2026,10.00,10.00\n"

  // MARK: - Titles

  @Test(arguments: [
    ("Invoice List", BookFile.Form.invoiceList), ("Open Invoices", .openInvoices),
    ("A/R Aging Detail, All Transactions", .agingDetail),
    ("Open Invoices As of September 30, 2026", .openInvoices),
    ("Transaction List by Customer - September 2026", .transactionList),
    ("Lone Star Packaging Haulers LLC", .invoiceList), ("Staging & Rigging", .invoiceList),
    ("All open invoices excluded", .invoiceList), ("Aging Detail Transport", .invoiceList),
    ("Invoice Listing Services", .invoiceList), ("Bluebonnet - invoice dept", .invoiceList),
  ])
  func `only a title that is the name of a report tells its kind`(
    title: String, form: BookFile.Form
  ) throws {
    let table = try read(["a.csv": "\"\(title)\"\n" + Self.list + Self.row])
    #expect(table.files[0].form == form)
  }

  @Test func `a balance that runs on is none, whatever the company is called`() throws {
    let table = try read([
      "a.csv": "Bluebonnet LLC - invoice dept\nDate,Type,Num,Name,Debit,Credit,Balance\n"
        + "09/01/2026,Invoice,1,A,10.00,,10.00\n09/02/2026,Invoice,2,A,5.00,,15.00\n"
    ])
    #expect((0..<2).map(table.balance) == [nil, nil])
  }

  @Test(arguments: [
    "10/01/2026\nInvoice List\nSeptember 2026",
    "Invoice List\n\"October 1, 2026\"\nSeptember 2026",
  ])
  func `the day of printing is not the period`(titles: String) throws {
    let table = try read(["a.csv": titles + "\n" + Self.list + Self.row])
    #expect(table.files[0].from == CalendarDate(iso: "2026-09-01"))
    #expect(table.files[0].until == CalendarDate(iso: "2026-09-30"))
    let only = try read(["a.csv": "10/01/2026\nInvoice List\n" + Self.list + Self.row])
    #expect((only.files[0].from, only.files[0].until) == (nil, nil))
  }

  @Test func `a list without credit memos is taken for one that cannot have any`() throws {
    let memo = "09/02/2026,Credit Memo,2,A,,-5.00,-5.00\n"
    #expect(try !read(["a.csv": Self.list + Self.row]).files[0].lists(.creditMemo))
    #expect(try read(["a.csv": Self.list + Self.row + memo]).files[0].lists(.creditMemo))
    let transactions = "Transaction List by Customer\nDate,Type,Num,Name,Amount\n"
    let other = try read(["a.csv": transactions + "09/01/2026,Invoice,1,A,10.00\n"])
    #expect(other.files[0].lists(.creditMemo))
  }

  // MARK: - Groups

  private static let grouped = ",Date,Transaction Type,Num,Amount\n"

  @Test(arguments: [
    "Total for Plains,,,,10.00\nMills,,,,\n,09/02/2026,Invoice,2,20.00\nTotal for Mills,,,,20.00\n"
      + "Total for Plains with sub-customers,,,,30.00\n",
    "Mills,,,,\n,09/02/2026,Invoice,2,20.00\nTotal for Mills,,,,20.00\n"
      + "Total for Plains with sub-customers,,,,30.00\n",
    "Total for Plains,,,,10.00\nMills,,,,\n,09/02/2026,Invoice,2,20.00\nTotal for Mills,,,,20.00\n"
      + "Total for Plains,,,,30.00\n",
  ])
  func `totals with and without sub-customers keep what is below a customer there`(
    rows: String
  ) throws {
    let table = try read([
      "a.csv": Self.grouped + "Plains,,,,\n,09/01/2026,Invoice,1,10.00\n" + rows
        + "Zed,,,,\n,09/03/2026,Invoice,3,5.00\nTotal for Zed,,,,5.00\nTOTAL,,,,35.00\n"
    ])
    #expect(customers(table) == ["Plains", "Plains:Mills", "Zed"])
    #expect(table.files[0].faults.isEmpty)
    let wrong = try read([
      "a.csv": Self.grouped + "Plains,,,,\n,09/01/2026,Invoice,1,10.00\n"
        + rows.replacing("30.00", with: "31.00")
        + "Zed,,,,\n,09/03/2026,Invoice,3,5.00\nTotal for Zed,,,,5.00\n"
    ])
    #expect(wrong.files[0].faults.count == 1)
  }

  @Test func `what is the customer's own below itself is not another customer`() throws {
    let table = try read([
      "a.csv": Self.grouped + "Plains,,,,\nPlains - Other,,,,\n,09/01/2026,Invoice,1,10.00\n"
        + "Total Plains - Other,,,,10.00\nMills,,,,\n,09/02/2026,Invoice,2,20.00\n"
        + "Total Mills,,,,20.00\nTotal Plains,,,,30.00\n"
    ])
    #expect(customers(table) == ["Plains", "Plains:Mills"])
    #expect((table.files[0].faults.count, table.files[0].controls) == (0, 3))
  }

  @Test(arguments: [true, false])
  func `the titles on every page are no customers`(hasTotals: Bool) throws {
    let total = hasTotals ? "Total Acme,,,,20.00\n" : ""
    let titles = "Bluebonnet LLC,,,,\nTransaction List by Customer,,,,\nSeptember 2026,,,,\n"
    let table = try read([
      "a.csv": titles + Self.grouped + "Acme,,,,\n,09/01/2026,Invoice,1,10.00\nPage 1,,,,\n"
        + titles + Self.grouped + ",09/02/2026,Invoice,2,10.00\n" + total
    ])
    #expect(customers(table) == ["Acme", "Acme"])
    #expect(table.files[0].faults.isEmpty)
  }

  @Test func `a beginning balance is no customer, and one may begin with a number`() throws {
    let opening = try read([
      "a.csv": Self.grouped + "Acme,,,,\nBeginning Balance,,,,100.00\n"
        + ",09/01/2026,Invoice,1,10.00\n"
    ])
    #expect(customers(opening) == ["Acme"])
    let numbers = try read([
      "a.csv": "Date,Transaction type,Num,Amount\nAcme,,,\n09/01/2026,Invoice,1,10.00\n"
        + "84 Lumber,,,\n09/02/2026,Invoice,2,20.00\n"
    ])
    #expect(customers(numbers) == ["Acme", "84 Lumber"])
  }

  // MARK: - Rows

  @Test(arguments: [
    ("Invoice", "Void fill, 12 pallets", "0.00", false), ("Invoice", "VOID: Load 1", "0.00", true),
    ("Invoice", "Voided - x", "0.00", true), ("Invoice", "VOID: Load 1", "10.00", false),
    ("Invoice", "", "0.00", false), ("Invoice (Void)", "", "10.00", true),
  ])
  func `a document is void when QuickBooks says so, not when a memo has the word`(
    type: String, memo: String, amount: String, isVoid: Bool
  ) throws {
    let table = try read([
      "a.csv": "Date,Type,Num,Name,Memo,Amount\n09/01/2026,\(type),1,A,\"\(memo)\",\(amount)\n"
    ])
    #expect(table.isVoid(0) == isVoid)
    #expect(table.total(0)?.description == amount)
  }

  @Test func `a row whose quotation marks do not fit is a fault`() throws {
    let table = try read(["a.csv": Self.list + Self.row + "\"09/02/2026,Invoice,9,\"Acme,,,1,1\n"])
    #expect(table.files[0].faults.map(\.location.line) == [3])
  }

  @Test func `totals of billions are read, and one that cannot be read is a fault`() throws {
    let rows =
      "09/01/2026,Invoice,1,A,,\"9,000,000,000.50\",\n"
      + "09/01/2026,Invoice,2,A,,\"6,960,000,000.50\",\n"
    let right = try read(["a.csv": Self.list + rows + "TOTAL,,,,,\"15,960,000,001.00\",\n"])
    #expect((right.files[0].controls, right.files[0].faults.count) == (1, 0))
    let wrong = try read(["a.csv": Self.list + rows + "TOTAL,,,,,\"15,960,000,001.01\",\n"])
    #expect(wrong.files[0].faults.count == 1)
    let unreadable = try read(["a.csv": Self.list + rows + "TOTAL,,,,,about 16 billion,\n"])
    #expect(unreadable.files[0].faults.count == 1)
  }

  @Test func `a pending document is marked`() throws {
    let answer = { (id: String, rest: String) in
      "<?xml version=\"1.0\" ?><QBXML><QBXMLMsgsRs><InvoiceQueryRs statusCode=\"0\"><InvoiceRet>"
        + "<TxnID>\(id)</TxnID><CustomerRef><FullName>A</FullName></CustomerRef>"
        + "<TxnDate>2026-09-01</TxnDate><RefNumber>1</RefNumber>\(rest)<Subtotal>10.00</Subtotal>"
        + "</InvoiceRet></InvoiceQueryRs></QBXMLMsgsRs></QBXML>"
    }
    let table = try read([
      "1.xml": answer("A", "<IsPending>true</IsPending>"),
      "2.xml": answer("B", "<IsPending>false</IsPending>"),
    ])
    #expect((0..<2).map(table.isPending) == [true, false])
    #expect(!table.files[0].lists(.creditMemo))
    // The same document, with another amount, in a later answer.
    let again = try read([
      "1.xml": answer("A", ""),
      "2.xml": answer("A", "").replacing("10.00", with: "12.00"),
    ])
    #expect(again.count == 1)
    #expect(again.isContradicted(0))
    #expect(again.files[1].faults.count == 1)
  }

  // MARK: - The end

  private static let open = "Type,Date,Num,Name,Due Date,Aging,Open Balance\n"
  private static let openRow = "Invoice,09/01/2026,1,A,,,4.00\n"
  private static let month = "Invoice List\n\"September 1-30, 2026\"\n"
  private static let group = "A,,,,\n,09/01/2026,Invoice,1,10.00\nTotal for A,,,,10.00\n"

  /// The ends of reports, with what is said of them; empty where they are whole.
  private static let endings: [(text: String, words: String)] = [
    ("\(open)\(openRow)", "neither the total"), ("\(open)\(openRow)TOTAL,,,,,,4.00\n", ""),
    ("\(open)\(openRow)TOTAL,,,,,,4.00", ""),
    ("\(open)\(openRow)TOTAL,,,,,,\n", "neither the total"),
    ("\(open)TOTAL,,,,,,0.00\n", ""), ("\(open)", ""),
    ("Open Invoices\n,Date,Num,Customer,Open Balance\n,09/01/2026,1,A,4.00\n", "neither the total"),
    ("\(month)\(list)\(row)", "neither the total"),
    ("\(month)\(list)\(row)TOTAL,,,,,10.00,10.00\n", ""),
    ("\(month)\(list)\(row)\"Wednesday, Sep 30, 2026 10:15:03 AM GMT-5\",,,,,,", ""),
    // A list that somebody made may end anyhow, but not in the middle of a row.
    ("\(list)\(row)", ""),
    ("\(list)\(row)09/02/2026,Invoice,2,A,10/02/2026,20.00,20.0", "in row 3"),
    ("\(list)\(row)09/02/2026,Invoice,2,A,10/02/2026,2", "in row 3"),
    ("\(list)\(row)\(row)09/02/2026,Invoice,2,A,10/02/2026,2\n", "has 6 cells"),
    ("\(list)\(row)Accrual Basis", ""),
    // Where groups end with totals, the last one does, too.
    ("\(grouped)\(group)", ""),
    ("\(grouped)\(group)B,,,,\n,09/02/2026,Invoice,2,5.00\n", "no total"),
    ("\(grouped)\(group)B,,,,\n", ""), ("\(grouped)\(group)B,,", "in row 5"),
    ("\(grouped)A,,,,\n,09/01/2026,Invoice,1,10.00\nTotal for A,,,,10.00", "in row 4"),
    ("\(grouped)P,,,,\n\(group)", "the rows of \"P\""),
    ("\(grouped)P,,,,\n\(group)Total for P,,,,10.00\n", ""),
    ("\(grouped)A,,,,\n,09/01/2026,Invoice,1,10.00\nB,,,,\n,09/02/2026,Invoice,2,5.00\n", ""),
  ]

  @Test(arguments: endings)
  func `a report that was cut off is told`(text: String, words: String) throws {
    let faults = try read(["a.csv": text]).files[0].faults
    #expect(faults.count == (words.isEmpty ? 0 : 1), "\(faults.map(\.message))")
    guard !words.isEmpty else { return }
    #expect(faults.first?.message.contains(words) == true, "\(faults.map(\.message))")
    #expect(faults.first?.remedy.contains("may be cut off") == true)
  }

  @Test(arguments: [
    ("September 2026", "09/30/2026", true), ("September 2026", "10/01/2026", false),
    ("September 2026", "08/31/2026", false), ("As of September 30, 2026", "01/01/2020", true),
    ("As of September 30, 2026", "10/01/2026", false), ("All Dates", "10/01/2026", true),
  ])
  func `rows of days that the titles leave out are told`(
    title: String, day: String, fits: Bool
  ) throws {
    let table = try read([
      "a.csv": "Transaction List by Date\n\"\(title)\"\n" + Self.list
        + "09/15/2026,Invoice,1,A,,10.00,\n\(day),Invoice,2,A,,10.00,\n"
    ])
    let faults = table.files[0].faults
    #expect(faults.isEmpty == fits, "\(faults.map(\.message))")
    guard !fits else { return }
    #expect(faults[0].message.contains("a document is of other days: the first is 2 of "))
    #expect(faults[0].location.line == 5)
  }

  // MARK: - Several files

  @Test(arguments: [
    "09/01/2026,Invoice,1,A,10/01/2026,12.00,10.00\n",
    "09/01/2026,Invoice,1,A,10/02/2026,10.00,10.00\n",
    "09/01/2026,Invoice,1,A,10/01/2026,10.00,9.99\n",
  ])
  func `two files that say different things of one document are a fault, in whatever order`(
    other: String
  ) throws {
    for rows in [(Self.row, other), (other, Self.row)] {
      let table = try read(["a.csv": Self.list + rows.0, "b.csv": Self.list + rows.1])
      #expect((0..<2).map(table.isToldBefore) == [false, true])
      #expect(table.isContradicted(0))
      #expect(table.files[1].faults.count == 1)
      #expect(table.files[1].faults[0].message.hasPrefix("two files say different things about 1"))
    }
    let same = try read(["a.csv": Self.list + Self.row, "b.csv": Self.list + Self.row])
    #expect((same.joined, same.faults) == (1, 0))
  }

  @Test func `documents without a number are joined by customer, day and amount`() throws {
    let one = "09/01/2026,Invoice,,A,10/01/2026,10.00,10.00\n"
    let open = "Type,Date,Num,Name,Due Date,Aging,Open Balance\n"
    let table = try read([
      "a.csv": Self.list + one + one,
      "b.csv": open + "Invoice,09/01/2026,,A,,,10.00\nInvoice,09/02/2026,,A,,,10.00\n",
    ])
    #expect((0..<4).map(table.isToldBefore) == [false, false, true, false])
  }

  @Test func `accents that a file for QuickBooks lacks do not make another customer`() throws {
    let iif =
      "!TRNS\tTRNSTYPE\tDATE\tNAME\tAMOUNT\tDOCNUM\n!SPL\tTRNSTYPE\tAMOUNT\n!ENDTRNS\n"
      + "TRNS\tINVOICE\t09/01/2026\tCafe Rio\t10.00\t1\nSPL\tINVOICE\t-10.00\nENDTRNS\n"
    let report = Self.list + "09/01/2026,Invoice,1,Café Río,,10.00,10.00\n"
    let table = try read(["a.iif": iif, "b.csv": report])
    #expect((0..<2).map(table.isToldBefore) == [false, true])
  }
}

extension BookTable {
  fileprivate var faults: Int { files.reduce(0) { $0 + $1.faults.count } }
}
