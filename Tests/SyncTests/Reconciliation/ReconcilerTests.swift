import Foundation
import Ledger
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import Sync

struct ReconcilerTests {
  /// An invoice as both sides know it.
  private struct Item {
    var number: String
    var customer: String
    var day: Int
    var cents: Int64

    var date: CalendarDate { CalendarDate(daysSince1970: Int32(20_700 + day)) }
    var exportRow: String {
      let amount = Money(cents: cents)
      return "\(number),\(customer),\(date),\(amount),1,Line Haul,\(amount)\n"
    }
    var bookRow: String { "\(date),Invoice,\(number),\(customer),\(Money(cents: cents))\n" }
  }

  private static let exportHeader =
    "invoice_number,customer_name,invoice_date,invoice_total,line_no,category,amount\n"
  private static let bookHeader = "Date,Type,Num,Customer,Amount\n"

  private static func result(
    _ export: String, _ books: String, exportHeader: String = exportHeader,
    bookHeader: String = bookHeader, _ change: (inout Reconciler.Request) -> Void = { _ in }
  ) throws -> Reconciliation {
    let fixture = try PlanFixture()
    let plan = try fixture.plan(exportHeader + export, for: .comparing)
    var table = BookTable()
    let path = try fixture.folder.write(bookHeader + books, to: "books.csv")
    try BookDocumentFiles([path]).fill(&table)
    var request = Reconciler.Request()
    change(&request)
    return try Reconciler.reconcile(plan, with: table, request)
  }

  /// Class, number and fields of everything that was told, without what was never sent on purpose.
  private static func told(_ result: Reconciliation) -> [String] {
    ReconciliationReport(company: nil, at: "", result).rows().filter {
      $0.outcome != .held && $0.outcome != .suppressed
    }.map { row in
      ([row.outcome.word, row.number.isEmpty ? row.bookNumber : row.number] + row.fields.names)
        .joined(separator: " ")
    }.sorted()
  }

  @Test(.serialized, arguments: [0, 1, 2, 3])
  func `whatever is wrong in the books is found and classed right, and nothing else is told`(
    round: Int
  ) throws {
    var random = SeededGenerator()
    let count = 400
    let customers = (1...12).map { "Customer \($0)" }
    let items = (0..<count).map { index in
      Item(
        number: "LD\(10_000 + index)", customer: random.pick(customers),
        day: Int.random(in: 0..<28, using: &random),
        cents: Int64.random(in: 1...900_000, using: &random))
    }
    var rows = items.map { Optional($0.bookRow) }
    var extra: [String] = []
    var expected: [String] = []
    let hidden = round == 0 ? 0 : 90
    for (turn, place) in items.indices.shuffled(using: &random).prefix(hidden).enumerated() {
      var changed = items[place]
      switch turn % 6 {
      case 0:
        rows[place] = nil
        expected.append("missing \(changed.number)")
      case 1:
        // More than any invoice, so that it cannot be taken for one with another number.
        extra.append(
          Item(
            number: "X\(turn)", customer: changed.customer, day: 3, cents: 2_000_000 + Int64(turn)
          )
          .bookRow)
        expected.append("only_there X\(turn)")
      case 2:
        changed.cents += random.pick([-1, 1, 10_000])
        expected.append("differs \(changed.number) total")
      case 3:
        changed.customer = random.pick(customers.filter { $0 != changed.customer })
        expected.append("differs \(changed.number) customer")
      case 4:
        changed.day = (changed.day + 1 + Int.random(in: 0..<20, using: &random)) % 28
        if changed.day == items[place].day { changed.day += 1 }
        expected.append("differs \(changed.number) date")
      default:
        extra.append(changed.bookRow)
        expected.append("doubled \(changed.number)")
      }
      if rows[place] != nil { rows[place] = changed.bookRow }
    }
    let books = (rows.compactMap(\.self) + extra).shuffled(using: &random)
    let result = try Self.result(items.map(\.exportRow).joined(), books.joined())
    #expect(Self.told(result) == expected.sorted(), "\(random)")
    #expect(result.differences == expected.count, "\(random)")
    #expect(result.isClean == (hidden == 0))
    #expect(result.isBalanced)
    #expect(result.read.documents == count)
    #expect(result.listed.documents == books.count)
    let shares = result.customers.reduce(into: Reconciliation.Pair()) { $0 += $1.pair }
    #expect(shares == result.total, "\(random)")
    let months = result.months.reduce(into: Reconciliation.Pair()) { $0 += $1.pair }
    #expect(months == result.total, "\(random)")
    // Filters that leave nothing out have every invoice read again, which must not make a difference.
    let again = try Self.result(items.map(\.exportRow).joined(), books.joined()) {
      $0.selection.from = CalendarDate(iso: "2000-01-01")
      $0.selection.until = CalendarDate(iso: "2100-01-01")
    }
    #expect(Self.told(again) == expected.sorted(), "\(random)")
    #expect(again.classes == result.classes, "\(random)")
    #expect(again.agreeing == result.agreeing, "\(random)")
    #expect(again.compared == result.compared, "\(random)")
    #expect(again.wrongAmount == result.wrongAmount, "\(random)")
    #expect(again.customers == result.customers, "\(random)")
  }

