internal import QuickBooks
internal import Vocabulary

extension ReconciliationReport {
  /// How many findings the page lists; `reconciliation.csv` has all of them.
  static let findingsOnPage = 2000
  /// How many customers and months it lists.
  static let sharesOnPage = 200

  /// The report as `reconciliation.html`: one file that opens from a mail, without network.
  public var html: String {
    let page = ReconciliationPage(report: self)
    return HTMLText.page(
      "LoadBooks reconciliation", of: company, sheet: ReconciliationPage.sheet
    ) { html in
      page.appendHeader("LoadBooks reconciliation", to: &html)
      page.appendVerdict(to: &html)
      page.appendCards(to: &html)
      page.appendClasses(to: &html)
      page.appendFaults(to: &html)
      page.appendFindings(to: &html)
      page.appendCustomers(to: &html)
      page.appendMonths(to: &html)
      page.appendFiles(to: &html)
      html.markup("<footer><p>Written by LoadBooks. This page loads nothing and sends nothing.")
      html.markup("</p></footer>\n")
    }
  }
}

/// The parts of the page; each appends itself.
struct ReconciliationPage {
  let report: ReconciliationReport
  private var result: Reconciliation { report.reconciliation }

  init(report: ReconciliationReport) { self.report = report }

  /// What these pages have beside the style sheet of all pages; neither an ampersand nor a less-than sign.
  static let sheet: StaticString = """
    .cards .same::before{background:var(--delivered)}
    .cards .differs::before{background:var(--held)}
    .cards .missing::before,.cards .only_there::before{background:var(--bad)}
    .cards .cannot_compare::before{background:var(--suppressed)}
    .state.same::before{background:var(--delivered)}
    .state.differs::before{background:var(--held)}
    .state.missing::before,.state.only_there::before,.state.doubled::before{background:var(--bad)}
    .state.held::before,.state.suppressed::before,.state.cannot_compare::before{
    background:var(--suppressed)}
    td ul{margin:0;padding-left:1.1rem}
    .sign{display:inline-block;width:1.4em;text-align:center;font-weight:650}
    .sides td:nth-child(n+2),.sides th:nth-child(n+2){text-align:right}
    .statement h1{font-size:1.6rem}
    .statement section{padding:1rem 1.2rem;margin-top:.8rem}
    .statement .two{display:grid;grid-template-columns:1fr 1fr;gap:.8rem}
    .signature{display:grid;grid-template-columns:1fr 1fr 1fr;gap:2rem;margin-top:2.6rem}
    .signature div{border-top:1px solid var(--ink);padding-top:.3rem;font-size:.85rem;
    color:var(--soft)}
    .statement .hash{font-size:.72em}
    @media (max-width:40rem){.statement .two,.signature{grid-template-columns:1fr}}
    @media print{html:has(.statement){font-size:8.4px}
    .statement section{padding:.35rem 0;margin-top:.4rem}
    .statement th,.statement td{padding:.2rem .4rem}
    .statement .verdict{padding:.5rem .8rem;margin-top:.5rem}
    .statement h1{margin:.1rem 0;font-size:1.4rem}.signature{margin-top:2.2rem}}
    @page{margin:11mm}

    """

  func appendHeader(_ kicker: String, to html: inout HTMLText) {
    html.markup("<header>\n")
    html.tag("p", ["class": "kicker"], kicker)
    html.tag("h1") { html in
      if let company = report.company {
        html.name(company)
      } else {
        html.text("LoadOps : QuickBooks")
      }
    }
    html.markup("\n<ul class=\"meta\">")
    func item(_ label: String, _ value: String?) {
      guard let value else { return }
      html.tag("li") { html in
        html.text(label + " ")
        html.tag("b") { $0.name(value, limit: 300) }
      }
    }
    item("Compared", report.period)
    item("Only", report.filters)
    item("Made", report.at.replacing("T", with: " ", maxReplacements: 1))
    html.markup("</ul>\n</header>\n")
  }

  func appendVerdict(to html: inout HTMLText) {
    let isClean = result.isClean
    let look = isClean ? "verdict good" : result.differences > 0 ? "verdict bad" : "verdict warn"
    html.tag("div", ["class": look, "role": isClean ? "status" : "alert"]) { html in
      html.markup("\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\"")
      html.markup(
        " aria-hidden=\"true\" focusable=\"false\"><circle cx=\"12\" cy=\"12\" r=\"10\"/>")
      if isClean {
        html.markup("<path d=\"M7.5 12.5l3 3 6-6.5\"/></svg>\n<div>\n")
      } else {
        html.markup("<path d=\"M8.5 8.5l7 7M15.5 8.5l-7 7\"/></svg>\n<div>\n")
      }
      html.tag("h2", result.verdict)
      for sentence in sentences { html.tag("p", sentence) }
      html.markup("\n</div>\n")
    }
    html.markup("\n")
  }

