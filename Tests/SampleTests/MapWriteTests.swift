import Foundation
import TestSupport
import Testing

@testable import loadbooks

/// What `map item`, `map customer` and `map terms` refuse, and that `plan --full` leaves nothing out.
struct MapWriteTests {
  private static let lists = [
    "!HDR\tPROD\tDATE", "HDR\tQuickBooks\t2026-11-20", "!ACCNT\tNAME\tACCNTTYPE",
    "ACCNT\tFreight Income\tINC", "ACCNT\tChecking\tBANK",
    "!INVITEM\tNAME\tINVITEMTYPE\tACCNT\tHIDDEN",
    "INVITEM\tLine Haul\tSERV\tFreight Income\tN", "INVITEM\tDetention\tSERV\tFreight Income\tY",
    "INVITEM\tGroup X\tGRP\t\tN", "INVITEM\tBad Acct\tSERV\tChecking\tN", "!VEND\tNAME",
    "VEND\tVend One", "!CUST\tNAME", "CUST\tAcme", "!TERMS\tNAME\tDUEDAYS\tTERMSTYPE",
    "TERMS\t10th of Month\t10\t1",
  ].joined(separator: "\n")

  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("kind,loadops,quickbooks,account,note\n", to: "mapping.csv")
    try folder.write(lists + "\n", to: "lists.iif")
    return folder
  }

  private static let refused = [
    ["customer", "Foo", "Vend One"], ["customer", "Foo", "ACME"], ["item", "X", "Group X"],
    ["item", "Y", "Detention"], ["item", "Y", "detention"], ["item", "Z", "Bad Acct"],
    ["item", "Z", "New", "--account", "Checking"], ["terms", "foo", "whenever"],
  ]

  @Test(arguments: refused)
  func `a line that the next plan would refuse is not written`(_ words: [String]) throws {
    let folder = try Self.folder()
    let before = try folder.text("mapping.csv")
    let run = try CommandRun.run(
      ["map"] + words + ["--mapping", "mapping.csv", "--books", "lists.iif"], in: folder.path)
    #expect(run.code == 78)
    #expect(run.messages.contains("nothing was written"))
    #expect(try folder.text("mapping.csv") == before)
  }

  @Test(arguments: [
    ["customer", "Foo", "Acme"], ["item", "X", "Line Haul"], ["terms", "monthly", "10th of Month"],
    ["terms", "thirty", "Net 30"],
  ])
  func `a line that holds is written`(_ words: [String]) throws {
    let folder = try Self.folder()
    let run = try CommandRun.run(
      ["map"] + words + ["--mapping", "mapping.csv", "--books", "lists.iif"], in: folder.path)
    #expect(run.code == 0)
    #expect(try folder.text("mapping.csv").contains("\(words[0]),\(words[1]),\(words[2]),,\n"))
  }

  @Test func `a full plan names everything that would be declared, and every finding`() throws {
    let folder = try Self.folder()
    var text = "invoice_number,customer_name,invoice_date,category,amount\n"
    for number in 0..<230 {
      text += "\(1000 + number),Carrier \(number) Express,2026-07-01,Line Haul,10.50\n"
      text += "\(5000 + number),Unit \(number) Express,2026-07-01,Cat \(number),10.50\n"
    }
    try folder.write(text, to: "in/invoices.csv")
    try folder.write(
      "kind,loadops,quickbooks,account,note\nitem,Line Haul,Line Haul,,\n", to: "mapping.csv")
    let command = ["plan", "in", "--mapping", "mapping.csv", "--books", "lists.iif"]
    let short = try CommandRun.run(command, in: folder.path)
    #expect(short.output.contains("more: use --full"))
    let full = try CommandRun.run(command + ["--full"], in: folder.path)
    #expect(!full.output.contains("more: use"))
    for number in 0..<230 {
      #expect(full.output.contains("    Carrier \(number) Express\n"))
      #expect(full.output.contains("income category \"Cat \(number)\""))
    }
    let json = try CommandRun.run(command + ["--full", "--json"], in: folder.path)
    #expect(json.output.components(separatedBy: "\"category-unmapped\"").count > 230)
  }
}
