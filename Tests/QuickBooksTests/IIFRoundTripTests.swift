import Foundation
import QuickBooks
import Testing
import Vocabulary

struct IIFRoundTripTests {
  private static let words = [
    "Linehaul", "Minot, ND", "12\" pipe", "Détention", "a;b", "x\ty", "–", "日", "  ", "C:\\new",
    "!TRNS", "'", ",", "\"", "N/A", "Köln",
  ]

  private func text(_ numbers: inout SeededNumbers, words limit: Int) -> String {
    (0..<Int.random(in: 0..<limit, using: &numbers)).map { _ in
      IIFRoundTripTests.words.randomElement(using: &numbers) ?? ""
    }.joined(separator: " ")
  }

  private func document(_ number: Int, _ numbers: inout SeededNumbers) -> SalesDocument {
    var lines: [IIFFixture.Line] = []
    for _ in 0..<Int.random(in: 1..<5, using: &numbers) {
      let item = Int.random(in: 0..<3, using: &numbers)
      let description = text(&numbers, words: 6)
      if Bool.random(using: &numbers) {
        let quantity = FixedDecimal(micros: Int64.random(in: 0..<900_000_000, using: &numbers))
        let rate = FixedDecimal(micros: Int64.random(in: 0..<9_000_000, using: &numbers) / 10 * 10)
        let amount = Money(quantity: quantity, rate: rate) ?? .zero
        lines.append(
          .init(
            item: item, amount: "\(amount)", quantity: "\(quantity)", rate: "\(rate)",
            description: description))
      } else {
        let amount = Money(cents: Int64.random(in: -50_00..<90_000_00, using: &numbers))
        lines.append(
          .init(
            item: item, amount: "\(amount)", quantity: nil, rate: nil, description: description))
      }
    }
    lines.append(
      .init(item: 0, amount: "500.00", quantity: nil, rate: nil, description: "Base"))
    return IIFFixture.document(
      Bool.random(using: &numbers) ? .invoice : .creditMemo, "A-\(number)",
      customer: Int.random(in: 0..<2, using: &numbers),
      CalendarDate(daysSince1970: Int32.random(in: 15_000..<25_000, using: &numbers)).description,
      due: Bool.random(using: &numbers) ? "2026-02-28" : nil,
      terms: Bool.random(using: &numbers) ? 0 : nil, order: text(&numbers, words: 8),
      memo: text(&numbers, words: 8), lines)
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `documents come back from the files as they went in`(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    var format = IIFFormat()
    format.encoding = IIFFormat.Encoding.allCases.randomElement(using: &numbers) ?? .ascii
    format.dates = IIFFormat.DateFormat.allCases.randomElement(using: &numbers) ?? .monthDayYear
    format.documentsPerFile = Int.random(in: 1..<20, using: &numbers)
    let count = Int.random(in: 1..<40, using: &numbers)
    let documents = (0..<count).map { document($0, &numbers) }
    try IIFFixture.withFolder { folder in
      let writer = try IIFWriter(
        lists: IIFFixture.freightLists, format: format, folder: folder, expectedDocuments: count)
      for document in documents { try writer.append(document) }
      let output = try writer.finish()
      #expect(try folderEntries(folder).allSatisfy { $0.hasPrefix(".") }, "seed \(seed)")
      for file in writer.stagedFiles { try file.publish() }
      var found: [WrittenDocument] = []
      for file in output.dropFirst() {
        found += try WrittenDocument.all(ofFile: folder + "/" + file.name)
      }
      try #require(found.count == documents.count, "seed \(seed)")
      for (document, summary) in zip(documents, found) {
        let isInvoice = document.kind == .invoice
        #expect(summary.total == (isInvoice ? document.total : -document.total), "seed \(seed)")
        #expect(summary.type == (isInvoice ? "INVOICE" : "CREDIT MEMO"), "seed \(seed)")
        #expect(summary.number == document.text.text(document.number), "seed \(seed)")
        #expect(
          summary.customer == IIFFixture.freightLists.customers[document.customer].name,
          "seed \(seed)")
        #expect(summary.balance == .zero, "seed \(seed)")
        #expect(summary.lines == document.lines.count, "seed \(seed)")
      }
      #expect(
        output.map(\.amount).reduce(.zero, +) == found.map(\.total).reduce(.zero, +),
        "seed \(seed)")
    }
  }
}
