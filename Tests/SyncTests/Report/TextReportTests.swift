import Testing
import Vocabulary

@testable import Sync

struct TextReportTests {
  @Test func `one line says where every cent went`() {
    let line =
      "read 151 invoices, 234,567.89 = delivered 141, 220,000.00 + already synced 0, 0.00"
      + " + suppressed 1, 1,250.00 + held 9, 13,317.89  (balanced)"
    let lines = TextReport.render(SampleReport.full).split(separator: "\n").map(String.init)
    #expect(lines.contains(line))
  }

  @Test func `figures stand in columns`() {
    let text = TextReport.render(SampleReport.full)
    #expect(text.contains("  read                     151         302               234,567.89\n"))
    #expect(text.contains("  held                       9          20                13,317.89\n"))
    #expect(text.contains("  difference                 0           0                     0.00\n"))
  }

  @Test func `totals that do not tie cannot be missed`() {
    let text = TextReport.render(SampleReport.unbalanced)
    #expect(text.contains("*** NOT BALANCED ***"))
    #expect(text.contains("0 invoices, 0 lines, 0.01"))
    #expect(text.contains("(NOT BALANCED)"))
    #expect(text.contains("Do not import or send anything"))
    #expect(!text.contains("Back up the QuickBooks company file"))
  }

  @Test func `findings are grouped by kind and the rest is counted`() {
    let text = TextReport.render(SampleReport.full)
    #expect(text.contains("customer-unknown: 42 errors\n"))
    #expect(text.contains("and 37 more: see sync-report.json / held.csv, which has "))
    #expect(text.contains("rate-mismatch: 1 warning\n"))
    let positions = ["customer-unknown: 42", "rate-mismatch: 1", "invoice-repeated: 1"].compactMap {
      text.firstRange(of: $0)?.lowerBound
    }
    #expect(positions.count == 3 && positions == positions.sorted())
    let short = TextReport.render(SampleReport.full, options: .init(findingsPerKind: 0))
    #expect(short.contains("and 42 more: see sync-report.json / held.csv, which has "))
    #expect(!short.contains("remedy:"))
  }

  @Test func `it says what to import in which order and only once`() {
    let text = TextReport.render(SampleReport.full)
    #expect(text.contains("01-lists.iif, 02-invoices.iif"))
    #expect(text.contains("Do not import twice"))
  }

  @Test func `blanks that tell two names apart are not lost where a line is broken`() {
    for width in 10...60 {
      let lines = TextReport.wrapped(
        "customer \"Red River  Freight\" differs from \"Red River Freight\" only in blanks",
        width: width,
        indentation: "", hanging: "")
      #expect(
        lines.joined(separator: " ")
          == "customer \"Red River  Freight\" differs from \"Red River Freight\" only in blanks")
      #expect(lines.contains { $0.contains("River  Freight") })
    }
  }

  @Test func `a plan says that nothing has been written`() {
    var report = SampleReport.full
    report.run.command = "plan"
    report.outputs = []
    let text = TextReport.render(report)
    #expect(text.contains("nothing has been written"))
    #expect(text.contains("and 37 more: use --full\n"))
    #expect(!text.contains("held.csv"))
  }

  @Test func `a report of nothing is complete`() {
    let text = TextReport.render(SampleReport.empty)
    #expect(text.contains("read 0 invoices, 0.00 = delivered 0, 0.00"))
    #expect(text.contains("nothing has been written"))
  }

  @Test(arguments: [false, true])
  func `no name moves the cursor`(color: Bool) {
    let text = TextReport.render(
      SampleReport.full, options: .init(color: color, findingsPerKind: 100, namesPerList: 100))
    let controls = text.unicodeScalars.filter {
      ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) || $0 == "\u{202E}"
        || $0 == "\u{200B}"
    }
    #expect(controls.allSatisfy { color && $0 == "\u{1B}" })
    #expect(controls.isEmpty == !color)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 410 })
  }
}
