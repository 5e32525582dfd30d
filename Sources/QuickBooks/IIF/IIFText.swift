internal import Foundation
internal import Vocabulary

/// Makes free text fit for an IIF field: which characters may stand there, and when it is quoted.
///
/// The importer of QuickBooks 2019 and later stops reading a record at a semicolon and turns letters
/// outside ASCII into question marks; tabs and line breaks would break the row; a literal backslash
/// before an n would be read as a line break, because that is how QuickBooks exports one. A field is
/// wrapped in quotation marks when it holds a comma and only then, as in QuickBooks' own exports, which
/// never hold a quotation mark inside a field: neither do we.
public enum IIFText {
  /// What had to be changed in a text.
  public struct Changes: OptionSet, Hashable, Sendable {
    /// One bit for each kind of change.
    public let rawValue: UInt8

    /// A set of changes.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A character was written with others: é as e.
    public static let transliterated = Changes(rawValue: 1)
    /// A character that nothing stands for became a question mark.
    public static let unrepresentable = Changes(rawValue: 2)
    /// A semicolon, quotation mark or backslash was replaced.
    public static let punctuation = Changes(rawValue: 4)
    /// Tabs, line breaks, control characters or needless blanks went away.
    public static let blanks = Changes(rawValue: 8)
    /// The text was longer than its limit and lost its end.
    public static let cut = Changes(rawValue: 16)
  }

  /// What would be changed in a text, and whether it would be cut at `limit` characters.
  ///
  /// The text is UTF-8; bytes that are not count as unrepresentable characters.
  public static func changes(
    _ text: Span<UInt8>, encoding: IIFFormat.Encoding, limit: Int? = nil
  ) -> Changes {
    if shape(of: text, limit: limit) != .other { return [] }
    return Converter.run(text, encoding, limit).changes
  }

  /// Appends a text as a field: converted, cut at `limit` characters, quoted when it must be.
  public static func append(
    _ text: Span<UInt8>, to row: inout [UInt8], encoding: IIFFormat.Encoding, limit: Int? = nil
  ) {
    switch shape(of: text, limit: limit) {
    case .plain: row.append(text)
    case .plainWithComma:
      row.append(UInt8(ascii: "\""))
      row.append(text)
      row.append(UInt8(ascii: "\""))
    case .other:
      let output = Converter.run(text, encoding, limit).output
      let quoted = output.contains(UInt8(ascii: ","))
      if quoted { row.append(UInt8(ascii: "\"")) }
      row.append(contentsOf: output)
      if quoted { row.append(UInt8(ascii: "\"")) }
    }
  }

  /// Appends a text as a field.
  static func append(
    _ text: String, to row: inout [UInt8], encoding: IIFFormat.Encoding, limit: Int? = nil
  ) {
    var text = text
    text.withUTF8 { append($0.span, to: &row, encoding: encoding, limit: limit) }
  }

  /// The text as QuickBooks will hold it: converted, not quoted.
  public static func converted(
    _ text: String, encoding: IIFFormat.Encoding, limit: Int? = nil
  ) -> String {
    var copy = text
    let output: [UInt8]? = copy.withUTF8 { bytes in
      shape(of: bytes.span, limit: limit) == .other
        ? Converter.run(bytes.span, encoding, limit).output : nil
    }
    guard let output else { return text }
    return Windows1252.text(output)
  }

  private enum Shape { case plain, plainWithComma, other }

  /// Most texts are plain ASCII that needs no change at all.
  private static func shape(of text: Span<UInt8>, limit: Int?) -> Shape {
    guard text.count > 0 else { return .plain }
    if let limit, text.count > limit { return .other }
    var isBlank = true
    var hasComma = false
    for index in text.indices {
      let byte = text[index]
      if byte == 0x20 {
        guard !isBlank else { return .other }
        isBlank = true
        continue
      }
      isBlank = false
      switch byte {
      case ..<0x20, 0x7F..., UInt8(ascii: ";"), UInt8(ascii: "\""), UInt8(ascii: "\\"):
        return .other
      case UInt8(ascii: ","): hasComma = true
      default: break
      }
    }
    return isBlank ? .other : hasComma ? .plainWithComma : .plain
  }
}

/// The slow road, for text that is not plain already.
private struct Converter {
  private let encoding: IIFFormat.Encoding
  private(set) var output: [UInt8] = []
  private(set) var changes: IIFText.Changes = []
  private var pendingBlank = false
  private var insideQuotes = false

