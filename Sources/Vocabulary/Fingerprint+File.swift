internal import Foundation

extension Fingerprint {
  /// The sum of a file's bytes; nil when it cannot be read.
  package init?(ofFile path: String) {
    guard let sum = try? Fingerprint.ofFile(path) else { return nil }
    self = sum
  }

  /// The sum of a file's bytes.
  ///
  /// - Throws: `Failure` with cause `cannotWrite` when it cannot be read: the caller needs the file.
  package static func ofFile(_ path: String) throws(Failure) -> Fingerprint {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure.cannotWrite("cannot read \(path)", errno) }
    defer { close(descriptor) }
    var hasher = FingerprintHasher()
    var block = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = read(descriptor, &block, block.count)
      if count == 0 { return hasher.finish() }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure.cannotWrite("cannot read \(path)", errno)
      }
      block.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }
}
