internal import LoadOps
internal import Sheets
internal import Vocabulary

/// Which column of a small CSV file holds what, for the files that people edit in a spreadsheet.
///
/// Columns may stand in any order and headers are compared as those of exports are, so
/// `Invoice Number` is `invoice_number`; but a column that nobody knows is refused, because whoever
/// wrote it believes that it does something.
struct TableLayout: Sendable {
  /// The names of the columns there can be.
  let names: [String]
  /// Where each of them stands; nil when it does not.
  private let positions: [Int?]
  /// How many columns the file has.
  private let width: Int
  /// What stands between two cells.
  private let delimiter: Character

  /// The layout of a new file: these columns in this order, with commas.
  init(names: [String]) {
    self.names = names
    positions = names.indices.map { $0 }
    width = names.count
    delimiter = ","
  }

  /// The layout that a file's header declares; nil when a required column is missing.
  init?(_ table: CSVTable, names: [String], required: [String], problems: inout [Failure]) {
    var positions = [Int?](repeating: nil, count: names.count)
    let folded = names.map(HeaderName.normalised)
    for (column, header) in table.header.cells.enumerated() {
      guard let index = folded.firstIndex(of: HeaderName.normalised(header)), !header.isEmpty else {
        // Spreadsheets leave empty columns behind; they matter only when something stands in them.
        let isUsed = table.rows.contains { $0.cells.count > column && !$0.cells[column].isEmpty }
        if header.isEmpty, !isUsed { continue }
        let near = Spelling.nearest(to: header, in: names)
        problems.append(
          table.failure(
            table.header, column,
            header.isEmpty ? "this column has no name" : "unknown column \"\(header)\"",
            remedy: near.map { "did you mean \"\($0)\"?" }
              ?? "the columns are: \(names.joined(separator: ", "))"))
        continue
      }
      if positions[index] != nil {
        problems.append(
          table.failure(
            table.header, column, "the column \"\(names[index])\" stands there twice",
            remedy: "remove one of the two"))
      } else {
        positions[index] = column
      }
    }
    let missing = required.filter { name in
      names.firstIndex(of: name).map { positions[$0] == nil } ?? true
    }
    if !missing.isEmpty {
      let list = missing.map { "\"\($0)\"" }.joined(separator: ", ")
      problems.append(
        Failure(
          .settingsWrong,
          "the \(missing.count == 1 ? "column" : "columns") \(list) \(missing.count == 1 ? "is" : "are") missing",
          remedy: "the first row must be: \(names.joined(separator: ","))",
          location: SourceLocation(file: table.path, line: table.header.line),
          excerpt: Excerpt(
            text: table.header.text, markStart: 0, markLength: table.header.text.count)))
      return nil
    }
    self.names = names
    self.positions = positions
    width = table.header.cells.count
    delimiter = TableLayout.delimiter(of: table.header)
  }

  /// Where a column stands; past the end when it does not.
  func position(_ name: String) -> Int {
    names.firstIndex(of: name).flatMap { positions[$0] } ?? width
  }

  /// Whether the file has a column.
  func has(_ name: String) -> Bool { position(name) < width }

  /// The text of a row's cell; empty when the row is short or there is no such column.
  func cell(_ name: String, _ row: CSVTable.Row) -> String {
    let position = position(name)
    return position < min(width, row.cells.count) ? row.cells[position] : ""
  }

  /// What is wrong with a row that has more cells than the header; nil when it has not.
  func overflow(_ row: CSVTable.Row, of table: CSVTable) -> Failure? {
    guard let column = row.cells.indices.dropFirst(width).first(where: { !row.cells[$0].isEmpty })
    else { return nil }
    return table.failure(
      row, column, "this row has \(row.cells.count) cells and the header has \(width)",
      remedy: "put quotation marks around a text that holds a \"\(delimiter)\"")
  }

  /// A line of this file with these texts, given by column; nil when the file lacks one's column.
  func line(_ texts: [String: String], dropping optional: Set<String> = []) -> String? {
    var cells = [String](repeating: "", count: width)
    for (name, text) in texts where !text.isEmpty {
      let position = position(name)
      if position < width {
        cells[position] = TableLayout.quoted(text)
      } else if !optional.contains(name) {
        return nil
      }
    }
    return cells.joined(separator: String(delimiter))
  }

  /// A text as a cell that is read back unchanged, whichever mark stands between the cells.
  static func quoted(_ text: String) -> String {
    let marks: Set<Unicode.Scalar> = [",", ";", "\t", "\"", "\r", "\n"]
    guard text.unicodeScalars.contains(where: marks.contains) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// The mark that stands before the header's second cell.
  private static func delimiter(of header: CSVTable.Row) -> Character {
    guard header.columns.count > 1 else { return "," }
    return header.text.dropFirst(header.columns[1] - 2).first ?? ","
  }
}

extension CSVTable {
  /// A problem with a cell, or with the whole row where the cell is not on the row's first line.
  func failure(_ row: Row, _ column: Int, _ message: String, remedy: String) -> Failure {
    var (place, excerpt) = location(row, column)
    if excerpt.markStart >= row.text.count {
      place.column = nil
      excerpt = Excerpt(text: row.text, markStart: 0, markLength: row.text.count)
    }
    excerpt.markLength = max(1, min(excerpt.markLength, row.text.count - excerpt.markStart))
    return Failure(.settingsWrong, message, remedy: remedy, location: place, excerpt: excerpt)
  }
}

extension [Failure] {
  /// The problems of one file in the order of their lines.
  func inFileOrder() -> [Failure] {
    let order = indices.sorted {
      (self[$0].location?.line ?? 0, $0) < (self[$1].location?.line ?? 0, $1)
    }
    return order.map { self[$0] }
  }
}
