internal import Foundation
internal import Vocabulary
internal import Yams

/// Reads a `loadbooks.yaml` strictly: YAML decides what is a key, a text, a list; ``Settings/keys``
/// decides everything else.
///
/// To whoever changes this: scalars are taken as the text that was written. YAML's own idea of types
/// would turn a company called `007` into 7 and `no` into false, so its resolver is switched off.
struct SettingsReader {
  /// A line and a Unicode scalar on it, both from 1, as YAML counts them.
  private struct Place {
    var line: Int
    var column: Int
  }

  private let path: String
  private let lines: [String]
  private var settings = Settings()
  private var problems: [Failure] = []

  private init(path: String, text: String) {
    self.path = path
    self.lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
  }

  /// Reads a file; keys with a problem keep their default.
  static func read(path: String) -> (Settings, [Failure]) {
    guard let data = FileManager.default.contents(atPath: path) else {
      let isThere = FileManager.default.fileExists(atPath: path)
      let failure = Failure(
        .settingsWrong, isThere ? "\(path) cannot be read" : "there is no \(path)",
        remedy: isThere
          ? "check who may read the file"
          : "run \"loadbooks init\" to make a company folder, or name one with --company")
      return (Settings(), [failure])
    }
    return read(path: path, bytes: [UInt8](data))
  }

  /// Reads bytes as if they stood in a file.
  static func read(path: String, bytes: [UInt8]) -> (Settings, [Failure]) {
    let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    guard let text = String(validating: body, as: UTF8.self) else {
      let failure = Failure(
        .settingsWrong, "\(path) is not UTF-8 text", remedy: "save it again as UTF-8")
      return (Settings(), [failure])
    }
    var reader = SettingsReader(path: path, text: text)
    reader.read(text)
    reader.problems.sort { ($0.location?.line ?? 0) < ($1.location?.line ?? 0) }
    return (reader.settings, reader.problems)
  }

  private mutating func read(_ text: String) {
    do {
      let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      let root = try parser.singleRoot()
      // Nodes hold their anchors weakly; the parser keeps them.
      withExtendedLifetime(parser) {
        if let root, let anchored = SettingsReader.firstAnchor(root) {
          problem(
            at: anchored.mark, length: 1, "anchors and aliases (& and *) are not used in settings",
            "write the value out; put quotation marks around a text that begins with & or *")
        } else {
          readRoot(root)
        }
      }
    } catch let error as YamlError {
      syntax(error)
    } catch {
      problems.append(
        Failure(.settingsWrong, "\(path) cannot be read as YAML", remedy: "check the file"))
    }
  }

  private mutating func readRoot(_ root: Node?) {
    guard let root, !SettingsReader.isNothing(root) else {
      problems.append(
        Failure(
          .settingsWrong, "\(path) holds no settings",
          remedy: "add at least a line \"company:\" with the company's name"))
      return
    }
    guard case .mapping(let mapping) = root else {
      problem(
        at: root.mark, length: 1, "settings are lines of the form \"key: value\"",
        "begin with a line \"company:\" and the company's name")
      return
    }
    readBlock(mapping, prefix: "")
    if settings.company == nil, !mapping.contains(where: { $0.key.scalar?.string == "company" }) {
      problems.append(
        Failure(
          .settingsWrong, "the key \"company\" is missing",
          remedy: "add a line \"company:\" with the company's name",
          location: SourceLocation(file: path, line: 1)))
    }
  }

  private mutating func readBlock(_ block: Node.Mapping, prefix: String) {
    for (keyNode, value) in block {
      guard case .scalar(let scalar) = keyNode else {
        problem(at: keyNode.mark, length: 1, "a key must be a word", "write \"key: value\"")
        continue
      }
      let name = scalar.string
      let path = prefix + name
      if let key = Settings.keys.first(where: { $0.path == path }), !name.contains(".") {
        readValue(value, of: key, keyMark: scalar.mark)
      } else if Settings.sections[path] != nil, !name.contains(".") {
        readSection(value, path: path, name: name)
      } else {
        let place = prefix.isEmpty ? "" : " in \"\(prefix.dropLast())\""
        problem(
          at: scalar.mark, length: name.count, "unknown key \"\(name)\"\(place)",
          SettingsReader.suggestion(forUnknown: name, prefix: prefix))
      }
    }
  }

