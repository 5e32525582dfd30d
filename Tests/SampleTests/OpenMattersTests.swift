import Foundation
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import loadbooks

/// What QuickBooks answers otherwise than it was asked stays in sight until somebody settles it.
struct OpenMattersTests {
  private let desk: AnswerDesk

  init() throws { desk = try AnswerDesk() }

  @Test func `a bad file in a list of answers takes nothing from the good ones`() throws {
    try desk.answer("p.xml", ["inv-1001": .total("108.25"), "inv-1004": .error(3231, "x")])
    try desk.folder.write("<QBXML><QBXMLMsgsRs><Inv", to: "trunc.xml")
    let before = try desk.run("ledger", "export", "-").output
    #expect(try desk.run("accept", "p.xml", "trunc.xml").code == 65)
    #expect(try desk.run("ledger", "export", "-").output == before)
    let good = try desk.run("accept", "p.xml")
    #expect(good.code == 4)
    #expect(good.output.contains("QuickBooks has invoice 1001 over 108.25, but 100.00 was sent"))
    #expect(good.output.contains("send next"))
  }

  @Test func `a file to be sent again is named until it is answered`() throws {
    try desk.answer("p.xml", ["inv-1004": .error(3231, "x")])
    #expect(try desk.run("accept", "p.xml").output.contains("003-resend.xml"))
    for command in [
      ["accept", "p.xml"], ["runs"], ["list", "invoices"], ["explain", "1004"], ["convert"],
    ] {
      let told =
        command == ["convert"]
        ? try desk.convert().output : try desk.run(words: command).output
      #expect(told.contains("003-resend.xml"), "\(command): \(told)")
    }
    try desk.answer("r.xml", [:], to: "003-resend.xml", of: desk.runs[0])
    #expect(try desk.run("accept", "r.xml").code == 0)
    for command in [["accept", "p.xml"], ["runs"], ["list", "invoices"], ["explain", "1004"]] {
      #expect(try !desk.run(words: command).output.contains("003-resend.xml"), "\(command)")
    }
  }

  @Test func `a differing total stays in sight until it is settled`() throws {
    try desk.answer("p.xml", ["inv-1001": .total("108.25")])
    #expect(try desk.run("accept", "p.xml").code == 4)
    #expect(try desk.run("accept", "p.xml").code == 4)
    for command in [["explain", "1001"], ["ledger", "check"], ["verify", desk.newest]] {
      #expect(try desk.run(words: command).output.contains("108.25"), "\(command)")
    }
    #expect(try desk.run("verify", desk.newest).code == 4)
    let check = try desk.run("ledger", "check")
    #expect(check.code == 4 && check.output.contains("\nNOT CLEAN"))
    #expect(check.messages.contains("leave the ledger as it is: it is sound"))
    #expect(try desk.convert().output.contains("108.25"))
    #expect(try desk.run("accept", "--settle", "1001").code == 64)
    let settled = try desk.run("accept", "--settle", "1001", "--reason", "tax removed")
    #expect(settled.code == 0, "\(settled.messages)")
    #expect(try desk.run("accept", "p.xml").code == 0)
    #expect(try desk.run("verify", desk.newest).code == 0)
    #expect(try desk.run("accept", "--settle", "1001", "--reason", "again").code == 64)
    #expect(try desk.run("explain", "1001").output.contains("tax removed"))
  }

  @Test func `what was refused or asked again and is taken after all is checked as well`()
    throws
  {
    try desk.answer("p.xml", ["inv-1002": .error(3210, "bad"), "inv-1004": .error(3231, "x")])
    #expect(try desk.run("accept", "p.xml").code == 3)
    try desk.answer("q.xml", ["inv-1002": .total("216.50"), "inv-1004": .total("433.00")])
    let accepted = try desk.run("accept", "q.xml")
    #expect(accepted.code == 4)
    #expect(accepted.output.contains("invoice 1002 over 216.50, but 200.00 was sent"))
    #expect(accepted.output.contains("invoice 1004 over 433.00, but 400.00 was sent"))
    #expect(try desk.run("accept", "q.xml").code == 4)
  }

