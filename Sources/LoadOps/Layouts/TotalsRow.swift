public import Vocabulary

/// A row that is no record but adds up others: `Grand Total,,,5250.00`, or the foot of a page.
public struct TotalsRow: Hashable, Sendable {
  /// The line it stands on, from 1.
  public var line: Int
  /// The offset of its first byte.
  public var offset: UInt64
  /// How many bytes it takes, its line end not counted.
  public var length: Int
  /// What it calls itself, such as `Grand Total`.
  public var label: String
  /// What stands in the column of amounts; empty for nothing.
  public var amount: String
  /// What stands in the column of totals; empty for nothing.
  public var total: String

  /// Whether it says a sum.
  public var hasSum: Bool { !amount.isEmpty || !total.isEmpty }
}

/// Tells rows of totals by their label.
enum TotalsLabel {
  private static let whole: Set<String> = [
    "count", "record count", "row count", "records", "sum", "sums", "end of report", "end of file",
    "number of records", "number of invoices",
  ]
  private static let beginnings = [
    "total", "subtotal", "sub total", "sub-total", "grand total", "page ", "report",
  ]

  /// Whether a text is such a label: `Total`, `Subtotal Acme`, `Page 3 of 7`, `Report generated …`.
  static func matches(_ text: Span<UInt8>) -> Bool {
    guard text.count >= 3, text.count <= 120 else { return false }
    // Invoice numbers go through here row by row; most are out after two letters.
    switch (text[0] | 0x20, text[1] | 0x20) {
    case (UInt8(ascii: "t"), UInt8(ascii: "o")), (UInt8(ascii: "s"), UInt8(ascii: "u")),
      (UInt8(ascii: "g"), UInt8(ascii: "r")), (UInt8(ascii: "c"), UInt8(ascii: "o")),
      (UInt8(ascii: "p"), UInt8(ascii: "a")), (UInt8(ascii: "r"), UInt8(ascii: "e")),
      (UInt8(ascii: "r"), UInt8(ascii: "o")), (UInt8(ascii: "e"), UInt8(ascii: "n")),
      (UInt8(ascii: "n"), UInt8(ascii: "u")):
      break
    default: return false
    }
    var bytes: [UInt8] = []
    for index in text.indices { bytes.append(text[index]) }
    var word = String(decoding: bytes, as: UTF8.self).lowercased()
    while let last = word.last, last == ":" || last == " " || last == "=" { word.removeLast() }
    if whole.contains(word) { return true }
    for beginning in beginnings where word.hasPrefix(beginning) {
      let rest = word.dropFirst(beginning.count)
      if beginning == "page " { return rest.first?.isNumber ?? false }
      // "Totally Fresh Foods" and "Reporter" are no labels.
      return rest.first.map { !$0.isLetter && !$0.isNumber } ?? true
        || rest == "s" || rest.hasPrefix("s ")
    }
    return false
  }
}
