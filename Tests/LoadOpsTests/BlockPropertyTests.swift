import LoadOps
import TestSupport
import Testing

/// Reading in blocks of any size gives what reading all at once gives.
struct BlockPropertyTests {
  private static let sizes = [1, 2, 3, 7, 64, 1000, 4096, 65_535, 1 << 16]
  private static let fields: [Field] = [
    .invoiceNumber, .customerName, .invoiceDate, .category, .amount,
  ]

  private static func rows(_ generator: inout SeededGenerator) -> [[String]] {
    let alphabet = Array("aB7 ,;\"\né日🚚-.{}[]:\\")
    return (0..<800).map { number in
      let words = String(
        (0..<Int.random(in: 0...90, using: &generator)).map { _ in generator.pick(alphabet) })
      return [
        "N\(number / Int.random(in: 1...2, using: &generator))", "x\(words)x", "2026-03-19", "Haul",
        "\(number).50",
      ]
    }
  }

  private static func quoted(_ text: String) -> String {
    "\""
      + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
        "\n", with: "\\n") + "\""
  }

  private static func object(_ names: [String], _ row: [String]) -> String {
    "{" + zip(names, row).map { "\(quoted($0)):\(quoted($1))" }.joined(separator: ",") + "}"
  }

  private static func files(_ rows: [[String]]) -> [(String, [UInt8])] {
    let names = fields.map(\.name)
    let table = ([names] + rows).map { row in
      row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",")
    }.joined(separator: "\r\n")
    let objects = rows.map { object(names, $0) }
    let heads = rows.enumerated().map { index, row in
      object(
        ["invoice_number", "customer_name", "invoice_date", "invoice_total"],
        ["N\(index)", row[1], row[2], row[4]])
    }
    let lines = rows.enumerated().map { index, row in
      object(["invoice_number", "category", "amount"], ["N\(index / 2 * 3)", row[3], row[4]])
    }
    return [
      ("CSV", Array(table.utf8)),
      ("UTF-16", [0xFF, 0xFE] + table.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }),
      ("JSON", Array("{\"invoices\":[\(objects.joined(separator: ",\r\n"))]}".utf8)),
      ("NDJSON", Array(objects.joined(separator: "\n").utf8)),
      (
        "lines apart",
        Array(
          "{\"invoices\":[\(heads.joined(separator: ",\n"))],\"lines\":[\(lines.joined(separator: ",\r"))]}"
            .utf8)
      ),
      ("workbook", WorkbookFixture(texts: [names] + rows).bytes),
    ]
  }

  @Test func `blocks from a byte to 64 KiB give what reading whole gives`() throws {
    var generator = SeededGenerator()
    let file = try ExportFile("")
    for (name, bytes) in BlockPropertyTests.files(BlockPropertyTests.rows(&generator)) {
      try file.replace(bytes)
      let whole = file.read(blockSize: 1 << 22)
      #expect(whole.failure == nil && whole.records.count > 500, "\(name), \(generator)")
      for size in BlockPropertyTests.sizes + [Int.random(in: 8...60_000, using: &generator)] {
        #expect(file.read(blockSize: size) == whole, "\(name), \(size), \(generator)")
      }
    }
  }
}
