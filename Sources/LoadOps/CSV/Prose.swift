internal import Vocabulary

/// Tells sentences, in which a comma may make a word such as "company" a cell, from the header of a list.
enum Prose {
  /// No header is so many words long.
  private static let longestHeader = 8

  /// Whether a row that could head a list is a piece of a sentence.
  ///
  /// A list needs one known header, so any text that has the word between two commas would be one.
  ///
  /// - Parameters:
  ///   - cells: The row's cells, without outer blanks.
  ///   - columns: What is known of them.
  /// - Returns: Whether it is one.
  static func isSentence(_ cells: [String], _ columns: CSVColumns) -> Bool {
    let unknown = Set(columns.unknown)
    let strange = cells.filter { unknown.contains($0) }
    let filled = cells.count { !$0.isEmpty }
    let words = strange.map { $0.split(whereSeparator: \.isWhitespace).count }
    if (words.max() ?? 0) >= longestHeader { return true }
    for cell in strange where cell.contains(" ") {
      if cell.contains("; ") || cell.hasSuffix(".") || cell.hasSuffix("!") { return true }
      if ["error:", "remedy:", "note:"].contains(where: cell.hasPrefix) { return true }
    }
    return (words.max() ?? 0) > 4 && strange.count * 2 >= filled
  }
}
