import QuickBooksOnline
import Synchronization

/// Time that passes only when nothing else is left to do, so that minutes of waiting take no time and
/// every run is the same.
///
/// All work runs on one queue in the order in which it became ready. When the queue is empty, the clock
/// jumps to the moment for which the first sleeper waits.
final class SimulatedTime: TaskExecutor, OnlineClock {
  private struct Sleeper {
    var wakes: Duration
    var number: Int
    var continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var now: Duration = .zero
    var jobs: [UnownedJob] = []
    var sleepers: [Sleeper] = []
    var count = 0
  }

  private let state = Mutex(State())

  var now: Duration { state.withLock { $0.now } }

  var epoch: Double {
    let passed = now.components
    return 1_795_435_200 + Double(passed.seconds) + Double(passed.attoseconds) / 1e18
  }

  func sleep(_ duration: Duration) async {
    guard duration > .zero else { return }
    await withCheckedContinuation { continuation in
      state.withLock {
        $0.count += 1
        $0.sleepers.append(
          Sleeper(wakes: $0.now + duration, number: $0.count, continuation: continuation))
      }
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
  }

  /// Runs work to its end.
  func run<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
    let result = Mutex<Value?>(nil)
    Task(executorPreference: self) {
      let value = await body()
      result.withLock { $0 = value }
    }
    while true {
      if let value = result.withLock({ $0 }) { return value }
      if let job = state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) {
        job.runSynchronously(on: asUnownedTaskExecutor())
        continue
      }
      let sleeper = state.withLock { state -> Sleeper? in
        let first = state.sleepers.indices.min {
          (state.sleepers[$0].wakes, state.sleepers[$0].number)
            < (state.sleepers[$1].wakes, state.sleepers[$1].number)
        }
        guard let first else { return nil }
        let sleeper = state.sleepers.remove(at: first)
        state.now = max(state.now, sleeper.wakes)
        return sleeper
      }
      guard let sleeper else { fatalError("everything waits and nothing will come") }
      sleeper.continuation.resume()
    }
  }
}