  @Test func `invoices whose rows stand apart are read whole where one does not agree`() throws {
    var (export, books, tail) = ("", "", "")
    for number in 1...40 {
      export += "LD\(number),Acme,2026-09-01,30.00,1,Line Haul,10.00\n"
      tail += "LD\(number),Acme,2026-09-01,30.00,2,Line Haul,20.00\n"
      books += "2026-09-01,Invoice,LD\(number),Acme,\(number == 7 ? "30.01" : "30.00")\n"
    }
    let result = try Self.result(export + tail, books)
    #expect(Self.told(result) == ["differs LD7 total"])
    #expect(result[.differs].difference == Money(cents: 1))
    #expect(result.read.documents == 40)
  }

  private static let openExport =
    "invoice_number,customer_name,invoice_date,invoice_total,due_amount,line_no,category,amount\n"
  private static let openBooks = "Date,Type,Num,Customer,Amount,Open Balance,Status\n"

  @Test func `a document with another number is compared like one with the same`() throws {
    let export = "LD1,Acme,2026-09-01,10.00,4.00,1,Line Haul,10.00\n"
    for (books, expected) in [
      ("2026-09-01,Invoice,X-7,Acme,10.00,4.00,\n", "differs LD1 number"),
      ("2026-09-01,Invoice,X-7,Acme,10.00,9.00,\n", "differs LD1 number balance"),
      ("2026-09-01,Invoice,X-7,Acme,10.00,4.00,Voided\n", "differs LD1 number voided"),
      ("2026-09-01,Invoice,LD1,Acme,10.00,9.00,\n", "differs LD1 balance"),
    ] {
      let result = try Self.result(
        export, books, exportHeader: Self.openExport, bookHeader: Self.openBooks)
      #expect(Self.told(result) == [expected], "\(books)")
      #expect(result.isBalanced)
    }
    // Who does not compare numbers still hears of the rest.
    let ignored = try Self.result(
      export, "2026-09-01,Invoice,X-7,Acme,10.00,9.00,\n", exportHeader: Self.openExport,
      bookHeader: Self.openBooks
    ) { $0.ignored = .number }
    #expect(Self.told(ignored) == ["differs LD1 balance"])
  }

