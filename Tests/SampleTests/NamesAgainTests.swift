import Foundation
import TestSupport
import Testing

@testable import loadbooks

/// Names that a file for QuickBooks must write with other characters, and terms that nobody uses.
struct NamesAgainTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(
      "kind,loadops,quickbooks,account,note\nitem,Line Haul,Linehaul,Freight Income,\n",
      to: "mapping.csv")
    _ = try CommandRun.run(["init", "company", "--name", "X"], in: folder.path)
  }

  private func run(_ command: String, _ more: [String], at minutes: Int = 0) throws -> CommandRun {
    try CommandRun.run(
      [command, "in", "--company", "company", "--mapping", "mapping.csv"] + more, in: folder.path,
      at: CommandRun.now + Double(60 * minutes))
  }

  private func write(customers: String, invoices: String) throws {
    try folder.write("customer_name,invoice_terms\n" + customers, to: "in/customers.csv")
    try folder.write(
      "invoice_number,customer_name,invoice_date,terms,category,amount\n" + invoices,
      to: "in/invoices.csv")
  }

  @Test func `terms of a customer that no invoice has are declared with it`() throws {
    try write(customers: "A Co,Net 45\n", invoices: "1,A Co,2026-11-03,Net 30,Line Haul,10\n")
    let plan = try run("plan", [])
    #expect(plan.code == 0, "\(plan.messages)")
    #expect(plan.output.contains("A Co: Net 45"), "\(plan.output)")
    #expect(plan.output.contains("Net 45: due in 45 days"))
  }

  @Test(arguments: [
    ("iif", "Müller & Söhne GmbH", "Muller & Söhne GmbH"),
    ("qbxml", "Café — Łódź", "Café - Łódź"), ("iif", "Café — Łódź", "Cafe - Łódź"),
  ])
  func `a customer whose name was written otherwise is the same one next time`(
    _ target: String, _ name: String, _ other: String
  ) throws {
    let first = "1,\(name),2026-11-03,Net 30,Line Haul,10\n"
    try write(customers: "\(name),\n", invoices: first)
    #expect(try run("convert", ["--target", target]).output.contains("delivered 1"))
    try write(
      customers: "\(name),\n", invoices: first + "2,\(name),2026-11-04,Net 30,Line Haul,20\n")
    let again = try run("convert", ["--target", target], at: 1)
    #expect(again.code == 0, "\(again.output)")
    #expect(again.output.contains("delivered 1, 20.00"))
    // Another customer that would be written so is held.
    try write(
      customers: "\(other),\n", invoices: "3,\(other),2026-11-04,Net 30,Line Haul,20\n")
    #expect(try run("convert", ["--target", target], at: 2).output.contains("held 1"))
  }

  @Test func `a qbXML run speaks of no setting of IIF`() throws {
    try write(
      customers: "Łódź,\n東京 Co,\n",
      invoices: "1,Łódź,2026-11-03,Net 30,Line Haul,10\n2,東京 Co,2026-11-03,Net 30,Line Haul,10\n")
    try folder.write(
      "invoice_number,customer_name,invoice_date,terms,category,amount,description\n"
        + "1,Łódź,2026-11-03,Net 30,Line Haul,10,東京\n", to: "in/invoices.csv")
    let plan = try run("plan", ["--target", "qbxml", "--full"]).output
    #expect(plan.contains("[customer-name-changed]") && plan.contains("[text-unrepresentable]"))
    #expect(!plan.contains("iif"), "\(plan)")
    #expect(try run("plan", ["--full"]).output.contains("formats.iif.encoding"))
  }

  @Test func `an invoice is explained as the run that met it would write it`() throws {
    let name = "Müller & Söhne GmbH"
    try write(customers: "\(name),\n", invoices: "1,\(name),2026-11-03,Net 30,Line Haul,10\n")
    #expect(try run("convert", ["--target", "qbxml"]).output.contains("delivered 1"))
    let explain = { (more: [String]) in
      try CommandRun.run(["explain", "1", "--company", "company"] + more, in: folder.path).output
    }
    #expect(try explain([]).contains("\(name) -> \(name)"))
    #expect(try explain(["--set", "target=iif"]).contains("\(name) -> Muller & Sohne GmbH"))
  }
}
