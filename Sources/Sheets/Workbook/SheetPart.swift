internal import Vocabulary

/// A cell of a workbook that holds something.
package struct WorkbookCell: Hashable, Sendable {
  /// What kind of thing it holds.
  package enum Kind: UInt8, Sendable {
    case text
    case number
    /// An ISO date, an ISO date and time, or a time.
    case date
    case boolean
    /// `#REF!` and the like.
    case error
    /// A formula whose result was never saved; its text is the formula.
    case formula
  }

  /// Its column, from 0.
  package var column: Int
  /// Where its text is in ``WorkbookRow/text``.
  package var range: Range<Int>
  /// What kind of thing it holds.
  package var kind: Kind
}

/// A row of a sheet: the cells that hold something, in the order of their columns.
package struct WorkbookRow: Sendable {
  /// Its number, from 1, as the sheet shows it.
  package var number = 0
  /// Whether a filter or a person has hidden it.
  package var isHidden = false
  /// The cells that hold something.
  package var cells: [WorkbookCell] = []
  /// The text of all cells, one behind the other.
  package var text: [UInt8] = []

  /// The text of a column; empty when its cell is.
  package func string(_ column: Int) -> String {
    guard let cell = cells.first(where: { $0.column == column }) else { return "" }
    return String(decoding: text[cell.range], as: UTF8.self)
  }
}

/// The name of a cell, as a spreadsheet writes it.
package enum CellName {
  /// `A` for 0, `Z` for 25, `AA` for 26.
  package static func column(_ column: Int) -> String {
    var text = ""
    var rest = column + 1
    while rest > 0 {
      text = String(UnicodeScalar(UInt8(0x41 + (rest - 1) % 26))) + text
      rest = (rest - 1) / 26
    }
    return text
  }
}

/// A part such as `xl/worksheets/sheet1.xml`: rows of cells, as a stream.
///
/// To whoever changes this: what a cell is comes from three places. Its type `t` says how its value `v`
/// is to be taken; its style `s` says whether a number is a date; and a cell with a formula has the
/// result of the last calculation as its value. Both `r` attributes may be missing, then a row or a cell
/// follows the one before it.
final class SheetPart: XMLPart {
  private let sheet: String
  private let strings: SharedStrings
  private let styles: CellStyles
  private let from1904: Bool
  private let body: (WorkbookRow) throws(Failure) -> Bool

  private var row = WorkbookRow()
  private var nextColumn = 0
  private var column = 0
  private var type = CellType.number
  private var style = 0
  private var value: [UInt8] = []
  private var formula: [UInt8] = []
  private var collects = Collecting.nothing
  private var hasValue = false
  private var hasFormula = false
  private var phonetic = 0

  private static let lastRow = 1_048_576
  /// Excel has 16,384 columns; an export has some dozens.
  private static let mostColumns = 2048

  private enum CellType { case number, shared, inline, formulaText, boolean, error, date }
  private enum Collecting { case nothing, value, formula }

  init(
    _ archive: ZIPArchive, _ entry: ZIPArchive.Entry, sheet: String, strings: SharedStrings,
    styles: CellStyles, from1904: Bool, _ body: @escaping (WorkbookRow) throws(Failure) -> Bool
  ) {
    self.sheet = sheet
    self.strings = strings
    self.styles = styles
    self.from1904 = from1904
    self.body = body
    super.init(archive, entry, limit: .sheet)
  }

  // MARK: - Events

