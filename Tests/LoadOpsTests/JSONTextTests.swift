import LoadOps
import TestSupport
import Testing
import Vocabulary

/// The table of RFC 8259, by whole files: what it calls valid is read, everything else is refused with
/// line and column.
struct JSONTextTests {
  /// What is said of a file: nothing, or the line and column that are wrong.
  private static func verdict(_ text: [UInt8], blockSize: Int = 512) throws -> String {
    let file = try ExportFile(text)
    let reading = file.read(blockSize: blockSize)
    if let location = reading.failure?.location {
      return "\(location.line):\(location.column.map(String.init) ?? "?")"
    }
    if let failure = reading.failure { return failure.message }
    let reader = try file.reader()
    var record = reader.makeRecord()
    while try reader.next(Set(RecordKind.allCases), into: &record) != nil {
      for (row, fault) in record.faults {
        guard case .json(_, let range) = fault else { return "\(fault)" }
        let place =
          range ?? TextRange(Int(record.rows[row].start)..<Int(record.rows[row].start) + 1)
        let (location, _) = reader.excerpt(record, 0, Cell(value: place, source: place))
        return "\(location.line):\(location.column.map(String.init) ?? "?")"
      }
    }
    return "valid"
  }

  /// Values; each is read as `{"invoice_number":"1","xy":VALUE}` on the second line of an array, where it
  /// begins at column 28.
  private static let values: [(String, String)] = [
    // Literal names (section 3).
    ("true", "valid"), ("false", "valid"), ("null", "valid"), ("True", "2:28"), ("TRUE", "2:28"),
    ("tru", "2:28"), ("truee", "2:32"), ("nul", "2:28"), ("NULL", "2:28"), ("None", "2:28"),
    ("undefined", "2:28"), ("NaN", "2:28"), ("nan", "2:28"), ("Infinity", "2:28"),
    ("-Infinity", "2:29"), ("-NaN", "2:29"), ("inf", "2:28"), ("yes", "2:28"),
    // Numbers (section 6).
    ("0", "valid"), ("-0", "valid"), ("1", "valid"), ("-1", "valid"), ("10", "valid"),
    ("123456789012345678901234567890", "valid"), ("0.0", "valid"), ("-0.0", "valid"),
    ("0.5", "valid"), ("12345678.90", "valid"), ("1e2", "valid"), ("1E2", "valid"),
    ("1e+2", "valid"), ("1e-2", "valid"), ("1.5e10", "valid"), ("-0e0", "valid"),
    ("0E+00", "valid"), ("1e999", "valid"), ("0e-999", "valid"),
    ("1.000000000000000000005", "valid"),
    ("01", "2:28"), ("-01", "2:29"), ("00", "2:28"), ("007", "2:28"), ("+1", "2:28"),
    (".5", "2:28"), ("-.5", "2:29"), ("5.", "2:30"), ("1.e5", "2:30"), ("-", "2:29"),
    ("--1", "2:29"), ("1-", "2:29"), ("1e", "2:30"), ("1e+", "2:31"), ("1e-", "2:31"),
    ("1e1.5", "2:31"), ("1.5.5", "2:31"), ("0x1F", "2:29"), ("1_000", "2:29"), ("1,000", "2:30"),
    ("1 000", "2:30"), ("$5", "2:28"), ("5$", "2:29"), ("5%", "2:29"), ("(5)", "2:28"),
    ("1f", "2:29"), ("1L", "2:29"), ("١", "2:28"), ("½", "2:28"), ("1e２", "2:30"),
    // Strings (section 7).
    ("\"\"", "valid"), ("\"a\"", "valid"), ("\" \"", "valid"), ("\"é日🚚\"", "valid"),
    ("\"\u{7F}\"", "valid"), ("\"\u{2028}\u{2029}\"", "valid"), ("\"\u{FEFF}\"", "valid"),
    ("\"/\"", "valid"), ("\"'\"", "valid"), ("\"{[,:]}\"", "valid"), ("\"//\"", "valid"),
    (#""\"""#, "valid"), (#""\\""#, "valid"), (#""\/""#, "valid"), (#""\b\f\n\r\t""#, "valid"),
    (#""\u0041""#, "valid"), (#""\uabCD""#, "valid"), (#""\u0000""#, "valid"),
    (#""\u005C\u0022""#, "valid"), (#""\\u12""#, "valid"), (#""\uD83D\uDE9A""#, "valid"),
    (#""\uD83D""#, "valid"), (#""\uDE9A""#, "valid"), (#""\uD83Dx\uDE9A""#, "valid"),
    (#""\\\\""#, "valid"), (#""\uFFFF\uFFFE""#, "valid"),
    ("\"\n\"", "2:29"), ("\"\r\"", "2:29"), ("\"\t\"", "2:29"), ("\"\0\"", "2:29"),
    ("\"\u{1F}\"", "2:29"), ("\"\u{8}\"", "2:29"), ("\"a\nb\"", "2:30"),
    (#""\x41""#, "2:30"), (#""\'""#, "2:30"), (#""\a""#, "2:30"), (#""\v""#, "2:30"),
    (#""\0""#, "2:30"), (#""\ ""#, "2:30"), (#""\U0041""#, "2:30"), (#""\é""#, "2:30"),
    (#""\u""#, "2:31"), (#""\u1""#, "2:32"), (#""\u12""#, "2:33"), (#""\u123""#, "2:34"),
    (#""\u12G4""#, "2:33"), (#""\u{41}""#, "2:31"), (#""\u+041""#, "2:31"), (#""\u 041""#, "2:31"),
    ("'a'", "2:28"), ("`a`", "2:28"), ("“a”", "2:28"), ("abc", "2:28"), ("\"a\" \"b\"", "2:32"),
    ("\"a\"b", "2:31"), ("\"a\"+\"b\"", "2:31"), ("\"\"\"", "2:30"), ("\"a", "2:28"),
    (#""\""#, "2:28"), (#""a\"#, "2:28"),
    // Arrays (section 5).
    ("[]", "valid"), ("[ ]", "valid"), ("[1]", "valid"), ("[1,2]", "valid"), ("[ 1 , 2 ]", "valid"),
    ("[[]]", "valid"), ("[[],[]]", "valid"), ("[{}]", "valid"), ("[null,true,false]", "valid"),
    ("[\"a\",1,{}]", "valid"), ("[1\n,2]", "valid"), ("[\r\n\t ]", "valid"),
    ("[[[[[]]]]]", "valid"),
    ("[1,]", "2:31"), ("[,1]", "2:29"), ("[,]", "2:29"), ("[1,,2]", "2:31"), ("[1 2]", "2:31"),
    ("[1;2]", "2:30"), ("[1:2]", "2:30"), ("[\"a\":1]", "2:32"), ("[1}", "2:30"), ("[(1)]", "2:29"),
    ("[1", "2:30"), ("[1,", "2:31"), ("[", "2:29"), ("]", "2:28"), ("[]]", "2:30"),
    ("[...]", "2:29"),
    ("[\u{A0}1]", "2:29"), ("[\u{B}1]", "2:29"), ("[\u{C}1]", "2:29"), ("[\u{FEFF}1]", "2:29"),
    ("[\u{2028}]", "2:29"), ("[\0]", "2:29"), ("[\u{85}1]", "2:29"),
    // Objects (section 4).
    ("{}", "valid"), ("{ }", "valid"), ("{\"a\":1}", "valid"), ("{\"a\":1,\"b\":2}", "valid"),
    ("{ \"a\" : 1 , \"b\" : 2 }", "valid"), ("{\"a\":{}}", "valid"), ("{\"\":0}", "valid"),
    ("{\"a\":{\"b\":{\"c\":[1,{\"d\":null}]}}}", "valid"), ("{\"\\u0061\":1}", "valid"),
    ("{\"a\":{\"a\":1},\"b\":{\"a\":2}}", "valid"), ("{\"a\":[{\"a\":1},{\"a\":2}]}", "valid"),
    ("{\"a\":\n1\n}", "valid"), ("{\"A\":1,\"a\":2}", "valid"),
    ("{1:2}", "2:29"), ("{a:1}", "2:29"), ("{'a':1}", "2:29"), ("{null:1}", "2:29"),
    ("{[]:1}", "2:29"), ("{\"a\"}", "2:32"), ("{\"a\" 1}", "2:33"), ("{\"a\":}", "2:33"),
    ("{\"a\"=1}", "2:32"), ("{\"a\"=>1}", "2:32"), ("{\"a\"::1}", "2:33"), ("{\"a\":1,}", "2:35"),
    ("{,}", "2:29"), ("{,\"a\":1}", "2:29"), ("{\"a\":1,,\"b\":2}", "2:35"),
    ("{\"a\":1 \"b\":2}", "2:35"), ("{\"a\":1;\"b\":2}", "2:34"), ("{\"a\":1]", "2:34"),
    ("{\"a\",\"b\"}", "2:32"), ("{\"a\":tru}", "2:33"), ("{]", "2:29"), ("{", "2:29"),
    ("{\"a\"", "2:32"), ("{\"a\":1", "2:34"), ("}", "2:28"), (":", "2:28"), (",", "2:28"),
    ("{\"a\n\":1}", "2:31"),
    // Comments, which it does not have.
    ("1//c\n", "2:29"), ("1/*c*/", "2:29"), ("/**/1", "2:28"), ("1#c\n", "2:29"), ("[#]", "2:29"),
    ("<!--c-->1", "2:28"), ("", "2:28"), (" ", "2:29"),
  ]

  @Test(arguments: values.indices)
  func `a value is read or refused at its line and column`(index: Int) throws {
    let (value, wanted) = JSONTextTests.values[index]
    // Behind what is never closed nothing may stand that would close it.
    let isOpen =
      ["\"a", "[1", "[1,", "[", "{", "{\"a\"", "{\"a\":1", #""\""#, #""a\"#, "tru", "nul", "-"]
      .contains(value) || (value.hasPrefix("1e") && wanted == "2:\(28 + value.count)")
    let head = "[\n{\"invoice_number\":\"1\",\"xy\":"
    let text = Array((head + value + (isOpen ? "" : "}\n]\n")).utf8)
    let verdict = try JSONTextTests.verdict(text)
    #expect(verdict == wanted, "\(value)")
    for size in [1, 3] {
      #expect(try JSONTextTests.verdict(text, blockSize: size) == wanted, "\(value), \(size)")
    }
  }

  private static let record = "{\"invoice_number\":\"1\"}"
  private static let deep = String(repeating: "[", count: 62)
  private static let closed = String(repeating: "]", count: 62)

  /// Whole files.
  private static let files: [(String, String)] = [
    (record, "valid"), ("[\(record)]", "valid"), (" \t\r\n[\(record)]\n\r\t ", "valid"),
    ("{\"invoices\":[\(record)]}", "valid"), ("[]", "valid"), ("[ ]", "valid"),
    ("{\"invoices\":[]}", "valid"), ("{\"invoices\":null,\"customers\":[]}", "valid"),
    ("\u{FEFF}[\(record)]", "valid"), ("\(record)\n\(record)", "valid"),
    ("\(record)\r\n\r\n\(record)\r\n", "valid"),
    ("{\"version\":1,\"invoices\":[\(record)]}", "valid"),
    // Behind the end.
    ("[\(record)]]", "1:25"), ("[\(record)]x", "1:25"), ("[\(record)],", "1:25"),
    ("[\(record)] [\(record)]", "1:26"), ("[\(record)]\n\n  x", "3:3"),
    ("{\"invoices\":[]}}", "1:16"),
    ("{\"invoices\":[\(record)]} {}", "1:39"), ("[\(record)]\0", "1:25"),
    ("[\(record)]\u{FEFF}", "1:25"),
    // Between records.
    ("[\(record),]", "1:25"), ("[,\(record)]", "1:2"), ("[\(record),,\(record)]", "1:25"),
    ("[\(record) \(record)]", "1:25"), ("[\(record)\n\(record)]", "2:1"),
    ("[\(record);\(record)]", "1:24"),
    ("[\(record)", "1:24"), ("[\(record),", "1:25"), ("[", "1:2"),
    ("{\"invoices\":[\(record)]", "1:37"),
    ("{\"invoices\":[\(record),]}", "1:37"), ("{\"invoices\":[\(record)],}", "1:38"),
    ("{\"invoices\":[\(record)] \"x\":1}", "1:38"), ("{\"invoices\":[\(record)};", "1:36"),
    ("{\"invoices\":{}}", "1:1"), ("{\"version\":1,\"invoices\":[],\"customers\":7}", "1:40"),
    ("{\"invoices\":[],\"invoices\":[]}", "1:16"), ("{\"invoices\":[],x:1}", "1:16"),
    ("{\"invoices\":[],\"x\" 1}", "1:20"), ("{\"invoices\":[],\"x\":01}", "1:20"),
    ("{\"invoices\":[],\"x\":{\"a\":1,\"a\":2}}", "1:27"),
    ("{\"invoices\":[],\"x\":[{\"a\":[1,]}]}", "1:29"), ("{\"invoices\"", "1:12"),
    // One object a line.
    ("\(record)\n\(record)x", "2:23"), ("\(record) \(record)", "1:24"),
    ("\(record)\(record)", "1:23"),
    ("\(record),\n\(record)", "1:23"), ("\(record)\n42", "2:1"), ("\(record)\n[\(record)]", "2:1"),
    ("\(record)\n{\"a\":1,}", "2:8"), ("\(record)\n{\"a\":1", "2:7"),
    ("\(record)\n{\"a\":1\n\(record)", "2:7"),
    ("\(record)\n{\"a\":01}\n\(record)", "2:6"),
    // Keys that stand twice.
    ("[{\"invoice_number\":\"1\",\"invoice_number\":\"1\"}]", "1:24"),
    ("[{\"invoice_number\":\"1\",\"x\":{\"a\":1,\"a\":2}}]", "1:35"),
    ("[{\"invoice_number\":\"1\",\"x\":1,\"\\u0078\":2}]", "1:30"),
    ("[{\"invoice_number\":\"1\",\"lines\":[{\"amount\":1,\"amount\":1}]}]", "1:45"),
    // Depth.
    ("[{\"load_id\":\"1\",\"x\":\(deep)\(closed)}]", "valid"),
    ("[{\"load_id\":\"1\",\"x\":[[\(deep)\(closed)]]}]", "1:84"),
    // Half a character where it would be carried to QuickBooks.
    ("[{\"load_id\":\"1\",\"customer\":\"A\\ud83d\"}]", "1:28"),
  ]

  @Test(arguments: files.indices)
  func `a file is read or refused at its line and column`(index: Int) throws {
    let (text, wanted) = JSONTextTests.files[index]
    let verdict = try JSONTextTests.verdict(Array(text.utf8))
    #expect(verdict == wanted, "\(text)")
    for size in [1, 3] {
      #expect(try JSONTextTests.verdict(Array(text.utf8), blockSize: size) == wanted, "\(text)")
    }
  }

  @Test func `the table is as long as it should be`() {
    #expect(JSONTextTests.values.count + JSONTextTests.files.count >= 240)
  }
}
