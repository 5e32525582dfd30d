internal import Foundation
internal import Vocabulary

extension UInt8 {
  var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
}

/// Why something cannot have a value, and what to write instead.
struct ValueFault: Error {
  var message: String
  var remedy: String

  init(_ message: String, _ remedy: String) {
    self.message = message
    self.remedy = remedy
  }

  /// For a word that is none of those allowed, with the nearest of them.
  static func unknown(
    _ message: String, _ word: String, _ words: [String], list: String = "allowed"
  ) -> ValueFault {
    let list = "\(list): \(words.joined(separator: ", "))"
    let near = Spelling.nearest(to: word, in: words)
    return ValueFault(message, near.map { "did you mean \($0)? (\(list))" } ?? list)
  }
}

/// What stands behind a key, as text: types are the key's business, so `007` and `yes` stay as written.
enum SettingsValue {
  /// Nothing at all, or YAML's `~` and `null`.
  case nothing
  case text(String)
  case list([String])
  /// Words with a word each: `{iif: hold, qbxml: create}`.
  case pairs([(String, String)])

  /// The value as text on one line.
  func line() throws(ValueFault) -> String {
    switch self {
    case .list:
      throw ValueFault("it takes one value, not a list", "write a single value")
    case .pairs:
      throw ValueFault("it takes one value, not a block of keys", "write a single value")
    case .nothing:
      throw ValueFault(
        "it has no value", "write a value behind the colon, or remove the line to get the default")
    case .text(let raw):
      let text = raw.trimmingCharacters(in: .whitespacesAndNewlines)
      guard !text.isEmpty else {
        throw ValueFault("it is empty", "write a value, or remove the line to get the default")
      }
      guard !text.unicodeScalars.contains(where: DesktopName.isControl) else {
        throw ValueFault("it has a line break or tab inside", "write it on one line")
      }
      return text
    }
  }

  /// The value as one of a few words.
  func word<Word>() throws(ValueFault) -> Word
  where Word: RawRepresentable<String> & CaseIterable {
    let text = try line()
    guard let word = Word(rawValue: text) else {
      throw ValueFault.unknown("it cannot be \"\(text)\"", text, Word.allCases.map(\.rawValue))
    }
    return word
  }

  /// The value as a day; nil when there is nothing.
  func date() throws(ValueFault) -> CalendarDate? {
    if case .nothing = self { return nil }
    if case .text(let text) = self, text.allSatisfy(\.isWhitespace) { return nil }
    let text = try line()
    guard let date = CalendarDate(iso: text) else {
      throw ValueFault(
        "\"\(text)\" is not a date", "write year, month and day like 2025-12-31")
    }
    return date
  }

  /// The value as a list; text is split at commas.
  func list() throws(ValueFault) -> [String] {
    var elements: [String]
    switch self {
    case .nothing:
      throw ValueFault(
        "it has no value", "write a list such as [Completed, Paid], or remove the line")
    case .pairs:
      throw ValueFault("it takes a list, not a block of keys", "write it between brackets: [a, b]")
    case .list(let list): elements = list
    case .text(let text):
      var body = text.trimmingCharacters(in: .whitespacesAndNewlines)
      if body.hasPrefix("["), body.hasSuffix("]") { body = String(body.dropFirst().dropLast()) }
      elements = body.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      if elements.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) { elements = [] }
    }
    var result: [String] = []
    for element in elements {
      let word = try SettingsValue.text(element).line()
      if !result.contains(word) { result.append(word) }
    }
    return result
  }
}
