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
  let planner: KeptPlanner
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
    let group = batch.files.count
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
      // It may have been a while, and another process, since they were taken.
      let hasLost = try giveBackUnsettled(&batch) || batch.files.count < group
      if hasLost { try giveBackLists(&batch) }
      try decide(&batch)
      try conclude(&batch)
    } catch {
      // It ended in good order, so the files are not what ended it.
      batch.attempts -= 1
      // What went wrong first is what is to be told.
      try? store.save(batch)
      throw error
    }
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
    var memory: LedgerSnapshot?
    while !batch.names.isEmpty {
      let planner = try planner.current()
      do throws(Failure) {
        let known = if let memory { memory } else { try ledger.snapshot() }
        memory = known
        let plan = try planner.plan(paths(batch.names, batch), known, ledger)
        if plan.documents == 0, try setKnownAside(plan, &batch) { return }
        batch.stage = .delivering
        try store.save(batch)
        try lock.note(output: folders.outbox(batch.id))
        // Whatever becomes of it, the memory is not what it was.
        memory = nil
        try delivery.carryOut(plan, run: batch.id, of: company, with: ledger)
        return
      } catch {
        try settle(error, &batch)
        try holdUnreadable(&batch, planner)
      }
    }
  }

  private func paths(_ names: [String], _ batch: Batch) -> [String] {
    names.map { folders.archive(batch.id) + "/" + $0 }
  }

  /// Sets files aside that are the cause of a failure; throws it on when none is.
  private func settle(_ failure: Failure, _ batch: inout Batch) throws(Failure) {
    guard [.inputUnreadable, .inputMissing, .ownBug].contains(failure.cause) else { throw failure }
    // A run that the ledger knows is for the next start to settle, not for this one to go round.
    if batch.stage == .delivering, try ledger.run(batch.id) != nil { throw failure }
    guard try !giveBackUnsettled(&batch) else { return }
    hold(
      culprits(failure, batch), &batch, cause: failure.cause.rawValue, failure.message,
      remedy: failure.remedy)
    try store.save(batch)
  }

  /// Sets aside what a look at its beginning refuses: with many bad files, not each costs a plan.
  private func holdUnreadable(
    _ batch: inout Batch, _ planner: any BatchPlanner
  ) throws(Failure) {
    for name in batch.names {
      do throws(Failure) {
        _ = try planner.contents(of: folders.archive(batch.id) + "/" + name)
      } catch {
        // Whatever else it is, the plan says it.
        guard error.cause == .inputUnreadable else { continue }
        hold([name], &batch, cause: error.cause.rawValue, error.message, remedy: error.remedy)
      }
    }
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
    var sizes: [Int64: Int] = [:]
    let files = batch.names.compactMap { name in
      SeenFile(folders.archive(batch.id) + "/" + name).map { (name, size: $0.signature.size) }
    }
    for file in files { sizes[file.size, default: 0] += 1 }
    var first: [Fingerprint: String] = [:]
    // Only files of one size can have the same bytes.
    for (name, size) in files where sizes[size, default: 0] > 1 {
      guard let sum = Fingerprint(ofFile: folders.archive(batch.id) + "/" + name) else { continue }
      if let other = first[sum] {
        batch.repeated.append(Batch.RepeatedFile(name: name, file: other, run: nil))
      } else {
        first[sum] = name
      }
    }
  }

  /// Sets everything aside when nothing would be sent, every file was read before, and what is held of
  /// it can be found where that run left it.
  private func setKnownAside(_ plan: SyncPlan, _ batch: inout Batch) throws(Failure) -> Bool {
    var known: [Batch.RepeatedFile] = []
    for input in plan.report.inputs {
      guard let run = try ledger.run(thatRead: input.fingerprint) else { return false }
      let name = URL(fileURLWithPath: input.path).lastPathComponent
      var file = Batch.RepeatedFile(name: name, file: nil, run: run.id)
      let held = plan.held(inFile: input.path)
      if held.invoices > 0 {
        // What is held now and was not then, or whose records nobody has any more, is told anew.
        guard run.totals.held.invoices > 0, let place = heldRecords(of: run) else { return false }
        file.held = Batch.Tally(invoices: held.invoices, cents: held.amount.cents)
        file.heldIn = place
      }
      known.append(file)
    }
    guard Set(known.map(\.name)) == Set(batch.names) else { return false }
    batch.repeated += known
    return true
  }

  /// The held records of an earlier run, where somebody would mend them; nil when they are gone.
  private func heldRecords(of run: RunRecord) -> String? {
    for folder in [folders.held(run.id), run.outputFolder ?? folders.outbox(run.id)] {
      let names = (try? FolderNames.list(folder).names) ?? []
      // Where a dropped file has our file's name, ours has another one.
      let name =
        names.first { $0.hasPrefix("loadbooks-held") } ?? names.first(where: Batch.isHeldRecords)
      if let name { return folder + "/" + name }
    }
    return nil
  }

  // MARK: - Files that change

  /// Puts files back into the inbox that are not any more what was taken, or that somebody has open for
  /// writing; whether there were any.
  @discardableResult
  private func giveBackUnsettled(_ batch: inout Batch) throws(Failure) -> Bool {
    let names = Set(batch.names)
    let unsettled = batch.files.filter {
      names.contains($0.name) && !claim.isSettled($0, in: folders.archive(batch.id))
    }
    try giveBack(unsettled.map(\.name), &batch)
    return !unsettled.isEmpty
  }

  /// Puts lists back into the inbox whose invoices went back: they belong together.
  private func giveBackLists(_ batch: inout Batch) throws(Failure) {
    guard try planner.current().areLists(paths(batch.names, batch)) else { return }
    try giveBack(batch.names, &batch)
  }

  /// Puts files back into the inbox that are not any more what the run read: what came later is new.
  private func giveBackChanged(since run: RunRecord, _ batch: inout Batch) throws(Failure) {
    var changed: [String] = []
    let names = Set(batch.names)
    for input in run.inputs {
      let name = URL(fileURLWithPath: input.path).lastPathComponent
      let sum = Fingerprint(ofFile: folders.archive(batch.id) + "/" + name)
      if names.contains(name), sum != nil, sum != input.fingerprint { changed.append(name) }
    }
    try giveBack(changed, &batch)
  }

  private func giveBack(_ names: [String], _ batch: inout Batch) throws(Failure) {
    guard !names.isEmpty else { return }
    for name in names { try claim.giveBack(name, from: folders.archive(batch.id)) }
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
    for name in run.outputs where Batch.isHeldRecords(name) {
      // Somebody may have taken it away already.
      guard SeenFile(folders.outbox(batch.id) + "/" + name) != nil else { continue }
      try OutputFolder.make(folder)
      _ = try FileMove.copy(
        name, from: folders.outbox(batch.id), to: folder, as: batch.ownName(name))
    }
  }

  /// Where the summary of a batch goes: to its run's files, else to its inputs, else to what is held.
  private func summaryFolder(_ batch: Batch) -> String? {
    let places = [folders.outbox(batch.id), folders.archive(batch.id), folders.held(batch.id)]
    return places.first { SeenFile($0)?.kind == .folder }
  }

  private func write(_ text: String, as name: String, into folder: String) throws(Failure) {
    let file = try StagedFile(folder: folder, name: name)
    do throws(Failure) {
      try file.write(text)
      try file.finish()
      try file.publish()
      try StagedFile.syncFolder(folder)
    } catch {
      file.discard()
      throw error
    }
  }
}
