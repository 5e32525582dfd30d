internal import Foundation
internal import Sync
internal import Vocabulary

/// The files of one group, from the moment they are taken out of the inbox until all is told.
///
/// It is kept in a file (see ``BatchStore``) and written before each step, so that whoever comes after a
/// killed process knows what the step was about.
struct Batch: Codable, Hashable, Sendable {
  enum Stage: String, Codable, Sendable {
    /// Its files are being moved from the inbox to the archive.
    case claiming
    /// It has its files; nothing is decided yet.
    case claimed
    /// A run of its id may be in the ledger.
    case delivering
    /// All is done; it is only to be told.
    case done
  }

  /// A file of the group.
  struct File: Codable, Hashable, Sendable {
    /// Its name, in the inbox and in the archive.
    var name: String
    /// What it was when it counted as complete.
    var signature: FileSignature
  }

  /// A file that could not be taken in.
  struct HeldFile: Codable, Hashable, Sendable {
    var name: String
    /// The exit code's name for what was wrong, for logs, which have no words of customers in them.
    var cause: String
    /// What was wrong, for people.
    var message: String
    var remedy: String
    /// Where in the file, and the line itself, where that is known; for people who may see customers' names.
    var detail: String?
  }

  /// A file whose bytes were taken in before.
  struct RepeatedFile: Codable, Hashable, Sendable {
    var name: String
    /// The other file of the same batch, or nil.
    var file: String?
    /// The run that read these bytes, or nil.
    var run: String?
    /// What of it is held all the same; nil when nothing is.
    var held: Tally?
    /// Where its held records are.
    var heldIn: String?
  }

  /// How many invoices, and how much money in cents.
  struct Tally: Codable, Hashable, Sendable {
    var invoices = 0
    var cents: Int64 = 0

    var money: Money { Money(cents: cents) }
    /// `140 invoices, 287,672.97`.
    var words: String {
      "\(invoices) \(invoices == 1 ? "invoice" : "invoices"), \(money.grouped)"
    }
  }

  /// What the ledger says about the batch's run.
  struct Run: Codable, Hashable, Sendable {
    var target: String
    var read = Tally()
    var delivered = Tally()
    var alreadySynced = Tally()
    var suppressed = Tally()
    var held = Tally()
    /// What QuickBooks Online refused of what was sent; nil or none when it took everything, or imports files.
    var refused: Tally?
    /// How many documents QuickBooks has otherwise than they were sent.
    var remarks: Int?
    var outputs: [String] = []
    /// Whether somebody took it back before it could be told.
    var isUndone = false

    /// Whether something of it waits for somebody.
    var hasHeld: Bool { held.invoices > 0 || needsLook }
    /// Whether somebody has to look into QuickBooks Online.
    var needsLook: Bool { (refused?.invoices ?? 0) > 0 || (remarks ?? 0) > 0 }
  }

  /// What became of the batch as a whole.
  enum Outcome: String, Codable, Sendable {
    /// A run, and nothing is held.
    case done
    /// Something waits for somebody: invoices, or whole files.
    case held
    /// The same bytes as before: nothing was produced.
    case known
    /// Its files had gone before they could be taken.
    case gone
  }

  var version = 1
  /// The name of its journal, which never changes.
  var key: String
  /// The id of its run, and the name of its folders.
  var id: String
  /// The id before, while the archive may still have that name.
  var formerID: String?
  var stage = Stage.claiming
  /// How often the work was begun without coming to an end, however bad.
  var attempts = 0
  /// When it was taken, ISO 8601 with zone.
  var began: String
  var files: [File]
  var held: [HeldFile] = []
  var repeated: [RepeatedFile] = []
  /// Files that changed after they were taken, and went back into the inbox.
  var returned: [String] = []
  var run: Run?
  /// Files of the same group that are still in the inbox: they make the next batch.
  var following: [File]?
  /// Which of its files are customers or income categories, where others of the group follow.
  var lists: [String]?
  /// Lists of the group that an earlier batch of it has in its archive.
  var companions: [String]?
  /// Lists that stay in the archive for those that follow, and are no matter of this batch any more.
  var setAside: [String]?

  /// More files than these make a further batch: a plan has all of its files open at once.
  static let mostFiles = 200

  /// The files that are still to be decided about.
  var names: [String] {
    let settled = FileNameSet(
      held.map(\.name) + repeated.map(\.name) + returned + (setAside ?? []))
    return files.map(\.name).filter { !settled.contains($0) }
  }

