internal import Foundation

/// Counts line ends: LF, CRLF and the lone CR of old spreadsheets.
package enum LineEnds {
  package static func count(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
    bytes.withUnsafeBytes { count($0, range) }
  }

  package static func count(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    bytes.withUnsafeBytes { count($0, range) }
  }

  package static func count(_ bytes: WindowBytes, _ range: Range<Int>) -> Int {
    count(UnsafeRawBufferPointer(bytes.buffer), range)
  }

  package static func count(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
    guard let base = bytes.baseAddress, !range.isEmpty else { return 0 }
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    var lines = 0
    let end = base + range.upperBound
    var place = base + range.lowerBound
    while place < end, let feed = memchr(place, 0x0A, end - place) {
      lines += 1
      place = UnsafeRawPointer(feed) + 1
    }
    place = base + range.lowerBound
    while place < end, let carriage = memchr(place, 0x0D, end - place) {
      place = UnsafeRawPointer(carriage) + 1
      // With the LF behind it, a CR was counted.
      if place - base >= bytes.count || place.load(as: UInt8.self) != 0x0A { lines += 1 }
    }
    return lines
  }
}
