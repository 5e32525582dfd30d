import LoadOps
import TestSupport
import Testing
import Vocabulary

/// Workbooks as exports: which sheet is read, what its cells become, and where findings point.
struct WorkbookExportTests {
  private static let rows: [[WorkbookFixture.Value]] = [
    ["Bluebonnet Carriers LLC"], [],
    ["Invoice #", "Customer", "Invoiced On", "Pay Item", "Amount", "Note"],
    [
      .number("7", style: 4), "Acme, \"Inc.\"", .number("46100", style: 1), "Line\nHaul",
      .number("1234.5499999999999"),
    ],
    [
      "LD2", "Béta", .number("46101.75", style: 2), "Fuel", .formula("E4/2", result: "1E2"),
      .boolean(true),
    ],
    [.empty, .empty, .empty, .empty, .empty, .empty, "beside the table"],
    ["LD3", "Gamma", .error("#REF!"), "Fuel", .formula("E4*2", result: nil)],
  ]

  @Test func `a sheet is read like a table, and places are cells`() throws {
    let file = try ExportFile(WorkbookFixture([.init("Grid", WorkbookExportTests.rows)]).bytes)
    let reading = file.read()
    #expect(reading.failure == nil)
    #expect(reading.format == .csv)
    #expect(reading.numbers.prefix(2) == ["00007", "LD2"])
    #expect(reading.records[0].value(.customerName) == "Acme, \"Inc.\"")
    #expect(reading.records[0].value(.category) == "Line\nHaul")
    #expect(reading.records[0].value(.invoiceDate) == "2026-03-19")
    #expect(reading.records[0].value(.amount) == "1234.55")
    #expect(reading.records[1].value(.invoiceDate) == "2026-03-20T18:00:00")
    #expect(reading.records[1].value(.amount) == "100")
    #expect(reading.unknown == ["Note"])
    let reader = try file.reader()
    var record = reader.makeRecord()
    var places: [String] = []
    while try reader.next([.invoices], into: &record) != nil {
      let (location, excerpt) = reader.excerpt(record, 0, record.cell(0, .amount))
      places.append(location.description.replacing(file.path, with: "FILE"))
      #expect(excerpt.markLength > 0)
    }
    #expect(places.first == "FILE, sheet Grid, cell E4")
    #expect(places.last == "FILE, sheet Grid, cell E7")
  }

  @Test func `the first sheet with a header is read, and others like it are told`() throws {
    let invoices: [[WorkbookFixture.Value]] = [
      ["invoice_number", "customer_name", "invoice_date", "category", "amount"],
      ["1", "A", "2026-01-01", "x", .number("5")],
    ]
    let customers: [[WorkbookFixture.Value]] = [["customer_name", "phone"], ["A", "1"]]
    func read(_ sheets: [WorkbookFixture.Sheet]) throws -> [SheetNote.Role] {
      try ExportFile(WorkbookFixture(sheets).bytes).reader().sheets.map(\.role)
    }
    let notes: [[WorkbookFixture.Value]] = [["nothing here"]]
    #expect(
      try read([.init("Notes", notes), .init("A", invoices), .init("B", [])]) == [
        .other, .read, .other,
      ])
    #expect(
      try read([.init("A", customers), .init("B", invoices)]) == [.read, .passedOver(.invoices)])
    #expect(
      try read([.init("Old", invoices, state: "hidden"), .init("New", invoices)])
        == [.passedOver(.invoices), .read])
    #expect(try read([.init("Old", invoices, state: "veryHidden")]) == [.read])
  }

  @Test func `a workbook without a header is refused with the names of its sheets`() throws {
    let bad = [
      ([WorkbookFixture.Sheet("One", [["x"]]), .init("Two", [["y"]])], "(\"One\", \"Two\")"),
      ([.init("One", [])], "empty workbook"), ([.init("One", [["x"]])], "no header"),
      (
        [.init("N", [["x"]]), .init("One", [["invoice_number", "customer_name", "amount"]])],
        "invoice_date"
      ),
    ]
    for (sheets, words) in bad {
      let failure = try #require(try ExportFile(WorkbookFixture(sheets).bytes).read().failure)
      #expect(failure.message.contains(words), "\(failure)")
      #expect(failure.cause == .inputUnreadable)
    }
  }

  @Test func `reading a workbook in blocks of any size gives the same records`() throws {
    let file = try ExportFile(WorkbookFixture([.init("Grid", WorkbookExportTests.rows)]).bytes)
    let whole = file.read(blockSize: 1 << 16)
    for size in [1, 2, 3, 7, 64, 1000] { #expect(file.read(blockSize: size) == whole, "\(size)") }
  }
}

