/// How much QuickBooks Online keeps, in characters, as Intuit's pages about each entity say.
public enum OnlineLimits {
  /// The number of an invoice or credit memo.
  public static let documentNumber = 21
  /// The customer's purchase order, which stands in the message to the customer.
  public static let purchaseOrder = 900
  /// The message to the customer.
  public static let customerMemo = 1000
  /// Internal notes, and descriptions of lines and items.
  public static let memo = 4000
  /// Lines of a taxable document; more than that is refused.
  public static let lines = 750
  /// The company's name as printed.
  public static let companyName = 100
  /// The name on cheques.
  public static let printName = 110
  /// A telephone number.
  public static let phone = 30
  /// An e-mail address.
  public static let email = 100
  /// A line of an address.
  public static let addressLine = 500
  /// Notes about a customer.
  public static let notes = 2000
}

/// The user's choices for QuickBooks Online.
public struct OnlineFormat: Hashable, Sendable {
  /// Whether the company is one in the United States, where lines are marked as not taxable.
  public var isUnitedStates: Bool

  /// Choices.
  public init(isUnitedStates: Bool = true) {
    self.isUnitedStates = isUnitedStates
  }
}
