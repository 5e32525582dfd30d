internal import Foundation

/// What a look over all bytes of a text tells before it is read.
///
/// The look costs little beside the reading (it goes over eight bytes at a time as long as they are
/// ASCII), and saves the reader from asking the same of every row.
struct TextScan {
  /// Whether no byte is above 0x7F.
  private(set) var isASCII = true
  /// Whether there is a zero byte.
  private(set) var hasNUL = false
  /// Whether the bytes are not UTF-8.
  private(set) var isBroken = false
  /// What looks as if it had been decoded wrongly before.
  private(set) var garbled = Sighting()
  /// The first character beyond ASCII.
  private(set) var foreign = Sighting()

  /// How often something was seen, and where first.
  struct Sighting {
    var count = 0
    var offset: UInt64 = 0

    mutating func note(_ offset: UInt64, times: Int = 1) {
      if count == 0 { self.offset = offset }
      count += times
    }
  }

  private var offset: UInt64 = 0

  /// Looks at the next bytes; returns how many of them it has taken.
  ///
  /// An incomplete character at the end is left for the next call unless nothing follows.
  mutating func look(at bytes: UnsafeRawBufferPointer, isLast: Bool) -> Int {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return 0 }
    if !hasNUL, memchr(base, 0, bytes.count) != nil { hasNUL = true }
    if TextScan.isASCII(bytes) {
      offset += UInt64(bytes.count)
      return bytes.count
    }
    isASCII = false
    let end = isLast ? bytes.count : TextScan.lastBoundary(bytes)
    if !isBroken { isBroken = !UTF8Walk.isValid(bytes, upTo: end) }
    GarbledText.look(at: bytes, upTo: end, offset: offset, &garbled, &foreign)
    offset += UInt64(end)
    return end
  }

  private static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var (all, index): (UInt64, Int) = (0, 0)
    while index + 8 <= bytes.count {
      all |= bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      index += 8
    }
    while index < bytes.count {
      all |= UInt64(bytes[index])
      index += 1
    }
    return all & 0x8080_8080_8080_8080 == 0
  }

  /// The end of the last complete character, or of the bytes where they are none.
  private static func lastBoundary(_ bytes: UnsafeRawBufferPointer) -> Int {
    var start = bytes.count - 1
    while start > 0, start > bytes.count - 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    let length =
      switch bytes[start] {
      case 0xC2...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF4: 4
      default: 1
      }
    // Some bytes more are kept back, so that a pattern that begins before the end is seen whole.
    let complete = start + length > bytes.count ? start : bytes.count
    return complete > 16 ? TextScan.boundary(bytes, before: complete - 8) : complete
  }

  private static func boundary(_ bytes: UnsafeRawBufferPointer, before index: Int) -> Int {
    var index = index
    while index > 1, bytes[index] & 0xC0 == 0x80 { index -= 1 }
    return index
  }
}

/// Walks over text from one character beyond ASCII to the next, eight bytes at a time.
enum UTF8Walk {
  /// Where the first byte above 0x7F at or behind an offset stands; `end` when there is none.
  @inline(__always)
  static func nextForeign(
    _ bytes: UnsafeRawBufferPointer, from start: Int, upTo end: Int
  ) -> Int {
    var index = start
    while index + 8 <= end {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let foreign = word & 0x8080_8080_8080_8080
      if foreign != 0 { return index + foreign.trailingZeroBitCount >> 3 }
      index += 8
    }
    while index < end, bytes[index] < 0x80 { index += 1 }
    return index
  }

  /// Whether all bytes up to an offset are UTF-8.
  static func isValid(_ bytes: UnsafeRawBufferPointer, upTo end: Int) -> Bool {
    var index = 0
    while true {
      index = nextForeign(bytes, from: index, upTo: end)
      guard index < end else { return true }
      let length = sequence(bytes, at: index, upTo: end)
      guard length > 0 else { return false }
      index += length
    }
  }

  /// How many bytes the character at `index` takes; 0 when it is none.
  ///
  /// Table 3-7 of the Unicode standard.
  private static func sequence(
    _ bytes: UnsafeRawBufferPointer, at index: Int, upTo end: Int
  ) -> Int {
    let first = bytes[index]
    let (length, second): (Int, ClosedRange<UInt8>) =
      switch first {
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: (0, 0x80...0xBF)
      }
    guard length > 0, index + length <= end, second.contains(bytes[index + 1]) else { return 0 }
    for place in index + 2..<index + length where bytes[place] & 0xC0 != 0x80 { return 0 }
    return length
  }
}

