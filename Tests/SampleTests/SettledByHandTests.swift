import Foundation
import TestSupport
import Testing

@testable import loadbooks

/// What answers say of invoices of which somebody has said meanwhile what became of them.
struct SettledByHandTests {
  private let desk: AnswerDesk

  init() throws { desk = try AnswerDesk() }

  /// Puts all documents of the run in doubt.
  private func loseAnswers() throws {
    try desk.answerSet("lost.xml", 2, status: 9002)
    #expect(try desk.run("accept", "lost.xml").code == 3)
  }

  private func settle(_ number: String, as outcome: String) throws {
    let settled = try desk.run("accept", "--settle", number, "--as", outcome, "--reason", "looked")
    #expect(settled.code == 0, "\(settled.messages)")
  }

  /// An invoice of 400.00 as QuickBooks shows it when it is asked.
  private func shown(_ id: String) -> String {
    "<InvoiceRet><TxnID>\(id)</TxnID><CustomerRef><FullName>GoodCo</FullName></CustomerRef>"
      + "<TxnDate>2026-11-03</TxnDate><RefNumber>1004</RefNumber><Subtotal>400.00</Subtotal></InvoiceRet>"
  }

  /// The invoice is doubled, wherever one looks, until somebody settles it.
  private func expectDoubled(_ answer: String, _ words: String, runs: [String]) throws {
    let told = try desk.run("accept", answer)
    #expect(told.code == 4, "\(told.output)")
    #expect(told.output.contains("[answer-doubled]"), "\(told.output)")
    #expect(told.output.contains(words), "\(told.output)")
    #expect(told.output.contains("loadbooks accept --settle 1004 --reason WHY"))
    for run in runs {
      let verified = try desk.run("verify", run)
      #expect(verified.code == 4, "\(verified.output)")
      #expect(verified.output.contains(words), "\(verified.output)")
    }
    let check = try desk.run("ledger", "check")
    #expect(check.code == 4 && check.output.contains("NOT CLEAN"), "\(check.output)")
    #expect(check.output.contains("* QuickBooks ") && check.output.contains(words))
    #expect(check.messages.contains("leave the ledger as it is: it is sound"))
    #expect(check.messages.contains("loadbooks accept --settle NUMBER --reason WHY"))
    #expect(try desk.run("explain", "1004").output.contains(words))
    // The report breaks its lines.
    let report = try desk.convert().output.split(whereSeparator: \.isWhitespace)
    #expect(report.joined(separator: " ").contains(words), "\(report.joined(separator: " "))")
    #expect(try desk.run("accept", answer).code == 4)
    #expect(try desk.run("accept", "--settle", "1004", "--reason", "one is deleted").code == 0)
    for run in runs { #expect(try desk.run("verify", run).code == 0) }
    #expect(try desk.run("ledger", "check").code == 0)
    #expect(try desk.run("accept", answer).code != 4)
  }

  // MARK: - Said to be missing

  @Test
  func `an answer that it was done, after it was said to be missing and sent anew, doubles it`()
    throws
  {
    let first = desk.newest
    try desk.answer("a.xml", [:])
    try loseAnswers()
    try settle("1004", as: "not-sent")
    #expect(try desk.convert().output.contains("delivered 1"))
    let second = desk.newest
    try desk.answer("b.xml", [:], to: "001-documents.xml", of: second, ids: "U-")
    #expect(try desk.run("accept", "b.xml").code == 0)
    let told = try desk.run("accept", "a.xml").output
    #expect(
      told.contains("1004 of run \(second): QuickBooks has it under the id U-inv-1004"), "\(told)")
    try expectDoubled(
      "a.xml",
      "of run \(first) under the id T-inv-1004, and run \(second) has sent the invoice again",
      runs: [first, second])
  }

