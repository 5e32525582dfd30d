import LoadOps
import TestSupport
import Testing
import Vocabulary

struct HeaderTests {
  /// Reads a header row with the columns that make it one of invoices, and one row of marks.
  private static func field(of header: String, in kind: RecordKind) throws -> Field? {
    let required: [String] =
      switch kind {
      case .invoices: ["invoice_number", "customer_name", "invoice_date", "category", "amount"]
      case .customers: ["customer_name"]
      case .incomeCategories: ["pay_item"]
      }
    let cell = header.contains(",") ? "\"\(header)\"" : header
    for absent in [nil] + required.map(Optional.some) {
      let headers = [cell] + required.filter { $0 != absent }
      let values = ["MARK"] + required.filter { $0 != absent }.map { _ in "x" }
      let text = headers.joined(separator: ",") + "\n" + values.joined(separator: ",") + "\n"
      let reading = try ExportFile(text).read()
      guard reading.failure == nil, let record = reading.records.first, record.kind == kind else {
        continue
      }
      if let field = Field.allCases.first(where: { record.value($0) == "MARK" }) { return field }
    }
    return nil
  }

  // The header table of our layout, "LOX 1".
  private static let invoiceAliases: [(Field, [String])] = [
    (
      .invoiceNumber,
      [
        "Invoice #", "Invoice number", "Invoice No", "Order Number", "Load Number", "Load #",
        "Load No",
        "Load No.", "LoadNo", "Doc Number", "DocNumber", "Num", "INVOICE NO.", "invoice_number",
      ]
    ),
    (
      .customerName,
      [
        "Customer", "Customer Name", "Bill To", "Bill-To", "Shipper", "Client", "Shipper Name",
        "Broker",
        "Broker/Shipper", "Debtor",
      ]
    ),
    (.invoiceDate, ["Invoiced On", "Invoice date", "Date", "Bill Date", "Txn Date", "Billed On"]),
    (.dueDate, ["Due date", "Due", "Pay By"]),
    (.completedOn, ["Completed On", "Load Completion Date", "Delivered"]),
    (.paidOn, ["Paid On", "Payment Date"]),
    (.terms, ["Invoice Terms", "Invoice Term", "Terms", "Payment Terms"]),
    (
      .referenceNumber,
      ["Reference Number", "Reference #", "Ref.#", "Customer Reference", "Ref #", "Broker Load #"]
    ),
    (.purchaseOrderNumber, ["PO Number", "PO #", "Purchase Order", "P.O. No."]),
    (.billOfLadingNumber, ["BOL", "BOL #", "Bill of Lading"]),
    (
      .invoiceTotal,
      [
        "Invoice Total", "Total", "Total Charge", "Revenue", "Total Revenue", "Load Rate",
        "Grand Total",
        "Total ($)", "TOTAL (USD)",
      ]
    ),
    (.dueAmount, ["Due Amount", "Balance", "Balance Due", "Open Balance"]),
    (
      .category,
      [
        "Pay Item", "Income Category", "Accessorial Item", "Accessorial", "Line Item",
        "Item (Product/Service)", "Product", "Charge Type", "Charge Code", "Charge Description",
        "Revenue Item",
      ]
    ),
    (.lineDescription, ["Item Description", "Description", "Line Description", "Memo"]),
    (.quantity, ["Item Quantity", "Quantity", "Qty", "Units", "Hours", "Miles"]),
    (.rate, ["Item Rate", "Rate", "Unit Price", "Price"]),
    (
      .amount,
      ["Item Amount", "Amount", "Line Amount", "Charge Amount", "Ext Amount", "Amount ($)"]
    ),
    (.serviceDate, ["Service Date"]), (.taxCode, ["Item tax code"]),
    (.terminal, ["Terminal", "Invoice Terminal", "Division", "Location", "Subsidiary"]),
    (.origin, ["Origin", "Pickup", "Ship From"]),
    (.destination, ["Destination", "Drop-off", "Drop", "Ship To"]),
    (.status, ["Status", "Load Status", "Payment stage"]),
    (.syncStatus, ["QB Status", "QuickBooks Status", "Exported to QuickBooks"]),
  ]

