internal import Foundation

/// The computer that this process runs on.
package enum Computer {
  /// Its name, without asking the network as Foundation may; `unknown` where there is none.
  package static var name: String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0 else { return "unknown" }
    return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
