/// Lays two names beside each other, character by character, so that as little as possible differs.
///
/// A letter is rather set against its capital, and a blank against another blank, than left over.
struct NameAlignment {
  /// A stretch where the names differ.
  struct Run: Equatable {
    var here: Range<Int>
    var there: Range<Int>
    /// Whether it is two characters that stand the other way round.
    var isSwap = false
  }

  /// The stretches, in order.
  private(set) var runs: [Run] = []

  /// How much of a name is looked at; longer ones are compared as one stretch.
  private static let longest = 256

  init(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) {
    guard left != right else { return }
    guard max(left.count, right.count) <= NameAlignment.longest else {
      runs = [NameAlignment.single(left, right)]
      return
    }
    let single = NameAlignment.single(left, right)
    // What was only added or left out is one stretch, wherever else its letters would fit.
    if single.here.isEmpty || single.there.isEmpty {
      runs = [single]
    } else {
      align(left, right)
      joinWithinWords(left, right)
    }
  }

  /// Everything between the common beginning and the common end as one stretch.
  static func single(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Run {
    let start = zip(left, right).prefix { $0 == $1 }.count
    let end = zip(left.dropFirst(start).reversed(), right.dropFirst(start).reversed())
      .prefix { $0 == $1 }.count
    return Run(here: start..<left.count - end, there: start..<right.count - end)
  }

  private enum Step: UInt8 { case same, change, drop, add, swap }

  private mutating func align(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) {
    let width = right.count + 1
    var costs = [Int32](repeating: 0, count: (left.count + 1) * width)
    var steps = [Step](repeating: .same, count: costs.count)
    for column in stride(from: 1, to: width, by: 1) {
      costs[column] = Int32(column * 4)
      steps[column] = .add
    }
    let (plainLeft, plainRight) = (left.map(Sign.init), right.map(Sign.init))
    for row in stride(from: 1, through: left.count, by: 1) {
      costs[row * width] = Int32(row * 4)
      steps[row * width] = .drop
      for column in stride(from: 1, to: width, by: 1) {
        let (first, second) = (left[row - 1], right[column - 1])
        var best =
          costs[(row - 1) * width + column - 1]
          + (first == second ? 0 : plainLeft[row - 1].cost(against: plainRight[column - 1]))
        var step = first == second ? Step.same : .change
        let dropped = costs[(row - 1) * width + column] + 4
        if dropped < best { (best, step) = (dropped, .drop) }
        let added = costs[row * width + column - 1] + 4
        if added < best { (best, step) = (added, .add) }
        if row > 1, column > 1, first != second, left[row - 2] == second, right[column - 2] == first
        {
          let swapped = costs[(row - 2) * width + column - 2] + 5
          if swapped < best { (best, step) = (swapped, .swap) }
        }
        costs[row * width + column] = best
        steps[row * width + column] = step
      }
    }
    trace(steps, width, left.count, right.count)
  }

  private mutating func trace(_ steps: [Step], _ width: Int, _ rows: Int, _ columns: Int) {
    var (row, column) = (rows, columns)
    var found: [Run] = []
    while row > 0 || column > 0 {
      let (endRow, endColumn) = (row, column)
      let step = steps[row * width + column]
      switch step {
      case .same, .change: (row, column) = (row - 1, column - 1)
      case .drop: row -= 1
      case .add: column -= 1
      case .swap: (row, column) = (row - 2, column - 2)
      }
      guard step != .same else { continue }
      let run = Run(here: row..<endRow, there: column..<endColumn, isSwap: step == .swap)
      if let last = found.last, last.here.lowerBound == endRow, last.there.lowerBound == endColumn,
        !last.isSwap, step != .swap
      {
        found[found.count - 1] = Run(
          here: row..<last.here.upperBound, there: column..<last.there.upperBound)
      } else {
        found.append(run)
      }
    }
    runs = found.reversed()
  }

  /// Takes a word as a whole in which several stretches differ.
  private mutating func joinWithinWords(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) {
    var joined: [Run] = []
    var words: Set<Int> = []
    for run in runs {
      guard let last = joined.last,
        !left[last.here.upperBound..<run.here.lowerBound].contains(" "),
        !left[last.here].contains(" "), !left[run.here].contains(" "),
        !right[last.there].contains(" "), !right[run.there].contains(" "),
        !NameAlignment.isCaseOnly(left[last.here], right[last.there]),
        !NameAlignment.isCaseOnly(left[run.here], right[run.there])
      else {
        joined.append(run)
        continue
      }
      words.insert(joined.count - 1)
      joined[joined.count - 1] = Run(
        here: last.here.lowerBound..<run.here.upperBound,
        there: last.there.lowerBound..<run.there.upperBound)
    }
    // What is left of the word on both sides is the same in both names.
    for index in words {
      let run = joined[index]
      let start = index > 0 ? joined[index - 1].here.upperBound : 0
      let end = index + 1 < joined.count ? joined[index + 1].here.lowerBound : left.count
      let before = left[start..<run.here.lowerBound].reversed().prefix { $0 != " " }.count
      let behind = left[run.here.upperBound..<end].prefix { $0 != " " }.count
      joined[index] = Run(
        here: run.here.lowerBound - before..<run.here.upperBound + behind,
        there: run.there.lowerBound - before..<run.there.upperBound + behind)
    }
    runs = joined
  }

  private static func isCaseOnly(
    _ left: ArraySlice<Unicode.Scalar>, _ right: ArraySlice<Unicode.Scalar>
  )
    -> Bool
  {
    left.count == right.count
      && zip(left, right).allSatisfy { Sign($0).folded == Sign($1).folded }
  }

  /// A character as it is weighed against another one.
  private struct Sign {
    let folded: [Unicode.Scalar]
    let isLetter: Bool

    init(_ scalar: Unicode.Scalar) {
      folded = NameFolding.surface.fold(String(scalar))
      isLetter = NameCharacter.isLetterOrDigit(scalar)
    }

    /// What it costs to set it against a different one; to leave one over costs 4.
    func cost(against other: Sign) -> Int32 {
      // Blanks and punctuation fold to nothing: only alike if both are.
      if folded == other.folded, isLetter == other.isLetter { return folded.isEmpty ? 3 : 1 }
      return isLetter && other.isLetter ? 5 : 7
    }
  }
}
