import Foundation
import Ledger
import Sync
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import DropFolder

/// Whatever ends a process, the next one goes on, and every invoice is sent exactly once.
///
/// A kill is what it leaves: the journal as it was written last, and files where they were moved to.
struct ResumeTests {
  private let sandbox: Sandbox
  private var store: BatchStore { BatchStore(folders: folders) }
  private var folders: BatchFolders { BatchFolders(company: sandbox.company) }

  init() throws { sandbox = try Sandbox() }

  /// A batch of two files, as it is written down before anything is moved.
  @discardableResult
  private func begin() throws -> Batch {
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    try sandbox.drop(Sandbox.export([2]), as: "b.csv")
    let lock = try CompanyLock.acquire(
      folder: sandbox.company.path, command: "test", since: "now")
    defer { lock.release() }
    let work = BatchWork(
      company: sandbox.company, ledger: try sandbox.ledger(), lock: lock,
      delivery: TestDelivery(clock: sandbox.time.clock), clock: sandbox.time.clock)
    return try work.begin(
      try ["a.csv", "b.csv"].map {
        ReadyFile(name: $0, signature: try #require(SeenFile(sandbox.inbox + "/" + $0)).signature)
      })
  }

  private func move(_ name: String, _ batch: Batch) throws {
    try FileManager.default.createDirectory(
      atPath: folders.archive(batch.id), withIntermediateDirectories: true)
    try FileManager.default.moveItem(
      atPath: sandbox.inbox + "/" + name, toPath: folders.archive(batch.id) + "/" + name)
  }

  /// Everything is as if nothing had happened.
  private func expectAllIsDone(id: String? = nil, _ batches: Int = 1) throws {
    sandbox.restart()
    sandbox.settle()
    #expect(try sandbox.documents() == ["1": 1, "2": 1])
    #expect(sandbox.archived == ["a.csv", "b.csv"])
    #expect(sandbox.names("inbox").isEmpty)
    #expect(sandbox.names(".loadbooks/watch").isEmpty)
    #expect(sandbox.heldFiles.isEmpty)
    #expect(sandbox.watch.status.counts.batches == batches)
    if let id { #expect(sandbox.watch.status.last?.id == id) }
  }

  @Test func `killed before the first file was moved`() throws {
    let batch = try begin()
    try expectAllIsDone(id: batch.id)
  }

  @Test func `what was only half written down is cleared away`() throws {
    let batch = try begin()
    try sandbox.folder.write("{", to: "acme/.loadbooks/watch/.other.json.partial")
    try sandbox.folder.write("{", to: "acme/.loadbooks/.watch.json.1.new")
    try expectAllIsDone(id: batch.id)
    #expect(!sandbox.names(".loadbooks").contains { $0.contains("partial") || $0.hasSuffix("new") })
  }

  @Test func `killed between two files`() throws {
    let batch = try begin()
    try move("a.csv", batch)
    try expectAllIsDone(id: batch.id)
  }

  @Test func `killed while a file was carried to another disk`() throws {
    let batch = try begin()
    try FileManager.default.createDirectory(
      atPath: folders.transit(batch.key), withIntermediateDirectories: true)
    try FileManager.default.moveItem(
      atPath: sandbox.inbox + "/a.csv", toPath: folders.transit(batch.key) + "/a.csv")
    try expectAllIsDone(id: batch.id)
    #expect(SeenFile(folders.transit(batch.key)) == nil)
  }

  @Test func `a file that has changed since is left, and taken when it is still again`() throws {
    let batch = try begin()
    try move("a.csv", batch)
    let path = sandbox.inbox + "/b.csv"
    try FileManager.default.removeItem(atPath: path)
    try sandbox.drop(Sandbox.export([2]), as: "b.csv")
    try expectAllIsDone(2)
  }

  @Test func `killed before the run was recorded`() throws {
    var batch = try begin()
    try move("a.csv", batch)
    try move("b.csv", batch)
    (batch.stage, batch.attempts) = (.delivering, 1)
    try store.save(batch)
    try expectAllIsDone(id: batch.id)
  }

  @Test func `killed behind the run, before it was told`() throws {
    try begin()
    let isKilled = Mutex(true)
    // What comes behind the run never happens: the journal stays as it was before.
    sandbox.restart { point throws(Failure) in
      if point == .afterRun, isKilled.withLock({ $0 }) {
        throw Failure(.tryAgain, "killed", remedy: "")
      }
    }
    sandbox.turn()
    #expect(try store.load().map(\.stage) == [.delivering])
    #expect(try sandbox.ledger().runs().map(\.state) == [.finished])
    try expectAllIsDone()
    #expect(try sandbox.ledger().runs().count == 1)
  }

  @Test func `a run that was cut off and taken back is done again under another id`() throws {
    var batch = try begin()
    try move("a.csv", batch)
    try move("b.csv", batch)
    batch.stage = .delivering
    try store.save(batch)
    let ledger = try sandbox.ledger()
    try ledger.record(
      RunRecord(
        id: batch.id, command: "watch", target: "iif", startedAt: "2026-11-23T12:00:00Z",
        plan: Fingerprint(of: "x"), outputFolder: folders.outbox(batch.id), inputs: [])
    ) { (_) throws(Failure) in RunCompletion(totals: RunRecord.Totals(), outputs: []) }
    try ledger.forget(run: batch.id, at: "2026-11-23T12:00:00Z", because: "test")
    try expectAllIsDone()
    let id = try #require(sandbox.watch.status.last?.id)
    #expect(id != batch.id)
    #expect(sandbox.names("archive").allSatisfy { $0.hasPrefix(id + "/") })
  }

  @Test func `a run that the user has taken back meanwhile is not done again`() throws {
    let batch = try begin()
    sandbox.restart { point throws(Failure) in
      if point == .afterRun { throw Failure(.tryAgain, "killed", remedy: "") }
    }
    sandbox.turn()
    let ledger = try sandbox.ledger()
    let undo = try RunUndo(batch.id, ledger, in: sandbox.company)
    _ = try undo.perform(
      ledger, in: sandbox.company, name: "Test", settings: .defaults, because: "wrong month",
      by: "Rosa",
      clock: { "2026-11-23T13:00:00Z" })
    sandbox.restart()
    sandbox.settle()
    #expect(try sandbox.documents().isEmpty)
    #expect(sandbox.archived == ["a.csv", "b.csv"])
    #expect(sandbox.names(".loadbooks/watch").isEmpty)
    #expect(sandbox.watch.status.last?.headline.contains("taken back since") == true)
  }

  @Test func `killed while held files were moved`() throws {
    var batch = try begin()
    try move("a.csv", batch)
    try move("b.csv", batch)
    try sandbox.folder.write("poison\n", to: "acme/archive/\(batch.id)/c.csv")
    let seen = try #require(SeenFile(folders.archive(batch.id) + "/c.csv"))
    batch.files.append(Batch.File(name: "c.csv", signature: seen.signature))
    batch.held = [
      Batch.HeldFile(name: "c.csv", cause: "inputUnreadable", message: "poison", remedy: "mend it")
    ]
    batch.stage = .claimed
    try store.save(batch)
    sandbox.restart()
    sandbox.settle()
    #expect(try sandbox.documents() == ["1": 1, "2": 1])
    #expect(sandbox.heldFiles == ["c.csv"])
    #expect(sandbox.archived == ["a.csv", "b.csv"])
  }

  @Test func `killed before it was told: it is told again`() throws {
    try begin()
    sandbox.turn()
    sandbox.restart()
    sandbox.settle()
    var batch = try #require(
      try sandbox.ledger().runs().first.map { run in
        Batch(key: run.id, id: run.id, stage: .done, began: "now", files: [])
      })
    batch.run = Batch.Run(target: "iif")
    try store.save(batch)
    sandbox.restart()
    sandbox.settle()
    #expect(sandbox.watch.status.counts.batches == 1)
    #expect(sandbox.names(".loadbooks/watch").isEmpty)
  }

  @Test func `what ends the program again and again is held`() throws {
    var batch = try begin()
    try move("a.csv", batch)
    try move("b.csv", batch)
    (batch.stage, batch.attempts) = (.claimed, BatchWork.mostAttempts)
    try store.save(batch)
    try sandbox.drop(Sandbox.export([3]), as: "c.csv")
    sandbox.settle()
    #expect(sandbox.heldFiles == ["a.csv", "b.csv"])
    #expect(try sandbox.documents() == ["3": 1])
    #expect(try sandbox.folder.text("acme/held/\(batch.id)/why.txt").contains("ended abruptly"))
  }

  @Test func `a damaged journal is said, and nothing is thrown away`() throws {
    let batch = try begin()
    try sandbox.folder.write("{", to: "acme/.loadbooks/watch/\(batch.key).json")
    sandbox.settle(turns: 3)
    #expect(sandbox.watch.status.trouble?.cause == "settingsWrong")
    #expect(sandbox.watch.status.trouble?.remedy.contains("back into the inbox") == true)
    #expect(sandbox.names("inbox") == ["a.csv", "b.csv"])
  }

  @Test func `giving back never writes over what has come meanwhile`() throws {
    try sandbox.folder.write("old", to: "acme/archive/x/a.csv")
    try sandbox.drop("new", as: "a.csv")
    try BatchClaim(folders: folders).giveBack(
      sandbox.company.path + "/archive/x/a.csv", as: "a.csv")
    #expect(try sandbox.folder.text("acme/inbox/a.csv") == "new")
    #expect(try sandbox.folder.text("acme/inbox/a (2).csv") == "old")
  }

  @Test(arguments: [
    ("a.csv", 1, "a.csv"), ("a.csv", 2, "a (2).csv"), ("a", 3, "a (3)"), (".x", 2, ".x (2)"),
    ("a.b.csv", 2, "a.b (2).csv"),
  ])
  func `names with numbers`(_ name: String, _ number: Int, _ expected: String) {
    #expect(FileNames.numbered(name, number) == expected)
  }
}
