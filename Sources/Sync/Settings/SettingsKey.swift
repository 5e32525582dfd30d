internal import Foundation
internal import Vocabulary

extension Settings {
  /// One key of `loadbooks.yaml`.
  public struct Key: Sendable {
    /// Where it stands, levels joined by points: `policies.zero_total`.
    public let path: String
    /// What it means, in lines that fit a comment.
    public let explanation: [String]
    /// What may be written there.
    public let allowed: String
    /// What the template shows behind a comment mark when there is no default.
    var example = ""
    /// Whether a block of words may stand there as well.
    var takesPairs = false
    /// Sets it in some settings.
    let apply: @Sendable (inout Settings, SettingsValue) throws(ValueFault) -> Void
    /// Its value in some settings as YAML; empty when it has none.
    let show: @Sendable (Settings) -> String

    /// The last part of the path, as it stands in the file.
    public var name: String { path.split(separator: ".").last.map(String.init) ?? path }
  }

  /// Every key, in the order of the template.
  public static let keys: [Key] =
    companyKeys + quickBooksKeys + policyKeys + layoutKeys + formatKeys + iifKeys + qbxmlKeys
    + watchKeys + onlineKeys

  /// What each block of keys is about.
  static let sections: [String: String] = [
    "quickbooks": "The QuickBooks company file.",
    "policies": "What to do when there is a choice.",
    "layouts": "What an export may look like, beside one row for each line of an invoice.",
    "formats": "How files are read and written.",
    "formats.iif": "IIF files, for QuickBooks Desktop.",
    "formats.qbxml": "qbXML files, for QuickBooks Desktop.",
    "watch": "What loadbooks watch does with files that are dropped into the inbox.",
    "online": "QuickBooks Online: where it is, and how fast it may be asked.",
  ]

