package import Vocabulary

/// The parts of a workbook file, as a ZIP archive holds them.
///
/// Only what a workbook needs: the central directory, ZIP64, stored and deflated entries. Nothing is
/// ever written to a path that an entry names, so names can play no tricks.
package final class ZIPArchive {
  /// An entry of the central directory.
  package struct Entry: Hashable, Sendable {
    /// Its name with forward slashes, as written.
    package var name: String
    /// 0 is stored, 8 is deflated.
    package var method: UInt16
    /// Whether it is encrypted.
    package var isEncrypted: Bool
    /// The CRC-32 of its bytes.
    package var checksum: UInt32
    /// How many bytes it takes in the archive.
    package var packedSize: UInt64
    /// How many bytes it has.
    package var size: UInt64
    /// Where its local header is.
    package var offset: UInt64
  }

  /// The file's name as the user knows it.
  package var path: String { file.name }
  /// How many bytes the archive has.
  package var fileSize: UInt64 { file.size }
  /// All entries in the order of the central directory.
  package private(set) var entries: [Entry] = []
  private var byName: [String: Int] = [:]
  private var doubled: Set<String> = []
  private let file: OpenFile

  /// A workbook has a few dozen parts, one with many pictures some thousands.
  private static let mostEntries = 65_536
  private static let largestDirectory: UInt64 = 32 << 20

  /// Opens an archive and reads its directory.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  package init(path: String, name: String) throws(Failure) {
    file = try OpenFile(path: path, name: name)
    try readDirectory()
  }

  /// The entry of a name, which OPC compares without regard to case; nil when there is none.
  ///
  /// - Throws: `Failure` when the name stands twice, because programs would then see different parts.
  package func entry(_ name: String) throws(Failure) -> Entry? {
    let key = ZIPArchive.key(name)
    guard let index = byName[key] else { return nil }
    guard !doubled.contains(key) else { throw damaged("it holds \(name) twice") }
    return entries[index]
  }

  /// Reads up to `count` bytes at an offset; fewer at the end.
  package func bytes(at offset: UInt64, count: Int) throws(Failure) -> [UInt8] {
    guard offset < fileSize, count > 0 else { return [] }
    let wanted = Int(min(UInt64(count), fileSize - offset))
    let buffer = try file.bytes(at: offset, count: wanted)
    // Reads of a file are whole but at its end.
    guard buffer.count == wanted else { throw damaged("it became shorter while it was being read") }
    return buffer
  }

  /// Where an entry's packed bytes begin.
  func dataOffset(of entry: Entry) throws(Failure) -> UInt64 {
    let header = try bytes(at: entry.offset, count: 30)
    guard header.count == 30, header.number32(0) == 0x0403_4B50 else {
      throw damaged("the part \(entry.name) is not where its directory says")
    }
    let start = entry.offset + 30 + UInt64(header.number16(26)) + UInt64(header.number16(28))
    guard start <= fileSize, entry.packedSize <= fileSize - start else {
      throw damaged("the part \(entry.name) is cut off")
    }
    return start
  }

  /// A failure that says what is wrong with the archive.
  func damaged(_ reason: String) -> Failure {
    Failure(
      .inputUnreadable, "\(path) is a damaged workbook: \(reason)",
      remedy: "copy or download the file again; if that does not help, open it in a spreadsheet "
        + "program and save it again as .xlsx")
  }

  private static func key(_ name: String) -> String {
    var name = name.lowercased()
    while name.hasPrefix("/") { name.removeFirst() }
    return name
  }

  // MARK: - Directory

  private func readDirectory() throws(Failure) {
    let reach = min(fileSize, 22 + 65_535)
    let tail = try bytes(at: fileSize - reach, count: Int(reach))
    guard let index = ZIPArchive.end(in: tail) else {
      throw damaged("its end is missing, so it is cut off")
    }
    let end = fileSize - reach + UInt64(index)
    var count = UInt64(tail.number16(index + 10))
    var size = UInt64(tail.number32(index + 12))
    var offset = UInt64(tail.number32(index + 16))
    var directoryEnd = end
    if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF, end >= 20 {
      let locator = try bytes(at: end - 20, count: 20)
      if locator.number32(0) == 0x0706_4B50 {
        let place = locator.number64(8)
        let record = try bytes(at: place, count: 56)
        guard record.count == 56, record.number32(0) == 0x0606_4B50 else {
          throw damaged("its directory is not where it should be")
        }
        count = record.number64(32)
        size = record.number64(40)
        offset = record.number64(48)
        directoryEnd = place
      }
    }
    guard count <= UInt64(ZIPArchive.mostEntries), size <= ZIPArchive.largestDirectory else {
      throw damaged("it lists more parts than a workbook has")
    }
    guard size <= directoryEnd, offset <= directoryEnd - size else {
      throw damaged("its directory is not where it should be")
    }
    // Something in front of the archive moves everything by the same distance.
    let shift = directoryEnd - size - offset
    let directory = try bytes(at: offset + shift, count: Int(size))
    try readEntries(directory, count: Int(count), shift: shift)
  }

  /// Where the record that ends an archive begins; one that takes all the rest wins, because a comment
  /// may hold anything.
  private static func end(in tail: [UInt8]) -> Int? {
    var other: Int?
    var index = tail.count - 22
    while index >= 0 {
      if tail[index] == 0x50, tail.number32(index) == 0x0605_4B50 {
        let end = index + 22 + Int(tail.number16(index + 20))
        if end == tail.count { return index }
        if end < tail.count, other == nil { other = index }
      }
      index -= 1
    }
    return other
  }

  private func readEntries(_ bytes: [UInt8], count: Int, shift: UInt64) throws(Failure) {
    var index = 0
    for _ in 0..<count {
      guard index + 46 <= bytes.count, bytes.number32(index) == 0x0201_4B50 else {
        throw damaged("its directory is cut off")
      }
      let nameLength = Int(bytes.number16(index + 28))
      let extraLength = Int(bytes.number16(index + 30))
      let commentLength = Int(bytes.number16(index + 32))
      let end = index + 46 + nameLength + extraLength + commentLength
      guard end <= bytes.count else { throw damaged("its directory is cut off") }
      let name = bytes[(index + 46)..<(index + 46 + nameLength)]
      var entry = Entry(
        name: String(decoding: name.map { $0 == 0x5C ? 0x2F : $0 }, as: UTF8.self),
        method: bytes.number16(index + 10), isEncrypted: bytes.number16(index + 8) & 1 != 0,
        checksum: bytes.number32(index + 16), packedSize: UInt64(bytes.number32(index + 20)),
        size: UInt64(bytes.number32(index + 24)), offset: UInt64(bytes.number32(index + 42)))
      let extra = index + 46 + nameLength
      ZIPArchive.widen(&entry, bytes, extra..<(extra + extraLength))
      guard entry.offset <= fileSize else { throw damaged("its directory points behind its end") }
      entry.offset += shift
      let key = ZIPArchive.key(entry.name)
      if byName[key] == nil { byName[key] = entries.count } else { doubled.insert(key) }
      entries.append(entry)
      index = end
    }
  }

  /// Takes sizes that need more than 32 bits out of the ZIP64 extra field.
  private static func widen(_ entry: inout Entry, _ bytes: [UInt8], _ range: Range<Int>) {
    var index = range.lowerBound
    while index + 4 <= range.upperBound {
      let tag = bytes.number16(index)
      let end = index + 4 + Int(bytes.number16(index + 2))
      guard end <= range.upperBound else { return }
      if tag == 1 {
        var place = index + 4
        func next() -> UInt64? {
          guard place + 8 <= end else { return nil }
          defer { place += 8 }
          return bytes.number64(place)
        }
        if entry.size == 0xFFFF_FFFF { entry.size = next() ?? entry.size }
        if entry.packedSize == 0xFFFF_FFFF { entry.packedSize = next() ?? entry.packedSize }
        if entry.offset == 0xFFFF_FFFF { entry.offset = next() ?? entry.offset }
        return
      }
      index = end
    }
  }
}

extension [UInt8] {
  /// A little-endian number; the bytes must be there.
  fileprivate func number16(_ index: Int) -> UInt16 {
    UInt16(self[index]) | UInt16(self[index + 1]) << 8
  }

  fileprivate func number32(_ index: Int) -> UInt32 {
    UInt32(number16(index)) | UInt32(number16(index + 2)) << 16
  }

  fileprivate func number64(_ index: Int) -> UInt64 {
    UInt64(number32(index)) | UInt64(number32(index + 4)) << 32
  }
}
