import Foundation
import TestSupport
import Testing

/// Exports that look whole and are not, or look broken and are whole: none goes out wrong without a word.
struct DoubtfulExportsTests {
  private static let header = "Invoice #,Customer,Invoiced On,Pay Item,Amount\n"
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try CommandRun.run(["init", "co"], in: folder.path)
  }

  private func plan(
    _ files: [String: String], set settings: [String] = [], command: String = "plan"
  ) throws -> CommandRun {
    for (name, text) in files { try folder.write(text, to: "in/\(name)") }
    return try run(command, ["in"], settings)
  }

  private func plan(_ sheets: [WorkbookFixture.Sheet], set settings: [String] = []) throws
    -> CommandRun
  {
    try plan(WorkbookFixture(sheets), set: settings)
  }

  private func plan(_ workbook: WorkbookFixture, set settings: [String] = []) throws -> CommandRun {
    try folder.write(workbook.bytes, to: "in/a.xlsx")
    return try run("plan", ["in"], settings)
  }

  private func run(
    _ command: String, _ arguments: [String], _ settings: [String]
  ) throws -> CommandRun {
    var run = try CommandRun.run(
      [command] + arguments + ["--company", "co"] + settings.flatMap { ["--set", $0] },
      in: folder.path)
    // Long messages are wrapped; what they say does not depend on where.
    run.output = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    run.messages = run.messages.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return run
  }

  private func map(_ lines: String) throws {
    try folder.write(try folder.text("co/mapping.csv") + lines, to: "co/mapping.csv")
  }

  /// Nobody knows of a QuickBooks that narrows blanks inside a name, so they are written as they stand.
  @Test(arguments: ["iif", "qbxml"])
  func `blanks side by side in a name are written as they stand`(target: String) throws {
    try map("item,Odd  Item,Odd  Service,Freight  Income,\n")
    let export =
      Self.header.replacing("Amount", with: "Amount,Terms")
      + "1,Acme  Brokerage,2026-11-01,Line Haul,10.00,Net  30\n"
      + "2,Zeta,2026-11-01,Odd  Item,20.00,\n"
    try folder.write(export, to: "in/a.csv")
    try folder.write("Customer\nAcme  Brokerage\nZeta\n", to: "in/customers.csv")
    let answer = try run(
      "convert", ["in", "--target", target, "--output", "out"], ["policies.unmatched_terms=create"])
    #expect(answer.code == 0, "\(answer.messages) \(answer.output)")
    #expect(answer.output.contains("delivered 2,"))
    let written = try folder.text("out/001-lists.\(target == "iif" ? "iif" : "xml")")
    #expect(written.contains("Acme  Brokerage"))
  }

  // MARK: - Rows

  @Test(arguments: [2, 40, 70, 400])
  func `the rows of an invoice pasted twice are held, however many there are`(count: Int) throws {
    let rows = (1...count).map { "1,Acme,2026-11-01,Line Haul,\($0).00\n" }.joined()
    let answer = try plan(["a.csv": Self.header + rows + rows])
    #expect(answer.code == 3)
    #expect(answer.output.contains("delivered 0,"))
    #expect(answer.output.contains("this row is the same in every cell as the one in line 2"))
  }

  @Test func `rows of a note that opens with a quotation mark are not swallowed in silence`() throws
  {
    let answer = try plan([
      "a.csv": """
      Invoice #,Customer,Notes,Invoiced On,Pay Item,Amount
      1001,Acme,"a,2026-11-01,Line Haul,100.00
      1002,Acme,x,2026-11-01,Line Haul,200.00
      1003,Acme,b",2026-11-01,Line Haul,300.00
      1004,Acme,"Dock 4, 1st floor
      Dallas, TX, 75201
      call 555, 2 times",2026-11-01,Line Haul,400.00

      """
    ])
    #expect(answer.code == 3)
    #expect(answer.output.contains("delivered 1, 400.00"))
    #expect(answer.output.contains("2 lines of it look like a row by itself, from line 3 on"))
  }

  @Test func `an invoice whose first row was swallowed does not go out without it`() throws {
    let answer = try plan([
      "a.csv": """
      Invoice #,Customer,Notes,Invoiced On,Pay Item,Amount
      100,Acme,"a,2026-11-01,Line Haul,100.00
      101,Acme,x,2026-11-01,Line Haul,200.00
      102,Acme,b",2026-11-01,Line Haul,300.00
      102,Acme,,2026-11-01,Detention,75.00
      103,Acme,,2026-11-01,Line Haul,40.00

      """
    ])
    #expect(answer.code == 3)
    #expect(answer.output.contains("delivered 1, 40.00"), "\(answer.output)")
    #expect(answer.output.contains("[invoice-may-be-incomplete]"))
  }

  @Test func `an income category that ends in total is no row of totals`() throws {
    try map("item,Accessorial Total,Accessorials,Freight Income,\n")
    let answer = try plan([
      "a.csv": """
      Pay Item,Amount,Invoice #,Customer,Invoiced On
      Line Haul,100.00,1,Acme,2026-11-01
      Accessorial Total,25.00,,,
      Line Haul,40.00,2,Acme,2026-11-01

      """
    ])
    #expect(answer.output.contains("delivered 2, 165.00"), "\(answer.output)")
  }

  @Test func `a row whose cells have slipped does not refuse a file for two columns that differ`()
    throws
  {
    let answer = try plan([
      "a.csv": """
      Invoice #,Customer,Customer Name,Invoiced On,Pay Item,Amount
      1,Acme,Acme,2026-11-01,Line Haul,10.00
      2,Acme, Inc,Acme, Inc,2026-11-01,Line Haul,20.00
      3,Acme,Acme,2026-11-01,Line Haul,30.00

      """
    ])
    #expect(answer.code == 3, "\(answer.messages)")
    #expect(answer.output.contains("delivered 2, 40.00"), "\(answer.output)")
  }

  @Test func `a row without end is one record, whatever is in it`() throws {
    let long = "2,Acme,2026-11-01,Line Haul," + String(repeating: "1,2,", count: 700_000)
    let answer = try plan([
      "a.csv": Self.header + "1,Acme,2026-11-01,Line Haul,5.00\n\(long)\n"
        + "3,Acme,2026-11-01,Line Haul,7.00\n"
    ])
    #expect(answer.output.contains("= delivered 2, 12.00"))
    #expect(answer.output.contains("this row goes on for more than 1024 KiB"))
  }

  @Test func `a last row without a line end is told where a number may be cut off`() throws {
    let row = "1001,Acme,2026-11-01,Line Haul,100.00\n"
    let answer = try plan(["a.csv": Self.header + row + "1002,Acme,2026-11-02,Line Haul,20"])
    #expect(answer.output.contains("has no line end; what stands at its end may not be all of it"))
    let whole = try plan(["a.csv": Self.header + row + "1002,Acme,2026-11-02,Line Haul,20\n"])
    #expect(!whole.output.contains("no line end"))
  }

  @Test(arguments: [
    "Acme Total,,,,300.00\n", "Generated by LoadOps on 11/28/2026\n", "\n2 records\n",
    "*** End of report ***,,,,\n", ",Acme Total,,,300.00\n", "Total,,,,300.00\n",
  ])
  func `sums and feet as programs write them are no invoices`(foot: String) throws {
    let answer = try plan([
      "a.csv": Self.header + "1001,Acme,2026-11-01,Line Haul,100.00\n"
        + "1002,Acme,2026-11-02,Line Haul,200.00\n" + foot
    ])
    #expect(answer.code == 0, "\(answer.output)")
    #expect(answer.output.contains("read 2 invoices, 300.00 = delivered 2, 300.00"))
  }

  @Test func `a row without a number has one reason`() throws {
    let answer = try plan([
      "a.csv": Self.header + "1,Acme,2026-11-01,Line Haul,5.00\n,,,,\"x y\"\n"
    ])
    #expect(answer.output.contains("this row has no invoice number"))
    #expect(!answer.output.contains("names no customer"))
    #expect(!answer.output.contains("no invoice date"))
  }

  // MARK: - Numbers of invoices

  @Test func `numbers that differ by zeros in front hold both, in one file or two`() throws {
    let row = ",Acme,2026-11-01,Line Haul,100.00\n"
    let answer = try plan([
      "a.csv": Self.header + "00123" + row + "0124" + row, "b.csv": Self.header + "123" + row,
    ])
    #expect(answer.output.contains("delivered 1, 100.00"))
    #expect(
      answer.output.contains("invoice number 00123 and another one of this export differ only"))
    #expect(answer.output.contains("also at in/b.csv:2"))
    #expect(answer.output.contains("also at in/a.csv:2"))
    let both = try plan(["b.csv": Self.header + "007" + row + "07" + row + "7x" + row])
    #expect(both.output.contains("invoice number 07 and another one"))
  }

  @Test(arguments: ["1e5", "1002.0", "-5", "true"])
  func `an identifier of JSON that is no text and no whole number is held`(number: String) throws {
    let answer = try plan([
      "a.json": """
      [{"invoice_number":\(number),"customer_name":"Acme","invoice_date":"2026-11-01",
        "lines":[{"category":"Line Haul","amount":"1.00"}]},
       {"invoice_number":7,"customer_name":"Acme","invoice_date":"2026-11-01",
        "lines":[{"category":"Line Haul","amount":"2.00"}]}]
      """
    ])
    #expect(answer.code == 3)
    #expect(answer.output.contains("delivered 1, 2.00"))
    #expect(answer.output.contains("invoice_number \(number) is a number, a date or a truth value"))
  }

  @Test func `a number with an idle fraction is no number of an invoice`() throws {
    let answer = try plan(["a.csv": Self.header + "1001.0,Acme,2026-11-01,Line Haul,5.00\n"])
    #expect(answer.output.contains("held 1, 5.00"))
  }

  // MARK: - Workbooks

  private static let titles: [WorkbookFixture.Value] = [
    "Invoice #", "Customer", "Invoiced On", "Pay Item", "Rate", "Quantity", "Amount",
  ]

  private static func row(
    _ number: WorkbookFixture.Value, _ amount: WorkbookFixture.Value,
    customer: WorkbookFixture.Value = "Acme", rate: WorkbookFixture.Value = .empty,
    quantity: WorkbookFixture.Value = .empty
  ) -> [WorkbookFixture.Value] {
    [number, customer, "2026-11-01", "Line Haul", rate, quantity, amount]
  }

  @Test func `numbers of a sheet have a point, whatever texts are written like`() throws {
    let answer = try plan(
      [
        .init(
          "S",
          [
            Self.titles,
            Self.row("1", .number("86.625"), rate: .number("1.875"), quantity: .number("46.2")),
            Self.row("2", .number("93.75"), rate: .number("1.875"), quantity: .number("50")),
            Self.row("3", "1.500,25"), Self.row("4", "1.500"),
            ["Total", .empty, .empty, .empty, .empty, .empty, .number("3094")],
          ])
      ], set: ["formats.numbers=eu"])
    #expect(answer.output.contains("amount \"86.625\" has fractions of a cent"))
    #expect(answer.output.contains("delivered 3, 3,094.00"))
    #expect(!answer.output.contains("86,625"))
    #expect(!answer.output.contains("rate-mismatch"))
    #expect(!answer.output.contains("[totals-row-differs]"))
  }

  @Test func `what a cell is by its type and format is not forgotten`() throws {
    var book = WorkbookFixture([
      .init(
        "S",
        [
          Self.titles, Self.row(.boolean(true), .number("1")),
          Self.row(.number("46328", style: 1), .number("2")), Self.row("3", .number("3", style: 2)),
          Self.row("4", .number("4", style: 3)), Self.row("5", .number("0.5", style: 4)),
          Self.row("6", .raw("<c r=\"{r}\"><f>E2*2</f><v></v></c>")),
          Self.row("7", .number("7"), customer: .formula("A1", result: nil)),
          Self.row("8", .number("8", style: 5)), Self.row("2026-11-09", .number("9")),
          Self.row("true", .number("10")),
        ])
    ])
    book.formats = [
      "yyyy\\-mm\\-dd", "[$€-407]#,##0.00", "\"€\"#,##0.00", "0%", "[$$-409]#,##0.00",
    ]
    let answer = try plan(book)
    #expect(answer.output.contains("delivered 2, 17.00"), "\(answer.output)")
    #expect(
      answer.output.contains("invoice_number 2026-11-02 is a number, a date or a truth value"))
    #expect(answer.output.contains("amount \"€3\" is in another currency than the company's"))
    #expect(answer.output.contains("amount \"€4\" is in another currency than the company's"))
    #expect(answer.output.contains("amount \"50%\" is not a number"))
    #expect(answer.output.contains("cell G7 holds the formula =E2*2, which was never calculated"))
    #expect(answer.output.contains("cell B8 holds the formula =A1, which was never calculated"))
  }

  @Test func `invoices on a sheet that is not read are not said to be missing`() throws {
    let answer = try plan([
      .init("Customers", [["customer_name"], ["Acme"]]),
      .init("Invoices", [Self.titles, Self.row("1", .number("5"))]),
    ])
    #expect(answer.code == 65)
    #expect(
      answer.messages.contains("sheet \"Invoices\" of in/a.xlsx looks like a list of invoices"))
  }

  // MARK: - Ways of writing numbers

  @Test func `one decimal comma makes the points of its column doubtful`() throws {
    let rows = """
      Load ID;Customer;Invoiced On;Pay Item;Quantity;Amount
      1;Acme;2026-11-01;Line Haul;1.125;1.500
      2;Acme;2026-11-01;Line Haul;1;12.000
      3;Acme;2026-11-01;Line Haul;1;250,00
      4;Acme;2026-11-01;Line Haul;1.125;7.50

      """
    let answer = try plan(["a.csv": rows])
    #expect(answer.output.contains("delivered 1, 7.50"))
    #expect(answer.output.contains("amount \"1.500\" may mean a thousand times more or less"))
    #expect(answer.output.contains("set formats.numbers to eu if 1.234,50 is meant"))
    let clean = try plan(["a.csv": rows.replacing("250,00", with: "250.00")])
    #expect(clean.output.contains("delivered 4, 271.00"))
  }

  @Test func `remedies fit the setting`() throws {
    let answer = try plan(
      [
        "a.csv": Self.header.replacing(",", with: ";") + "1;Acme;2026-11-01;Line Haul;1,234.50\n"
          + "2;Acme;2026-11-01;Line Haul;abc\n"
      ], set: ["formats.numbers=eu"])
    #expect(answer.output.contains("or set formats.numbers to us"))
    #expect(
      answer.output.contains("write it in plain digits with a decimal comma, such as 1234,50"))
    #expect(!answer.output.contains("formats.numbers to eu"))
  }

  @Test func `texts of JSON have a point unless they show a comma`() throws {
    let objects = [("1", "1234.50"), ("2", "1.500"), ("3", "1.234,50"), ("4", "12.5")].map {
      """
      {"invoice_number":"\($0.0)","customer_name":"Acme","invoice_date":"2026-11-01",
       "lines":[{"category":"Line Haul","amount":"\($0.1)"}]}
      """
    }
    let answer = try plan(
      ["a.json": "[\(objects.joined(separator: ","))]"], set: ["formats.numbers=eu"])
    #expect(answer.output.contains("delivered 3, 2,481.50"))
    #expect(answer.output.contains("amount \"1.500\" may mean"))
  }

  // MARK: - Columns

  @Test func `two columns for one field are taken where they agree and refused where not`() throws {
    let rows =
      "Invoice #,Customer,Customer Name,Invoiced On,Pay Item,Amount,Amount\n"
      + "1,Acme,Acme,2026-11-01,Line Haul,1.00,1.00\n"
    #expect(try plan(["a.csv": rows]).output.contains("delivered 1, 1.00"))
    let amounts = try plan(["a.csv": rows.replacing("1.00,1.00", with: "1.00,2.00")])
    #expect(amounts.code == 65)
    #expect(
      amounts.messages.contains("delete the column that is not meant, or give it another header"))
    #expect(amounts.messages.contains("a.csv:2"))
    let parties = try plan([
      "a.csv": "Load ID,Shipper,Customer,Invoiced On,Pay Item,Amount\n"
        + "1,ShipCo,Acme,2026-11-01,Line Haul,1.00\n"
    ])
    #expect(parties.messages.contains("probably this one: column,Shipper,ignore,,"))
    try map("column,Shipper,ignore,,\n")
    let mended = try run("plan", ["in"], [])
    #expect(mended.code == 0)
    #expect(mended.output.contains("Acme"))
    let canonical = try plan([
      "a.csv": "invoice_number,customer_name,Bill To,invoice_date,category,amount\n"
        + "1,Acme,Bobs,2026-11-01,Line Haul,2.00\n"
    ])
    #expect(canonical.messages.contains("column,Bill To,ignore,,"))
  }

  @Test func `a column of amounts beside lines is not left out`() throws {
    let rows =
      "Load ID,Customer,Invoiced On,Pay Item,Amount,FSC\n1,Acme,2026-11-01,Line Haul,2.00,3.00\n"
    try map("column,FSC,amounts of Fuel Surcharge,,\n")
    let mapped = try plan(["a.csv": rows])
    #expect(mapped.code == 65)
    #expect(
      mapped.messages.contains("its column \"FSC\" cannot hold amounts of Fuel Surcharge besides"))
    let named = try plan(["a.csv": rows.replacing("FSC", with: "Detention")])
    #expect(named.messages.contains("column,Detention,ignore,,"))
    let totals =
      "Load ID,Customer,Invoiced On,Invoice Total,Detention\n1,Acme,2026-11-01,5.00,3.00\n"
    let lumped = try plan(["a.csv": totals], set: ["layouts.header_only=Line Haul"])
    #expect(lumped.code == 65)
    #expect(
      lumped.messages.contains("or set layouts.wide to accept, if Detention are columns of amounts")
    )
  }

  @Test func `what stands in a column without a header is not left out in silence`() throws {
    let wide = try plan(
      [
        "a.csv": "Load ID,Customer,Invoiced On,Line Haul,\n1,Acme,2026-11-01,5.00,500.00\n"
          + "2,Acme,2026-11-01,6.00,\n"
      ], set: ["layouts.wide=accept"])
    #expect(wide.output.contains("delivered 1, 6.00"))
    #expect(wide.output.contains("column 5 of this row has no header but holds something"))
    let flat = try plan([
      "a.csv": Self.header.replacing("\n", with: ",\n")
        + "1,Acme,2026-11-01,Line Haul,5.00,stray\n"
    ])
    #expect(
      flat.output.contains("has 1 cell in columns without a header, the first one in column 6"))
  }

  @Test func `a wide file is refused for what it lacks`() throws {
    let answer = try plan(
      [
        "a.csv": "Load ID,Customer,Invoiced On,Line Haul,FSC,Detention\n"
          + "1001,Acme,2026-11-01,100.00,10.00,5.00\n"
      ], set: ["layouts.wide=accept"])
    #expect(
      answer.messages.contains("but no total, so nobody would notice if FSC holds amounts as well"))
    #expect(answer.messages.contains("column,FSC,amounts of INCOME CATEGORY,,"))
  }

  @Test(arguments: [
    ("", "in/a.csv is empty"),
    (
      "sep=,\nInvoice #;Customer;Invoiced On;Pay Item;Amount\n1;A;2026-11-01;Line Haul;5\n",
      "its first line says that cells are separated by \",\""
    ),
  ])
  func `a file that is refused is called what it is`(text: String, words: String) throws {
    let answer = try plan(["a.csv": text])
    #expect(answer.code == 65)
    #expect(answer.messages.contains(words), "\(answer.messages)")
  }

  // MARK: - Layouts

  private static let totals =
    "Load ID,Customer,Invoiced On,Invoice Total\n"
    + "1001,Acme,2026-11-01,110.00\n1002,Acme,2026-11-02,200.00\n"
  private static let income = "Payment Date,Invoice #,Customer,Amount\n"

  @Test func `LoadOps's lists of income are joined, and their totals compared`() throws {
    let lineHaul = Self.income + "2026-11-20,1001,Acme,100.00\n2026-11-20,1002,Acme,200.00\n"
    let detention = "Category: Detention\n" + Self.income + "2026-11-20,1001,Acme,10.00\n"
    let answer = try plan([
      "i.csv": Self.totals, "Line Haul.csv": lineHaul + "Total,,,300.00\n",
      "x.csv": detention + "Total,,,999.00\n",
    ])
    #expect(answer.output.contains("delivered 2, 310.00"), "\(answer.output)\(answer.messages)")
    #expect(answer.output.contains("\"Total\" says 999.00, but the rows above it add up to 10.00"))
    #expect(!answer.output.contains("\"Total\" says 300.00"))
    let broken = try plan(["x.csv": detention.replacing("10.00", with: "abc")])
    #expect(
      broken.output.contains(
        "the amount of Detention for invoice 1001 at in/x.csv:3 \"abc\" cannot be read"))
    let short = try plan(["x.csv": detention.replacing("10.00", with: "9.00")])
    #expect(short.output.contains("100.00 of Line Haul stands at in/Line Haul.csv:2"))
  }

  @Test func `invoices without lines that stand twice are compared as they stand`() throws {
    let answer = try plan(
      ["i.csv": Self.totals + "1003,Acme,2026-11-01,100.00\n1003,Acme,2026-11-01,90.00\n"],
      set: ["layouts.header_only=Line Haul"])
    #expect(answer.output.contains("held 1, 190.00"), "\(answer.output)")
    #expect(!answer.output.contains("has no amount"))
  }

  @Test func `invoices of JSON without lines go where the settings say`() throws {
    let object = """
      {"invoice_number":"1001","customer_name":"Acme","invoice_date":"2026-11-01",LINES"invoice_total":"7"}
      """
    let lumped = try plan(
      ["a.json": object.replacing("LINES", with: "")], set: ["layouts.header_only=Line Haul"])
    #expect(lumped.output.contains("delivered 1, 7.00"))
    #expect(lumped.output.contains("all of invoice 1001 goes to \"Line Haul\""))
    let without = try plan(["a.json": object.replacing("LINES", with: "")])
    #expect(without.output.contains("or set layouts.header_only"))
    let empty = try plan(
      ["a.json": object.replacing("LINES", with: "\"lines\":[],")],
      set: ["layouts.header_only=Line Haul"])
    #expect(empty.output.contains("invoice 1001 has no lines"))
  }

  @Test func `objects of JSON without arrays of lines are rows of a table`() throws {
    func object(_ item: String, _ amount: String) -> String {
      """
      {"Invoice #": "1", "Bill To": "Acme", "Invoiced On": "2026-11-13", "Pay Item": "\(item)", "Amount": "\(amount)"}
      """
    }
    let two = try plan([
      "a.ndjson": object("Line Haul", "1000.00") + "\n" + object("Detention", "50.00")
    ])
    #expect(two.code == 0, "\(two.output)")
    #expect(two.output.contains("read 1 invoice, 1,050.00 = delivered 1, 1,050.00"))
    let equal = try plan([
      "a.ndjson": object("Detention", "50.00") + "\n" + object("Detention", "50.00")
    ])
    #expect(equal.code == 3)
    #expect(equal.output.contains("this row is the same in every cell as the one in line 1"))
  }

  @Test func `inspect shows what plan would refuse`() throws {
    try folder.write(Self.totals, to: "i.csv")
    try folder.write(Self.income + "2026-11-20,1001,Acme,100.00\n", to: "x.csv")
    try folder.write(
      "Load ID,Customer,Invoiced On,Line Haul\n1,Acme,2026-11-01,5.00\n", to: "w.csv")
    let totals = try run("inspect", ["i.csv"], [])
    #expect(totals.code == 0)
    #expect(totals.output.contains("310.00"))
    #expect(totals.output.contains("or set layouts.header_only"))
    let income = try run("inspect", ["x.csv"], [])
    #expect(income.code == 0)
    #expect(income.output.contains("100.00"))
    #expect(income.output.contains("read only together with the list of the invoices"))
    let wide = try run("inspect", ["w.csv"], [])
    #expect(
      wide.output.contains("set layouts.wide to accept if these columns are all that is billed"))
    #expect(wide.output.contains("5.00"))
  }
}
