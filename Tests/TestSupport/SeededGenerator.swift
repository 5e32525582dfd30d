/// Random numbers that a seed repeats (SplitMix64), so that a failure can be had again.
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// A generator; the same seed gives the same numbers.
  package init(seed: UInt64) {
    state = seed
  }

  /// The next number.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Whether something happens that does so once in so many times.
  package mutating func once(in many: Int) -> Bool { Int.random(in: 0..<many, using: &self) == 0 }

  /// One of some values.
  package mutating func pick<Element>(_ values: [Element]) -> Element {
    values[Int.random(in: values.indices, using: &self)]
  }
}
