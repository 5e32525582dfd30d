import Ledger
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// When the verdict may be CLEAN, and which document is which invoice's.
struct ReconcilerVerdictTests {
  private static let exportHeader =
    "invoice_number,status,customer_name,invoice_date,invoice_total,line_no,category,amount\n"
  private static let bookHeader = "Date,Type,Num,Customer,Amount\n"

  private static func invoice(
    _ number: String, _ amount: String = "10.00", customer: String = "Acme",
    status: String = "Invoiced", day: String = "2026-09-01"
  ) -> String {
    "\(number),\(status),\(customer),\(day),\(amount),1,Line Haul,\(amount)\n"
  }

  private static func result(
    _ export: String, _ books: String..., suppressed: [String] = [],
    bookHeader: String = bookHeader, _ change: (inout Reconciler.Request) -> Void = { _ in }
  ) throws -> Reconciliation {
    var fixture = try PlanFixture()
    if !suppressed.isEmpty { try fixture.suppress(suppressed) }
    let plan = try fixture.plan(exportHeader + export, for: .comparing)
    var paths: [String] = []
    for (index, rows) in books.enumerated() {
      paths.append(try fixture.folder.write(bookHeader + rows, to: "books-\(index).csv"))
    }
    var table = BookTable()
    try BookDocumentFiles(paths).fill(&table)
    var request = Reconciler.Request()
    change(&request)
    return try Reconciler.reconcile(plan, with: table, request)
  }

  private static func told(_ result: Reconciliation) -> [String] {
    ReconciliationReport(company: nil, at: "", result).rows().map { row in
      ([row.outcome.word, row.number.isEmpty ? row.bookNumber : row.number] + row.fields.names)
        .joined(separator: " ")
    }.sorted()
  }

  private static let held = invoice("LD2", status: "Pending")
  private static let one = "2026-09-01,Invoice,LD1,Acme,10.00\n"

  // MARK: - Nothing

