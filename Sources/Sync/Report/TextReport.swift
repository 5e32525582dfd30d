internal import QuickBooks
internal import Vocabulary

/// The report as the terminal and `sync-report.txt` show it: plain characters, about 100 columns.
///
/// Every text that came out of a file goes through `FindingText.visible(_:)`; the only escape
/// sequences are the colours, and those only when they are asked for.
public struct TextReport {
  /// How much is shown, and in which dress.
  public struct Options: Sendable, Hashable {
    /// Whether to colour headings and verdicts with ANSI sequences; only for a terminal.
    public var color = false
    /// How many findings of each kind are shown in full.
    public var findingsPerKind = 5
    /// How many names of each list of new entries are shown.
    public var namesPerList = 20
    /// How many names that QuickBooks would refuse are listed.
    public var refusals = 20
    /// How many input and output files are listed.
    public var filesPerList = 50

    /// Everything, for somebody who has to look at all of it.
    public static func full(color: Bool = false) -> Options {
      var options = Options(
        color: color, findingsPerKind: .max, namesPerList: .max, filesPerList: .max)
      options.refusals = .max
      return options
    }

    /// The options for a file.
    public init(
      color: Bool = false, findingsPerKind: Int = 5, namesPerList: Int = 20, filesPerList: Int = 50
    ) {
      self.color = color
      self.findingsPerKind = findingsPerKind
      self.namesPerList = namesPerList
      self.filesPerList = filesPerList
    }
  }

  /// The report as text, with a line end behind the last line.
  public static func render(_ report: SyncReport, options: Options = Options()) -> String {
    var text = TextReport(report: report, options: options)
    text.addHeading()
    text.addInputs()
    text.addTotals()
    text.addBooks()
    text.addCreated()
    text.addFindings()
    text.addOutputs()
    text.addNextSteps()
    return text.output
  }

  private let report: SyncReport
  private let options: Options
  private var output = ""
  private static let width = 96

  private init(report: SyncReport, options: Options) {
    self.report = report
    self.options = options
  }

  // MARK: Parts

  private mutating func addHeading() {
    let run = report.run
    let title = report.isPlan ? "LoadBooks plan" : "LoadBooks sync report"
    let company = run.company.map { ": " + Self.clipped($0, to: 70) } ?? ""
    addLine(styled(title + company, .bold))
    let id = run.id.isEmpty ? "" : FindingText.visible(run.id) + ", "
    addLine("  run       \(id)\(FindingText.visible("\(run.command) to \(run.target)"))")
    if let started = run.started {
      let finished = run.finished.map { ", finished \($0)" } ?? ""
      addLine("  started   \(FindingText.visible(started + finished))")
    }
    addLine("  plan      \(run.plan.short)")
    if let dates = report.dateRange {
      addLine("  invoices  dated \(dates.lowerBound) to \(dates.upperBound)")
    }
    if !report.totals.isBalanced {
      let off = report.imbalance
      addLine()
      for line in [
        "*** NOT BALANCED *** The control totals do not tie. Do not import anything from this run.",
        "*** Unaccounted for: \(off.invoices.grouped) invoices, \(off.lines.grouped) lines,"
          + " \(off.amount.grouped)",
      ] {
        addLine(styled(line, .bad))
      }
    }
  }

  private mutating func addInputs() {
    addTitle("Read")
    if report.inputs.isEmpty { addLine("  no files") }
    for input in report.inputs.prefix(options.filesPerList) {
      let records = Self.padded(input.records.grouped, left: 9)
      let kind = Self.padded(Self.clipped(Self.plain(input.kind), to: 17), right: 17)
      addLine(
        "  \(records) records  \(kind)  \(input.fingerprint.short)  "
          + Self.clipped(input.path, to: 44))
    }
    addRest(report.inputs.count - options.filesPerList, "files")
    let counts = report.customers
    addLine(
      "  customers: \(counts.paired.grouped) paired, \(counts.fromMapping.grouped) by the mapping"
        + " file, \(counts.created.grouped) new, \(counts.held.grouped) held")
    addLine(
      "  income categories: \(report.itemsMapped.grouped) mapped,"
        + " \(report.itemsUnmapped.grouped) not mapped")
    if report.notSelected != .zero {
      let left = report.notSelected
      addLine(
        "  left out by filters, not counted below: \(SyncReport.counted(left.invoices, "invoice")),"
          + " \(SyncReport.counted(left.lines, "line")), \(left.amount.grouped)")
    }
  }

  private mutating func addTotals() {
    addTitle("Control totals")
    addRow("", "invoices", "lines", "amount")
    addTally("read", report.totals.read)
    let parts: [Tally] = Outcome.allCases.map { report.totals[$0] }
    for (outcome, tally) in zip(Outcome.allCases, parts) { addTally(outcome.title, tally) }
    addLine("  " + String(repeating: "-", count: 64))
    addTally("difference", report.imbalance)
    addLine()
    addLine(styled(report.equation, report.totals.isBalanced ? .good : .bad))
  }

