internal import QuickBooks
internal import Vocabulary

// Shares by customer and category, the invoices, and the files.

extension HTMLPage {
  func appendShares(to html: inout HTMLText) {
    if !report.byIncomeCategory.isEmpty {
      section("categories", "By income category", to: &html) { html in
        shares(report.byIncomeCategory, "Income category", "QuickBooks item", to: &html)
      }
    }
    if !report.byCustomer.isEmpty {
      section("customers", "By customer", to: &html) { html in
        shares(report.byCustomer, "Customer", "In QuickBooks", to: &html)
      }
    }
  }

  private func shares(
    _ shares: [SyncReport.Share], _ heading: String, _ quickBooksHeading: String,
    to html: inout HTMLText
  ) {
    let shown = shares.prefix(HTMLReport.rowLimit)
    let rest = shares.dropFirst(shown.count)
    let sum = ControlTotals.sum(of: shares.map(\.totals))
    table(heading, to: &html) { html in
      html.markup("<thead><tr>")
      html.tag("th", ["scope": "col"], heading)
      html.tag("th", ["scope": "col"], quickBooksHeading)
      html.markup("<th scope=\"col\" class=\"num\">Invoices</th>")
      html.markup("<th scope=\"col\" class=\"num\">Read</th>")
      for outcome in Outcome.allCases {
        html.tag("th", ["scope": "col", "class": "num"], outcome.heading)
      }
      html.markup("</tr></thead>\n<tbody>\n")
      for share in shown {
        html.tag("tr") { html in
          html.tag("th", ["scope": "row", "class": "text"]) { $0.name(share.name, limit: 120) }
          html.tag("td", ["class": "text"]) { html in
            if let name = share.quickBooksName {
              html.name(name, limit: 120)
            } else {
              html.tag("span", ["class": "soft"], "none yet")
            }
          }
          html.tag("td", ["class": "num"], share.totals.read.invoices.grouped)
          amounts(share.totals, to: &html)
        }
        html.markup("\n")
      }
      if !rest.isEmpty {
        html.tag("tr") { html in
          html.tag("th", ["scope": "row", "colspan": "3"], "\(rest.count.grouped) more, together")
          amounts(ControlTotals.sum(of: rest.map(\.totals)), to: &html)
        }
        html.markup("\n")
      }
      html.markup("</tbody>\n<tfoot><tr><th scope=\"row\" colspan=\"3\">All</th>")
      amounts(sum, to: &html)
      html.markup("</tr></tfoot>\n")
    }
    let missing = report.totals.read.amount - sum.read.amount
    if missing == .zero {
      html.tag("p", ["class": "note"], "Adds up to the amount that was read.")
    } else {
      html.tag(
        "p", ["class": "note off"],
        "Does not add up to the amount that was read: \(missing.grouped) is missing here.")
    }
    if !rest.isEmpty, !report.isPlan {
      html.tag(
        "p", ["class": "note"],
        "The first \(shown.count.grouped) of \(shares.count.grouped) are shown by name; all of them"
          + " are in sync-report.json.")
    }
  }

  private func amounts(_ totals: ControlTotals, to html: inout HTMLText) {
    html.amount(totals.read.amount)
    for outcome in Outcome.allCases { html.amount(totals[outcome].amount) }
  }

  // MARK: Invoices

  func appendInvoices(to html: inout HTMLText) {
    section("invoices", "Invoices", to: &html) { html in
      guard !report.invoiceRows.isEmpty else {
        html.tag("p", ["class": "note"], "None.")
        return
      }
      if report.invoiceRowsAreCapped {
        let place = report.isPlan ? "" : " All of them are in invoices.csv."
        html.tag(
          "p", ["class": "soft"],
          "\(report.invoiceRows.count.grouped) of \(report.totals.read.invoices.grouped) invoices,"
            + " held ones first.\(place)")
      }
      tools(to: &html)
      let anchors = anchorsByReason
      table("Invoices", id: "invoice-table", to: &html) { html in
        html.markup("<thead><tr><th scope=\"col\">Invoice</th><th scope=\"col\">Customer</th>")
        html.markup("<th scope=\"col\">Date</th><th scope=\"col\" class=\"num\">Total</th>")
        html.markup("<th scope=\"col\">State</th><th scope=\"col\">Reasons</th>")
        html.markup("<th scope=\"col\">In QuickBooks</th><th scope=\"col\">Read from</th>")
        html.markup("</tr></thead>\n<tbody>\n")
        for row in report.invoiceRows { append(row, anchors, to: &html) }
        html.markup("</tbody>\n")
      }
    }
  }

