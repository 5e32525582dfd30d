internal import Foundation
internal import Vocabulary

/// What becomes of free text on its way into QuickBooks Desktop: which characters may stand in the
/// file, and which stand for those that may not.
///
/// QuickBooks keeps one byte for each character. In every form blanks are narrowed to one, line breaks
/// and tabs become blanks, control characters go away, and what has no byte is written with other
/// characters or, at worst, as a question mark.
public enum DesktopText: Hashable, Sendable, CaseIterable {
  /// Seven bits for IIF; accented letters lose their accents.
  ///
  /// The importer of QuickBooks 2019 and later stops reading a record at a semicolon and turns letters
  /// outside ASCII into question marks; a literal backslash before an n would be read as a line break,
  /// because that is how QuickBooks exports one; quotation marks frame fields.
  case iifASCII
  /// The Windows code page of Western Europe and the Americas for IIF; the rest as in ``iifASCII``.
  case iifWindows1252
  /// ISO 8859-1 for qbXML, where every character may stand for itself.
  ///
  /// QuickBooks takes anything, but keeps a question mark of what ISO 8859-1 lacks; typographic
  /// quotation marks and dashes are among that.
  case qbxml
  /// UTF-8 for QuickBooks Online, which keeps what it is given.
  ///
  /// Blanks and control characters are treated as in the other forms; letters are composed.
  case online

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
  public func changes(_ text: Span<UInt8>, limit: Int? = nil) -> Changes {
    if isKept(text, limit: limit) { return [] }
    return self == .online
      ? OnlineText(text, limit: limit).changes : Converter.run(text, self, limit).changes
  }

  /// The text as QuickBooks will hold it.
  public func converted(_ text: String, limit: Int? = nil) -> String {
    var copy = text
    let output: [UInt8]? = copy.withUTF8 { bytes in
      isKept(bytes.span, limit: limit) ? nil : convertedBytes(bytes.span, limit: limit)
    }
    guard let output else { return text }
    return self == .online ? String(decoding: output, as: UTF8.self) : Windows1252.text(output)
  }

  /// The text as QuickBooks will hold it, one byte of the code page 1252 for each character; UTF-8 for
  /// QuickBooks Online.
  func convertedBytes(_ text: Span<UInt8>, limit: Int?) -> [UInt8] {
    self == .online
      ? Array(OnlineText(text, limit: limit).text.utf8) : Converter.run(text, self, limit).output
  }

  /// Whether a text is plain ASCII that needs no change at all, as most are.
  func isKept(_ text: Span<UInt8>, limit: Int?) -> Bool {
    guard text.count > 0 else { return true }
    if let limit, text.count > limit { return false }
    var isBlank = true
    for index in text.indices {
      let byte = text[index]
      if byte == 0x20 {
        guard !isBlank else { return false }
        isBlank = true
        continue
      }
      isBlank = false
      switch byte {
      case ..<0x20, 0x7F...: return false
      case UInt8(ascii: ";"), UInt8(ascii: "\""), UInt8(ascii: "\\"):
        if !keepsPunctuation { return false }
      default: break
      }
    }
    return !isBlank
  }

  /// Whether semicolons, quotation marks and backslashes mean nothing in the file but themselves.
  fileprivate var keepsPunctuation: Bool {
    switch self {
    case .iifASCII, .iifWindows1252: false
    case .qbxml, .online: true
    }
  }

  /// The byte that a character outside ASCII has in the file; nil when it must be written otherwise.
  fileprivate func byte(for scalar: Unicode.Scalar) -> UInt8? {
    switch self {
    case .iifASCII: nil
    case .iifWindows1252: Windows1252.byte(for: scalar)
    case .online: nil
    case .qbxml: (0xA1...0xFF).contains(scalar.value) ? UInt8(scalar.value) : nil
    }
  }
}

/// The slow road, for text that is not plain already.
private struct Converter {
  private let form: DesktopText
  private(set) var output: [UInt8] = []
  private(set) var changes: DesktopText.Changes = []
  private var pendingBlank = false
  private var insideQuotes = false

  static func run(
    _ text: Span<UInt8>, _ form: DesktopText, _ limit: Int?
  ) -> Converter {
    var converter = Converter(form: form)
    if form != .iifASCII, hasMarks(text) {
      // A character set of one byte has é only as one letter, never as e and a mark.
      let bytes = text.withUnsafeBufferPointer { Array($0) }
      var composed = String(decoding: bytes, as: UTF8.self).precomposedStringWithCanonicalMapping
      composed.withUTF8 { converter.convert($0.span) }
    } else {
      converter.convert(text)
    }
    converter.end(limit)
    return converter
  }

  private init(form: DesktopText) {
    self.form = form
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
    case UInt8(ascii: ";") where !form.keepsPunctuation: replace(by: UInt8(ascii: ","))
    case UInt8(ascii: "\\") where !form.keepsPunctuation: replace(by: UInt8(ascii: "/"))
    case UInt8(ascii: "\"") where !form.keepsPunctuation: takeQuote()
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
    if let byte = form.byte(for: scalar) {
      emit(byte)
    } else if let replacement = Transliteration.ascii(scalar) {
      changes.insert(.transliterated)
      for byte in replacement { take(byte) }
    } else if Transliteration.isMark(scalar) {
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
