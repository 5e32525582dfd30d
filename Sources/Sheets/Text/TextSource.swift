internal import Foundation
package import Vocabulary

/// Any input file as UTF-8 text: the one door between files as people have them and the readers.
///
/// A file that is UTF-8 already is read as it is. Everything else is turned into UTF-8 once, as a stream
/// and with little memory, into a ``PrivateFile`` that vanishes with the program; behind this door
/// nobody needs to know. ``fingerprint`` is that of the original bytes, and places in the text are told
/// in the terms of the original: lines and columns are the same for a text, and ``sheet`` translates
/// them for a workbook.
public final class TextSource: Sendable {
  /// What the file was.
  package enum Origin: Hashable, Sendable {
    /// Text.
    case text(TextEncoding, hasMark: Bool)
    /// A sheet of a workbook.
    case workbook(sheet: String)
  }

  /// Something about the text as a whole that people should know.
  public struct Concern: Hashable, Sendable {
    /// What is odd.
    public enum Kind: Hashable, Sendable {
      /// The encoding is a guess, because nothing in the file says what it is.
      case assumedWindows1252
      /// Characters such as `Ã©`, which were read in the wrong encoding before.
      case garbled
    }
    package var kind: Kind
    /// How many characters are concerned.
    package var count: Int
    /// Where in the text the first of them stands.
    package var offset: UInt64
  }

  /// The file's name as the user knows it.
  package let name: String
  /// What a look over all of a text has told.
  ///
  /// Whoever reads the same file again, and makes sure at its end that it was the same, need not look again.
  public struct Look: Hashable, Sendable {
    fileprivate var concerns: [Concern]
    fileprivate var isPlain: Bool
    fileprivate var isBroken: Bool
    fileprivate var hasNUL: Bool
    /// The file as it was when it was looked over.
    fileprivate var identity: OpenFile.Identity
  }

  /// What the look over the text has told; nil for a copy, which is made anew by whoever reads the file again.
  package let look: Look?

  /// What the file was.
  package let origin: Origin
  /// What people should know about the text as a whole.
  package let concerns: [Concern]
  /// The fingerprint of the original, when the text is a copy; otherwise whoever reads it computes it.
  package let fingerprint: Fingerprint?
  /// How rows of a workbook's sheet stand in the text; nil for a text.
  package let sheet: SheetPlaces?
  /// How many rows of a sheet were hidden in the workbook; they are read like all others.
  package let hiddenRows: Int
  /// Whether every byte is ASCII and none is zero, so that no row needs a look.
  package let isPlain: Bool
  /// Whether some rows hold bytes that are not UTF-8.
  package let isBroken: Bool
  /// Whether the text holds zero bytes.
  package let hasNUL: Bool
  /// Whether some characters could not be decoded and stand as U+FFFD.
  package let hasUndecodable: Bool
  /// Whether the text is a copy that was made of the file.
  package let isCopy: Bool
  /// How many bytes of a byte order mark stand in front of the text.
  package let markLength: Int
  /// How many bytes the text has.
  package let size: UInt64

  let descriptor: Int32
  private let file: OpenFile?
  private let copy: PrivateFile?

