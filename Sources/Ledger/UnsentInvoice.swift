public import Vocabulary

/// An invoice that was met and is not in QuickBooks as it then was, as the last run saw it.
///
/// Nothing is decided by it; it is what can be listed, and adopted, without the export at hand.
public struct UnsentInvoice: Hashable, Sendable {
  /// Why it is not there; raw values are stored and therefore never change.
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// It waits for somebody.
    case held
    /// It may not be sent.
    case suppressed
    /// It was sent, and the run was taken back.
    case undone
    /// It was sent, and QuickBooks refused it.
    case refused
  }

  /// The number in LoadOps.
  public var number: InvoiceNumber
  /// The run that met it last, or that was taken back; filled in when it is read.
  public var run: String
  /// Why it is not in QuickBooks.
  public var outcome: Outcome
  /// Ids of the findings that hold it.
  public var reasons: [String]
  /// How often the number was met in that run.
  public var copies = 1
  /// Stands for everything that would be sent.
  public var contentHash: ContentHash
  /// The form it would have in QuickBooks.
  public var documentKind: LedgerEntry.DocumentKind
  /// The customer's name in LoadOps.
  public var customer: String
  /// The customer's name in QuickBooks; empty when it has none.
  public var quickBooksCustomer: String
  /// The invoice date, when it could be read.
  public var date: CalendarDate?
  /// The sum of the lines that could be read.
  public var amount: Money
  /// How many lines it has.
  public var lines: Int

  /// An invoice that was not sent.
  public init(
    number: InvoiceNumber, run: String = "", outcome: Outcome, reasons: [String],
    contentHash: ContentHash, documentKind: LedgerEntry.DocumentKind, customer: String,
    quickBooksCustomer: String, date: CalendarDate?, amount: Money, lines: Int
  ) {
    self.number = number
    self.run = run
    self.outcome = outcome
    self.reasons = reasons
    self.contentHash = contentHash
    self.documentKind = documentKind
    self.customer = customer
    self.quickBooksCustomer = quickBooksCustomer
    self.date = date
    self.amount = amount
    self.lines = lines
  }
}
