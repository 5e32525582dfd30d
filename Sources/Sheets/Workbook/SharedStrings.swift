internal import Vocabulary

/// The strings that the cells of a workbook refer to by number: one buffer and where each ends.
struct SharedStrings {
  private(set) var bytes: [UInt8] = []
  private var ends: [UInt32] = []

  /// How many strings there are.
  var count: Int { ends.count }

  /// The stretch of ``bytes`` that holds a string.
  subscript(index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
  }

  mutating func append(_ text: [UInt8]) {
    bytes.append(contentsOf: text)
    ends.append(UInt32(bytes.count))
  }

  /// Reads the part that holds them.
  static func read(
    _ archive: ZIPArchive, _ entry: ZIPArchive.Entry, blockSize: Int
  ) throws(Failure) -> SharedStrings {
    let part = SharedStringsPart(archive, entry, limit: .strings)
    try part.read(blockSize: blockSize)
    return part.strings
  }
}

/// `xl/sharedStrings.xml`: an `si` for each string, with its text in `t`, or in the `t` of several runs.
private final class SharedStringsPart: XMLPart {
  var strings = SharedStrings()
  private var item: [UInt8] = []
  private var collects = false
  private var phonetic = 0

  override func start(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "t": collects = phonetic == 0
    case "si": item.removeAll(keepingCapacity: true)
    // How to pronounce it is no part of the text.
    case "rPh": phonetic += 1
    default: break
    }
  }

  override func end(_ name: XMLName) {
    switch name {
    case "t": collects = false
    case "si":
      SpreadsheetText.unescape(&item, from: 0)
      strings.append(item)
    case "rPh": phonetic -= 1
    default: break
    }
  }

  override func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard collects else { return }
    item.append(contentsOf: bytes)
    if item.count > SpreadsheetText.longest {
      fail(damaged("a text of \(name) has more than \(SpreadsheetText.longest) bytes"))
    }
  }
}

/// What is special about text in cells.
enum SpreadsheetText {
  /// Excel keeps 32,767 characters of a cell; other programs keep some more.
  static let longest = 1 << 20

  /// Replaces `_x000D_` by the character of that number, from an index on.
  ///
  /// Characters that XML cannot hold are written so (ECMA-376, ST_Xstring); `_x005F_` is an underscore
  /// that stands in front of what would otherwise be taken for one of them.
  static func unescape(_ text: inout [UInt8], from start: Int) {
    var (source, target) = (start, start)
    var pending: UInt32?
    while source < text.count {
      if text[source] == UInt8(ascii: "_"), let unit = unit(text, source) {
        source += 7
        if (0xD800..<0xDC00).contains(unit) {
          write(pending, &text, &target)
          pending = unit
          continue
        }
        if let high = pending, (0xDC00..<0xE000).contains(unit) {
          pending = nil
          write(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00), &text, &target)
          continue
        }
        write(pending, &text, &target)
        pending = nil
        write(unit, &text, &target)
        continue
      }
      write(pending, &text, &target)
      pending = nil
      text[target] = text[source]
      source += 1
      target += 1
    }
    write(pending, &text, &target)
    text.removeLast(text.count - target)
  }

  /// Writes a character over what it was made of, which was always longer.
  private static func write(_ value: UInt32?, _ text: inout [UInt8], _ target: inout Int) {
    guard let value else { return }
    let character = Unicode.Scalar(value) ?? "\u{FFFD}"
    for byte in UTF8.encode(character) ?? UTF8.encodedReplacementCharacter {
      text[target] = byte
      target += 1
    }
  }

  private static func unit(_ text: [UInt8], _ index: Int) -> UInt32? {
    guard index + 7 <= text.count, text[index + 1] == UInt8(ascii: "x"),
      text[index + 6] == UInt8(ascii: "_")
    else { return nil }
    var value: UInt32 = 0
    for byte in text[(index + 2)..<(index + 6)] {
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x41...0x46: value = value << 4 | UInt32(byte - 0x41 + 10)
      case 0x61...0x66: value = value << 4 | UInt32(byte - 0x61 + 10)
      default: return nil
      }
    }
    return value
  }
}
