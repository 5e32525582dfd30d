import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import QuickBooks

/// What is sent to QuickBooks Online, and that a file says all of it.
@Suite struct OnlineWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var lists: CompanyLists {
    var lists = CompanyLists()
    lists.items = [Item(name: "Linehaul", account: "Freight Income", description: "")]
    lists.terms = [Terms(name: "Net 30", dueDays: 30)]
    lists.customers = [Customer(name: "Prairie:Plant")]
    lists.existing.items = ["Linehaul"]
    return lists
  }

  private func document(
    _ amount: Int64, quantity: FixedDecimal? = nil, rate: FixedDecimal? = nil,
    kind: SalesDocument.Kind = .invoice, memo: String = "Load 1"
  ) -> SalesDocument {
    var document = SalesDocument()
    document.kind = kind
    document.number = document.append(Array("LD-1".utf8).span)
    document.memo = document.append(Array(memo.utf8).span)
    document.date = CalendarDate(daysSince1970: 20_728)
    document.terms = 0
    document.total = Money(cents: amount)
    document.lines = [
      SalesDocument.Line(
        item: 0, amount: Money(cents: amount), quantity: quantity, rate: rate, description: .empty)
    ]
    return document
  }

  private func written(_ document: SalesDocument) throws -> (OnlineJSON, [OnlineRequest]) {
    let writer = try OnlineWriter(
      lists: lists, format: OnlineFormat(), run: "r", folder: folder.path)
    try writer.append(document)
    let files = try writer.finish()
    #expect(files.map(\.documents) == [1])
    var requests: [OnlineRequest] = []
    try OnlineRequests.forEach(ofFile: writer.stagedFiles[0].stagedPath) {
      request throws(Failure) in
      requests.append(request)
    }
    return (try #require(OnlineJSON(bytes: requests.last?.body ?? [])), requests)
  }

  @Test func `parents come first, and documents refer to lines`() throws {
    let (body, requests) = try written(document(100))
    #expect(requests.map(\.name) == ["Net 30", "Linehaul", "Prairie", "Prairie:Plant", "LD-1"])
    #expect(requests.map(\.isCreation) == [true, false, true, true, true])
    #expect(Set(requests.map(\.id)).count == 5)
    #expect(requests.allSatisfy { $0.id.utf8.count <= 36 })
    #expect(body["CustomerRef"]?.reference == "ref:3")
    #expect(OnlineRequests.references(in: requests[4].body) == [0, 3, 1])
    let filled = OnlineJSON(bytes: OnlineRequests.fill(requests[4].body) { "id\($0)" })
    #expect(filled?["CustomerRef"]?.reference == "id3")
    let job = try #require(OnlineJSON(bytes: requests[3].body))
    #expect(job["Job"]?.truth == true && job["ParentRef"]?.reference == "ref:2")
  }

  @Test(arguments: [SalesDocument.Kind.invoice, .creditMemo])
  func `the line of a document is what a general writer makes of it, whoever looks into it`(
    kind: SalesDocument.Kind
  ) throws {
    var document = document(
      186_108, quantity: FixedDecimal(micros: 128_350_000),
      rate: FixedDecimal(micros: 14_500_000), kind: kind, memo: #"say "hi" \ \n, "body":{}, é"#)
    document.number = document.append(Array(#"LD "1\"#.utf8).span)
    document.purchaseOrder = document.append(Array(String(repeating: "é7", count: 12).utf8).span)
    document.dueDate = CalendarDate(daysSince1970: 20_758)
    document.shipDate = CalendarDate(daysSince1970: 20_720)
    document.lines[0].description = document.append(Array("Dallas\tto \"LA\"".utf8).span)
    document.lines.append(document.lines[0])
    document.total = Money(cents: 2 * 186_108)
    var format = OnlineFormat()
    format.isUnitedStates = kind == .invoice
    let writer = try OnlineWriter(lists: lists, format: format, run: "r", folder: folder.path)
    try writer.append(document)
    _ = try writer.finish()
    let path = writer.stagedFiles[0].stagedPath
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(OnlineJSON(text: String(lines[5]))?.jsonText == String(lines[5]))
    var (whole, heads): (OnlineRequest?, OnlineRequest?) = (nil, nil)
    try OnlineRequests.forEach(ofFile: path) { (request) throws(Failure) in whole = request }
    try OnlineRequests.forEach(ofFile: path, looksIntoBodies: false) {
      (request) throws(Failure) in heads = request
    }
    let read = try #require(whole?.document)
    #expect(read.lines == 2 && read.balance == .zero && read.customer == "Prairie:Plant")
    whole?.document = nil
    whole?.lines = 0
    #expect(whole == heads && heads?.name == #"LD "1\"#)
  }

  @Test func `text that looks like a reference stays text`() throws {
    let (body, requests) = try written(document(100, memo: #"Ref":{"value":"ref:9"#))
    #expect(!OnlineRequests.references(in: requests[4].body).contains(9))
    #expect(body["PrivateNote"]?.text == #"Ref":{"value":"ref:9"#)
  }

  @Test func `nothing is ever mailed, and every line has its item`() throws {
    let (body, _) = try written(document(100))
    #expect(body["EmailStatus"]?.text == "NotSet")
    #expect(
      body["Line"]?.elements.allSatisfy {
        $0["SalesItemLineDetail"]?["ItemRef"]?.reference != nil
      } == true)
  }

  /// 128.350 × 14.50 is 1861.075: the server wants 1861.08.
  @Test(
    arguments: [
      (186_108, true), (186_107, false),
    ] as [(Int64, Bool)])
  func `row 30: quantity and rate go along only when their product is the amount`(
    cents: Int64, states: Bool
  ) throws {
    let (body, _) = try written(
      document(
        cents, quantity: FixedDecimal(micros: 128_350_000), rate: FixedDecimal(micros: 14_500_000)))
    let line = try #require(body["Line"]?.elements.first)
    #expect((line["SalesItemLineDetail"]?["Qty"] != nil) == states)
    #expect(line["Amount"]?.text == Money(cents: cents).description)
    #expect((line["Description"]?.text?.contains("128.35") == true) == !states)
  }

  @Test func `row 32: a total below zero is a credit memo over a positive amount`() throws {
    let (body, requests) = try written(document(7500, kind: .creditMemo))
    #expect(requests[4].entity == .creditMemo)
    #expect(body["Line"]?.elements.first?["Amount"]?.text == "75.00")
    #expect(body["DueDate"] == nil && body["SalesTermRef"] == nil)
    #expect(requests[4].document?.total == Money(cents: -7500))
  }

  @Test func `a file that lacks its end, or a byte of a document, is refused`() throws {
    let writer = try OnlineWriter(
      lists: lists, format: OnlineFormat(), run: "r", folder: folder.path)
    try writer.append(document(100))
    _ = try writer.finish()
    let path = writer.stagedFiles[0].stagedPath
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for broken in [
      String(text.dropLast(40)), text.replacing(#""Amount":1.00"#, with: #""Amount":x.00"#),
      text.replacing(#""documents":1"#, with: #""documents":2"#),
      text.replacing(#"{"DocNumber":"LD-1""#, with: #"{"DocNumber":"LD-2""#), "",
    ] {
      #expect(broken != text)
      try Data(broken.utf8).write(to: URL(fileURLWithPath: path))
      for looksIntoBodies in [true, false] {
        #expect(throws: Failure.self) {
          try OnlineRequests.forEach(ofFile: path, looksIntoBodies: looksIntoBodies) { _ in }
        }
      }
    }
  }

  @Test func `row 35: texts are cut to what QuickBooks keeps, and control characters go`() throws {
    let (body, _) = try written(document(100, memo: String(repeating: "é", count: 5000) + "\u{7}"))
    #expect(body["PrivateNote"]?.text?.count == 4000)
    #expect(DesktopText.online.converted("a\u{0}\tb  c\u{301} ") == "a b ć")
  }

  @Test func `row 22: names of QuickBooks Online have limits of their own`() {
    let names = DesktopNames(.online)
    #expect(names.problems(customer: String(repeating: "x", count: 500)).isEmpty)
    #expect(!names.problems(customer: String(repeating: "x", count: 501)).isEmpty)
    #expect(names.problems(item: String(repeating: "x", count: 100)).isEmpty)
    #expect(!names.problems(item: String(repeating: "x", count: 101)).isEmpty)
    #expect(!names.problems(item: "a\"b").isEmpty)
    #expect(!names.problems(customer: "Smile 😀").isEmpty)
    #expect(names.path(" Québec  Lumber\t") == "Québec  Lumber")
  }
}
