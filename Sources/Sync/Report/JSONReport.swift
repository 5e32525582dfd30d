internal import QuickBooks
public import Vocabulary

/// `sync-report.json`: the report for programs, as `Schemas/sync-report.schema.json` describes it.
///
/// Members have a fixed order and the same report gives the same bytes. Single invoices are in
/// `invoices.csv`; findings of one kind are capped, with the full number in `finding_counts`.
public enum JSONReport {
  /// The report as JSON, indented, with a line end behind it.
  public static func render(_ report: SyncReport) -> String { value(report).text }

  /// The report as a JSON value.
  public static func value(_ report: SyncReport) -> JSONText {
    [
      "format": "loadbooks-sync-report",
      "version": 1,
      "run": run(report.run),
      "inputs": .array(report.inputs.map(input)),
      "totals": totals(report.totals),
      "not_selected": tally(report.notSelected),
      "customers": [
        "paired": .integer(report.customers.paired),
        "created": .integer(report.customers.created),
        "held": .integer(report.customers.held),
        "from_mapping": .integer(report.customers.fromMapping),
      ],
      "items": [
        "mapped": .integer(report.itemsMapped),
        "unmapped": .integer(report.itemsUnmapped),
      ],
      "outputs": .array(report.outputs.map(output)),
      "books": books(report.books),
      "created": created(report),
      "by_customer": .array(
        report.byCustomer.map { share($0, name: "name", quickBooksName: "quickbooks_name") }),
      "by_income_category": .array(
        report.byIncomeCategory.map { share($0, name: "category", quickBooksName: "item") }),
      "finding_counts": .array(report.findingCounts.map(count)),
      "findings": .array(report.findings.map(finding)),
    ]
  }

  /// Invoices, lines and amount, as every part of the report holds them.
  public static func tally(_ tally: Tally) -> JSONText {
    [
      "invoices": .integer(tally.invoices),
      "lines": .integer(tally.lines),
      "amount": .amount(tally.amount),
    ]
  }

  /// A finding, as the report and other `--json` answers hold it.
  public static func finding(_ finding: Finding) -> JSONText {
    [
      "id": .string(finding.kind.id),
      "severity": .string(finding.severity.rawValue),
      "invoice": .string(orNull: finding.invoice),
      "file": .string(orNull: finding.location?.file),
      "line": .integer(orNull: finding.location?.line),
      "column": .integer(orNull: finding.location?.column),
      "record": .integer(orNull: finding.record),
      "field": .string(orNull: finding.field),
      "value": .string(orNull: finding.value),
      "excerpt": .string(orNull: finding.excerpt?.text),
      "message": .string(finding.message),
      "remedy": .string(finding.remedy),
      "notes": .array(finding.notes.map(JSONText.string)),
    ]
  }

  private static func run(_ run: SyncReport.Run) -> JSONText {
    [
      "id": .string(run.id),
      "command": .string(run.command),
      "target": .string(run.target),
      "company": .string(orNull: run.company),
      "started": .string(orNull: run.started),
      "finished": .string(orNull: run.finished),
      "plan": .string(run.plan.hex),
    ]
  }

  private static func input(_ input: SyncReport.Input) -> JSONText {
    [
      "path": .string(input.path),
      "kind": .string(input.kind),
      "sha256": .string(input.fingerprint.hex),
      "records": .integer(input.records),
    ]
  }

  private static func output(_ output: OutputFile) -> JSONText {
    [
      "path": .string(output.name),
      "sha256": .string(output.fingerprint.hex),
      "documents": .integer(output.documents),
      "amount": .amount(output.amount),
    ]
  }

  private static func tallies(_ totals: ControlTotals) -> [JSONText.Member] {
    [JSONText.Member("read", tally(totals.read))]
      + Outcome.allCases.map { JSONText.Member($0.word, tally(totals[$0])) }
  }

  private static func totals(_ totals: ControlTotals) -> JSONText {
    .object(tallies(totals) + [JSONText.Member("balanced", .bool(totals.isBalanced))])
  }

  private static func share(
    _ share: SyncReport.Share, name: String, quickBooksName: String
  ) -> JSONText {
    .object(
      [
        JSONText.Member(name, .string(share.name)),
        JSONText.Member(quickBooksName, .string(orNull: share.quickBooksName)),
      ] + tallies(share.totals))
  }

  private static func books(_ books: SyncReport.Books) -> JSONText {
    let refused = books.refused.map { refusal -> JSONText in
      [
        "kind": .string(refusal.kind), "name": .string(refusal.name),
        "causes": .array(refusal.causes.map(JSONText.string)), "held": tally(refusal.held),
      ]
    }
    let sources = books.sources.map { source -> JSONText in
      let lists = CompanySnapshot.List.allCases.compactMap { list in
        source.lists[list].map { JSONText.Member(list.rawValue, .integer($0)) }
      }
      return [
        "path": .string(source.file), "kind": .string(source.kind),
        "sha256": .string(source.fingerprint.hex),
        "product": .string(
          orNull: source.product.isEmpty
            ? nil : [source.product, source.version].filter { !$0.isEmpty }.joined(separator: " ")),
        "day": .string(orNull: source.day?.description), "day_is_stated": .bool(source.dayIsStated),
        "lists": .object(lists),
      ]
    }
    return [
      "looked_at": .bool(!books.sources.isEmpty), "sources": .array(sources),
      "existing": .integer(books.existing), "declared": .integer(books.declared),
      "refused": .array(refused),
    ]
  }

  private static func created(_ report: SyncReport) -> JSONText {
    let lists = report.newLists
    let sources = report.createdCustomerSources
    let existing = report.created.existing.customers
    let customers = report.created.customers.enumerated().compactMap {
      index, customer -> JSONText? in
      guard !existing.contains(customer.name) else { return nil }
      return [
        "name": .string(customer.name),
        "loadops_name": .string(index < sources.count ? sources[index] : customer.name),
        "terms": .string(orNull: customer.terms.isEmpty ? nil : customer.terms),
        "address": .array(customer.addressLines.map(JSONText.string)),
      ]
    }
    return [
      "customers": .array(customers),
      "items": .array(
        lists.items.map {
          ["name": .string($0.name), "type": "service", "account": .string($0.account)]
        }),
      "accounts": .array(
        lists.accounts.map { ["name": .string($0.name), "type": .string($0.type.rawValue)] }),
      "terms": .array(lists.terms.map { ["name": .string($0.name)] }),
      "classes": .array(lists.classes.map { ["name": .string($0)] }),
    ]
  }

  private static func count(_ count: SyncReport.FindingCount) -> JSONText {
    [
      "id": .string(count.kind.id),
      "severity": .string(count.severity.rawValue),
      "count": .integer(count.count),
      "listed": .integer(count.listed),
    ]
  }
}
