internal import Foundation
internal import Vocabulary

/// `sync-report.html`: one file that opens from a mail, without network, in light and in dark.
///
/// The page is well-formed as XML too. Nothing in it comes from elsewhere: its content security
/// policy forbids every load and allows exactly one style sheet and one script, by their sums. It
/// reads well with the script turned off; the script only filters the table of invoices. All text
/// goes through `HTMLText`, which cannot take computed text for markup.
public enum HTMLReport {
  /// How many customers, findings of a kind and new entries the page shows at most.
  static let rowLimit = 200

  /// The report as a page.
  public static func render(_ report: SyncReport) -> String {
    let page = HTMLPage(report: report)
    return HTMLText.page("LoadBooks " + page.title.lowercased(), of: report.run.company) { html in
      page.appendHeader(to: &html)
      page.appendVerdict(to: &html)
      page.appendCards(to: &html)
      page.appendNextSteps(to: &html)
      page.appendCharts(to: &html)
      page.appendTotals(to: &html)
      page.appendFindings(to: &html)
      page.appendShares(to: &html)
      page.appendBooks(to: &html)
      page.appendCreated(to: &html)
      page.appendInvoices(to: &html)
      page.appendFiles(to: &html)
      page.appendFooter(to: &html)
    }
  }
}

/// The parts of the page; each appends itself.
struct HTMLPage {
  let report: SyncReport
  let groups: [SyncReport.FindingGroup]

  init(report: SyncReport) {
    self.report = report
    self.groups = report.findingGroups
  }

  var title: String { report.isPlan ? "Plan" : "Sync report" }

  /// Something is held, be it invoices or customers.
  var hasHeld: Bool { report.totals.held != .zero || report.customers.held > 0 }

  func appendHeader(to html: inout HTMLText) {
    let run = report.run
    html.markup("<header>\n")
    html.tag("p", ["class": "kicker"], "LoadBooks " + title.lowercased())
    html.tag("h1") { html in
      if let company = run.company { html.name(company) } else { html.text(title) }
    }
    html.markup("\n<ul class=\"meta\">")
    func item(_ label: String, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      html.tag("li") { html in
        html.text(label + " ")
        html.tag("b") { $0.name(value) }
      }
    }
    item("Invoices dated", report.dateRange.map { "\($0.lowerBound) to \($0.upperBound)" })
    item("Run", run.id)
    item("Command", "\(run.command) to \(run.target)")
    item("Started", run.started?.replacing("T", with: " ", maxReplacements: 1))
    item("Finished", run.finished?.replacing("T", with: " ", maxReplacements: 1))
    item("Plan", run.plan.short)
    html.markup("</ul>\n</header>\n")
  }

  func appendVerdict(to html: inout HTMLText) {
    let balanced = report.totals.isBalanced
    let look = !balanced ? "verdict bad" : hasHeld ? "verdict warn" : "verdict good"
    html.tag("div", ["class": look, "role": balanced ? "status" : "alert"]) { html in
      html.markup("\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\"")
      html.markup(
        " aria-hidden=\"true\" focusable=\"false\"><circle cx=\"12\" cy=\"12\" r=\"10\"/>")
      if !balanced {
        html.markup("<path d=\"M8.5 8.5l7 7M15.5 8.5l-7 7\"/></svg>\n<div>\n")
      } else if hasHeld {
        html.markup("<path d=\"M10 8.5v7M14 8.5v7\"/></svg>\n<div>\n")
      } else {
        html.markup("<path d=\"M7.5 12.5l3 3 6-6.5\"/></svg>\n<div>\n")
      }
      html.tag("h2", verdict)
      for sentence in verdictSentences { html.tag("p", sentence) }
      html.tag("p", ["class": "equation"], report.equation)
      html.markup("\n</div>\n")
    }
    html.markup("\n")
  }

  private var verdict: String {
    let totals = report.totals
    guard totals.isBalanced else { return "NOT BALANCED: do not import anything from this run" }
    if totals.held.invoices > 0 {
      return "Balanced, with \(SyncReport.counted(totals.held.invoices, "invoice")) held"
    }
    if hasHeld { return "Balanced, with some records held" }
    return totals.read.invoices == 0 ? "Balanced: no invoice was read" : "Balanced, nothing held"
  }

  private var verdictSentences: [String] {
    var sentences: [String] = []
    if report.totals.isBalanced {
      sentences.append("Every invoice and every cent that was read is accounted for.")
    } else {
      let off = report.imbalance
      sentences.append(
        "The control totals do not tie. Unaccounted for:"
          + " \(off.invoices.grouped) invoices, \(off.lines.grouped) lines, \(off.amount.grouped).")
    }
    if report.totals.isBalanced, report.totals.held != .zero {
      sentences.append(
        "\(report.totals.held.amount.grouped) waits for somebody: the findings say why, and what"
          + " to do.")
    }
    if report.isPlan { sentences.append("This is a plan: nothing has been written.") }
    return sentences
  }

