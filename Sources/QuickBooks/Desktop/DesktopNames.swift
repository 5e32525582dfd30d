/// Names of list entries as QuickBooks keeps and compares them.
///
/// A name may be a path: levels joined by colons, `Customer:Job`. Names are keys, so they are never
/// cut; what does not fit is a ``Problem``.
public struct DesktopNames: Hashable, Sendable {
  /// Why QuickBooks would not take a name.
  public enum Problem: Hashable, Sendable {
    /// Nothing is there.
    case empty
    /// A level, counted from 1, is empty: `Acme::Plant`.
    case emptyLevel(Int)
    /// A level is longer than QuickBooks keeps.
    case tooLong(level: String, limit: Int, actual: Int)
    /// The levels are too long together.
    case pathTooLong(limit: Int, actual: Int)
    /// More levels than a list may have.
    case tooManyLevels(limit: Int, actual: Int)
    /// A level holds characters that would become question marks.
    case unrepresentable(level: String)
  }

  /// What becomes of a name's characters in the file.
  public let text: DesktopText

  /// How many characters a level may have.
  public var limits: NameLimits { text == .online ? .online : .desktop }

  /// Rules for names in files with such texts.
  public init(_ text: DesktopText) {
    self.text = text
  }

  /// The path as it is written: each level converted, colons without blanks around them.
  public func path(_ name: String) -> String {
    guard name.utf8.contains(UInt8(ascii: ":")) else {
      return text.convertedName(name)
    }
    return levels(of: name).map { text.convertedName($0) }
      .joined(separator: ":")
  }

  /// The name of one level, from text whose colons mean no hierarchy: they become hyphens.
  public func level(_ name: String) -> String {
    var plain = String.UnicodeScalarView()
    for scalar in name.unicodeScalars { plain.append(scalar == ":" ? "-" : scalar) }
    return text.convertedName(String(plain))
  }

  /// The text under which QuickBooks would take two names for the same.
  public func identity(_ name: String) -> String { path(name).lowercased() }

  /// The paths above a path, the topmost first; the path must be one that ``path(_:)`` made.
  public static func parents(of path: String) -> [String] {
    path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: ":") }.map { String(path[..<$0]) }
  }

  /// What is wrong with the name of a customer or job.
  public func problems(customer name: String) -> [Problem] {
    problems(name, level: limits.customer, levels: DesktopLimits.levels, path: limits.customerPath)
  }

  /// What is wrong with the name of an item.
  public func problems(item name: String) -> [Problem] {
    problems(name, level: limits.item, levels: DesktopLimits.levels)
      // QuickBooks Online takes no quotation mark in the name of a product or service.
      + (text == .online && name.contains("\"") ? [.unrepresentable(level: name)] : [])
  }

  /// What is wrong with the name of an account.
  public func problems(account name: String) -> [Problem] {
    problems(name, level: limits.account, levels: DesktopLimits.levels)
  }

  /// What is wrong with the name of terms, which have no levels.
  public func problems(terms name: String) -> [Problem] {
    problems(name, level: limits.terms, levels: 1)
  }

  /// What is wrong with the name of a class.
  public func problems(class name: String) -> [Problem] {
    problems(name, level: limits.classLevel, levels: DesktopLimits.levels)
  }

  /// The levels, divided at every colon: one that carries an accent is a colon in QuickBooks, too.
  private func levels(of name: String) -> [String] {
    name.unicodeScalars.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
  }

  private func problems(
    _ name: String, level limit: Int, levels maximum: Int, path pathLimit: Int? = nil
  ) -> [Problem] {
    let levels = levels(of: name)
    let converted = levels.map { text.convertedName($0) }
    if converted.count == 1, converted[0].isEmpty { return [.empty] }
    var problems: [Problem] = []
    if levels.count > maximum {
      problems.append(.tooManyLevels(limit: maximum, actual: levels.count))
    }
    for (index, level) in converted.enumerated() {
      let length = level.unicodeScalars.count
      if length == 0 { problems.append(.emptyLevel(index + 1)) }
      if length > limit {
        problems.append(.tooLong(level: level, limit: limit, actual: length))
      }
      var original = levels[index]
      let changes = original.withUTF8 { text.changes($0.span) }
      let isBeyond = text == .online && level.unicodeScalars.contains { $0.value > 0xFFFF }
      if changes.contains(.unrepresentable) || isBeyond {
        problems.append(.unrepresentable(level: levels[index]))
      }
    }
    let length = converted.reduce(converted.count - 1) { $0 + $1.unicodeScalars.count }
    if let pathLimit, length > pathLimit {
      problems.append(.pathTooLong(limit: pathLimit, actual: length))
    }
    return problems
  }
}
