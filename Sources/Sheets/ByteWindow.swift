internal import Foundation
package import Vocabulary

/// A moving window over a text: large reads, and the current record always in one piece.
package final class ByteWindow {
  /// The text.
  package let source: TextSource
  /// The file's name as the user knows it.
  package var path: String { source.name }
  /// How many bytes the text had when it was opened.
  package var fileSize: UInt64 { source.size }
  /// The bytes in view; ``start`` to `bytes.count` are not consumed yet.
  package private(set) var bytes: [UInt8] = []
  /// Where the record that is being read begins in ``bytes``; kept in view.
  package var start = 0
  /// The offset in the text of the first byte in view.
  package private(set) var baseOffset: UInt64 = 0
  /// Whether everything has been read.
  package private(set) var isAtEnd = false

  private let descriptor: Int32
  private var hasher: FingerprintHasher?
  private let blockSize: Int

  /// A window over a text, behind its byte order mark; `hashing` computes the file's fingerprint on the
  /// way, unless it is known already.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  package init(_ source: TextSource, hashing: Bool, blockSize: Int = 1 << 18) throws(Failure) {
    self.source = source
    self.blockSize = blockSize
    descriptor = source.descriptor
    if hashing, !source.isCopy { hasher = FingerprintHasher() }
    while bytes.count < source.markLength, !isAtEnd { _ = try fill() }
    start = min(source.markLength, bytes.count)
  }

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
    let left = fileSize > position ? Int(fileSize - position) + 1 : 4096
    let wanted = max(min(max(blockSize, old), left), 1)
    var result = 0
    bytes.append(contentsOf: repeatElement(0, count: wanted))
    repeat {
      result = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress.map { $0 + old }, wanted, off_t(position))
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

  /// Reads a stretch of the text, wherever the window is.
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

  /// The fingerprint of the whole file; nil when not all of it was read or hashing was not asked for.
  package func fingerprint() -> Fingerprint? {
    if let known = source.fingerprint { return known }
    guard isAtEnd, let hasher else { return nil }
    return hasher.finish()
  }
}
