import Foundation
import Testing
import Vocabulary

@testable import Ledger

@Suite struct LedgerSnapshotTests {
  let sandbox: LedgerSandbox

  init() throws {
    sandbox = try LedgerSandbox()
  }

  @Test func `nobody's memory knows nothing`() {
    let none = LedgerSnapshot.none
    #expect(none.lookup("10231") == nil)
    #expect(none.lookup("") == nil)
    #expect(!none.isDocumentNumberTaken(.invoice, "10231"))
    #expect(none.knownListEntry(.customer, "Acme") == nil)
    #expect(none.count == 0)
  }

  @Test func `an invoice that was sent is known by exactly its number`() throws {
    let ledger = try sandbox.open()
    let memo = Example.entry("00123", run: "R1", document: "CM-123", kind: .creditMemo)
    try ledger.record("R1", [Example.entry("LD7", run: "R1"), memo])
    let snapshot = try ledger.snapshot()
    #expect(
      snapshot.lookup("00123")
        == LedgerSnapshot.Known(
          contentHash: memo.contentHash, state: .synced, evidence: .written,
          documentKind: .creditMemo))
    for other in ["123", "0123", "001230", "ld7", "LD7 ", " LD7", "LD", ""] {
      #expect(snapshot.lookup(other) == nil)
    }
  }

  @Test(arguments: SyncState.allCases, SyncEvidence.allCases.filter { $0 != .adopted })
  func `state and evidence are told`(_ state: SyncState, _ evidence: SyncEvidence) throws {
    let ledger = try sandbox.open()
    for kind in LedgerEntry.DocumentKind.allCases {
      var entry = Example.entry(kind.rawValue, run: kind.rawValue, kind: kind)
      entry.state = state
      entry.evidence = evidence
      try ledger.record(kind.rawValue, [entry])
      try ledger.finish(run: kind.rawValue, finishedAt: Example.end)
      let known = try #require(try ledger.snapshot().lookup(kind.rawValue))
      #expect(known.state == state)
      #expect(known.evidence == evidence)
      #expect(known.documentKind == kind)
    }
  }

  @Test func `document numbers are taken for their kind of form only`() throws {
    let ledger = try sandbox.open()
    try ledger.record(
      "R1",
      [
        Example.entry("10231", run: "R1"),
        Example.entry("10232", run: "R1", kind: .creditMemo),
        Example.entry("LOAD-0000010233", run: "R1", document: "10233"),
        Example.entry("LOAD-0000010234", run: "R1", document: "10231", kind: .creditMemo),
      ])
    let snapshot = try ledger.snapshot()
    func taken(_ kind: LedgerEntry.DocumentKind) -> [String] {
      ["10231", "10232", "10233", "10234", "LOAD-0000010233"].filter {
        snapshot.isDocumentNumberTaken(kind, $0)
      }
    }
    #expect(taken(.invoice) == ["10231", "10233"])
    #expect(taken(.creditMemo) == ["10231", "10232"])
  }

  @Test func `numbers with the same hash are told apart`() {
    // With two bits of hash, every number shares its hash with hundreds of others.
    for mask: UInt64 in [0, 1, 3 << 62] {
      var snapshot = LedgerSnapshot(invoices: 100, bytes: 100, hashMask: mask)
      for index in 0..<1000 {
        let number = Array("LD\(index)".utf8)
        let isNew = snapshot.add(
          number: number.span, contentHash: Example.hash("\(index)"),
          marks: LedgerSnapshot.Marks(state: .synced, evidence: .written, kind: .invoice),
          document: number.span)
        #expect(isNew)
      }
      for index in 0..<1000 {
        #expect(snapshot.lookup("LD\(index)")?.contentHash == Example.hash("\(index)"))
      }
      #expect(snapshot.lookup("LD1000") == nil)
      #expect(!snapshot.isDocumentNumberTaken(.invoice, "LD1000"))
      #expect(snapshot.isDocumentNumberTaken(.invoice, "LD999"))
    }
  }

  @Test func `a number is taken in once`() {
    var table = NumberTable()
    let number = Array("10231".utf8)
    #expect(table.insert(number.span) == 0)
    #expect(table.insert(number.span) == nil)
    #expect(table.insert([UInt8]().span) == 1)
    #expect(table.place(of: [UInt8]().span) == 1)
    #expect(table.count == 2)
  }

  @Test func `the newest content of a list entry counts, and forgetting brings back the older`()
    throws
  {
    let ledger = try sandbox.open()
    func declare(_ run: String, _ content: String) throws {
      try ledger.record(Example.run(run)) { recorder throws(Failure) in
        try recorder.add(
          listEntry: LedgerListEntry(
            kind: .customer, quickBooksName: "Acme", loadOpsName: "ACME",
            contentHash: Example.hash(content)))
        return RunCompletion(totals: RunRecord.Totals(), outputs: [])
      }
    }
    try declare("R1", "street 1")
    try ledger.finish(run: "R1", finishedAt: Example.end)
    let first = try ledger.snapshot()
    #expect(first.knownListEntry(.customer, "Acme") == Example.hash("street 1"))
    #expect(first.knownListEntry(.item, "Acme") == nil)
    #expect(first.knownListEntry(.customer, "acme") == nil)

    try declare("R2", "street 1")
    try ledger.finish(run: "R2", finishedAt: Example.end)
    #expect(try ledger.snapshot().stateFingerprint == first.stateFingerprint)

    try declare("R3", "street 2")
    #expect(try ledger.snapshot().knownListEntry(.customer, "Acme") == Example.hash("street 2"))
    try ledger.forget(run: "R3", at: Example.end, because: "its files are gone")
    #expect(try ledger.snapshot().stateFingerprint == first.stateFingerprint)
  }

  @Test func `two spellings of an accented letter are two names`() throws {
    let ledger = try sandbox.open()
    try ledger.record(Example.run("R1")) { recorder throws(Failure) in
      for name in ["Jos\u{E9}", "Jose\u{301}"] {
        try recorder.add(
          listEntry: LedgerListEntry(
            kind: .customer, quickBooksName: name, loadOpsName: nil,
            contentHash: Example.hash(name)))
      }
      for (number, name) in [("1", "Jos\u{E9}"), ("2", "Jose\u{301}")] {
        var entry = Example.entry(number, run: "R1")
        entry.customer = name
        try recorder.add(invoice: entry)
      }
      return RunCompletion(
        totals: RunRecord.Totals(read: recorder.recorded, delivered: recorder.recorded), outputs: []
      )
    }
    let snapshot = try ledger.snapshot()
    for (number, name) in [("1", "Jos\u{E9}"), ("2", "Jose\u{301}")] {
      #expect(snapshot.knownListEntry(.customer, name) == Example.hash(name))
      let customer = try #require(try ledger.entry(number: number)?.customer)
      #expect(Array(customer.utf8) == Array(name.utf8))
    }
  }

  @Test func `a list entry is not declared twice with different contents in one run`() throws {
    let ledger = try sandbox.open()
    let refusal = try failure {
      try ledger.record(Example.run("R1")) { recorder throws(Failure) in
        for content in ["a", "a", "b"] {
          try recorder.add(
            listEntry: LedgerListEntry(
              kind: .item, quickBooksName: "Line Haul", loadOpsName: nil,
              contentHash: Example.hash(content)))
        }
        return RunCompletion(totals: RunRecord.Totals(), outputs: [])
      }
    }
    #expect(refusal.message == "run R1 declares the item \"Line Haul\" twice")
  }

  @Test func `the fingerprint changes with what is known, and with nothing else`() throws {
    let ledger = try sandbox.open()
    let none = LedgerSnapshot.none.stateFingerprint
    #expect(try ledger.snapshot().stateFingerprint == none)
    try ledger.record("R1", [])
    try ledger.finish(run: "R1", finishedAt: Example.end)
    #expect(try ledger.snapshot().stateFingerprint == none)
    try ledger.record("R2", [Example.entry("1", run: "R2"), Example.entry("2", run: "R2")])
    let both = try ledger.snapshot().stateFingerprint
    #expect(both != none)
    #expect(try ledger.reopened().snapshot().stateFingerprint == both)
    try ledger.forget(run: "R2", at: Example.end, because: "-")
    #expect(try ledger.snapshot().stateFingerprint == none)
    try ledger.record("R3", [Example.entry("2", run: "R3"), Example.entry("1", run: "R3")])
    #expect(try ledger.snapshot().stateFingerprint == both)
    try ledger.forget(run: "R3", at: Example.end, because: "-")
    try ledger.record(
      "R4", [Example.entry("1", run: "R4"), Example.entry("2", run: "R4", content: "changed")])
    #expect(try ledger.snapshot().stateFingerprint != both)
  }

  @Test func `an invoice takes some forty bytes`() throws {
    let ledger = try sandbox.open()
    try ledger.record("R1", (0..<10_000).map { Example.entry("LD\(1_000_000 + $0)", run: "R1") })
    let snapshot = try ledger.snapshot()
    #expect(snapshot.byteCount <= 44 * snapshot.count)
  }
}
