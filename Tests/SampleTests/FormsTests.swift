import Foundation
import TestSupport
import Testing
import Vocabulary

/// The same invoices in every form that exports come in give the same files, byte by byte.
struct FormsTests {
  /// A line of an invoice, as it was made up.
  private struct Line {
    var invoice: Int
    var number: String
    var customer: String
    var date: CalendarDate
    var category: String
    var description: String
    var quantity: String
    var rate: String
    var amount: Money
    var total = Money.zero
  }

  private static let columns = [
    "invoice_number", "customer_name", "invoice_date", "invoice_total", "category", "description",
    "quantity", "rate", "amount",
  ]

  private static let mapping = """
    kind,loadops,quickbooks,account,note
    item,Line Haul,Line Haul,Freight Income,
    item,Fuel Surcharge,Fuel Surcharge,Freight Income,
    item,Detention,Accessorials:Detention,Freight Income,
    item,Late Fee,Allowances:Late,Freight Income,

    """

  private let lines: [Line]

  init() {
    var generator = SeededGenerator(seed: 1_000)
    var lines: [Line] = []
    let customers = [
      "Acme Brokerage, Inc.", "Café Olé Foods", "Müller & Söhne", "O'Neill \"Bulk\" Freight",
      "Gulf Coast Paper",
    ]
    for invoice in 0..<1000 {
      let start = lines.count
      let customer = customers[Int.random(in: 0..<customers.count, using: &generator)]
      let date = CalendarDate(daysSince1970: 20_700 + Int32.random(in: 0..<60, using: &generator))
      for category in ["Line Haul", "Fuel Surcharge", "Detention", "Late Fee"]
        .prefix(Int.random(in: 1...4, using: &generator))
      {
        let sign: Int64 = category == "Late Fee" ? -1 : 1
        let amount = Money(cents: sign * Int64.random(in: 100...500_000, using: &generator))
        lines.append(
          Line(
            invoice: invoice, number: "00\(20_000 + invoice)", customer: customer, date: date,
            category: category, description: "Waco, TX to Tulsa, OK — \(invoice)", quantity: "1",
            rate: amount.description, amount: amount))
      }
      let total = lines[start...].reduce(Money.zero) { $0 + $1.amount }
      for index in start..<lines.count { lines[index].total = total }
    }
    self.lines = lines
  }

  // MARK: - Forms

  /// A table with a row for each line, its cells written by three functions.
  private func table(
    _ delimiter: String = ",", end: String = "\n",
    date: (CalendarDate) -> String = { $0.description },
    money: (Money) -> String = { $0.description }, fillsDown: Bool = false
  ) -> String {
    let quoted = { (cell: String) -> String in
      cell.contains(delimiter) || cell.contains("\"")
        ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
    }
    var text = FormsTests.columns.joined(separator: delimiter) + end
    var previous = -1
    for line in lines {
      let isNext = fillsDown && line.invoice == previous
      previous = line.invoice
      let once = [line.number, line.customer, date(line.date), money(line.total)]
      let cells =
        (isNext ? once.map { _ in "" } : once) + [
          line.category, line.description, line.quantity, money(line.amount), money(line.amount),
        ]
      text += cells.map(quoted).joined(separator: delimiter) + end
    }
    return text
  }

  private static func american(_ date: CalendarDate) -> String {
    let (year, month, day) = date.components
    return "\(month)/\(day)/\(year)"
  }

  private static func dollars(_ money: Money) -> String {
    money < .zero ? "($\((-money).grouped))" : "$\(money.grouped)"
  }

  private static func european(_ money: Money) -> String {
    money.grouped.replacing(",", with: "!").replacing(".", with: ",").replacing("!", with: ".")
  }

