internal import Foundation
internal import Ledger
public import LoadOps
internal import Sheets
public import Vocabulary

/// What the reader sees in one export file: what a bookkeeper looks at before trusting us with it.
///
/// The file is read to its end, as `plan` reads it, with the same mapping and settings; only nothing is
/// decided about QuickBooks. Nothing of it is written anywhere.
public struct FileInspection: Sendable {
  /// A column of a table, or a key of JSON.
  public struct Column: Sendable, Hashable {
    /// What becomes of it.
    public enum Role: Sendable, Hashable {
      /// It is this field.
      case field(Field)
      /// Its amounts are lines of this income category.
      case amounts(of: String)
      /// Known, and not carried to QuickBooks, or left alone because the mapping file says so.
      case notCarried
      /// It means nothing to us; perhaps this field is meant.
      case unknown(nearest: Field?)
    }

    /// Where it is: its number from 1, in a workbook its letters; nil in JSON.
    public var position: String?
    /// The header as it stands; in JSON the field's canonical name, because keys have many spellings.
    public var header: String
    /// What becomes of it.
    public var role: Role
    /// In how many rows it holds something.
    public var filled = 0
    /// The first thing it holds.
    public var example = ""
  }

  /// How numbers are written.
  public struct Numbers: Sendable, Hashable {
    /// How they are read.
    public var convention = NumberConvention.us
    /// Cells that are a number only when they are read that way.
    public var fitting = 0
    /// Cells that are a number only when they are read the other way.
    public var contrary = 0
    /// The first of those.
    public var contraryExample = ""
    /// A number with a mark in it, as it stands.
    public var example = ""
  }

  /// The file's name as the user gave it.
  public internal(set) var name: String
  /// How many bytes it has.
  public internal(set) var size: UInt64 = 0
  /// Its fingerprint.
  public internal(set) var fingerprint: Fingerprint?
  /// `CSV`, `JSON` or `workbook`.
  public internal(set) var format = ""
  /// What it holds.
  public internal(set) var kinds: Set<RecordKind> = []
  /// The sheets of a workbook.
  public internal(set) var sheets: [SheetNote] = []
  /// The encoding, as people call it.
  public internal(set) var encoding = ""
  /// What stands between the cells, and how lines end; empty for a workbook.
  public internal(set) var dialect: [String] = []
  /// The layout of invoices.
  public internal(set) var layout: String?
  /// Where the header row is.
  public internal(set) var header: SourceLocation?
  /// The columns in their order.
  public internal(set) var columns: [Column] = []
  /// Rows of a table, or objects.
  public internal(set) var records: [RecordKind: Int] = [:]
  /// How the columns of dates are read.
  public internal(set) var dates: [(field: Field, column: DateColumn)] = []
  /// How numbers are written.
  public internal(set) var numbers = Numbers()
  /// Invoices, lines and their sum.
  public internal(set) var totals = Tally.zero
  /// The sums of the income categories, the largest first.
  public internal(set) var categories: [(name: String, tally: Tally)] = []
  /// The first and the last invoice in the order of the file.
  public internal(set) var ends: (first: String, last: String)?
  /// The first and the last invoice date.
  public internal(set) var dateRange: ClosedRange<CalendarDate>?
  /// Rows that add up others, as far as they were used for control.
  public internal(set) var totalsRows = 0
  /// What is to be said about the file, errors first; capped for each kind.
  public internal(set) var findings: [Finding] = []
  /// How many of each kind there are.
  public internal(set) var findingCounts: [SyncReport.FindingCount] = []

