internal import Sheets
internal import Vocabulary

/// Finds the header row of a CSV export and what separates its cells.
struct CSVHeader {
  let columns: CSVColumns
  let delimiter: UInt8
  /// The header row as it stands but for its line end, to recognise it when files were joined end to end.
  let bytes: [UInt8]
  /// The line of the header row.
  let line: Int
  /// The line behind the header row.
  let nextLine: Int
  /// What stands above the header row: the first filled cell of each row.
  let titles: [String]

  /// What is said of a file without a header that is known.
  static let unrecognised = "is no export that LoadBooks can read"
  /// How many rows of titles and filters may stand above the header.
  private static let longestPreamble = 20

  /// Looks at the first rows; the window then begins behind the header row.
  static func find(
    in window: ByteWindow, meanings: [String: ColumnMeaning], options: LayoutOptions
  ) throws(Failure) -> CSVHeader {
    while window.bytes.count - window.start < 65_536, !window.isAtEnd { _ = try window.fill() }
    var nearest = CSVColumns.Mismatch.unrecognised
    var nearestPlace: (line: Int, range: Range<Int>)?
    // A title such as `Company,Bluebonnet` is the header of a customer list by itself; a header of
    // invoices below it says that it is none.
    var candidate: (CSVHeader, end: Int)?
    var invoices: (CSVColumns.Mismatch, (line: Int, range: Range<Int>))?
    var amounts: (categories: [String], unknown: [String]) = ([], [])
    let zero = window.source.hasNUL ? window.bytes.firstIndex(of: 0) : nil
    var titles: [String] = []
    var index = window.start
    var line = 1
    var delimiters = CSVDialect.delimiters
    if let (mark, next) = CSVDialect.declaration(window.bytes.buffer.span, from: index) {
      (delimiters, line, index) = ([mark], 2, next)
    }
    for _ in 0..<longestPreamble where index < window.bytes.count {
      var next = index
      var last: [String] = []
      for delimiter in delimiters {
        guard let (headers, end) = row(window, index, delimiter) else { continue }
        next = max(next, end)
        // Most of them separate nothing in it, and are answered alike.
        if headers == last { continue }
        last = headers
        do throws(CSVColumns.Mismatch) {
          let columns = try CSVColumns(
            headers: headers, meanings: meanings, options: options)
          let header = CSVHeader(
            columns: columns, delimiter: delimiter,
            bytes: withoutLineEnd(window.bytes[index..<end]), line: line,
            nextLine: line + LineEnds.count(window.bytes, index..<end), titles: titles)
          if columns.kind == .invoices, zero.map({ $0 >= end }) ?? true {
            window.start = end
            return header
          }
          if candidate == nil, !Prose.isSentence(headers, columns) { candidate = (header, end) }
        } catch {
          if case .unrecognised = error { continue }
          if CSVColumns.looksLikeInvoices(headers.map(HeaderName.normalised), meanings) {
            if invoices == nil {
              invoices = (error, (line, index..<end))
              amounts = CSVColumns.amountColumns(headers, meanings, options)
            }
          } else if case .unrecognised = nearest {
            (nearest, nearestPlace) = (error, (line, index..<end))
          }
        }
      }
      // Only a row of records may hold a zero byte; whoever writes one above them writes no text.
      if let zero, zero < next { throw noText(window) }
      guard next > index else { break }
      if let (cells, _) = row(window, index, delimiters[0]),
        let title = cells.first(where: { !$0.isEmpty })
      {
        titles.append(title)
      }
      line += LineEnds.count(window.bytes, index..<next)
      index = next
    }
    if let (mismatch, place) = invoices {
      throw failure(window, mismatch, place, amounts, options)
    }
    guard let (header, end) = candidate else { throw failure(window, nearest, nearestPlace) }
    window.start = end
    return header
  }

  private static func noText(_ window: ByteWindow) -> Failure {
    Failure(
      .inputUnreadable, "\(window.path) is not a text file",
      remedy: "give the CSV or JSON export from LoadOps")
  }

  private static func withoutLineEnd(_ row: Slice<WindowBytes>) -> [UInt8] {
    var row = row
    while row.last == 0x0A || row.last == 0x0D { row.removeLast() }
    return Array(row)
  }

  private static func row(
    _ window: ByteWindow, _ index: Int, _ delimiter: UInt8
  ) -> (headers: [String], end: Int)? {
    var cells: [CSVCell] = []
    let bytes = window.bytes.buffer
    let outcome = CSVRowParser.parse(
      bytes.span, from: index, isLast: window.isAtEnd, delimiter: delimiter, cells: &cells)
    guard case .row(let next) = outcome else { return nil }
    let headers = cells.map { cell -> String in
      var text: [UInt8] = []
      CSVRowParser.decode(bytes.span, Int(cell.start)..<Int(cell.end), into: &text)
      return String(decoding: text[OuterBlanks.trimmed(text.span, text.indices)], as: UTF8.self)
    }
    return (headers, next)
  }

