public import Ledger
internal import QuickBooks
internal import Vocabulary

/// What a reconciliation has to tell, as one value; the renderings only lay it out.
public struct ReconciliationReport {
  /// The company's display name, where there is a company folder.
  public var company: String?
  /// When it was made, ISO 8601 with zone.
  public var at: String
  /// What was found.
  public let reconciliation: Reconciliation
  /// The runs that the company's memory knows, for the statement.
  public var runs: [RunRecord] = []
  /// What became of the evidence; nil when nobody asked to keep any.
  public var confirmation: ConfirmationEffect?
  /// Invoices that were found before and are missing now, and whose evidence stays.
  public var kept: [String] = []
  /// Why the evidence of a run that somebody says was removed stays; nil when nobody says so, or it does not.
  public var doubt: String?
  /// A run that sent one of ``kept``, for the advice.
  public var keptRun: String?

  /// A report.
  public init(company: String?, at: String, _ reconciliation: Reconciliation) {
    self.company = company
    self.at = at
    self.reconciliation = reconciliation
  }

  /// The numbers of the invoices that the books have as they should, one at each call.
  public func agreeingNumbers() -> () -> String? {
    let result = reconciliation
    var next = 0
    return {
      while next < result.agreeing.count {
        defer { next += 1 }
        guard result.agreeing[next] else { continue }
        return result.otherNumbers[next] ?? result.books.number(next)
      }
      return nil
    }
  }

  /// The invoices that were found in the books once, and that these files, which should have them, lack.
  public var lostNumbers: [String] {
    reconciliation.findings.filter {
      $0.outcome == .missing && $0.reason == .confirmedBefore
    }.map(\.number)
  }

  /// The days that were compared, in words.
  var period: String {
    let result = reconciliation
    guard let from = result.from, let until = result.until else { return "all days" }
    let isGiven = result.selection.from != nil || result.selection.until != nil
    return "\(from) to \(until)" + (isGiven ? "" : ", the months of the export")
  }