  /// A name for a file of ours among the batch's own files: another one where an input is called the same,
  /// since what somebody dropped is never written over.
  func ownName(_ name: String) -> String {
    let taken = Set(files.map { $0.name.lowercased() })
    var name = name
    while taken.contains(name.lowercased()) { name = "loadbooks-" + name }
    return name
  }

  /// Whether a file of a run has its held records.
  static func isHeldRecords(_ name: String) -> Bool {
    name.hasPrefix("held") && name.hasSuffix(".csv")
  }

  /// What is held since an earlier run, of files that were known.
  var stillHeld: Tally {
    repeated.compactMap(\.held).reduce(into: Tally()) { sum, held in
      sum.invoices += held.invoices
      sum.cents += held.cents
    }
  }

  /// Whether something waits for somebody, now or since an earlier run.
  var hasHeld: Bool { outcome == .held || stillHeld.invoices > 0 }

  var outcome: Outcome {
    if !held.isEmpty || run?.hasHeld ?? false { return .held }
    if run != nil { return .done }
    return repeated.isEmpty ? .gone : .known
  }
}

/// Where a company's batches are.
struct BatchFolders {
  let company: CompanyFolder

  var inbox: String { company.path + "/inbox" }
  /// The journals of batches that are not done.
  var journals: String { company.path + "/.loadbooks/watch" }
  func archive(_ id: String) -> String { company.path + "/archive/" + id }
  func held(_ id: String) -> String { company.path + "/held/" + id }
  func outbox(_ id: String) -> String { company.outboxPath + "/" + id }
  /// Where files of the inbox wait while they are carried to an archive on another disk.
  func transit(_ key: String) -> String { inbox + "/.loadbooks-" + key }

  /// Whether a name is free for a new batch.
  func isFree(_ id: String) -> Bool {
    [archive(id), held(id), outbox(id), journals + "/\(id).json"].allSatisfy {
      SeenFile($0) == nil
    }
  }
}

/// The journals of batches that are not done, as files.
struct BatchStore {
  let folders: BatchFolders

  /// The batches that are not done, oldest first.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`; `settingsWrong` for a journal that somebody damaged.
  func load() throws(Failure) -> [Batch] {
    guard SeenFile(folders.journals) != nil else { return [] }
    var batches: [Batch] = []
    for name in try FolderNames.list(folders.journals).names
    where name.hasSuffix(".json") && !name.hasPrefix(".") {
      let path = folders.journals + "/" + name
      guard let data = FileManager.default.contents(atPath: path) else {
        throw Failure.cannotWrite("cannot read \(path)", EIO)
      }
      guard let batch = try? JSONDecoder().decode(Batch.self, from: data), batch.version == 1 else {
        let key = String(name.dropLast(5))
        throw Failure(
          .settingsWrong, "\(path) is damaged, so nobody knows how far its files have come",
          remedy:
            "put the files in \(folders.archive(key)) back into the inbox (what was sent is not "
            + "sent again), then delete \(path)")
      }
      batches.append(batch)
    }
    return batches
  }

  /// Removes half-written files that killed processes left; the company's lock is held.
  func clear() {
    let home = folders.company.path + "/.loadbooks"
    for (folder, ending) in [(folders.journals, ".partial"), (home, ".new")] {
      guard let names = try? FolderNames.list(folder).names else { continue }
      for name in names
      where name.hasPrefix(".") && name.hasSuffix(ending) && !name.hasSuffix(".\(getpid()).new") {
        unlink(folder + "/" + name)
      }
    }
  }

  /// Whether there are any.
  var isEmpty: Bool {
    guard let names = try? FolderNames.list(folders.journals).names else { return true }
    return !names.contains { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
  }

  /// Writes a batch down, and does not return before the disk has it.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  func save(_ batch: Batch) throws(Failure) {
    if mkdir(folders.journals, 0o700) == 0 {
      try StagedFile.syncFolder(folders.company.path + "/.loadbooks")
    } else if errno != EEXIST {
      throw Failure.cannotWrite("cannot make folder \(folders.journals)", errno)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(batch) else {
      throw Failure(
        .ownBug, "the journal of batch \(batch.id) cannot be written as JSON",
        remedy: "report this as a bug")
    }
    try StagedFile.write([UInt8](data), as: batch.key + ".json", in: folders.journals)
  }

  /// Forgets a batch that is done.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  func remove(_ batch: Batch) throws(Failure) {
    let path = folders.journals + "/" + batch.key + ".json"
    guard unlink(path) == 0 || errno == ENOENT else {
      throw Failure.cannotWrite("cannot remove \(path)", errno)
    }
    try StagedFile.syncFolder(folders.journals)
  }
}
