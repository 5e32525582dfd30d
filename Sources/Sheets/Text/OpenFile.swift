internal import Foundation
internal import Vocabulary

/// A file that is open for reading, with the name that the user knows it by.
final class OpenFile: Sendable {
  let descriptor: Int32
  let name: String
  /// How many bytes it had when it was opened.
  let size: UInt64
  /// Which file it was, how long, and when it was written last: where one of these differs, so may the content.
  let identity: Identity

  /// What tells one state of a file from another without reading it.
  struct Identity: Hashable, Sendable {
    var device: UInt64
    var number: UInt64
    var size: UInt64
    var seconds: Int
    var nanoseconds: Int
  }

  /// Opens a file.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  init(path: String, name: String) throws(Failure) {
    self.name = name
    descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    let isKnown = descriptor >= 0 && fstat(descriptor, &status) == 0
    size = isKnown ? UInt64(max(0, status.st_size)) : 0
    #if os(Linux)
      let written = status.st_mtim
    #else
      let written = status.st_mtimespec
    #endif
    identity = Identity(
      device: UInt64(truncatingIfNeeded: status.st_dev),
      number: UInt64(truncatingIfNeeded: status.st_ino), size: size, seconds: written.tv_sec,
      nanoseconds: written.tv_nsec)
    guard descriptor < 0 else { return }
    let code = errno
    if code == ENOENT || code == ENOTDIR {
      throw Failure(
        .inputMissing, "\(name): there is no such file",
        remedy: "check the path, or drop the export again")
    }
    throw Failure(
      .inputUnreadable, "\(name) cannot be opened: \(String(cString: strerror(code)))",
      remedy: "check who may read the file")
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// A buffer for reading: large, but not larger than the file and one byte, which sees its end.
  func makeBuffer(blockSize: Int = 1 << 18) -> [UInt8] {
    [UInt8](repeating: 0, count: Int(min(UInt64(blockSize), size + 1)))
  }

  /// Reads as much as fits into a buffer behind its first bytes; returns how much that was, 0 at the end of the
  /// file.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  func read(
    at offset: UInt64, into buffer: inout [UInt8], behind kept: Int = 0
  ) throws(Failure) -> Int {
    var result = 0
    repeat {
      result = buffer.withUnsafeMutableBytes {
        let free = UnsafeMutableRawBufferPointer(rebasing: $0[kept...])
        return pread(descriptor, free.baseAddress, free.count, off_t(offset))
      }
    } while result < 0 && errno == EINTR
    let code = errno
    guard result < 0 else { return result }
    throw Failure(
      .inputUnreadable, "\(name) cannot be read: \(String(cString: strerror(code)))",
      remedy: code == EISDIR ? "name a file" : "check the disk, or copy the file again")
  }

  /// Up to so many bytes at an offset; fewer only at the end of the file.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  func bytes(at offset: UInt64, count: Int) throws(Failure) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    buffer.removeLast(count - (try read(at: offset, into: &buffer)))
    return buffer
  }
}
