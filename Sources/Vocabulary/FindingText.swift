/// Lays findings out for a terminal or a text file.
public enum FindingText {
  /// The place, the message, the user's line with a marker, then notes and the remedy.
  public static func render(_ finding: Finding) -> String {
    var text = finding.location.map { "\(visible($0.description)): " } ?? ""
    text += "\(finding.severity.rawValue): \(visible(finding.message)) [\(finding.kind.id)]\n"
    if let excerpt = finding.excerpt, let location = finding.location {
      text += marked(excerpt, line: location.line)
    }
    if let record = finding.record {
      text += "  record \(record)"
      text += finding.field.map { ", field \"\(visible($0))\"" } ?? ""
      text += "\n"
    }
    for note in finding.notes { text += "  note: \(visible(note))\n" }
    text += "  remedy: \(visible(finding.remedy))\n"
    return text
  }

  /// The user's line behind its number, and under it the marks, as far as the line goes.
  package static func marked(_ excerpt: Excerpt, line: Int) -> String {
    let gutter = "\(line) | "
    let before = visible(String(excerpt.text.prefix(excerpt.markStart)))
    let marked = visible(
      String(excerpt.text.dropFirst(excerpt.markStart).prefix(excerpt.markLength)))
    return gutter + visible(excerpt.text) + "\n"
      + String(repeating: " ", count: gutter.count - 2) + "| "
      + String(repeating: " ", count: before.count)
      + String(repeating: "^", count: max(1, marked.count)) + "\n"
  }

  /// The text with everything that could move a cursor or reorder letters written out.
  ///
  /// Control characters, line breaks, bidirectional marks, everything of no width and every blank
  /// but the plain one become `\u{…}`, so that a name from an export cannot play tricks on a terminal
  /// and an invisible difference can be seen.
  public static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isInvisible) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isInvisible(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA1, 0xAD: true
    case 0..<0x300: false
    case 0x34F, 0x61C, 0x115F, 0x1160, 0x1680, 0x17B4, 0x17B5, 0x180B...0x180F, 0x2000...0x200F,
      0x2028...0x202F, 0x205F...0x206F, 0x2800, 0x3000, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0,
      0xFFF0...0xFFFB, 0xFFFE, 0xFFFF, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
      true
    default: false
    }
  }
}
