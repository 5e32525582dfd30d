import Foundation
import Ledger
import Sync
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import DropFolder

/// Batches that are sent, and a QuickBooks that is not always there.
struct SendingTests {
  /// What QuickBooks does at the moment.
  private final class Mood: Sendable {
    private let failure = Mutex<Failure?>(nil)
    func set(_ new: Failure?) { failure.withLock { $0 = new } }
    func check() throws(Failure) { if let now = failure.withLock(\.self) { throw now } }
  }

  private let mood = Mood()

  private static func unavailable(_ tid: Int) -> Failure {
    Failure(
      .quickBooksUnavailable, "QuickBooks Online cannot be used now (intuit_tid \(tid))",
      remedy: "try again")
  }

  private static let ended = Failure(
    .notAllowed, "the connection has ended", remedy: "loadbooks connect --replace")

  private func sandbox(at point: TestDelivery.Point = .send) throws -> Sandbox {
    let mood = mood
    return try Sandbox(at: { (here) throws(Failure) in if here == point { try mood.check() } })
  }

  @Test func `a lost connection is told once, and the batch goes on when it is back`() throws {
    let sandbox = try sandbox()
    try sandbox.drop(Sandbox.export([1, 2]), as: "a.csv")
    for tid in 0..<5 {
      mood.set(Self.unavailable(tid))
      #expect(sandbox.turn(after: .seconds(130)).isEmpty)
    }
    #expect(sandbox.watch.status.state == .offline)
    // What was taken is no file that waits in the inbox, and it is said where it is.
    #expect(sandbox.watch.status.ready == 0)
    let run = try #require(try sandbox.ledger().runs().first)
    #expect(sandbox.watch.unfinished == [sandbox.company.path + "/archive/" + run.id])
    #expect(sandbox.watch.status.trouble?.cause == "quickBooksUnavailable")
    #expect(sandbox.lines.events.count { $0 == "offline" } == 1)
    #expect(sandbox.lines.events.count { $0 == "batch-resumed" } == 0)
    // What comes meanwhile waits in the inbox: it is planned by what became of this.
    try sandbox.drop(Sandbox.export([3]), as: "b.csv")
    sandbox.turn(after: .seconds(130))
    #expect(sandbox.names("inbox") == ["b.csv"])
    mood.set(nil)
    #expect(sandbox.settle().count == 2)
    #expect(sandbox.lines.events.count { $0 == "online" } == 1)
    #expect(!sandbox.lines.events.contains("trouble"))
    #expect(sandbox.watch.status.trouble == nil)
    #expect(sandbox.watch.unfinished.isEmpty)
    #expect(try sandbox.documents() == ["1": 1, "2": 1, "3": 1])
    // It is the same run that went on.
    #expect(try sandbox.ledger().runs().contains { $0.id == run.id && $0.state == .finished })
    #expect(try sandbox.ledger().runs().count == 2)
  }

  @Test func `before anything is taken, a lost connection leaves the files in the inbox`() throws {
    let sandbox = try sandbox(at: .prepare)
    mood.set(Self.unavailable(1))
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    sandbox.settle(turns: 4)
    #expect(sandbox.names("inbox") == ["a.csv"])
    #expect(sandbox.names("archive").isEmpty)
    #expect(sandbox.watch.status.state == .offline)
    mood.set(nil)
    sandbox.settle(turns: 20)
    #expect(try sandbox.documents() == ["1": 1])
  }

  @Test func `a grant that was ended waits for somebody, and is no passing trouble`() throws {
    let sandbox = try sandbox()
    mood.set(Self.ended)
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    sandbox.settle(turns: 6)
    #expect(sandbox.watch.status.state == .trouble)
    #expect(sandbox.watch.status.trouble?.remedy == "loadbooks connect --replace")
    #expect(sandbox.lines.events.count { $0 == "trouble" } == 1)
    mood.set(nil)
    sandbox.settle(turns: 20)
    #expect(try sandbox.documents() == ["1": 1])
    #expect(sandbox.lines.events.contains("trouble-over"))
  }

