internal import CBytes
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
    if DesktopText.qbxml.isKept(text, limit: limit, isName: isName) {
      escape(text, to: &sink)
    } else {
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

  /// Appends characters of ISO 8859-1, those without a meaning in XML in one piece up to the next that has one.
  private static func escape(_ text: Span<UInt8>, to sink: inout ByteSink) {
    text.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      var done = 0
      for block in stride(from: 0, to: bytes.count, by: 64) {
        var marks = cbytes_markup(base + block, bytes.count - block)
        while marks != 0 {
          let place = block + marks.trailingZeroBitCount
          marks &= marks &- 1
          sink.append(UnsafeBufferPointer(rebasing: bytes[done..<place]))
          append(reference: bytes[place], to: &sink)
          done = place + 1
        }
      }
      sink.append(UnsafeBufferPointer(rebasing: bytes[done...]))
    }
  }

  private static func append(reference byte: UInt8, to sink: inout ByteSink) {
    switch byte {
    case UInt8(ascii: "&"): sink.append("&amp;")
    case UInt8(ascii: "<"): sink.append("&lt;")
    case UInt8(ascii: ">"): sink.append("&gt;")
    case UInt8(ascii: "\""): sink.append("&quot;")
    default:
      sink.append("&#")
      sink.append(decimal: UInt64(byte))
      sink.append(UInt8(ascii: ";"))
    }
  }
}
