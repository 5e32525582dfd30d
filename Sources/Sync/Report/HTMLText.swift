internal import Vocabulary

/// Builds markup that is well-formed as HTML and as XML, and that no text can break out of.
///
/// Tags and attribute names are `StaticString`s: only what stands in the source code can become
/// markup. Everything that was computed or read from a file goes in as text, escaped, with
/// characters that cannot be seen written out.
struct HTMLText {
  /// Names and values of attributes, in order.
  typealias Attributes = KeyValuePairs<StaticString, String>

  /// The markup so far.
  private(set) var output = ""

  /// Appends markup from the source code, as it is.
  mutating func markup(_ markup: StaticString) {
    output += markup.description
  }

  /// Appends a text, escaped.
  mutating func text(_ text: String) {
    output += HTMLText.escaped(text)
  }

  /// Appends an element with content.
  mutating func tag(
    _ name: StaticString, _ attributes: Attributes = [:], _ content: (inout HTMLText) -> Void
  ) {
    open(name, attributes)
    output += ">"
    content(&self)
    output += "</\(name)>"
  }

  /// Appends an element that holds nothing but a text.
  mutating func tag(_ name: StaticString, _ attributes: Attributes, _ text: String) {
    tag(name, attributes) { $0.text(text) }
  }

  /// Appends an element without attributes that holds nothing but a text.
  mutating func tag(_ name: StaticString, _ text: String) {
    tag(name, [:]) { $0.text(text) }
  }

  /// Appends an element without content.
  mutating func empty(_ name: StaticString, _ attributes: Attributes) {
    open(name, attributes)
    output += "/>"
  }

  /// Appends a text from a file: kept apart from the letters around it, cut when it is very long.
  ///
  /// Blanks at its ends, which tell two names apart and cannot be seen, are drawn as `␣`.
  mutating func name(_ text: String, limit: Int = 160) {
    let inner = text.drop { $0 == " " }
    let leading = text.count - inner.count
    let trailing = inner.reversed().prefix { $0 == " " }.count
    guard leading + trailing > 0 else { return part(text, limit: limit) }
    let shown = { (count: Int) in String(repeating: "␣", count: min(count, 8)) }
    tag("bdi") { html in
      html.text(
        shown(leading) + HTMLText.clipped(String(inner.dropLast(trailing)), to: limit)
          + shown(trailing))
    }
  }

  /// Appends a part of a text from a file, whose blanks are what they are.
  mutating func part(_ text: String, limit: Int) {
    tag("bdi") { $0.text(HTMLText.clipped(text, to: limit)) }
  }

  private mutating func open(_ name: StaticString, _ attributes: Attributes) {
    output += "<\(name)"
    for (name, value) in attributes { output += " \(name)=\"\(HTMLText.escaped(value))\"" }
  }

  /// The text cut to so many characters, with a word about how many there were.
  static func clipped(_ text: String, to limit: Int) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > limit else { return text }
    return String(scalars.prefix(limit)) + "… (\(scalars.count.grouped) characters)"
  }

  /// The text with markup characters as references and invisible characters written out.
  static func escaped(_ text: String) -> String {
    if text.utf8.allSatisfy(isPlain) { return text }
    var result = ""
    for scalar in FindingText.visible(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default:
        if isUnfit(scalar.value) {
          result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }

  /// ASCII that stands for itself, as most of a report is.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
      UInt8(ascii: "'"):
      false
    default: (0x20..<0x7F).contains(byte)
    }
  }

  /// Characters that XML forbids, and further ones that draw nothing or reorder letters.
  private static func isUnfit(_ value: UInt32) -> Bool {
    switch value {
    case 0xFFFE, 0xFFFF, 0x61C, 0x115F, 0x1160, 0x180E, 0x3164, 0xFFA0, 0xE0000...0xE0FFF: true
    default: value & 0xFFFE == 0xFFFE
    }
  }
}
