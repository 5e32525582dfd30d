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
  /// Columns that land on one field with another one, which is taken; both must say the same in every row.
  let doubles: [(field: Field, column: Int, taken: Int)]
  /// Columns without a header.
  let unnamed: [Int]
  /// Whether what stands in a column without a header may be an amount that nobody would miss.
  var mustKnowAll: Bool {
    invoiceLayout == .wide && layout.column(of: .invoiceTotal) == nil
  }
  /// Where the lines of the wide layout have their category and amount: two columns behind the file's.
  var lineColumns: (category: Int, amount: Int) { (headers.count, headers.count + 1) }

  /// Why a row is no header row.
  enum Mismatch: Error {
    /// Two columns for one field.
    case collision(first: String, second: String, field: Field)
    /// Looks like a list of this kind, but lacks what it must have.
    case incomplete(RecordKind, missing: [Field], known: Int)
    /// A column of amounts of an income category, in a file with a row for each line.
    case amountsBesideLines(header: String, category: String)
    /// Nothing we know.
    case unrecognised
  }

  /// Tells columns by a header row and the user's own names for them.
  init(
    headers: [String], meanings: [String: ColumnMeaning], options: LayoutOptions = .flatOnly
  ) throws(Mismatch) {
    var best: (RecordKind, Match)?
    var shape = Shape()
    var nearest: Mismatch = .unrecognised
    let names = headers.map(HeaderName.normalised)
    let kinds: [RecordKind] =
      CSVColumns.looksLikeInvoices(names, meanings)
      ? [.invoices] : [.invoices, .incomeCategories, .customers]
    for kind in kinds {
      var match: Match
      do throws(Mismatch) {
        match = try CSVColumns.match(headers, names, kind, meanings)
      } catch {
        if case .unrecognised = nearest { nearest = error }
        continue
      }
      if kind == .invoices {
        shape = Shape(
          &match.columns, &match.unknown, headers: headers, names, meanings, options)
      }
      if let (column, category) = shape.stray {
        nearest = .amountsBesideLines(header: headers[column], category: category)
        continue
      }
      let columns = match.columns
      let missing = shape.layout == .incomeLines ? [] : CSVColumns.missing(columns, kind)
      guard missing.isEmpty else {
        if columns.count >= 2, CSVColumns.better(columns.count, than: nearest) {
          nearest = .incomplete(kind, missing: missing, known: columns.count)
        }
        continue
      }
      if best == nil { best = (kind, match) }
    }
    guard let (kind, match) = best else { throw nearest }
    self.kind = kind
    self.headers = headers
    let isInvoices = kind == .invoices
    invoiceLayout = isInvoices ? shape.layout : .flat
    wide = isInvoices ? shape.wide : []
    readsRateAsAmount = isInvoices && shape.readsRateAsAmount
    self.layout = RecordLayout(
      width: headers.count + (invoiceLayout.addsColumns ? 2 : 0), columns: match.columns)
    self.unknown = match.unknown.map { headers[$0] }.filter { !$0.isEmpty }
    unnamed = match.unknown.filter { headers[$0].isEmpty }
    doubles = match.doubles.compactMap { field, column in
      match.columns[field].map { (field, column, $0) }
    }
  }

  /// How invoices are laid out, told by which columns there are.
  private struct Shape {
    var layout = InvoiceLayout.flat
    var wide: [(column: Int, category: String)] = []
    var readsRateAsAmount = false
    /// A column of amounts where there is a row for each line.
    var stray: (column: Int, category: String)?

    init() {}

    /// Settles the layout; the columns of lines that a file lacks are added behind its own.
    init(
      _ columns: inout [Field: Int], _ unknown: inout [Int], headers: [String], _ names: [String],
      _ meanings: [String: ColumnMeaning], _ options: LayoutOptions
    ) {
      // LoadOps's own lists of income name the customer beside the day of the payment.
      if options.acceptsIncomeLines, columns[.invoiceNumber] != nil, columns[.amount] != nil,
        columns[.invoiceDate] == nil,
        columns[.customerName] == nil || columns[.paidOn] != nil && columns[.invoiceTotal] == nil
      {
        layout = .incomeLines
        return
      }
      if columns[.category] != nil {
        stray = CSVColumns.amounts(names, unknown, meanings, options).first
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
        // Where a column is named after an income category, the total is not all there is to know.
        guard total != nil, found.isEmpty else { return }
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

  /// The columns of a refused file that may hold amounts, and those that mean nothing to us.
  static func amountColumns(
    _ headers: [String], _ meanings: [String: ColumnMeaning], _ options: LayoutOptions
  ) -> (categories: [String], unknown: [String]) {
    let names = headers.map(HeaderName.normalised)
    let match = try? match(headers, names, .invoices, meanings)
    let unknown = match?.unknown ?? []
    let found = amounts(names, unknown, meanings, options)
    let others = unknown.filter { column in !found.contains { $0.column == column } }
    return (found.map { headers[$0.column] }, others.map { headers[$0] }.filter { !$0.isEmpty })
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
    // Where a column says in so many words that it has invoice numbers, nothing else can be meant: two columns
    // of an export of invoices would make customers known that nobody has listed.
    let saysSo = zip(names, names.map { meanings[$0] }).contains { name, meaning in
      if case .field(let field)? = meaning { return field == .invoiceNumber }
      return meaning == nil && name == invoiceNumberName
    }
    return saysSo || ofCharges.count + ofRecords.count >= 3
      || known.contains(.invoiceNumber) && !ofCharges.isEmpty
  }

  private static let invoiceNumberName = HeaderName.normalised(Field.invoiceNumber.name)

  private static func match(
    _ headers: [String], _ names: [String], _ kind: RecordKind, _ meanings: [String: ColumnMeaning]
  ) throws(Mismatch) -> Match {
    let aliases = Field.aliases(of: kind)
    var columns: [Field: Int] = [:]
    var unknown: [Int] = []
    var doubles: [(field: Field, column: Int)] = []
    var chosen: Set<Field> = []
    for (column, header) in headers.enumerated() {
      if case .field(let field)? = meanings[names[column]], field.belongs(to: kind) {
        if let other = columns[field] {
          throw .collision(first: headers[other], second: header, field: field)
        }
        columns[field] = column
        chosen.insert(field)
      }
    }
    for column in headers.indices where columns.values.contains(column) == false {
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
        continue
      }
      // The user's own choice wins; otherwise the nearest name is taken, and the other column must say the
      // same in every row.
      if chosen.contains(field) {
        unknown.append(column)
      } else if Field.rank(of: names[column], in: kind) < Field.rank(of: names[other], in: kind) {
        doubles.append((field, other))
        columns[field] = column
      } else {
        doubles.append((field, column))
      }
    }
    // LoadOps uses one value for both, so a load id alone is the invoice number.
    if kind == .invoices, columns[.invoiceNumber] == nil, let load = columns[.loadID] {
      columns[.invoiceNumber] = load
      columns[.loadID] = nil
      for index in doubles.indices where doubles[index].field == .loadID {
        doubles[index].field = .invoiceNumber
      }
    }
    return Match(columns: columns, unknown: unknown, doubles: doubles)
  }

  /// Which columns hold which fields of a kind.
  private struct Match {
    var columns: [Field: Int]
    /// Columns that mean nothing to us, and those that hold amounts of an income category.
    var unknown: [Int]
    /// Columns for a field that another one is taken for.
    var doubles: [(field: Field, column: Int)]
  }
}

extension CSVColumns {
  /// The refusal of a file whose two columns for one field say different things.
  func disagreement(
    _ field: Field, _ column: Int, _ taken: Int, _ texts: (taken: String, other: String),
    in path: String, _ location: SourceLocation, _ excerpt: Excerpt
  ) -> Failure {
    let (first, second) = (headers[taken], headers[column])
    let isSame = HeaderName.normalised(first) == HeaderName.normalised(second)
    return Failure(
      .inputUnreadable,
      "columns \"\(first)\" and \"\(second)\" of \(path) both look like \(field.name), and differ: "
        + "\"\(texts.taken)\" and \"\(texts.other)\"",
      remedy: isSame
        ? "delete the column that is not meant, or give it another header; mapping.csv cannot tell them apart"
        : "say in mapping.csv which one to leave alone; probably this one: column,\(second),ignore,,",
      location: location, excerpt: excerpt)
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
    "customer-name-clash", "invoice-number-taken", "zeros-lost", "number-doubtful",
    "invoice-may-be-cut-off",
    // What was no text there is text here.
    "digits-lost", "cell-error",
  ]
  /// Reasons that rest on the list of customers.
  public static let reasonsOfCustomers = [
    "customer-unknown", "customer-id-disagrees", "customer-listed-twice",
  ]
}
