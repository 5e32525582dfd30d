public import Vocabulary

/// What a reader has to tell about a file beside its records.
public struct ExportNotes: Sendable {
  /// Columns or keys that mean nothing to us, in order of appearance.
  public var unknownNames: [String] = []
  /// Header rows found again in the middle of a file, by line.
  public var repeatedHeaders: [Int] = []
  /// How many records were read.
  public var records = 0
}

/// Reads the records of one export file in order, and any of them again by its place.
///
/// Two readers stand behind this door, one for CSV and one for JSON. Both read in large blocks and hold
/// one record at a time; both give an invoice as one ``Record`` with a row for each line.
public final class ExportReader {
  /// What the file is made of.
  public enum Format: String, Sendable, CaseIterable {
    /// Separated values with a header row.
    case csv
    /// JSON: one object, an array, or an object on each line.
    case json
  }

  private enum Engine {
    case csv(CSVRecordReader)
    case json(JSONRecordReader)
  }

  /// The file's name as the user knows it.
  public let name: String
  /// What the file is made of.
  public let format: Format
  private let engine: Engine
  private let window: ByteWindow

  /// Opens a file and tells by its first bytes what it is.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - name: What to call it in messages; its path unless it is a copy of something else.
  ///   - file: Its position in the list of inputs, for ``RecordPlace``.
  ///   - meanings: The user's own names for columns, by normalised header.
  ///   - hashing: Whether to compute the fingerprint on the way.
  ///   - blockSize: How many bytes to read at once; tests read single bytes.
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  public init(
    path: String, name: String? = nil, file: Int, meanings: [String: ColumnMeaning] = [:],
    hashing: Bool = false,
    blockSize: Int = 1 << 18
  ) throws(Failure) {
    self.name = name ?? path
    window = try ByteWindow(path: path, name: name ?? path, hashing: hashing, blockSize: blockSize)
    try ExportReader.skipMark(window)
    if let first = try ExportReader.firstSignificant(window),
      first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    {
      format = .json
      engine = .json(try JSONRecordReader(window: window, file: file, meanings: meanings))
    } else {
      format = .csv
      engine = .csv(
        try CSVRecordReader(window: window, file: file, meanings: meanings))
    }
  }

  /// The kinds of records in the file; JSON may hold several, known once it was read.
  public var kinds: Set<RecordKind> {
    switch engine {
    case .csv(let reader): [reader.kind]
    case .json(let reader): reader.kinds
    }
  }

  /// Whether the file, read to its end, is JSON without a single record of a kind that we know.
  public var holdsNothingKnown: Bool {
    if case .json(let reader) = engine { return reader.holdsNothingKnown }
    return false
  }

  /// What else there is to tell.
  public var notes: ExportNotes {
    switch engine {
    case .csv(let reader): reader.notes
    case .json(let reader): reader.notes
    }
  }

  /// The headers of a CSV file, as they stand.
  public var headers: [String]? {
    if case .csv(let reader) = engine { return reader.columns.headers }
    return nil
  }

  /// How far the reader is, in bytes, and how many there are.
  public var progress: (done: UInt64, total: UInt64) {
    (window.baseOffset + UInt64(window.start), window.fileSize)
  }

  /// The fingerprint of the whole file, once it was read to its end.
  public func fingerprint() throws(Failure) -> Fingerprint? {
    while !window.isAtEnd {
      window.start = window.bytes.count
      _ = try window.fill()
    }
    return window.fingerprint()
  }

  /// A record to read into.
  public func makeRecord() -> Record {
    switch engine {
    case .csv(let reader): Record(layout: reader.columns.layout)
    case .json: Record(layout: JSONRecordReader.layout)
    }
  }

  /// Reads the next record of one of the kinds wanted; false at the end of the file.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  public func next(_ kinds: Set<RecordKind>, into record: inout Record) throws(Failure)
    -> RecordKind?
  {
    switch engine {
    case .csv(let reader):
      guard kinds.contains(reader.kind) else { return nil }
      return try reader.next(into: &record) ? reader.kind : nil
    case .json(let reader): return try reader.next(kinds, into: &record)
    }
  }

