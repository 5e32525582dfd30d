public import Ledger
internal import LoadOps
internal import QuickBooks
public import Vocabulary

/// The whole story of one invoice: where it was read, what was decided and why, what was sent.
public struct InvoiceStory: Sendable {
  /// A line of the invoice.
  public struct Line: Sendable {
    /// The income category.
    public var category: String
    /// The QuickBooks item; nil when nothing maps the category.
    public var item: String?
    /// The description.
    public var description: String
    /// Quantity and rate as far as given, such as `412 @ 0.58`.
    public var quantity: String
    /// The amount; nil when it could not be read.
    public var amount: Money?
  }

  /// One place in the export where the number stands, and what became of it.
  public struct Reading: Sendable {
    /// Where it begins.
    public var location: SourceLocation
    /// The customer's name in LoadOps.
    public var customer: String
    /// The customer's name in QuickBooks; nil when it has none.
    public var quickBooksCustomer: String?
    /// The invoice date.
    public var date: CalendarDate?
    /// The sum of the lines.
    public var amount: Money
    /// The decision.
    public var outcome: Outcome
    /// The kind of document in QuickBooks.
    public var isCreditMemo: Bool
    /// The lines.
    public var lines: [Line]
  }

  /// The number.
  public let number: String
  /// Where it stands in the export, in order.
  public private(set) var readings: [Reading] = []
  /// Everything there is to say about it.
  public private(set) var findings: [Finding] = []
  /// What the ledger knows, and the document that QuickBooks was given.
  public let entry: LedgerEntry?
  /// What happened, oldest first.
  public let history: [Moment]
  /// Where it stands, in words.
  public let status: String

  /// Something that happened to the invoice.
  public struct Moment: Sendable, Hashable {
    /// When, ISO 8601 with zone.
    public var at: String
    /// A word for programs.
    public var kind: String
    /// What happened, in words.
    public var words: String
    /// The run it happened in or to.
    public var run: String?
    /// Who did it; empty when nobody is named.
    public var by = ""
  }

  /// Whether there is anything to tell.
  public var isUnknown: Bool { readings.isEmpty && entry == nil && history.isEmpty }

  /// Tells the story from a plan of only this invoice, from the ledger, and from the suppression list.
  ///
  /// - Throws: `Failure` when the export has changed or the ledger cannot be read.
  public init(
    number: String, plan: SyncPlan?, ledger: SyncLedger?, suppression: SuppressionList,
    today: CalendarDate
  ) throws(Failure) {
    self.number = number
    let memory = try InvoiceMemory(number, ledger)
    entry = memory.entry
    history = memory.moments
    status = memory.status(suppression, today)
    if let plan { try read(plan) }
  }

  private mutating func read(_ plan: SyncPlan) throws(Failure) {
    findings = plan.report.findings.filter { $0.invoice == number }
    var readers: [ExportReader?] = []
    for (index, file) in plan.files.enumerated() {
      readers.append(
        file.kinds.contains(.invoices)
          ? try ExportReader(
            path: file.path, name: file.name, file: index, meanings: plan.context.mapping.columns,
            layouts: plan.context.layouts)
          : nil)
    }
    let source = InvoiceSource(
      readers: readers, dates: plan.files.map(\.dates),
      doubtful: plan.files.map(\.doubtful), settings: plan.context.settings,
      listsCustomers: plan.assessor.master.listsCustomers, income: plan.income)
    var assessor = plan.assessor
    for planned in plan.invoices where planned.isSelected {
      guard let reader = source.reader(planned.place.file) else { continue }
      var record = reader.makeRecord()
      var invoice = Invoice()
      try source.read(plan.scattered[planned.place] ?? [planned.place], into: &record)
      source.decode(&record, into: &invoice)
      let entry = assessor.customers.entries[Int(planned.customer)]
      readings.append(
        Reading(
          location: plan.files[Int(planned.place.file)].location(line: planned.place.line),
          customer: entry.name,
          quickBooksCustomer: entry.holding.isEmpty
            ? assessor.customers.writtenName(Int(planned.customer)) : nil,
          date: planned.date, amount: planned.amount, outcome: planned.outcome,
          isCreditMemo: planned.amount < .zero,
          lines: invoice.lines.map { line in
            let category = assessor.items.number(
              of: record.text.span.extracting(line.category.value.range))
            return Line(
              category: record.string(line.category), item: assessor.items.entries[category].item,
              description: record.string(line.description),
              quantity: [line.quantity, line.rate].compactMap { $0?.description }
                .joined(separator: " @ "), amount: line.amount)
          }))
    }
  }

