import Sheets
import TestSupport
import Testing
import Vocabulary

struct CSVTableTests {
  private static func table(_ text: String) throws(Failure) -> CSVTable {
    try CSVTable(path: "mapping.csv", bytes: Array(text.utf8))
  }

  private static let same = [
    "a,b\n1,2\n", "a,b\r\n1,2\r\n", "a,b\r1,2", "a;b\n1;2", "a\tb\n1\t2", "\u{FEFF}a,b\n1,2\n",
    "\n\na,b\n\n1,2\n\n", "\"a\",\"b\"\n\"1\",\"2\"", " a , b\n 1 ,\u{A0}2\n", "a,b\n,\n1,2\n , \n",
  ]

  @Test(arguments: same)
  func `delimiters, line ends, quotes, blanks and marks make no difference`(text: String) throws {
    let table = try CSVTableTests.table(text)
    #expect(table.header.cells == ["a", "b"])
    #expect(table.rows.map(\.cells) == [["1", "2"]])
  }

  @Test func `rows know their lines, cells their columns`() throws {
    let table = try CSVTableTests.table(
      "kind,name\nitem,\"Löad, \"\"x\"\"\"\r\ncustomer,\"a\nb\",z\nlast,é\n")
    #expect(table.rows.map(\.line) == [2, 3, 5])
    #expect(table.rows[0].cells == ["item", "Löad, \"x\""])
    #expect(table.rows[0].columns == [1, 6])
    #expect(table.rows[0].lengths == [4, 13])
    #expect(table.rows[0].text == "item,\"Löad, \"\"x\"\"\"")
    let (location, excerpt) = table.location(table.rows[0], 1)
    #expect(location == SourceLocation(file: "mapping.csv", line: 2, column: 6))
    #expect(excerpt.markStart == 5)
    #expect(excerpt.markLength == 13)
    let whole = table.location(table.rows[0], 7)
    #expect(whole.0.column == nil)
    #expect(whole.1.markLength == whole.1.text.count)
  }

  @Test func `a mark never points behind the line that is shown`() throws {
    let table = try CSVTableTests.table("a,b,c\nx,\"1\n2\",z\n")
    let broken = table.location(table.rows[0], 1)
    #expect(broken.0.column == 3)
    #expect(broken.1.markStart + broken.1.markLength == broken.1.text.count)
    let behind = table.location(table.rows[0], 2)
    #expect(behind.0 == SourceLocation(file: "mapping.csv", line: 2))
    #expect(behind.1.text == "x,\"1")
  }

  private static let refused: [(String, Int?)] = [
    ("", nil), ("\n\n", nil), (" , \n", nil), ("\u{FEFF}", nil), ("a,b\n1,\"2\n3,4\n", 2),
    ("\"a,b\n", 1), ("a,b\n1,\"x\n2,\"y\",z\n", 2),
  ]

  @Test(arguments: refused)
  func `an empty file and an open quotation mark are refused`(text: String, line: Int?) {
    let failure = #expect(throws: Failure.self) { try CSVTableTests.table(text) }
    #expect(failure?.cause == .settingsWrong)
    #expect(failure?.location?.line == line)
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    let failure = #expect(throws: Failure.self) {
      try CSVTable(path: "mapping.csv", bytes: [0x61, 0x2C, 0xE9, 0x0A])
    }
    #expect(failure?.cause == .settingsWrong)
    #expect(failure?.remedy.contains("UTF-8") == true)
  }

  @Test func `a missing file is none, a folder is refused`() throws {
    let folder = try TemporaryFolder()
    #expect(try CSVTable(path: folder.path + "/missing.csv") == nil)
    #expect(throws: Failure.self) { try CSVTable(path: folder.path) }
    let path = try folder.write("a,b\n1,2\n", to: "t.csv")
    #expect(try CSVTable(path: path)?.rows.count == 1)
  }
}
