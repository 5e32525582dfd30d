internal import Foundation
internal import Sheets
internal import Vocabulary

/// Reads a file line by line, whatever ends its lines: CRLF, LF or a lone CR.
final class IIFLines {
  /// What ended a line.
  enum End { case crlf, lf, cr, endOfFile }

  /// The file as messages name it.
  let name: String
  /// The current line's bytes, without its end, until the next one is read.
  private(set) var line = WindowBytes(UnsafeBufferPointer(start: nil, count: 0))
  /// What ended the current line.
  private(set) var end = End.endOfFile
  /// The current line's number, from 1.
  private(set) var number = 0

  /// No list entry and no document comes near this.
  private static let longestLine = 1 << 20
  private static let chunk = 1 << 18
  private let descriptor: Int32
  /// The bytes at hand, in memory of its own, and where the next line begins in them.
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var count = 0
  private var position = 0

  /// Opens a file.
  init(path: String, name: String) throws(Failure) {
    self.name = name
    capacity = IIFLines.chunk + 4096
    base = .allocate(capacity: capacity)
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      throw Failure(
        code == ENOENT ? .inputMissing : .inputUnreadable,
        "cannot open \(name): \(String(cString: strerror(code)))",
        remedy: "check the file's name and its permissions")
    }
  }

  /// Reads bytes instead of a file.
  init(bytes: [UInt8], name: String) {
    self.name = name
    capacity = max(1, bytes.count)
    base = .allocate(capacity: capacity)
    bytes.withUnsafeBufferPointer { [base] in
      if let start = $0.baseAddress { base.update(from: start, count: $0.count) }
    }
    count = bytes.count
    descriptor = -1
  }

  deinit {
    base.deallocate()
    if descriptor >= 0 { close(descriptor) }
  }

  /// Goes to the next line; false at the end.
  func next() throws(Failure) -> Bool {
    line = WindowBytes(UnsafeBufferPointer(start: nil, count: 0))
    var seen = position
    while true {
      seen = lineEnd(from: seen)
      if seen < count {
        if base[seen] == 0x0D, seen + 1 == count, try refill(&seen) { continue }
        break
      }
      guard seen - position <= IIFLines.longestLine else {
        throw Failure(
          .inputUnreadable, "a line is longer than a megabyte",
          remedy: "check that it is an IIF file",
          location: SourceLocation(file: name, line: number + 1))
      }
      guard try refill(&seen) else { break }
    }
    if seen == count, seen == position { return false }
    number += 1
    line = WindowBytes(UnsafeBufferPointer(start: base + position, count: seen - position))
    position = seen
    guard seen < count else {
      end = .endOfFile
      return true
    }
    if base[seen] == 0x0A {
      end = .lf
      position += 1
    } else if seen + 1 < count, base[seen + 1] == 0x0A {
      end = .crlf
      position += 2
    } else {
      end = .cr
      position += 1
    }
    return true
  }

  /// Where the first line end at or behind an offset stands; the count when there is none.
  private func lineEnd(from start: Int) -> Int {
    guard start < count else { return count }
    let bytes = UnsafeRawPointer(base)
    let feed = memchr(bytes + start, 0x0A, count - start)
    let end = feed.map { UnsafeRawPointer($0) - bytes } ?? count
    // A lone CR ends a line, too.
    let carriage = memchr(bytes + start, 0x0D, end - start)
    return carriage.map { UnsafeRawPointer($0) - bytes } ?? end
  }

  /// Drops what was consumed and reads on; false when there is no more.
  private func refill(_ seen: inout Int) throws(Failure) -> Bool {
    guard descriptor >= 0 else { return false }
    base.update(from: base + position, count: count - position)
    (count, seen, position) = (count - position, seen - position, 0)
    if capacity - count < IIFLines.chunk { grow() }
    var read = -1
    var code: Int32 = 0
    repeat {
      read = Foundation.read(descriptor, base + count, IIFLines.chunk)
      code = errno
    } while read < 0 && code == EINTR
    guard read >= 0 else {
      throw Failure(
        .inputUnreadable, "cannot read \(name): \(String(cString: strerror(code)))",
        remedy: "check the file and the disk, then run the same command again")
    }
    count += read
    return read > 0
  }

  private func grow() {
    let wider = count + IIFLines.chunk + 4096
    let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: wider)
    fresh.update(from: base, count: count)
    base.deallocate()
    (base, capacity) = (fresh, wider)
  }
}
