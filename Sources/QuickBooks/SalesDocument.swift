public import Vocabulary

/// An invoice or a credit memo as it will stand in QuickBooks.
///
/// The document names customers, items, terms and classes by their index in ``CompanyLists``, and keeps
/// its free text as bytes in one buffer, so that one value can be reused for a million documents.
/// All amounts have the sign that the form shows: a credit memo over 75 dollars has a total of +75.00.
public struct SalesDocument: Sendable {
  /// What kind of form it is.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// Raises what the customer owes.
    case invoice
    /// Lowers what the customer owes.
    case creditMemo
  }

  /// One line of the form.
  public struct Line: Sendable {
    /// The item's index in ``CompanyLists/items``.
    public var item: Int
    /// The line's amount.
    public var amount: Money
    /// Quantity and rate; both or neither, and then their rounded product is the amount.
    public var quantity: FixedDecimal?
    /// The price of one unit.
    public var rate: FixedDecimal?
    /// The description printed on the form, UTF-8.
    public var description: TextRange

    /// A line of a form.
    public init(
      item: Int, amount: Money, quantity: FixedDecimal?, rate: FixedDecimal?,
      description: TextRange
    ) {
      self.item = item
      self.amount = amount
      self.quantity = quantity
      self.rate = rate
      self.description = description
    }
  }

  /// The form.
  public var kind: Kind = .invoice
  /// The document number as QuickBooks shall keep it.
  public var number: TextRange = .empty
  /// The customer's index in ``CompanyLists/customers``.
  public var customer = 0
  /// The document's date.
  public var date = CalendarDate(daysSince1970: 0)
  /// When it is due; nil when neither the export nor the terms say.
  public var dueDate: CalendarDate?
  /// The terms' index in ``CompanyLists/terms``.
  public var terms: Int?
  /// The day of pickup.
  public var shipDate: CalendarDate?
  /// The customer's purchase order or reference.
  public var purchaseOrder: TextRange = .empty
  /// The internal memo.
  public var memo: TextRange = .empty
  /// The class's index in ``CompanyLists/classes``.
  public var classIndex: Int?
  /// The sum of the lines.
  public var total: Money = .zero
  /// The lines in the order of the form.
  public var lines: [Line] = []
  /// The bytes that the text ranges point into.
  public var text: [UInt8] = []

  /// An empty document, to be filled.
  public init() {}

  /// Empties the document and keeps its buffers.
  public mutating func reset() {
    (kind, customer, total) = (.invoice, 0, .zero)
    (number, purchaseOrder, memo) = (.empty, .empty, .empty)
    (dueDate, terms, shipDate, classIndex) = (nil, nil, nil, nil)
    lines.removeAll(keepingCapacity: true)
    text.removeAll(keepingCapacity: true)
  }

  /// Copies bytes into the document's buffer and says where they are.
  public mutating func append(_ bytes: Span<UInt8>) -> TextRange {
    let start = text.count
    text.append(bytes)
    return TextRange(start..<text.count)
  }
}
