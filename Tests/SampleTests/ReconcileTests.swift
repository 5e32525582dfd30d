import Foundation
import TestSupport
import Testing

@testable import Sync
@testable import loadbooks

/// The sample month, converted and compared with what was written; then with five things changed.
struct ReconcileTests {
  private static let flags = ["--mapping", "mapping.csv", "--suppressions", "suppress.csv"]

  /// A company with the month converted in it.
  private static func converted() throws -> (folder: TemporaryFolder, documents: String) {
    let folder = try TemporaryFolder()
    try folder.copy(FirstRun.month.appendingPathComponent("in"), to: "in")
    for name in ["mapping.csv", "suppress.csv"] {
      try folder.copy(FirstRun.month.appendingPathComponent(name), to: name)
    }
    _ = try CommandRun.run(["init", "company", "--name", "Bluebonnet"], in: folder.path)
    let run = try CommandRun.run(
      ["convert", "in", "--company", "company", "--output", "out"] + flags, in: folder.path)
    #expect(run.code == 3)
    let name = try #require(
      FileManager.default.contentsOfDirectory(atPath: folder.path("out")).first {
        $0.hasSuffix("documents.iif")
      })
    return (folder, "out/" + name)
  }

  private static func reconcile(
    _ folder: TemporaryFolder, _ more: String...
  ) throws -> CommandRun {
    try CommandRun.run(
      ["reconcile", "in", "--company", "company"] + flags + more, in: folder.path)
  }

  @Test func `the month agrees with what was written, and nothing is changed by asking`() throws {
    let (folder, documents) = try Self.converted()
    let before = try folder.files()
    let run = try Self.reconcile(folder, "--books", documents)
    #expect(run.code == 0, "\(run.output)\(run.messages)")
    #expect(run.output.contains("\nCLEAN, "))
    #expect(try folder.files() == before)
  }

  @Test func `one cent, one date, one name, one dropped, one doubled: exactly these five`() throws {
    let (folder, documents) = try Self.converted()
    var blocks = try folder.text(documents).components(separatedBy: "ENDTRNS\r\n")
    // The first piece begins with the headers, one of which ends like a block.
    let first = try #require(blocks.firstIndex { $0.contains("LD05501") })
    func replace(_ index: Int, _ old: String, _ new: String) {
      #expect(blocks[index].contains(old), "\(blocks[index])")
      blocks[index] = blocks[index].replacing(old, with: new, maxReplacements: 1)
    }
    replace(first, "\t1435.59\t", "\t1435.60\t")
    replace(first + 1, "09/01/2026", "09/07/2026")
    replace(first + 2, "Permian Pipe & Supply", "Somebody Else LLC")
    let doubled = blocks[first + 4]
    blocks.remove(at: first + 3)
    blocks.insert(doubled, at: first + 10)
    try folder.write(blocks.joined(separator: "ENDTRNS\r\n"), to: "changed.iif")
    let run = try Self.reconcile(folder, "--books", "changed.iif", "--json", "--output", "compared")
    #expect(run.code == 4, "\(run.output)\(run.messages)")
    let report = try JSONDecoder().decode(Answer.self, from: Data(run.output.utf8))
    let told = report.findings.filter { $0.class != "held" && $0.class != "suppressed" }.map {
      ([$0.class, $0.loadops?.number ?? $0.quickbooks?.number ?? ""] + $0.fields)
        .joined(separator: " ")
    }
    #expect(
      told == [
        "differs LD05501 total", "differs LD05502 date", "differs LD05503 customer",
        "missing LD05504", "doubled LD05505",
      ])
    #expect(report.differences == 5)
    #expect(!report.clean)
    #expect(report.balanced)
    #expect(try folder.text("compared/reconciliation.json") == run.output)
    for page in ["reconciliation.html", "statement.html"] {
      let html = try folder.text("compared/" + page)
      #expect(WellFormedXML.fault(in: html) == nil, "\(page)")
      #expect(!html.contains("http://") || !html.contains("src="))
    }
    let rows = try folder.text("compared/reconciliation.csv").split(separator: "\n")
    #expect(rows.count { $0.hasPrefix("=,same,") } == 135)
    #expect(rows.count { $0.hasPrefix("*,differs,") } == 3)
    let statement = try folder.text("compared/statement.txt")
    #expect(statement.contains("NOT CLEAN: 5 differences"))
    #expect(statement.contains("Checked by"))
  }

  @Test func `a folder that holds a report already is refused before anything is confirmed`()
    throws
  {
    let folder = try Self.confirming()
    try folder.write("signed", to: "compared/statement.txt")
    let (before, memory) = (try folder.files(), try folder.files(in: "company"))
    let refused = try Self.reconcile(
      folder, "--books", "complete.csv", "--confirm", "--output", "compared")
    #expect(refused.code == 73, "\(refused.output)")
    #expect(refused.messages.contains("compared already holds statement.txt"))
    #expect(try folder.files() == before)
    let confirmed = try Self.reconcile(
      folder, "--books", "complete.csv", "--confirm", "--output", "other")
    #expect(confirmed.code == 0, "\(confirmed.output)\(confirmed.messages)")
    #expect(try folder.files(in: "company") != memory)
    #expect(try folder.text("other/statement.txt").contains("CLEAN"))
  }

  /// The sample of confirming, converted.
  private static func confirming() throws -> TemporaryFolder {
    let sample = PackageFolder.samples.appendingPathComponent("scenarios/reconcile-confirm")
    let folder = try TemporaryFolder()
    for name in ["in", "mapping.csv", "suppress.csv", "complete.csv"] {
      try folder.copy(sample.appendingPathComponent(name), to: name)
    }
    _ = try CommandRun.run(["init", "company", "--name", "Bluebonnet"], in: folder.path)
    let converted = try CommandRun.run(
      ["convert", "in", "--company", "company"] + flags, in: folder.path)
    #expect(converted.code == 3, "\(converted.messages)")
    return folder
  }

  @Test func `the table has a row for every invoice, each side with its own values`() throws {
    let folder = try Self.confirming()
    let run = try Self.reconcile(folder, "--books", "complete.csv", "--output", "compared")
    #expect(run.code == 0, "\(run.messages)")
    let rows = try folder.text("compared/reconciliation.csv").split(separator: "\n")
    #expect(rows.count == 1 + 8)
    #expect(
      rows.contains(
        "=,same,LD05504,Tulsa Mills,2026-09-08,2026-10-08,640.00,640.00,LD05504,"
          + "Plains Group:Tulsa Mills,2026-09-08,2026-10-08,640.00,640.00,,,in/invoices.csv,6,"
          + "complete.csv,9"), "\(rows)")
    // One that is paid has no document in a report of what is open.
    let open = try folder.text("complete.csv").split(separator: "\n").filter {
      !$0.contains("LD05502") && !$0.hasPrefix("TOTAL")
    }.joined(separator: "\n").replacing("Invoice List", with: "Open Invoices")
    try folder.write(open, to: "open.csv")
    let paid = try Self.reconcile(folder, "--books", "open.csv", "--output", "paid")
    #expect(paid.code == 0, "\(paid.output)\(paid.messages)")
    let others = try folder.text("paid/reconciliation.csv").split(separator: "\n")
    #expect(others.count == 1 + 8)
    #expect(others.contains { $0.hasPrefix("=,same,LD05502,") && $0.contains("is paid") })
  }

  @Test func `what LoadOps says is due is in the table, also where the books do not say it`()
    throws
  {
    let folder = try Self.confirming()
    try folder.write(
      """
      Invoice List
      "September 1-30, 2026"

      Date,Transaction type,Num,Name,Amount
      09/08/2026,Invoice,LD05504,Plains Group:Tulsa Mills,640.00

      """, to: "short.csv")
    let run = try Self.reconcile(
      folder, "--books", "short.csv", "--output", "compared")
    #expect(run.code == 4, "\(run.messages)")
    let rows = try folder.text("compared/reconciliation.csv").split(separator: "\n")
    #expect(
      rows.contains(
        "=,same,LD05504,Tulsa Mills,2026-09-08,2026-10-08,640.00,640.00,LD05504,"
          + "Plains Group:Tulsa Mills,2026-09-08,,640.00,,,,in/invoices.csv,6,short.csv,5"),
      "\(rows)")
  }

  @Test func `QuickBooks Online and files are one or the other`() throws {
    let folder = try Self.confirming()
    let both = try Self.reconcile(folder, "--books", "complete.csv", "--online")
    #expect(both.code == 64)
    #expect(both.messages.contains("it is one or the other"))
  }

  @Test func `what proves nothing is refused`() throws {
    let folder = try Self.confirming()
    let ignoring = try Self.reconcile(
      folder, "--books", "complete.csv", "--confirm", "--ignore", "total")
    #expect(ignoring.code == 64)
    let withdrawing = try Self.reconcile(folder, "--books", "complete.csv", "--withdraw", "X")
    #expect(withdrawing.code == 64)
    _ = try Self.reconcile(folder, "--books", "complete.csv", "--output", "compared")
    for name in ["in/invoices.csv", "compared/reconciliation.csv", "mapping.csv"] {
      let run = try Self.reconcile(folder, "--books", "complete.csv", "--books", name)
      #expect(run.code == 65, "\(name): \(run.output)")
    }
    let filtered = try Self.reconcile(folder, "--books", "complete.csv", "--customer", "Acme")
    #expect(filtered.code == 4)
    #expect(filtered.output.contains("nothing was compared"))
  }

  @Test func `the statement names the runs that sent something of the export`() throws {
    let folder = try Self.confirming()
    let text = try folder.text("in/invoices.csv").replacing("LD055", with: "LD066")
    try folder.write(text, to: "later/invoices.csv")
    let later = try CommandRun.run(
      ["convert", "later", "--company", "company"] + Self.flags, in: folder.path)
    #expect(later.code == 3, "\(later.messages)")
    _ = try Self.reconcile(folder, "--books", "complete.csv", "--output", "compared")
    let statement = try folder.text("compared/statement.txt")
    #expect(statement.split(separator: "\n").count { $0.hasSuffix("documents.iif") } == 1)
  }

  private struct Answer: Decodable {
    struct Side: Decodable { var number: String }
    struct Told: Decodable {
      var `class`: String
      var fields: [String]
      var loadops: Side?
      var quickbooks: Side?
    }
    var clean: Bool
    var balanced: Bool
    var differences: Int
    var findings: [Told]
  }

  @Test func `what a customer is called cannot break out of the pages`() throws {
    let folder = try TemporaryFolder()
    let name = "<script>alert(1)</script> & \"Sons\""
    let cell = "\"" + name.replacing("\"", with: "\"\"") + "\""
    try folder.write(
      "invoice_number,customer_name,invoice_date,invoice_total,line_no,category,amount\n"
        + "=1+1,\(cell),2026-09-01,5.00,1,Line Haul,5.00\n", to: "in/invoices.csv")
    try folder.write(
      "Date,Type,Num,Customer,Amount\n09/02/2026,Invoice,\"=HYPERLINK(1)\",\(cell),7.00\n",
      to: "b.csv")
    let run = try CommandRun.run(
      ["reconcile", "in", "--books", "b.csv", "--output", "out"], in: folder.path)
    #expect(run.code == 4, "\(run.messages)")
    for page in ["reconciliation.html", "statement.html"] {
      let html = try folder.text("out/" + page)
      #expect(WellFormedXML.fault(in: html) == nil)
      #expect(!html.contains("<script>alert"))
    }
    let table = try folder.text("out/reconciliation.csv")
    #expect(table.contains("'=HYPERLINK(1)"))
    #expect(!table.contains(",=HYPERLINK"))
  }
}
