internal import Vocabulary

/// Writes free text as the content of elements and attributes.
///
/// A file holds ASCII and nothing else: other characters stand there as decimal references, the one
/// way that every release of QuickBooks is known to read right. ``DesktopText`` leaves none but those
/// of ISO 8859-1, because QuickBooks keeps a question mark of any other.
enum QBXMLText {
  /// Appends a text as the content of an element, cut at `limit` characters; a name keeps its blanks.
  static func append(
    _ text: Span<UInt8>, to bytes: inout [UInt8], limit: Int? = nil, isName: Bool = false
  ) {
    switch shape(of: text, limit: limit, isName: isName) {
    case .plain: bytes.append(text)
    case .markup: escape(text, to: &bytes)
    case .other:
      let converted = DesktopText.qbxml.convertedBytes(text, limit: limit, isName: isName)
      escape(converted.span, to: &bytes)
    }
  }

  /// A text as the content of an element or of an attribute; a name keeps its blanks.
  static func escaped(_ text: String, isName: Bool = false) -> String {
    var bytes: [UInt8] = []
    append(text, to: &bytes, isName: isName)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends a text as the content of an element or of an attribute.
  static func append(
    _ text: String, to bytes: inout [UInt8], limit: Int? = nil, isName: Bool = false
  ) {
    var text = text
    text.withUTF8 { append($0.span, to: &bytes, limit: limit, isName: isName) }
  }

  private enum Shape { case plain, markup, other }

  /// Most texts are plain ASCII that needs neither conversion nor escaping.
  private static func shape(of text: Span<UInt8>, limit: Int?, isName: Bool) -> Shape {
    guard text.count > 0 else { return .plain }
    if let limit, text.count > limit { return .other }
    var isBlank = true
    var hasMarkup = false
    for index in text.indices {
      let byte = text[index]
      if byte == 0x20 {
        guard !isBlank || (isName && index > 0) else { return .other }
        isBlank = true
        continue
      }
      isBlank = false
      switch byte {
      case ..<0x20, 0x7F...: return .other
      case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""):
        hasMarkup = true
      default: break
      }
    }
    return isBlank ? .other : hasMarkup ? .markup : .plain
  }

  /// Appends characters of ISO 8859-1.
  private static func escape(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
    for index in text.indices {
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
      case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
      case 0x80...:
        bytes.append(contentsOf: "&#".utf8)
        bytes.appendDecimal(UInt64(byte))
        bytes.append(UInt8(ascii: ";"))
      default: bytes.append(byte)
      }
    }
  }
}
