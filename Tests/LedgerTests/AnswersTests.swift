import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite struct AnswersTests {
  let sandbox: LedgerSandbox

  init() throws {
    sandbox = try LedgerSandbox()
  }

  private func answer(
    _ number: String, _ result: LedgerAnswer.Result, _ hold: LedgerHold? = nil
  ) -> LedgerAnswer {
    var answer = LedgerAnswer(
      entity: .invoice, name: number, requestID: "invoice-\(number)", messageSet: "LB1-001",
      result: result)
    answer.hold = hold
    if result == .refused { (answer.code, answer.words) = ("3140", "There is an error.") }
    return answer
  }

  @Test func `what is taken frees its own number, not one that differs by case`() throws {
    let ledger = try sandbox.open()
    try ledger.record("R1", [Example.entry("A1", run: "R1"), Example.entry("a1", run: "R1")])
    let effects = try ledger.record(
      answers: [
        answer("A1", .refused, LedgerHold(.invoice, "A1", .unnamed)), answer("a1", .accepted),
      ], ofRun: "R1", at: Example.end)
    #expect(effects == [.recorded, .recorded])
    #expect(try ledger.holds().map(\.name) == ["A1"])
    _ = try ledger.record(answers: [answer("A1", .accepted)], ofRun: "R1", at: Example.end)
    #expect(try ledger.holds().isEmpty)
    #expect(try ledger.acceptedCustomers() == ["Acme Freight"])
  }

  @Test func `removals are recorded together, each once`() throws {
    let ledger = try sandbox.open()
    let entries = (1...3).map { Example.entry("LD\($0)", run: "R1") }
    try ledger.record("R1", entries)
    try ledger.finish(run: "R1", finishedAt: Example.end)
    try ledger.beginUndo(
      UndoRecord(
        run: "R1", startedAt: Example.end, finishedAt: nil, reason: "test", by: "", folder: nil))
    try ledger.finishUndo(run: "R1", at: Example.end)
    let late = try ledger.record(
      answers: entries.map { answer($0.number.text, .accepted) }, ofRun: "R1", at: Example.end)
    #expect(late == [.takenBack, .takenBack, .takenBack])
    #expect(try ledger.holds().count == 3)
    let documents = try ledger.takenBack(ofRun: "R1")
    let removals = documents.enumerated().map { index, document in
      LedgerRemoval(of: document, refusal: index == 1 ? ("3120", "It is not there.") : nil)
    }
    let all = removals + [removals[0]]
    #expect(
      try ledger.record(
        removals: all, manner: "delete", inSet: "LBD-001", ofRun: "R1", at: Example.end)
        == [true, true, true, false])
    #expect(
      try ledger.record(
        removals: all, manner: "delete", inSet: "LBD-001", ofRun: "R1", at: Example.end)
        == [false, false, false, false])
    #expect(try ledger.holds().map(\.name) == [documents[1].number])
    #expect(try ledger.takenBack(ofRun: "R1").map(\.isRemoved) == [true, false, true])
  }

  @Test(arguments: 0..<12)
  func `answers that are recorded together do what they do one by one`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let numbers = (0..<90).map { "LD\($0)" }
    let sent = numbers.filter { _ in Int.random(in: 0..<8, using: &random) > 0 }
    // Some are answered twice, in this order or another, with this id or another.
    let answers = (0..<150).map { _ -> LedgerAnswer in
      let number = numbers.randomElement(using: &random) ?? ""
      let kind = Int.random(in: 0..<20, using: &random)
      let refusal = kind == 0 ? LedgerHold(.invoice, number, .taken) : nil
      var answer = answer(number, kind < 2 ? .refused : kind < 4 ? .unknown : .accepted, refusal)
      if kind == 4 { answer.messageSet = "LB1-002" }
      if answer.result == .accepted { answer.quickBooksID = "\(number.dropFirst(2))\(kind / 19)" }
      if kind == 5 { answer.remarks = [LedgerRemark(kind: "total", message: "1.00")] }
      if kind == 7 { answer.requestID = "other-\(number)" }
      answer.amount = kind == 6 ? nil : Money(cents: Int64(kind))
      return answer
    }
    let other = try LedgerSandbox()
    let ledgers = [try sandbox.open(), try other.open()]
    for ledger in ledgers {
      try ledger.record("R1", numbers.map { Example.entry($0, run: "R1") })
      try ledger.finish(run: "R1", finishedAt: Example.end)
      try ledger.recordSent(
        sent.map {
          LedgerDispatch(
            entity: .invoice, name: $0, requestID: "invoice-\($0)", body: "LB1-001", batch: "B",
            batchItem: "i1")
        }, ofRun: "R1", at: Example.start)
    }
    let together = try ledgers[0].record(answers: answers, ofRun: "R1", at: Example.end)
    let apart = try answers.flatMap {
      try ledgers[1].record(answers: [$0], ofRun: "R1", at: Example.end)
    }
    #expect(together == apart)
    #expect(try LedgerExportTests.export(ledgers[0]) == LedgerExportTests.export(ledgers[1]))
  }

  @Test func `records that leave together are noted each, and again when they leave again`() throws
  {
    let ledger = try sandbox.open()
    let numbers = (1...75).map { "LD\($0)" }
    try ledger.record("R1", numbers.map { Example.entry($0, run: "R1") })
    try ledger.finish(run: "R1", finishedAt: Example.end)
    let dispatches = numbers.map {
      LedgerDispatch(
        entity: .invoice, name: $0, requestID: "invoice-\($0)", body: "body of \($0)", batch: "B",
        batchItem: "i\($0)")
    }
    try ledger.recordSent(Array(dispatches[..<40]), ofRun: "R1", at: Example.start)
    _ = try ledger.record(answers: [answer("LD1", .accepted)], ofRun: "R1", at: Example.start)
    try ledger.recordSent(dispatches, ofRun: "R1", at: Example.end)
    let known = try ledger.dispatches(ofRun: "R1")
    #expect(known.count == 75)
    for (index, dispatch) in dispatches.enumerated() {
      let noted = try #require(known[dispatch.requestID])
      #expect(noted.state == (index == 0 ? .accepted : .sent))
      #expect(noted.attempts == (index > 0 && index < 40 ? 2 : 1))
      #expect(noted.sentAt == (index == 0 ? Example.start : Example.end))
      #expect(noted.name == dispatch.name && noted.batchItem == dispatch.batchItem)
      #expect(index == 0 || noted.wasSent(as: dispatch.body))
    }
  }
}