  /// Reads an invoice again by its place.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable` when the file has changed since.
  public func read(_ place: RecordPlace, into record: inout Record) throws(Failure) {
    record.reset()
    record.place = place
    try window.read(at: place.offset, count: Int(place.length), into: &record.text)
    switch engine {
    case .csv(let reader): reader.reparse(&record)
    case .json(let reader): reader.reparse(&record)
    }
  }

  /// The place of a cell, and its line with the cell marked.
  public func excerpt(_ record: Record, _ row: Int, _ cell: Cell) -> (SourceLocation, Excerpt) {
    let offset = record.offset(row, cell)
    return LineExcerpt.make(
      window, offset: offset, length: Int(cell.source.count), line: record.line(row, cell))
  }

  private static func skipMark(_ window: ByteWindow) throws(Failure) {
    while window.bytes.count < 4, !window.isAtEnd { _ = try window.fill() }
    let head = Array(window.bytes.prefix(4))
    if head.starts(with: [0xEF, 0xBB, 0xBF]) {
      window.start = 3
      return
    }
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
      throw Failure(
        .inputUnreadable, "\(window.path) is UTF-16 text, which this version does not read",
        remedy: "save it again as \"CSV UTF-8 (comma delimited)\"")
    }
    if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
      throw Failure(
        .inputUnreadable,
        "\(window.path) is a spreadsheet workbook, which this version does not read",
        remedy: "open it and save the sheet as \"CSV UTF-8 (comma delimited)\"")
    }
  }

  private static func firstSignificant(_ window: ByteWindow) throws(Failure) -> UInt8? {
    var index = window.start
    while true {
      while index < window.bytes.count {
        let byte = window.bytes[index]
        if byte > 0x20 { return byte }
        index += 1
      }
      if window.isAtEnd || index > 65_536 { return nil }
      index -= try window.fill()
    }
  }
}

/// Cuts the line around a place out of bytes.
enum LineExcerpt {
  static let widest = 160
  /// How many bytes in front of a place are looked at; more when they hold no line end.
  private static let reach = (near: 4096, far: 65_536)

  /// The place of a byte of a file and its line; in a line that is too long there is no column.
  static func make(
    _ window: ByteWindow, offset: UInt64, length: Int, line: Int
  ) -> (SourceLocation, Excerpt) {
    var (column, excerpt) = make(window, offset: offset, length: length, reach: reach.near)
    if column == nil {
      (column, excerpt) = make(window, offset: offset, length: length, reach: reach.far)
    }
    return (SourceLocation(file: window.path, line: line, column: column), excerpt)
  }

  private static func make(
    _ window: ByteWindow, offset: UInt64, length: Int, reach: Int
  ) -> (column: Int?, Excerpt) {
    let from = offset > UInt64(reach) ? offset - UInt64(reach) : 0
    let bytes = window.peek(
      at: from, count: Int(offset - from) + LineExcerpt.reach.near + min(length, reach))
    return make(bytes, mark: Int(offset - from), length: length, atFileStart: from == 0)
  }

  private static func make(
    _ bytes: [UInt8], mark: Int, length: Int, atFileStart: Bool
  ) -> (column: Int?, Excerpt) {
    let mark = min(mark, bytes.count)
    var start = mark
    while start > 0, bytes[start - 1] != 0x0A, bytes[start - 1] != 0x0D { start -= 1 }
    if start == 0, atFileStart, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = min(3, mark) }
    var end = mark
    while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
    let before = String(decoding: bytes[start..<mark], as: UTF8.self)
    let marked = String(decoding: bytes[mark..<min(end, mark + length)], as: UTF8.self)
    let after = String(decoding: bytes[min(end, mark + length)..<end], as: UTF8.self)
    let column = start > 0 || atFileStart ? before.count + 1 : nil
    let markLength = max(1, min(marked.count, widest / 2))
    if before.count + marked.count + after.count <= widest {
      return (
        column,
        Excerpt(text: before + marked + after, markStart: before.count, markLength: markLength)
      )
    }
    let head = before.count > 60 ? "…" + before.suffix(60) : before
    let tail = (marked + after).prefix(widest - head.count)
    let cut = tail.count < marked.count + after.count ? tail + "…" : tail
    return (
      column,
      Excerpt(
        text: head + cut, markStart: head.count, markLength: min(markLength, max(1, tail.count)))
    )
  }
}