  /// Whether some records cannot be read as they should.
  public var hasErrors: Bool {
    findingCounts.contains { $0.severity == .error && $0.count > 0 }
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - name: What to call it.
  ///   - settings: The company's settings.
  ///   - mapping: The company's mapping file.
  ///   - today: The day in the company's time zone.
  ///   - findingsPerKind: How many findings of each kind are kept.
  /// - Throws: `Failure` when it cannot be read as an export.
  public init(
    path: String, name: String, settings: Settings, mapping: MappingFile, today: CalendarDate,
    findingsPerKind: Int
  ) throws(Failure) {
    self.name = name
    // A file is shown as it would be read, whether the settings allow its layout or not.
    let allowed = settings.layouts
    var settings = settings
    settings.layouts.wide = .accept
    settings.layouts.headerOnly = allowed.headerOnly ?? FileInspection.anyCategory
    let context = PlanContext(
      settings: settings, mapping: mapping, suppression: .empty, ledger: .none, selection: .all,
      today: today)
    var survey = FileSurvey(settings: settings)
    let reader = try ExportReader(
      path: path, name: name, file: 0, meanings: mapping.columns, layouts: context.layouts,
      hashing: true)
    try survey.read(reader)
    guard !reader.holdsNothingKnown else { throw FileInspection.nothingKnown(name) }
    size = FileInspection.size(of: path)
    fingerprint = try reader.fingerprint()
    kinds = reader.kinds
    sheets = reader.sheets
    records = survey.records
    columns = survey.columns(reader)
    numbers = survey.numbers
    ends = survey.ends
    describe(reader)
    let decided = survey.dates.columns(preferring: settings.formats.dates)
    dates = Field.allCases.compactMap { field in
      guard decided[field].description != nil else { return nil }
      var column = decided[field]
      for index in column.examples.indices {
        column.examples[index].line = reader.location(line: column.examples[index].line).line
      }
      return (field, column)
    }
    if reader.layout == .incomeLines {
      totals = survey.income
    } else if kinds.contains(.invoices) {
      try plan(path, context, findingsPerKind)
      if allowed.headerOnly == nil { leaveOut(ReadingRules.invoiceLumped) }
    }
    noteLayout(reader, allowed)
  }

  /// What stands for the income category of a total where the settings name none.
  private static let anyCategory = "(the whole total)"

  private mutating func leaveOut(_ kind: Finding.Kind) {
    findings.removeAll { $0.kind.id == kind.id }
    findingCounts.removeAll { $0.kind.id == kind.id }
  }

  /// Says what a layout needs before anything is planned with it.
  private mutating func noteLayout(_ reader: ExportReader, _ allowed: Settings.Layouts) {
    let (words, remedy): (String, String)
    switch reader.layout {
    case .wide? where allowed.wide != .accept:
      (words, remedy) = (
        "a column of amounts for each income category is read only when the settings say so",
        "set layouts.wide to accept if these columns are all that is billed"
      )
    case .headerOnly? where allowed.headerOnly == nil:
      (words, remedy) = (
        "invoices without lines are read only when the settings say to which income category each total "
          + "goes, or when files with the income of each category are given with them",
        "export the invoices with their lines, or set layouts.header_only, or give the files of income, too"
      )
    case .incomeLines?:
      (words, remedy) = (
        "amounts of income are read only together with the list of the invoices that they belong to",
        "give both to plan"
      )
    default: return
    }
    findings.append(
      Finding(
        BatchRules.layoutNotAlone, "\(name): \(words)", remedy: remedy, location: header))
    findingCounts.append(
      SyncReport.FindingCount(
        kind: BatchRules.layoutNotAlone, severity: .warning, count: 1, listed: 1))
  }

  private static func size(of path: String) -> UInt64 {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.uint64Value ?? 0
  }

  private static func nothingKnown(_ name: String) -> Failure {
    Failure(
      .inputUnreadable, "\(name) is JSON, but holds no invoices, customers or income categories",
      remedy:
        "give an object with an array \"invoices\", an array of invoices, or an invoice on each line"
    )
  }

  /// What planning says about reading: sums, days, and every finding that lies in the file itself.
  private mutating func plan(
    _ path: String, _ context: PlanContext, _ findingsPerKind: Int
  ) throws(Failure) {
    let inputs = try ExportInputs(arguments: [path], spoolFolder: "")
    let report = try Planner.plan(
      inputs, context, findingsPerKind: findingsPerKind, progress: nil
    ).report
    totals = report.totals.read
    dateRange = report.dateRange
    categories = report.byIncomeCategory.map { ($0.name, $0.totals.read) }
    let ids = FileInspection.readingIDs
    findings = report.findings.filter { ids.contains($0.kind.id) }.map { finding in
      var finding = finding
      finding.location?.file = name
      return finding
    }
    findingCounts = report.findingCounts.filter { ids.contains($0.kind.id) }
  }

  /// Findings that lie in the file, whatever QuickBooks, the mapping and the policies say.
  private static let readingIDs: Set<String> = {
    let rules = Rule.allCases.filter(\.liesInTheFile).map(\.kind)
    let elsewhere = [
      BatchRules.fileIgnored, BatchRules.suppressionUnmatched, BatchRules.suppressionExpired,
      BatchRules.nothingSelected, ItemRules.categoryNotDeclared, CustomerRules.customerNameChanged,
    ].map(\.id)
    return Set(rules.map(\.id) + BatchRules.all.map(\.id)).subtracting(elsewhere)
  }()

  // MARK: - Dialect

  private static func words(_ layout: InvoiceLayout) -> String {
    switch layout {
    case .flat: "one row for each line of an invoice"
    case .fillDown: "one row for each line; what an invoice has once stands on its first row only"
    case .wide: "one row for each invoice, a column of amounts for each income category"
    case .headerOnly: "one row for each invoice with its total, no lines"
    case .incomeLines: "nothing but numbers and amounts: income for the invoices of another file"
    }
  }

  private mutating func describe(_ reader: ExportReader) {
    header = reader.headerLine.map { reader.location(line: $0) }
    layout = reader.layout.map(FileInspection.words)
    totalsRows = reader.notes.totalsRows.count { $0.hasSum }
    switch reader.source.origin {
    case .workbook:
      format = "workbook"
      return
    case .text(let encoding, let hasMark):
      format = reader.format == .csv ? "CSV" : "JSON"
      self.encoding = encoding.rawValue + (hasMark ? " with byte order mark" : "")
    }
    let sample = DialectSample(reader.source.peek(at: 0, count: 1 << 20))
    if let delimiter = reader.delimiter {
      dialect.append("cells separated by \(DialectSample.name(delimiter))")
      dialect.append(sample.hasQuotes ? "some in quotation marks" : "none in quotation marks")
    } else {
      layout = sample.shape
    }
    dialect.append("lines end with \(sample.lineEnds)")
  }
}

/// What the beginning of a text shows of how it was written.
private struct DialectSample {
  var hasQuotes = false
  var lineEnds = "LF"
  var shape = "one object"

