internal import Foundation
public import Ledger
internal import LoadOps
internal import QuickBooks
public import Vocabulary

/// Records documents that somebody entered, or changed, in QuickBooks by hand.
///
/// What an invoice is about comes from an export, or from the run that met it last and held it. What
/// counts as sent with exactly this content is refused: there is nothing to say about it. What QuickBooks has
/// not answered, or not got to, is refused as well: what became of that is said with `accept --settle`.
public struct Adoption {
  /// What was asked for and cannot be.
  public struct Refusal: Sendable, Hashable {
    /// The invoice.
    public var number: String
    /// Why not.
    public var message: String
    /// What to do.
    public var remedy: String
  }

  /// What will be recorded, with what counted before if it replaces something.
  public private(set) var documents: [LedgerRecall.Sent] = []
  /// What will not.
  public private(set) var refusals: [Refusal] = []
  /// The numbers among ``documents`` that replace what was sent.
  public private(set) var replaced: Set<String> = []

  private let ledger: SyncLedger
  private let today: CalendarDate
  private let numberLimit: Int

  /// Looks the invoices up; changes nothing.
  ///
  /// - Parameters:
  ///   - numbers: The invoices.
  ///   - document: The number in QuickBooks, where it is not the invoice's own; for one invoice only.
  ///   - plan: The plan of an export that holds them; nil to use what runs have met.
  ///   - ledger: The company's ledger.
  ///   - suppression: The suppression list.
  ///   - settings: The company's settings, which say how long a number QuickBooks keeps.
  ///   - today: The day.
  /// - Throws: `Failure` when the export or the ledger cannot be read.
  public init(
    _ numbers: [String], document: String?, plan: SyncPlan?, ledger: SyncLedger,
    suppression: SuppressionList, settings: Settings, today: CalendarDate
  ) throws(Failure) {
    self.ledger = ledger
    self.today = today
    numberLimit = settings.destination.documentNumberLimit
    var found: [String: [LedgerRecall.Sent?]] = [:]
    if let plan { found = try Adoption.read(plan, Set(numbers), numberLimit) }
    for number in numbers {
      let copies = found[number] ?? []
      if copies.count > 1 {
        refuse(
          number, "stands \(copies.count) times in the export, with different content",
          "leave the right one in the export")
      } else if let copy = copies.first {
        guard let copy else {
          refuse(
            number, "has no readable date or customer", "fill them in in LoadOps, export again")
          continue
        }
        try take(copy, number, document, suppression)
      } else if plan != nil {
        refuse(
          number, "is not in the export", "check the number; it is compared exactly, with its zeros"
        )
      } else {
        try takeMet(number, document, suppression)
      }
    }
  }

  private mutating func refuse(_ number: String, _ message: String, _ remedy: String) {
    refusals.append(Refusal(number: number, message: message, remedy: remedy))
  }

  /// Refuses an invoice that counts as sent: it is in doubt, or waits, or is there with this content.
  private mutating func refuse(_ entry: LedgerEntry, _ remedy: String) throws(Failure) {
    let number = entry.number.text
    let settle = "loadbooks accept --settle \(ShellText.word(number)) --as"
    if entry.state == .inDoubt {
      refuse(
        number, "is in doubt: QuickBooks has not answered whether it has it",
        "look for it in QuickBooks, then say what you found: \(settle) sent (or not-sent) --reason WHY"
      )
    } else if let place = try PendingNames(ledger).place(of: entry) {
      refuse(
        number, "waits to be sent again: QuickBooks did not get to it, and it stands in \(place)",
        "if it was entered in QuickBooks by hand, say so with: \(settle) sent --reason WHY, which takes it out "
          + "of that file; if not, send the file, then accept its answer")
    } else {
      refuse(number, "is synced already, \(entry.howItCame)", remedy)
    }
  }

