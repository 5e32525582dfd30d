import Foundation
import Ledger
import Sync
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import DropFolder

/// What becomes of files that are dropped, with a clock that runs as the tests want it.
struct CompanyWatchTests {
  @Test func `a file becomes a run, and everything is where people look for it`() throws {
    let sandbox = try Sandbox()
    try sandbox.drop(Sandbox.export([1, 2, 3]), as: "invoices.csv")
    #expect(sandbox.turn().isEmpty)
    #expect(sandbox.watch.status.state == .arriving)
    let told = sandbox.settle()
    #expect(told == ["Test Carriers: 3 invoices, 300.00 delivered"])
    let batch = try #require(sandbox.watch.status.last?.id)
    #expect(try sandbox.documents() == ["1": 1, "2": 1, "3": 1])
    #expect(sandbox.names("inbox").isEmpty)
    #expect(sandbox.names("archive") == ["\(batch)/invoices.csv"])
    let outbox = sandbox.names("outbox")
    for name in [
      "001-lists.iif", "002-documents.iif", "sync-report.html", "sync-report.txt",
      "sync-report.json", "invoices.csv", "held.csv", "summary.txt", "summary.json",
    ] { #expect(outbox.contains("\(batch)/\(name)"), "\(name)") }
    #expect(sandbox.names("held").isEmpty)
    #expect(sandbox.names(".loadbooks/watch").isEmpty)
    let run = try #require(try sandbox.ledger().run(batch))
    #expect(run.state == .finished)
    #expect(run.command == "watch")
    // The report names the input where it is now, so that `verify` finds it.
    #expect(run.inputs.map(\.path) == [sandbox.company.path + "/archive/\(batch)/invoices.csv"])
    #expect(try Verification(folder: sandbox.company.path + "/outbox/" + batch).isClean)
  }

  @Test func `customers and invoices that arrive together are one batch`() throws {
    let sandbox = try Sandbox()
    try sandbox.drop("customer_name\nSecret Customer 1\n", as: "customers.csv")
    sandbox.turn(after: .seconds(1))
    try sandbox.drop(Sandbox.export([1, 2]), as: "invoices.csv")
    sandbox.settle()
    #expect(sandbox.watch.status.counts.batches == 1)
    // The second one's customer is not in the customers export.
    #expect(try sandbox.documents() == ["1": 1])
    #expect(sandbox.watch.hasHeld)
    #expect(sandbox.heldFiles == ["held.csv"])
  }

  @Test(arguments: [
    ("customers.csv", "customer_name\nSecret Customer 1\n"),
    ("customers.json", #"{"customers": [{"customer_name": "Secret Customer 1"}]}"#),
  ])
  func `customers alone wait for the invoices`(_ name: String, _ text: String) throws {
    let sandbox = try Sandbox()
    try sandbox.drop(text, as: name)
    sandbox.settle(turns: 10)
    #expect(sandbox.names("inbox") == [name])
    #expect(sandbox.watch.status.state == .arriving)
    #expect(sandbox.watch.status.waitsForInvoices == true)
    #expect(sandbox.lines.events.filter { $0 == "lists-wait" }.count == 1)
    try sandbox.drop(Sandbox.export([1]), as: "invoices.csv")
    sandbox.settle()
    #expect(sandbox.archived == [name, "invoices.csv"].sorted())
    #expect(sandbox.watch.status.counts.batches == 1)
    #expect(sandbox.watch.status.waitsForInvoices == nil)
    #expect(sandbox.heldFiles.isEmpty)
  }

  @Test func `customers alone are held with the reason when no invoices come`() throws {
    let sandbox = try Sandbox()
    try sandbox.drop("customer_name\nSecret Customer 2\n", as: "customers.csv")
    // What cannot be read is no reason to take them sooner.
    try sandbox.drop("hello\n", as: "letter.txt")
    sandbox.turn()
    sandbox.turn(after: .seconds(600))
    #expect(sandbox.names("inbox") == ["customers.csv", "letter.txt"])
    sandbox.turn(after: .seconds(11))
    #expect(sandbox.heldFiles == ["customers.csv", "letter.txt"])
    let batch = try #require(sandbox.watch.status.last?.id)
    let why = try sandbox.folder.text("acme/held/\(batch)/why.txt")
    #expect(why.contains("the export holds no invoices"), "\(why)")
  }

  @Test func `settings and lists are read once for a batch, however many files are bad`() throws {
    let reads = Mutex(0)
    let plans = Mutex(0)
    let sandbox = try Sandbox { point throws(Failure) in
      if point == .read { reads.withLock { $0 += 1 } }
      if point == .plan { plans.withLock { $0 += 1 } }
    }
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    for number in 0..<20 { try sandbox.drop("poison \(number)\n", as: "b\(number).csv") }
    sandbox.settle()
    #expect(sandbox.heldFiles.count == 20)
    #expect(try sandbox.documents() == ["1": 1])
    #expect(reads.withLock { $0 } == 1)
    #expect(plans.withLock { $0 } == 2)
  }

  @Test func `a mapping that is mended while a batch is in work counts at once`() throws {
    let place = Mutex("")
    let sandbox = try Sandbox { point throws(Failure) in
      guard point == .plan, let file = FileHandle(forWritingAtPath: place.withLock { $0 }) else {
        return
      }
      file.seekToEndOfFile()
      file.write(Data("item,No Such Category,Line Haul,,\n".utf8))
      try? file.close()
      place.withLock { $0 = "" }
    }
    place.withLock { $0 = sandbox.company.mappingPath }
    try sandbox.drop(Sandbox.export([1], category: "No Such Category"), as: "a.csv")
    // Its records are broken far behind its beginning, so that only a plan sees it.
    let records = (0..<9).map { "{\"invoice_number\": \"9\($0)\"}," }.joined()
    try sandbox.drop("{\"invoices\": [" + records, as: "b.json")
    sandbox.settle()
    #expect(sandbox.heldFiles == ["b.json"])
    #expect(try sandbox.documents() == ["1": 1])
  }

  @Test func `a file that is uploaded slowly is taken once, when it is whole`() throws {
    let sandbox = try Sandbox()
    let whole = Sandbox.export(Array(1...40))
    let path = sandbox.inbox + "/slow.csv"
    for part in 1...8 {
      try Data(whole.utf8.prefix(whole.utf8.count * part / 8)).write(to: URL(fileURLWithPath: path))
      for _ in 0..<3 { #expect(sandbox.turn(after: .seconds(3)).isEmpty) }
    }
    sandbox.settle()
    #expect(try sandbox.documents().count == 40)
    #expect(sandbox.watch.status.counts.batches == 1)
  }

  @Test func `a dropped file is never written over by one of ours of the same name`() throws {
    let sandbox = try Sandbox()
    try sandbox.drop("not an export\n", as: "held.csv")
    try sandbox.drop("nor this\n", as: "why.txt")
    try sandbox.drop("nor that\n", as: "summary.json")
    try sandbox.drop(Sandbox.export([1]) + "2,Nobody,x,Line Haul,5.00\n", as: "a.csv")
    sandbox.settle()
    let batch = try #require(sandbox.watch.status.last?.id)
    for (name, text) in [
      ("held.csv", "not an export\n"), ("why.txt", "nor this\n"), ("summary.json", "nor that\n"),
    ] { #expect(try sandbox.folder.text("acme/held/\(batch)/\(name)") == text) }
    let why = try sandbox.folder.text("acme/held/\(batch)/loadbooks-why.txt")
    #expect(why.contains("held.csv"), "\(why)")
    #expect(try sandbox.folder.text("acme/held/\(batch)/loadbooks-held.csv").contains("Nobody"))
  }

  @Test func `held records that somebody has mended already are not written over`() throws {
    let fails = Mutex(true)
    let sandbox = try Sandbox { point throws(Failure) in
      guard point == .afterRun, fails.withLock({ $0 }) else { return }
      throw Failure(.tryAgain, "killed", remedy: "")
    }
    try sandbox.drop(Sandbox.export([1]) + "2,Nobody,x,Line Haul,5.00\n", as: "a.csv")
    sandbox.settle(turns: 2)
    fails.withLock { $0 = false }
    let run = try #require(try sandbox.ledger().runs().first?.id)
    try sandbox.folder.write("mended", to: "acme/held/\(run)/held.csv")
    sandbox.settle()
    #expect(try sandbox.folder.text("acme/held/\(run)/held.csv") == "mended")
    #expect(try sandbox.folder.text("acme/held/\(run)/held (2).csv").contains("Nobody"))
  }

  @Test func `a turn that worked is not the last one`() throws {
    let sandbox = try Sandbox()
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    while sandbox.watch.status.counts.batches == 0 {
      sandbox.turn(after: .seconds(3))
      if sandbox.watch.status.counts.batches > 0 { #expect(!sandbox.watch.isFinished) }
    }
    sandbox.turn()
    #expect(sandbox.watch.isFinished)
  }

  @Test func `one poison file keeps no other from going, and lies in held with the reason`() throws
  {
    let sandbox = try Sandbox()
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    try sandbox.drop("{\"invoices\": [", as: "broken.json")
    try sandbox.drop("PK\u{3}\u{4}nothing", as: "broken.xlsx")
    try sandbox.drop("hello\nworld\n", as: "letter.csv")
    try sandbox.drop(Sandbox.export([2]), as: "z.csv")
    sandbox.settle()
    #expect(try sandbox.documents() == ["1": 1, "2": 1])
    #expect(sandbox.heldFiles == ["broken.json", "broken.xlsx", "letter.csv"])
    #expect(sandbox.archived == ["a.csv", "z.csv"])
    let batch = try #require(sandbox.watch.status.last?.id)
    let why = try sandbox.folder.text("acme/held/\(batch)/why.txt")
    for name in ["broken.json", "broken.xlsx", "letter.csv"] {
      #expect(why.contains("\n\(name)\n  error: "), "\(why)")
    }
    #expect(sandbox.watch.hasHeld)
    // Nothing but poison: no run, and the next file goes.
    try sandbox.drop("hello again\n", as: "letter.csv")
    sandbox.settle()
    try sandbox.drop(Sandbox.export([3]), as: "b.csv")
    sandbox.settle()
    #expect(try sandbox.documents().count == 3)
    #expect(sandbox.heldFiles.count == 4)
    #expect(sandbox.names(".loadbooks/watch").isEmpty)
  }

  @Test func `the same bytes under another name produce nothing, and are archived`() throws {
    let sandbox = try Sandbox()
    let text = Sandbox.export([1, 2]) + "3,Secret Customer 3,2026-11-02,No Such Category,5.00\n"
    try sandbox.drop(text, as: "invoices.csv")
    sandbox.settle()
    let first = try #require(sandbox.watch.status.last?.id)
    try sandbox.drop(text, as: "invoices (1).csv")
    #expect(
      sandbox.settle() == ["Test Carriers: nothing new in 1 file, 1 invoice, 5.00 still held"])
    let second = try #require(sandbox.watch.status.last?.id)
    #expect(sandbox.watch.status.last?.outcome == "known")
    #expect(try sandbox.documents() == ["1": 1, "2": 1])
    #expect(sandbox.archived == ["invoices (1).csv", "invoices.csv"])
    #expect(try sandbox.ledger().runs().count == 1)
    let summary = try sandbox.folder.text("acme/archive/\(second)/summary.txt")
    let place = sandbox.company.path + "/held/\(first)/held.csv"
    #expect(
      summary.contains(
        "invoices (1).csv: run \(first) has read the same bytes; 1 invoice, 5.00, is still held: see "
          + place))
    #expect(FileManager.default.fileExists(atPath: place))
    #expect(sandbox.watch.hasHeld)
    #expect(sandbox.lines.events.contains("same-bytes"))
    // Once the mapping knows the category, the same bytes have something new to tell.
    let mapping = try sandbox.folder.text("acme/mapping.csv")
    try sandbox.folder.write(
      mapping + "item,No Such Category,Line Haul,,\n", to: "acme/mapping.csv")
    try sandbox.drop(text, as: "invoices again.csv")
    sandbox.settle()
    #expect(try sandbox.documents() == ["1": 1, "2": 1, "3": 1])
    // Where nothing of it is held, nothing is said of it.
    try sandbox.drop(text, as: "invoices once more.csv")
    #expect(sandbox.settle() == ["Test Carriers: nothing new in 1 file"])
  }

  @Test func `the same bytes give the held records again when nobody has them any more`() throws {
    let sandbox = try Sandbox()
    let text = Sandbox.export([1]) + "3,Secret Customer 3,2026-11-02,No Such Category,5.00\n"
    try sandbox.drop(text, as: "invoices.csv")
    sandbox.settle()
    let first = try #require(sandbox.watch.status.last?.id)
    try FileManager.default.removeItem(atPath: sandbox.company.path + "/held/\(first)")
    try sandbox.drop(text, as: "again.csv")
    sandbox.settle()
    let second = try #require(sandbox.watch.status.last?.id)
    let place = sandbox.company.path + "/outbox/\(first)/held.csv"
    #expect(try sandbox.folder.text("acme/archive/\(second)/summary.txt").contains("see \(place)"))
    try FileManager.default.removeItem(atPath: place)
    try sandbox.drop(text, as: "and again.csv")
    sandbox.settle()
    #expect(sandbox.watch.status.last?.outcome == "held")
    #expect(sandbox.heldFiles == ["held.csv"])
    #expect(try sandbox.documents() == ["1": 1])
  }

  @Test func `the same bytes twice in one batch are read once`() throws {
    let sandbox = try Sandbox()
    try sandbox.drop(Sandbox.export([1, 2]), as: "a.csv")
    try sandbox.drop(Sandbox.export([1, 2]), as: "b.csv")
    sandbox.settle()
    #expect(try sandbox.documents() == ["1": 1, "2": 1])
    #expect(sandbox.archived == ["a.csv", "b.csv"])
    #expect(!sandbox.watch.hasHeld)
  }

  @Test func `sixty at once, each exactly once`() throws {
    let sandbox = try Sandbox()
    for number in 0..<60 {
      let text =
        number % 20 == 7 ? "poison \(number)\n" : Sandbox.export([number * 2, number * 2 + 1])
      try sandbox.drop(text, as: "export \(number).csv")
    }
    sandbox.settle()
    let documents = try sandbox.documents()
    #expect(documents.count == 114)
    #expect(documents.values.allSatisfy { $0 == 1 })
    #expect(sandbox.archived.count == 57)
    #expect(sandbox.heldFiles.count == 3)
    #expect(sandbox.names("inbox").isEmpty)
  }

  @Test func `an empty file ends in held`() throws {
    let sandbox = try Sandbox()
    try sandbox.drop("", as: "empty.csv")
    sandbox.turn()
    sandbox.turn(after: .seconds(590))
    #expect(sandbox.names("inbox") == ["empty.csv"])
    sandbox.turn(after: .seconds(11))
    sandbox.settle()
    #expect(sandbox.heldFiles == ["empty.csv"])
  }

  @Test func `while another command has the folder it waits, and the files stay`() throws {
    let sandbox = try Sandbox()
    let lock = try CompanyLock.acquire(
      folder: sandbox.company.path, command: "loadbooks undo", since: "now")
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    sandbox.settle(turns: 4)
    #expect(sandbox.watch.status.state == .waiting)
    #expect(sandbox.watch.status.trouble?.message.contains("loadbooks undo") == true)
    #expect(sandbox.names("inbox") == ["a.csv"])
    lock.release()
    sandbox.settle()
    #expect(sandbox.watch.failure == nil)
    #expect(try sandbox.documents() == ["1": 1])
    // Between runs the lock is free.
    try CompanyLock.acquire(folder: sandbox.company.path, command: "x", since: "now").release()
  }

  @Test func `what is wrong with the settings is said, and the files stay where they are`() throws {
    let sandbox = try Sandbox()
    let settings = try sandbox.folder.text("acme/loadbooks.yaml")
    let mapping = try sandbox.folder.text("acme/mapping.csv")
    try sandbox.folder.write("nonsense: 1\n", to: "acme/loadbooks.yaml")
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    sandbox.settle(turns: 3)
    #expect(sandbox.watch.status.state == .trouble)
    #expect(sandbox.watch.status.trouble?.cause == "settingsWrong")
    try sandbox.folder.write(settings, to: "acme/loadbooks.yaml")
    try sandbox.folder.write("what,is,this\n", to: "acme/mapping.csv")
    sandbox.settle(turns: 3)
    #expect(sandbox.watch.status.state == .trouble)
    #expect(sandbox.names("inbox") == ["a.csv"])
    try sandbox.folder.write(mapping, to: "acme/mapping.csv")
    sandbox.settle(turns: 20)
    #expect(sandbox.watch.status.trouble == nil)
    #expect(try sandbox.documents() == ["1": 1])
  }

  @Test
  func `a folder that goes away and comes back is minded again, and nothing is made meanwhile`()
    throws
  {
    let sandbox = try Sandbox(withNotices: true)
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    sandbox.turn()
    let away = sandbox.folder.path("away")
    try FileManager.default.moveItem(atPath: sandbox.company.path, toPath: away)
    try FileManager.default.createDirectory(
      atPath: sandbox.company.path, withIntermediateDirectories: false)
    sandbox.turn(after: .seconds(20))
    #expect(sandbox.watch.status.state == .unreachable)
    #expect(sandbox.names("").isEmpty)
    sandbox.watch.stop()
    #expect(sandbox.names("").isEmpty)
    try FileManager.default.removeItem(atPath: sandbox.company.path)
    sandbox.turn(after: .seconds(20))
    try FileManager.default.moveItem(atPath: away, toPath: sandbox.company.path)
    sandbox.settle()
    #expect(try sandbox.documents() == ["1": 1])
    #expect(sandbox.watch.failure == nil)
    #expect(sandbox.lines.events.contains("folder-back"))
  }

  @Test func `a full disk is waited out`() throws {
    let isFull = Mutex(true)
    let sandbox = try Sandbox { point throws(Failure) in
      guard point == .beforeRun, isFull.withLock({ $0 }) else { return }
      throw Failure.cannotWrite("cannot write", ENOSPC)
    }
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    sandbox.settle(turns: 30)
    #expect(sandbox.watch.status.state == .trouble)
    #expect(sandbox.watch.status.trouble?.cause == "cannotWrite")
    // However often: an orderly end is nothing to hold the files for.
    isFull.withLock { $0 = false }
    sandbox.settle(turns: 30)
    #expect(try sandbox.documents() == ["1": 1])
    #expect(sandbox.heldFiles.isEmpty)
    #expect(sandbox.watch.failure == nil)
  }

  @Test func `a disk that fails at the end, again and again, is no abrupt end`() throws {
    let sandbox = try Sandbox()
    let held = sandbox.company.path + "/held"
    try FileManager.default.removeItem(atPath: held)
    try sandbox.folder.write("in the way", to: "acme/held")
    try sandbox.drop("poison\n", as: "a.csv")
    sandbox.settle(turns: 60)
    #expect(sandbox.watch.status.state == .trouble)
    #expect(sandbox.watch.status.trouble?.cause == "cannotWrite")
    try FileManager.default.removeItem(atPath: held)
    sandbox.settle(turns: 30)
    let batch = try #require(sandbox.watch.status.last?.id)
    #expect(sandbox.heldFiles == ["a.csv"])
    #expect(try !sandbox.folder.text("acme/held/\(batch)/why.txt").contains("abruptly"))
  }

  @Test func `our own mistake holds the batch, not those behind it`() throws {
    let isFirst = Mutex(true)
    let sandbox = try Sandbox { point throws(Failure) in
      guard point == .beforeRun,
        isFirst.withLock({
          let old = $0; $0 = false; return old
        })
      else {
        return
      }
      throw Failure(.ownBug, "totals do not tie", remedy: "report it")
    }
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    sandbox.settle()
    #expect(sandbox.heldFiles == ["a.csv"])
    try sandbox.drop(Sandbox.export([2]), as: "b.csv")
    sandbox.settle()
    #expect(try sandbox.documents() == ["2": 1])
  }

  @Test func `a file that is written to after it was taken goes back into the inbox`() throws {
    let written = Mutex(false)
    let place = Mutex("")
    let sandbox = try Sandbox { point throws(Failure) in
      guard point == .afterRun,
        !written.withLock({
          let old = $0; $0 = true; return old
        })
      else {
        return
      }
      let archive = place.withLock { $0 } + "/archive"
      for path in (try? FileManager.default.subpathsOfDirectory(atPath: archive)) ?? []
      where path.hasSuffix(".csv") {
        guard let file = FileHandle(forWritingAtPath: archive + "/" + path) else { continue }
        file.seekToEndOfFile()
        file.write(Data("3,Secret Customer 3,2026-11-02,Line Haul,5.00\n".utf8))
        try? file.close()
      }
    }
    place.withLock { $0 = sandbox.company.path }
    try sandbox.drop(Sandbox.export([1, 2]), as: "a.csv")
    sandbox.settle()
    #expect(sandbox.lines.events.contains("file-changed"))
    sandbox.settle()
    // What came later is delivered as well, and nothing twice.
    #expect(try sandbox.documents() == ["1": 1, "2": 1, "3": 1])
    #expect(sandbox.watch.status.counts.batches == 2)
    #expect(sandbox.archived == ["a.csv"])
  }

  @Test func `an inbox on another disk is emptied as well`() throws {
    let sandbox = try Sandbox()
    #if os(Linux)
      let other = "/dev/shm/loadbooks-test-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
      defer { try? FileManager.default.removeItem(atPath: other) }
      try FileManager.default.removeItem(atPath: sandbox.inbox)
      try FileManager.default.createSymbolicLink(
        atPath: sandbox.inbox, withDestinationPath: other)
    #endif
    let modified = Date(timeIntervalSince1970: 1_795_000_000)
    for name in ["a.csv", "b.csv", "c.csv"] {
      let text = name == "c.csv" ? "poison\n" : Sandbox.export(name == "a.csv" ? [1] : [2])
      let path = sandbox.inbox + "/" + name
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes(
        [.modificationDate: modified, .posixPermissions: 0o640], ofItemAtPath: path)
    }
    sandbox.settle()
    #expect(try sandbox.documents() == ["1": 1, "2": 1])
    #expect(sandbox.archived == ["a.csv", "b.csv"])
    // A copy has the times of what was dropped, so that nobody takes it for changed.
    #expect(sandbox.heldFiles == ["c.csv"])
    #expect(!sandbox.lines.events.contains("file-changed"))
    let batch = try #require(sandbox.watch.status.last?.id)
    let copy = try FileManager.default.attributesOfItem(
      atPath: sandbox.company.path + "/archive/\(batch)/a.csv")
    #expect(copy[.modificationDate] as? Date == modified)
    #expect(copy[.posixPermissions] as? Int == 0o640)
    #expect(try FileManager.default.contentsOfDirectory(atPath: sandbox.inbox).isEmpty)
  }

  @Test func `no customer's name and no amount is in a log line`() throws {
    let sandbox = try Sandbox()
    try sandbox.drop(Sandbox.export([1, 2], amount: "4242.42"), as: "a.csv")
    try sandbox.drop(Sandbox.export([3], amount: "n/k"), as: "b.csv")
    try sandbox.drop("Secret Customer 9\n", as: "c.csv")
    sandbox.settle()
    try sandbox.folder.write(
      "kind,loadops,quickbooks,account,note\nbad,Secret Customer 1,x,,\n", to: "acme/mapping.csv")
    try sandbox.drop(Sandbox.export([4]), as: "d.csv")
    sandbox.settle(turns: 3)
    #expect(sandbox.watch.status.state == .trouble)
    let lines = sandbox.lines.all
    for word in ["Secret", "4242", "4,242", "n/k"] { #expect(!lines.contains(word), "\(lines)") }
    #expect(sandbox.lines.events.contains("batch-done"))
    #expect(sandbox.lines.events.contains("file-held"))
    #expect(lines.contains("mapping.csv:2"))
  }
}