  func appendCards(to html: inout HTMLText) {
    html.markup("<ul class=\"cards\" aria-label=\"Control totals at a glance\">\n")
    func card(_ name: String, _ look: String, _ tally: Tally) {
      let amount = tally.amount.grouped
      html.tag("li", ["class": look]) { html in
        html.tag("span", ["class": "name"], name)
        html.tag("span", ["class": amount.count > 12 ? "big wide" : "big"], amount)
        html.tag("span", ["class": "small"], SyncReport.counted(tally.invoices, "invoice"))
        html.tag("span", ["class": "small"], SyncReport.counted(tally.lines, "line"))
      }
      html.markup("\n")
    }
    card("Read", "read", report.totals.read)
    for outcome in Outcome.allCases {
      card(outcome.heading, outcome.word, report.totals[outcome])
    }
    html.markup("</ul>\n")
  }

  func appendNextSteps(to html: inout HTMLText) {
    section("next", "What to do next", to: &html) { html in
      html.tag("ol") { html in
        for step in report.nextSteps { html.tag("li", step) }
      }
    }
  }

  func appendCharts(to html: inout HTMLText) {
    html.markup("<div class=\"pair\">\n")
    section("by-state", "Amount by state", to: &html) { html in
      let rows = Outcome.allCases.map { outcome in
        let amount = report.totals[outcome].amount
        return HTMLChart.Row(label: outcome.heading, amount: amount, parts: [(outcome, amount)])
      }
      HTMLChart(rows: rows).append(to: &html)
    }
    section("by-category", "Amount by income category", to: &html) { html in
      guard !report.byIncomeCategory.isEmpty else {
        html.tag("p", ["class": "note"], "No income category was read.")
        return
      }
      HTMLChart(rows: categoryRows).append(to: &html)
      html.markup("<ul class=\"legend\">")
      for outcome in Outcome.allCases { html.tag("li") { $0.state(outcome) } }
      html.markup("</ul>\n")
    }
    html.markup("</div>\n")
  }

  /// The first dozen categories, and all others in one row.
  private var categoryRows: [HTMLChart.Row] {
    func row(_ label: String, _ totals: ControlTotals) -> HTMLChart.Row {
      HTMLChart.Row(
        label: label, amount: totals.read.amount,
        parts: Outcome.allCases.map { ($0, totals[$0].amount) })
    }
    let shown = report.byIncomeCategory.prefix(12)
    let rest = report.byIncomeCategory.dropFirst(shown.count)
    var rows = shown.map { row($0.name, $0.totals) }
    if !rest.isEmpty {
      rows.append(row("\(rest.count.grouped) more", ControlTotals.sum(of: rest.map(\.totals))))
    }
    return rows
  }

  func appendTotals(to html: inout HTMLText) {
    section("totals", "Control totals", to: &html) { html in
      table("Control totals", to: &html) { html in
        html.tag("caption", "Read = delivered + already synced + suppressed + held, to the cent.")
        html.markup(
          "<thead><tr><th scope=\"col\">Stage</th><th scope=\"col\" class=\"num\">Invoices")
        html.markup(
          "</th><th scope=\"col\" class=\"num\">Lines</th><th scope=\"col\" class=\"num\">")
        html.markup("Amount</th></tr></thead>\n<tbody>\n")
        func row(_ tally: Tally, look: String = "", _ name: (inout HTMLText) -> Void) {
          html.tag("tr", ["class": look]) { html in
            html.tag("th", ["scope": "row"], name)
            html.tag("td", ["class": "num"], tally.invoices.grouped)
            html.tag("td", ["class": "num"], tally.lines.grouped)
            html.amount(tally.amount)
          }
          html.markup("\n")
        }
        row(report.totals.read) { $0.text("Read") }
        for outcome in Outcome.allCases { row(report.totals[outcome]) { $0.state(outcome) } }
        html.markup("</tbody>\n<tfoot>\n")
        row(report.imbalance, look: report.totals.isBalanced ? "" : "off") { html in
          html.text(report.totals.isBalanced ? "Difference" : "Difference: NOT BALANCED")
        }
        html.markup("</tfoot>\n")
      }
      if report.notSelected != .zero {
        let left = report.notSelected
        html.tag(
          "p", ["class": "note"],
          "Left out by filters and not counted above: \(SyncReport.counted(left.invoices, "invoice")),"
            + " \(SyncReport.counted(left.lines, "line")), \(left.amount.grouped).")
      }
      let counts = report.customers
      html.tag(
        "p", ["class": "note"],
        "Customers: \(counts.paired.grouped) paired, \(counts.fromMapping.grouped) by the mapping"
          + " file, \(counts.created.grouped) new, \(counts.held.grouped) held. Income categories:"
          + " \(report.itemsMapped.grouped) mapped, \(report.itemsUnmapped.grouped) not mapped.")
    }
  }

  func appendFooter(to html: inout HTMLText) {
    html.markup("<footer><p>Written by LoadBooks. This page loads nothing and sends nothing.")
    html.markup(" Plan fingerprint <span class=\"hash\">")
    html.text(report.run.plan.hex)
    html.markup("</span></p></footer>\n")
  }

