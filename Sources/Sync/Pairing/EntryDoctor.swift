/// Finds, in one list of QuickBooks, the entries that a name was probably meant to be: an item for an income
/// category, an account for a slip in one.
///
/// It only explains. Its index is made when somebody asks for the first time.
final class EntryDoctor {
  /// An entry that may be meant.
  struct Candidate {
    /// Its position in the list.
    var number: Int
    /// How the name differs from it, or from its last level.
    var difference: NameDifference
    /// How sure it is.
    var certainty: Certainty
  }

  private let names: [String]
  private lazy var index = NameIndex(names.lazy.map(EntryDoctor.leaf))

  /// A doctor for the full paths of a list.
  init(_ names: [String]) {
    self.names = names
  }

  /// The entries near a name, surest first.
  ///
  /// An entry below another one is never the very same name: what it stands below says something, too.
  func near(_ name: String) -> [Candidate] {
    let own = EntryDoctor.leaf(name)
    var found: [Candidate] = []
    for hit in index.near(own) where hit.distance != nil {
      let path = names[Int(hit.number)]
      let whole = NameDifference(name, path)
      let part = NameDifference(own, EntryDoctor.leaf(path))
      let length = own.unicodeScalars.count
      let isWhole = PairingDoctor.certainty(whole, length: length) != nil
      let difference = isWhole ? whole : part
      guard var certainty = PairingDoctor.certainty(difference, length: length) else { continue }
      if !isWhole { certainty = min(certainty, .likely) }
      found.append(
        Candidate(number: Int(hit.number), difference: difference, certainty: certainty))
    }
    return found.enumerated().sorted { left, right in
      left.element.certainty != right.element.certainty
        ? left.element.certainty > right.element.certainty : left.offset < right.offset
    }.map(\.element)
  }

  /// The last level of a path.
  static func leaf(_ path: String) -> String {
    path.lastIndex(of: ":").map { String(path[path.index(after: $0)...]) } ?? path
  }
}
