internal import Foundation

/// The clock of the machine.
public struct SystemClock: OnlineClock {
  private let origin = ContinuousClock.now

  /// A clock.
  public init() {}

  /// The time since the clock was made.
  public var now: Duration { ContinuousClock.now - origin }
  /// Seconds since 1970.
  public var epoch: Double { Date().timeIntervalSince1970 }
  /// Waits.
  public func sleep(_ duration: Duration) async {
    guard duration > .zero else { return }
    try? await Task.sleep(for: duration)
  }
}
