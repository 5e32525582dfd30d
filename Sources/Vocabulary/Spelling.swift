/// Compares spellings, to suggest and to explain; never to decide.
public enum Spelling {
  /// The candidate nearest to `name`, when it is near enough to be a slip: up to a third of it.
  public static func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
    let limit = max(1, min(4, name.count / 3))
    var best: (String, Int)?
    let folded = Array(name.lowercased())
    for candidate in candidates {
      let distance = distance(folded, Array(candidate.lowercased()), limit: best?.1 ?? limit + 1)
      if distance <= limit, distance < best?.1 ?? .max { best = (candidate, distance) }
    }
    return best?.0
  }

  /// How many letters must be changed, added, taken away or swapped with their neighbour; `limit` when
  /// at least so many.
  ///
  /// No letter is moved twice (the optimal string alignment distance).
  public static func distance<Letter: Equatable>(
    _ left: [Letter], _ right: [Letter], limit: Int
  ) -> Int {
    guard limit > 0 else { return 0 }
    guard abs(left.count - right.count) < limit else { return limit }
    var older = [Int](repeating: limit, count: right.count + 1)
    var previous = Array(0...right.count)
    var current = previous
    for row in left.indices {
      current[0] = row + 1
      // Beyond this distance from the diagonal everything costs too much.
      let first = max(0, row - limit)
      let last = min(right.count, row + limit + 1)
      if first > 0 { current[first] = limit }
      var smallest = first > 0 ? limit : row + 1
      var column = first
      while column < last {
        let isEqual = left[row] == right[column]
        var best = previous[column] + (isEqual ? 0 : 1)
        best = min(best, current[column] + 1)
        if column < row + limit { best = min(best, previous[column + 1] + 1) }
        if !isEqual, row > 0, column > 0, left[row] == right[column - 1],
          left[row - 1] == right[column]
        {
          best = min(best, older[column - 1] + 1)
        }
        current[column + 1] = best
        smallest = min(smallest, best)
        column += 1
      }
      if last < right.count { current[last + 1] = limit }
      guard smallest < limit else { return limit }
      swap(&older, &previous)
      swap(&previous, &current)
    }
    return min(limit, previous[right.count])
  }
}
