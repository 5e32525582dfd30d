import Foundation
import Ledger
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// What is written and remembered, over random exports.
struct ConversionTests {
  static let seeds: [UInt64] = [7, 20_261_123]
  static let time = "2026-11-23T12:00:00Z"

  @Test(arguments: seeds)
  func `the cents of every invoice arrive in its document`(seed: UInt64) throws {
    let export = RandomExport(seed: seed, invoices: 200)
    var fixture = try PlanFixture()
    fixture.settings.policies.rateMismatch = .dropQuantity
    let plan = try fixture.plan(export.text)
    let report = try Self.convert(plan, to: fixture.folder.path("out"), nil, id: "r")
    let documents = try Self.documents(report, in: fixture.folder.path("out"))
    for invoice in export.invoices where invoice.defect == nil {
      let own = documents[invoice.number] ?? []
      #expect(own.map(\.total) == [invoice.amount], "seed \(seed), invoice \(invoice.number)")
      #expect(own.allSatisfy { $0.balance == .zero }, "seed \(seed), invoice \(invoice.number)")
      let type = invoice.amount < .zero ? "CREDIT MEMO" : "INVOICE"
      #expect(own.allSatisfy { $0.type == type }, "seed \(seed), invoice \(invoice.number)")
    }
    #expect(documents.count == export.invoices.count { $0.defect == nil }, "seed \(seed)")
  }

  @Test(arguments: seeds)
  func `after a run the same export has nothing to send`(seed: UInt64) throws {
    let export = RandomExport(seed: seed, invoices: 200)
    var fixture = try PlanFixture()
    let company = try Self.company(fixture, "acme")
    let ledger = try SyncLedger.open(folder: company.path)
    let plan = try fixture.plan(export.text)
    _ = try Self.convert(plan, to: company.outboxPath + "/r", ledger, id: "r")
    fixture.ledger = try ledger.snapshot()
    for text in [export.text, export.shuffled(seed: seed)] {
      let again = try fixture.plan(text)
      let (before, after) = (plan.report.totals, again.report.totals)
      #expect(after.delivered == .zero, "seed \(seed)")
      // A shuffled file may have the lines of an invoice in another order, which is a change.
      #expect(after.alreadySynced + after.held == before.delivered + before.held, "seed \(seed)")
      guard text == export.text else { continue }
      #expect(after.alreadySynced == before.delivered, "seed \(seed)")
    }
  }

  @Test func `a run whose files cannot be named leaves no file and no memory`() throws {
    let export = RandomExport(seed: 3, invoices: 20)
    let fixture = try PlanFixture()
    let company = try Self.company(fixture, "acme")
    let ledger = try SyncLedger.open(folder: company.path)
    let out = company.outboxPath + "/r"
    let plan = try fixture.plan(export.text)
    #expect(throws: Failure.self) {
      try Conversion.convert(plan, run: Self.run("r"), output: out, ledger: ledger) {
        // Something takes a file's name while the run is at work.
        try? FileManager.default.createDirectory(
          atPath: out + "/001-lists.iif/taken", withIntermediateDirectories: true)
        return Self.time
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: out) == ["001-lists.iif"])
    #expect(try ledger.runs().map(\.state) == [.undone])
    var again = fixture
    again.ledger = try ledger.snapshot()
    #expect(try again.plan().report.totals == plan.report.totals)
  }

  // MARK: - Helpers that the recovery tests share

  static func run(_ id: String) -> SyncReport.Run {
    SyncReport.Run(
      id: id, command: "convert", target: "iif", company: "Acme", started: time, finished: nil,
      plan: Fingerprint(of: id))
  }

  static func convert(
    _ plan: SyncPlan, to folder: String, _ ledger: SyncLedger?, id: String
  ) throws -> SyncReport {
    try Conversion.convert(plan, run: run(id), output: folder, ledger: ledger, clock: { time })
  }

  static func company(_ fixture: PlanFixture, _ name: String) throws -> CompanyFolder {
    try CompanyFolder.create(fixture.folder.path(name), company: name)
  }

  /// The documents of a run's files, by their number.
  static func documents(
    _ report: SyncReport, in folder: String
  ) throws -> [String: [WrittenDocument]] {
    let all = try report.outputs.flatMap { output in
      try WrittenDocument.all(ofFile: folder + "/" + output.name)
    }
    return Dictionary(grouping: all, by: \.number)
  }
}
