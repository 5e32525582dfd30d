import Sheets
import TestSupport
import Vocabulary

/// A workbook file, and everything that can be read out of it.
struct ReadWorkbook {
  let folder: TemporaryFolder
  let path: String

  init(_ bytes: [UInt8]) throws {
    folder = try TemporaryFolder()
    path = try folder.write(bytes, to: "book.xlsx")
  }

  init(_ fixture: WorkbookFixture) throws { try self.init(fixture.bytes) }

  /// The rows of a sheet by their numbers; each a list of texts, kinds and columns.
  func rows(_ sheet: Int = 0, blockSize: Int = 1 << 15) throws(Failure) -> [ReadRow] {
    let workbook = try Workbook(path: path, name: "book.xlsx", blockSize: blockSize)
    var rows: [ReadRow] = []
    try workbook.forEachRow(of: workbook.sheets[sheet]) { (row) throws(Failure) in
      rows.append(ReadRow(row))
      return true
    }
    return rows
  }

  /// The texts of the cells that hold something, row by row.
  func texts(_ sheet: Int = 0) throws(Failure) -> [[String]] { try rows(sheet).map(\.texts) }

  /// What a sheet becomes as text.
  func text(_ sheet: Int = 0) throws(Failure) -> (map: SheetText, bytes: [UInt8], restarts: Int) {
    let workbook = try Workbook(path: path, name: "book.xlsx")
    var bytes: [UInt8] = []
    var restarts = 0
    let map = try SheetText.write(
      workbook, workbook.sheets[sheet],
      restart: {
        bytes = []
        restarts += 1
      }, { bytes += $0 })
    return (map, bytes, restarts)
  }

  /// Why it cannot be read; nil when it can.
  func refusal() -> Failure? {
    do throws(Failure) {
      let workbook = try Workbook(path: path, name: "book.xlsx")
      for sheet in workbook.sheets {
        try workbook.forEachRow(of: sheet) { (_) throws(Failure) in true }
      }
      return nil
    } catch {
      return error
    }
  }
}

/// A row in a form that can be compared.
struct ReadRow: Equatable {
  var number: Int
  var isHidden: Bool
  var columns: [Int]
  var texts: [String]
  var kinds: [WorkbookCell.Kind]

  init(_ row: WorkbookRow) {
    number = row.number
    isHidden = row.isHidden
    columns = row.cells.map(\.column)
    texts = row.cells.map { String(decoding: row.text[$0.range], as: UTF8.self) }
    kinds = row.cells.map(\.kind)
  }
}
