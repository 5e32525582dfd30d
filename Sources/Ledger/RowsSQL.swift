internal import GRDB
internal import Vocabulary

/// The text of a statement that writes rows of values, for each number of rows.
///
/// What a row costs is mostly not the row: for each statement SQLite makes tables in memory for the lists
/// that checks compare with, a journal to take the statement back with, and reads and writes the counter of
/// the table. One statement for a batch does that once.
struct RowsSQL: Sendable {
  /// How many rows a statement has at most; batches have at most 30.
  static let most = 32

  /// The texts for one row, two, and so on.
  private let texts: [String]
  private let shared: Int32
  private let columns: Int32

  /// The texts of a statement.
  ///
  /// - Parameters:
  ///   - before: What stands before the rows.
  ///   - row: A row, with `?1` and so on for what all rows have in common, and `?` for what is its own.
  ///   - shared: How many values all rows have in common.
  ///   - after: What stands behind the rows.
  init(_ before: String, row: String, shared: Int32, _ after: String = "") {
    let pieces = RowsSQL.pieces(row)
    self.shared = shared
    columns = Int32(pieces.count - 1)
    var rows = before
    var place = shared
    texts = (1...RowsSQL.most).map { number in
      rows += number == 1 ? "\n" : ",\n"
      rows += pieces[0]
      for piece in pieces.dropFirst() {
        place += 1
        rows += "?\(place)" + piece
      }
      return rows + "\n" + after
    }
  }

  /// A row, cut where its own values stand.
  private static func pieces(_ row: String) -> [String] {
    var pieces = [""]
    for part in row.split(separator: "?", omittingEmptySubsequences: false).enumerated() {
      switch part.element.first {
      case _ where part.offset == 0: pieces[0] = String(part.element)
      case let digit? where digit.isNumber: pieces[pieces.count - 1] += "?" + part.element
      default: pieces.append(String(part.element))
      }
    }
    return pieces
  }

  /// Writes rows.
  ///
  /// - Parameters:
  ///   - rows: What is written.
  ///   - db: Where to.
  ///   - bind: Binds what is common, and a row's own values from the given place on.
  /// - Throws: What the database says against it; then some rows may have been written.
  func run<Row>(
    _ rows: [Row], _ db: Database, _ bind: (borrowing RawStatement, Int32, Row) -> Void
  ) throws {
    var start = 0
    while start < rows.count {
      let part = rows[start..<min(start + RowsSQL.most, rows.count)]
      let statement = try RawStatement(kept: texts[part.count - 1], db)
      var place = shared + 1
      for row in part {
        bind(statement, place, row)
        place += columns
      }
      try statement.run()
      start += part.count
    }
  }
}