  @Test func `where nothing was compared it is not clean`() throws {
    let noBooks = try Self.result(Self.held, "")
    #expect(!noBooks.isClean)
    #expect(noBooks.verdict.hasPrefix("NOT CLEAN: nothing was compared"))
    let nobody = try Self.result(Self.invoice("LD1"), Self.one) { $0.selection.customer = "Nobody" }
    #expect(
      nobody.verdict
        == "NOT CLEAN: nothing was compared, because nothing is of what was asked for")
    let elsewhere = try Self.result(Self.invoice("LD1"), Self.one) { $0.selection.numbers = ["X"] }
    #expect(!elsewhere.isClean)
    // What is held may be clean, but not of a month of which no file says anything.
    let august = "August 2026\n" + Self.bookHeader
    let other = try Self.result(Self.held, "2026-08-01,Invoice,A,Acme,5.00\n", bookHeader: august)
    #expect(!other.isClean)
  }

  @Test func `what is not in QuickBooks on purpose stands in the verdict`() throws {
    let before = "2026-08-01,Invoice,A,Acme,5.00\n"
    let held = try Self.result(Self.held, before)
    #expect(held.isClean)
    #expect(held.verdict == "CLEAN, 1 held, $10.00 not in QuickBooks")
    let both = try Self.result(
      Self.held + Self.invoice("LD3", "5.00") + Self.invoice("LD1"), Self.one, suppressed: ["LD3"])
    #expect(both.verdict == "CLEAN, 1 held and 1 suppressed, $15.00 not in QuickBooks")
    let wrong = try Self.result(Self.held + Self.invoice("LD1", "9.00"), Self.one)
    #expect(
      wrong.verdict == "NOT CLEAN: 1 difference, $1.00; 1 held, $10.00 not in QuickBooks")
  }

  // MARK: - What was never sent

  @Test func `a suppressed invoice that QuickBooks has is a difference`() throws {
    let export = Self.invoice("LD2001") + Self.invoice("LD2002")
    let first = "2026-09-01,Invoice,LD2001,Acme,10.00\n"
    let own = try Self.result(
      export, first + "2026-09-01,Invoice,LD2002,Acme,10.00\n", suppressed: ["LD2002"])
    #expect(Self.told(own) == ["differs LD2002"])
    #expect(own.verdict == "NOT CLEAN: 1 difference, $10.00")
    let report = ReconciliationReport(company: nil, at: "", own)
    #expect(report.text().contains("suppressed, but in QuickBooks"))
    let other = try Self.result(
      export, first + "2026-09-01,Invoice,2002,Acme,10.00\n", suppressed: ["LD2002"])
    #expect(Self.told(other) == ["differs LD2002 number"])
    // Voided is as good as not sent.
    let void = try Self.result(
      export, first + "2026-09-01,Invoice,LD2002,Acme,0.00,VOID:\n", suppressed: ["LD2002"],
      bookHeader: "Date,Type,Num,Customer,Amount,Memo\n")
    #expect(void.isClean)
  }

  @Test(arguments: ["suppressed", "held"])
  func `what was never sent does not swallow a stranger's document`(state: String) throws {
    let export =
      Self.invoice("LD2001")
      + Self.invoice("LD2002", status: state == "held" ? "Pending" : "Invoiced")
    let books = "2026-09-01,Invoice,LD2001,Acme,10.00\n2026-09-01,Invoice,77-XYZ,Acme,10.00\n"
    let result = try Self.result(
      export, books, suppressed: state == "held" ? [] : ["LD2002"])
    #expect(Set(Self.told(result)) == ["only_there 77-XYZ", "\(state) LD2002"])
    let text = ReconciliationReport(company: nil, at: "", result).text()
    #expect(text.contains("suppressed or held has this"))
  }

  @Test func `a held invoice that QuickBooks has as it should is told in a line`() throws {
    let result = try Self.result(Self.held, "2026-09-01,Invoice,LD2,Acme,10.00\n")
    #expect(result.isClean)
    #expect(result.heldThere.documents == 1)
    let text = ReconciliationReport(company: nil, at: "", result).text()
    #expect(text.contains("of the same 1 invoice, 10.00, is held in LoadBooks"))
  }

  @Test func `a run that was taken back and is still in QuickBooks is told`() throws {
    let number = Array("LD1".utf8)
    let result = try Self.result(Self.invoice("LD1"), Self.one) {
      $0.takenBack = [ByteHash.of(number.span)]
    }
    #expect(result.verdict == "CLEAN, 1 taken back but still in QuickBooks")
    let text = ReconciliationReport(company: nil, at: "", result).text()
    #expect(text.contains("the next convert would send it again"))
  }

  // MARK: - Numbers

  @Test(arguments: ["2026-10-02", "2025-09-01"])
  func `a double outside the days that are compared is told`(day: String) throws {
    let others = "\(day),Invoice,LD1,Acme,10.00\n\(day),Invoice,Z,Acme,10.00\n"
    let result = try Self.result(Self.invoice("LD1"), Self.one + others)
    #expect(Self.told(result) == ["doubled LD1"])
    #expect(result.isBalanced)
  }

  @Test func `who has the whole number comes before who has its end`() throws {
    let long = Self.invoice("AB12345678901", "10.00")
    let exact = Self.invoice("12345678901", "20.00", customer: "Bexar")
    let books = "2026-09-01,Invoice,12345678901,Bexar,20.00\n"
    for export in [long + exact, exact + long] {
      let result = try Self.result(export, books)
      #expect(!Self.told(result).contains { $0.contains("12345678901 ") })
      #expect(result[.same].loadOps.documents == 1)
    }
  }

  @Test func `a credit memo with the number of an invoice is not called gone from the export`()
    throws
  {
    let result = try Self.result(
      Self.invoice("LD1"), Self.one + "2026-09-02,Credit Memo,LD1,Acme,3.00\n")
    #expect(Self.told(result) == ["only_there LD1"])
    #expect(
      ReconciliationReport(company: nil, at: "", result).text().contains("is not its document"))
  }

  // MARK: - What files cannot tell

  @Test func `a credit memo that a list cannot have is not missing`() throws {
    let export = Self.invoice("LD1") + Self.invoice("C1", "-5.00")
    let header = "Invoice List\nDate,Type,Num,Customer,Amount,Open Balance\n"
    let result = try Self.result(
      export, "2026-09-01,Invoice,LD1,Acme,10.00,\n", bookHeader: header)
    #expect(Self.told(result) == ["cannot_compare C1"])
    #expect(ReconciliationReport(company: nil, at: "", result).lostNumbers.isEmpty)
  }

  @Test func `what two files contradict each other about is not the same`() throws {
    let header = "Date,Type,Num,Customer,Amount,Open Balance\n"
    let result = try Self.result(
      Self.invoice("LD1"), "2026-09-01,Invoice,LD1,Acme,10.00,10.00\n",
      "2026-09-01,Invoice,LD1,Acme,10.00,4.00\n", bookHeader: header)
    #expect(Self.told(result) == ["cannot_compare LD1"])
    #expect(result.faults.count == 1)
    let report = ReconciliationReport(company: nil, at: "", result)
    #expect(report.agreeingNumbers()() == nil)
    #expect(report.text().contains("1 document stands in several files"))
  }
}
