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

  /// How many letters must be changed, added or taken away; `limit` when at least so many.
  public static func distance(_ left: [Character], _ right: [Character], limit: Int) -> Int {
    guard abs(left.count - right.count) < limit else { return limit }
    var previous = Array(0...right.count)
    var current = previous
    for (row, character) in left.enumerated() {
      current[0] = row + 1
      var smallest = row + 1
      for column in right.indices {
        let substitution = previous[column] + (character == right[column] ? 0 : 1)
        current[column + 1] = min(substitution, previous[column + 1] + 1, current[column] + 1)
        smallest = min(smallest, current[column + 1])
      }
      guard smallest < limit else { return limit }
      swap(&previous, &current)
    }
    return min(limit, previous[right.count])
  }
}
