import Foundation
import Testing
import Vocabulary

@testable import Ledger

@Suite struct RunRecorderTests {
  let sandbox: LedgerSandbox

  init() throws {
    sandbox = try LedgerSandbox()
  }

  private let one = Example.entry("10231", run: "R1")
  private let two = Example.entry(
    "10232", run: "R1", document: "10232-CM", kind: .creditMemo, cents: -7_500)

  // MARK: the three steps

  @Test func `what was recorded is remembered, field by field`() throws {
    try sandbox.open().record("R1", [one, two])
    let ledger = try sandbox.open()
    #expect(try ledger.entry(number: "10231") == one)
    #expect(try ledger.entry(number: "10232") == two)
    #expect(try ledger.entry(number: "10233") == nil)
    try ledger.finish(run: "R1", finishedAt: Example.end)
    var expected = Example.run("R1")
    let completion = Example.completion([one, two], run: "R1")
    expected.state = .finished
    expected.finishedAt = Example.end
    expected.outputs = completion.outputs
    expected.totals = completion.totals
    #expect(try ledger.run("R1") == expected)
  }

  @Test func `texts of any kind come back as they were`() throws {
    for (index, text) in ["00123", "Ünï çødé 🚚", "it's \"quoted\"", " ", "a\u{301}", "á"]
      .enumerated()
    {
      let run = "R\(index)"
      var entry = Example.entry(text, run: run)
      entry.customer = text
      entry.quickBooksCustomer = ""
      let ledger = try sandbox.open()
      try ledger.record(run, [entry])
      try ledger.finish(run: run, finishedAt: Example.end)
      #expect(try ledger.entry(number: text) == entry)
      #expect(try ledger.snapshot().lookup(text) != nil)
    }
  }

  @Test func `a kill while the invoices are being recorded leaves nothing`() throws {
    let ledger = try sandbox.open()
    let entries = (0..<20_000).map { Example.entry("LD\($0)", run: "R1") }
    var killed: LedgerSandbox?
    try ledger.record(Example.run("R1")) { recorder throws(Failure) in
      for entry in entries { try recorder.add(invoice: entry) }
      killed = try? sandbox.asIfKilled()
      return Example.completion(entries, run: "R1")
    }
    let after = try #require(killed).open()
    #expect(try after.unfinishedRuns() == [])
    #expect(try after.runs() == [])
    #expect(try after.snapshot().count == 0)
    try after.record("R2", [Example.entry("LD1", run: "R2")])
  }

  @Test func `a kill before the files have their names leaves a run that can be finished`() throws {
    let ledger = try sandbox.open()
    try ledger.record("R1", [one, two])
    let after = try sandbox.asIfKilled().open()
    let unfinished = try after.unfinishedRuns()
    #expect(unfinished.map(\.id) == ["R1"])
    #expect(unfinished.first?.state == .prepared)
    #expect(unfinished.first?.outputFolder == "outbox/R1")
    #expect(unfinished.first?.outputs == Example.completion([one, two], run: "R1").outputs)
    // Until it is settled, its invoices count as sent: nothing is doubled.
    #expect(try after.snapshot().lookup("10231")?.contentHash == one.contentHash)
    try after.finish(run: "R1", finishedAt: Example.end)
    #expect(try after.unfinishedRuns() == [])
    #expect(try after.entry(number: "10231") == one)
  }

