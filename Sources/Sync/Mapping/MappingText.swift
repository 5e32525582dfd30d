internal import Vocabulary

/// How names stand in the mapping file: what nobody could see is written out.
///
/// A no-break space or a zero-width mark in a name looks like nothing in a terminal and is lost when a line
/// is copied from there. It therefore stands as `\\u{A0}`, in findings as in the file, and is read so.
enum MappingText {
  /// The name as a cell of the file has it.
  static func written(_ name: String) -> String {
    FindingText.visible(name.replacing("\\u{", with: "\\u{5C}u{"))
  }

  /// The name that a cell stands for.
  static func name(_ cell: String) -> String {
    guard cell.contains("\\u{") else { return cell }
    return cell.replacing(/\\u\{([0-9A-Fa-f]{1,6})\}/) { match in
      guard let value = UInt32(match.output.1, radix: 16), let scalar = Unicode.Scalar(value) else {
        return String(match.output.0)
      }
      return String(scalar)
    }
  }
}
