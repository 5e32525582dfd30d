internal import Foundation
internal import Ledger
internal import Sync
internal import Vocabulary

/// Brings a batch to its end: claims its files, sets aside what cannot be read and what is known, has
/// the rest delivered in one run, and leaves everything where people look for it.
///
/// All of it happens under the company's lock. It may be killed anywhere and begun again with the
/// batch's journal: the ledger says whether the run counts, and everything else is done twice without
/// harm.
struct BatchWork {
  let company: CompanyFolder
  let ledger: SyncLedger
  let lock: CompanyLock
  let delivery: any Delivery
  let clock: WatchClock

  /// After so many beginnings without an end, a batch is held: something in it ends the program.
  static let mostAttempts = 8

  private var folders: BatchFolders { BatchFolders(company: company) }
  private var store: BatchStore { BatchStore(folders: folders) }
  private var claim: BatchClaim { BatchClaim(folders: folders) }

  /// Makes a batch of complete files and writes it down; nothing is moved yet.
  ///
  /// - Throws: `Failure`.
  func begin(_ files: [ReadyFile]) throws(Failure) -> Batch {
    let now = clock.timestamp
    let what = files.map { "\($0.name)\u{1}\($0.signature.size)\u{1}\($0.signature.modified)" }
    let id = try freeID(at: now, Fingerprint(of: what.joined(separator: "\u{2}")))
    let batch = Batch(
      key: id, id: id, began: now,
      files: files.map { Batch.File(name: $0.name, signature: $0.signature) })
    try store.save(batch)
    return batch
  }

  private func freeID(at time: String, _ sum: Fingerprint) throws(Failure) -> String {
    try RunID.make(at: time, plan: sum) { (id) throws(Failure) in
      guard folders.isFree(id) else { return true }
      return try ledger.run(id) != nil
    }
  }

  /// Brings a batch to its end; then it is only to be told.
  ///
  /// - Throws: `Failure` that is not the fault of its files; the batch waits as far as it has come.
  func finish(_ batch: inout Batch) throws(Failure) {
    try completeRenaming(&batch)
    if batch.stage == .claiming {
      try claim.take(&batch)
      batch.stage = .claimed
      try store.save(batch)
    }
    if batch.stage == .delivering, try isDelivered(&batch) { return try conclude(&batch) }
    guard batch.attempts < BatchWork.mostAttempts else {
      hold(
        batch.names, &batch, cause: "abrupt-end",
        "LoadBooks ended abruptly \(batch.attempts) times while it worked on this",
        remedy: "look at the file with loadbooks inspect, and report it, if you may share it")
      return try conclude(&batch)
    }
    batch.attempts += 1
    try store.save(batch)
    do {
      try decide(&batch)
    } catch {
      // It ended in good order, so the files are not what ended it.
      batch.attempts -= 1
      try store.save(batch)
      throw error
    }
    try conclude(&batch)
  }

  // MARK: - Ids

  /// Whether the batch's run counts; if it was taken back, the next one gets another id.
  private func isDelivered(_ batch: inout Batch) throws(Failure) -> Bool {
    guard let run = try ledger.run(batch.id) else { return false }
    guard run.state == .undone else { return true }
    // Taken back by the user, who decides what happens next; not because it was cut off.
    if try ledger.undo(ofRun: batch.id) != nil { return true }
    batch.formerID = batch.id
    batch.id = try freeID(at: clock.timestamp, Fingerprint(of: batch.key))
    batch.stage = .claimed
    try store.save(batch)
    try completeRenaming(&batch)
    return false
  }

  /// Gives the archive folder the batch's new id, if a kill came in between.
  private func completeRenaming(_ batch: inout Batch) throws(Failure) {
    guard let former = batch.formerID else { return }
    let (old, new) = (folders.archive(former), folders.archive(batch.id))
    if SeenFile(new) == nil {
      guard rename(old, new) == 0 || errno == ENOENT else {
        throw Failure.cannotWrite("cannot rename \(old)", errno)
      }
      try StagedFile.syncFolder(company.path + "/archive")
    }
    batch.formerID = nil
    try store.save(batch)
  }

