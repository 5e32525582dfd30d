/// Writes texts so that YAML reads them back unchanged.
enum YAMLText {
  /// A value behind a key.
  static func scalar(_ text: String) -> String {
    isPlain(text, inList: false) ? text : quoted(text)
  }

  /// An element between brackets.
  static func listElement(_ text: String) -> String {
    isPlain(text, inList: true) ? text : quoted(text)
  }

  /// Whether a text needs no quotes, for any YAML reader: it begins with a letter, holds nothing that
  /// means something to YAML, and is none of its words.
  private static func isPlain(_ text: String, inList: Bool) -> Bool {
    let words: Set<String> = ["yes", "no", "y", "n", "true", "false", "on", "off", "null"]
    guard let first = text.utf8.first, let last = text.utf8.last, isLetter(first), last != 0x20,
      !words.contains(text.lowercased())
    else { return false }
    var previous = UInt8(ascii: "A")
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: ","): if inList { return false }
      case UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: "&"), UInt8(ascii: "'"),
        UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "-"), UInt8(ascii: "/"),
        UInt8(ascii: "_"), 0x30...0x39:
        break
      // A colon with something behind it, as between the levels of an account.
      case UInt8(ascii: ":"): if inList { return false }
      default:
        if !isLetter(byte) { return false }
      }
      if previous == UInt8(ascii: ":"), byte == UInt8(ascii: " ") { return false }
      previous = byte
    }
    return last != UInt8(ascii: ":")
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
          let digits = String(scalar.value, radix: 16, uppercase: true)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