  private mutating func readSection(_ value: Node, path: String, name: String) {
    if case .mapping(let inner) = value {
      readBlock(inner, prefix: path + ".")
    } else if !SettingsReader.isNothing(value) {
      let names = SettingsReader.names(in: path + ".")
      problem(
        at: value.mark, length: width(of: value), "\"\(name)\" is a block of keys, not a value",
        "write its keys below it, indented by two blanks: \(names.joined(separator: ", "))")
    }
  }

  private mutating func readValue(_ node: Node, of key: Settings.Key, keyMark: Mark?) {
    var value: SettingsValue
    switch node {
    case .scalar(let scalar):
      if let tag = SettingsReader.foreignTag(scalar) {
        problem(
          at: scalar.mark, length: 1, "\"\(tag)\" is a YAML tag, which settings do not use",
          "put quotation marks around a text that begins with !")
        return
      }
      value = SettingsReader.isNothing(node) ? .nothing : .text(scalar.string)
      // A list written as text is the mistake this catches: `Completed, Paid` without brackets.
      if case .text(let text) = value, key.show(.defaults).hasPrefix("[") {
        problem(
          at: scalar.mark, length: width(of: node), "\(key.path) is a list",
          "write it between brackets: [\(text)]")
        return
      }
    case .sequence(let sequence):
      var elements: [String] = []
      for element in sequence {
        guard case .scalar(let scalar) = element, !SettingsReader.isNothing(element) else {
          problem(
            at: element.mark ?? sequence.mark, length: 1,
            "\(key.path): each element of the list must be a text", "write \(key.allowed)")
          return
        }
        elements.append(scalar.string)
      }
      value = .list(elements)
    case .mapping(let block) where key.takesPairs:
      guard let pairs = words(of: block, under: key) else { return }
      value = .pairs(pairs)
    case .mapping, .alias:
      problem(
        at: node.mark, length: 1, "\(key.path) takes a value, not a block of keys",
        "write \(key.allowed)")
      return
    }
    do {
      try key.apply(&settings, value)
    } catch {
      let isEmpty = if case .nothing = value { true } else { false }
      problem(
        at: isEmpty ? keyMark : node.mark, length: isEmpty ? key.name.count : width(of: node),
        "\(key.path): \(error.message)", error.remedy)
    }
  }

  /// The words of a block below a key, `iif: hold`; nil after telling what is wrong with it.
  private mutating func words(
    of block: Node.Mapping, under key: Settings.Key
  ) -> [(String, String)]? {
    var pairs: [(String, String)] = []
    for (name, value) in block {
      guard case .scalar(let word) = name, case .scalar(let text) = value,
        !SettingsReader.isNothing(value)
      else {
        problem(
          at: name.mark ?? block.mark, length: 1, "\(key.path): each target takes one word",
          "write it like {iif: hold, qbxml: create}")
        return nil
      }
      pairs.append((word.string, text.string))
    }
    return pairs
  }

  // MARK: - Saying where and why

  private mutating func problem(at mark: Mark?, length: Int, _ message: String, _ remedy: String) {
    problem(
      at: mark.map { Place(line: $0.line, column: $0.column) }, length: length, message, remedy)
  }

  private mutating func problem(at mark: Place?, length: Int, _ message: String, _ remedy: String) {
    guard let mark, mark.line >= 1 else {
      problems.append(Failure(.settingsWrong, "\(path): \(message)", remedy: remedy))
      return
    }
    let text = mark.line <= lines.count ? lines[mark.line - 1] : ""
    // YAML counts Unicode scalars, people count characters.
    let before = String(String.UnicodeScalarView(text.unicodeScalars.prefix(mark.column - 1)))
    let start = min(before.count, text.count)
    problems.append(
      Failure(
        .settingsWrong, message, remedy: remedy,
        location: SourceLocation(file: path, line: mark.line, column: start + 1),
        excerpt: Excerpt(
          text: text, markStart: start, markLength: min(length, max(1, text.count - start)))))
  }

