internal import Sheets
internal import Vocabulary

/// Reads the rows of an IIF file, as QuickBooks exports them and as people leave them.
///
/// Advice for whoever changes this: there is no grammar, only files. A row whose first field is
/// `!KEYWORD` declares columns and may be declared again; a field in quotation marks may hold a tab;
/// trailing blank fields come and go; column names repeat; keywords begin alike (`CUST`,
/// `CUSTNAMEDICT`). The reader refuses no byte: it only hands out rows.
final class IIFReader {
  /// What a row is.
  enum Row: Equatable {
    /// It declares the columns of a keyword.
    case header(String)
    /// It holds values under the columns declared last for its keyword.
    case data(String)
    /// It closes a block and holds nothing: `ENDTRNS`, `ENDGRP`.
    case end(String)
    /// Its keyword has no header.
    case orphan(String)
  }

  /// The columns of a keyword.
  struct Header {
    /// The names in upper case; the first field of a row is not counted.
    var columns: [String] = []
    /// Where each name stands first.
    var positions: [String: Int] = [:]
  }

  /// The file as messages name it.
  let name: String
  /// The header that the current row stands under, or that it is.
  private(set) var header = Header()
  /// The bytes that ``fields`` point into, UTF-8 unless the file is not.
  private(set) var bytes: [UInt8] = []
  /// The current row's fields; the first is the keyword.
  private(set) var fields: [TextRange] = []
  /// The current row's line, from 1.
  var line: Int { lines.number }

  private let lines: IIFLines
  private let encoding: Encoding
  private var delimiter: UInt8?
  private var headers: [String: Header] = [:]
  private var scratch: [UInt8] = []

  /// Opens a file; its encoding is told from its bytes unless it is known to be plain ASCII.
  convenience init(
    path: String, name: String, isASCII: Bool = false
  ) throws(Failure) {
    var encoding = Encoding.utf8
    if !isASCII { encoding = try IIFReader.encoding(of: IIFLines(path: path, name: name)) }
    try self.init(IIFLines(path: path, name: name), encoding)
  }

  /// Reads bytes instead of a file.
  convenience init(bytes: [UInt8], name: String) throws(Failure) {
    let encoding = try IIFReader.encoding(of: IIFLines(bytes: bytes, name: name))
    self.init(IIFLines(bytes: bytes, name: name), encoding)
  }

  private init(_ lines: IIFLines, _ encoding: Encoding) {
    self.lines = lines
    self.encoding = encoding
    name = lines.name
  }

  /// The place of the current row.
  var location: SourceLocation { SourceLocation(file: name, line: line) }

  /// Goes to the next row that is not blank; nil at the end.
  func next() throws(Failure) -> Row? {
    while try lines.next() {
      takeLine()
      split()
      guard fields.contains(where: { !$0.isEmpty }) else { continue }
      return classify()
    }
    return nil
  }

  /// Where a column of the current header stands; nil when there is no such column.
  func column(_ name: String) -> Int? { header.positions[name] }

  /// The value of a column, trimmed; empty when the row is too short or the column is unknown.
  func text(_ column: Int?) -> String {
    let range = field(column).range
    return String(decoding: bytes[range], as: UTF8.self)
  }

  /// The value of a column as it is shown: `\n` is a line break.
  func displayText(_ column: Int?) -> String {
    text(column).replacing("\\n", with: "\n")
  }

  /// The stretch of a column's value in ``bytes``, without outer blanks.
  func field(_ column: Int?) -> TextRange {
    guard let column, column + 1 < fields.count else { return .empty }
    var range = fields[column + 1].range
    while let first = range.first, bytes[first] <= 0x20 { range.removeFirst() }
    while let last = range.last, bytes[last] <= 0x20 { range.removeLast() }
    return TextRange(range)
  }

  // MARK: Lines

  /// How the bytes of a file stand for characters.
  private enum Encoding { case utf8, windows1252, macRoman }

