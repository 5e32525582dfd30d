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

  /// Drops `a.csv` with invoice 1 or `b.csv` with invoice 2; returns where it is.
  @discardableResult
  private func dropped(_ name: String) throws -> String {
    try sandbox.drop(Sandbox.export([name == "a.csv" ? 1 : 2]), as: name)
    return sandbox.inbox + "/" + name
  }

  /// A batch of two files, as it is written down before anything is moved.
  @discardableResult
  private func begin(_ names: [String] = ["a.csv", "b.csv"]) throws -> Batch {
    for name in names where SeenFile(sandbox.inbox + "/" + name) == nil { try dropped(name) }
    let lock = try CompanyLock.acquire(
      folder: sandbox.company.path, command: "test", since: "now")
    defer { lock.release() }
    let delivery = TestDelivery(clock: sandbox.time.clock)
    let work = BatchWork(
      company: sandbox.company, ledger: try sandbox.ledger(), lock: lock, delivery: delivery,
      planner: KeptPlanner(sandbox.company, delivery), clock: sandbox.time.clock)
    return try work.begin(
      try names.map {
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

  @Test
  func `a group that ends the program again and again is halved, so that one file holds no other`()
    throws
  {
    var batch = try begin()
    try move("a.csv", batch)
    try move("b.csv", batch)
    (batch.stage, batch.attempts) = (.claimed, BatchWork.mostAttempts)
    try store.save(batch)
    try expectAllIsDone(2)
  }

  @Test func `a file that ends the program again and again is held`() throws {
    var batch = try begin(["a.csv"])
    try move("a.csv", batch)
    (batch.stage, batch.attempts) = (.claimed, BatchWork.mostAttempts)
    try store.save(batch)
    try sandbox.drop(Sandbox.export([3]), as: "c.csv")
    sandbox.settle()
    #expect(sandbox.heldFiles == ["a.csv"])
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
      "a.csv", from: sandbox.company.path + "/archive/x")
    #expect(try sandbox.folder.text("acme/inbox/a.csv") == "new")
    #expect(try sandbox.folder.text("acme/inbox/a (2).csv") == "old")
  }

  // MARK: - Files that are not complete after all

  /// Somebody has a file open who has written half of it and is slow with the rest.
  private func openSlowly(_ path: String) throws -> FileHandle {
    let whole = Sandbox.export([2])
    let writer = try #require(FileHandle(forUpdatingAtPath: path))
    try writer.truncate(atOffset: UInt64(whole.utf8.count - 9))
    try writer.seekToEnd()
    return writer
  }

  private func finish(_ writer: FileHandle) throws {
    try writer.write(contentsOf: Data(Sandbox.export([2]).utf8.suffix(9)))
    try writer.close()
  }

  /// What was half there when the process was killed goes back, and is taken when it is whole.
  private func expectTakenWhole(_ writer: FileHandle) throws {
    sandbox.restart()
    sandbox.turn()
    #expect(sandbox.names("inbox").contains("b.csv"))
    sandbox.settle(turns: 4)
    #expect(try sandbox.documents() == ["1": 1])
    try finish(writer)
    sandbox.settle()
    #expect(try sandbox.documents() == ["1": 1, "2": 1])
    #expect(sandbox.archived == ["a.csv", "b.csv"])
    #expect(sandbox.heldFiles.isEmpty)
    #expect(sandbox.names("inbox").isEmpty)
  }

  #if os(Linux)
    @Test(arguments: [Batch.Stage.claiming, .claimed, .delivering])
    func `a file that is still written to after a restart is not read half`(
      _ stage: Batch.Stage
    ) throws {
      let writer = try openSlowly(try dropped("b.csv"))
      var batch = try begin(["a.csv", "b.csv"])
      try move("a.csv", batch)
      try move("b.csv", batch)
      (batch.stage, batch.attempts) = (stage, stage == .claiming ? 0 : 1)
      try store.save(batch)
      try expectTakenWhole(writer)
    }

    @Test func `nor one that was on its way to another disk`() throws {
      let writer = try openSlowly(try dropped("b.csv"))
      let batch = try begin(["a.csv", "b.csv"])
      try FileManager.default.createDirectory(
        atPath: folders.transit(batch.key), withIntermediateDirectories: true)
      try FileManager.default.moveItem(
        atPath: sandbox.inbox + "/b.csv", toPath: folders.transit(batch.key) + "/b.csv")
      // The copy was half done, too.
      try sandbox.folder.write("half", to: "acme/archive/\(batch.id)/.loadbooks-copy.partial")
      try expectTakenWhole(writer)
      #expect(SeenFile(folders.transit(batch.key)) == nil)
      #expect(!sandbox.names("archive").contains { $0.contains("partial") })
    }
  #endif

  @Test func `customers go back with the invoices that they came with`() throws {
    try sandbox.drop("customer_name\nSecret Customer 2\n", as: "a.csv")
    var batch = try begin()
    try move("a.csv", batch)
    try move("b.csv", batch)
    batch.stage = .claimed
    try store.save(batch)
    try Data(Sandbox.export([2, 9]).utf8).write(
      to: URL(fileURLWithPath: folders.archive(batch.id) + "/b.csv"))
    sandbox.restart()
    sandbox.turn()
    #expect(sandbox.names("inbox") == ["a.csv", "b.csv"])
    #expect(sandbox.heldFiles.isEmpty)
    sandbox.settle()
    #expect(try sandbox.documents() == ["2": 1, "9": 1])
    #expect(sandbox.archived == ["a.csv", "b.csv"])
    #expect(sandbox.heldFiles.isEmpty)
  }

  @Test func `a file that was written to between kill and restart goes back`() throws {
    let batch = try begin()
    try move("a.csv", batch)
    try move("b.csv", batch)
    try Data(Sandbox.export([2, 3]).utf8).write(
      to: URL(fileURLWithPath: folders.archive(batch.id) + "/b.csv"))
    sandbox.restart()
    sandbox.turn()
    #expect(sandbox.names("inbox") == ["b.csv"])
    sandbox.settle()
    #expect(try sandbox.documents() == ["1": 1, "2": 1, "3": 1])
  }

  @Test func `killed between a copy to another disk and the end of the original`() throws {
    let batch = try begin()
    let transit = folders.transit(batch.key)
    try FileManager.default.createDirectory(atPath: transit, withIntermediateDirectories: true)
    try FileManager.default.moveItem(
      atPath: sandbox.inbox + "/a.csv", toPath: transit + "/a.csv")
    try FileManager.default.createDirectory(
      atPath: folders.archive(batch.id), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: transit + "/a.csv", toPath: folders.archive(batch.id) + "/a.csv")
    try expectAllIsDone(id: batch.id)
    #expect(SeenFile(transit) == nil)
  }
}
