/// Writes `.xlsx` workbooks for tests: ordinary ones as Excel writes them, and awkward ones.
package struct WorkbookFixture: Sendable {
  /// What a cell holds.
  package enum Value: Sendable, ExpressibleByStringLiteral {
    /// Nothing; the cell is left out.
    case empty
    /// Text among the shared strings.
    case text(String)
    /// Text in the cell itself.
    case inline(String)
    /// A number as it stands in the file, with a style.
    case number(String, style: Int = 0)
    /// True or false.
    case boolean(Bool)
    /// An error such as `#REF!`.
    case error(String)
    /// A formula; nil for a result that was never calculated.
    case formula(String, result: String?, isText: Bool = false)
    /// Whatever stands inside the row, `{r}` for the cell's name.
    case raw(String)

    /// Text among the shared strings.
    package init(stringLiteral text: String) { self = .text(text) }
  }

  /// A sheet.
  package struct Sheet: Sendable {
    /// Its name.
    package var name: String
    /// Its state: visible, hidden or veryHidden.
    package var state: String
    /// Its rows; nil for one that is left out.
    package var rows: [[Value]?]
    /// Rows that are hidden, from 1.
    package var hiddenRows: Set<Int> = []
    /// XML that stands in the place of everything in the part, when it is given.
    package var xml: String?

    /// A sheet of rows.
    package init(_ name: String, _ rows: [[Value]?], state: String = "visible") {
      self.name = name
      self.rows = rows
      self.state = state
    }
  }

  /// The sheets.
  package var sheets: [Sheet]
  /// Format codes of the styles from 1 on; style 0 is general.
  package var formats: [String] = ["yyyy\\-mm\\-dd", "m/d/yyyy h:mm", "\"$\"#,##0.00", "00000"]
  /// Built-in number formats of the styles behind those.
  package var builtInFormats: [Int] = [14, 22, 9, 20]
  /// Whether day 0 is 1904-01-01.
  package var from1904 = false
  /// Whether rows and cells say where they are.
  package var hasReferences = true
  /// Whether the namespaces are those of the strict form.
  package var isStrict = false
  /// Shared strings as XML, instead of those that the cells need.
  package var stringsXML: String?
  /// What is done to the archive before it is written.
  package var archive: @Sendable (inout ZIPFixture) -> Void = { _ in }

  /// A workbook of sheets.
  package init(_ sheets: [Sheet]) {
    self.sheets = sheets
  }

  /// A workbook of one sheet whose cells are all texts.
  package init(texts: [[String]]) {
    sheets = [Sheet("Sheet1", texts.map { $0.map { $0.isEmpty ? .empty : .text($0) } })]
  }

  /// The style whose format is built in.
  package func style(builtIn format: Int) -> Int {
    1 + formats.count + (builtInFormats.firstIndex(of: format) ?? 0)
  }

  /// The file.
  package var bytes: [UInt8] {
    var strings = Strings()
    let parts = sheets.map { part($0, &strings) }
    var entries = [
      ZIPFixture.Entry("[Content_Types].xml", Array(contentTypes.utf8)),
      ZIPFixture.Entry("_rels/.rels", Array(packageLinks.utf8)),
      ZIPFixture.Entry("xl/workbook.xml", Array(workbook.utf8)),
      ZIPFixture.Entry("xl/_rels/workbook.xml.rels", Array(workbookLinks.utf8)),
      ZIPFixture.Entry("xl/styles.xml", Array(styles.utf8)),
      ZIPFixture.Entry("xl/sharedStrings.xml", Array((stringsXML ?? strings.xml(main)).utf8)),
    ]
    for (index, part) in parts.enumerated() {
      entries.append(ZIPFixture.Entry("xl/worksheets/sheet\(index + 1).xml", Array(part.utf8)))
    }
    var fixture = ZIPFixture(entries)
    archive(&fixture)
    return fixture.bytes
  }

  // MARK: - Parts

  private struct Strings {
    var texts: [String] = []
    var numbers: [String: Int] = [:]

    mutating func number(_ text: String) -> Int {
      if let number = numbers[text] { return number }
      numbers[text] = texts.count
      texts.append(text)
      return texts.count - 1
    }

    func xml(_ main: String) -> String {
      let items = texts.map {
        "<si><t xml:space=\"preserve\">\(WorkbookFixture.escaped($0))</t></si>"
      }
      return declaration + "<sst xmlns=\"\(main)\" uniqueCount=\"\(texts.count)\">"
        + items.joined() + "</sst>"
    }
  }

  private var main: String {
    isStrict
      ? "http://purl.oclc.org/ooxml/spreadsheetml/main"
      : "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  }

  private var links: String {
    isStrict
      ? "http://purl.oclc.org/ooxml/officeDocument/relationships"
      : "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  }

  private var contentTypes: String {
    declaration + "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
      + "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
      + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
      + "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
      + sheets.indices.map {
        "<Override PartName=\"/xl/worksheets/sheet\($0 + 1).xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
      }.joined()
      + "<Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/>"
      + "<Override PartName=\"/xl/sharedStrings.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml\"/>"
      + "</Types>"
  }

  private var packageLinks: String {
    declaration
      + "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
      + "<Relationship Id=\"rId1\" Type=\"\(links)/officeDocument\" Target=\"xl/workbook.xml\"/>"
      + "</Relationships>"
  }

  private var workbook: String {
    declaration + "<workbook xmlns=\"\(main)\" xmlns:r=\"\(links)\">"
      + "<workbookPr\(from1904 ? " date1904=\"1\"" : "")/><sheets>"
      + sheets.enumerated().map { index, sheet in
        "<sheet name=\"\(WorkbookFixture.escaped(sheet.name))\" sheetId=\"\(index + 1)\""
          + (sheet.state == "visible" ? "" : " state=\"\(sheet.state)\"")
          + " r:id=\"rId\(index + 1)\"/>"
      }.joined() + "</sheets></workbook>"
  }

  private var workbookLinks: String {
    let count = sheets.count
    return declaration
      + "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
      + sheets.indices.map {
        "<Relationship Id=\"rId\($0 + 1)\" Type=\"\(links)/worksheet\" Target=\"worksheets/sheet\($0 + 1).xml\"/>"
      }.joined()
      + "<Relationship Id=\"rId\(count + 1)\" Type=\"\(links)/styles\" Target=\"styles.xml\"/>"
      + "<Relationship Id=\"rId\(count + 2)\" Type=\"\(links)/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/>"
      + "</Relationships>"
  }

  private var styles: String {
    let codes = formats.enumerated().map { index, code in
      "<numFmt numFmtId=\"\(164 + index)\" formatCode=\"\(WorkbookFixture.escaped(code))\"/>"
    }
    let numbers = [0] + formats.indices.map { 164 + $0 } + builtInFormats
    return declaration + "<styleSheet xmlns=\"\(main)\">"
      + "<numFmts count=\"\(codes.count)\">\(codes.joined())</numFmts>"
      + "<fonts count=\"1\"><font/></fonts><fills count=\"1\"><fill/></fills>"
      + "<borders count=\"1\"><border/></borders>"
      + "<cellStyleXfs count=\"1\"><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs count=\"\(numbers.count)\">"
      + numbers.map { "<xf numFmtId=\"\($0)\" xfId=\"0\" applyNumberFormat=\"1\"/>" }.joined()
      + "</cellXfs></styleSheet>"
  }

  private func part(_ sheet: Sheet, _ strings: inout Strings) -> String {
    if let xml = sheet.xml { return xml.replacing("{main}", with: main) }
    var text = declaration + "<worksheet xmlns=\"\(main)\"><sheetData>"
    for (index, row) in sheet.rows.enumerated() {
      guard let row else { continue }
      text += "<row" + (hasReferences ? " r=\"\(index + 1)\"" : "")
      text += (sheet.hiddenRows.contains(index + 1) ? " hidden=\"1\"" : "") + ">"
      for (column, value) in row.enumerated() {
        text += cell(value, WorkbookFixture.name(column, index + 1), &strings)
      }
      text += "</row>"
    }
    return text + "</sheetData><pageMargins left=\"0.7\" right=\"0.7\"/></worksheet>"
  }

  private func cell(_ value: Value, _ name: String, _ strings: inout Strings) -> String {
    let place = hasReferences ? " r=\"\(name)\"" : ""
    switch value {
    case .empty: return hasReferences ? "" : "<c/>"
    case .text(let text): return "<c\(place) t=\"s\"><v>\(strings.number(text))</v></c>"
    case .inline(let text):
      return "<c\(place) t=\"inlineStr\"><is><t>\(WorkbookFixture.escaped(text))</t></is></c>"
    case .number(let text, let style):
      return "<c\(place)" + (style > 0 ? " s=\"\(style)\"" : "") + "><v>\(text)</v></c>"
    case .boolean(let isTrue): return "<c\(place) t=\"b\"><v>\(isTrue ? 1 : 0)</v></c>"
    case .error(let text): return "<c\(place) t=\"e\"><v>\(text)</v></c>"
    case .formula(let formula, let result, let isText):
      return "<c\(place)" + (isText ? " t=\"str\"" : "")
        + "><f>\(WorkbookFixture.escaped(formula))</f>"
        + (result.map { "<v>\(WorkbookFixture.escaped($0))</v>" } ?? "") + "</c>"
    case .raw(let xml): return xml.replacing("{r}", with: name)
    }
  }

  private static func name(_ column: Int, _ row: Int) -> String {
    var (text, rest) = ("", column + 1)
    while rest > 0 {
      text = String(UnicodeScalar(UInt8(0x41 + (rest - 1) % 26))) + text
      rest = (rest - 1) / 26
    }
    return text + "\(row)"
  }

  /// Text as XML holds it; what XML cannot hold as Excel writes it.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "_x" + String(repeating: "0", count: 4 - digits.count) + digits + "_"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

private let declaration =
  "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
