internal import Foundation
package import Vocabulary

/// The bytes in view of a ``ByteWindow``; they stand where they are until it is filled again.
///
/// An array in a class is counted up and down wherever somebody looks at it; this is a place and a length. Every index is
/// checked all the same.
public struct WindowBytes: RandomAccessCollection {
  /// Where they stand; for a span, which checks its indices, too.
  public let buffer: UnsafeBufferPointer<UInt8>

  /// Bytes that somebody else keeps where they are.
  @inlinable @inline(__always)
  public init(_ buffer: UnsafeBufferPointer<UInt8>) { self.buffer = buffer }

  /// The first index.
  @inlinable @inline(__always)
  public var startIndex: Int { 0 }

  /// The index behind the last byte.
  @inlinable @inline(__always)
  public var endIndex: Int { buffer.count }

  /// A byte.
  @inlinable @inline(__always)
  public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < buffer.count)
    return buffer[index]
  }

  /// All bytes in one piece.
  @inlinable
  public func withContiguousStorageIfAvailable<R>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> R
  ) rethrows -> R? { try body(buffer) }
}

/// A moving window over a text: large reads, and the current record always in one piece.
package final class ByteWindow {
  /// The text.
  package let source: TextSource
  /// The file's name as the user knows it.
  package var path: String { source.name }
  /// How many bytes the text had when it was opened.
  package var fileSize: UInt64 { source.size }
  /// The bytes in view, until ``fill()`` is called again; ``start`` to `bytes.count` are not consumed yet.
  package var bytes: WindowBytes {
    WindowBytes(UnsafeBufferPointer(start: base, count: count))
  }
  /// Where the record that is being read begins in ``bytes``; kept in view.
  package var start = 0
  /// The offset in the text of the first byte in view.
  package private(set) var baseOffset: UInt64 = 0
  /// Whether everything has been read.
  package private(set) var isAtEnd = false

  /// The window's own memory.
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var count = 0

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
    capacity = 64
    base = .allocate(capacity: capacity)
    if hashing, !source.isCopy { hasher = FingerprintHasher() }
    while count < source.markLength, !isAtEnd { _ = try fill() }
    start = min(source.markLength, count)
  }

  deinit { base.deallocate() }

  /// Reads another block and returns how far the bytes moved.
  ///
  /// What lies before ``start`` is dropped.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable`.
  package func fill() throws(Failure) -> Int {
    let moved = start
    precondition(moved >= 0 && moved <= count)
    if moved > 0 {
      base.update(from: base + moved, count: count - moved)
      count -= moved
      baseOffset += UInt64(moved)
      start = 0
    }
    guard !isAtEnd else { return moved }
    // A small file does not need a large block; one byte more sees its end.
    let position = baseOffset + UInt64(count)
    let left = fileSize > position ? Int(fileSize - position) + 1 : 4096
    let wanted = max(min(max(blockSize, count), left), 1)
    if count + wanted > capacity { grow(to: count + wanted) }
    var result = 0
    repeat {
      result = pread(descriptor, base + count, wanted, off_t(position))
    } while result < 0 && errno == EINTR
    let code = errno
    guard result >= 0 else {
      throw Failure(
        .inputUnreadable, "\(path) cannot be read: \(String(cString: strerror(code)))",
        remedy: code == EISDIR ? "name a file" : "check the disk, or copy the file again")
    }
    if result == 0 {
      isAtEnd = true
    } else if hasher != nil {
      hasher?.update(UnsafeRawBufferPointer(start: base + count, count: result))
    }
    count += result
    return moved
  }

  /// Makes room for so many bytes and for what is left of a record before the next block.
  private func grow(to needed: Int) {
    let wider = needed + needed / 8
    let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: wider)
    fresh.update(from: base, count: count)
    base.deallocate()
    (base, capacity) = (fresh, wider)
  }

  /// Reads a stretch of the text, wherever the window is.
  ///
  /// It is always read from the file, so that one that changes meanwhile is noticed.
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
