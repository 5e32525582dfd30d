internal import LoadOps
internal import Vocabulary

/// An inspection as a terminal of 80 columns shows it.
public enum InspectionText {
  private static let width = 80
  private static let label = 12

  /// The page, with a line end behind its last line.
  public static func render(_ file: FileInspection, color: Bool) -> String {
    var page = Page(color: color)
    page.heading(TextReport.clipped(file.name, to: width))
    addFile(file, &page)
    addColumns(file, &page)
    addReading(file, &page)
    addTotals(file, &page)
    addFindings(file, &page)
    return page.text
  }

  // MARK: Parts

  private static func addFile(_ file: FileInspection, _ page: inout Page) {
    let kinds = RecordKind.allCases.filter(file.kinds.contains).map(\.inWords)
    page.entry("holds", kinds.isEmpty ? "nothing" : kinds.joined(separator: ", "))
    let size = file.size < 10_240 ? "\(file.size) bytes" : "\(Int(file.size >> 10).grouped) KiB"
    page.entry("file", "\(file.format), \(size), SHA-256 \(file.fingerprint?.short ?? "?")…")
    for sheet in file.sheets {
      let hidden = sheet.isHidden ? "hidden, " : ""
      let role =
        switch sheet.role {
        case .read: "is read"
        case .passedOver(let kind): "is NOT read, though it looks like a list of \(kind.inWords)"
        case .other: "has no header that is known"
        }
      page.entry("sheet", "\"\(TextReport.plain(sheet.name))\": \(hidden)\(role)")
    }
    if !file.encoding.isEmpty { page.entry("encoding", file.encoding) }
    if !file.dialect.isEmpty { page.entry("dialect", file.dialect.joined(separator: ", ")) }
    if let layout = file.layout { page.entry("layout", layout) }
    if let header = file.header {
      let above = header.line - 1
      page.entry(
        "header",
        header.sheet == nil ? "line \(header.line)" : "row \(header.line)",
        above > 0
          ? "\(SyncReport.counted(above, header.sheet == nil ? "line" : "row")) above it passed over"
          : nil)
    }
  }

  private static func addColumns(_ file: FileInspection, _ page: inout Page) {
    let known = file.columns.count {
      switch $0.role {
      case .field, .amounts: true
      case .notCarried, .unknown: false
      }
    }
    page.title(
      file.format == "JSON" ? "Keys" : "Columns", "\(known) of \(file.columns.count) are read")
    for column in file.columns {
      let place = column.position.map { TextReport.padded($0, left: 4) + " " } ?? "  "
      let header = TextReport.clipped(column.header.isEmpty ? "(no header)" : column.header, to: 22)
      let (mark, meaning) = words(column.role)
      let left = place + TextReport.padded(header, right: 22) + " " + mark + " "
      let middle = TextReport.padded(TextReport.clipped(meaning, to: 22), right: 22)
      let count = TextReport.padded(column.filled.grouped, left: 8)
      let room = max(0, width - left.count - middle.count - count.count - 2)
      let example = room > 3 ? TextReport.clipped(column.example, to: room) : ""
      page.line(left + middle + count + (example.isEmpty ? "" : "  " + example), style(column.role))
    }
    page.line("  -> read as, -- understood and not carried to QuickBooks, ?? not understood;")
    page.line("  then in how many rows it holds something, and the first of it")
  }

  private static func words(_ role: FileInspection.Column.Role) -> (String, String) {
    switch role {
    case .field(let field): ("->", field.name)
    case .amounts(let category): ("->", "lines: \(category)")
    case .notCarried: ("--", "")
    case .unknown(let nearest): ("??", nearest.map { "\($0.name)?" } ?? "")
    }
  }

  private static func style(_ role: FileInspection.Column.Role) -> Page.Style? {
    if case .unknown = role { .warn } else { nil }
  }

  private static func addReading(_ file: FileInspection, _ page: inout Page) {
    if !file.dates.isEmpty { page.title("Dates") }
    for (field, column) in file.dates {
      let examples = column.examples.prefix(3).map { example in
        "\"\(TextReport.clipped(example.text, to: 24))\" (\(SyncReport.counted(example.count, "time")), first "
          + "in \(file.format == "workbook" ? "row" : "line") \(example.line))"
      }
      page.entry(field.name, reading(column) + ": " + examples.joined(separator: ", "), wide: true)
    }
    guard file.numbers.fitting + file.numbers.contrary > 0 else { return }
    page.title("Numbers")
    let us = file.numbers.convention == .us
    page.entry(
      "read as", (us ? "1,234.50" : "1.234,50") + " (formats.numbers: \(us ? "us" : "eu"))")
    if !file.numbers.example.isEmpty {
      page.entry("example", "\"\(TextReport.clipped(file.numbers.example, to: 40))\"")
    }
    if file.numbers.contrary > 0 {
      page.entry(
        "but",
        "\(SyncReport.counted(file.numbers.contrary, "number")) can only be meant the other way, the first "
          + "is \"\(TextReport.clipped(file.numbers.contraryExample, to: 24))\": try "
          + "--set formats.numbers=\(us ? "eu" : "us")")
    }
  }

