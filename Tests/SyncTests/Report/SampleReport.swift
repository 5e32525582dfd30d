import QuickBooks
import Sync
import Vocabulary

/// A report with everything in it that an export may throw at a rendering.
enum SampleReport {
  static let script = "<script>alert('x')</script>"
  static let quotes = #"Bob's "Best" & <Fast> Freight"#
  static let bidi = "Evil\u{202E}thgierF emcA\u{200B}"
  static let lines = "Two\r\nLines\tand a tab"
  static let long = String(repeating: "Long Haul ", count: 1000)
  static let emoji = "🚚 Ñandú Überfracht 株式会社"
  static let cdata = "End ]]> --> </style></script><!-- of it"
  static let formula = "=HYPERLINK(\"http://evil.example\",\"click\")"
  static let hostileNames = [script, quotes, bidi, lines, long, emoji, cdata, formula]

  static let customerUnknown = Finding.Kind(
    "customer-unknown", .error, meaning: "The customer of an invoice is not known anywhere.",
    remedy: "add the customer to the customers export, or correct the name on the invoice")
  static let amountBad = Finding.Kind(
    "amount-bad", .error, meaning: "An amount cannot be read as money.",
    remedy: "correct the amount in LoadOps and export again")
  static let rateMismatch = Finding.Kind(
    "rate-mismatch", .warning, meaning: "Quantity times rate is not the amount of the line.",
    remedy: "check the rate; the amount was used")
  static let repeated = Finding.Kind(
    "invoice-repeated", .notice, meaning: "An invoice is in the export twice, word for word.",
    remedy: "nothing to do; it was read once")

  /// Nothing read, nothing written.
  static var empty: SyncReport {
    SyncReport(
      run: SyncReport.Run(
        id: "", command: "plan", target: "iif", company: nil, started: nil, finished: nil,
        plan: Fingerprint(of: "nothing")))
  }

  /// A run with every outcome, all kinds of findings and hostile names.
  static var full: SyncReport {
    var report = SyncReport(
      run: SyncReport.Run(
        id: "20260401-101500-7f3a", command: "convert", target: "iif",
        company: "Bluebonnet Carriers LLC", started: "2026-04-01T10:15:00-05:00",
        finished: "2026-04-01T10:15:02-05:00", plan: Fingerprint(of: "plan")))
    report.inputs = [
      .init(
        path: "inbox/customers.csv", kind: "customers", fingerprint: Fingerprint(of: "c"),
        records: 42),
      .init(
        path: "inbox/<b>invoices</b>\u{202E}.csv", kind: "invoices",
        fingerprint: Fingerprint(of: "i"), records: 302),
    ]
    report.totals.read = Tally(invoices: 151, lines: 302, amount: Money(cents: 23_456_789))
    report.totals.delivered = Tally(invoices: 141, lines: 280, amount: Money(cents: 22_000_000))
    report.totals.suppressed = Tally(invoices: 1, lines: 2, amount: Money(cents: 125_000))
    report.totals.held = Tally(invoices: 9, lines: 20, amount: Money(cents: 1_331_789))
    report.notSelected = Tally(invoices: 3, lines: 4, amount: Money(cents: -7500))
    report.dateRange = range
    report.customers.paired = 31
    report.customers.fromMapping = 2
    report.customers.created = hostileNames.count
    report.customers.held = 1
    report.itemsMapped = 5
    report.itemsUnmapped = 1
    report.outputs = [
      OutputFile(
        name: "01-lists.iif", fingerprint: Fingerprint(of: "l"), documents: 0, amount: .zero),
      OutputFile(
        name: "02-invoices.iif", fingerprint: Fingerprint(of: "d"), documents: 141,
        amount: Money(cents: 22_000_000)),
    ]
    addShares(to: &report)
    addCreated(to: &report)
    addFindings(to: &report)
    addRows(to: &report)
    return report
  }

  /// The same run with a cent missing.
  static var unbalanced: SyncReport {
    var report = full
    report.totals.held.amount -= Money(cents: 1)
    return report
  }

  /// All of them, by name.
  static var all: [String: SyncReport] {
    ["empty": empty, "full": full, "unbalanced": unbalanced]
  }

  static var range: ClosedRange<CalendarDate>? {
    guard let first = CalendarDate(iso: "2026-03-01"), let last = CalendarDate(iso: "2026-03-31")
    else { return nil }
    return first...last
  }

