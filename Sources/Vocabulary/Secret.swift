/// A text that nobody may see: however it is printed, dumped or put into another text, it shows
/// `<redacted>`.
///
/// It is not `Codable` on purpose. Whoever needs the text asks for it by name, which is easy to find in
/// a review: ``reveal()``.
public struct Secret: Hashable, Sendable {
  private let text: String

  /// Takes a text into safety.
  public init(_ text: String) {
    self.text = text
  }

  /// Whether there is nothing to hide.
  public var isEmpty: Bool { text.isEmpty }

  /// The text itself, to be sent to where it belongs and nowhere else.
  public func reveal() -> String { text }

  /// Compares in a time that does not depend on where the texts differ.
  public func matches(_ other: String) -> Bool {
    let (left, right) = (Array(text.utf8), Array(other.utf8))
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (one, two) in zip(left, right) { difference |= one ^ two }
    return difference == 0
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Says that there is something, and not what.
  public var description: String { "<redacted>" }
  /// Says that there is something, and not what.
  public var debugDescription: String { "<redacted>" }
  /// Has no parts that could be looked at.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
