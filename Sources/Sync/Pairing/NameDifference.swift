internal import Vocabulary

/// How two names differ: the causes in words, and what stands at which character.
struct NameDifference {
  /// One reason why two names are not equal.
  enum Cause: Hashable {
    /// What folding overlooks.
    case folding(NameFolding)
    /// So many letters are others, too many or missing.
    case letters(Int)
    /// Two letters beside each other are swapped.
    case transposition
    /// Only a number in the name is another one: often another place of the same company.
    case digits
    /// One name has words that the other has not.
    case extraWords
    /// Nothing in the names themselves.
    case otherName
  }

  /// The causes; empty for equal names.
  let causes: [Cause]

  /// Compares a LoadOps name with one in QuickBooks.
  ///
  /// The causes are a smallest set that explains everything: as long as the names come together without
  /// overlooking something, that is not named.
  init(_ here: String, _ there: String) {
    guard !here.utf8.elementsEqual(there.utf8) else {
      causes = []
      return
    }
    let relevant = NameFolding.relevant(to: here, there)
    // A blank in another place makes other words, so what depends on words is tried last.
    for all in [
      relevant.intersection(.surface), relevant.subtracting(.wordOrder), relevant,
    ]
    where all.fold(here) == all.fold(there) {
      var folding = all
      for part in NameFolding.inOrder where relevant.contains(part) {
        let less = folding.subtracting(part)
        if less.fold(here) == less.fold(there) { folding = less }
      }
      causes = NameDifference.ordered(folding)
      return
    }
    causes = NameDifference.slips(here, there, relevant)
  }

  /// The causes when letters or words differ.
  private static func slips(
    _ here: String, _ there: String, _ relevant: NameFolding
  ) -> [Cause] {
    var folding = relevant.subtracting(.wordOrder)
    let (left, right) = (folding.fold(here), folding.fold(there))
    let limit = limit(min(left.count, right.count))
    var distance = Spelling.distance(left, right, limit: limit + 1)
    guard distance <= limit else {
      return hasExtraWords(folding.words(here), folding.words(there)) ? [.extraWords] : [.otherName]
    }
    for part in NameFolding.inOrder where folding.contains(part) {
      let less = folding.subtracting(part)
      let now = Spelling.distance(less.fold(here), less.fold(there), limit: distance + 1)
      if now <= distance { (folding, distance) = (less, now) }
    }
    guard distance > 0 else { return ordered(folding) }
    let (first, second) = (folding.fold(here), folding.fold(there))
    return [spelling(first, second, distance)] + ordered(folding)
  }

  /// How many letters of a name may be wrong for it to be thought the same.
  static func limit(_ length: Int) -> Int { length < 4 ? 0 : length < 8 ? 1 : 2 }

  private static func ordered(_ folding: NameFolding) -> [Cause] {
    NameFolding.inOrder.filter(folding.contains).map(Cause.folding)
  }

  private static func spelling(
    _ left: [Unicode.Scalar], _ right: [Unicode.Scalar], _ distance: Int
  ) -> Cause {
    let runs = NameAlignment(left, right).runs
    let changed = runs.flatMap { left[$0.here] + right[$0.there] }
    if !changed.isEmpty, changed.allSatisfy(NameCharacter.isDigit) { return .digits }
    if distance == 1, runs.count == 1, runs[0].isSwap { return .transposition }
    return .letters(distance)
  }

  /// Whether one name has all words of the other, and at least two of them or a long one.
  private static func hasExtraWords(_ left: [NameFolding.Word], _ right: [NameFolding.Word]) -> Bool
  {
    let (first, second) = (Set(left.map(\.text)), Set(right.map(\.text)))
    let (few, many) = first.count <= second.count ? (first, second) : (second, first)
    return !few.isEmpty && few.isSubset(of: many)
      && (few.count > 1 || few.contains { $0.count >= 5 && !NameWords.isTrade($0) })
  }

  /// Whether the names differ in nothing but what a person would overlook.
  var isSurface: Bool {
    !causes.isEmpty
      && causes.allSatisfy {
        if case .folding(let folding) = $0 { NameFolding.surface.contains(folding) } else { false }
      }
  }

  /// Whether the names differ in a slip of the keyboard, and are long enough for that to be likely.
  func isSlip(_ length: Int) -> Bool {
    switch causes.first {
    case .transposition: length >= 6
    case .letters(let count): length >= (count == 1 ? 8 : 12)
    default: false
    }
  }