  private mutating func addCreated() {
    let lists = report.newLists
    let customers = report.newCustomers
    addTitle(
      report.isPlan ? "Would be declared in QuickBooks" : "Declared in QuickBooks",
      "created where they do not exist yet")
    let before = output.utf8.count
    addEntries("customer", customers.map(Self.entry))
    addEntries(
      "item", lists.items.map { "\(Self.clipped($0.name, to: 60)): service, \($0.account)" })
    addEntries(
      "account",
      lists.accounts.map {
        "\(Self.clipped($0.name, to: 60)): "
          + ($0.type == .receivable ? "accounts receivable" : "income")
      })
    addEntries(
      "terms", lists.terms.map { "\(Self.clipped($0.name, to: 40)): due in \($0.dueDays) days" },
      plural: "terms")
    addEntries("class", lists.classes, plural: "classes")
    if output.utf8.count == before { addLine("  nothing new") }
  }

  private mutating func addFindings() {
    let groups = report.findingGroups
    addTitle("Findings")
    if groups.isEmpty { addLine("  none") }
    for (index, group) in groups.enumerated() {
      if index > 0 { addLine() }
      let style: Style =
        group.severity == .error ? .bad : group.severity == .warning ? .warn : .bold
      let noun = SyncReport.counted(group.count, group.severity.rawValue)
      addLine(styled("\(Self.plain(group.kind.id)): \(noun)", style))
      addWrapped(Self.plain(group.kind.meaning), indentation: "  ")
      // Of notices, which nobody has to act on, one example is enough.
      let most =
        group.severity == .notice && options.findingsPerKind < .max ? 1 : options.findingsPerKind
      let shown = group.findings.prefix(max(0, min(most, options.findingsPerKind)))
      for finding in shown {
        for line in FindingText.render(finding).split(separator: "\n") {
          addLine("    " + Self.clipped(String(line), to: 400))
        }
      }
      addRest(group.count - shown.count, nil, where: restOfFindings(group))
    }
  }

  /// Where the rest stands; the report in JSON keeps the first ones of each kind only.
  private func restOfFindings(_ group: SyncReport.FindingGroup) -> String {
    if report.isPlan { return "use --full" }
    let file = group.severity == .error ? "see sync-report.json / held.csv" : "see sync-report.json"
    return group.findings.count < group.count
      ? "\(file), which has \(group.findings.count.grouped) of them; plan --full tells all" : file
  }

  private mutating func addOutputs() {
    addTitle("Written")
    guard !report.outputs.isEmpty else {
      addLine(
        report.isPlan ? "  nothing has been written" : "  no files for QuickBooks")
      return
    }
    for output in report.outputs.prefix(options.filesPerList) {
      let documents = Self.padded(SyncReport.counted(output.documents, "document"), left: 19)
      let amount = Self.padded(output.amount.grouped, left: 18)
      addLine(
        "  \(documents)  \(amount)  \(output.fingerprint.short)  "
          + Self.clipped(output.name, to: 40))
    }
    addRest(report.outputs.count - options.filesPerList, "files")
  }

  private mutating func addNextSteps() {
    addTitle("Next")
    for step in report.nextSteps { addWrapped(step, indentation: "  ") }
  }

  // MARK: Lines

  private enum Style: String {
    case bold = "1"
    case good = "1;32"
    case warn = "1;33"
    case bad = "1;31"
  }

