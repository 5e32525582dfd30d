import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import QuickBooks

struct QBXMLTextTests {
  private func written(_ text: [UInt8], limit: Int? = nil) -> String {
    var bytes: [UInt8] = []
    QBXMLText.append(text.span, to: &bytes, limit: limit)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func written(_ text: String, limit: Int? = nil) -> String {
    written(Array(text.utf8), limit: limit)
  }

  private static let texts: [(String, String)] = [
    ("", ""), ("Acme Freight", "Acme Freight"), ("Pine & Fir", "Pine &amp; Fir"),
    ("a<b>\"c\"'d'", "a&lt;b&gt;&quot;c&quot;'d'"), ("12\" pipe; x\\n", "12&quot; pipe; x\\n"),
    ("Québec", "Qu&#233;bec"), ("Que\u{301}bec", "Qu&#233;bec"), ("Łódź", "L&#243;dz"),
    ("“best” – rate…", "&quot;best&quot; - rate..."), ("€5 ™", "EUR5 (TM)"), ("日本 ok", "?? ok"),
    ("  a \t b\r\nc\u{7}\u{85} ", "a b c"), ("a\u{A0}b\u{200B}\u{FEFF}", "a b"), (" \n ", ""),
    ("½ §&", "&#189; &#167;&amp;"), ("]]>", "]]&gt;"), ("&amp;", "&amp;amp;"),
  ]

  @Test(arguments: texts)
  func `text is ASCII, escaped, and keeps the letters of ISO 8859-1`(text: String, xml: String) {
    #expect(written(text) == xml)
  }

  @Test func `a text is cut at characters, not at references`() {
    #expect(written("éééé", limit: 2) == "&#233;&#233;")
    #expect(written("a&b&c", limit: 4) == "a&amp;b&amp;")
    #expect(written("abcd efgh", limit: 5) == "abcd")
  }

  @Test
  func `any bytes become ASCII that is well-formed and reads back as QuickBooks will keep it`() {
    var numbers = SeededGenerator()
    for _ in 0..<2000 {
      let text = (0..<Int.random(in: 0..<24, using: &numbers)).map { _ in
        numbers.once(in: 3)
          ? UInt8.random(in: 0...255, using: &numbers)
          : numbers.pick(Array("&<>\"' ;\u{E9}a\t]".utf8))
      }
      let xml = written(text, limit: 12)
      #expect(xml.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "\(numbers): \(text)")
      #expect(WellFormedXML.fault(in: "<a b=\"\(xml)\">\(xml)</a>") == nil, "\(numbers): \(text)")
      let kept = DesktopText.qbxml.convertedBytes(text.span, limit: 12)
      #expect(kept.count <= 12)
      #expect(written(Windows1252.text(kept), limit: 12) == xml, "\(numbers): \(text)")
    }
  }

  @Test func `what is kept as it is changes nothing`() {
    let kept = ["12\" pipe; x\\n", "Québec & Fils", "a<b", "½"]
    for text in kept {
      #expect(DesktopText.qbxml.changes(Array(text.utf8).span).isEmpty, "\(text)")
    }
    #expect(DesktopText.qbxml.changes(Array("Łódź".utf8).span) == .transliterated)
    #expect(DesktopText.qbxml.changes(Array("日".utf8).span) == .unrepresentable)
    #expect(DesktopText.qbxml.converted("Café “x”") == "Café \"x\"")
  }
}
