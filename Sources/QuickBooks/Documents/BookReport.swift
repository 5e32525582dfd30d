internal import Sheets
internal import Vocabulary

/// Reads the reports of QuickBooks that list documents, as people export and re-save them.
///
/// Reports come with titles above the header and the time below the last row, with a row for each group
/// (a customer, an age) and one for its total, with blank columns that only indent, and with payments and
/// journal entries among the invoices. Rows of totals are not documents, but what the documents must add
/// up to: where they do not, rows are missing or somebody has changed them.
enum BookReport {
  /// What a row's type says.
  enum TypeOfRow {
    case document(SalesDocument.Kind)
    /// A payment or another transaction that is no sales document.
    case other
    /// Nothing.
    case unknown
  }

  /// What a transaction is, by the word for it.
  static func type(_ text: Span<UInt8>) -> TypeOfRow {
    switch text.count {
    case 0: .unknown
    case 7 where isWord(text, "invoice"): .document(.invoice)
    case 11 where isWord(text, "credit memo") || isWord(text, "credit note"):
      .document(.creditMemo)
    default: .other
    }
  }

  /// Whether a memo or a status begins as that of a voided document.
  static func saysVoid(_ text: Span<UInt8>) -> Bool {
    text.count >= 4 && isWord(text.extracting(first: 4), "void")
  }

  private static func isWord(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
    guard text.count == word.utf8CodeUnitCount else { return false }
    for index in text.indices {
      let byte = text[index]
      let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
      guard lower == word.utf8Start[index] else { return false }
    }
    return true
  }

  // MARK: - Text

