/// Strict UTF-8, one character at a time.
enum UTF8Decoding {
  /// The character that begins at `index`; nil and one byte when there is none.
  static func scalar(in text: Span<UInt8>, at index: Int) -> (Unicode.Scalar?, Int) {
    let first = text[index]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let (length, smallest, bits): (Int, UInt32, UInt8) =
      switch first {
      case 0xC2...0xDF: (2, 0x80, first & 0x1F)
      case 0xE0...0xEF: (3, 0x800, first & 0x0F)
      case 0xF0...0xF4: (4, 0x10000, first & 0x07)
      default: (1, 0, 0)
      }
    guard length > 1, index + length <= text.count else { return (nil, 1) }
    var value = UInt32(bits)
    for offset in 1..<length {
      let byte = text[index + offset]
      guard byte & 0xC0 == 0x80 else { return (nil, 1) }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    guard value >= smallest, let scalar = Unicode.Scalar(value) else { return (nil, 1) }
    return (scalar, length)
  }

  /// Whether all of the bytes are UTF-8.
  static func isValid(_ text: Span<UInt8>) -> Bool {
    var index = 0
    while index < text.count {
      if text[index] < 0x80 {
        index += 1
        continue
      }
      let (scalar, length) = scalar(in: text, at: index)
      guard scalar != nil else { return false }
      index += length
    }
    return true
  }
}
