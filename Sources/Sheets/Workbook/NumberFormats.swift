internal import Vocabulary

/// What a cell's number format says about the number in it.
enum NumberFormat: Equatable {
  /// A number, however it is decorated: a dollar sign, colours, decimals.
  case plain
  /// A day, perhaps with a time of day.
  case date
  /// A time of day.
  case time
  /// A whole number that is shown with leading zeros and fixed text, as `"LD"00000` does.
  case padded([UInt8])
  /// An amount with the mark of a currency other than the dollar, which says nothing about which dollar.
  case money([UInt8])
  /// A hundredfold with a percent sign.
  case percent

  /// The format of a built-in number (ECMA-376 part 1, 18.8.30).
  static func builtIn(_ id: Int) -> NumberFormat {
    switch id {
    // 27 to 36 and 50 to 58 are the days and times of Chinese, Japanese and Korean.
    case 14...17, 22, 27...36, 50...58: .date
    case 18...21, 45, 47: .time
    case 9, 10: .percent
    // 46, `[h]:mm:ss`, counts hours and is a number.
    default: .plain
    }
  }

  /// Reads a format code; only its first section counts, the one for positive numbers.
  init(code: String) {
    var scanner = NumberFormatScanner(Array(code.utf8))
    self = scanner.scan()
  }
}

/// Goes through a format code and keeps apart what shows digits, what shows a date, and what is text.
private struct NumberFormatScanner {
  private let bytes: [UInt8]
  private var index = 0
  private var hasDay = false
  private var hasClock = false
  private var hasMonthOrMinute = false
  private var counts = false
  private var zeros = 0
  private var otherDigits = false
  private var isPercent = false
  private var currency: [UInt8] = []
  /// The digits as zeros and the fixed text behind marks, to be filled in.
  private var pattern: [UInt8] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func scan() -> NumberFormat {
    if bytes.map({ $0 | 0x20 }) == Array("general".utf8) { return .plain }
    while index < bytes.count, bytes[index] != UInt8(ascii: ";") { step() }
    if counts { return .plain }
    if hasDay || hasMonthOrMinute && !hasClock { return .date }
    if hasClock { return .time }
    if isPercent { return .percent }
    if !currency.isEmpty, zeros > 0 || otherDigits { return .money(currency) }
    return zeros > 1 && !otherDigits ? .padded(pattern) : .plain
  }

