/// How the bytes of a text file stand for characters.
public enum TextEncoding: String, Sendable, CaseIterable {
  /// What the canonical exports are written in.
  case utf8 = "UTF-8"
  /// What spreadsheets call "Unicode text".
  case utf16LittleEndian = "UTF-16 LE"
  /// The same, the other byte first.
  case utf16BigEndian = "UTF-16 BE"
  /// What spreadsheets on Windows in Western countries call "CSV".
  case windows1252 = "Windows-1252"
}

/// What the first bytes of a file say about all of it.
enum FileSignature: Hashable {
  /// Text in an encoding that a byte order mark, or the pattern of zero bytes, tells.
  case marked(TextEncoding, markLength: Int)
  /// Text whose encoding only the whole file can tell.
  case plain
  /// An Office Open XML workbook, or another ZIP archive.
  case archive
  /// Something that is no text, with a name for it and what to do.
  case foreign(String, remedy: String)

  init(_ head: [UInt8]) {
    let saveAsText = "open it and save the sheet as \"CSV UTF-8 (comma delimited)\""
    if head.starts(with: [0xEF, 0xBB, 0xBF]) {
      self = .marked(.utf8, markLength: 3)
    } else if head.starts(with: [0xFF, 0xFE, 0, 0]) || head.starts(with: [0, 0, 0xFE, 0xFF]) {
      self = .foreign("is UTF-32 text, which LoadBooks does not read", remedy: saveAsText)
    } else if head.starts(with: [0xFF, 0xFE]) {
      self = .marked(.utf16LittleEndian, markLength: 2)
    } else if head.starts(with: [0xFE, 0xFF]) {
      self = .marked(.utf16BigEndian, markLength: 2)
    } else if head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6]) {
      self = .archive
    } else if head.starts(with: [0x1F, 0x8B]) {
      self = .foreign("is compressed (gzip)", remedy: "unpack it, then give the file inside")
    } else if head.starts(with: Array("%PDF".utf8)) {
      self = .foreign(
        "is a PDF document", remedy: "export the list as CSV instead of printing it")
    } else if FileSignature.isWebPage(head) {
      self = .foreign(
        "is a web page, whatever its name says",
        remedy: "open it in a spreadsheet and save the sheet as \"CSV UTF-8 (comma delimited)\"")
    } else if let encoding = FileSignature.unmarked16(head) {
      self = .marked(encoding, markLength: 0)
    } else {
      self = .plain
    }
  }

  /// Whether the text begins like JSON, which is UTF-8 by definition (RFC 8259, section 8.1).
  static func beginsLikeJSON(_ head: [UInt8]) -> Bool {
    let first = head.first { $0 > 0x20 }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }

  /// Many programs call a table in HTML an ".xls" file.
  private static func isWebPage(_ head: [UInt8]) -> Bool {
    let start = String(decoding: head.drop { $0 <= 0x20 }.prefix(9), as: UTF8.self).lowercased()
    return start.hasPrefix("<!doctype") || start.hasPrefix("<html") || start.hasPrefix("<table")
  }

  /// UTF-16 without a mark: Latin text has a zero in every other byte and nowhere else.
  private static func unmarked16(_ head: [UInt8]) -> TextEncoding? {
    let pairs = min(head.count, 512) / 2
    guard pairs >= 2 else { return nil }
    var (even, odd) = (0, 0)
    for pair in 0..<pairs {
      if head[2 * pair] == 0 { even += 1 }
      if head[2 * pair + 1] == 0 { odd += 1 }
    }
    if even == 0, odd * 2 >= pairs { return .utf16LittleEndian }
    if odd == 0, even * 2 >= pairs { return .utf16BigEndian }
    return nil
  }
}
