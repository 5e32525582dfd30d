import Foundation
import Testing
import Vocabulary

@testable import Ledger

/// A company folder for one test, removed when the test is over.
final class LedgerSandbox {
  let folder: String
  /// They live as long as this one.
  private var copies: [LedgerSandbox] = []

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    folder = url.path
  }

  deinit {
    try? FileManager.default.removeItem(atPath: folder)
  }

  var ledgerPath: String { SyncLedger.path(folder: folder) }

  func open() throws -> SyncLedger {
    try SyncLedger.open(folder: folder)
  }

  /// A copy of what the disk has at this moment: the folder after the process was killed right now.
  func asIfKilled() throws -> LedgerSandbox {
    let copy = try LedgerSandbox()
    copies.append(copy)
    try FileManager.default.createDirectory(
      atPath: copy.folder + "/.loadbooks", withIntermediateDirectories: true)
    for name in ["ledger.sqlite", "ledger.sqlite-wal"]
    where FileManager.default.fileExists(atPath: folder + "/.loadbooks/" + name) {
      try FileManager.default.copyItem(
        atPath: folder + "/.loadbooks/" + name, toPath: copy.folder + "/.loadbooks/" + name)
    }
    return copy
  }

  /// What stands in the company folder and below.
  var files: Set<String> {
    Set((try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? [])
  }
}

enum Example {
  static let start = "2026-03-04T09:00:00-06:00"
  static let end = "2026-03-04T09:00:07-06:00"

  static func run(_ id: String) -> RunRecord {
    RunRecord(
      id: id, command: "convert", target: "iif", startedAt: start, plan: Fingerprint(of: id),
      outputFolder: "outbox/\(id)",
      inputs: [
        RunRecord.Input(
          path: "customers.csv", kind: "customers", fingerprint: Fingerprint(of: "c"), records: 4),
        RunRecord.Input(
          path: "invoices.csv", kind: "invoices", fingerprint: Fingerprint(of: "i"), records: 9),
      ])
  }

  static func entry(
    _ number: String, run: String, document: String? = nil,
    kind: LedgerEntry.DocumentKind = .invoice, cents: Int64 = 125_000, content: String = "as sent"
  ) -> LedgerEntry {
    LedgerEntry(
      number: InvoiceNumber(number), contentHash: hash(content), run: run, documentKind: kind,
      documentNumber: document ?? number, customer: "Acme Freight ",
      quickBooksCustomer: "Acme Freight", date: CalendarDate(daysSince1970: 20_516),
      amount: Money(cents: cents), lines: 3)
  }

  static func hash(_ text: String) -> ContentHash {
    ContentHash(of: Array(text.utf8).span)
  }

  static func completion(_ entries: [LedgerEntry], run: String) -> RunCompletion {
    let amount = entries.reduce(Money.zero) { $0 + $1.amount }
    let tally = RunRecord.Tally(
      invoices: entries.count, lines: entries.reduce(0) { $0 + $1.lines }, amount: amount)
    let held = RunRecord.Tally(invoices: 1, lines: 2, amount: Money(cents: 7))
    let read = RunRecord.Tally(
      invoices: tally.invoices + 1, lines: tally.lines + 2, amount: amount + held.amount)
    return RunCompletion(
      totals: RunRecord.Totals(read: read, delivered: tally, held: held),
      outputs: [
        RunRecord.Output(
          name: "01-lists.iif", fingerprint: Fingerprint(of: "l"), documents: 0, amount: .zero),
        RunRecord.Output(
          name: "02-invoices.iif", fingerprint: Fingerprint(of: run), documents: entries.count,
          amount: amount),
      ])
  }
}

extension SyncLedger {
  /// The ledger as another process sees it.
  func reopened() throws -> SyncLedger {
    let folder = path.dropLast("/.loadbooks/ledger.sqlite".count)
    return try SyncLedger.open(folder: String(folder))
  }

  /// Records a run with these entries.
  func record(_ id: String, _ entries: [LedgerEntry]) throws {
    try record(Example.run(id)) { recorder throws(Failure) in
      for entry in entries { try recorder.add(invoice: entry) }
      return Example.completion(entries, run: id)
    }
  }
}

extension LedgerSnapshot {
  func lookup(_ number: String) -> Known? {
    lookup(Array(number.utf8).span)
  }

  func isDocumentNumberTaken(_ kind: LedgerEntry.DocumentKind, _ number: String) -> Bool {
    isDocumentNumberTaken(kind, Array(number.utf8).span)
  }
}

/// The failure that `body` throws.
func failure(
  _ body: () throws -> Void, sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws -> Failure {
  try #require(
    #expect(throws: Failure.self, sourceLocation: sourceLocation, performing: body),
    sourceLocation: sourceLocation)
}
