internal import Foundation
internal import Vocabulary

/// Says in words how two names differ, to explain why they were not paired; it never pairs.
enum NameDifference {
  /// The listed name that a person most likely meant, and how it differs.
  static func nearest(
    to name: String, in names: some Sequence<String>
  ) -> (name: String, difference: String)? {
    var best: (name: String, distance: Int)?
    let folded = Array(fold(name))
    let limit = max(2, min(4, folded.count / 4))
    for candidate in names {
      let other = Array(fold(candidate))
      let distance =
        folded == other ? 0 : Spelling.distance(folded, other, limit: best?.distance ?? limit)
      if distance < best?.distance ?? limit { best = (candidate, distance) }
      if distance == 0 { break }
    }
    return best.map { ($0.name, describe(name, $0.name)) }
  }

  /// How two names differ, in characters.
  static func describe(_ left: String, _ right: String) -> String {
    if left.lowercased() == right.lowercased() { return "it differs in capital letters only" }
    let (first, second) = (Array(left), Array(right))
    let isBlank = { (character: Character) in
      character.isWhitespace || character == "\u{200B}" || character == "\u{FEFF}"
    }
    if first.filter({ !isBlank($0) }) == second.filter({ !isBlank($0) }) {
      return blanks(first, second)
    }
    if fold(left) == fold(right) {
      return "it differs in punctuation, accents, \"&\" or a legal suffix only"
    }
    let start = zip(first, second).prefix { $0 == $1 }.count
    let end = zip(first.dropFirst(start).reversed(), second.dropFirst(start).reversed())
      .prefix { $0 == $1 }.count
    let here = String(first[start..<first.count - end])
    let there = String(second[start..<second.count - end])
    if here.isEmpty { return "\"\(there)\" is missing at character \(start + 1)" }
    if there.isEmpty { return "\"\(here)\" at character \(start + 1) is too much" }
    return "\"\(here)\" at character \(start + 1) is \"\(there)\" there"
  }

  private static func blanks(_ left: [Character], _ right: [Character]) -> String {
    let start = zip(left, right).prefix { $0 == $1 }.count
    let here = left.dropFirst(start).prefix { $0.isWhitespace }
    let there = right.dropFirst(start).prefix { $0.isWhitespace }
    if here.contains("\u{A0}") || there.contains("\u{A0}") {
      return "it differs in a no-break space at character \(start + 1)"
    }
    if left.count > right.count {
      let extra = left.count - right.count
      return "it has \(SyncReport.counted(extra, "blank")) too many at character \(start + 1)"
    }
    if left.count < right.count {
      let missing = right.count - left.count
      return "it has \(SyncReport.counted(missing, "blank")) too few at character \(start + 1)"
    }
    return "it differs in a blank at character \(start + 1)"
  }

  /// Without case, accents, punctuation, blanks and legal suffixes; `&` reads as "and".
  private static func fold(_ name: String) -> String {
    let plain = name.replacing("&", with: " and ")
      .folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
    let words = plain.split { !$0.isLetter && !$0.isNumber }.filter {
      !["inc", "llc", "ltd", "co", "corp", "lp", "llp", "company", "incorporated"].contains($0)
    }
    return words.joined()
  }
}