  private static let companyKeys: [Key] = [
    Key(
      path: "company",
      explanation: ["The company's name, as reports show it."],
      allowed: "any text on one line; required",
      apply: { (settings, value) throws(ValueFault) in
        settings.company = try value.line()
      },
      show: { $0.company.map(YAMLText.scalar) ?? "" }),
    .word(
      "target", \.target,
      "Where invoices go: iif and qbxml make files for QuickBooks Desktop, online sends them to",
      "QuickBooks Online."),
    Key(
      path: "currency",
      explanation: ["The currency of the books. Documents in another currency are held."],
      allowed: "three capital letters such as USD or CAD",
      apply: { (settings, value) throws(ValueFault) in
        let text = try value.line()
        guard text.utf8.count == 3, text.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
          throw ValueFault(
            "\"\(text)\" is not a currency code",
            "write three capital letters, such as USD or CAD")
        }
        settings.currency = text
      },
      show: { YAMLText.scalar($0.currency) }),
    Key(
      path: "time_zone",
      explanation: ["Decides what day it is today, and on which day a time with a zone falls."],
      allowed: "a name of the time zone database such as America/Chicago",
      apply: { (settings, value) throws(ValueFault) in
        settings.timeZone = try Settings.timeZone(try value.line())
      },
      show: { YAMLText.scalar($0.timeZone) }),
  ]

  private static let quickBooksKeys: [Key] = [
    .word("quickbooks.edition", \.quickBooks.edition, "The country edition of QuickBooks."),
    .account(
      "quickbooks.accounts_receivable", \.quickBooks.accountsReceivable,
      "The account that invoices are receivable on, spelt as in the chart of accounts."),
    .account(
      "quickbooks.default_income_account", \.quickBooks.defaultIncomeAccount,
      "The income account of items whose row in mapping.csv names no account.",
      "Levels are joined by a colon: Freight Income:Line Haul"),
  ]

  private static let policyKeys: [Key] = [
    .unmatched(
      "policies.unmatched_customers", \.policies.unmatchedCustomers,
      "A customer that QuickBooks does not have: create it, or hold its invoices.",
      "A target may be treated otherwise: {iif: hold, qbxml: create}"),
    .unmatched(
      "policies.unmatched_items", \.policies.unmatchedItems,
      "The same for an item that is mapped, but not in the lists of the books folder."),
    .unmatched(
      "policies.unmatched_terms", \.policies.unmatchedTerms,
      "The same for terms."),
    Key(
      path: "policies.sendable_statuses",
      explanation: [
        "Invoices with one of these statuses may be sent; an invoice without a status may be, too."
      ],
      allowed: "a list such as [Completed, Paid]",
      apply: { (settings, value) throws(ValueFault) in
        settings.policies.sendableStatuses = try value.list()
      },
      show: { settings in
        let words = settings.policies.sendableStatuses.map(YAMLText.listElement)
        return "[" + words.joined(separator: ", ") + "]"
      }),
    .word(
      "policies.zero_total", \.policies.zeroTotal,
      "An invoice with a total of 0.00: skip it with a reason, send it, or hold it."),
    .word(
      "policies.negative_total", \.policies.negativeTotal,
      "An invoice with a total below zero: make a credit memo of it, or hold it."),
    .word(
      "policies.long_numbers", \.policies.longNumbers,
      "An invoice number that QuickBooks has no room for (11 characters): hold the invoice,",
      "or keep the characters on the right. Numbers that collide after that are held."),
    .word(
      "policies.rate_mismatch", \.policies.rateMismatch,
      "Quantity times rate is not the amount of a line: drop quantity and rate (the amount wins),",
      "or hold the invoice."),
    Key(
      path: "policies.closed_through",
      explanation: ["The last day of the closed books: documents dated up to it are held."],
      allowed: "a date such as 2025-12-31, or nothing", example: "2025-12-31",
      apply: { (settings, value) throws(ValueFault) in
        settings.policies.closedThrough = try value.date()
      },
      show: { $0.policies.closedThrough?.description ?? "" }),
    .number(
      "policies.future_days", \.policies.futureDays, 0...3660,
      "An invoice may be dated this many days ahead of today; a later one is held."),
  ]

  private static let layoutKeys: [Key] = [
    .word(
      "layouts.wide", \.layouts.wide,
      "One row for each invoice, with a column of amounts for each income category: refuse such a file,",
      "or accept it. The columns are those with the name of a mapped income category, and those that",
      "mapping.csv says so of: column,HEADER,amounts of CATEGORY"),
    Key(
      path: "layouts.header_only",
      explanation: [
        "One row for each invoice, with its total and without lines: the income category that the total",
        "shall go to, as one line. Without it such a file is refused.",
      ],
      allowed: "an income category as LoadOps has it, or nothing", example: "Line Haul",
      apply: { (settings, value) throws(ValueFault) in
        switch value {
        case .nothing: settings.layouts.headerOnly = nil
        case .text(let text) where text.allSatisfy(\.isWhitespace):
          settings.layouts.headerOnly = nil
        case .text, .list, .pairs: settings.layouts.headerOnly = try value.line()
        }
      },
      show: { $0.layouts.headerOnly.map(YAMLText.scalar) ?? "" }),
  ]

  private static let formatKeys: [Key] = [
    .word(
      "formats.dates", \.formats.dates,
      "Whether month or day comes first, where the dates of an export could be read both ways;",
      "mixed-mdy reads each date by itself, month first, even where a column mixes ways of writing."
    ),
    .word(
      "formats.numbers", \.formats.numbers,
      "How exports write numbers: us is 1,234.56 and eu is 1.234,56"),
  ]

  private static let iifKeys: [Key] = [
    .word(
      "formats.iif.encoding", \.formats.iif.encoding,
      "ascii writes plain letters for letters with accents; windows1252 keeps them."),
    .word(
      "formats.iif.dates", \.formats.iif.dates,
      "The order in which Windows writes dates on the computer that imports the file."),
    .number(
      "formats.iif.documents_per_file", \.formats.iif.documentsPerFile, 1...100_000,
      "After so many documents a new file begins."),
  ]

  private static let qbxmlKeys: [Key] = [
    Key(
      path: "formats.qbxml.version",
      explanation: ["The qbXML version to write."],
      allowed: "a version such as \"13.0\"",
      apply: { (settings, value) throws(ValueFault) in
        let text = try value.line()
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2,
          parts.allSatisfy({ (1...2).contains($0.count) && $0.utf8.allSatisfy(\.isASCIIDigit) })
        else { throw ValueFault("\"\(text)\" is not a qbXML version", "write it like \"13.0\"") }
        guard let major = Int(parts[0]), major >= 13 else {
          throw ValueFault(
            "qbXML \(text) is older than what LoadBooks writes",
            "write \"13.0\", which QuickBooks 2014 and everything newer takes")
        }
        settings.formats.qbxml.version = text
      },
      show: { "\"\($0.formats.qbxml.version)\"" }),
    .number(
      "formats.qbxml.requests_per_file", \.formats.qbxml.requestsPerFile, 1...100_000,
      "After so many requests a new file begins."),
    .word(
      "formats.qbxml.on_error", \.formats.qbxml.onError,
      "Whether QuickBooks goes on with the next document after one that fails."),
    Key(
      path: "formats.qbxml.sales_tax_code",
      explanation: [
        "The code that marks items and lines as not taxable. Needed where the company file charges",
        "sales tax (Edit > Preferences > Sales Tax), wrong where it does not.",
      ],
      allowed: "one to three characters such as Non or E, or nothing", example: "Non",
      apply: { (settings, value) throws(ValueFault) in
        let text = try value.line()
        guard text.unicodeScalars.count <= 3, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
          throw ValueFault(
            "\"\(text)\" is not a sales tax code", "write it as QuickBooks lists it, such as Non")
        }
        settings.formats.qbxml.salesTaxCode = text.isEmpty ? nil : text
      },
      show: { $0.formats.qbxml.salesTaxCode.map(YAMLText.scalar) ?? "" }),
    .word(
      "formats.qbxml.new_items", \.formats.qbxml.newItems,
      "The type of the items that QuickBooks is asked to make; what exists keeps its type."),
  ]

  private static func timeZone(_ text: String) throws(ValueFault) -> String {
    let known = TimeZone.knownTimeZoneIdentifiers
    if known.contains(text) { return text }
    let near = Spelling.nearest(to: text, in: known)
    if near?.lowercased() != text.lowercased(), TimeZone(identifier: text) != nil { return text }
    throw ValueFault(
      "\"\(text)\" is not a time zone",
      near.map { "did you mean \($0)?" }
        ?? "write a name of the time zone database, such as America/Chicago")
  }
}

