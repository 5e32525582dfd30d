internal import Crypto

/// A SHA-256 sum, shown as 64 hexadecimal digits.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
  /// The digits, in lower case.
  public var hex: String

  /// A fingerprint from its digits; nil unless there are 64 of them.
  public init?(hex: String) {
    guard hex.utf8.count == 64, hex.utf8.allSatisfy({ $0.isHexDigit }) else { return nil }
    self.hex = hex.lowercased()
  }

  fileprivate init(digest: some Sequence<UInt8>) {
    var digits: [UInt8] = []
    let table = Array("0123456789abcdef".utf8)
    for byte in digest {
      digits.append(table[Int(byte >> 4)])
      digits.append(table[Int(byte & 15)])
    }
    self.hex = String(decoding: digits, as: UTF8.self)
  }

  /// The sum of a text's UTF-8 bytes.
  public init(of text: String) {
    var hasher = FingerprintHasher()
    hasher.update(text)
    self = hasher.finish()
  }

  /// The first twelve digits, enough to tell plans apart by eye.
  public var short: String { String(hex.prefix(12)) }

  /// All digits.
  public var description: String { hex }
}

extension UInt8 {
  var isHexDigit: Bool {
    (0x30...0x39).contains(self) || (0x41...0x46).contains(self) || (0x61...0x66).contains(self)
  }
}

/// Computes a ``Fingerprint`` from bytes as they come.
public struct FingerprintHasher {
  private var hasher = SHA256()

  /// A hasher that has seen nothing.
  public init() {}

  /// Takes in bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    hasher.update(bufferPointer: bytes)
  }

  /// Takes in bytes.
  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
  }

  /// Takes in a text and its length, so that two texts never flow into one.
  public mutating func update(_ text: String) {
    var text = text
    let count = text.utf8.count
    withUnsafeBytes(of: UInt64(count).littleEndian) { hasher.update(bufferPointer: $0) }
    text.withUTF8 { hasher.update(bufferPointer: UnsafeRawBufferPointer($0)) }
  }

  /// Takes in a whole number.
  public mutating func update(_ number: UInt64) {
    withUnsafeBytes(of: number.littleEndian) { hasher.update(bufferPointer: $0) }
  }

  /// Takes in whole numbers, as if they came one by one.
  public mutating func update(_ numbers: [UInt64]) {
    let words = numbers.map { $0.littleEndian }
    words.withUnsafeBytes { hasher.update(bufferPointer: $0) }
  }

  /// The sum of everything taken in.
  public consuming func finish() -> Fingerprint {
    Fingerprint(digest: hasher.finalize())
  }
}