  @Test func `the total is held against the ledger, not against a file that somebody changed`()
    throws
  {
    try desk.change("002-documents.xml", "400.00", "900.00")
    try desk.answer("a.xml", [:])
    let accepted = try desk.run("accept", "a.xml")
    #expect(accepted.code == 4)
    #expect(accepted.output.contains("invoice 1004 over 900.00, but 400.00 was sent"))
    #expect(accepted.output.contains("[answer-to-changed-file]"))
  }

  @Test func `a missing file of requests is one finding`() throws {
    try desk.answer("a.xml", [:])
    try FileManager.default.removeItem(atPath: desk.path("002-documents.xml"))
    let accepted = try desk.run("accept", "a.xml")
    #expect(accepted.output.contains("002-documents.xml of run \(desk.newest) is missing"))
    #expect(accepted.output.components(separatedBy: "[answer-").count == 2, "\(accepted.output)")
  }

  @Test func `what an answer does not show is told as not checked`() throws {
    try desk.answer(
      "a.xml",
      [
        "inv-1001": .raw(""), "inv-1002": .total("4e2"),
        "inv-1003": .raw("<ErrorRecovery><TxnID>T9</TxnID></ErrorRecovery>"),
        "inv-1004": .raw("<InvoiceRet><TxnID>T4</TxnID></InvoiceRet>"),
        "inv-1007": .raw(
          "<InvoiceRet><TxnID>T7</TxnID><Subtotal>70.00</Subtotal><SalesTaxTotal>abc</SalesTaxTotal></InvoiceRet>"
        ),
      ])
    let accepted = try desk.run("accept", "a.xml")
    #expect(accepted.code == 3)
    for number in ["1001", "1002", "1003", "1004", "1007"] {
      #expect(accepted.output.contains("the total of invoice \(number) "), "\(number)")
    }
    #expect(accepted.output.components(separatedBy: "[answer-total-unchecked]").count == 6)
    // Nothing is known to be wrong: the memory and the run say so alike.
    let check = try desk.run("ledger", "check")
    #expect(check.code == 0 && check.output.contains("! the total of invoice 1001 "))
    #expect(try desk.run("verify", desk.newest).code == 0)
  }

  @Test func `another number, customer, date or an id that is taken is told`() throws {
    let shown = { (customer: String, date: String, number: String, id: String, total: String) in
      AnswerDesk.Reply.raw(
        "<InvoiceRet><TxnID>\(id)</TxnID><CustomerRef><FullName>\(customer)</FullName></CustomerRef>"
          + "<TxnDate>\(date)</TxnDate><RefNumber>\(number)</RefNumber><Subtotal>\(total)</Subtotal></InvoiceRet>"
      )
    }
    try desk.answer(
      "a.xml",
      [
        "inv-1001": shown("GoodCo", "2026-11-03", "1001", "X1", "100.00"),
        "inv-1002": shown("Other", "2019-11-03", "9999", "X1", "200.00"),
      ])
    let accepted = try desk.run("accept", "a.xml")
    #expect(accepted.code == 4)
    let words = accepted.output
    #expect(words.contains("the number 9999"))
    #expect(words.contains("the customer \"Other\" for \"VendorCo\""))
    #expect(words.contains("the date 2019-11-03 for 2026-11-03"))
    #expect(words.contains("the id X1, which invoice 1001 has as well"))
    #expect(words.components(separatedBy: "[answer-document-differs]").count == 2)
  }

  @Test func `a warning of QuickBooks is told`() throws {
    try desk.answer("a.xml", ["inv-1003": .warning(530, "Unsupported field")])
    let accepted = try desk.run("accept", "a.xml")
    #expect(accepted.code == 3)
    #expect(accepted.output.contains("QuickBooks says: Unsupported field (status 530)"))
  }

