/// The requests of one company in the last minute.
struct RateWindow: Sendable {
  private var requests = Instants()
  private var batches = Instants()
  var underWay = 0

  /// Takes a request in at an instant, or refuses it because a limit is reached.
  mutating func admit(at now: Double, isBatch: Bool, _ knobs: Knobs, _ statistics: inout Statistics)
    -> Bool
  {
    requests.forget(before: now - 60)
    batches.forget(before: now - 60)
    let limits = [
      (requests.count(since: now - 1), knobs.number(.requestsPerSecond)),
      (requests.count, knobs.number(.requestsPerMinute)),
      (isBatch ? batches.count : -1, knobs.number(.batchesPerMinute)),
      (underWay, knobs.number(.requestsAtOnce)),
    ]
    guard limits.allSatisfy({ $0.1 == 0 || Double($0.0) < $0.1 }) else { return false }
    requests.add(now)
    if isBatch { batches.add(now) }
    underWay += 1
    statistics.mostAtOnce = max(statistics.mostAtOnce, underWay)
    statistics.mostPerSecond = max(statistics.mostPerSecond, requests.count(since: now - 1))
    statistics.mostPerMinute = max(statistics.mostPerMinute, requests.count)
    statistics.mostBatchesPerMinute = max(statistics.mostBatchesPerMinute, batches.count)
    return true
  }

  /// Instants in rising order, forgotten from the front.
  private struct Instants: Sendable {
    private var all: [Double] = []
    private var first = 0

    var count: Int { all.count - first }

    mutating func add(_ instant: Double) { all.append(instant) }

    mutating func forget(before limit: Double) {
      while first < all.count, all[first] <= limit { first += 1 }
      if first > 4096 {
        all.removeFirst(first)
        first = 0
      }
    }

    func count(since limit: Double) -> Int {
      var place = all.count
      while place > first, all[place - 1] > limit { place -= 1 }
      return all.count - place
    }
  }
}
