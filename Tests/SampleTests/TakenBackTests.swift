import Foundation
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import loadbooks

/// What QuickBooks has said to have stays held after its run was taken back, until it is removed there.
struct TakenBackTests {
  private let desk: AnswerDesk

  init() throws { desk = try AnswerDesk() }

  private func undone(_ run: String, _ file: String) -> String {
    "company/outbox/undone/\(run)/\(file)"
  }

  /// Answers requests that delete documents: done, unless a status says otherwise.
  private func answer(
    _ name: String, to file: String, of run: String, _ refusals: [String: Int] = [:]
  ) throws {
    var body = ""
    let path = desk.folder.path(undone(run, file))
    let set = try QBXMLRequests.forEach(ofFile: path, validating: true) {
      (request) throws(Failure) in
      body +=
        refusals[request.id].map {
          "<TxnDelRs requestID=\"\(request.id)\" statusCode=\"\($0)\" statusSeverity=\"Error\" "
            + "statusMessage=\"No.\"/>\n"
        }
        ?? "<TxnDelRs requestID=\"\(request.id)\" statusCode=\"0\" statusSeverity=\"Info\">"
        + "<TxnID>\(request.name)</TxnID></TxnDelRs>\n"
    }
    try desk.folder.write(
      "<QBXML><QBXMLMsgsRs newMessageSetID=\"\(set ?? "")\">\(body)</QBXMLMsgsRs></QBXML>",
      to: name)
  }

