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
    /// Somebody asked to take a run back.
    public static let undoBegun = Kind(rawValue: "undo-begun")
    /// A run was taken back: its invoices may be sent again.
    public static let runUndone = Kind(rawValue: "run-undone")
    /// An invoice, or a customer, came onto the suppression list.
    public static let suppressed = Kind(rawValue: "suppressed")
    /// An invoice, or a customer, came off the suppression list.
    public static let released = Kind(rawValue: "released")
    /// Somebody said that an invoice was entered in QuickBooks by hand.
    public static let adopted = Kind(rawValue: "adopted")
    /// What somebody said to have entered by hand counts no more.
    public static let adoptionWithdrawn = Kind(rawValue: "adoption-withdrawn")
  }

  /// When, ISO 8601 with zone.
  public var at: String
  /// The id of the run it happened to, or in.
  public var run: String?
  /// The number of the invoice it happened to.
  public var invoice: String?
  /// The customer it happened to, by its name in LoadOps.
  public var customer: String?
  /// What happened.
  public var kind: Kind
  /// The details, for people.
  public var detail: String
  /// Who did it; empty when nobody is named.
  public var by: String

  /// An event.
  public init(
    at: String, run: String? = nil, invoice: String? = nil, customer: String? = nil, kind: Kind,
    detail: String, by: String = ""
  ) {
    self.at = at
    self.run = run
    self.invoice = invoice
    self.customer = customer
    self.kind = kind
    self.detail = detail
    self.by = by
  }
}
