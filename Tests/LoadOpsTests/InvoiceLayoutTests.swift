import LoadOps
import TestSupport
import Testing
import Vocabulary

struct InvoiceLayoutTests {
  private static func options(
    wide: Bool = false, headerOnly: Bool = false, _ categories: String...
  ) -> LayoutOptions {
    var options = LayoutOptions()
    options.acceptsWide = wide
    options.acceptsHeaderOnly = headerOnly
    for category in categories { options.categories[HeaderName.normalised(category)] = category }
    return options
  }

  /// Number, categories and amounts of each record, or why the file is refused.
  private static func read(
    _ text: String, _ options: LayoutOptions, meanings: [String: ColumnMeaning] = [:]
  ) throws -> (layout: InvoiceLayout?, records: [String]) {
    let file = try ExportFile(text)
    do throws(Failure) {
      let reader = try ExportReader(path: file.path, file: 0, meanings: meanings, layouts: options)
      var record = reader.makeRecord()
      var again = reader.makeRecord()
      var records: [String] = []
      while try reader.next([.invoices], into: &record) != nil {
        let words = { (record: Record) in
          record.string(.invoiceNumber) + ":"
            + record.rows.indices.map { row in
              record.string(record.cell(row, .category)) + "="
                + record.string(record.cell(row, .amount))
            }.joined(separator: "+")
        }
        try reader.read(record.place, into: &again)
        #expect(words(again) == words(record))
        records.append(words(record))
      }
      return (reader.layout, records)
    } catch {
      return (nil, [error.message.replacing(file.path, with: "FILE"), error.remedy])
    }
  }

  private static let wide = "Load #,Customer,Date,Line Haul,FSC,Detention,Total\n"

