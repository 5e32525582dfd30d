import Foundation
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import loadbooks

/// Whatever answers say, and in whatever order they come: no invoice is booked twice or lost without a word.
struct AnswersOnceTests {
  private let desk: AnswerDesk

  init() throws { desk = try AnswerDesk() }

  private func ids(_ name: String) throws -> [String] {
    var ids: [String] = []
    try QBXMLRequests.forEach(ofFile: desk.path(name), validating: true) {
      (request) throws(Failure) in ids.append(request.id)
    }
    return ids
  }

  private func shown(_ number: String, _ id: String, _ total: String) -> String {
    "<InvoiceRet><TxnID>\(id)</TxnID><CustomerRef><FullName>GoodCo</FullName></CustomerRef>"
      + "<TxnDate>2026-11-03</TxnDate><RefNumber>\(number)</RefNumber><Subtotal>\(total)</Subtotal></InvoiceRet>"
  }

  // MARK: - Look-ups

  @Test func `a look-up concludes only about what it asked for`() throws {
    try desk.answer("a.xml", ["inv-1004": .contradiction], only: ["inv-1004"])
    _ = try desk.run("accept", "a.xml")
    try desk.answerQuestions("f.xml", to: "003-find.xml", with: "")
    let found = try desk.run("accept", "f.xml")
    #expect(found.code == 3)
    #expect(found.output.contains("invoice 1004: QuickBooks has no document with this number"))
    #expect(!found.output.contains("3231"))
    #expect(try ids("005-resend.xml") == ["inv-1004"])
  }

  @Test func `books that show nothing of ours do not say that a document is not there`() throws {
    let run = desk.newest
    try desk.answerSet("lost.xml", 2, status: 9002)
    _ = try desk.run("accept", "lost.xml")
    try desk.answerQuestions("f.xml", to: "003-find.xml", with: "", customers: false)
    let found = try desk.run("accept", "f.xml")
    #expect(found.code == 3)
    #expect(found.output.contains("may come from another company file"), "\(found.output)")
    #expect(try !desk.names().contains("004-resend.xml"))
    #expect(try desk.convert().output.contains("delivered 0"))
    // The company's own file shows the customers.
    try desk.answerQuestions("f.xml", to: "003-find.xml", with: "", of: run)
    #expect(try desk.run("accept", "f.xml").output.contains("004-resend.xml"))
  }

  @Test func `a customer under another id is another company's`() throws {
    try desk.answer("l.xml", [:], to: "001-lists.xml")
    _ = try desk.run("accept", "l.xml")
    try desk.answerSet("lost.xml", 2, status: 9002)
    _ = try desk.run("accept", "lost.xml")
    try desk.answerQuestions("f.xml", to: "003-find.xml", with: "")
    let text = try desk.folder.text("f.xml").replacing(
      "<CustomerRet>", with: "<CustomerRet><ListID>FOREIGN</ListID>")
    try desk.folder.write(text, to: "f.xml")
    #expect(try desk.run("accept", "f.xml").output.contains("may come from another company file"))
  }

  @Test func `two documents under one number are two, also when both are ours`() throws {
    try desk.answerSet("lost.xml", 2, status: 9002)
    _ = try desk.run("accept", "lost.xml")
    try desk.answerQuestions(
      "f.xml", to: "003-find.xml",
      with: shown("1001", "F1", "100.00") + shown("1001", "F2", "100.00"))
    let found = try desk.run("accept", "f.xml")
    #expect(found.code == 4)
    #expect(found.output.contains("under the id F2, and had taken it before under the id F1"))
  }

