public import Vocabulary

/// Where the rows of a sheet of a workbook stand in the text that was made of it.
///
/// The text has a line for each row, with the cells of all columns from A on. Rows and lines go in step
/// except behind a cell with a line break inside and where rows were left out; only those steps are kept.
public struct SheetPlaces: Hashable, Sendable {
  /// The sheet's name.
  public let sheet: String
  private var steps: [Step] = []

  private struct Step: Hashable {
    var line: Int
    var row: Int
  }

  /// A sheet whose first row is the first line of the text.
  public init(sheet: String) {
    self.sheet = sheet
  }

  /// Notes that a row begins on a line of the text; both from 1, in ascending order.
  public mutating func note(row: Int, line: Int) {
    if self.row(line: line) != row { steps.append(Step(line: line, row: row)) }
  }

  /// The row that a line of the text belongs to, for the line that begins it.
  public func row(line: Int) -> Int {
    var (low, high) = (0, steps.count)
    while low < high {
      let middle = (low + high) / 2
      if steps[middle].line <= line { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return line }
    return steps[low - 1].row + line - steps[low - 1].line
  }

  /// The place of a row, or of its cell in a column from 1.
  public func location(file: String, line: Int, column: Int? = nil) -> SourceLocation {
    SourceLocation(file: file, line: row(line: line), column: column, sheet: sheet)
  }
}