  /// Adds the documents of a text file; one that is no such report adds nothing.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  static func read(
    text path: String, _ conventions: BookConventions, into table: inout BookTable
  ) throws(Failure) {
    let source = try TextSource.open(path: path, name: path, hashing: true)
    let head = source.peek(at: UInt64(source.markLength), count: 1 << 16)
    guard let delimiter = delimiter(of: head) else { return }
    let window = try ByteWindow(source, hashing: true)
    table.reserve(Int(source.size) / 72)
    var reading = ReportReading(
      name: path, sheet: nil, conventions,
      hasTotals: hasTotals(
        source.peek(at: UInt64(source.markLength), count: 1 << 22), delimiter))
    var row = ReportRow()
    var cells: [CSVCell] = []
    var line = 1
    while true {
      if window.start >= window.bytes.count {
        if window.isAtEnd { break }
        _ = try window.fill()
        continue
      }
      let (start, isLast) = (window.start, window.isAtEnd)
      let outcome = CSVRowParser.parse(
        window.bytes.span, from: start, isLast: isLast, delimiter: delimiter, cells: &cells)
      switch outcome {
      case .needsMore: _ = try window.fill()
      case .unclosedQuote:
        throw Failure(
          .inputUnreadable, "a quotation mark is never closed",
          remedy: "export the report again", location: SourceLocation(file: path, line: line))
      case .row(let next):
        row.take(window.bytes, cells, line: line)
        reading.take(row, &table)
        line += row.spansLines ? LineEnds.count(window.bytes, start..<next) : 1
        window.start = next
      }
    }
    if let sum = window.fingerprint() {
      reading.finish(&table, sum)
    } else {
      reading.finish(&table, try BooksReader.fingerprint(path))
    }
  }

  /// The mark between the cells: the one with which a header of such a report appears.
  private static func delimiter(of head: [UInt8]) -> UInt8? {
    var cells: [CSVCell] = []
    var row = ReportRow()
    for delimiter in CSVDialect.delimiters {
      var (index, rows, titles) = (0, 0, [String]())
      while index < head.count, rows < ReportColumns.highestHeader {
        guard
          case .row(let next) = CSVRowParser.parse(
            head.span, from: index, isLast: true, delimiter: delimiter, cells: &cells)
        else { break }
        row.take(head, cells, line: rows)
        if ReportColumns(row, titles: titles) != nil { return delimiter }
        titles += row.texts
        index = next
        rows += 1
      }
    }
    return nil
  }

  /// Whether the groups of a report end with totals.
  private static func hasTotals(_ bytes: [UInt8], _ delimiter: UInt8) -> Bool {
    guard mentionsTotals(bytes) else { return false }
    var row = ReportRow()
    var cells: [CSVCell] = []
    var titles: [String] = []
    var survey: TotalSurvey?
    var index = 0
    while index < bytes.count {
      guard
        case .row(let next) = CSVRowParser.parse(
          bytes.span, from: index, isLast: true, delimiter: delimiter, cells: &cells)
      else { break }
      row.take(bytes, cells, line: 0)
      index = next
      guard !row.isBlank else { continue }
      if survey == nil {
        survey = ReportColumns(row, titles: titles).map { TotalSurvey($0) }
        titles += row.texts
      } else {
        survey?.look(at: row)
        if survey?.hasTotals == true { return true }
      }
    }
    return false
  }

  /// Whether cells may begin with the word that rows of totals begin with; only then a look at the rows pays.
  private static func mentionsTotals(_ bytes: [UInt8]) -> Bool {
    let word = Array("otal ".utf8)
    let marks: Set<UInt8> = [0x0A, 0x0D, 0x09, 0x20, 0x22, 0x2C, 0x3B, 0x7C]
    var index = 2
    while index + word.count < bytes.count {
      if bytes[index] | 0x20 == word[0], bytes[index - 1] | 0x20 == UInt8(ascii: "t"),
        marks.contains(bytes[index - 2]),
        bytes[index..<index + word.count].elementsEqual(word, by: { $0 | 0x20 == $1 })
      {
        return true
      }
      index += 1
    }
    return false
  }

  /// Whether a text file is a report of documents.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  static func isReport(text path: String) throws(Failure) -> Bool {
    let source = try TextSource.open(path: path, name: path, hashing: false)
    return delimiter(of: source.peek(at: UInt64(source.markLength), count: 1 << 16)) != nil
  }

  // MARK: - Workbooks

  /// Adds the documents of every sheet of a workbook that is such a report.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  static func read(
    workbook path: String, _ conventions: BookConventions, into table: inout BookTable
  ) throws(Failure) {
    let workbook = try Workbook(path: path, name: path)
    let sum = try workbook.fingerprint()
    for sheet in workbook.sheets where !sheet.isHidden {
      let survey = SheetSurvey()
      try workbook.forEachRow(of: sheet) { (row) throws(Failure) in survey.look(at: row) }
      guard survey.isReport else { continue }
      let reading = SheetReading(
        ReportReading(
          name: path, sheet: sheet.name, conventions, hasTotals: survey.hasTotals), table)
      table = BookTable()
      var thrown: Failure?
      do throws(Failure) {
        try workbook.forEachRow(of: sheet) { (row) throws(Failure) in
          reading.take(row)
          return true
        }
      } catch { thrown = error }
      table = reading.giveBack(sum)
      if let thrown { throw thrown }
    }
  }

  /// Whether every sheet of a workbook that holds anything is a report of documents.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  static func areReports(workbook path: String) throws(Failure) -> Bool {
    let workbook = try Workbook(path: path, name: path)
    var hasReport = false
    for sheet in workbook.sheets where !sheet.isHidden {
      let survey = SheetSurvey()
      try workbook.forEachRow(of: sheet) { (row) throws(Failure) in
        survey.look(at: row) && !survey.isReport
      }
      guard survey.isReport || survey.isEmpty else { return false }
      hasReport = hasReport || survey.isReport
    }
    return hasReport
  }

  /// Looks through a sheet before it is read.
  private final class SheetSurvey {
    var isReport: Bool { totals != nil }
    var hasTotals: Bool { totals?.hasTotals ?? false }
    var isEmpty: Bool { count == 0 }
    private var totals: TotalSurvey?
    private var titles: [String] = []
    private var count = 0
    private var row = ReportRow()

    /// Takes a row; false when nothing more is to be known.
    func look(at other: WorkbookRow) -> Bool {
      row.take(other)
      guard !row.isBlank else { return true }
      if isReport {
        totals?.look(at: row)
        return !hasTotals
      }
      count += 1
      totals = ReportColumns(row, titles: titles).map { TotalSurvey($0) }
      titles += row.texts
      return isReport || count < ReportColumns.highestHeader
    }
  }

  /// Reads a sheet into a table that it owns meanwhile.
  private final class SheetReading {
    private var reading: ReportReading
    private var table: BookTable
    private var row = ReportRow()

    init(_ reading: ReportReading, _ table: BookTable) {
      self.reading = reading
      self.table = table
    }

    func take(_ other: WorkbookRow) {
      row.take(other)
      if !row.isBlank { reading.take(row, &table) }
    }

    func giveBack(_ sum: Fingerprint) -> BookTable {
      reading.finish(&table, sum)
      return table
    }
  }
}

