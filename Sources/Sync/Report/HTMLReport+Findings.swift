internal import QuickBooks
internal import Vocabulary

// The findings and what the output declares.

extension HTMLPage {
  func appendFindings(to html: inout HTMLText) {
    section("findings", "Findings", to: &html) { html in
      guard !groups.isEmpty else {
        html.tag("p", ["class": "note"], "None: nothing in the export needs attention.")
        return
      }
      html.tag("p", ["class": "soft"], summary)
      html.markup("<div class=\"group-list\">\n")
      for (index, group) in groups.enumerated() {
        append(group, isOpen: index == 0 && group.severity == .error, to: &html)
      }
      html.markup("</div>\n")
    }
  }

  private var summary: String {
    let parts = Finding.Severity.allCases.compactMap { severity -> String? in
      let count = groups.filter { $0.severity == severity }.reduce(0) { $0 + $1.count }
      return count == 0 ? nil : SyncReport.counted(count, severity.rawValue)
    }
    return parts.joined(separator: ", ") + ", by kind. Errors hold records back; warnings and"
      + " notices do not."
  }

  private func append(
    _ group: SyncReport.FindingGroup, isOpen: Bool, to html: inout HTMLText
  ) {
    let id = group.anchor
    html.tag("details", isOpen ? ["id": id, "open": "open"] : ["id": id]) { html in
      html.tag("summary") { html in
        html.tag("span", ["class": "pill " + group.severity.rawValue], group.severity.rawValue)
        html.tag("span", ["class": "what"]) { html in
          html.text(group.kind.meaning + " ")
          html.tag("code", ["class": "soft"], group.kind.id)
        }
        html.tag("span", ["class": "count"], group.count.grouped)
      }
      html.markup("\n<div class=\"inside\">\n")
      html.tag("p", ["class": "remedy"]) { html in
        html.tag("b", "What to do: ")
        html.text(group.kind.remedy)
      }
      html.markup("\n")
      let shown = group.findings.prefix(HTMLReport.rowLimit)
      for finding in shown { append(finding, to: &html) }
      let rest = group.count - shown.count
      if rest > 0 {
        html.tag("p", ["class": "note"], "and \(rest.grouped) more\(placeOfRest(group.severity))")
      }
      html.markup("</div>\n")
    }
    html.markup("\n")
  }

  private func placeOfRest(_ severity: Finding.Severity) -> String {
    if report.isPlan { return "" }
    return severity == .error
      ? ": every held record is in held.csv with its reasons" : ": see sync-report.json"
  }

  private func append(_ finding: Finding, to html: inout HTMLText) {
    html.tag("div", ["class": "finding"]) { html in
      html.tag("p") { $0.name(finding.message, limit: 300) }
      let place = place(of: finding)
      if !place.isEmpty {
        html.tag("p", ["class": "where"]) { $0.name(place, limit: 400) }
      }
      if let excerpt = finding.excerpt { append(excerpt, to: &html) }
      for note in finding.notes.prefix(20) {
        html.tag("p", ["class": "where"]) { html in
          html.text("Note: ")
          html.name(note, limit: 300)
        }
      }
      if finding.remedy != finding.kind.remedy {
        html.tag("p") { html in
          html.tag("b", "What to do: ")
          html.name(finding.remedy, limit: 600)
        }
      }
    }
    html.markup("\n")
  }

  private func place(of finding: Finding) -> String {
    var parts: [String] = []
    if let location = finding.location { parts.append(location.description) }
    if let invoice = finding.invoice, !invoice.isEmpty { parts.append("invoice \(invoice)") }
    if let record = finding.record { parts.append("record \(record)") }
    if let field = finding.field { parts.append("field \(field)") }
    return parts.joined(separator: ", ")
  }

  private func append(_ excerpt: Excerpt, to html: inout HTMLText) {
    let before = excerpt.text.prefix(excerpt.markStart)
    let rest = excerpt.text.dropFirst(excerpt.markStart)
    html.tag("pre") { html in
      html.part(String(before), limit: 200)
      if !rest.isEmpty {
        html.tag("mark") { $0.part(String(rest.prefix(excerpt.markLength)), limit: 200) }
        html.part(String(rest.dropFirst(excerpt.markLength)), limit: 200)
      }
    }
    html.markup("\n")
  }

  // MARK: The books