  @Test func `an answer that contradicts itself leaves the invoice in doubt`() throws {
    try desk.answer("a.xml", ["inv-1004": .contradiction])
    let accepted = try desk.run("accept", "a.xml")
    #expect(accepted.code == 3)
    #expect(accepted.output.contains("[answer-contradicts-itself]"))
    #expect(accepted.output.contains("-find.xml"))
    #expect(try desk.run("explain", "1004").output.contains("in doubt"))
    #expect(try desk.convert().output.contains("delivered 0"))
  }

  // MARK: - Look-ups

  @Test func `a look-up takes no other document for ours`() throws {
    let set = QBXMLMessageSets(run: desk.newest).id(2)
    let empty =
      "<QBXML><QBXMLMsgsRs newMessageSetID=\"\(set)\" messageSetStatusCode=\"9002\"/></QBXML>"
    try desk.folder.write(empty, to: "lost.xml")
    #expect(try desk.run("accept", "lost.xml").code == 3)
    let document = { (number: String, customer: String, total: String, date: String) in
      "<InvoiceRet><TxnID>F\(number)</TxnID><CustomerRef><FullName>\(customer)</FullName></CustomerRef>"
        + "<TxnDate>\(date)</TxnDate><RefNumber>\(number)</RefNumber><Subtotal>\(total)</Subtotal></InvoiceRet>"
    }
    let found =
      document("1001", "GoodCo", "100.00", "2026-11-03")
      + document("1002", "VendorCo", "216.50", "2026-11-03")
      + document("1004", "GoodCo", "400.00", "2019-11-03")
    try desk.folder.write(
      "<QBXML><QBXMLMsgsRs><InvoiceQueryRs requestID=\"find-i-\(set).3\" statusCode=\"0\" "
        + "statusSeverity=\"Info\">\(found)</InvoiceQueryRs><CreditMemoQueryRs requestID=\"find-c-\(set).3\" "
        + "statusCode=\"1010\" statusSeverity=\"Error\" statusMessage=\"not available\"/></QBXMLMsgsRs></QBXML>",
      to: "found.xml")
    let accepted = try desk.run("accept", "found.xml")
    #expect(accepted.code == 3)
    let words = accepted.output
    #expect(words.contains("the number 1002 for \"VendorCo\" over 216.50"))
    #expect(words.contains("the number 1004 for \"GoodCo\" over 400.00 of 2019-11-03"))
    #expect(words.contains("status 1010 not available"))
    #expect(try desk.run("explain", "1004").output.contains("in doubt"))
    #expect(try desk.run("explain", "1006").output.contains("in doubt"))
    #expect(try desk.run("explain", "1001").output.contains("QuickBooks took it"))
    // 1003, 1005 and 1007 are not there and go out again.
    #expect(words.contains("3 documents over 870.00"))
  }

  @Test func `what QuickBooks forgot of a file that was sent again is looked up and goes out anew`()
    throws
  {
    let run = desk.newest
    try desk.answer("p.xml", ["inv-1004": .error(3231, "x")])
    _ = try desk.run("accept", "p.xml")
    let set = QBXMLMessageSets(run: run).id(3)
    try desk.folder.write(
      "<QBXML><QBXMLMsgsRs newMessageSetID=\"\(set)\" messageSetStatusCode=\"9002\"/></QBXML>",
      to: "lost.xml")
    #expect(try desk.run("accept", "lost.xml").code == 3)
    let question = try String(contentsOfFile: desk.path("004-find.xml"), encoding: .utf8)
    #expect(question.contains("requestID=\"find-i-\(set).4\""))
    try desk.answerQuestions("found.xml", to: "004-find.xml", with: "")
    #expect(try desk.run("accept", "found.xml").output.contains("005-resend.xml"))
    try desk.answer("r.xml", [:], to: "005-resend.xml")
    let accepted = try desk.run("accept", "r.xml")
    #expect(accepted.code == 0, "\(accepted.output)")
    #expect(accepted.output.contains("1 document over 400.00"))
  }