  @Test func `what a look-up shows after it was said to be missing and sent anew may be doubled`()
    throws
  {
    let first = desk.newest
    try loseAnswers()
    try settle("1004", as: "not-sent")
    #expect(try desk.convert().output.contains("delivered 1"))
    let second = desk.newest
    try desk.answerQuestions("f.xml", to: "003-find.xml", with: shown("F1"), of: first)
    // The others are not there, and go out again.
    #expect(try desk.run("accept", "f.xml").output.contains("[answer-doubled]"))
    try expectDoubled(
      "f.xml", "of run \(first) under the id F1, and run \(second) has sent the invoice again",
      runs: [first])
  }

  @Test func `what a look-up shows may be what the other run has sent, as its answer says`() throws
  {
    let first = desk.newest
    try loseAnswers()
    try settle("1004", as: "not-sent")
    #expect(try desk.convert().output.contains("delivered 1"))
    try desk.answer("b.xml", [:], to: "001-documents.xml", ids: "U-")
    #expect(try desk.run("accept", "b.xml").code == 0)
    try desk.answerQuestions("f.xml", to: "003-find.xml", with: shown("U-inv-1004"), of: first)
    let told = try desk.run("accept", "f.xml").output
    #expect(!told.contains("answer-doubled") && !told.contains("1004"), "\(told)")
  }

  @Test func `what was said to be missing and was not sent anew is there, as its answer says`()
    throws
  {
    try desk.answer("a.xml", [:])
    try loseAnswers()
    try settle("1004", as: "not-sent")
    let told = try desk.run("accept", "a.xml")
    #expect(told.code == 0, "\(told.output)")
    #expect(told.output.contains("taken              7 documents"))
    #expect(try desk.convert().output.contains("delivered 0"))
  }

  // MARK: - Said to be there

  @Test func `the id of what was said to be there is taken up, and its total compared`() throws {
    let run = desk.newest
    try desk.answer("a.xml", ["inv-1005": .total("541.25")])
    try loseAnswers()
    try settle("1004", as: "sent")
    try settle("1005", as: "sent")
    #expect(try desk.run("explain", "1004").output.contains("found in the books"))
    let told = try desk.run("accept", "a.xml")
    #expect(told.code == 4)
    #expect(told.output.contains("taken              7 documents"), "\(told.output)")
    #expect(!told.output.contains("known before"))
    #expect(told.output.contains("invoice 1005 over 541.25, but 500.00 was sent"))
    #expect(try desk.run("explain", "1004").output.contains("QuickBooks took it"))
    #expect(try desk.run("explain", "1004", "--json").output.contains("T-inv-1004"))
    #expect(try desk.run("accept", "a.xml").output.contains("known before       7 answers"))
    _ = try desk.run("accept", "--settle", "1005", "--reason", "tax removed")
    // Now a file can delete it.
    #expect(try desk.run("undo", run, "--yes").code == 0)
    let file = try desk.folder.text("company/outbox/undone/\(run)/delete-from-quickbooks.xml")
    #expect(file.contains("T-inv-1004"))
  }

  @Test func `the id that a look-up shows of what was said to be there is taken up`() throws {
    let run = desk.newest
    try loseAnswers()
    try settle("1004", as: "sent")
    try desk.answerQuestions("f.xml", to: "003-find.xml", with: shown("F1"), of: run)
    _ = try desk.run("accept", "f.xml")
    #expect(try desk.run("explain", "1004", "--json").output.contains("\"F1\""))
  }

  @Test func `what waited when it was said to be there and is done after all may be there twice`()
    throws
  {
    let run = desk.newest
    try desk.answer("p.xml", ["inv-1004": .error(3231, "x"), "inv-1005": .error(3231, "x")])
    _ = try desk.run("accept", "p.xml")
    try settle("1004", as: "sent")
    try desk.answer("r.xml", [:], to: "003-resend.xml", ids: "U-")
    try expectDoubled(
      "r.xml",
      "of run \(run) under the id U-inv-1004, after somebody had said that QuickBooks has it",
      runs: [run])
    #expect(try desk.run("explain", "1004", "--json").output.contains("U-inv-1004"))
  }

  // MARK: - Taking back

