internal import CBytes

/// What a look over all bytes of a text tells before it is read.
///
/// The look costs little beside the reading (it goes over 64 bytes at a time and stops only at what is not
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
    guard let base = bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count > 0 else { return 0 }
    let end = isLast ? bytes.count : TextScan.lastBoundary(bytes)
    // Up to where the text is known to be UTF-8, and up to where garbled text was found.
    var (valid, seen) = (0, 0)
    for block in stride(from: 0, to: end, by: 64) {
      let masks = cbytes_text(base + block, end - block)
      if masks.zeros != 0 { hasNUL = true }
      var foreign = masks.foreign
      while foreign != 0 {
        let place = block + foreign.trailingZeroBitCount
        foreign &= foreign &- 1
        isASCII = false
        if place >= valid, !isBroken {
          let length = UTF8Walk.sequence(bytes, at: place, upTo: end)
          if length == 0 { isBroken = true }
          valid = place + length
        }
        guard place >= seen else { continue }
        let length = GarbledText.look(
          at: bytes, place, offset: offset + UInt64(place), &garbled, &self.foreign)
        seen = place + length
      }
    }
    offset += UInt64(end)
    return end
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

/// Tells characters of several bytes.
enum UTF8Walk {
  /// How many bytes the character at `index` takes; 0 when it is none.
  ///
  /// Table 3-7 of the Unicode standard.
  @inline(__always)
  static func sequence(
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
  /// Looks at a byte beyond ASCII; returns how many bytes are done with by that.
  @inline(__always)
  static func look(
    at bytes: UnsafeRawBufferPointer, _ place: Int, offset: UInt64,
    _ garbled: inout TextScan.Sighting, _ foreign: inout TextScan.Sighting
  ) -> Int {
    let byte = bytes[place]
    // All patterns begin with one of two bytes, which are the first of a character.
    if byte & 0xC0 == 0x80 { return 1 }
    foreign.note(offset)
    guard byte == 0xC3 || byte == 0xEF else { return 1 }
    let length = GarbledText.length(bytes, place)
    if length > 0 { garbled.note(offset) }
    return max(1, length)
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
