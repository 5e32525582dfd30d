import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import QuickBooks

/// The schema, the tables and the files are held against each other.
struct QBXMLSchemaTests {
  private static let files = [
    ("qbxml-request.xsd", QBXMLSchema.requestText),
    ("qbxml-response.xsd", QBXMLSchema.responseText),
  ]

  @Test(arguments: files)
  func `the schemas that others use are the ones built in`(name: String, text: String) throws {
    let path = PackageFolder.root.appendingPathComponent("Schemas/\(name)")
    if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1" {
      try text.write(to: path, atomically: true, encoding: .utf8)
    }
    #expect(
      try String(contentsOf: path, encoding: .utf8) == text,
      "to write it: RECORD_GOLDENS=1 swift test --filter QBXMLSchemaTests")
    _ = try XMLSchema(text)
  }

  // MARK: - Tables

  /// The elements that our schema has in a type, in order.
  private func elements(of type: String) throws -> [String] {
    let text = QBXMLSchema.requestText
    let start = try #require(
      text.range(of: "<xs:element name=\"\(type)\">\n")
        ?? text.range(of: "<xs:complexType name=\"\(type)\">"))
    var names: [String] = []
    var depth = 0
    for line in text[start.upperBound...].split(separator: "\n") {
      if line.contains("<xs:sequence>") { depth += 1 }
      if line.contains("</xs:sequence>") {
        depth -= 1
        if depth == 0 { break }
      }
      guard depth == 1, let name = line.firstMatch(of: /<xs:element name="(\w+)"/) else { continue }
      names.append(String(name.1))
    }
    return names
  }

  private func sent<Source>(_ table: [QBXMLElement<Source>]) -> [String] {
    table.filter { $0.source != nil }.map(\.name)
  }

  @Test func `the tables send what the schema has, in its order`() throws {
    #expect(try elements(of: "StandardTermsAdd") == sent(QBXMLElements.standardTermsAdd))
    #expect(try elements(of: "AccountAdd") == sent(QBXMLElements.accountAdd))
    #expect(try elements(of: "ClassAdd") == sent(QBXMLElements.classAdd))
    #expect(try elements(of: "SoldItem") == sent(QBXMLElements.itemServiceAdd))
    #expect(try elements(of: "SoldItem") == sent(QBXMLElements.itemOtherChargeAdd))
    #expect(try elements(of: "CustomerAdd") == sent(QBXMLElements.customerAdd))
    #expect(try elements(of: "InvoiceAdd") == sent(QBXMLElements.invoiceAdd))
    #expect(try elements(of: "CreditMemoAdd") == sent(QBXMLElements.creditMemoAdd))
    #expect(try elements(of: "Line") == sent(QBXMLElements.invoiceLineAdd))
    #expect(try elements(of: "Line") == sent(QBXMLElements.creditMemoLineAdd))
  }

  @Test func `no table has an element twice, and none has one that QuickBooks Desktop refuses`() {
    let tables = [
      QBXMLElements.standardTermsAdd.map(\.name), QBXMLElements.accountAdd.map(\.name),
      QBXMLElements.classAdd.map(\.name), QBXMLElements.itemServiceAdd.map(\.name),
      QBXMLElements.customerAdd.map(\.name), QBXMLElements.invoiceAdd.map(\.name),
      QBXMLElements.invoiceLineAdd.map(\.name), QBXMLElements.creditMemoAdd.map(\.name),
      QBXMLElements.creditMemoLineAdd.map(\.name),
    ]
    for names in tables {
      #expect(Set(names).count == names.count)
      #expect(QBXMLElements.forbidden.isDisjoint(with: names))
    }
  }

  // MARK: - Refusals

  private func refusal(_ text: String) throws -> Failure? {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "a.xml")
    do {
      _ = try QBXMLFixture.requests(folder.path("a.xml"))
      return nil
    } catch let failure as Failure {
      return failure
    }
  }

  private static let good = try? QBXMLFixture.write(
    IIFFixture.freightLists, [IIFFixture.invoice, IIFFixture.creditMemo]
  ).texts[1]

  private static let changes: [(String, String, String)] = [
    (
      "<TxnDate>2025-03-14</TxnDate><RefNumber>48213</RefNumber>",
      "<RefNumber>48213</RefNumber><TxnDate>2025-03-14</TxnDate>", "RefNumber"
    ),
    (
      "<Rate>0.58</Rate><Amount>238.96</Amount>", "<Amount>238.96</Amount><Rate>0.58</Rate>", "Rate"
    ),
    ("<Amount>150.00</Amount>", "<Amount>150.0</Amount>", "150.0"),
    ("<Amount>150.00</Amount>", "<Amount>1,150.00</Amount>", "1,150.00"),
    ("<Amount>150.00</Amount>", "", "InvoiceLineAdd"),
    ("<Rate>60.00</Rate>", "<Rate>60.000001</Rate>", "60.000001"),
    ("<RefNumber>48213</RefNumber>", "<RefNumber>482131234567</RefNumber>", "12"),
    ("<TxnDate>2025-03-14</TxnDate>", "<TxnDate>2025-02-30</TxnDate>", "2025-02-30"),
    ("<TxnDate>2025-03-14</TxnDate>", "<TxnDate>03/14/2025</TxnDate>", "03/14/2025"),
    ("<IsToBePrinted>false", "<IsToBePrinted>no", "no"),
    ("onError=\"continueOnError\"", "onError=\"rollbackOnError\"", "rollbackOnError"),
    ("requestID=\"inv-48213\"", "requestID=\"\(String(repeating: "x", count: 51))\"", "51"),
    ("newMessageSetID=\"", "newMessageSetID=\"0123456789", "maximum"),
    ("<Memo>Load 48213</Memo>", "<Memo></Memo>", "Memo"),
    ("<Desc>Detention 2.5 h</Desc>", "<Desc>\(String(repeating: "x", count: 4096))</Desc>", "4096"),
  ]

  @Test(arguments: changes)
  func `what QuickBooks would refuse is refused`(part: String, other: String, word: String) throws {
    let good = try #require(QBXMLSchemaTests.good)
    #expect(good.contains(part))
    let failure = try #require(try refusal(good.replacing(part, with: other, maxReplacements: 1)))
    #expect(failure.message.contains(word), "\(failure)")
    #expect((failure.location?.line ?? 0) > 3)
  }

  @Test func `what QuickBooks takes is taken`() throws {
    let good = try #require(QBXMLSchemaTests.good)
    #expect(try refusal(good) == nil)
    let text = String(repeating: "&#233;", count: 4095)
    #expect(try refusal(good.replacing("<Memo>Load 48213<", with: "<Memo>\(text)<")) == nil)
  }

  @Test(arguments: QBXMLElements.forbidden.sorted())
  func `an element of other editions is refused by its name`(element: String) throws {
    let good = try #require(QBXMLSchemaTests.good)
    let failure = try refusal(
      good.replacing("<Amount>150.00", with: "<\(element)>true</\(element)><Amount>150.00"))
    #expect(
      failure?.message.hasPrefix("\(element) is an element that QuickBooks Desktop refuses") == true
    )
  }

  @Test func `a file that is cut short, or is something else, is not taken for a request file`()
    throws
  {
    let good = try #require(QBXMLSchemaTests.good)
    for text in [
      String(good.dropLast(20)), "", "<a/>", "<QBXML/>", QBXMLFixture.mixed,
      good.replacing("<QBXML>", with: "<!DOCTYPE QBXML [<!ENTITY x \"y\">]>\n<QBXML>"),
      good.replacing("<Memo>Load", with: "<Memo>&x;"), "not xml at all",
    ] {
      #expect(try refusal(text) != nil, "\(text.prefix(60))")
    }
  }

  // MARK: - Files are checked before they get their names

  private func check(_ change: (inout String) -> Void) throws -> Failure? {
    let folder = try TemporaryFolder()
    let written = try QBXMLFixture.write(
      IIFFixture.freightLists, [IIFFixture.invoice, IIFFixture.creditMemo])
    var text = written.texts[1]
    change(&text)
    try folder.write(text, to: "b.xml")
    var known = QBXMLKnownNames()
    for request in written.requests[0] {
      if let list = QBXMLKnownNames.List(request: request.type) { known.insert(list, request.name) }
    }
    var expectation = QBXMLExpectation(messageSet: try #require(written.output[1].messageSet))
    expectation.add(IIFFixture.money("2238.96"))
    expectation.add(IIFFixture.money("-72.40"))
    let checker = QBXMLChecker(format: QBXMLFormat(), known: known)
    do {
      let amount = try checker.check(path: folder.path("b.xml"), name: "b.xml", expectation)
      #expect(amount == IIFFixture.money("2166.56"))
      return nil
    } catch {
      #expect(error.cause == .ownBug)
      return error
    }
  }

  @Test func `a file is compared with what was to be written`() throws {
    #expect(try check { _ in } == nil)
    #expect(
      try check { $0.replace("150.00", with: "150.01") }?.message.contains("2238.97") == true)
    #expect(
      try check { $0.replace("cm-48213C", with: "inv-48213") }?.message.contains("stands twice")
        == true)
    #expect(
      try check { $0.replace("<FullName>Linehaul<", with: "<FullName>Line Haul<") }?.message
        .contains("the item \"Line Haul\"") == true)
    #expect(
      try check { $0.replace("<FullName>Net 30<", with: "<FullName>Net 31<") }?.message
        .contains("the terms \"Net 31\"") == true)
    #expect(try check { $0.replace("Load", with: "Lo\u{E9}d") }?.message.contains("ASCII") == true)
    #expect(try check { $0.replace("13.0", with: "14.0") }?.message.contains("begin") == true)
    #expect(try check { $0.replace("newMessageSetID=\"LB", with: "newMessageSetID=\"XX") } != nil)
    #expect(
      try check {
        let start = $0.range(of: "<CreditMemoAddRq")?.lowerBound ?? $0.endIndex
        let end = $0.range(of: "</CreditMemoAddRq>\n")?.upperBound ?? $0.endIndex
        $0.removeSubrange(start..<end)
      }?.message.contains("holds 1 requests") == true)
  }

  // MARK: - Random documents

  @Test func `random lists and documents obey the schema and read back to the cent`() throws {
    var numbers = SeededGenerator()
    let letters = Array("abc XYZ 019 &<>\"';:\\éÖñ日–\t\u{301}")
    func text(_ limit: Int) -> String {
      String((0..<Int.random(in: 1...limit, using: &numbers)).map { _ in numbers.pick(letters) })
    }
    for round in 0..<20 {
      var lists = CompanyLists()
      let names = DesktopNames(.qbxml)
      func name(_ index: Int) -> String { names.level("\(index) " + text(20)) }
      lists.accounts =
        [Account(name: "Accounts Receivable", type: .receivable)]
        + (0..<3).map { Account(name: "Income:\(name($0))", type: .income) }
      lists.items = (0..<4).map {
        Item(name: name($0), account: lists.accounts[1 + $0 % 3].name, description: text(60))
      }
      lists.terms = [Terms(name: "Net 15", dueDays: 15), Terms(name: "Due on Receipt", dueDays: 0)]
      lists.classes = round % 2 == 0 ? [] : [name(0), name(1) + ":" + name(2)]
      lists.customers = (0..<5).map {
        var customer = Customer(name: name($0) + ($0 == 3 ? ":" + name(9) : ""))
        customer.companyName = text(60)
        customer.addressLines = (0..<6).map { _ in text(50) }
        customer.phone = text(30)
        customer.email = text(30)
        customer.contact = text(50)
        customer.accountNumber = text(120)
        customer.terms = numbers.pick(["", "Net 15"])
        return customer
      }
      var sum = Money.zero
      let documents = (0..<30).map { index in
        var document = IIFFixture.document(
          numbers.once(in: 5) ? .creditMemo : .invoice, "N\(index)", customer: index % 5,
          "2025-01-31", due: "2025-03-01", terms: index % 2, ship: "2025-01-30", order: text(40),
          memo: text(80),
          (0..<Int.random(in: 1...4, using: &numbers)).map { _ in
            .init(
              item: Int.random(in: 0..<4, using: &numbers),
              amount: Money(cents: Int64.random(in: 0...9_999_999, using: &numbers)).description,
              quantity: nil, rate: nil, description: text(60))
          })
        if document.kind == .creditMemo { document.terms = nil }
        document.classIndex = lists.classes.isEmpty ? nil : index % 2
        sum += document.kind == .invoice ? document.total : -document.total
        return document
      }
      let written = try QBXMLFixture.write(
        lists, documents, format: QBXMLFormat(requestsPerFile: 7))
      #expect(written.output.reduce(.zero) { $0 + $1.amount } == sum, "\(numbers)")
      let read = written.requests.flatMap { $0 }.compactMap(\.document)
      #expect(read.map(\.number) == documents.indices.map { "N\($0)" }, "\(numbers)")
      #expect(read.map(\.lines) == documents.map(\.lines.count), "\(numbers)")
      for text in written.texts { #expect(text.utf8.allSatisfy { $0 < 0x7F }) }
    }
  }
}
