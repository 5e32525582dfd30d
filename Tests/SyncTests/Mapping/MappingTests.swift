import Foundation
import LoadOps
import Sheets
import Testing
import Vocabulary

@testable import Sync

final class MappingTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  static let header = "kind,loadops,quickbooks,account,note\n"

  /// A mistake in a `mapping.csv`; 1️⃣ stands before the cell that the problem points at.
  struct Mistake: CustomTestStringConvertible, Sendable {
    var csv: String
    var message: String
    var remedy: String

    init(rows: String, _ message: String, _ remedy: String) {
      self.init(MappingTests.header + rows, message, remedy)
    }
    init(_ csv: String, _ message: String, _ remedy: String) {
      (self.csv, self.message, self.remedy) = (csv, message, remedy)
    }
    var testDescription: String { message }
  }

  static let mistakes = [
    Mistake(
      "kind,loadops,quickbooks,1️⃣acount\nitem,A,A,", "unknown column \"acount\"",
      "did you mean \"account\"?"),
    Mistake(
      "kind,loadops,quickbooks,1️⃣colour\nitem,A,A,", "unknown column \"colour\"",
      "the columns are: kind, loadops, quickbooks, account, note"),
    Mistake(
      "kind,loadops,quickbooks,1️⃣Kind\nitem,A,A,", "the column \"kind\" stands there twice", "remove"
    ),
    Mistake(
      "kind,loadops,quickbooks,1️⃣\nitem,A,A,B", "this column has no name", "the columns are"),
    Mistake(
      "1️⃣kind,loadops\nitem,A", "the column \"quickbooks\" is missing",
      "the first row must be: kind,loadops,quickbooks,account,note"),
    Mistake("1️⃣x\nitem", "unknown column \"x\"", "the columns are"),
    Mistake(rows: "1️⃣itm,A,A,,", "there is no kind \"itm\"", "did you mean \"item\"?"),
    Mistake(
      rows: "1️⃣vendor,A,A,,", "there is no kind \"vendor\"", "item, customer, terms, class, column"),
    Mistake(rows: "1️⃣,A,A,,", "the kind is empty", "the kinds are"),
    Mistake(rows: "item,1️⃣,A,,", "the name in LoadOps is empty", "as it stands in the export"),
    Mistake(
      rows: "item,A,1️⃣\" \",,", "the name in QuickBooks is empty", "as it stands in QuickBooks"),
    Mistake(rows: "1️⃣item,A", "the name in QuickBooks is empty", "as it stands in QuickBooks"),
    Mistake(
      rows: "customer,A,A,1️⃣Income,", "only items have an account, and this row is of kind customer",
      "leave the account empty"),
    Mistake(
      rows: "item,A,A,,note,1️⃣more", "this row has 6 cells and the header has 5",
      "put quotation marks around a text that holds a \",\""),
    Mistake(
      rows: "item,A,A,,\nitem,B,B,,\nitem,1️⃣A,C,,",
      "\"A\" is mapped twice: to \"C\" here and to \"A\" on line 2", "keep one of the two rows"),
    Mistake(
      rows: "column,Load #,invoice_number,,\ncolumn,1️⃣load no.,load_id,,",
      "\"load no.\" is mapped twice: to \"load_id\" here and to \"invoice_number\" on line 2",
      "keep one"),
    Mistake(
      rows: "column,Inv,1️⃣Invoice Number,,", "there is no field \"Invoice Number\"",
      "did you mean \"invoice_number\"?"),
    Mistake(
      rows: "column,Inv,1️⃣invoice_nmber,,", "there is no field", "did you mean \"invoice_number\"?"),
    Mistake(
      rows: "column,Inv,1️⃣xyzzy,,", "there is no field \"xyzzy\"",
      "write ignore, or amounts of CATEGORY, or one of: invoice"
    ),
    Mistake(
      rows: "column,1️⃣--,amount,,", "\"--\" has no letter and no digit", "give the column a name"),
    Mistake(
      rows: "item,A,1️⃣An item with a name much too long,,",
      "has 33 characters and QuickBooks takes 31",
      "shorten it"),
    Mistake(
      rows: "item,A,1️⃣A:B:C:D:E:F,,", "it has 6 levels and QuickBooks takes 5", "use fewer levels"),
    Mistake(rows: "item,A,1️⃣A::B,,", "a level is empty", "both sides of each colon"),
    Mistake(rows: "item,A,1️⃣A: B,,", "a blank beside a colon", "write \"A:B\""),
    Mistake(
      rows: "item,A,A,1️⃣Income:,", "\"Income:\" cannot be an account: a level is empty", "colon"),
    Mistake(
      rows: "customer,A,1️⃣A customer whose name is longer than that can be,,",
      "cannot be the name of a customer: it has 48 characters and QuickBooks takes 41", "shorten it"
    ),
    Mistake(rows: "terms,A,1️⃣Net:30,,", "terms cannot have levels", "without a colon"),
    Mistake(rows: "item,A,1️⃣\"A\nB\",,", "a line break", "write it on one line"),
    Mistake(
      rows: "item,A,Line Haul,,\nitem,B,1️⃣Line haul,,",
      "\"Line haul\" here and \"Line Haul\" on line 2 differ only in capitals", "write both as in"),
    Mistake(
      rows: "item,A,A,Income:X,\nitem,B,B,1️⃣income:Y,",
      "\"income\" here and \"Income\" on line 2 differ only in capitals", "write both as in"),
    Mistake(
      rows: "item,A,A,Income,\nitem,B,A,1️⃣Sales,",
      "the item \"A\" has two accounts: \"Sales\" here and \"Income\" on line 2", "the same account"
    ),
    Mistake(rows: "item,A,A,,\nitem,1️⃣\"B,B,,", "a quotation mark is never closed", "close"),
  ]

  @Test(arguments: mistakes)
  func `every mistake is told with its place and a remedy`(_ mistake: Mistake) throws {
    let place = try #require(mistake.csv.range(of: "1️⃣"))
    let before = mistake.csv[..<place.lowerBound]
    let csv = mistake.csv.replacing("1️⃣", with: "")
    let (_, problems) = MappingFile.check(path: try file(csv))
    let problem = try #require(problems.first)
    #expect(problem.cause == .settingsWrong)
    #expect(problem.message.contains(mistake.message), "\(problem)")
    #expect(problem.remedy.contains(mistake.remedy), "\(problem)")
    #expect(problem.location?.line == before.count { $0.isNewline } + 1, "\(problem)")
    let column = before.reversed().prefix { !$0.isNewline }.count
    if problem.location?.column != nil {
      #expect(problem.location?.column == column + 1, "\(problem)")
      #expect(problem.excerpt?.markStart == column, "\(problem)")
    }
    let excerpt = try #require(problem.excerpt)
    #expect(excerpt.markStart + excerpt.markLength <= max(1, excerpt.text.count), "\(problem)")
  }

  @Test func `all problems are collected in file order, and good rows are kept`() throws {
    let csv = "kind,loadops,quickbooks,wat\nitem,A,A,x\nitm,B,B,\nitem,,C,\nitem,D,D,\n"
    let path = try file(csv)
    let (mapping, problems) = MappingFile.check(path: path)
    #expect(problems.map(\.location?.line) == [1, 3, 4])
    #expect(mapping?.rows.map(\.loadOps) == ["A", "D"])
    let failure = #expect(throws: Failure.self) { try MappingFile.load(path: path) }
    #expect(failure?.message.hasSuffix("(and 2 more problems in this file)") == true)
  }

  @Test func `a missing file is an empty mapping, an empty one is a mistake`() throws {
    #expect(try MappingFile.load(path: "/nowhere/mapping.csv").isEmpty)
    #expect(MappingFile.check(path: "/nowhere/mapping.csv").1.isEmpty)
    #expect(throws: Failure.self) { try MappingFile.load(path: try file("")) }
    #expect(MappingFile.check(path: try file("")).0 == nil)
    let header = try MappingFile.load(path: try file(MappingTests.header))
    #expect(header.isEmpty)
    #expect(header.fingerprint == MappingFile.empty.fingerprint)
  }

  @Test func `names are looked up exactly, and categories without case when that is clear`() throws
  {
    let mapping = try load(
      """
      Note;QuickBooks;LoadOps;Kind;Account;
      ;Line Haul;LH;item;Income:Freight;
      again;Line Haul;Linehaul;Item;;
      ;Detention;Detention;item;;
      ;Detention at shipper;DETENTION;item;;
      ;Acme Inc.:Job 1;Acme;customer;;
      ;Net 30;NET30;terms;;
      ;Dallas;DAL;class;;
      ;invoice_number;Unser Zeichen #;column;;
      ;ignore;Driver Pay ($);column;;
      ;Dallas;DAL;class
      """)
    #expect(mapping.item(for: "LH")?.quickBooks == "Line Haul")
    #expect(mapping.item(for: "LH")?.account == "Income:Freight")
    #expect(mapping.item(for: "lh")?.line == 2)
    #expect(mapping.item(for: "Linehaul")?.account == "Income:Freight")
    #expect(mapping.item(for: "Linehaul")?.note == "again")
    #expect(mapping.item(for: "Detention")?.quickBooks == "Detention")
    #expect(mapping.item(for: "Detention")?.account == nil)
    #expect(mapping.item(for: "DETENTION")?.quickBooks == "Detention at shipper")
    #expect(mapping.item(for: "detention") == nil)
    #expect(mapping.item(for: "Acme") == nil)
    #expect(mapping.customer(for: "Acme")?.quickBooks == "Acme Inc.:Job 1")
    #expect(mapping.customer(for: "acme") == nil)
    #expect(mapping.terms(for: "NET30")?.quickBooks == "Net 30")
    #expect(mapping.className(for: "DAL")?.line == 8)
    #expect(mapping.column(for: "unser zeichen no") == .field(.invoiceNumber))
    #expect(mapping.column(for: "Driver Pay") == .ignored)
    #expect(mapping.column(for: "Amount") == nil)
    #expect(mapping.columns.count == 2)
    #expect(mapping.rows.map(\.index) == Array(0..<10))
    #expect(mapping.rows(of: .className).map(\.line) == [8, 11])
  }

  @Test func `the fingerprint sees what has an effect, not order, notes or repetitions`() throws {
    let first = try load(MappingTests.header + "item,A,B,C,\nterms,A,B,,\n")
    let second = try load(
      "note,kind,loadops,quickbooks,account\nx,terms,A,B,\n,item,A,B,C\n,terms,A,B,\n")
    #expect(first.fingerprint == second.fingerprint)
    let others = [
      "item,A,B,C,\n", "item,A,B,D,\nterms,A,B,,\n", "item,A,B,C,\nclass,A,B,,\n",
      "item,A,BC,,\nterms,A,B,,\n",
    ]
    for text in others {
      #expect(try load(MappingTests.header + text).fingerprint != first.fingerprint)
    }
  }

  @Test func `the template loads, and maps usual categories to items below Freight Income`() throws
  {
    let mapping = try load(MappingFile.template)
    #expect(mapping.rows.count == 15)
    #expect(mapping.rows.allSatisfy { $0.account?.hasPrefix("Freight Income:") == true })
    #expect(mapping.item(for: "fuel surcharge")?.quickBooks == "Fuel Surcharge")
    #expect(mapping.item(for: "Late Delivery Allowance") != nil)
  }

  @Test func `a line that a finding suggests is read back as the same texts`() throws {
    var generator = HostileNames(seed: 2026)
    for _ in 0..<500 {
      let (name, target) = (generator.name(), generator.name(lineBreaks: false))
      let (account, note) = (generator.name(lineBreaks: false), generator.name())
      let line = MappingFile.line(
        kind: .item, loadops: name, quickbooks: target, account: account, note: note)
      let row = try #require(try load(MappingTests.header + line + "\n").rows.first)
      #expect(row.loadOps == name && row.quickBooks == target, "\(line)")
      #expect(row.account == account && row.note == note, "\(line)")
      for header in ["quickbooks;;note;account;loadops;kind", "kind\taccount\tquickbooks\tloadops"]
      {
        let mapping = try load(header + "\n")
        let line = try #require(
          mapping.line(
            kind: .item, loadops: name, quickbooks: target, account: account, note: note))
        let row = try #require(try load(header + "\n" + line).rows.first)
        #expect(row.loadOps == name && row.quickBooks == target, "\(line)")
        #expect(row.account == account && (row.note == note || row.note.isEmpty), "\(line)")
      }
    }
    let narrow = try load("kind,loadops,quickbooks\n")
    #expect(narrow.line(kind: .item, loadops: "A", quickbooks: "B", account: "C") == nil)
    #expect(narrow.line(kind: .item, loadops: "A", quickbooks: "B", note: "C") == "item,A,B")
    #expect(
      MappingFile.line(kind: .customer, loadops: "Acme, Inc", quickbooks: "=1+1")
        == "customer,\"Acme, Inc\",=1+1,,")
  }

  private func load(_ csv: String) throws -> MappingFile {
    let (mapping, problems) = MappingFile.check(
      try CSVTable(path: "mapping.csv", bytes: Array(csv.utf8)))
    #expect(problems.isEmpty, "\(problems)")
    return try #require(mapping)
  }

  private func file(_ text: String) throws -> String {
    let url = folder.appending(path: "mapping.csv")
    try Data(text.utf8).write(to: url)
    return url.path
  }
}

/// Names as nobody would wish them, from a seed: quotation marks, delimiters, line breaks, formulas.
struct HostileNames {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }

  /// A name that neither begins nor ends with a blank, because files are read without those.
  mutating func name(lineBreaks: Bool = true) -> String {
    let inner = [
      "a", "Z", "0", " ", "  ", ",", ";", "\"", "\"\"", "'", "=", "+", "@", "é", "e\u{301}", "ß",
      "株式",
      "🚚", "👩‍🔧", "\u{A0}", "|", "\\", "#", "&", "-", ".", "/", "\u{202E}",
    ]
    let breaks = ["\t", "\n", "\r", "\r\n"]
    let outer = ["=", "\"", ",", ";", "+", "-", "@", "x", "9", "É", "'", "🚚", "#", "\"\""]
    var text = outer[below(outer.count)]
    for _ in 0..<below(9) {
      let isBreak = lineBreaks && below(6) == 0
      text += isBreak ? breaks[below(breaks.count)] : inner[below(inner.count)]
    }
    return text + outer[below(outer.count)]
  }
}
