package import Sheets
public import Vocabulary

/// What a reader has to tell about a file beside its records.
public struct ExportNotes: Sendable {
  /// Columns or keys that mean nothing to us, in order of appearance.
  public var unknownNames: [String] = []
  /// Identifiers that JSON holds as numbers: zeros in front of them may have been lost before.
  public var numericIdentifiers: [Field] = []
  /// Header rows found again in the middle of a file, by line.
  public var repeatedHeaders: [Int] = []
  /// How many rows leave out what their invoice's first row says, in the fill-down layout.
  public var rowsBelow = 0
  /// What stands above the header row of a CSV file: the first filled cell of each row.
  public var titles: [String] = []
  /// Rows that add up others.
  public var totalsRows: [TotalsRow] = []
  /// How many cells had blanks or invisible characters around their text.
  public var trimmedCells = 0
  /// The first of them: its line from 1, its offset and length.
  public var firstTrimmed: (line: Int, offset: UInt64, length: Int)?
  /// Whether the rate is read as the amount, because there is nothing else that could be it.
  public var readsRateAsAmount = false
  /// How many cells of columns without a header hold something.
  public var unnamedCells = 0
  /// The line of the first of them, and its column from 0.
  public var firstUnnamed: (line: Int, column: Int)?
  /// The last cell of a text whose last line has no line end: its line from 1, its offset and length.
  public var unended: (line: Int, offset: UInt64, length: Int)?
  /// The hashes (`ByteHash`) of invoice numbers that stand in rows inside a cell in quotation marks: rows of
  /// these invoices are missing.
  public var swallowedNumbers: Set<UInt64> = []
  /// How many records were read.
  public var records = 0
}

/// Reads the records of one export file in order, and any of them again by its place.
///
/// Two readers stand behind this door, one for CSV and one for JSON. Both read in large blocks and hold
/// one record at a time; both give an invoice as one ``Record`` with a row for each line.
public final class ExportReader {
  /// What the file is made of.
  public enum Format: String, Sendable, CaseIterable {
    /// Separated values with a header row.
    case csv
    /// JSON: one object, an array, or an object on each line.
    case json
  }

  private enum Engine {
    case csv(CSVRecordReader)
    case json(JSONRecordReader)
  }

  /// The file.
  public let path: String
  /// The file's name as the user knows it.
  public let name: String
  /// What the file is made of; the text of a workbook's sheet is separated values.
  public let format: Format
  /// The sheets of a workbook; none when the file is no workbook.
  public let sheets: [SheetNote]
  private let engine: Engine
  /// The file as text.
  package let source: TextSource
  private let window: ByteWindow

  /// Opens a file and tells by its first bytes what it is.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - name: What to call it in messages; its path unless it is a copy of something else.
  ///   - file: Its position in the list of inputs, for ``RecordPlace``.
  ///   - meanings: The user's own names for columns, by normalised header.
  ///   - layouts: What a file may be beside one row for each line.
  ///   - hashing: Whether to compute the fingerprint on the way.
  ///   - blockSize: How many bytes to read at once; tests read single bytes.
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  public convenience init(
    path: String, name: String? = nil, file: Int, meanings: [String: ColumnMeaning] = [:],
    layouts: LayoutOptions = .flatOnly,
    hashing: Bool = false,
    blockSize: Int = 1 << 18
  ) throws(Failure) {
    try self.init(
      path: path, name: name, file: file, meanings: meanings, layouts: layouts, hashing: hashing,
      blockSize: blockSize, look: nil)
  }

