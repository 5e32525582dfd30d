import Foundation
import LoadOps
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// What the plan alone shows, against the whole export read again.
struct ReconcilerPlanTests {
  private static let exportHeader =
    "invoice_number,customer_name,invoice_date,due_date,terms,invoice_total,due_amount,line_no,category,amount\n"
  private static let bookHeader = "Date,Type,Num,Customer,Due date,Amount,Open Balance\n"

  /// An export with all there can be of what is due, and books that have some of it, and some of it wrong.
  private static func sides(_ random: inout SeededGenerator) -> (export: String, books: String) {
    var (export, apart, books) = ("", "", [String]())
    for index in 0..<200 {
      let date = CalendarDate(daysSince1970: Int32(20_700 + index / 20))
      let days = random.pick([0, 15, 30])
      let due = date.adding(days: days)
      let stated = random.pick([due.description, ""])
      let terms = random.pick(["Net \(days)", ""])
      let cents = Int64.random(in: 200...90_000, using: &random) * random.pick([1, 1, 1, 1, -1])
      let (total, open) = (Money(cents: cents), Money(cents: cents / 2))
      let owed = random.pick(["\(open)", ""])
      let head = "LD\(index),Acme,\(date),\(stated),\(terms),\(total),\(owed)"
      if index % 13 == 0 {
        export += "\(head),1,Line Haul,1.00\n"
        apart += "\(head),2,Line Haul,\(total - Money(cents: 100))\n"
      } else {
        export += "\(head),1,Line Haul,\(total)\n"
      }
      let there = random.pick([due, due, due, date.adding(days: 1)])
      let left = random.pick([open, open, open, total])
      books.append(
        "\(date),\(cents < 0 ? "Credit Memo" : "Invoice"),LD\(index),\(random.pick(["Acme", "Acme", "Acme", "Other"])),"
          + "\(random.pick(["\(there)", ""])),\(total),\(random.pick(["\(left)", ""]))\n")
    }
    return (export + apart, books.shuffled(using: &random).joined())
  }

  /// The files of a reconciliation, by their names.
  private static func files(
    _ fixture: PlanFixture, _ plan: SyncPlan, _ table: BookTable, _ name: String
  ) throws -> [String: Data] {
    let result = try Reconciler.reconcile(plan, with: table, Reconciler.Request())
    let folder = fixture.folder.path(name)
    let report = ReconciliationReport(company: nil, at: "2026-11-29T12:00:00Z", result)
    try ReconciliationFiles.write(report, into: folder)
    var files: [String: Data] = [:]
    for name in ReconciliationFiles.names {
      files[name] = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
    }
    // It is written piece by piece, and is what every answer in JSON is.
    #expect(files["reconciliation.json"] == Data(report.json.bytes))
    return files
  }

  @Test(.serialized, arguments: [1, 2, 3])
  func `what the plan alone shows is what the whole export shows when it is read again`(
    round: Int
  ) throws {
    var random = SeededGenerator()
    let fixture = try PlanFixture()
    let (export, books) = Self.sides(&random)
    var table = BookTable()
    let path = try fixture.folder.write(Self.bookHeader + books, to: "books.csv")
    try BookDocumentFiles([path]).fill(&table)
    // A plan for delivering does not say what is due, so that every invoice has to be read again.
    let whole = try Self.files(
      fixture, fixture.plan(Self.exportHeader + export), table, "whole")
    let quick = try Self.files(fixture, fixture.plan(for: .comparing), table, "quick")
    for name in ReconciliationFiles.names {
      #expect(quick[name] == whole[name], "\(name), \(random)")
    }
    let rows = String(decoding: quick["reconciliation.csv"] ?? Data(), as: UTF8.self)
    #expect(rows.contains("\n=,same,") && rows.contains("\n*,differs,"), "\(random)")
  }

  @Test func `what is due comes back from a plan, in order and by position`() throws {
    var random = SeededGenerator()
    var invoices = PlannedInvoices()
    var kept: [PlannedInvoice] = []
    for index in 0..<5000 {
      let place = RecordPlace(
        file: 0, ordinal: UInt32(index + 1), line: UInt32(index + 2), length: 50,
        offset: UInt64(index * 60))
      var invoice = PlannedInvoice(
        place: place, numberHash: UInt64(index), rules: .none,
        amount: Money(cents: Int64.random(in: -5000...500_000, using: &random)), customer: 3,
        date: random.pick([nil, CalendarDate(daysSince1970: Int32(20_000 + index % 90))]),
        outcome: random.pick([.held, .delivered]))
      invoice.dueDate = random.pick([
        nil, CalendarDate(daysSince1970: Int32.random(in: 15_000...25_000, using: &random)),
      ])
      invoice.dueAmount = random.pick([
        nil, Money.zero, Money(cents: Int64.random(in: -500...500, using: &random)),
      ])
      invoices.append(invoice)
      kept.append(invoice)
    }
    func isSame(_ left: PlannedInvoice, _ right: PlannedInvoice) -> Bool {
      left.place == right.place && left.numberHash == right.numberHash
        && left.amount == right.amount && left.date == right.date
        && left.dueDate == right.dueDate && left.dueAmount == right.dueAmount
        && left.outcome == right.outcome && left.customer == right.customer
    }
    for (position, invoice) in invoices.enumerated() {
      #expect(isSame(invoice, kept[position]), "\(position), \(random)")
    }
    var iterator = invoices.makeIterator()
    var position = 0
    for _ in 0..<3000 {
      #expect(isSame(iterator.invoice(at: position), kept[position]), "\(position), \(random)")
      position = random.pick([
        position, min(position + 1, 4999), min(position + 3, 4999),
        Int.random(in: 0..<5000, using: &random),
      ])
    }
  }

  @Test func `of a day's invoices the first and the last in the export are the landmarks`() throws {
    let fixture = try PlanFixture()
    var export = "invoice_number,customer_name,invoice_date,invoice_total,line_no,category,amount\n"
    var books = "Date,Type,Num,Customer,Amount\n"
    for number in 1...9 {
      // What is zero is read again, when all others were compared.
      export += "LD\(number),Acme,2026-09-01,\(number == 5 ? "0.00" : "5.00"),1,Line Haul,"
      export += "\(number == 5 ? "0.00" : "5.00")\n"
      books += "2026-09-01,Invoice,LD\(10 - number),Acme,\(number == 5 ? "0.00" : "5.00")\n"
    }
    var table = BookTable()
    try BookDocumentFiles([try fixture.folder.write(books, to: "books.csv")]).fill(&table)
    for purpose in [Planner.Purpose.comparing, .delivering] {
      let result = try Reconciler.reconcile(
        fixture.plan(export, for: purpose), with: table, Reconciler.Request())
      #expect(result.first?.number == "LD1")
      #expect(result.last?.number == "LD9")
    }
  }
}
