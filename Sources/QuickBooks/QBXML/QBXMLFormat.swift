/// The choices a user has about the qbXML files we write.
///
/// qbXML is the language of QuickBooks Desktop's SDK: a file holds one set of requests, QuickBooks
/// checks each of them and answers each with a status. The version stands in the file; 13.0 is taken
/// by QuickBooks 2014 and everything newer.
public struct QBXMLFormat: Hashable, Sendable {
  /// What QuickBooks does with the requests behind one that fails.
  public enum OnError: String, Hashable, Sendable, CaseIterable {
    /// Tries every one of them: each record stands for itself.
    case continueOnError
    /// Leaves them undone, with status 3231.
    case stopOnError
  }

  /// The type of the items that are made.
  public enum ItemType: String, Hashable, Sendable, CaseIterable {
    /// Service items.
    case service
    /// Other charges.
    case otherCharge = "other-charge"
  }

  /// The version in the file's `qbxml` instruction, such as `13.0`.
  public var version: String
  /// After how many requests a new file begins; at least 1.
  public var requestsPerFile: Int
  /// What QuickBooks does after a document that fails.
  ///
  /// List entries always go on: one that exists already fails, and that is as it should be.
  public var onError: OnError
  /// The name of the accounts receivable account.
  public var receivableAccount: String
  /// The sales tax code that items and lines bear; empty for none.
  ///
  /// A company file that charges sales tax would take our lines as taxable unless they bear its code
  /// for what is not taxable, `Non` unless somebody has renamed it; one that does not would refuse
  /// any code.
  public var salesTaxCode: String
  /// The type of new items.
  public var newItems: ItemType

  /// The usual choices, or others.
  public init(
    version: String = "13.0", requestsPerFile: Int = 500, onError: OnError = .continueOnError,
    receivableAccount: String = "Accounts Receivable", salesTaxCode: String = "",
    newItems: ItemType = .service
  ) {
    self.version = version
    self.requestsPerFile = requestsPerFile
    self.onError = onError
    self.receivableAccount = receivableAccount
    self.salesTaxCode = salesTaxCode
    self.newItems = newItems
  }
}