  private var sentences: [String] {
    let total = result.total
    let same = result[.same].loadOps
    var sentences = [
      "\(same.documents.grouped) of \(SyncReport.counted(total.loadOps.documents, "invoice")) over "
        + "\(same.amount.grouped) are the same in LoadOps and in QuickBooks."
    ]
    let waiting = result.notCarried
    if waiting.documents > 0 {
      sentences.append(
        "\(SyncReport.counted(waiting.documents, "invoice")) over \(waiting.amount.grouped) "
          + "\(waiting.documents == 1 ? "is" : "are") not in QuickBooks because "
          + "\(waiting.documents == 1 ? "it is" : "they are") held or suppressed; that is no "
          + "difference.")
    }
    return sentences
  }

  func appendCards(to html: inout HTMLText) {
    html.markup("<ul class=\"cards\" aria-label=\"The classes at a glance\">\n")
    func card(_ name: String, _ look: String, _ count: Int, _ amount: Money) {
      html.tag("li", ["class": look]) { html in
        html.tag("span", ["class": "small"], name)
        html.tag("b", count.grouped)
        html.tag("span", ["class": "small"], amount.grouped)
      }
      html.markup("\n")
    }
    let (same, differs, missing) = (result[.same], result[.differs], result[.missing])
    let (extra, doubled) = (result[.onlyThere].books, result[.doubled].books)
    let doubt = result[.uncertain].loadOps
    card("= the same", "same", same.loadOps.documents, same.loadOps.amount)
    card("* different", "differs", differs.loadOps.documents, differs.difference)
    card("- missing", "missing", missing.loadOps.documents, missing.loadOps.amount)
    card(
      "+ only in QuickBooks", "only_there", extra.documents + doubled.documents,
      extra.amount + doubled.amount)
    card("! cannot be compared", "cannot_compare", doubt.documents, doubt.amount)
    html.markup("</ul>\n")
  }

  // MARK: - Figures

  func appendClasses(to html: inout HTMLText) {
    html.section("classes", "Control") { html in
      html.table("Classes") { html in
        head("Class", to: &html)
        html.markup("<tbody>\n")
        for (outcome, pair) in result.shownClasses {
          html.tag("tr") { html in
            html.tag("th", ["scope": "row"]) { html in
              html.tag("span", ["class": "sign"], outcome.sign)
              html.tag("span", ["class": "state " + outcome.word], outcome.title)
            }
            cells(pair, to: &html)
          }
          html.markup("\n")
        }
        html.markup("</tbody>\n<tfoot><tr><th scope=\"row\">In all</th>")
        cells(result.total, to: &html)
        html.markup("</tr></tfoot>\n")
      }
      if result.before.documents > 0 { opening(to: &html) }
      outside(to: &html)
    }
  }

  private func opening(to html: inout HTMLText) {
    html.table("Opening, activity and closing of QuickBooks") { html in
      html.markup("<thead><tr><th scope=\"col\">QuickBooks</th>")
      html.markup("<th scope=\"col\" class=\"num\">Documents</th>")
      html.markup("<th scope=\"col\" class=\"num\">Amount</th></tr></thead>\n<tbody>\n")
      for (name, count) in report.balance {
        html.tag("tr") { html in
          html.tag("th", ["scope": "row"], name)
          html.tag("td", ["class": "num"], count.documents.grouped)
          html.amount(count.amount)
        }
        html.markup("\n")
      }
      html.markup("</tbody>\n")
    }
  }

  private func outside(to html: inout HTMLText) {
    let lines: [(Reconciliation.Count, String)] = [
      (result.after, "in QuickBooks after the last day"),
      (result.notSelected, "in QuickBooks that nobody asked for"),
      (result.voided, "voided in QuickBooks and unknown to LoadOps"),
    ]
    for (count, words) in lines where count.documents > 0 {
      html.tag(
        "p", ["class": "note"],
        "Not compared: \(SyncReport.counted(count.documents, "document")) over "
          + "\(count.amount.grouped), \(words).")
    }
    if result.paid.documents > 0 {
      html.tag(
        "p", ["class": "note"],
        "Of the same, \(SyncReport.counted(result.paid.documents, "invoice")) over "
          + "\(result.paid.amount.grouped) \(result.paid.documents == 1 ? "is" : "are") paid in LoadOps and "
          + "not among QuickBooks' open ones.")
    }
    for line in report.asides { html.tag("p", ["class": "note"], "Note: \(line).") }
    let fields = result.compared.sorted { $0.key < $1.key }.filter { $0.value == 0 }.map(\.key)
    if !fields.isEmpty {
      html.tag(
        "p", ["class": "note"],
        "No file has these on both sides, so they were not compared: "
          + fields.map { $0.replacing("_", with: " ") }.joined(separator: ", ") + ".")
    }
  }

