import Foundation
import LoadOps
import Sheets
import QuickBooks
import TestSupport
import Testing
import Vocabulary

/// The sample month of a trucking company, converted without memory into a folder of its own.
struct FirstRun {
  static let month = PackageFolder.samples.appendingPathComponent("first-run")

  /// What was asked for and what came of it.
  let run: CommandRun
  /// Where everything is; `out` has the written files.
  let folder: TemporaryFolder

  /// Converts the month, or what `change` makes of a copy of it.
  init(
    export: URL = month.appendingPathComponent("in"),
    change: (TemporaryFolder) throws -> Void = { _ in }
  ) throws {
    folder = try TemporaryFolder()
    try folder.copy(export, to: "in")
    for name in ["mapping.csv", "suppress.csv"] {
      try folder.copy(FirstRun.month.appendingPathComponent(name), to: name)
    }
    try change(folder)
    run = try CommandRun.run(
      [
        "convert", "in", "--mapping", "mapping.csv", "--suppressions", "suppress.csv", "--output",
        "out", "--no-ledger",
      ], in: folder.url.path)
  }

  /// The parts of `sync-report.json` that tests look at.
  struct Report: Decodable {
    struct Tally: Decodable, Equatable {
      var invoices: Int, lines: Int, amount: String
      var money: Money { Money(canonical: amount) ?? .zero }
    }
    struct Totals: Decodable {
      var read: Tally, delivered: Tally, suppressed: Tally, held: Tally, balanced: Bool
    }
    struct Finding: Decodable {
      var id: String, invoice: String?, file: String?, line: Int?, column: Int?
      var message: String, remedy: String
    }
    var totals: Totals
    var findings: [Finding]
  }

  /// The report.
  func report() throws -> Report {
    try JSONDecoder().decode(Report.self, from: folder.data("out/sync-report.json"))
  }

  /// What was decided about each invoice: its row of `invoices.csv` by its number.
  func decisions() throws -> [String: [String]] {
    let table = try #require(try CSVTable(path: folder.path("out/invoices.csv")))
    return Dictionary(uniqueKeysWithValues: table.rows.map { ($0.cells[0], $0.cells) })
  }

  /// The written files that QuickBooks imports, by name.
  func iif() throws -> [String: Data] {
    try folder.files(in: "out").filter { $0.key.hasSuffix(".iif") }
  }

  /// Every document of them.
  func documents() throws -> [WrittenDocument] {
    try iif().keys.sorted().flatMap { try WrittenDocument.all(ofFile: folder.path("out/" + $0)) }
  }
}