  // MARK: - Deciding

  /// Plans until what is left can be planned, and delivers it.
  private func decide(_ batch: inout Batch) throws(Failure) {
    try setRepeatedAside(&batch)
    while !batch.names.isEmpty {
      do throws(Failure) {
        let paths = batch.names.map { folders.archive(batch.id) + "/" + $0 }
        let plan = try delivery.plan(paths, of: company, with: ledger)
        if plan.documents == 0, try setKnownAside(plan, &batch) { return }
        batch.stage = .delivering
        try store.save(batch)
        try lock.note(output: folders.outbox(batch.id))
        try delivery.carryOut(plan, run: batch.id, of: company, with: ledger)
        return
      } catch {
        try settle(error, &batch)
      }
    }
  }

  /// Sets files aside that are the cause of a failure; throws it on when none is.
  private func settle(_ failure: Failure, _ batch: inout Batch) throws(Failure) {
    guard [.inputUnreadable, .inputMissing, .ownBug].contains(failure.cause) else { throw failure }
    // A run that the ledger knows is for the next start to settle, not for this one to go round.
    if batch.stage == .delivering, try ledger.run(batch.id) != nil { throw failure }
    let changed = batch.files.filter { file in
      batch.names.contains(file.name)
        && SeenFile(folders.archive(batch.id) + "/" + file.name).map {
          !$0.signature.hasContent(of: file.signature)
        } ?? true
    }
    guard changed.isEmpty else { return try giveBack(changed.map(\.name), &batch) }
    hold(
      culprits(failure, batch), &batch, cause: failure.cause.rawValue, failure.message,
      remedy: failure.remedy)
    try store.save(batch)
  }

  /// The files that a failure is about: the one it names, or, when it names none, all of them.
  private func culprits(_ failure: Failure, _ batch: Batch) -> [String] {
    let names = batch.names
    guard failure.cause != .ownBug, names.count > 1 else { return names }
    let archive = folders.archive(batch.id)
    if let file = failure.location?.file,
      let name = names.first(where: { file == "\(archive)/\($0)" })
    {
      return [name]
    }
    // The longest name first: "a.csv" stands in "data.csv" as well, and paths are whole.
    let named = names.sorted { $0.utf8.count > $1.utf8.count }
      .first { failure.message.contains("\(archive)/\($0)") }
    return named.map { [$0] } ?? names
  }

  private func hold(
    _ names: [String], _ batch: inout Batch, cause: String, _ message: String, remedy: String
  ) {
    batch.held += names.map {
      Batch.HeldFile(name: $0, cause: cause, message: message, remedy: remedy)
    }
  }

  // MARK: - The same bytes

  /// Sets aside files that have the same bytes as another one of the batch.
  private func setRepeatedAside(_ batch: inout Batch) throws(Failure) {
    var first: [Fingerprint: String] = [:]
    for name in batch.names {
      guard let sum = Fingerprint(ofFile: folders.archive(batch.id) + "/" + name) else { continue }
      if let other = first[sum] {
        batch.repeated.append(Batch.RepeatedFile(name: name, file: other, run: nil))
      } else {
        first[sum] = name
      }
    }
  }

  /// Sets everything aside when nothing would be sent and every file was read before.
  private func setKnownAside(_ plan: SyncPlan, _ batch: inout Batch) throws(Failure) -> Bool {
    var known: [Batch.RepeatedFile] = []
    for input in plan.report.inputs {
      guard let run = try ledger.run(thatRead: input.fingerprint) else { return false }
      let name = URL(fileURLWithPath: input.path).lastPathComponent
      known.append(Batch.RepeatedFile(name: name, file: nil, run: run.id))
    }
    guard Set(known.map(\.name)) == Set(batch.names) else { return false }
    batch.repeated += known
    return true
  }

  // MARK: - Files that change

