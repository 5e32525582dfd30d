import Testing
import Vocabulary

struct FingerprintTests {
  private static let vectors: [(String, String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test(arguments: vectors)
  func `bytes have the SHA-256 sum that NIST publishes`(text: String, hex: String) {
    let bytes = Array(text.utf8)
    var whole = FingerprintHasher()
    whole.update(bytes)
    #expect(whole.finish().hex == hex)
    var parts = FingerprintHasher()
    for start in stride(from: 0, to: bytes.count, by: 997) {
      bytes[start..<min(bytes.count, start + 997)].withUnsafeBytes { parts.update($0) }
    }
    #expect(parts.finish().description == hex)
  }

  @Test func `texts and numbers are taken in with their length`() {
    func sum(_ texts: String...) -> Fingerprint {
      var hasher = FingerprintHasher()
      for text in texts { hasher.update(text) }
      return hasher.finish()
    }
    #expect(sum("ab", "c") != sum("a", "bc"))
    #expect(sum("a") == Fingerprint(of: "a"))
    var hasher = FingerprintHasher()
    hasher.update(1 as UInt64)
    hasher.update([UInt8(ascii: "a")])
    #expect(hasher.finish() == Fingerprint(of: "a"))
  }

  @Test func `a fingerprint is 64 digits, in whichever case`() throws {
    let hex = String(repeating: "0123456789ABCDEF", count: 4)
    let fingerprint = try #require(Fingerprint(hex: hex))
    #expect(fingerprint.hex == hex.lowercased())
    #expect(fingerprint.short == "0123456789ab")
    #expect(Fingerprint(hex: String(hex.dropLast())) == nil)
    #expect(Fingerprint(hex: hex + "0") == nil)
    #expect(Fingerprint(hex: "+" + hex.dropFirst()) == nil)
    #expect(Fingerprint(hex: String(repeating: "é", count: 32)) == nil)
  }
}
