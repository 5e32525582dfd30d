public import Vocabulary

/// How many characters QuickBooks Desktop keeps in a field.
///
/// The numbers are those of the desktop SDK's schema, which describes the same database fields. A
/// transaction with a longer field fails to import, so keys are refused and free text is cut.
public enum DesktopLimits {
  /// Levels of a hierarchical list.
  public static let levels = 5
  /// One level of a customer's or job's name.
  public static let customerLevel = 41
  /// A customer's name with all its levels.
  public static let customerPath = 209
  /// One level of an item's name.
  public static let itemLevel = 31
  /// One level of an account's name.
  public static let accountLevel = 31
  /// One level of a class's name.
  public static let classLevel = 31
  /// The name of terms.
  public static let terms = 31
  /// The number of an invoice or credit memo.
  public static let documentNumber = 11
  /// The customer's purchase order.
  public static let purchaseOrder = 25
  /// Memos, line descriptions and the sales description of an item.
  public static let memo = 4095
  /// Lines of an address block.
  public static let addressLines = 5
  /// One line of an address block.
  public static let addressLine = 41
  /// The company's name as printed.
  public static let companyName = 41
  /// A telephone number.
  public static let phone = 21
  /// An e-mail address.
  public static let email = 1023
  /// A person to talk to.
  public static let contact = 41
  /// The number a customer has with us.
  public static let accountNumber = 99
  /// Decimals of a quantity or a price.
  public static let decimals = 5

  /// Whether a line can state this quantity and rate as they are.
  ///
  /// When it cannot, because of more decimals than QuickBooks keeps or a quantity of zero, the writer
  /// states a quantity of one at the line's amount and puts the two numbers behind the description.
  public static func canState(quantity: FixedDecimal, rate: FixedDecimal) -> Bool {
    quantity != .zero && quantity.fits(places: decimals) && rate.fits(places: decimals)
  }
}
