import QuickBooks
import TestSupport
import Testing
import Vocabulary

struct QBXMLSnapshotReaderTests {
  private static let lists = QBXMLFixture.answer(
    """
    <HostQueryRs requestID="host" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><HostRet><ProductName>QuickBooks Pro 2024</ProductName><MajorVersion>34</MajorVersion><MinorVersion>0</MinorVersion><Country>US</Country></HostRet></HostQueryRs>
    <AccountQueryRs requestID="accounts" statusCode="0" statusSeverity="Info" statusMessage="Status OK" retCount="3"><AccountRet><ListID>1</ListID><Name>Accounts Receivable</Name><FullName>Accounts Receivable</FullName><IsActive>true</IsActive><AccountType>AccountsReceivable</AccountType><AccountNumber>1200</AccountNumber></AccountRet><AccountRet><ListID>2</ListID><Name>Fuel</Name><FullName>Freight Income:Fuel</FullName><IsActive>false</IsActive><ParentRef><ListID>9</ListID><FullName>Freight Income</FullName></ParentRef><AccountType>Income</AccountType></AccountRet><AccountRet><ListID>3</ListID><FullName>Checking</FullName><AccountType>Bank</AccountType></AccountRet></AccountQueryRs>
    <TermsQueryRs requestID="terms" statusCode="0" statusSeverity="Info" statusMessage=""><StandardTermsRet><ListID>4</ListID><Name>Net 30</Name><IsActive>true</IsActive><StdDueDays>30</StdDueDays></StandardTermsRet><StandardTermsRet><ListID>5</ListID><Name>Due on Receipt</Name></StandardTermsRet><DateDrivenTermsRet><ListID>6</ListID><Name>15th</Name><DayOfMonthDue>15</DayOfMonthDue></DateDrivenTermsRet></TermsQueryRs>
    <ClassQueryRs requestID="classes" statusCode="3250" statusSeverity="Error" statusMessage="This feature is not enabled or not available in this version of QuickBooks." />
    <ItemQueryRs requestID="items" statusCode="0" statusSeverity="Info" statusMessage="" iteratorRemainingCount="7" iteratorID="{abc}"><ItemServiceRet><ListID>10</ListID><Name>Detention</Name><FullName>Accessorial:Detention</FullName><IsActive>true</IsActive><SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef><SalesOrPurchase><Desc>Detention</Desc><AccountRef><FullName>Freight Income</FullName></AccountRef></SalesOrPurchase></ItemServiceRet><ItemOtherChargeRet><ListID>11</ListID><FullName>Fuel</FullName><SalesAndPurchase><IncomeAccountRef><FullName>Freight Income:Fuel</FullName></IncomeAccountRef><ExpenseAccountRef><FullName>Cost</FullName></ExpenseAccountRef></SalesAndPurchase></ItemOtherChargeRet><ItemGroupRet><ListID>12</ListID><Name>Bundle</Name><ItemGroupLine><ItemRef><FullName>Fuel</FullName></ItemRef></ItemGroupLine></ItemGroupRet></ItemQueryRs>
    <CustomerQueryRs requestID="customers" statusCode="0" statusSeverity="Info" statusMessage=""><CustomerRet><ListID>20</ListID><Name>Pine &amp; Fir</Name><FullName>Pine &amp; Fir</FullName><IsActive>true</IsActive><CompanyName>Pine &amp; Fir LLC</CompanyName><BillAddress><Addr1>Pine &amp; Fir LLC</Addr1><Addr2>PO Box 118</Addr2><City>Toledo</City><State>OH</State><PostalCode>43604</PostalCode></BillAddress><Email>ap@pinefir.example</Email><TermsRef><FullName>Net 30</FullName></TermsRef><AccountNumber>C-7</AccountNumber></CustomerRet><CustomerRet><ListID>21</ListID><Name>Job</Name><FullName>Pine &amp; Fir:Job</FullName><IsActive>false</IsActive><BillAddressBlock><Addr1>Yard</Addr1></BillAddressBlock></CustomerRet></CustomerQueryRs>
    <EntityQueryRs requestID="names" statusCode="0" statusSeverity="Info" statusMessage=""><CustomerRet><ListID>20</ListID><FullName>Pine &amp; Fir</FullName></CustomerRet><VendorRet><ListID>30</ListID><Name>Truck Stop</Name><IsActive>true</IsActive></VendorRet><EmployeeRet><ListID>31</ListID><Name>Dana Reed</Name></EmployeeRet><OtherNameRet><ListID>32</ListID><Name>Owner</Name><IsActive>false</IsActive></OtherNameRet></EntityQueryRs>
    <InvoiceQueryRs requestID="invoices" statusCode="0" statusSeverity="Info" statusMessage=""><InvoiceRet><TxnID>1A</TxnID><EditSequence>7</EditSequence><CustomerRef><FullName>Pine &amp; Fir</FullName></CustomerRef><TxnDate>2026-03-04</TxnDate><RefNumber>10234</RefNumber><Subtotal>100.00</Subtotal><SalesTaxTotal>8.25</SalesTaxTotal></InvoiceRet></InvoiceQueryRs>
    <CreditMemoQueryRs requestID="credit-memos" statusCode="1" statusSeverity="Info" statusMessage="A query request did not find a matching object in QuickBooks" />
    """)

