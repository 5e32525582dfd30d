public import Vocabulary

/// Ids of runs: when it was, and the beginning of the plan's fingerprint.
public enum RunID {
  /// An id that `isTaken` does not know: `20261123-083015-3f9a`.
  ///
  /// - Parameters:
  ///   - timestamp: The time, ISO 8601 to the second.
  ///   - plan: The plan's fingerprint.
  ///   - isTaken: Whether a run has an id already.
  /// - Returns: The id.
  /// - Throws: What `isTaken` throws.
  public static func make(
    at timestamp: String, plan: Fingerprint, isTaken: (String) throws(Failure) -> Bool
  ) throws(Failure) -> String {
    let digits = timestamp.filter(\.isNumber)
    let base = "\(digits.prefix(8))-\(digits.dropFirst(8).prefix(6))-\(plan.hex.prefix(4))"
    var id = base
    var number = 2
    while try isTaken(id) {
      id = "\(base)-\(number)"
      number += 1
    }
    return id
  }

  /// Whether a name has the form of an id.
  static func isOne(_ name: String) -> Bool {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3 || parts.count == 4, parts[0].utf8.count == 8, parts[1].utf8.count == 6,
      parts[2].utf8.count == 4, parts[2].utf8.allSatisfy(\.isHexDigit)
    else { return false }
    return (parts[0] + parts[1]).utf8.allSatisfy { (0x30...0x39).contains($0) }
      && (parts.count == 3 || Int(parts[3]) != nil)
  }
}

extension UInt8 {
  fileprivate var isHexDigit: Bool {
    (0x30...0x39).contains(self) || (0x61...0x66).contains(self)
  }
}