extension Settings.Key {
  /// A key whose value is one of a few words.
  fileprivate static func word<Word>(
    _ path: String, _ property: any WritableKeyPath<Settings, Word> & Sendable,
    _ explanation: String...
  ) -> Settings.Key where Word: RawRepresentable<String> & CaseIterable & Sendable {
    let words = Word.allCases.map(\.rawValue)
    return Settings.Key(
      path: path, explanation: explanation, allowed: words.joined(separator: " | "),
      apply: { (settings, value) throws(ValueFault) in
        settings[keyPath: property] = try value.word()
      },
      show: { $0[keyPath: property].rawValue })
  }

  /// A key for what QuickBooks does not have.
  fileprivate static func unmatched(
    _ path: String, _ property: any WritableKeyPath<Settings, Settings.UnmatchedPolicy> & Sendable,
    _ explanation: String...
  ) -> Settings.Key {
    Settings.Key(
      path: path, explanation: explanation, allowed: "create | hold", takesPairs: true,
      apply: { (settings, value) throws(ValueFault) in
        settings[keyPath: property] = try Settings.UnmatchedPolicy(value)
      },
      show: { $0[keyPath: property].text })
  }

  /// A key whose value is a whole number.
  static func number(
    _ path: String, _ property: any WritableKeyPath<Settings, Int> & Sendable,
    _ range: ClosedRange<Int>, _ explanation: String...
  ) -> Settings.Key {
    let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return Settings.Key(
      path: path, explanation: explanation, allowed: allowed,
      apply: { (settings, value) throws(ValueFault) in
        let text = try value.line()
        guard text.utf8.allSatisfy(\.isASCIIDigit), let number = Int(text), range ~= number else {
          throw ValueFault("it cannot be \"\(text)\"", "write \(allowed)")
        }
        settings[keyPath: property] = number
      },
      show: { String($0[keyPath: property]) })
  }

  /// A key whose value is the path of an account.
  fileprivate static func account(
    _ path: String, _ property: any WritableKeyPath<Settings, String> & Sendable,
    _ explanation: String...
  ) -> Settings.Key {
    Settings.Key(
      path: path, explanation: explanation,
      allowed: "the full name of an account, levels joined by colons",
      apply: { (settings, value) throws(ValueFault) in
        let text = try value.line()
        if let fault = DesktopName.account.fault(in: text) {
          throw ValueFault("\"\(text)\" cannot be an account: \(fault.message)", fault.remedy)
        }
        settings[keyPath: property] = text
      },
      show: { YAMLText.scalar($0[keyPath: property]) })
  }
}