  @Test func `a run is taken back although QuickBooks' id of what was said to be there is unknown`()
    throws
  {
    let run = desk.newest
    try desk.answer("a.xml", [:])
    try desk.answer("b.xml", ["inv-1004": .contradiction])
    _ = try desk.run("accept", "b.xml")
    try settle("1004", as: "sent")
    let asked = try desk.run("undo", run)
    #expect(asked.output.contains("1 document can be removed by hand only"), "\(asked.output)")
    #expect(asked.output.contains("INVOICE 1004, 400.00, to GoodCo: somebody has said"))
    #expect(asked.output.contains("loadbooks release --refused 1004"))
    let shown = try desk.run("undo", run, "--json").output
    #expect(shown.contains("\"by_hand\": [") && shown.contains("\"obstacles\": []"), "\(shown)")
    let undone = try desk.run("undo", run, "--yes")
    #expect(undone.code == 0, "\(undone.messages)")
    #expect(undone.output.contains("QuickBooks has said that it has 6 of them"), "\(undone.output)")
    #expect(undone.output.contains("In no such file, and held: INVOICE 1004"))
    let file = try desk.folder.text("company/outbox/undone/\(run)/delete-from-quickbooks.xml")
    #expect(file.contains("T-inv-1005") && !file.contains("inv-1004"))
    let held = try desk.convert().output
    #expect(held.contains("delivered 0") && held.contains("held 7"), "\(held)")
    #expect(held.contains("delete it in QuickBooks by hand"))
    // Its answer comes late: then there is a file for it.
    let late = try desk.run("accept", "a.xml")
    #expect(late.code == 4)
    #expect(late.output.contains("delete-from-quickbooks-2.xml"), "\(late.output)")
    #expect(
      try desk.folder.text("company/outbox/undone/\(run)/delete-from-quickbooks-2.xml")
        .contains("T-inv-1004"))
    #expect(try desk.run("release", "--refused", "1004").code == 0)
    #expect(try desk.convert().output.contains("delivered 1"))
  }

  @Test func `what was found in the books keeps its run from being taken back`() throws {
    let run = desk.newest
    try desk.answer("a.xml", [:])
    _ = try desk.run("accept", "a.xml")
    try desk.folder.write(
      "Date,Type,Num,Name,Amount\n11/03/2026,Invoice,1004,GoodCo,400.00\n", to: "list.csv")
    _ = try desk.run(
      "reconcile", "in", "--mapping", "mapping.csv", "--books", "list.csv", "--confirm")
    let refused = try desk.run("undo", run, "--yes")
    #expect(refused.code == 77)
    #expect(refused.messages.contains("invoice 1004 was found in the books"), "\(refused.messages)")
  }

  // MARK: - Adopting

  @Test(arguments: [[], ["--export", "in"]])
  func `to adopt what waits, or is in doubt, leads to accept --settle`(_ more: [String]) throws {
    try desk.answer("p.xml", ["inv-1004": .error(3231, "x"), "inv-1005": .contradiction])
    _ = try desk.run("accept", "p.xml")
    let run = desk.newest
    let waits = try desk.run(words: ["adopt", "1004", "--reason", "by hand"] + more)
    #expect(waits.code == 3)
    #expect(waits.messages.contains("-resend.xml of run \(run)"), "\(waits.messages)")
    #expect(waits.messages.contains("loadbooks accept --settle 1004 --as sent --reason WHY"))
    #expect(!waits.messages.contains("nothing needs to be done"))
    let doubtful = try desk.run(words: ["adopt", "1005", "--reason", "by hand"] + more)
    #expect(doubtful.code == 3)
    #expect(doubtful.messages.contains("is in doubt"), "\(doubtful.messages)")
    #expect(doubtful.messages.contains("loadbooks accept --settle 1005 --as sent (or not-sent)"))
    let there = try desk.run(words: ["adopt", "1001", "--reason", "by hand"] + more)
    #expect(there.messages.contains("nothing needs to be done"))
  }
}
