import Foundation
import GRDB
import Testing
import Vocabulary

@testable import Ledger

@Suite struct SyncLedgerTests {
  let sandbox: LedgerSandbox

  init() throws {
    sandbox = try LedgerSandbox()
  }

  // MARK: opening

  @Test func `a new ledger lies in a folder that only its owner may enter`() throws {
    _ = try sandbox.open()
    let attributes = try FileManager.default.attributesOfItem(
      atPath: sandbox.folder + "/.loadbooks")
    #expect(attributes[.posixPermissions] as? Int == 0o700)
    #expect(sandbox.files.contains(".loadbooks/ledger.sqlite"))
  }

  @Test func `a commit means that the disk has it`() throws {
    let ledger = try sandbox.open()
    let settings = try ledger.queue.unsafeRead { db in
      try ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"].map {
        try String.fetchOne(db, sql: "PRAGMA \($0)")
      }
    }
    #expect(settings == ["wal", "2", "1", "10000"])
  }

  @Test func `nothing is read where there is no ledger, and nothing is made`() throws {
    #expect(try SyncLedger.openReadOnly(folder: sandbox.folder) == nil)
    #expect(try SyncLedger.openReadOnly(folder: sandbox.folder + "/nowhere") == nil)
    #expect(sandbox.files == [])
  }

  @Test func `reading leaves the folder as it was`() throws {
    try sandbox.open().record("R1", [Example.entry("10231", run: "R1")])
    let before = sandbox.files
    let bytes = FileManager.default.contents(atPath: sandbox.ledgerPath)
    do {
      let ledger = try #require(try SyncLedger.openReadOnly(folder: sandbox.folder))
      #expect(try ledger.snapshot().lookup("10231") != nil)
      #expect(try ledger.runs().count == 1)
    }
    #expect(sandbox.files == before)
    #expect(FileManager.default.contents(atPath: sandbox.ledgerPath) == bytes)
  }

  @Test func `a ledger in a folder that cannot be written can be read`() throws {
    try sandbox.open().record("R1", [Example.entry("10231", run: "R1")])
    let before = sandbox.files
    do {
      let queue = try SyncLedger.readOnlyQueue(sandbox.ledgerPath, folderIsWritable: false)
      let count = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM invoices") }
      #expect(count == 1)
      #expect(sandbox.files == before)
    }
  }

  @Test(.enabled(if: geteuid() != 0, "the superuser may write everywhere"))
  func `a folder that cannot be written is told, with the remedy`() throws {
    try sandbox.open().record("R1", [Example.entry("10231", run: "R1")])
    let hidden = sandbox.folder + "/.loadbooks"
    chmod(hidden, 0o500)
    defer { chmod(hidden, 0o700) }
    #expect(try SyncLedger.openReadOnly(folder: sandbox.folder)?.runs().count == 1)
    #expect(try failure { _ = try sandbox.open() }.cause == .cannotWrite)
  }

  @Test func `a ledger opened for reading refuses to be written`() throws {
    _ = try sandbox.open()
    let ledger = try #require(try SyncLedger.openReadOnly(folder: sandbox.folder))
    let refusal = try failure {
      try ledger.record("R1", [Example.entry("10231", run: "R1")])
    }
    #expect(refusal.cause == .ownBug)
  }

  @Test func `readers see the last commit while a run is being recorded`() throws {
    let ledger = try sandbox.open()
    try ledger.record(Example.run("R1")) { recorder throws(Failure) in
      try recorder.add(invoice: Example.entry("10231", run: "R1"))
      let reader = try SyncLedger.openReadOnly(folder: sandbox.folder)
      #expect(try reader?.snapshot().count == 0)
      return Example.completion([Example.entry("10231", run: "R1")], run: "R1")
    }
    #expect(try SyncLedger.openReadOnly(folder: sandbox.folder)?.snapshot().count == 1)
  }

  // MARK: files that are no ledger

  private func replaceLedger(with bytes: Data) throws {
    try FileManager.default.createDirectory(
      atPath: sandbox.folder + "/.loadbooks", withIntermediateDirectories: true)
    try bytes.write(to: URL(fileURLWithPath: sandbox.ledgerPath))
  }

  @Test func `a file that is no database is told and left alone`() throws {
    let bytes = Data("number,amount\n10231,1250.00\n".utf8 + [UInt8](repeating: 65, count: 9000))
    try replaceLedger(with: bytes)
    for open in [
      { _ = try sandbox.open() }, { _ = try SyncLedger.openReadOnly(folder: sandbox.folder) },
    ] {
      let refusal = try failure(open)
      #expect(refusal.cause == .settingsWrong)
      #expect(refusal.message == "\(sandbox.ledgerPath) is not a LoadBooks ledger")
    }
    #expect(FileManager.default.contents(atPath: sandbox.ledgerPath) == bytes)
  }

  @Test func `somebody else's database is told and left alone`() throws {
    try replaceLedger(with: Data())
    do {
      let queue = try DatabaseQueue(path: sandbox.ledgerPath)
      try queue.write { try $0.execute(sql: "CREATE TABLE recipes (name TEXT)") }
    }
    let bytes = FileManager.default.contents(atPath: sandbox.ledgerPath)
    #expect(try failure { _ = try sandbox.open() }.cause == .settingsWrong)
    #expect(
      try failure { _ = try SyncLedger.openReadOnly(folder: sandbox.folder) }.cause
        == .settingsWrong)
    #expect(FileManager.default.contents(atPath: sandbox.ledgerPath) == bytes)
  }

  @Test func `a damaged ledger is told, with the reason not to delete it`() throws {
    let entries = (0..<500).map { Example.entry("\($0)", run: "R1") }
    try sandbox.open().record("R1", entries)
    var bytes = try #require(FileManager.default.contents(atPath: sandbox.ledgerPath))
    bytes.replaceSubrange(
      4096..<bytes.count, with: Data(repeating: 0xA5, count: bytes.count - 4096))
    try bytes.write(to: URL(fileURLWithPath: sandbox.ledgerPath))
    let refusal = try failure { _ = try sandbox.open().snapshot() }
    #expect(refusal.cause == .settingsWrong)
    #expect(refusal.message.contains("is damaged"))
    #expect(refusal.remedy.contains("copy"))
  }

  @Test func `a ledger cut short is told`() throws {
    let entries = (0..<500).map { Example.entry("\($0)", run: "R1") }
    try sandbox.open().record("R1", entries)
    let bytes = try #require(FileManager.default.contents(atPath: sandbox.ledgerPath))
    try bytes.prefix(3 * 4096 + 100).write(to: URL(fileURLWithPath: sandbox.ledgerPath))
    #expect(try failure { _ = try sandbox.open().snapshot() }.cause == .settingsWrong)
  }

  @Test func `an empty file, left by a process that was killed at once, becomes a ledger`() throws {
    try replaceLedger(with: Data())
    #expect(try SyncLedger.openReadOnly(folder: sandbox.folder) == nil)
    try sandbox.open().record("R1", [Example.entry("10231", run: "R1")])
  }

  @Test func `a ledger whose making was cut off is made again`() throws {
    try replaceLedger(with: Data())
    do {
      let queue = try DatabaseQueue(path: sandbox.ledgerPath)
      try queue.write {
        try $0.execute(
          sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
      }
    }
    #expect(try SyncLedger.openReadOnly(folder: sandbox.folder) == nil)
    try sandbox.open().record("R1", [Example.entry("10231", run: "R1")])
  }

  @Test func `a folder that is not there, or a file in its place, is told`() throws {
    let missing = try failure { _ = try SyncLedger.open(folder: sandbox.folder + "/nowhere") }
    #expect(missing.cause == .cannotWrite)
    try Data().write(to: URL(fileURLWithPath: sandbox.folder + "/.loadbooks"))
    let blocked = try failure { _ = try sandbox.open() }
    #expect(blocked.cause == .cannotWrite)
    #expect(blocked.message.contains("is a file"))
  }

  @Test func `a folder in the ledger's place is told`() throws {
    try FileManager.default.createDirectory(
      atPath: sandbox.ledgerPath, withIntermediateDirectories: true)
    #expect(try failure { _ = try sandbox.open() }.cause == .cannotWrite)
  }

  @Test func `a name with blanks, percent and question marks is an ordinary folder`() throws {
    let odd = sandbox.folder + "/Bluebonnet & Söhne 100% #1?"
    try FileManager.default.createDirectory(atPath: odd, withIntermediateDirectories: true)
    try SyncLedger.open(folder: odd).record("R1", [Example.entry("10231", run: "R1")])
    let queue = try SyncLedger.readOnlyQueue(SyncLedger.path(folder: odd), folderIsWritable: false)
    let count = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM invoices") }
    #expect(count == 1)
  }
}
