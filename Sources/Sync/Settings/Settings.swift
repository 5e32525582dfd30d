public import Vocabulary

/// The settings of a company folder: what stands in its `loadbooks.yaml`, with a default for every
/// key that is not there.
///
/// The words people write are the raw values of the enums; ``keys`` lists every key with its meaning,
/// and reading, `--set`, the commented template and the documentation all follow that one list.
public struct Settings: Sendable, Hashable {
  /// Where invoices go.
  public enum Target: String, Sendable, CaseIterable {
    /// IIF files for QuickBooks Desktop.
    case iif
    /// qbXML files for QuickBooks Desktop.
    case qbxml
    /// QuickBooks Online.
    case online
  }

  /// The country edition of QuickBooks.
  public enum Edition: String, Sendable, CaseIterable {
    /// United States.
    case us
    /// Canada.
    case ca
  }

  /// What to do with an invoice over nothing.
  public enum ZeroTotal: String, Sendable, CaseIterable {
    /// Do not send it; the report tells why.
    case skip
    /// Treat it like any other.
    case send
    /// Hold it.
    case hold
  }

  /// What to do with an invoice below zero.
  public enum NegativeTotal: String, Sendable, CaseIterable {
    /// Make a credit memo.
    case creditMemo = "credit-memo"
    /// Hold it.
    case hold
  }

  /// What to do with an invoice number that QuickBooks has no room for.
  public enum LongNumbers: String, Sendable, CaseIterable {
    /// Hold the invoice.
    case hold
    /// Keep the characters on the right.
    case keepRight = "keep-right"
  }

  /// What to do with a line whose quantity times rate is not its amount.
  public enum RateMismatch: String, Sendable, CaseIterable {
    /// The amount wins; quantity and rate are left out.
    case dropQuantity = "drop-quantity"
    /// Hold the invoice.
    case hold
  }

  /// The characters of an IIF file.
  public enum IIFEncoding: String, Sendable, CaseIterable {
    /// Letters with accents become plain letters.
    case ascii
    /// Western European letters are kept.
    case windows1252
  }

  /// How an IIF file writes dates.
  public enum IIFDates: String, Sendable, CaseIterable {
    /// `12/31/2026`
    case monthFirst = "mm/dd/yyyy"
    /// `31/12/2026`
    case dayFirst = "dd/mm/yyyy"
    /// `2026-12-31`
    case iso = "yyyy-mm-dd"
  }

  /// What QuickBooks does after a qbXML request that fails.
  public enum OnError: String, Sendable, CaseIterable {
    /// Goes on with the next.
    case continueOnError
    /// Stops.
    case stopOnError
  }

  /// The type of the items that qbXML requests make.
  public enum NewItems: String, Sendable, CaseIterable {
    /// Service items.
    case service
    /// Other charges.
    case otherCharge = "other-charge"
  }

  /// The block `quickbooks`: what LoadBooks has to know about the company file.
  public struct CompanyFile: Sendable, Hashable {
    /// The country edition.
    public var edition = Edition.us
    /// The account that invoices are receivable on.
    public var accountsReceivable = "Accounts Receivable"
    /// The income account of items whose mapping row names none.
    public var defaultIncomeAccount = "Freight Income"
  }

  /// The block `policies`: what to do when there is a choice.
  public struct Policies: Sendable, Hashable {
    /// Customers that QuickBooks does not have.
    public var unmatchedCustomers = UnmatchedPolicy(.create)
    /// Items that the books do not have.
    public var unmatchedItems = UnmatchedPolicy(.create)
    /// Terms that the books do not have.
    public var unmatchedTerms = UnmatchedPolicy(.create)
    /// The statuses an invoice may have to be sent; one without a status may always be.
    public var sendableStatuses = ["Completed", "Invoiced", "Paid"]
    /// Invoices over nothing.
    public var zeroTotal = ZeroTotal.skip
    /// Invoices below zero.
    public var negativeTotal = NegativeTotal.creditMemo
    /// Numbers that are too long.
    public var longNumbers = LongNumbers.hold
    /// Lines whose quantity times rate is not their amount.
    public var rateMismatch = RateMismatch.dropQuantity
    /// The last day of the closed books; documents dated up to here are held.
    public var closedThrough: CalendarDate?
    /// How many days ahead of today an invoice may be dated.
    public var futureDays = 31
  }

  /// The block `formats.iif`.
  public struct IIFFormat: Sendable, Hashable {
    /// The characters.
    public var encoding = IIFEncoding.ascii
    /// The dates.
    public var dates = IIFDates.monthFirst
    /// After how many documents a new file begins.
    public var documentsPerFile = 500
  }

  /// The block `formats.qbxml`.
  public struct QBXMLFormat: Sendable, Hashable {
    /// The version in the file's `qbxml` instruction.
    public var version = "13.0"
    /// After how many requests a new file begins.
    public var requestsPerFile = 500
    /// What QuickBooks does after an error.
    public var onError = OnError.continueOnError
    /// The sales tax code of items and lines; nil for none.
    public var salesTaxCode: String?
    /// The type of new items.
    public var newItems = NewItems.service
  }

  /// The block `formats`: how files are read and written.
  public struct Formats: Sendable, Hashable {
    /// How dates of an export are read that do not say themselves which day they mean.
    public var dates = DatePreference.mdy
    /// How exports write numbers.
    public var numbers = NumberConvention.us
    /// IIF files.
    public var iif = IIFFormat()
    /// qbXML files.
    public var qbxml = QBXMLFormat()
  }