  @Test func `what no amount or no day could be compared of is not the same`() throws {
    let header = "Date,Type,Num,Customer,Aging,Open Balance\n"
    let whole = try Self.result(
      Self.one, "2026-09-01,Invoice,LD1,Acme,,10.00\nTOTAL,,,,,10.00\n", bookHeader: header)
    #expect(whole.isClean)
    // LoadOps does not say what is open: less than the whole may be right.
    let part = try Self.result(
      Self.one, "2026-09-01,Invoice,LD1,Acme,,4.00\nTOTAL,,,,,4.00\n", bookHeader: header)
    #expect(Self.told(part) == ["cannot_compare LD1"])
    #expect(!part.isClean)
    let ignored = try Self.result(
      Self.one, "2026-09-01,Invoice,LD1,Acme,,4.00\nTOTAL,,,,,4.00\n", bookHeader: header
    ) { $0.ignored = .balance }
    #expect(ignored.isClean)
    let noDay = try Self.result(Self.one, ",Invoice,LD1,Acme,10.00\n")
    #expect(Self.told(noDay) == ["cannot_compare LD1"])
    let noDate = try Self.result(
      "LD1,Acme,,10.00,1,Line Haul,10.00\nLD2,Acme,2026-09-01,5.00,1,Line Haul,5.00\n",
      "2026-09-01,Invoice,LD1,Acme,10.00\n2026-09-01,Invoice,LD2,Acme,5.00\n")
    #expect(Self.told(noDate) == ["cannot_compare LD1"])
  }

  private static let one = "LD1,Acme,2026-09-01,10.00,1,Line Haul,10.00\n"

  @Test func `the amount that is wrong is what is missing, too much, or differs`() throws {
    let export = Self.one + "LD2,Acme,2026-09-02,20.00,1,Line Haul,20.00\n"
    let books = "2026-09-01,Invoice,LD1,Acme,10.01\n2026-09-03,Invoice,Z,Acme,5.00\n"
    let result = try Self.result(export, books)
    #expect(result.verdict == "NOT CLEAN: 3 differences, $25.01")
    #expect(result[.differs].difference == Money(cents: 1))
  }

  @Test func `a number that was changed by hand is found by everything else`() throws {
    let renumbered = try Self.result(Self.one, "2026-09-01,Invoice,X-77,Acme,10.00\n")
    #expect(Self.told(renumbered) == ["differs LD1 number"])
    // On another day only a number that is the same but for its letters will do.
    let digits = try Self.result(
      "LD00123,Acme,2026-09-01,10.00,1,Line Haul,10.00\n", "2026-09-05,Invoice,123,Acme,10.00\n")
    #expect(Self.told(digits) == ["differs LD00123 number date"])
    let other = try Self.result(Self.one, "2026-09-05,Invoice,X-77,Acme,10.00\n")
    #expect(Self.told(other) == ["missing LD1", "only_there X-77"])
    let ignored = try Self.result(Self.one, "2026-09-01,Invoice,X-77,Acme,10.00\n") {
      $0.ignored = .number
    }
    #expect(ignored.isClean)
  }