  // MARK: Building blocks

  func section(
    _ id: String, _ title: String, to html: inout HTMLText, _ content: (inout HTMLText) -> Void
  ) {
    html.section(id, title, content)
  }

  /// A table that scrolls by itself where the screen is too narrow for it.
  func table(
    _ label: String, id: String? = nil, to html: inout HTMLText,
    _ content: (inout HTMLText) -> Void
  ) {
    html.table(label, id: id, content)
  }
}

extension HTMLText {
  /// A whole page.
  ///
  /// - Parameters:
  ///   - title: What it is, for the window.
  ///   - company: Whose it is.
  ///   - sheet: What it has beside the style sheet of all pages.
  ///   - look: The class of all that it shows; empty for none.
  ///   - hasScript: Whether it has a table of invoices, which the script filters.
  ///   - content: Appends what it shows.
  /// - Returns: The page.
  static func page(
    _ title: String, of company: String?, sheet: StaticString? = nil, look: String = "",
    hasScript: Bool = true, _ content: (inout HTMLText) -> Void
  ) -> String {
    var html = HTMLText()
    html.markup("<!DOCTYPE html>\n")
    html.tag(
      "html", ["xmlns": "http://www.w3.org/1999/xhtml", "lang": "en", "xml:lang": "en"]
    ) { html in
      html.markup("\n<head>\n")
      html.head((company.map { clipped($0, to: 80) + ": " } ?? "") + title, sheet: sheet)
      html.markup("</head>\n<body>\n")
      html.tag("main", look.isEmpty ? [:] : ["class": look]) { html in
        html.markup("\n")
        content(&html)
      }
      html.markup("\n")
      if hasScript {
        html.markup("<script>")
        html.markup(HTMLStyle.script)
        html.markup("</script>\n")
      }
      html.markup("</body>\n")
    }
    html.markup("\n")
    return html.output
  }

  /// What stands in the head of every page; `sheet` comes behind the one that all of them have.
  private mutating func head(_ title: String, sheet: StaticString? = nil) {
    markup("<meta charset=\"utf-8\"/>\n")
    markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
    markup("style-src 'sha256-")
    text(Self.sum(of: HTMLStyle.sheet))
    if let sheet {
      markup("' 'sha256-")
      text(Self.sum(of: sheet))
    }
    markup("'; script-src 'sha256-")
    text(Self.sum(of: HTMLStyle.script))
    markup("'; base-uri 'none'; form-action 'none'\"/>\n")
    markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
    markup("<meta name=\"color-scheme\" content=\"light dark\"/>\n")
    markup("<meta name=\"referrer\" content=\"no-referrer\"/>\n")
    markup("<meta name=\"generator\" content=\"LoadBooks\"/>\n")
    tag("title", title)
    for style in [HTMLStyle.sheet] + (sheet.map { [$0] } ?? []) {
      markup("\n<style>")
      markup(style)
      markup("</style>\n")
    }
  }

  /// A part of a page under a heading of its own.
  mutating func section(
    _ id: String, _ title: String, _ content: (inout HTMLText) -> Void
  ) {
    tag("section", ["id": id, "class": id, "aria-labelledby": id + "-title"]) { html in
      html.markup("\n")
      html.tag("h2", ["id": id + "-title"], title)
      html.markup("\n")
      content(&html)
    }
    markup("\n")
  }

  /// A table that scrolls by itself where the screen is too narrow for it.
  mutating func table(
    _ label: String, id: String? = nil, _ content: (inout HTMLText) -> Void
  ) {
    tag("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": label]) {
      html in
      html.tag("table", id.map { ["id": $0] } ?? [:]) { html in
        html.markup("\n")
        content(&html)
      }
    }
    markup("\n")
  }

  /// The SHA-256 sum of a part of the page, as a content security policy writes it.
  fileprivate static func sum(of part: StaticString) -> String {
    var hasher = FingerprintHasher()
    hasher.update(Array(part.description.utf8))
    let digits = Array(hasher.finish().hex.utf8)
    func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }
    let bytes = stride(from: 0, to: digits.count, by: 2).map { index in
      value(digits[index]) << 4 | value(digits[index + 1])
    }
    return Data(bytes).base64EncodedString()
  }
}

extension HTMLText {
  /// An outcome with its coloured dot.
  mutating func state(_ outcome: Outcome) {
    tag("span", ["class": "state " + outcome.word], outcome.heading)
  }

  /// A cell with an amount.
  mutating func amount(_ amount: Money) {
    let look = amount < .zero ? "num negative" : amount == .zero ? "num zero" : "num"
    tag("td", ["class": look], amount.grouped)
  }
}

extension Outcome {
  /// The title as a heading begins.
  var heading: String { title.prefix(1).uppercased() + title.dropFirst() }
}

extension ControlTotals {
  /// All of them together.
  static func sum(of parts: [ControlTotals]) -> ControlTotals {
    var sum = ControlTotals()
    for part in parts {
      sum.read += part.read
      for outcome in Outcome.allCases { sum[outcome] += part[outcome] }
    }
    return sum
  }
}
