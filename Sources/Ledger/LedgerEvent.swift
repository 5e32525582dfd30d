/// Something that happened to a run or an invoice; the ledger only ever adds events.
public struct LedgerEvent: Hashable, Sendable {
  /// What kind of thing happened; stored as text, so that later versions may know more kinds.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    /// The stored text.
    public var rawValue: String

    /// A kind with this text.
    public init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// A run was taken back before its files had their names.
    public static let runForgotten = Kind(rawValue: "run-forgotten")
    /// A run that was cut off was finished by a later one.
    public static let runSettled = Kind(rawValue: "run-settled")
  }

  /// When, ISO 8601 with zone.
  public var at: String
  /// The id of the run it happened to, or in.
  public var run: String?
  /// The number of the invoice it happened to.
  public var invoice: String?
  /// What happened.
  public var kind: Kind
  /// The details, for people.
  public var detail: String

  /// An event.
  public init(at: String, run: String?, invoice: String?, kind: Kind, detail: String) {
    self.at = at
    self.run = run
    self.invoice = invoice
    self.kind = kind
    self.detail = detail
  }
}
