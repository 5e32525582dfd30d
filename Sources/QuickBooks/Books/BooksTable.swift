internal import Foundation
internal import Sheets
internal import Vocabulary

/// A list or a report that QuickBooks exported as a table, held whole.
///
/// QuickBooks puts titles above the header and the time below the last row, leaves the first column
/// blank in some reports, and fills up rows with blank cells.
struct BooksTable {
  /// A row that holds anything.
  struct Row {
    /// The line, or the row of a sheet, from 1.
    var line: Int
    /// The cells' texts without outer blanks.
    var cells: [String]
  }

  /// The file as messages name it.
  let name: String
  /// The rows.
  let rows: [Row]

  /// Reads a text file of cells.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  init(path: String, name: String) throws(Failure) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(
        .inputUnreadable, "\(name) cannot be read", remedy: "check who may read the file")
    }
    try self.init(bytes: [UInt8](data), name: name)
  }

  init(bytes: [UInt8], name: String) throws(Failure) {
    self.name = name
    var bytes = bytes
    if !UTF8Decoding.isValid(bytes.span) {
      var text: [UInt8] = []
      for byte in bytes { Windows1252.append(byte, asUTF8To: &text) }
      bytes = text
    }
    do throws(Failure) {
      let table = try CSVTable(path: name, bytes: bytes)
      rows = ([table.header] + table.rows).map { Row(line: $0.line, cells: $0.cells) }
    } catch {
      var failure = error
      failure.cause = .inputUnreadable
      throw failure
    }
  }
}