  func appendBooks(to html: inout HTMLText) {
    let books = report.books
    section("books", "Books", to: &html) { html in
      guard !books.sources.isEmpty else {
        html.tag(
          "p", ["class": "note"],
          "Not looked at: no lists exported from QuickBooks were given, so names were checked for length "
            + "and characters only.")
        appendRefusals(to: &html)
        return
      }
      html.tag(
        "p", ["class": "soft"],
        "Names in the output: \(books.existing.grouped) of the books, \(books.declared.grouped) to be "
          + "declared.")
      html.markup("<div class=\"group-list\">\n")
      list(
        "Lists", ["File", "Day", "Written by", "Holds"],
        books.sources.map { source in
          [
            source.file, source.day?.description ?? "",
            [source.product, source.version].filter { !$0.isEmpty }.joined(separator: " "),
            CompanySnapshot.List.allCases.compactMap { list in
              source.lists[list].map { "\(list.words) \($0.grouped)" }
            }.joined(separator: ", "),
          ]
        }, to: &html)
      html.markup("</div>\n")
      appendRefusals(to: &html)
    }
  }

  private func appendRefusals(to html: inout HTMLText) {
    guard !report.books.refused.isEmpty else { return }
    html.markup("<div class=\"group-list\">\n")
    list(
      "QuickBooks would refuse", ["What", "Name", "Why", "Waits"],
      report.books.refused.map {
        [
          $0.kind, $0.name, $0.causes.joined(separator: "; "),
          $0.held.invoices == 0
            ? ""
            : "\(SyncReport.counted($0.held.invoices, "invoice")), \($0.held.amount.grouped)",
        ]
      }, to: &html)
    html.markup("</div>\n")
  }

  // MARK: New in QuickBooks

  func appendCreated(to html: inout HTMLText) {
    let lists = report.newLists
    let customers = report.newCustomers
    section(
      "created", report.isPlan ? "Would be declared in QuickBooks" : "Declared in QuickBooks",
      to: &html
    ) { html in
      let counts = [
        customers.count, lists.items.count, lists.accounts.count, lists.terms.count,
        lists.classes.count,
      ]
      guard counts.contains(where: { $0 > 0 }) else {
        html.tag("p", ["class": "note"], "Nothing new: everything the invoices name exists.")
        return
      }
      html.tag(
        "p", ["class": "soft"],
        "QuickBooks creates those that do not exist yet, ahead of the invoices.")
      html.markup("<div class=\"group-list\">\n")
      list(
        "Customers", ["In QuickBooks", "In LoadOps", "Terms", "Bill to"],
        customers.map {
          [
            $0.customer.name, $0.loadOpsName, $0.customer.terms,
            $0.customer.addressLines.joined(separator: ", "),
          ]
        },
        to: &html)
      list(
        "Items", ["Item", "Income account"], lists.items.map { [$0.name, $0.account] }, to: &html)
      list(
        "Accounts", ["Account", "Type"], lists.accounts.map { [$0.name, $0.type.rawValue] },
        to: &html)
      list(
        "Terms", ["Terms", "Due in days"], lists.terms.map { [$0.name, String($0.dueDays)] },
        to: &html)
      list("Classes", ["Class"], lists.classes.map { [$0] }, to: &html)
      html.markup("</div>\n")
    }
  }

  private func list(
    _ title: String, _ headings: [String], _ rows: [[String]], to html: inout HTMLText
  ) {
    guard !rows.isEmpty else { return }
    html.tag("details") { html in
      html.tag("summary") { html in
        html.tag("span", ["class": "what"], title)
        html.tag("span", "")
        html.tag("span", ["class": "count"], rows.count.grouped)
      }
      html.markup("\n<div class=\"inside\">\n")
      table(title, to: &html) { html in
        html.markup("<thead><tr>")
        for heading in headings { html.tag("th", ["scope": "col"], heading) }
        html.markup("</tr></thead>\n<tbody>\n")
        for row in rows.prefix(HTMLReport.rowLimit) {
          html.tag("tr") { html in
            for cell in row { html.tag("td", ["class": "text"]) { $0.name(cell) } }
          }
          html.markup("\n")
        }
        html.markup("</tbody>\n")
      }
      let rest = rows.count - HTMLReport.rowLimit
      if rest > 0 {
        let place = report.isPlan ? "" : ": see sync-report.json"
        html.tag("p", ["class": "note"], "and \(rest.grouped) more\(place)")
      }
      html.markup("</div>\n")
    }
    html.markup("\n")
  }
}

extension SyncReport.FindingGroup {
  /// The group's place in the page.
  var anchor: String { "finding-\(kind.id)-\(severity.rawValue)" }
}