  @Test func `where several would fit, none is taken without a resembling number`() throws {
    let export = Self.one + "LD2,Acme,2026-09-01,10.00,1,Line Haul,10.00\n"
    let books = "2026-09-01,Invoice,A,Acme,10.00\n2026-09-01,Invoice,B,Acme,10.00\n"
    #expect(
      Self.told(try Self.result(export, books)) == [
        "missing LD1", "missing LD2", "only_there A", "only_there B",
      ])
  }

  @Test func `thousands of documents over one flat rate find their invoices by their digits`()
    throws
  {
    var (export, books) = ("", "")
    for number in 1001...3000 {
      export += "LD-\(number),Acme,2026-09-0\(number % 9 + 1),500.00,1,Line Haul,500.00\n"
      books += "2026-09-1\(number % 9),Invoice,\(number),Acme,500.00\n"
    }
    let result = try Self.result(export, books)
    #expect(result[.differs].loadOps.documents == 2000)
    #expect(result.findings.allSatisfy { $0.fields == [.number, .date] })
    #expect(result.differences == 2000)
  }

  @Test func `where both spellings of a customer would fit, the name it is paired with decides`()
    throws
  {
    var (export, books) = ("", "")
    var expected: [String] = []
    for index in 101...124 {
      export += "LD\(index),Café,2026-09-01,\(index).00,1,Line Haul,\(index).00\n"
      books += "2026-09-01,Invoice,X\(index),Café,\(index).00\n"
      books += "2026-09-01,Invoice,Y\(index),Cafe,\(index).00\n"
      expected += ["differs LD\(index) number", "only_there Y\(index)"]
    }
    #expect(Self.told(try Self.result(export, books)) == expected.sorted())
  }

  @Test func `an amount that the books leave blank cannot be compared, and a dash is nothing`()
    throws
  {
    let blank = try Self.result(Self.one, "2026-09-01,Invoice,LD1,Acme,\n")
    #expect(Self.told(blank) == ["cannot_compare LD1"])
    #expect(!blank.isClean)
    let dash = try Self.result(Self.one, "2026-09-01,Invoice,LD1,Acme,-\n")
    #expect(Self.told(dash) == ["differs LD1 total"])
  }

  @Test func `QuickBooks may have the end of a long number, or the number that the memory knows`()
    throws
  {
    let export = "IN-0000123456-01,Acme,2026-09-01,10.00,1,Line Haul,10.00\n"
    let end = String("IN-0000123456-01".suffix(11))
    #expect(try Self.result(export, "2026-09-01,Invoice,\(end),Acme,10.00\n").isClean)
    let known = try Self.result(Self.one, "2026-09-01,Invoice,H-1,Acme,10.00\n") {
      $0.otherNumbers = [OtherNumber(number: "LD1", document: "H-1")]
    }
    #expect(known.isClean)
  }

  @Test func `of two documents with one number the one that agrees is the invoice's`() throws {
    let books = "2026-09-01,Invoice,LD1,Other,99.00\n2026-09-01,Invoice,LD1,Acme,10.00\n"
    let result = try Self.result(Self.one, books)
    #expect(Self.told(result) == ["only_there LD1"])
    let twice = "2026-09-01,Invoice,LD1,Acme,10.00\n2026-09-01,Invoice,LD1,Acme,10.00\n"
    #expect(Self.told(try Self.result(Self.one, twice)) == ["doubled LD1"])
  }

  @Test func `filters narrow both sides, and a pair belongs to them when one of its sides does`()
    throws
  {
    let export =
      Self.one + "LD2,Beta,2026-09-20,20.00,1,Line Haul,20.00\n"
    let books =
      "2026-09-01,Invoice,LD1,Acme,10.00\n2026-09-05,Invoice,LD2,Beta,20.00\n2026-09-25,Invoice,Z,Beta,5.00\n"
    let first = try Self.result(export, books) {
      $0.selection.until = CalendarDate(iso: "2026-09-10")
    }
    #expect(Self.told(first) == ["differs LD2 date"])
    #expect(first.after.documents == 1)
    let acme = try Self.result(export, books) { $0.selection.customer = "Acme" }
    #expect(acme.isClean)
    #expect(acme.notSelected.documents == 2)
    let only = try Self.result(export, books) { $0.selection.numbers = ["LD2", "Z"] }
    #expect(Self.told(only) == ["differs LD2 date", "only_there Z"])
  }

  @Test func `a credit memo is compared with its sign, and a voided document is told`() throws {
    let export = "C1,Acme,2026-09-01,-75.00,1,Line Haul,-75.00\n" + Self.one
    let books = "2026-09-01,Credit Memo,C1,Acme,75.00\n2026-09-01,Invoice,LD1,Acme,10.00\n"
    #expect(try Self.result(export, books).isClean)
    let wrong = "2026-09-01,Invoice,C1,Acme,75.00\n2026-09-01,Invoice,LD1,Acme,10.00\n"
    #expect(Self.told(try Self.result(export, wrong)) == ["differs C1 total"])
  }
}
