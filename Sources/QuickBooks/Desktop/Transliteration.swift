internal import Foundation
internal import Synchronization

/// Writes characters outside ASCII with ASCII ones: é as e, ß as ss, € as EUR.
enum Transliteration {
  /// What stands for a character; nil when nothing does.
  static func ascii(_ scalar: Unicode.Scalar) -> [UInt8]? {
    if let replacement = table[scalar.value] { return replacement }
    guard ranges.contains(where: { $0.contains(scalar.value) }) else { return nil }
    return apart.withLock { apart in
      if let known = apart[scalar.value] { return known }
      let parts = parts(scalar)
      apart[scalar.value] = .some(parts)
      return parts
    }
  }

  /// Whether the character is a mark that joins the letter before it.
  static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    (0x0300...0x036F).contains(scalar.value)
  }

  private static let table: [UInt32: [UInt8]] = {
    var table: [UInt32: [UInt8]] = [:]
    for (characters, replacement) in replacements {
      for scalar in characters.unicodeScalars { table[scalar.value] = Array(replacement.utf8) }
    }
    return table
  }()

  /// Letters with marks, ligatures, letter-like and full-width forms, which Unicode can take apart.
  private static let ranges: [ClosedRange<UInt32>] = [
    0x00A0...0x024F, 0x1E00...0x1EFF, 0x2070...0x209F, 0x2100...0x218F, 0xFB00...0xFB06,
    0xFF01...0xFF5E,
  ]

  /// What those that were met were taken apart into: to do so with all of them would be a tenth of a small run.
  private static let apart = Mutex<[UInt32: [UInt8]?]>([:])

  private static func parts(_ scalar: Unicode.Scalar) -> [UInt8]? {
    var parts: [UInt8] = []
    for part in String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars {
      if part.isASCII {
        parts.append(UInt8(part.value))
      } else if let known = table[part.value] {
        parts.append(contentsOf: known)
      } else if !isMark(part) {
        return nil
      }
    }
    return parts.isEmpty ? nil : parts
  }

  /// What decomposition does not know or what reads better otherwise.
  ///
  /// Fractions begin with a blank, so that 2½ becomes 2 1/2.
  private static let replacements: [(characters: String, replacement: String)] = [
    ("\u{2018}\u{2019}\u{201A}\u{201B}\u{2032}\u{2035}\u{2039}\u{203A}\u{02B9}\u{02BB}", "'"),
    ("\u{02BC}\u{02BD}\u{02C8}\u{00B4}\u{FF07}", "'"),
    ("\u{201C}\u{201D}\u{201E}\u{201F}\u{2033}\u{2036}\u{00AB}\u{00BB}\u{02BA}\u{FF02}", "\""),
    ("\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}\u{2043}\u{FE58}\u{FE63}", "-"),
    ("\u{00B7}\u{2022}\u{2023}\u{25CF}\u{25AA}", "-"),
    ("\u{2026}", "..."), ("\u{2044}\u{2215}\u{00F7}", "/"), ("\u{00D7}", "x"),
    ("\u{00B1}", "+/-"), ("\u{00B0}\u{02DA}", "deg"), ("\u{00B5}\u{03BC}", "u"),
    ("\u{2264}", "<="), ("\u{2265}", ">="), ("\u{2260}", "!="), ("\u{2248}", "~"),
    ("\u{02DC}\u{223C}", "~"), ("\u{02C6}", "^"), ("\u{00AF}", "-"), ("\u{00A8}\u{00B8}", "'"),
    ("\u{2192}", "->"), ("\u{2190}", "<-"), ("\u{2194}", "<->"), ("\u{21D2}", "=>"),
    ("\u{20AC}", "EUR"), ("\u{00A3}", "GBP"), ("\u{00A5}", "JPY"), ("\u{00A2}", "c"),
    ("\u{00A4}", "$"), ("\u{20BD}", "RUB"), ("\u{20B9}", "INR"),
    ("\u{2122}", "(TM)"), ("\u{00AE}", "(R)"), ("\u{00A9}", "(C)"), ("\u{2120}", "(SM)"),
    ("\u{2116}", "No."), ("\u{00A7}", "Sec."), ("\u{00B6}", "Par."), ("\u{2020}", "+"),
    ("\u{2021}", "++"), ("\u{2030}", " per mille"), ("\u{00A1}", "!"), ("\u{00BF}", "?"),
    ("\u{00A6}", "|"), ("\u{00AC}", "-"),
    ("\u{00BD}", " 1/2"), ("\u{00BC}", " 1/4"), ("\u{00BE}", " 3/4"), ("\u{2153}", " 1/3"),
    ("\u{2154}", " 2/3"), ("\u{215B}", " 1/8"), ("\u{215C}", " 3/8"), ("\u{215D}", " 5/8"),
    ("\u{215E}", " 7/8"),
    ("\u{00DF}", "ss"), ("\u{1E9E}", "SS"), ("\u{00C6}\u{01FC}\u{01E2}", "AE"),
    ("\u{00E6}\u{01FD}\u{01E3}", "ae"), ("\u{0152}", "OE"), ("\u{0153}", "oe"),
    ("\u{00D8}\u{01FE}", "O"), ("\u{00F8}\u{01FF}", "o"), ("\u{00D0}\u{0110}\u{0189}", "D"),
    ("\u{00F0}\u{0111}", "d"), ("\u{00DE}", "Th"), ("\u{00FE}", "th"), ("\u{0141}\u{013D}", "L"),
    ("\u{0142}\u{013E}", "l"), ("\u{0126}", "H"), ("\u{0127}", "h"), ("\u{0131}\u{0269}", "i"),
    ("\u{0138}", "k"), ("\u{014A}", "N"), ("\u{014B}\u{0149}", "n"), ("\u{0166}", "T"),
    ("\u{0167}", "t"), ("\u{017F}", "s"), ("\u{0192}", "f"), ("\u{0191}", "F"),
    ("\u{0180}", "b"), ("\u{0197}", "I"), ("\u{019A}", "l"), ("\u{01B5}", "Z"),
    ("\u{01B6}", "z"), ("\u{018F}", "E"), ("\u{01DD}\u{0259}", "e"), ("\u{0237}", "j"),
  ]
}
