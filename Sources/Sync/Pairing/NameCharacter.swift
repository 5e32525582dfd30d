/// What a character of a name is, where it is not what it seems.
enum NameCharacter {
  /// A blank that is not the plain one: U+00A0, U+2009, U+3000 and their like, and the tab.
  static func isOddBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// A character that takes no room: zero-width marks, soft hyphens, direction marks.
  static func hasNoWidth(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x80: false
    case 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B...0x200F,
      0x202A...0x202E, 0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9...0xFFFB,
      0xE0000...0xE0FFF:
      true
    default: false
    }
  }

  /// A control character; the tab counts as a blank, line ends too.
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09: false
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
    default: false
    }
  }

  /// A letter or digit of any script.
  static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      let value = scalar.value
      return value &- 0x30 < 10 || (value | 0x20) &- 0x61 < 26
    }
    return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  /// A digit from 0 to 9.
  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.value &- 0x30 < 10 }

  /// A mark that joins the letter before it.
  static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }

  /// The plain letters that a letter stands for which Unicode does not take apart.
  static func letters(_ scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
    switch scalar {
    case "ß": ["s", "s"]
    case "ẞ": ["S", "S"]
    case "æ": ["a", "e"]
    case "Æ": ["A", "E"]
    case "œ": ["o", "e"]
    case "Œ": ["O", "E"]
    case "ø": ["o"]
    case "Ø": ["O"]
    case "đ", "ð": ["d"]
    case "Đ", "Ð": ["D"]
    case "ł": ["l"]
    case "Ł": ["L"]
    case "ħ": ["h"]
    case "Ħ": ["H"]
    case "ı": ["i"]
    case "þ": ["t", "h"]
    case "Þ": ["T", "h"]
    default: nil
    }
  }

  /// The ASCII sign that a typographic one stands for.
  static func plainPunctuation(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar.value {
    case 0x2018...0x201B, 0x2032, 0x2035, 0x02B9, 0x02BB...0x02BD, 0xB4, 0xFF07: "'"
    case 0x201C...0x201F, 0x2033, 0xAB, 0xBB, 0xFF02: "\""
    case 0x2010...0x2015, 0x2212, 0x2043, 0xFE58, 0xFE63, 0xFF0D: "-"
    case 0x2044, 0x2215, 0xFF0F: "/"
    case 0xFF06: "&"
    case 0xFF0E: "."
    case 0xFF0C, 0x3001: ","
    default: nil
    }
  }

  /// The Latin letter that a letter of another alphabet is taken for.
  static func lookAlike(_ scalar: Unicode.Scalar) -> Unicode.Scalar? { lookAlikes[scalar] }

  /// Cyrillic and Greek letters (and the Roman numerals) whose shape is that of a Latin one.
  private static let lookAlikes: [Unicode.Scalar: Unicode.Scalar] = {
    let pairs: [(String, String)] = [
      ("АВЕЅІЈКМНОРСТУХԌԚԜҮ", "ABESIJKMHOPCTYXGQWY"),
      ("аесоорхуіјѕһԁԛԝѵгіп", "aecoopxyijshdqwvrin"),
      ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
      ("αογινρυ", "aoyivpu"),
      ("ⅠⅤⅩⅬⅭⅮⅯⅰⅴⅹⅼⅽⅾⅿ", "IVXLCDMivxlcdm"),
      ("ɑɡӏ", "agl"),
    ]
    var table: [Unicode.Scalar: Unicode.Scalar] = [:]
    for (others, latin) in pairs {
      for (other, letter) in zip(others.unicodeScalars, latin.unicodeScalars) {
        table[other] = letter
      }
    }
    return table
  }()

  /// The character in words: `"x"`, `a blank`, `U+00A0 NO-BREAK SPACE`.
  static func describe(_ scalar: Unicode.Scalar) -> String {
    if scalar == " " { return "a blank" }
    let visible = !isControl(scalar) && !isOddBlank(scalar) && !hasNoWidth(scalar)
    if scalar.isASCII, visible { return "\"\(scalar)\"" }
    let name = scalar.properties.name ?? controls[scalar.value] ?? "CONTROL CHARACTER"
    let code = "U+\(hex(scalar)) \(name)"
    return visible && !isMark(scalar) ? "\"\(scalar)\" (\(code))" : code
  }

  /// What Unicode calls the control characters that do turn up; it names them only by alias.
  private static let controls: [UInt32: String] = [
    0x00: "NULL", 0x09: "CHARACTER TABULATION", 0x0A: "LINE FEED", 0x0B: "LINE TABULATION",
    0x0C: "FORM FEED", 0x0D: "CARRIAGE RETURN", 0x7F: "DELETE", 0x85: "NEXT LINE",
  ]

  private static func hex(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