  func head(_ name: String, to html: inout HTMLText) {
    html.markup("<thead><tr>")
    html.tag("th", ["scope": "col"], name)
    for heading in ["LoadOps", "Amount", "QuickBooks", "Amount", "Difference"] {
      html.tag("th", ["scope": "col", "class": "num"], heading)
    }
    html.markup("</tr></thead>\n")
  }

  func cells(_ pair: Reconciliation.Pair, to html: inout HTMLText) {
    html.tag("td", ["class": "num"], pair.loadOps.documents.grouped)
    html.amount(pair.loadOps.amount)
    html.tag("td", ["class": "num"], pair.books.documents.grouped)
    html.amount(pair.books.amount)
    html.amount(pair.difference)
  }

  func appendFaults(to html: inout HTMLText) {
    guard !result.faults.isEmpty else { return }
    html.section("faults", "The books' files") { html in
      for fault in result.faults {
        html.tag("div", ["class": "finding"]) { html in
          html.tag("p") { $0.name(fault.message, limit: 400) }
          html.tag("p", ["class": "where"]) { $0.name(fault.location.description, limit: 200) }
          html.tag("p", ["class": "remedy"], fault.remedy)
        }
        html.markup("\n")
      }
    }
  }

  func appendCustomers(to html: inout HTMLText) {
    let customers = report.customersWithDifferences
    guard !customers.isEmpty else { return }
    html.section("customers", "Customers with differences") { html in
      shares("Customer in QuickBooks", customers, to: &html)
    }
  }

  func appendMonths(to html: inout HTMLText) {
    guard !result.months.isEmpty else { return }
    html.section("months", "By month") { html in shares("Month", result.months, to: &html) }
  }

  func shares(
    _ name: String, _ shares: [Reconciliation.Share], to html: inout HTMLText
  ) {
    let shown = shares.prefix(ReconciliationReport.sharesOnPage)
    let rest = shares.dropFirst(shown.count)
    html.table(name) { html in
      head(name, to: &html)
      html.markup("<tbody>\n")
      for share in shown {
        html.tag("tr") { html in
          html.tag("th", ["scope": "row", "class": "text"]) { html in
            if share.name.isEmpty { html.text("no customer") } else { html.name(share.name) }
          }
          cells(share.pair, to: &html)
        }
        html.markup("\n")
      }
      if !rest.isEmpty {
        var pair = Reconciliation.Pair()
        for share in rest { pair += share.pair }
        html.tag("tr") { html in
          html.tag("th", ["scope": "row"], "\(rest.count.grouped) more, together")
          cells(pair, to: &html)
        }
      }
      html.markup("</tbody>\n")
    }
  }

  // MARK: - Findings

  func appendFindings(to html: inout HTMLText) {
    guard !result.findings.isEmpty else { return }
    html.section("invoices", "Invoice by invoice") { html in
      let more = result.findings.count - ReconciliationReport.findingsOnPage
      if more > 0 {
        html.tag(
          "p", ["class": "note"],
          "The first \(ReconciliationReport.findingsOnPage.grouped) are here; \(more.grouped) more are in "
            + "reconciliation.csv.")
      }
      tools(to: &html)
      html.table("Invoices", id: "invoice-table") { html in
        html.markup("<thead><tr><th scope=\"col\">Invoice</th><th scope=\"col\">Customer</th>")
        html.markup("<th scope=\"col\">Date</th><th scope=\"col\" class=\"num\">LoadOps</th>")
        html.markup("<th scope=\"col\" class=\"num\">QuickBooks</th><th scope=\"col\">Class</th>")
        html.markup("<th scope=\"col\">What</th><th scope=\"col\">Where</th>")
        html.markup("</tr></thead>\n<tbody>\n")
        for row in report.rows(ReconciliationReport.findingsOnPage) {
          append(row, to: &html)
        }
        html.markup("</tbody>\n")
      }
    }
  }

