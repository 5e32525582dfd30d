/// The number of an invoice as LoadOps writes it: text, with its zeros, never re-cased.
///
/// LoadOps uses one value for the load id and the invoice number. QuickBooks Desktop keeps at most
/// eleven characters of it; what happens to longer ones is the planner's decision, not this type's.
public struct InvoiceNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The number, exactly as exported but for outer blanks.
  public var text: String

  /// A number with this text.
  public init(_ text: String) {
    self.text = text
  }

  /// The text itself.
  public var description: String { text }

  /// Compares the texts byte by byte.
  public static func < (left: InvoiceNumber, right: InvoiceNumber) -> Bool {
    left.text < right.text
  }
}