  /// The same for a file that was read before, when `look` is what was told of its text then; whoever gives it makes sure
  /// at the end, by the fingerprint, that it is the same file.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  package init(
    path: String, name: String?, file: Int, meanings: [String: ColumnMeaning],
    layouts: LayoutOptions, hashing: Bool, blockSize: Int = 1 << 18, look: TextSource.Look?
  ) throws(Failure) {
    self.path = path
    self.name = name ?? path
    let workbook = try Workbook.open(archive: path, name: name ?? path)
    if let workbook {
      let choice = try SheetChoice(workbook, meanings: meanings, options: layouts)
      sheets = choice.notes
      source = try TextSource.open(workbook, choice.sheet, hashing: hashing)
    } else {
      sheets = []
      source = try TextSource.open(
        path: path, name: name ?? path, hashing: hashing, look: look)
    }
    window = try ByteWindow(source, hashing: hashing, blockSize: blockSize)
    if workbook == nil {
      try NoExport.refuse(window, name ?? path)
      try ExportReader.refuseQuickBooks(window, name ?? path)
    }
    if workbook == nil, let first = try ExportReader.firstSignificant(window),
      first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    {
      format = .json
      if layouts.acceptsIncomeLines {
        try ExportReader.refuseLinesAlone(source, meanings, blockSize)
      }
      engine = .json(try JSONRecordReader(window: window, file: file, meanings: meanings))
    } else {
      format = .csv
      engine = .csv(
        try CSVRecordReader(
          window: window, file: file, meanings: meanings, options: layouts))
    }
  }

  /// The kinds of records in the file; JSON may hold several, known once it was read.
  public var kinds: Set<RecordKind> {
    switch engine {
    case .csv(let reader): [reader.kind]
    case .json(let reader): reader.kinds
    }
  }

  /// Whether the file, read to its end, is JSON without a single record of a kind that we know.
  public var holdsNothingKnown: Bool {
    if case .json(let reader) = engine { return reader.holdsNothingKnown }
    return false
  }

  /// Whether it is JSON that is a bare list of records, of which the first is an invoice; nothing is read by that.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  package func isListOfInvoices() throws(Failure) -> Bool {
    guard case .json(let reader) = engine else { return false }
    return try reader.beginsWithInvoice()
  }

  /// What else there is to tell.
  public var notes: ExportNotes {
    switch engine {
    case .csv(let reader): reader.notes
    case .json(let reader): reader.notes
    }
  }

  /// Whether some rows of a CSV file repeat the number of the row above.
  public var repeatsNumbers: Bool {
    if case .csv(let reader) = engine { return reader.repeatsNumbers }
    return false
  }

  /// Whether the rows are those of a workbook's sheet, where each cell has a type of its own.
  public var isSheet: Bool { source.sheet != nil }

  /// What to call the place of a cell in a sentence: `line 5`, or `cell C5` of a sheet.
  public func placeInWords(_ record: Record, _ row: Int, _ cell: Cell) -> String {
    guard let sheet = source.sheet else { return "line \(record.line(row, cell))" }
    let location = sheet.location(file: name, line: Int(record.rows[row].line))
    guard let column = record.column(of: cell, row) else { return "row \(location.line)" }
    return "cell \(CellName.column(column))\(location.line)"
  }

  /// How many rows of totals were found so far.
  public var totalsRowCount: Int {
    if case .csv(let reader) = engine { return reader.notes.totalsRows.count }
    return 0
  }

  /// The headers of a CSV file, as they stand.
  public var headers: [String]? {
    if case .csv(let reader) = engine { return reader.columns.headers }
    return nil
  }

  /// What stands between the cells of a CSV file.
  public var delimiter: Character? {
    if case .csv(let reader) = engine { return Character(UnicodeScalar(reader.delimiter)) }
    return nil
  }

  /// The columns that hold the amounts of an income category, in the wide layout.
  public var amountColumns: [Int: String] {
    guard case .csv(let reader) = engine else { return [:] }
    return Dictionary(reader.columns.wide.map { ($0.column, $0.category) }) { first, _ in first }
  }

  /// The line of the header row of a CSV file, from 1.
  public var headerLine: Int? {
    if case .csv(let reader) = engine { return reader.headerLine }
    return nil
  }

  /// How a CSV file lays out invoices, as far as it was read; nil for JSON and for other kinds.
  public var layout: InvoiceLayout? {
    guard case .csv(let reader) = engine, reader.kind == .invoices else { return nil }
    return reader.layout
  }

  /// How far the reader is, in bytes, and how many there are.
  public var progress: (done: UInt64, total: UInt64) {
    (window.baseOffset + UInt64(window.start), window.fileSize)
  }

  /// The fingerprint of the whole file, once it was read to its end.
  public func fingerprint() throws(Failure) -> Fingerprint? {
    while !window.isAtEnd {
      window.start = window.bytes.count
      _ = try window.fill()
    }
    return window.fingerprint()
  }

  /// A record to read into.
  public func makeRecord() -> Record {
    switch engine {
    case .csv(let reader): Record(layout: reader.columns.layout)
    case .json: Record(layout: JSONRecordReader.layout)
    }
  }

  /// Reads the next record of one of the kinds wanted; false at the end of the file.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  public func next(_ kinds: Set<RecordKind>, into record: inout Record) throws(Failure)
    -> RecordKind?
  {
    switch engine {
    case .csv(let reader):
      guard kinds.contains(reader.kind) else { return nil }
      guard try reader.next(into: &record) else { return nil }
      reader.noteOpenEnd(&record)
      return reader.kind
    case .json(let reader): return try reader.next(kinds, into: &record)
    }
  }

  /// Reads the next invoice; false at the end of the file.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  public func nextInvoice(into record: inout Record) throws(Failure) -> Bool {
    switch engine {
    case .csv(let reader):
      guard case .invoices = reader.kind, try reader.next(into: &record) else { return false }
      reader.noteOpenEnd(&record)
      return true
    case .json(let reader): return try reader.next(ExportReader.invoices, into: &record) != nil
    }
  }

  private static let invoices: Set = [RecordKind.invoices]

  /// Reads an invoice again by its place.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable` when the file has changed since.
  public func read(_ place: RecordPlace, into record: inout Record) throws(Failure) {
    record.reset()
    record.place = place
    try window.read(at: place.offset, count: Int(place.length), into: &record.text)
    switch engine {
    case .csv(let reader):
      reader.reparse(&record)
      reader.noteOpenEnd(&record)
    case .json(let reader): reader.reparse(&record)
    }
  }

  /// The place of a cell, and its line with the cell marked.
  public func excerpt(_ record: Record, _ row: Int, _ cell: Cell) -> (SourceLocation, Excerpt) {
    var (location, excerpt) = LineExcerpt.make(
      source, offset: record.offset(row, cell), length: Int(cell.source.count),
      line: source.sheet == nil ? record.line(row, cell) : Int(record.rows[row].line))
    if source.sheet != nil { location.column = record.column(of: cell, row).map { $0 + 1 } }
    return (location, excerpt)
  }

  /// The place of a stretch of the file, and its line with the stretch marked.
  public func excerpt(line: Int, offset: UInt64, length: Int) -> (SourceLocation, Excerpt) {
    LineExcerpt.make(source, offset: offset, length: length, line: line)
  }

  /// The place of a line, from 1.
  public func location(line: Int) -> SourceLocation { source.location(line: line) }

  /// Refuses a file of QuickBooks, whose lists would pass for a list of customers: `!HDR`, `!CUST`.
  private static func refuseQuickBooks(_ window: ByteWindow, _ name: String) throws(Failure) {
    guard try firstSignificant(window) == UInt8(ascii: "!") else { return }
    let text = window.bytes[window.start...].drop { $0 <= 0x20 }
    let keyword = text.dropFirst().prefix { (0x41...0x5A).contains($0) }
    let end = keyword.endIndex
    guard keyword.count > 1, end >= text.endIndex || text[end] <= 0x20 || text[end] == 0x2C else {
      return
    }
    throw Failure(
      .inputUnreadable,
      "\(name) is an IIF file of QuickBooks (its first row is !\(String(decoding: keyword, as: UTF8.self))), "
        + "not an export of LoadOps",
      remedy:
        "if QuickBooks exported its lists into it, put it into the company's folder books, or name it with "
        + "--books", location: SourceLocation(file: name, line: 1))
  }

  /// Refuses JSON that holds nothing but lines, whose invoices stand in another file.
  ///
  /// The first record that is anything else ends the search.
  private static func refuseLinesAlone(
    _ source: TextSource, _ meanings: [String: ColumnMeaning], _ blockSize: Int
  ) throws(Failure) {
    let window = try ByteWindow(source, hashing: false, blockSize: blockSize)
    let reader = try JSONRecordReader(window: window, file: 0, meanings: meanings)
    var record = Record(layout: JSONRecordReader.layout)
    var first: UInt32?
    while let kind = try reader.next(Set(RecordKind.allCases), into: &record) {
      guard kind == .invoices, record.isLineAlone else { return }
      first = first ?? record.place.line
    }
    guard let first else { return }
    throw Failure(
      .inputUnreadable,
      "\(source.name) holds nothing but lines of invoices, and their customers and dates are elsewhere",
      remedy:
        "put both lists into one file, {\"invoices\": […], \"lines\": […]}, or give them as CSV, where "
        + "two files may be joined", location: source.location(line: Int(first)))
  }

  static func firstSignificant(_ window: ByteWindow) throws(Failure) -> UInt8? {
    var index = window.start
    while true {
      while index < window.bytes.count {
        let byte = window.bytes[index]
        if byte > 0x20 { return byte }
        index += 1
      }
      if window.isAtEnd || index > 65_536 { return nil }
      index -= try window.fill()
    }
  }
}
