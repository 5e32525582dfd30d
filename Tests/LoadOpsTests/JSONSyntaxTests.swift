import Testing

@testable import LoadOps

struct JSONSyntaxTests {
  private static func outcome(_ text: String, isLast: Bool = true) -> JSONSyntax.Outcome {
    JSONSyntax.value(Array(text.utf8).span, from: 0, isLast: isLast)
  }

  private static let nested = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)

  static let valid = [
    "{}", "[]", "{ }", "[ ]", " \t\r\n{}", "0", "-0", "1", "-1", "10",
    "1234567890123456789012345678901234567890",
    "0.0", "-0.0", "0.5", "12345678.90", "1e2", "1E2", "1e+2", "1e-2", "1.5e10", "-0e0", "0E+00",
    "1e999",
    "true", "false", "null", "\"\"", "\"a\"", "\" \"", "\"é日🚚\"", "\"\u{7F}\"", "\"\u{2028}\"",
    "\"/\"", "\"'\"",
    #""\"""#, #""\\""#, #""\/""#, #""\b\f\n\r\t""#, #""\u0041""#, #""\uabCD""#, #""\u0000""#,
    #""\\u12""#,
    #""\uD83D\uDE9A""#, #""\uD83D""#, #""\uDE9A""#, #""\uD83D\uD83D""#, #""\\\\""#, #""{[,:]}""#,
    "[1]", "[1,2]", "[ 1 , 2 ]", "[[]]", "[[],[]]", "[{}]", "[null,true,false]", "[\"a\",1,{}]",
    "[1\n,2]",
    "{\"a\":1}", "{\"a\":1,\"b\":2}", "{ \"a\" : 1 , \"b\" : 2 }", "{\"a\":{}}", "{\"a\":[]}",
    "{\"\":0}",
    "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":{\"c\":[1,{\"d\":null}]}}}", "{\"\\u0061\":1}",
    "[[[[[]]]]]", nested,
    "{\"a\":\"}\"}", "[\"]\"]", "{\"a\":[{},{}],\"b\":{}}", "[[1,2],[3]]",
    "{\"a\":[1,{\"b\":[2]}],\"c\":3}",
  ]

  @Test(arguments: valid)
  func `every valid text is taken whole`(text: String) {
    #expect(JSONSyntaxTests.outcome(text) == .complete(end: text.utf8.count))
    guard text.last == "}" || text.last == "]" else { return }
    #expect(JSONSyntaxTests.outcome(text + " x") == .complete(end: text.utf8.count))
  }

  // With the index of the byte that is wrong.
  static let invalid: [(String, Int)] = [
    ("", 0), ("  ", 2), ("{", 1), ("[", 1), ("}", 0), (",", 0), (":", 0), ("]", 0), ("'a'", 0),
    ("a", 0), ("+1", 0),
    (".5", 0), ("-", 1), ("-a", 1), ("--1", 1), ("01", 0), ("-01", 1), ("00", 0), ("1.", 2),
    ("[1.]", 3), ("1.e5", 2),
    ("1e", 2), ("1e+", 3), ("[1e-]", 4), ("[1.5.5]", 4), ("[0x10]", 2), ("[1_0]", 2), ("[1 0]", 3),
    ("NaN", 0),
    ("Infinity", 0), ("-Infinity", 1), ("tru", 0), ("trux", 0), ("True", 0), ("[nul]", 1),
    ("[nulll]", 5), ("undefined", 0),
    ("\"", 0), ("\"a", 0), ("\"\n\"", 1), ("\"\t\"", 1), ("\"\0\"", 1), ("\"\u{1F}\"", 1),
    (#""\x""#, 2), (#""\'""#, 2),
    (#""\u""#, 3), (#""\u12""#, 5), (#""\u12G4""#, 5), (#""\U0041""#, 2), (#""\"#, 0), (#""\""#, 0),
    (#""\u0"#, 1),
    ("[1,]", 3), ("[,1]", 1), ("[,]", 1), ("[1,,2]", 3), ("[1", 2), ("[1,", 3), ("[1}", 2),
    ("[1:2]", 2), ("[\"a\":1]", 4),
    ("[(1)]", 1), ("[1;2]", 2), ("[[1]", 4), ("[//c\n1]", 1), ("[1/*c*/]", 2), ("[#]", 1),
    ("{1:2}", 1), ("{a:1}", 1),
    ("{'a':1}", 1), ("{null:1}", 1), ("{\"a\"}", 4), ("{\"a\" 1}", 5), ("{\"a\":}", 5),
    ("{\"a\":1,}", 7), ("{,}", 1),
    ("{\"a\":1,,\"b\":2}", 7), ("{\"a\":1 \"b\":2}", 7), ("{\"a\"::1}", 5), ("{\"a\":1]", 6),
    ("{\"a\":1", 6), ("{\"a\":", 5),
    ("{\"a\"", 4), ("{\"a", 1), ("{\"a\":1,", 7), ("{[]:1}", 1), ("{\"a\":tru}", 5),
    ("{\"a\":01}", 5), ("{\"a\",\"b\"}", 4),
    ("{\"a\"=1}", 4), ("{\"a\":\"b}", 5), ("[\u{A0}1]", 1), ("\u{FEFF}[]", 0), ("[\u{B}1]", 1),
    ("[\u{C}]", 1),
    ("[" + nested, 64), ("{]", 1), ("[}", 1), ("[{]}", 2), ("[\u{2028}]", 1), ("{\"a\":1}}", -1),
    ("[]]", -1),
  ]

  @Test(arguments: invalid)
  func `every invalid text is refused at the byte that is wrong`(text: String, index: Int) {
    let outcome = JSONSyntaxTests.outcome(text)
    guard index >= 0 else {
      // A closing bracket too many stands behind a complete value.
      #expect(outcome == .complete(end: text.utf8.count - 1))
      return
    }
    guard case .wrong(index, let reason) = outcome else {
      Issue.record("\(text): \(outcome)")
      return
    }
    #expect(!reason.isEmpty)
  }

  @Test(arguments: valid)
  func `a text cut off at any byte needs more, or is wrong when nothing follows`(text: String) {
    guard text.last == "}" || text.last == "]" || text.last == "\"" else { return }
    let bytes = Array(text.utf8)
    for end in bytes.indices {
      let open = JSONSyntax.value(Array(bytes[..<end]).span, from: 0, isLast: false)
      #expect(open == .needsMore, "\(end)")
      guard
        case .wrong(let index, _) = JSONSyntax.value(
          Array(bytes[..<end]).span, from: 0, isLast: true)
      else {
        Issue.record("cut off at \(end)")
        continue
      }
      #expect(index <= end)
    }
  }

  @Test func `what is wrong is wrong however little is in view`() {
    for (text, index) in JSONSyntaxTests.invalid where index >= 0 && index < text.utf8.count {
      let bytes = Array(text.utf8)
      for end in 0...index {
        let outcome = JSONSyntax.value(Array(bytes[..<end]).span, from: 0, isLast: false)
        guard case .wrong(let place, _) = outcome else { continue }
        #expect(place == index, "\(text) at \(end)")
      }
    }
  }

  private static let decoded: [(String, String)] = [
    ("", ""), ("abc", "abc"), (#"\""#, "\""), (#"\\"#, "\\"), (#"\/"#, "/"),
    (#"\b\f\n\r\t"#, "\u{8}\u{C}\n\r\t"),
    (#"\u0041\u00e9\u65E5"#, "Aé日"), (#"\uD83D\uDE9A"#, "🚚"), (#"a\uD83Db"#, "a\u{FFFD}b"),
    (#"\uDE9A\uD83D"#, "\u{FFFD}\u{FFFD}"),
    (#"\uD83D\uD83D\uDE9A"#, "\u{FFFD}🚚"), (#"\\u0041"#, "\\u0041"), (#"\u0000"#, "\0"),
    (#"\uFFFF"#, "\u{FFFF}"),
    (#"\uD83D\n"#, "\u{FFFD}\n"), ("é\\n日", "é\n日"),
  ]

  @Test(arguments: decoded)
  func `escapes become their text, half a pair the replacement character`(
    raw: String, text: String
  ) {
    var bytes: [UInt8] = []
    JSONStringDecoder.decode(Array(raw.utf8), 0..<raw.utf8.count, into: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == text)
  }
}
