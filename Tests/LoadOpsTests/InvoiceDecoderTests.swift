import TestSupport
import Testing
import Vocabulary

@testable import LoadOps

struct InvoiceDecoderTests {
  private static let header =
    "invoice_number,customer_name,terms,invoice_date,due_date,invoice_total,category,quantity,rate,amount,taxable\n"

  private static func invoices(
    _ rows: String..., preferring order: DatePreference = .mdy, numbers: NumberConvention = .us
  ) throws -> [ReadInvoice] {
    try ExportFile(header + rows.joined(separator: "\n")).invoices(
      preferring: order, numbers: numbers)
  }

  @Test func `an invoice is read with its lines`() throws {
    let invoice = try #require(
      try InvoiceDecoderTests.invoices(
        "7,Acme,Net 30,2026-03-01,2026-03-31,\"$1,975.00\",Haul,412,0.58,238.96,yes",
        "7,Acme,Net 30,2026-03-01,2026-03-31,\"$1,975.00\",Fuel,,,(5.00),", ",,,,,,,,,,"
      ).first)
    #expect(invoice.texts.prefix(3) == ["7", "", "Acme"])
    #expect(invoice.dates == ["2026-03-01", "2026-03-31", ""])
    #expect(invoice.amounts == ["1975.00", ""])
    #expect(
      invoice.lines == [
        ["Haul", "", "412", "0.58", "238.96", "", "true"],
        ["Fuel", "", "", "", "-5.00", "", "false"],
      ])
    #expect(invoice.flaws.isEmpty)
    #expect(invoice.sum == "233.96")
  }

  @Test func `blanks in later or earlier rows agree with everything`() throws {
    let invoice = try #require(
      try InvoiceDecoderTests.invoices(
        "7,,,,,,Haul,,,5,", "7,Acme,Net 30,2026-03-01,,9.00,Fuel,,,2,", "7,,,,2026-03-31,,Toll,,,2,"
      ).first)
    #expect(invoice.flaws.isEmpty)
    #expect(invoice.texts[2] == "Acme")
    #expect(invoice.dates == ["2026-03-01", "2026-03-31", ""])
    #expect(invoice.lines.count == 3)
    #expect(invoice.sum == "9.00")
  }

  @Test func `rows that contradict each other are a flaw with both rows, the first stays`() throws {
    let invoice = try #require(
      try InvoiceDecoderTests.invoices(
        "7,,Net 30,2026-03-01,,9.00,Haul,,,5,", "7,Acme,Net 30,2026-03-02,,9.00,Fuel,,,2,",
        "7,Beta,net 30,2026-03-03,,9.0,Toll,,,2,", "7,Gamma,Net 30,,,,Toll,,,2,"
      ).first)
    #expect(
      Set(invoice.flaws) == [
        Invoice.Flaw(problem: .conflict(otherRow: 1), row: 2, field: .customerName),
        Invoice.Flaw(problem: .conflict(otherRow: 0), row: 2, field: .terms),
        Invoice.Flaw(problem: .conflict(otherRow: 0), row: 1, field: .invoiceDate),
        Invoice.Flaw(problem: .conflict(otherRow: 0), row: 2, field: .invoiceTotal),
      ])
    #expect(invoice.texts[2] == "Acme")
    #expect(invoice.dates[0] == "2026-03-01")
  }

  @Test func `flaws name the row and the field`() throws {
    let invoice = try #require(
      try InvoiceDecoderTests.invoices(
        "7,Acme,,2026-02-30,x,12.345,Haul,1E2,abc,5,",
        "7,Acme,,2026-02-30,x,12.345,Fuel,12345678901,1,1.005,",
        "7,Acme,,2026-02-30,x,12.345,Toll,-,N/A,,"
      ).first)
    #expect(
      Set(invoice.flaws) == [
        Invoice.Flaw(problem: .date, row: 0, field: .invoiceDate),
        Invoice.Flaw(problem: .date, row: 0, field: .dueDate),
        Invoice.Flaw(problem: .fractionOfCent, row: 0, field: .invoiceTotal),
        Invoice.Flaw(problem: .exponent, row: 0, field: .quantity),
        Invoice.Flaw(problem: .number(.notANumber), row: 0, field: .rate),
        Invoice.Flaw(problem: .number(.outOfRange), row: 1, field: .quantity),
        Invoice.Flaw(problem: .fractionOfCent, row: 1, field: .amount),
      ])
    #expect(invoice.lines.map { $0[4] } == ["5.00", "", ""])
  }

  @Test func `an invoice used again keeps nothing of the one before`() throws {
    let file = try ExportFile(
      InvoiceDecoderTests.header
        + "7,Acme,Net 30,2026-03-01,bad,9.00,Haul,1,5,5,yes\n8,,,,,,,,,,\n")
    let records = try file.records()
    var invoice = Invoice()
    let decoder = InvoiceDecoder(layout: records[0].layout, dates: DateColumns())
    for record in records { decoder.decode(record, into: &invoice) }
    var fresh = Invoice()
    decoder.decode(records[1], into: &fresh)
    #expect(ReadInvoice(invoice, records[1]) == ReadInvoice(fresh, records[1]))
    #expect(invoice.lines.isEmpty)
    #expect(invoice.lineSum == .zero)
  }

  @Test(arguments: [
    ("true", true), ("YES", true), ("y", true), ("1", true), ("x", true), ("Tax", true),
    ("taxable", true), ("false", false),
    ("no", false), ("0", false), ("", false), ("non", false), ("T", true), ("on", true),
  ])
  func `only a plain no says that a line is not taxed`(text: String, isTaxed: Bool) throws {
    let invoice = try #require(try InvoiceDecoderTests.invoices("7,A,,,,,Haul,,,5,\(text)").first)
    #expect(invoice.lines[0][6] == "\(isTaxed)")
  }

  // The dates of a column, what is preferred, and the dates read (or why not).
  private static let columns: [([String], DatePreference, [String])] = [
    (["2026-03-04", "2026-12-31"], .dmy, ["2026-03-04", "2026-12-31"]),
    (["3/31/2026", "4/5/2026"], .dmy, ["2026-03-31", "2026-04-05"]),
    (["31/3/2026", "4/5/2026"], .mdy, ["2026-03-31", "2026-05-04"]),
    (["4/5/2026", "6/7/26"], .mdy, ["2026-04-05", "2026-06-07"]),
    (["4/5/2026", "6/7/26"], .dmy, ["2026-05-04", "2026-07-06"]),
    (["2026-03-04", "4/5/2026"], .mdy, ["2026-03-04", "mixedDate"]),
    (["31/3/2026", "3/31/2026", "4/5/2026"], .mdy, ["mixedDate", "mixedDate", "mixedDate"]),
    (["4/5/2026", "99/99/2026"], .mdy, ["2026-04-05", "date"]), (["99/99/2026"], .mdy, ["date"]),
    (["3/31/2026", "2/30/2026"], .mdy, ["2026-03-31", "date"]), (["2026-02-30"], .mdy, ["date"]),
    (["4/5/2026", "2026-03-04T10:00:00Z"], .mdy, ["mixedDate", "2026-03-04"]),
    (["2026-03-04T05:59:59Z", "2026-03-04T06:00:00Z"], .mdy, ["2026-03-03", "2026-03-04"]),
    (["2026-07-04T04:59:59Z", "2026-07-04T05:00:00Z"], .mdy, ["2026-07-03", "2026-07-04"]),
    (["2026-03-04T23:30:00+14:00", "2026-03-04T23:30:00"], .mdy, ["2026-03-04", "2026-03-04"]),
    (
      ["2026-03-04T23:30:00-06:00", "2026-03-04 11:30 PM -0500"], .dmy,
      ["2026-03-04", "2026-03-04"]
    ),
    (["3/4/2026 3:00 AM Z", "3/31/2026 12:00 PM"], .mdy, ["2026-03-03", "2026-03-31"]),
    (["46112", "46113.75"], .mdy, ["2026-03-31", "2026-04-01"]),
    (["46112", "2026-03-31"], .mdy, ["mixedDate", "2026-03-31"]),
    (["46112", "3/31/2026"], .mdy, ["mixedDate", "mixedDate"]),
    (["19999", "80001"], .mdy, ["date", "date"]),
    (["1774936800", "1774933199"], .mdy, ["2026-03-31", "2026-03-30"]),
    (["1774936800000"], .mdy, ["2026-03-31"]),
    (["1774936800000", "1774936800"], .mdy, ["mixedDate", "mixedDate"]),
    (
      ["Mar 31, 2026", "1-Apr-26", "2026-04-02"], .dmy, ["2026-03-31", "2026-04-01", "2026-04-02"]
    ),
    (["Mar 31, 2026", "4/5/2026"], .dmy, ["2026-03-31", "mixedDate"]),
    (["31-Feb-26"], .mdy, ["date"]), (["#REF!", "4/5/2026"], .mdy, ["cellError", "2026-04-05"]),
    (["N/A", "-", "4/5/2026"], .mdy, ["", "", "2026-04-05"]),
    (
      ["2026-03-04", "4/5/2026", "46112", "13/5/2026"], .mixedMDY,
      ["2026-03-04", "2026-04-05", "2026-03-31", "mixedDate"]
    ),
    (["soon", ""], .mdy, ["date", ""]),
    (["4/5/2026 10:30 PM", "3/31/2026"], .dmy, ["2026-04-05", "2026-03-31"]),
    (["31/2/2026"], .mdy, ["date"]), (["4/5/1826"], .mdy, ["date"]),
  ]

  @Test(arguments: columns)
  func `which way round a date is meant is told by its column`(
    dates: [String], order: DatePreference, expected: [String]
  ) throws {
    // Another column, written in the canonical way, must not matter.
    let rows = dates.enumerated().map { "\($0),A,,\"\($1)\",2026-12-31,,Haul,,,5," }.joined(
      separator: "\n")
    let invoices = try InvoiceDecoderTests.invoices(rows, preferring: order)
    let read = invoices.map { invoice in
      invoice.flaws.first.map { "\($0.problem)" } ?? invoice.dates[0]
    }
    #expect(read == expected)
    #expect(Set(invoices.map { $0.dates[1] }) == ["2026-12-31"])
  }

  @Test func `what one column proves counts for a column that fits both ways`() throws {
    let dayFirst = try InvoiceDecoderTests.invoices("7,A,,5/9/2026,29/9/2026,,Haul,,,5,")
    #expect(dayFirst[0].dates[0] == "2026-09-05")
    let monthFirst = try InvoiceDecoderTests.invoices("7,A,,5/9/2026,9/29/2026,,Haul,,,5,")
    #expect(monthFirst[0].dates[0] == "2026-05-09")
    let contradiction = try InvoiceDecoderTests.invoices(
      "7,A,,5/9/2026,29/9/2026,,Haul,,,5,\n8,A,,5/9/2026,9/29/2026,,Haul,,,5,")
    #expect(contradiction[0].flaws.map { "\($0.problem)" }.first == "mixedDate")
  }

  @Test func `slashes beside canonical dates keep no order`() throws {
    var survey = DateSurvey()
    for record in try ExportFile(InvoiceDecoderTests.header + "7,A,,2026-03-04,,,Haul,,,5,")
      .records()
    {
      survey.look(at: record)
    }
    for record in try ExportFile(InvoiceDecoderTests.header + "7,A,,3/4/2026,,,Haul,,,5,").records()
    {
      survey.look(at: record)
    }
    let column = survey.columns(preferring: .mdy)[.invoiceDate]
    #expect(column.order == nil)
    #expect(column.reason == .mixed)
    #expect(column.examples.map(\.text) == ["2026-03-04", "3/4/2026"])
  }
}
