import LoadOps
import TestSupport
import Testing
import Vocabulary

/// What becomes of odd rows: each case a text below the header, and what is read of it.
///
/// A record is written `number[amount amount]`, with `!` and the fault of each row that has one. How bytes
/// are split into cells is in the table of `CSVRowParserTests`.
struct CSVCornersTests {
  private static let cases: [(String, String)] = [
    // Line ends and empty lines
    ("", ""), ("\n", ""), ("\n\n\n1,A,d,x,5\n", "1[5]"), ("1,A,d,x,5", "1[5]"),
    ("1,A,d,x,5\r\n2,B,d,x,6\r\n", "1[5] 2[6]"), ("1,A,d,x,5\r2,B,d,x,6\r", "1[5] 2[6]"),
    ("1,A,d,x,5\n\r2,B,d,x,6", "1[5] 2[6]"), (",,,,\n1,A,d,x,5\n,,,,\n", "1[5]"),
    ("  \n1,A,d,x,5", "[]!short 1[5]"), ("1,A,d,x,5\n\u{1A}", "1[5] []!short"),
    ("1,A,\"d\n\n\",x,5\n2,B,d,x,6", "1[5] 2[6]"),
    // Quotes
    ("\"1\",\"A\",\"d\",\"x\",\"5\"", "1[5]"), ("1,\"A, \"\"B\"\"\",d,x,5", "1[5]"),
    ("1,5\" pipe,d,x,5", "1[5]"), ("1,A \"the\" B,d,x,5", "1[5]"),
    ("1,\"A\" B,d,x,5", "1[5]!behind"),
    ("1,\"A\"B\",d,x,5", "1[5]!behind"), ("1, \"A, B\" ,d,x,5", "1[5]"), ("1,\"\",d,x,5", "1[5]"),
    ("1,\"\"\"\",d,x,5", "1[5]"), ("1,\"A,d,x,5", "1[]!open"), ("1,A,d,x,\"5", "1[\"5]!open"),
    ("1,A,d,x,\"5\n2,B,d,x,6", "1[\"5]!open 2[6]"), ("1,\"A\n2,\"B\",d,x,6", "1[]!open 2[6]"),
    ("1,A,d,x,\"5\"\n\"", "1[5] \"[]!open"),
    ("1,'A,d',x,5", "1[5]"),
    ("1,\"A\nB\",d,\"x\r\ny\",5", "1[5]"), ("1,A,d,x,\"5\"\"\"", "1[5\"]"),
    // Short and long rows
    ("1", "1[]!short"), ("1,A", "1[]!short"), ("1,A,d,x", "1[]!short"), ("1,A,d,x,5,", "1[5]"),
    ("1,A,d,x,5,,,,", "1[5]"), ("1,A,d,x,5,6", "1[5]!long"), ("1,A,d,x,1,234.50", "1[1]!long"),
    ("1,A,d,x,5\n1,A,d,y", "1[5 ]!short"), ("1,A,d,x,5\n1", "1[5 ]!short"),
    // Zero bytes and characters that cannot be
    ("1,A\0,d,x,5\n2,B,d,x,6", "1[5]!zero 2[6]"), ("1\0,A,d,x,5", "1[5]!zero"),
    ("\0\0\0", "[]!zero!short"),
    ("1,A,d,x,5\n\0", "1[5] []!zero!short"), ("1,A\u{1}\u{7F},d,x,5", "1[5]"),
    // Values
    (" 1 , A , d , x , 5 ", "1[5]"), ("\u{A0}1\u{A0},A,d,x,\u{200B}5", "1[5]"),
    ("001,A,d,x,005", "001[005]"),
    ("=\"001\",A,d,x,=\"5\"", "001[5]"), ("'001,A,d,x,'5", "001[5]"), ("1,A,d,x,'-5", "1[-5]"),
    ("1.0,A,d,x,5\n1,A,d,x,6", "1.0[5] 1[6]"), ("LD1,A,d,x,5\nld1,A,d,x,6", "LD1[5] ld1[6]"),
    // Rows that belong together
    ("1,A,d,x,5\n1,A,d,y,6\n2,A,d,x,7\n1,A,d,z,8", "1[5 6] 2[7] 1[8]"),
    ("1,A,d,x,5\n,,,y,6\n,,,z,7\n2,A,d,x,8", "1[5 6 7] 2[8]"), ("1,A,d,x,5\n,A,d,y,6", "1[5] [6]"),
    ("1,A,d,x,5\n,,,,6", "1[5] [6]"), (",,,x,5\n1,A,d,x,6", "[5] 1[6]"),
    ("1,A,d,x,5\n, , \u{A0},y,6", "1[5 6]"),
    // Headers and rows of totals
    ("1,A,d,x,5\ninvoice_number,customer_name,invoice_date,category,amount\n1,A,d,y,6", "1[5 6]"),
    (
      "1,A,d,x,5\n\"invoice_number\", customer_name,invoice_date,category,amount\n2,A,d,y,6",
      "1[5] 2[6]"
    ),
    ("1,A,d,x,5\nTotal,,,,5\n2,A,d,x,6\nGrand Total:,,,,11", "1[5] 2[6]"),
    ("1,A,d,x,5\n,Subtotal A,,,5\n1,A,d,y,6", "1[5] 1[6]"),
    ("1,A,d,x,5\nPage 1 of 3,,,,\n1,A,d,y,6", "1[5 6]"),
    ("Total,A,d,x,5", "Total[5]"), ("Total,A,,,5", "Total[5]"),
    ("Totally Fresh,,,,5", "Totally Fresh[5]"),
    ("Pager 7,A,d,x,5", "Pager 7[5]"), ("1,Total Logistics,d,x,5", "1[5]"),
    (",Total Logistics,d,,5", "[5]"),
    ("1,A,d,x,5\nRecord count,1,,,", "1[5] Record count[]"),
    ("1,A,d,x,5\nRecord count,,,,1", "1[5]"),
    ("Report generated 2026-11-02,,,,", ""), ("1,A,d,x,5\nEnd of report,,,,", "1[5]"),
  ]

