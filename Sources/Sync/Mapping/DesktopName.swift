/// What QuickBooks Desktop takes as the name of a list entry.
///
/// The lengths count for each level of a path; they are those of the company file's own fields.
struct DesktopName: Sendable {
  /// What the name belongs to, with its article.
  let owner: String
  /// The characters a level may have.
  let maximumLength: Int
  /// How many levels a path may have.
  let maximumLevels: Int

  /// Such as `Freight Income:Line Haul`.
  static let account = DesktopName(owner: "an account", maximumLength: 31, maximumLevels: 5)
  /// Such as `Accessorials:Detention`.
  static let item = DesktopName(owner: "an item", maximumLength: 31, maximumLevels: 5)
  /// Such as `Terminal:Dallas`.
  static let className = DesktopName(owner: "a class", maximumLength: 31, maximumLevels: 5)
  /// Such as `Customer:Job`.
  static let customer = DesktopName(owner: "a customer", maximumLength: 41, maximumLevels: 5)
  /// Such as `Net 30`.
  static let terms = DesktopName(owner: "terms", maximumLength: 31, maximumLevels: 1)

  /// The first reason why QuickBooks would not take a name; nil when it would.
  func fault(in name: String) -> ValueFault? {
    if name.unicodeScalars.contains(where: DesktopName.isControl) {
      return ValueFault(
        "it has a line break, a tab or another control character inside", "write it on one line")
    }
    let levels = name.split(separator: ":", omittingEmptySubsequences: false)
    guard levels.count <= maximumLevels else {
      if maximumLevels == 1 {
        return ValueFault("\(owner) cannot have levels", "write the name without a colon")
      }
      return ValueFault(
        "it has \(levels.count) levels and QuickBooks takes \(maximumLevels)",
        "use fewer levels; a colon begins a new one")
    }
    for level in levels {
      if level.allSatisfy(\.isWhitespace) {
        return ValueFault(
          "a level is empty", "write a name on both sides of each colon, or remove the colon")
      }
      if level.first?.isWhitespace == true || level.last?.isWhitespace == true {
        let neat = levels.map(DesktopName.trimmed).joined(separator: ":")
        return ValueFault("there is a blank beside a colon", "write \"\(neat)\"")
      }
      let length = level.unicodeScalars.count
      guard length <= maximumLength else {
        let what = levels.count == 1 ? "it" : "\"\(level)\""
        return ValueFault(
          "\(what) has \(length) characters and QuickBooks takes \(maximumLength)",
          "shorten it here and in QuickBooks")
      }
    }
    return nil
  }

  /// The paths of the entry and of all its parents: `A`, `A:B`, `A:B:C`.
  static func paths(of name: String) -> [String] {
    let levels = name.split(separator: ":", omittingEmptySubsequences: false)
    return levels.indices.map { levels[...$0].joined(separator: ":") }
  }

  /// Whether a character would break a line or a column of a QuickBooks file.
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
    default: false
    }
  }

  private static func trimmed(_ level: Substring) -> Substring {
    var level = level
    while level.first?.isWhitespace == true { level.removeFirst() }
    while level.last?.isWhitespace == true { level.removeLast() }
    return level
  }
}