  @Test func `what is in doubt is in sight, and somebody can say what became of it`() throws {
    try desk.answerSet("lost.xml", 2, status: 9002)
    #expect(try desk.run("accept", "lost.xml").code == 3)
    for words in [["runs"], ["ledger", "check"], ["accept", "lost.xml"]] {
      let told = try desk.run(words: words).output
      #expect(told.contains("7 documents in doubt: send "), "\(words): \(told)")
      #expect(told.contains("003-find.xml"))
    }
    let run = desk.newest
    let plan = try desk.run("plan", "in", "--mapping", "mapping.csv", "--target", "qbxml").output
    #expect(plan.contains("7 documents in doubt: send"))
    #expect(try desk.run("accept", "--settle", "1001", "--reason", "x").code == 64)
    let there = try desk.run("accept", "--settle", "1001", "--as", "sent", "--reason", "seen")
    #expect(there.code == 0, "\(there.messages)")
    _ = try desk.run("accept", "--settle", "1004", "--as", "not-sent", "--reason", "looked")
    #expect(try desk.run("accept", "--settle", "1004", "--as", "sent", "--reason", "x").code == 64)
    #expect(try desk.run("explain", "1001").output.contains("found in the books"))
    let again = try desk.convert().output
    #expect(again.contains("delivered 1"))
    #expect(again.contains("5 documents in doubt"))
    // The file of questions is written again when it is gone.
    try FileManager.default.removeItem(atPath: desk.path("003-find.xml", of: run))
    #expect(try desk.run("runs").output.contains("accept --recover \(run)"))
    #expect(try desk.run("accept", "--recover", run).output.contains("-find.xml"))
    #expect(try desk.run("runs").output.contains("-find.xml"))
    #expect(try desk.run("ledger", "check").code == 0)
  }

  // MARK: - Files to be sent again

  @Test(arguments: [("sent", "it is synced"), ("not-sent", "convert sends it anew")])
  func `a file of which somebody settles a part by hand is replaced`(
    _ outcome: String, _ words: String
  ) throws {
    try desk.answer("p.xml", ["inv-1004": .error(3231, "x"), "inv-1005": .error(3231, "x")])
    #expect(try desk.run("accept", "p.xml").output.contains("003-resend.xml"))
    let settled = try desk.run(
      "accept", "--settle", "1004", "--as", outcome, "--reason", "entered by hand"
    ).output
    #expect(settled.contains(words), "\(settled)")
    #expect(settled.contains("do not send"), "\(settled)")
    #expect(try ids("004-resend.xml") == ["inv-1005"])
    let runs = try desk.run("runs").output
    #expect(runs.contains("004-resend.xml") && !runs.contains("003-resend.xml"), "\(runs)")
    // What was the last that waited leaves nothing to be sent.
    let last = try desk.run("accept", "--settle", "1005", "--as", "sent", "--reason", "too").output
    #expect(last.contains("do not send"), "\(last)")
    #expect(try !desk.run("runs").output.contains("send next"))
    #expect(try desk.run("ledger", "check").code == 0)
  }

  @Test func `a file of which part is settled is replaced, and its answer cannot double`() throws {
    try desk.answer("p.xml", ["inv-1004": .error(3231, "x"), "inv-1005": .error(3231, "x")])
    #expect(try desk.run("accept", "p.xml").output.contains("003-resend.xml"))
    // 1004 was done after all, as another answer says.
    try desk.answer("q.xml", [:], only: ["inv-1004"])
    let settled = try desk.run("accept", "q.xml").output
    #expect(settled.contains("do not send"))
    #expect(try ids("004-resend.xml") == ["inv-1005"])
    let runs = try desk.run("runs").output
    #expect(runs.contains("004-resend.xml") && !runs.contains("003-resend.xml"))
    // The outdated file was sent all the same.
    try desk.answer("r.xml", [:], to: "003-resend.xml", ids: "U-")
    let doubled = try desk.run("accept", "r.xml")
    #expect(doubled.code == 4)
    #expect(doubled.output.contains("invoice 1004 of run \(desk.newest) under the id U-inv-1004"))
    #expect(doubled.output.contains("do not send"))
    #expect(try !desk.run("runs").output.contains("send next"))
  }

