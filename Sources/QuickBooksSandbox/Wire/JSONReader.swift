import Foundation

/// Why a text is not JSON, or not JSON the service accepts.
public enum JSONRefusal: Error, Sendable, Hashable {
  /// A byte sequence that is not UTF-8.
  case notUnicode
  /// The grammar is broken at this byte.
  case malformed(at: Int)
}

extension JSONValue {
  /// Reads one JSON value that fills the whole text.
  public init(_ text: String) throws(JSONRefusal) { try self.init(bytes: Array(text.utf8)) }

  /// Reads one JSON value that fills all the bytes.
  public init(bytes: [UInt8]) throws(JSONRefusal) {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUnicode }
    var reader = JSONReader(bytes: bytes)
    reader.skipBlanks()
    self = try reader.value(depth: 0)
    reader.skipBlanks()
    guard reader.place == bytes.count else { throw .malformed(at: reader.place) }
  }
}

/// A reader of JSON text that keeps the digits of numbers and the order of members.
private struct JSONReader {
  let bytes: [UInt8]
  var place = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      place += 1
    }
  }

  mutating func expect(_ byte: UInt8) throws(JSONRefusal) {
    guard next == byte else { throw .malformed(at: place) }
    place += 1
  }

  mutating func value(depth: Int) throws(JSONRefusal) -> JSONValue {
    guard let byte = next, depth < 64 else { throw .malformed(at: place) }
    switch byte {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .list(try list(depth: depth))
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .flag(true))
    case UInt8(ascii: "f"): return try word("false", .flag(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONRefusal) -> JSONValue {
    for byte in word.utf8 { try expect(byte) }
    return value
  }

  private mutating func object(depth: Int) throws(JSONRefusal) -> JSONObject {
    try expect(UInt8(ascii: "{"))
    var members: [JSONObject.Member] = []
    skipBlanks()
    if next == UInt8(ascii: "}") {
      place += 1
      return JSONObject()
    }
    while true {
      skipBlanks()
      let name = try string()
      skipBlanks()
      try expect(UInt8(ascii: ":"))
      skipBlanks()
      members.append(JSONObject.Member(name: name, value: try value(depth: depth + 1)))
      skipBlanks()
      if next == UInt8(ascii: ",") {
        place += 1
        continue
      }
      try expect(UInt8(ascii: "}"))
      return JSONObject(members)
    }
  }

  private mutating func list(depth: Int) throws(JSONRefusal) -> [JSONValue] {
    try expect(UInt8(ascii: "["))
    var elements: [JSONValue] = []
    skipBlanks()
    if next == UInt8(ascii: "]") {
      place += 1
      return elements
    }
    while true {
      skipBlanks()
      elements.append(try value(depth: depth + 1))
      skipBlanks()
      if next == UInt8(ascii: ",") {
        place += 1
        continue
      }
      try expect(UInt8(ascii: "]"))
      return elements
    }
  }

  private mutating func number() throws(JSONRefusal) -> String {
    let start = place
    if next == UInt8(ascii: "-") { place += 1 }
    let whole = try digits()
    if bytes[whole] == UInt8(ascii: "0"), place - whole > 1 { throw .malformed(at: whole) }
    if next == UInt8(ascii: ".") {
      place += 1
      _ = try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      place += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { place += 1 }
      _ = try digits()
    }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func digits() throws(JSONRefusal) -> Int {
    let start = place
    while let byte = next, byte >= 0x30, byte <= 0x39 { place += 1 }
    guard place > start else { throw .malformed(at: place) }
    return start
  }

  private mutating func string() throws(JSONRefusal) -> String {
    try expect(UInt8(ascii: "\""))
    let start = place
    while let byte = next, byte != 0x22, byte != 0x5C, byte >= 0x20 { place += 1 }
    if next == 0x22 {
      place += 1
      return String(decoding: bytes[start..<(place - 1)], as: UTF8.self)
    }
    var text = Array(bytes[start..<place])
    while let byte = next {
      place += 1
      switch byte {
      case 0x22: return String(decoding: text, as: UTF8.self)
      case 0x5C: text.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20: throw .malformed(at: place - 1)
      default: text.append(byte)
      }
    }
    throw .malformed(at: place)
  }

  private mutating func escape() throws(JSONRefusal) -> Character {
    guard let byte = next else { throw .malformed(at: place) }
    place += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try hexadecimal()
      if first >= 0xD800, first < 0xDC00 {
        try expect(0x5C)
        try expect(UInt8(ascii: "u"))
        let second = try hexadecimal()
        guard second >= 0xDC00, second < 0xE000,
          let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw .malformed(at: place) }
        return Character(scalar)
      }
      guard let scalar = Unicode.Scalar(first) else { throw .malformed(at: place) }
      return Character(scalar)
    default: throw .malformed(at: place - 1)
    }
  }

  private mutating func hexadecimal() throws(JSONRefusal) -> UInt32 {
    guard place + 4 <= bytes.count,
      let value = UInt32(String(decoding: bytes[place..<(place + 4)], as: UTF8.self), radix: 16)
    else { throw .malformed(at: place) }
    place += 4
    return value
  }
}