  /// Whether only blanks and invisible characters differ.
  var isSpacing: Bool {
    !causes.isEmpty
      && causes.allSatisfy {
        if case .folding(let folding) = $0 { NameFolding.spacing.contains(folding) } else { false }
      }
  }

  // MARK: - Words

  /// The causes in words: `it differs in punctuation and capital letters`.
  var words: String {
    let phrases = causes.map(\.words)
    guard let last = phrases.last else { return "it is the same" }
    if causes == [.otherName] { return "it has another name" }
    let list =
      phrases.count == 1 ? last : phrases.dropLast().joined(separator: ", ") + " and " + last
    return "it differs in " + list
  }

  /// What stands at which character of the LoadOps name, and what in QuickBooks.
  ///
  /// Characters are counted as Unicode counts them, from 1, so an invisible one counts, too.
  static func places(
    _ here: String, _ there: String, owner: String = "QuickBooks", most: Int = 4
  ) -> String {
    let (left, right) = (Array(here.unicodeScalars), Array(there.unicodeScalars))
    var runs = NameAlignment(left, right).runs
    if runs.count > most + 2 { runs = [NameAlignment.single(left, right)] }
    var texts = runs.prefix(most).map { place($0, left, right, owner) }
    if runs.count > most { texts.append("\(runs.count - most) more places") }
    return texts.joined(separator: "; ")
  }

  private static func place(
    _ run: NameAlignment.Run, _ left: [Unicode.Scalar], _ right: [Unicode.Scalar], _ owner: String
  ) -> String {
    let (here, there) = (Array(left[run.here]), Array(right[run.there]))
    let start = run.here.lowerBound
    if here.isEmpty {
      let place = start == 0 ? "at the beginning" : "after character \(start)"
      let side = start == left.count ? "at the end" : place
      return "\(side) \(owner) has \(text(there))"
    }
    let place =
      here.count == 1
      ? "character \(start + 1) is" : "characters \(start + 1)-\(start + here.count) are"
    if there.isEmpty { return "\(place) \(text(here)) that \(owner) does not have" }
    return "\(place) \(text(here)), in \(owner) \(text(there))"
  }

  private static func text(_ scalars: [Unicode.Scalar]) -> String {
    if scalars.count == 1 { return NameCharacter.describe(scalars[0]) }
    if scalars.allSatisfy({ $0 == " " }) { return "\(scalars.count) blanks" }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars.prefix(60))
    let odd = scalars.filter { !$0.isASCII || $0.value < 0x20 }
    let names = odd.prefix(2).map(NameCharacter.describe).joined(separator: ", ")
    let rest = odd.count > 2 ? " and \(odd.count - 2) more" : ""
    return "\"\(FindingText.visible(String(view)))\"" + (odd.isEmpty ? "" : " with \(names)\(rest)")
  }
}

extension NameDifference.Cause {
  /// The cause behind "it differs in".
  var words: String {
    switch self {
    case .folding(let folding): folding.words
    case .letters(let count): count == 1 ? "one letter" : "\(count) letters"
    case .transposition: "two letters that are swapped"
    case .digits: "a number"
    case .extraWords: "words that only one of them has"
    case .otherName: "its whole name"
    }
  }

  /// A word for programs.
  var id: String {
    switch self {
    case .folding(let folding): folding.id
    case .letters: "letters"
    case .transposition: "transposition"
    case .digits: "number"
    case .extraWords: "extra-words"
    case .otherName: "other-name"
    }
  }
}

extension NameFolding {
  private static let names: [NameFolding: (id: String, words: String)] = [
    .invisible: ("invisible-characters", "characters that cannot be seen"),
    .oddBlanks: ("odd-blanks", "the kind of a blank"),
    .blanks: ("blanks", "blanks"),
    .composition: ("composition", "how an accent is written"),
    .lookAlikes: ("look-alikes", "letters of another alphabet that look the same"),
    .capitals: ("capitals", "capital letters"),
    .accents: ("accents", "accents"),
    .ampersand: ("ampersand", "\"&\" and \"and\""),
    .punctuation: ("punctuation", "punctuation"),
    .remark: ("remark", "a remark in parentheses"),
    .article: ("article", "\"The\""),
    .legalSuffix: ("legal-suffix", "the legal suffix"),
    .abbreviations: ("abbreviation", "the form of a word, such as an abbreviation"),
    .wordOrder: ("word-order", "the order of words"),
  ]

  /// One folding behind "it differs in".
  var words: String { NameFolding.names[self]?.words ?? "several things" }

  /// One folding for programs.
  var id: String { NameFolding.names[self]?.id ?? "several" }
}
