import Foundation
import TestSupport
import Testing

/// Slips of the person at the command line: each is told, and the company folder works as before.
struct SlipsTests {
  private static let header =
    "invoice_number,customer_name,invoice_date,qb_status,category,amount\n"
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try run("init", "co")
    try folder.write(
      Self.header
        + "1,Acme,2026-10-01,,Line Haul,100.00\n2,Beta,2026-10-02,,Line Haul,200.00\n"
        + "3,Acme,2026-10-03,synced,Line Haul,300.00\n4,Acme,2026-10-03,synced,Line Haul,400.00\n",
      to: "a.csv")
  }

  @discardableResult
  private func run(_ arguments: String...) throws -> CommandRun {
    try CommandRun.run(
      arguments + (arguments[0] == "init" ? [] : ["--company", "co"]), in: folder.path)
  }

  private func convert() throws -> String {
    try run("convert", "a.csv")
    let runs = try run("runs").output
    return String(try #require(runs.split(separator: " ").first))
  }

  @Test(arguments: [
    ["suppress", "", "--reason", "x"], ["suppress", " ", "--customer", "Acme", "--reason", "x"],
    ["suppress", "--customer", "", "--reason", "x"], ["suppress", "1\n2", "--reason", "x"],
    ["suppress", "1", "--reason", " "], ["release", ""], ["adopt", "", "--reason", "x"],
    ["explain", ""], ["adopt", "3", "--document", " ", "--reason", "x"],
  ])
  func `an empty number, name or reason is an error of usage, and nothing is suppressed`(
    arguments: [String]
  ) throws {
    let before = try folder.text("co/suppress.csv")
    let answer = try CommandRun.run(arguments + ["--company", "co"], in: folder.path)
    #expect(answer.code == 64)
    #expect(answer.messages.hasPrefix("Error: "))
    #expect(try folder.text("co/suppress.csv") == before)
    #expect(try run("plan", "a.csv").output.contains("delivered 2, 300.00"))
  }

  @Test func `a last day that is over is refused, and the list stays readable`() throws {
    let answer = try run("suppress", "1", "--reason", "x", "--until", "2020-01-01")
    #expect(answer.code == 3)
    #expect(answer.messages.contains("its last day, 2020-01-01, is over"))
    #expect(try run("list", "invoices").code == 0)
  }

  @Test func `numbers are taken without the blanks around them, and each once`() throws {
    #expect(try run("suppress", " 1 ", "1", "--reason", "x").output == "invoice 1: suppressed\n")
    #expect(try run("release", "1", " 1").output == "invoice 1: released\n")
    #expect(try run("explain", "1").output.contains("  released\n"))
  }

  @Test func `a changed file does not ask for another ledger`() throws {
    let id = try convert()
    let file = "co/outbox/\(id)/002-documents.iif"
    try folder.write(try folder.text(file) + "x\n", to: file)
    let answer = try run("ledger", "check")
    #expect(answer.code == 4)
    #expect(answer.output.contains("do not import it (2 documents over 300.00 were written)"))
    #expect(answer.messages.contains("remedy: leave the ledger as it is: it is sound"))
    #expect(answer.messages.contains("loadbooks undo \(id)"))
    #expect(!answer.messages.contains("put back a copy of .loadbooks/ledger.sqlite"))
  }

  @Test func `files of a run that was taken back are not wanted in the outbox`() throws {
    let id = try convert()
    let whole = try folder.text("co/outbox/\(id)/002-documents.iif")
    try run("undo", id, "--yes")
    #expect(try run("ledger", "check").code == 0)
    try folder.write(whole, to: "co/outbox/\(id)/002-documents.iif")
    let answer = try run("ledger", "check")
    #expect(answer.code == 4)
    #expect(answer.output.contains("run \(id) was taken back, but 002-documents.iif is in "))
    #expect(answer.messages.contains("do not import what is in "))
  }

  @Test func `a run that was taken back is told as it is, to programs too`() throws {
    let id = try convert()
    try run("undo", id, "--yes")
    let again = try run("undo", id, "--yes", "--json")
    #expect(again.code == 0)
    #expect(again.output.contains("\"invoices\": 2"))
    #expect(again.output.contains("\"amount\": \"300.00\""))
    #expect(again.output.contains("as written"))
    #expect(!again.output.contains("missing"))
    #expect(try run("runs", "--json").output.contains("co/outbox/undone/\(id)\""))
  }

  @Test func `a number that is taken refuses its invoice only, and so does taking back`() throws {
    _ = try convert()
    #expect(try run("adopt", "3", "--document", "123456789012", "--reason", "x").code == 3)
    #expect(try run("adopt", "3", "--document", "4", "--reason", "x").code == 0)
    let clash = try run("adopt", "4", "5", "--reason", "x")
    #expect(clash.code == 3)
    #expect(clash.messages.contains("invoice 4 cannot be document 4, which belongs to invoice 3"))
    let back = try run("adopt", "1", "3", "--take-back", "--reason", "x")
    #expect(back.code == 3)
    #expect(back.messages.contains("invoice 1 was sent by run"))
    #expect(back.output.contains("invoice 3: not synced any more"))
    let again = try run("adopt", "3", "--reason", "x")
    #expect(again.messages.contains("was not met by a run since its adoption was taken back"))
  }

  @Test func `a change that is taken back is told once in the history`() throws {
    let id = try convert()
    try folder.write(Self.header + "1,Acme,2026-10-01,,Line Haul,100.01\n", to: "b.csv")
    try run("adopt", "1", "--export", "b.csv", "--reason", "x")
    try run("adopt", "1", "--take-back", "--reason", "y")
    let story = try run("explain", "1").output
    #expect(story.components(separatedBy: "sent by run \(id)").count == 2)
  }

  @Test func `a run whose folder was moved can be verified where it is`() throws {
    let id = try convert()
    try FileManager.default.moveItem(
      atPath: folder.path("co/outbox/\(id)"), toPath: folder.path("moved"))
    let gone = try run("verify", id)
    #expect(gone.code == 66)
    #expect(gone.messages.contains("is not there any more"))
    #expect(try run("verify", "moved").code == 0)
  }

  @Test func `what is not counted is not said to be nothing`() throws {
    _ = try convert()
    #expect(try run("list", "items", "--json").output.contains("\"sent\":null"))
    #expect(try run("list", "customers", "--json").output.contains("\"sent\":{\"invoices\":1,"))
  }

  @Test func `a customer of the export is not said to be missing from it`() throws {
    try run("suppress", "2", "--reason", "own row")
    try run("suppress", "--customer", "Beta", "--reason", "all")
    let answer = try run("convert", "a.csv")
    #expect(answer.output.contains("but no invoice of this export is held back by that"))
    #expect(!answer.output.contains("not in this export"))
  }

  @Test(arguments: [
    (["accept", "a.xml", "--reason", "x"], "--reason goes with --settle."),
    (["accept", "a.xml", "--by", "x"], "--by goes with --settle."),
    (["accept", "--recover", "x", "--run", "y"], "--run says to which run answers belong"),
    (["accept", "-"], "Answers are read from files"),
    (["pull", "--target", "qbxml", "--refresh"], "--refresh goes with --target online."),
    (
      ["pull", "--target", "online", "--page-size", "5"],
      "--page-size is for the questions to QuickBooks Desktop"
    ),
    (
      ["pull", "--target", "online", "--next", "a.xml"],
      "--next is for the questions to QuickBooks Desktop"
    ),
  ])
  func `a flag that means nothing here is refused`(_ words: [String], _ told: String) throws {
    let slip = try CommandRun.run(words + ["--company", "co"], in: folder.path)
    #expect(slip.code == 64)
    #expect(slip.messages.contains(told), "\(slip.messages)")
  }

  @Test func `the next piece of the books has a place of its own`() throws {
    try folder.write(
      "<QBXML><QBXMLMsgsRs><ItemQueryRs requestID=\"items\" statusCode=\"0\" statusSeverity=\"Info\" "
        + "iteratorRemainingCount=\"5\" iteratorID=\"{a}\"/></QBXMLMsgsRs></QBXML>",
      to: "co/books/answer.xml")
    let next = try run("pull", "--target", "qbxml", "--next", "co/books/answer.xml")
    #expect(next.output.contains("books/answer-2.xml"), "\(next.output)")
    try folder.write("<QBXML><QBXMLMsgsRs/></QBXML>", to: "other.xml")
    let other = try run("pull", "--target", "qbxml", "--next", "other.xml")
    #expect(other.code == 65)
    #expect(other.messages.contains("answers no question about the books"))
  }
}
