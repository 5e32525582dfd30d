@testable import QuickBooks
import Testing

struct IIFTextTests {
  private func changes(
    _ text: String, _ encoding: IIFFormat.Encoding = .ascii, limit: Int? = nil
  ) -> DesktopText.Changes {
    encoding.text.changes(Array(text.utf8).span, limit: limit)
  }

  private func field(
    _ text: [UInt8], _ encoding: IIFFormat.Encoding = .ascii, limit: Int? = nil
  ) -> [UInt8] {
    var row: [UInt8] = []
    IIFText.append(text.span, to: &row, encoding: encoding, limit: limit)
    return row
  }

  private static let conversions: [(String, String, DesktopText.Changes)] = [
    ("Acme Freight", "Acme Freight", []),
    ("", "", []),
    ("Café Zürich", "Cafe Zurich", .transliterated),
    ("Straße Łódź Ærø", "Strasse Lodz AEro", .transliterated),
    ("cafe\u{0301}", "cafe", .transliterated),
    ("Dana’s – “best” rate…", "Dana's - 'best' rate...", [.transliterated, .punctuation]),
    ("€5 ™ ½ 2½", "EUR5 (TM) 1/2 2 1/2", [.transliterated, .blanks]),
    ("ﬁnal №7 34°F", "final No.7 34degF", .transliterated),
    ("a；b＼c\u{037E}", "a,b/c?", [.transliterated, .punctuation, .unrepresentable]),
    ("日本 ok", "?? ok", .unrepresentable),
    ("a;b\\nc", "a,b/nc", .punctuation),
    ("12\" pipe", "12'' pipe", .punctuation),
    ("the \"Load 48\" deal", "the 'Load 48' deal", .punctuation),
    ("  a \t b\r\nc\u{7}  ", "a b c", .blanks),
    ("a\u{A0}b\u{200B}c\u{FEFF}", "a bc", .blanks),
  ]

  @Test(arguments: conversions)
  func `text becomes plain ASCII and says what changed`(
    text: String, expected: String, changed: DesktopText.Changes
  ) {
    #expect(DesktopText.iifASCII.converted(text) == expected)
    #expect(changes(text).rawValue == changed.rawValue)
    #expect(changes(expected).isEmpty)
  }

  private static let windows: [(String, [UInt8])] = [
    ("Café “x” €", Array("Caf\u{E9} \u{93}x\u{94} \u{80}".unicodeScalars.map { UInt8($0.value) })),
    ("cafe\u{0301}", [0x63, 0x61, 0x66, 0xE9]),
    ("Łódź", [0x4C, 0xF3, 0x64, 0x7A]),
  ]

  @Test(arguments: windows)
  func `the Windows code page keeps the letters it has`(text: String, bytes: [UInt8]) {
    #expect(field(Array(text.utf8), .windows1252) == bytes)
  }

  @Test func `a field with a comma is quoted, and only such a field`() {
    #expect(field(Array("Minot, ND".utf8)) == Array("\"Minot, ND\"".utf8))
    #expect(field(Array("Minot; ND".utf8)) == Array("\"Minot, ND\"".utf8))
    #expect(field(Array("O'Hara & Co. #4".utf8)) == Array("O'Hara & Co. #4".utf8))
    #expect(field([]) == [])
  }

  @Test func `text beyond its limit is cut without a blank at the end`() {
    #expect(field(Array("abcd efgh, ij".utf8), limit: 5) == Array("abcd".utf8))
    #expect(changes("abcd efgh", limit: 5) == .cut)
    #expect(changes("abcde", limit: 5).isEmpty)
    #expect(changes("éé", limit: 2) == .transliterated)
  }

  @Test func `bytes that are not UTF-8 become question marks`() {
    #expect(field([0x61, 0xFF, 0xC3, 0x62, 0xE2, 0x82]) == Array("a??b??".utf8))
    #expect(field([0xC0, 0x80, 0xED, 0xA0, 0x80]) == Array("?????".utf8))
    var numbers = SeededNumbers(seed: 7)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0..<20, using: &numbers)).map { _ in
        UInt8.random(in: 0...255, using: &numbers)
      }
      for encoding in IIFFormat.Encoding.allCases {
        let once = field(bytes, encoding, limit: 12)
        #expect(once.count <= 14)
        #expect(!once.contains { $0 < 0x20 || $0 == UInt8(ascii: ";") })
        #expect(encoding == .windows1252 || !once.contains { $0 >= 0x7F }, "\(bytes)")
      }
    }
  }
}