  private static func failure(
    _ window: ByteWindow, _ mismatch: CSVColumns.Mismatch, _ place: (line: Int, range: Range<Int>)?,
    _ amounts: (categories: [String], unknown: [String]) = ([], []),
    _ options: LayoutOptions = .flatOnly
  ) -> Failure {
    let categories = amounts.categories.prefix(4).joined(separator: ", ")
    let location = window.source.location(line: place?.line ?? 1)
    var text = String(
      decoding: window.bytes[place?.range ?? 0..<min(200, window.bytes.count)], as: UTF8.self)
    text = String(text.prefix { !$0.isNewline }.prefix(200))
    let excerpt = Excerpt(text: text, markStart: 0, markLength: text.count)
    switch mismatch {
    case .collision(let first, let second, let field):
      return Failure(
        .inputUnreadable,
        "columns \"\(first)\" and \"\(second)\" of \(window.path) both look like \(field.name)",
        remedy: "let mapping.csv name only one of them for it", location: location,
        excerpt: excerpt)
    case .amountsBesideLines(let header, let category):
      return Failure(
        .inputUnreadable,
        "\(window.path) has a row for each line of an invoice, so its column \"\(header)\" cannot hold "
          + "amounts of \(category) besides",
        remedy:
          "if its amounts belong to the invoices, export them as lines of their own; if not, say so in "
          + "mapping.csv: column,\(header),ignore,,", location: location, excerpt: excerpt)
    case .incomplete(.invoices, let missing, _)
    where missing.allSatisfy { $0 == .category || $0 == .amount } && options.acceptsWide
      && !amounts.categories.isEmpty && !amounts.unknown.isEmpty:
      let unknown = amounts.unknown.prefix(4).joined(separator: ", ")
      return Failure(
        .inputUnreadable,
        "\(window.path) has columns of amounts (\(categories)), but no total, so nobody would notice if "
          + "\(unknown) \(amounts.unknown.count == 1 ? "holds" : "hold") amounts as well",
        remedy:
          "say in mapping.csv what it is: column,\(amounts.unknown[0]),amounts of INCOME CATEGORY,, or "
          + "column,\(amounts.unknown[0]),ignore,,; or export the invoice total, too",
        location: location, excerpt: excerpt)
    case .incomplete(.invoices, let missing, _)
    where missing.allSatisfy { $0 == .category || $0 == .amount }:
      return Failure(
        .inputUnreadable,
        "\(window.path) lists invoices without their lines: it has no \(names(missing)) column",
        remedy: "export the invoices with their line items, one row per line; "
          + (categories.isEmpty
            ? "or set layouts.header_only to the income category that each total shall go to"
            : "or set layouts.wide to accept, if \(categories) are columns of amounts"),
        location: location, excerpt: excerpt)
    case .incomplete(let kind, let missing, _):
      return Failure(
        .inputUnreadable,
        "\(window.path) looks like a list of \(kind.rawValue), but has no \(names(missing)) column",
        remedy: "add the column, or name the one that holds it in mapping.csv: "
          + "column,YOUR HEADER,\(missing[0].name),,", location: location, excerpt: excerpt)
    case .unrecognised where window.source.size == 0:
      return Failure(
        .inputUnreadable, "\(window.path) is empty",
        remedy: "export the file again; if it is still being written, wait until that is done")
    case .unrecognised where CSVDialect.declaration(window.bytes.buffer.span, from: 0) != nil:
      return Failure(
        .inputUnreadable,
        "\(window.path) \(unrecognised): its first line says that cells are separated by "
          + "\"\(text.last.map(String.init) ?? "")\", and separated like that its first \(longestPreamble) "
          + "rows hold no header with known columns",
        remedy: "delete the first line, or have the file written with that separator",
        location: location, excerpt: excerpt)
    case .unrecognised:
      return Failure(
        .inputUnreadable,
        "\(window.path) \(unrecognised): its first \(longestPreamble) rows "
          + "hold no header with known columns",
        remedy: "invoices need invoice_number, customer_name, invoice_date, category and amount; "
          + "customers need customer_name; income categories need pay_item",
        location: location, excerpt: excerpt)
    }
  }

  private static func names(_ fields: [Field]) -> String {
    fields.map(\.name).joined(separator: ", ")
  }
}