  /// Opens a file and finds out what it is.
  ///
  /// A byte order mark decides. Without one, text that is UTF-8 from end to end is UTF-8; other text is
  /// taken for Windows-1252, unless most of its characters beyond ASCII are UTF-8: then it is a mixture,
  /// and the rows that are not UTF-8 are left for the reader to refuse.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - name: What to call it in messages.
  ///   - hashing: Whether the fingerprint will be asked for.
  ///   - look: What is known of the file, when it was read before.
  /// - Returns: The text.
  /// - Throws: `Failure` with cause `inputMissing`, `inputUnreadable` or `cannotWrite`.
  package static func open(
    path: String, name: String, hashing: Bool, look: Look? = nil
  ) throws(Failure) -> TextSource {
    let file = try OpenFile(path: path, name: name)
    let look = look.flatMap { $0.identity == file.identity ? $0 : nil }
    var head = file.makeBuffer(blockSize: 4096)
    head.removeLast(head.count - (try file.read(at: 0, into: &head)))
    if let refusal = try Workbook.refusal(ofOldWorkbook: file, head: head) { throw refusal }
    switch FileSignature(head) {
    case .foreign(let what, let remedy):
      throw Failure(.inputUnreadable, "\(name) \(what)", remedy: remedy)
    case .archive:
      throw Failure(
        .inputUnreadable,
        "\(name) is a spreadsheet workbook or another archive, where text is needed",
        remedy: "open it and save the sheet as \"CSV UTF-8 (comma delimited)\"")
    case .marked(.utf8, let length):
      if let look { return TextSource(file, look, markLength: length) }
      return TextSource(file, looked(file, try scanned(file)), markLength: length)
    case .marked(let encoding, let length):
      return try TextSource(
        file, decoding: encoding, mark: length, hasMark: length > 0, hashing: hashing)
    case .plain:
      if let look { return TextSource(file, look, markLength: 0) }
      let scan = try scanned(file)
      if scan.isBroken, !FileSignature.beginsLikeJSON(head), try speaksForWindows(file) {
        return try TextSource(
          file, decoding: .windows1252, mark: 0, hasMark: false, hashing: hashing)
      }
      return TextSource(file, looked(file, scan), markLength: 0)
    }
  }

  private static func looked(_ file: OpenFile, _ scan: TextScan) -> Look {
    Look(
      concerns: concerns(scan, isAssumed: false), isPlain: scan.isASCII && !scan.hasNUL,
      isBroken: scan.isBroken, hasNUL: scan.hasNUL, identity: file.identity)
  }