  private func styled(_ text: String, _ style: Style) -> String {
    options.color ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  private mutating func addLine(_ line: String = "") {
    output += line
    output += "\n"
  }

  private mutating func addTitle(_ title: String, _ remark: String? = nil) {
    addLine()
    addLine(styled(title, .bold) + (remark.map { " (\($0))" } ?? ""))
  }

  private mutating func addRow(
    _ name: String, _ invoices: String, _ lines: String, _ amount: String
  ) {
    let cells = [
      Self.padded(name, right: 16), Self.padded(invoices, left: 11), Self.padded(lines, left: 11),
      Self.padded(amount, left: 24),
    ]
    addLine("  " + cells.joined(separator: " "))
  }

  private mutating func addTally(_ name: String, _ tally: Tally) {
    addRow(name, tally.invoices.grouped, tally.lines.grouped, tally.amount.grouped)
  }

  /// A line for each entry, with all that a bookkeeper looks at before it is made.
  private mutating func addEntries(_ noun: String, _ entries: [String], plural: String? = nil) {
    guard !entries.isEmpty else { return }
    addLine("  \(entries.count.grouped) \(entries.count == 1 ? noun : plural ?? noun + "s")")
    for entry in entries.prefix(max(0, options.namesPerList)) {
      addWrapped(Self.clipped(entry, to: 300), indentation: "    ", hanging: "      ")
    }
    addRest(entries.count - options.namesPerList, nil)
  }

  /// A new customer with address and terms.
  private static func entry(_ new: SyncReport.NewCustomer) -> String {
    let customer = new.customer
    var lines = customer.addressLines
    if lines.first == new.loadOpsName || lines.first == customer.name { lines.removeFirst() }
    let details = lines + (customer.terms.isEmpty ? [] : [customer.terms])
    let name = paired(customer.name, with: new.loadOpsName)
    return details.isEmpty ? name : name + ": " + details.joined(separator: ", ")
  }

  private mutating func addBooks() {
    let books = report.books
    addTitle("Books")
    guard !books.sources.isEmpty else {
      addLine(
        "  not looked at: no lists exported from QuickBooks were given, so names were checked for")
      addLine("  length and characters only")
      addRefusals()
      return
    }
    for source in books.sources.prefix(options.filesPerList) {
      let lists = CompanySnapshot.List.allCases.compactMap { list in
        source.lists[list].map { "\(list.words) \($0.grouped)" }
          ?? source.unfinished[list].map { _ in "\(list.words) not whole" }
      }
      let product = [source.product, source.version].filter { !$0.isEmpty }.joined(separator: " ")
      var words = "\(Self.clipped(source.file, to: 60))"
      if let day = source.day { words += source.dayIsStated ? ", of \(day)" : ", changed \(day)" }
      if !product.isEmpty { words += ", \(Self.clipped(product, to: 60))" }
      addWrapped(
        "\(words): \(lists.joined(separator: ", "))", indentation: "  ", hanging: "    ")
    }
    addRest(books.sources.count - options.filesPerList, "files")
    addLine(
      "  names in the output: \(books.existing.grouped) of the books, \(books.declared.grouped) to be"
        + " declared")
    addRefusals()
  }

  private mutating func addRefusals() {
    let refused = report.books.refused
    guard !refused.isEmpty else { return }
    addLine(
      styled(
        "  \(SyncReport.counted(refused.count, "name")) \(refused.count == 1 ? "waits" : "wait"), because "
          + "QuickBooks would refuse \(refused.count == 1 ? "it" : "them") or somebody has to decide:",
        .bad))
    for refusal in refused.prefix(options.refusals) {
      let held =
        refusal.held.invoices == 0
        ? ""
        : " (\(SyncReport.counted(refusal.held.invoices, "invoice")), \(refusal.held.amount.grouped))"
      addWrapped(
        "\(refusal.kind) \"\(Self.clipped(refusal.name, to: 80))\"\(held)", indentation: "    ")
      for cause in refusal.causes {
        addWrapped(Self.clipped(cause, to: 300), indentation: "      - ", hanging: "        ")
      }
    }
    addRest(refused.count - options.refusals, "names")
  }

  private mutating func addRest(_ count: Int, _ noun: String?, where place: String? = nil) {
    guard count > 0 else { return }
    let what = noun.map { " \($0)" } ?? ""
    let place = place ?? (report.isPlan ? "use --full" : "see sync-report.json")
    addLine("    and \(count.grouped) more\(what): \(place)")
  }

  /// Adds a sentence, broken at blanks so that it stays within the width.
  private mutating func addWrapped(_ text: String, indentation: String, hanging: String? = nil) {
    let lines = Self.wrapped(
      text, width: Self.width, indentation: indentation, hanging: hanging ?? indentation)
    for line in lines { addLine(line) }
  }

  /// A sentence broken at blanks into lines of at most so many letters, where words allow.
  static func wrapped(
    _ text: String, width: Int, indentation: String, hanging: String
  ) -> [String] {
    var lines: [String] = []
    var line = indentation
    var isEmpty = true
    for word in words(text) {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = hanging
        isEmpty = true
      }
      if !isEmpty { line += " " }
      line += word
      isEmpty = false
    }
    return lines + [line]
  }

  // MARK: Words

  /// The words between single blanks; several blanks in a row are part of a name and stay with what stands
  /// around them, because they may be all that tells two names apart.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var joins = false
    for part in text.split(separator: " ", omittingEmptySubsequences: false) {
      if part.isEmpty {
        if !words.isEmpty { words[words.count - 1] += " " }
        joins = !words.isEmpty
      } else if joins, let last = words.last {
        words[words.count - 1] = last + " " + part
        joins = false
      } else {
        words.append(String(part))
      }
    }
    while words.last?.last == " " { words[words.count - 1].removeLast() }
    return words
  }

  static func plain(_ text: String) -> String { FindingText.visible(text) }

  /// The text made visible and cut to so many letters, with three dots where something is missing.
  static func clipped(_ text: String, to limit: Int) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > limit || !text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
      return text
    }
    let visible = FindingText.visible(String(scalars.prefix(limit + 1)))
    guard visible.unicodeScalars.count > limit else { return visible }
    return String(visible.unicodeScalars.prefix(limit - 3)) + "..."
  }

  private static func paired(_ name: String, with source: String) -> String {
    name == source ? name : "\(clipped(name, to: 100)) (LoadOps: \"\(clipped(source, to: 100))\")"
  }

  static func padded(_ text: String, left width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  static func padded(_ text: String, right width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
