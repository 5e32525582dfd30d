import Foundation
import Sync
import Testing
import Vocabulary

struct JSONTextTests {
  @Test(arguments: [
    ("plain", #""plain""#),
    ("a\"b\\c/d", #""a\"b\\c/d""#),
    ("\n\r\t\u{0}\u{1F}\u{7F}", #""\n\r\t\u0000\u001F\u007F""#),
    ("\u{2028}\u{2029}\u{202E}\u{FEFF}", #""\u2028\u2029\u202E\uFEFF""#),
    ("é 株 🚚", #""é 株 🚚""#),
  ])
  func `a text is quoted and escaped`(text: String, expected: String) throws {
    #expect(JSONText.string(text).compactText == expected)
    let parsed = try JSONSerialization.jsonObject(
      with: Data(expected.utf8), options: .fragmentsAllowed)
    #expect(parsed as? String == text)
  }

  @Test func `members keep their order and are indented by two spaces`() {
    let value: JSONText = ["z": 1, "a": [true, nil, "x"], "empty": [], "none": [:], "n": -5]
    #expect(
      value.text == """
        {
          "z": 1,
          "a": [
            true,
            null,
            "x"
          ],
          "empty": [],
          "none": {},
          "n": -5
        }

        """)
    #expect(value.compactText == #"{"z":1,"a":[true,null,"x"],"empty":[],"none":{},"n":-5}"#)
  }

  @Test func `the largest and the smallest number are written in full`() {
    #expect(JSONText.integer(.max).compactText == "9223372036854775807")
    #expect(JSONText.integer(.min).compactText == "-9223372036854775808")
  }

  @Test func `amounts are strings and missing values are null`() {
    #expect(JSONText.amount(Money(cents: -7500)).compactText == #""-75.00""#)
    #expect(JSONText.string(orNull: nil).compactText == "null")
    #expect(JSONText.integer(orNull: nil).compactText == "null")
    #expect(JSONText.object([.init("a", 1)])["a"] == 1)
  }
}
