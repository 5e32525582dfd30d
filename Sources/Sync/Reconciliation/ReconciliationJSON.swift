internal import Ledger
internal import QuickBooks
internal import Vocabulary

extension ReconciliationReport {
  /// How many findings the JSON lists; the CSV has all of them.
  private static let listedInJSON = 10_000
  /// How many customers it lists.
  private static let customersInJSON = 10_000

  /// The report as `reconciliation.json`, whose schema is `Schemas/reconciliation.schema.json`.
  public var json: JSONText {
    json(rows(ReconciliationReport.listedInJSON).map(ReconciliationReport.json))
  }

  /// Writes ``json``, one finding after the other: all of them at once would take much memory.
  func writeJSON(to file: StagedFile) throws(Failure) {
    guard case .object(let members) = json([]),
      let place = members.firstIndex(where: { $0.name == "findings" })
    else { return try file.write(json.bytes) }
    let result = reconciliation
    var output: [UInt8] = []
    JSONText.object(Array(members[..<place])).append(to: &output, indentation: 0)
    // The brace, and the line end in front of it.
    output.removeLast(2)
    output.append(contentsOf: ",\n  \"findings\": [".utf8)
    let shown = result.findings.prefix(ReconciliationReport.listedInJSON)
    for (index, finding) in shown.enumerated() {
      output.append(contentsOf: (index == 0 ? "\n    " : ",\n    ").utf8)
      ReconciliationReport.json(Row(finding, result)).append(to: &output, indentation: 2)
      if output.count >= 1 << 16 {
        try file.write(output)
        output.removeAll(keepingCapacity: true)
      }
    }
    output.append(contentsOf: (shown.isEmpty ? "]," : "\n  ],").utf8)
    var rest: [UInt8] = []
    JSONText.object(Array(members[(place + 1)...])).append(to: &rest, indentation: 0)
    output.append(contentsOf: rest.dropFirst())
    output.append(UInt8(ascii: "\n"))
    try file.write(output)
  }

  private func json(_ findings: [JSONText]) -> JSONText {
    let result = reconciliation
    return [
      "format": "loadbooks-reconciliation", "version": 1,
      "company": .string(orNull: company), "at": .string(at),
      "clean": .bool(result.isClean), "verdict": .string(result.verdict),
      "differences": .integer(result.differences), "amount": .amount(result.wrongAmount),
      "not_compared": .integer(result.uncertain),
      "balanced": .bool(result.isBalanced),
      "period": [
        "from": .string(orNull: result.from?.description),
        "until": .string(orNull: result.until?.description),
      ],
      "loadops": .array(result.plan.report.inputs.map(ReconciliationReport.json)),
      "books": .array(result.books.files.map(ReconciliationReport.json)),
      "passed_over": .array(result.books.passedOver.map { .string($0) }),
      "joined": .integer(result.books.joined),
      "classes": .array(
        Reconciliation.Outcome.allCases.map { outcome in
          ReconciliationReport.json(
            result[outcome], "class", outcome.word,
            [JSONText.Member("sign", .string(outcome.sign))])
        }),
      "total": ReconciliationReport.json(result.total, nil, ""),
      "outside": [
        "before": ReconciliationReport.json(result.before),
        "after": ReconciliationReport.json(result.after),
        "not_selected": ReconciliationReport.json(result.notSelected),
        "voided": ReconciliationReport.json(result.voided),
      ],
      "closing": ReconciliationReport.json(result.closing),
      "paid": ReconciliationReport.json(result.paid),
      "held_there": ReconciliationReport.json(result.heldThere),
      "taken_back": ReconciliationReport.json(result.takenBack),
      "compared": .object(
        result.compared.sorted { $0.key < $1.key }.map {
          JSONText.Member($0.key, .integer($0.value))
        }
      ),
      "months": .array(result.months.map { ReconciliationReport.json($0, "month") }),
      "customers": .array(
        customersWithDifferences.prefix(ReconciliationReport.customersInJSON).map {
          ReconciliationReport.json($0, "name")
        }),
      "findings": .array(findings),
      "findings_count": .integer(result.findings.count),
      "confirmation": confirmationJSON,
    ]
  }

  private var confirmationJSON: JSONText {
    guard let effect = confirmation else { return .null }
    return [
      "confirmed": .integer(effect.confirmed), "again": .integer(effect.again),
      "settled": .integer(effect.settled),
      "withdrawn": .array(effect.withdrawn.map { .string($0) }),
      "kept": .array(kept.map { .string($0) }), "doubt": .string(orNull: doubt),
    ]
  }

  private static func json(_ input: SyncReport.Input) -> JSONText {
    [
      "path": .string(input.path), "kind": .string(input.kind),
      "sha256": .string(input.fingerprint.hex), "records": .integer(input.records),
    ]
  }

  private static func json(_ file: BookFile) -> JSONText {
    [
      "path": .string(file.name), "sheet": .string(orNull: file.sheet),
      "form": .string(file.form.rawValue), "sha256": .string(file.fingerprint.hex),
      "from": .string(orNull: file.from?.description),
      "until": .string(orNull: file.until?.description),
      "documents": .integer(file.documents), "amount": .amount(file.amount),
      "passed_over": .integer(file.passedOver), "totals_that_fit": .integer(file.controls),
      "partial": .bool(file.isPartial),
      "faults": .array(
        file.faults.map {
          [
            "message": .string($0.message), "remedy": .string($0.remedy),
            "line": .integer($0.location.line),
          ]
        }),
    ]
  }

  private static func json(_ count: Reconciliation.Count) -> JSONText {
    ["documents": .integer(count.documents), "amount": .amount(count.amount)]
  }

  private static func json(_ share: Reconciliation.Share, _ name: String) -> JSONText {
    json(
      share.pair, name, share.name,
      [JSONText.Member("differences", .integer(share.differences))])
  }

  private static func json(
    _ pair: Reconciliation.Pair, _ name: String?, _ value: String, _ more: [JSONText.Member] = []
  ) -> JSONText {
    var members = name.map { [JSONText.Member($0, .string(value))] } ?? []
    members += more
    members += [
      JSONText.Member("loadops", json(pair.loadOps)),
      JSONText.Member("quickbooks", json(pair.books)),
      JSONText.Member("difference", .amount(pair.difference)),
    ]
    return .object(members)
  }

  private static func json(_ row: Row) -> JSONText {
    func amount(_ money: Money?) -> JSONText { money.map { .amount($0) } ?? .null }
    let hasInvoice = row.location != nil
    let loadOps: JSONText = [
      "number": .string(row.number), "customer": .string(row.customer),
      "date": .string(orNull: row.date?.description),
      "due_date": .string(orNull: row.dueDate?.description), "total": amount(row.total),
      "due_amount": amount(row.dueAmount), "file": .string(row.location?.file ?? ""),
      "line": .integer(row.location?.line ?? 0),
    ]
    let books: JSONText = [
      "number": .string(row.bookNumber), "customer": .string(row.bookCustomer),
      "date": .string(orNull: row.bookDate?.description),
      "due_date": .string(orNull: row.bookDueDate?.description), "total": amount(row.bookTotal),
      "open": amount(row.bookBalance), "file": .string(row.bookLocation?.file ?? ""),
      "line": .integer(row.bookLocation?.line ?? 0),
    ]
    return [
      "class": .string(row.outcome.word), "sign": .string(row.outcome.sign),
      "fields": .array(row.fields.names.map { .string($0) }), "reason": .string(row.reason),
      "loadops": hasInvoice ? loadOps : .null, "quickbooks": row.hasDocument ? books : .null,
    ]
  }
}
