import Foundation
import GRDB
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

/// Contents of invoices for tests.
enum Contents {
  /// A content with these texts, days and lines.
  static func make(
    _ texts: [InvoiceContent.Text: String] = [:], _ days: [InvoiceContent.Day: CalendarDate] = [:],
    lines: [(
      category: String, description: String, quantity: Int64?, rate: Int64?, cents: Int64?
    )] = []
  ) -> InvoiceContent {
    var content = InvoiceContent()
    for text in InvoiceContent.Text.allCases {
      content.append(text: Array((texts[text] ?? "").utf8).span)
    }
    for day in InvoiceContent.Day.allCases { content.append(day: days[day]) }
    for line in lines {
      content.append(text: Array(line.category.utf8).span)
      content.append(text: Array(line.description.utf8).span)
      content.append(number: line.quantity)
      content.append(number: line.rate)
      content.append(number: line.cents)
    }
    return content
  }

  /// Any content.
  static func random(_ generator: inout some RandomNumberGenerator) -> InvoiceContent {
    let alphabet = Array("aé日\u{0}\n\" ,").map(String.init)
    func text() -> String {
      (0..<Int.random(in: 0...6, using: &generator))
        .map { _ in alphabet.randomElement(using: &generator) ?? "" }.joined()
    }
    func number() -> Int64? {
      switch Int.random(in: 0...4, using: &generator) {
      case 0: nil
      case 1: Int64.random(in: -3...3, using: &generator)
      case 2: [.max, -.max, 0][Int.random(in: 0...2, using: &generator)]
      default: Int64.random(in: -1_000_000...1_000_000, using: &generator)
      }
    }
    var texts: [InvoiceContent.Text: String] = [:]
    for name in InvoiceContent.Text.allCases { texts[name] = text() }
    var days: [InvoiceContent.Day: CalendarDate] = [:]
    for day in InvoiceContent.Day.allCases where Bool.random(using: &generator) {
      days[day] = CalendarDate(daysSince1970: Int32.random(in: -9...60_000, using: &generator))
    }
    return make(
      texts, days,
      lines: (0..<Int.random(in: 0...5, using: &generator)).map { _ in
        (text(), text(), number(), number(), number())
      })
  }
}

