internal import Vocabulary

extension CompanySnapshot {
  /// What several files hold together; of an entry that several have, the first counts.
  ///
  /// QuickBooks compares names without case, so entries of different files that differ in capitals only
  /// are the same one, spelt anew since. Within a file every entry stays.
  init(merging parts: [CompanySnapshot]) {
    self.init()
    guard parts.count > 1 else {
      self = parts.first ?? self
      return
    }
    for part in parts {
      sources += part.sources
      disagreements += part.disagreements
    }
    accounts = merge(.accounts, parts.map(\.accounts))
    items = merge(.items, parts.map(\.items))
    customers = merge(.customers, parts.map(\.customers))
    terms = merge(.terms, parts.map(\.terms))
    classes = merge(.classes, parts.map(\.classes))
    vendors = merge(.vendors, parts.map(\.vendors))
    employees = merge(.employees, parts.map(\.employees))
    otherNames = merge(.otherNames, parts.map(\.otherNames))
  }

  /// Takes from `other` every list that is not held here, as when a user names newer files of some.
  public mutating func complete(from other: CompanySnapshot) {
    var older = other
    let held = Set(List.allCases.filter { holds($0) })
    guard !sources.isEmpty else {
      self = other
      return
    }
    for list in held { older.drop(list) }
    for index in older.sources.indices {
      older.sources[index].lists = older.sources[index].lists.filter { !held.contains($0.key) }
    }
    older.sources.removeAll { $0.lists.isEmpty }
    self = CompanySnapshot(merging: [self, older])
  }

  private mutating func drop(_ list: List) {
    switch list {
    case .accounts: accounts = []
    case .items: items = []
    case .customers: customers = []
    case .terms: terms = []
    case .classes: classes = []
    case .vendors: vendors = []
    case .employees: employees = []
    case .otherNames: otherNames = []
    }
    disagreements.removeAll { $0.list == list }
  }

  /// Merges one list and notes what its files say differently.
  private mutating func merge<Entry: SnapshotEntry>(_ list: List, _ parts: [[Entry]]) -> [Entry] {
    var merged: [Entry] = []
    var known: [String: Int] = [:]
    var holders = 0
    for part in parts where !part.isEmpty {
      let earlier = merged.count
      var added: [String] = []
      for entry in part {
        let identity = entry.name.lowercased()
        guard let index = known[identity] else {
          merged.append(entry)
          added.append(identity)
          if holders > 0 { note(list, entry, isMissingIn: merged[0].location.file) }
          continue
        }
        if index < earlier { note(list, merged[index], entry) }
      }
      for (offset, identity) in added.enumerated() where known[identity] == nil {
        known[identity] = earlier + offset
      }
      holders += 1
    }
    return merged
  }

  private mutating func note<Entry: SnapshotEntry>(_ list: List, _ kept: Entry, _ other: Entry) {
    let (words, otherWords) = kept.differences(from: other)
    guard !words.isEmpty else { return }
    disagreements.append(
      Disagreement(
        list: list, name: kept.name, kept: words, other: otherWords, location: kept.location,
        otherLocation: other.location))
  }

  private mutating func note<Entry: SnapshotEntry>(
    _ list: List, _ entry: Entry, isMissingIn file: String
  ) {
    disagreements.append(
      Disagreement(
        list: list, name: entry.name, kept: "not there", other: "there",
        location: SourceLocation(file: file, line: 1), otherLocation: entry.location))
  }
}

/// An entry of a list, as far as two files can disagree about it.
private protocol SnapshotEntry {
  var name: String { get }
  var isInactive: Bool { get }
  var location: SourceLocation { get }
  /// What decides about invoices, in words; blank where a file does not say.
  var traits: [String] { get }
}

extension SnapshotEntry {
  fileprivate var traits: [String] { [] }

  /// What this entry and another one of its name say differently; both empty when nothing.
  fileprivate func differences(from other: Self) -> (String, String) {
    var (here, there): ([String], [String]) = ([], [])
    if name != other.name {
      here.append("spelt \"\(name)\"")
      there.append("spelt \"\(other.name)\"")
    }
    if isInactive != other.isInactive {
      here.append(isInactive ? "inactive" : "active")
      there.append(other.isInactive ? "inactive" : "active")
    }
    for (mine, theirs) in zip(traits, other.traits)
    where mine != theirs && !mine.isEmpty && !theirs.isEmpty {
      here.append(mine)
      there.append(theirs)
    }
    return (here.joined(separator: ", "), there.joined(separator: ", "))
  }
}

extension CompanySnapshot.Account: SnapshotEntry {
  fileprivate var traits: [String] { ["of type " + type.words] }
}

extension CompanySnapshot.Item: SnapshotEntry {
  fileprivate var traits: [String] {
    ["of type " + typeWords, account.isEmpty ? "" : "booked on \(account)"]
  }
}

extension CompanySnapshot.Customer: SnapshotEntry {}

extension CompanySnapshot.Terms: SnapshotEntry {
  fileprivate var traits: [String] { [dueDays.map { "due in \($0) days" } ?? ""] }
}

extension CompanySnapshot.Name: SnapshotEntry {}
