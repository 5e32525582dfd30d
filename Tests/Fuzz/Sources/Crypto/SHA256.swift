/// Stands in for swift-crypto's hash, whose C library would take longer to build than all of this.
///
/// The readers only carry fingerprints along, so a plain sum does as well.
public struct SHA256 {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  /// Begins a sum.
  public init() {}

  /// Adds bytes.
  public mutating func update(bufferPointer: UnsafeRawBufferPointer) {
    for byte in bufferPointer { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  /// The sum, as 32 bytes.
  public func finalize() -> [UInt8] {
    (0..<32).map { UInt8(truncatingIfNeeded: state >> UInt64($0 % 8 * 8)) }
  }
}
