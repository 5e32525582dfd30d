import Foundation
import QuickBooks
import Testing
import Vocabulary

struct IIFDocumentsTests {
  private func summaries(_ bytes: [UInt8]) throws -> [WrittenDocument] {
    try IIFFixture.withFolder { folder in
      let path = folder + "/in.iif"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      return try WrittenDocument.all(ofFile: path)
    }
  }

  private func summaries(_ text: String) throws -> [WrittenDocument] {
    try summaries(Array(text.replacing("⇥", with: "\t").utf8))
  }

  private static let blocks = """
    !TRNS⇥TRNSTYPE⇥DATE⇥NAME⇥AMOUNT⇥DOCNUM⇥MEMO⇥CLEAR
    !SPL⇥TRNSTYPE⇥AMOUNT⇥MEMO⇥CLEAR
    !ENDTRNS
    TRNS⇥INVOICE⇥3/14/2025⇥"Acme, Inc."⇥"1,250.00"⇥0017⇥"a⇥b"⇥N
    SPL⇥INVOICE⇥-1250.00⇥said "so" twice⇥N
    ENDTRNS
    TRNS⇥CREDIT MEMO⇥3/15/2025⇥Müller⇥-5.00⇥18
    SPL⇥CREDIT MEMO⇥(5.00)

    ENDTRNS⇥⇥⇥
    """

  @Test(arguments: ["\n", "\r\n", "\r"])
  func `blocks are read with any line end`(end: String) throws {
    let text = IIFDocumentsTests.blocks.replacing("\n", with: end)
    let found = try summaries(text)
    try #require(found.count == 2)
    #expect(found[0].type == "INVOICE")
    #expect(found[0].number == "0017")
    #expect(found[0].customer == "Acme, Inc.")
    #expect(found[0].date == "3/14/2025")
    #expect(found[0].total == IIFFixture.money("1250"))
    #expect(found[0].balance == .zero)
    #expect(found[0].lines == 1)
    #expect(found[0].line == 4)
    #expect(found[1].customer == "Müller")
    #expect(found[1].balance == IIFFixture.money("-10"))
    #expect(found[1].line == 7)
  }

  @Test func `a file in the Windows code page reads as the same text`() throws {
    let bytes = IIFDocumentsTests.blocks.replacing("⇥", with: "\t").unicodeScalars.map {
      UInt8($0.value)
    }
    #expect(bytes.contains(0xFC))
    #expect(try summaries(bytes) == summaries(IIFDocumentsTests.blocks))
    #expect(
      try summaries(
        [0xEF, 0xBB, 0xBF] + Array(IIFDocumentsTests.blocks.replacing("⇥", with: "\t").utf8))
        == summaries(IIFDocumentsTests.blocks))
  }

  @Test func `a file divided by commas is read too`() throws {
    let found = try summaries(
      """
      !TRNS,TRNSTYPE,NAME,AMOUNT,DOCNUM
      !SPL,TRNSTYPE,AMOUNT
      !ENDTRNS
      TRNS,INVOICE,"Acme, Inc.","1,250.00",17
      SPL,INVOICE,-1250
      ENDTRNS
      """)
    #expect(found.map(\.customer) == ["Acme, Inc."])
    #expect(found.map(\.balance) == [.zero])
  }

  @Test func `a quotation mark never reaches beyond its line`() throws {
    let found = try summaries(
      #"""
      !TRNS⇥AMOUNT⇥NAME
      !SPL⇥AMOUNT
      TRNS⇥1.00⇥"Acme
      SPL⇥-1.00
      ENDTRNS
      TRNS⇥1.00⇥"6"" ""pipe"""
      SPL⇥-1.00
      ENDTRNS
      TRNS⇥1.00⇥""
      SPL⇥-1.00
      ENDTRNS
      """#)
    #expect(found.map(\.customer) == ["Acme", "6\" \"pipe\"", ""])
  }

  @Test func `columns declared again count from then on`() throws {
    let found = try summaries(
      """
      !TRNS⇥AMOUNT⇥NAME
      !SPL⇥AMOUNT
      TRNS⇥1.00⇥A
      SPL⇥-1.00
      ENDTRNS
      !trns⇥name⇥Amount⇥⇥
      Trns⇥B⇥2.00
      SPL⇥-2.00
      ENDTRNS
      """)
    #expect(found.map(\.customer) == ["A", "B"])
    #expect(found.map(\.total) == ["1", "2"].map(IIFFixture.money))
  }

  @Test(arguments: [
    "TRNS⇥1.00", "!TRNS⇥AMOUNT\nTRNS⇥1.00", "!TRNS⇥AMOUNT\nTRNS⇥abc\nENDTRNS",
    "!TRNS⇥AMOUNT\nTRNS⇥1.00\nTRNS⇥1.00\nENDTRNS", "!SPL⇥AMOUNT\nSPL⇥1.00", "ENDTRNS",
    "!TRNS⇥NAME\nTRNS⇥Acme\nENDTRNS",
  ])
  func `a broken file is refused with its line`(text: String) {
    let failure = #expect(throws: Failure.self) { try summaries(text) }
    #expect(failure?.cause == .inputUnreadable)
    #expect(failure?.location != nil)
  }

  @Test func `a file that is not there is said to be missing`() {
    let failure = #expect(throws: Failure.self) {
      try WrittenDocument.all(ofFile: "/nonexistent/x.iif")
    }
    #expect(failure?.cause == .inputMissing)
  }

  @Test func `no bytes make a reader stop working`() throws {
    let words = [
      "!TRNS", "TRNS", "!SPL", "SPL", "ENDTRNS", "!CUST", "CUST", "!INVITEM", "INVITEM", "NAME",
      "AMOUNT", "HIDDEN", "\t", "\t", "\t", "\r\n", "\n", "\r", "\"", "\"\"", ",", "1.00", "Y",
      "TERMS", "!TERMS", "ACCNT", "!", "9999999999.99", "\u{FEFF}", "é",
    ].map { Array($0.utf8) }
    for seed in 0..<300 as Range<UInt64> {
      var numbers = SeededNumbers(seed: seed)
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<120, using: &numbers) {
        if Int.random(in: 0..<8, using: &numbers) == 0 {
          bytes.append(UInt8.random(in: 0...255, using: &numbers))
        } else {
          bytes += words[Int.random(in: 0..<words.count, using: &numbers)]
        }
      }
      // Whatever comes is either read or refused with a Failure; a trap would end the tests.
      try IIFFixture.withFolder { folder in
        let path = folder + "/in.iif"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(throws: Never.self, "seed \(seed)") {
          do { _ = try WrittenDocument.all(ofFile: path) } catch is Failure {}
          do { _ = try IIFSnapshotReader.read([path]) } catch is Failure {}
          var preflight = IIFPreflight(format: IIFFormat())
          do { try preflight.checkLists(path: path, name: "in") } catch is Failure {}
          do { try preflight.checkDocuments(path: path, name: "in") } catch is Failure {}
        }
      }
    }
  }
}
