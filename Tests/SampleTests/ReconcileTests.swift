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
    #expect(run.output.hasSuffix("\nCLEAN\n"))
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
    let sample = PackageFolder.samples.appendingPathComponent("scenarios/reconcile-confirm")
    let folder = try TemporaryFolder()
    for name in ["in", "mapping.csv", "suppress.csv", "complete.csv"] {
      try folder.copy(sample.appendingPathComponent(name), to: name)
    }
    _ = try CommandRun.run(["init", "company", "--name", "Bluebonnet"], in: folder.path)
    let converted = try CommandRun.run(
      ["convert", "in", "--company", "company"] + Self.flags, in: folder.path)
    #expect(converted.code == 3, "\(converted.messages)")
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
