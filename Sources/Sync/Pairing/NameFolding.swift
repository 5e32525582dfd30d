internal import Foundation

/// What may be overlooked when two names are compared to explain why they are not equal.
///
/// Folding explains and suggests. It never pairs: only names that are equal byte by byte pair.
struct NameFolding: OptionSet, Hashable {
  let rawValue: UInt16

  /// Characters of no width and control characters, wherever they stand.
  static let invisible = NameFolding(rawValue: 1 << 0)
  /// No-break, thin, ideographic and other blanks beside the plain one.
  static let oddBlanks = NameFolding(rawValue: 1 << 1)
  /// How many blanks there are, and whether there is one at all.
  static let blanks = NameFolding(rawValue: 1 << 2)
  /// Whether an accented letter is written as one character or as a letter and a mark.
  static let composition = NameFolding(rawValue: 1 << 3)
  /// Letters of other alphabets that look like Latin ones.
  static let lookAlikes = NameFolding(rawValue: 1 << 4)
  /// Capital and small letters.
  static let capitals = NameFolding(rawValue: 1 << 5)
  /// Accents, ligatures and wide forms.
  static let accents = NameFolding(rawValue: 1 << 6)
  /// `&`, `+`, "and", "'n'".
  static let ampersand = NameFolding(rawValue: 1 << 7)
  /// Everything that is neither letter nor digit nor blank.
  static let punctuation = NameFolding(rawValue: 1 << 8)
  /// A remark in parentheses at the end: `(C)`, `(deleted)`.
  static let remark = NameFolding(rawValue: 1 << 9)
  /// "The" in front or behind a comma.
  static let article = NameFolding(rawValue: 1 << 10)
  /// Inc, LLC, Corporation and their like.
  static let legalSuffix = NameFolding(rawValue: 1 << 11)
  /// Intl, Bros, Mfg and the words they stand for.
  static let abbreviations = NameFolding(rawValue: 1 << 12)
  /// Which word comes first.
  static let wordOrder = NameFolding(rawValue: 1 << 13)

  /// Everything.
  static let all = NameFolding(rawValue: (1 << 14) - 1)
  /// What a person would not call a difference of names: names that only differ so mean one customer.
  static let surface: NameFolding = [
    .invisible, .oddBlanks, .blanks, .composition, .lookAlikes, .capitals, .accents, .ampersand,
    .punctuation,
  ]
  /// Blanks of every kind and what cannot be seen.
  static let spacing: NameFolding = [.invisible, .oddBlanks, .blanks]

  /// One by one, what weighs most first: that is the order in which they are tried to do without.
  static let inOrder: [NameFolding] = [
    .wordOrder, .abbreviations, .remark, .article, .legalSuffix, .lookAlikes, .accents,
    .punctuation, .ampersand, .blanks, .composition, .oddBlanks, .invisible, .capitals,
  ]

  /// The name with all of this overlooked.
  func fold(_ name: String) -> [Unicode.Scalar] {
    var words = words(name)
    if contains(.wordOrder) {
      words.sort { $0.text.lexicographicallyPrecedes($1.text) }
      for index in words.indices { words[index].blanks = index == 0 ? 0 : 1 }
    }
    var result: [Unicode.Scalar] = []
    for word in words {
      if !contains(.blanks) { for _ in 0..<word.blanks { result.append(" ") } }
      result.append(contentsOf: word.text)
    }
    return result
  }

  /// A word and how many blanks stand before it.
  struct Word {
    var blanks: Int
    var text: [Unicode.Scalar]
  }

  /// The words of a name, in their order, with all of this but that order overlooked.
  func words(_ name: String) -> [Word] {
    var words = split(characters(name))
    if contains(.remark) { NameFolding.dropRemark(&words) }
    if contains(.article) { NameFolding.dropArticle(&words) }
    if contains(.legalSuffix) { NameFolding.dropLegalSuffix(&words) }
    if contains(.abbreviations) {
      for index in words.indices {
        if let full = NameWords.classOf(words[index].text) { words[index].text = full }
      }
    }
    if contains(.punctuation) {
      words = words.flatMap { word in
        split(NameFolding.withoutPunctuation(word.text)).enumerated().map { number, part in
          Word(blanks: number == 0 ? word.blanks : 1, text: part.text)
        }
      }
      if let first = words.indices.first { words[first].blanks = 0 }
    }
    return words
  }

  // MARK: - Characters