@Suite struct InvoiceContentTests {
  @Test func `what was put in comes out, field by field`() throws {
    let day = try #require(CalendarDate(iso: "2026-03-04"))
    let content = Contents.make(
      [.customer: "Acme ", .note: "two\nlines"], [.invoiceDate: day],
      lines: [("Line Haul", "", 2_500_000, nil, 125_000), ("Fuel", "März", nil, 580_000, -1)])
    #expect(content[.customer] == "Acme ")
    #expect(content[.terms] == "")
    #expect(content[.note] == "two\nlines")
    #expect(content[.invoiceDate] == day)
    #expect(content[.dueDate] == nil)
    #expect(content.lineCount == 2)
    #expect(
      content.lines == [
        InvoiceContent.Line(
          category: "Line Haul", description: "", quantity: FixedDecimal(micros: 2_500_000),
          rate: nil, amount: Money(cents: 125_000)),
        InvoiceContent.Line(
          category: "Fuel", description: "März", quantity: nil,
          rate: FixedDecimal(micros: 580_000), amount: Money(cents: -1)),
      ])
  }

  @Test func `the hash is the one that published versions stored`() throws {
    // Ten texts, three days, one line; the bytes are those of the first published version.
    let content = Contents.make(
      [.customer: "Acme Freight", .currency: "USD"],
      [.invoiceDate: CalendarDate(daysSince1970: 20_516)],
      lines: [("Line Haul", "Waco to Tulsa", nil, nil, 125_000)])
    var bytes = Array("Acme Freight\0\0\0\0\0\0\0\0USD\0\0".utf8)
    func append(_ value: Int64) {
      for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> Int64(shift * 8))) }
    }
    append(20_516)
    append(Int64(Int32.min))
    append(Int64(Int32.min))
    bytes += Array("Line Haul\0Waco to Tulsa\0".utf8)
    append(.min)
    append(.min)
    append(125_000)
    #expect(content.canonical == bytes)
    #expect(content.contentHash == ContentHash(of: bytes.span))
  }

  @Test(arguments: [UInt64.random(in: 0...999_999_999)])
  func `any content comes back from its packed form`(seed: UInt64) throws {
    print("seed \(seed): any content comes back from its packed form")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let content = Contents.random(&generator)
      var known: [[UInt8]] = []
      var packed: [UInt8] = []
      let interned = Bool.random(using: &generator)
      content.pack(to: &packed) { text in
        guard interned else { return nil }
        known.append(text.withUnsafeBufferPointer { Array($0) })
        return Int64(known.count - 1)
      }
      let back = InvoiceContent(packed: packed) { known[Int($0)] }
      #expect(back == content)
      #expect(back?.contentHash == content.contentHash)
    }
  }

  @Test(arguments: [UInt64.random(in: 0...999_999_999)])
  func `damaged bytes are no content, and never trap`(seed: UInt64) throws {
    print("seed \(seed): damaged bytes are no content, and never trap")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<2000 {
      var packed: [UInt8] = []
      Contents.random(&generator).pack(to: &packed) { _ in nil }
      let place = Int.random(in: 0..<packed.count, using: &generator)
      if Bool.random(using: &generator) {
        packed.removeLast(packed.count - place)
        #expect(InvoiceContent(packed: packed) { _ in nil } == nil)
      } else {
        packed[place] = UInt8.random(in: .min ... .max, using: &generator)
        let content = InvoiceContent(packed: packed) { _ in [65] }
        _ = content?.lines
        _ = content.map { content in InvoiceContent.Text.allCases.map { content[$0] } }
      }
    }
  }

  @Test func `texts that repeat are kept once, and everything comes back`() throws {
    let sandbox = try LedgerSandbox()
    let ledger = try sandbox.open()
    var contents: [String: InvoiceContent] = [:]
    try ledger.record(Example.run("R1")) { (recorder) throws(Failure) in
      var entries: [LedgerEntry] = []
      for number in 0..<300 {
        let content = Contents.make(
          [.customer: "Acme \(number % 3)", .reference: "PU-\(number)"],
          lines: [("Line Haul", "Waco to Tulsa", nil, nil, Int64(number))])
        var entry = Example.entry("LD\(number)", run: "R1")
        entry.contentHash = content.contentHash
        try recorder.add(invoice: entry, content: content)
        contents[entry.number.text] = content
        entries.append(entry)
      }
      return Example.completion(entries, run: "R1")
    }
    for (number, content) in contents {
      let sent = try #require(try ledger.sent(number: number))
      #expect(sent.content == content)
      #expect(sent.content?.contentHash == sent.entry.contentHash)
    }
    let texts = try ledger.read { try String.fetchAll($0, sql: "SELECT text FROM texts") }
    #expect(Set(texts) == ["Acme 0", "Acme 1", "Acme 2", "Line Haul", "Waco to Tulsa"])
    let size = try ledger.read {
      try Int.fetchOne($0, sql: "SELECT sum(length(packed)) FROM contents")
    }
    #expect(try #require(size) < 300 * 40)
  }

  @Test func `what was sent can be asked for while a run is being recorded`() throws {
    let sandbox = try LedgerSandbox()
    let ledger = try sandbox.open()
    let content = Contents.make([.customer: "Acme"])
    try ledger.record(Example.run("R1")) { (recorder) throws(Failure) in
      try recorder.add(invoice: Example.entry("1", run: "R1"), content: content)
      return Example.completion([Example.entry("1", run: "R1")], run: "R1")
    }
    try ledger.finish(run: "R1", finishedAt: Example.end)
    let snapshot = try ledger.snapshot()
    try ledger.record(Example.run("R2")) { (recorder) throws(Failure) in
      try recorder.add(invoice: Example.entry("2", run: "R2"), content: content)
      #expect(try snapshot.recall("1")?.content == content)
      #expect(try snapshot.recall("2") == nil)
      return Example.completion([Example.entry("2", run: "R2")], run: "R2")
    }
    #expect(LedgerSnapshot.none.count == 0)
    #expect(try LedgerSnapshot.none.recall("1") == nil)
  }
}
