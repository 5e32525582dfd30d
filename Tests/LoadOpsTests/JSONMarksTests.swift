import TestSupport
import Testing

@testable import LoadOps

/// The marks of a record must say what ``JSONSyntax`` says, or nothing.
struct JSONMarksTests {
  private static func end(_ bytes: [UInt8]) -> Int {
    var marks = JSONMarks()
    return marks.take(bytes.span, from: 0)
  }

  private static func take(_ text: String, _ marks: inout JSONMarks) -> (end: Int, mayRepeat: Bool)
  {
    let end = marks.take(Array(text.utf8).span, from: 0)
    return (end, marks.mayRepeatKeys)
  }

  private static func agrees(_ bytes: [UInt8]) -> Bool {
    let expected: Int =
      switch JSONSyntax.value(bytes.span, from: 0, isLast: true) {
      case .complete(let end):
        bytes[0] == UInt8(ascii: "{") || bytes[0] == UInt8(ascii: "[") ? end : -1
      case .needsMore, .wrong: -1
      }
    return end(bytes) == expected
  }

  @Test func `what is valid is marked whole, and what is not is not marked`() {
    for text in JSONSyntaxTests.valid where text.first == "{" || text.first == "[" {
      #expect(JSONMarksTests.end(Array(text.utf8)) == text.utf8.count, "\(text)")
      let padded = Array((text + " x").utf8)
      #expect(JSONMarksTests.end(padded) == text.utf8.count, "\(text)")
    }
    for (text, index) in JSONSyntaxTests.invalid where index >= 0 {
      #expect(JSONMarksTests.end(Array(text.utf8)) == -1, "\(text)")
    }
  }

  @Test
  func `bytes changed, lost or doubled at random are taken exactly where the grammar takes them`() {
    let seeds = [
      #"{"invoice_number":"LD-1","lines":[{"a":1.5e3,"b":null},{"c":"x\n\u00e9"}],"t":true}"#,
      #"[ {"a" : [] , "b" : {} } , [[1,-2],"z"] , false ]"#,
      #"{"":{"":{"":[[[{"k\"":0}]]]}},"aaaaaaaaaaaaaaaaaaaaaaaaaaaa":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}"#,
    ].map { Array($0.utf8) }
    let alphabet = Array("{}[]\",:\\ \n\t0123456789-+.eEtrufalsn/bu\u{1}é".utf8)
    var random = SeededGenerator(seed: 8)
    for _ in 0..<40_000 {
      var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 1..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = alphabet.randomElement(using: &random) ?? 0
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
        default: bytes.removeLast(bytes.count - place)
        }
        if bytes.count < 2 { bytes = seeds[0] }
      }
      #expect(JSONMarksTests.agrees(bytes), "\(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test func `marks say what stands where, and what follows it`() {
    let text = #"{"a":[1,{"b":"x\n"}],"c":"yy"}"#
    let bytes = Array(text.utf8)
    var marks = JSONMarks()
    let end = marks.take(bytes.span, from: 0)
    #expect(end == bytes.count)
    var found: [String] = []
    for position in 0..<marks.count {
      let mark = marks[position]
      let words = String(decoding: bytes[mark.range], as: UTF8.self)
      // What a key has as its next mark is nobody's business.
      found.append(mark.kind == .key ? "key \(words)" : "\(mark.kind) \(words) \(mark.next)")
    }
    #expect(
      found == [
        "object \(text) 9", #"key "a""#, #"array [1,{"b":"x\n"}] 7"#, "word 1 4",
        #"object {"b":"x\n"} 7"#, #"key "b""#, #"escaped "x\n" 7"#, #"key "c""#,
        #"string "yy" 9"#,
      ])
  }

  @Test func `an object with a key twice is never said to have none`() {
    var random = SeededGenerator(seed: 9)
    for round in 0..<2000 {
      var keys = (0..<Int.random(in: 1...120, using: &random)).map { "key_\($0)_of_this_object" }
      keys = keys.map { String($0.prefix(Int.random(in: 1...22, using: &random))) }
      let text = "{" + keys.map { "\"\($0)\":{\"\($0)\":1}" }.joined(separator: ",") + "}"
      var marks = JSONMarks()
      let taken = JSONMarksTests.take(text, &marks)
      #expect(taken.end == text.utf8.count)
      if Set(keys).count < keys.count { #expect(taken.mayRepeat, "\(round)") }
    }
    var marks = JSONMarks()
    let plain = JSONMarksTests.take(#"{"a":1,"b":{"a":1,"c":[{"a":1},{"a":1}]},"c":2}"#, &marks)
    #expect(plain.end > 0 && !plain.mayRepeat)
    let escaped = JSONMarksTests.take(#"{"a":1,"\u0061":2}"#, &marks)
    #expect(escaped.end > 0 && escaped.mayRepeat)
  }

  @Test func `a record may begin anywhere in what is in view`() {
    let bytes = Array(#"[{"a":1},{"b":"c"}]"#.utf8)
    var marks = JSONMarks()
    let end = marks.take(bytes.span, from: 9)
    #expect(end == 18)
    let (object, value) = (marks[0], marks[2])
    #expect(object.range == 9..<18)
    #expect(value.inside == 15..<16)
    let behind = marks.take(bytes.span, from: bytes.count)
    #expect(behind == -1)
  }
}
