internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import Sync
internal import Vocabulary

/// The command `loadbooks adopt`.
struct Adopt: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt",
    abstract: "Say that invoices were entered, or changed, in QuickBooks by hand.",
    discussion: """
      They count as synced from then on and are never sent. What an invoice is about comes from the \
      exports named, or from the run that met it last and held it. For an invoice that was sent and has \
      changed since, its content of now counts. --take-back undoes it.
      """)

  @Argument(help: ArgumentHelp("Invoice numbers.", valueName: "invoice"))
  var invoices: [String]

  @Option(
    name: .customLong("export"), parsing: .singleValue,
    help: ArgumentHelp(
      "An export that holds the invoices; may be given several times.", valueName: "export"))
  var exports: [String] = []

  @Option(help: ArgumentHelp("Why, and how you know.", valueName: "text"))
  var reason: String

  @Option(help: ArgumentHelp("Who says so.", valueName: "name"))
  var by = ""

  @Option(
    help: ArgumentHelp(
      "The number of the document in QuickBooks, where it is another one.", valueName: "number"))
  var document: String?

  @Flag(name: .customLong("take-back"), help: "It was not entered by hand after all.")
  var takesBack = false

  @OptionGroup var options: CompanyOptions

  func validate() throws {
    try checkInvoiceNumbers(invoices)
    if reason.allSatisfy(\.isWhitespace) { throw ValidationError("Say why, with --reason.") }
    if document != nil, Set(invoices).count != 1 {
      throw ValidationError("--document goes with one invoice.")
    }
    if document?.allSatisfy(\.isWhitespace) == true {
      throw ValidationError("--document needs a number.")
    }
    if takesBack, document != nil || !exports.isEmpty {
      throw ValidationError("--take-back needs neither --document nor --export.")
    }
  }

  func run() throws {
    let company = try options.neededFolder()
    let numbers = invoiceNumbers(invoices)
    let settings = try CompanyFolder.settings(company, assignments: options.assignments)
    try company.writing("loadbooks adopt") { ledger in
      // Some may be adopted, although others are refused.
      let result = Result {
        if takesBack { try takeBack(numbers, ledger) } else { try adopt(numbers, ledger) }
      }
      try renew(ledger, company, settings)
      try result.get()
    }
  }

  /// What counts otherwise now must not stand in a file that waits to be sent.
  private func renew(
    _ ledger: SyncLedger, _ company: CompanyFolder, _ settings: Settings
  ) throws {
    let here = Surroundings.current
    let renewal = try ResendRenewal(ledger, in: company, settings: settings, at: here.timestamp)
    if !options.json { for words in renewal.words { here.print(words) } }
  }

  private func takeBack(_ numbers: [String], _ ledger: SyncLedger) throws {
    let here = Surroundings.current
    var rows: [JSONText] = []
    var refused = false
    for number in numbers {
      // The others are not held up by one that is refused.
      switch withdrawal(of: number, ledger) {
      case .success(let (entry, run)):
        rows.append(row(entry, "taken-back"))
        guard !options.json else { continue }
        here.print(
          "invoice \(FindingText.visible(number)): "
            + (run.map { "counts again as run \($0) sent it" }
              ?? "not synced any more; the next run that meets it decides anew"))
      case .failure(let failure):
        guard failure.cause == .usage else { throw failure }
        refused = true
        rows.append([
          "invoice": .string(number), "result": "refused", "reason": .string(failure.message),
          "remedy": .string(orNull: failure.remedy),
        ])
        if !options.json { here.tell(failure.description) }
      }
    }
    if options.json { here.print(JSONText.array(rows).text) }
    if refused { throw ExitCode.held }
  }

  private func withdrawal(
    of number: String, _ ledger: SyncLedger
  ) -> Result<(entry: LedgerEntry, restoredRun: String?), Failure> {
    let now = Surroundings.current.timestamp
    return Result { () throws(Failure) in
      try ledger.withdrawAdoption(of: number, at: now, because: reason, by: by)
    }
  }

  private func adopt(_ numbers: [String], _ ledger: SyncLedger) throws {
    let here = Surroundings.current
    let planning = try Planning(options, mapping: nil, suppressions: nil, books: [], target: nil)
    var plan: SyncPlan?
    if !exports.isEmpty {
      var selection = Selection()
      selection.numbers = Set(numbers)
      plan = try planning.plan(exports, selection, ledger: try ledger.snapshot(), findings: 1)
    }
    let adoption = try Adoption(
      numbers, document: document, plan: plan, ledger: ledger,
      suppression: planning.suppression, settings: planning.settings, today: planning.today)
    try ledger.adopt(adoption.documents, at: here.timestamp, because: reason, by: by)
    if options.json {
      let rows =
        adoption.documents.map { row($0.entry, "adopted") }
        + adoption.refusals.map { refusal -> JSONText in
          [
            "invoice": .string(refusal.number), "result": "refused",
            "reason": .string(refusal.message), "remedy": .string(refusal.remedy),
          ]
        }
      here.print(JSONText.array(rows).text)
    } else {
      for document in adoption.documents {
        let entry = document.entry
        let kind = entry.documentKind == .invoice ? "INVOICE" : "CREDIT MEMO"
        here.print(
          "invoice \(FindingText.visible(entry.number.text)): synced as \(kind) "
            + "\(FindingText.visible(entry.documentNumber)), \(entry.date), "
            + "\(entry.amount.grouped), to \(FindingText.visible(entry.quickBooksCustomer))"
            + (adoption.replaced.contains(entry.number.text)
              ? ", with its content of now" : ", entered by hand"))
      }
      for refusal in adoption.refusals {
        here.tell(
          "error: invoice \(FindingText.visible(refusal.number)) "
            + "\(FindingText.visible(refusal.message))\n  remedy: "
            + FindingText.visible(refusal.remedy))
      }
    }
    if !adoption.refusals.isEmpty { throw ExitCode.held }
  }

  private func row(_ entry: LedgerEntry, _ result: String) -> JSONText {
    [
      "invoice": .string(entry.number.text), "result": .string(result),
      "kind": .string(entry.documentKind.rawValue), "document": .string(entry.documentNumber),
      "date": .string(entry.date.description), "amount": .amount(entry.amount),
      "customer": .string(entry.quickBooksCustomer),
    ]
  }
}
