public import Vocabulary

/// Looks at every date of a file and tells for each column how it is written.
public struct DateSurvey: Sendable {
  private struct Evidence {
    var dayFirstOnly = 0
    var monthFirstOnly = 0
    var either = 0
    var column = DateColumn()
  }

  private var evidence: [Evidence]
  private let local: LocalDays
  private static let fields = Field.allCases.filter(\.isDate)

  /// A survey that has seen nothing; `local` tells days in the company's time zone.
  public init(_ local: LocalDays = LocalDays.of(timeZone: "America/Chicago")) {
    self.local = local
    evidence = Array(repeating: Evidence(), count: Field.allCases.count)
  }

  /// Looks at the dates of a record.
  public mutating func look(at record: Record) {
    for field in DateSurvey.fields {
      guard let column = record.layout.column(of: field) else { continue }
      for row in record.rows.indices {
        let cell = record.cell(row, column: column)
        if cell.isEmpty { continue }
        let written = WrittenDate(record.text.span.extracting(cell.value.range))
        guard let form = DateForm(written.shape) else { continue }
        // What is no day whichever way it is read tells nothing about its column.
        if form == .slashed {
          let (isMonthFirst, isDayFirst) = (written.day(.mdy) != nil, written.day(.dmy) != nil)
          guard isMonthFirst || isDayFirst else { continue }
          if !isDayFirst {
            evidence[field.index].monthFirstOnly += 1
          } else if !isMonthFirst {
            evidence[field.index].dayFirstOnly += 1
          } else {
            evidence[field.index].either += 1
          }
        }
        note(field, form, written, record, row, cell)
      }
    }
  }

  private mutating func note(
    _ field: Field, _ form: DateForm, _ written: WrittenDate, _ record: Record, _ row: Int,
    _ cell: Cell
  ) {
    if let index = evidence[field.index].column.examples.firstIndex(where: { $0.form == form }) {
      evidence[field.index].column.examples[index].count += 1
    } else {
      evidence[field.index].column.examples.append(
        DateColumn.Example(
          form: form, count: 1, text: record.string(cell), line: record.line(row, cell)))
    }
    guard written.offset != nil else { return }
    evidence[field.index].column.zoned += 1
    // Which way round slashes are does not matter for whether the day moves.
    let order: DateOrder = written.day(.mdy) == nil ? .dmy : .mdy
    guard let moment = written.instant(order), local.day(at: moment) != written.day(order) else {
      return
    }
    if evidence[field.index].column.shifted == 0 {
      evidence[field.index].column.shiftedExample = record.string(cell)
    }
    evidence[field.index].column.shifted += 1
  }

  /// How each column is read; `preferred` decides where its dates fit both ways.
  ///
  /// A cell that says by itself which day it means (`2026-03-31`, `31-Mar-26`) is always read. One that
  /// does not is read only where the whole column is written its way: a column that mixes serial
  /// numbers, slashes and canonical dates was rewritten in part by a spreadsheet, which may have taken
  /// the month for the day, and whoever wrote `03/04/2026` into it cannot be asked.
  ///
  /// One program wrote the file, so what one column proves counts for those that fit both ways, and
  /// columns that prove opposite orders leave the others undecided.
  public func columns(preferring preferred: DatePreference) -> DateColumns {
    var columns = DateColumns()
    columns.isSurveyed = true
    for field in DateSurvey.fields {
      columns[field] = decided(evidence[field.index], preferred)
    }
    return columns
  }

  private func decided(_ seen: Evidence, _ preferred: DatePreference) -> DateColumn {
    var column = seen.column
    let forms = column.examples.map(\.form)
    let doubtful = forms.filter { !$0.isPlain }
    if preferred == .mixedMDY {
      column.order = .mdy
      column.readable = Set(doubtful)
      column.reason = doubtful.isEmpty ? .plain : .settings
      return column
    }
    guard let form = doubtful.first else { return column }
    guard doubtful.count == 1, forms.count == 1 else {
      column.reason = .mixed
      return column
    }
    guard form == .slashed else {
      column.readable = [form]
      column.reason = .ownDates
      return column
    }
    if seen.dayFirstOnly > 0, seen.monthFirstOnly > 0 {
      column.reason = .mixed
    } else if seen.dayFirstOnly > 0 || seen.monthFirstOnly > 0 {
      column.order = seen.dayFirstOnly > 0 ? .dmy : .mdy
      column.reason = .ownDates
    } else if let proven {
      column.order = proven
      column.reason = .otherColumn
    } else if isContradictory {
      column.reason = .mixed
    } else {
      column.order = preferred.order
      column.reason = .settings
    }
    return column
  }

  /// The order that some column proves and none contradicts; nil when no date tells.
  private var proven: DateOrder? {
    let dayFirst = evidence.contains { $0.dayFirstOnly > 0 }
    let monthFirst = evidence.contains { $0.monthFirstOnly > 0 }
    guard dayFirst != monthFirst else { return nil }
    return dayFirst ? .dmy : .mdy
  }

  private var isContradictory: Bool {
    evidence.contains { $0.dayFirstOnly > 0 } && evidence.contains { $0.monthFirstOnly > 0 }
  }
}