  @Test(arguments: [9002, 9005])
  func `what QuickBooks cannot tell of lists is asked by sending them again`(_ status: Int) throws {
    let set = QBXMLMessageSets(run: desk.newest).id(1)
    try desk.folder.write(
      "<QBXML><QBXMLMsgsRs newMessageSetID=\"\(set)\" messageSetStatusCode=\"\(status)\"/></QBXML>",
      to: "lost.xml")
    let accepted = try desk.run("accept", "lost.xml")
    #expect(accepted.output.contains("001-lists.xml again"))
    #expect(try !desk.names().contains { $0.hasSuffix("-find.xml") })
  }

  @Test func `a set whose answer could not be kept is only asked for`() throws {
    let set = QBXMLMessageSets(run: desk.newest).id(2)
    try desk.folder.write(
      "<QBXML><QBXMLMsgsRs newMessageSetID=\"\(set)\" messageSetStatusCode=\"9005\"/></QBXML>",
      to: "lost.xml")
    let accepted = try desk.run("accept", "lost.xml")
    #expect(accepted.output.contains("003-find.xml"))
    #expect(!accepted.output.contains("as it was written"))
  }

  // MARK: - Files

  @Test func `asking for lost answers again writes no second file`() throws {
    #expect(try desk.run("accept", "--recover", desk.newest).code == 0)
    let names = try desk.names()
    let again = try desk.run("accept", "--recover", desk.newest)
    #expect(try desk.names() == names)
    #expect(again.output.contains("-recover.xml"))
  }

  @Test func `a file to be sent again that was changed is told`() throws {
    try desk.answer("p.xml", ["inv-1004": .error(3231, "x")])
    _ = try desk.run("accept", "p.xml")
    #expect(try desk.run("ledger", "check").code == 0)
    #expect(try desk.run("verify", desk.newest).code == 0)
    try desk.change("003-resend.xml", "400.00", "900.00")
    #expect(try desk.run("ledger", "check").code == 4)
    #expect(try desk.run("verify", desk.newest).code == 4)
  }

  @Test func `verify is clean after QuickBooks refused something`() throws {
    try desk.answer("p.xml", ["inv-1002": .error(3210, "bad")])
    #expect(try desk.run("accept", "p.xml").code == 3)
    let verified = try desk.run("verify", desk.newest)
    #expect(verified.code == 0, "\(verified.output)")
    #expect(verified.output.contains("QuickBooks refused 1 invoice, 200.00 in total"))
  }

  @Test func `two sets of answers in one file are each told`() throws {
    try desk.answer("d.xml", [:])
    try desk.answer("l.xml", [:], to: "001-lists.xml")
    let both = try ["l.xml", "d.xml"].map { name in
      try desk.folder.text(name).replacing("<?xml version=\"1.0\" ?>", with: "")
        .replacing("<QBXML>", with: "").replacing("</QBXML>", with: "")
    }
    try desk.folder.write("<QBXML>\(both.joined())</QBXML>", to: "both.xml")
    let accepted = try desk.run("accept", "both.xml")
    #expect(accepted.code == 0, "\(accepted.output)")
    #expect(accepted.output.contains("answers to 001-lists.xml"))
    #expect(accepted.output.contains("answers to 002-documents.xml"))
  }

  @Test func `answers that cannot be read say what to do`() throws {
    try FileManager.default.createDirectory(
      atPath: desk.folder.path("answers"), withIntermediateDirectories: true)
    #expect(try desk.run("accept", "answers").messages.contains("is a folder"))
    try desk.folder.write("", to: "e.xml")
    #expect(try desk.run("accept", "e.xml").messages.contains("e.xml is empty"))
    try desk.answer("a.xml", [:])
    let text = try desk.folder.text("a.xml")
    for cut in [400, 900, text.count - 12] {
      try desk.folder.write(String(text.prefix(cut)), to: "c.xml")
      #expect(try desk.run("accept", "c.xml").messages.contains("c.xml ends in the middle"))
    }
    let bytes =
      Array("<QBXML><QBXMLMsgsRs><X>".utf8) + [0xE9] + Array("</X></QBXMLMsgsRs></QBXML>".utf8)
    try Data(bytes).write(to: URL(fileURLWithPath: desk.folder.path("w.xml")))
    #expect(try desk.run("accept", "w.xml").messages.contains("windows-1252"))
  }
}
