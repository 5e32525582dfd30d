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
    /// A document that was voided, as `Invoice (Void)`.
    case voided(SalesDocument.Kind)
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
    default: typeWithMark(text)
    }
  }

  private static func typeWithMark(_ text: Span<UInt8>) -> TypeOfRow {
    for mark in [6, 8] where text.count > mark + 1 {
      let end = text.extracting(last: mark)
      guard isWord(end, mark == 6 ? "(void)" : "(voided)") else { continue }
      let word = text.extracting(OuterBlanks.trimmed(text, 0..<text.count - mark))
      guard case .document(let kind) = type(word) else { return .other }
      return .voided(kind)
    }
    return .other
  }

  /// Whether a status says that a document was voided.
  static func isVoid(status text: Span<UInt8>) -> Bool {
    text.count >= 4 && isWord(text.extracting(first: 4), "void")
  }

  /// Whether a memo begins as QuickBooks has that of a voided document begin: `VOID:`, `Voided`.
  ///
  /// "Void fill, 12 pallets" is a load; a voided document has no amount, either.
  static func isVoid(memo text: Span<UInt8>) -> Bool {
    guard text.count >= 4 else { return false }
    if text.count == 4 { return isWord(text, "void") }
    if isWord(text.extracting(first: 5), "void:") { return true }
    guard text.count >= 6, isWord(text.extracting(first: 6), "voided") else { return false }
    let rest = text.extracting(droppingFirst: 6)
    let behind = OuterBlanks.trimmed(rest, 0..<rest.count)
    return behind.isEmpty || rest[behind.lowerBound] == UInt8(ascii: "-")
      || rest[behind.lowerBound] == UInt8(ascii: ":")
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
  /// - Returns: Whether it is a file of LoadOps, or our own, which adds nothing, either.
  /// - Throws: `Failure` with cause `inputUnreadable`.
  static func read(
    text path: String, _ conventions: BookConventions, into table: inout BookTable
  ) throws(Failure) -> Bool {
    let source = try TextSource.open(path: path, name: path, hashing: true)
    let head = source.peek(at: UInt64(source.markLength), count: 1 << 16)
    guard let (delimiter, isOfLoadOps) = delimiter(of: head) else { return false }
    guard !isOfLoadOps else { return true }
    let window = try ByteWindow(source, hashing: true)
    table.reserve(Int(source.size) / 72)
    var reading = ReportReading(
      name: path, sheet: nil, conventions,
      groups: groups(
        source.peek(at: UInt64(source.markLength), count: surveyed), delimiter,
        isWhole: source.size <= surveyed))
    var row = ReportRow()
    var cells = CSVCells()
    var line = 1
    var hasLineEnd = true
    while true {
      if window.start >= window.bytes.count {
        if window.isAtEnd { break }
        _ = try window.fill()
        continue
      }
      let (start, isLast) = (window.start, window.isAtEnd)
      let outcome = CSVRowParser.parse(
        window.bytes.buffer.span, from: start, isLast: isLast, delimiter: delimiter, cells: &cells)
      switch outcome {
      case .needsMore: _ = try window.fill()
      case .unclosedQuote:
        throw Failure(
          .inputUnreadable, "a quotation mark is never closed",
          remedy: "export the report again", location: SourceLocation(file: path, line: line))
      case .row(let next):
        row.take(window.bytes.buffer.span, cells.buffer.span, line: line)
        reading.take(row, &table)
        line += row.spansLines ? LineEnds.count(window.bytes, start..<next) : 1
        if isLast, next == window.bytes.count {
          let byte = window.bytes[next - 1]
          hasLineEnd = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
        }
        window.start = next
      }
    }
    if let sum = window.fingerprint() {
      reading.finish(&table, sum, hasLineEnd: hasLineEnd)
    } else {
      reading.finish(&table, try BooksReader.fingerprint(path), hasLineEnd: hasLineEnd)
    }
    return false
  }

  /// How many bytes of a text are looked at for the groups that end with a total.
  private static let surveyed = 1 << 22

  /// The mark between the cells: the one with which a header of such a report appears.
  private static func delimiter(of head: [UInt8]) -> (mark: UInt8, isOfLoadOps: Bool)? {
    var cells: [CSVCell] = []
    var row = ReportRow()
    for delimiter in CSVDialect.delimiters {
      var (index, rows, titles) = (0, 0, [String]())
      while index < head.count, rows < ReportColumns.highestHeader {
        guard
          case .row(let next) = CSVRowParser.parse(
            head.span, from: index, isLast: true, delimiter: delimiter, cells: &cells)
        else { break }
        row.take(head.span, cells.span, line: rows)
        if let found = ReportColumns(row, titles: titles) { return (delimiter, found.isOfLoadOps) }
        titles += row.texts
        index = next
        rows += 1
      }
    }
    return nil
  }

  /// The groups of a report, as far as they end with totals.
  private static func groups(
    _ bytes: [UInt8], _ delimiter: UInt8, isWhole: Bool
  ) -> TotalSurvey? {
    guard mentionsTotals(bytes) else { return nil }
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
      row.take(bytes.span, cells.span, line: 0)
      index = next
      guard !row.isBlank else { continue }
      if survey == nil {
        survey = ReportColumns(row, titles: titles).map { TotalSurvey($0) }
        titles += row.texts
      } else {
        survey?.look(at: row)
      }
    }
    survey?.isWhole = isWhole
    return survey
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

  /// Adds the documents of every sheet of a workbook that is such a report; the other sheets with anything
  /// in them are told as passed over.
  ///
  /// - Returns: Whether a sheet is a file of LoadOps, or our own, which adds nothing.
  /// - Throws: `Failure` with cause `inputUnreadable`.
  static func read(
    workbook path: String, _ conventions: BookConventions, into table: inout BookTable
  ) throws(Failure) -> Bool {
    let workbook = try Workbook(path: path, name: path)
    let sum = try workbook.fingerprint()
    var isOfLoadOps = false
    var others: [String] = []
    let before = table.files.count
    for sheet in workbook.sheets where !sheet.isHidden {
      let survey = SheetSurvey()
      try workbook.forEachRow(of: sheet) { (row) throws(Failure) in survey.look(at: row) }
      guard let groups = survey.groups, !survey.isOfLoadOps else {
        isOfLoadOps = isOfLoadOps || survey.isOfLoadOps
        if !survey.isEmpty { others.append("\(path), sheet \(sheet.name)") }
        continue
      }
      let reading = SheetReading(
        ReportReading(name: path, sheet: sheet.name, conventions, groups: groups), table)
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
    // Where none is a report, the whole file is passed over, or refused.
    if table.files.count > before { table.passedOver += others }
    return isOfLoadOps
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
    var isReport: Bool { groups != nil }
    var isEmpty: Bool { count == 0 }
    private(set) var groups: TotalSurvey?
    private(set) var isOfLoadOps = false
    private var titles: [String] = []
    private var count = 0
    private var row = ReportRow()

    /// Takes a row; false when nothing more is to be known.
    func look(at other: WorkbookRow) -> Bool {
      row.take(other)
      guard !row.isBlank else { return true }
      if isReport {
        groups?.look(at: row)
        return true
      }
      count += 1
      if let found = ReportColumns(row, titles: titles) {
        groups = TotalSurvey(found)
        isOfLoadOps = found.isOfLoadOps
      }
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
  /// Whether text stands behind a closing quotation mark, so that the cells cannot be what was meant.
  private(set) var isBroken = false

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

  mutating func take(_ bytes: Span<UInt8>, _ found: Span<CSVCell>, line: Int) {
    begin(line)
    for index in found.indices {
      let cell = found[index]
      var range = Int(cell.start)..<Int(cell.end)
      let start = text.count
      switch cell.form {
      case .plain: break
      case .quoted:
        range = range.lowerBound + 1..<range.upperBound - 1
        spansLines = true
      case .escaped, .malformed:
        spansLines = true
        if cell.form == .malformed { isBroken = true }
        CSVRowParser.decode(bytes, range, into: &text)
        finish(start)
        continue
      }
      text.append(bytes.extracting(OuterBlanks.trimmed(bytes, range)))
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
    isBroken = false
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
