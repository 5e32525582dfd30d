import TestSupport
import Vocabulary

/// An export of random invoices, some of them with a defect of a known kind.
struct RandomExport {
  /// What is wrong with an invoice; the raw value is the finding's id.
  enum Defect: String, CaseIterable {
    case dateUnreadable = "date-unreadable"
    case dateMissing = "date-missing"
    case totalMismatch = "total-mismatch"
    case amountUnreadable = "amount-unreadable"
    case categoryUnmapped = "category-unmapped"
    case customerMissing = "customer-missing"
    case statusNotSendable = "status-not-sendable"
    case numberTooLong = "invoice-number-too-long"
    case dateInFuture = "date-in-future"
  }

  /// An invoice as it was made up.
  struct Invoice {
    var number: String
    var customer: String
    var defect: Defect?
    /// The sum of the lines that can be read.
    var amount = Money.zero
    /// Its rows in the export.
    var rows: [String] = []
  }

  static let header =
    "invoice_number,status,customer_name,invoice_date,terms,invoice_total,line_no,category,"
    + "quantity,rate,amount\n"

  private(set) var invoices: [Invoice] = []
  private var generator: SeededGenerator

  /// So many invoices; the same seed makes the same ones.
  init(seed: UInt64, invoices count: Int) {
    generator = SeededGenerator(seed: seed)
    for index in 0..<count { invoices.append(makeInvoice(index)) }
  }

  /// The file, invoice by invoice.
  var text: String { RandomExport.header + invoices.flatMap(\.rows).joined() }

  /// The file with its rows in another order, so that those of one invoice stand apart.
  func shuffled(seed: UInt64) -> String {
    var generator = SeededGenerator(seed: seed)
    return RandomExport.header + invoices.flatMap(\.rows).shuffled(using: &generator).joined()
  }

  /// The sum of all that can be read.
  var amount: Money { invoices.reduce(.zero) { $0 + $1.amount } }

  private mutating func makeInvoice(_ index: Int) -> Invoice {
    var invoice = Invoice(
      number: "\(10_000 + index)",
      customer: generator.pick(["Acme Freight", "Bexar Foods", "Cielo"]))
    if generator.once(in: 4) { invoice.defect = generator.pick(Defect.allCases) }
    var date = CalendarDate(daysSince1970: 20_700 + Int32.random(in: 0..<60, using: &generator))
      .description
    var status = generator.pick(["Completed", "Invoiced", "Paid", ""])
    switch invoice.defect {
    case .dateUnreadable: date = generator.pick(["2026-02-30", "yesterday", "31.10.2026"])
    case .dateMissing: date = ""
    case .dateInFuture: date = "2027-06-01"
    case .statusNotSendable: status = "Pending"
    case .customerMissing: invoice.customer = ""
    case .numberTooLong: invoice.number = "LOAD-2026-\(10_000 + index)"
    default: break
    }
    let lines = (0..<Int.random(in: 1...5, using: &generator)).map { makeLine($0, invoice.defect) }
    invoice.amount = Money(cents: lines.reduce(0) { $0 + $1.cents })
    let off = invoice.defect == .totalMismatch ? 1 : 0
    let total = Money(cents: invoice.amount.cents + Int64(off))
    let start = [
      invoice.number, status, invoice.customer, date, generator.pick(["Net 30", "Net 15", ""]),
      invoice.defect == .totalMismatch || generator.once(in: 2) ? total.description : "",
    ]
    invoice.rows = lines.map { (start + $0.cells).joined(separator: ",") + "\n" }
    return invoice
  }

  private mutating func makeLine(
    _ number: Int, _ defect: Defect?
  ) -> (cells: [String], cents: Int64) {
    var category = generator.pick(["Line Haul", "Fuel Surcharge", "Detention", "Tolls"])
    var cents = Int64.random(in: 1...500_000, using: &generator)
    // Allowances lower an invoice; one that falls below zero becomes a credit memo.
    if generator.once(in: 6) { (category, cents) = ("Late Delivery Allowance", -cents) }
    if number == 0, defect == .categoryUnmapped { category = "Escort" }
    var amount = Money(cents: cents).description
    if number == 0, defect == .amountUnreadable { (amount, cents) = ("12O.00", 0) }
    var (quantity, rate) = ("", "")
    if generator.once(in: 3) { (quantity, rate) = ("1", amount == "12O.00" ? "1.00" : amount) }
    if generator.once(in: 9) { (quantity, rate) = ("3", "0.335") }
    return (["\(number + 1)", category, quantity, rate, amount], cents)
  }
}
