public import LoadOps
public import Vocabulary

/// What QuickBooks calls the things that LoadOps names: a company folder's `mapping.csv`.
///
/// The columns are `kind,loadops,quickbooks,account,note`, in any order. Names are compared exactly;
/// only income categories, which LoadOps keeps unique without regard to case, are looked up once more
/// without it when there is no exact row.
public struct MappingFile: Sendable {
  /// What a row maps.
  public enum Kind: String, Sendable, CaseIterable {
    /// An income category to an item.
    case item
    /// A customer to a customer or job.
    case customer
    /// Terms of payment to terms.
    case terms
    /// A terminal or division to a class.
    case className = "class"
    /// A header of an export to a field of the canonical layout.
    case column
  }

  /// A row of the file.
  public struct Row: Sendable, Hashable {
    /// Its position in ``MappingFile/rows``.
    public var index: Int
    /// The line it begins on, from 1.
    public var line: Int
    /// What it maps.
    public var kind: Kind
    /// The name in LoadOps.
    public var loadOps: String
    /// The name in QuickBooks, levels joined by colons; for columns a field's name, `ignore`, or `amounts of`
    /// and an income category.
    public var quickBooks: String
    /// The income account, for items.
    ///
    /// A row without one has the account that another row names for the same item.
    public var account: String?
    /// What somebody wanted to remember; empty for nothing.
    public var note: String
  }

  /// An item's row.
  public typealias ItemMapping = Row

  /// What a column of an export is.
  public typealias Column = ColumnMeaning

  /// The columns of the file, in the order of a new one.
  public static let columnNames = ["kind", "loadops", "quickbooks", "account", "note"]

  /// All rows, in file order; exact repetitions included.
  public private(set) var rows: [Row] = []
  /// What the file says about headers, by `HeaderName.normalised(_:)`.
  public private(set) var columns: [String: Column] = [:]
  private var byName: [Kind: [String: Int]] = [:]
  /// Items by lower-case name; nil where rows of different content share it.
  private var foldedItems: [String: Int?] = [:]
  private let layout: TableLayout

  /// A mapping with nothing in it.
  public static let empty = MappingFile(layout: TableLayout(names: columnNames))

  init(layout: TableLayout) {
    self.layout = layout
  }

  /// Reads a mapping file; a missing file is an empty mapping.
  ///
  /// - Throws: `Failure` with cause `settingsWrong`: the first problem, with the count of further
  ///   ones; ``check(path:)`` gives them all.
  public static func load(path: String) throws(Failure) -> MappingFile {
    let (mapping, problems) = check(path: path)
    if let failure = Failure.first(of: problems) { throw failure }
    return mapping ?? .empty
  }

  /// Whether there are no rows.
  public var isEmpty: Bool { rows.isEmpty }

  /// The item for an income category.
  public func item(for category: String) -> ItemMapping? {
    if let row = row(.item, category) { return row }
    return foldedItems[category.lowercased()].flatMap { $0 }.map { rows[$0] }
  }

  /// The QuickBooks customer for a LoadOps customer.
  public func customer(for name: String) -> Row? { row(.customer, name) }

  /// The QuickBooks terms for terms in LoadOps.
  public func terms(for name: String) -> Row? { row(.terms, name) }

  /// The class for a terminal or division.
  public func className(for name: String) -> Row? { row(.className, name) }

  /// What a header of an export means, when the file says so.
  public func column(for header: String) -> Column? { columns[HeaderName.normalised(header)] }

  /// The rows of a kind, in file order.
  public func rows(of kind: Kind) -> [Row] { rows.filter { $0.kind == kind } }

  private func row(_ kind: Kind, _ name: String) -> Row? {
    byName[kind]?[name].map { rows[$0] }
  }

  /// A sum of everything that has an effect: notes, order and repetitions have none.
  public var fingerprint: Fingerprint {
    let effective = Set(
      rows.map { [$0.kind.rawValue, $0.loadOps, $0.quickBooks, $0.account ?? ""] })
    var hasher = FingerprintHasher()
    for texts in effective.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      for text in texts { hasher.update(text) }
    }
    return hasher.finish()
  }
}

extension MappingFile {
  /// The line that adds a row to a file with the columns of ``columnNames``, without line end.
  public static func line(
    kind: Kind, loadops: String, quickbooks: String, account: String? = nil, note: String? = nil
  ) -> String {
    let cells = [
      kind.rawValue, MappingText.written(loadops), MappingText.written(quickbooks), account ?? "",
      note ?? "",
    ]
    return cells.map(TableLayout.quoted).joined(separator: ",")
  }

  /// The line that adds a row to this very file, in the order of its columns and with its delimiter.
  ///
  /// Nil when an account is given and the file has no such column. A note is left out when there is
  /// no column for it.
  public func line(
    kind: Kind, loadops: String, quickbooks: String, account: String? = nil, note: String? = nil
  ) -> String? {
    layout.line(
      [
        "kind": kind.rawValue, "loadops": MappingText.written(loadops),
        "quickbooks": MappingText.written(quickbooks),
        "account": account ?? "", "note": note ?? "",
      ], dropping: ["note"])
  }

  /// Whether a line may have a note.
  var hasNotes: Bool { layout.has("note") }

  /// The income category whose amounts a column holds: `amounts of Detention`; nil for other meanings.
  static func category(ofAmounts text: String) -> String? {
    let words = "amounts of "
    guard text.hasPrefix(words), text.count > words.count else { return nil }
    return String(text.dropFirst(words.count))
  }

  /// The income categories that a column of amounts may be named after, by normalised header.
  var categories: [String: String] {
    var categories: [String: String] = [:]
    for row in rows(of: .item) { categories[HeaderName.normalised(row.loadOps)] = row.loadOps }
    categories[""] = nil
    return categories
  }

  /// Takes a row in; the caller has seen that it contradicts no other.
  mutating func append(_ row: Row) {
    var row = row
    row.index = rows.count
    rows.append(row)
    if row.kind == .column {
      columns[HeaderName.normalised(row.loadOps)] =
        Field(rawValue: row.quickBooks).map(Column.field)
        ?? MappingFile.category(ofAmounts: row.quickBooks).map { Column.amounts(of: $0) }
        ?? .ignored
    }
    if byName[row.kind, default: [:]][row.loadOps] == nil {
      byName[row.kind, default: [:]][row.loadOps] = row.index
    }
    guard row.kind == .item else { return }
    let folded = row.loadOps.lowercased()
    if let known = foldedItems[folded] {
      if let known, rows[known].quickBooks != row.quickBooks {
        foldedItems.updateValue(nil, forKey: folded)
      }
    } else {
      foldedItems.updateValue(row.index, forKey: folded)
    }
  }

  /// Gives item rows without an account the one that another row names for the same item.
  mutating func completeAccounts() {
    var accounts: [String: String] = [:]
    for row in rows where row.account != nil { accounts[row.quickBooks] = row.account }
    for index in rows.indices where rows[index].kind == .item && rows[index].account == nil {
      rows[index].account = accounts[rows[index].quickBooks]
    }
  }
}
