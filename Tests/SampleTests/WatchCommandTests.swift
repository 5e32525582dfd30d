import Foundation
import TestSupport
import Testing

/// What `loadbooks watch` says where its folder is away, or belongs to somebody else.
struct WatchCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: [String]) throws -> CommandRun {
    try CommandRun.run(arguments, in: folder.path)
  }

  @Test func `a folder that is away asks for its drive first`() throws {
    let status = try run(["watch", "--status", "away"])
    #expect(status.code == 4)
    #expect(status.output.contains("is its drive mounted"))
    let once = try run(["watch", "--once", "away"])
    #expect(once.code == 78)
    let text = once.messages.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(text.contains("mount that; a new one is made with: loadbooks init away"), "\(text)")
  }

  @Test func `what was typed wrong ends it, whatever the folders are like`() throws {
    let answer = try run(["watch", "away", "--set", "watch.quiet_time=soon"])
    #expect(answer.code == 78)
    #expect(answer.messages.contains("is not a length of time"))
  }

  @Test func `a layout or a level of the log that is none names those there are`() throws {
    for (flag, words) in [
      ("--log", "'--log <layout>': it takes logfmt or json."),
      (
        "--log-level",
        "'--log-level <level>': it takes trace, debug, info, notice, warning, error or "
      ),
    ] {
      let answer = try run(["watch", "--once", "away", flag, "xml"])
      #expect(answer.code == 64)
      #expect(
        answer.messages.contains("The value 'xml' is invalid for \(words)"), "\(answer.messages)")
    }
  }

  @Test func `a health file that cannot be written is said at the start, and once writes it`()
    throws
  {
    _ = try run(["init", "co"])
    let refused = try run(["watch", "--once", "co", "--health", "no/health.json"])
    #expect(refused.code == 73)
    #expect(try run(["watch", "--once", "co", "--health", "health.json"]).code == 0)
    #expect(try folder.text("health.json").contains("\"well\": true"))
    try folder.write("nonsense: 1\n", to: "co/loadbooks.yaml")
    #expect(try run(["watch", "--once", "co", "--health", "health.json"]).code == 78)
    #expect(try folder.text("health.json").contains("\"well\": false"))
  }

  @Test
  func `trouble has its file and line in the status, and what is complete is not called arriving`()
    throws
  {
    _ = try run(["init", "co"])
    try folder.write(
      "kind,loadops,quickbooks,account,note\nitem,,,,\n", to: "co/mapping.csv")
    try folder.write(
      "Invoice #,Customer,Invoiced On,Pay Item,Amount\n1,Acme,2026-11-01,Line Haul,1.00\n",
      to: "co/inbox/a.csv")
    let once = try run(["watch", "--once", "co", "--set", "watch.quiet_time=0s"])
    #expect(once.code == 78)
    #expect(!once.messages.contains("still arriving"))
    #expect(once.messages.contains("1 complete and not taken"))
  }

  @Test func `once says in its summary and by its exit code what is still arriving`() throws {
    _ = try run(["init", "co"])
    let times = ["--set", "watch.quiet_time=0s", "--set", "watch.longest_wait=0s"]
    try folder.write(
      "Invoice #,Customer,Invoiced On,Pay Item,Amount\n1,Acme,2026-11-01,Line Haul,1.00\n",
      to: "co/inbox/a.csv")
    let file = try #require(FileHandle(forUpdatingAtPath: folder.path("co/inbox/a.csv")))
    let once = try run(["watch", "--once", "co"] + times)
    #expect(once.code == 75, "\(once.messages)")
    #expect(once.output.contains("co: 1 file still arriving, or open for writing, when it ended"))
    try file.close()
    let next = try run(["watch", "--once", "co"] + times)
    #expect(next.code == 0)
    #expect(!next.output.contains("still arriving"))
  }

  @Test func `a folder whose name is a slip is refused at the start, with the right one`() throws {
    _ = try run(["init", "bexar"])
    _ = try run(["init", "acme"])
    let slip = try run(["watch", "acme", "bexra"])
    #expect(slip.code == 78)
    #expect(slip.messages.contains("bexra: there is nothing of that name in"))
    #expect(slip.messages.contains("is it bexar?"))
    let inbox = try run(["watch", "acme/inbox"])
    #expect(inbox.code == 78)
    #expect(inbox.messages.contains("name the company folder itself: "))
    try folder.write("x", to: "other/notes.txt")
    let other = try run(["watch", "other"])
    #expect(other.code == 78)
    #expect(other.messages.contains("it has no loadbooks.yaml"))
  }

  @Test func `a company's name is one line`() throws {
    let answer = try run(["init", "co", "--name", "Acme\nevil: 1"])
    #expect(answer.code == 64)
    #expect(!FileManager.default.fileExists(atPath: folder.path("co")))
  }

  static let ours: [(String, String)] = [
    (
      "number,customer,date,total,decision,reasons,document,file,line\n1,Acme,2026-11-01,1.00,delivered,,INVOICE 1,a.csv,2\n",
      "LoadBooks' own list of a run"
    ),
    (
      "result,class,number,customer,date,due_date,total\n=,,1,Acme,2026-11-01,,1.00\n",
      "LoadBooks' own reconciliation"
    ),
    (
      "{\n  \"format\": \"loadbooks-sync-report\",\n \"version\": 1}\n",
      "LoadBooks' own report of a run"
    ),
    ("{\"format\":\"loadbooks-reconciliation\",\"version\":1}\n", "LoadBooks' own reconciliation"),
    (
      "kind,loadops,quickbooks,account,note\nitem,Line Haul,Line Haul,,\n", "LoadBooks' own mapping"
    ),
    (
      "invoice_number,reason,by,date,until,customer_name\n1,x,y,2026-11-01,,Acme\n",
      "LoadBooks' own suppression list"
    ),
    (
      "These files could not be taken in. Nothing of them was sent.\n\nx.csv\n",
      "LoadBooks' own note"
    ),
    (
      "Acme, Company: 1 file held\n  batch       20261123-130000-be44, taken 2026\n",
      "LoadBooks' own summary"
    ),
    ("!TRNS\tTRNSID\tTRNSTYPE\tDATE\n", "a file of documents for QuickBooks"),
    (
      "<?xml version=\"1.0\"?>\n<QBXML><QBXMLMsgsRs>\n</QBXMLMsgsRs></QBXML>",
      "QuickBooks' answer (qbXML)"
    ),
    (
      "<?xml version=\"1.0\"?>\n<QBXML><QBXMLMsgsRq>\n</QBXMLMsgsRq></QBXML>",
      "a file of requests to QuickBooks"
    ),
    ("PK\u{5}\u{6}" + String(repeating: "\0", count: 18), "ZIP"),
    (
      "  remedy: invoices need invoice_number, customer_name, invoice_date, category and amount; and more\n",
      "is no export"
    ),
    (
      "Dear customer, please find attached the invoices of October, company\nAcme, x, y\n",
      "is no export"
    ),
  ]

  @Test(arguments: ours)
  func `what is no export is refused by what it is`(_ text: String, _ words: String) throws {
    _ = try run(["init", "co"])
    try folder.write(text, to: "dropped.csv")
    for command in [["inspect", "dropped.csv"], ["convert", "dropped.csv", "--company", "co"]] {
      let answer = try run(command)
      let said = (answer.output + answer.messages).split(whereSeparator: \.isWhitespace)
        .joined(separator: " ")
      #expect(answer.code == 65, "\(said)")
      #expect(said.contains(words), "\(said)")
    }
  }
}