  init(_ bytes: [UInt8]) {
    var (feeds, pairs, returns) = (0, 0, 0)
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case 0x22: hasQuotes = true
      case 0x0A: if index == 0 || bytes[index - 1] != 0x0D { feeds += 1 }
      case 0x0D:
        if index + 1 < bytes.count, bytes[index + 1] == 0x0A { pairs += 1 } else { returns += 1 }
      default: break
      }
    }
    let found = [(feeds, "LF"), (pairs, "CRLF"), (returns, "CR")].filter { $0.0 > 0 }.map(\.1)
    lineEnds = found.isEmpty ? "nothing: there is one line" : found.joined(separator: " and ")
    let first = bytes.first { $0 > 0x20 && $0 < 0x80 }
    if first == UInt8(ascii: "[") { shape = "one array" }
  }

  static func name(_ delimiter: Character) -> String {
    switch delimiter {
    case ",": "commas"
    case ";": "semicolons"
    case "\t": "tabs"
    case "|": "vertical bars"
    default: "\"\(delimiter)\""
    }
  }
}

/// One pass over a file that counts what stands where.
private struct FileSurvey {
  var records: [RecordKind: Int] = [:]
  var dates: DateSurvey
  var numbers = FileInspection.Numbers()
  var ends: (first: String, last: String)?
  /// What the amounts of a file of income add up to.
  var income = Tally.zero
  private let style: NumberStyle
  private var isTyped = false
  private var filled: [Int] = []
  private var examples: [String] = []
  private var kindOfFields: [Field: RecordKind] = [:]

  init(settings: Settings) {
    dates = DateSurvey(settings.localDays)
    style = settings.numberStyle
    numbers.convention = style.convention
  }

  mutating func read(_ reader: ExportReader) throws(Failure) {
    var record = reader.makeRecord()
    isTyped = reader.isSheet || reader.format == .json
    while let kind = try reader.next(Set(RecordKind.allCases), into: &record) {
      records[kind, default: 0] += reader.format == .csv ? record.rows.count : 1
      if kind == .invoices {
        dates.look(at: record)
        let number = record.string(.invoiceNumber)
        if !number.isEmpty { ends = (ends?.first ?? number, number) }
      }
      count(record, kind)
      if reader.layout == .incomeLines { countIncome(record, isSheet: reader.isSheet) }
    }
  }