  private func characters(_ name: String) -> [Unicode.Scalar] {
    var scalars = Array(name.unicodeScalars)
    if !scalars.allSatisfy(\.isASCII) {
      if contains(.composition) || contains(.accents) {
        scalars = Array(name.precomposedStringWithCanonicalMapping.unicodeScalars)
      }
      scalars = scalars.flatMap(folded)
    }
    if contains(.oddBlanks) {
      for index in scalars.indices where scalars[index] == "\t" { scalars[index] = " " }
    }
    if contains(.invisible) {
      scalars.removeAll { NameCharacter.isControl($0) || NameCharacter.hasNoWidth($0) }
    }
    if contains(.capitals) {
      for index in scalars.indices {
        let value = scalars[index].value
        if value >= 0x41, value <= 0x5A {
          scalars[index] = Unicode.Scalar(UInt8(value | 0x20))
        } else if value >= 0x80 {
          let small = scalars[index].properties.lowercaseMapping.unicodeScalars
          if small.count == 1, let first = small.first { scalars[index] = first }
        }
      }
    }
    if contains(.ampersand) { scalars = NameFolding.withAnd(scalars) }
    return scalars
  }

  /// What stands for a character outside ASCII.
  private func folded(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    guard !scalar.isASCII else { return [scalar] }
    if contains(.oddBlanks), NameCharacter.isOddBlank(scalar) { return [" "] }
    if contains(.lookAlikes), let latin = NameCharacter.lookAlike(scalar) { return [latin] }
    if contains(.punctuation), let plain = NameCharacter.plainPunctuation(scalar) {
      return [plain]
    }
    guard contains(.accents) else { return [scalar] }
    if let letters = NameCharacter.letters(scalar) { return letters }
    let parts = String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars
      .filter { !NameCharacter.isMark($0) }
    return parts.isEmpty ? [] : Array(parts)
  }

  private static func withAnd(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard scalars.contains(where: { $0 == "&" || $0 == "+" }) else { return scalars }
    var result: [Unicode.Scalar] = []
    var isBehind = false
    for scalar in scalars {
      if scalar == "&" || scalar == "+" {
        while result.last == " " { result.removeLast() }
        result.append(contentsOf: " and ".unicodeScalars)
        isBehind = true
      } else if scalar == " ", isBehind {
        continue
      } else {
        isBehind = false
        result.append(scalar)
      }
    }
    while result.last == " " { result.removeLast() }
    return result
  }

  /// Points and apostrophes vanish, everything else of the kind becomes a blank.
  private static func withoutPunctuation(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for scalar in text {
      switch scalar {
      case ".", "'", "`", "\"": continue
      default: result.append(NameCharacter.isLetterOrDigit(scalar) ? scalar : " ")
      }
    }
    return result
  }

  // MARK: - Words

  private func split(_ scalars: [Unicode.Scalar]) -> [Word] {
    var words: [Word] = []
    var blanks = 0
    var text: [Unicode.Scalar] = []
    for scalar in scalars {
      guard scalar == " " else {
        text.append(scalar)
        continue
      }
      if !text.isEmpty {
        words.append(Word(blanks: blanks, text: text))
        (blanks, text) = (0, [])
      }
      blanks += 1
    }
    if !text.isEmpty { words.append(Word(blanks: blanks, text: text)) }
    return words
  }

  private static func dropRemark(_ words: inout [Word]) {
    guard words.count > 1, let last = words.last?.text, last.last == ")",
      let start = words.lastIndex(where: { $0.text.first == "(" }), start > 0
    else { return }
    words.removeSubrange(start...)
  }

  private static func dropArticle(_ words: inout [Word]) {
    guard words.count > 1 else { return }
    if NameWords.letters(words[0].text) == "the" {
      words.removeFirst()
      words[0].blanks = 0
    } else if NameWords.letters(words[words.count - 1].text) == "the",
      words[words.count - 2].text.last == ","
    {
      words.removeLast()
      words[words.count - 1].text.removeLast()
    }
  }

  private static func dropLegalSuffix(_ words: inout [Word]) {
    while words.count > 1 {
      var length = 0
      for candidate in 1...min(5, words.count - 1) {
        let tail = words.suffix(candidate).map { NameWords.letters($0.text) }.joined()
        if NameWords.legalSuffixes.contains(tail) { length = candidate }
      }
      guard length > 0 else { return }
      words.removeLast(length)
      // The comma in front belongs to the suffix.
      while words[words.count - 1].text.count > 1, words[words.count - 1].text.last == "," {
        words[words.count - 1].text.removeLast()
      }
    }
  }
}