  @Test func `what QuickBooks took is held after an undo until its deletion is confirmed`() throws {
    let run = desk.newest
    try desk.answer("a.xml", ["inv-1003": .error(3231, "x")])
    _ = try desk.run("accept", "a.xml")
    let undo = try desk.run("undo", run, "--yes")
    #expect(undo.code == 0, "\(undo.messages)")
    #expect(undo.output.contains("it has 6 of them"))
    #expect(undo.output.contains("/delete-from-quickbooks.xml"))
    #expect(undo.output.contains("loadbooks release --refused \(run)"))
    #expect(undo.output.contains("The other 1 may be sent again"))
    var held = try desk.convert().output
    #expect(held.contains("delivered 1") && held.contains("held 6"))
    #expect(held.contains("[in-quickbooks-after-undo]"))
    // QuickBooks refuses three of them, each for another reason.
    try answer(
      "d.xml", to: "delete-from-quickbooks.xml", of: run,
      ["inv-1001": 3175, "inv-1002": 3120, "inv-1004": 3160])
    let told = try desk.run("accept", "d.xml")
    #expect(told.code == 3)
    #expect(told.output.contains("delete-from-quickbooks-2.xml, because the same file gets the"))
    #expect(told.output.contains("if the document is not in it any more, say so with: "))
    #expect(told.output.contains("loadbooks release --refused 1002"))
    #expect(told.output.contains("if payments are linked"))
    held = try desk.convert().output
    #expect(held.contains("delivered 3") && held.contains("held 3"))
    // The same answer again writes nothing more.
    _ = try desk.run("accept", "d.xml")
    let manager = FileManager.default
    #expect(
      !manager.fileExists(atPath: desk.folder.path(undone(run, "delete-from-quickbooks-3.xml"))))
    var names: [String] = []
    let second = desk.folder.path(undone(run, "delete-from-quickbooks-2.xml"))
    try QBXMLRequests.forEach(ofFile: second, validating: true) { request throws(Failure) in
      names.append(request.name)
    }
    #expect(names == ["T-inv-1001"])
    // Locked once more: a third file, although the second was moved away since.
    try answer("e.xml", to: "delete-from-quickbooks-2.xml", of: run, ["inv-1001": 3176])
    #expect(try desk.run("accept", "e.xml").output.contains("delete-from-quickbooks-3.xml"))
    try answer("f.xml", to: "delete-from-quickbooks-3.xml", of: run)
    #expect(try desk.run("accept", "f.xml").code == 0)
    #expect(try desk.convert().output.contains("delivered 1"))
    // What is gone by other means is freed by the run's name.
    #expect(try desk.run("release", "--refused", run).output.contains("invoice 1004: released"))
    #expect(try desk.convert().output.contains("delivered 2"))
    #expect(try desk.run("ledger", "check").code == 0)
  }

  @Test func `removing the documents of one run leaves what another one has`() throws {
    let first = desk.newest
    #expect(try desk.run("undo", first, "--yes").output.contains("7 invoices"))
    _ = try desk.convert()
    let second = desk.newest
    #expect(try desk.run("undo", second, "--yes").code == 0)
    // Both had been sent, and their answers come late.
    for (run, ids) in [(first, "A-"), (second, "B-")] {
      let place = "outbox/undone/\(run)"
      try FileManager.default.copyItem(
        atPath: desk.folder.path("company/\(place)"),
        toPath: desk.folder.path("company/outbox/\(run)"))
      try desk.answer("\(ids).xml", [:], of: run, ids: ids)
      try FileManager.default.removeItem(atPath: desk.folder.path("company/outbox/\(run)"))
      #expect(try desk.run("accept", "\(ids).xml").code == 4)
    }
    try answer("d.xml", to: "delete-from-quickbooks.xml", of: first)
    #expect(try desk.run("accept", "d.xml").output.contains("7 documents"))
    let held = try desk.convert().output
    #expect(held.contains("delivered 0") && held.contains("held 7"))
    try answer("e.xml", to: "delete-from-quickbooks.xml", of: second)
    _ = try desk.run("accept", "e.xml")
    #expect(try desk.convert().output.contains("delivered 7"))
  }

  @Test func `a run of files that nothing answers is taken back as before`() throws {
    let run = desk.newest
    let undo = try desk.run("undo", run, "--yes").output
    #expect(undo.contains("7 invoices") && undo.contains("may be sent again"))
    #expect(!undo.contains("delete-from-quickbooks"))
    #expect(try desk.convert().output.contains("delivered 7"))
  }

  @Test func `what somebody has freed is not asked to be freed again`() throws {
    let run = desk.newest
    try desk.answer("a.xml", [:])
    _ = try desk.run("accept", "a.xml")
    _ = try desk.run("undo", run, "--yes")
    try answer(
      "d.xml", to: "delete-from-quickbooks.xml", of: run, ["inv-1001": 3175, "inv-1002": 3175])
    _ = try desk.run("accept", "d.xml")
    #expect(try desk.run("release", "--refused", run).code == 0)
    // One is gone, as was said; the other is there still.
    try answer(
      "e.xml", to: "delete-from-quickbooks-2.xml", of: run, ["inv-1001": 3120, "inv-1002": 3160])
    let told = try desk.run("accept", "e.xml")
    #expect(told.code == 3)
    #expect(!told.output.contains("release --refused"), "\(told.output)")
    #expect(!told.output.contains("1001"))
    #expect(told.output.contains("the document 1002, which was said to be gone (release)"))
    #expect(try desk.run("accept", "e.xml").code == 0)
  }

  @Test func `a removal that an answer leaves out is told`() throws {
    let run = desk.newest
    try desk.answer("a.xml", [:])
    _ = try desk.run("accept", "a.xml")
    _ = try desk.run("undo", run, "--yes")
    try answer("d.xml", to: "delete-from-quickbooks.xml", of: run)
    let whole = try desk.folder.text("d.xml")
    try desk.folder.write(
      whole.split(separator: "\n").filter { !$0.contains("inv-1004") }.joined(separator: "\n"),
      to: "part.xml")
    let told = try desk.run("accept", "part.xml")
    #expect(told.code == 3)
    #expect(told.output.contains("1 request of delete-from-quickbooks.xml has no answer"))
    #expect(told.output.contains("\"inv-1004\""))
    #expect(told.output.contains("/delete-from-quickbooks.xml again, and accept its answer"))
    #expect(try desk.convert().output.contains("held 1"))
    #expect(try desk.run("accept", "d.xml").code == 0)
    #expect(try desk.convert().output.contains("delivered 1"))
  }

  /// Takes the lines of a file out that have a word.
  private func shorten(_ name: String, _ word: String, to other: String) throws {
    let lines = try desk.folder.text(name).split(separator: "\n")
    try desk.folder.write(
      lines.filter { !$0.contains(word) }.joined(separator: "\n"), to: other)
  }

  @Test
  func `what is locked and what is left out are asked for in one file, and no other is named`()
    throws
  {
    let run = desk.newest
    try desk.answer("a.xml", [:])
    _ = try desk.run("accept", "a.xml")
    _ = try desk.run("undo", run, "--yes")
    try answer("d.xml", to: "delete-from-quickbooks.xml", of: run, ["inv-1001": 3175])
    try shorten("d.xml", "inv-1004", to: "part.xml")
    for round in 1...2 {
      let told = try desk.run("accept", "part.xml")
      #expect(told.code == 3)
      #expect(told.output.contains("1 request of delete-from-quickbooks.xml has no answer"))
      let remedies = told.output.components(separatedBy: "remedy: ").dropFirst()
      #expect(remedies.count == (round == 1 ? 2 : 1), "\(told.output)")
      #expect(
        remedies.allSatisfy { $0.contains("/delete-from-quickbooks-2.xml") }, "\(told.output)")
      #expect(!told.output.contains("/delete-from-quickbooks.xml again"))
    }
    let second = try desk.folder.text(undone(run, "delete-from-quickbooks-2.xml"))
    #expect(second.contains("T-inv-1001") && second.contains("T-inv-1004"))
    let held = try desk.convert().output
    let last = "send the last file that deletes it, in outbox/undone/\(run), because"
    #expect(held.contains(last), "\(held)")
    try answer("e.xml", to: "delete-from-quickbooks-2.xml", of: run)
    #expect(try desk.run("accept", "e.xml").code == 0)
    #expect(try desk.convert().output.contains("delivered 2"))
  }

  @Test func `what was locked when it was to be voided is voided by the next file`() throws {
    let run = desk.newest
    try desk.answer("a.xml", [:])
    _ = try desk.run("accept", "a.xml")
    _ = try desk.run("undo", run, "--yes")
    try answer(
      "d.xml", to: "void-in-quickbooks.xml", of: run, ["inv-1001": 3175, "inv-1002": 3160])
    try desk.folder.write(
      try desk.folder.text("d.xml").replacing("TxnDelRs", with: "TxnVoidRs"), to: "v.xml")
    let told = try desk.run("accept", "v.xml").output
    #expect(
      told.contains("/void-in-quickbooks-2.xml, because the same file gets the same answer"),
      "\(told)")
    #expect(!told.contains("delete-from-quickbooks-2.xml"))
    // What cannot be removed at all is not waited for.
    let held = try desk.convert().output
    #expect(
      held.contains("delete it in QuickBooks by hand (if payments are linked to it"), "\(held)")
  }
}
