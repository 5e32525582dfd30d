internal import Vocabulary

/// Writes free text as IIF fields.
///
/// Tabs and line breaks would break the row; ``DesktopText`` has none. A field is wrapped in quotation
/// marks when it holds a comma and only then, as in QuickBooks' own exports, which never hold a
/// quotation mark inside a field: neither do we.
enum IIFText {
  /// Appends a text as a field: converted, cut at `limit` characters, quoted when it must be; a name keeps
  /// its blanks.
  static func append(
    _ text: Span<UInt8>, to row: inout [UInt8], encoding: IIFFormat.Encoding, limit: Int? = nil,
    isName: Bool = false
  ) {
    var sink = ByteSink()
    append(text, to: &sink, encoding.text, limit: limit, isName: isName)
    row.append(sink.bytes.span)
  }

  /// Appends a text as a field to what will be written.
  static func append(
    _ text: Span<UInt8>, to row: inout ByteSink, _ form: DesktopText, limit: Int? = nil,
    isName: Bool = false
  ) {
    switch form.look(at: text, limit: limit, isName: isName) {
    case .kept: row.append(text)
    case .keptWithComma:
      row.append(UInt8(ascii: "\""))
      row.append(text)
      row.append(UInt8(ascii: "\""))
    case .changed:
      let output = form.convertedBytes(text, limit: limit, isName: isName)
      let isQuoted = output.contains(UInt8(ascii: ","))
      if isQuoted { row.append(UInt8(ascii: "\"")) }
      row.append(output.span)
      if isQuoted { row.append(UInt8(ascii: "\"")) }
    }
  }

  /// Appends a text as a field.
  static func append(
    _ text: String, to row: inout [UInt8], encoding: IIFFormat.Encoding, limit: Int? = nil,
    isName: Bool = false
  ) {
    var text = text
    text.withUTF8 {
      append($0.span, to: &row, encoding: encoding, limit: limit, isName: isName)
    }
  }
}

extension IIFFormat.Encoding {
  /// What becomes of text in a file of this encoding.
  public var text: DesktopText {
    switch self {
    case .ascii: .iifASCII
    case .windows1252: .iifWindows1252
    }
  }
}
