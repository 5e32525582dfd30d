/// Names of list entries as QuickBooks Desktop keeps and compares them.
///
/// A name may be a path: levels joined by colons, `Customer:Job`. Names are keys, so they are never
/// cut; what does not fit is a ``Problem``.
public struct IIFNames: Hashable, Sendable {
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

  /// The characters a file may hold.
  public let encoding: IIFFormat.Encoding

  /// Rules for names in files of an encoding.
  public init(encoding: IIFFormat.Encoding = .ascii) {
    self.encoding = encoding
  }

  /// The path as it is written: each level converted, colons without blanks around them.
  public func path(_ name: String) -> String {
    guard name.utf8.contains(UInt8(ascii: ":")) else {
      return IIFText.converted(name, encoding: encoding)
    }
    return levels(of: name).map { IIFText.converted($0, encoding: encoding) }
      .joined(separator: ":")
  }

  /// The name of one level, from text whose colons mean no hierarchy: they become hyphens.
  public func level(_ text: String) -> String {
    IIFText.converted(text.replacing(":", with: "-"), encoding: encoding)
  }

  /// The text under which QuickBooks would take two names for the same.
  public func identity(_ name: String) -> String { path(name).lowercased() }

  /// The paths above a path, the topmost first; the path must be one that ``path(_:)`` made.
  public static func parents(of path: String) -> [String] {
    path.indices.filter { path[$0] == ":" }.map { String(path[..<$0]) }
  }

  /// What is wrong with the name of a customer or job.
  public func problems(customer name: String) -> [Problem] {
    problems(
      name, level: IIFLimits.customerLevel, levels: IIFLimits.levels, path: IIFLimits.customerPath)
  }

  /// What is wrong with the name of an item.
  public func problems(item name: String) -> [Problem] {
    problems(name, level: IIFLimits.itemLevel, levels: IIFLimits.levels)
  }

  /// What is wrong with the name of an account.
  public func problems(account name: String) -> [Problem] {
    problems(name, level: IIFLimits.accountLevel, levels: IIFLimits.levels)
  }

  /// What is wrong with the name of terms, which have no levels.
  public func problems(terms name: String) -> [Problem] {
    problems(name, level: IIFLimits.terms, levels: 1)
  }

  /// What is wrong with the name of a class.
  public func problems(class name: String) -> [Problem] {
    problems(name, level: IIFLimits.classLevel, levels: IIFLimits.levels)
  }

  private func levels(of name: String) -> [String] {
    name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
  }

  private func problems(
    _ name: String, level limit: Int, levels maximum: Int, path pathLimit: Int? = nil
  ) -> [Problem] {
    let levels = levels(of: name)
    let converted = levels.map { IIFText.converted($0, encoding: encoding) }
    if converted.count == 1, converted[0].isEmpty { return [.empty] }
    var problems: [Problem] = []
    if levels.count > maximum {
      problems.append(.tooManyLevels(limit: maximum, actual: levels.count))
    }
    for (index, level) in converted.enumerated() {
      // One character is one byte in both encodings.
      let length = level.unicodeScalars.count
      if length == 0 { problems.append(.emptyLevel(index + 1)) }
      if length > limit {
        problems.append(.tooLong(level: level, limit: limit, actual: length))
      }
      var original = levels[index]
      let changes = original.withUTF8 { IIFText.changes($0.span, encoding: encoding) }
      if changes.contains(.unrepresentable) {
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
