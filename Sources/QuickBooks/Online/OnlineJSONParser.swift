internal import Vocabulary

extension OnlineJSON {
  /// Names of members, at any depth, that a reader has no use for.
  public struct Unread: Sendable {
    private let names: [[UInt8]]
    /// A bit for the length and the first byte of each name: most members are told apart by it.
    private let marks: UInt64

    /// Members of these names.
    public init(_ names: [String]) {
      self.names = names.map { Array($0.utf8) }
      marks = self.names.reduce(0) { $0 | Unread.mark($1.count, $1.first ?? 0) }
    }

    private static func mark(_ count: Int, _ first: UInt8) -> UInt64 {
      1 << (UInt64(truncatingIfNeeded: count &* 7 &+ Int(first)) & 63)
    }

    /// None: everything is read.
    public static let none = Unread([])

    fileprivate func contains(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
      guard let first = name.first, marks & Unread.mark(name.count, first) != 0 else {
        return false
      }
      for own in names where own.span.isSame(as: name.span) { return true }
      return false
    }
  }

  /// Reads a JSON text; nil when it is none, such as the HTML page of a gateway.
  ///
  /// - Parameters:
  ///   - bytes: The text, UTF-8.
  ///   - unread: Members to leave out; they must be JSON all the same.
  public init?(bytes: [UInt8], leavingOut unread: Unread = .none) {
    let value = bytes.withUnsafeBufferPointer { OnlineJSON.read($0, leavingOut: unread) }
    guard let value else { return nil }
    self = value
  }

  /// Reads a JSON text; nil when it is none.
  public init?(text: String) { self.init(bytes: Array(text.utf8)) }

  /// Reads a JSON text where it lies; nil when it is none.
  static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, leavingOut unread: Unread = .none
  ) -> OnlineJSON? {
    var parser = OnlineJSONParser(bytes: bytes, unread: unread)
    return parser.document()
  }
}

/// Reads one JSON text.
private struct OnlineJSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  let unread: OnlineJSON.Unread
  var index = 0
  private var depth = 0
  /// Whether what is met is checked and not kept.
  private var isSkipping = false

  init(bytes: UnsafeBufferPointer<UInt8>, unread: OnlineJSON.Unread) {
    self.bytes = bytes
    self.unread = unread
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
  }

  mutating func document() -> OnlineJSON? {
    guard let value = value() else { return nil }
    skipBlanks()
    return index == bytes.count ? value : nil
  }

  private mutating func skipBlanks() {
    while index < bytes.count {
      let byte = bytes[index]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      index += 1
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    if index < bytes.count, bytes[index] == byte {
      index += 1
      return true
    }
    skipBlanks()
    guard index < bytes.count, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  private mutating func word(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard index + count <= bytes.count else { return false }
    for offset in 0..<count where bytes[index + offset] != word.utf8Start[offset] { return false }
    index += count
    return true
  }

  private mutating func value() -> OnlineJSON? {
    skipBlanks()
    guard index < bytes.count, depth < 64 else { return nil }
    depth += 1
    defer { depth -= 1 }
    switch bytes[index] {
    case UInt8(ascii: "{"): return object()
    case UInt8(ascii: "["): return array()
    case UInt8(ascii: "\""):
      guard let text = string() else { return nil }
      return isSkipping ? .null : .string(text)
    case UInt8(ascii: "t"): return word("true") ? .bool(true) : nil
    case UInt8(ascii: "f"): return word("false") ? .bool(false) : nil
    case UInt8(ascii: "n"): return word("null") ? .null : nil
    default: return number()
    }
  }

  private mutating func object() -> OnlineJSON? {
    index += 1
    var members: [OnlineJSON.Member] = []
    if take(UInt8(ascii: "}")) { return .object([]) }
    let wasSkipping = isSkipping
    if !wasSkipping { members.reserveCapacity(8) }
    while true {
      skipBlanks()
      guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return nil }
      let (start, end) = (index + 1, endOfPlainString())
      if !wasSkipping, unread.contains(UnsafeBufferPointer(rebasing: bytes[start..<end])) {
        isSkipping = true
      }
      guard let name = string() else { return nil }
      guard take(UInt8(ascii: ":")), let value = value() else { return nil }
      if !isSkipping { members.append(OnlineJSON.Member(name, value)) }
      isSkipping = wasSkipping
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { return nil }
    }
  }

  private mutating func array() -> OnlineJSON? {
    index += 1
    var elements: [OnlineJSON] = []
    if take(UInt8(ascii: "]")) { return .array([]) }
    while true {
      guard let value = value() else { return nil }
      if !isSkipping { elements.append(value) }
      if take(UInt8(ascii: "]")) { return .array(elements) }
      guard take(UInt8(ascii: ",")) else { return nil }
    }
  }

  private mutating func number() -> OnlineJSON? {
    let start = index
    var hasDigit = false
    while index < bytes.count {
      switch bytes[index] {
      case 0x30...0x39: hasDigit = true
      case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
        UInt8(ascii: "E"):
        break
      default: return hasDigit ? made(numberFrom: start) : nil
      }
      index += 1
    }
    return hasDigit ? made(numberFrom: start) : nil
  }

  private func made(numberFrom start: Int) -> OnlineJSON {
    isSkipping ? .null : .number(text(start..<index))
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }

  /// Where the text that begins here ends, or the first of its characters that is escaped is.
  private func endOfPlainString() -> Int {
    let bytes = bytes
    var end = index + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\") {
      end += 1
    }
    return end
  }

  /// A text; the empty one when it is not kept.
  private mutating func string() -> String? {
    let start = index + 1
    index = endOfPlainString()
    guard index < bytes.count else { return nil }
    if bytes[index] == UInt8(ascii: "\"") {
      defer { index += 1 }
      return isSkipping ? "" : text(start..<index)
    }
    var text = Array(bytes[start..<index])
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      guard index < bytes.count, escape(into: &text) else { return nil }
    }
    return nil
  }

  private mutating func escape(into text: inout [UInt8]) -> Bool {
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "u"):
      guard var code = hexadecimal() else { return false }
      if (0xD800..<0xDC00).contains(code), word("\\u"), let low = hexadecimal() {
        code = 0x10000 + ((code - 0xD800) << 10) + (low &- 0xDC00)
      }
      let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
      text.append(contentsOf: String(Character(scalar)).utf8)
    default: return false
    }
    return true
  }

  private mutating func hexadecimal() -> UInt32? {
    guard index + 4 <= bytes.count,
      let code = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
    else { return nil }
    index += 4
    return code
  }
}
