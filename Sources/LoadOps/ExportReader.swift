internal import Sheets
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
