/// The choices a user has about the IIF files we write.
///
/// IIF (Intuit Interchange Format) is plain text, one record a line, fields divided by tabs. It has no
/// formal grammar; what we write keeps to the part that every importer of QuickBooks Desktop reads the
/// same way: the old one, the "import without review" of 2019 and later, and the new one.
public struct IIFFormat: Hashable, Sendable {
  /// Which characters a file may hold.
  public enum Encoding: String, Hashable, Sendable, CaseIterable {
    /// Seven bits; accented letters lose their accents.
    case ascii
    /// The Windows code page of Western Europe and the Americas, which the older importer reads.
    case windows1252
  }

  /// How dates are written; QuickBooks reads them by the regional setting of its computer.
  public enum DateFormat: String, Hashable, Sendable, CaseIterable {
    /// `12/31/2026`, as in the United States.
    case monthDayYear = "mm/dd/yyyy"
    /// `31/12/2026`
    case dayMonthYear = "dd/mm/yyyy"
    /// `2026-12-31`
    case yearMonthDay = "yyyy-mm-dd"
  }

  /// Which characters a file may hold.
  public var encoding: Encoding
  /// How dates are written.
  public var dates: DateFormat
  /// After how many invoices and credit memos a new file begins; at least 1.
  public var documentsPerFile: Int
  /// The name of the accounts receivable account.
  public var receivableAccount: String

  /// The usual choices, or others.
  public init(
    encoding: Encoding = .ascii, dates: DateFormat = .monthDayYear, documentsPerFile: Int = 500,
    receivableAccount: String = "Accounts Receivable"
  ) {
    self.encoding = encoding
    self.dates = dates
    self.documentsPerFile = documentsPerFile
    self.receivableAccount = receivableAccount
  }
}
