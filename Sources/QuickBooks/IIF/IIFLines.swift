internal import Foundation
internal import Vocabulary

/// Reads a file line by line, whatever ends its lines: CRLF, LF or a lone CR.
final class IIFLines {
  /// What ended a line.
  enum End { case crlf, lf, cr, endOfFile }

  /// The file as messages name it.
  let name: String
  /// The bytes at hand, in which the current line stands.
  private(set) var buffer: [UInt8]
  /// Where in ``buffer`` the current line stands, without its end.
  private(set) var bounds = 0..<0
  /// The current line's bytes, without its end.
  var line: ArraySlice<UInt8> { buffer[bounds] }
  /// What ended the current line.
  private(set) var end = End.endOfFile
  /// The current line's number, from 1.
  private(set) var number = 0

  /// No list entry and no document comes near this.
  private static let longestLine = 1 << 20
  private static let chunk = 1 << 18
  private var descriptor: Int32
  private var position = 0

  /// Opens a file.
  init(path: String, name: String) throws(Failure) {
    self.name = name
    buffer = []
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
    buffer = bytes
    descriptor = -1
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Goes to the next line; false at the end.
  func next() throws(Failure) -> Bool {
    bounds = 0..<0
    var seen = position
    while true {
      seen = IIFLines.lineEnd(buffer, from: seen)
      if seen < buffer.count {
        if buffer[seen] == 0x0D, seen + 1 == buffer.count, try refill(&seen) { continue }
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
    if seen == buffer.count, seen == position { return false }
    number += 1
    bounds = position..<seen
    position = seen
    guard seen < buffer.count else {
      end = .endOfFile
      return true
    }
    if buffer[seen] == 0x0A {
      end = .lf
      position += 1
    } else if seen + 1 < buffer.count, buffer[seen + 1] == 0x0A {
      end = .crlf
      position += 2
    } else {
      end = .cr
      position += 1
    }
    return true
  }

  /// Appends the current line's bytes.
  func append(to bytes: inout [UInt8]) {
    let buffer = buffer
    bytes.append(buffer.span.extracting(bounds))
  }

  /// Where the first line end at or behind an offset stands; the count when there is none.
  private static func lineEnd(_ buffer: [UInt8], from start: Int) -> Int {
    buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, start < bytes.count else { return bytes.count }
      let feed = memchr(base + start, 0x0A, bytes.count - start)
      let end = feed.map { UnsafeRawPointer($0) - base } ?? bytes.count
      // A lone CR ends a line, too.
      let carriage = memchr(base + start, 0x0D, end - start)
      return carriage.map { UnsafeRawPointer($0) - base } ?? end
    }
  }

  /// Drops what was consumed and reads on; false when there is no more.
  private func refill(_ seen: inout Int) throws(Failure) -> Bool {
    guard descriptor >= 0 else { return false }
    buffer.removeFirst(position)
    seen -= position
    position = 0
    var count = -1
    var code: Int32 = 0
    let old = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: IIFLines.chunk))
    buffer.withUnsafeMutableBytes { bytes in
      repeat {
        count = read(descriptor, bytes.baseAddress.map { $0 + old }, IIFLines.chunk)
        code = errno
      } while count < 0 && code == EINTR
    }
    buffer.removeLast(IIFLines.chunk - max(0, count))
    guard count >= 0 else {
      throw Failure(
        .inputUnreadable, "cannot read \(name): \(String(cString: strerror(code)))",
        remedy: "check the file and the disk, then run the same command again")
    }
    return count > 0
  }
}
