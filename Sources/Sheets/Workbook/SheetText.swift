package import Vocabulary

/// A sheet written as comma-separated text, for readers of text.
///
/// Each row that holds anything is a row of the text, and all have as many cells as the widest one, as
/// when a spreadsheet program saves the sheet. The text grows with the sheet and goes to where the caller
/// puts it; ``places`` leads back from its lines to the rows of the sheet.
package struct SheetText: Sendable {
  /// Where the rows stand in the text.
  package private(set) var places: SheetPlaces
  /// How many rows hold anything.
  package private(set) var rows = 0
  /// Rows that a filter or a person had hidden; they are there like any other.
  package private(set) var hiddenRows = 0
  /// Whether a text holds a zero byte, which XML has no way to hold but spreadsheets do.
  package private(set) var hasNUL = false
  /// Whether there are characters beyond ASCII.
  package private(set) var hasForeign = false
  /// How many cells each row has.
  package private(set) var width: Int
  /// How many bytes were written.
  package private(set) var size: UInt64 = 0
  private var line = 1
  /// The widest row that came, which may be wider than what was written.
  private var widest: Int
  private var buffer: [UInt8] = []

  /// Rows looked at to tell the width before anything is written.
  private static let preview = 256

  /// A text that is both larger than so many bytes and so many times as large as the workbook is a trap.
  package struct Limit: Sendable {
    /// Up to here nothing is suspicious.
    package var bytes: UInt64 = 256 << 20
    /// What no export comes near to.
    package var ratio: UInt64 = 2000

    /// The usual limit.
    package init() {}
  }

  /// Writes a sheet, or its first rows.
  ///
  /// - Parameters:
  ///   - workbook: The workbook.
  ///   - sheet: One of its sheets.
  ///   - mostRows: After so many rows the rest is left out.
  ///   - limit: What is too much.
  ///   - restart: Empties the output, when a late row turns out wider than all before it.
  ///   - output: Takes the text piece by piece.
  /// - Returns: What was written.
  /// - Throws: `Failure` with cause `inputUnreadable`, or what writing threw.
  package static func write(
    _ workbook: Workbook, _ sheet: Workbook.Sheet, mostRows: Int = .max, limit: Limit = Limit(),
    restart: @escaping () throws(Failure) -> Void,
    _ output: @escaping ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> SheetText {
    var width = 1
    var seen = 0
    try workbook.forEachRow(of: sheet) { (row) throws(Failure) in
      width = max(width, (row.cells.last?.column ?? 0) + 1)
      seen += 1
      return seen < min(preview, mostRows)
    }
    let fileSize = max(1, workbook.fileSize)
    while true {
      var text = SheetText(sheet: sheet.name, width: width)
      try workbook.forEachRow(of: sheet) { (row) throws(Failure) in
        text.append(row)
        guard text.size < limit.bytes || text.size / fileSize < limit.ratio else {
          throw Failure(
            .inputUnreadable,
            "\(workbook.path) is no workbook to trust: sheet \"\(sheet.name)\" becomes more than "
              + "\(text.size >> 20) MiB of text",
            remedy: "if the workbook is really yours, save the sheet as "
              + "\"CSV UTF-8 (comma delimited)\"")
        }
        if text.buffer.count >= 1 << 16 {
          try output(text.buffer)
          text.buffer.removeAll(keepingCapacity: true)
        }
        return text.rows < mostRows
      }
      if text.widest == width {
        if !text.buffer.isEmpty { try output(text.buffer) }
        text.buffer = []
        return text
      }
      width = text.widest
      try restart()
    }
  }

  private init(sheet: String, width: Int) {
    places = SheetPlaces(sheet: sheet)
    self.width = width
    widest = width
  }

  private mutating func append(_ row: WorkbookRow) {
    guard let last = row.cells.last else { return }
    widest = max(widest, last.column + 1)
    // A row too wide: only the width is of interest from here on.
    guard widest == width else { return }
    places.note(row: row.number, line: line)
    rows += 1
    if row.isHidden { hiddenRows += 1 }
    let start = buffer.count
    var column = 0
    for cell in row.cells {
      while column < cell.column {
        buffer.append(UInt8(ascii: ","))
        column += 1
      }
      append(row.text, cell.range, isText: cell.kind == .text)
    }
    while column + 1 < width {
      buffer.append(UInt8(ascii: ","))
      column += 1
    }
    buffer.append(0x0A)
    line += LineEnds.count(buffer, start..<buffer.count)
    size += UInt64(buffer.count - start)
  }

  /// Appends a cell, in quotes where any reader could take part of it for something else.
  ///
  /// A text that looks like a number with a point, a date, a truth value or a formula has quotes as well:
  /// what stands without is what the sheet holds as such, whatever numbers look like in the user's country.
  private mutating func append(_ text: [UInt8], _ range: Range<Int>, isText: Bool) {
    let bytes = text.span
    var needsQuotes = isText && SheetText.looksTyped(bytes.extracting(range))
    for index in range {
      switch bytes[index] {
      case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), 0x09, 0x0A, 0x0D, 0x22:
        needsQuotes = true
      case 0: hasNUL = true
      case 0x80...: hasForeign = true
      default: break
      }
    }
    guard needsQuotes else { return buffer.append(bytes.extracting(range)) }
    buffer.append(0x22)
    for index in range {
      if bytes[index] == 0x22 { buffer.append(0x22) }
      buffer.append(bytes[index])
    }
    buffer.append(0x22)
  }
}

extension SheetText {
  /// Whether a text could be taken for a value of another type.
  private static func looksTyped(_ text: Span<UInt8>) -> Bool {
    guard !text.isEmpty, text.count <= 64 else { return false }
    switch text[0] {
    case UInt8(ascii: "="): return true
    case UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"):
      guard text.count == 4 || text.count == 5 else { return false }
      var word: [UInt8] = []
      for index in text.indices { word.append(text[index] | 0x20) }
      return word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8)
    default: break
    }
    var (digits, dashes, hasPoint) = (0, 0, false)
    for index in text.indices {
      switch text[index] {
      case 0x30...0x39: digits += 1
      case UInt8(ascii: "-"): dashes += 1
      case UInt8(ascii: "."): hasPoint = true
      default: break
      }
    }
    let isDate = digits >= 8 && dashes == 2 && text[0] &- 0x30 < 10
    let isNegative = text[0] == UInt8(ascii: "-") && digits > 0 && digits + 1 == text.count
    return digits > 0 && hasPoint || isDate || isNegative || digits == text.count && digits > 15
  }
}

extension TextSource {
  /// A sheet of a workbook as text.
  ///
  /// - Parameters:
  ///   - workbook: The workbook.
  ///   - sheet: One of its sheets.
  ///   - hashing: Whether the fingerprint will be asked for; it is that of the workbook's file.
  ///   - mostRows: After so many rows the rest is left out, for a first look.
  /// - Returns: The text.
  /// - Throws: `Failure` with cause `inputUnreadable` or `cannotWrite`.
  package static func open(
    _ workbook: Workbook, _ sheet: Workbook.Sheet, hashing: Bool, mostRows: Int = .max
  ) throws(Failure) -> TextSource {
    let file = try PrivateFile(for: workbook.path)
    let text = try SheetText.write(
      workbook, sheet, mostRows: mostRows,
      restart: { () throws(Failure) in try file.empty() },
      { (bytes) throws(Failure) in try file.write(bytes) })
    return TextSource(
      file, text, name: workbook.path, fingerprint: hashing ? try workbook.fingerprint() : nil)
  }
}
