/// How a file lays out what an invoice consists of.
public enum InvoiceLayout: String, Sendable, CaseIterable {
  /// One row for each line; what an invoice has once is repeated on each.
  case flat
  /// The same, but what an invoice has once stands on its first row only.
  case fillDown = "fill-down"
  /// One row for each invoice, with a column of amounts for each income category.
  case wide
  /// One row for each invoice with its total, and no lines.
  case headerOnly = "header-only"
  /// No invoices, but amounts of income for the invoices of a header-only file.
  case incomeLines = "income lines"

  /// Whether lines have their category and amount in columns that the file has not.
  var addsColumns: Bool { self == .wide || self == .headerOnly }
}

/// What the user's settings allow an export's layout to be, beside one row for each line.
public struct LayoutOptions: Sendable, Hashable {
  /// Whether a file may have a column of amounts for each income category.
  public var acceptsWide = false
  /// Whether a file may have invoices without lines.
  public var acceptsHeaderOnly = false
  /// Whether a file may hold nothing but amounts of income, by invoice number.
  public var acceptsIncomeLines = false
  /// The income categories that a column of amounts may be named after, by `HeaderName.normalised(_:)`.
  public var categories: [String: String] = [:]

  /// Nothing but one row for each line.
  public static let flatOnly = LayoutOptions()

  /// Options to be filled in.
  public init() {}
}
