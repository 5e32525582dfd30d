internal import Foundation
public import Vocabulary

/// A small CSV file held whole: a mapping file, a suppression list.
///
/// Exports are never read this way.
public struct CSVTable: Sendable {
  /// A row with the place of each cell.
  public struct Row: Sendable {
    /// The line the row begins on, from 1.
    public var line: Int
    /// The cells' texts without outer blanks.
    public var cells: [String]
    /// The character on its line at which each cell begins, from 1.
    public var columns: [Int]
    /// How many characters each cell takes, quotes included.
    public var lengths: [Int]
    /// The line as it stands in the file.
    public var text: String
    /// Where the row stands among the file's bytes, with its line end; a byte order mark counts.
    public var bytes: Range<Int>
  }

  /// The path as the user named it.
  public let path: String
  /// The first row.
  public let header: Row
  /// All rows below the header that hold anything.
  public let rows: [Row]

  /// Reads a file; nil when there is none.
  ///
  /// Comma, semicolon, tab and `|` are accepted, whichever the header has most of, because spreadsheets in
  /// different countries save differently.
  ///
  /// - Throws: `Failure` with cause `settingsWrong` when it is not such a file.
  public init?(path: String) throws(Failure) {
    guard let data = FileManager.default.contents(atPath: path) else {
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      throw Failure(
        .settingsWrong, "\(path) cannot be read", remedy: "check who may read the file")
    }
    try self.init(path: path, bytes: [UInt8](data))
  }

  /// Reads bytes as if they stood in a file.
  ///
  /// - Throws: `Failure` with cause `settingsWrong` when they are not such a file.
  public init(path: String, bytes: [UInt8]) throws(Failure) {
    var bytes = bytes
    var mark = 0
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      bytes.removeFirst(3)
      mark = 3
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw Failure(
        .settingsWrong, "\(path) is not UTF-8 text",
        remedy: "save it again as \"CSV UTF-8 (comma delimited)\"")
    }
    let delimiter = CSVDialect.likeliest(in: bytes.prefix { $0 != 0x0A && $0 != 0x0D })
    var parsed: [Row] = []
    var cells: [CSVCell] = []
    var index = 0
    var line = 1
    while index < bytes.count {
      let outcome = CSVRowParser.parse(
        bytes.span, from: index, isLast: true, delimiter: delimiter, cells: &cells)
      guard case .row(let next) = outcome else {
        throw Failure(
          .settingsWrong, "a quotation mark is never closed",
          remedy: "close the quotation mark, or save the file again from a spreadsheet",
          location: SourceLocation(file: path, line: line),
          excerpt: Excerpt(
            text: CSVTable.firstLine(bytes, from: index), markStart: 0, markLength: 1))
      }
      var row = CSVTable.row(bytes, index, line: line, cells: cells)
      row.bytes = index + mark..<next + mark
      if row.cells.contains(where: { !$0.isEmpty }) { parsed.append(row) }
      line += CSVTable.lineEnds(bytes, index..<next)
      index = next
    }
    guard let header = parsed.first else {
      throw Failure(
        .settingsWrong, "\(path) is empty", remedy: "give it at least its header row, or remove it")
    }
    self.path = path
    self.header = header
    self.rows = Array(parsed.dropFirst())
  }

  /// The place of a cell, to point at.
  public func location(_ row: Row, _ column: Int) -> (SourceLocation, Excerpt) {
    // A cell behind a line break in quotes does not stand on the line that is shown.
    let known = column < row.columns.count && row.columns[column] <= max(1, row.text.count)
    return (
      SourceLocation(file: path, line: row.line, column: known ? row.columns[column] : nil),
      Excerpt(
        text: row.text, markStart: known ? row.columns[column] - 1 : 0,
        markLength: known
          ? min(row.lengths[column], row.text.count - row.columns[column] + 1) : row.text.count)
    )
  }

  private static func firstLine(_ bytes: [UInt8], from index: Int) -> String {
    String(decoding: bytes[index...].prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
  }

  private static func lineEnds(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
    range.count { index in
      bytes[index] == 0x0A
        || (bytes[index] == 0x0D && (index + 1 >= bytes.count || bytes[index + 1] != 0x0A))
    }
  }

  private static func row(_ bytes: [UInt8], _ start: Int, line: Int, cells: [CSVCell]) -> Row {
    var row = Row(
      line: line, cells: [], columns: [], lengths: [], text: firstLine(bytes, from: start),
      bytes: start..<start)
    for cell in cells {
      var range = Int(cell.start)..<Int(cell.end)
      row.columns.append(String(decoding: bytes[start..<range.lowerBound], as: UTF8.self).count + 1)
      row.lengths.append(max(1, String(decoding: bytes[range], as: UTF8.self).count))
      var text = bytes
      switch cell.form {
      case .plain: break
      case .quoted: range = range.lowerBound + 1..<range.upperBound - 1
      case .escaped, .malformed:
        text = []
        CSVRowParser.decode(bytes, range, into: &text)
        range = text.indices
      }
      let kept = OuterBlanks.trimmed(text.span, range)
      row.cells.append(String(decoding: text[kept], as: UTF8.self))
    }
    return row
  }
}