  private static func addShares(to report: inout SyncReport) {
    func totals(_ cents: Int64, held: Int64 = 0) -> ControlTotals {
      var totals = ControlTotals()
      totals.delivered = Tally(invoices: 14, lines: 28, amount: Money(cents: cents))
      if held != 0 { totals.held = Tally(invoices: 1, lines: 2, amount: Money(cents: held)) }
      totals.read = totals.delivered + totals.held
      return totals
    }
    for (index, name) in hostileNames.enumerated() {
      report.byCustomer.append(
        .init(
          name: name, quickBooksName: index == 2 ? nil : name + " Inc.",
          totals: totals(
            index == 0 ? 11_625_000 : 3_000_000 - Int64(index) * 375_000,
            held: index < 2 ? 443_930 : index == 2 ? 443_929 : 0)))
    }
    report.byIncomeCategory = [
      .init(name: "Line Haul", quickBooksName: "Freight:Line Haul", totals: totals(19_800_000)),
      .init(name: "Fuel Surcharge", quickBooksName: "Fuel", totals: totals(2_945_000)),
      .init(name: script, quickBooksName: quotes, totals: totals(900_000, held: 310_000)),
      .init(name: bidi, quickBooksName: nil, totals: totals(0, held: 1_021_789)),
      .init(name: "Claims & Damages", quickBooksName: "Claims", totals: totals(-1_520_000)),
    ]
  }

  private static func addCreated(to report: inout SyncReport) {
    for name in hostileNames {
      var customer = Customer(name: name)
      customer.terms = "Net 30"
      customer.addressLines = ["1 <Main> Street", "Austin, TX 78701"]
      report.created.customers.append(customer)
      report.createdCustomerSources.append(name + " ")
    }
    report.created.accounts = [
      Account(name: "Accounts Receivable", type: .receivable),
      Account(name: "Freight Income", type: .income),
    ]
    report.created.items = [
      Item(name: "Freight:Line Haul", account: "Freight Income", description: "")
    ]
    report.created.terms = [Terms(name: "Net 30", dueDays: 30)]
    report.created.classes = ["Texas"]
  }

  private static func addFindings(to report: inout SyncReport) {
    for (index, name) in hostileNames.enumerated() {
      report.findings.append(
        Finding(
          customerUnknown, "customer \"\(name)\" is in no customers export",
          location: SourceLocation(file: "inbox/invoices.csv", line: index + 2, column: 7),
          excerpt: Excerpt(
            text: "LD\(index),\(name),100.00", markStart: 4, markLength: name.count),
          record: index + 1, field: "customer_name", value: name, invoice: "LD\(index)",
          notes: ["QuickBooks has \"\(name)\""]))
    }
    report.findings.append(
      Finding(
        rateMismatch, "412 miles at 0.58 are 238.96, the line says 239.00",
        location: SourceLocation(file: "inbox/invoices.csv", line: 90), invoice: "LD90"))
    report.findings.append(Finding(repeated, "invoice LD91 is in the export twice"))
    report.findingCounts = [
      .init(kind: repeated, severity: .notice, count: 1, listed: 1),
      .init(kind: customerUnknown, severity: .error, count: 42, listed: 8),
      .init(kind: rateMismatch, severity: .warning, count: 1, listed: 1),
    ]
  }

  private static func addRows(to report: inout SyncReport) {
    for (index, name) in hostileNames.enumerated() {
      report.invoiceRows.append(
        .init(
          number: index == 0 ? "" : "LD0\(index)", customer: name,
          date: index == 1 ? nil : range?.lowerBound, total: Money(cents: Int64(index) * 12_345),
          outcome: .held, reasons: ["customer-unknown", "amount-bad"], document: "",
          location: SourceLocation(file: "inbox/invoices.csv", line: index + 2)))
    }
    for index in 0..<24 {
      let outcome: Outcome =
        index % 7 == 3 ? .suppressed : index % 7 == 5 ? .alreadySynced : .delivered
      report.invoiceRows.append(
        .init(
          number: "LD10\(index)", customer: index % 2 == 0 ? "Acme Freight" : quotes,
          date: range?.upperBound, total: Money(cents: index == 4 ? -7500 : 187_550),
          outcome: outcome, reasons: outcome == .suppressed ? ["invoice-suppressed"] : [],
          document: outcome == .suppressed ? "" : "INVOICE LD10\(index)",
          location: SourceLocation(file: "inbox/invoices.csv", line: 40 + index)))
    }
    report.invoiceRowsAreCapped = true
  }
}
