internal import CZlib

/// Writes ZIP archives, good ones and bad ones, byte by byte.
package struct ZIPFixture: Sendable {
  /// An entry and the ways in which it may be written.
  package struct Entry: Sendable {
    /// Its name.
    package var name: String
    /// Its bytes.
    package var bytes: [UInt8]
    /// Whether it is stored as it is, not deflated.
    package var isStored = false
    /// Whether its local header leaves sizes and checksum to a descriptor behind the bytes.
    package var hasDescriptor = false
    /// Whether its sizes stand in the ZIP64 extra field.
    package var isWide = false
    /// What is added to its checksum, to make it wrong.
    package var checksumError: UInt32 = 0
    /// General purpose flags beside the descriptor's.
    package var flags: UInt16 = 0

    /// An entry.
    package init(_ name: String, _ bytes: [UInt8], isStored: Bool = false) {
      self.name = name
      self.bytes = bytes
      self.isStored = isStored
    }
  }

  /// The entries in order.
  package var entries: [Entry] = []
  /// Bytes in front of the archive.
  package var prefix: [UInt8] = []
  /// The comment behind it.
  package var comment: [UInt8] = []
  /// Whether the end of the archive is written in the ZIP64 form.
  package var hasWideEnd = false

  /// An archive of entries.
  package init(_ entries: [Entry] = []) {
    self.entries = entries
  }

  /// The archive.
  package var bytes: [UInt8] {
    var output = prefix
    var directory: [UInt8] = []
    for entry in entries {
      let offset = output.count - prefix.count
      let packed = entry.isStored ? entry.bytes : ZIPFixture.deflate(entry.bytes)
      let checksum =
        UInt32(truncatingIfNeeded: ZIPFixture.checksum(entry.bytes))
        &+ entry.checksumError
      let flags = entry.flags | (entry.hasDescriptor ? 8 : 0)
      let wide =
        ZIPFixture.number(1, 2) + ZIPFixture.number(16, 2)
        + ZIPFixture.number(entry.bytes.count, 8) + ZIPFixture.number(packed.count, 8)
      let extra = entry.isWide ? wide : []
      func head(_ size: Int, _ packedSize: Int, _ checksum: Int) -> [UInt8] {
        ZIPFixture.number(20, 2) + ZIPFixture.number(Int(flags), 2)
          + ZIPFixture.number(entry.isStored ? 0 : 8, 2) + ZIPFixture.number(0, 4)
          + ZIPFixture.number(checksum, 4) + ZIPFixture.number(packedSize, 4)
          + ZIPFixture.number(size, 4) + ZIPFixture.number(entry.name.utf8.count, 2)
          + ZIPFixture.number(extra.count, 2)
      }
      let size = entry.isWide ? 0xFFFF_FFFF : entry.bytes.count
      let packedSize = entry.isWide ? 0xFFFF_FFFF : packed.count
      let local =
        entry.hasDescriptor
        ? head(0, 0, 0) : head(size, packedSize, Int(checksum))
      output += [0x50, 0x4B, 3, 4] + local + Array(entry.name.utf8) + extra + packed
      if entry.hasDescriptor {
        output +=
          [0x50, 0x4B, 7, 8] + ZIPFixture.number(Int(checksum), 4)
          + ZIPFixture.number(packed.count, 4) + ZIPFixture.number(entry.bytes.count, 4)
      }
      directory +=
        [0x50, 0x4B, 1, 2] + ZIPFixture.number(20, 2)
        + head(size, packedSize, Int(checksum)) + ZIPFixture.number(0, 10)
        + ZIPFixture.number(offset, 4) + Array(entry.name.utf8) + extra
    }
    let start = output.count - prefix.count
    output += directory
    if hasWideEnd {
      let place = output.count
      output +=
        [0x50, 0x4B, 6, 6] + ZIPFixture.number(44, 8) + ZIPFixture.number(45, 4)
        + ZIPFixture.number(0, 8) + ZIPFixture.number(entries.count, 8)
        + ZIPFixture.number(entries.count, 8) + ZIPFixture.number(directory.count, 8)
        + ZIPFixture.number(start, 8)
      output +=
        [0x50, 0x4B, 6, 7] + ZIPFixture.number(0, 4) + ZIPFixture.number(place, 8)
        + ZIPFixture.number(1, 4)
    }
    output +=
      [0x50, 0x4B, 5, 6] + ZIPFixture.number(0, 4)
      + ZIPFixture.number(hasWideEnd ? 0xFFFF : entries.count, 2)
      + ZIPFixture.number(hasWideEnd ? 0xFFFF : entries.count, 2)
      + ZIPFixture.number(hasWideEnd ? 0xFFFF_FFFF : directory.count, 4)
      + ZIPFixture.number(hasWideEnd ? 0xFFFF_FFFF : start, 4)
      + ZIPFixture.number(comment.count, 2) + comment
    return output
  }

  private static func number(_ value: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt {
    crc32(crc32(0, nil, 0), bytes, UInt32(bytes.count))
  }

  /// The bare deflate stream of some bytes.
  package static func deflate(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    var source = bytes
    var target = [UInt8](repeating: 0, count: bytes.count + bytes.count / 1000 + 64)
    let room = target.count
    let written = withUnsafeMutablePointer(to: &stream) { stream in
      source.withUnsafeMutableBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
          _ = czlib_deflate_init_bare(stream)
          stream.pointee.next_in = source.baseAddress
          stream.pointee.avail_in = UInt32(source.count)
          stream.pointee.next_out = target.baseAddress
          stream.pointee.avail_out = UInt32(room)
          _ = CZlib.deflate(stream, Z_FINISH)
          defer { deflateEnd(stream) }
          return room - Int(stream.pointee.avail_out)
        }
      }
    }
    return Array(target[..<written])
  }
}
