internal import CBytes
internal import Vocabulary

extension Span<UInt8> {
  /// Whether these bytes stand somewhere in it.
  ///
  /// `firstRange(of:)` of the standard library does not do for every row of a file: it is not specialised.
  func holds(_ wanted: Span<UInt8>) -> Bool {
    guard !wanted.isEmpty else { return true }
    return withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return false }
      for block in stride(from: 0, to: bytes.count, by: 64) {
        var marks = cbytes_equal(start + block, bytes.count - block, wanted[0])
        while marks != 0 {
          let place = block + marks.trailingZeroBitCount
          marks &= marks &- 1
          guard place + wanted.count <= bytes.count else { return false }
          if extracting(place..<place + wanted.count).isSame(as: wanted) { return true }
        }
      }
      return false
    }
  }
}
