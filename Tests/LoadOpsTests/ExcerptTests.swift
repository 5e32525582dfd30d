import LoadOps
import TestSupport
import Testing
import Vocabulary

struct ExcerptTests {
  /// Looks for a cell by its value and tells where it is said to be.
  private static func place(
    of value: String, in text: String
  ) throws -> (Vocabulary.SourceLocation, Excerpt)? {
    let file = try ExportFile(text)
    let reader = try file.reader()
    var record = reader.makeRecord()
    while try reader.next(Set(RecordKind.allCases), into: &record) != nil {
      for row in record.rows.indices {
        for field in Field.allCases {
          let cell = record.cell(row, field)
          if record.string(cell) == value {
            var (location, excerpt) = reader.excerpt(record, row, cell)
            location.file = "FILE"
            return (location, excerpt)
          }
        }
      }
    }
    return nil
  }

  private static let places: [(String, Int, Int, String, String)] = [
    (invoiceHeader + "1,MARK,d,x,1\n", 2, 3, "MARK", "1,MARK,d,x,1"),
    ("\u{FEFF}" + invoiceHeader + "MARK,A,d,x,1", 2, 1, "MARK", "MARK,A,d,x,1"),
    (invoiceHeader + "1,\"é, 日\",d,\"MARK\",1\r\n", 2, 12, "\"MARK\"", "1,\"é, 日\",d,\"MARK\",1"),
    (invoiceHeader + "1,\"a\nb\r\nc\",MARK,x,1\n", 4, 4, "MARK", "c\",MARK,x,1"),
    (invoiceHeader + "1,\"a\rb\",\"MARK\",x,1\r", 3, 4, "\"MARK\"", "b\",\"MARK\",x,1"),
    (invoiceHeader + "1,A,d,x,1\n1,A,\"\n\",y,2\n1,MARK,d,z,3\n", 5, 3, "MARK", "1,MARK,d,z,3"),
    (invoiceHeader + "\n\n1,A,d,x,1\n\n\n1,A,MARK,y,2\n", 7, 5, "MARK", "1,A,MARK,y,2"),
    ("[{\"invoice_number\":\"MARK\"}]", 1, 20, "\"MARK\"", "[{\"invoice_number\":\"MARK\"}]"),
    (
      "{\"invoices\":[\n {\"invoice_number\":\"1\",\n  \"é\":1, \"terms\":\"MARK\"}]}", 3, 18,
      "\"MARK\"", "  \"é\":1, \"terms\":\"MARK\"}]}"
    ),
    (
      "[{\"lines\":[{\"amount\":1},\r\n{\"amount\": 2,\r\n\"category\": \"MARK\"}]}]", 3, 13,
      "\"MARK\"", "\"category\": \"MARK\"}]}]"
    ),
    (
      "{\"invoice_number\":\"1\"}\n{\"invoice_number\":\"M\\u0041RK\"}\n", 2, 19, "\"M\\u0041RK\"",
      "{\"invoice_number\":\"M\\u0041RK\"}"
    ),
  ]

  @Test(arguments: places)
  func `a cell is found on its line, at its column, with the line as it stands`(
    text: String, line: Int, column: Int, marked: String, shown: String
  ) throws {
    let (location, excerpt) = try #require(try ExcerptTests.place(of: "MARK", in: text))
    #expect(location == SourceLocation(file: "FILE", line: line, column: column))
    #expect(excerpt.text == shown)
    #expect(String(excerpt.text.dropFirst(excerpt.markStart).prefix(excerpt.markLength)) == marked)
  }

  @Test(arguments: [100, 3000, 5000, 60_000])
  func `in a long line the column is right and the line is cut around the mark`(count: Int) throws {
    let filler = String(repeating: "é", count: count)
    let text = invoiceHeader + "1,\(filler),MARK,\(filler),1\n"
    let (location, excerpt) = try #require(try ExcerptTests.place(of: "MARK", in: text))
    #expect(location.line == 2)
    #expect(location.column == (count > 40_000 ? nil : count + 4))
    #expect(String(excerpt.text.dropFirst(excerpt.markStart).prefix(excerpt.markLength)) == "MARK")
    #expect(excerpt.text.count <= 162)
    #expect(excerpt.text.hasPrefix("…") == (count >= 100))
    #expect(excerpt.text.hasSuffix("…"))
  }

  @Test func `a cell that is absent is shown by its row`() throws {
    let file = try ExportFile(invoiceHeader + "1,A,d,x,1\n1,A,d,y\n")
    let reader = try file.reader()
    var record = reader.makeRecord()
    _ = try reader.next([.invoices], into: &record)
    let (location, excerpt) = reader.excerpt(record, 1, record.cell(1, .amount))
    #expect(location == SourceLocation(file: file.path, line: 3, column: 1))
    #expect(excerpt == Excerpt(text: "1,A,d,y", markStart: 0, markLength: 1))
  }

  @Test func `a cell of more than a line is marked to the end of its first line`() throws {
    let (location, excerpt) = try #require(
      try ExcerptTests.place(of: "a\nb", in: invoiceHeader + "1,\"a\nb\",d,x,1\n"))
    #expect(location.line == 2)
    #expect(excerpt == Excerpt(text: "1,\"a", markStart: 2, markLength: 2))
  }
}
