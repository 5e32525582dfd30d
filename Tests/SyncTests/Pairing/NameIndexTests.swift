import TestSupport
import Testing
import Vocabulary

@testable import Sync

struct NameIndexTests {
  private static let words = [
    "Acme", "Bexar", "Comal", "Dallas", "Freight", "Logistics", "Foods", "Steel", "River", "Stone",
    "Transport", "Paper", "Glass", "Valley", "Texas", "Inc", "LLC", "and", "Brothers", "Supply",
  ]

  private static func name(_ random: inout SeededGenerator) -> String {
    (0..<Int.random(in: 1...4, using: &random)).map { _ in random.pick(words) }
      .joined(separator: " ")
  }

  @Test func `whatever is within two letters is found without comparing with all`() {
    var random = SeededGenerator()
    let names = (0..<600).map { _ in Self.name(&random) }
    let index = NameIndex(names)
    let keys = names.map { NameIndex.Key($0).letters }
    for _ in 0..<150 {
      var letters = Array(random.pick(names))
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        letters[Int.random(in: letters.indices, using: &random)] = random.pick(Array("abcxyz"))
      }
      let name = String(letters)
      let key = NameIndex.Key(name).letters
      let limit = NameDifference.limit(key.count)
      let near = index.near(name)
      guard near.count < 32 else { continue }
      let found = Set(near.map(\.number))
      for (number, other) in keys.enumerated() {
        // A swap and a further slip change three letters in their places; that is not promised.
        guard plainDistance(key, other) <= limit, other.count >= 4 else { continue }
        #expect(found.contains(Int32(number)), "\(name) / \(names[number]) \(random)")
      }
    }
  }

  /// The distance of letters changed, added and taken away.
  private func plainDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var corner = row[0]
      row[0] = index + 1
      for column in right.indices {
        let value = min(
          corner + (letter == right[column] ? 0 : 1), row[column] + 1, row[column + 1] + 1)
        corner = row[column + 1]
        row[column + 1] = value
      }
    }
    return row[right.count]
  }

  @Test func `other orders and rare words are found, and nothing for nothing`() {
    let index = NameIndex(["Laredo Gateway Freight", "Zapata Rail", "...", ""])
    #expect(index.near("Freight Laredo Gateway").map(\.number) == [0])
    #expect(index.near("Zapata Holdings of Texas").map(\.number) == [1])
    #expect(index.near("").isEmpty)
    #expect(index.near("...").isEmpty)
    #expect(NameIndex([String]()).near("Acme").isEmpty)
  }
}
