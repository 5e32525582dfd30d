import QuickBooks
import Testing

struct DesktopNamesTests {
  private let names = DesktopNames(.iifASCII)

  @Test func `a path is converted level by level`() {
    #expect(names.path(" Acme  Foods : Plant; 2") == "Acme  Foods:Plant, 2")
    #expect(names.level("Dallas: TX") == "Dallas- TX")
    #expect(DesktopNames.parents(of: "A:B:C") == ["A", "A:B"])
    #expect(DesktopNames.parents(of: "A") == [])
    // A colon with an accent is no character of its own in any file.
    #expect(names.path("Acme:\u{301} Plant") == "Acme:Plant")
    #expect(names.level("Acme:\u{301} Plant") == "Acme- Plant")
    #expect(names.problems(customer: "Acme:\u{301}") == [.emptyLevel(2)])
  }

  @Test func `names that QuickBooks takes for one have one identity`() {
    #expect(names.identity(" ACME Foods") == names.identity("acme foods "))
    // Nobody knows of a QuickBooks that narrows blanks inside a name.
    #expect(names.identity("ACME  Foods") != names.identity("acme foods"))
    #expect(names.path("A\u{A0} \tB  C") == "A  B  C")
    #expect(names.identity("Café") == names.identity("CAFE"))
    #expect(names.identity("Acme") != names.identity("Acme Inc"))
    let wide = DesktopNames(.iifWindows1252)
    #expect(wide.identity("Café") != wide.identity("CAFE"))
  }

  private static let customers: [(String, [DesktopNames.Problem])] = [
    ("Acme", []), ("", [DesktopNames.Problem.empty]), (" \t", [.empty]),
    ("A::B", [.emptyLevel(2)]), ("A:", [.emptyLevel(2)]),
    (
      String(repeating: "x", count: 42),
      [.tooLong(level: String(repeating: "x", count: 42), limit: 41, actual: 42)]
    ),
    ("a:b:c:d:e:f", [.tooManyLevels(limit: 5, actual: 6)]),
    ("日本", [.unrepresentable(level: "日本")]),
  ]

  @Test(arguments: customers)
  func `a customer's name is checked level by level`(name: String, expected: [DesktopNames.Problem])
  {
    #expect(names.problems(customer: name) == expected)
  }

  @Test func `each list has its own lengths`() {
    let text = String(repeating: "x", count: 32)
    let expected = [DesktopNames.Problem.tooLong(level: text, limit: 31, actual: 32)]
    #expect(names.problems(item: text) == expected)
    #expect(names.problems(account: text) == expected)
    #expect(names.problems(class: text) == expected)
    #expect(names.problems(terms: text) == expected)
    #expect(names.problems(customer: text) == [])
    #expect(names.problems(terms: "a:b") == [.tooManyLevels(limit: 1, actual: 2)])
    #expect(names.problems(item: "ﬃ" + String(repeating: "x", count: 29)).count == 1)
  }

  @Test func `a long line of an address goes on in the next`() {
    var customer = Customer(name: "A")
    customer.addressLines = ["Attn: Accounts Payable Department, Building 12 North", "", "Fargo"]
    let lines = DesktopAddress.lines(of: customer, as: .iifASCII)
    #expect(lines == ["Attn: Accounts Payable Department,", "Building 12 North", "Fargo"])
    #expect(!DesktopAddress.isCut(customer, as: .iifASCII))
    customer.addressLines = [String(repeating: "y", count: 206)]
    #expect(DesktopAddress.lines(of: customer, as: .iifASCII).map(\.count) == [41, 41, 41, 41, 41])
    #expect(DesktopAddress.isCut(customer, as: .iifASCII))
  }
}