  /// Filters that narrow it, in words; nil for none.
  var filters: String? {
    let selection = reconciliation.selection
    var parts: [String] = []
    if let customer = selection.customer { parts.append("customer \(customer)") }
    if !selection.numbers.isEmpty {
      parts.append(SyncReport.counted(selection.numbers.count, "invoice") + " by number")
    }
    if !reconciliation.ignored.isEmpty {
      parts.append("not compared: " + reconciliation.ignored.names.joined(separator: ", "))
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  /// Customers with differences, the most money first.
  var customersWithDifferences: [Reconciliation.Share] {
    reconciliation.customers.filter { $0.differences > 0 }.sorted {
      let (one, other) = (abs($0.pair.difference.cents), abs($1.pair.difference.cents))
      return one != other ? one > other : $0.name < $1.name
    }
  }

  /// What there is to tell of the first findings, or of all.
  func rows(_ limit: Int = Int.max) -> [Row] {
    let result = reconciliation
    var rows: [Row] = []
    for finding in result.findings.prefix(limit) { rows.append(Row(finding, result)) }
    return rows
  }

  /// One finding, laid out.
  struct Row {
    let outcome: Reconciliation.Outcome
    let fields: Reconciliation.Fields
    let number: String
    let customer: String
    let date: CalendarDate?
    let dueDate: CalendarDate?
    let total: Money?
    let dueAmount: Money?
    let location: SourceLocation?
    let bookNumber: String
    let bookCustomer: String
    let bookDate: CalendarDate?
    let bookDueDate: CalendarDate?
    let bookTotal: Money?
    let bookBalance: Money?
    let bookLocation: SourceLocation?
    let hasDocument: Bool
    /// Why it is so, in words; empty where the class says all.
    let reason: String
    /// The name that the customer should have in QuickBooks.
    private let expected: String

    /// Lays a finding out; what it is a finding of is large, and not to be copied for each.
    init(_ finding: Reconciliation.Finding, _ result: borrowing Reconciliation) {
      outcome = finding.outcome
      fields = finding.fields
      number = finding.number
      (date, dueDate) = (finding.date, finding.dueDate)
      (total, dueAmount) = (finding.total, finding.dueAmount)
      let hasInvoice = finding.customer >= 0
      customer =
        hasInvoice ? result.plan.assessor.customers.entries[Int(finding.customer)].name : ""
      expected = result.expectedName(Int(finding.customer))
      location =
        hasInvoice ? result.plan.files[Int(finding.file)].location(line: finding.line) : nil
      hasDocument = finding.document >= 0
      let document = Int(finding.document)
      bookNumber = hasDocument ? result.books.number(document) : ""
      bookCustomer =
        hasDocument ? result.books.customerName(result.books.customer(document)) : ""
      bookDate = hasDocument ? result.books.date(document) : nil
      bookDueDate = hasDocument ? result.books.dueDate(document) : nil
      bookTotal = hasDocument ? result.books.total(document) : nil
      bookBalance = hasDocument ? result.books.balance(document) : nil
      bookLocation = hasDocument ? result.books.location(document) : nil
      reason = Row.words(finding, result, bookNumber)
    }

    /// What both sides say, field by field.
    var changes: [String] {
      var changes: [String] = []
      func add(_ field: Reconciliation.Fields, _ name: String, _ mine: String?, _ theirs: String?) {
        guard fields.contains(field) else { return }
        changes.append(
          "\(name) \(mine ?? "nothing") in LoadOps, \(theirs ?? "nothing") in QuickBooks")
      }
      add(.number, "number", number, bookNumber.isEmpty ? nil : bookNumber)
      let paired = expected == customer ? "" : " (there \"\(expected)\")"
      add(.customer, "customer", "\"\(customer)\"\(paired)", "\"\(bookCustomer)\"")
      add(.date, "date", date?.description, bookDate?.description)
      add(.dueDate, "due date", dueDate?.description, bookDueDate?.description)
      add(.total, "total", total?.grouped, bookTotal?.grouped)
      add(.balance, "open", dueAmount?.grouped, bookBalance?.grouped)
      if fields.contains(.voided) { changes.append("voided in QuickBooks") }
      if fields.contains(.pending) { changes.append("pending in QuickBooks, not booked") }
      return changes
    }

    private static func words(
      _ finding: Reconciliation.Finding, _ result: borrowing Reconciliation, _ bookNumber: String
    ) -> String {
      let holding =
        finding.rules.isEmpty
        ? [] : result.plan.assessor.holding(finding.rules).map(\.kind.id)
      let reasons = holding.isEmpty ? "" : ": " + holding.joined(separator: ", ")
      switch finding.outcome {
      case .held: return "held\(reasons)"
      case .suppressed: return "suppressed"
      default: break
      }
      let another = finding.fields.contains(.number) ? " as \(bookNumber)" : ""
      return switch finding.reason {
      case .none: ""
      case .neverSent: holding.isEmpty ? "was never sent" : "was never sent\(reasons)"
      case .sent: "was sent, as the company's memory says"
      case .confirmedBefore: "was found in the books before"
      case .renumbered:
        "stands there as \(bookNumber.isEmpty ? "a document without number" : bookNumber)"
      case .suppressedButThere: "suppressed, but in QuickBooks" + another
      case .heldButThere: "is held in LoadBooks\(reasons), but in QuickBooks"
      case .goneFromExport: "was sent by LoadBooks, and the export does not have it any more"
      case .notCovered: "no file of the books covers its day"
      case .mayBePaid: "the books list open documents only, and it may be paid"
      case .paid: "is paid"
      case .unreadable: "an amount or a date cannot be read"
      case .kindNotListed:
        "no file of the books lists \((finding.total ?? .zero) < .zero ? "credit memos" : "invoices")"
      case .contradicted: "two files of the books say different things about it"
      case .takenIn: "is in QuickBooks, as somebody told the company's memory"
      case .likeUnsent:
        "an invoice that is suppressed or held has this customer, date and total, and another number"
      case .numberOfAnother: "has the number of an invoice of the export, and is not its document"
      case .numberTwice: "another document of this number belongs to the invoice"
      }
    }

    /// `LD05510  Acme Freight  2026-09-03  1,975.00`.
    var title: String {
      let name = customer.isEmpty ? bookCustomer : customer
      let shown = number.isEmpty ? bookNumber : number
      let amount = (total ?? bookTotal ?? bookBalance)?.grouped ?? "?"
      return [
        shown.isEmpty ? "no number" : shown, name.isEmpty ? "no customer" : name,
        (date ?? bookDate)?.description ?? "no date", amount,
      ].map(FindingText.visible).joined(separator: "  ")
    }
  }
}
