internal import Ledger
internal import QuickBooks
internal import Vocabulary

/// One page that says what was carried over, for somebody to sign: counts and sums on both sides, by month
/// and by customer, the first and the last invoice, and the fingerprints of everything that was read and
/// written.
public struct MigrationStatement {
  /// How many customers stand on the page by name; the others are added up.
  private static let customers = 12
  /// How many months do.
  private static let months = 18
  /// How many files do.
  private static let files = 12

  private let report: ReconciliationReport
  private var result: Reconciliation { report.reconciliation }

  /// The statement of a reconciliation.
  public init(_ report: ReconciliationReport) { self.report = report }

  /// The customers with the most money, and what the others have together.
  private var customers: [Reconciliation.Share] {
    let sorted = result.customers.sorted {
      $0.pair.loadOps.amount != $1.pair.loadOps.amount
        ? $0.pair.loadOps.amount > $1.pair.loadOps.amount : $0.name < $1.name
    }
    return MigrationStatement.joined(sorted, MigrationStatement.customers, "other customers")
  }

  /// The months; where they are many, the earlier ones together.
  private var months: [Reconciliation.Share] {
    let late = Array(result.months.suffix(MigrationStatement.months))
    let early = result.months.dropLast(late.count)
    guard !early.isEmpty else { return late }
    return MigrationStatement.joined(Array(early), 0, "earlier months") + late
  }

  private static func joined(
    _ shares: [Reconciliation.Share], _ limit: Int, _ noun: String
  ) -> [Reconciliation.Share] {
    guard shares.count > limit else { return shares }
    var rest = Reconciliation.Share(
      name: "\((shares.count - limit).grouped) \(noun)", pair: Reconciliation.Pair(), differences: 0
    )
    for share in shares.dropFirst(limit) {
      rest.pair += share.pair
      rest.differences += share.differences
    }
    return shares.prefix(limit) + [rest]
  }

  /// The runs that wrote something of the export, as the company's memory has them.
  private var runs: [RunRecord] {
    report.runs.filter { $0.state == .finished && $0.totals.delivered.invoices > 0 }
  }

  /// The files of runs that hold documents.
  private var outputs: [(run: RunRecord, output: RunRecord.Output)] {
    runs.flatMap { run in run.outputs.filter { $0.documents > 0 }.map { (run, $0) } }
  }

  private func landmark(_ landmark: Reconciliation.Landmark?) -> String {
    landmark.map { "\($0.number), \($0.date), \($0.total.grouped)" } ?? "none"
  }

  // MARK: - Text

  /// The statement as plain text.
  public var text: String {
    var text = "STATEMENT OF RECONCILIATION\n"
    text += "LoadOps and QuickBooks of \(FindingText.visible(report.company ?? "the company"))\n"
    text += "made \(report.at), compared \(report.period)\n"
    if let filters = report.filters { text += "only \(FindingText.visible(filters))\n" }
    text += "\n\(result.verdict)\n\n"
    text += Columns.line("", "LoadOps", "", "QuickBooks", "", "difference")
    for (outcome, pair) in result.shownClasses {
      text += Columns.line("\(outcome.sign) \(outcome.title)", pair)
    }
    text += Columns.line("  in all", result.total)
    for line in report.asides { text += "  \(line)\n" }
    text += "\nfirst invoice that both have   \(FindingText.visible(landmark(result.first)))\n"
    text += "last invoice that both have    \(FindingText.visible(landmark(result.last)))\n"
    text += "\nBy month\n"
    for share in months { text += Columns.line("  " + share.name, share.pair) }
    text += "\nBy customer\n"
    for share in customers {
      text += Columns.line(
        "  " + (share.name.isEmpty ? "(no customer)" : FindingText.visible(share.name)), share.pair)
    }
    text += "\nRead from LoadOps (SHA-256)\n"
    for input in result.plan.report.inputs {
      text += "  \(input.fingerprint.hex)  \(FindingText.visible(input.path))\n"
    }
    text += "\nRead from QuickBooks (SHA-256)\n"
    for file in result.books.files {
      text += "  \(file.fingerprint.hex)  \(FindingText.visible(file.title)) (\(file.form.words))\n"
    }
    if !outputs.isEmpty {
      text += "\nWritten for QuickBooks (SHA-256)\n"
      for (run, output) in outputs {
        text +=
          "  \(output.fingerprint.hex)  \(FindingText.visible(run.id))/\(FindingText.visible(output.name))\n"
      }
    }
    let line = String(repeating: "_", count: 28)
    return text + "\n\nPrepared by \(line)   Checked by \(line)   Date ____________\n"
  }

  // MARK: - Page

  /// The statement as one page to print and sign.
  public var html: String {
    let page = ReconciliationPage(report: report)
    return HTMLText.page(
      "statement of reconciliation", of: report.company, sheet: ReconciliationPage.sheet,
      look: "statement", hasScript: false
    ) { html in
      page.appendHeader("Statement of reconciliation", to: &html)
      page.appendVerdict(to: &html)
      page.appendClasses(to: &html)
      html.markup("<div class=\"two\">\n")
      html.section("landmarks", "First and last invoice that both have") { html in
        for (name, one) in [("First", result.first), ("Last", result.last)] {
          html.tag("p") { html in
            html.text(name + ": ")
            html.tag("b") { $0.name(landmark(one)) }
          }
        }
      }
      appendRuns(to: &html)
      html.markup("</div>\n")
      html.section("months", "By month") { page.shares("Month", months, to: &$0) }
      html.section("customers", "By customer") {
        page.shares("Customer in QuickBooks", customers, to: &$0)
      }
      appendFiles(page, to: &html)
      html.markup("<div class=\"signature\"><div>Prepared by</div><div>Checked by</div>")
      html.markup("<div>Date</div></div>\n")
    }
  }

  private func appendRuns(to html: inout HTMLText) {
    html.section("runs", "Runs") { html in
      if runs.isEmpty {
        html.tag(
          "p", ["class": "note"], "The company's memory knows none that sent any of this export.")
      }
      for run in runs.suffix(6) {
        let sent = run.totals.delivered
        html.tag("p") { html in
          html.name(run.id)
          html.text(": \(SyncReport.counted(sent.invoices, "invoice")), \(sent.amount.grouped)")
        }
      }
      if runs.count > 6 {
        html.tag("p", ["class": "note"], "and \(runs.count - 6) earlier ones")
      }
    }
  }

  private func appendFiles(_ page: ReconciliationPage, to html: inout HTMLText) {
    html.section("files", "Files") { html in
      var files: [ReconciliationPage.File] = result.plan.report.inputs.map {
        ($0.path, "LoadOps \($0.kind.replacing("_", with: " "))", $0.records, nil, $0.fingerprint)
      }
      files += result.books.files.map {
        ($0.title, "QuickBooks: \($0.form.words)", $0.documents, $0.amount, $0.fingerprint)
      }
      files += outputs.map {
        (
          "\($0.run.id)/\($0.output.name)", "written", $0.output.documents, $0.output.amount,
          $0.output.fingerprint
        )
      }
      page.files(Array(files.prefix(MigrationStatement.files)), to: &html)
      if files.count > MigrationStatement.files {
        html.tag(
          "p", ["class": "note"],
          "and \((files.count - MigrationStatement.files).grouped) more, all of them in statement.txt"
        )
      }
    }
  }
}
