internal import LoadOps
internal import Vocabulary

/// Compares the sums that an export says itself, in rows of totals, with what its rows add up to.
struct TotalsCheck {
  /// What a file's rows have added up to.
  private struct Sums {
    /// The amounts of all lines.
    var lines = Money.zero
    /// The total of each invoice, once.
    var totals = Money.zero
    /// The same, as often as rows repeat it: what a spreadsheet makes of such a column.
    var repeated = Money.zero

    static func - (left: Sums, right: Sums) -> Sums {
      Sums(
        lines: left.lines - right.lines, totals: left.totals - right.totals,
        repeated: left.repeated - right.repeated)
    }
  }

  private var sums = Sums()
  /// The sums at each row of totals before, for subtotals; the first is the beginning of the file.
  private var marks = [Sums()]
  private var told = 0
  private let numbers: NumberStyle

  /// Subtotals of so many levels and groups back are found.
  private static let mostMarks = 256

  init(numbers: NumberStyle) {
    self.numbers = numbers
  }

  /// Counts an invoice, with what was left out of it as a repetition.
  mutating func count(_ record: Record, _ invoice: Invoice, _ dropped: Tally) {
    let amount = invoice.lineSum + dropped.amount
    sums.lines += amount
    guard let total = invoice.declaredTotal else { return }
    sums.totals += total
    for _ in record.rows { sums.repeated += total }
  }

  /// Counts an amount of income for an invoice of another file.
  mutating func count(_ amount: Money) {
    sums.lines += amount
  }

  /// Whether a row without a number holds nothing but a sum of the rows above it; if so it is counted as
  /// a row of totals.
  mutating func isBareSum(_ record: Record, _ number: Cell) -> Bool {
    guard number.isEmpty, record.rows.count == 1, let only = record.onlyCell(0) else {
      return false
    }
    let amount = record.cell(0, .amount)
    guard only == amount || only == record.cell(0, .invoiceTotal) else { return false }
    guard let sum = money(record.string(only)), ties(sum, isLines: only == amount) else {
      return false
    }
    mark()
    return true
  }

  /// The findings about rows of totals that a reader has met since the last call.
  mutating func findings(_ reader: ExportReader) -> [Finding] {
    guard reader.totalsRowCount > told else { return [] }
    let rows = reader.notes.totalsRows[told...]
    told = reader.totalsRowCount
    return rows.map { finding(reader, $0) }
  }

  private mutating func finding(_ reader: ExportReader, _ row: TotalsRow) -> Finding {
    let (location, excerpt) = reader.excerpt(line: row.line, offset: row.offset, length: row.length)
    guard row.hasSum else {
      return Finding(
        BatchRules.totalsRow, "\"\(row.label)\" is no invoice and says no sum; it is left out",
        location: location, excerpt: excerpt)
    }
    defer { mark() }
    let isLines = !row.amount.isEmpty
    let text = isLines ? row.amount : row.total
    let since = sums - (marks.last ?? Sums())
    let own = isLines ? (sums.lines, since.lines) : (sums.totals, since.totals)
    guard let sum = money(text), ties(sum, isLines: isLines) else {
      return Finding(
        BatchRules.totalsRowDiffers,
        "\"\(row.label)\" says \(text), but the rows above it add up to \(own.0)"
          + (marks.count > 1 ? ", and those since the last row of totals to \(own.1)" : ""),
        location: location, excerpt: excerpt, value: text)
    }
    return Finding(
      BatchRules.totalsRow,
      "\"\(row.label)\" is no invoice; it is left out, and says \(sum), as the rows above it add up to",
      location: location, excerpt: excerpt, value: text)
  }

  private mutating func mark() {
    if marks.count == TotalsCheck.mostMarks { marks.remove(at: 1) }
    marks.append(sums)
  }

  private func ties(_ sum: Money, isLines: Bool) -> Bool {
    marks.contains { mark in
      let since = sums - mark
      return isLines
        ? sum == since.lines
        : sum == since.totals || sum == since.repeated || sum == since.lines
    }
  }

  private func money(_ text: String) -> Money? {
    let bytes = Array(text.utf8)
    switch FixedDecimal.parse(bytes.span, numbers) {
    case .value(let value), .exponential(let value): return Money(value)
    case .absent, .fault: return nil
    }
  }
}
