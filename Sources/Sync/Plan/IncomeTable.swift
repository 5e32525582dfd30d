internal import LoadOps
internal import Vocabulary

/// The amounts of income that files have for the invoices of another file, by invoice number.
///
/// Held whole, as the plan is: a few numbers for each line. Which lines were taken is remembered, so that
/// what belongs to no invoice can be told.
final class IncomeTable {
  private struct Entry {
    var category: Int32
    var amount: Money?
    /// The entry of the same invoice before this one; -1 for none.
    var previous: Int32
    var file: Int32
    var line: UInt32
  }

  private var numbers = ByteInterner()
  private var entries: [Entry] = []
  private var last: [Int32] = []
  private var isTaken: [Bool] = []
  private var categories: [String] = []
  /// What stands where an amount cannot be read, by entry.
  private var texts: [Int32: String] = [:]
  private var categoryNumbers: [String: Int32] = [:]

  /// Whether there are no lines.
  var isEmpty: Bool { entries.isEmpty }

  /// Takes in a line of a file; an amount that cannot be read holds its invoice.
  func add(
    _ number: Span<UInt8>, _ category: String, _ amount: Money?, file: Int, line: UInt32
  ) {
    let index = numbers.intern(number)
    if index == last.count {
      last.append(-1)
      isTaken.append(false)
    }
    let known = categoryNumbers[category] ?? Int32(categories.count)
    if Int(known) == categories.count {
      categories.append(category)
      categoryNumbers[category] = known
    }
    entries.append(
      Entry(
        category: known, amount: amount, previous: last[index], file: Int32(file), line: line))
    last[index] = Int32(entries.count - 1)
  }

  /// The lines of an invoice in the order of the files; empty where there are none.
  func lines(of number: Span<UInt8>) -> [(category: String, amount: Money?)] {
    guard let index = numbers.number(of: number) else { return [] }
    isTaken[index] = true
    var lines: [(category: String, amount: Money?)] = []
    var entry = last[index]
    while entry >= 0 {
      let here = entries[Int(entry)]
      lines.append((categories[Int(here.category)], here.amount))
      entry = here.previous
    }
    return lines.reversed()
  }

  /// Keeps the text of the next line's amount, which cannot be read.
  func noteText(_ text: String) { texts[Int32(entries.count)] = text }

  /// Where the lines of an invoice stand, and what amounts say that cannot be read, in the order of
  /// ``lines(of:)``.
  func places(
    of number: Span<UInt8>
  ) -> [(category: String, amount: Money?, text: String, file: Int, line: UInt32)] {
    guard let index = numbers.number(of: number) else { return [] }
    var places: [(category: String, amount: Money?, text: String, file: Int, line: UInt32)] = []
    var entry = last[index]
    while entry >= 0 {
      let here = entries[Int(entry)]
      places.append(
        (
          categories[Int(here.category)], here.amount, texts[entry] ?? "", Int(here.file), here.line
        ))
      entry = here.previous
    }
    return places.reversed()
  }

  /// The lines that no invoice asked for: how many, over how much, and the first of them.
  func leftOver() -> (count: Int, amount: Money, number: String, file: Int, line: UInt32)? {
    var result: (count: Int, amount: Money, number: String, file: Int, line: UInt32)?
    for index in last.indices where !isTaken[index] {
      var entry = last[index]
      while entry >= 0 {
        let here = entries[Int(entry)]
        let (count, amount) = (result?.count ?? 0, result?.amount ?? .zero)
        result = (
          count + 1, amount + (here.amount ?? .zero), result?.number ?? numbers[index],
          result?.file ?? Int(here.file), result?.line ?? here.line
        )
        entry = here.previous
      }
    }
    return result
  }
}

extension Planner {
  /// Reads the amounts of a file of income; the file's column, its title or its name says the category.
  mutating func readIncome(_ reader: ExportReader, file: Int, into table: IncomeTable)
    throws(Failure)
  {
    let categories = context.mapping.categories
    var record = reader.makeRecord()
    let hasColumn = record.layout.column(of: .category) != nil
    let name = reader.name.split(separator: "/").last.map(String.init) ?? reader.name
    let stem = name.split(separator: ".").first.map(String.init) ?? name
    // A title may say what it is: `Category: Detention`.
    let titles = reader.notes.titles.flatMap { title in
      [title] + title.split(separator: ":").suffix(1).map(String.init)
    }
    let named = (titles + [stem]).lazy
      .compactMap { categories[HeaderName.normalised($0)] }.first
    guard hasColumn || named != nil else {
      throw Failure(
        .inputUnreadable,
        "\(reader.name) lists amounts of income, but neither a column nor its title nor its name is an income "
          + "category that mapping.csv has",
        remedy:
          "name the file after its income category, such as \"Detention.csv\", and map that category"
      )
    }
    let numbers = context.settings.numberStyle
    let sheetNumbers = NumberStyle(.us, currency: numbers.currency)
    var check = TotalsCheck(numbers: numberStyle(of: reader))
    while try reader.next([.invoices], into: &record) != nil {
      for row in record.rows.indices {
        let number = record.cell(0, .invoiceNumber)
        let own = record.string(record.cell(row, .category))
        var amount: Money?
        let cell = record.cell(row, .amount)
        let text = record.text.span.extracting(cell.value.range)
        let isTyped = reader.isSheet && cell.value == cell.source
        switch FixedDecimal.parse(text, isTyped ? sheetNumbers : numbers) {
        case .value(let value) where record.faults.isEmpty,
          .exponential(let value) where record.faults.isEmpty:
          amount = Money(value)
        default: break
        }
        if amount == nil { table.noteText(record.string(cell)) }
        if let amount { check.count(amount) }
        table.add(
          record.text.span.extracting(number.value.range), own.isEmpty ? named ?? "" : own, amount,
          file: file, line: record.rows[row].line)
      }
      if reader.totalsRowCount > 0 { batchFindings += check.findings(reader) }
    }
    batchFindings += check.findings(reader)
  }

  /// Refuses layouts that neither the settings nor the other files of the export allow.
  func checkLayouts(_ readers: [ExportReader], hasIncome: Bool) throws(Failure) {
    for reader in readers where reader.layout == .headerOnly {
      guard !hasIncome, context.settings.layouts.headerOnly == nil else { continue }
      // Read without the permission, the file says itself what it lacks.
      var layouts = context.layouts
      layouts.acceptsHeaderOnly = false
      _ = try ExportReader(
        path: reader.path, name: reader.name, file: 0, meanings: context.mapping.columns,
        layouts: layouts)
    }
    guard hasIncome, !readers.contains(where: { $0.layout == .headerOnly }),
      let income = readers.first(where: { $0.layout == .incomeLines })
    else { return }
    throw Failure(
      .inputUnreadable,
      "\(income.name) lists amounts of income for invoices, but no file of the export lists the invoices with "
        + "their totals and without lines",
      remedy: "give the list of invoices, too; or add customer_name and invoice_date to this file")
  }
}
