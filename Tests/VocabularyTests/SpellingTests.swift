import Testing
import Vocabulary

struct SpellingTests {
  private static let nearest: [(String, [String], String?)] = [
    ("invoice_nmber", ["invoice_number", "invoice_date"], "invoice_number"),
    ("ACME FREIGHT", ["Acme Freight"], "Acme Freight"),
    ("Acme Freight", ["Acme Fright", "Acme Freigth", "Beta"], "Acme Fright"),
    ("Acme", ["Beta"], nil), ("terms", [], nil), ("abc", ["xyz"], nil), ("abc", ["abd"], "abd"),
    ("abcdefghijklmnopqrst", ["abcdefghijklmnop1234"], "abcdefghijklmnop1234"),
    ("abcdefghijklmnopqrst", ["abcdefghijklmno12345"], nil),
    ("same", ["Same", "same"], "Same"),
  ]

  @Test(arguments: nearest)
  func `the nearest spelling is suggested when it may be a slip`(
    name: String, candidates: [String], expected: String?
  ) {
    #expect(Spelling.nearest(to: name, in: candidates) == expected)
  }

  private static let distances: [(String, String, Int)] = [
    ("", "", 0), ("a", "", 1), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2),
    ("abc", "abc", 0), ("ab", "ba", 1), ("freight", "frieght", 1), ("abcd", "badc", 2),
  ]

  @Test(arguments: distances)
  func `a distance counts letters changed, added, taken away and swapped`(
    left: String, right: String, expected: Int
  ) {
    #expect(Spelling.distance(Array(left), Array(right), limit: 10) == expected)
    #expect(Spelling.distance(Array(right), Array(left), limit: 10) == expected)
    for limit in 1...4 {
      #expect(Spelling.distance(Array(left), Array(right), limit: limit) == min(limit, expected))
    }
  }
}
