internal import Vocabulary

/// Looks for a key that stands twice in one object, however deep and whatever the key means.
///
/// RFC 8259 leaves open which of the two counts, and programs differ; so neither does.
struct JSONKeyCheck {
  private struct Key {
    var hash: UInt64
    var range: Range<Int>
  }

  /// The keys of all objects that are open, the inner ones behind the outer ones.
  private var keys: [Key] = []
  /// Where the keys of each open container begin in ``keys``, and whether it is an object.
  private var open: [(start: Int, isObject: Bool)] = []
  /// For an object with very many keys, their hashes.
  private var many: [Int: Set<UInt64>] = [:]
  private var scratch: [UInt8] = []
  private var other: [UInt8] = []

  /// An object with more keys than this gets a table of them.
  private static let few = 48

  /// The second of two equal keys in a value that is known to be valid, without its quotation marks.
  mutating func repeated(in bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int>? {
    keys.removeAll(keepingCapacity: true)
    open.removeAll(keepingCapacity: true)
    if !many.isEmpty { many.removeAll() }
    var expectsKey = false
    var index = range.lowerBound
    while index < range.upperBound {
      switch bytes[index] {
      case UInt8(ascii: "{"):
        open.append((keys.count, true))
        expectsKey = true
      case UInt8(ascii: "["):
        open.append((keys.count, false))
        expectsKey = false
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if let container = open.popLast() { keys.removeLast(keys.count - container.start) }
        if !many.isEmpty { many[open.count] = nil }
        expectsKey = false
      case UInt8(ascii: ","): expectsKey = open.last?.isObject ?? false
      case UInt8(ascii: "\""):
        let end = JSONKeyCheck.end(ofString: bytes, index)
        if expectsKey {
          let key = index + 1..<end - 1
          if isKnown(bytes, key) { return key }
          expectsKey = false
        }
        index = end
        continue
      default: break
      }
      index += 1
    }
    return nil
  }

  @inline(__always)
  private static func end(ofString bytes: Span<UInt8>, _ start: Int) -> Int {
    var index = start + 1
    while true {
      index = JSONSyntax.special(bytes, from: index)
      if bytes[index] == UInt8(ascii: "\"") { return index + 1 }
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
  }

  private mutating func isKnown(_ bytes: Span<UInt8>, _ key: Range<Int>) -> Bool {
    let hash = hash(bytes, key)
    let level = open.count - 1
    let start = open[level].start
    if keys.count - start > JSONKeyCheck.few {
      if many[level] == nil { many[level] = Set(keys[start...].map(\.hash)) }
      if many[level]?.insert(hash).inserted == true {
        keys.append(Key(hash: hash, range: key))
        return false
      }
    }
    for index in start..<keys.count
    where keys[index].hash == hash && isSame(bytes, keys[index].range, key) {
      return true
    }
    keys.append(Key(hash: hash, range: key))
    return false
  }

  private mutating func hash(_ bytes: Span<UInt8>, _ key: Range<Int>) -> UInt64 {
    for index in key where bytes[index] == UInt8(ascii: "\\") {
      JSONKeyCheck.decode(bytes, key, into: &scratch)
      return ByteHash.of(scratch.span)
    }
    return ByteHash.of(bytes.extracting(key))
  }

  private mutating func isSame(_ bytes: Span<UInt8>, _ left: Range<Int>, _ right: Range<Int>)
    -> Bool
  {
    JSONKeyCheck.decode(bytes, left, into: &scratch)
    JSONKeyCheck.decode(bytes, right, into: &other)
    return scratch == other
  }

  private static func decode(_ bytes: Span<UInt8>, _ key: Range<Int>, into text: inout [UInt8]) {
    var raw: [UInt8] = []
    raw.append(bytes.extracting(key))
    text.removeAll(keepingCapacity: true)
    JSONStringDecoder.decode(raw, raw.indices, into: &text)
  }
}
