internal import Vocabulary

/// What a line above the header of a report says: what the report is called, and which days it covers.
///
/// A line tells the kind of the report only when it is its name, perhaps with its days behind it. A company
/// may have any name: "Staging & Rigging", "Packaging Haulers", "Bluebonnet - invoice dept".
enum ReportTitle {
  /// The names of the reports that QuickBooks has, the longer one first where one begins another.
  private static let names: [(name: String, form: BookFile.Form)] = [
    ("a/r aging detail", .agingDetail), ("a/r ageing detail", .agingDetail),
    ("ar aging detail", .agingDetail), ("accounts receivable aging detail", .agingDetail),
    ("accounts receivable ageing detail", .agingDetail),
    ("open invoices", .openInvoices), ("open invoice list", .openInvoices),
    ("invoice list", .invoiceList), ("invoices", .invoiceList),
    ("transaction list by customer", .transactionList),
    ("transaction list by date", .transactionList),
    ("transaction list with splits", .transactionList), ("transaction list", .transactionList),
    ("transaction report", .transactionList), ("transaction detail", .transactionList),
  ]

  /// What else may stand behind a name.
  private static let additions: Set = [
    "", "report", "by date", "by customer", "by due date", "by number", "all transactions",
    "all dates",
  ]

  /// The kind of report that is called so; nil when the line is something else.
  static func form(_ line: String) -> BookFile.Form? { split(line)?.form }

  /// The days that a line names; nil when it names none, or one day only, which is when it was printed.
  static func period(_ line: String) -> ReportPeriod.Days? {
    ReportPeriod.read(line) ?? split(line).flatMap { ReportPeriod.read($0.rest) }
  }

  /// Whether a line stands at the top or the foot of every page.
  static func isPageMatter(_ line: String) -> Bool {
    if form(line) != nil || period(line) != nil { return true }
    let words = plain(line).split(separator: " ")
    return words.first == "page" && (2...4).contains(words.count)
      && words.dropFirst().allSatisfy { $0 == "of" || $0.allSatisfy(\.isNumber) }
  }

  private static func split(_ line: String) -> (form: BookFile.Form, rest: String)? {
    let text = plain(line)
    for (name, form) in names where text.hasPrefix(name) {
      let behind = text.dropFirst(name.count)
      if let next = behind.first, next.isLetter || next.isNumber { continue }
      let rest = String(behind.drop { " -:,(".contains($0) }.prefix { $0 != ")" })
      let isDay = CompanySnapshot.day(inWords: rest) != nil || ReportPeriod.isOneDay(rest)
      if additions.contains(rest) || isDay || ReportPeriod.read(rest) != nil { return (form, rest) }
    }
    return nil
  }

  /// A line in small letters, with one kind of dash and single blanks.
  private static func plain(_ line: String) -> String {
    let text = line.lowercased().map { character -> String in
      switch character {
      case "–", "—": "-"
      case "\u{A0}", "\u{202F}", "\t": " "
      default: String(character)
      }
    }.joined()
    return text.split(separator: " ").joined(separator: " ")
  }
}
