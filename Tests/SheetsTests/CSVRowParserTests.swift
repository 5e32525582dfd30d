import Testing

@testable import Sheets

struct CSVRowParserTests {
  /// Splits a whole text; a quote that is never closed shows as `!`.
  private static func rows(_ text: String, _ delimiter: Character = ",") -> [[String]] {
    let bytes = Array(text.utf8)
    var rows: [[String]] = []
    var cells: [CSVCell] = []
    var index = 0
    while index < bytes.count {
      let outcome = CSVRowParser.parse(
        bytes.span, from: index, isLast: true, delimiter: delimiter.asciiValue ?? 0, cells: &cells)
      var row = cells.map { cell -> String in
        let range = Int(cell.start)..<Int(cell.end)
        switch cell.form {
        case .plain: return String(decoding: bytes[range], as: UTF8.self)
        case .quoted: return String(decoding: bytes[range].dropFirst().dropLast(), as: UTF8.self)
        case .escaped, .malformed:
          var decoded: [UInt8] = []
          CSVRowParser.decode(bytes, range, into: &decoded)
          return String(decoding: decoded, as: UTF8.self)
        }
      }
      guard case .row(let next) = outcome else {
        row.append("!")
        return rows + [row]
      }
      rows.append(row)
      index = next
    }
    return rows
  }

  private static let plain: [(String, [[String]])] = [
    ("", []), ("a", [["a"]]), ("a\n", [["a"]]), ("a\r\n", [["a"]]), ("a\r", [["a"]]),
    ("a,b", [["a", "b"]]), ("a,b\n", [["a", "b"]]), ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
    ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]), ("a,b\rc,d\r", [["a", "b"], ["c", "d"]]),
    ("a\nb\r\nc\rd", [["a"], ["b"], ["c"], ["d"]]), (",", [["", ""]]), (",,", [["", "", ""]]),
    (",\n", [["", ""]]), ("a,", [["a", ""]]), (",a", [["", "a"]]), ("\n", [[""]]),
    ("\n\n", [[""], [""]]), ("\r\n\r\n", [[""], [""]]), ("\r\r", [[""], [""]]),
    ("\n\r\n\r", [[""], [""], [""]]), ("a\n\nb", [["a"], [""], ["b"]]),
    (" a , b ", [[" a ", " b "]]),
    ("a;b|c\td", [["a;b|c\td"]]), ("a\0b,c", [["a\0b", "c"]]), ("\0", [["\0"]]),
    ("é,日", [["é", "日"]]),
    ("\u{FEFF}a,b", [["\u{FEFF}a", "b"]]), ("a,b,c\nd", [["a", "b", "c"], ["d"]]),
    ("a\nb,c,d", [["a"], ["b", "c", "d"]]), ("'a,b'", [["'a", "b'"]]), ("a\\,b", [["a\\", "b"]]),
    ("a\u{B}b\u{C}c", [["a\u{B}b\u{C}c"]]), ("a\u{85}b\u{2028}c", [["a\u{85}b\u{2028}c"]]),
  ]

  private static let quoted: [(String, [[String]])] = [
    (#""""#, [[""]]), (#""a""#, [["a"]]), (#""a","b""#, [["a", "b"]]),
    (#""a,b",c"#, [["a,b", "c"]]),
    (#"a,"""#, [["a", ""]]), (#""",a"#, [["", "a"]]), ("\"\"\n", [[""]]), (#""a""b""#, [["a\"b"]]),
    (#""""""#, [["\""]]), (#""""""""#, [["\"\""]]), (#""""a""""#, [["\"a\""]]),
    (#""a""""#, [["a\""]]),
    ("\"\"\",\"\"\"", [["\",\""]]), ("\"a\nb\"", [["a\nb"]]),
    ("\"a\r\nb\",c\n", [["a\r\nb", "c"]]),
    ("\"a\rb\"\r", [["a\rb"]]), ("\"\n\"", [["\n"]]), ("\"a\n\n\nb\",c", [["a\n\n\nb", "c"]]),
    ("x,\"a\nb\",\"c\nd\"\ny,z,w", [["x", "a\nb", "c\nd"], ["y", "z", "w"]]),
    ("\"a\"\"\nb\"", [["a\"\nb"]]), (#"" a ""#, [[" a "]]), ("\"\t\",\"\0\"", [["\t", "\0"]]),
  ]

  private static let odd: [(String, [[String]])] = [
    (#"a"b"#, [["a\"b"]]), (#"a"b",c"#, [["a\"b\"", "c"]]), (#"5" pipe,x"#, [["5\" pipe", "x"]]),
    (#"a"""#, [["a\"\""]]), (#" "a""#, [[" \"a\""]]), (#" "a,b""#, [[" \"a", "b\""]]),
    (#""a"b"#, [["ab"]]), (#""a"b,c"#, [["ab", "c"]]), (#""a" ,b"#, [["a ", "b"]]),
    (#""a"b"c""#, [["ab\"c\""]]), (#""a"b"",c"#, [["ab\"\"", "c"]]),
    (#""a,b"c,d"#, [["a,bc", "d"]]),
    ("\"a\" \nb", [["a "], ["b"]]), ("\"a\nb\" \t,c", [["a\nb \t", "c"]]),
    (#"""a"#, [["a"]]), (#"""a","b""#, [["a\"", "b"]]),
    (#"""#, [["!"]]), (#"a,""#, [["a", "!"]]), (#""a"#, [["!"]]), ("\"a\nb", [["!"]]),
    (#"a,"b"",c"#, [["a", "!"]]), ("a,\"b\n", [["a", "!"]]), (#"""""#, [["!"]]),
    ("\"a,b\r\n", [["!"]]),
    ("1,\"Acme,5\n2,\"Beta\",7\n", [["1", "!"]]), ("\"a\nb\"c", [["!"]]), ("\"a\rb\"c\n", [["!"]]),
    ("1,\"x\n2,\"y", [["1", "!"]]),
  ]

  @Test(arguments: plain + quoted + odd)
  func `a text is split into rows and cells`(text: String, expected: [[String]]) {
    #expect(CSVRowParserTests.rows(text) == expected)
  }

  @Test(arguments: ["a;b,c\n\"d;e\";f", "a\tb,c\n\"d\te\"\tf", "a|b,c\n\"d|e\"|f"])
  func `other delimiters take the place of the comma`(text: String) throws {
    let delimiter = try #require(text.dropFirst().first)
    let expected = [["a", "b,c"], ["d\(delimiter)e", "f"]]
    #expect(CSVRowParserTests.rows(text, delimiter) == expected)
  }

  @Test(arguments: plain + quoted + odd)
  func `a row is never split before its end is in view`(text: String, expected: [[String]]) {
    let bytes = Array(text.utf8)
    for end in bytes.indices {
      var cells: [CSVCell] = []
      let outcome = CSVRowParser.parse(
        Array(bytes[..<end]).span, from: 0, isLast: false, delimiter: 0x2C, cells: &cells)
      if case .row(let next) = outcome {
        var whole: [CSVCell] = []
        let other = CSVRowParser.parse(
          bytes.span, from: 0, isLast: true, delimiter: 0x2C, cells: &whole)
        guard case .row(next) = other else {
          Issue.record("row ends at \(next) only while \(end) bytes are in view")
          continue
        }
        #expect(cells.map { [$0.start, $0.end] } == whole.map { [$0.start, $0.end] })
      }
    }
  }
}
