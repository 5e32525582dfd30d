/// A JSON value as QuickBooks Online sends and takes it.
///
/// Numbers stay the text they were, because amounts must not pass through binary floating point; the
/// order of members is kept, so that the same value always makes the same bytes.
public enum OnlineJSON: Hashable, Sendable {
  /// A member of an object.
  public struct Member: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Its value.
    public var value: OnlineJSON

    /// A member.
    public init(_ name: String, _ value: OnlineJSON) {
      self.name = name
      self.value = value
    }
  }

  /// An object.
  case object([Member])
  /// An array.
  case array([OnlineJSON])
  /// A text.
  case string(String)
  /// A number, as written.
  case number(String)
  /// True or false.
  case bool(Bool)
  /// Nothing.
  case null

  /// A member of an object; nil when there is none, or this is no object.
  public subscript(name: String) -> OnlineJSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The elements of an array; none for anything else.
  public var elements: [OnlineJSON] {
    if case .array(let elements) = self { elements } else { [] }
  }

  /// The members of an object; none for anything else.
  public var members: [Member] {
    if case .object(let members) = self { members } else { [] }
  }

  /// A text, or a number as text; nil for anything else.
  public var text: String? {
    switch self {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  /// A truth, also one written as text.
  public var truth: Bool? {
    switch self {
    case .bool(let value): value
    case .string("true"): true
    case .string("false"): false
    default: nil
    }
  }

  /// The id in a reference: `{"value": "21", "name": "Linehaul"}`.
  public var reference: String? { self["value"]?.text }

  /// A reference by id.
  public static func reference(_ id: String) -> OnlineJSON {
    .object([Member("value", .string(id))])
  }

  /// An object; members without a value are left out.
  public static func of(_ members: (String, OnlineJSON?)...) -> OnlineJSON {
    .object(members.compactMap { name, value in value.map { Member(name, $0) } })
  }
}

extension OnlineJSON {
  /// The value as compact JSON, UTF-8.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// The value as compact JSON.
  public var jsonText: String { String(decoding: bytes, as: UTF8.self) }

  /// Appends the value as compact JSON.
  public func append(to bytes: inout [UInt8]) {
    switch self {
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        OnlineJSON.append(member.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        element.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .string(let text): OnlineJSON.append(text, to: &bytes)
    case .number(let text): bytes.append(contentsOf: text.utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .null: bytes.append(contentsOf: "null".utf8)
    }
  }

  private static let hex = Array("0123456789abcdef".utf8)

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { text in
      if isPlain(text) { bytes.append(contentsOf: text) } else { escape(text, to: &bytes) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whether a text can stand in quotation marks as it is.
  static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    for byte in text
    where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
      return false
    }
    return true
  }

  /// A text as it stands in quotation marks.
  static func escaped(_ text: String) -> [UInt8] {
    var (text, bytes): (String, [UInt8]) = (text, [])
    text.withUTF8 { escape($0, to: &bytes) }
    return bytes
  }

  private static func escape(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x0A: bytes.append(contentsOf: "\\n".utf8)
      case 0x0D: bytes.append(contentsOf: "\\r".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      case ..<0x20:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(hex[Int(byte >> 4)])
        bytes.append(hex[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
  }
}
