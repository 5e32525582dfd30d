import Foundation
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import loadbooks

/// What answers leave out, and what is lost on the way, is asked about: nothing is sent again that QuickBooks
/// may have.
struct LeftOutTests {
  private let desk: AnswerDesk

  init() throws { desk = try AnswerDesk() }

  private func ids(_ name: String) throws -> [String] {
    var ids: [String] = []
    try QBXMLRequests.forEach(ofFile: desk.path(name)) { request throws(Failure) in
      ids.append(request.id)
    }
    return ids
  }

  private func asked(_ name: String) throws -> [Substring] {
    try String(contentsOfFile: desk.path(name), encoding: .utf8)
      .matches(of: /<RefNumberCaseSensitive>(.*?)</).map(\.1)
  }

  private let allButTwo: Set = ["inv-1001", "inv-1002", "inv-1003", "inv-1004", "cm-1006"]

  // MARK: - Answers that are not whole

  @Test func `what an answer leaves out is asked for by its number`() throws {
    try desk.answer("a.xml", [:], only: allButTwo)
    let accepted = try desk.run("accept", "a.xml")
    #expect(accepted.code == 3)
    #expect(accepted.output.contains("2 requests of 002-documents.xml have no answer"))
    #expect(!accepted.output.contains("002-documents.xml again"), "\(accepted.output)")
    #expect(try asked("003-find.xml") == ["1005", "1007"])
    let before = try desk.run("ledger", "export", "-").output
    _ = try desk.run("accept", "a.xml")
    #expect(try desk.run("ledger", "export", "-").output == before)
    // QuickBooks has one of them; the other one goes out, and nothing else does.
    try desk.answerQuestions(
      "f.xml", to: "003-find.xml",
      with: "<InvoiceRet><TxnID>T-9</TxnID><CustomerRef><FullName>GoodCo</FullName></CustomerRef>"
        + "<TxnDate>2026-11-03</TxnDate><RefNumber>1005</RefNumber><Subtotal>500.00</Subtotal></InvoiceRet>"
    )
    _ = try desk.run("accept", "f.xml")
    #expect(try ids("004-resend.xml") == ["inv-1007"])
    #expect(try desk.convert().output.contains("delivered 0"))
  }

  @Test func `answers to one set in several files leave nothing out`() throws {
    try desk.answer("a.xml", [:], only: allButTwo)
    try desk.answer("b.xml", [:], only: ["inv-1005", "inv-1007"])
    let accepted = try desk.run("accept", "a.xml", "b.xml")
    #expect(accepted.code == 0, "\(accepted.output)")
    #expect(try desk.names().filter { $0.hasSuffix("-find.xml") }.isEmpty)
  }

  @Test func `an answer without the id of its set puts nothing in doubt`() throws {
    try desk.answer("a.xml", [:], namesSet: false, only: allButTwo)
    let accepted = try desk.run("accept", "a.xml")
    #expect(accepted.output.contains("accept --recover \(desk.newest)"), "\(accepted.output)")
    #expect(try desk.names().filter { $0.hasSuffix("-find.xml") }.isEmpty)
    #expect(try !desk.run("runs").output.contains("in doubt"))
  }

  @Test func `list entries that an answer leaves out may be asked for again`() throws {
    try desk.answer("l.xml", [:], to: "001-lists.xml", only: ["customer-GoodCo"])
    let accepted = try desk.run("accept", "l.xml")
    #expect(accepted.code == 3)
    #expect(accepted.output.contains("001-lists.xml again: it has list entries alone"))
    #expect(accepted.output.contains("no answer yet      002-documents.xml"), "\(accepted.output)")
    #expect(try desk.names().filter { $0.hasSuffix("-find.xml") }.isEmpty)
  }

  @Test func `a file of which a part is answered is not offered to be sent again`() throws {
    try desk.answer("p.xml", ["inv-1004": .error(3231, "x"), "inv-1005": .error(3231, "x")])
    _ = try desk.run("accept", "p.xml")
    try desk.answer("r.xml", [:], to: "003-resend.xml", only: ["inv-1004"])
    let accepted = try desk.run("accept", "r.xml").output
    #expect(!accepted.contains("send next          "), "\(accepted)")
    #expect(try asked("004-find.xml") == ["1005"])
    #expect(try !desk.run("runs").output.contains("send next"))
  }

