import Foundation
import LoadOps
import QuickBooks
import TestSupport
import Testing
import Vocabulary

/// A customer's name that means to do harm, or is just odd, goes through every output well formed.
struct HostileNamesTests {
  private static let names: [(String, String)] = [
    ("formula", "=HYPERLINK(\"http://x.example\",\"Acme\")"), ("plus", "+1 Freight"),
    ("minus", "-2+3 Cargo"),
    ("at", "@SUM(A1:A9)"), ("wide formula", "＝1+1"),
    ("html", "<script>alert(1)</script> & <b>Co</b>"),
    ("quotes", "O'Neill \"Bulk\" `Cargo`"), ("right to left", "Acme \u{202E}thgierF\u{202C} Co"),
    ("zero width", "Acme\u{200B} Frei\u{2060}ght"), ("no-break space", "Acme\u{A0}Freight"),
    ("emoji", "🚚 Haulers 👩‍👩‍👧"), ("accents", "Zoë & Söhne"), ("tab", "Acme\tFreight"),
    ("line break", "Acme\nFreight"), ("bell", "Acme\u{7} Freight"),
    ("escape", "Red \u{1B}[31m Freight"),
    ("delete", "Acme\u{7F}Freight"), ("long", String(repeating: "Long ", count: 2000) + "Name"),
    ("noncharacter", "Acme \u{FFFE} Co"), ("percent", "100% %s %n {0} $(id) ${HOME}"),
    ("path", "../../etc/passwd"), ("sql", "Robert'); DROP TABLE invoices;--"),
    ("lost", "Acme \u{FFFD}"),
  ]

  @Test(arguments: names)
  func `a hostile name goes through every output and comes back`(kind: String, name: String) throws
  {
    let folder = try TemporaryFolder()
    let quoted = "\"" + name.replacing("\"", with: "\"\"") + "\""
    try folder.write(
      "kind,loadops,quickbooks,account,note\nitem,Line Haul,Line Haul,Freight Income,\n",
      to: "mapping.csv")
    // The second invoice is held, so that its name goes into held.csv, too.
    try folder.write(
      "invoice_number,customer_name,invoice_date,category,description,amount\n"
        + "1001,\(quoted),2026-11-02,Line Haul,\(quoted),10.00\n"
        + "1002,\(quoted),2026-11-03,Drone,\(quoted),20.00\n", to: "in.csv")
    let run = try CommandRun.run(
      [
        "convert", "in.csv", "--mapping", "mapping.csv", "--no-ledger", "--output", "out", "--json",
      ],
      in: folder.path)
    #expect(run.code == 3, "\(run.messages)")
    let isDelivered =
      folder.entries.contains("out")
      && FileManager.default.fileExists(
        atPath: folder.path("out/002-documents.iif"))
    if isDelivered { try checkIIF(folder) }
    try checkQBXML(folder)
    try checkReports(folder, run, name)
    // What is held reads back equal.
    let reader = try ExportReader(path: folder.path("out/held.csv"), file: 0)
    var record = reader.makeRecord()
    var held: [String] = []
    while try reader.next([.invoices], into: &record) != nil {
      held.append(record.string(.customerName))
    }
    #expect(!held.isEmpty)
    for text in held { #expect(Array(text.unicodeScalars) == Array(name.unicodeScalars)) }
    // Standard output is one JSON value without raw control characters.
    #expect((try? JSONSerialization.jsonObject(with: Data(run.output.utf8))) != nil)
  }

  /// qbXML is well-formed, whatever the name, and the name that it has is the one that was meant.
  private func checkQBXML(_ folder: TemporaryFolder) throws {
    let run = try CommandRun.run(
      [
        "convert", "in.csv", "--mapping", "mapping.csv", "--no-ledger", "--output", "xml",
        "--target", "qbxml",
      ], in: folder.path)
    #expect(run.code == 3, "\(run.messages)")
    for (path, data) in try folder.files(in: "xml") where path.hasSuffix(".xml") {
      let text = String(decoding: data, as: UTF8.self)
      #expect(WellFormedXML.fault(in: text) == nil, "\(path)")
      #expect(!text.contains("<script>"), "\(path)")
    }
  }

  /// Every row has as many cells as its header, and no byte is one that the importer trips over.
  private func checkIIF(_ folder: TemporaryFolder) throws {
    for (path, data) in try folder.files(in: "out") where path.hasSuffix(".iif") {
      var widths: [String: Int] = [:]
      for line in data.split(separator: 0x0A) {
        let row = line.last == 0x0D ? line.dropLast() : line
        let cells = row.split(separator: 0x09, omittingEmptySubsequences: false)
        let name = String(decoding: cells[0], as: UTF8.self)
        let text = String(decoding: row, as: UTF8.self)
        if name.hasPrefix("!") {
          widths[String(name.dropFirst())] = cells.count
        } else {
          #expect(widths[name] == cells.count, "\(path): \(text)")
        }
        // Cells with a comma stand in quotation marks; nothing else may hold one.
        let inner = cells.flatMap { cell in
          cell.count > 1 && cell.first == 0x22 && cell.last == 0x22
            ? cell.dropFirst().dropLast() : cell
        }
        let odd = inner.filter { $0 < 0x20 || $0 >= 0x7F || $0 == 0x22 }
        #expect(odd.isEmpty, "\(path): \(text)")
      }
    }
  }

  private func checkReports(_ folder: TemporaryFolder, _ run: CommandRun, _ name: String) throws {
    let html = try folder.text("out/sync-report.html")
    #expect(!html.contains("<script>alert"))
    let text = try folder.text("out/sync-report.txt")
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x7F })
    #expect(!text.contains("\u{202E}"))
    #expect((try? JSONSerialization.jsonObject(with: folder.data("out/sync-report.json"))) != nil)
    for file in ["out/invoices.csv", "out/held.csv"] {
      for row in try HostileNamesTests.rows(folder.text(file)) {
        for cell in row {
          #expect(
            !["=", "+", "-", "@", "\t", "＝"].contains(cell.prefix(1)), "\(file): \(cell.prefix(40))"
          )
        }
      }
    }
  }

  /// The cells of a CSV text, read by another, simpler reader.
  private static func rows(_ text: String) -> [[String]] {
    var rows: [[String]] = [[""]]
    var isQuoted = false
    for scalar in text.unicodeScalars {
      if scalar == "\"" {
        isQuoted.toggle()
      } else if isQuoted {
        rows[rows.count - 1][rows[rows.count - 1].count - 1].unicodeScalars.append(scalar)
      } else if scalar == "," {
        rows[rows.count - 1].append("")
      } else if scalar == "\n" {
        rows.append([""])
      } else {
        rows[rows.count - 1][rows[rows.count - 1].count - 1].unicodeScalars.append(scalar)
      }
    }
    return rows
  }
}
