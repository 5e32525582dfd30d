import Foundation
import TestSupport
import Testing
import Vocabulary

/// A large export in which two invoices of a hundred are wrong, in nine ways.
struct DirtySetTests {
  private enum Defect: String, CaseIterable {
    case badDate = "date-unreadable"
    case missingCustomer = "customer-missing"
    case unknownCustomer = "customer-unknown"
    case disagreeingID = "customer-id-disagrees"
    case unknownCategory = "category-unmapped"
    case badAmount = "amount-unreadable"
    case wrongTotal = "total-mismatch"
    case sameNumber = "same-number-different-content"
    case repeated = "invoice-repeated"
  }

  private struct Made {
    var number: String
    var defect: Defect?
    var line: Int
    var cents: Int64
  }

  @Test func `nine kinds of dirty invoices are told each in its place, and all clean ones go`()
    throws
  {
    var generator = SeededGenerator()
    let folder = try TemporaryFolder()
    try folder.write(
      "kind,loadops,quickbooks,account,note\nitem,Line Haul,Line Haul,Freight Income,\n",
      to: "mapping.csv")
    try folder.write(
      "customer_name,customer_id\nAcme Freight,C1\nGulf Coast Paper,C2\n", to: "in/customers.csv")
    var text =
      "invoice_number,customer_name,customer_id,invoice_date,invoice_total,category,amount\n"
    var made: [Made] = []
    var line = 2
    var copies = ""
    for index in 0..<4500 {
      // Two of a hundred, every kind equally often.
      let defect: Defect? = index % 50 == 25 ? Defect.allCases[index / 50 % 9] : nil
      let number = "\(100_000 + index)"
      let cents = Int64.random(in: 100...999_999, using: &generator)
      let amount = Money(cents: cents)
      made.append(Made(number: number, defect: defect, line: line, cents: cents))
      var row = [number, "Acme Freight", "C1", "2026-11-02", "\(amount)", "Line Haul", "\(amount)"]
      var rows: [[String]] = []
      switch defect {
      case nil: break
      case .badDate: row[3] = "2026-02-30"
      case .missingCustomer: row[1] = ""
      case .unknownCustomer: row[1] = "Acme Fright"
      case .disagreeingID: row[2] = "C2"
      case .unknownCategory: row[5] = "Drone Delivery"
      case .badAmount:
        (row[6], made[index].cents) = ("12.34.5", 0)
      case .wrongTotal: row[4] = "\(amount + Money(cents: 1))"
      case .sameNumber:
        var other = row
        (other[4], other[6]) = ("1.00", "1.00")
        // Beside each other they would be one invoice that contradicts itself.
        copies += other.joined(separator: ",") + "\n"
        made[index].cents += 100
      case .repeated: rows = [row]
      }
      for row in [row] + rows {
        text += row.joined(separator: ",") + "\n"
        line += 1
      }
    }
    try folder.write(text + copies, to: "in/invoices.csv")
    let run = try CommandRun.run(
      ["convert", "in", "--mapping", "mapping.csv", "--no-ledger", "--output", "out", "--json"],
      in: folder.path)
    #expect(run.code == 3, "\(run.messages)")
    try check(folder, made, "\(generator)")
  }

  private func check(_ folder: TemporaryFolder, _ made: [Made], _ seed: String) throws {
    let report = try #require(
      try JSONSerialization.jsonObject(with: folder.data("out/sync-report.json")) as? [String: Any])
    let findings = try #require(report["findings"] as? [[String: Any]])
    for wrong in made {
      guard let defect = wrong.defect else { continue }
      let own = findings.filter { $0["id"] as? String == defect.rawValue }
      // What is the matter with a customer or a category is told once, at its first invoice.
      let first =
        wrong.defect == .unknownCustomer || wrong.defect == .unknownCategory
        ? made.first { $0.defect == wrong.defect }?.line : wrong.line
      let isTold = own.contains {
        $0["line"] as? Int == first && ($0["message"] as? String ?? "").isEmpty == false
      }
      #expect(isTold, "\(wrong.number) \(defect.rawValue), line \(wrong.line), \(seed)")
    }
    let held = made.filter { $0.defect != nil && $0.defect != .repeated }
    let good = made.filter { $0.defect == nil || $0.defect == .repeated }
    // An invoice number that stands for two invoices holds both.
    let copies = made.count { $0.defect == .sameNumber }
    let totals = try #require(report["totals"] as? [String: Any])
    func tally(_ name: String) throws -> (Int, String) {
      let part = try #require(totals[name] as? [String: Any])
      return (part["invoices"] as? Int ?? -1, part["amount"] as? String ?? "")
    }
    let sum = { (part: [Made]) in Money(cents: part.reduce(0) { $0 + $1.cents }).description }
    #expect(try tally("delivered") == (good.count, sum(good)), "\(seed)")
    #expect(try tally("held") == (held.count + copies, sum(held)), "\(seed)")
    #expect(try tally("read") == (made.count + copies, sum(made)), "\(seed)")
    #expect(totals["balanced"] as? Bool == true)
    let written = try folder.files(in: "out").filter { $0.key.hasSuffix(".iif") }
    var documents: [String] = []
    for file in written.sorted(by: { $0.key < $1.key }) {
      for row in file.value.split(separator: 0x0A) where row.starts(with: Array("TRNS\t".utf8)) {
        let cells = row.split(separator: 0x09, omittingEmptySubsequences: false)
        documents.append(String(decoding: cells[7], as: UTF8.self))
      }
    }
    #expect(documents == good.map(\.number), "\(seed)")
  }
}
