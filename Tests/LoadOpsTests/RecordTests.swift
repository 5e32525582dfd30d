import LoadOps
import TestSupport
import Testing
import Vocabulary

struct RecordTests {
  private static func record(_ lines: [String]) throws -> Record {
    let rows = lines.map { "1,A,d,\($0)\n" }.joined()
    return try #require(try ExportFile(invoiceHeader + rows).records().first)
  }

  private static let periods: [([String], Int)] = [
    (["x,1"], 1), (["x,1", "x,1"], 1), (["x,1", "y,1"], 2), (["x,1", "y,1", "x,1", "y,1"], 2),
    (["x,1", "x,1", "x,1"], 1), (["x,1", "y,1", "x,1"], 3), (["x,1", "x,1", "y,1", "y,1"], 4),
    (["x,1", "y,1", "z,1", "x,1", "y,1", "z,1"], 3),
    (["x,1", "y,1", "x,1", "y,1", "x,1", "z,1"], 6),
    (["x,1", "\"x\",1"], 1), (["x,1", "\"x\"\"\",1"], 2), (["x,1", "x,1", "x,1", "x,1"], 1),
  ]

  @Test(arguments: periods)
  func `a repetition is told by the length of one copy`(lines: [String], period: Int) throws {
    #expect(try RecordTests.record(lines).period == period)
  }

  @Test func `rows that are left out leave nothing behind`() throws {
    var record = try RecordTests.record(["x,1", "y", "z,3,4"])
    #expect(record.faults.map(\.row) == [1, 2])
    record.keepRows(2)
    #expect(record.rows.count == 2)
    #expect(record.faults.map(\.row) == [1])
    record.keepRows(1)
    #expect(record.faults.isEmpty)
    #expect(record.string(record.cell(0, .amount)) == "1")
  }

  @Test func `rows of another record are added with their places, lines and faults`() throws {
    let file = try ExportFile(
      invoiceHeader + "1,\"A\nB\",d,x,1\n2,C,d,x,9\n1,\"A\nB\",d,\"y\"\"\",2\n1,A,d\n")
    let reader = try file.reader()
    let records = try file.records()
    var joined = records[0]
    joined.append(rowsOf: records[2])
    #expect(joined.rows.map(\.line) == [2, 5, 7])
    #expect(joined.rows.map(\.ordinal) == [1, 3, 4])
    #expect(joined.faults.map(\.row) == [2])
    #expect((0..<3).map { joined.string(joined.cell($0, .category)) } == ["x", "y\"", ""])
    for (row, line) in [(0, 3), (1, 6)] {
      let cell = joined.cell(row, .category)
      #expect(joined.line(row, cell) == line)
      #expect(reader.excerpt(joined, row, cell).0.column == 6)
      #expect(reader.excerpt(joined, row, cell).0.line == line)
    }
    #expect(joined.line(2, joined.cell(2, .amount)) == 7)
    #expect(reader.excerpt(joined, 2, joined.cell(2, .amount)).1.text == "1,A,d")
  }

  @Test func `a field without a column is absent`() throws {
    let record = try RecordTests.record(["x,1"])
    #expect(record.cell(0, .terms) == .absent)
    #expect(record.string(.terms).isEmpty)
    #expect(record.layout.column(of: .terms) == nil)
    #expect(record.layout.column(of: .amount) == 4)
  }
}
