import Foundation
import QuickBooks
import Testing
import Vocabulary

struct IIFPreflightTests {
  /// One thing wrong in a file: what is replaced by what, and words of the message.
  struct Corruption: CustomTestStringConvertible {
    var file: Int
    var old: String
    var new: String
    var message: String
    var testDescription: String { "\(old) → \(new)" }

    init(_ file: Int, _ old: String, _ new: String, _ message: String) {
      self.file = file
      self.old = old.replacing("⇥", with: "\t")
      self.new = new.replacing("⇥", with: "\t")
      self.message = message
    }
  }

  static let corruptions: [Corruption] = [
    Corruption(0, "!ACCNT", "\u{FEFF}!ACCNT", "outside ASCII"),
    Corruption(0, "⇥AR⇥N\r\n", "⇥AR⇥N\n", "CR LF"),
    Corruption(0, "⇥AR⇥N\r\n", "⇥AR⇥N\r\n\r\n", "blank"),
    Corruption(0, "⇥AR⇥N", "⇥AR⇥", "last field is blank"),
    Corruption(0, "⇥AR⇥N", "⇥AR⇥N⇥N", "fields"),
    Corruption(0, "⇥AR⇥N", "⇥BANK⇥N", "account type"),
    Corruption(0, "ACCNT⇥Freight Income⇥INC⇥N\r\n", "", "parent"),
    Corruption(0, "ACCNT⇥Freight Income⇥", "ACCNT⇥Accounts receivable⇥", "twice"),
    Corruption(0, "TERMS⇥Net 30⇥", "TERMS⇥Net;30⇥", "semicolon"),
    Corruption(0, "TERMS⇥Net 30⇥", "TERMS⇥ Net 30⇥", "begins with a blank"),
    Corruption(0, "TERMS⇥Net 30⇥", "TERMS⇥Net 30 ⇥", "ends in a blank"),
    Corruption(0, "⇥Linehaul⇥Freight Income:Linehaul⇥", "⇥Linehaul⇥Sales⇥", "income account"),
    Corruption(0, "⇥Linehaul⇥Freight Income:Linehaul⇥", "⇥Linehaul⇥Accounts Receivable⇥", "income"),
    Corruption(0, "⇥C-1003⇥Net 30⇥", "⇥C-1003⇥Net 45⇥", "not declared"),
    Corruption(0, "\"Bismarck, ND 58501\"", "Bismarck, ND 58501", "quotation marks"),
    Corruption(0, "⇥88 Yard St⇥", "⇥\"88 Yard St\"⇥", "quotation marks"),
    Corruption(0, "⇥88 Yard St⇥", "⇥\"88 Yard⇥", "not closed"),
    Corruption(0, "⇥88 Yard St⇥", "⇥88 \"Yard\" St⇥", "holds a quotation mark"),
    Corruption(0, "⇥88 Yard St⇥", "⇥88\u{B}Yard St⇥", "control character"),
    Corruption(0, "88 Yard St", String(repeating: "8", count: 42), "longer than 41"),
    Corruption(0, "!TERMS", "!CLASS", "not a column"),
    Corruption(0, "!CUST⇥NAME⇥HIDDEN", "!CUST⇥REFNUM⇥HIDDEN", "not a column"),
    Corruption(0, "⇥30⇥0⇥0⇥N", "⇥30⇥0⇥1⇥N", "standard terms"),
    Corruption(1, "!ENDTRNS", "!ENDTRN", "header rows"),
    Corruption(1, "⇥PAID⇥", "⇥PAYD⇥", "header rows"),
    Corruption(1, "ENDTRNS\r\nTRNS⇥⇥CREDIT", "TRNS⇥⇥CREDIT", "inside a block"),
    Corruption(1, "!ENDTRNS\r\nTRNS", "!ENDTRNS\r\nSPL", "outside a block"),
    Corruption(1, "⇥2238.96⇥", "⇥2238.97⇥", "add up to zero"),
    Corruption(1, "⇥2238.96⇥", "⇥-2238.96⇥", "wrong sign"),
    Corruption(1, "⇥2238.96⇥", "⇥\"2,238.96\"⇥", "not an amount"),
    Corruption(1, "⇥2238.96⇥", "⇥2238.960⇥", "not an amount"),
    Corruption(1, "⇥2238.96⇥", "⇥02238.96⇥", "not an amount"),
    Corruption(1, "⇥412 mi @ 0.58⇥N⇥-412⇥", "⇥412 mi @ 0.58⇥N⇥412⇥", "wrong sign"),
    Corruption(1, "⇥-412⇥0.58⇥", "⇥-412⇥0.59⇥", "QNTY times PRICE"),
    Corruption(1, "⇥-412⇥0.58⇥", "⇥⇥0.58⇥", "QNTY is not a number"),
    Corruption(1, "⇥-412⇥0.58⇥", "⇥-412⇥0.580001⇥", "PRICE is not a number"),
    Corruption(1, "⇥-238.96⇥", "⇥238.96⇥", "QNTY times PRICE"),
    Corruption(1, "SPL⇥⇥INVOICE⇥", "SPL⇥⇥CREDIT MEMO⇥", "TRNSTYPE"),
    Corruption(1, "SPL⇥⇥INVOICE⇥03/14/2025", "SPL⇥⇥INVOICE⇥03/15/2025", "DATE"),
    Corruption(1, "TRNS⇥⇥INVOICE⇥03/14/2025", "TRNS⇥⇥INVOICE⇥02/30/2025", "DATE is not a date"),
    Corruption(1, "TRNS⇥⇥INVOICE⇥03/14/2025", "TRNS⇥⇥INVOICE⇥14/03/2025", "DATE is not a date"),
    Corruption(1, "TRNS⇥⇥INVOICE", "TRNS⇥⇥CASH SALE", "not a type"),
    Corruption(1, "TRNS⇥⇥INVOICE", "TRNS⇥1⇥INVOICE", "TRNSID"),
    Corruption(1, "⇥Accounts Receivable⇥", "⇥Freight Income⇥", "receivable account"),
    Corruption(1, "⇥Tamarack Milling Co:Bismarck Plant⇥", "⇥Tamarack⇥", "customer"),
    Corruption(1, "⇥Freight Income:Linehaul⇥", "⇥Freight Incom:Linehaul⇥", "income account"),
    Corruption(1, "⇥Freight Income:Linehaul⇥", "⇥Freight Income⇥", "that of the item"),
    Corruption(1, "⇥1850.00⇥Linehaul⇥", "⇥1850.00⇥Line⇥", "the item"),
    Corruption(1, "⇥Net 30⇥", "⇥Net 31⇥", "the terms"),
    Corruption(1, "⇥48213⇥", "⇥⇥", "DOCNUM is blank"),
    Corruption(1, "⇥48213⇥", "⇥482130000000⇥", "longer than 11"),
    Corruption(1, "⇥48231⇥", "⇥48213⇥", "used twice"),
    Corruption(1, "⇥PO-77120⇥", "⇥PO-77120-PO-77120-PO-77120⇥", "PONUM"),
    Corruption(1, "⇥04/13/2025⇥", "⇥4/13/2025⇥", "DUEDATE"),
    Corruption(1, "⇥03/20/2025⇥⇥N⇥⇥⇥N", "⇥03/21/2025⇥⇥N⇥⇥⇥N", "credit memo"),
    Corruption(1, "⇥03/20/2025⇥⇥N⇥⇥⇥N", "⇥03/20/2025⇥Net 30⇥N⇥⇥⇥N", "credit memo"),
    Corruption(1, "⇥Load 48213⇥N⇥N⇥N⇥", "⇥Load 48213⇥N⇥⇥N⇥", "neither Y nor N"),
    Corruption(1, "⇥Linehaul⇥N⇥⇥N", "⇥Linehaul⇥Y⇥⇥N", "TAXABLE"),
    Corruption(1, "⇥Load 48213⇥", "⇥Load\\n48213⇥", "backslash"),
    Corruption(1, "⇥Load 48213⇥", "⇥Löad 48213⇥", "outside ASCII"),
    Corruption(1, "ENDTRNS\r\nTRNS⇥⇥CREDIT", "ENDTRNS⇥N\r\nTRNS⇥⇥CREDIT", "neither TRNS"),
  ]

