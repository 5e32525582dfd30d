internal import Vocabulary

// MARK: - Rows that are no transactions

extension ReportColumns {
  /// Whether a row is no transaction.
  ///
  /// The label of a total may stand in the column of the dates, where that is the first one.
  func isLabel(_ row: ReportRow) -> Bool {
    let hasType = !row.range(type).isEmpty
    let day = row.range(date)
    guard let first = row.text[day].first else { return !hasType || isTotalOfType(row) }
    // Groups may stand in the column of the dates, too, and customers be called "84 Lumber".
    if row.filledCount == 1 { return !ReportColumns.isDay(row.text.span.extracting(day)) }
    let isWord = first | 0x20 >= 0x61 && first | 0x20 <= 0x7A
    return isWord && !hasType && row.range(number).isEmpty && row.range(customer).isEmpty
  }

  /// Whether the label of a total stands in the column of the types, where that is the first one.
  private func isTotalOfType(_ row: ReportRow) -> Bool {
    row.firstFilled == type && row.range(number).isEmpty && row.range(customer).isEmpty
      && row.string(type).lowercased().hasPrefix("total")
  }

  private static func isDay(_ text: Span<UInt8>) -> Bool {
    let written = WrittenDate(text)
    return written.day(.mdy) != nil || written.day(.dmy) != nil || written.day(nil) != nil
  }

  /// What a row of totals is about.
  struct Total {
    /// The name of the group; empty for all rows.
    var name: String
    /// Whether it says that the groups below that one are counted, too.
    var isWithParts = false
  }

  /// What stands behind the name of a group in the total of all that is below it.
  private static let parts = [
    " with sub-customers", " with subcustomers", " with sub-customers and projects",
    " with sub-customers and jobs", " with jobs", " with projects",
  ]

  /// The name of the group whose total a label is, empty for the total of all rows; nil when it is none.
  ///
  /// Customers are called "Total Quality Logistics" and "Totally Trucking", too: a label that names no open
  /// group is a total only where amounts stand beside it. `isOpen` says whether a group has a name.
  func total(_ row: ReportRow, isOpen: (String) -> Bool) -> Total? {
    let label = row.firstFilled
    let text = row.string(label)
    guard text.prefix(5).lowercased() == "total" else { return nil }
    let rest = text.dropFirst(5)
    guard rest.first?.isLetter != true || rest.lowercased() == "s" else { return nil }
    let name = String(rest.drop(while: \.isWhitespace))
    let short = name.lowercased().hasPrefix("for ") ? String(name.dropFirst(4)) : name
    if let open = [name, short].first(where: isOpen) { return Total(name: open) }
    let lower = short.lowercased()
    if let part = ReportColumns.parts.first(where: lower.hasSuffix) {
      let whole = String(short.dropLast(part.count))
      if isOpen(whole) { return Total(name: whole, isWithParts: true) }
    }
    let hasNumber = label != number && !row.range(number).isEmpty
    let hasDate = label != date && !row.range(date).isEmpty
    guard !hasNumber, !hasDate else { return nil }
    if name.isEmpty { return row.filledCount > 1 ? Total(name: "") : nil }
    let amounts = amounts
    return amounts.indices.contains { !row.range(amounts[$0]).isEmpty } ? Total(name: short) : nil
  }
}

/// Looks at the groups of a report and their totals, before it is read.
struct TotalSurvey {
  /// The groups that end with a total.
  private(set) var totalled: Set<String> = []
  /// The groups that have a total of their own rows and, further down, one with what is below them.
  private(set) var parents: Set<String> = []
  /// Whether the whole report was looked at.
  var isWhole = true
  private let columns: ReportColumns
  private var names: Set<String> = []
  private var closed: Set<String> = []

  init(_ columns: ReportColumns) { self.columns = columns }

  /// Whether a group ends with a total.
  func isTotalled(_ name: String) -> Bool {
    isWhole ? totalled.contains(name) : !totalled.isEmpty
  }

  /// Takes a row below the header that is not blank.
  mutating func look(at row: ReportRow) {
    guard columns.isLabel(row) else { return }
    guard let total = columns.total(row, isOpen: { names.contains($0) }) else {
      let name = row.string(row.firstFilled)
      names.insert(name)
      closed.remove(name)
      return
    }
    guard names.contains(total.name) else { return }
    totalled.insert(total.name)
    let isAgain = !closed.insert(total.name).inserted
    if total.isWithParts || isAgain { parents.insert(total.name) }
  }
}
