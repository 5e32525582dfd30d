import Foundation
import Ledger
import Sync
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import DropFolder

/// One file keeps no other from going, whatever is wrong, and what is said of it is of use.
struct CulpritTests {
  /// Fails as a run does whose written file is not what it must be, as long as one invoice is in it.
  private final class Poison: Sendable {
    let inbox = Mutex("")
    let isOn = Mutex(true)

    func check() throws(Failure) {
      guard isOn.withLock({ $0 }) else { return }
      let company = inbox.withLock { $0 }
      // What is in work is what its archive has, and no file of ours beside it.
      let archive = company + "/archive"
      for id in (try? FileManager.default.contentsOfDirectory(atPath: archive)) ?? [] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: archive + "/" + id)) ?? []
        guard !names.contains("summary.txt"),
          !FileManager.default.fileExists(atPath: company + "/outbox/\(id)/summary.txt")
        else { continue }
        guard names.contains("poison.csv") else { continue }
        throw Failure(
          .ownBug,
          "a file written for QuickBooks is not what it must be: a field holds needless blanks",
          remedy: "report this with the line",
          location: SourceLocation(file: "\(company)/outbox/\(id)/002-documents.iif", line: 7),
          excerpt: Excerpt(text: "SPL\tA  B", markStart: 4, markLength: 4))
      }
    }
  }

  @Test func `a mistake of ours about one file holds that file alone, and says where it is`() throws
  {
    let poison = Poison()
    let sandbox = try Sandbox { point throws(Failure) in
      if point == .beforeRun { try poison.check() }
    }
    poison.inbox.withLock { $0 = sandbox.company.path }
    for number in 1...5 { try sandbox.drop(Sandbox.export([number]), as: "\(number).csv") }
    try sandbox.drop(Sandbox.export([6]), as: "poison.csv")
    let customers = (0..<7).map { "Secret Customer \($0)\n" }.joined()
    try sandbox.drop("customer_name\n" + customers, as: "customers.csv")
    sandbox.settle(turns: 40)
    #expect(try sandbox.documents() == ["1": 1, "2": 1, "3": 1, "4": 1, "5": 1])
    #expect(Set(sandbox.heldFiles).subtracting(["customers.csv"]) == ["poison.csv"])
    #expect(sandbox.names("inbox").isEmpty)
    #expect(sandbox.names(".loadbooks/watch").isEmpty)
    let why = try #require(sandbox.names("held").first { $0.hasSuffix("why.txt") })
    let text = try sandbox.folder.text("acme/held/" + why)
    #expect(text.contains("002-documents.iif:7"))
    #expect(text.contains("A  B"))
    #expect(text.contains("nothing in them needs to be mended"))
    #expect(!text.contains("Mend them"))
  }

  @Test func `what is wrong with many files is said once`() throws {
    let sandbox = try Sandbox()
    for number in 1...40 { try sandbox.drop("poison \(number)\n", as: "\(number).csv") }
    let told = sandbox.settle()
    #expect(told == ["Test Carriers: 40 files held"])
    let summary = try #require(sandbox.names("held").first { $0.hasSuffix("summary.txt") })
    let lines = try sandbox.folder.text("acme/held/" + summary).split(separator: "\n")
    #expect(lines.count { $0.contains("held file") } == 1)
    #expect(lines.contains { $0.contains("1.csv and 39 others") })
  }

  @Test func `messages name the place where the file is now`() throws {
    let sandbox = try Sandbox()
    try sandbox.drop("poison\n", as: "a.csv")
    sandbox.settle()
    let why = try #require(sandbox.names("held").first { $0.hasSuffix("why.txt") })
    let text = try sandbox.folder.text("acme/held/" + why)
    #expect(text.contains("/held/"))
    #expect(!text.contains("/archive/"))
  }

  @Test func `no dropped file is written over by ours, however it is called`() throws {
    let sandbox = try Sandbox()
    let names = ["why.txt", "loadbooks-why.txt", "summary.txt", "Loadbooks-Summary.txt"]
    for name in names { try sandbox.drop("poison \(name)\n", as: name) }
    sandbox.settle()
    for name in names {
      let path = try #require(sandbox.names("held").first { $0.hasSuffix("/" + name) })
      #expect(try sandbox.folder.text("acme/held/" + path) == "poison \(name)\n")
    }
    #expect(sandbox.names("held").contains { $0.hasSuffix("/loadbooks-loadbooks-why.txt") })
  }

  @Test func `lists that came alone are to be dropped together with the invoices`() throws {
    let sandbox = try Sandbox()
    try sandbox.drop("customer_name\nSecret Customer 1\n", as: "customers.csv")
    sandbox.settle(turns: 70)
    let why = try #require(sandbox.names("held").first { $0.hasSuffix("why.txt") })
    #expect(try sandbox.folder.text("acme/held/" + why).contains("together with the invoices"))
  }

  @Test func `a group of more files than a batch takes has its lists with every part`() throws {
    let sandbox = try Sandbox()
    for number in 1000..<1250 {
      try sandbox.drop(Sandbox.export([number]), as: "i\(number).csv")
    }
    try sandbox.drop("customer_name\nSomebody Else\n", as: "zz-customers.csv")
    sandbox.settle(turns: 20)
    // The list has none of their customers, so every invoice is held, in the first part and in the second.
    #expect(try sandbox.documents().isEmpty)
    #expect(sandbox.watch.status.counts.batches == 2)
    #expect(sandbox.watch.status.counts.held == 250)
    #expect(sandbox.names("inbox").isEmpty)
  }

  @Test func `what is still held is named where it is, whatever was dropped beside it`() throws {
    let sandbox = try Sandbox()
    try sandbox.drop(Sandbox.export([1], category: "Unknown Thing"), as: "a.csv")
    try sandbox.drop("poison\n", as: "held-customers.csv")
    sandbox.settle()
    try sandbox.drop(Sandbox.export([1], category: "Unknown Thing"), as: "b.csv")
    sandbox.settle()
    let summary = try #require(sandbox.names("archive").first { $0.hasSuffix("summary.txt") })
    let text = try sandbox.folder.text("acme/archive/" + summary)
    #expect(text.contains("/held.csv"), "\(text)")
    #expect(!text.contains("held-customers.csv"))
  }

  @Test func `an inbox that is missing is made`() throws {
    let sandbox = try Sandbox()
    try FileManager.default.removeItem(atPath: sandbox.inbox)
    sandbox.turn()
    try sandbox.drop(Sandbox.export([1]), as: "a.csv")
    sandbox.settle()
    #expect(try sandbox.documents() == ["1": 1])
  }
}
