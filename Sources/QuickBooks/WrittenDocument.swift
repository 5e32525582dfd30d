public import Vocabulary

/// An invoice or a credit memo as it was read back from a file for QuickBooks, in short.
public struct WrittenDocument: Hashable, Sendable {
  /// The document's type: `INVOICE`, `CREDIT MEMO`.
  public var type: String
  /// The document's number.
  public var number: String
  /// The customer's or job's full path.
  public var customer: String
  /// The date as written.
  public var date: String
  /// What the customer owes more by it: positive for an invoice, negative for a credit memo.
  public var total: Money
  /// What its lines leave of the total; anything but zero fails to import.
  public var balance: Money
  /// How many lines there are.
  public var lines: Int
  /// The line of the file where it begins, from 1.
  public var line: Int
}