/// Records written in every dialect and format come back the same.
struct FormatRoundTripTests {
  private static let fields: [Field] = [
    .invoiceNumber, .customerName, .invoiceDate, .terms, .category, .amount,
  ]
  private static let alphabet = Array("aB7 ,;\t|\"\n'=éü€日🚚-.&<>_\\/{}[]:")

  private static func text(_ generator: inout SeededGenerator, _ characters: [Character]) -> String
  {
    let count = Int.random(in: 0...9, using: &generator)
    // The ends are plain, so that trimming and marks take nothing away.
    return "x" + String((0..<count).map { _ in generator.pick(characters) }) + "x"
  }

  private static func table(_ rows: [[String]], _ delimiter: String, _ end: String) -> String {
    let lines = [fields.map(\.name)] + rows
    return lines.map { row in
      row.map { cell in
        let isPlain = !cell.contains { $0 == "\"" || $0.isNewline || ",;\t|".contains($0) }
        return isPlain ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
      }.joined(separator: delimiter)
    }.joined(separator: end) + end
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(Character(scalar))
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func objects(_ rows: [[String]]) -> [String] {
    rows.map { row in
      let members = zip(fields, row).map { field, text in
        "\(quoted(field.name)): \(quoted(text))"
      }
      return "{" + members.prefix(4).joined(separator: ",") + ",\"lines\":[{"
        + members.dropFirst(4).joined(separator: ",") + "}]}"
    }
  }

  private static func utf16(_ text: String, isLittle: Bool, hasMark: Bool) -> [UInt8] {
    ((hasMark ? "\u{FEFF}" : "") + text).utf16.reduce(into: []) { bytes, unit in
      let pair = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
      bytes += isLittle ? pair : pair.reversed()
    }
  }

  private static func files(_ rows: [[String]]) -> [(String, [UInt8])] {
    var files: [(String, [UInt8])] = []
    for delimiter in [",", ";", "\t", "|"] {
      for end in ["\n", "\r\n", "\r"] {
        let text = table(rows, delimiter, end)
        files.append(("\(delimiter) \(end)", Array(text.utf8)))
        files.append(("mark \(delimiter) \(end)", Array(("\u{FEFF}" + text).utf8)))
      }
    }
    let text = table(rows, "\t", "\r\n")
    files.append(("UTF-16 LE", utf16(text, isLittle: true, hasMark: true)))
    files.append(("UTF-16 BE", utf16(text, isLittle: false, hasMark: true)))
    let list = objects(rows)
    let json = "{\"invoices\":[\(list.joined(separator: ",\n"))]}"
    files.append(("JSON", Array(json.utf8)))
    files.append(("JSON, UTF-16", utf16(json, isLittle: true, hasMark: false)))
    files.append(("array", Array("[\(list.joined(separator: ","))]".utf8)))
    files.append(("NDJSON", Array(list.joined(separator: "\n").utf8)))
    let names = fields.map { WorkbookFixture.Value.text($0.name) }
    for isInline in [false, true] {
      var fixture = WorkbookFixture([
        .init("S", [names] + rows.map { $0.map { isInline ? .inline($0) : .text($0) } })
      ])
      fixture.hasReferences = !isInline
      files.append(("workbook, inline \(isInline)", fixture.bytes))
    }
    return files
  }

  @Test func `records come back from every dialect and format`() throws {
    var generator = SeededGenerator()
    let file = try ExportFile("")
    for _ in 0..<12 {
      let rows = (0..<Int.random(in: 1...8, using: &generator)).map { number in
        fields(number, &generator)
      }
      for (name, bytes) in FormatRoundTripTests.files(rows) {
        try file.replace(bytes)
        let reading = file.read(blockSize: Int.random(in: 1...300, using: &generator))
        #expect(reading.failure == nil, "\(name), \(generator)")
        #expect(reading.faults.isEmpty, "\(name), \(generator)")
        let values = reading.records.map { record in
          FormatRoundTripTests.fields.map { record.value($0) }
        }
        #expect(values == rows, "\(name), \(generator)")
      }
    }
  }

  private func fields(_ number: Int, _ generator: inout SeededGenerator) -> [String] {
    while true {
      let row = FormatRoundTripTests.fields.map { field in
        field == .invoiceNumber
          ? "N\(number)" : FormatRoundTripTests.text(&generator, FormatRoundTripTests.alphabet)
      }
      if !FormatRoundTripTests.holdsRow(row) { return row }
    }
  }

  /// Whether a line inside a row has as many cells as a row: that would rightly be told as rows that a
  /// quotation mark has swallowed.
  private static func holdsRow(_ row: [String]) -> Bool {
    ",;\t|".contains { delimiter in
      row.joined(separator: String(delimiter)).split(separator: "\n").dropFirst().contains { line in
        line.count { $0 == delimiter } == row.count - 1
      }
    }
  }
}
