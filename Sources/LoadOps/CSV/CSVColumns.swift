internal import Vocabulary

/// What the user's mapping file says about a header.
public enum ColumnMeaning: Hashable, Sendable {
  /// It holds this field.
  case field(Field)
  /// It is to be left alone.
  case ignored
}

/// Which field each column of a CSV export holds, told by its header row.
struct CSVColumns {
  /// What the file holds.
  let kind: RecordKind
  /// Where each field is.
  let layout: RecordLayout
  /// The headers as they stand, for excerpts and for `held.csv`.
  let headers: [String]
  /// Headers that mean nothing to us.
  let unknown: [String]

  /// Why a row is no header row.
  enum Mismatch: Error {
    /// Two columns for one field.
    case collision(first: String, second: String, field: Field)
    /// Looks like a list of this kind, but lacks what it must have.
    case incomplete(RecordKind, missing: [Field], known: Int)
    /// Nothing we know.
    case unrecognised
  }

  /// Tells columns by a header row and the user's own names for them.
  init(headers: [String], meanings: [String: ColumnMeaning]) throws(Mismatch) {
    var best: (RecordKind, [Field: Int], [Int])?
    var nearest: Mismatch = .unrecognised
    for kind in [RecordKind.invoices, .incomeCategories, .customers] {
      let columns: [Field: Int]
      let unknown: [Int]
      do throws(Mismatch) {
        (columns, unknown) = try CSVColumns.match(headers, kind, meanings)
      } catch {
        if case .unrecognised = nearest { nearest = error }
        continue
      }
      let missing = CSVColumns.missing(columns, kind)
      guard missing.isEmpty else {
        if columns.count >= 2, CSVColumns.better(columns.count, than: nearest) {
          nearest = .incomplete(kind, missing: missing, known: columns.count)
        }
        continue
      }
      if best == nil { best = (kind, columns, unknown) }
    }
    guard let (kind, columns, unknown) = best else { throw nearest }
    self.kind = kind
    self.headers = headers
    self.layout = RecordLayout(width: headers.count, columns: columns)
    self.unknown = unknown.map { headers[$0] }.filter { !$0.isEmpty }
  }

  private static func better(_ known: Int, than mismatch: Mismatch) -> Bool {
    guard case .incomplete(_, _, let other) = mismatch else { return true }
    return known > other
  }

  /// The fields without which a file is not of a kind.
  private static func missing(_ columns: [Field: Int], _ kind: RecordKind) -> [Field] {
    switch kind {
    case .invoices:
      [Field.invoiceNumber, .customerName, .invoiceDate, .category, .amount].filter {
        columns[$0] == nil
      }
    case .incomeCategories:
      columns[.payItem] == nil || headersOfInvoices(columns) ? [.payItem] : []
    case .customers: columns[.customerName] == nil ? [.customerName] : []
    }
  }

  private static func headersOfInvoices(_ columns: [Field: Int]) -> Bool {
    columns[.invoiceNumber] != nil || columns[.amount] != nil
  }

  private static func match(
    _ headers: [String], _ kind: RecordKind, _ meanings: [String: ColumnMeaning]
  ) throws(Mismatch) -> ([Field: Int], [Int]) {
    let aliases = Field.aliases(of: kind)
    var columns: [Field: Int] = [:]
    var unknown: [Int] = []
    var exact: Set<Field> = []
    for (column, header) in headers.enumerated() {
      let name = HeaderName.normalised(header)
      if case .field(let field)? = meanings[name], field.belongs(to: kind) {
        columns[field] = column
        exact.insert(field)
      }
    }
    for (column, header) in headers.enumerated() where columns.values.contains(column) == false {
      let name = HeaderName.normalised(header)
      if meanings[name] == .ignored { continue }
      guard let field = aliases[name] else {
        if !Field.isKnownButNotCarried(name) { unknown.append(column) }
        continue
      }
      guard let other = columns[field] else {
        columns[field] = column
        if header == field.name { exact.insert(field) }
        continue
      }
      // The canonical name, or the user's own choice, wins over an alias; two aliases contradict.
      if exact.contains(field) {
        unknown.append(column)
      } else if header == field.name {
        unknown.append(other)
        columns[field] = column
        exact.insert(field)
      } else {
        throw .collision(first: headers[other], second: header, field: field)
      }
    }
    // LoadOps uses one value for both, so a load id alone is the invoice number.
    if kind == .invoices, columns[.invoiceNumber] == nil, let load = columns[.loadID] {
      columns[.invoiceNumber] = load
      columns[.loadID] = nil
    }
    return (columns, unknown)
  }
}

/// The column that `held.csv` adds in front; a held file that is dropped again still has it.
public enum HeldColumn {
  /// Its header.
  public static let name = "held_because"
}
