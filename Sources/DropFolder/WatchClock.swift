public import Foundation

/// What time it is, and how much of it has passed; tests give their own.
public struct WatchClock: Sendable {
  /// The time of day, for what people read.
  public var now: @Sendable () -> Date
  /// The time since some moment, which no setting of the clock changes: waiting goes by this.
  public var elapsed: @Sendable () -> Duration

  /// A clock.
  public init(
    now: @escaping @Sendable () -> Date, elapsed: @escaping @Sendable () -> Duration
  ) {
    self.now = now
    self.elapsed = elapsed
  }

  /// The computer's own clock.
  ///
  /// - Parameter now: The time of day, where another is wanted.
  /// - Returns: The clock.
  public static func system(now: @escaping @Sendable () -> Date = { Date() }) -> WatchClock {
    let start = ContinuousClock.now
    return WatchClock(now: now, elapsed: { ContinuousClock.now - start })
  }

  /// The time of day as ISO 8601 with zone, to the second.
  var timestamp: String { now().formatted(.iso8601) }
}

extension Duration {
  /// The whole milliseconds, rounded up, so that nobody who waits for them wakes too early.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
  }
}