  /// The encoding of a file: UTF-8 if all of it is, else what its edition of QuickBooks writes.
  ///
  /// A Mac edition names itself in the header, or ends its lines with a lone CR; and five bytes that are
  /// letters in Mac Roman are nothing in the Windows code page.
  private static func encoding(of lines: IIFLines) throws(Failure) -> Encoding {
    var (isUTF8, isMac, hasWindowsGap) = (true, false, false)
    while try lines.next() {
      let line = lines.line
      if lines.number == 1 {
        if line.starts(with: [0xFF, 0xFE]) || line.starts(with: [0xFE, 0xFF]) {
          throw Failure(
            .inputUnreadable, "\(lines.name) is in UTF-16, which QuickBooks does not export",
            remedy: "export the lists again, or save the file as tab-delimited text",
            location: SourceLocation(file: lines.name, line: 1))
        }
        if line.starts(with: [0xEF, 0xBB, 0xBF]) { return .utf8 }
      }
      if lines.end == .cr { isMac = true }
      if lines.number <= 10, line.starts(with: Array("HDR".utf8)),
        String(decoding: line, as: UTF8.self).contains("for Mac")
      {
        isMac = true
      }
      guard !UTF8Decoding.isValid(line.buffer.span) else { continue }
      isUTF8 = false
      if line.contains(where: { $0 >= 0x80 && Windows1252.scalar($0) == nil }) {
        hasWindowsGap = true
      }
    }
    return isUTF8 ? .utf8 : isMac || hasWindowsGap ? .macRoman : .windows1252
  }

  private func takeLine() {
    scratch.removeAll(keepingCapacity: true)
    if encoding != .utf8, lines.line.contains(where: { $0 >= 0x80 }) {
      for byte in lines.line {
        if byte < 0x80 {
          scratch.append(byte)
        } else if encoding == .macRoman {
          MacRoman.append(byte, asUTF8To: &scratch)
        } else {
          Windows1252.append(byte, asUTF8To: &scratch)
        }
      }
    } else {
      scratch.append(contentsOf: lines.line.buffer)
      if lines.number == 1, scratch.starts(with: [0xEF, 0xBB, 0xBF]) { scratch.removeFirst(3) }
    }
  }

  /// Splits the line at its delimiter.
  ///
  /// A field that begins with a quotation mark goes on to the one before a delimiter or the end; two
  /// stand for one. When none closes it, it takes the rest of the line, never the next.
  private func split() {
    let delimiter = delimiter ?? chooseDelimiter()
    // Local while they grow: a property of a class is checked for exclusive access at every byte.
    let scratch = scratch
    var (bytes, fields): ([UInt8], [TextRange]) = ([], [])
    swap(&bytes, &self.bytes)
    swap(&fields, &self.fields)
    bytes.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    defer {
      swap(&bytes, &self.bytes)
      swap(&fields, &self.fields)
    }
    let quote = UInt8(ascii: "\"")
    let count = scratch.count
    var index = 0
    while true {
      let start = bytes.count
      if index < count, scratch[index] == quote {
        index += 1
        while index < count {
          let byte = scratch[index]
          if byte == quote {
            if index + 1 == count || scratch[index + 1] == delimiter {
              index += 1
              break
            }
            if scratch[index + 1] == quote { index += 1 }
          }
          bytes.append(byte)
          index += 1
        }
      } else {
        let begin = index
        while index < count, scratch[index] != delimiter { index += 1 }
        bytes.append(contentsOf: scratch[begin..<index])
      }
      fields.append(TextRange(start..<bytes.count))
      guard index < count else { return }
      index += 1
      if index == count {
        fields.append(TextRange(bytes.count..<bytes.count))
        return
      }
    }
  }

  /// Tabs, unless the first line that says anything has commas and no tab.
  private func chooseDelimiter() -> UInt8 {
    let tab = UInt8(ascii: "\t")
    guard scratch.contains(where: { $0 > 0x20 }) else { return tab }
    let chosen =
      !scratch.contains(tab) && scratch.contains(UInt8(ascii: ",")) ? UInt8(ascii: ",") : tab
    delimiter = chosen
    return chosen
  }

  private func classify() -> Row {
    var keyword = name(fields[0])
    if keyword.hasPrefix("!") {
      keyword.removeFirst()
      header = Header()
      for field in fields.dropFirst() { header.columns.append(name(field)) }
      while header.columns.last?.isEmpty == true { header.columns.removeLast() }
      for (index, column) in header.columns.enumerated() where !column.isEmpty {
        if header.positions[column] == nil { header.positions[column] = index }
      }
      headers[keyword] = header
      return .header(keyword)
    }
    if keyword.hasPrefix("END") { return .end(keyword) }
    guard let known = headers[keyword] else { return .orphan(keyword) }
    header = known
    return .data(keyword)
  }

  private func name(_ field: TextRange) -> String {
    var range = field.range
    while let first = range.first, bytes[first] <= 0x20 { range.removeFirst() }
    while let last = range.last, bytes[last] <= 0x20 { range.removeLast() }
    return String(decoding: bytes[range], as: UTF8.self).uppercased()
  }
}
