import TestSupport
import Testing
import Vocabulary

@testable import Sync

struct NameDifferenceTests {
  private static let places: [(String, String, String)] = [
    ("Acme  Freight", "Acme Freight", "character 6 is a blank that QuickBooks does not have"),
    (
      "Acme\u{A0}Freight", "Acme Freight",
      "character 5 is U+00A0 NO-BREAK SPACE, in QuickBooks a blank"
    ),
    (
      "Acme\u{200B} Freight", "Acme Freight",
      "character 5 is U+200B ZERO WIDTH SPACE that QuickBooks does not have"
    ),
    (
      "Acme\tFreight", "Acme Freight",
      "character 5 is U+0009 CHARACTER TABULATION, in QuickBooks a blank"
    ),
    (
      "\u{410}cme", "Acme",
      "character 1 is \"\u{410}\" (U+0410 CYRILLIC CAPITAL LETTER A), in QuickBooks \"A\""
    ),
    (
      "Acme Inc", "Acme, Inc.",
      "after character 4 QuickBooks has \",\"; at the end QuickBooks has \".\""
    ),
    ("Acme Corp LLC", "Acme Corp", "characters 10-13 are \" LLC\" that QuickBooks does not have"),
    ("Big Freight", "Acme Big Freight", "at the beginning QuickBooks has \"Acme \""),
    ("Acme Intl", "Acme International", "after character 8 QuickBooks has \"ernationa\""),
    (
      "Plano Whse 1", "Plano Warehouse 2",
      "characters 7-10 are \"Whse\", in QuickBooks \"Warehouse\"; character 12 is \"1\", in QuickBooks \"2\""
    ),
    ("Frieght", "Freight", "characters 3-4 are \"ie\", in QuickBooks \"ei\""),
    (
      "Cafe\u{301}", "Caf\u{E9}",
      "characters 4-5 are \"e\u{301}\" with U+0301 COMBINING ACUTE ACCENT, in QuickBooks \"\u{E9}\" (U+00E9 LATIN SMALL LETTER E WITH ACUTE)"
    ),
    ("ACME", "Acme", "characters 2-4 are \"CME\", in QuickBooks \"cme\""),
  ]

  @Test(arguments: places)
  func `what stands at which character is said`(_ here: String, _ there: String, _ words: String) {
    #expect(NameDifference.places(here, there) == words)
  }

  private static let causes: [(String, String, [String])] = [
    ("Acme", "Acme", []),
    ("Smith & Sons", "Smith and Sons", ["ampersand"]),
    ("Smith&Sons", "Smith + Sons", ["ampersand"]),
    ("SMITH & SONS, INC.", "Smith and Sons Inc", ["punctuation", "ampersand", "capitals"]),
    ("Acme Freight LLC", "Acme Freight", ["legal-suffix"]),
    ("Acme Freight, L.L.C.", "Acme Freight Inc", ["legal-suffix"]),
    ("Acme Freight L L C", "Acme Freight", ["legal-suffix"]),
    ("The Company", "Company", ["article"]),
    ("Smith, Mike", "Mike Smith", ["word-order", "punctuation"]),
    ("Acme Bros Intl", "Acme Brothers International", ["abbreviation"]),
    ("Strasse", "Stra\u{DF}e", ["accents"]),
    ("\u{FF21}cme", "Acme", ["accents"]),
    ("Nueces Marnie", "Nueces Marine", ["transposition"]),
    ("Nueces Marina", "Nueces Marine", ["letters"]),
    ("Dock 12", "Dock 21", ["number"]),
    ("Acme Freight", "Acme Freight Dallas Terminal", ["extra-words"]),
    ("Acme Freight", "Zebra Farms", ["other-name"]),
    ("AB", "AC", ["other-name"]),
  ]

  @Test(arguments: causes)
  func `the causes are a smallest set`(_ here: String, _ there: String, _ ids: [String]) {
    let found = NameDifference(here, there).causes.map(\.id)
    #expect(Set(found) == Set(ids), "\(found)")
    #expect(Set(NameDifference(there, here).causes.map(\.id)) == Set(ids))
  }

  @Test func `the places account for every character, whatever the names`() {
    var random = SeededGenerator()
    let letters = Array("aAbBéE\u{301}\u{A0}  .,&-12\u{200B}\u{430}漢🚚".unicodeScalars)
    for _ in 0..<400 {
      let left = (0..<Int.random(in: 0..<14, using: &random)).map { _ in random.pick(letters) }
      var right = left
      for _ in 0..<Int.random(in: 0..<4, using: &random) {
        let place = Int.random(in: 0...right.count, using: &random)
        if random.once(in: 2) || place == right.count {
          right.insert(random.pick(letters), at: place)
        } else {
          right.remove(at: place)
        }
      }
      var (here, there) = (0, 0)
      for run in NameAlignment(left, right).runs {
        #expect(
          left[here..<run.here.lowerBound] == right[there..<run.there.lowerBound], "\(random)")
        (here, there) = (run.here.upperBound, run.there.upperBound)
      }
      #expect(left[here...] == right[there...], "\(random)")
    }
  }

  @Test func `very long names and hostile ones are compared in bounded time`() {
    let long = String(repeating: "Acme Freight ", count: 40_000)
    #expect(NameDifference.places(long, long + "x").hasPrefix("at the end QuickBooks has"))
    #expect(NameDifference("", "Acme").causes == [.otherName])
    #expect(NameDifference("...", "Acme").causes == [.otherName])
    #expect(NameDifference("...", "---").isSurface)
  }

  @Test func `distances count swaps once and stop at their limit`() {
    func distance(_ left: String, _ right: String, _ limit: Int = 9) -> Int {
      Spelling.distance(Array(left), Array(right), limit: limit)
    }
    #expect(distance("freight", "frieght") == 1)
    #expect(distance("abcd", "badc") == 2)
    #expect(distance("", "abc") == 3)
    #expect(distance("kitten", "sitting") == 3)
    #expect(distance("kitten", "sitting", 2) == 2)
    #expect(distance("abc", "abc", 0) == 0)
  }
}
