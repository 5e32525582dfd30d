import Foundation
import LoadOps
import Sheets
import TestSupport
import Testing
import Vocabulary

/// `held.csv` keeps every cell as it was, and runs in no spreadsheet.
struct HeldFileTests {
  static let hostileCells = [
    "=1+1", "=HYPERLINK(\"http://evil.example\")", "+1 (817) 555-0110", "-2 pallets", "@SUM(A1)",
    "'quoted", "'=1+1", "''=1+1", "'-", "say \"hi\"", "\"", "two\nlines", "three\r\nmore", "a,b",
    ";|",
    "＝1+1", "＋1", "＠x", "tab\tinside", "Ñandú 株式会社 🚚", "-75.00", "00123", "%", "\\",
  ]

  @Test func `hostile cells come back as they were`() throws {
    let folder = try TemporaryFolder()
    var text =
      "invoice_number,customer_name,invoice_date,category,description,reference_number,amount\n"
    for (index, cell) in Self.hostileCells.enumerated() {
      let quoted = "\"" + cell.replacing("\"", with: "\"\"") + "\""
      // No date, so that it is held.
      text += "\(1000 + index),Acme Freight,,\(quoted),\(quoted),\(quoted),10.00\n"
    }
    let original = try folder.write(text, to: "in/invoices.csv")
    let run = try CommandRun.run(
      ["convert", "in", "--output", "out", "--no-ledger"], in: folder.url.path)
    #expect(run.code == 3)
    let before = try Self.values(original)
    let after = try Self.values(folder.path("out/held.csv"))
    #expect(before.count == Self.hostileCells.count)
    #expect(before == after)
    let held = try #require(try CSVTable(path: folder.path("out/held.csv")))
    for row in held.rows {
      for cell in row.cells where cell != "-75.00" {
        #expect(!"=+-@＝＋＠".contains(cell.first ?? " "), "\(cell)")
      }
    }
  }

  @Test func `held invoices of a JSON export come back as they were`() throws {
    let folder = try TemporaryFolder()
    let lines = ["=1+1", "'=2", "＝3"].map {
      "{\"category\": \"Line Haul\", \"description\": \"\($0)\", \"amount\": \"1.00\"}"
    }.joined(separator: ", ")
    let original = try folder.write(
      "[{\"invoice_number\": \"1001\", \"customer_name\": \"Acme\", \"invoice_date\": \"2026-02-30\", "
        + "\"lines\": [\(lines)]}]", to: "in/export.json")
    let run = try CommandRun.run(
      ["convert", "in", "--output", "out", "--no-ledger"], in: folder.url.path)
    #expect(run.code == 3)
    #expect(try Self.values(original) == Self.values(folder.path("out/held.csv")))
  }

  /// What a reader makes of the cells of every invoice row.
  private static func values(_ path: String) throws -> [[String]] {
    let fields: [Field] = [
      .invoiceNumber, .customerName, .invoiceDate, .category, .lineDescription, .referenceNumber,
      .amount,
    ]
    let reader = try ExportReader(path: path, file: 0)
    var record = reader.makeRecord()
    var rows: [[String]] = []
    while try reader.next([.invoices], into: &record) != nil {
      for row in record.rows.indices {
        rows.append(
          fields.map { field in
            let own = record.string(record.cell(row, field))
            return own.isEmpty ? record.string(field) : own
          })
      }
    }
    return rows
  }
}
