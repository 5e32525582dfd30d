import Testing
import Vocabulary

struct FindingTextTests {
  private static let kind = Finding.Kind(
    "customer-unknown", .error, meaning: "A customer is unknown.",
    remedy: "make both names identical")

  @Test func `a finding is laid out with place, line, mark, record, notes and remedy`() {
    let finding = Finding(
      FindingTextTests.kind, "no \"Acme \" in QuickBooks",
      location: SourceLocation(file: "in.csv", line: 14, column: 7),
      excerpt: Excerpt(text: "10231,\"Acme \",5", markStart: 6, markLength: 7), record: 13,
      field: "customer_name", notes: ["QuickBooks has \"Acme\"", "twice"])
    #expect(
      FindingText.render(finding) == """
        in.csv:14:7: error: no "Acme " in QuickBooks [customer-unknown]
        14 | 10231,"Acme ",5
           |       ^^^^^^^
          record 13, field "customer_name"
          note: QuickBooks has "Acme"
          note: twice
          remedy: make both names identical

        """)
  }

  @Test func `a finding without a place is a line and its remedy`() {
    let finding = Finding(FindingTextTests.kind, "odd", severity: .notice, remedy: "look")
    #expect(FindingText.render(finding) == "notice: odd [customer-unknown]\n  remedy: look\n")
    let placed = Finding(
      FindingTextTests.kind, "odd", location: SourceLocation(file: "a", line: 2), record: 1)
    #expect(
      FindingText.render(placed).hasPrefix("a:2: error: odd [customer-unknown]\n  record 1\n"))
  }

  @Test func `marks stand under their text also where invisible characters are written out`() {
    let excerpt = Excerpt(text: "a\tb\u{200B}c", markStart: 2, markLength: 2)
    let location = SourceLocation(file: "f", line: 9)
    let lines = [#"9 | a\u{9}b\u{200B}c"#, "  |       ^^^^^^^^^"]
    let finding = Finding(FindingTextTests.kind, "m", location: location, excerpt: excerpt)
    let failure = Failure(.settingsWrong, "m", remedy: "r", location: location, excerpt: excerpt)
    for text in [FindingText.render(finding), failure.description] {
      #expect(text.split(separator: "\n").map(String.init)[1...2].elementsEqual(lines))
    }
  }

  @Test func `a mark behind the end of its line is still one mark`() {
    let excerpt = Excerpt(text: "ab", markStart: 9, markLength: 0)
    #expect(excerpt.markLength == 1)
    let failure = Failure(
      .usage, "m", remedy: "r", location: SourceLocation(file: "f", line: 1), excerpt: excerpt)
    #expect(failure.description == "f:1: error: m\n1 | ab\n  |   ^\n  remedy: r")
    #expect(Failure(.usage, "m", remedy: "r").description == "error: m\n  remedy: r")
  }

  private static let hidden: [UInt32] = [
    0, 7, 8, 9, 10, 13, 0x1B, 0x1F, 0x7F, 0x85, 0x9B, 0x9F, 0xA0, 0xAD, 0x34F, 0x61C, 0x115F,
    0x1160,
    0x1680, 0x17B4, 0x180B, 0x180E, 0x2000, 0x2009, 0x200A, 0x200B, 0x200D, 0x200E, 0x200F, 0x2028,
    0x2029, 0x202A, 0x202E, 0x202F, 0x205F, 0x2060, 0x2066, 0x2069, 0x206F, 0x2800, 0x3000, 0x3164,
    0xFE00, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0xFFFB, 0xFFFE, 0xFFFF, 0x1D173, 0xE0000, 0xE0001,
    0xE0020, 0xE007F, 0xE0100, 0xE01EF,
  ]

  @Test(arguments: hidden)
  func `what nobody can see is written out`(value: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(value))
    let code = String(value, radix: 16, uppercase: true)
    #expect(FindingText.visible("a\(Character(scalar))b") == "a\\u{\(code)}b")
  }

  @Test(arguments: [
    "", "Acme, Inc.", "Ångström é e\u{301}", "日本 운송", "naïve “x” – €5", "🚚", "\u{FFFD}",
  ])
  func `what everybody can see stays as it is`(text: String) {
    #expect(FindingText.visible(text) == text)
  }

  @Test func `nothing in a finding can move the cursor`() {
    let trick = "\u{1B}[2J\r\n"
    let finding = Finding(
      FindingTextTests.kind, trick, remedy: trick,
      location: SourceLocation(file: trick, line: 1, column: 1),
      excerpt: Excerpt(text: trick, markStart: 0, markLength: 1), record: 1, field: trick,
      notes: [trick])
    let text = FindingText.render(finding)
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == 7)
  }
}