  /// Whether an export may have a column of amounts for each income category.
  public enum WideLayout: String, Sendable, CaseIterable {
    /// Such a file is refused.
    case refuse
    /// It is read, each amount as a line.
    case accept
  }

  /// The block `layouts`: what an export may look like beside one row for each line.
  public struct Layouts: Sendable, Hashable {
    /// A column of amounts for each income category.
    public var wide = WideLayout.refuse
    /// The income category that the total of an invoice without lines goes to; nil refuses such files.
    public var headerOnly: String?
  }

  /// The block `online`: QuickBooks Online.
  public struct Online: Sendable, Hashable {
    /// Where the companies' data is.
    public var api = "https://quickbooks.api.intuit.com"
    /// The document that says where people log in and tokens come from.
    public var discovery = "https://developer.intuit.com/.well-known/openid_configuration"
    /// Where the browser goes after somebody has said yes.
    public var redirect = "http://localhost:8484/callback"
    /// How many documents go in one request.
    public var batchSize = 10
    /// Requests a minute.
    public var requestsPerMinute = 490
    /// Batches a minute.
    public var batchesPerMinute = 39
    /// Requests under way at once.
    public var inFlight = 8
    /// How many seconds an answer is waited for.
    public var timeout = 150
    /// How many seconds to wait before a record without an answer is looked up.
    public var unknownWait = 20
    /// After how many days the books are fetched again before a push.
    public var booksDays = 1
  }

  /// The company's display name; nil only without a company folder.
  public var company: String?
  /// The default target.
  public var target = Target.iif
  /// The currency of the books, three capital letters.
  public var currency = "USD"
  /// The time zone that decides what day it is, such as `America/Chicago`.
  public var timeZone = "America/Chicago"
  /// The company file.
  public var quickBooks = CompanyFile()
  /// The policies.
  public var policies = Policies()
  /// The layouts of exports.
  public var layouts = Layouts()
  /// The formats.
  public var formats = Formats()
  /// The drop folder.
  public var watch = Watch()
  /// QuickBooks Online.
  public var online = Online()

  /// Settings without a company folder: every key at its default.
  public static let defaults = Settings()

  init() {}
}

extension Settings {
  /// Reads a `loadbooks.yaml`.
  ///
  /// - Throws: `Failure` with cause `settingsWrong`: the first problem, with the count of further
  ///   ones; ``check(path:)`` gives them all.
  public static func load(path: String) throws(Failure) -> Settings {
    let (settings, problems) = check(path: path)
    if let failure = Failure.first(of: problems) { throw failure }
    return settings
  }

  /// Reads a `loadbooks.yaml` and tells everything that is wrong with it, in file order.
  ///
  /// Keys with a problem have their default in the settings returned.
  public static func check(path: String) -> (Settings, [Failure]) {
    SettingsReader.read(path: path)
  }

  /// Overrides one key: `policies.zero_total=send`.
  ///
  /// The text behind the first `=` is the value as it is, without YAML's rules; a list is separated by
  /// commas, and nothing at all takes an optional value away.
  ///
  /// - Throws: `Failure` with cause `settingsWrong` when there is no such key or it cannot have that value.
  public mutating func set(_ assignment: String) throws(Failure) {
    guard let mark = assignment.firstIndex(of: "=") else {
      throw Failure(
        .usage, "--set \(assignment): a key and a value are needed, joined by \"=\"",
        remedy: "write it like --set policies.zero_total=send")
    }
    let path = String(assignment[..<mark])
    let text = String(assignment[assignment.index(after: mark)...])
    guard let key = Settings.keys.first(where: { $0.path == path }) else {
      throw Failure(
        .settingsWrong, "--set \(assignment): there is no setting \"\(path)\"",
        remedy: Settings.suggestion(forUnknown: path))
    }
    do {
      try key.apply(&self, .text(text))
    } catch {
      throw Failure(.settingsWrong, "--set \(assignment): \(error.message)", remedy: error.remedy)
    }
  }

  /// Every key that decides about invoices with its effective value, one a line: stable text for
  /// fingerprints.
  ///
  /// How fast and in how many pieces something is sent changes nothing about what is sent.
  public var canonicalText: String {
    Settings.keys.filter { !$0.path.hasPrefix("watch.") && !$0.path.hasPrefix("online.") }
      .map { "\($0.path): \($0.show(self))\n" }
      .joined()
  }

  /// What to do about a key, given as its whole path, that does not exist.
  static func suggestion(forUnknown path: String) -> String {
    let paths = Settings.keys.map(\.path)
    let word = path.split(separator: ".").last.map(String.init) ?? path
    if let elsewhere = paths.first(where: { $0 == word || $0.hasSuffix("." + word) }) {
      return "did you mean \"\(elsewhere)\"?"
    }
    if let near = Spelling.nearest(to: path, in: paths) { return "did you mean \"\(near)\"?" }
    let words = paths.map { $0.split(separator: ".").last.map(String.init) ?? $0 }
    if let near = Spelling.nearest(to: word, in: words), let index = words.firstIndex(of: near) {
      return "did you mean \"\(paths[index])\"?"
    }
    return "the settings are: \(paths.joined(separator: ", "))"
  }
}

extension Failure {
  /// The first of the problems of one file, telling how many more there are; nil when there are none.
  static func first(of problems: [Failure]) -> Failure? {
    guard var first = problems.first else { return nil }
    if problems.count > 1 {
      let more = problems.count - 1
      first.message += " (and \(more) more \(more == 1 ? "problem" : "problems") in this file)"
    }
    return first
  }
}