  @Test func `what somebody adopts leaves the file that waits, and comes back with it`() throws {
    try desk.answer("p.xml", ["inv-1004": .error(3231, "x"), "inv-1005": .error(3231, "x")])
    _ = try desk.run("accept", "p.xml")
    try desk.folder.write(
      try desk.folder.text("in/invoices.csv").replacing(",400\n", with: ",401\n"),
      to: "in/invoices.csv")
    let adoption = try desk.run("adopt", "1004", "--export", "in", "--reason", "by hand")
    #expect(adoption.code == 0, "\(adoption.messages)\(adoption.output)")
    #expect(adoption.output.contains("do not send any more"))
    #expect(try ids("004-resend.xml") == ["inv-1005"])
    try desk.answer("r.xml", [:], to: "003-resend.xml", ids: "U-")
    let doubled = try desk.run("accept", "r.xml")
    #expect(doubled.code == 4)
    #expect(doubled.output.contains("and the invoice was entered by hand (adopt) as well"))
  }

  @Test func `one file that answers a request twice counts it as done, and waits for nothing`()
    throws
  {
    try desk.answer("a.xml", ["inv-1004": .error(3231, "x")])
    try desk.answer("b.xml", [:], only: ["inv-1004"])
    let line = try #require(
      try desk.folder.text("b.xml").split(separator: "\n").first { $0.hasPrefix("<InvoiceAddRs") })
    try desk.folder.write(
      try desk.folder.text("a.xml").replacing("</QBXMLMsgsRs>", with: "\(line)\n</QBXMLMsgsRs>"),
      to: "dup.xml")
    let accepted = try desk.run("accept", "dup.xml").output
    #expect(accepted.contains("invoice 1004 is answered twice"))
    #expect(try !desk.names().contains("003-resend.xml"))
  }

  @Test func `a file that was moved away keeps its number`() throws {
    try desk.answer("p.xml", ["inv-1004": .error(3231, "x")], only: ["inv-1004"])
    _ = try desk.run("accept", "p.xml")
    let manager = FileManager.default
    try manager.moveItem(atPath: desk.path("003-resend.xml"), toPath: desk.folder.path("away.xml"))
    let told = try desk.run("accept", "p.xml").output
    #expect(told.contains("003-resend.xml is not there"), "\(told)")
    #expect(try !desk.names().contains("003-resend.xml"))
    try desk.answer("q.xml", ["inv-1005": .error(3231, "x")], only: ["inv-1005"])
    _ = try desk.run("accept", "q.xml")
    #expect(try ids("005-resend.xml") == ["inv-1005"])
    // It is written again as it was, when somebody says that it is lost.
    let again = try desk.run("accept", "--recover", desk.newest)
    #expect(again.output.contains("003-resend.xml"), "\(again.output)\(again.messages)")
    #expect(
      manager.contents(atPath: desk.path("003-resend.xml"))
        == manager.contents(atPath: desk.folder.path("away.xml")))
    // Its answer is taken in, wherever the file is.
    try desk.answer("r.xml", [:], to: "003-resend.xml")
    try manager.removeItem(atPath: desk.path("003-resend.xml"))
    #expect(try desk.run("accept", "r.xml").output.contains("taken              1 document"))
    #expect(try desk.run("accept", "r.xml").output.contains("known before"))
  }

  @Test func `a set that was never sent is none of ours`() throws {
    try desk.answer("a.xml", [:])
    let sets = QBXMLMessageSets(run: desk.newest)
    try desk.folder.write(
      try desk.folder.text("a.xml").replacing(sets.id(2), with: sets.id(7)), to: "b.xml")
    let told = try desk.run("accept", "b.xml")
    #expect(told.code == 3)
    #expect(told.output.contains("which run \(desk.newest) has never sent"))
    #expect(!told.output.contains("007-resend.xml"))
  }

  // MARK: - Taken twice

  @Test func `a file that QuickBooks took twice is two documents until it is settled`() throws {
    try desk.answer("a.xml", [:])
    #expect(try desk.run("accept", "a.xml").code == 0)
    try desk.answer("b.xml", ["inv-1002": .total("216.50")], ids: "U-")
    let doubled = try desk.run("accept", "b.xml")
    #expect(doubled.code == 4)
    #expect(doubled.output.contains("answer-doubled: 7 errors"))
    #expect(doubled.output.contains("invoice 1002 over 216.50, but 200.00 was sent"))
    let before = try desk.run("ledger", "export", "-").output
    #expect(try desk.run("accept", "b.xml").code == 4)
    #expect(try desk.run("accept", "a.xml").output.contains("[answer-doubled]"))
    #expect(try desk.run("ledger", "export", "-").output == before)
    #expect(try desk.run("ledger", "check").code == 4)
    for words in [["ledger", "check"], ["explain", "1001"]] {
      #expect(try desk.run(words: words).output.contains("U-inv-1001"), "\(words)")
    }
    #expect(try desk.convert().output.contains("more of the kind"))
    #expect(try desk.run("verify", desk.runs[0]).code == 4)
    for number in 1001...1007 {
      let settled = try desk.run("accept", "--settle", "\(number)", "--reason", "one is deleted")
      #expect(settled.code == 0)
    }
    #expect(try desk.run("accept", "b.xml").code == 0)
    #expect(try desk.run("verify", desk.runs[0]).code == 0)
    #expect(try desk.run("ledger", "check").code == 0)
  }

  @Test func `a number that QuickBooks has already is a refusal`() throws {
    try desk.answer("a.xml", ["inv-1004": .error(3100, "The name is already in use.")])
    let accepted = try desk.run("accept", "a.xml")
    #expect(accepted.code == 3)
    #expect(accepted.output.contains("refused            1 document over 400.00"))
    #expect(accepted.output.contains("loadbooks adopt 1004"))
    let held = try desk.convert().output
    #expect(held.contains("delivered 0") && held.contains("it has a document with this number"))
    _ = try desk.run("release", "--refused", "1004")
    #expect(try desk.convert().output.contains("delivered 1"))
  }

  @Test func `of a set that QuickBooks could not keep the answers count that are there`() throws {
    try desk.answer(
      "a.xml", [:], only: ["inv-1001", "inv-1002", "inv-1003", "inv-1004"], status: 9005)
    let accepted = try desk.run("accept", "a.xml")
    #expect(accepted.code == 3)
    #expect(accepted.output.contains("taken              4 documents over 1,000.00"))
    #expect(try desk.run("runs").output.contains("3 documents in doubt"))
  }

  @Test func `a customer that was refused for its terms is no vendor`() throws {
    let terms = "There is an invalid reference to QuickBooks Terms \"Net 30\" in the Customer."
    try desk.answer("l.xml", ["customer-VendorCo": .error(3140, terms)], to: "001-lists.xml")
    _ = try desk.run("accept", "l.xml")
    try desk.answer(
      "d.xml",
      [
        "inv-1002": .error(
          3140,
          "There is an invalid reference to QuickBooks Customer \"VendorCo\" in the Invoice.")
      ])
    let accepted = try desk.run("accept", "d.xml").output
    #expect(accepted.contains("[answer-reference-missing]"))
    #expect(!accepted.contains("[answer-name-taken]"))
  }

  @Test func `what no file has any more is sent anew, and says so once`() throws {
    try desk.answer("a.xml", ["inv-1004": .error(3231, "x")])
    try desk.change("002-documents.xml", "</QBXML>\n", "</QBXML>\n\n")
    let told = try desk.run("accept", "a.xml").output
    #expect(told.contains("its file is missing or was changed"))
    #expect(!told.contains("it stands in a file to be sent again"))
    #expect(try desk.convert().output.contains("delivered 1"))
  }
}
