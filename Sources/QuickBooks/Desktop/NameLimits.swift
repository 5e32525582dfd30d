/// How many characters a name may have.
public struct NameLimits: Hashable, Sendable {
  /// One level of a customer's or job's name.
  public var customer: Int
  /// A customer's name with all its levels.
  public var customerPath: Int
  /// One level of an item's name.
  public var item: Int
  /// One level of an account's name.
  public var account: Int
  /// One level of a class's name.
  public var classLevel: Int
  /// The name of terms.
  public var terms: Int

  /// QuickBooks Desktop.
  public static let desktop = NameLimits(
    customer: DesktopLimits.customerLevel, customerPath: DesktopLimits.customerPath,
    item: DesktopLimits.itemLevel, account: DesktopLimits.accountLevel,
    classLevel: DesktopLimits.classLevel, terms: DesktopLimits.terms)

  /// QuickBooks Online; the whole path of a customer is nowhere documented and taken as five levels.
  public static let online = NameLimits(
    customer: 500, customerPath: 2504, item: 100, account: 100, classLevel: 100, terms: 31)
}