  @Test func `killed while it was sent, the next process sends the same run and tells of it once`()
    throws
  {
    let sandbox = try sandbox()
    mood.set(Self.unavailable(1))
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    sandbox.settle(turns: 3)
    let run = try #require(try sandbox.ledger().runs().first?.id)
    sandbox.restart()
    #expect(sandbox.settle() == ["Test Carriers: 1 invoice, 100.00 delivered"])
    #expect(sandbox.watch.status.last?.id == run)
    #expect(try sandbox.ledger().runs().count == 1)
    #expect(sandbox.archived == ["a.csv"])
  }

  @Test func `a run that was taken back while it waited is not sent`() throws {
    let sandbox = try sandbox()
    mood.set(Self.unavailable(1))
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    sandbox.settle(turns: 3)
    let ledger = try sandbox.ledger()
    let run = try #require(try ledger.runs().first?.id)
    try ledger.beginUndo(
      UndoRecord(
        run: run, startedAt: "2026-11-23T13:00:00Z", finishedAt: nil, reason: "not this one",
        by: "me", folder: nil))
    _ = try ledger.finishUndo(run: run, at: "2026-11-23T13:00:01Z")
    let told = sandbox.settle(turns: 30)
    #expect(told.count == 1)
    #expect(told.first?.contains("taken back since") == true)
    #expect(sandbox.watch.status.trouble == nil)
  }

  @Test func `what may pass by itself is well for a while, and not for ever`() throws {
    var status = WatchStatus(
      pid: getpid(), host: Computer.name, started: "2026-11-23T12:00:00Z",
      seen: "2026-11-23T12:14:00Z", lateAfter: 120)
    status.trouble = WatchStatus.Trouble(
      cause: "quickBooksUnavailable", message: "", remedy: "", since: "2026-11-23T12:00:00Z")
    // It is tried again just now, which is no sign that anything is better.
    for state in [WatchStatus.State.offline, .working] {
      status.state = state
      for (minute, isWell) in [("14", true), ("16", false)] {
        status.seen = "2026-11-23T12:\(minute):00Z"
        let now = try Date("2026-11-23T12:\(minute):00Z", strategy: .iso8601)
        #expect(status.isWell(at: now) == isWell, "\(state) at \(minute)")
      }
    }
  }

  @Test func `what QuickBooks refuses is held, with its words, and the rest is delivered`() throws {
    let sandbox = try Sandbox(sends: { (run, ledger) throws(Failure) in
      var answer = LedgerAnswer(
        entity: .invoice, name: "2", requestID: "r2", messageSet: "body", result: .refused)
      (answer.code, answer.words) = ("6210", "The period is closed.")
      var other = LedgerAnswer(
        entity: .invoice, name: "3", requestID: "r3", messageSet: "body", result: .accepted)
      other.remarks = [LedgerRemark(kind: "answer-total-differs", message: "QuickBooks made 9.99")]
      _ = try ledger.record(answers: [answer, other], ofRun: run.id, at: "2026-11-23T12:00:02Z")
    })
    try sandbox.drop(Sandbox.export([1, 2, 3]), as: "a.csv")
    #expect(
      sandbox.settle() == [
        "Test Carriers: 2 invoices, 200.00 delivered, 1 invoice, 100.00 refused by QuickBooks, "
          + "1 otherwise in QuickBooks than sent"
      ])
    #expect(sandbox.watch.hasHeld)
    #expect(sandbox.heldFiles == ["refused.txt"])
    let batch = try #require(sandbox.watch.status.last?.id)
    let text = try sandbox.folder.text("acme/held/\(batch)/refused.txt")
    #expect(text.contains("2  Secret Customer 2  2026-11-02  100.00\n  6210: The period is"))
    #expect(text.contains("QuickBooks made 9.99"))
    #expect(text.contains("archive/\(batch)"))
    let summary = try sandbox.folder.text("acme/outbox/\(batch)/summary.txt")
    #expect(summary.contains("  refused     1 invoice, 100.00: see refused.txt"))
    #expect(summary.contains("  to mend     "))
    // Dropped again after it was put right, only that one goes.
    try sandbox.drop(Sandbox.export([1, 2, 3]) + "\n", as: "again.csv")
    sandbox.restart()
    #expect(sandbox.settle() == ["Test Carriers: 1 invoice, 100.00 delivered"])
  }
}