  private mutating func step() {
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "\""):
      let start = index
      while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
        literal(bytes[index])
        index += 1
      }
      note(currency: bytes[start..<index])
      index += 1
    case UInt8(ascii: "\\"):
      if index < bytes.count { literal(bytes[index]) }
      index += 1
    // A blank as wide as the next character, and a character that fills the cell.
    case UInt8(ascii: "_"), UInt8(ascii: "*"): index += 1
    case UInt8(ascii: "["): bracket()
    case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "d"), UInt8(ascii: "D"): hasDay = true
    case UInt8(ascii: "h"), UInt8(ascii: "H"), UInt8(ascii: "s"), UInt8(ascii: "S"): hasClock = true
    case UInt8(ascii: "m"), UInt8(ascii: "M"): hasMonthOrMinute = true
    case UInt8(ascii: "A"), UInt8(ascii: "a"): meridiem()
    case UInt8(ascii: "0"):
      zeros += 1
      pattern.append(0x30)
    case UInt8(ascii: "#"), UInt8(ascii: "?"), UInt8(ascii: "."), UInt8(ascii: ","),
      UInt8(ascii: "@"):
      otherDigits = true
    case UInt8(ascii: "%"):
      (otherDigits, isPercent) = (true, true)
    case UInt8(ascii: "E"), UInt8(ascii: "e"):
      // Behind a digit it is an exponent, alone a year of an era.
      if zeros > 0 || otherDigits { otherDigits = true } else { hasDay = true }
    case UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "/"), UInt8(ascii: "("),
      UInt8(ascii: ")"), UInt8(ascii: ":"), UInt8(ascii: "+"), UInt8(ascii: "$"):
      literal(byte)
    default:
      for mark in NumberFormatScanner.marks where bytes[(index - 1)...].starts(with: mark) {
        if byte >= 0x80 { currency = mark }
      }
      literal(byte)
    }
  }

  /// The marks of currencies that stand in quotation marks, as they do in a text.
  private static let marks: [[UInt8]] = [
    "€", "£", "¥", "EUR", "GBP", "CAD", "MXN", "USD", "CHF", "JPY", "AUD", "C$", "CA$", "CAD$",
    "MX$", "US$", "A$", "AU$",
  ].map { Array($0.utf8) }

  private mutating func note(currency text: ArraySlice<UInt8>) {
    var text = text
    while text.first == 0x20 { text.removeFirst() }
    while text.last == 0x20 { text.removeLast() }
    for mark in NumberFormatScanner.marks where text.elementsEqual(mark) { currency = mark }
  }

  /// A colour, a condition, a currency, or `[h]`, which counts hours beyond a day.
  private mutating func bracket() {
    let start = index
    while index < bytes.count, bytes[index] != UInt8(ascii: "]") { index += 1 }
    let inner = bytes[start..<index].map { $0 | 0x20 }
    index += 1
    if let first = inner.first, "hms".utf8.contains(first), inner.allSatisfy({ $0 == first }) {
      counts = true
    }
    if inner.first == UInt8(ascii: "$") {
      let mark = bytes[(start + 1)..<(index - 1)].prefix { $0 != UInt8(ascii: "-") }
      for byte in mark { literal(byte) }
      if !mark.isEmpty, !mark.elementsEqual([UInt8(ascii: "$")]) { currency = Array(mark) }
    }
  }

  /// `AM/PM` and `A/P`.
  private mutating func meridiem() {
    let rest = bytes[(index - 1)...].prefix(5).map { $0 | 0x20 }
    if rest.elementsEqual("am".utf8.map { $0 } + [0x2F, 0x70, 0x6D]) {
      hasClock = true
      index += 4
    } else if rest.starts(with: [0x61, 0x2F, 0x70]) {
      hasClock = true
      index += 2
    } else {
      literal(bytes[index - 1])
    }
  }

  private mutating func literal(_ byte: UInt8) {
    // A digit of the fixed text would be taken for a place of the number.
    if byte &- 0x30 < 10 { otherDigits = true }
    pattern.append(byte)
  }
}

/// What each cell style of a workbook makes of numbers.
struct CellStyles {
  private(set) var formats: [NumberFormat] = []

  /// The format of a style; a workbook without styles has plain numbers.
  subscript(style: Int) -> NumberFormat {
    formats.indices.contains(style) ? formats[style] : .plain
  }

  static func read(
    _ archive: ZIPArchive, _ entry: ZIPArchive.Entry, blockSize: Int
  ) throws(Failure) -> CellStyles {
    let part = CellStylesPart(archive, entry, limit: .description)
    try part.read(blockSize: blockSize)
    return part.styles
  }

  fileprivate mutating func append(_ format: NumberFormat) { formats.append(format) }
}

/// `xl/styles.xml`: the format codes in `numFmts`, and in `cellXfs` a row for each style.
private final class CellStylesPart: XMLPart {
  var styles = CellStyles()
  private var codes: [Int: NumberFormat] = [:]
  private var inCellFormats = false

  /// Excel stops at 65,490.
  private static let mostStyles = 100_000

  override func start(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "numFmt":
      if let id = attributes.number("numFmtId"), let code = attributes.string("formatCode") {
        codes[id] = NumberFormat(code: code)
      }
    case "cellXfs": inCellFormats = true
    case "xf" where inCellFormats:
      let id = attributes.number("numFmtId") ?? 0
      styles.append(codes[id] ?? NumberFormat.builtIn(id))
      if styles.formats.count > CellStylesPart.mostStyles {
        fail(damaged("it has more cell styles than Excel allows"))
      }
    default: break
    }
  }

  override func end(_ name: XMLName) {
    if name == "cellXfs" { inCellFormats = false }
  }
}
