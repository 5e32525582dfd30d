import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import QuickBooks

struct QBXMLWriterTests {
  @Test func `lists come first, each before what refers to it, parents before children`() throws {
    let written = try QBXMLFixture.write(IIFFixture.freightLists, [IIFFixture.invoice])
    #expect(written.names == ["001-lists.xml", "002-documents.xml"])
    #expect(
      written.requests[0].map { "\($0.type) \($0.name)" } == [
        "StandardTermsAdd Net 30",
        "AccountAdd Accounts Receivable", "AccountAdd Freight Income",
        "AccountAdd Freight Income:Linehaul", "AccountAdd Freight Income:Fuel Surcharge",
        "AccountAdd Freight Income:Accessorials",
        "ItemServiceAdd Linehaul", "ItemServiceAdd Fuel Surcharge", "ItemServiceAdd Accessorial",
        "ItemServiceAdd Accessorial:Detention",
        "CustomerAdd Tamarack Milling Co", "CustomerAdd Tamarack Milling Co:Bismarck Plant",
      ])
    #expect(
      written.texts[0].hasPrefix(
        """
        <?xml version="1.0" encoding="utf-8"?>
        <?qbxml version="13.0"?>
        <QBXML>
        <QBXMLMsgsRq onError="continueOnError" newMessageSetID="LB
        """))
    #expect(
      written.texts[0].contains(
        """
        <CustomerAddRq requestID="customer-Tamarack Milling Co:Bismarck Plant">
        <CustomerAdd><Name>Bismarck Plant</Name><ParentRef><FullName>Tamarack Milling Co</FullName></ParentRef><CompanyName>Tamarack Milling Co</CompanyName><BillAddress><Addr1>Tamarack Milling Co</Addr1><Addr2>88 Yard St</Addr2><Addr3>Bismarck, ND 58501</Addr3></BillAddress><TermsRef><FullName>Net 30</FullName></TermsRef><AccountNumber>C-1003</AccountNumber></CustomerAdd></CustomerAddRq>
        """))
    #expect(
      written.texts[0].contains(
        """
        <ItemServiceAdd><Name>Detention</Name><ParentRef><FullName>Accessorial</FullName></ParentRef><SalesOrPurchase><Desc>Detention per hour</Desc><AccountRef><FullName>Freight Income:Accessorials</FullName></AccountRef></SalesOrPurchase></ItemServiceAdd>
        """))
  }

  @Test func `an invoice is written in the order of the schema, with every line's amount`() throws {
    let written = try QBXMLFixture.write(IIFFixture.freightLists, [IIFFixture.invoice])
    #expect(
      written.texts[1].contains(
        """
        <InvoiceAddRq requestID="inv-48213">
        <InvoiceAdd><CustomerRef><FullName>Tamarack Milling Co:Bismarck Plant</FullName></CustomerRef><ARAccountRef><FullName>Accounts Receivable</FullName></ARAccountRef><TxnDate>2025-03-14</TxnDate><RefNumber>48213</RefNumber><PONumber>PO-77120</PONumber><TermsRef><FullName>Net 30</FullName></TermsRef><DueDate>2025-04-13</DueDate><ShipDate>2025-03-12</ShipDate><Memo>Load 48213</Memo><IsToBePrinted>false</IsToBePrinted><IsToBeEmailed>false</IsToBeEmailed>
        <InvoiceLineAdd><ItemRef><FullName>Linehaul</FullName></ItemRef><Desc>Linehaul Minot, ND to Bismarck, ND</Desc><Amount>1850.00</Amount></InvoiceLineAdd>
        <InvoiceLineAdd><ItemRef><FullName>Fuel Surcharge</FullName></ItemRef><Desc>412 mi @ 0.58</Desc><Quantity>412</Quantity><Rate>0.58</Rate><Amount>238.96</Amount></InvoiceLineAdd>
        <InvoiceLineAdd><ItemRef><FullName>Accessorial:Detention</FullName></ItemRef><Desc>Detention 2.5 h</Desc><Quantity>2.5</Quantity><Rate>60.00</Rate><Amount>150.00</Amount></InvoiceLineAdd>
        </InvoiceAdd></InvoiceAddRq>

        """))
    #expect(written.output[1].amount == IIFFixture.money("2238.96"))
    #expect(written.output[1].documents == 1)
  }

  @Test func `a credit memo has positive amounts and counts against the invoices`() throws {
    let written = try QBXMLFixture.write(
      IIFFixture.freightLists, [IIFFixture.invoice, IIFFixture.creditMemo, IIFFixture.allowance])
    #expect(
      written.texts[1].contains(
        """
        <CreditMemoAddRq requestID="cm-48213C">
        <CreditMemoAdd><CustomerRef><FullName>Tamarack Milling Co:Bismarck Plant</FullName></CustomerRef><ARAccountRef><FullName>Accounts Receivable</FullName></ARAccountRef><TxnDate>2025-03-20</TxnDate><RefNumber>48213C</RefNumber><Memo>Adjust load 48213</Memo><IsToBePrinted>false</IsToBePrinted><IsToBeEmailed>false</IsToBeEmailed>
        <CreditMemoLineAdd><ItemRef><FullName>Accessorial:Detention</FullName></ItemRef><Desc>Detention overbilled 1 h</Desc><Quantity>1</Quantity><Rate>60.00</Rate><Amount>60.00</Amount></CreditMemoLineAdd>
        """))
    #expect(
      written.requests[1].map(\.total)
        == ["2238.96", "-72.40", "905.00"].map(IIFFixture.money))
    #expect(written.output[1].amount == IIFFixture.money("3071.56"))
  }

  @Test func `a class stands between rate and amount, a tax code behind it`() throws {
    var lists = IIFFixture.freightLists
    lists.classes = ["Terminal:Dallas"]
    var document = IIFFixture.invoice
    document.classIndex = 0
    let written = try QBXMLFixture.write(
      lists, [document], format: QBXMLFormat(salesTaxCode: "Non", newItems: .otherCharge))
    #expect(written.texts[0].contains("<ClassAdd><Name>Dallas</Name><ParentRef>"))
    #expect(
      written.texts[0].contains(
        """
        <ItemOtherChargeAdd><Name>Linehaul</Name><SalesTaxCodeRef><FullName>Non</FullName></SalesTaxCodeRef><SalesOrPurchase>
        """))
    #expect(
      written.texts[1].contains(
        """
        <Rate>0.58</Rate><ClassRef><FullName>Terminal:Dallas</FullName></ClassRef><Amount>238.96</Amount><SalesTaxCodeRef><FullName>Non</FullName></SalesTaxCodeRef></InvoiceLineAdd>
        """))
  }

  @Test func `a quantity that QuickBooks cannot keep stands in the description`() throws {
    let document = IIFFixture.document(
      .invoice, "7", customer: 1, "2025-03-14",
      [
        .init(item: 0, amount: "1.23", quantity: "1.000001", rate: "1.23", description: "a"),
        .init(item: 0, amount: "-30", quantity: "-2", rate: "15", description: "b"),
        .init(item: 0, amount: "40", quantity: nil, rate: nil, description: ""),
      ])
    let text = try QBXMLFixture.write(IIFFixture.freightLists, [document]).texts[1]
    #expect(text.contains("<Desc>a (1.000001 @ 1.23)</Desc><Amount>1.23</Amount>"))
    #expect(
      text.contains(
        "<Desc>b</Desc><Quantity>2</Quantity><Rate>-15.00</Rate><Amount>-30.00</Amount>"))
    #expect(text.contains("<ItemRef><FullName>Linehaul</FullName></ItemRef><Amount>40.00</Amount>"))
  }

  @Test func `a full file is followed by another with an id of its own`() throws {
    let documents = (1...7).map {
      IIFFixture.document(
        .invoice, "\($0)", customer: 1, "2025-03-14",
        [.init(item: 0, amount: "10", quantity: nil, rate: nil, description: "x")])
    }
    let format = QBXMLFormat(requestsPerFile: 5, onError: .stopOnError)
    let written = try QBXMLFixture.write(IIFFixture.freightLists, documents, format: format)
    #expect(
      written.names == [
        "001-lists.xml", "002-lists.xml", "003-lists.xml", "004-documents.xml",
        "005-documents.xml",
      ])
    #expect(written.requests.map(\.count) == [5, 5, 2, 5, 2])
    #expect(written.output.map(\.documents) == [0, 0, 0, 5, 2])
    let sets = written.output.compactMap(\.messageSet)
    #expect(Set(sets).count == 5)
    #expect(sets.allSatisfy { $0.utf8.count <= 24 })
    // A list entry that exists already fails; that must not keep the others from being made.
    #expect(written.texts[2].contains("onError=\"continueOnError\" newMessageSetID=\"\(sets[2])\""))
    #expect(written.texts[3].contains("onError=\"stopOnError\" newMessageSetID=\"\(sets[3])\""))
    let again = try QBXMLFixture.write(IIFFixture.freightLists, documents, format: format)
    #expect(again.texts == written.texts)
    let later = try QBXMLFixture.write(
      IIFFixture.freightLists, documents, format: format, run: "another")
    #expect(Set(later.output.compactMap(\.messageSet)).isDisjoint(with: sets))
  }

  @Test func `what the books have is not asked for again`() throws {
    var lists = IIFFixture.freightLists
    lists.existing.accounts = ["ACCOUNTS receivable", "Freight Income:Linehaul"]
    lists.existing.items = ["Linehaul"]
    lists.existing.terms = ["Net 30"]
    lists.existing.customers = ["Tamarack Milling Co"]
    let written = try QBXMLFixture.write(lists, [IIFFixture.invoice, IIFFixture.allowance])
    #expect(
      written.requests[0].map { "\($0.type) \($0.name)" } == [
        "AccountAdd Freight Income:Fuel Surcharge", "AccountAdd Freight Income:Accessorials",
        "ItemServiceAdd Fuel Surcharge", "ItemServiceAdd Accessorial",
        "ItemServiceAdd Accessorial:Detention", "CustomerAdd Tamarack Milling Co:Bismarck Plant",
      ])
    lists.existing.accounts.formUnion(lists.accounts.map(\.name))
    lists.existing.items.formUnion(lists.items.map(\.name))
    lists.existing.customers.formUnion(lists.customers.map(\.name))
    let only = try QBXMLFixture.write(lists, [IIFFixture.invoice])
    #expect(only.names == ["001-documents.xml"])
  }

  @Test func `a customer that is only named gives nothing away`() throws {
    var lists = CompanyLists()
    var customer = Customer(name: "Acme")
    customer.phone = "555"
    customer.addressLines = ["1 Main St"]
    customer.declaration = .nameOnly
    lists.customers = [customer]
    let text = try QBXMLFixture.write(lists, []).texts[0]
    #expect(text.contains("<CustomerAdd><Name>Acme</Name></CustomerAdd>"))
  }

  @Test func `names keep their letters and their ids are ASCII`() throws {
    var lists = IIFFixture.freightLists
    lists.customers = [
      Customer(name: "Transport Québec-Est \"Nord\" & Fils"),
      Customer(name: String(repeating: "Ö", count: 41) + ":" + String(repeating: "x", count: 41)),
      Customer(name: String(repeating: "Ö", count: 41) + ":" + String(repeating: "x", count: 40)),
    ]
    let written = try QBXMLFixture.write(lists, [])
    #expect(
      written.texts[0].contains(
        "<Name>Transport Qu&#233;bec-Est &quot;Nord&quot; &amp; Fils</Name>"))
    let requests = written.requests[0].filter { $0.type == "CustomerAdd" }
    #expect(requests.map(\.name).contains("Transport Québec-Est \"Nord\" & Fils"))
    #expect(requests.count == 4)
    #expect(requests.allSatisfy { $0.id.utf8.count <= 50 && $0.id.utf8.allSatisfy { $0 < 0x7F } })
    #expect(Set(written.requests[0].map(\.id)).count == written.requests[0].count)
  }

  @Test func `a document that is not in order ends the writing and leaves nothing`() throws {
    var wrong = IIFFixture.invoice
    wrong.total += Money(cents: 1)
    var negative = IIFFixture.document(
      .invoice, "1", "2025-01-01",
      [.init(item: 0, amount: "-1", quantity: nil, rate: nil, description: "x")])
    negative.kind = .invoice
    let long = IIFFixture.document(
      .invoice, "123456789012", "2025-01-01",
      [.init(item: 0, amount: "1", quantity: nil, rate: nil, description: "x")])
    let nowhere = IIFFixture.document(
      .invoice, "1", customer: 9, "2025-01-01",
      [.init(item: 0, amount: "1", quantity: nil, rate: nil, description: "x")])
    for document in [wrong, negative, long, nowhere] {
      let folder = try TemporaryFolder()
      let writer = try QBXMLWriter(
        lists: IIFFixture.freightLists, format: QBXMLFormat(), run: "r", folder: folder.path,
        expectedDocuments: 1)
      #expect { try writer.append(document) } throws: { ($0 as? Failure)?.cause == .ownBug }
      #expect(folder.entries.isEmpty)
    }
  }

  @Test func `two entries that QuickBooks takes for one are not both written`() throws {
    var lists = CompanyLists()
    lists.items = [
      Item(name: "Fuel", account: "A", description: ""),
      Item(name: "FUEL", account: "B", description: ""),
    ]
    #expect { try QBXMLFixture.write(lists, []) } throws: {
      ($0 as? Failure)?.message.contains("\"Fuel\" and \"FUEL\"") ?? false
    }
  }
}
