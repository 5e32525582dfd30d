internal import Foundation
package import Vocabulary

/// A moving window over a file: large reads, and the current record always in one piece.
package final class ByteWindow {
  /// The file's name as the user knows it.
  package let path: String
  /// How many bytes the file had when it was opened.
  package let fileSize: UInt64
  /// The bytes in view; ``start`` to `bytes.count` are not consumed yet.
  package private(set) var bytes: [UInt8] = []
  /// Where the record that is being read begins in ``bytes``; kept in view.
  package var start = 0
  /// The offset in the file of the first byte in view.
  package private(set) var baseOffset: UInt64 = 0
  /// Whether everything has been read.
  package private(set) var isAtEnd = false

  private let descriptor: Int32
  private var hasher: FingerprintHasher?
  private let blockSize: Int

  /// Opens a file; `hashing` computes its fingerprint on the way.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  package init(path file: String, name: String, hashing: Bool, blockSize: Int = 1 << 18)
    throws(Failure)
  {
    path = name
    self.blockSize = blockSize
    descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT || code == ENOTDIR {
        throw Failure(
          .inputMissing, "\(path): there is no such file",
          remedy: "check the path, or drop the export again")
      }
      throw Failure(
        .inputUnreadable, "\(path) cannot be opened: \(String(cString: strerror(code)))",
        remedy: "check who may read the file")
    }
    var status = stat()
    fileSize = fstat(descriptor, &status) == 0 ? UInt64(max(0, status.st_size)) : 0
    if hashing { hasher = FingerprintHasher() }
  }

  deinit { close(descriptor) }

  /// Reads another block and returns how far the bytes moved.
  ///
  /// What lies before ``start`` is dropped.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  package func fill() throws(Failure) -> Int {
    let moved = start
    if moved > 0 {
      bytes.removeSubrange(0..<moved)
      baseOffset += UInt64(moved)
      start = 0
    }
    guard !isAtEnd else { return moved }
    let old = bytes.count
    // A small file does not need a large block; one byte more sees its end.
    let position = baseOffset + UInt64(old)
    let left = fileSize > position ? Int(fileSize - position) + 1 : blockSize
    let wanted = max(min(max(blockSize, old), left), 1)
    var result = 0
    bytes.append(contentsOf: repeatElement(0, count: wanted))
    repeat {
      result = bytes.withUnsafeMutableBytes {
        Foundation.read(descriptor, $0.baseAddress.map { $0 + old }, wanted)
      }
    } while result < 0 && errno == EINTR
    let code = errno
    bytes.removeLast(wanted - max(0, result))
    guard result >= 0 else {
      throw Failure(
        .inputUnreadable, "\(path) cannot be read: \(String(cString: strerror(code)))",
        remedy: code == EISDIR ? "name a file" : "check the disk, or copy the file again")
    }
    if result == 0 {
      isAtEnd = true
    } else if hasher != nil {
      bytes.withUnsafeBytes { hasher?.update(UnsafeRawBufferPointer(rebasing: $0[old...])) }
    }
    return moved
  }

  /// Reads a stretch of the file, wherever the window is.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable` when the file has become shorter.
  package func read(at offset: UInt64, count: Int, into buffer: inout [UInt8]) throws(Failure) {
    buffer.removeAll(keepingCapacity: true)
    buffer.append(contentsOf: repeatElement(0, count: count))
    var done = 0
    while done < count {
      let result = buffer.withUnsafeMutableBytes {
        pread(
          descriptor, $0.baseAddress.map { $0 + done }, count - done, off_t(offset) + off_t(done))
      }
      if result < 0, errno == EINTR { continue }
      guard result > 0 else {
        throw Failure(
          .inputUnreadable, "\(path) has changed while it was being read",
          remedy: "wait until the export is complete, then run the same command again")
      }
      done += result
    }
  }

  /// Reads up to `count` bytes at an offset; fewer at the end of the file.
  package func peek(at offset: UInt64, count: Int) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    let result = buffer.withUnsafeMutableBytes {
      pread(descriptor, $0.baseAddress, count, off_t(offset))
    }
    buffer.removeLast(count - max(0, result))
    return buffer
  }

  /// The fingerprint of the whole file; nil when not all of it was read or hashing was not asked for.
  package func fingerprint() -> Fingerprint? {
    guard isAtEnd, let hasher else { return nil }
    return hasher.finish()
  }
}
