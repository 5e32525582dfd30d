public import Foundation

/// A JSON value as it stood on the wire: members keep their order and numbers keep their digits.
///
/// Amounts are money, so no number passes through binary floating point here: a number is its text
/// until somebody asks for its ``decimal``.
public indirect enum JSONValue: Sendable, Hashable {
  /// `null`.
  case null
  /// `true` or `false`.
  case flag(Bool)
  /// A number, as its text.
  case number(String)
  /// A string.
  case text(String)
  /// An array.
  case list([JSONValue])
  /// An object.
  case object(JSONObject)

  /// The member of an object, or nil when this is no object or has no such member.
  public subscript(_ name: String) -> JSONValue? {
    if case .object(let object) = self { object[name] } else { nil }
  }

  /// The string, when this is one.
  public var string: String? {
    if case .text(let text) = self { text } else { nil }
  }

  /// The truth value, when this is one.
  public var bool: Bool? {
    if case .flag(let flag) = self { flag } else { nil }
  }

  /// The elements, when this is an array.
  public var elements: [JSONValue]? {
    if case .list(let elements) = self { elements } else { nil }
  }

  /// The object, when this is one.
  public var members: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// The number as an exact decimal, also when it was sent as a string of digits.
  public var decimal: Decimal? {
    switch self {
    case .number(let digits): Decimal(string: digits, locale: nil)
    case .text(let digits) where digits.isPlainNumber: Decimal(string: digits, locale: nil)
    default: nil
    }
  }

  /// The number as a whole number, also when it was sent as a string of digits.
  public var integer: Int? {
    switch self {
    case .number(let digits), .text(let digits): Int(digits)
    default: nil
    }
  }

  /// An object of these members, in this order.
  public static func members(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(JSONObject(members.map { JSONObject.Member(name: $0.key, value: $0.value) }))
  }
}

/// The members of a JSON object, in the order they were written.
public struct JSONObject: Sendable, Hashable {
  /// One member.
  public struct Member: Sendable, Hashable {
    /// The member's name.
    public var name: String
    /// The member's value.
    public var value: JSONValue
  }

  /// The members in order.
  public private(set) var members: [Member]

  /// An object of these members.
  public init(_ members: [Member] = []) { self.members = members }

  /// The value of a member; setting nil removes it, setting a new one puts it at the end.
  public subscript(_ name: String) -> JSONValue? {
    get { members.first { $0.name == name }?.value }
    set {
      let place = members.firstIndex { $0.name == name }
      switch (place, newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append(Member(name: name, value: value))
      case (nil, nil): break
      }
    }
  }

  /// The text of a member that is a string.
  public func string(_ name: String) -> String? { self[name]?.string }

  /// The id a reference member points at.
  public func reference(_ name: String) -> String? { self[name]?["value"]?.string }
}

extension String {
  /// Whether this is digits with at most one sign and one point.
  var isPlainNumber: Bool {
    !isEmpty && utf8.contains { $0 >= 0x30 && $0 <= 0x39 }
      && utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E || $0 == 0x2D || $0 == 0x2B }
  }
}

extension JSONValue {
  /// The JSON text of this value, without needless blanks.
  public var jsonText: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  func append(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .flag(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    case .number(let digits): bytes.append(contentsOf: digits.utf8)
    case .text(let text): Self.append(quoted: text, to: &bytes)
    case .list(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        element.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let object):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.append(quoted: member.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func append(quoted text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
      bytes.append(contentsOf: text.utf8)
    } else {
      for byte in text.utf8 {
        switch byte {
        case 0x22: bytes.append(contentsOf: "\\\"".utf8)
        case 0x5C: bytes.append(contentsOf: "\\\\".utf8)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0..<0x20:
          let digits = String(byte, radix: 16)
          bytes.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count)).utf8)
          bytes.append(contentsOf: digits.utf8)
        default: bytes.append(byte)
        }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