  static func run(
    _ text: Span<UInt8>, _ encoding: IIFFormat.Encoding, _ limit: Int?
  ) -> Converter {
    var converter = Converter(encoding: encoding)
    if encoding == .windows1252, hasMarks(text) {
      // The code page has é only as one letter, never as e and a mark.
      let bytes = text.withUnsafeBufferPointer { Array($0) }
      var composed = String(decoding: bytes, as: UTF8.self).precomposedStringWithCanonicalMapping
      composed.withUTF8 { converter.convert($0.span) }
    } else {
      converter.convert(text)
    }
    converter.end(limit)
    return converter
  }

  private init(encoding: IIFFormat.Encoding) {
    self.encoding = encoding
  }

  private static func hasMarks(_ text: Span<UInt8>) -> Bool {
    for index in text.indices where text[index] == 0xCC || text[index] == 0xCD { return true }
    return false
  }

  private mutating func convert(_ text: Span<UInt8>) {
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte < 0x80 {
        take(byte)
        index += 1
      } else {
        let (scalar, length) = UTF8Decoding.scalar(in: text, at: index)
        if let scalar { take(scalar) } else { takeUnknown() }
        index += length
      }
    }
  }

  private mutating func end(_ limit: Int?) {
    if pendingBlank { changes.insert(.blanks) }
    guard let limit, output.count > limit else { return }
    changes.insert(.cut)
    output.removeLast(output.count - limit)
    while output.last == 0x20 { output.removeLast() }
  }

  private mutating func take(_ byte: UInt8) {
    switch byte {
    case 0x20:
      if pendingBlank || output.isEmpty { changes.insert(.blanks) }
      pendingBlank = !output.isEmpty
    case 0x09...0x0D: takeBlank()
    case ..<0x20, 0x7F: changes.insert(.blanks)
    case UInt8(ascii: ";"): replace(by: UInt8(ascii: ","))
    case UInt8(ascii: "\\"): replace(by: UInt8(ascii: "/"))
    case UInt8(ascii: "\""): takeQuote()
    default: emit(byte)
    }
  }

  private mutating func take(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
      takeBlank()
      return
    case 0x80..<0xA0, 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFE00...0xFE0F,
      0xFEFF:
      changes.insert(.blanks)
      return
    default: break
    }
    if encoding == .windows1252, let byte = Windows1252.byte(for: scalar) {
      emit(byte)
    } else if let replacement = IIFTransliteration.ascii(scalar) {
      changes.insert(.transliterated)
      for byte in replacement { take(byte) }
    } else if IIFTransliteration.isMark(scalar) {
      changes.insert(.transliterated)
    } else {
      takeUnknown()
    }
  }

  private mutating func takeBlank() {
    changes.insert(.blanks)
    pendingBlank = !output.isEmpty
  }

  private mutating func takeUnknown() {
    changes.insert(.unrepresentable)
    emit(UInt8(ascii: "?"))
  }

  /// Two apostrophes for inches (`12"`), one for a quotation mark.
  private mutating func takeQuote() {
    changes.insert(.punctuation)
    let followsDigit = !pendingBlank && (output.last.map { $0 &- 0x30 < 10 } ?? false)
    if followsDigit, !insideQuotes {
      emit(UInt8(ascii: "'"))
    } else {
      insideQuotes.toggle()
    }
    emit(UInt8(ascii: "'"))
  }

  private mutating func replace(by byte: UInt8) {
    changes.insert(.punctuation)
    emit(byte)
  }

  private mutating func emit(_ byte: UInt8) {
    if pendingBlank {
      output.append(0x20)
      pendingBlank = false
    }
    output.append(byte)
  }
}

/// Strict UTF-8, one character at a time.
enum UTF8Decoding {
  /// The character that begins at `index`; nil and one byte when there is none.
  static func scalar(in text: Span<UInt8>, at index: Int) -> (Unicode.Scalar?, Int) {
    let first = text[index]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let (length, smallest, bits): (Int, UInt32, UInt8) =
      switch first {
      case 0xC2...0xDF: (2, 0x80, first & 0x1F)
      case 0xE0...0xEF: (3, 0x800, first & 0x0F)
      case 0xF0...0xF4: (4, 0x10000, first & 0x07)
      default: (1, 0, 0)
      }
    guard length > 1, index + length <= text.count else { return (nil, 1) }
    var value = UInt32(bits)
    for offset in 1..<length {
      let byte = text[index + offset]
      guard byte & 0xC0 == 0x80 else { return (nil, 1) }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    guard value >= smallest, let scalar = Unicode.Scalar(value) else { return (nil, 1) }
    return (scalar, length)
  }

  /// Whether all of the bytes are UTF-8.
  static func isValid(_ text: Span<UInt8>) -> Bool {
    var index = 0
    while index < text.count {
      if text[index] < 0x80 {
        index += 1
        continue
      }
      let (scalar, length) = scalar(in: text, at: index)
      guard scalar != nil else { return false }
      index += length
    }
    return true
  }
}