  private static let otherAliases: [(RecordKind, Field, [String])] = [
    (.customers, .customerName, ["Name", "Customer", "Customer Name", "NAME"]),
    (.customers, .motorCarrierNumber, ["MC #", "MC Number", "MC", "Docket #"]),
    (.customers, .invoiceTerms, ["Invoice Terms", "Net Terms"]),
    (.customers, .address, ["Address"]), (.customers, .phone, ["Phone"]),
    (.customers, .email, ["Email"]),
    (.incomeCategories, .payItem, ["Pay Item", "Income Category", "LoadOps Income Category"]),
    (.incomeCategories, .quickBooksItem, ["QuickBooks Item Category", "Product/Service"]),
  ]

  @Test(arguments: invoiceAliases)
  func `every alias of an invoice's field is that field`(field: Field, aliases: [String]) throws {
    for alias in aliases {
      #expect(try HeaderTests.field(of: alias, in: .invoices) == field, "\(alias)")
    }
  }

  @Test(arguments: otherAliases)
  func `every alias of a customer's or category's field is that field`(
    kind: RecordKind, field: Field, aliases: [String]
  ) throws {
    for alias in aliases {
      #expect(try HeaderTests.field(of: alias, in: kind) == field, "\(alias)")
    }
  }

  // Headers that the table names for another field, or that we carry nowhere, with the reason.
  private static let deliberately: [(String, Field?, String)] = [
    ("RefNumber", .referenceNumber, "cannot be told from LoadOps's own label Ref.#"),
    ("Pro #", .proNumber, "the carrier's number has a field of its own"),
    ("Pro Number", .proNumber, "the carrier's number has a field of its own"),
    ("Load ID", .loadID, "the invoice number only where nothing else is"),
    ("Load Id", .loadID, "the invoice number only where nothing else is"),
    ("Delivery Date", .deliveryDate, "it has a field of its own"),
    ("Factoring", nil, "not carried"), ("Factoring Fee", nil, "not carried"),
    ("Factoring Status", nil, "not carried"), ("Factor", nil, "not carried"),
    ("Fee", nil, "not carried"),
    ("Factor ref", nil, "not carried"), ("Loaded Miles", nil, "not carried"),
    ("Empty Miles", nil, "not carried"), ("Deadhead", nil, "not carried"),
  ]

  @Test(arguments: deliberately)
  func `some headers deliberately mean something else or nothing`(
    header: String, field: Field?, reason: String
  ) throws {
    #expect(try HeaderTests.field(of: header, in: .invoices) == field, "\(reason)")
  }

  @Test func `every field has its canonical name and a position`() {
    for (index, field) in Field.allCases.enumerated() {
      #expect(field.index == index)
      #expect(RecordKind.allCases.contains { field.belongs(to: $0) }, "\(field.name)")
    }
  }

  private static let normal: [(String, String)] = [
    ("Invoice #", "invoicenumber"), ("INVOICE  NO.", "invoicenumber"),
    ("Invoice Nbr", "invoicenumber"),
    ("Amount ($)", "amount"), ("Amount (USD) ($)", "amount"), ("()", ""), ("#", "number"),
    ("P.O. No.", "ponumber"),
    ("Item (Product/Service)", "itemproductservice"), ("Customer Name", "customername"), ("", ""),
    ("Ｉｎｖｏｉｃｅ №", "invoicenumber"), ("customerName", "customername"),
    ("invoice_number", "invoicenumber"),
    ("Miles (loaded", "milesloaded"), (")", ""), ("Notes", "notes"), ("Straße", "straße"),
  ]

  @Test(arguments: normal)
  func `headers are compared without case, blanks, marks and units`(header: String, name: String) {
    #expect(HeaderName.normalised(header) == name)
  }

  @Test func `two columns of an export of invoices are no list of customers`() throws {
    for header in ["invoice_number,customer_name", "Customer,Invoice #"] {
      let reading = try ExportFile("\(header)\nZ10,Newco\n").read()
      #expect(reading.failure?.cause == .inputUnreadable, "\(header)")
      #expect(reading.records.isEmpty)
    }
    let list = try ExportFile("customer_name,customer_id\nNewco,7\n").read()
    #expect(list.records.map(\.kind) == [.customers])
  }

