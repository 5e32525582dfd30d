/// How a report ends: whether anything shows that it is all that QuickBooks wrote.
struct ReportEnding {
  /// What the last row is.
  enum Row { case transaction, group, total, other }

  /// The line of the last row that is not blank.
  var line = 0
  /// What it is.
  var last = Row.other
  /// Whether the total of all rows, or the time, stands below the last transaction.
  var isWhole = false
  /// Whether a total names no group that is open.
  var hasStrayTotal = false
  private var hasTransactions = false
  private var hasTotals = false
  /// Whether a total stands below the last transaction.
  private var isTotalled = false
  /// The cells of the last transaction, and the fewest of those before it.
  private var (cells, fewest) = (0, Int.max)

  mutating func takeTransaction(cells count: Int) {
    (last, hasTransactions, isWhole, isTotalled) = (.transaction, true, false, false)
    if cells > 0 { fewest = min(fewest, cells) }
    cells = count
  }

  mutating func takeTotal(isOfAll: Bool) {
    (last, hasTotals, isTotalled) = (.total, true, true)
    if isOfAll { isWhole = true }
  }

  /// Why the report may be cut off; nil when nothing speaks for that.
  ///
  /// - Parameters:
  ///   - hasLineEnd: Whether its last row ends with a line end.
  ///   - isTotalExpected: Whether QuickBooks puts a total, or the time, below it.
  ///   - openGroup: A group that has rows, and no total.
  /// - Returns: The words.
  func fault(hasLineEnd: Bool, isTotalExpected: Bool, openGroup: String?) -> String? {
    guard !isWhole else { return nil }
    if !hasLineEnd, last != .other {
      return "the file ends in row \(line), which has no line end: perhaps not all of it is there"
    }
    if last == .transaction, cells < fewest, fewest < Int.max {
      return
        "row \(line), the last one, has \(cells) cells, and all before it have \(fewest) or more"
    }
    guard hasTransactions else { return nil }
    if isTotalExpected {
      return
        "neither the total of all rows nor the time stands at its end, where QuickBooks puts it"
    }
    guard hasTotals else { return nil }
    if !isTotalled { return "the last rows have no total below them, although others have" }
    guard !hasStrayTotal, let openGroup else { return nil }
    return "the rows of \"\(openGroup)\" have no total below them, although others have"
  }
}