  /// How a column of dates is read and why.
  private static func reading(_ column: DateColumn) -> String {
    let words = column.description ?? ""
    return switch column.reason {
    case .plain: words
    case .ownDates: column.order == nil ? words : "\(words), as its dates show"
    case .otherColumn: "\(words), as another column shows"
    case .settings: "\(words), as formats.dates says; its dates fit both ways"
    case .mixed: "MIXED (\(words)); dates that can mean two days are held"
    }
  }

  private static func addTotals(_ file: FileInspection, _ page: inout Page) {
    page.title("Counted")
    let noun = file.format == "JSON" ? "objects" : "rows"
    for kind in RecordKind.allCases {
      guard let count = file.records[kind] else { continue }
      page.amount("\(noun) of \(kind.inWords)", count.grouped)
    }
    guard file.kinds.contains(.invoices) else { return }
    page.amount("invoices", file.totals.invoices.grouped)
    page.amount("lines", file.totals.lines.grouped)
    page.amount("sum of the lines", file.totals.amount.grouped)
    let most = 12
    for (name, tally) in file.categories.prefix(most) {
      page.amount("  " + TextReport.clipped(name, to: 36), tally.amount.grouped, tally.lines)
    }
    if file.categories.count > most {
      page.line("    and \(file.categories.count - most) more categories: use --json")
    }
    if file.totalsRows > 0 {
      page.entry(
        "control",
        "\(SyncReport.counted(file.totalsRows, "row")) of totals compared with our own sums")
    }
    if let ends = file.ends {
      page.entry(
        "from, to",
        "\(TextReport.clipped(ends.first, to: 24)) to \(TextReport.clipped(ends.last, to: 24)), in the order "
          + "of the file")
    }
    if let dates = file.dateRange {
      page.entry("dated", "\(dates.lowerBound) to \(dates.upperBound)")
    }
  }

  private static func addFindings(_ file: FileInspection, _ page: inout Page) {
    page.title("Findings")
    if file.findingCounts.isEmpty { page.line("  none") }
    for severity in Finding.Severity.allCases {
      for count in file.findingCounts where count.severity == severity && count.count > 0 {
        let style: Page.Style = severity == .error ? .bad : severity == .warning ? .warn : .bold
        page.line("\(count.kind.id): \(SyncReport.counted(count.count, severity.rawValue))", style)
        let shown = file.findings.filter { $0.kind.id == count.kind.id && $0.severity == severity }
          .prefix(severity == .notice ? 1 : 3)
        for finding in shown { add(finding, &page) }
        if count.count > shown.count {
          page.line("    and \((count.count - shown.count).grouped) more: use --json")
        }
      }
    }
  }

  private static func add(_ finding: Finding, _ page: inout Page) {
    let place = finding.location.map { "\($0.inFile): " } ?? ""
    page.wrapped(TextReport.plain(place + finding.message), indentation: "  ", hanging: "    ")
    if let excerpt = finding.excerpt, let location = finding.location {
      let marked = FindingText.marked(excerpt.narrowed(to: width - 16), line: location.line)
      for line in marked.split(separator: "\n") { page.line("    " + line) }
    }
    page.wrapped(
      "remedy: " + TextReport.plain(finding.remedy), indentation: "    ", hanging: "      ")
  }
}

/// Lines of a page that is 80 columns wide.
private struct Page {
  enum Style: String {
    case bold = "1"
    case warn = "1;33"
    case bad = "1;31"
  }

  private(set) var text = ""
  private let color: Bool
  private static let width = 80
  private static let label = 12

  init(color: Bool) {
    self.color = color
  }

  mutating func line(_ line: String, _ style: Style? = nil) {
    var line = line
    while line.last == " " { line.removeLast() }
    text += style.map { styled(line, $0) } ?? line
    text += "\n"
  }

  mutating func heading(_ heading: String) { line(heading, .bold) }

  mutating func title(_ title: String, _ remark: String? = nil) {
    text += "\n" + styled(title, .bold) + (remark.map { " (\($0))" } ?? "") + "\n"
  }

  /// A word and what there is to say about it.
  mutating func entry(_ label: String, _ content: String, _ more: String? = nil, wide: Bool = false)
  {
    let size = wide ? 18 : Page.label
    let head = "  " + TextReport.padded(label, right: size - 3) + " "
    wrapped(
      TextReport.plain(content) + (more.map { ", " + TextReport.plain($0) } ?? ""),
      indentation: head, hanging: String(repeating: " ", count: size))
  }

  /// A name and a figure at the right.
  mutating func amount(_ name: String, _ figure: String, _ lines: Int? = nil) {
    let count = lines.map { TextReport.padded(SyncReport.counted($0, "line"), left: 16) } ?? ""
    let left = "  " + TextReport.padded(name, right: 40)
    line(left + TextReport.padded(figure, left: 20) + count)
  }

  mutating func wrapped(_ text: String, indentation: String, hanging: String) {
    for part in TextReport.wrapped(
      text, width: Page.width, indentation: indentation, hanging: hanging)
    {
      line(part)
    }
  }

  private func styled(_ text: String, _ style: Style) -> String {
    color ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
