internal import Vocabulary

/// What the user's mapping file says about a header.
public enum ColumnMeaning: Hashable, Sendable {
  /// It holds this field.
  case field(Field)
  /// It holds the amounts of this income category, a line of the invoice in each row.
  case amounts(of: String)
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
  /// How invoices are laid out.
  let invoiceLayout: InvoiceLayout
  /// The columns that hold the amounts of an income category, in the wide layout.
  let wide: [(column: Int, category: String)]
  /// Whether the rate is read as the amount, because there is nothing else that could be it.
  let readsRateAsAmount: Bool
  /// Where the lines of the wide layout have their category and amount: two columns behind the file's.
  var lineColumns: (category: Int, amount: Int) { (headers.count, headers.count + 1) }

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
  init(
    headers: [String], meanings: [String: ColumnMeaning], options: LayoutOptions = .flatOnly
  ) throws(Mismatch) {
    var best: (RecordKind, [Field: Int], [Int])?
    var shape = Shape()
    var nearest: Mismatch = .unrecognised
    let names = headers.map(HeaderName.normalised)
    let kinds: [RecordKind] =
      CSVColumns.looksLikeInvoices(names, meanings)
      ? [.invoices] : [.invoices, .incomeCategories, .customers]
    for kind in kinds {
      var columns: [Field: Int]
      var unknown: [Int]
      do throws(Mismatch) {
        (columns, unknown) = try CSVColumns.match(headers, names, kind, meanings)
      } catch {
        if case .unrecognised = nearest { nearest = error }
        continue
      }
      if kind == .invoices {
        shape = Shape(&columns, &unknown, headers: headers, names, meanings, options)
      }
      let missing = shape.layout == .incomeLines ? [] : CSVColumns.missing(columns, kind)
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
    let isInvoices = kind == .invoices
    invoiceLayout = isInvoices ? shape.layout : .flat
    wide = isInvoices ? shape.wide : []
    readsRateAsAmount = isInvoices && shape.readsRateAsAmount
    self.layout = RecordLayout(
      width: headers.count + (invoiceLayout.addsColumns ? 2 : 0), columns: columns)
    self.unknown = unknown.map { headers[$0] }.filter { !$0.isEmpty }
  }

  /// How invoices are laid out, told by which columns there are.
  private struct Shape {
    var layout = InvoiceLayout.flat
    var wide: [(column: Int, category: String)] = []
    var readsRateAsAmount = false

    init() {}

    /// Settles the layout; the columns of lines that a file lacks are added behind its own.
    init(
      _ columns: inout [Field: Int], _ unknown: inout [Int], headers: [String], _ names: [String],
      _ meanings: [String: ColumnMeaning], _ options: LayoutOptions
    ) {
      if options.acceptsIncomeLines, columns[.invoiceNumber] != nil, columns[.amount] != nil,
        columns[.customerName] == nil, columns[.invoiceDate] == nil
      {
        layout = .incomeLines
        return
      }
      if columns[.category] != nil {
        // In files with one row for each load, the rate is what the load was sold for.
        if columns[.amount] == nil, columns[.quantity] == nil, columns[.invoiceTotal] == nil,
          let rate = columns[.rate]
        {
          (columns[.amount], columns[.rate], readsRateAsAmount) = (rate, nil, true)
        }
        return
      }
      let found = CSVColumns.amounts(names, unknown, meanings, options)
      let hasLines = !found.isEmpty && options.acceptsWide
      guard hasLines || options.acceptsHeaderOnly else { return }
      // A single amount in a file without lines is the invoice's.
      var total = columns[.invoiceTotal]
      if total == nil, let amount = columns[.amount] {
        (total, columns[.invoiceTotal]) = (amount, amount)
      } else if total == nil, found.isEmpty, columns[.quantity] == nil, let rate = columns[.rate] {
        (total, columns[.invoiceTotal], columns[.rate], readsRateAsAmount) = (rate, rate, nil, true)
      }
      if hasLines {
        // Without a total nobody would notice that a column with money in it is not understood.
        let others = unknown.filter { column in !found.contains { $0.column == column } }
        guard total != nil || others.allSatisfy({ names[$0].isEmpty }) else { return }
        (layout, wide, unknown) = (.wide, found, others)
      } else {
        guard total != nil else { return }
        layout = .headerOnly
      }
      (columns[.category], columns[.amount]) = (headers.count, headers.count + 1)
    }
  }

  /// The columns that hold the amounts of an income category.
  private static func amounts(
    _ names: [String], _ unknown: [Int], _ meanings: [String: ColumnMeaning],
    _ options: LayoutOptions
  ) -> [(column: Int, category: String)] {
    unknown.compactMap { column in
      if case .amounts(let category)? = meanings[names[column]] { return (column, category) }
      return options.categories[names[column]].map { (column, $0) }
    }
  }

  /// The income categories that headers are named after, for telling what a refused file could be.
  static func categories(_ headers: [String], _ options: LayoutOptions) -> [String] {
    headers.filter { options.categories[HeaderName.normalised($0)] != nil }
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
    case .incomeCategories: columns[.payItem] == nil ? [.payItem] : []
    case .customers: columns[.customerName] == nil ? [.customerName] : []
    }
  }

