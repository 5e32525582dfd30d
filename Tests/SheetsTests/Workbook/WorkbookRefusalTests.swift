import Sheets
import TestSupport
import Testing
import Vocabulary

struct WorkbookRefusalTests {
  private static let book = WorkbookFixture([.init("S", [["a", "b"]])])

  private static func xml(_ sheet: String) -> WorkbookFixture {
    var fixture = book
    fixture.sheets[0].xml = sheet
    return fixture
  }

  private static func archive(_ change: @escaping @Sendable (inout ZIPFixture) -> Void)
    -> WorkbookFixture
  {
    var fixture = book
    fixture.archive = change
    return fixture
  }

  private static func rows(_ rows: String) -> WorkbookFixture {
    xml("<worksheet xmlns=\"{main}\"><sheetData>\(rows)</sheetData></worksheet>")
  }

  private static let laughs =
    "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>"

  private static let refused: [(WorkbookFixture, String)] = [
    (archive { $0.entries.removeAll { $0.name == "xl/worksheets/sheet1.xml" } }, "is missing"),
    (archive { $0.entries.removeAll { $0.name == "xl/sharedStrings.xml" } }, "is missing"),
    (archive { $0.entries[2].checksumError = 1 }, "does not match its checksum"),
    (archive { $0.entries[2].flags = 1 }, "protected with a password"),
    (archive { $0.entries.append($0.entries[2]) }, "holds xl/workbook.xml twice"),
    (archive { $0.entries = [] }, "no spreadsheet workbook"),
    (archive { $0.entries = [.init("invoices.csv", Array("a,b".utf8))] }, "unpack it"),
    (archive { $0.entries = [.init("content.xml", [])] }, "OpenDocument"),
    (archive { $0.entries[2].bytes = [] }, "is empty"),
    (archive { $0.entries[2].bytes = Array("<workbook/>".utf8) }, "without a single sheet"),
    (xml("<worksheet xmlns=\"{main}\"><sheetData><row>"), "not well-formed"),
    (xml("nonsense"), "not well-formed"), (xml(laughs + "<x>&b;</x>"), "document type declaration"),
    (xml("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><x/>"), "document type declaration"),
    (
      xml(String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100)),
      "nested more than"
    ),
    (rows("<row r=\"5\"/><row r=\"4\"/>"), "row 4 of sheet \"S\" stands behind row 5"),
    (rows("<row r=\"2\"/><row r=\"2\"/>"), "row 2 of sheet \"S\" stands behind row 2"),
    (rows("<row r=\"1048577\"/>"), "more than 1048576 rows"),
    (rows("<row><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>"), "not in order"),
    (rows("<row><c r=\"XFD1\"><v>1</v></c></row>"), "cell XFD1"),
    (rows("<row><c t=\"s\"><v>99</v></c></row>"), "cell A1 of sheet \"S\" refers to a text"),
    (rows("<row><c t=\"s\"><v>x</v></c></row>"), "refers to a text"),
    (rows("<row><c t=\"s\"><v>-1</v></c></row>"), "refers to a text"),
    (rows("<row><c t=\"s\"><v>99999999999999999999</v></c></row>"), "refers to a text"),
    (
      rows("<row><c t=\"str\"><v>\(String(repeating: "x", count: 1_100_000))</v></c></row>"),
      "more text than a cell can"
    ),
  ]

  @Test(arguments: refused.indices)
  func `a workbook that is wrong is refused with the reason and a remedy`(index: Int) throws {
    let (fixture, reason) = WorkbookRefusalTests.refused[index]
    let refusal = try #require(try ReadWorkbook(fixture).refusal(), "\(reason)")
    #expect(refusal.cause == .inputUnreadable)
    #expect("\(refusal)".contains(reason), "\(refusal)")
    #expect(refusal.message.contains("book.xlsx"))
    #expect(!refusal.remedy.isEmpty)
  }

  @Test func `a workbook cut off or changed at any byte never traps`() throws {
    let bytes = WorkbookRefusalTests.book.bytes
    let folder = try TemporaryFolder()
    var generator = SeededGenerator()
    func read(_ bytes: [UInt8]) throws -> Failure? {
      let path = try folder.write(bytes, to: "b")
      do throws(Failure) {
        let workbook = try Workbook(path: path, name: "b")
        for sheet in workbook.sheets {
          try workbook.forEachRow(of: sheet) { (_) throws(Failure) in true }
        }
        return nil
      } catch { return error }
    }
    for end in stride(from: 0, to: bytes.count, by: 13) {
      #expect(try read(Array(bytes[..<end])) != nil, "cut off at \(end)")
    }
    for _ in 0..<800 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        changed[Int.random(in: changed.indices, using: &generator)] =
          .random(in: 0...255, using: &generator)
      }
      _ = try read(changed)
    }
  }

  @Test func `what unpacks to far more than it should is refused early`() throws {
    let blanks = [UInt8](repeating: 0x20, count: 40 << 20)
    for part in ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"] {
      let fixture = WorkbookRefusalTests.archive { zip in
        for index in zip.entries.indices where zip.entries[index].name == part {
          // Behind the declaration and the outermost element's begin.
          let ends = zip.entries[index].bytes.indices.filter {
            zip.entries[index].bytes[$0] == UInt8(ascii: ">")
          }
          zip.entries[index].bytes.insert(contentsOf: blanks, at: ends[1] + 1)
        }
      }
      let refusal = try #require(try ReadWorkbook(fixture).refusal())
      #expect("\(refusal)".contains("unpacks to more than 16 MiB"), "\(refusal)")
    }
  }

  @Test func `a long text that many cells share does not fill the disk`() throws {
    let text = String(repeating: "x", count: 32_000)
    let cells = Array(repeating: WorkbookFixture.Value.text(text), count: 10)
    let fixture = WorkbookFixture([.init("S", Array(repeating: cells, count: 60))])
    var limit = SheetText.Limit()
    limit.bytes = 4 << 20
    let book = try ReadWorkbook(fixture)
    let workbook = try Workbook(path: book.path, name: "book.xlsx")
    var written = 0
    #expect {
      try SheetText.write(
        workbook, workbook.sheets[0], limit: limit, restart: {},
        { written += $0.count })
    } throws: {
      "\($0)".contains("no workbook to trust")
    }
    #expect(written < 8 << 20)
  }

  @Test func `old and protected workbooks are told apart`() throws {
    var head = [UInt8](repeating: 0, count: 512)
    head.replaceSubrange(0..<8, with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1])
    head[30] = 9
    head[48] = 1
    var directory = [UInt8](repeating: 0, count: 512)
    let folder = try TemporaryFolder()
    func refusal() throws -> String {
      let path = try folder.write(head + [UInt8](repeating: 0, count: 512) + directory, to: "b.xls")
      do throws(Failure) {
        _ = try TextSource.open(path: path, name: "b.xls", hashing: false)
        return ""
      } catch { return "\(error)" }
    }
    #expect(try refusal().contains("Excel 97-2003"))
    let name = "EncryptedPackage".utf8.reduce(into: [UInt8]()) { $0 += [$1, 0] }
    directory.replaceSubrange(256..<(256 + name.count), with: name)
    #expect(try refusal().contains("password"))
    head.removeLast(500)
    #expect(try refusal().contains("Excel 97-2003"))
  }
}
