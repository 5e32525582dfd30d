internal import CZlib
package import Vocabulary

/// Unpacks one entry of an archive as a stream, and refuses to be flooded.
package final class ZIPEntryReader {
  /// How large an unpacked entry may be.
  package struct Limit: Sendable {
    /// At most so many bytes, whatever the archive's size.
    package var bytes: UInt64
    /// Beyond 16 MiB, at most so many times the packed bytes.
    ///
    /// Sheets pack 5 to 60 times.
    package var ratio: UInt64 = 400

    /// For the sheets themselves: 1,048,576 rows of 100 filled columns take about 3 GB.
    package static let sheet = Limit(bytes: 8 << 30)
    /// For the strings, which are held in memory.
    package static let strings = Limit(bytes: 512 << 20, ratio: 100)
    /// For the small parts that describe a workbook.
    package static let description = Limit(bytes: 64 << 20)
  }

  private static let harmless: UInt64 = 16 << 20
  private static let blockSize = 1 << 16

  private let archive: ZIPArchive
  private let entry: ZIPArchive.Entry
  private let limit: Limit
  private let stream: UnsafeMutablePointer<z_stream>
  private var input: [UInt8] = []
  private var inputIndex = 0
  private var nextOffset: UInt64
  private var packedLeft: UInt64
  private var produced: UInt64 = 0
  private var checksum: UInt
  private var isDone = false

  /// Begins with the first byte of an entry.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  package init(_ archive: ZIPArchive, _ entry: ZIPArchive.Entry, limit: Limit) throws(Failure) {
    guard !entry.isEncrypted else {
      throw Failure(
        .inputUnreadable, "\(archive.path) is protected with a password",
        remedy: "open it in the spreadsheet program, remove the password and save it again")
    }
    guard entry.method == 0 || entry.method == 8 else {
      throw archive.damaged("the part \(entry.name) is packed in a way that no workbook uses")
    }
    self.archive = archive
    self.entry = entry
    self.limit = limit
    nextOffset = try archive.dataOffset(of: entry)
    packedLeft = entry.packedSize
    checksum = crc32(0, nil, 0)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard czlib_inflate_init_bare(stream) == Z_OK else {
      throw Failure(.ownBug, "zlib cannot be started", remedy: "free some memory and try again")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// Fills the buffer with the next bytes and returns how many; 0 at the end, when all is proven.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable` for a damaged or outsized entry.
  package func read(into buffer: inout [UInt8]) throws(Failure) -> Int {
    var count = 0
    while count == 0, !isDone {
      count = entry.method == 0 ? try copy(&buffer) : try inflate(&buffer)
    }
    if count > 0 {
      checksum = buffer.withUnsafeBufferPointer { crc32(checksum, $0.baseAddress, UInt32(count)) }
      produced += UInt64(count)
      try checkSize()
    } else if checksum != UInt(entry.checksum) || produced != entry.size {
      throw archive.damaged("the part \(entry.name) does not match its checksum")
    }
    return count
  }

  private func checkSize() throws(Failure) {
    let packed = max(1, entry.packedSize)
    guard produced <= limit.bytes,
      produced <= ZIPEntryReader.harmless || produced / packed <= limit.ratio
    else {
      throw Failure(
        .inputUnreadable,
        "\(archive.path) is no workbook to trust: its part \(entry.name) unpacks to more than "
          + "\(produced >> 20) MiB",
        remedy: "if the workbook is really yours, save the sheet with the export alone, as .xlsx "
          + "or as \"CSV UTF-8 (comma delimited)\"")
    }
  }

  private func refill() throws(Failure) {
    let count = Int(min(packedLeft, UInt64(ZIPEntryReader.blockSize)))
    input = try archive.bytes(at: nextOffset, count: count)
    inputIndex = 0
    nextOffset += UInt64(count)
    packedLeft -= UInt64(count)
  }

  private func copy(_ buffer: inout [UInt8]) throws(Failure) -> Int {
    if inputIndex == input.count {
      guard packedLeft > 0 else {
        isDone = true
        return 0
      }
      try refill()
    }
    let count = min(buffer.count, input.count - inputIndex)
    buffer.replaceSubrange(0..<count, with: input[inputIndex..<(inputIndex + count)])
    inputIndex += count
    return count
  }

  private func inflate(_ buffer: inout [UInt8]) throws(Failure) -> Int {
    if inputIndex == input.count, packedLeft > 0 { try refill() }
    let room = buffer.count
    let start = inputIndex
    let available = input.count - start
    let (stream, isEmpty) = (stream, available == 0)
    let code = input.withUnsafeMutableBufferPointer { source in
      buffer.withUnsafeMutableBufferPointer { target in
        stream.pointee.next_in = source.baseAddress.map { $0 + start }
        stream.pointee.avail_in = UInt32(available)
        stream.pointee.next_out = target.baseAddress
        stream.pointee.avail_out = UInt32(room)
        return CZlib.inflate(stream, Z_NO_FLUSH)
      }
    }
    inputIndex = input.count - Int(stream.pointee.avail_in)
    let count = room - Int(stream.pointee.avail_out)
    switch code {
    case Z_STREAM_END: isDone = true
    case Z_OK where count > 0 || !isEmpty: break
    default: throw archive.damaged("the part \(entry.name) cannot be unpacked")
    }
    return count
  }
}
