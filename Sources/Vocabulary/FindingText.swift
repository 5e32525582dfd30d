/// Lays findings out for a terminal or a text file.
public enum FindingText {
  /// The place, the message, the user's line with a marker, then notes and the remedy.
  public static func render(_ finding: Finding) -> String {
    var text = finding.location.map { "\(visible($0.description)): " } ?? ""
    text += "\(finding.severity.rawValue): \(visible(finding.message)) [\(finding.kind.id)]\n"
    if let excerpt = finding.excerpt, let location = finding.location {
      let gutter = "\(location.line) | "
      let before = visible(String(excerpt.text.prefix(excerpt.markStart)))
      let marked = visible(
        String(excerpt.text.dropFirst(excerpt.markStart).prefix(excerpt.markLength)))
      text += gutter + visible(excerpt.text) + "\n"
      text += String(repeating: " ", count: gutter.count - 2) + "| "
      text += String(repeating: " ", count: before.count)
      text += String(repeating: "^", count: max(1, marked.count)) + "\n"
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

  /// The text with everything that could move a cursor or reorder letters written out.
  ///
  /// Control characters, line breaks, bidirectional marks and zero-width characters become
  /// `\u{…}`, so that a name from an export cannot play tricks on a terminal and an invisible
  /// difference can be seen.
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
    case 0..<0x20, 0x7F..<0xA1, 0xAD, 0x200B...0x200F, 0x2028...0x202F, 0x2060...0x206F, 0xFEFF,
      0xFFF9...0xFFFB:
      true
    default: false
    }
  }
}
