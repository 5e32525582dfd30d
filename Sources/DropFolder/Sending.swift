internal import Foundation

/// How far the sending of a run has come, told by whoever sends it and heard by whoever waits for that.
///
/// Progress comes on other threads than the one that waits, one at a time, while that one does nothing else.
final class Sending: @unchecked Sendable {
  private let lock = NSLock()
  private let said: (_ done: Int, _ total: Int) -> Void
  private var isUnderWay = false

  /// A way to hear of it.
  ///
  /// - Parameter said: Called with every progress.
  init(_ said: @escaping (_ done: Int, _ total: Int) -> Void = { _, _ in }) { self.said = said }

  /// Somebody outside is asked; what fails from now on is between us and them.
  func begin() { lock.withLock { isUnderWay = true } }

  /// That came to a good end.
  func end() { lock.withLock { isUnderWay = false } }

  /// Whether it was begun and has not come to a good end.
  var isOpen: Bool { lock.withLock { isUnderWay } }

  /// Takes the progress.
  var progress: @Sendable (_ done: Int, _ total: Int) -> Void {
    { [self] done, total in lock.withLock { said(done, total) } }
  }
}
