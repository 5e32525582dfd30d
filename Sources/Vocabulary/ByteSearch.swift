internal import CBytes

extension Span<UInt8> {
  /// Where these bytes stand first, from a place on: nil when they do not, and there itself when they are none.
  ///
  /// `firstRange(of:)` of the standard library does not do for every row of a file: it is not specialised.
  public func firstIndex(of wanted: Span<UInt8>, from start: Int = 0) -> Int? {
    guard !wanted.isEmpty else { return start }
    return withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return nil }
      for block in stride(from: start, to: bytes.count, by: 64) {
        var marks = cbytes_equal(base + block, bytes.count - block, wanted[0])
        while marks != 0 {
          let place = block + marks.trailingZeroBitCount
          marks &= marks &- 1
          guard place + wanted.count <= bytes.count else { return nil }
          if extracting(place..<place + wanted.count).isSame(as: wanted) { return place }
        }
      }
      return nil
    }
  }
}