  private func tools(to html: inout HTMLText) {
    html.markup("<div class=\"tools\" id=\"invoice-tools\" hidden=\"hidden\">\n")
    html.markup("<div class=\"grow\"><label for=\"invoice-search\">Search number, customer, reason")
    html.markup("</label><input id=\"invoice-search\" type=\"search\" autocomplete=\"off\"")
    html.markup(" spellcheck=\"false\" aria-controls=\"invoice-table\"/></div>\n")
    html.markup("<div><label for=\"invoice-state\">State</label>")
    html.markup("<select id=\"invoice-state\" aria-controls=\"invoice-table\">")
    html.tag("option", ["value": ""], "All states")
    for outcome in Outcome.allCases { html.tag("option", ["value": outcome.word], outcome.heading) }
    html.markup("</select></div>\n<output id=\"invoice-count\" aria-live=\"polite\"></output>\n")
    html.markup("</div>\n")
  }

  private var anchorsByReason: [String: String] {
    Dictionary(groups.map { ($0.kind.id, $0.anchor) }) { first, _ in first }
  }

  private func append(
    _ row: SyncReport.InvoiceRow, _ anchors: [String: String], to html: inout HTMLText
  ) {
    html.tag("tr", ["data-state": row.outcome.word]) { html in
      html.tag("th", ["scope": "row", "class": row.number.utf8.count > 20 ? "text" : "tight"]) {
        html in
        if row.number.isEmpty {
          html.tag("span", ["class": "soft"], "no number")
        } else {
          html.name(row.number, limit: 60)
        }
      }
      html.tag("td", ["class": "text"]) { $0.name(row.customer, limit: 120) }
      html.tag("td", ["class": "tight"], row.date?.description ?? "")
      html.amount(row.total)
      html.tag("td") { $0.state(row.outcome) }
      html.tag("td", ["class": "text"]) { html in
        for (index, reason) in row.reasons.enumerated() {
          if index > 0 { html.markup(" ") }
          if let anchor = anchors[reason] {
            html.tag("a", ["href": "#" + anchor], reason)
          } else {
            html.text(reason)
          }
        }
      }
      html.tag("td", ["class": "place"]) { $0.name(row.document, limit: 60) }
      html.tag("td", ["class": "place soft"]) { html in
        html.name(row.location.line > 0 ? row.location.description : row.location.file, limit: 120)
      }
    }
    html.markup("\n")
  }

  // MARK: Files

  func appendFiles(to html: inout HTMLText) {
    section("files", "Files", to: &html) { html in
      html.tag("h3", "Read")
      if report.inputs.isEmpty {
        html.tag("p", ["class": "note"], "None.")
      } else {
        files(
          "Files that were read", ["File", "Kind"], ["Records"],
          report.inputs.map { input in
            ([input.path, input.kind], [input.records.grouped], input.fingerprint)
          }, to: &html)
      }
      html.tag("h3", "Written for QuickBooks, in the order of import")
      if report.outputs.isEmpty {
        html.tag("p", ["class": "note"], report.isPlan ? "Nothing has been written." : "None.")
      } else {
        files(
          "Files that were written", ["File"], ["Documents", "Amount"],
          report.outputs.map { output in
            ([output.name], [output.documents.grouped, output.amount.grouped], output.fingerprint)
          }, to: &html)
      }
    }
  }

  private func files(
    _ label: String, _ texts: [String], _ figures: [String],
    _ rows: [(texts: [String], figures: [String], sum: Fingerprint)], to html: inout HTMLText
  ) {
    table(label, to: &html) { html in
      html.markup("<thead><tr>")
      for heading in texts { html.tag("th", ["scope": "col"], heading) }
      for heading in figures { html.tag("th", ["scope": "col", "class": "num"], heading) }
      html.markup("<th scope=\"col\">SHA-256</th></tr></thead>\n<tbody>\n")
      for row in rows {
        html.tag("tr") { html in
          for text in row.texts { html.tag("td", ["class": "text"]) { $0.name(text, limit: 200) } }
          for figure in row.figures { html.tag("td", ["class": "num"], figure) }
          html.tag("td", ["class": "hash"], row.sum.hex)
        }
        html.markup("\n")
      }
      html.markup("</tbody>\n")
    }
  }
}
