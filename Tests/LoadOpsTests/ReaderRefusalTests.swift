import Foundation
import LoadOps
import TestSupport
import Testing
import Vocabulary

struct ReaderRefusalTests {
  private static let incomplete: [(String, String)] = [
    ("Invoice #,Customer,Invoiced On,Invoice Total", "lists invoices without their lines"),
    ("Load ID,Customer,Load Completion Date,Revenue", "invoice_date, category, amount"),
    ("Invoice #,Customer,Invoiced On,Pay Item,Amt", "has no amount column"),
    ("Invoice #,Customer,Invoiced On,Amount", "has no category column"),
    ("Inv Ref,Customer,Invoiced On,Pay Item,Amount", "has no invoice_number column"),
    ("Invoice #,Customer,When,Pay Item,Amount", "has no invoice_date column"),
    ("Invoice #,Payer,Invoiced On,Pay Item,Amount", "has no customer_name column"),
    ("Invoice #,Amount", "customer_name, invoice_date, category"),
    ("Company,Acme\nInvoice #,Customer,Invoiced On,Total", "lists invoices without their lines"),
  ]

  @Test(arguments: incomplete)
  func `invoices that lack a column are refused, never taken for customers or categories`(
    header: String, message: String
  ) throws {
    let reading = try ExportFile(header + "\n1,Acme,2026-01-01,5,6\n").read()
    #expect(reading.failure?.cause == .inputUnreadable)
    #expect(reading.failure?.message.contains(message) == true, "\(reading.failure?.message ?? "")")
    #expect(reading.records.isEmpty)
  }

  @Test(arguments: ["!HDR\tPROD\tVER\n", "\n!CUST\tNAME\n", "!TRNS,TRNSID\n"])
  func `a list of QuickBooks is refused with the way to the books`(_ text: String) throws {
    let reading = try ExportFile(text + "CUST\tAcme\tx\n").read()
    #expect(reading.failure?.cause == .inputUnreadable)
    #expect(reading.failure?.message.contains("is an IIF file of QuickBooks") == true)
    #expect(reading.failure?.remedy.contains("--books") == true)
    #expect(reading.records.isEmpty)
  }

  private static let lists: [(String, RecordKind)] = [
    ("Name,MC #,Phone", .customers), ("Customer", .customers),
    ("Customer,Revenue,Balance", .customers),
    ("No.,Customer,Balance", .customers), ("Pay Item,Description", .incomeCategories),
    ("Category,Type", .incomeCategories), ("Category,Amount", .incomeCategories),
    ("Customer,Invoice #,Date,Item,Amount", .invoices),
  ]

  @Test(arguments: lists)
  func `a header row says what kind of list it heads`(header: String, kind: RecordKind) throws {
    let row = header.split(separator: ",").map { _ in "x" }.joined(separator: ",")
    let reading = try ExportFile(header + "\n" + row).read()
    #expect(reading.failure == nil)
    #expect(reading.records.map(\.kind) == [kind])
  }

  private static let unreadable: [([UInt8], String)] = [
    ([], "is empty"), (Array("\n\n".utf8), "no export"), ([0xEF, 0xBB, 0xBF], "no export"),
    (Array("hello".utf8), "no export"), (Array("a,b,c\n1,2,3\n".utf8), "no export"),
    ([0xFF, 0xFE, 0x69, 0, 0x6E, 0], "no export"), ([0xFE, 0xFF, 0, 0x69, 0, 0x6E], "no export"),
    ([0xFF, 0xFE], "is empty"), ([0x69, 0, 0x6E, 0, 0x76, 0], "no export"),
    ([0xFF, 0xFE, 0x69, 0, 0x6E], "UTF-16 LE text that ends in the middle of a character"),
    ([0xFF, 0xFE, 0, 0, 0x69, 0, 0, 0], "UTF-32"), ([0x1F, 0x8B, 8, 0], "compressed"),
    (Array("%PDF-1.7".utf8), "a PDF"), (Array("\n<HTML><table>".utf8), "a web page"),
    ([0x50, 0x4B, 3, 4, 20, 0, 6, 0], "workbook"), ([0xD0, 0xCF, 0x11, 0xE0, 0xA1], "workbook"),
    ([0x7F, 0x45, 0x4C, 0x46, 0, 1, 2], "not a text file"), ([0], "not a text file"),
    (Array("\"invoice_number".utf8), "no export"),
    (Array(String(repeating: "title\n", count: 20).utf8) + Array(invoiceHeader.utf8), "no export"),
  ]

  @Test(arguments: unreadable)
  func `what is no export is refused`(bytes: [UInt8], message: String) throws {
    for blockSize in [1, 3, 4096] {
      let reading = try ExportFile(bytes).read(blockSize: blockSize)
      #expect(reading.failure?.cause == .inputUnreadable)
      #expect(
        reading.failure?.message.contains(message) == true, "\(reading.failure?.message ?? "")")
    }
  }

  @Test func `a missing file is missing, a folder is unreadable`() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: Failure.self) {
      try ExportReader(path: folder.path + "/missing.csv", file: 0)
    }
    #expect(missing?.cause == .inputMissing)
    let file = try folder.write("x", to: "x")
    let below = #expect(throws: Failure.self) { try ExportReader(path: file + "/y", file: 0) }
    #expect(below?.cause == .inputMissing)
    let notAFile = #expect(throws: Failure.self) { try ExportReader(path: folder.path, file: 0) }
    #expect(notAFile?.cause == .inputUnreadable)
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func `a file that may not be read is unreadable`() throws {
    let file = try ExportFile(invoiceHeader)
    try #require(chmod(file.path, 0) == 0)
    #expect(file.read().failure?.cause == .inputUnreadable)
  }

  @Test(arguments: [invoiceHeader, String(invoiceHeader.dropLast()), "\u{FEFF}" + invoiceHeader])
  func `a file with nothing but its header holds no records`(text: String) throws {
    let reading = try ExportFile(text).read()
    #expect(reading.failure == nil)
    #expect(reading.records.isEmpty)
    #expect(reading.headers?.count == 5)
  }

  private static let places: [(String, Int, Int, String)] = [
    ("[{\"a\":1},\n  {\"a\":01}]", 2, 8, "no leading zero"),
    ("{\"invoices\":[{}]\n}\n x", 3, 2, "nothing may follow"),
    ("{\"invoices\":[{\"é\":tru}]}", 1, 19, "a value is expected"),
    ("[", 1, 2, "ends in the middle"),
    ("[{},\r\n{},\r\n]", 3, 1, "comma before the closing bracket"),
    ("{\"customers\":[] \"a\"}", 1, 17, "comma or }"),
    ("{\"customers\":[],a}", 1, 17, "a key in quotation marks"), ("[{} {}]", 1, 5, "comma or ]"),
    ("{\"customers\":[],\n\"invoices\":{\"a\":1}}", 2, 12, "array of records"),
    ("{\"customers\":[],\n\"invoices\":\"x\"}", 2, 12, "array of records"),
    ("{\n\"a\": tru\n}", 2, 6, "a value is expected"),
  ]

  @Test(arguments: places)
  func `JSON that is wrong is refused with line and column, however it falls into blocks`(
    text: String, line: Int, column: Int, message: String
  ) throws {
    let file = try ExportFile(text)
    for blockSize in [1, 2, 3, 7, 4096] {
      let failure = file.read(blockSize: blockSize).failure
      #expect(failure?.cause == .inputUnreadable)
      #expect(failure?.location == SourceLocation(file: "FILE", line: line, column: column))
      #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
      #expect(failure?.excerpt?.markStart == column - 1)
    }
  }
}
