import Foundation
import Logging
import Sync
import TestSupport
import Testing
import Vocabulary

@testable import DropFolder

/// Several companies in one process, with a clock that runs by itself.
struct WatcherTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A company with something in its inbox, and short times.
  private func company(_ name: String, _ files: [String: String]) throws -> CompanyFolder {
    let company = try CompanyFolder.create(folder.path(name), company: name)
    let times = "watch: { quiet_time: 50ms, longest_wait: 2s, look_every: 100ms }\n"
    try folder.write("company: \(name)\n" + times, to: name + "/loadbooks.yaml")
    for (file, text) in files { try folder.write(text, to: "\(name)/inbox/\(file)") }
    return company
  }

  private func watcher(
    _ companies: [CompanyFolder], health: String? = nil,
    at: @escaping @Sendable (TestDelivery.Point) throws(Failure) -> Void = { _ in }
  ) -> Watcher {
    let clock = WatchClock.system()
    return Watcher(
      companies, TestDelivery(clock: clock, at: at), clock: clock,
      log: .init(
        label: "test", factory: { _ in LogLines(.json, timestamp: { "" }, write: { _ in }) }),
      health: health)
  }

  @Test func `once: one company that waits keeps no other waiting`() throws {
    let lists = ["customers.csv": "customer_name\nSecret Customer 1\n"]
    let companies = [
      try company("acme", lists), try company("bexar", lists),
      try company("comal", ["invoices.csv": Sandbox.export([1, 2])]),
      try company("dallas", [:]),
    ]
    let start = ContinuousClock.now
    let results = watcher(companies).once()
    // Both of the first wait for their invoices, at the same time.
    #expect(ContinuousClock.now - start < .seconds(4))
    #expect(results.map(\.folder) == companies.map(\.path))
    #expect(results.map(\.batches.count) == [1, 1, 1, 0])
    #expect(results.map(\.hasHeld) == [true, true, false, false])
    #expect(results.allSatisfy { $0.failure == nil })
    #expect(results[2].batches[0].text.contains("2 invoices, 200.00 delivered"))
    #expect(companies.allSatisfy { WatchStatus.read($0)?.state == .stopped })
  }

  @Test func `once: a company in trouble ends at once, the others go on`() throws {
    let companies = [
      try company("acme", ["invoices.csv": Sandbox.export([1])]),
      try company("bexar", ["invoices.csv": Sandbox.export([2])]),
    ]
    try folder.write("nonsense: 1\n", to: "acme/loadbooks.yaml")
    let results = watcher(companies).once()
    #expect(results[0].failure?.cause == .settingsWrong)
    #expect(results[0].batches.isEmpty)
    #expect(results[1].batches.count == 1)
  }

  @Test
  func `once: what somebody has open all the time is counted, and what came with it is taken`()
    throws
  {
    let company = try company("acme", ["a.csv": Sandbox.export([1]), "b.csv": Sandbox.export([2])])
    let file = try #require(
      FileHandle(forUpdatingAtPath: folder.path("acme/inbox/b.csv")))
    try folder.write(
      "company: acme\nwatch: { quiet_time: 50ms, longest_wait: 100ms, look_every: 20ms }\n",
      to: "acme/loadbooks.yaml")
    let result = watcher([company]).once()[0]
    #expect(result.batches.count == 1)
    #expect(result.arriving == 1)
    try file.close()
    let next = watcher([company]).once()[0]
    #expect((next.batches.count, next.arriving) == (1, 0))
  }

  @Test func `once: what came while the last batch was in work is counted when it ends`() throws {
    let company = try company("acme", ["a.csv": Sandbox.export([1])])
    try folder.write(
      "company: acme\nwatch: { quiet_time: 50ms, longest_wait: 100ms, look_every: 20ms }\n",
      to: "acme/loadbooks.yaml")
    let place = folder.path("acme/inbox/b.csv")
    let result = watcher([company]) { point in
      guard point == .afterRun, access(place, F_OK) != 0 else { return }
      usleep(600_000)
      try? Data(Sandbox.export([2]).utf8).write(to: URL(fileURLWithPath: place))
    }.once()[0]
    #expect(result.batches.count == 1)
    #expect(result.arriving == 1)
  }

  @Test func `a hook that hangs is ended, health tells of it, and the other company goes on`()
    throws
  {
    let hook = try folder.write("#!/bin/sh\nsleep 600\n", to: "hook.sh")
    chmod(hook, 0o755)
    let companies = [
      try company("acme", ["invoices.csv": Sandbox.export([1])]), try company("bexar", [:]),
    ]
    let times = "quiet_time: 50ms, longest_wait: 2s, look_every: 100ms"
    try folder.write(
      "company: acme\nwatch: { \(times), hook: [\(hook)], hook_limit: 3s }\n",
      to: "acme/loadbooks.yaml")
    let health = folder.path("health.json")
    let watcher = watcher(companies, health: health)
    let thread = Thread { watcher.run() }
    thread.start()
    defer { watcher.stop() }
    /// What the health file says, as soon as it is as it is wanted.
    func said(_ words: [String]) -> String {
      for _ in 0..<600 {
        let text = (try? folder.text("health.json")) ?? ""
        if words.allSatisfy(text.contains) { return text }
        usleep(50_000)
      }
      return (try? folder.text("health.json")) ?? ""
    }
    // While it hangs, nothing is wrong yet, and the other one works.
    for _ in 0..<400 where WatchStatus.read(companies[0])?.state != .working { usleep(20_000) }
    try folder.write(Sandbox.export([2]), to: "bexar/inbox/invoices.csv")
    for _ in 0..<400 where WatchStatus.read(companies[1])?.counts.batches != 1 { usleep(20_000) }
    #expect(WatchStatus.read(companies[1])?.counts.batches == 1)
    let text = said(["it took longer than watch.hook_limit", "\"well\": false"])
    #expect(text.contains("\"hook_failed\": \"it took longer than watch.hook_limit\""), "\(text)")
    #expect(WatchStatus.read(companies[0])?.state == .idle)
  }
}