  /// Puts files back into the inbox that are not any more what the run read: what came later is new.
  private func giveBackChanged(since run: RunRecord, _ batch: inout Batch) throws(Failure) {
    var changed: [String] = []
    for input in run.inputs {
      let name = URL(fileURLWithPath: input.path).lastPathComponent
      let sum = Fingerprint(ofFile: folders.archive(batch.id) + "/" + name)
      if batch.names.contains(name), sum != nil, sum != input.fingerprint { changed.append(name) }
    }
    try giveBack(changed, &batch)
  }

  private func giveBack(_ names: [String], _ batch: inout Batch) throws(Failure) {
    guard !names.isEmpty else { return }
    for name in names {
      let path = folders.archive(batch.id) + "/" + name
      if SeenFile(path) != nil { try claim.giveBack(path, as: name) }
    }
    batch.returned += names
    try store.save(batch)
  }

  // MARK: - The end

  /// Moves what is held, writes what there is to read, and notes that only telling is left.
  private func conclude(_ batch: inout Batch) throws(Failure) {
    if batch.stage == .delivering, let record = try ledger.run(batch.id) {
      batch.run = run(record)
      try giveBackChanged(since: record, &batch)
    }
    try store.save(batch)
    let archive = folders.archive(batch.id)
    let held = folders.held(batch.id)
    if !batch.held.isEmpty {
      try OutputFolder.make(held)
      for file in batch.held { try FileMove.move(file.name, from: archive, to: held) }
      try write(BatchText.why(batch), as: batch.ownName("why.txt"), into: held)
    }
    try copyHeldRecords(batch, to: held)
    if rmdir(archive) != 0, errno != ENOTEMPTY, errno != EEXIST, errno != ENOENT {
      throw Failure.cannotWrite("cannot remove the empty folder \(archive)", errno)
    }
    if let folder = summaryFolder(batch) {
      let settings = try? delivery.settings(of: company)
      let text = BatchText(batch, company: company, name: settings?.company ?? company.path)
      try write(text.summary, as: batch.ownName("summary.txt"), into: folder)
      try write(text.json.text, as: batch.ownName("summary.json"), into: folder)
    }
    batch.stage = .done
    try store.save(batch)
  }

  private func run(_ record: RunRecord) -> Batch.Run {
    let tally = { (tally: RunRecord.Tally) in
      Batch.Tally(invoices: tally.invoices, cents: tally.amount.cents)
    }
    return Batch.Run(
      target: record.target, read: tally(record.totals.read),
      delivered: tally(record.totals.delivered),
      alreadySynced: tally(record.totals.alreadySynced),
      suppressed: tally(record.totals.suppressed), held: tally(record.totals.held),
      outputs: record.outputs.map(\.name), isUndone: record.state == .undone)
  }

  /// Puts the held records beside the held files: what waits for somebody is in one place.
  private func copyHeldRecords(_ batch: Batch, to folder: String) throws(Failure) {
    guard let run = batch.run, run.held.invoices > 0 else { return }
    let names = run.outputs.filter { $0.hasPrefix("held") && $0.hasSuffix(".csv") }
    for name in names {
      guard let data = FileManager.default.contents(atPath: folders.outbox(batch.id) + "/" + name)
      else { continue }
      try OutputFolder.make(folder)
      try write([UInt8](data), as: batch.ownName(name), into: folder)
    }
  }

  /// Where the summary of a batch goes: to its run's files, else to its inputs, else to what is held.
  private func summaryFolder(_ batch: Batch) -> String? {
    let places = [folders.outbox(batch.id), folders.archive(batch.id), folders.held(batch.id)]
    return places.first { SeenFile($0)?.kind == .folder }
  }

  private func write(_ text: String, as name: String, into folder: String) throws(Failure) {
    try write(Array(text.utf8), as: name, into: folder)
  }

  private func write(_ bytes: [UInt8], as name: String, into folder: String) throws(Failure) {
    let file = try StagedFile(folder: folder, name: name)
    do throws(Failure) {
      try file.write(bytes)
      try file.finish()
      try file.publish()
      try StagedFile.syncFolder(folder)
    } catch {
      file.discard()
      throw error
    }
  }
}
