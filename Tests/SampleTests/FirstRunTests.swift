import Foundation
import LoadOps
import Sheets
import QuickBooks
import TestSupport
import Testing
import Vocabulary

/// What must hold for the sample month, whatever else changes.
struct FirstRunTests {
  @Test func `the month is converted, with some invoices held`() throws {
    let month = try FirstRun()
    #expect(month.run.code == 3)
    #expect(month.run.messages.isEmpty)
    let totals = try month.report().totals
    #expect(totals.balanced)
    #expect(totals.read.invoices == 150)
    #expect(
      totals.read.money == totals.delivered.money + totals.suppressed.money + totals.held.money)
  }

  @Test func `every transaction sums to zero and all of them to what was delivered`() throws {
    let month = try FirstRun()
    let documents = try month.documents()
    let delivered = try month.report().totals.delivered
    #expect(documents.allSatisfy { $0.balance == .zero })
    #expect(documents.count == delivered.invoices)
    #expect(documents.reduce(Money.zero) { $0 + $1.total } == delivered.money)
  }

  @Test func `the same input gives the same bytes, in every file`() throws {
    let (first, second) = (try FirstRun(), try FirstRun())
    let files = try first.folder.files(in: "out")
    #expect(files.count >= 7)
    #expect(files == (try second.folder.files(in: "out")))
    #expect(first.run.output == second.run.output)
  }

  @Test(arguments: ["json", "json-array", "ndjson"])
  func `every format of the export gives the same files for QuickBooks`(_ format: String) throws {
    let csv = try FirstRun().iif()
    let other = try FirstRun(
      export: PackageFolder.samples.appendingPathComponent("formats/\(format)/in"))
    #expect(other.run.code == 3)
    #expect(csv == (try other.iif()))
  }

  @Test func `one cent more in one line holds exactly that invoice`() throws {
    let before = try FirstRun()
    let after = try FirstRun { folder in
      let text = try folder.text("in/invoices.csv")
      let row = "2,Stop-Off,Extra pick,1,each,75.00,75.00\nLD05502,"
      #expect(text.components(separatedBy: row).count == 2)
      try folder.write(
        text.replacing(row, with: row.replacing("75.00,75.00", with: "75.01,75.01")),
        to: "in/invoices.csv")
    }
    var (old, new) = (try before.decisions(), try after.decisions())
    #expect(old.removeValue(forKey: "LD05501")?.contains("delivered") == true)
    #expect(new.removeValue(forKey: "LD05501")?.contains("held") == true)
    #expect(old == new)
    let finding = try #require(
      try after.report().findings.first { $0.invoice == "LD05501" && $0.id == "total-mismatch" })
    #expect(finding.file == "in/invoices.csv")
    #expect(finding.line == 2)
    #expect(finding.column == 130)
    #expect(finding.message.contains("1435.60") && finding.message.contains("1435.59"))
    #expect(!finding.remedy.isEmpty)
  }

  @Test func `a number on the suppression list moves exactly that invoice's cents`() throws {
    let before = try FirstRun()
    let after = try FirstRun { folder in
      try folder.write(
        try folder.text("suppress.csv") + "LD05501,Entered by hand,,,,\n", to: "suppress.csv")
    }
    let amount = try #require(Money(canonical: "1435.59"))
    let (old, new) = (try before.report().totals, try after.report().totals)
    #expect(new.delivered.money == old.delivered.money - amount)
    #expect(new.suppressed.money == old.suppressed.money + amount)
    #expect(new.held == old.held)
    #expect(new.read == old.read)
    let moved = try after.decisions().filter { try before.decisions()[$0.key] != $0.value }
    #expect(Array(moved.keys) == ["LD05501"])
    #expect(!(try after.documents().contains { $0.number == "LD05501" }))
  }

  @Test func `a new company begins with the sample month's items`() throws {
    let folder = try TemporaryFolder()
    #expect(try CommandRun.run(["init", "acme"], in: folder.url.path).code == 0)
    let items = { (text: String) in text.split(separator: "\n").filter { $0.hasPrefix("item,") } }
    let made = items(try folder.text("acme/mapping.csv"))
    #expect(made.count == 15)
    #expect(made == items(try PackageFolder.text("Samples/first-run/mapping.csv")))
  }

  @Test func `a new company converts the sample month at once`() throws {
    let folder = try TemporaryFolder()
    try folder.copy(FirstRun.month.appendingPathComponent("in"), to: "in")
    #expect(try CommandRun.run(["init", "acme"], in: folder.url.path).code == 0)
    let run = try CommandRun.run(["convert", "in", "--company", "acme"], in: folder.url.path)
    #expect(run.code == 3)
    let again = try CommandRun.run(
      ["plan", "in", "--company", "acme", "--json"], in: folder.url.path)
    let report = try JSONDecoder().decode(FirstRun.Report.self, from: Data(again.output.utf8))
    #expect(report.totals.delivered.invoices == 0)
  }

  @Test func `the report for browsers is well-formed`() throws {
    let text = try FirstRun().folder.text("out/sync-report.html")
    #expect(WellFormedXML.fault(in: text) == nil)
  }

  static let hostileNames = [
    "<script>alert('x')</script>", "]]></style></script><!--", "Bob's \"Best\" & <Fast>",
    "=HYPERLINK(\"http://evil.example\",\"click\")", "Evil\u{202E}thgierF", "&#x0;&nbsp;&bad;",
    "Two\r\nLines\tand a tab", "🚚 Ñandú 株式会社", "-->", "\u{1}\u{7F}control", "%2e%2e/../..",
  ]

  @Test func `hostile customer names neither break the report nor reach QuickBooks as markup`()
    throws
  {
    let folder = try TemporaryFolder()
    var text = "invoice_number,customer_name,invoice_date,category,description,amount\n"
    for (index, name) in Self.hostileNames.enumerated() {
      let quoted = "\"" + name.replacing("\"", with: "\"\"") + "\""
      text += "\(100 + index),\(quoted),2026-11-02,\(quoted),\(quoted),10.0\(index % 10)\n"
      text += "\(200 + index),\(quoted),2026-11-02,Line Haul,\(quoted),20.0\(index % 10)\n"
    }
    try folder.write(text, to: "in/invoices.csv")
    try folder.copy(FirstRun.month.appendingPathComponent("mapping.csv"), to: "mapping.csv")
    let run = try CommandRun.run(
      ["convert", "in", "--mapping", "mapping.csv", "--output", "out", "--no-ledger"],
      in: folder.url.path)
    #expect(run.code == 3)
    #expect(run.output.contains("(balanced)"))
    let html = try folder.text("out/sync-report.html")
    #expect(WellFormedXML.fault(in: html) == nil)
    #expect(!html.contains("<script>alert"))
    #expect(!run.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    #expect(!run.output.unicodeScalars.contains("\u{202E}"))
    for row in try folder.text("out/invoices.csv").split(separator: "\n") {
      #expect(!row.contains(",=") && !row.contains(",\"="))
    }
  }

  @Test func `an invoice mended in held.csv is delivered when the file is dropped again`() throws {
    let month = try FirstRun()
    let held = try month.folder.text("out/held.csv")
    #expect(held.contains("2026-09-31") || held.contains("2026-02-30"))
    let again = try FirstRun { folder in
      let mended = held.replacing("2026-09-31", with: "2026-09-30")
        .replacing("2026-02-30", with: "2026-02-28")
      try FileManager.default.removeItem(atPath: folder.path("in/invoices.csv"))
      try folder.write(mended, to: "in/held.csv")
    }
    let decisions = try again.decisions()
    #expect(decisions["LD05563"]?.contains("delivered") == true)
    #expect(decisions.values.filter { $0.contains("delivered") }.count == 1)
    let heldBefore = try month.decisions().values.filter { $0.contains("held") }
    #expect(decisions.count == heldBefore.count)
  }
}