  /// Whether headers are those of invoices, be they complete or not.
  ///
  /// A customer list needs no more than a name and a list of categories no more than a pay item. An
  /// invoice file that lacks a column has those too, and must not be read as one of them.
  static func looksLikeInvoices(_ names: [String], _ meanings: [String: ColumnMeaning]) -> Bool {
    let aliases = Field.aliases(of: .invoices)
    let fields = names.compactMap { name -> Field? in
      switch meanings[name] {
      case .field(let field)?: return field
      case .ignored?, .amounts?: return nil
      case nil: return aliases[name]
      }
    }
    let known = Set(fields.map { $0 == .loadID ? .invoiceNumber : $0 })
    let ofCharges = known.intersection([.invoiceDate, .category, .amount, .invoiceTotal])
    let ofRecords = known.intersection([.invoiceNumber, .customerName])
    return ofCharges.count + ofRecords.count >= 3
      || known.contains(.invoiceNumber) && !ofCharges.isEmpty
  }

  private static func match(
    _ headers: [String], _ names: [String], _ kind: RecordKind, _ meanings: [String: ColumnMeaning]
  ) throws(Mismatch) -> ([Field: Int], [Int]) {
    let aliases = Field.aliases(of: kind)
    var columns: [Field: Int] = [:]
    var unknown: [Int] = []
    var exact: Set<Field> = []
    for (column, header) in headers.enumerated() {
      if case .field(let field)? = meanings[names[column]], field.belongs(to: kind) {
        if let other = columns[field] {
          throw .collision(first: headers[other], second: header, field: field)
        }
        columns[field] = column
        exact.insert(field)
      }
    }
    for (column, header) in headers.enumerated() where columns.values.contains(column) == false {
      if meanings[names[column]] == .ignored { continue }
      if case .amounts? = meanings[names[column]] {
        unknown.append(column)
        continue
      }
      guard let field = aliases[names[column]] else {
        if !Field.isKnownButNotCarried(names[column]) { unknown.append(column) }
        continue
      }
      guard let other = columns[field] else {
        columns[field] = column
        if header == field.name { exact.insert(field) }
        continue
      }
      // The canonical name, or the user's own choice, wins over an alias; two aliases contradict, and
      // so does one header that stands twice.
      if exact.contains(field), header != headers[other] {
        unknown.append(column)
      } else if !exact.contains(field), header == field.name {
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
  /// What stands in front of the text of a row that could not be split.
  ///
  /// While a reason holds it, the row's cells are not the whole row, and reading it again must not make
  /// an invoice of them.
  public static let originalMark = "original row: "
  /// Reasons that rest on other rows or files than the row itself: alone, it would look right.
  public static let reasonsBeyondTheRow = [
    "same-number-different-content", "dates-mixed", "invoice-may-be-incomplete",
    "customer-name-clash", "invoice-number-taken",
  ]
  /// Reasons that rest on the list of customers.
  public static let reasonsOfCustomers = [
    "customer-unknown", "customer-id-disagrees", "customer-listed-twice",
  ]
}
