import Foundation
import TestSupport
import Testing

/// What is held must not go out by a side door: its own held file, a copy, a later run, a neighbour.
struct HeldStaysHeldTests {
  private static let header = "invoice_number,customer_name,invoice_date,category,amount"

  /// A company with one mapped category, and a way to run commands in it.
  private struct Company {
    let folder: TemporaryFolder

    init(_ files: [String: String]) throws {
      folder = try TemporaryFolder()
      _ = try CommandRun.run(["init", "co"], in: folder.path)
      for (name, text) in files { try folder.write(text, to: name) }
    }

    /// Converts and gives the line with the totals.
    func convert(_ arguments: String..., output: String) throws -> String {
      let run = try CommandRun.run(
        ["convert"] + arguments + ["--company", "co", "--output", output], in: folder.path)
      let line = run.output.split(separator: "\n").first { $0.hasPrefix("read ") }
      return line.map(String.init) ?? run.messages
    }
  }

  private static let reasons: [(String, [String: String], [String])] = [
    ("a row that was not read whole", ["in/a.csv": "1,Acme,2026-10-01,Line Haul,1,234.00"], []),
    (
      "a customer who is not listed", ["in/a.csv": "1,Acme,2026-10-01,Line Haul,1.00"],
      ["customer_name\nOther\n"]
    ),
    (
      "another invoice of that number",
      [
        "in/a.csv": "1,Acme,2026-10-01,Line Haul,100", "in/b.csv": "1,Acme,2026-10-01,Detention,40",
      ], []
    ),
    (
      "dates written in two ways",
      ["in/a.csv": "1,Acme,2026-10-01,Nix,100\n2,Acme,03/04/2026,Line Haul,5"], []
    ),
  ]

  @Test(arguments: reasons)
  func `a held row that comes alone, unmended, stays held`(
    reason: String, files: [String: String], customers: [String]
  ) throws {
    var all = files.mapValues { Self.header + "\n" + $0 + "\n" }
    for text in customers { all["in/customers.csv"] = text }
    let company = try Company(all)
    let first = try company.convert("in", output: "first")
    #expect(first.contains("delivered 0,"), "\(reason): \(first)")
    let second = try company.convert("first/held.csv", output: "second")
    #expect(second.contains("delivered 0,"), "\(reason): \(second)")
  }

  @Test func `a mended row whose reason is emptied goes out`() throws {
    let company = try Company(["a.csv": Self.header + "\n1,Acme,2026-10-01,Line Haul,1,234.00\n"])
    _ = try company.convert("a.csv", output: "first")
    let held = try company.folder.text("first/held.csv")
    #expect(held.contains("original row: 1,Acme"))
    try company.folder.write(
      "held_because," + Self.header + "\n,1,Acme,2026-10-01,Line Haul,1234.00\n", to: "mended.csv")
    #expect(try company.convert("mended.csv", output: "second").contains("delivered 1, 1,234.00"))
  }

  @Test func `a held file keeps the days that the whole column proved`() throws {
    let company = try Company([
      "a.csv": Self.header + "\n1,Acme,25/08/2026,Line Haul,1\n2,Acme,05/08/2026,Nix,2\n"
    ])
    _ = try company.convert("a.csv", output: "first")
    #expect(try company.folder.text("first/held.csv").contains(",2,Acme,2026-08-05,Nix,2"))
  }

  @Test(arguments: [
    ("qb_status", "", "synced"), ("qb_status", "", "suppressed"), ("invoice_total", "100", "150"),
    ("taxable", "", "yes"), ("due_amount", "", "x"), ("customer_id", "1", "2"),
  ])
  func `copies that differ in what can hold them are not one invoice`(
    column: String, first: String, second: String
  ) throws {
    let header = Self.header + "," + column + "\n"
    let company = try Company([
      "in/1.csv": header + "1,Acme,2026-10-01,Line Haul,100,\(first)\n",
      "in/2.csv": header + "1,Acme,2026-10-01,Line Haul,100,\(second)\n",
    ])
    let line = try company.convert("in", output: "out")
    #expect(line.contains("delivered 0,"), "\(line)")
  }

  @Test func `a customer of an earlier run does not become another one`() throws {
    let company = try Company([
      "a.csv": Self.header + "\n1,Álvarez Freight,2026-10-01,Line Haul,100\n",
      "b.csv": Self.header + "\n2,Alvarez Freight,2026-10-01,Line Haul,200\n",
    ])
    #expect(try company.convert("a.csv", output: "a").contains("delivered 1, 100.00"))
    #expect(try company.convert("b.csv", output: "b").contains("held 1, 200.00"))
  }

  @Test func `a misspelt name that is mapped onto a listed customer goes out with that customer`()
    throws
  {
    let company = try Company([
      "in/customers.csv": "customer_name\nRed River Freight\n",
      "in/a.csv": Self.header + "\n1,Red River Freight,2026-10-01,Line Haul,100\n"
        + "2,Red River  Freight,2026-10-01,Line Haul,200\n",
      "co/mapping.csv": "kind,loadops,quickbooks,account,note\n"
        + "item,Line Haul,Line Haul,Freight Income,\n"
        + "customer,Red River  Freight,Red River Freight,,\n",
    ])
    #expect(try company.convert("in", output: "out").contains("delivered 2, 300.00"))
  }

  @Test(arguments: ["-", "N/A", "?", "#REF!", "1.23E+11"])
  func `a row whose number is none holds its neighbours`(number: String) throws {
    let company = try Company([
      "a.csv": Self.header + "\n1,Acme,2026-10-01,Line Haul,100\n"
        + "\(number),Acme,2026-10-01,Detention,50\n2,Acme,2026-10-01,Line Haul,200\n"
    ])
    let line = try company.convert("a.csv", output: "out")
    #expect(line.contains("delivered 0,"), "\(line)")
    #expect(line.contains("held 3, 350.00"), "\(line)")
  }

  @Test func `JSON on standard input is called so in findings`() throws {
    let folder = try TemporaryFolder()
    let text =
      "[{\"invoice_number\": \"1\", \"customer_name\": \"A\", \"invoice_date\": \"2026-02-30\", "
      + "\"lines\": [{\"category\": \"Line Haul\", \"amount\": \"1.00\"}]}]"
    let input = try folder.write(text, to: "export.json")
    let run = try CommandRun.run(["plan", "-"], in: folder.path, input: input)
    #expect(run.code == 3)
    #expect(run.output.contains("standard input:1:"))
    #expect(!run.output.contains("standard-input-"))
  }

  @Test func `an invoice that is too large does not stop the others`() throws {
    let company = try Company([
      "a.csv": Self.header + "\n1,Acme,2026-10-01,Line Haul,100\n"
        + "2,Acme,2026-10-01,Line Haul,9999999999.99\n2,Acme,2026-10-01,Detention,9999999999.99\n"
    ])
    let line = try company.convert("a.csv", output: "out")
    #expect(line.contains("delivered 1, 100.00"), "\(line)")
  }
}
