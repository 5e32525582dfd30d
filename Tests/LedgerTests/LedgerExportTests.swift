import Foundation
import GRDB
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite struct LedgerExportTests {
  let sandbox: LedgerSandbox

  init() throws { sandbox = try LedgerSandbox() }

  /// The export of a ledger as bytes.
  static func export(_ ledger: SyncLedger) throws -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try ledger.export { bytes += $0 }
    return bytes
  }

  /// A ledger with rows in every table, made at random.
  private static func fill(_ ledger: SyncLedger, _ random: inout SeededGenerator) throws {
    let names = [
      "Café Río", "\"Big D\" Lumber\\", "tab\tand\nline", "Ünï\u{7F}", "雪 \u{1F69A}", " ",
    ]
    for number in 0..<Int.random(in: 1...6, using: &random) {
      let run = "R\(number)"
      let entries = (0..<Int.random(in: 0...40, using: &random)).map { index in
        var entry = Example.entry(
          "\(number)-\(index)\(names.randomElement(using: &random) ?? "")", run: run,
          document: "D\(number)-\(index)",
          kind: Bool.random(using: &random) ? .invoice : .creditMemo,
          cents: Int64.random(in: -9_000_000...9_000_000, using: &random), content: "\(index)")
        entry.customer = names.randomElement(using: &random) ?? ""
        return entry
      }
      try ledger.record(run, entries)
      if Bool.random(using: &random) {
        try ledger.finish(run: run, finishedAt: Example.end, because: "it was cut off")
      } else {
        try ledger.forget(
          run: run, at: Example.end, because: names.randomElement(using: &random) ?? "")
      }
      try ledger.recordEvent(
        LedgerEvent(
          at: Example.end, run: run, invoice: names.randomElement(using: &random),
          kind: .runForgotten, detail: names.randomElement(using: &random) ?? ""))
    }
    try ledger.write { db in
      for table in try LedgerExport.tables(db) where try isEmpty(table.name, db) {
        try insertAnything(table, db)
      }
    }
  }

  private static func isEmpty(_ table: String, _ db: Database) throws -> Bool {
    try Int.fetchOne(db, sql: "SELECT 1 FROM \"\(table)\" LIMIT 1") == nil
  }

  /// Puts a row into a table that the runs of the tests leave empty.
  private static func insertAnything(_ table: LedgerExport.Table, _ db: Database) throws {
    let values: [String: any DatabaseValueConvertible] = [
      "run": 1, "cause": "undone", "outcome": "held", "document_kind": "invoice",
      "content_hash": Data(repeating: 0xAB, count: 16), "body_hash": Data(count: 16),
      "state": "accepted", "entity": "invoice", "operation": "add", "kind": "customer",
      "packed": Data([0, 1, 254, 255]), "evidence": "written", "invoice_date": "2026-03-04",
      "answered_at": Example.end, "copies": 1, "stated_hash": 4_294_967_295, "number": "gone",
      "invoice": try Int64.fetchOne(db, sql: "SELECT max(id) FROM invoices") ?? 0,
    ]
    let columns = table.columns.filter { $0.name != "id" }
    try db.execute(
      sql: """
        INSERT INTO "\(table.name)" (\(columns.map { "\"\($0.name)\"" }.joined(separator: ", ")))
        VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
        """,
      arguments: StatementArguments(
        columns.map { column in
          values[column.name]
            ?? (column.type == "INTEGER" ? 7 as any DatabaseValueConvertible : "x")
        }))
  }

  @Test(arguments: [1, 2, 3, 20_261_125] as [UInt64])
  func `an imported ledger is equal to the one that was exported`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let ledger = try sandbox.open()
    try ledger.record("first", [Example.entry("kept", run: "first", document: "kept")])
    try ledger.finish(run: "first", finishedAt: Example.end)
    try Self.fill(ledger, &random)
    let bytes = try Self.export(ledger)
    for table in try ledger.read({ try LedgerExport.tables($0) }) {
      let start = Data("\n{\"table\":\"\(table.name)\"".utf8)
      #expect(Data(bytes).range(of: start) != nil, "seed \(seed): nothing of \(table.name)")
    }
    let other = try LedgerSandbox()
    let file = other.folder + "/memory.jsonl"
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    let count = try SyncLedger.rebuild(from: file, folder: other.folder)
    #expect(count == bytes.count { $0 == 0x0A } - 2, "seed \(seed)")
    let rebuilt = try other.open()
    #expect(try Self.export(rebuilt) == bytes, "seed \(seed)")
    #expect(try rebuilt.snapshot().stateFingerprint == ledger.snapshot().stateFingerprint)
    #expect(try rebuilt.runs() == ledger.runs())
    // What is added next gets the same numbers in both.
    for each in [ledger, rebuilt] {
      try each.recordEvent(
        LedgerEvent(at: Example.end, run: nil, invoice: nil, kind: .runSettled, detail: "next"))
    }
    #expect(try Self.export(rebuilt) == Self.export(ledger), "seed \(seed)")
  }

  @Test func `the first line says what it is, and the same ledger gives the same bytes`() throws {
    let ledger = try sandbox.open()
    try ledger.record("R1", [Example.entry("10231", run: "R1")])
    let bytes = try Self.export(ledger)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    #expect(lines[0].hasPrefix(#"{"format":"loadbooks-ledger","version":1,"schema":["v1""#))
    #expect(lines[1].hasPrefix(#"{"table":"runs","sequence":1,"id":"R1","command":"convert""#))
    #expect(lines.last?.hasPrefix(#"{"end":true,"rows":\#(lines.count - 2),"sha256":""#) == true)
    #expect(try Self.export(try ledger.reopened()) == bytes)
    for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
  }

  @Test func `the memory of one company is not taken for another's`() throws {
    let ledger = try sandbox.open()
    try ledger.record("R1", [Example.entry("10231", run: "R1")])
    let name = "Smith \"Smitty\" & Söhne \\ LLC"
    var bytes: [UInt8] = []
    _ = try ledger.export(company: name) { (piece) throws(Failure) in bytes += piece }
    let other = try LedgerSandbox()
    let file = other.folder + "/memory.jsonl"
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    let refusal = try failure {
      _ = try SyncLedger.rebuild(from: file, folder: other.folder, company: "Acme")
    }
    #expect(refusal.cause == .settingsWrong)
    #expect(refusal.message.contains(name), "\(refusal.message)")
    #expect(refusal.location?.line == 1)
    #expect(try SyncLedger.openReadOnly(folder: other.folder) == nil)
    #expect(try SyncLedger.rebuild(from: file, folder: other.folder, company: name) > 0)
    // Exports of earlier versions name no company.
    let third = try LedgerSandbox()
    try Data(try Self.export(ledger)).write(to: URL(fileURLWithPath: file))
    #expect(try SyncLedger.rebuild(from: file, folder: third.folder, company: "Acme") > 0)
  }

  @Test func `a ledger that remembers something is not written over`() throws {
    let ledger = try sandbox.open()
    try ledger.record("R1", [Example.entry("10231", run: "R1")])
    let file = sandbox.folder + "/memory.jsonl"
    try Data(try Self.export(ledger)).write(to: URL(fileURLWithPath: file))
    let refusal = try failure { _ = try SyncLedger.rebuild(from: file, folder: sandbox.folder) }
    #expect(refusal.cause == .cannotWrite)
    #expect(try ledger.entry(number: "10231") != nil)
    let blank = try LedgerSandbox()
    _ = try blank.open()
    #expect(try SyncLedger.rebuild(from: file, folder: blank.folder) > 0)
  }

  @Test func `an export of an older schema is migrated after it was taken in`() throws {
    // Made by the first version, for a run with one invoice.
    let lines = [
      #"{"format":"loadbooks-ledger","version":1,"schema":["v1"],"sequences":{"events":0,"runs":1}}"#,
      #"{"table":"runs","sequence":1,"id":"R1","command":"convert","target":"iif","state":"finished","started_at":"2026-03-04T15:00:00Z","finished_at":"2026-03-04T15:00:07Z","plan":"\#(Fingerprint(of: "p").hex)","output_folder":null,"read_invoices":1,"read_lines":3,"read_cents":125000,"delivered_invoices":1,"delivered_lines":3,"delivered_cents":125000,"already_synced_invoices":0,"already_synced_lines":0,"already_synced_cents":0,"suppressed_invoices":0,"suppressed_lines":0,"suppressed_cents":0,"held_invoices":0,"held_lines":0,"held_cents":0}"#,
      #"{"table":"invoices","number":"10231","content_hash":"000102030405060708090a0b0c0d0e0f","state":"synced","evidence":"written","run":1,"document_kind":"invoice","document_number":"10231","customer":"Acme","quickbooks_customer":"Acme","invoice_date":"2026-03-04","cents":125000,"lines":3}"#,
    ]
    let body = Data((lines.joined(separator: "\n") + "\n").utf8)
    var hasher = FingerprintHasher()
    hasher.update([UInt8](body))
    let end = #"{"end":true,"rows":2,"sha256":"\#(hasher.finish().hex)"}"#
    let file = sandbox.folder + "/memory.jsonl"
    try (body + Data((end + "\n").utf8)).write(to: URL(fileURLWithPath: file))
    #expect(try SyncLedger.rebuild(from: file, folder: sandbox.folder) == 2)
    let ledger = try sandbox.open()
    #expect(try ledger.entry(number: "10231")?.amount == Money(cents: 125_000))
    #expect(try ledger.check().allSatisfy { $0.verdict == .right })
  }

  /// Something that happens to the lines of an export; gives the line that is at fault, from 1.
  struct Damage: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var message: String
    var cause = Failure.Cause.inputUnreadable
    var apply: @Sendable (inout [String]) -> Int

    init(
      _ name: String, _ message: String, _ cause: Failure.Cause = .inputUnreadable,
      _ apply: @escaping @Sendable (inout [String]) -> Int
    ) {
      testDescription = name
      self.message = message
      self.cause = cause
      self.apply = apply
    }

    /// Replaces a text in the first line of a table (or in the first line of all).
    static func replace(
      _ name: String, _ message: String, in table: String?, _ old: String, _ new: String,
      at line: (@Sendable (Int, Int) -> Int)? = nil, _ cause: Failure.Cause = .inputUnreadable
    ) -> Damage {
      Damage(name, message, cause) { lines in
        let index = table.map { Damage.row(of: $0, in: lines) } ?? 0
        lines[index] = lines[index].replacingOccurrences(of: old, with: new)
        return line?(index + 1, lines.count) ?? index + 1
      }
    }

    static func row(of table: String, in lines: [String]) -> Int {
      lines.firstIndex { $0.hasPrefix("{\"table\":\"\(table)\"") } ?? 0
    }
  }

  private static let last = { @Sendable (_: Int, count: Int) in count }

  static let damages: [Damage] = [
    Damage("cut off behind a line", "its end is missing") { lines in
      lines.removeLast()
      return lines.count
    },
    Damage("a line less", "rows were exported, but") { lines in
      lines.remove(at: Damage.row(of: "run_inputs", in: lines))
      return lines.count
    },
    Damage("a line twice", "the ledger refuses this row: ") { lines in
      let index = Damage.row(of: "invoices", in: lines)
      lines.insert(lines[index], at: index)
      return index + 2
    },
    Damage("lines in another order", "the sum over the lines") { lines in
      lines.swapAt(2, 3)
      return lines.count
    },
    Damage("something behind the end", "something stands behind the end") { lines in
      lines.append("{\"table\":\"runs\"}")
      return lines.count
    },
    .replace("a cent more", "the sum over", in: "invoices", ":125000,", ":125001,", at: last),
    .replace("no JSON", "something else stands where { has to be", in: "invoices", "{", "invoice"),
    .replace(
      "a text for a number", "\"cents\" has to be a whole number", in: "invoices", ":125000,",
      ":\"x\","),
    .replace(
      "a number for a text", "\"number\" has to be a text", in: "invoices", ":\"10231\",", ":10231,"
    ),
    .replace(
      "a number too large", "neither a text nor a whole number", in: "invoices", ":125000,",
      ":12500099999999999999999,"),
    .replace(
      "an odd table", "there is no table \"vendors\"", in: "invoices", "\"invoices\"", "\"vendors\""
    ),
    .replace(
      "an odd column", "here has to be \"lines\", not \"rows\"", in: "invoices", "\"lines\":",
      "\"rows\":"),
    .replace("a column less", "columns, here are", in: "invoices", ",\"lines\":3", ""),
    .replace(
      "half a byte", "has to be hexadecimal digits", in: "invoices", "content_hash\":\"",
      "content_hash\":\"0"),
    .replace(
      "an impossible state", "the ledger refuses this row: CHECK", in: "invoices", "\"synced\"",
      "\"lost\""),
    Damage("a text without end", "a text without an end") { lines in
      lines[1] = String(lines[1].dropLast(2))
      while lines[1].last != "e" { lines[1].removeLast() }
      return 2
    },
    .replace(
      "an odd escape", "no character is written like this", in: "runs", "\"iif\"", "\"\\q\""),
    .replace(
      "a control character", "a control character within a text", in: "runs", "\"iif\"", "\"\t\""),
    .replace(
      "another file", "it is not a ledger that was exported", in: nil, "loadbooks-ledger",
      "loadbooks-report"),
    .replace(
      "a newer version", "a newer version", in: nil, "\"version\":1", "\"version\":2",
      .settingsWrong),
    .replace(
      "a newer schema", "a newer version", in: nil, "\"v1\"", "\"v1\",\"v99\"", .settingsWrong),
    .replace(
      "another end", "the sum over the lines", in: nil, "\"runs\":1", "\"runs\":2", at: last),
  ]

  @Test(arguments: damages)
  func `a damaged export is refused with its place, and nothing is taken in`(damage: Damage) throws
  {
    let ledger = try sandbox.open()
    try ledger.record("R1", [Example.entry("10231", run: "R1")])
    var lines = String(decoding: try Self.export(ledger), as: UTF8.self)
      .split(separator: "\n").map(String.init)
    let line = damage.apply(&lines)
    let other = try LedgerSandbox()
    let file = other.folder + "/memory.jsonl"
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: file))
    let refusal = try failure { _ = try SyncLedger.rebuild(from: file, folder: other.folder) }
    #expect(refusal.cause == damage.cause)
    #expect(refusal.message.contains(damage.message), "\(refusal.message)")
    #expect(refusal.location?.line == line)
    #expect(try SyncLedger.openReadOnly(folder: other.folder) == nil)
  }

  @Test(arguments: [7, 20_261_125] as [UInt64])
  func `no single byte can be changed or lost unnoticed`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let ledger = try sandbox.open()
    try ledger.record("R1", [Example.entry("10231", run: "R1")])
    let bytes = try Self.export(ledger)
    let other = try LedgerSandbox()
    let file = other.folder + "/memory.jsonl"
    for _ in 0..<60 {
      var damaged = bytes
      let place = Int.random(in: damaged.indices, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: damaged[place] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
      case 1: damaged.remove(at: place)
      default: damaged.removeLast(Int.random(in: 1..<damaged.count, using: &random))
      }
      try Data(damaged).write(to: URL(fileURLWithPath: file))
      let refusal = try failure { _ = try SyncLedger.rebuild(from: file, folder: other.folder) }
      #expect(refusal.location != nil, "seed \(seed), byte \(place): \(refusal.message)")
      #expect(refusal.cause != .ownBug, "seed \(seed), byte \(place): \(refusal.message)")
    }
  }

  @Test func `a file that is not there, or empty, is told`() throws {
    let missing = try failure {
      _ = try SyncLedger.rebuild(from: sandbox.folder + "/none", folder: sandbox.folder)
    }
    #expect(missing.cause == .inputMissing)
    try Data().write(to: URL(fileURLWithPath: sandbox.folder + "/empty"))
    let empty = try failure {
      _ = try SyncLedger.rebuild(from: sandbox.folder + "/empty", folder: sandbox.folder)
    }
    #expect(empty.cause == .inputUnreadable)
  }
}
