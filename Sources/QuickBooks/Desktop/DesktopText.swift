internal import CBytes
internal import Foundation
internal import Vocabulary

/// What becomes of free text on its way into QuickBooks Desktop: which characters may stand in the
/// file, and which stand for those that may not.
///
/// QuickBooks keeps one byte for each character. In every form blanks are narrowed to one, except in names,
/// which must stand as the books have them; line breaks and tabs become blanks, control characters go away, and what has no byte is written with other
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

  /// Whether a byte stands for itself in every file, whatever is around it.
  @inline(__always)
  fileprivate static func isPlain(_ byte: UInt8) -> Bool {
    byte &- 0x21 < 0x5E && byte != UInt8(ascii: ";") && byte != UInt8(ascii: "\"")
      && byte != UInt8(ascii: "\\")
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
  func convertedBytes(_ text: Span<UInt8>, limit: Int?, isName: Bool = false) -> [UInt8] {
    self == .online
      ? Array(OnlineText(text, limit: limit, isName: isName).text.utf8)
      : Converter.run(text, self, limit, isName: isName).bytes
  }

  /// A name as QuickBooks will hold it: as ``converted(_:limit:)``, but with as many blanks inside as it has.
  ///
  /// Nobody knows of a QuickBooks that narrows them, and a name that it has with two blanks is only meant
  /// when both are there.
  func convertedName(_ text: String) -> String {
    var copy = text
    let output: [UInt8]? = copy.withUTF8 { bytes in
      isKept(bytes.span, limit: nil, isName: true)
        ? nil : convertedBytes(bytes.span, limit: nil, isName: true)
    }
    guard let output else { return text }
    return self == .online ? String(decoding: output, as: UTF8.self) : Windows1252.text(output)
  }

  /// What a look at a text tells.
  enum Look {
    /// It is plain ASCII that needs no change at all, as most are.
    case kept
    /// The same, and it holds a comma.
    case keptWithComma
    /// Something is to be changed.
    case changed
  }

  /// Looks whether a text can be kept as it is; a name may have several blanks side by side.
  func look(at text: Span<UInt8>, limit: Int?, isName: Bool = false) -> Look {
    let count = text.count
    guard count > 0 else { return .kept }
    if let limit, count > limit { return .changed }
    guard text[0] != 0x20, text[count - 1] != 0x20 else { return .changed }
    let keepsPunctuation = keepsPunctuation
    return text.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return .kept }
      var (commas, blankBefore): (UInt16, UInt16) = (0, 0)
      for place in stride(from: 0, to: count, by: 16) {
        let masks = cbytes_prose(base + place, count - place)
        guard masks.others == 0, keepsPunctuation || masks.punctuation == 0 else { return .changed }
        if !isName, masks.blanks & (masks.blanks << 1 | blankBefore) != 0 { return .changed }
        blankBefore = masks.blanks >> 15
        commas |= masks.commas
      }
      return commas == 0 ? .kept : .keptWithComma
    }
  }

  /// Whether a text is plain ASCII that needs no change at all, as most are.
  func isKept(_ text: Span<UInt8>, limit: Int?, isName: Bool = false) -> Bool {
    if case .changed = look(at: text, limit: limit, isName: isName) { false } else { true }
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
private struct Converter: ~Copyable {
  private let form: DesktopText
  private var output = ByteSink(capacity: 256)
  private(set) var changes: DesktopText.Changes = []
  private let isName: Bool
  private var pendingBlanks = 0
  private var insideQuotes = false

  static func run(
    _ text: Span<UInt8>, _ form: DesktopText, _ limit: Int?, isName: Bool = false
  ) -> Converter {
    var converter = Converter(form: form, isName: isName)
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

  /// What became of the text.
  var bytes: [UInt8] { Array(copying: output.bytes.span) }

  private init(form: DesktopText, isName: Bool) {
    self.form = form
    self.isName = isName
  }

  private static func hasMarks(_ text: Span<UInt8>) -> Bool {
    for index in text.indices where text[index] == 0xCC || text[index] == 0xCD { return true }
    return false
  }

  private mutating func convert(_ text: Span<UInt8>) {
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte > 0x20, DesktopText.isPlain(byte) {
        var end = index + 1
        while end < text.count, DesktopText.isPlain(text[end]) { end += 1 }
        emit(text.extracting(index..<end))
        index = end
      } else if byte < 0x80 {
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
    if pendingBlanks > 0 { changes.insert(.blanks) }
    guard let limit, output.count > limit else { return }
    changes.insert(.cut)
    output.cut(to: limit)
    while output.last == 0x20 { output.cut(to: output.count - 1) }
  }

  private mutating func take(_ byte: UInt8) {
    switch byte {
    case 0x20:
      if output.count == 0 || (pendingBlanks > 0 && !isName) {
        changes.insert(.blanks)
      } else {
        pendingBlanks += 1
      }
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
    if output.count > 0 { pendingBlanks = max(pendingBlanks, 1) }
  }

  private mutating func takeUnknown() {
    changes.insert(.unrepresentable)
    emit(UInt8(ascii: "?"))
  }

  /// Two apostrophes for inches (`12"`), one for a quotation mark.
  private mutating func takeQuote() {
    changes.insert(.punctuation)
    let followsDigit = pendingBlanks == 0 && (output.last.map { $0 &- 0x30 < 10 } ?? false)
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

  private mutating func emit(_ bytes: Span<UInt8>) {
    while pendingBlanks > 0 {
      output.append(0x20)
      pendingBlanks -= 1
    }
    output.append(bytes)
  }

  private mutating func emit(_ byte: UInt8) {
    while pendingBlanks > 0 {
      output.append(0x20)
      pendingBlanks -= 1
    }
    output.append(byte)
  }
}
