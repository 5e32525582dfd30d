/// What spreadsheets leave behind in cells that should hold something else.
public enum SpreadsheetText {
  private static let errors: [[UInt8]] = [
    "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
    "#FIELD!", "#BLOCKED!", "#GETTING_DATA",
  ].map { Array($0.utf8) }

  /// Whether a cell holds the error of a formula, or the marks of a column that was too narrow.
  public static func isError(_ text: Span<UInt8>) -> Bool {
    guard text.count >= 3, text[0] == UInt8(ascii: "#") else { return false }
    var isNarrow = true
    for index in text.indices where text[index] != UInt8(ascii: "#") { isNarrow = false }
    if isNarrow { return true }
    for error in errors where error.count == text.count {
      if error.indices.allSatisfy({ error[$0] == text[$0] }) { return true }
    }
    return false
  }

  /// Whether a number was written with an exponent, such as `1.23E+11`: what the digits were, nobody knows.
  ///
  /// An identifier such as `12E5` or `12E-5` may be meant; with the plus sign that spreadsheets write, or with
  /// a fraction in front as other programs write (`1.2E5`), it is not.
  public static func hasLostDigits(_ text: Span<UInt8>) -> Bool {
    guard text.count >= 4, text[0] &- 0x30 < 10 else { return false }
    var index = 0
    var marks = 0
    while index < text.count {
      if text[index] == 0x2E || text[index] == 0x2C {
        marks += 1
      } else if text[index] &- 0x30 >= 10 {
        break
      }
      index += 1
    }
    guard index + 1 < text.count, text[index] | 0x20 == UInt8(ascii: "e") else { return false }
    index += 1
    let isSigned = text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-")
    guard text[index] == UInt8(ascii: "+") || marks == 1 else { return false }
    if isSigned { index += 1 }
    guard index < text.count else { return false }
    while index < text.count, text[index] &- 0x30 < 10 { index += 1 }
    return index == text.count
  }
}
