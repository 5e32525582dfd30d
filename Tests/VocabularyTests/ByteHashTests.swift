import TestSupport
import Testing
import Vocabulary

struct ByteHashTests {
  // The ledger keeps these; a change of any of them makes every synced invoice look edited.
  private static let frozen: [(String, UInt64, String)] = [
    ("", 4_751_273_896_502_391_567, "a89d94863edb91ce50097e473b6ccca7"),
    ("a", 11_265_208_500_740_921_321, "847754596eb3daf996c21ea8f06c6c08"),
    ("abcdefg", 8_710_998_761_647_311_029, "276eb33c0ea7cca2a881ebc9e6307c2a"),
    ("abcdefgh", 16_077_440_032_406_279_439, "bd42b4c0b37f7997c3886f093d5167e0"),
    ("abcdefghi", 1_608_141_717_544_621_044, "d9952c2c4661e8c69e0e0b0bad9f1e63"),
    (
      "10231|Acme Freight|2026-03-04|1250.00", 10_547_380_217_308_207_434,
      "64849e4cb9d147fa453be3cfe9a419b1"
    ),
  ]

  @Test(arguments: frozen)
  func `hashes never change, because the ledger keeps them`(
    text: String, hash: UInt64, content: String
  ) {
    let bytes = Array(text.utf8)
    #expect(ByteHash.of(bytes.span) == hash)
    #expect(ContentHash(of: bytes.span).hex == content)
  }

  @Test func `words and seeds count`() {
    var hash = ByteHash(seed: 7)
    hash.combine(42)
    hash.combine(Array("abc".utf8).span)
    #expect(hash.value == 7_429_806_055_641_007_762)
  }

  @Test func `runs of bytes never flow into one`() {
    func hash(_ runs: [String]) -> UInt64 {
      var hash = ByteHash()
      for run in runs { hash.combine(Array(run.utf8).span) }
      return hash.value
    }
    let split = [
      ["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], ["abc\0"], ["\0abc"],
    ]
    #expect(Set(split.map(hash)).count == split.count)
    #expect(Set((0..<20).map { hash([String(repeating: "\0", count: $0)]) }).count == 20)
  }

  @Test func `a content hash comes back from its digits`() {
    var generator = SeededGenerator()
    for _ in 0..<500 {
      let shift = UInt64.random(in: 0...63, using: &generator)
      let hash = ContentHash(
        high: .random(in: 0 ... .max, using: &generator) >> shift,
        low: .random(in: 0 ... .max, using: &generator) >> shift)
      #expect(hash.hex.utf8.count == 32)
      #expect(ContentHash(hex: hash.hex) == hash, "\(generator)")
    }
  }

  @Test(arguments: [
    "", "0", "+123456789abcdef0123456789abcdef", "0123456789abcdef+123456789abcdef",
    "-000000000000000-000000000000000", "0123456789abcdef0123456789abcde",
    "0123456789abcdef0123456789abcdef0", "g123456789abcdef0123456789abcdef",
    " 123456789abcdef0123456789abcdef", "é123456789abcdef0123456789abcd",
  ])
  func `what is not 32 digits is no content hash`(text: String) {
    #expect(ContentHash(hex: text) == nil)
  }

  @Test func `an interner gives the numbers that a dictionary would`() {
    var generator = SeededGenerator()
    var interner = ByteInterner()
    var numbers: [String: Int] = [:]
    for _ in 0..<6000 {
      let text = String(UInt64.random(in: 0...3000, using: &generator) &* 2_654_435_761, radix: 36)
      let known = numbers[text]
      #expect(interner.number(of: Array(text.utf8).span) == known, "\(generator)")
      let number = interner.intern(Array(text.utf8).span)
      #expect(number == known ?? numbers.count, "\(generator)")
      numbers[text] = number
    }
    #expect(interner.count == numbers.count)
    for (text, number) in numbers { #expect(interner[number] == text) }
  }

  @Test func `an interner tells the empty run, zeros and long runs apart`() {
    var interner = ByteInterner()
    let runs: [[UInt8]] = [
      [], [0], [0, 0], Array(repeating: 0, count: 8), Array(repeating: 7, count: 9999),
    ]
    for (number, run) in runs.enumerated() { #expect(interner.intern(run.span) == number) }
    for (number, run) in runs.enumerated() { #expect(interner.intern(run.span) == number) }
    #expect(interner[0].isEmpty)
  }
}
