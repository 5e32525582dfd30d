import Foundation
import Logging
import Sync
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import DropFolder

/// What is told is told once, and nobody waits for whoever is told.
struct TellingTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private func setHook(_ script: String) throws {
    let path = try sandbox.folder.write("#!/bin/sh\n" + script, to: "hook.sh")
    chmod(path, 0o755)
    let settings = try sandbox.folder.text("acme/loadbooks.yaml")
    try sandbox.folder.write(
      settings.replacing("  # hook: ", with: "  hook: [\(path)]\n  # "), to: "acme/loadbooks.yaml")
  }

  @Test func `what another process tells is not told twice`() throws {
    sandbox.turn()
    let lock = try #require(TellingLock.take(sandbox.company))
    #expect(TellingLock.take(sandbox.company) == nil)
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    #expect(sandbox.settle(turns: 4).isEmpty)
    #expect(try sandbox.documents() == ["1": 1])
    // Whoever goes through the inbox once need not wait for it.
    #expect(sandbox.watch.isFinished)
    lock.release()
    // The other one died before the end: then it is told after all.
    #expect(sandbox.settle().count == 1)
    #expect(sandbox.names(".loadbooks/watch").isEmpty)
  }

  @Test
  func
    `a hook that takes its time is looked after between turns, and its failure is in the status`()
    throws
  {
    try setHook("sleep 2\nexit 5\n")
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    sandbox.turn()
    let start = ContinuousClock.now
    sandbox.turn(after: .seconds(11))
    #expect(ContinuousClock.now - start < .milliseconds(1900))
    #expect(sandbox.watch.isTelling)
    #expect(!sandbox.watch.isFinished)
    // While it runs, nobody else tells.
    #expect(TellingLock.take(sandbox.company) == nil)
    sandbox.watch.stop()
    #expect(!sandbox.watch.isTelling)
    #expect(sandbox.lines.events.contains("hook-failed"))
    #expect(sandbox.names(".loadbooks/watch").isEmpty)
    let status = try #require(WatchStatus.read(sandbox.company))
    #expect(status.hook?.what == "it ended with exit code 5")
    // It stays so after a restart, until a hook does its work.
    sandbox.restart()
    #expect(sandbox.watch.status.hook != nil)
    try setHook("exit 0\n")
    try sandbox.drop(Sandbox.export([2]), as: "b.csv")
    sandbox.settle()
    #expect(sandbox.watch.status.hook == nil)
  }

  @Test func `trouble has its file and line in the status`() throws {
    try sandbox.folder.write(
      "kind,loadops,quickbooks,account,note\nitm,Line Haul,x,,\n", to: "acme/mapping.csv")
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    sandbox.settle(turns: 3)
    #expect(sandbox.watch.status.trouble?.place?.hasSuffix("acme/mapping.csv:2:1") == true)
  }

  @Test func `once: told to stop, it ends while it waits`() throws {
    let settings = "company: x\nwatch: { quiet_time: 60s, longest_wait: 60s }\n"
    try sandbox.folder.write(settings, to: "acme/loadbooks.yaml")
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    let clock = WatchClock.system()
    let watcher = Watcher(
      [sandbox.company], TestDelivery(clock: clock), clock: clock,
      log: .init(
        label: "test", factory: { _ in LogLines(.json, timestamp: { "" }, write: { _ in }) }))
    let thread = Thread {
      usleep(300_000)
      watcher.stop()
    }
    thread.start()
    let start = ContinuousClock.now
    let results = watcher.once()
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(results[0].arriving == 1)
    #expect(results[0].failure == nil)
  }
}