  @Test func `a column of amounts for each category is a line each`() throws {
    let text =
      InvoiceLayoutTests.wide + "1,A,d,\"1,250.00\",75.00,,1325.00\n2,A,d,980.00,0.00,$-,980.00\n"
      + "3,A,d,,,,5.00\n4,A,d,-10,#REF!,\"it said \"\"5\"\"\",1\n"
    let (layout, records) = try InvoiceLayoutTests.read(
      text, InvoiceLayoutTests.options(wide: true, "Line Haul", "Detention"),
      meanings: ["fsc": .amounts(of: "Fuel Surcharge")])
    #expect(layout == .wide)
    #expect(
      records == [
        "1:Line Haul=1,250.00+Fuel Surcharge=75.00", "2:Line Haul=980.00+Detention=$-", "3:=",
        "4:Line Haul=-10+Fuel Surcharge=#REF!+Detention=it said \"5\"",
      ])
  }

  @Test func `a wide file is refused unless the settings accept it, and says how`() throws {
    let refused = try InvoiceLayoutTests.read(
      InvoiceLayoutTests.wide + "1,A,d,1,,,1\n", InvoiceLayoutTests.options("Line Haul"))
    #expect(refused.records[0].contains("lists invoices without their lines"))
    #expect(refused.records[1].contains("set layouts.wide to accept, if Line Haul"))
  }

  @Test func `without a total, a wide file must have no column that is not understood`() throws {
    let options = InvoiceLayoutTests.options(wide: true, "Line Haul")
    let odd = try InvoiceLayoutTests.read(
      "Load #,Customer,Date,Line Haul,Lumper\n1,A,d,5,6\n", options)
    #expect(odd.layout == nil)
    let named = try InvoiceLayoutTests.read(
      "Load #,Customer,Date,Line Haul,Lumper\n1,A,d,5,6\n", options, meanings: ["lumper": .ignored])
    #expect(named.records == ["1:Line Haul=5"])
  }

  @Test func `a file with categories and amounts is flat, and has no other column of amounts`()
    throws
  {
    let text = "Load #,Customer,Date,Pay Item,Amount,Detention\n1,A,d,Line Haul,5,6\n"
    let options = InvoiceLayoutTests.options(wide: true, headerOnly: true, "Detention")
    let refused = try InvoiceLayoutTests.read(text, options)
    #expect(refused.layout == nil)
    #expect(refused.records[0].contains("cannot hold amounts of Detention besides"))
    let (layout, records) = try InvoiceLayoutTests.read(
      text, options, meanings: ["detention": .ignored])
    #expect(layout == .flat)
    #expect(records == ["1:Line Haul=5"])
  }

  @Test func `a file with totals only is taken where the settings say so`() throws {
    let text = "Load #,Customer,Date,Invoice Total\n1,A,d,5\n"
    let (layout, records) = try InvoiceLayoutTests.read(
      text, InvoiceLayoutTests.options(headerOnly: true))
    #expect(layout == .headerOnly)
    #expect(records == ["1:="])
    let refused = try InvoiceLayoutTests.read(text, .flatOnly)
    #expect(refused.records[1].contains("set layouts.header_only"))
  }

  @Test func `a lump has the total of its invoice and the category of the settings`() throws {
    let file = try ExportFile(
      "Load #,Customer,Date,Invoice Total\n1,A,2026-11-02,\"$1,250.00\"\n2,A,2026-11-02,x\n")
    let reader = try ExportReader(
      path: file.path, file: 0, layouts: InvoiceLayoutTests.options(headerOnly: true))
    var record = reader.makeRecord()
    var invoice = Invoice()
    let decoder = InvoiceDecoder(layout: record.layout, dates: DateColumns())
    var lines: [String] = []
    while try reader.next([.invoices], into: &record) != nil {
      decoder.decode(record, into: &invoice)
      decoder.lump(&record, "Line Haul", into: &invoice)
      lines += invoice.lines.map {
        "\(record.string($0.category)) \($0.amount?.description ?? "none")"
      }
    }
    #expect(lines == ["Line Haul 1250.00", "Line Haul none"])
  }

  @Test func `a rate alone is the amount, and told`() throws {
    let file = try ExportFile("Load #,Customer,Date,Pay Item,Rate\n1,A,d,Haul,5\n")
    let reader = try file.reader()
    var record = reader.makeRecord()
    _ = try reader.next([.invoices], into: &record)
    #expect(record.string(.amount) == "5")
    #expect(record.string(.rate).isEmpty)
    #expect(reader.notes.readsRateAsAmount)
    #expect(
      try ExportFile("Load #,Customer,Date,Pay Item,Rate,Qty\n1,A,d,Haul,5,2\n").read().failure
        != nil)
  }

  @Test func `rows of totals are noted with what they say`() throws {
    let file = try ExportFile(
      "number,Customer,Date,Item,Amount,Total\n".replacing("number", with: "Invoice #")
        + "1,A,d,x,5,5\n,Subtotal: A,,,5.00,\nTOTAL,,,,,\"5.00\"\nPage 3,,,,,\n")
    let reader = try file.reader()
    var record = reader.makeRecord()
    while try reader.next([.invoices], into: &record) != nil {}
    let rows = reader.notes.totalsRows
    #expect(rows.map(\.label) == ["Subtotal: A", "TOTAL", "Page 3"])
    #expect(rows.map(\.amount) == ["5.00", "", ""])
    #expect(rows.map(\.total) == ["", "5.00", ""])
    #expect(rows.map(\.line) == [3, 4, 5])
    #expect(rows.map(\.hasSum) == [true, true, false])
  }

  @Test func `what is taken off the ends of cells is counted, with the first place`() throws {
    let file = try ExportFile(invoiceHeader + "1,Acme\u{A0},d,x,5\n2, B ,d,\"x\t\",5\n")
    let reader = try file.reader()
    var record = reader.makeRecord()
    while try reader.next([.invoices], into: &record) != nil {}
    #expect(reader.notes.trimmedCells == 3)
    let first = try #require(reader.notes.firstTrimmed)
    let (location, _) = reader.excerpt(line: first.line, offset: first.offset, length: first.length)
    #expect(location == SourceLocation(file: file.path, line: 2, column: 3))
  }
}
