import Foundation
import Ledger
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// Taking back a run from the command line, cut off at every step, wherever the files are.
struct UndoTests {
  private static let header = "invoice_number,customer_name,invoice_date,category,amount\n"

  /// A company that has converted two invoices.
  private final class Company {
    let folder: TemporaryFolder
    var now = CommandRun.now

    init(_ arguments: String...) throws {
      folder = try TemporaryFolder()
      _ = try run("init", "co")
      try folder.write(
        UndoTests.header
          + "1,Acme,2026-10-01,Line Haul,100.00\n2,Beta,2026-10-02,Line Haul,-7.50\n",
        to: "a.csv")
      let run = try run(["convert", "a.csv", "--company", "co"] + arguments)
      guard run.code == 0 else { throw Failure(.ownBug, run.messages, remedy: "") }
    }

    func run(_ arguments: String...) throws -> CommandRun { try run(arguments) }

    func run(_ arguments: [String]) throws -> CommandRun {
      now += 3600
      return try CommandRun.run(arguments, in: folder.path, at: now)
    }

    var path: String { folder.path("co") }
    var files: Set<String> { Set((try? folder.files().keys.map(\.self)) ?? []) }

    func ledger() throws -> SyncLedger {
      try #require(try SyncLedger.openReadOnly(folder: path))
    }

