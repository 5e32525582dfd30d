internal import Vocabulary

/// Finds, among many names, the few that one name may be a slip of, without comparing it with all.
///
/// Names meet in *blocks*: names that fold to the same letters, names with the same words in any order,
/// names that share a rare word, and names within two letters. For the last, a name of n letters is cut
/// into three parts; two slips leave at least one part as it was, in nearly its place, so a name only
/// meets those that share a part (Pass-Join: Li, Deng, Wang, Feng, VLDB 2012). An index takes some 150
/// bytes for each name, and a look-up is some forty probes of a hash table.
final class NameIndex {
  /// How many names a block may hold to be looked through; fuller ones tell nothing.
  private static let fullBlock = 4096
  /// How many names may share a word that is still rare.
  private static let rareWord = 24
  /// How many names that are near come out of one look-up.
  private static let most = 32

  /// What comes out of a look-up: the number of a name and how it was met.
  struct Hit {
    var number: Int32
    /// How many letters differ once all is folded; 0 for the same letters or words, nil for a shared word.
    var distance: Int?
  }

  private var letters: [[UInt8]] = []
  private var masks: [UInt64] = []
  private var same = Blocks()
  private var sameWords = Blocks()
  private var parts = Blocks()
  private var words = Blocks()
  private var stamps: [Int32] = []
  private var stamp: Int32 = 0

  /// How many names there are.
  var count: Int { letters.count }

  /// An index of names; the number of a name is its position.
  init(_ names: some Sequence<String>) {
    for name in names { add(NameIndex.Key(name)) }
    same.seal()
    sameWords.seal()
    parts.seal()
    words.seal()
    stamps = [Int32](repeating: 0, count: letters.count)
  }

  /// A name as the index sees it.
  struct Key {
    /// Its letters with everything overlooked but the order of words.
    var letters: [UInt8]
    /// The hash of each word.
    var words: [UInt64]

    init(_ name: String) {
      letters = []
      words = []
      for word in NameFolding.all.subtracting(.wordOrder).words(name) {
        let bytes = word.text.map(Key.byte)
        words.append(ByteHash.of(bytes.span))
        letters += bytes
      }
    }

    /// One byte a character, so that a letter is a letter in every script; other scripts may collide.
    private static func byte(_ scalar: Unicode.Scalar) -> UInt8 {
      scalar.isASCII ? UInt8(scalar.value) : 0x80 | UInt8(scalar.value & 0x7F)
    }

    var sortedWords: UInt64 {
      var hash = ByteHash(seed: 7)
      for word in words.sorted() { hash.combine(word) }
      return hash.value
    }
  }

  private func add(_ key: Key) {
    let number = Int32(letters.count)
    letters.append(key.letters)
    masks.append(NameIndex.mask(key.letters))
    guard !key.letters.isEmpty else { return }
    same.add(ByteHash.of(key.letters.span), number)
    if key.words.count > 1 { sameWords.add(key.sortedWords, number) }
    for word in Set(key.words) { words.add(word, number) }
    guard key.letters.count >= 4 else { return }
    for part in 0..<3 {
      let range = NameIndex.part(part, of: key.letters.count)
      parts.add(NameIndex.hash(key.letters, range, part, key.letters.count), number)
    }
  }

  /// The names near a name, best first: those with its letters, its words, then by distance; itself too.
  func near(_ name: String) -> [Hit] {
    let key = Key(name)
    guard !key.letters.isEmpty else { return [] }
    stamp += 1
    var hits: [Hit] = []
    for number in same[ByteHash.of(key.letters.span)].prefix(NameIndex.most)
    where letters[Int(number)] == key.letters && isNew(number) {
      hits.append(Hit(number: number, distance: 0))
    }
    if key.words.count > 1 {
      for number in sameWords[key.sortedWords].prefix(NameIndex.most) where isNew(number) {
        hits.append(Hit(number: number, distance: 0))
      }
    }
    if hits.count < NameIndex.most {
      let slips = slips(key.letters)
      hits += slips.prefix(NameIndex.most - hits.count)
    }
    if hits.count < NameIndex.most {
      hits += sharing(key.words).prefix(NameIndex.most - hits.count)
    }
    return hits
  }

  /// Names within two letters, nearest first.
  private func slips(_ text: [UInt8]) -> [Hit] {
    let limit = NameDifference.limit(text.count)
    guard limit > 0 else { return [] }
    let mask = NameIndex.mask(text)
    var hits: [Hit] = []
    for length in max(4, text.count - limit)...text.count + limit {
      let shift = text.count - length
      for part in 0..<3 {
        let range = NameIndex.part(part, of: length)
        // Only there can the part stand with so many slips before and behind it.
        let lowest = max(range.lowerBound - part, range.lowerBound + shift - (2 - part))
        let highest = min(range.lowerBound + part, range.lowerBound + shift + (2 - part))
        guard lowest <= highest else { continue }
        for start in lowest...highest where start >= 0 && start + range.count <= text.count {
          let probe = NameIndex.hash(text, start..<start + range.count, part, length)
          let block = parts[probe]
          guard block.count <= NameIndex.fullBlock else { continue }
          for number in block {
            // Each slip changes at most two of the letters' counts.
            guard (masks[Int(number)] ^ mask).nonzeroBitCount <= 2 * limit,
              letters[Int(number)].count == length, stamps[Int(number)] != stamp
            else { continue }
            let distance = Spelling.distance(text, letters[Int(number)], limit: limit + 1)
            guard distance <= limit, isNew(number) else { continue }
            hits.append(Hit(number: number, distance: distance))
          }
        }
      }
    }
    return hits.sorted { ($0.distance ?? 9, $0.number) < ($1.distance ?? 9, $1.number) }
  }

  /// Names that share a rare word, those that share most first.
  private func sharing(_ key: [UInt64]) -> [Hit] {
    var shared: [Int32: Int] = [:]
    for word in Set(key) {
      let block = words[word]
      guard block.count <= NameIndex.rareWord else { continue }
      for number in block where stamps[Int(number)] != stamp { shared[number, default: 0] += 1 }
    }
    return shared.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { Hit(number: $0.key, distance: nil) }
  }

  private func isNew(_ number: Int32) -> Bool {
    guard stamps[Int(number)] != stamp else { return false }
    stamps[Int(number)] = stamp
    return true
  }

  private static func part(_ part: Int, of length: Int) -> Range<Int> {
    let (size, rest) = length.quotientAndRemainder(dividingBy: 3)
    // The last parts are the longer ones.
    let start = part * size + max(0, part - (3 - rest))
    return start..<start + size + (part >= 3 - rest ? 1 : 0)
  }

  private static func hash(_ text: [UInt8], _ range: Range<Int>, _ part: Int, _ length: Int)
    -> UInt64
  {
    var hash = ByteHash(seed: UInt64(part << 32 | length))
    hash.combine(text.span.extracting(range))
    return hash.value
  }

  /// Which letters stand there an odd number of times.
  private static func mask(_ text: [UInt8]) -> UInt64 {
    var mask: UInt64 = 0
    for byte in text { mask ^= 1 << UInt64(byte & 63) }
    return mask
  }
}