  private static let good: [String] = {
    let documents = [IIFFixture.invoice, IIFFixture.creditMemo, IIFFixture.allowance]
    return (try? IIFFixture.write(IIFFixture.freightLists, documents).texts) ?? []
  }()

  private func check(_ texts: [[UInt8]], _ format: IIFFormat = IIFFormat()) throws {
    try IIFFixture.withFolder { folder in
      var preflight = IIFPreflight(format: format)
      for (index, text) in texts.enumerated() {
        let path = "\(folder)/\(index).iif"
        try Data(text).write(to: URL(fileURLWithPath: path))
        if index == 0 {
          try preflight.checkLists(path: path, name: "lists.iif")
        } else {
          try preflight.checkDocuments(path: path, name: "documents.iif")
        }
      }
    }
  }

  @Test(arguments: corruptions)
  func `what QuickBooks would not take is refused with file and line`(
    corruption: Corruption
  ) throws {
    var texts = IIFPreflightTests.good
    let changed = texts[corruption.file].replacing(corruption.old, with: corruption.new)
    #expect(changed != texts[corruption.file])
    texts[corruption.file] = changed
    let failure = #expect(throws: Failure.self) { try check(texts.map { Array($0.utf8) }) }
    #expect(failure?.cause == .ownBug)
    #expect(failure?.message.contains(corruption.message) == true, "\(failure?.message ?? "")")
    #expect(failure?.location?.file == (corruption.file == 0 ? "lists.iif" : "documents.iif"))
    #expect((failure?.location?.line ?? 0) > 0)
  }