  /// The invoices of an export with everything they carry; nil for one without date or customer.
  private static func read(
    _ plan: SyncPlan, _ numbers: Set<String>, _ numberLimit: Int
  ) throws(Failure) -> [String: [LedgerRecall.Sent?]] {
    var found: [String: [LedgerRecall.Sent?]] = [:]
    let replay = try PlanReplay(plan)
    while try replay.next() {
      let number = replay.record.string(replay.invoice.number)
      guard numbers.contains(number) else { continue }
      let assessment = replay.assessment
      let customers = replay.assessor.customers
      let customer = customers.entries[assessment.customer]
      guard let date = assessment.date, !customer.name.isEmpty, replay.record.faults.isEmpty else {
        found[number, default: []].append(nil)
        continue
      }
      let entry = LedgerEntry(
        number: InvoiceNumber(number), contentHash: assessment.content, evidence: .adopted,
        run: nil, documentKind: assessment.documentKind,
        documentNumber: String(number.suffix(numberLimit)), customer: customer.name,
        quickBooksCustomer: customer.quickBooksName.isEmpty
          ? customer.name : customers.writtenName(assessment.customer), date: date,
        amount: assessment.amount, lines: assessment.lines)
      found[number, default: []].append(
        LedgerRecall.Sent(entry: entry, content: replay.assessor.content))
    }
    return found
  }

  /// An invoice as the last run met it.
  private mutating func takeMet(
    _ number: String, _ document: String?, _ suppression: SuppressionList
  ) throws(Failure) {
    guard let met = try ledger.unsent(number: number) else {
      if let entry = try ledger.entry(number: number) {
        return try refuse(
          entry,
          "nothing needs to be done; if it was changed in QuickBooks by hand, name the export that "
            + "has it as it is now with --export")
      }
      refuse(
        number,
        try ledger.withdrawn(number: number).last?.cause == .adoptionWithdrawn
          ? "was not met by a run since its adoption was taken back" : "was never met by a run",
        "name an export that has it with --export")
      return
    }
    guard met.copies == 1 else {
      refuse(
        number, "stood \(met.copies) times in the export that run \(met.run) read",
        "name an export that has the right one with --export")
      return
    }
    guard let date = met.date, !met.customer.isEmpty else {
      refuse(number, "has no readable date or customer", "fill them in in LoadOps, export again")
      return
    }
    let entry = LedgerEntry(
      number: met.number, contentHash: met.contentHash, evidence: .adopted, run: nil,
      documentKind: met.documentKind,
      documentNumber: String(number.suffix(numberLimit)), customer: met.customer,
      quickBooksCustomer: met.quickBooksCustomer.isEmpty ? met.customer : met.quickBooksCustomer,
      date: date, amount: met.amount, lines: met.lines)
    try take(LedgerRecall.Sent(entry: entry, content: nil), number, document, suppression)
  }

  private mutating func take(
    _ found: LedgerRecall.Sent, _ number: String, _ document: String?,
    _ suppression: SuppressionList
  ) throws(Failure) {
    var found = found
    if let old = try ledger.entry(number: number) {
      guard old.contentHash != found.entry.contentHash, old.state == .synced else {
        return try refuse(old, "nothing needs to be done")
      }
      found.entry.documentNumber = old.documentNumber
      replaced.insert(number)
    }
    if let row = suppression.reason(
      number: number, customer: found.entry.customer, today: today)
    {
      refuse(
        number, "is suppressed: \(row.reason) (\(suppression.path):\(row.line))",
        "release it first, then adopt it")
      replaced.remove(number)
      return
    }
    if let document { found.entry.documentNumber = document }
    guard try mayHave(found.entry, number, document) else {
      replaced.remove(number)
      return
    }
    documents.append(found)
  }

  /// Whether the document may have its number, which must belong to no other one and not be too long.
  private mutating func mayHave(
    _ entry: LedgerEntry, _ number: String, _ document: String?
  ) throws(Failure) -> Bool {
    let name = entry.documentNumber
    if document != nil, name.count > numberLimit {
      refuse(
        number,
        "cannot be document \(name): QuickBooks keeps \(numberLimit) characters of a number",
        "give the number that the document has in QuickBooks with --document")
      return false
    }
    let other = documents.first {
      $0.entry.documentNumber == name && $0.entry.documentKind == entry.documentKind
    }
    var owner = other?.entry.number.text
    if owner == nil { owner = try ledger.owner(ofDocument: name, entry.documentKind) }
    guard let owner, owner != number else { return true }
    refuse(
      number, "cannot be document \(name), which belongs to invoice \(owner)",
      "give the number that the document has in QuickBooks with --document")
    return false
  }
}