/// A row of a report: its cells by their columns, without blanks around them.
struct ReportRow {
  /// The line, from 1.
  private(set) var line = 0
  /// The cells' bytes.
  private(set) var text: [UInt8] = []
  /// Where each cell is in ``text``.
  private(set) var cells: [Range<Int>] = []
  /// Whether a cell may hold a line end, so that the row takes several lines.
  private(set) var spansLines = false

  /// Whether there is nothing in it.
  var isBlank: Bool { text.isEmpty }

  /// The bytes of a column; none when it is not there.
  func range(_ column: Int) -> Range<Int> {
    column >= 0 && column < cells.count ? cells[column] : 0..<0
  }

  /// The text of a column.
  func string(_ column: Int) -> String { String(decoding: text[range(column)], as: UTF8.self) }

  /// The texts that are there.
  var texts: [String] {
    cells.filter { !$0.isEmpty }.map { String(decoding: text[$0], as: UTF8.self) }
  }

  /// The first column that holds anything; -1 when none does.
  var firstFilled: Int { cells.firstIndex { !$0.isEmpty } ?? -1 }

  /// How many columns hold anything.
  var filledCount: Int { cells.count { !$0.isEmpty } }

  mutating func take(_ bytes: [UInt8], _ found: [CSVCell], line: Int) {
    begin(line)
    for cell in found {
      var range = Int(cell.start)..<Int(cell.end)
      let start = text.count
      switch cell.form {
      case .plain: break
      case .quoted:
        range = range.lowerBound + 1..<range.upperBound - 1
        spansLines = true
      case .escaped, .malformed:
        spansLines = true
        CSVRowParser.decode(bytes, range, into: &text)
        finish(start)
        continue
      }
      text.append(contentsOf: bytes[OuterBlanks.trimmed(bytes.span, range)])
      finish(start)
    }
  }

  mutating func take(_ row: WorkbookRow) {
    begin(row.number)
    for cell in row.cells {
      while cells.count < cell.column { cells.append(text.count..<text.count) }
      let start = text.count
      text.append(contentsOf: row.text[cell.range])
      finish(start)
    }
  }

  private mutating func begin(_ line: Int) {
    self.line = line
    spansLines = false
    text.removeAll(keepingCapacity: true)
    cells.removeAll(keepingCapacity: true)
  }

  /// Ends a cell, and takes off what spreadsheets put around a text that looks like a number.
  private mutating func finish(_ start: Int) {
    guard start < text.count else {
      cells.append(start..<start)
      return
    }
    var range = start..<text.count
    let first = text[start]
    if first <= 0x20 || first >= 0x7F || text[range.upperBound - 1] <= 0x20
      || text[range.upperBound - 1] >= 0x7F
    {
      range = OuterBlanks.trimmed(text.span, range)
    }
    if first == UInt8(ascii: "="), range.count > 3, text[start + 1] == UInt8(ascii: "\""),
      text[range.upperBound - 1] == UInt8(ascii: "\"")
    {
      range = range.lowerBound + 2..<range.upperBound - 1
    } else if first == UInt8(ascii: "'"), range.count > 1 {
      range = range.lowerBound + 1..<range.upperBound
    }
    cells.append(range)
  }
}
