import Foundation
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
}