  private mutating func countIncome(_ record: Record, isSheet: Bool) {
    for row in record.rows.indices {
      let cell = record.cell(row, .amount)
      let isTyped = isSheet && cell.value == cell.source
      let text = record.text.span.extracting(cell.value.range)
      var sum = Tally(lines: 1, amount: .zero)
      switch FixedDecimal.parse(text, isTyped ? NumberStyle(.us, currency: style.currency) : style)
      {
      case .value(let value), .exponential(let value): sum.amount = Money(value) ?? .zero
      case .absent, .fault: break
      }
      income += sum
    }
  }

  private mutating func count(_ record: Record, _ kind: RecordKind) {
    let width = record.layout.width
    while filled.count < width {
      filled.append(0)
      examples.append("")
    }
    for row in record.rows.indices {
      for column in 0..<width {
        let cell = record.cell(row, column: column)
        guard !cell.isEmpty else { continue }
        filled[column] += 1
        if filled[column] == 1 { examples[column] = record.string(cell) }
      }
    }
    for field in [Field.amount, .rate, .quantity, .invoiceTotal, .dueAmount] {
      guard let column = record.layout.column(of: field) else { continue }
      for row in record.rows.indices {
        let cell = record.cell(row, column: column)
        // A number of a sheet has a point, whatever the convention of texts is.
        if isTyped, cell.value == cell.source { continue }
        look(record, cell)
      }
    }
  }

  private mutating func look(_ record: Record, _ cell: Cell) {
    guard !cell.isEmpty else { return }
    let text = record.text.span.extracting(cell.value.range)
    let other: NumberConvention = numbers.convention == .us ? .eu : .us
    let (here, there) = (
      FixedDecimal.parse(text, numbers.convention), FixedDecimal.parse(text, other)
    )
    switch (here, there) {
    case (.value(let left), .value(let right)) where left == right: break
    case (.value, .value), (.value, .fault):
      numbers.fitting += 1
      if numbers.example.isEmpty { numbers.example = record.string(cell) }
    case (.fault, .value):
      numbers.contrary += 1
      if numbers.contraryExample.isEmpty { numbers.contraryExample = record.string(cell) }
    default: break
    }
  }

  /// The columns with what was found in them.
  func columns(_ reader: ExportReader) -> [FileInspection.Column] {
    let layout = reader.makeRecord().layout
    guard let headers = reader.headers else { return keys(reader) }
    var fields: [Int: Field] = [:]
    for field in Field.allCases {
      if let column = layout.column(of: field) { fields[column] = field }
    }
    let unknown = Set(reader.notes.unknownNames)
    let amounts = reader.amountColumns
    let kind = reader.kinds.first ?? .invoices
    return headers.enumerated().compactMap { column, header in
      let count = column < filled.count ? filled[column] : 0
      // A column that a spreadsheet left behind.
      if header.isEmpty, count == 0 { return nil }
      let role: FileInspection.Column.Role =
        if let field = fields[column] {
          .field(field)
        } else if let category = amounts[column] {
          .amounts(of: category)
        } else if unknown.contains(header) || header.isEmpty {
          .unknown(nearest: FileSurvey.nearest(to: header, in: kind, Set(fields.values)))
        } else {
          .notCarried
        }
      return FileInspection.Column(
        position: reader.source.sheet == nil ? "\(column + 1)" : CellName.column(column),
        header: header, role: role, filled: count,
        example: column < examples.count ? examples[column] : "")
    }
  }

  private func keys(_ reader: ExportReader) -> [FileInspection.Column] {
    let known = Field.allCases.compactMap { field -> FileInspection.Column? in
      guard field.index < filled.count, filled[field.index] > 0 else { return nil }
      return FileInspection.Column(
        header: field.name, role: .field(field), filled: filled[field.index],
        example: examples[field.index])
    }
    let kind = reader.kinds.contains(.invoices) ? .invoices : reader.kinds.first ?? .invoices
    let taken = Set(Field.allCases.filter { $0.index < filled.count && filled[$0.index] > 0 })
    return known
      + reader.notes.unknownNames.map {
        FileInspection.Column(
          header: $0, role: .unknown(nearest: FileSurvey.nearest(to: $0, in: kind, taken)))
      }
  }

  /// The field that may be meant, unless another column is that field already.
  private static func nearest(
    to header: String, in kind: RecordKind, _ taken: Set<Field>
  ) -> Field? {
    Field.nearest(to: header, in: kind).flatMap { taken.contains($0) ? nil : $0 }
  }
}
