import Foundation
import QuickBooks
import TestSupport
import Testing
import Vocabulary

@testable import loadbooks

/// What QuickBooks refuses waits until something changes, and what it has of a run that was taken back is
/// not sent a second time.
struct RefusedTests {
  private let desk: AnswerDesk

  init() throws { desk = try AnswerDesk() }

  private func missing(_ kind: String, _ name: String) -> AnswerDesk.Reply {
    .error(3140, "There is an invalid reference to QuickBooks \(kind) \"\(name)\" in the Invoice.")
  }

  @Test func `a name that a vendor has holds its invoices until it is mapped`() throws {
    try desk.answer(
      "l.xml", ["customer-VendorCo": .error(3100, "The name \"VendorCo\" is already in use.")],
      to: "001-lists.xml")
    #expect(
      try desk.run("accept", "l.xml").output.contains(
        "customer \"VendorCo\" (unless a vendor or the like has the name)"))
    try desk.answer("d.xml", ["inv-1002": missing("Customer", "VendorCo")])
    #expect(try desk.run("accept", "d.xml").code == 3)
    #expect(try desk.run("list", "invoices", "--status", "held").output.contains("1002"))
    let held = try desk.convert()
    #expect(held.code == 3)
    #expect(held.output.contains("delivered 0"))
    #expect(held.output.contains("[refused-by-quickbooks]"))
    #expect(held.output.contains("an entry of the Other Names List has this name"))
    try desk.folder.write(
      try desk.folder.text("mapping.csv") + "customer,VendorCo,VendorCo (C),,\n", to: "mapping.csv")
    #expect(try desk.convert().output.contains("delivered 1"))
  }

  @Test
  func
    `an item that QuickBooks lacks holds all that needs it until somebody says that it is there`()
    throws
  {
    try desk.answer("d.xml", ["inv-1002": missing("Item", "Linehaul")])
    #expect(try desk.run("accept", "d.xml").code == 3)
    let held = try desk.convert()
    #expect(held.output.contains("delivered 0"))
    #expect(held.output.contains("lacked the item \"Linehaul\""))
    // A new invoice with the same item waits as well.
    try desk.folder.write(
      try desk.folder.text("in/invoices.csv") + "1008,GoodCo,2026-11-03,Line Haul,80\n",
      to: "in/invoices.csv")
    #expect(try desk.convert().output.contains("held 2"))
    #expect(try desk.run("release", "--refused", "Nothing").code == 64)
    let released = try desk.run("release", "--refused", "linehaul")
    #expect(released.code == 0, "\(released.messages)")
    #expect(try desk.convert().output.contains("delivered 2"))
    #expect(try desk.run("ledger", "check").code == 0)
  }

  @Test func `the line for a taken name has LoadOps' name, in the form of the company's file`()
    throws
  {
    try desk.folder.write(
      "invoice_number,customer_name,invoice_date,category,amount\n"
        + "1,Big Rig,2026-11-03,Line Haul,5\n2,\"\"\"B\"\"; Co\",2026-11-03,Line Haul,6\n",
      to: "in/invoices.csv")
    try desk.folder.write("customer_name\nBig Rig\n\"\"\"B\"\"; Co\"\n", to: "in/customers.csv")
    try desk.folder.write(
      "kind;loadops;quickbooks;account;note\nitem;Line Haul;Linehaul;Freight Income;\n"
        + "customer;Big Rig;BigRig Inc.;;\n", to: "company/mapping.csv")
    let converted = try desk.run("convert", "in", "--target", "qbxml")
    #expect(converted.output.contains("delivered 2"), "\(converted.output)\(converted.messages)")
    let taken = AnswerDesk.Reply.error(3100, "The name is already in use.")
    try desk.answer(
      "l.xml", ["customer-BigRig Inc.": taken, "customer-'B', Co": taken], to: "001-lists.xml")
    _ = try desk.run("accept", "l.xml")
    try desk.answer(
      "d.xml",
      ["inv-1": missing("Customer", "BigRig Inc."), "inv-2": missing("Customer", "\"B\"; Co")])
    let accepted = try desk.run("accept", "d.xml").output
    let lines = [
      "remedy: change line 3 of mapping.csv to: customer;Big Rig;BigRig Inc. (C);;\n",
      "remedy: add to mapping.csv: customer;\"\"\"B\"\"; Co\";\"\"\"B\"\"; Co (C)\";;\n",
    ]
    for line in lines { #expect(accepted.contains(line), "\(accepted)") }
    // The next plan asks for the same lines, and they end the matter.
    let held = try desk.run("plan", "in", "--target", "qbxml").output
    #expect(held.contains("change line 3 of mapping.csv to: customer;Big Rig;BigRig Inc. (C);;\n"))
    #expect(held.contains("mapping.csv: customer;\"\"\"B\"\"; Co\";\"\"\"B\"\"; Co (C)\";;\n"))
    try desk.folder.write(
      "kind;loadops;quickbooks;account;note\nitem;Line Haul;Linehaul;Freight Income;\n"
        + "customer;Big Rig;BigRig Inc. (C);;\n"
        + "customer;\"\"\"B\"\"; Co\";\"\"\"B\"\"; Co (C)\";;\n", to: "company/mapping.csv")
    #expect(try desk.run("plan", "in", "--target", "qbxml").output.contains("delivered 2"))
  }

  @Test func `a customer that was refused itself is not asked to be released`() throws {
    try desk.answer(
      "l.xml", ["customer-VendorCo": .error(3210, "The \"Phone\" field has an invalid value.")],
      to: "001-lists.xml")
    _ = try desk.run("accept", "l.xml")
    try desk.answer("d.xml", ["inv-1002": missing("Customer", "VendorCo")])
    let accepted = try desk.run("accept", "d.xml").output
    #expect(accepted.contains("mend what QuickBooks refused about the customer \"VendorCo\""))
    #expect(!accepted.contains("release --refused"), "\(accepted)")
    #expect(try desk.convert().output.contains("delivered 1"))
  }

  @Test func `what is freed is not listed as held, although something else is`() throws {
    try desk.answer(
      "d.xml",
      ["inv-1002": missing("Item", "Linehaul"), "inv-1003": missing("Customer", "GoodCo")])
    _ = try desk.run("accept", "d.xml")
    _ = try desk.run("release", "--refused", "Linehaul")
    let held = try desk.run("list", "invoices", "--status", "held").output
    #expect(held.contains("1003") && !held.contains("1002"), "\(held)")
  }

  @Test func `a number that QuickBooks refused is not sought on the suppression list`() throws {
    try desk.answer(
      "d.xml", ["inv-1002": .error(3100, "taken"), "inv-1003": missing("Item", "Linehaul")])
    _ = try desk.run("accept", "d.xml")
    #expect(
      try desk.run("release", "1002").messages.contains("loadbooks release --refused 1002"))
    #expect(try desk.run("release", "1003").messages.contains("loadbooks explain 1003"))
    #expect(try desk.run("release", "1004").messages.contains("suppress.csv"))
  }

  @Test func `a customer that an answer shows later frees what waited for it`() throws {
    try desk.answer("d.xml", ["inv-1002": missing("Customer", "VendorCo")])
    _ = try desk.run("accept", "d.xml")
    let first = desk.runs[0]
    #expect(try desk.convert().output.contains("held 1"))
    try desk.answer("l.xml", [:], to: "001-lists.xml", of: first)
    #expect(try desk.run("accept", "l.xml").code == 0)
    #expect(try desk.convert().output.contains("delivered 1"))
  }

  @Test(arguments: [
    (3120, "Object \"80000A1C-1709560000\" specified in the request cannot be found."), (3140, ""),
  ])
  func `what is missing without a name holds the invoice until it changes`(
    _ status: Int, _ words: String
  ) throws {
    try desk.answer("d.xml", ["inv-1002": .error(status, words)])
    let accepted = try desk.run("accept", "d.xml")
    #expect(accepted.code == 3)
    #expect(!accepted.output.contains("status \(status) (status"))
    #expect(accepted.output.contains(words.isEmpty ? "does not name" : "80000A1C-1709560000"))
    #expect(try desk.convert().output.contains("held 1"))
    try desk.folder.write(
      try desk.folder.text("in/invoices.csv").replacing(",200\n", with: ",201\n"),
      to: "in/invoices.csv")
    #expect(try desk.convert().output.contains("delivered 1"))
  }

  @Test func `the report declares only what its files ask for`() throws {
    try desk.answer("d.xml", ["inv-1002": .error(3210, "bad")])
    _ = try desk.run("accept", "d.xml")
    let again = try desk.convert().output
    #expect(again.contains("delivered 1"))
    #expect(again.contains("nothing new"))
    #expect(try !desk.names().contains("001-lists.xml"))
  }

  @Test func `somebody at work on a record is a lock`() throws {
    try desk.answer(
      "d.xml", ["inv-1004": .error(3180, "Another user is editing this record.")])
    #expect(try desk.run("accept", "d.xml").output.contains("003-resend.xml"))
  }

  // MARK: - Runs that were taken back

  @Test func `an answer to a run that was taken back holds its invoices until they are deleted`()
    throws
  {
    let first = desk.newest
    try desk.answer("a.xml", ["inv-1003": .error(3210, "bad")])
    #expect(try desk.run("undo", first, "--yes").code == 0)
    let late = try desk.run("accept", "a.xml")
    #expect(late.code == 4)
    #expect(late.output.contains("[answer-after-undo]"))
    #expect(late.output.contains("invoice 1001"))
    let undone = "company/outbox/undone/\(first)"
    let removal = "\(undone)/delete-from-quickbooks.xml"
    var ids: [String] = []
    try QBXMLRequests.forEach(ofFile: desk.folder.path(removal), validating: true) {
      (request) throws(Failure) in ids.append(request.name)
    }
    #expect(ids.count == 6 && ids.contains("T-inv-1001"))
    // The same answer again changes nothing.
    let before = try desk.run("ledger", "export", "-").output
    _ = try desk.run("accept", "a.xml")
    #expect(try desk.run("ledger", "export", "-").output == before)
    let held = try desk.convert().output
    #expect(held.contains("delivered 1") && held.contains("held 6"))
    #expect(held.contains("[in-quickbooks-after-undo]"))
    // QuickBooks deletes all but one.
    let text = try desk.folder.text(removal)
    let set = try #require(text.firstMatch(of: /newMessageSetID="([^"]*)"/)).1
    var body = ""
    try QBXMLRequests.forEach(ofFile: desk.folder.path(removal)) { request throws(Failure) in
      body +=
        request.id == "inv-1005"
        ? "<TxnDelRs requestID=\"inv-1005\" statusCode=\"3160\" statusSeverity=\"Error\" statusMessage=\"It is paid.\"/>"
        : "<TxnDelRs requestID=\"\(request.id)\" statusCode=\"0\" statusSeverity=\"Info\"><TxnDelType>Invoice</TxnDelType>"
          + "<TxnID>\(request.name)</TxnID></TxnDelRs>"
    }
    try desk.folder.write(
      "<QBXML><QBXMLMsgsRs newMessageSetID=\"\(set)\">\(body)</QBXMLMsgsRs></QBXML>", to: "del.xml")
    let deleted = try desk.run("accept", "del.xml")
    #expect(deleted.code == 3)
    #expect(deleted.output.contains("5 documents"))
    #expect(deleted.output.contains("[answer-removal-refused]"))
    let again = try desk.convert().output
    #expect(again.contains("delivered 5") && again.contains("held 1"))
    #expect(try desk.run("ledger", "check").code == 0)
  }

  @Test func `freeing all refusals leaves what QuickBooks has of a run that was taken back`()
    throws
  {
    let first = desk.newest
    let refused = missing("Item", "Linehaul")
    var replies = ["inv-1002": refused]
    for id in ["inv-1001", "inv-1003", "inv-1004", "inv-1005", "cm-1006", "inv-1007"] {
      replies[id] = .error(3231, "x")
    }
    try desk.answer("p.xml", replies)
    try desk.answer("late.xml", ["inv-1002": refused])
    #expect(try desk.run("accept", "p.xml").code == 3)
    #expect(try desk.run("undo", first, "--yes").code == 0)
    #expect(try desk.run("accept", "late.xml").code == 4)
    let freed = try desk.run("release", "--refused")
    #expect(freed.code == 0, "\(freed.messages)")
    #expect(freed.output == "item Linehaul: released\n")
    #expect(try !desk.run("list", "invoices", "--status", "held").output.contains("1002"))
    let held = try desk.convert().output
    #expect(held.contains("delivered 1") && held.contains("held 6"))
    // Named, it is freed, and its event does not call it refused.
    #expect(try desk.run("release", "--refused", "1001").output == "invoice 1001: released\n")
    let story = try desk.run("explain", "1001").output
    #expect(story.contains("which QuickBooks had of a run that was taken back"))
    let again = try desk.convert().output
    #expect(again.contains("delivered 1") && again.contains("held 5"))
  }

  /// An answer to the documents of a run.
  private func writeAnswer(_ body: String, of run: String, to name: String) throws {
    let set = QBXMLMessageSets(run: run).id(2)
    try desk.folder.write(
      "<QBXML><QBXMLMsgsRs newMessageSetID=\"\(set)\" messageSetStatusCode=\"0\">\(body)"
        + "</QBXMLMsgsRs></QBXML>", to: name)
  }

  @Test func `a late answer that belongs to nothing that was sent is told`() throws {
    let first = desk.newest
    #expect(try desk.run("undo", first, "--yes").code == 0)
    try writeAnswer(
      "<InvoiceAddRs requestID=\"inv-9999\" statusCode=\"0\" statusSeverity=\"Info\"/>", of: first,
      to: "late.xml")
    let late = try desk.run("accept", "late.xml")
    #expect(late.code == 3)
    #expect(late.output.contains("\"inv-9999\" belongs to no request of run \(first)"))
  }

  @Test func `a late answer that contradicts itself holds its invoice`() throws {
    let first = desk.newest
    #expect(try desk.run("undo", first, "--yes").code == 0)
    try writeAnswer(
      "<InvoiceAddRs requestID=\"inv-1004\" statusCode=\"0\" statusSeverity=\"Error\"/>",
      of: first, to: "late.xml")
    let late = try desk.run("accept", "late.xml")
    #expect(late.code == 3)
    #expect(late.output.contains("[answer-contradicts-itself]"))
    #expect(late.output.contains("loadbooks release --refused 1004"))
    let held = try desk.convert().output
    #expect(held.contains("delivered 6") && held.contains("held 1"))
    #expect(try desk.run("release", "--refused", "1004").code == 0)
    #expect(try desk.convert().output.contains("delivered 1"))
  }

  @Test func `a file that deletes is written by a later acceptance when it could not be, and once`()
    throws
  {
    let first = desk.newest
    try desk.answer("a.xml", [:])
    #expect(try desk.run("undo", first, "--yes").code == 0)
    let undone = desk.folder.path("company/outbox/undone/\(first)")
    let manager = FileManager.default
    // A folder stands where the file is written.
    let obstacle = undone + "/.delete-from-quickbooks.xml.partial"
    try manager.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
    #expect(try desk.run("accept", "a.xml").code == 73)
    #expect(try desk.convert().output.contains("held 7"))
    try manager.removeItem(atPath: obstacle)
    let late = try desk.run("accept", "a.xml")
    #expect(late.code == 4)
    #expect(late.output.contains("/delete-from-quickbooks.xml, which deletes them"))
    #expect(try desk.run("accept", "a.xml").code == 0)
    #expect(!manager.fileExists(atPath: undone + "/delete-from-quickbooks-2.xml"))
    // What QuickBooks has deleted is not asked for again, even where the files are gone.
    let removal = undone + "/delete-from-quickbooks.xml"
    var body = ""
    var count = 0
    let set = try QBXMLRequests.forEach(ofFile: removal, validating: true) {
      (request) throws(Failure) in
      count += 1
      body +=
        "<TxnDelRs requestID=\"\(request.id)\" statusCode=\"0\" statusSeverity=\"Info\">"
        + "<TxnID>\(request.name)</TxnID></TxnDelRs>"
    }
    #expect(count == 7)
    try desk.folder.write(
      "<QBXML><QBXMLMsgsRs newMessageSetID=\"\(set ?? "")\">\(body)</QBXMLMsgsRs></QBXML>",
      to: "deleted.xml")
    #expect(try desk.run("accept", "deleted.xml").code == 0)
    for name in ["delete-from-quickbooks.xml", "void-in-quickbooks.xml"] {
      try manager.removeItem(atPath: undone + "/" + name)
    }
    #expect(try desk.run("accept", "a.xml").code == 0)
    #expect(!manager.fileExists(atPath: removal))
  }

  @Test func `an answer that fits two runs is given to neither`() throws {
    let first = desk.newest
    try desk.answer("old.xml", ["inv-1002": .error(3210, "bad")], namesSet: false)
    #expect(try desk.run("undo", first, "--yes").code == 0)
    _ = try desk.convert()
    let before = try desk.run("ledger", "export", "-").output
    let accepted = try desk.run("accept", "old.xml")
    #expect(accepted.code == 3)
    #expect(accepted.output.contains("fits the runs"))
    #expect(try desk.run("ledger", "export", "-").output == before)
    #expect(try desk.run("accept", "old.xml", "--run", desk.newest).output.contains("taken"))
    #expect(try desk.run("accept", "old.xml", "--run", "none").code == 64)
  }

  @Test func `requests that delete are as many as a set may have, and say what is left out`() throws
  {
    try desk.answer("a.xml", ["inv-1002": .error(3210, "bad"), "inv-1003": .contradiction])
    _ = try desk.run("accept", "a.xml")
    try desk.answer("b.xml", [:])
    _ = try desk.run("accept", "b.xml")
    let run = desk.newest
    let undone = try desk.run(
      "undo", run, "--yes", "--set", "formats.qbxml.requests_per_file=2", "--set",
      "formats.qbxml.version=14.0")
    #expect(undone.code == 0, "\(undone.messages)")
    let folder = desk.folder.path("company/outbox/undone/\(run)")
    var counts: [Int] = []
    for name in ["delete-from-quickbooks.xml", "delete-from-quickbooks-2.xml"] {
      var count = 0
      try QBXMLRequests.forEach(ofFile: folder + "/" + name) { _ throws(Failure) in count += 1 }
      counts.append(count)
      let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
      #expect(text.contains("qbxml version=\"14.0\""))
    }
    #expect(counts == [2, 2])
  }

  @Test func `what was never answered is marked as being in no file of requests`() throws {
    let run = desk.newest
    #expect(try desk.run("undo", run, "--yes").code == 0)
    let list = try desk.folder.text("company/outbox/undone/\(run)/remove-from-quickbooks.txt")
    #expect(list.components(separatedBy: "(in no file of requests)").count == 8)
  }

  @Test func `a copy of a company folder leaves the original alone`() throws {
    try FileManager.default.copyItem(
      atPath: desk.folder.path("company"), toPath: desk.folder.path("copy"))
    let run = desk.newest
    let names = try desk.names()
    let undone = try desk.run(words: ["undo", run, "--yes"], company: "copy")
    #expect(undone.code == 0, "\(undone.messages)")
    #expect(try desk.names(of: run) == names)
    #expect(!FileManager.default.fileExists(atPath: desk.folder.path("copy/outbox/\(run)")))
    #expect(try desk.run("verify", run).code == 0)
  }
}