  /// A file that LoadBooks wrote itself, as UTF-8 and without a look at it.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  convenience init(ownFile path: String) throws(Failure) {
    self.init(try OpenFile(path: path, name: path), nil, markLength: 0)
  }

  /// A text that was made of a sheet of a workbook.
  ///
  /// - Parameters:
  ///   - file: What was written.
  ///   - text: What is known of it.
  ///   - name: The workbook's name as the user knows it.
  ///   - fingerprint: That of the workbook's file; nil when nobody asked for it.
  init(_ file: PrivateFile, _ text: SheetText, name: String, fingerprint: Fingerprint?) {
    self.name = name
    self.fingerprint = fingerprint
    size = text.size
    sheet = text.places
    hiddenRows = text.hiddenRows
    origin = .workbook(sheet: text.places.sheet)
    concerns = []
    isPlain = !text.hasForeign && !text.hasNUL
    isBroken = false
    hasNUL = text.hasNUL
    hasUndecodable = text.hasForeign
    look = nil
    isCopy = true
    markLength = 0
    descriptor = file.descriptor
    self.file = nil
    copy = file
  }

  /// A file that is read as it is.
  private init(_ file: OpenFile, _ look: Look?, markLength: Int) {
    name = file.name
    size = file.size
    sheet = nil
    hiddenRows = 0
    fingerprint = nil
    origin = .text(.utf8, hasMark: markLength > 0)
    concerns = look?.concerns ?? []
    isPlain = look?.isPlain ?? false
    isBroken = look?.isBroken ?? true
    hasNUL = look?.hasNUL ?? true
    hasUndecodable = false
    self.look = look
    isCopy = false
    self.markLength = markLength
    descriptor = file.descriptor
    self.file = file
    copy = nil
  }

  /// A file that is turned into UTF-8.
  private init(
    _ file: OpenFile, decoding encoding: TextEncoding, mark: Int, hasMark: Bool, hashing: Bool
  ) throws(Failure) {
    let (copy, fingerprint, conversion) = try TextConversion.copy(
      file, encoding, skipping: mark, hashing: hashing)
    name = file.name
    var status = stat()
    size = fstat(copy.descriptor, &status) == 0 ? UInt64(max(0, status.st_size)) : 0
    sheet = nil
    hiddenRows = 0
    self.fingerprint = fingerprint
    origin = .text(encoding, hasMark: hasMark)
    let scan = conversion.scan
    // What could not be decoded here holds its record; it was not wrong before it came here.
    concerns = TextSource.concerns(
      scan, isAssumed: encoding == .windows1252, undecodable: conversion.undecodable.count)
    isPlain = scan.isASCII && !scan.hasNUL
    isBroken = false
    hasNUL = scan.hasNUL
    hasUndecodable = conversion.undecodable.count > 0
    look = nil
    isCopy = true
    markLength = 0
    descriptor = copy.descriptor
    self.file = nil
    self.copy = copy
  }

  private static func scanned(_ file: OpenFile) throws(Failure) -> TextScan {
    var scan = TextScan()
    try eachBlock(of: file) { scan.look(at: $0, isLast: $1) }
    return scan
  }

  private static func speaksForWindows(_ file: OpenFile) throws(Failure) -> Bool {
    var evidence = UTF8Evidence()
    try eachBlock(of: file) { evidence.look(at: $0, isLast: $1) }
    return evidence.stray > evidence.valid
  }

  private static func concerns(
    _ scan: TextScan, isAssumed: Bool, undecodable: Int = 0
  ) -> [Concern] {
    var concerns: [Concern] = []
    if isAssumed, scan.foreign.count > 0 {
      concerns.append(
        Concern(
          kind: .assumedWindows1252, count: scan.foreign.count, offset: scan.foreign.offset))
    }
    let garbled = scan.garbled.count - undecodable
    if garbled > 0 {
      concerns.append(Concern(kind: .garbled, count: garbled, offset: scan.garbled.offset))
    }
    return concerns
  }

  /// Gives all bytes of a file in large blocks; `body` tells how many it has taken.
  private static func eachBlock(
    of file: OpenFile, _ body: (UnsafeRawBufferPointer, _ isLast: Bool) -> Int
  ) throws(Failure) {
    var block = file.makeBuffer()
    var kept = 0
    var offset: UInt64 = 0
    while true {
      if kept == block.count { block.append(contentsOf: repeatElement(0, count: 4096)) }
      let count = try file.read(at: offset, into: &block, behind: kept)
      let (known, isLast) = (kept + count, count == 0)
      offset += UInt64(count)
      let taken = block.withUnsafeBytes {
        body(UnsafeRawBufferPointer(rebasing: $0[..<known]), isLast)
      }
      if isLast { return }
      kept = known - taken
      block.withUnsafeMutableBytes { bytes in
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[taken..<known]))
      }
    }
  }

  // MARK: - Places

  /// The place of a line, in the terms of the original.
  package func location(line: Int) -> SourceLocation {
    sheet?.location(file: name, line: line) ?? SourceLocation(file: name, line: line)
  }

  /// Reads up to `count` bytes of the text at an offset; fewer at its end.
  package func peek(at offset: UInt64, count: Int) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    let result = buffer.withUnsafeMutableBytes {
      pread(descriptor, $0.baseAddress, count, off_t(offset))
    }
    buffer.removeLast(count - max(0, result))
    return buffer
  }

  /// The line that a byte of the text stands on, from 1; counts from the beginning.
  package func line(at offset: UInt64) -> Int {
    var line = 1
    var position: UInt64 = 0
    while position < offset {
      // One byte more tells whether a CR at the end has its LF.
      let count = Int(min(1 << 18, offset - position))
      let bytes = peek(at: position, count: count + 1)
      guard !bytes.isEmpty else { break }
      line += LineEnds.count(bytes, 0..<min(count, bytes.count))
      position += UInt64(count)
    }
    return line
  }

  /// The place of a byte and the cell around it, as far as marks between cells show it.
  package func excerpt(at offset: UInt64) -> (SourceLocation, Excerpt) {
    let reach = 200
    let from = offset > UInt64(reach) ? offset - UInt64(reach) : 0
    let bytes = peek(at: from, count: Int(offset - from) + reach)
    let marks: Set<UInt8> = [0x0A, 0x0D, 0x09, 0x22, 0x2C, 0x3B, 0x7C]
    var start = min(Int(offset - from), bytes.count)
    var end = start
    while start > 0, !marks.contains(bytes[start - 1]) { start -= 1 }
    while end < bytes.count, !marks.contains(bytes[end]) { end += 1 }
    return LineExcerpt.make(
      self, offset: from + UInt64(start), length: end - start, line: line(at: offset))
  }
}
