import Foundation
import QuickBooks
import Sync
import Testing
import Vocabulary

#if canImport(FoundationXML)
  import FoundationXML
#endif

struct HTMLReportTests {
  /// Collects what an XML parser finds in a page.
  private final class Reader: NSObject, XMLParserDelegate {
    var elements: [String: Int] = [:]
    var attributes: Set<String> = []
    var texts: [String: String] = [:]
    private var path: [String] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      elements[name, default: 0] += 1
      self.attributes.formUnion(attributes.keys)
      path.append(name)
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) {
      path.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      texts[path.last ?? "", default: ""] += text
    }
  }

  private func read(_ report: SyncReport) throws -> Reader {
    let reader = Reader()
    let parser = XMLParser(data: Data(HTMLReport.render(report).utf8))
    parser.delegate = reader
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
    return reader
  }

  @Test(arguments: SampleReport.all.keys.sorted())
  func `the page is well-formed as XML`(sample: String) throws {
    let reader = try read(try #require(SampleReport.all[sample]))
    #expect(reader.elements["html"] == 1)
    #expect(reader.elements["script"] == 1)
    #expect(reader.elements["style"] == 1)
  }

  @Test func `characters that XML forbids are written out`() throws {
    var report = SampleReport.full
    report.run.company = "A\u{FFFE}B\u{FFFF}C\u{0}D\u{1FFFE}E\u{61C}F\u{E0041}"
    let headings = try read(report).texts["bdi"] ?? ""
    #expect(headings.contains(#"A\u{FFFE}B\u{FFFF}C\u{0}D\u{1FFFE}E\u{61C}F\u{E0041}"#))
  }

  @Test func `no name becomes markup`() throws {
    let page = HTMLReport.render(SampleReport.full)
    for text in [
      "<script>alert", "</style></script>", "<b>invoices", "<Fast>", "<!-- of it", "]]>",
    ] {
      #expect(!page.contains(text))
    }
    #expect(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"))
    #expect(page.contains(#"Evil\u{202E}thgierF emcA\u{200B}"#))
    #expect(page.contains(#"Two\u{D}\u{A}Lines\u{9}and a tab"#))
    let reader = try read(SampleReport.full)
    #expect(reader.texts["bdi"]?.contains(SampleReport.script) == true)
    #expect(reader.texts["bdi"]?.contains(SampleReport.cdata) == true)
    #expect(reader.attributes.allSatisfy { !$0.hasPrefix("on") && $0 != "style" && $0 != "src" })
  }

  @Test func `hostile names stay text in every place`() throws {
    let plain = try read(report(named: "Plain"))
    for name in SampleReport.hostileNames + ["\"/><img src=x onerror=alert(1)>", "&#60;b&#62;", ""]
    {
      let hostile = try read(report(named: name))
      #expect(hostile.elements == plain.elements)
      #expect(hostile.attributes == plain.attributes)
    }
  }

  /// A report in which every text that could come from a file is the same.
  private func report(named name: String) -> SyncReport {
    var report = SampleReport.full
    report.run.company = name
    report.run.id = "x" + name
    report.inputs[0].path = name
    report.inputs[0].kind = name
    report.outputs[0].name = name
    report.byCustomer = [.init(name: name, quickBooksName: name, totals: report.totals)]
    report.byIncomeCategory = report.byCustomer
    var customer = Customer(name: name)
    (customer.terms, customer.addressLines) = (name, [name, name])
    report.created.customers = [customer]
    report.createdCustomerSources = [name]
    report.created.items = [Item(name: name, account: name, description: name)]
    report.created.accounts = [Account(name: name, type: .income)]
    report.created.classes = [name]
    let kind = Finding.Kind("kind", .error, meaning: name, remedy: name)
    report.findings = [
      Finding(
        kind, name, remedy: "x" + name, location: SourceLocation(file: name, line: 1, column: 1),
        excerpt: Excerpt(text: "abc" + name + "def", markStart: 3, markLength: name.count),
        record: 1, field: name, value: name, invoice: "x" + name, notes: [name])
    ]
    report.findingCounts = [.init(kind: kind, severity: .error, count: 1, listed: 1)]
    report.invoiceRows = [
      .init(
        number: "x" + name, customer: name, date: nil, total: .zero, outcome: .held,
        reasons: ["kind", "x" + name], document: name,
        location: SourceLocation(file: name, line: 1))
    ]
    return report
  }

  @Test func `nothing is loaded and only its own script may run`() {
    let page = HTMLReport.render(SampleReport.full)
    #expect(page.contains("content=\"default-src 'none'; style-src 'sha256-"))
    #expect(page.contains("script-src 'sha256-"))
    for text in ["unsafe-inline", " src=", "<link", "@import", "url(", "<img", "<iframe"] {
      #expect(!page.contains(text))
    }
    // The only addresses are names of XML vocabularies and places within the page.
    for address in page.matches(of: /href="(.)/) { #expect(address.1 == "#") }
  }

  @Test func `totals that do not tie are an alert`() {
    let page = HTMLReport.render(SampleReport.unbalanced)
    #expect(page.contains("<div class=\"verdict bad\" role=\"alert\">"))
    #expect(page.contains("NOT BALANCED: do not import anything from this run"))
    #expect(page.contains("Unaccounted for: 0 invoices, 0 lines, 0.01."))
    #expect(!page.contains("Back up the QuickBooks company file"))
    let balanced = HTMLReport.render(SampleReport.full)
    #expect(balanced.contains("Balanced, with 9 invoices held"))
    #expect(!balanced.contains("NOT BALANCED"))
  }

  @Test func `a report of nothing is complete`() {
    let page = HTMLReport.render(SampleReport.empty)
    #expect(page.contains("Balanced: no invoice was read"))
    #expect(page.contains("Nothing has been written."))
    #expect(!page.contains("<table id=\"invoice-table\""))
  }

  @Test func `a blank at the end of a name can be seen`() {
    var report = SampleReport.full
    report.createdCustomerSources[1] = " Acme  "
    #expect(HTMLReport.render(report).contains("<bdi>␣Acme␣␣</bdi>"))
  }

  @Test func `customers beyond two hundred are summed up`() {
    var report = SampleReport.full
    report.byCustomer = (0..<1_234).map { index in
      var totals = ControlTotals()
      totals.read = Tally(invoices: 1, lines: 1, amount: Money(cents: 100))
      totals.delivered = totals.read
      return .init(name: "Customer \(index)", quickBooksName: nil, totals: totals)
    }
    let page = HTMLReport.render(report)
    #expect(page.contains("1,034 more, together"))
    #expect(page.contains("<bdi>Customer 199</bdi>"))
    #expect(!page.contains("<bdi>Customer 200</bdi>"))
    #expect(page.contains("Does not add up to the amount that was read: 233,333.89 is missing"))
  }

  @Test func `every bar stays within its chart`() {
    var report = SampleReport.full
    report.totals.delivered.amount = Money(cents: -4_000_000_000_000_000)
    report.totals.held.amount = Money(cents: 4_000_000_000_000_000)
    let bars = HTMLReport.render(report).matches(
      of: /class="fill [a-z_]+" x="(-?\d+)" y="0" width="(\d+)"/)
    #expect(!bars.isEmpty)
    for bar in bars {
      let (x, width) = (Int(bar.1) ?? -1, Int(bar.2) ?? -1)
      #expect(x >= 0 && width >= 0 && x + width <= 10_000)
    }
  }
}
