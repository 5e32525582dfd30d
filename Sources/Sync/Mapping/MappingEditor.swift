internal import Foundation
internal import Sheets
public import Vocabulary

/// Adds lines to a mapping file; every byte that is there stays as it is.
///
/// A line is added at the end, in the columns, with the delimiter and the line ends that the file has. The
/// file as it would be is read first: a line that contradicts another one, or names what QuickBooks could not
/// keep, is refused with the reason that reading gives. The new file takes the old one's place in one step.
public struct MappingEditor: Sendable {
  /// A line to add.
  public struct Line: Hashable, Sendable {
    /// What it maps.
    public var kind: MappingFile.Kind
    /// The name in LoadOps.
    public var loadOps: String
    /// The name in QuickBooks.
    public var quickBooks: String
    /// The income account, for items; nil for none.
    public var account: String?
    /// What somebody wants to remember; empty for nothing.
    public var note: String

    /// A line.
    public init(
      kind: MappingFile.Kind, loadOps: String, quickBooks: String, account: String? = nil,
      note: String = ""
    ) {
      self.kind = kind
      self.loadOps = OuterBlanks.trimmed(loadOps)
      self.quickBooks = OuterBlanks.trimmed(quickBooks)
      self.account = account.map(OuterBlanks.trimmed).flatMap { $0.isEmpty ? nil : $0 }
      self.note = OuterBlanks.trimmed(note)
    }
  }

  /// What became of the lines.
  public struct Outcome: Sendable {
    /// The lines that were added, as they stand in the file, with their numbers.
    public var added: [(text: String, line: Int)] = []
    /// The lines that were there already, with their numbers.
    public var known: [(line: Line, number: Int)] = []
  }

  /// The file.
  public let path: String
  private var bytes: [UInt8]
  private var mapping: MappingFile
  private var outcome = Outcome()

  /// Opens a file for additions; a missing one begins with its header.
  ///
  /// - Throws: `Failure` with cause `settingsWrong` when the file has a problem already: that must be mended
  ///   first, because nobody can tell what it means.
  public init(path: String) throws(Failure) {
    self.path = path
    if let data = FileManager.default.contents(atPath: path) {
      bytes = [UInt8](data)
    } else if FileManager.default.fileExists(atPath: path) {
      throw Failure(
        .settingsWrong, "\(path) cannot be read", remedy: "check who may read the file")
    } else {
      bytes = Array((MappingFile.columnNames.joined(separator: ",") + "\n").utf8)
    }
    mapping = try MappingEditor.read(path, bytes)
  }

  /// Adds a line, unless it is there already.
  ///
  /// - Throws: `Failure` with cause `settingsWrong`: the line contradicts one of the file, or a name is
  ///   not one that QuickBooks takes.
  public mutating func add(_ line: Line) throws(Failure) {
    let same = mapping.rows.first { row in
      row.kind == line.kind && row.loadOps.utf8.elementsEqual(line.loadOps.utf8)
        && row.quickBooks.utf8.elementsEqual(line.quickBooks.utf8)
        && (line.account == nil || row.account == line.account)
    }
    if let same {
      outcome.known.append((line, same.line))
      return
    }
    let other = mapping.rows.first { row in
      row.kind == line.kind && row.loadOps.utf8.elementsEqual(line.loadOps.utf8)
        && !row.quickBooks.utf8.elementsEqual(line.quickBooks.utf8)
    }
    if let other {
      throw Failure(
        .settingsWrong,
        "\(line.kind.rawValue) \"\(line.loadOps)\" is mapped to \"\(other.quickBooks)\" already, on line "
          + "\(other.line) of \(path); nothing was written",
        remedy: "if \"\(line.quickBooks)\" is right, change that line")
    }
    if !line.note.isEmpty, !mapping.hasNotes {
      throw Failure(
        .settingsWrong, "\(path) has no column for the note \"\(line.note)\"; nothing was written",
        remedy: "add a column named note to its first row, or leave the note out")
    }
    guard
      let text = mapping.line(
        kind: line.kind, loadops: line.loadOps, quickbooks: line.quickBooks, account: line.account,
        note: line.note)
    else {
      throw Failure(
        .settingsWrong, "\(path) has no column for the account \"\(line.account ?? "")\"",
        remedy: "add a column named account to its first row")
    }
    var longer = bytes
    let end = MappingEditor.lineEnd(of: bytes)
    if let last = longer.last, last != 0x0A, last != 0x0D { longer += end }
    let number = MappingEditor.lines(longer) + 1
    longer += Array(text.utf8) + end
    do {
      mapping = try MappingEditor.read(path, longer)
    } catch {
      var failure = error
      failure.message = "nothing was written: " + failure.message
      throw failure
    }
    bytes = longer
    outcome.added.append((text, number))
  }

  /// The mapping as it would be, with the lines that were added.
  public var result: MappingFile { mapping }

  /// The numbers of the lines that were added.
  public var addedLines: [Int] { outcome.added.map(\.line) }

  /// Writes the file, when anything was added.
  ///
  /// - Returns: What became of the lines.
  /// - Throws: `Failure` with cause `cannotWrite`; the file is the old one then.
  public func save() throws(Failure) -> Outcome {
    guard !outcome.added.isEmpty else { return outcome }
    // A link keeps pointing at its file, and the file keeps its permissions.
    let real = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    let mode =
      (try? FileManager.default.attributesOfItem(atPath: real.path))?[.posixPermissions]
      as? NSNumber
    let file = try StagedFile(
      folder: real.deletingLastPathComponent().path, name: real.lastPathComponent)
    try file.write(bytes)
    try file.finish()
    if let mode { chmod(file.stagedPath, mode_t(mode.uint16Value)) }
    try file.publish()
    try StagedFile.syncFolder(file.folder)
    return outcome
  }

  private static func read(_ path: String, _ bytes: [UInt8]) throws(Failure) -> MappingFile {
    let (mapping, problems) = MappingFile.check(try CSVTable(path: path, bytes: bytes))
    if let failure = Failure.first(of: problems) { throw failure }
    return mapping ?? .empty
  }

  /// The line end of the first line; LF in a file without one.
  private static func lineEnd(of bytes: [UInt8]) -> [UInt8] {
    guard let first = bytes.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return [0x0A] }
    if bytes[first] == 0x0A { return [0x0A] }
    return first + 1 < bytes.count && bytes[first + 1] == 0x0A ? [0x0D, 0x0A] : [0x0D]
  }

  /// How many lines have ended.
  private static func lines(_ bytes: [UInt8]) -> Int {
    bytes.indices.count { index in
      bytes[index] == 0x0A
        || (bytes[index] == 0x0D && (index + 1 >= bytes.count || bytes[index + 1] != 0x0A))
    }
  }
}
