import Foundation
import Ledger
import QuickBooks
import QuickBooksOnline
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// Taking back takes exactly a run's own documents, and only those that nobody has touched.
@Suite struct OnlineUndoTests {
  private func numbers(_ fixture: PushFixture) -> Set<String> {
    Set(fixture.quickBooks.documents().compactMap { $0["DocNumber"]?.text })
  }

  @Test func `every untouched document goes, the newest first, and may be sent again`() throws {
    let fixture = try PushFixture()
    fixture.quickBooks.add(
      "Invoice", ("DocNumber", .string("OTHER")), ("Line", .array([])))
    let run = try fixture.write(try fixture.export(35))
    _ = try fixture.send(run)
    let report = try fixture.undo(run)
    #expect(report.isComplete && report.removed.documents == 35)
    #expect(numbers(fixture) == ["OTHER"])
    let deletes = fixture.quickBooks.state.withLock { $0.log }
      .filter { $0.url.contains("operation=delete") }
    let ids = deletes.compactMap { OnlineJSON(bytes: $0.body)?["Id"]?.text.flatMap(Int.init) }
    #expect(ids == ids.sorted(by: >) && ids.count == 35)
    let ledger = try SyncLedger.open(folder: fixture.company.path)
    #expect(try ledger.entry(number: "LD-1") == nil)
  }

  @Test func `what was changed or paid stays and is listed`() throws {
    let fixture = try PushFixture()
    let run = try fixture.write(try fixture.export(3))
    _ = try fixture.send(run)
    fixture.quickBooks.state.withLock { state in
      for index in state.records.indices where state.records[index].entity == "Invoice" {
        let change: [String: OnlineJSON] =
          switch state.records[index].json["DocNumber"]?.text {
          case "LD-1": ["SyncToken": .string("3")]
          case "LD-2": ["Balance": .number("0")]
          default: [:]
          }
        state.records[index].json = SimulatedQuickBooks.changed(state.records[index].json, change)
      }
    }
    let report = try fixture.undo(run)
    #expect(!report.isComplete && report.removed.documents == 1)
    #expect(
      report.kept.map { $0.document.contains("LD-2") || $0.document.contains("LD-1") } == [
        true, true,
      ])
    #expect(numbers(fixture) == ["LD-1", "LD-2"])
    let ledger = try SyncLedger.open(folder: fixture.company.path)
    #expect(try ledger.entry(number: "LD-1")?.state == .synced)
    #expect(try ledger.entry(number: "LD-3") == nil)
  }

  @Test func `void leaves the invoice and its number`() throws {
    let fixture = try PushFixture()
    let run = try fixture.write(try fixture.export(2))
    _ = try fixture.send(run)
    #expect(try fixture.undo(run, mode: .void).isComplete)
    #expect(numbers(fixture) == ["LD-1", "LD-2"])
    #expect(fixture.quickBooks.documents().allSatisfy { $0["TotalAmt"]?.money == .zero })
  }

  @Test func `a cut-off undo goes on where it stopped`() throws {
    let fixture = try PushFixture()
    let run = try fixture.write(try fixture.export(20))
    _ = try fixture.send(run)
    var removed = 0
    for attempt in 0..<60 {
      fixture.quickBooks.set { $0.diesAfter = 3 + attempt % 5 }
      let report = try fixture.undo(run)
      removed += report.removed.documents
      if report.isComplete { break }
    }
    #expect(numbers(fixture).isEmpty)
    #expect(removed == 20)
  }

  @Test func `what was not sent yet is taken back without asking for more`() throws {
    let fixture = try PushFixture()
    let run = try fixture.write(try fixture.export(12))
    fixture.stop.stop()
    _ = try fixture.send(run)
    let report = try fixture.undo(run)
    #expect(report.isComplete && report.removed.documents == 0 && report.absent.documents == 12)
    #expect(report.text.contains("were not in QuickBooks: 12 documents"))
    #expect(numbers(fixture).isEmpty)
  }

  @Test func `what was sent without an answer is looked up first`() throws {
    let fixture = try PushFixture()
    fixture.quickBooks.set { $0.commitThenDrop = 100 }
    let run = try fixture.write(try fixture.export(5))
    fixture.quickBooks.set { $0.diesAfter = 1 }
    _ = try fixture.send(run)
    #expect(numbers(fixture).count == 5)
    fixture.quickBooks.set { ($0.commitThenDrop, $0.diesAfter) = (0, nil) }
    let report = try fixture.undo(run)
    #expect(report.isComplete && report.removed.documents == 5)
    #expect(numbers(fixture).isEmpty)
  }

  @Test(arguments: [false, true])
  func `what was in QuickBooks before the run stays there`(wasPulled: Bool) throws {
    let fixture = try PushFixture()
    fixture.quickBooks.set { $0.refusesDuplicateNumbers = true }
    let id = fixture.quickBooks.add(
      "Invoice", ("DocNumber", .string("LD-1")),
      ("CustomerRef", .of(("value", .string(fixture.customerID("Prairie Grain"))))),
      ("TxnDate", .string("2026-11-20")), ("Line", .array([.of(("Amount", .number("1.00")))])))
    if wasPulled {
      try fixture.addToBooks(
        OnlineBooks.Document(
          kind: .invoice, id: id, number: "LD-1",
          customer: fixture.customerID("Prairie Grain"), date: CalendarDate(iso: "2026-11-20"),
          total: Money(cents: 100)))
    }
    let run = try fixture.write(try fixture.export(2))
    #expect(try fixture.send(run).found == 1)
    let report = try fixture.undo(run)
    #expect(!report.isComplete && report.removed.documents == 1)
    #expect(report.kept.map(\.reason) == ["it was in QuickBooks before this run sent anything"])
    #expect(numbers(fixture) == ["LD-1"])
    // Somebody has deleted it since: then nothing of the run is left.
    fixture.quickBooks.state.withLock { $0.records.removeAll { $0.id == id } }
    let rest = try fixture.undo(run)
    #expect(rest.isComplete && rest.absent.documents == 1)
  }

  @Test func `nothing is denied that QuickBooks may still be busy with`() throws {
    let fixture = try PushFixture()
    let run = try fixture.write(try fixture.export(5))
    fixture.quickBooks.set { ($0.commitThenDrop, $0.diesAfter) = (100, 1) }
    _ = try fixture.send(run)
    let ledger = try SyncLedger.open(folder: fixture.company.path)
    let pause = { (now: String) in
      try fixture.online.pause(beforeUndoOf: run, ledger, now: now)
    }
    #expect(try pause("2026-11-23T08:00:12Z") == .seconds(140))
    #expect(try pause("2026-11-23T08:00:02Z") == .seconds(150))
    // The clock was put back.
    #expect(try pause("2026-11-23T07:00:00Z") == .seconds(150))
    #expect(try pause("2026-11-23T08:02:32Z") == .zero)
  }
}
