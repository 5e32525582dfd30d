internal import Foundation

/// Random numbers that can be had again: a property that fails names its seed.
///
/// Every run draws a new seed, unless the environment variable `LOADBOOKS_SEED` holds one.
public struct SeededGenerator: RandomNumberGenerator, CustomStringConvertible {
  /// Where the numbers begin.
  public let seed: UInt64
  private var state: UInt64

  /// A generator; its seed is printed at once, because a trap leaves no time to do so.
  public init(_ property: String = #function) {
    let given = ProcessInfo.processInfo.environment["LOADBOOKS_SEED"].flatMap { UInt64($0) }
    seed = given ?? UInt64.random(in: 1..<1_000_000_000)
    state = seed
    FileHandle.standardError.write(Data("seed \(seed): \(property)\n".utf8))
  }

  /// A generator whose numbers are the same in every run.
  public init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  /// The next number of SplitMix64.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// Whether something happens that does so once in so many times.
  public mutating func once(in many: Int) -> Bool { Int.random(in: 0..<many, using: &self) == 0 }

  /// One of some values.
  public mutating func pick<Element>(_ values: [Element]) -> Element {
    values[Int.random(in: values.indices, using: &self)]
  }

  /// How to run the same numbers again.
  public var description: String { "to repeat this, run with LOADBOOKS_SEED=\(seed)" }
}
