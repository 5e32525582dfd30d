import Sync
import Testing
import Vocabulary

struct CSVTextTests {
  @Test(arguments: [
    ("", ""),
    ("plain", "plain"),
    ("a,b", "\"a,b\""),
    ("say \"hi\"", "\"say \"\"hi\"\"\""),
    ("\"", "\"\"\"\""),
    ("two\nlines", "\"two\nlines\""),
    ("two\r\nlines", "\"two\r\nlines\""),
    (" blank ", " blank "),
    ("=1+1", "'=1+1"),
    ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
    ("-2+3", "'-2+3"),
    ("-", "'-"),
    ("+1.2.3", "'+1.2.3"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\tx", "'\tx"),
    ("\rx", "\"'\rx\""),
    ("=A1,B1", "\"'=A1,B1\""),
    ("=\"x\"", "\"'=\"\"x\"\"\""),
    ("\u{FF1D}1", "'\u{FF1D}1"),
    ("-75.00", "-75.00"),
    ("+12", "+12"),
    ("-1,250.00", "\"-1,250.00\""),
    ("株", "株"),
  ])
  func `a cell is quoted and defused`(text: String, expected: String) {
    var bytes: [UInt8] = []
    CSVText.appendCell(text, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  @Test func `without defusing a formula stays what it is`() {
    var bytes: [UInt8] = []
    CSVText.appendCell("=1,2", to: &bytes, defuse: false)
    #expect(String(decoding: bytes, as: UTF8.self) == "\"=1,2\"")
  }
}
