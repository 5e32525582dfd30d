internal import Vocabulary

/// A line of an exported ledger, read: an object of names and values, with the column of each.
///
/// It is not a reader of JSON at large: values are texts, whole numbers, null, true, lists of texts, and objects
/// of whole numbers, which is all that an export has. The buffers are used again for the next line.
struct LedgerLine {
  /// What stands behind a name.
  enum Value: Equatable {
    case null
    case yes
    case integer(Int64)
    /// A stretch of ``text``.
    case text(Range<Int>)
    case texts([String])
    case integers([String: Int64])
  }

  /// A name with its value.
  struct Member {
    /// A stretch of ``LedgerLine/text``.
    var name: Range<Int>
    var value: Value
    /// Where the value begins, from 1.
    var column: Int
  }

  /// Why a line cannot be read, and where.
  struct Fault: Error {
    var column: Int
    var message: String
  }

  private(set) var members: [Member] = []
  /// The characters of all names and texts, without their escapes.
  private(set) var text: [UInt8] = []
  private var line: [UInt8] = []
  private var position = 0

  /// Reads a line, without its line end.
  mutating func read(_ bytes: some Collection<UInt8>) throws(Fault) {
    members.removeAll(keepingCapacity: true)
    text.removeAll(keepingCapacity: true)
    line.removeAll(keepingCapacity: true)
    line.append(contentsOf: bytes)
    position = 0
    try expect(UInt8(ascii: "{"))
    if peek == UInt8(ascii: "}") { throw fault("an object without members") }
    repeat {
      let name = try string()
      try expect(UInt8(ascii: ":"))
      let column = position + 1
      members.append(Member(name: name, value: try value(), column: column))
    } while try hasNext(before: UInt8(ascii: "}"))
    guard position == line.count else { throw fault("something behind the end of the object") }
  }

  /// A stretch of ``text`` as text.
  func string(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }

  /// Whether a name is this one.
  func name(_ member: Member, is name: [UInt8]) -> Bool { text[member.name].elementsEqual(name) }

  private var peek: UInt8? { position < line.count ? line[position] : nil }

  private func fault(_ message: String) -> Fault { Fault(column: position + 1, message: message) }

  private mutating func expect(_ byte: UInt8) throws(Fault) {
    guard peek == byte else {
      let found = peek == nil ? "the line ends" : "something else stands"
      throw fault("\(found) where \(String(UnicodeScalar(byte))) has to be")
    }
    position += 1
  }

  /// Passes over a comma, or over the closing bracket; false for the latter.
  private mutating func hasNext(before closing: UInt8) throws(Fault) -> Bool {
    if peek == UInt8(ascii: ",") {
      position += 1
      return true
    }
    try expect(closing)
    return false
  }

  private mutating func value() throws(Fault) -> Value {
    switch peek {
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "t"): return try word("true", .yes)
    case UInt8(ascii: "["):
      position += 1
      var texts: [String] = []
      if peek == UInt8(ascii: "]") {
        position += 1
        return .texts([])
      }
      repeat {
        let range = try string()
        texts.append(string(range))
      } while try hasNext(before: UInt8(ascii: "]"))
      return .texts(texts)
    case UInt8(ascii: "{"):
      position += 1
      var integers: [String: Int64] = [:]
      if peek == UInt8(ascii: "}") {
        position += 1
        return .integers([:])
      }
      repeat {
        let range = try string()
        let name = string(range)
        try expect(UInt8(ascii: ":"))
        guard integers.updateValue(try integer(), forKey: name) == nil else {
          throw fault("\"\(name)\" stands twice")
        }
      } while try hasNext(before: UInt8(ascii: "}"))
      return .integers(integers)
    default: return .integer(try integer())
    }
  }

  private mutating func word(_ word: StaticString, _ value: Value) throws(Fault) -> Value {
    let isThere = word.withUTF8Buffer { word in
      line[position...].starts(with: word)
    }
    guard isThere else { throw fault("no value begins like this") }
    position += word.utf8CodeUnitCount
    return value
  }

  private mutating func integer() throws(Fault) -> Int64 {
    let start = position
    if peek == UInt8(ascii: "-") { position += 1 }
    while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
    guard let number = Int64(String(decoding: line[start..<position], as: UTF8.self)) else {
      position = start
      throw fault("neither a text nor a whole number of 64 bits")
    }
    return number
  }

  /// Reads a text and appends its characters to ``text``.
  private mutating func string() throws(Fault) -> Range<Int> {
    try expect(UInt8(ascii: "\""))
    let (start, opening) = (text.count, position)
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        let isText = text.withUnsafeBufferPointer {
          (try? UTF8Span(validating: UnsafeBufferPointer(rebasing: $0[start...]).span)) != nil
        }
        guard isText else {
          position = opening
          throw fault("a text that is not UTF-8")
        }
        return start..<text.count
      case UInt8(ascii: "\\"): try escape()
      case 0..<0x20: throw fault("a control character within a text")
      default:
        text.append(byte)
        position += 1
      }
    }
    position = opening
    throw fault("a text without an end")
  }

  private mutating func escape() throws(Fault) {
    position += 1
    switch peek {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      text.append(line[position])
      position += 1
    case UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "r"):
      text.append(peek == UInt8(ascii: "n") ? 0x0A : peek == UInt8(ascii: "t") ? 0x09 : 0x0D)
      position += 1
    case UInt8(ascii: "u"):
      let digits = line[position...].dropFirst().prefix(4)
      guard digits.count == 4,
        let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
        let scalar = UnicodeScalar(code)
      else { throw fault("no character is written like this") }
      text.append(contentsOf: Array(String(Character(scalar)).utf8))
      position += 5
    default: throw fault("no character is written like this")
    }
  }
}