    var id: String {
      get throws { try #require(try ledger().runs().last?.id) }
    }

    /// Everything is as it must be after the run was taken back, and its invoices go out again.
    func expectUndone(_ id: String, files names: Set<String>) throws {
      let place = "co/outbox/undone/\(id)/"
      let moved = files.filter { $0.hasPrefix(place) }.map { String($0.dropFirst(place.count)) }
      #expect(
        Set(moved)
          == names.union(["remove-from-quickbooks.txt", "remove-from-quickbooks.csv"]))
      #expect(try ledger().run(id)?.state == .undone)
      #expect(try ledger().snapshot().count == 0)
      #expect(
        try folder.text(place + "remove-from-quickbooks.csv")
          == """
          document,number,date,customer,amount,quickbooks_id,loadops_number
          CREDIT MEMO,2,2026-10-02,Beta,-7.50,,2
          INVOICE,1,2026-10-01,Acme,100.00,,1

          """)
      let again = try run("convert", "a.csv", "--company", "co")
      #expect(again.output.contains("delivered 2, 92.50"))
      #expect(again.code == 0)
    }
  }

  private static let written: Set<String> = [
    "001-lists.iif", "002-documents.iif", "held.csv", "invoices.csv", "sync-report.html",
    "sync-report.json", "sync-report.txt",
  ]

  @Test func `a run is taken back whole, and its files move`() throws {
    let company = try Company()
    let id = try company.id
    let shown = try company.run("undo", id, "--company", "co")
    #expect(shown.code == 64)
    #expect(shown.output.contains("2 invoices, 92.50, would be non-synced again"))
    #expect(try company.ledger().snapshot().count == 2)
    let done = try company.run("undo", id, "--company", "co", "--yes", "--reason", "failed")
    #expect(done.code == 0)
    #expect(!company.files.contains { $0.hasPrefix("co/outbox/\(id)/") })
    let again = try company.run("undo", id, "--company", "co", "--yes")
    #expect(again.code == 0)
    #expect(again.output.contains("was taken back already"))
    try company.expectUndone(id, files: Self.written)
  }

  @Test func `files that stand elsewhere move, and their neighbours stay`() throws {
    let company = try Company("--output", "shared")
    try company.folder.write("mine", to: "shared/notes.txt")
    let id = try company.id
    #expect(try company.run("undo", id, "--company", "co", "--yes").code == 0)
    #expect(company.files.contains("shared/notes.txt"))
    #expect(company.files.filter { $0.hasPrefix("shared/") }.count == 1)
    try company.expectUndone(id, files: Self.written)
  }

  @Test func `what somebody put beside the files goes with them, and what is gone is told`() throws
  {
    let company = try Company()
    let id = try company.id
    try company.folder.write("mine", to: "co/outbox/\(id)/notes.txt")
    try FileManager.default.removeItem(
      atPath: company.folder.path("co/outbox/\(id)/002-documents.iif"))
    let shown = try company.run("undo", id, "--company", "co")
    #expect(shown.output.contains("002-documents.iif is not there any more: was it moved"))
    #expect(try company.run("undo", id, "--company", "co", "--yes").code == 0)
    try company.expectUndone(
      id, files: Self.written.subtracting(["002-documents.iif"]).union(["notes.txt"]))
  }

  @Test func `a company folder that was moved takes its runs along`() throws {
    let company = try Company()
    let id = try company.id
    try FileManager.default.moveItem(
      atPath: company.path, toPath: company.folder.path("moved"))
    let verified = try company.run("verify", id, "--company", "moved")
    #expect(verified.code == 0)
    #expect(try company.run("undo", id, "--company", "moved", "--yes").code == 0)
    #expect(company.files.contains("moved/outbox/undone/\(id)/002-documents.iif"))
  }

  /// Where taking back a run can be cut off.
  private static let cuts = [
    "after the intent", "after the list", "with some files moved", "with all files moved",
  ]

  @Test(arguments: cuts)
  func `what was cut off goes on at the next start`(cut: String) throws {
    let company = try Company()
    let id = try company.id
    do {
      let ledger = try SyncLedger.open(folder: company.path)
      try ledger.beginUndo(
        UndoRecord(
          run: id, startedAt: "2026-11-24T00:00:00Z", finishedAt: nil, reason: "failed", by: "",
          folder: nil))
    }
    let place = "co/outbox/undone/\(id)/"
    if cut != Self.cuts[0] {
      try company.folder.write("half a li", to: place + ".remove-from-quickbooks.txt.partial")
      try company.folder.write("an older list", to: place + "remove-from-quickbooks.csv")
    }
    let names = cut == Self.cuts[2] ? ["held.csv", "001-lists.iif"] : Self.written.sorted()
    if cut == Self.cuts[2] || cut == Self.cuts[3] {
      for name in names {
        try FileManager.default.moveItem(
          atPath: company.folder.path("co/outbox/\(id)/\(name)"),
          toPath: company.folder.path(place + name))
      }
    }
    // Until then, everything counts as sent.
    let plan = try company.run("plan", "a.csv", "--company", "co")
    #expect(plan.output.contains("already synced 2, 92.50"))
    #expect(try company.run("runs", "--company", "co").output.contains("being taken back"))
    let next = try company.run("suppress", "9", "--reason", "x", "--company", "co")
    #expect(next.messages.contains("taking back run \(id) was cut off; it is done now: 2 invoices"))
    try company.expectUndone(id, files: Self.written)
  }

  @Test func `a run on which a later one relies, or that changed by hand, is refused`() throws {
    let company = try Company()
    let id = try company.id
    try company.folder.write(
      Self.header + "1,Acme,2026-10-01,Line Haul,100.01\n", to: "b.csv")
    #expect(try company.run("convert", "b.csv", "--company", "co").code == 3)
    #expect(
      try company.run("adopt", "1", "--reason", "changed by hand", "--company", "co").code == 0)
    let refused = try company.run("undo", id, "--company", "co", "--yes")
    #expect(refused.code == 77)
    #expect(refused.messages.contains("invoice 1 was changed in QuickBooks by hand since"))
    #expect(try company.ledger().run(id)?.state == .finished)
    let back = try company.run(
      "adopt", "1", "--take-back", "--reason", "mistaken", "--company", "co")
    #expect(back.output.contains("counts again as run \(id) sent it"))
    #expect(try company.run("undo", id, "--company", "co", "--yes").code == 0)
    #expect(try company.ledger().snapshot().count == 0)
  }

  @Test func `a run that is unknown, or was never finished, is told`() throws {
    let company = try Company()
    let unknown = try company.run("undo", "nope", "--company", "co", "--yes")
    #expect(unknown.code == 64)
    #expect(unknown.messages.contains("there is no run nope"))
  }
}
