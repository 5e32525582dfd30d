/// How fast QuickBooks Online may be asked; the defaults stay just below what Intuit documents.
///
/// Requests leave evenly, not in bursts: whichever way the server cuts its minutes, no window of it has
/// more than it allows.
public struct OnlinePace: Hashable, Sendable {
  /// Requests a minute, batches among them; Intuit allows 500.
  public var requestsPerMinute = 490
  /// Batches a minute; Intuit allows 40.
  public var batchesPerMinute = 39
  /// Requests under way at once; Intuit allows 10.
  public var inFlight = 8

  /// The defaults.
  public init() {}
}

/// The one gate that every request to a company passes.
///
/// A batch of 30 keeps the server busy for seconds, so that several must be under way at a time to reach
/// what is allowed. When the server says that it is too much all the same, everything waits as long as it
/// wants, and goes on more slowly; every quiet minute makes it a little faster again.
public actor OnlineLimiter {
  /// What passes.
  public enum Kind: Sendable {
    /// A single request.
    case single
    /// A batch.
    case batch
  }

  private let clock: any OnlineClock
  private let pace: OnlinePace
  private var underWay = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []
  /// Whether somebody stands at the gate; the others stand in line behind, and ask no clock.
  private var isGateTaken = false
  private var line: [CheckedContinuation<Void, Never>] = []
  private var nextRequest: Duration = .zero
  private var nextBatch: Duration = .zero
  private var lastDeparture: Duration?
  private var pausedUntil: Duration = .zero
  private var slowness = 1.0
  private var slownessChanged: Duration = .zero
  /// How often the server has said in a row that it is too much, with nothing answered in between.
  public private(set) var refusalsInARow = 0
  /// How often the server has said so in all.
  public private(set) var refusals = 0

  /// A limiter.
  public init(_ pace: OnlinePace = OnlinePace(), clock: any OnlineClock) {
    self.pace = pace
    self.clock = clock
  }

  /// How often somebody who waits looks whether the request is still wanted; longer than the distance between
  /// batches, so that a batch is mostly waited for once.
  private static let glance = Duration.seconds(2)

  /// How much time that was lost, because something took longer, may be made up for: less than would bring a
  /// minute above what is allowed.
  private static let credit = Duration.milliseconds(500)
  /// How close behind one another requests may leave then, as a share of their usual distance.
  private static let closest = 0.85

  /// Waits until a request may leave; ``depart()`` and then ``leave()`` must follow if it may.
  ///
  /// Until it departs it holds the gate: what is done in between, such as noting that it leaves, keeps the next
  /// one back as well, and so never makes two leave at once.
  ///
  /// - Parameters:
  ///   - kind: What it is.
  ///   - isUnwanted: Whether it shall stay after all; asked again and again while it waits.
  /// - Returns: Whether it may leave.
  public func enter(_ kind: Kind, isUnwanted: (@Sendable () -> Bool)? = nil) async -> Bool {
    if underWay >= pace.inFlight {
      // Whoever leaves hands its place over, so that the count stays.
      await withCheckedContinuation { waiting.append($0) }
    } else {
      underWay += 1
    }
    if isGateTaken {
      await withCheckedContinuation { line.append($0) }
    } else {
      isGateTaken = true
    }
    let at = reserve(kind)
    while !Task.isCancelled {
      if isUnwanted?() == true {
        turnBack()
        return false
      }
      let left = max(at, pausedUntil) - clock.now
      guard left > .zero else { break }
      await clock.sleep(isUnwanted == nil ? left : min(left, OnlineLimiter.glance))
    }
    return true
  }

  /// The request leaves now.
  public func depart() {
    lastDeparture = clock.now
    passGateOn()
  }

  /// The request stays after all.
  public func turnBack() {
    passGateOn()
    leave()
  }

  private func passGateOn() {
    if line.isEmpty {
      isGateTaken = false
    } else {
      line.removeFirst().resume()
    }
  }

  /// A request has its answer, or none will come.
  public func leave() {
    if waiting.isEmpty {
      underWay -= 1
    } else {
      waiting.removeFirst().resume()
    }
  }

  /// A request was answered otherwise than with "too many".
  public func answered() { refusalsInARow = 0 }

  /// The server says that it is too much.
  ///
  /// - Parameter retryAfter: How long it wants to be left alone, if it says so; a minute counts at least.
  public func refused(retryAfter: Duration?) {
    let pause = max(.seconds(60), retryAfter ?? .zero)
    // Several that were under way at once are one refusal.
    if clock.now >= pausedUntil {
      refusalsInARow += 1
      refusals += 1
      slowness = min(4, slowness * 1.25)
      slownessChanged = clock.now + pause
    }
    pausedUntil = max(pausedUntil, clock.now + pause)
    nextRequest = max(nextRequest, pausedUntil)
    nextBatch = max(nextBatch, pausedUntil)
  }

  private func reserve(_ kind: Kind) -> Duration {
    recover()
    var at = max(clock.now - OnlineLimiter.credit, nextRequest)
    if kind == .batch {
      at = max(at, nextBatch)
      nextBatch = at + spacing(pace.batchesPerMinute)
    }
    let distance = spacing(pace.requestsPerMinute)
    nextRequest = at + distance
    return lastDeparture.map { max(at, $0 + distance * OnlineLimiter.closest) } ?? at
  }

  private func recover() {
    while slowness > 1, clock.now - slownessChanged >= .seconds(60) {
      slowness = max(1, slowness * 0.9)
      slownessChanged += .seconds(60)
    }
  }

  private func spacing(_ perMinute: Int) -> Duration {
    .seconds(60) / Double(max(1, perMinute)) * slowness
  }
}