  /// The story for a terminal.
  public var text: String {
    var text = "Invoice \(FindingText.visible(number))\n"
    for reading in readings {
      text += "\n  read at      \(FindingText.visible(reading.location.description))\n"
      text += "  customer     \(FindingText.visible(reading.customer))"
      text += reading.quickBooksCustomer.map { " -> \(FindingText.visible($0))" } ?? " -> (none)"
      text += "\n  date         \(reading.date.map(\.description) ?? "(unreadable)")\n"
      for line in reading.lines {
        text += "  line         \(FindingText.visible(line.category)) -> "
        text += FindingText.visible(line.item ?? "(unmapped)")
        text += line.quantity.isEmpty ? "" : ", \(line.quantity)"
        text += ", \(line.amount.map(\.grouped) ?? "(unreadable)")\n"
      }
      text += "  total        \(reading.amount.grouped)\n"
      text += "  decision     \(reading.outcome.title)"
      if reading.outcome == .delivered {
        text += reading.isCreditMemo ? " as a credit memo" : " as an invoice"
      }
      text += "\n"
    }
    for finding in findings { text += "\n" + FindingText.render(finding) }
    text += "\n  status       \(FindingText.visible(status))\n"
    if let entry {
      text += "  document     \(entry.documentWords), \(entry.date), \(entry.amount.grouped), "
      text += "to \(FindingText.visible(entry.quickBooksCustomer))\n"
    }
    for (index, moment) in history.enumerated() {
      text += index == 0 ? "  history      " : "               "
      text += "\(moment.at)  \(FindingText.visible(moment.words))"
      text += moment.by.isEmpty ? "\n" : " (\(FindingText.visible(moment.by)))\n"
    }
    return text
  }

  /// The story for programs.
  public var json: JSONText {
    [
      "invoice": .string(number), "status": .string(status),
      "readings": .array(
        readings.map { reading in
          [
            "file": .string(reading.location.file), "line": .integer(reading.location.line),
            "customer": .string(reading.customer),
            "quickbooks_customer": .string(orNull: reading.quickBooksCustomer),
            "date": .string(orNull: reading.date?.description), "total": .amount(reading.amount),
            "decision": .string(reading.outcome.word),
            "lines": .array(
              reading.lines.map { line in
                [
                  "category": .string(line.category), "item": .string(orNull: line.item),
                  "description": .string(line.description),
                  "amount": line.amount.map(JSONText.amount) ?? .null,
                ]
              }),
          ]
        }), "findings": .array(findings.map(JSONReport.finding)),
      "sent": entry.map { entry in
        [
          "run": .string(orNull: entry.run), "document": .string(entry.documentNumber),
          "kind": .string(entry.documentKind.rawValue), "date": .string(entry.date.description),
          "amount": .amount(entry.amount), "customer": .string(entry.quickBooksCustomer),
          "evidence": .string(entry.evidence.rawValue),
          "quickbooks_id": .string(orNull: entry.quickBooksID),
        ]
      } ?? .null,
      "history": .array(
        history.map { moment in
          [
            "at": .string(moment.at), "kind": .string(moment.kind),
            "run": .string(orNull: moment.run), "by": .string(moment.by),
            "words": .string(moment.words),
          ]
        }),
    ]
  }
}