  private func read(_ texts: String...) throws -> QBXMLSnapshotReader.Reading {
    let folder = try TemporaryFolder()
    for (index, text) in texts.enumerated() { try folder.write(text, to: "\(index).xml") }
    return try QBXMLSnapshotReader.read(texts.indices.map { folder.path("\($0).xml") })
  }

  @Test func `answers to queries become the company's lists`() throws {
    let reading = try read(QBXMLSnapshotReaderTests.lists)
    let books = reading.snapshot
    #expect(books.sources.map(\.product) == ["QuickBooks Pro 2024"])
    #expect(books.sources.map(\.version) == ["34.0"])
    #expect(
      books.accounts.map(\.name) == ["Accounts Receivable", "Freight Income:Fuel", "Checking"])
    #expect(books.accounts.map(\.type) == [.receivable, .income, .other("BANK")])
    #expect(books.accounts.map(\.isInactive) == [false, true, false])
    #expect(books.accounts[0].number == "1200")
    #expect(books.terms.map(\.dueDays) == [30, 0, nil])
    #expect(books.classes.isEmpty)
    #expect(books.items.map(\.type) == ["SERV", "OTHC", "GRP"])
    #expect(books.items.map(\.account) == ["Freight Income", "Freight Income:Fuel", ""])
    #expect(books.items.map(\.isTaxable) == [true, false, false])
    #expect(books.customers.map(\.name) == ["Pine & Fir", "Pine & Fir:Job"])
    #expect(
      books.customers[0].addressLines == ["Pine & Fir LLC", "PO Box 118", "Toledo, OH 43604"])
    #expect(books.customers[0].terms == "Net 30")
    #expect(books.customers[0].accountNumber == "C-7")
    #expect(books.customers[1].addressLines == ["Yard"])
    #expect(books.customers[1].isInactive)
    #expect(books.vendors.map(\.name) == ["Truck Stop"])
    #expect(books.employees.map(\.name) == ["Dana Reed"])
    #expect(books.otherNames.map(\.isInactive) == [true])
    #expect(books.vendors[0].location.line == 9)
  }

  @Test func `documents, refusals and what is still to come are told beside the lists`() throws {
    let reading = try read(QBXMLSnapshotReaderTests.lists)
    #expect(reading.holdsQueries)
    #expect(reading.documents.map(\.number) == ["10234"])
    #expect(reading.documents[0].total == Money(cents: 10_825))
    #expect(reading.documents[0].date == CalendarDate(iso: "2026-03-04"))
    #expect(reading.documents[0].transaction == "1A")
    #expect(reading.refused.map(\.status) == [3250])
    #expect(reading.iterators == ["items": "{abc}"])
  }

  @Test func `several answers are one, each entry once, and the last piece ends a query`() throws {
    let more = QBXMLFixture.answer(
      """
      <ItemQueryRs requestID="items" statusCode="0" statusSeverity="Info" statusMessage="" iteratorRemainingCount="0" iteratorID="{abc}"><ItemServiceRet><ListID>10</ListID><FullName>Accessorial:Detention</FullName></ItemServiceRet><ItemServiceRet><ListID>13</ListID><FullName>Layover</FullName></ItemServiceRet></ItemQueryRs>
      """)
    let reading = try read(QBXMLSnapshotReaderTests.lists, more)
    #expect(
      reading.snapshot.items.map(\.name) == ["Accessorial:Detention", "Fuel", "Bundle", "Layover"])
    #expect(reading.iterators.isEmpty)
    #expect(reading.snapshot.sources.count == 2)
  }

  @Test func `an answer in the folder of books is read as what it holds`() throws {
    let folder = try TemporaryFolder()
    try folder.write(QBXMLSnapshotReaderTests.lists, to: "answer.xml")
    let books = try BooksReader.read([folder.path])
    #expect(books.sources.map(\.kind) == ["qbXML answer"])
    #expect(books.customers.map(\.name) == ["Pine & Fir", "Pine & Fir:Job"])
    // The class list was refused, and of items there are more to come: what they lack is not known.
    #expect(books.holds(.customers) && books.holds(.accounts) && books.holds(.vendors))
    #expect(!books.holds(.classes) && !books.holds(.items))
    #expect(books.isUnfinished(.classes) && books.isUnfinished(.items))
    #expect(!books.isUnfinished(.customers) && !books.isUnfinished(.terms))
    #expect(books.unfinished.map(\.list) == [.items, .classes])
    #expect(books.unfinished.last?.reason.contains("(status 3250)") == true)
    try folder.write(QBXMLFixture.mixed, to: "answer.xml")
    #expect { try BooksReader.read([folder.path]) } throws: {
      ($0 as? Failure)?.remedy.contains("loadbooks accept") == true
    }
  }

  @Test func `an answer to additions is no book`() throws {
    let reading = try read(QBXMLFixture.mixed)
    #expect(!reading.holdsQueries)
    #expect(reading.snapshot.customers.isEmpty)
    #expect(reading.documents.isEmpty)
  }
}