  @Test func `a kill before the files have their names leaves a run that can be forgotten`() throws
  {
    try sandbox.open().record("R0", [Example.entry("10230", run: "R0")])
    try sandbox.open().finish(run: "R0", finishedAt: Example.end)
    try sandbox.open().record("R1", [one, two])
    let after = try sandbox.asIfKilled().open()
    try after.forget(run: "R1", at: Example.end, because: "its files are gone")
    let reopened = try after.reopened()
    #expect(try reopened.unfinishedRuns() == [])
    #expect(try reopened.run("R1")?.state == .undone)
    #expect(try reopened.entry(number: "10231") == nil)
    #expect(try reopened.entry(number: "10230") != nil)
    #expect(
      try reopened.events(run: "R1") == [
        LedgerEvent(
          at: Example.end, run: "R1", invoice: nil, kind: .runForgotten,
          detail: "its files are gone (2 invoices may be sent again)")
      ])
    try reopened.record("R2", [Example.entry("10231", run: "R2")])
    #expect(try reopened.entry(number: "10231")?.run == "R2")
  }

  @Test func `a kill after the last step leaves nothing to settle`() throws {
    let ledger = try sandbox.open()
    try ledger.record("R1", [one])
    try ledger.finish(run: "R1", finishedAt: Example.end)
    let after = try sandbox.asIfKilled().open()
    #expect(try after.unfinishedRuns() == [])
    #expect(try after.run("R1")?.finishedAt == Example.end)
    try after.finish(run: "R1", finishedAt: "later")
    #expect(try after.run("R1")?.finishedAt == Example.end)
  }

  @Test func `a run begins only when the one before is settled`() throws {
    let ledger = try sandbox.open()
    try ledger.record("R1", [one])
    let refusal = try failure { try ledger.record("R2", [Example.entry("10299", run: "R2")]) }
    #expect(refusal.cause == .ownBug)
    #expect(refusal.message == "run R2 began before run R1 was settled")
  }

  @Test func `a run that is finished, forgotten or unknown is not settled again`() throws {
    let ledger = try sandbox.open()
    #expect(try failure { try ledger.finish(run: "R9", finishedAt: Example.end) }.cause == .ownBug)
    try ledger.record("R1", [one])
    try ledger.finish(run: "R1", finishedAt: Example.end)
    #expect(
      try failure { try ledger.forget(run: "R1", at: Example.end, because: "-") }.cause == .ownBug)
    #expect(try ledger.entry(number: "10231") == one)
    try ledger.record("R2", [])
    try ledger.forget(run: "R2", at: Example.end, because: "-")
    #expect(try failure { try ledger.finish(run: "R2", finishedAt: Example.end) }.cause == .ownBug)
  }

  // MARK: refusals

  @Test func `what the body throws is thrown, and nothing is remembered`() throws {
    let ledger = try sandbox.open()
    let full = Failure(.cannotWrite, "disk full", remedy: "free some space")
    let thrown = try failure {
      try ledger.record(Example.run("R1")) { recorder throws(Failure) in
        try recorder.add(invoice: one)
        try recorder.add(
          listEntry: LedgerListEntry(
            kind: .customer, quickBooksName: "Acme", loadOpsName: nil,
            contentHash: one.contentHash))
        throw full
      }
    }
    #expect(thrown == full)
    #expect(try ledger.runs() == [])
    #expect(try ledger.snapshot().stateFingerprint == LedgerSnapshot.none.stateFingerprint)
    try ledger.record("R1", [one])
  }

  @Test func `a number that was sent is refused and what is there stays`() throws {
    let ledger = try sandbox.open()
    try ledger.record("R1", [one])
    try ledger.finish(run: "R1", finishedAt: Example.end)
    let again = Example.entry("10231", run: "R2", document: "X1", cents: 1, content: "other")
    let refusal = try failure { try ledger.record("R2", [again]) }
    #expect(refusal.cause == .ownBug)
    #expect(
      refusal.message == "invoice 10231 was sent by run R1 and must not be sent again")
    #expect(try ledger.entry(number: "10231") == one)
    #expect(try ledger.run("R2") == nil)
  }

  @Test func `a refusal counts even when the body swallows it`() throws {
    let ledger = try sandbox.open()
    let refusal = try failure {
      try ledger.record(Example.run("R1")) { recorder throws(Failure) in
        try recorder.add(invoice: one)
        try? recorder.add(invoice: one)
        return Example.completion([one], run: "R1")
      }
    }
    #expect(refusal.message.contains("10231"))
    #expect(try ledger.runs() == [])
  }

  @Test func `a document number goes to one invoice only, for each kind of form`() throws {
    let ledger = try sandbox.open()
    let clash = Example.entry("99910231", run: "R1", document: "10231")
    let refusal = try failure { try ledger.record("R1", [one, clash]) }
    #expect(refusal.message.contains("invoice 10231, a number that another invoice already has"))
    let memo = Example.entry("99910231", run: "R1", document: "10231", kind: .creditMemo)
    try ledger.record("R1", [one, memo])
  }

  @Test func `a run's id is used once`() throws {
    let ledger = try sandbox.open()
    try ledger.record("R1", [one])
    try ledger.finish(run: "R1", finishedAt: Example.end)
    #expect(try failure { try ledger.record("R1", []) }.message == "there is a run R1 already")
  }

  @Test func `an entry of another run is refused`() throws {
    let ledger = try sandbox.open()
    #expect(
      try failure { try ledger.record("R1", [Example.entry("1", run: "R7")]) }.cause == .ownBug)
  }

  @Test func `totals that do not tie are refused`() throws {
    let ledger = try sandbox.open()
    let mistakes: [(inout RunCompletion) -> Void] = [
      { $0.totals.read.amount += Money(cents: 1) },
      { $0.totals.read.lines += 1 },
      {
        $0.totals.delivered.amount += Money(cents: 1)
        $0.totals.read.amount += Money(cents: 1)
      },
      {
        $0.totals.delivered.invoices -= 1
        $0.totals.held.invoices += 1
      },
      { $0.outputs[1].documents -= 1 },
      { $0.outputs[1].amount -= Money(cents: 1) },
    ]
    for mistake in mistakes {
      let refusal = try failure {
        try ledger.record(Example.run("R1")) { recorder throws(Failure) in
          try recorder.add(invoice: one)
          var completion = Example.completion([one], run: "R1")
          mistake(&completion)
          return completion
        }
      }
      #expect(refusal.cause == .ownBug)
    }
    #expect(try ledger.runs() == [])
  }

  // MARK: history

  @Test func `runs are told newest first`() throws {
    let ledger = try sandbox.open()
    for id in ["b", "a", "c"] {
      try ledger.record(id, [Example.entry(id, run: id)])
      try ledger.finish(run: id, finishedAt: Example.end)
    }
    #expect(try ledger.runs().map(\.id) == ["c", "a", "b"])
    #expect(try ledger.runs().map(\.inputs) == Array(repeating: Example.run("a").inputs, count: 3))
  }

  @Test func `a run without files and invoices is remembered too`() throws {
    let ledger = try sandbox.open()
    var run = Example.run("R1")
    run.outputFolder = nil
    run.inputs = []
    try ledger.record(run) { _ throws(Failure) in
      RunCompletion(totals: RunRecord.Totals(), outputs: [])
    }
    #expect(try ledger.run("R1")?.outputFolder == nil)
  }

  @Test func `events of an invoice are told in order`() throws {
    let ledger = try sandbox.open()
    try ledger.record("R1", [one])
    let events = ["first", "second"].map {
      LedgerEvent(
        at: Example.start, run: "R1", invoice: "10231", kind: LedgerEvent.Kind(rawValue: $0),
        detail: "it happened \($0)")
    }
    for event in events { try ledger.recordEvent(event) }
    #expect(try ledger.events(invoice: "10231") == events)
    #expect(try ledger.events(run: "R1") == events)
    #expect(try ledger.events(invoice: "10232") == [])
    var stray = events[0]
    stray.run = "R9"
    #expect(try failure { try ledger.recordEvent(stray) }.cause == .ownBug)
  }

  // MARK: size

  @Test func `fifty thousand invoices stream through one transaction`() throws {
    let ledger = try sandbox.open()
    let count = 50_000
    let started = ContinuousClock.now
    try ledger.record(Example.run("R1")) { recorder throws(Failure) in
      for index in 0..<count {
        try recorder.add(invoice: Example.entry("LD\(index)", run: "R1", cents: Int64(index)))
      }
      let tally = recorder.recorded
      return RunCompletion(totals: RunRecord.Totals(read: tally, delivered: tally), outputs: [])
    }
    let recorded = ContinuousClock.now
    let snapshot = try ledger.snapshot()
    let loaded = ContinuousClock.now
    #expect(snapshot.count == count)
    #expect(try ledger.entry(number: "LD49999")?.amount == Money(cents: 49_999))
    // Generous, for slow machines under load: this is to notice an accident, not to measure.
    #expect(recorded - started < .seconds(20))
    #expect(loaded - recorded < .seconds(5))
  }
}
