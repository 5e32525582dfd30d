import TestSupport
import Testing

@testable import Sheets

struct WorkbookTests {
  @Test func `cells of every type become the text that a person would type`() throws {
    var fixture = WorkbookFixture([
      .init(
        "Sheet1",
        [
          [
            "Acme, \"Inc.\"", .inline(" two  blanks "), .number("1234.5"), .boolean(true),
            .boolean(false), .error("#REF!"),
          ],
          [
            .formula("A1&\"x\"", result: "text", isText: true), .formula("1+1", result: "2"),
            .formula("B1*C1", result: nil), .formula("\"\"", result: "", isText: true),
          ],
          [
            .number("46100", style: 1), .number("46100.75", style: 2), .number("12.5", style: 3),
            .number("7", style: 4), .number("46100", style: 5), .number("46100.5", style: 6),
            .number("0.05", style: 7), .number("0.354166666666667", style: 8),
          ],
        ])
    ])
    let book = try ReadWorkbook(fixture)
    let rows = try book.rows()
    #expect(
      rows[0].texts == [
        "Acme, \"Inc.\"", " two  blanks ", "1234.5", "true", "false", "#REF!",
      ])
    #expect(rows[0].kinds == [.text, .text, .number, .boolean, .boolean, .error])
    #expect(rows[1].texts == ["text", "2", "=B1*C1"])
    #expect(rows[1].kinds == [.text, .number, .formula])
    #expect(
      rows[2].texts == [
        "2026-03-19", "2026-03-19T18:00:00", "12.5", "00007", "2026-03-19", "2026-03-19T12:00:00",
        "5%", "08:30:00",
      ])
    #expect(rows[2].kinds == [.date, .date, .number, .text, .date, .date, .number, .date])
    fixture.from1904 = true
    #expect(try ReadWorkbook(fixture).texts()[2][0] == "2030-03-20")
  }

  @Test func `rows and cells without references follow the ones before them`() throws {
    var fixture = WorkbookFixture([
      .init("S", [["a", .empty, "b"], [], [.empty, "c"]])
    ])
    let with = try ReadWorkbook(fixture).rows()
    #expect(with.map(\.number) == [1, 2, 3])
    #expect(with.map(\.columns) == [[0, 2], [], [1]])
    fixture.hasReferences = false
    #expect(try ReadWorkbook(fixture).rows() == with)
  }

  @Test func `gaps, hidden rows and rows far down keep their numbers`() throws {
    var sheet = WorkbookFixture.Sheet("S", [["a"], nil, nil, ["b"]])
    sheet.hiddenRows = [4]
    let rows = try ReadWorkbook(WorkbookFixture([sheet])).rows()
    #expect(rows.map(\.number) == [1, 4])
    #expect(rows.map(\.isHidden) == [false, true])
    sheet.xml = """
      <worksheet xmlns="{main}"><sheetData><row r="1048576"><c r="ZZ1048576"><v>1</v></c></row></sheetData></worksheet>
      """
    let far = try ReadWorkbook(WorkbookFixture([sheet])).rows()
    #expect(far.map(\.number) == [1_048_576])
    #expect(far[0].columns == [701])
    #expect(CellName.column(701) == "ZZ")
    #expect([0, 25, 26, 16_383].map(CellName.column) == ["A", "Z", "AA", "XFD"])
  }

  @Test func `sheets come in the order of their tabs, hidden ones and the strict form too`() throws
  {
    var fixture = WorkbookFixture([
      .init("Notes & more", [["x"]]), .init("Data", [["y"]], state: "hidden"),
      .init("Secret", [["z"]], state: "veryHidden"),
    ])
    for isStrict in [false, true] {
      fixture.isStrict = isStrict
      let book = try ReadWorkbook(fixture)
      let workbook = try Workbook(path: book.path, name: "b")
      #expect(workbook.sheets.map(\.name) == ["Notes & more", "Data", "Secret"])
      #expect(workbook.sheets.map(\.isHidden) == [false, true, true])
      #expect(try book.texts(1) == [["y"]])
      #expect(try book.texts(2) == [["z"]])
    }
  }

  @Test func `runs are joined, phonetics left out, and escaped characters made whole`() throws {
    var fixture = WorkbookFixture([.init("S", [[.raw(#"<c r="{r}" t="s"><v>0</v></c>"#)]])])
    fixture.stringsXML = """
      <sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><rPr><b/></rPr><t>Ac</t></r>\
      <r><t xml:space="preserve">me </t></r><rPh sb="0" eb="1"><t>x</t></rPh><phoneticPr fontId="1"/></si></sst>
      """
    #expect(try ReadWorkbook(fixture).texts() == [["Acme "]])
    let texts = [
      "a_x000D_b": "a\rb", "_x005F_x000D_": "_x000D_", "_x00e9_": "é", "_xD83D__xDE9A_": "🚚",
      "_xD83D_": "\u{FFFD}", "_x12": "_x12", "_xG000_": "_xG000_", "a&amp;<![CDATA[<&]]>": "a&<&",
      "": "",
    ]
    for (raw, text) in texts {
      fixture.stringsXML = """
        <sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>\(raw)</t></si></sst>
        """
      #expect(try ReadWorkbook(fixture).texts() == [text.isEmpty ? [] : [text]])
      fixture.sheets[0].rows = [[.raw("<c t=\"inlineStr\"><is><r><t>\(raw)</t></r></is></c>")]]
      #expect(try ReadWorkbook(fixture).texts() == [text.isEmpty ? [] : [text]])
      fixture.sheets[0].rows = [[.raw(#"<c r="{r}" t="s"><v>0</v></c>"#)]]
    }
  }

  @Test func `an ISO date cell says no more than it holds`() throws {
    let values = [
      "2026-03-19T00:00:00": "2026-03-19", "2026-03-19T00:00:00.000Z": "2026-03-19",
      "2026-03-19": "2026-03-19", "2026-03-19T08:30:00": "2026-03-19T08:30:00",
    ]
    for (raw, text) in values {
      let row: [WorkbookFixture.Value] = [.raw("<c r=\"{r}\" t=\"d\"><v>\(raw)</v></c>")]
      #expect(try ReadWorkbook(WorkbookFixture([.init("S", [row])])).texts() == [[text]])
    }
  }

  @Test func `every way to write an archive gives the same cells`() throws {
    var fixture = WorkbookFixture([.init("S", [["a", .number("1")], ["b", .number("2")]])])
    let plain = try ReadWorkbook(fixture).rows()
    let ways: [@Sendable (inout ZIPFixture) -> Void] = [
      { zip in zip.entries.indices.forEach { zip.entries[$0].isStored = true } },
      { zip in zip.entries.indices.forEach { zip.entries[$0].hasDescriptor = true } },
      { zip in zip.entries.indices.forEach { zip.entries[$0].isWide = true } },
      { $0.hasWideEnd = true }, { $0.prefix = Array("#!/bin/sh\n".utf8) },
      { $0.comment = Array("PK\u{5}\u{6} a comment".utf8) + [UInt8](repeating: 0, count: 60_000) },
      { zip in
        zip.entries.indices.forEach {
          zip.entries[$0].name = zip.entries[$0].name.replacing("/", with: "\\")
        }
      },
      { zip in
        zip.entries.indices.forEach { zip.entries[$0].name = zip.entries[$0].name.uppercased() }
      },
      { zip in zip.entries.insert(.init("media/", []), at: 0) },
    ]
    for (index, way) in ways.enumerated() {
      fixture.archive = way
      #expect(try ReadWorkbook(fixture).rows() == plain, "way \(index)")
    }
  }

  @Test func `reading in blocks of any size gives the same cells`() throws {
    var generator = SeededGenerator()
    for _ in 0..<20 {
      let fixture = WorkbookTests.random(&generator)
      let book = try ReadWorkbook(fixture)
      let whole = try book.rows()
      for size in [1, 2, 3, 7, 64, 1000, 65_536] {
        #expect(try book.rows(blockSize: size) == whole, "\(size), \(generator)")
      }
    }
  }

  @Test func `a sheet becomes text from which every cell is found again`() throws {
    var generator = SeededGenerator()
    for _ in 0..<20 {
      let book = try ReadWorkbook(WorkbookTests.random(&generator))
      let (text, bytes, _) = try book.text()
      var rows = try book.rows().filter { !$0.columns.isEmpty }[...]
      var cells: [CSVCell] = []
      var (index, line) = (0, 1)
      #expect(text.rows == rows.count)
      while index < bytes.count {
        guard
          case .row(let next) = CSVRowParser.parse(
            bytes.span, from: index, isLast: true, delimiter: UInt8(ascii: ","), cells: &cells),
          let row = rows.popFirst()
        else {
          Issue.record("line \(line), \(generator)")
          return
        }
        #expect(text.places.row(line: line) == row.number, "\(generator)")
        #expect(cells.count == text.width)
        for (column, cell) in cells.enumerated() {
          var decoded: [UInt8] = []
          CSVRowParser.decode(bytes, Int(cell.start)..<Int(cell.end), into: &decoded)
          let place = row.columns.firstIndex(of: column)
          #expect(String(decoding: decoded, as: UTF8.self) == place.map { row.texts[$0] } ?? "")
        }
        line += LineEnds.count(bytes, index..<next)
        index = next
      }
      #expect(rows.isEmpty)
      #expect(UInt64(bytes.count) == text.size)
    }
  }

  @Test func `a late row that is wider makes all rows as wide`() throws {
    var rows: [[WorkbookFixture.Value]] = Array(repeating: ["a", "b"], count: 400)
    rows.append(["a", "b", "c", "d"])
    let (map, bytes, restarts) = try ReadWorkbook(WorkbookFixture([.init("S", rows)])).text()
    #expect(restarts == 1)
    #expect(map.width == 4)
    #expect(bytes.starts(with: "a,b,,\na,b,,\n".utf8))
    #expect(String(decoding: bytes.suffix(8), as: UTF8.self) == "a,b,c,d\n")
  }

  /// A workbook of random cells, gaps and hidden rows.
  static func random(_ generator: inout SeededGenerator) -> WorkbookFixture {
    let alphabet = Array("aB7 ,;\t|\"\n\r'=é日🚚<&>_x")
    func value(_ generator: inout SeededGenerator) -> WorkbookFixture.Value {
      let count = Int.random(in: 1...8, using: &generator)
      let text = String((0..<count).map { _ in generator.pick(alphabet) })
      switch Int.random(in: 0..<8, using: &generator) {
      case 0: return .empty
      case 1: return .inline(text.replacing("_", with: ""))
      case 2: return .number("\(Int.random(in: 0...99_999, using: &generator))", style: 0)
      case 3: return .number("\(Int.random(in: 1...80_000, using: &generator)).5", style: 1)
      case 4: return .boolean(generator.once(in: 2))
      case 5: return .formula("A1", result: generator.once(in: 2) ? nil : "5")
      default: return .text(text.replacing("_", with: ""))
      }
    }
    var rows: [[WorkbookFixture.Value]?] = []
    for _ in 0..<Int.random(in: 1...200, using: &generator) {
      if generator.once(in: 6) {
        rows.append(nil)
      } else {
        rows.append(
          (0..<Int.random(in: 0...9, using: &generator)).map { _ in value(&generator) })
      }
    }
    var fixture = WorkbookFixture([.init("S", rows)])
    fixture.hasReferences = true
    return fixture
  }
}