/// Counts what speaks for UTF-8 and what against it, in a text that is not all of it UTF-8.
struct UTF8Evidence {
  /// Characters of several bytes, rightly put together.
  private(set) var valid = 0
  /// Bytes above 0x7F that belong to no such character.
  private(set) var stray = 0

  /// Looks at the next bytes; returns how many of them it has taken.
  mutating func look(at bytes: UnsafeRawBufferPointer, isLast: Bool) -> Int {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      guard byte >= 0x80 else {
        index += 1
        continue
      }
      if !isLast, index + 4 > bytes.count { return index }
      let length = UTF8Evidence.length(bytes, at: index)
      if length > 0 { valid += 1 } else { stray += 1 }
      index += max(1, length)
    }
    return index
  }

  /// How many bytes the character at `index` takes; 0 when it is none.
  private static func length(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
    let length =
      switch bytes[index] {
      case 0xC2...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF4: 4
      default: 0
      }
    guard length > 0, index + length <= bytes.count else { return 0 }
    let part = UnsafeRawBufferPointer(rebasing: bytes[index..<index + length])
    let span = part.bindMemory(to: UInt8.self).span
    return (try? UTF8Span(validating: span)) == nil ? 0 : length
  }
}

/// Finds text that was written in one encoding and read in another before it came to us.
///
/// `é` written as UTF-8 and read as Windows-1252 is `Ã©`, an apostrophe is `â€™`, a byte order mark
/// `ï»¿`. What was meant can only be guessed, so it is told and never repaired.
enum GarbledText {
  static func look(
    at bytes: UnsafeRawBufferPointer, upTo end: Int, offset: UInt64,
    _ garbled: inout TextScan.Sighting, _ foreign: inout TextScan.Sighting
  ) {
    var index = 0
    while true {
      index = UTF8Walk.nextForeign(bytes, from: index, upTo: end)
      guard index < end else { return }
      let byte = bytes[index]
      if byte & 0xC0 != 0x80 { foreign.note(offset + UInt64(index)) }
      let length = GarbledText.length(bytes, index)
      if length > 0 { garbled.note(offset + UInt64(index)) }
      index += max(1, length)
    }
  }

  /// How many bytes the pattern at `index` takes; 0 when there is none.
  private static func length(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Int {
    let at = { (distance: Int) -> UInt8 in
      index + distance < bytes.count ? bytes[index + distance] : 0
    }
    switch (bytes[index], at(1)) {
    case (0xC3, 0x83):
      // Ã and what Windows-1252 makes of a continuation byte.
      if at(2) == 0xC2 { return at(3) >= 0x80 ? 4 : 0 }
      if at(2) == 0xE2, at(3) == 0x80 || at(3) == 0x82 || at(3) == 0x84 { return 5 }
      let isWindows =
        switch (at(2), at(3)) {
        case (0xC5, 0x92), (0xC5, 0x93), (0xC5, 0xA0), (0xC5, 0xA1), (0xC5, 0xB8), (0xC5, 0xBD),
          (0xC5, 0xBE), (0xC6, 0x92), (0xCB, 0x86), (0xCB, 0x9C):
          true
        default: false
        }
      return isWindows ? 4 : 0
    // Â and a character between the no-break space and ¿.
    case (0xC3, 0x82): return at(2) == 0xC2 && at(3) >= 0xA0 ? 4 : 0
    // â€, the beginning of all marks of printed punctuation.
    case (0xC3, 0xA2): return at(2) == 0xE2 && at(3) == 0x82 && at(4) == 0xAC ? 5 : 0
    // ï»¿ and ï¿½.
    case (0xC3, 0xAF):
      guard at(2) == 0xC2, at(4) == 0xC2 else { return 0 }
      return (at(3) == 0xBB && at(5) == 0xBF) || (at(3) == 0xBF && at(5) == 0xBD) ? 6 : 0
    // A character that somebody could not read before.
    case (0xEF, 0xBF): return at(2) == 0xBD ? 3 : 0
    default: return 0
    }
  }
}
