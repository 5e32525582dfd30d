/// The Windows code page 1252.
enum Windows1252 {
  /// What the bytes 0x80 to 0x9F stand for; zero where the code page has nothing.
  private static let upper: [UInt32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
  ]

  /// The byte for a character outside ASCII; nil when the code page lacks it.
  static func byte(for scalar: Unicode.Scalar) -> UInt8? {
    if (0xA0...0xFF).contains(scalar.value) { return UInt8(scalar.value) }
    return upper.firstIndex(of: scalar.value).map { UInt8($0 + 0x80) }
  }

  /// The character of a byte; nil for the five bytes that stand for none.
  static func scalar(_ byte: UInt8) -> Unicode.Scalar? {
    guard (0x80...0x9F).contains(byte) else { return Unicode.Scalar(byte) }
    let value = upper[Int(byte) - 0x80]
    return value == 0 ? nil : Unicode.Scalar(value)
  }

  /// The text of bytes; bytes that stand for nothing become U+FFFD.
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(scalar(byte) ?? "\u{FFFD}") }
    return String(text)
  }

  /// Appends one byte's character as UTF-8.
  static func append(_ byte: UInt8, asUTF8To bytes: inout [UInt8]) {
    bytes.append(contentsOf: UTF8.encode(scalar(byte) ?? "\u{FFFD}") ?? .init())
  }
}
