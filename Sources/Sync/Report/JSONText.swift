public import Vocabulary

/// A JSON value that is always written the same way: members keep their order, numbers are whole.
///
/// The sync report and every `--json` answer are built from it. Amounts of money are strings in
/// canonical form, because most readers of JSON would turn a number into binary floating point.
/// Characters that move a cursor, reorder letters or cannot be seen are written as `\u` escapes:
/// the value stays the same and a terminal that shows the text stays intact.
public enum JSONText: Hashable, Sendable {
  /// Nothing.
  case null
  /// True or false.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// A text.
  case string(String)
  /// Values in order.
  case array([JSONText])
  /// Members in order; no name occurs twice.
  case object([Member])

  /// A name and its value.
  public struct Member: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: JSONText

    /// A member of an object.
    public init(_ name: String, _ value: JSONText) {
      self.name = name
      self.value = value
    }
  }

  /// An amount as a string in canonical form, such as `"-75.00"`.
  public static func amount(_ money: Money) -> JSONText { .string(money.description) }

  /// A text, or null when there is none.
  public static func string(orNull text: String?) -> JSONText { text.map(JSONText.string) ?? .null }

  /// A whole number, or null when there is none.
  public static func integer(orNull number: Int?) -> JSONText {
    number.map(JSONText.integer) ?? .null
  }

  /// The value of a member; nil when this is no object or has no such member.
  public subscript(name: String) -> JSONText? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The value as JSON indented by two spaces, with a line end behind it.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The bytes of ``text``.
  public var bytes: [UInt8] {
    var output: [UInt8] = []
    append(to: &output, indentation: 0)
    output.append(UInt8(ascii: "\n"))
    return output
  }

  /// The value as JSON on one line, without a line end.
  public var compactText: String {
    var output: [UInt8] = []
    append(to: &output, indentation: nil)
    return String(decoding: output, as: UTF8.self)
  }

  /// Appends the value as JSON: on one line, or with its members that many levels deep.
  public func append(to output: inout [UInt8], indentation: Int?) {
    switch self {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let number):
      if number < 0 { output.append(UInt8(ascii: "-")) }
      output.appendDecimal(UInt64(number.magnitude))
    case .string(let text): JSONText.append(quoted: text, to: &output)
    case .array(let values):
      JSONText.append(values, between: "[", "]", to: &output, indentation) { value, output, level in
        value.append(to: &output, indentation: level)
      }
    case .object(let members):
      JSONText.append(members, between: "{", "}", to: &output, indentation) {
        member, output, level in
        JSONText.append(quoted: member.name, to: &output)
        output.append(contentsOf: (level == nil ? ":" : ": ").utf8)
        member.value.append(to: &output, indentation: level)
      }
    }
  }

  private static func append<Element>(
    _ elements: [Element], between opening: Unicode.Scalar, _ closing: Unicode.Scalar,
    to output: inout [UInt8], _ indentation: Int?,
    _ appendElement: (Element, inout [UInt8], Int?) -> Void
  ) {
    output.append(UInt8(ascii: opening))
    let level = indentation.map { $0 + 1 }
    for (index, element) in elements.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      appendLineEnd(to: &output, level)
      appendElement(element, &output, level)
    }
    if !elements.isEmpty { appendLineEnd(to: &output, indentation) }
    output.append(UInt8(ascii: closing))
  }

  private static func appendLineEnd(to output: inout [UInt8], _ level: Int?) {
    guard let level else { return }
    output.append(UInt8(ascii: "\n"))
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: level * 2))
  }

  private static func append(quoted text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        output.append(UInt8(ascii: "\\"))
        output.append(UInt8(ascii: scalar))
      case "\n": output.append(contentsOf: "\\n".utf8)
      case "\r": output.append(contentsOf: "\\r".utf8)
      case "\t": output.append(contentsOf: "\\t".utf8)
      default:
        if isWrittenOut(scalar.value) {
          append(escapeOf: UInt16(truncatingIfNeeded: scalar.value), to: &output)
        } else if scalar.isASCII {
          output.append(UInt8(ascii: scalar))
        } else {
          output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
      }
    }
    output.append(UInt8(ascii: "\""))
  }

  /// Control characters, line separators, and the marks that hide or reorder letters.
  private static func isWrittenOut(_ value: UInt32) -> Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
      0xFFF9...0xFFFB:
      true
    default: false
    }
  }

  private static func append(escapeOf unit: UInt16, to output: inout [UInt8]) {
    output.append(contentsOf: "\\u".utf8)
    for shift in [12, 8, 4, 0] as [UInt16] {
      let digit = UInt8(unit >> shift & 15)
      output.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
    }
  }
}

extension JSONText: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// True or false.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Null.
  public init(nilLiteral: ()) { self = .null }
  /// Values in order.
  public init(arrayLiteral elements: JSONText...) { self = .array(elements) }
  /// Members in the order in which they are written.
  public init(dictionaryLiteral elements: (String, JSONText)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}
