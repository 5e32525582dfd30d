internal import Vocabulary

/// Writes free text as the content of elements and attributes.
///
/// A file holds ASCII and nothing else: other characters stand there as decimal references, the one
/// way that every release of QuickBooks is known to read right. ``DesktopText`` leaves none but those
/// of ISO 8859-1, because QuickBooks keeps a question mark of any other.
enum QBXMLText {
  /// Appends a text as the content of an element, cut at `limit` characters; a name keeps its blanks.
  static func append(
    _ text: Span<UInt8>, to sink: inout ByteSink, limit: Int? = nil, isName: Bool = false
  ) {
    switch shape(of: text, limit: limit, isName: isName) {
    case .plain: sink.append(text)
    case .markup: escape(text, to: &sink)
    case .other:
      let converted = DesktopText.qbxml.convertedBytes(text, limit: limit, isName: isName)
      escape(converted.span, to: &sink)
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

  /// Appends a text as the content of an element or of an attribute.
  static func append(
    _ text: Span<UInt8>, to bytes: inout [UInt8], limit: Int? = nil, isName: Bool = false
  ) {
    var sink = ByteSink(capacity: text.count + 64)
    append(text, to: &sink, limit: limit, isName: isName)
    bytes.append(contentsOf: sink.bytes)
  }

  private enum Shape { case plain, markup, other }

  /// What a byte means: 1 that it is written as a reference, 2 a blank, 8 that the text is converted.
  private static let meanings: [UInt8] = (0...255).map { byte in
    switch UInt8(byte) {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""): 1
    case 0x20: 2
    case ..<0x20, 0x7F...: 8
    default: 0
    }
  }

  /// Most texts are plain ASCII that needs neither conversion nor escaping.
  private static func shape(of text: Span<UInt8>, limit: Int?, isName: Bool) -> Shape {
    let count = text.count
    guard count > 0 else { return .plain }
    if let limit, count > limit { return .other }
    guard text[0] != 0x20, text[count - 1] != 0x20 else { return .other }
    let table = QBXMLText.meanings
    let meanings = table.span
    var (all, before): (UInt8, UInt8) = (0, 0)
    for index in 0..<count {
      let meaning = meanings[Int(text[index])]
      // Two blanks one behind the other leave a bit that nothing else sets.
      all |= meaning | (meaning & before) << 3
      before = meaning & 2
    }
    if all & (isName ? 8 : 24) != 0 { return .other }
    return all & 1 == 0 ? .plain : .markup
  }

  /// Appends characters of ISO 8859-1.
  private static func escape(_ text: Span<UInt8>, to sink: inout ByteSink) {
    for index in text.indices {
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "&"): sink.append("&amp;")
      case UInt8(ascii: "<"): sink.append("&lt;")
      case UInt8(ascii: ">"): sink.append("&gt;")
      case UInt8(ascii: "\""): sink.append("&quot;")
      case 0x80...:
        sink.append("&#")
        sink.append(decimal: UInt64(byte))
        sink.append(UInt8(ascii: ";"))
      default: sink.append(byte)
      }
    }
  }
}
