import Testing
import Vocabulary

@testable import Ledger
@testable import Sync

struct ContentChangeTests {
  typealias Line = (String, String, Int64?, Int64?, Int64?)

  private func content(
    _ texts: [InvoiceContent.Text: String] = [:], date: String = "2026-03-04", due: String? = nil,
    lines: [Line] = [("Haul", "Waco", 2_000_000, 1_000_000, 200)]
  ) -> InvoiceContent {
    var content = InvoiceContent()
    for text in InvoiceContent.Text.allCases {
      content.append(text: Array((texts[text] ?? "").utf8).span)
    }
    content.append(day: CalendarDate(iso: date))
    content.append(day: due.flatMap { CalendarDate(iso: $0) })
    content.append(day: nil)
    for line in lines {
      content.append(text: Array(line.0.utf8).span)
      content.append(text: Array(line.1.utf8).span)
      content.append(number: line.2)
      content.append(number: line.3)
      content.append(number: line.4)
    }
    return content
  }

  private func entry(_ content: InvoiceContent) -> LedgerEntry {
    LedgerEntry(
      number: InvoiceNumber("1"), contentHash: content.contentHash, run: "R1",
      documentKind: .invoice, documentNumber: "1", customer: content[.customer],
      quickBooksCustomer: content[.customer],
      date: content[.invoiceDate] ?? CalendarDate(daysSince1970: 0), amount: content.total,
      lines: content.lineCount)
  }

  private func changes(_ old: InvoiceContent, _ new: InvoiceContent) -> [String] {
    ContentComparison(
      sent: LedgerRecall.Sent(entry: entry(old), content: old), now: new
    ).changes.map(\.words)
  }

  @Test func `the same content has no changes`() {
    #expect(changes(content(), content()) == [])
  }

  @Test func `every text and day is told with old and new`() {
    for text in InvoiceContent.Text.allCases {
      #expect(
        changes(content([text: "old"]), content([text: "new"]))
          == ["\(text.title) was \"old\", is \"new\""])
      #expect(
        changes(content([text: "old"]), content()) == ["\(text.title) was \"old\", is (none)"])
    }
    #expect(
      changes(content(), content(date: "2026-03-05"))
        == ["invoice date was 2026-03-04, is 2026-03-05"])
    #expect(
      changes(content(), content(due: "2026-04-05")) == ["due date was (none), is 2026-04-05"])
  }

  @Test func `one cent is told with total and line`() {
    #expect(
      changes(content(), content(lines: [("Haul", "Waco", 2_000_000, 1_000_000, 201)]))
        == ["total was 2.00, is 2.01", "line 1 amount was 2.00, is 2.01"])
  }

  @Test func `each field of a line is told`() {
    let old = content(lines: [
      ("Haul", "Waco", 2_000_000, 1_000_000, 200), ("Fuel", "", nil, nil, 5),
    ])
    let new = content(lines: [
      ("Haul", "Waco", 2_000_000, 1_000_000, 200), ("Tolls", "I-35", 1, 2, nil),
    ])
    #expect(
      changes(old, new) == [
        "total was 2.05, is 2.00", "line 2 category was \"Fuel\", is \"Tolls\"",
        "line 2 description was (none), is \"I-35\"", "line 2 quantity was (none), is 0.000001",
        "line 2 rate was (none), is 0.000002", "line 2 amount was 0.05, is (none)",
      ])
  }

  @Test func `a line that came or went is told alone`() {
    let haul: Line = ("Haul", "Waco", nil, nil, 200)
    let fuel: Line = ("Fuel", "", nil, nil, 5)
    let tolls: Line = ("Tolls", "I-35", nil, nil, 7)
    #expect(
      changes(content(lines: [haul, tolls]), content(lines: [haul, fuel, tolls]))
        == ["total was 2.07, is 2.12", "line 2 is new: \"Fuel\", 0.05"])
    #expect(
      changes(content(lines: [haul, fuel, tolls]), content(lines: [haul, fuel]))
        == ["total was 2.12, is 2.05", "line 3 is gone: \"Tolls\" \"I-35\", 0.07"])
  }

  @Test func `two spellings of an accented letter are two texts`() {
    #expect(
      changes(content([.note: "caf\u{E9}"]), content([.note: "cafe\u{301}"])).count == 1)
  }

  @Test func `an invoice of thousands of lines that all came anew is told in one sentence`() {
    let old = content(lines: (0..<600).map { ("Haul", "\($0)", nil, nil, 1) })
    let new = content(lines: (0..<601).map { ("Fuel", "\($0)", nil, nil, 1) })
    #expect(changes(old, new).last == "number of lines was 600, is 601")
  }

  @Test func `of what older versions sent, what they kept is told`() {
    let old = content([.customer: "Acme", .note: "old"])
    let new = content([.customer: "Beta", .note: "new"], date: "2026-03-05")
    let comparison = ContentComparison(
      sent: LedgerRecall.Sent(entry: entry(old), content: nil), now: new)
    #expect(comparison.isPartial)
    #expect(
      comparison.changes.map(\.words) == [
        "customer was \"Acme\", is \"Beta\"", "invoice date was 2026-03-04, is 2026-03-05",
      ])
  }
}