  @Test func `a file cut anywhere is refused`() throws {
    let texts = IIFPreflightTests.good.map { Array($0.utf8) }
    try check(texts)
    let header = 3
    let ends = texts[1].indices.filter { texts[1][$0] == 0x0A }.dropFirst(header)
    let whole = Set(
      texts[1].indices.filter { texts[1][..<$0].ends(with: "\r\nENDTRNS\r\n".utf8) })
    for cut in stride(from: 1, to: texts[1].count, by: 7) where !whole.contains(cut) {
      #expect(throws: Failure.self) { try check([texts[0], Array(texts[1][..<cut])]) }
    }
    for end in ends where !whole.contains(end + 1) && end + 1 < texts[1].count {
      #expect(throws: Failure.self) { try check([texts[0], Array(texts[1][...end])]) }
    }
  }

  @Test func `the Windows code page is taken when it was chosen`() throws {
    let texts = IIFPreflightTests.good.map { Array($0.utf8) }
    let place = try #require(texts[1].firstRange(of: Array("Load".utf8)))
    for (byte, isGood) in [(UInt8(0xE9), true), (0x80, true), (0x81, false)] {
      var changed = texts
      changed[1][place.lowerBound] = byte
      if isGood {
        try check(changed, IIFFormat(encoding: .windows1252))
      } else {
        #expect(throws: Failure.self) { try check(changed, IIFFormat(encoding: .windows1252)) }
      }
      #expect(throws: Failure.self) { try check(changed) }
    }
  }
}

extension Array where Element == UInt8 {
  fileprivate func firstRange(of other: [UInt8]) -> Range<Int>? {
    indices.first { self[$0...].starts(with: other) }.map { $0..<$0 + other.count }
  }
}

extension ArraySlice where Element == UInt8 {
  fileprivate func ends(with other: String.UTF8View) -> Bool {
    count >= other.count && suffix(other.count).elementsEqual(other)
  }
}