  @Test func `a file that is answered in part without its id is asked about, also when it is lost`()
    throws
  {
    try desk.answer("p.xml", ["inv-1004": .error(3231, "x"), "inv-1005": .error(3231, "x")])
    _ = try desk.run("accept", "p.xml")
    try desk.answer("r.xml", [:], to: "003-resend.xml", namesSet: false, only: ["inv-1004"])
    _ = try desk.run("accept", "r.xml")
    #expect(try desk.run("runs").output.contains("do not send"))
    try FileManager.default.removeItem(atPath: desk.path("003-resend.xml"))
    let run = desk.newest
    #expect(try desk.run("runs").output.contains("accept --recover \(run)"))
    let again = try desk.run("accept", "--recover", run)
    #expect(again.output.contains("-recover.xml"), "\(again.output)\(again.messages)")
    #expect(try !desk.names().contains { $0.hasSuffix("-resend.xml") })
    // QuickBooks does not remember the set: the document is asked for, although its file is lost.
    try desk.answerSet("lost.xml", 3, status: 9002)
    let lost = try desk.run("accept", "lost.xml").output
    let find = try #require(try desk.names().last { $0.hasSuffix("-find.xml") }, "\(lost)")
    #expect(try asked(find) == ["1005"])
    try desk.answerQuestions("f.xml", to: find, with: "")
    let found = try desk.run("accept", "f.xml").output
    let resend = try #require(try desk.names().last { $0.hasSuffix("-resend.xml") }, "\(found)")
    #expect(try ids(resend) == ["inv-1005"])
  }

  // MARK: - Sets with other content

  @Test func `a set that QuickBooks knows with other content is asked about`() throws {
    try desk.answerSet("x.xml", 2, status: 9001)
    let told = try desk.run("accept", "x.xml")
    #expect(told.code == 3)
    #expect(told.output.contains("003-recover.xml, which only asks"), "\(told.output)")
    try desk.answer("a.xml", [:])
    #expect(try desk.run("accept", "a.xml").code == 0)
    let again = try desk.run("accept", "x.xml").output
    #expect(again.contains("nothing needs to be done"), "\(again)")
  }

  // MARK: - Lost files

  @Test func `files that are lost come back in the order of their numbers`() throws {
    let desk = try AnswerDesk()
    var rows = try desk.folder.text("in/invoices.csv")
    for number in 2001...2040 { rows += "\(number),GoodCo,2026-11-03,Line Haul,10\n" }
    try desk.folder.write(rows, to: "in/invoices.csv")
    try desk.convert("--set", "formats.qbxml.requests_per_file=4")
    let files = try desk.names().filter { $0.hasSuffix("-documents.xml") }
    #expect(files.count == 10)
    for (number, file) in files.enumerated() {
      try desk.answer(
        "a\(number).xml", ["inv-\(2001 + 4 * number)": .error(3231, "x")], to: file)
      _ = try desk.run("accept", "a\(number).xml")
    }
    let resent = try desk.names().filter { $0.hasSuffix("-resend.xml") }
    #expect(resent.count == 10)
    for name in resent { try FileManager.default.removeItem(atPath: desk.path(name)) }
    let again = try desk.run("accept", "--recover", desk.newest)
    #expect(again.code == 0)
    let told = again.output.matches(of: /\/(\d+-resend.xml)/).map { String($0.1) }
    #expect(told == resent)
    // With the file of one gone as well, the others come back all the same, and are told.
    for name in resent { try FileManager.default.removeItem(atPath: desk.path(name)) }
    try FileManager.default.removeItem(atPath: desk.path(files[0]))
    let part = try desk.run("accept", "--recover", desk.newest)
    #expect(part.code == 66)
    #expect(part.output.matches(of: /-resend.xml/).count == 9)
    #expect(part.messages.contains("has 2001 any more"), "\(part.messages)")
  }
}
