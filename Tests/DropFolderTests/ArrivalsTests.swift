import Foundation
import Sync
import TestSupport
import Testing
import Vocabulary

@testable import DropFolder

struct ArrivalsTests {
  private let folder: TemporaryFolder
  private var arrivals = Arrivals()
  private let settings = Settings.defaults.watch

  init() throws { folder = try TemporaryFolder() }

  private mutating func look(_ seconds: Int, open: Set<String> = []) throws -> InboxView {
    try arrivals.look(at: folder.path, settings, open: open, now: .seconds(seconds))
  }

  @Test mutating func `a file is complete when it was still for the quiet time`() throws {
    try folder.write("a", to: "a.csv")
    #expect(try look(0).arriving == 1)
    #expect(try look(9).lookAgain == .seconds(1))
    let view = try look(10)
    #expect(view.ready.map(\.name) == ["a.csv"])
    #expect(view.isClosed)
  }

  @Test mutating func `whatever changes begins anew`() throws {
    try folder.write("a", to: "a.csv")
    _ = try look(0)
    try folder.write("ab", to: "a.csv")
    #expect(try look(10).ready.isEmpty)
    // The same size, but another file.
    try folder.write("cd", to: "b")
    try FileManager.default.removeItem(atPath: folder.path("a.csv"))
    try FileManager.default.moveItem(atPath: folder.path("b"), toPath: folder.path("a.csv"))
    #expect(try look(20).ready.isEmpty)
    // A new name alone changes it, too: who moves a file is still at work.
    #expect(try look(30).ready.count == 1)
  }

  @Test mutating func `complete files wait for those that are arriving, but not for ever`() throws {
    try folder.write("a", to: "customers.csv")
    _ = try look(0)
    var view = InboxView()
    for second in stride(from: 9, through: 609, by: 9) {
      try folder.write(String(repeating: "x", count: second), to: "invoices.csv")
      view = try look(second)
      #expect(!view.isClosed, "at \(second)")
    }
    try folder.write("", to: "invoices.csv")
    view = try look(611)
    #expect(view.isClosed)
    #expect(view.ready.map(\.name) == ["customers.csv"])
    #expect(view.arriving == 1)
  }

  @Test mutating func `a file that somebody has open for writing is not complete`() throws {
    try folder.write("a", to: "a.csv")
    #if os(Linux)
      let writer = try FileHandle(forWritingTo: folder.url.appendingPathComponent("a.csv"))
      _ = try look(0)
      #expect(try look(5000).ready.isEmpty)
      try writer.close()
    #else
      _ = try look(0)
      #expect(try look(5000, open: ["a.csv"]).ready.isEmpty)
    #endif
    #expect(try look(5001).ready.count == 1)
  }

  @Test mutating func `an empty file waits for its content, and is taken after the longest wait`()
    throws
  {
    try folder.write("", to: "a.csv")
    _ = try look(0)
    #expect(try look(599).arriving == 1)
    #expect(try look(600).ready.count == 1)
  }

  @Test mutating func `a file that has stalled keeps no other from going`() throws {
    try folder.write("", to: "empty.csv")
    _ = try look(0)
    _ = try look(590)
    try folder.write("a", to: "a.csv")
    _ = try look(595)
    #expect(try look(606).isClosed)
  }

  @Test mutating func `what is no file is not taken, and said`() throws {
    try folder.write("a", to: "sub/a.csv")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link.csv"), withDestinationPath: "/etc/hostname")
    mkfifo(folder.path("pipe.csv"), 0o600)
    _ = try look(0)
    let view = try look(1000)
    #expect(view.ready.isEmpty)
    #expect(view.arriving == 0)
    #expect(view.passedOver.keys.sorted() == ["link.csv", "pipe.csv", "sub"])
  }

  @Test mutating func `a folder that is gone is a failure, not an empty inbox`() throws {
    try FileManager.default.removeItem(atPath: folder.path)
    #expect(throws: Failure.self) { try look(0) }
  }

  @Test mutating func `names that differ only in the form of their characters are two files`()
    throws
  {
    let (one, two) = ("caf\u{E9}.csv", "cafe\u{301}.csv")
    try folder.write("x", to: one)
    try folder.write("y", to: two)
    _ = try look(0)
    #expect(try look(10).ready.map { Array($0.name.utf8) } == [Array(two.utf8), Array(one.utf8)])
    let batch = Batch(
      key: "k", id: "k", began: "",
      files: try look(11).ready.map { Batch.File(name: $0.name, signature: $0.signature) },
      held: [Batch.HeldFile(name: one, cause: "", message: "", remedy: "")])
    #expect(batch.names.map { Array($0.utf8) } == [Array(two.utf8)])
  }

  @Test
  mutating func
    `a file with a second name elsewhere is not taken, and one with no text as its name is told how`()
    throws
  {
    try folder.write("x", to: "a.csv")
    link(folder.path("a.csv"), folder.path("b.csv"))
    let path = Array(folder.path.utf8) + Array("/caf".utf8) + [0xE9, 0]
    let descriptor = path.withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { open($0.baseAddress!, O_WRONLY | O_CREAT, 0o644) }
    }
    close(descriptor)
    _ = try look(0)
    let view = try look(10)
    #expect(view.ready.isEmpty)
    #expect(view.passedOver["a.csv"]?.contains("hard link") == true)
    #expect(view.passedOver["caf\\xE9"]?.contains("mv $'caf\\xE9'") == true, "\(view.passedOver)")
    // The second name is gone: now it is only the inbox's.
    unlink(folder.path("b.csv"))
    _ = try look(11)
    #expect(try look(21).ready.map(\.name) == ["a.csv"])
  }
}
