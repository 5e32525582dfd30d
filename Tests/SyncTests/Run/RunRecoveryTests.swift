import Foundation
import Ledger
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// Runs that were killed between recording and naming their files.
///
/// A finished run of one company is put into another one's folder as the kill would have left it: its
/// invoices recorded, its files complete under hidden names, some of them named already or gone.
struct RunRecoveryTests {
  /// How far the run was when it was killed.
  enum Kill: CaseIterable, CustomTestStringConvertible {
    case beforeTheFirstName, afterTheFirstName, afterTheLastName
    case withAFileGone, withAFileDamaged

    var testDescription: String { "\(self)" }
    var isWhole: Bool { self != .withAFileDamaged }
  }

  @Test(arguments: Kill.allCases)
  func `a killed run loses no invoice and doubles none`(kill: Kill) throws {
    let export = RandomExport(seed: 11, invoices: 60)
    var fixture = try PlanFixture()
    let plan = try fixture.plan(export.text)
    let whole = try ConversionTests.company(fixture, "whole")
    let killed = try ConversionTests.company(fixture, "killed")
    let model = try SyncLedger.open(folder: whole.path)
    let report = try ConversionTests.convert(plan, to: whole.outboxPath + "/r1", model, id: "r1")
    try Self.leave(kill, of: whole, in: killed, model, export)

    let ledger = try SyncLedger.open(folder: killed.path)
    #expect(try ledger.unfinishedRuns().count == 1)
    let told = try RunRecovery.settle(ledger, in: killed, clock: { ConversionTests.time })
    #expect(told.count == 1)
    #expect(try ledger.unfinishedRuns().isEmpty)
    #expect(try RunRecovery.settle(ledger, in: killed, clock: { ConversionTests.time }).isEmpty)

    let first = killed.outboxPath + "/r1"
    let names = try model.run("r1")?.outputs.map(\.name) ?? []
    if kill.isWhole {
      for name in names where kill != .withAFileGone || name != names.last {
        let (mine, theirs) = (first + "/" + name, whole.outboxPath + "/r1/" + name)
        #expect(FileManager.default.contentsEqual(atPath: mine, andPath: theirs), "\(name)")
      }
      let gone = kill == .withAFileGone ? 1 : 0
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: first).count == names.count - gone)
    } else {
      for name in names {
        #expect(!FileManager.default.fileExists(atPath: first + "/" + name), "\(name)")
      }
    }

    // Whatever happened, one more run of the same export sends exactly what is missing.
    fixture.ledger = try ledger.snapshot()
    let again = try fixture.plan()
    #expect(again.documents == (kill.isWhole ? 0 : plan.documents))
    let second = try ConversionTests.convert(again, to: killed.outboxPath + "/r2", ledger, id: "r2")
    // A report that is gone had its name and was moved; the documents are all there.
    if kill == .withAFileGone { #expect(told[0].contains("which somebody moved")) }
    var sent = kill.isWhole ? try ConversionTests.documents(report, in: first) : [:]
    sent.merge(try ConversionTests.documents(second, in: killed.outboxPath + "/r2")) { $0 + $1 }
    for invoice in export.invoices {
      let amounts = sent[invoice.number]?.map(\.total) ?? []
      #expect(amounts == (invoice.defect == nil ? [invoice.amount] : []), "\(invoice.number)")
    }
  }

  /// Puts a company into the state that a kill leaves.
  static func leave(
    _ kill: Kill, of whole: CompanyFolder, in killed: CompanyFolder, _ model: SyncLedger,
    _ export: RandomExport
  ) throws {
    var record = try #require(try model.run("r1"))
    let completion = RunCompletion(totals: record.totals, outputs: record.outputs)
    let (source, target) = (whole.outboxPath + "/r1", killed.outboxPath + "/r1")
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    for (index, output) in record.outputs.enumerated() {
      let isNamed = kill == .afterTheLastName || kill == .afterTheFirstName && index == 0
      let path =
        isNamed
        ? target + "/" + output.name : StagedFile.stagedPath(folder: target, name: output.name)
      try FileManager.default.copyItem(atPath: source + "/" + output.name, toPath: path)
      guard index == record.outputs.count - 1 else { continue }
      if kill == .withAFileGone { try FileManager.default.removeItem(atPath: path) }
      if kill == .withAFileDamaged {
        try Data("cut off".utf8).write(to: URL(fileURLWithPath: path))
      }
    }
    record.outputFolder = target
    record.outputs = []
    record.finishedAt = nil
    record.totals = RunRecord.Totals()
    record.state = .preparing
    let ledger = try SyncLedger.open(folder: killed.path)
    try ledger.record(record) { (recorder) throws(Failure) in
      for invoice in export.invoices {
        guard let entry = try model.entry(number: invoice.number) else { continue }
        try recorder.add(invoice: entry)
      }
      return completion
    }
  }
}