  private func tools(to html: inout HTMLText) {
    html.markup("<div class=\"tools\" id=\"invoice-tools\" hidden=\"hidden\">\n")
    html.markup("<div class=\"grow\"><label for=\"invoice-search\">Search number, customer, words")
    html.markup("</label><input id=\"invoice-search\" type=\"search\" autocomplete=\"off\"")
    html.markup(" spellcheck=\"false\" aria-controls=\"invoice-table\"/></div>\n")
    html.markup("<div><label for=\"invoice-state\">Class</label>")
    html.markup("<select id=\"invoice-state\" aria-controls=\"invoice-table\">")
    html.tag("option", ["value": ""], "All classes")
    let present = Set(result.findings.lazy.map(\.outcome))
    for outcome in Reconciliation.Outcome.allCases where present.contains(outcome) {
      html.tag("option", ["value": outcome.word], outcome.title)
    }
    html.markup("</select></div>\n<output id=\"invoice-count\" aria-live=\"polite\"></output>\n")
    html.markup("</div>\n")
  }

  private func append(_ row: ReconciliationReport.Row, to html: inout HTMLText) {
    html.tag("tr", ["data-state": row.outcome.word]) { html in
      let number = row.number.isEmpty ? row.bookNumber : row.number
      html.tag("th", ["scope": "row", "class": number.utf8.count > 20 ? "text" : "tight"]) { html in
        html.tag("span", ["class": "sign"], row.outcome.sign)
        html.text(" ")
        if number.isEmpty {
          html.tag("span", ["class": "soft"], "no number")
        } else {
          html.name(number, limit: 60)
        }
      }
      html.tag("td", ["class": "text"]) {
        $0.name(row.customer.isEmpty ? row.bookCustomer : row.customer, limit: 120)
      }
      html.tag("td", ["class": "tight"], (row.date ?? row.bookDate)?.description ?? "")
      for amount in [row.total, row.bookTotal ?? row.bookBalance] {
        if let amount { html.amount(amount) } else { html.tag("td", ["class": "num"], "") }
      }
      html.tag("td") { $0.tag("span", ["class": "state " + row.outcome.word], row.outcome.title) }
      html.tag("td", ["class": "text"]) { html in
        if !row.changes.isEmpty {
          html.tag("ul") { html in
            for change in row.changes { html.tag("li") { $0.name(change, limit: 400) } }
          }
        }
        if !row.reason.isEmpty { html.tag("p") { $0.name(row.reason, limit: 300) } }
      }
      html.tag("td", ["class": "place soft"]) { html in
        for (index, place) in [row.location, row.bookLocation].compactMap({ $0 }).enumerated() {
          if index > 0 { html.markup("<br/>") }
          html.name(place.description, limit: 120)
        }
      }
    }
    html.markup("\n")
  }

  // MARK: - Files

  func appendFiles(to html: inout HTMLText) {
    html.section("files", "Files") { html in
      html.tag("h3", "From LoadOps")
      files(
        result.plan.report.inputs.map {
          ($0.path, $0.kind.replacing("_", with: " "), $0.records, nil, $0.fingerprint)
        }, to: &html)
      html.tag("h3", "From QuickBooks")
      files(
        result.books.files.map {
          ($0.title, $0.words, $0.documents, $0.amount, $0.fingerprint)
        }, to: &html)
      if result.books.joined > 0 { html.tag("p", ["class": "note"], report.joinedWords + ".") }
      for path in result.books.passedOver {
        html.tag("p", ["class": "note"]) { html in
          html.text("Passed over, because it lists no invoices of QuickBooks: ")
          html.name(path, limit: 200)
        }
      }
    }
  }

  /// A file: its name, what it is, how many records it has, over how much, and its sum.
  typealias File = (name: String, kind: String, records: Int, amount: Money?, sum: Fingerprint)

  func files(_ files: [File], to html: inout HTMLText) {
    html.table("Files") { html in
      html.markup("<thead><tr><th scope=\"col\">File</th><th scope=\"col\">What it is</th>")
      html.markup("<th scope=\"col\" class=\"num\">Records</th>")
      html.markup("<th scope=\"col\" class=\"num\">Amount</th><th scope=\"col\">SHA-256</th></tr>")
      html.markup("</thead>\n<tbody>\n")
      for file in files {
        html.tag("tr") { html in
          html.tag("td", ["class": "text"]) { $0.name(file.name, limit: 200) }
          html.tag("td", ["class": "text"]) { $0.name(file.kind, limit: 200) }
          html.tag("td", ["class": "num"], file.records.grouped)
          if let amount = file.amount { html.amount(amount) } else { html.tag("td", "") }
          html.tag("td", ["class": "hash"], file.sum.hex)
        }
        html.markup("\n")
      }
      html.markup("</tbody>\n")
    }
  }
}
