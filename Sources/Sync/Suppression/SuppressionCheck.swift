internal import Sheets
public import Vocabulary

extension SuppressionList {
  /// Reads a suppression list and tells everything that is wrong with it, in file order.
  ///
  /// The list has the rows without a problem; it is nil when the file cannot be read as a suppression
  /// list at all. A missing file is an empty list.
  public static func check(path: String) -> (SuppressionList?, [Failure]) {
    do {
      guard let table = try CSVTable(path: path) else { return (.empty, []) }
      return check(table)
    } catch {
      return (nil, [error])
    }
  }

  static func check(_ table: CSVTable) -> (SuppressionList?, [Failure]) {
    var problems: [Failure] = []
    guard
      let layout = TableLayout(
        table, names: columnNames + ["released"], required: ["reason"], problems: &problems)
    else { return (nil, problems) }
    let missing = ["invoice_number", "customer_name"].allSatisfy {
      layout.position($0) >= table.header.cells.count
    }
    if missing {
      problems.append(
        table.failure(
          table.header, table.header.cells.count,
          "there is neither a column \"invoice_number\" nor a column \"customer_name\"",
          remedy: "the first row must be: \(columnNames.joined(separator: ","))"))
      return (nil, problems)
    }
    var check = SuppressionCheck(table: table, layout: layout, problems: problems)
    for row in table.rows { check.read(row) }
    return (check.list, check.problems.inFileOrder())
  }
}

/// Reads the rows of a suppression list one after the other.
private struct SuppressionCheck {
  let table: CSVTable
  let layout: TableLayout
  var problems: [Failure]
  var list: SuppressionList
  /// The first unreleased row for each invoice and customer.
  private var first: [[String]: SuppressionList.Entry] = [:]

  init(table: CSVTable, layout: TableLayout, problems: [Failure]) {
    self.table = table
    self.layout = layout
    self.problems = problems
    self.list = SuppressionList(layout: layout, path: table.path)
  }

  mutating func read(_ source: CSVTable.Row) {
    if let overflow = layout.overflow(source, of: table) {
      problems.append(overflow)
      return
    }
    let before = problems.count
    let number = layout.cell("invoice_number", source)
    let customer = layout.cell("customer_name", source)
    if number.isEmpty, customer.isEmpty {
      problem(
        source, "invoice_number", "the row names neither an invoice nor a customer",
        "write an invoice number, or a customer name to suppress all of that customer's invoices")
    }
    if SuppressionCheck.isExponent(number) {
      problem(
        source, "invoice_number", "\"\(number)\" is what a spreadsheet makes of a long number",
        "format the column as text and write the invoice number in full")
    }
    let reason = layout.cell("reason", source)
    if reason.isEmpty {
      problem(source, "reason", "the reason is empty", "write why, in a few words")
    }
    let entry = SuppressionList.Entry(
      index: 0, line: source.line, bytes: source.bytes,
      invoiceNumber: number.isEmpty ? nil : number,
      customerName: customer.isEmpty ? nil : customer, reason: reason,
      by: layout.cell("by", source), date: date("date", source), until: date("until", source),
      released: released(source))
    if let date = entry.date, let until = entry.until, until < date {
      problem(
        source, "until", "the row ends on \(until), before it begins on \(date)",
        "correct one of the two dates")
    }
    guard problems.count == before else { return }
    checkContradiction(entry, source)
    guard problems.count == before else { return }
    list.append(entry)
  }

  private mutating func checkContradiction(
    _ entry: SuppressionList.Entry, _ source: CSVTable.Row
  ) {
    // A released row is history; the same invoice may be suppressed again.
    guard entry.released == nil else { return }
    let key = [entry.invoiceNumber ?? "", entry.customerName ?? ""]
    guard let earlier = first[key] else {
      first[key] = entry
      return
    }
    guard earlier.until != entry.until else { return }
    let what = entry.invoiceNumber.map { "invoice \"\($0)\"" } ?? "customer \"\(key[1])\""
    problem(
      source, "until",
      "\(what) is suppressed twice: \(SuppressionCheck.words(entry.until)) here"
        + " and \(SuppressionCheck.words(earlier.until)) on line \(earlier.line)",
      "keep one of the two rows")
  }

  private mutating func date(_ column: String, _ source: CSVTable.Row) -> CalendarDate? {
    let text = layout.cell(column, source)
    guard !text.isEmpty else { return nil }
    if let date = CalendarDate(iso: text) { return date }
    problem(
      source, column, "\"\(text)\" is not a date in the column \"\(column)\"",
      "write year, month and day like 2026-03-31; a spreadsheet keeps that in a column of text")
    return nil
  }

  private mutating func released(_ source: CSVTable.Row) -> CalendarDate? {
    let text = layout.cell("released", source)
    switch text.lowercased() {
    case "", "no", "false", "n": return nil
    case "yes", "true", "y", "x", "released": return CalendarDate(daysSince1970: 0)
    default:
      if let date = CalendarDate(iso: text) { return date }
      problem(
        source, "released", "\"\(text)\" does not tell whether the row is released",
        "write the day of the release like 2026-03-31, or yes; leave it empty while the row counts")
      return nil
    }
  }

  private mutating func problem(
    _ source: CSVTable.Row, _ column: String, _ message: String, _ remedy: String
  ) {
    problems.append(table.failure(source, layout.position(column), message, remedy: remedy))
  }

  private static func words(_ until: CalendarDate?) -> String {
    until.map { "until \($0)" } ?? "for ever"
  }

  /// Whether a text is a number in scientific notation: digits, perhaps a point, then `E+` and digits.
  private static func isExponent(_ text: String) -> Bool {
    text.wholeMatch(of: /[0-9](?:[.,][0-9]+)?[eE]\+[0-9]+/) != nil
  }
}
