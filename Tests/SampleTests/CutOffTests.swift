import Foundation
import TestSupport
import Testing

/// A file that ends in the middle of its last figure is never booked with half of it.
struct CutOffTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try CommandRun.run(["init", "co"], in: folder.path)
  }

  private func plan(_ text: String, name: String = "a.csv", command: String = "plan") throws
    -> CommandRun
  {
    try folder.write(text, to: "in/" + name)
    return try CommandRun.run([command, "in", "--company", "co"], in: folder.path)
  }

  private static let plain = "Invoice #,Customer,Invoiced On,Pay Item,Amount\n"
  private static let row = "1,Acme,2026-11-01,Line Haul,100.00\n"
  private static let totals = "Invoice #,Customer,Invoiced On,Invoice Total,Pay Item,Amount\n"
  private static let rates = "Invoice #,Customer,Invoiced On,Pay Item,Qty,Rate,Amount\n"
  private static let dates = "Invoice #,Customer,Pay Item,Amount,Invoiced On\n"

  static let held = [
    plain + row + "2,Acme,2026-11-02,Line Haul,12",
    // A single row is as doubtful as the last of many.
    plain + "2,Acme,2026-11-02,Line Haul,12",
    plain + "2,Acme,2026-11-02,Line Haul,1250.00",
    totals + "2,Acme,2026-11-02,1250.00,Line Haul,12",
    "Invoice #,Customer,Invoiced On,Pay Item,Amount,Invoice Total\n"
      + "2,Acme,2026-11-02,Line Haul,1250.00,125",
    rates + "2,Acme,2026-11-02,Line Haul,2,625.00,12",
    // The year was 2026.
    dates + "2,Acme,Line Haul,12.00,11/02/20",
    "Customer,Invoiced On,Pay Item,Amount,Invoice #\nAcme,2026-11-02,Line Haul,12.00,10",
  ]

  @Test(arguments: held)
  func `the invoice of a last row that nothing proves is held`(_ text: String) throws {
    let answer = try plan(text)
    #expect(answer.code == 3, "\(answer.output)")
    #expect(answer.output.contains("[invoice-may-be-cut-off]"), "\(answer.output)")
    #expect(answer.output.contains("add a line end behind the last row"))
    // With a line end it is as it was meant.
    let whole = try plan(text + "\n")
    #expect(!whole.output.contains("[invoice-may-be-cut-off]"))
  }

  /// The last row is one of the invoice above it, or of one that nobody sees: its number was cut.
  static let cutNumbers = [
    plain + row + "20,Acme,2026-11-02,Line Haul,50.00\n2",
    plain + row + "20,Acme,2026-11-02,Line Haul,50.00\n2\n",
    plain + "2,Acme,2026-11-02,Line Haul,9.00\n" + row + "20,Acme,2026-11-02,Line Haul,50.00\n2",
  ]

  @Test(arguments: cutNumbers)
  func `an invoice whose next row may have been cut off in its number waits whole`(_ text: String)
    throws
  {
    let answer = try plan(text)
    #expect(answer.code == 3)
    #expect(answer.output.contains("may belong to invoice 20"), "\(answer.output)")
    // The first invoice has nothing to do with it.
    #expect(answer.output.contains("delivered 1, 100.00"), "\(answer.output)")
    // With its total, nothing is missing of it.
    let total = try plan(
      Self.totals + "20,Acme,2026-11-02,50.00,Line Haul,50.00\n2", name: "a.csv")
    #expect(!total.output.contains("may belong to invoice 20"), "\(total.output)")
    // Another number is another invoice.
    let other = try plan(Self.plain + "30,Acme,2026-11-02,Line Haul,50.00\n2")
    #expect(!other.output.contains("may belong to invoice 30"), "\(other.output)")
  }

  static let delivered = [
    totals + "2,Acme,2026-11-02,1250.00,Line Haul,1250.00",
    // Nothing is lost that was worth anything.
    totals + "2,Acme,2026-11-02,1250.00,Line Haul,1250",
    rates + "2,Acme,2026-11-02,Line Haul,2,625.00,1250.00",
    plain + "2,Acme,2026-11-02,Line Haul,\"1250.00\"",
    dates + "2,Acme,Line Haul,12.00,2026-11-02", dates + "2,Acme,Line Haul,12.00,11/02/2026",
    "Invoice #,Customer,Invoiced On,Pay Item,Amount,Description\n2,Acme,2026-11-02,Line Haul,12.00,12",
    "Invoice #,Customer,Invoiced On,Pay Item,Amount,PO #\n2,Acme,2026-11-02,Line Haul,12.00,77",
  ]

  @Test(arguments: delivered)
  func `a whole file without a line end at its end goes out`(_ text: String) throws {
    let answer = try plan(text)
    #expect(answer.code == 0, "\(answer.output)")
    #expect(!answer.output.contains("[invoice-may-be-cut-off]"))
  }

  @Test func `convert holds it, and the held row waits until its reason is taken out`() throws {
    let answer = try plan(
      Self.plain + Self.row + "2,Acme,2026-11-02,Line Haul,12", command: "convert")
    #expect(answer.code == 3)
    let outbox = try FileManager.default.contentsOfDirectory(atPath: folder.path("co/outbox"))
    let held = try folder.text("co/outbox/\(try #require(outbox.first))/held.csv")
    #expect(held.contains("invoice-may-be-cut-off"))
    try FileManager.default.removeItem(atPath: folder.path("in/a.csv"))
    #expect(try plan(held, name: "held.csv").code == 3)
    let mended = "held_because," + Self.plain + ",2,Acme,2026-11-02,Line Haul,12\n"
    #expect(try plan(mended, name: "held.csv").code == 0)
  }
}
