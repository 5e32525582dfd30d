import QuickBooksOnline
import Synchronization
import TestSupport
import Testing

/// The gate keeps requests apart, whatever happens between a turn and its departure.
@Suite struct LimiterTests {
  /// A clock that stands still but for what waits and what is said to take time.
  private final class StepClock: OnlineClock {
    private let time = Mutex(Duration.zero)
    var now: Duration { time.withLock { $0 } }
    var epoch: Double { Double(now.components.seconds) }
    func sleep(_ duration: Duration) async { pass(duration) }
    func pass(_ duration: Duration) { time.withLock { $0 += max(.zero, duration) } }
  }

  /// When so many requests left, of which each took up to `milliseconds` between its turn and its departure.
  private func departures(_ count: Int, taking milliseconds: (Int) -> Int) async -> [Duration] {
    let clock = StepClock()
    let limiter = OnlineLimiter(clock: clock)
    var departures: [Duration] = []
    for number in 0..<count {
      #expect(await limiter.enter(.single))
      clock.pass(.milliseconds(milliseconds(number)))
      await limiter.depart()
      departures.append(clock.now)
      await limiter.leave()
    }
    return departures
  }

  private func most(_ departures: [Duration], in window: Duration) -> Int {
    var (first, most) = (0, 0)
    for (index, departure) in departures.enumerated() {
      while departures[first] <= departure - window { first += 1 }
      most = max(most, index - first + 1)
    }
    return most
  }

  @Test
  func `what takes long before it leaves keeps the next one back, and is made up for in part`()
    async throws
  {
    var random = SeededGenerator(seed: 3)
    let usual = (0..<1500).map { _ in Int(random.next() % 16) }
    let departures = await departures(1500) { $0 % 100 == 99 ? 3000 : usual[$0] }
    #expect(most(departures, in: .seconds(1)) <= 10)
    #expect(most(departures, in: .seconds(60)) <= 500)
    // 184 seconds are the least; fifteen times three seconds are lost, the small delays are not.
    let last = try #require(departures.last)
    #expect(last < .seconds(184 + 45))
  }

  @Test func `without delays requests leave as evenly as they may`() async throws {
    let departures = await departures(980) { _ in 0 }
    #expect(most(departures, in: .seconds(1)) <= 9)
    #expect(most(departures, in: .seconds(60)) <= 490)
    #expect(try #require(departures.last) < .seconds(120))
  }

  @Test func `what is not wanted any more gives its place to the next`() async {
    let clock = StepClock()
    let limiter = OnlineLimiter(clock: clock)
    for _ in 0..<20 { #expect(await limiter.enter(.batch, isUnwanted: { true }) == false) }
    #expect(await limiter.enter(.single))
    await limiter.depart()
    await limiter.leave()
  }
}