  @Test func `headers of ASCII and others are compared in the same way`() {
    var random = SeededGenerator("headers of ASCII and others")
    let pieces = [
      "No", "nbr", "NUM", "p.o.", "Invoice", "(product)", "(", ")", "#", " ", "  ", ".", "-", "\t",
      "USD", "7", "_", "o", "n", "\r\n", "/",
    ]
    for _ in 0..<2000 {
      let header = (0..<Int.random(in: 0...7, using: &random)).map { _ in
        pieces.randomElement(using: &random) ?? ""
      }.joined()
      // A no-break blank is no ASCII, and means as little as any other blank.
      let other = HeaderName.normalised("\u{A0}" + header)
      #expect(HeaderName.normalised(header) == other, "\(header) with \(random)")
    }
  }

  @Test func `the load id is the invoice number where there is no other`() throws {
    let alone = try ExportFile("Load ID,Customer,Date,Item,Amount\nL1,Acme,2026-01-01,Haul,5\n")
      .read()
    #expect(alone.numbers == ["L1"])
    #expect(alone.records[0].value(.loadID).isEmpty)
    let both = try ExportFile(
      "Load ID,Invoice #,Customer,Date,Item,Amount\nL1,7,Acme,2026-01-01,Haul,5\n"
    )
    .read()
    #expect(both.numbers == ["7"])
    #expect(both.records[0].value(.loadID) == "L1")
  }

  @Test func `the canonical name wins over an alias, which must say the same in every row`() throws
  {
    for header in [
      "invoice_number,Load #,customer_name,date,item,amount,Line Amount",
      "Load #,invoice_number,customer_name,date,item,Line Amount,amount",
    ] {
      let reading = try ExportFile(header + "\n1,1,3,4,5,6,6\n2,2,3,4,5,7,7\n3,3,3,4,5,8,9\n")
        .read()
      #expect(reading.numbers == ["1", "2"])
      #expect(reading.records[1].value(.amount) == "7")
      #expect(reading.unknown.isEmpty)
      #expect(reading.failure?.message.contains("\"amount\" and \"Line Amount\"") == true)
      #expect(reading.failure?.remedy.contains("column,Line Amount,ignore,,") == true)
      #expect(reading.failure?.location?.line == 4)
    }
  }

  private static let collisions: [(String, [String])] = [
    ("Invoice #,Load #,Customer,Date,Item,Amount", ["Invoice #", "Load #", "invoice_number"]),
    ("Invoice #,Customer,Shipper,Date,Item,Amount", ["Customer", "Shipper", "customer_name"]),
    ("Invoice #,Customer,Date,Item,Amount,Amount", ["Amount", "amount"]),
    ("invoice_number,customer_name,invoice_date,category,amount,amount", ["amount"]),
    (
      "Title\n\nInvoice #,Customer,Date,Invoiced On,Item,Amount",
      ["Date", "Invoiced On", "invoice_date"]
    ),
  ]

  @Test(arguments: collisions)
  func `two columns for one field are refused with both names`(
    header: String, names: [String]
  ) throws {
    let reading = try ExportFile(header + "\n1,2,3,4,5,6\n").read()
    #expect(reading.failure?.cause == .inputUnreadable)
    for name in names { #expect(reading.failure?.message.contains(name) == true) }
    #expect(reading.records.isEmpty)
  }

  @Test func `the user's own names win, may leave a column alone, and may not contradict`() throws {
    let file = try ExportFile("Ref,Acct,When,What,Amount,Sum\n1,Acme,2026-01-01,Haul,5,6\n")
    let meanings: [String: ColumnMeaning] = [
      "ref": .field(.invoiceNumber), "acct": .field(.customerName), "when": .field(.invoiceDate),
      "what": .field(.category), "sum": .field(.amount),
    ]
    let reading = file.read(meanings: meanings)
    #expect(reading.failure == nil)
    #expect(reading.records[0].value(.amount) == "6")
    #expect(reading.unknown == ["Amount"])
    let ignoring = file.read(meanings: meanings.merging(["amount": .ignored]) { $1 })
    #expect(ignoring.unknown.isEmpty)
    let twice = file.read(meanings: meanings.merging(["amount": .field(.amount)]) { $1 })
    #expect(twice.failure?.message.contains("\"Amount\" and \"Sum\"") == true)
  }
}