  private func objects() -> [String] {
    let quoted = { (text: String) in "\"" + text.replacing("\"", with: "\\\"") + "\"" }
    return (0..<1000).map { invoice in
      let own = lines.filter { $0.invoice == invoice }
      let items = own.map { line in
        "{\"category\":\(quoted(line.category)),\"description\":\(quoted(line.description)),"
          + "\"quantity\":1,\"rate\":\(line.amount),\"amount\":\"\(line.amount)\"}"
      }
      return
        "{\"invoiceNumber\":\(quoted(own[0].number)),\"customer\":\(quoted(own[0].customer)),"
        + "\"invoice_date\":\"\(own[0].date)\",\"Invoice Total\":\(own[0].total),"
        + "\"lines\":[\(items.joined(separator: ","))]}"
    }
  }

  private static func utf16(_ text: String) -> [UInt8] {
    [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
  }

  /// A workbook whose cells are what a spreadsheet makes of them, or all of them texts.
  private func workbook(isTyped: Bool) -> [UInt8] {
    func number(_ money: Money) -> WorkbookFixture.Value {
      // Seventeen digits, as spreadsheets write what they keep in binary.
      isTyped
        ? .number(String(format: "%.17g", Double(money.cents) / 100)) : .text(money.description)
    }
    let rows = lines.map { line -> [WorkbookFixture.Value] in
      [
        .text(line.number), .text(line.customer),
        isTyped
          ? .number("\(Int(line.date.daysSince1970) + 25_569)", style: 1)
          : .text(line.date.description),
        number(line.total), .text(line.category), .text(line.description), .number("1"),
        number(line.amount), number(line.amount),
      ]
    }
    return WorkbookFixture([
      .init("Notes", [["Invoices of the year"]]),
      .init("Grid", [FormsTests.columns.map(WorkbookFixture.Value.text)] + rows),
    ]).bytes
  }

  private func forms() -> [(name: String, bytes: [UInt8], settings: [String])] {
    let canonical = table()
    let windows = Array(canonical.data(using: .windowsCP1252) ?? Data())
    return [
      ("canonical.csv", Array(canonical.utf8), []),
      (
        "excel.csv",
        Array(
          ("\u{FEFF}" + table(end: "\r\n", date: FormsTests.american, money: FormsTests.dollars))
            .utf8), []
      ),
      (
        "semicolon.csv",
        Array(("sep=;\r\n" + table(";", end: "\r\n", money: FormsTests.european)).utf8),
        ["formats.numbers=eu"]
      ),
      ("unicode.txt", FormsTests.utf16(table("\t", end: "\r\n")), []),
      ("windows.csv", windows, []),
      ("old-macintosh.csv", Array(table("|", end: "\r").utf8), []),
      ("serial.csv", Array(table(date: { "\(Int($0.daysSince1970) + 25_569)" }).utf8), []),
      ("fill-down.csv", Array(table(fillsDown: true).utf8), []),
      ("grid.xlsx", workbook(isTyped: true), []),
      ("texts.xlsx", workbook(isTyped: false), []),
      ("nested.json", Array("{\"invoices\":[\(objects().joined(separator: ",\n"))]}".utf8), []),
      ("lines.ndjson", Array(objects().joined(separator: "\n").utf8), []),
    ]
  }

  @Test func `1,000 invoices in every form give the same totals and the same bytes`() throws {
    let folder = try TemporaryFolder()
    try folder.write(FormsTests.mapping, to: "mapping.csv")
    var expected: [String: Data] = [:]
    let sum = lines.reduce(Money.zero) { $0 + $1.amount }
    for (name, bytes, settings) in forms() {
      try folder.write(bytes, to: name)
      let run = try CommandRun.run(
        ["convert", name, "--mapping", "mapping.csv", "--no-ledger", "--output", "out-" + name]
          + ["--set", "formats.iif.encoding=windows1252"] + settings.flatMap { ["--set", $0] },
        in: folder.path)
      #expect(run.code == 0, "\(name): \(run.messages)\(run.output.prefix(3000))")
      #expect(
        run.output.contains(
          "read 1,000 invoices, \(sum.grouped) = delivered 1,000, \(sum.grouped) + already synced 0"
        ),
        "\(name)")
      let files = try folder.files(in: "out-" + name).filter { $0.key.hasSuffix(".iif") }
      if expected.isEmpty { expected = files }
      #expect(files.count == 3)
      #expect(files == expected, "\(name)")
    }
  }
}
