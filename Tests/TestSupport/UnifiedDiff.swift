/// Shows how two texts differ, line by line, as `diff -u` does.
package enum UnifiedDiff {
  private static let context = 3
  private static let mostLines = 120

  /// The differing stretches with some lines around them; empty when the texts are the same.
  package static func of(_ expected: String, _ actual: String) -> String {
    guard expected != actual else { return "" }
    let old = expected.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let new = actual.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // Comparing long texts that have nothing in common takes for ever and shows nothing.
    let marked = expected.isEmpty ? new.map { "+" + $0 } : lines(old, new)
    var output: [String] = []
    var lastShown = -1
    for index in marked.indices {
      let isNear = marked[max(0, index - context)...min(marked.count - 1, index + context)]
        .contains { !$0.hasPrefix(" ") }
      guard isNear else { continue }
      if index != lastShown + 1 { output.append("@@") }
      lastShown = index
      output.append(marked[index])
    }
    if output.count > mostLines {
      let rest = output.count - mostLines
      output = Array(output.prefix(mostLines)) + ["… and \(rest) more lines"]
    }
    return output.joined(separator: "\n")
  }

  private static func lines(_ old: [String], _ new: [String]) -> [String] {
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var output: [String] = []
    var (left, right) = (0, 0)
    while left < old.count || right < new.count {
      if left < old.count, removed.contains(left) {
        output.append("-" + old[left])
        left += 1
      } else if right < new.count, inserted.contains(right) {
        output.append("+" + new[right])
        right += 1
      } else {
        output.append(" " + old[left])
        left += 1
        right += 1
      }
    }
    return output
  }
}
