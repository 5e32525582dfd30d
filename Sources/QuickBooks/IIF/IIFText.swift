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
    let form = encoding.text
    if form.isKept(text, limit: limit, isName: isName) {
      let quoted = hasComma(text)
      if quoted { row.append(UInt8(ascii: "\"")) }
      row.append(text)
      if quoted { row.append(UInt8(ascii: "\"")) }
    } else {
      let output = form.convertedBytes(text, limit: limit, isName: isName)
      let quoted = hasComma(output.span)
      if quoted { row.append(UInt8(ascii: "\"")) }
      row.append(contentsOf: output)
      if quoted { row.append(UInt8(ascii: "\"")) }
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

  private static func hasComma(_ text: Span<UInt8>) -> Bool {
    for index in text.indices where text[index] == UInt8(ascii: ",") { return true }
    return false
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
