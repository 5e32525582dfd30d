internal import Vocabulary

/// A key or a value of a record of JSON: what it is, and where it stands.
struct JSONMark {
  enum Kind: UInt8 {
    case object
    case array
    /// A string that stands as it is.
    case string
    /// A string with escapes.
    case escaped
    /// A number, `true`, `false` or `null`.
    case word
    /// A key; its value is the next mark.
    case key
  }

  var kind: Kind
  /// Its first byte: of a string and of a key, the quotation mark.
  var start: Int32
  /// Behind its last byte.
  var end: Int32
  /// The mark of what follows behind it and everything in it.
  ///
  /// Until its end is met, an object or an array has the mark of the one around it here, and as its end the mark of its
  /// last key. A key always has the mark of the key before it in its object, or -1.
  var next: Int32
  /// Of a key, the hash of what stands between its quotation marks; of an object, a bit for each of its keys' hashes.
  var hash: UInt64

  /// Where it stands.
  var range: Range<Int> { Int(start)..<Int(end) }
  /// What stands between the quotation marks of a key or a string.
  var inside: Range<Int> { Int(start) + 1..<Int(end) - 1 }

  /// Whether it is a text.
  var isString: Bool {
    switch kind {
    case .string, .escaped: true
    case .object, .array, .word, .key: false
    }
  }
}

/// The keys and values of one record after another in the order in which they stand, in memory that nobody else holds.
///
/// To whoever changes this: what it accepts must be what ``JSONSyntax`` accepts, and never more. It gives up at whatever
/// it does not understand at first sight, and says no more than that; what is wrong, if anything is, is found out there.
struct JSONMarks: ~Copyable {
  private var base: UnsafeMutablePointer<JSONMark>
  private var capacity: Int
  /// How many there are.
  private(set) var count = 0
  /// Whether an object may have a key twice; false only where none has.
  private(set) var mayRepeatKeys = false

  /// In an object with more keys than this they are not compared here.
  private static let few = 48

  /// Room for a record.
  init() {
    capacity = 256
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// A mark.
  @inline(__always)
  subscript(_ position: Int) -> JSONMark {
    precondition(position >= 0 && position < count)
    return base[position]
  }

  @inline(__always)
  private mutating func add(_ kind: JSONMark.Kind, _ start: Int, _ end: Int) {
    if count == capacity { grow() }
    (base + count).initialize(
      to: JSONMark(
        kind: kind, start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: end),
        next: Int32(truncatingIfNeeded: count + 1), hash: 0))
    count += 1
  }

  @inline(never)
  private mutating func grow() {
    let wider = UnsafeMutablePointer<JSONMark>.allocate(capacity: capacity * 2)
    wider.moveInitialize(from: base, count: count)
    base.deallocate()
    (base, capacity) = (wider, capacity * 2)
  }

  /// Takes the object or the array that begins at `start`; returns the index behind it, or -1 when it is not seen at
  /// first sight to be valid and to end within the bytes.
  mutating func take(_ bytes: Span<UInt8>, from start: Int) -> Int {
    (count, mayRepeatKeys) = (0, false)
    guard bytes.count <= Int32.max, start < bytes.count else { return -1 }
    var open = -1
    var depth = 0
    var index = start
    while index < bytes.count {
      // In front of a value, and in an object in front of its key.
      if open >= 0, base[open].kind == .object {
        index = key(bytes, index, of: open)
        guard index >= 0, index < bytes.count else { return -1 }
      }
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        index = string(bytes, index)
      } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        guard depth < JSONSyntax.deepest else { return -1 }
        add(byte == UInt8(ascii: "{") ? .object : .array, index, -1)
        base[count - 1].next = Int32(truncatingIfNeeded: open)
        open = count - 1
        depth += 1
        index = JSONSyntax.skipBlanks(bytes, index + 1)
        guard index < bytes.count else { return -1 }
        // Both closing brackets are two above the opening ones.
        if bytes[index] != byte + 2 { continue }
      } else {
        index = word(bytes, index)
      }
      guard index >= 0 else { return -1 }
      // Behind a value: close what ends here, go on behind a comma.
      while true {
        guard open >= 0 else { return -1 }
        index = JSONSyntax.skipBlanks(bytes, index)
        guard index < bytes.count else { return -1 }
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: ",") { break }
        let isObject = base[open].kind == .object
        guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return -1 }
        let around = Int(base[open].next)
        base[open].end = Int32(truncatingIfNeeded: index)
        base[open].next = Int32(truncatingIfNeeded: count)
        open = around
        depth -= 1
        if open < 0 { return index }
      }
      index = JSONSyntax.skipBlanks(bytes, index)
    }
    return -1
  }

  /// Takes a key with the colon behind it; returns where its value begins, or -1.
  @inline(__always)
  private mutating func key(_ bytes: Span<UInt8>, _ start: Int, of object: Int) -> Int {
    guard bytes[start] == UInt8(ascii: "\"") else { return -1 }
    let close = JSONSyntax.special(bytes, from: start + 1)
    guard close < bytes.count else { return -1 }
    var end = close + 1
    if bytes[close] != UInt8(ascii: "\"") {
      guard case .complete(let behind) = JSONSyntax.string(bytes, from: start, isLast: false) else {
        return -1
      }
      end = behind
      // What the key says is found out where keys are compared one by one.
      mayRepeatKeys = true
    }
    let own = count
    add(.key, start, end)
    base[own].hash = QuickHash.of(bytes, start + 1..<end - 1)
    note(own, of: object)
    var index = JSONSyntax.skipBlanks(bytes, end)
    guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { return -1 }
    index += 1
    return JSONSyntax.skipBlanks(bytes, index)
  }

  /// Compares the hash of a key with those of the keys before it in its object.
  @inline(__always)
  private mutating func note(_ own: Int, of object: Int) {
    let before = base[object].end
    base[own].next = before
    base[object].end = Int32(truncatingIfNeeded: own)
    guard !mayRepeatKeys else { return }
    let hash = base[own].hash
    let bit: UInt64 = 1 << (hash >> 58)
    if base[object].hash & bit != 0 {
      var (other, steps) = (Int(before), 0)
      while other >= 0 {
        guard base[other].hash != hash, steps < JSONMarks.few else {
          mayRepeatKeys = true
          return
        }
        steps += 1
        other = Int(base[other].next)
      }
    }
    base[object].hash |= bit
  }

  /// Takes a string.
  @inline(__always)
  private mutating func string(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    let close = JSONSyntax.special(bytes, from: start + 1)
    guard close < bytes.count else { return -1 }
    if bytes[close] == UInt8(ascii: "\"") {
      add(.string, start, close + 1)
      return close + 1
    }
    guard case .complete(let end) = JSONSyntax.string(bytes, from: start, isLast: false) else {
      return -1
    }
    add(.escaped, start, end)
    return end
  }

  /// Takes a number, `true`, `false` or `null`.
  private mutating func word(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    guard case .complete(let end) = JSONSyntax.scalar(bytes, from: start, isLast: false) else {
      return -1
    }
    add(.word, start, end)
    return end
  }
}
