internal import Vocabulary

/// Writes cells of comma-separated files: RFC 4180 quoting, and no cell that runs as a formula.
///
/// A spreadsheet evaluates a cell that begins with `=`, `+`, `-` or `@`, whatever its quotes. Such a
/// cell gets an apostrophe in front, so that the customer `=HYPERLINK(…)` stays a name. Plain numbers
/// such as `-75.00` keep their sign.
public enum CSVText {
  /// Appends one cell, quoted when it holds a comma, a quote or a line end.
  ///
  /// - Parameters:
  ///   - bytes: The cell's UTF-8 text.
  ///   - output: Where it goes.
  ///   - defuse: Whether a cell that looks like a formula gets an apostrophe in front.
  public static func appendCell(
    _ bytes: Span<UInt8>, to output: inout [UInt8], defuse: Bool = true
  ) {
    let isFormula = defuse && (looksLikeFormula(bytes) || looksDefused(bytes))
    guard needsQuotes(bytes) else {
      if isFormula { output.append(UInt8(ascii: "'")) }
      output.append(bytes)
      return
    }
    output.append(UInt8(ascii: "\""))
    if isFormula { output.append(UInt8(ascii: "'")) }
    var start = 0
    for index in bytes.indices where bytes[index] == UInt8(ascii: "\"") {
      output.append(bytes.extracting(start...index))
      start = index
    }
    output.append(bytes.extracting(start...))
    output.append(UInt8(ascii: "\""))
  }

  /// Appends one cell.
  ///
  /// - Parameters:
  ///   - text: The cell's text.
  ///   - output: Where it goes.
  ///   - defuse: Whether a cell that looks like a formula gets an apostrophe in front.
  public static func appendCell(_ text: String, to output: inout [UInt8], defuse: Bool = true) {
    var text = text
    text.withUTF8 { appendCell($0.span, to: &output, defuse: defuse) }
  }

  /// Appends one cell to bytes on their way into a file; most need neither quotes nor an apostrophe.
  static func appendCell(_ bytes: Span<UInt8>, to output: inout ByteSink) {
    guard needsQuotes(bytes) || looksLikeFormula(bytes) || looksDefused(bytes) else {
      return output.append(bytes)
    }
    var cell: [UInt8] = []
    appendCell(bytes, to: &cell)
    output.append(cell.span)
  }

  /// A text as its cell reads, without the quotes: with the apostrophe that keeps a formula a text.
  static func plainCell(_ text: String) -> String {
    var text = text
    let isDefused = text.withUTF8 { looksLikeFormula($0.span) || looksDefused($0.span) }
    return isDefused ? "'" + text : text
  }

  /// Whether a spreadsheet might evaluate the cell instead of showing it.
  public static func looksLikeFormula(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count > 0 else { return false }
    switch bytes[0] {
    case UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: "\t"), UInt8(ascii: "\r"),
      UInt8(ascii: "\n"):
      return true
    case UInt8(ascii: "+"), UInt8(ascii: "-"): return !isPlainNumber(bytes)
    case 0xEF:
      // The full-width forms of = + - @, which East Asian editions take for the narrow ones.
      return bytes.count >= 3 && bytes[1] == 0xBC
        && (bytes[2] == 0x9D || bytes[2] == 0x8B || bytes[2] == 0x8D || bytes[2] == 0xA0)
    default: return false
    }
  }

  /// Whether the cell begins with an apostrophe that reading would take off; another one keeps it.
  private static func looksDefused(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count > 1, bytes[0] == UInt8(ascii: "'") else { return false }
    switch bytes[1] {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"),
      UInt8(ascii: "'"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return true
    default: return looksLikeFormula(bytes.extracting(1...))
    }
  }

  /// A sign, digits with thousands separators, at most one point.
  private static func isPlainNumber(_ bytes: Span<UInt8>) -> Bool {
    var digits = 0
    var points = 0
    for index in 1..<bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: "."): points += 1
      case UInt8(ascii: ",") where digits > 0 && points == 0: break
      default: return false
      }
    }
    return digits > 0 && points <= 1
  }

  private static func needsQuotes(_ bytes: Span<UInt8>) -> Bool {
    for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        return true
      default: break
      }
    }
    return false
  }
}
