import Foundation
import Ledger
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// Runs that were cut off and whose documents cannot be found, so that only the user can know.
struct LostFilesTests {
  /// What happened to a run that was cut off before any file had its name.
  enum Loss: CaseIterable, CustomTestStringConvertible {
    case documentsGone, folderGone, oneNamedAndOneDamaged

    var testDescription: String { "\(self)" }
  }

  private let export = RandomExport(seed: 5, invoices: 40)
  private let company: CompanyFolder
  private let ledger: SyncLedger
  private let fixture: PlanFixture
  private let folder: String

  init() throws {
    var fixture = try PlanFixture()
    fixture.settings.formats.iif.documentsPerFile = 10
    let whole = try ConversionTests.company(fixture, "whole")
    company = try ConversionTests.company(fixture, "killed")
    let model = try SyncLedger.open(folder: whole.path)
    _ = try ConversionTests.convert(
      try fixture.plan(export.text), to: whole.outboxPath + "/r1", model, id: "r1")
    try RunRecoveryTests.leave(.beforeTheFirstName, of: whole, in: company, model, export)
    ledger = try SyncLedger.open(folder: company.path)
    folder = company.outboxPath + "/r1"
    self.fixture = fixture
  }

  private func lose(_ loss: Loss) throws {
    let documents = StagedFile.stagedPath(folder: folder, name: "002-documents.iif")
    switch loss {
    case .documentsGone: try FileManager.default.removeItem(atPath: documents)
    case .folderGone: try FileManager.default.removeItem(atPath: folder)
    case .oneNamedAndOneDamaged:
      try FileManager.default.moveItem(atPath: documents, toPath: folder + "/002-documents.iif")
      let other = StagedFile.stagedPath(folder: folder, name: "003-documents.iif")
      try #require(FileManager.default.fileExists(atPath: other))
      try Data("cut off".utf8).write(to: URL(fileURLWithPath: other))
    }
  }

  private func settle() throws -> [String] {
    try RunRecovery.settle(ledger, in: company, clock: { ConversionTests.time })
  }

  @Test(arguments: Loss.allCases)
  func `nothing is decided for the user, and nothing changes until the answer`(loss: Loss) throws {
    try lose(loss)
    let before = try FileManager.default.subpathsOfDirectory(atPath: company.outboxPath).sorted()
    for _ in 0..<2 {
      let question = try #require(#expect(throws: Failure.self) { _ = try settle() })
      #expect(question.cause == .tryAgain)
      #expect(question.message.contains("run r1 was cut off"))
      #expect(question.remedy.contains("loadbooks ledger settle r1 --as sent, or --as not-sent"))
    }
    #expect(try ledger.unfinishedRuns().map(\.id) == ["r1"])
    let after = try FileManager.default.subpathsOfDirectory(atPath: company.outboxPath).sorted()
    #expect(after == before)
  }

  @Test(arguments: Loss.allCases)
  func `what was sent stays sent, and the files that are left get their names`(loss: Loss) throws {
    try lose(loss)
    let told = try RunRecovery.settle(
      "r1", as: .sent, in: company, of: ledger, clock: { ConversionTests.time })
    #expect(told == "run r1 is finished; its invoices count as sent")
    #expect(try ledger.run("r1")?.state == .finished)
    #expect(try ledger.events(run: "r1").map(\.kind) == [.runSettled])
    #expect(try settle().isEmpty)
    var again = fixture
    again.ledger = try ledger.snapshot()
    #expect(try again.plan().report.totals.delivered == .zero)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    #expect(names.allSatisfy { !$0.hasPrefix(".") })
    #expect(names.isEmpty == (loss == .folderGone))
  }

  @Test(arguments: Loss.allCases)
  func `what was not sent may be sent again, and no file of it is left`(loss: Loss) throws {
    try lose(loss)
    _ = try RunRecovery.settle(
      "r1", as: .notSent, in: company, of: ledger, clock: { ConversionTests.time })
    #expect(try ledger.run("r1")?.state == .undone)
    #expect(!FileManager.default.fileExists(atPath: folder))
    var again = fixture
    again.ledger = try ledger.snapshot()
    let plan = try again.plan()
    #expect(plan.report.totals.delivered.invoices == export.invoices.count { $0.defect == nil })
    _ = try ConversionTests.convert(plan, to: company.outboxPath + "/r2", ledger, id: "r2")
  }

  @Test func `a put-back file answers the question`() throws {
    let documents = StagedFile.stagedPath(folder: folder, name: "002-documents.iif")
    try FileManager.default.moveItem(atPath: documents, toPath: company.path + "/elsewhere")
    #expect(throws: Failure.self) { _ = try settle() }
    try FileManager.default.moveItem(
      atPath: company.path + "/elsewhere", toPath: folder + "/002-documents.iif")
    #expect(try settle().count == 1)
    #expect(try ledger.run("r1")?.state == .finished)
  }

  @Test func `an answer about a run that is settled is refused`() throws {
    _ = try settle()
    let refusal = try #require(
      #expect(throws: Failure.self) {
        _ = try RunRecovery.settle(
          "r1", as: .notSent, in: company, of: ledger, clock: { ConversionTests.time })
      })
    #expect(refusal.cause == .usage)
    #expect(try ledger.run("r1")?.state == .finished)
  }

  @Test func `documents that are damaged before anything had its name are written again`() throws {
    let documents = StagedFile.stagedPath(folder: folder, name: "003-documents.iif")
    try Data("cut off".utf8).write(to: URL(fileURLWithPath: documents))
    // A report already has its name: it goes too.
    try FileManager.default.moveItem(
      atPath: StagedFile.stagedPath(folder: folder, name: "sync-report.txt"),
      toPath: folder + "/sync-report.txt")
    let told = try settle()
    #expect(told.count == 1 && told[0].contains("taken back"))
    #expect(!FileManager.default.fileExists(atPath: folder))
    #expect(try ledger.run("r1")?.state == .undone)
  }

  @Test func `what a killed run left in a folder of its own choice is cleared away`() throws {
    _ = try settle()
    let elsewhere = fixture.folder.path("elsewhere")
    for name in [".001-lists.iif.partial", ".held.csv.partial"] {
      try fixture.folder.write("x", to: "elsewhere/" + name)
    }
    try fixture.folder.write("mine", to: "elsewhere/.notes.partial")
    _ = try RunRecovery.settle(
      ledger, in: company, abandoned: elsewhere, clock: { ConversionTests.time })
    #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere) == [".notes.partial"])
  }

  @Test func `a ledger that has lost a run of the outbox is not written to`() throws {
    let run = company.outboxPath + "/20261123-093240-6b89"
    try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: run + "/sync-report.json"))
    #expect(try company.unknownRuns(ledger) == ["20261123-093240-6b89"])
    for memory in [ledger, nil] {
      let refusal = try #require(
        #expect(throws: Failure.self) { try company.refuseUnknownRuns(memory) })
      #expect(refusal.cause == .settingsWrong)
      #expect(
        refusal.message.contains("run 20261123-093240-6b89 of which the ledger knows nothing"))
    }
    #expect(try LedgerAudit(company).isClean == false)
  }

  @Test func `two runs without memory do not write into one folder`() throws {
    let first = try OutputFolder(fixture.folder.path("out"))
    let refusal = try #require(
      #expect(throws: Failure.self) { _ = try OutputFolder(fixture.folder.path("out")) })
    #expect(refusal.cause == .tryAgain)
    first.release()
    try OutputFolder(fixture.folder.path("out")).release()
  }
}