  override func start(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "c": startCell(attributes)
    case "v":
      collects = .value
      hasValue = true
    case "f":
      collects = .formula
      hasFormula = true
    case "t":
      if type == .inline, phonetic == 0 {
        collects = .value
        hasValue = true
      }
    case "rPh": phonetic += 1
    case "row": startRow(attributes)
    default: break
    }
  }

  override func end(_ name: XMLName) {
    switch name {
    case "v", "f", "t": collects = .nothing
    case "rPh": phonetic -= 1
    case "c": finishCell()
    case "row": finishRow()
    case "sheetData": stop()
    default: break
    }
  }

  override func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    switch collects {
    case .nothing: return
    case .value: value.append(contentsOf: bytes)
    case .formula: formula.append(contentsOf: bytes)
    }
    if value.count + formula.count > SpreadsheetText.longest {
      fail(damaged("cell \(cellName) of sheet \"\(sheet)\" holds more text than a cell can"))
    }
  }

  private var cellName: String { CellName.column(column) + "\(row.number)" }

  // MARK: - Rows and cells

  private func startRow(_ attributes: XMLAttributes) {
    let number = attributes.number("r") ?? row.number + 1
    guard number > row.number, number <= SheetPart.lastRow else {
      fail(
        damaged(
          number > row.number
            ? "sheet \"\(sheet)\" has more than \(SheetPart.lastRow) rows"
            : "row \(number) of sheet \"\(sheet)\" stands behind row \(row.number)"))
      return
    }
    row.number = number
    row.isHidden = attributes.flag("hidden")
    row.cells.removeAll(keepingCapacity: true)
    row.text.removeAll(keepingCapacity: true)
    nextColumn = 0
  }

  private func finishRow() {
    do throws(Failure) {
      if try !body(row) { stop() }
    } catch {
      fail(error)
    }
  }

  private func startCell(_ attributes: XMLAttributes) {
    column = attributes["r"].flatMap { SheetPart.column($0) } ?? nextColumn
    guard column >= nextColumn, column < SheetPart.lastRow else {
      fail(damaged("the cells of row \(row.number) of sheet \"\(sheet)\" are not in order"))
      return
    }
    nextColumn = column + 1
    style = attributes.number("s") ?? 0
    type = SheetPart.type(attributes["t"])
    value.removeAll(keepingCapacity: true)
    formula.removeAll(keepingCapacity: true)
    (hasValue, hasFormula, phonetic) = (false, false, 0)
  }

  private static func type(_ text: UnsafeBufferPointer<UInt8>?) -> CellType {
    guard let text, let first = text.first else { return .number }
    return switch (first, text.count) {
    case (UInt8(ascii: "s"), 1): .shared
    case (UInt8(ascii: "s"), _): .formulaText
    case (UInt8(ascii: "i"), _): .inline
    case (UInt8(ascii: "b"), _): .boolean
    case (UInt8(ascii: "e"), _): .error
    case (UInt8(ascii: "d"), _): .date
    default: .number
    }
  }

  /// The column of a name such as `AB12`; nil when it is none.
  private static func column(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
    var column = 0
    for (index, byte) in name.enumerated() {
      let letter = byte & 0xDF
      guard letter >= 0x41, letter <= 0x5A else { return index > 0 ? column - 1 : nil }
      guard index < 4 else { return nil }
      column = column * 26 + Int(letter - 0x40)
    }
    return nil
  }

  private func finishCell() {
    guard hasValue || hasFormula else { return }
    let start = row.text.count
    var kind = WorkbookCell.Kind.text
    if hasFormula, !hasValue || value.isEmpty && type != .formulaText {
      // A program wrote the formula and never calculated it: an empty cell would hide an amount. Some
      // write an empty value with it; a formula whose result is an empty text says so by its type.
      row.text.append(UInt8(ascii: "="))
      row.text.append(contentsOf: formula)
      kind = .formula
    } else {
      kind = appendValue()
    }
    guard row.text.count > start else { return }
    guard column < SheetPart.mostColumns else {
      fail(
        Failure(
          .inputUnreadable,
          "sheet \"\(sheet)\" of \(archivePath) has something in cell \(cellName), "
            + "beyond \(SheetPart.mostColumns) columns",
          remedy: "delete the columns that do not belong to the export and save the workbook again")
      )
      return
    }
    row.cells.append(
      WorkbookCell(column: column, range: start..<row.text.count, kind: kind))
  }

  /// Appends the value's text to the row and tells its kind.
  private func appendValue() -> WorkbookCell.Kind {
    switch type {
    case .shared:
      guard let index = Int(String(decoding: value, as: UTF8.self)), index >= 0,
        index < strings.count
      else {
        fail(damaged("cell \(cellName) of sheet \"\(sheet)\" refers to a text that is not there"))
        return .text
      }
      row.text.append(contentsOf: strings.bytes[strings[index]])
      return .text
    case .inline, .formulaText:
      let start = row.text.count
      row.text.append(contentsOf: value)
      SpreadsheetText.unescape(&row.text, from: start)
      return .text
    case .boolean:
      let isTrue = value == [0x31] || value == Array("true".utf8)
      row.text.append(contentsOf: (isTrue ? "true" : "false").utf8)
      return .boolean
    case .error:
      row.text.append(contentsOf: value)
      return .error
    case .date:
      // An ISO 8601 text; midnight says no more than the day.
      row.text.append(contentsOf: value)
      for midnight in ["T00:00:00Z", "T00:00:00.000Z", "T00:00:00.000", "T00:00:00", "T00:00"]
      where value.count == 10 + midnight.utf8.count
        && value.suffix(midnight.utf8.count)
          .elementsEqual(midnight.utf8)
      {
        row.text.removeLast(midnight.utf8.count)
      }
      return .date
    case .number: return appendNumber()
    }
  }

  private func appendNumber() -> WorkbookCell.Kind {
    let value = value
    switch styles[style] {
    case .plain: break
    case .date, .time:
      let isTime = styles[style] == .time
      if SpreadsheetDate.append(value.span, isTime: isTime, from1904: from1904, to: &row.text) {
        return .date
      }
    case .padded(let pattern):
      if SheetPart.append(value, padded: pattern, to: &row.text) { return .text }
    case .money(let mark): row.text.append(contentsOf: mark)
    case .percent:
      SpreadsheetNumber.append(value.span, percent: true, to: &row.text)
      return .number
    }
    SpreadsheetNumber.append(value.span, to: &row.text)
    return .number
  }

  /// Fills a whole number into the zeros of a pattern, as the sheet shows it.
  private static func append(_ value: [UInt8], padded pattern: [UInt8], to text: inout [UInt8])
    -> Bool
  {
    guard !value.isEmpty, value.allSatisfy({ $0 &- 0x30 < 10 }) else { return false }
    var digits = value[...]
    while digits.count > 1, digits.first == 0x30 { digits.removeFirst() }
    let places = pattern.count { $0 == 0x30 }
    var missing = max(0, places - digits.count)
    var isFirst = true
    for byte in pattern {
      guard byte == 0x30 else {
        text.append(byte)
        continue
      }
      if isFirst {
        // More digits than places all stand at the first one.
        for _ in 0..<max(0, digits.count - places) { text.append(digits.removeFirst()) }
        isFirst = false
      }
      if missing > 0 {
        text.append(0x30)
        missing -= 1
      } else {
        text.append(digits.removeFirst())
      }
    }
    return true
  }
}
