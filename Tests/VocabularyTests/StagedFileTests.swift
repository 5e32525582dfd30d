import Foundation
import TestSupport
import Testing
import Vocabulary

struct StagedFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a file has its final name only when it is published`() throws {
    let file = try StagedFile(folder: folder.path, name: "a.iif")
    try file.write("Zürich\n")
    try file.write([0x41, 0x42])
    #expect(folder.entries == [".a.iif.partial"])
    #expect(file.fingerprint == nil)
    try file.finish()
    #expect(folder.entries == [".a.iif.partial"])
    try file.publish()
    try StagedFile.syncFolder(folder.path)
    #expect(folder.entries == ["a.iif"])
    let bytes = Array("Zürich\nAB".utf8)
    #expect(try folder.read("a.iif") == bytes)
    #expect(file.byteCount == bytes.count)
    var hasher = FingerprintHasher()
    hasher.update(bytes)
    #expect(file.fingerprint == hasher.finish())
  }

  @Test func `a large file is written in pieces and hashed whole`() throws {
    let file = try StagedFile(folder: folder.path, name: "big")
    var expected: [UInt8] = []
    for index in 0..<7 {
      let piece = [UInt8](repeating: UInt8(index), count: 100_003)
      expected += piece
      try file.write(piece)
    }
    try file.finish()
    try file.publish()
    #expect(try folder.read("big") == expected)
    #expect(file.byteCount == expected.count)
    var hasher = FingerprintHasher()
    hasher.update(expected)
    #expect(file.fingerprint == hasher.finish())
  }

  @Test func `what a killed run left over is replaced, and so is an older file`() throws {
    try folder.write(String(repeating: "left over ", count: 100), to: ".a.iif.partial")
    try folder.write("older", to: "a.iif")
    let file = try StagedFile(folder: folder.path, name: "a.iif")
    try file.write("new")
    try file.finish()
    #expect(try folder.read("a.iif") == Array("older".utf8))
    try file.publish()
    #expect(try folder.read("a.iif") == Array("new".utf8))
    #expect(folder.entries == ["a.iif"])
  }

  @Test func `discarding leaves nothing, neither before nor after finishing`() throws {
    let unfinished = try StagedFile(folder: folder.path, name: "a")
    try unfinished.write("x")
    unfinished.discard()
    #expect(folder.entries.isEmpty)
    let finished = try StagedFile(folder: folder.path, name: "b")
    try finished.finish()
    finished.discard()
    #expect(folder.entries.isEmpty)
    #expect(throws: Failure.self) { try finished.publish() }
  }

  @Test func `a published file is not discarded`() throws {
    let file = try StagedFile(folder: folder.path, name: "a")
    try file.finish()
    try file.publish()
    file.discard()
    #expect(folder.entries == ["a"])
  }

  @Test func `an abandoned file is removed, a finished one stays for its publisher`() throws {
    try StagedFile(folder: folder.path, name: "abandoned").write("x")
    #expect(folder.entries.isEmpty)
    try StagedFile(folder: folder.path, name: "finished").finish()
    #expect(folder.entries == [".finished.partial"])
  }

  @Test func `an unfinished file cannot be published, a finished one cannot grow`() throws {
    let file = try StagedFile(folder: folder.path, name: "a")
    try file.write("x")
    let early = #expect(throws: Failure.self) { try file.publish() }
    #expect(early?.cause == .ownBug)
    #expect(folder.entries == [".a.partial"])
    try file.finish()
    let late = #expect(throws: Failure.self) { try file.write("y") }
    #expect(late?.cause == .ownBug)
    #expect(throws: Failure.self) { try file.write([0x79]) }
    try file.publish()
    #expect(try folder.read("a") == [0x78])
  }

  @Test func `a missing folder cannot be written to`() {
    let missing = folder.path + "/missing"
    let failure = #expect(throws: Failure.self) { try StagedFile(folder: missing, name: "a") }
    #expect(failure?.cause == .cannotWrite)
    #expect(failure?.message.contains(missing) == true)
    #expect(throws: Failure.self) { try StagedFile.syncFolder(missing) }
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func `a read-only folder cannot be written to`() throws {
    try #require(chmod(folder.path, 0o500) == 0)
    defer { chmod(folder.path, 0o700) }
    let failure = #expect(throws: Failure.self) {
      try StagedFile(folder: folder.path, name: "a")
    }
    #expect(failure?.cause == .cannotWrite)
    #expect(failure?.remedy.contains("permissions") == true)
  }

  @Test func `a folder in the way of the final name is reported`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path + "/a", withIntermediateDirectories: false)
    let file = try StagedFile(folder: folder.path, name: "a")
    try file.finish()
    let failure = #expect(throws: Failure.self) { try file.publish() }
    #expect(failure?.cause == .cannotWrite)
    #expect(folder.entries == [".a.partial", "a"])
  }

  private static let reasons: [(Int32, String)] = [
    (ENOSPC, "free some disk space"), (EACCES, "permissions"), (EROFS, "permissions"),
    (EIO, "check the disk"),
  ]

  @Test(arguments: reasons)
  func `the remedy follows the reason`(code: Int32, remedy: String) {
    let failure = Failure.cannotWrite("cannot write a", code)
    #expect(failure.cause == .cannotWrite)
    #expect(failure.message.hasPrefix("cannot write a: "))
    #expect(failure.remedy.contains(remedy))
  }
}
