import Foundation
import Testing
import Vocabulary

@testable import Sync

final class SettingsTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  /// A mistake in a `loadbooks.yaml`; 1️⃣ stands before the character that the problem points at.
  struct Mistake: CustomTestStringConvertible, Sendable {
    var yaml: String
    var message: String
    var remedy: String
    var marked: Int?

    init(_ yaml: String, _ message: String, _ remedy: String, marked: Int? = nil) {
      (self.yaml, self.message, self.remedy, self.marked) = (yaml, message, remedy, marked)
    }
    var testDescription: String { message }
  }

  static let mistakes = [
    Mistake(
      "company: A\npolicies:\n  1️⃣zero_totl: send", "unknown key \"zero_totl\" in \"policies\"",
      "did you mean \"zero_total\"?", marked: 9),
    Mistake(
      "company: A\n1️⃣colour: blue", "unknown key \"colour\"", "the keys here are: company, target"),
    Mistake(
      "company: A\n1️⃣zero_total: send", "unknown key \"zero_total\"",
      "write \"zero_total\" below \"policies:\""),
    Mistake(
      "company: A\n1️⃣policies.zero_total: send", "unknown key \"policies.zero_total\"",
      "write \"zero_total\" below \"policies:\""),
    Mistake(
      "company: A\nformats:\n  iif:\n    1️⃣date: iso", "unknown key \"date\" in \"formats.iif\"",
      "did you mean \"dates\"?"),
    Mistake(
      "company: A\ntarget: 1️⃣iff", "target: it cannot be \"iff\"",
      "did you mean iif? (allowed: iif, qbxml, online)", marked: 3),
    Mistake(
      "company: A\npolicies:\n  zero_total: 1️⃣no", "policies.zero_total: it cannot be \"no\"",
      "allowed: skip, send, hold", marked: 2),
    Mistake(
      "company: A\npolicies:\n  unmatched_items: 1️⃣{iiff: hold}",
      "policies.unmatched_items: \"iiff\" is not a target", "did you mean iif?"),
    Mistake(
      "company: A\npolicies:\n  unmatched_terms: 1️⃣{iif: held}", "it cannot be \"held\"",
      "did you mean hold?"),
    Mistake(
      "company: A\npolicies:\n  unmatched_customers:\n    1️⃣iif: [hold]",
      "policies.unmatched_customers: each target takes one word", "write it like {iif: hold"),
    Mistake(
      "company: A\npolicies:\n  unmatched_customers: 1️⃣{}", "it names no target",
      "write it like {iif: hold"),
    Mistake(
      "company: A\npolicies: {future_days: 1️⃣ten}", "it cannot be \"ten\"",
      "write a whole number from 0 to 3660"),
    Mistake(
      "company: A\nformats: {iif: {documents_per_file: 1️⃣0}}", "it cannot be \"0\"",
      "from 1 to 100000"),
    Mistake(
      "company: A\nformats: {iif: {documents_per_file: 1️⃣100001}}", "it cannot be \"100001\"",
      "from 1 to 100000"),
    Mistake(
      "company: A\nformats: {iif: {documents_per_file: 1️⃣99999999999999999999}}", "it cannot be",
      "from 1 to 100000"),
    Mistake(
      "company: A\npolicies:\n  closed_through: 1️⃣12/31/2025", "\"12/31/2025\" is not a date",
      "like 2025-12-31", marked: 10),
    Mistake(
      "company: A\npolicies:\n  closed_through: 1️⃣2025-02-30", "\"2025-02-30\" is not a date",
      "like 2025-12-31"),
    Mistake(
      "company: A\ntime_zone: 1️⃣America/Chicgo", "\"America/Chicgo\" is not a time zone",
      "did you mean America/Chicago?"),
    Mistake(
      "company: A\ncurrency: 1️⃣usd", "\"usd\" is not a currency code", "three capital letters"),
    Mistake("1️⃣company:", "company: it has no value", "write a value behind the colon", marked: 7),
    Mistake("company: 1️⃣\"  \"", "company: it is empty", "write a value", marked: 4),
    Mistake("company: 1️⃣\"A\\nB\"", "line break or tab", "on one line", marked: 6),
    Mistake("company: 1️⃣[A, B]", "it takes one value, not a list", "write a single value"),
    Mistake(
      "company: 1️⃣{name: A}", "company takes a value, not a block", "write any text on one line"),
    Mistake("1️⃣target: iif", "the key \"company\" is missing", "add a line \"company:\""),
    Mistake(
      "company: A\npolicies: 1️⃣hold", "\"policies\" is a block of keys, not a value",
      "write its keys below it, indented by two blanks: unmatched_customers", marked: 4),
    Mistake(
      "company: A\npolicies:\n  sendable_statuses: 1️⃣Completed, Paid", "is a list",
      "write it between brackets: [Completed, Paid]", marked: 15),
    Mistake(
      "company: A\npolicies: {sendable_statuses: [1️⃣[A]]}", "must be a text",
      "write a list such as [Completed, Paid]"),
    Mistake(
      "company: A\ntarget: iif\n1️⃣target: qbxml",
      "\"target\" stands there twice; the first time on line 2",
      "keep one of the two lines", marked: 6),
    Mistake(
      "company: A\npolicies:\n  zero_total: hold\n  future_days: 3\n  1️⃣zero_total: send",
      "stands there twice; the first time on line 3", "keep one"),
    Mistake("company: 1️⃣&name A\ntarget: *name", "anchors and aliases", "write the value out"),
    Mistake("company: 1️⃣!secret A", "\"!secret\" is a YAML tag", "put quotation marks"),
    Mistake(
      "company: Big1️⃣: Trucks", "not valid YAML: mapping values are not allowed", "quotation marks"),
    Mistake(
      "company: A\npolicies:\n1️⃣\tzero_total: send", "not valid YAML", "indent with blanks, not tabs"
    ),
    Mistake("company: A\nformats: 1️⃣{iif: {}", "not valid YAML", "brackets are closed"),
    Mistake("company: 1️⃣\"A\ntarget: iif\n", "not valid YAML", "brackets are closed"),
    Mistake("company: A\n1️⃣---\ncompany: B", "not valid YAML", "remove the line \"---\""),
    Mistake(
      "company: A\nquickbooks:\n  accounts_receivable: 1️⃣\"A: B\"", "blank beside a colon",
      "write \"A:B\"", marked: 6),
    Mistake(
      "company: A\nquickbooks:\n  default_income_account: 1️⃣An account with a name much too long",
      "has 36 characters and QuickBooks takes 31", "shorten it"),
    Mistake(
      "company: A\nformats: {qbxml: {version: 1️⃣thirteen}}", "is not a qbXML version",
      "write it like \"13.0\""),
    Mistake(
      "company: A\nformats: {qbxml: {version: 1️⃣12.0}}", "is older than what LoadBooks writes",
      "write \"13.0\""),
    Mistake(
      "company: A\nformats: {qbxml: {sales_tax_code: 1️⃣Nontax}}", "is not a sales tax code",
      "as QuickBooks lists it"),
    Mistake("company: Å🚚 é\nqu: {1️⃣x: y}", "unknown key \"qu\"", "the keys here are"),
    Mistake(
      "1️⃣just some text", "settings are lines of the form \"key: value\"", "begin with a line"),
  ]

  @Test(arguments: mistakes)
  func `every mistake is told with its place and a remedy`(_ mistake: Mistake) throws {
    let place = try #require(mistake.yaml.range(of: "1️⃣"))
    let before = mistake.yaml[..<place.lowerBound]
    let yaml = mistake.yaml.replacing("1️⃣", with: "")
    let (_, problems) = SettingsReader.read(path: "loadbooks.yaml", bytes: Array(yaml.utf8))
    let problem = try #require(problems.first)
    #expect(problem.cause == .settingsWrong)
    #expect(problem.message.contains(mistake.message), "\(problem)")
    #expect(problem.remedy.contains(mistake.remedy), "\(problem)")
    let line = before.count { $0.isNewline } + 1
    #expect(problem.location?.line == line, "\(problem)")
    if !mistake.message.contains("is missing"), !mistake.yaml.contains("qu: {") {
      let column = before.reversed().prefix { !$0.isNewline }.count + 1
      #expect(problem.location?.column == column, "\(problem)")
      let lines = yaml.split(omittingEmptySubsequences: false) { $0.isNewline }
      #expect(problem.excerpt?.text == String(lines[line - 1]))
    }
    if let marked = mistake.marked { #expect(problem.excerpt?.markLength == marked, "\(problem)") }
  }

  @Test func `all problems are collected, and the first one tells how many more there are`() throws
  {
    let yaml = "company: A\ntarget: x\npolicies: {zero_total: 1, negative_total: 2}\n"
    let path = try file(yaml)
    let (settings, problems) = Settings.check(path: path)
    #expect(problems.map(\.location?.line) == [2, 3, 3])
    #expect(settings.target == .iif)
    let failure = #expect(throws: Failure.self) { try Settings.load(path: path) }
    #expect(failure?.message.hasSuffix("(and 2 more problems in this file)") == true)
    #expect(failure?.location == SourceLocation(file: path, line: 2, column: 9))
  }

  @Test func `a file that is missing, empty or not text is told so`() throws {
    #expect(
      Settings.check(path: "/nowhere/loadbooks.yaml").1.first?.remedy.contains("init") == true)
    for text in ["", "# nothing\n", "---\n", "~"] {
      let failure = #expect(throws: Failure.self) { try Settings.load(path: try file(text)) }
      #expect(failure?.message.contains("holds no settings") == true, "\(text)")
    }
    let (_, problems) = SettingsReader.read(path: "x", bytes: [0x63, 0x3A, 0x20, 0xE9])
    #expect(problems.first?.message == "x is not UTF-8 text")
    let (_, control) = SettingsReader.read(path: "x", bytes: Array("company: A\nb: \u{7}".utf8))
    #expect(control.first?.location?.line == 2, "\(control)")
  }

  /// Settings with no key at its default.
  static let unusual: Settings = {
    var wanted = Settings.defaults
    wanted.company = "007"
    wanted.target = .online
    wanted.currency = "CAD"
    wanted.timeZone = "America/Toronto"
    wanted.quickBooks.edition = .ca
    wanted.quickBooks.accountsReceivable = "A/R"
    wanted.quickBooks.defaultIncomeAccount = "Sales:Freight"
    wanted.policies.unmatchedCustomers = Settings.UnmatchedPolicy(.hold)
    wanted.policies.unmatchedItems.exceptions = [.iif: .hold, .online: .hold]
    wanted.policies.unmatchedTerms.exceptions = [.qbxml: .hold]
    wanted.policies.sendableStatuses = ["Completed", "No", "01"]
    wanted.policies.zeroTotal = .send
    wanted.policies.negativeTotal = .hold
    wanted.policies.longNumbers = .keepRight
    wanted.policies.rateMismatch = .hold
    wanted.policies.closedThrough = CalendarDate(iso: "2025-12-31")
    wanted.policies.futureDays = 0
    wanted.layouts.wide = .accept
    wanted.layouts.headerOnly = "Line Haul"
    wanted.formats.dates = .mixedMDY
    wanted.formats.numbers = .eu
    wanted.formats.iif.encoding = .windows1252
    wanted.formats.iif.dates = .iso
    wanted.formats.iif.documentsPerFile = 1
    wanted.formats.qbxml.version = "14.0"
    wanted.formats.qbxml.requestsPerFile = 100_000
    wanted.formats.qbxml.onError = .stopOnError
    wanted.formats.qbxml.salesTaxCode = "Non"
    wanted.formats.qbxml.newItems = .otherCharge
    return wanted
  }()

  @Test func `every key can be set, in every way YAML writes it`() throws {
    let yaml = """
      company: 007
      target: "online"
      currency: CAD
      time_zone: 'America/Toronto'
      quickbooks: { edition: ca, accounts_receivable: A/R, default_income_account: Sales:Freight }
      policies:
        unmatched_customers: hold
        unmatched_items: { online: hold, qbxml: create, iif: hold }
        unmatched_terms:
          qbxml: hold
        sendable_statuses:
          - Completed
          - No
          - "01"
        zero_total: send
        negative_total: hold
        long_numbers: keep-right
        rate_mismatch: hold
        closed_through: 2025-12-31
        future_days: 0
      layouts: { wide: accept, header_only: Line Haul }
      formats:
        dates: mixed-mdy
        numbers: eu
        iif: { encoding: windows1252, dates: yyyy-mm-dd, documents_per_file: 1 }
        qbxml: { version: 14.0, requests_per_file: 100000, on_error: stopOnError,
          sales_tax_code: Non, new_items: other-charge }
      """
    let wanted = SettingsTests.unusual
    let windows = "\u{FEFF}" + yaml.replacing("\n", with: "\r\n")
    for text in [yaml, windows] {
      let (settings, problems) = SettingsReader.read(path: "x", bytes: Array(text.utf8))
      #expect(problems.isEmpty, "\(problems)")
      #expect(settings == wanted)
    }
  }

  @Test func `what is not in the books may be created by one way and held by another`() throws {
    var settings = Settings.defaults
    try settings.set("policies.unmatched_customers=iif: hold, qbxml:create")
    settings.target = .iif
    #expect(settings.unmatchedCustomers == .hold)
    #expect(settings.unmatchedItems == .create)
    settings.target = .qbxml
    #expect(settings.unmatchedCustomers == .create)
    settings.target = .online
    #expect(settings.unmatchedCustomers == .create)
    for text in ["iif", "iif: hold, iif: create", "iif: hold, create", "{}", "fax: hold", ""] {
      #expect(throws: Failure.self, "\(text)") {
        try settings.set("policies.unmatched_customers=" + text)
      }
    }
  }

  @Test func `the canonical text tells every value, each of which can be set again`() throws {
    let wanted = SettingsTests.unusual
    var copy = Settings.defaults
    for line in wanted.canonicalText.split(separator: "\n") {
      let parts = line.split(separator: ": ", maxSplits: 1)
      let value = parts[1].replacing("\"", with: "")
      try copy.set("\(parts[0])=\(value)")
    }
    #expect(copy == wanted)
    #expect(copy.canonicalText == wanted.canonicalText)
    #expect(Settings.defaults.canonicalText != wanted.canonicalText)
  }

  @Test func `keys left out, empty blocks and an empty closing date have their defaults`() throws {
    let yaml = "company: A # the name\npolicies:\n  closed_through:\nformats:\nquickbooks: ~\n"
    var wanted = Settings.defaults
    wanted.company = "A"
    #expect(try Settings.load(path: try file(yaml)) == wanted)
  }

  @Test(arguments: [
    "Bluebonnet Carriers LLC", "Smith & Sons: Trucking", "#1 Hauling", "\"Quick\" Freight",
    "O'Neil's",
    "007", "yes", "null", "~", "- dash", "[list]", "{map}", "&anchor", "*alias", "!tag", "%", "@x",
    "back\\slash", "ends with:", "Åkeri & Söner 🚚", "a # b", "a: b", "? q", "> x", "| y", "1.0",
    "`",
    "A, B", "trailing'", "2025-12-31", "x\u{FEFF}y", "<<", "=",
  ])
  func `the template loads to the defaults, whatever the company is called`(_ company: String)
    throws
  {
    var wanted = Settings.defaults
    wanted.company = company
    let template = Settings.template(company: company)
    let path = try file(template)
    let (settings, problems) = Settings.check(path: path)
    #expect(problems.isEmpty, "\(problems)")
    #expect(settings == wanted)
  }

  @Test func `the template explains every key`() {
    let template = Settings.template(company: "Bluebonnet Carriers LLC")
    #expect(template.contains("\ncompany: Bluebonnet Carriers LLC\n"))
    for key in Settings.keys {
      for line in key.explanation { #expect(template.contains("# \(line)\n")) }
      #expect(!key.explanation.isEmpty && !key.allowed.isEmpty)
    }
    #expect(template.contains("\n    # sales_tax_code: Non\n"))
    #expect(template.contains("\n  # closed_through: 2025-12-31\n"))
    #expect(template.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test(arguments: [
    ("policies.zero_total", "a key and a value are needed", "policies.zero_total=send"),
    ("policies.zero_totl=send", "there is no setting", "did you mean \"policies.zero_total\"?"),
    ("zero_total=send", "there is no setting", "did you mean \"policies.zero_total\"?"),
    ("policy.zero_totl=send", "there is no setting", "did you mean \"policies.zero_total\"?"),
    ("policies=send", "there is no setting", "the settings are: company"),
    ("policies.zero_total=sendd", "cannot be \"sendd\"", "did you mean send?"),
    ("policies.zero_total=", "it is empty", "write a value"),
    ("policies.future_days=-1", "cannot be \"-1\"", "from 0 to 3660"),
  ])
  func `a wrong override is refused`(_ text: String, _ message: String, _ remedy: String) {
    var settings = Settings.defaults
    let failure = #expect(throws: Failure.self) { try settings.set(text) }
    #expect(failure?.cause == (text.contains("=") ? .settingsWrong : .usage))
    #expect(failure?.message.contains(message) == true, "\(String(describing: failure))")
    #expect(failure?.remedy.contains(remedy) == true, "\(String(describing: failure))")
    #expect(settings == .defaults)
  }

  @Test func `an override takes its value as it is written`() throws {
    var settings = Settings.defaults
    try settings.set("company=A=B: #1")
    #expect(settings.company == "A=B: #1")
    try settings.set("policies.sendable_statuses= Completed , Paid,Paid")
    #expect(settings.policies.sendableStatuses == ["Completed", "Paid"])
    try settings.set("policies.sendable_statuses=")
    #expect(settings.policies.sendableStatuses.isEmpty)
    try settings.set("policies.closed_through=2025-12-31")
    #expect(settings.policies.closedThrough == CalendarDate(iso: "2025-12-31"))
    try settings.set("policies.closed_through=")
    #expect(settings.policies.closedThrough == nil)
    try settings.set("time_zone=US/Central")
    #expect(settings.timeZone == "US/Central")
  }

  @Test func `whatever the bytes are, reading ends with settings or with problems in the file`() {
    let template = Array(Settings.template(company: "A").utf8)
    let pieces = [
      "\t", ":", "- ", "[", "}", "\"", "'", "&a ", "*a", "!x ", "#", "? ", "|\n", "\n", "---\n",
      "\0", "é", "%", "<<: ",
    ]
    var state: UInt64 = 2028
    func below(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    for _ in 0..<1_000 {
      var bytes = template
      for _ in 0...below(3) {
        let place = below(bytes.count)
        switch below(3) {
        case 0: bytes.insert(contentsOf: pieces[below(pieces.count)].utf8, at: place)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(40)))
        default: bytes[place] = UInt8(below(256))
        }
      }
      let (settings, problems) = SettingsReader.read(path: "x", bytes: bytes)
      #expect(!problems.isEmpty || settings.company != nil)
      for problem in problems {
        guard let excerpt = problem.excerpt, let place = problem.location else { continue }
        #expect(excerpt.markStart + 1 == place.column)
        #expect(excerpt.markStart + excerpt.markLength <= max(1, excerpt.text.count + 1))
      }
    }
  }

  private func file(_ text: String) throws -> String {
    let url = folder.appending(path: "loadbooks.yaml")
    try Data(text.utf8).write(to: url)
    return url.path
  }
}