  /// How many characters to mark for a value, on the line it begins on.
  private func width(of node: Node) -> Int {
    guard let mark = node.mark, mark.line <= lines.count else { return 1 }
    let rest = String(
      String.UnicodeScalarView(lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1)))
    guard case .scalar(let scalar) = node else { return 1 }
    switch scalar.style {
    case .doubleQuoted, .singleQuoted:
      let quote: Character = scalar.style == .doubleQuoted ? "\"" : "'"
      return (rest.lastIndex(of: quote).map { rest[...$0].count }) ?? rest.count
    default:
      return rest.hasPrefix(scalar.string) ? scalar.string.count : rest.count
    }
  }

  private mutating func syntax(_ error: YamlError) {
    switch error {
    case .scanner(let context, let text, let mark, _),
      .parser(let context, let text, let mark, _),
      .composer(let context, let text, let mark, _):
      let line = mark.line <= lines.count ? lines[mark.line - 1] : ""
      // What is never closed is noticed at the end of the file; it is to be mended where it opens.
      let isAtEnd = lines.dropFirst(mark.line - 1).allSatisfy { $0.allSatisfy(\.isWhitespace) }
      problem(
        at: isAtEnd ? context?.mark ?? mark : mark, length: 1, "not valid YAML: \(text)",
        SettingsReader.remedy(forSyntax: text, line: line))
    case .reader(let text, let offset, _, let yaml):
      let before = offset.map { yaml.prefix($0) } ?? ""
      let line = before.count { $0.isNewline } + 1
      let column = before.reversed().prefix { !$0.isNewline }.count + 1
      problem(
        at: Place(line: line, column: column), length: 1, "not valid YAML: \(text)",
        "remove the invisible character, or save the file again as plain UTF-8 text")
    case .duplicatedKeysInMapping(let names, let context):
      duplicate(names.first ?? "", first: context.mark)
    default:
      problems.append(
        Failure(.settingsWrong, "\(path) cannot be read as YAML", remedy: "check the file"))
    }
  }

  /// Points at the second of two equal keys; YAML only tells where the first one is.
  private mutating func duplicate(_ name: String, first: Mark) {
    let indent = String(repeating: " ", count: max(0, first.column - 1))
    let second = lines.indices.dropFirst(first.line).first { index in
      lines[index].hasPrefix(indent + name)
        && lines[index].dropFirst(indent.count + name.count)
          .drop(while: { $0 == " " }).first == ":"
    }
    problem(
      at: Place(line: second.map { $0 + 1 } ?? first.line, column: first.column),
      length: name.count,
      "the key \"\(name)\" stands there twice; the first time on line \(first.line)",
      "keep one of the two lines")
  }

  private static func remedy(forSyntax problem: String, line: String) -> String {
    if line.prefix(while: \.isWhitespace).contains("\t") || problem.contains("start any token") {
      return "indent with blanks, not tabs, and put quotation marks around a text that begins with"
        + " a sign such as @, % or `"
    }
    if problem.contains("another document") { return "remove the line \"---\"" }
    if problem.contains("mapping values") {
      return "put quotation marks around a text that holds a colon, and check the indentation"
    }
    return "check the indentation (two blanks a level), the blank behind each colon, and that"
      + " quotation marks and brackets are closed"
  }

  // MARK: - Looking at nodes

  private static func names(in prefix: String) -> [String] {
    var names: [String] = []
    for path in Settings.keys.map(\.path) where path.hasPrefix(prefix) {
      let name = path.dropFirst(prefix.count).prefix { $0 != "." }
      if names.last != String(name) { names.append(String(name)) }
    }
    return names
  }

  private static func suggestion(forUnknown name: String, prefix: String) -> String {
    let names = names(in: prefix)
    if let near = Spelling.nearest(to: name, in: names) { return "did you mean \"\(near)\"?" }
    let word = name.split(separator: ".").last.map(String.init) ?? name
    if let key = Settings.keys.first(where: { $0.name == word }), key.path != prefix + word {
      let levels = key.path.split(separator: ".").dropLast().joined(separator: ": ")
      return levels.isEmpty
        ? "write \"\(word)\" at the beginning of a line, below no other key"
        : "write \"\(word)\" below \"\(levels):\", indented by two blanks a level"
    }
    return "the keys here are: \(names.joined(separator: ", "))"
  }

  /// Whether a value is left out: nothing behind the colon, `~` or `null`.
  private static func isNothing(_ node: Node) -> Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else {
      return false
    }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  /// The tag of a scalar when it is not one of YAML's own.
  private static func foreignTag(_ scalar: Node.Scalar) -> String? {
    let tag = scalar.tag.rawValue
    return tag.isEmpty || tag == "!" || tag.hasPrefix("tag:yaml.org,2002:") ? nil : tag
  }

  private static func firstAnchor(_ node: Node) -> Node? {
    if node.anchor != nil { return node }
    switch node {
    case .scalar: return nil
    case .alias: return node
    case .sequence(let sequence):
      for element in sequence {
        if let found = firstAnchor(element) { return found }
      }
    case .mapping(let mapping):
      for (key, value) in mapping {
        if let found = firstAnchor(key) ?? firstAnchor(value) { return found }
      }
    }
    return nil
  }
}