  @Test(arguments: cases)
  func `an odd row has its defined result`(rows: String, expected: String) throws {
    let reading = try ExportFile(invoiceHeader + rows).read()
    #expect(reading.failure == nil)
    let words = reading.records.map { record in
      let faults = record.faults.map { fault -> String in
        if fault.contains("cellCount") {
          let numbers = fault.split { !$0.isNumber }.compactMap { Int($0) }
          return numbers[1] > numbers[2] ? "!short" : "!long"
        }
        if fault.contains("unclosedQuote") { return "!open" }
        if fault.contains("textBehindQuote") { return "!behind" }
        return fault.contains("zeroByte") ? "!zero" : "!\(fault)"
      }
      let number = record.value(.invoiceNumber).replacing("\0", with: "")
      return "\(number)[\(record.values(.amount).joined(separator: " "))]"
        + faults.sorted(by: >).joined()
    }
    #expect(words.joined(separator: " ") == expected)
    // In pieces it is the same.
    for size in [1, 3, 64] {
      #expect(try ExportFile(invoiceHeader + rows).read(blockSize: size) == reading)
    }
  }

  @Test func `a single column is a table too`() throws {
    let reading = try ExportFile("customer_name\nAcme\n\n\"Beta, Inc.\"\n").read()
    #expect(reading.records.map { $0.value(.customerName) } == ["Acme", "Beta, Inc."])
  }

  private static let declarations: [(String, Character)] = [
    ("sep=;\n", ";"), ("sep=;\r\n", ";"), ("SEP=\t\n", "\t"), ("\"sep=|\"\n", "|"),
    ("sep=,,,,\n", ","),
    ("sep=^\n", "^"), ("\u{FEFF}sep=;\n", ";"),
  ]

  @Test(arguments: declarations)
  func `a first line may declare what stands between cells`(line: String, mark: Character) throws {
    let rows = (invoiceHeader + "1,A;B|C,d,x,5\n").replacing(",", with: "\u{1}")
      .replacing("A;B|C", with: mark == "^" || mark == "," || mark == "\t" ? "A;B|C" : "AB")
      .replacing("\u{1}", with: String(mark))
    let reading = try ExportFile(line + rows).read()
    #expect(reading.failure == nil)
    #expect(reading.numbers == ["1"])
    #expect(reading.records.map(\.place.line) == [3])
  }

  @Test func `a declared mark is the only one`() throws {
    let reading = try ExportFile("sep=;\n" + invoiceHeader + "1,A,d,x,5\n").read()
    #expect(reading.failure?.message.contains("no export") == true)
  }
}
