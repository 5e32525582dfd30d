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
  /// Whether nothing new shall be begun any more.
  var isStopping: @Sendable () -> Bool = { false }
  /// Told while a run is sent.
  var sending = Sending()

  /// After so many beginnings without an end, a batch is held: something in it ends the program.
  static let mostAttempts = 8

  var folders: BatchFolders { BatchFolders(company: company) }
  var store: BatchStore { BatchStore(folders: folders) }
  var claim: BatchClaim { BatchClaim(folders: folders) }

  /// Makes a batch of complete files and writes it down; nothing is moved yet.
  ///
  /// - Throws: `Failure`.
  func begin(_ files: [ReadyFile]) throws(Failure) -> Batch {
    let files = files.map { Batch.File(name: $0.name, signature: $0.signature) }
    let (first, following, lists) = try parts(of: files)
    var batch = try make(first)
    if !following.isEmpty { (batch.following, batch.lists) = (following, lists) }
    try store.save(batch)
    return batch
  }

  func make(_ files: [Batch.File]) throws(Failure) -> Batch {
    let now = clock.timestamp
    let what = files.map { "\($0.name)\u{1}\($0.signature.size)\u{1}\($0.signature.modified)" }
    let id = try freeID(at: now, Fingerprint(of: what.joined(separator: "\u{2}")))
    return Batch(key: id, id: id, began: now, files: files)
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
    if batch.stage == .delivering, try isDelivered(&batch) {
      try send(batch)
      return try conclude(&batch)
    }
    if batch.attempts >= BatchWork.mostAttempts, try !halveAfterAbruptEnds(&batch) {
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
      if hasLost, batch.following == nil { try giveBackLists(&batch) }
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
      if try setListsAside(&batch) { return }
      let planner = try planner.current()
      do throws(Failure) {
        let known = if let memory { memory } else { try ledger.snapshot() }
        memory = known
        let lists = companions(batch, planner)
        let plan = try planner.plan(paths(batch.names, batch) + lists, known, ledger)
        if plan.documents == 0, try setKnownAside(plan, &batch) { return }
        batch.stage = .delivering
        try store.save(batch)
        try lock.note(output: folders.outbox(batch.id))
        // Whatever becomes of it, the memory is not what it was.
        memory = nil
        try delivery.carryOut(plan, run: batch.id, of: company, with: ledger)
        return try send(batch)
      } catch {
        try settle(error, &batch, planner)
        try holdUnreadable(&batch, planner)
      }
    }
  }

  /// Has the batch's run sent where it is not only written; cut off, the next beginning goes on.
  private func send(_ batch: Batch) throws(Failure) {
    guard let run = try ledger.run(batch.id), run.state == .finished else { return }
    sending.begin()
    try delivery.send(
      run, of: company, with: ledger, isStopping: isStopping, progress: sending.progress)
    sending.end()
  }

  func path(_ name: String, _ batch: Batch) -> String { folders.archive(batch.id) + "/" + name }

  func paths(_ names: [String], _ batch: Batch) -> [String] { names.map { path($0, batch) } }

  // MARK: - Files that change

  /// Puts files back into the inbox that are not any more what was taken, or that somebody has open for
  /// writing; whether there were any.
  @discardableResult
  func giveBackUnsettled(_ batch: inout Batch) throws(Failure) -> Bool {
    let names = FileNameSet(batch.names)
    let unsettled = batch.files.filter {
      names.contains($0.name) && !claim.isSettled($0, in: folders.archive(batch.id))
    }
    try giveBack(unsettled.map(\.name), &batch)
    return !unsettled.isEmpty
  }

  /// Puts lists back into the inbox whose invoices went back: they belong together.
  func giveBackLists(_ batch: inout Batch) throws(Failure) {
    guard try planner.current().areLists(paths(batch.names, batch)) else { return }
    try giveBack(batch.names, &batch)
  }

  /// Puts files back into the inbox that are not any more what the run read: what came later is new.
  func giveBackChanged(since run: RunRecord, _ batch: inout Batch) throws(Failure) {
    var changed: [String] = []
    let names = FileNameSet(batch.names)
    for input in run.inputs where Self.isOwn(input.path, batch) {
      let name = input.path.lastName
      let sum = Fingerprint(ofFile: folders.archive(batch.id) + "/" + name)
      if names.contains(name), sum != nil, sum != input.fingerprint { changed.append(name) }
    }
    try giveBack(changed, &batch)
  }

  func giveBack(_ names: [String], _ batch: inout Batch) throws(Failure) {
    guard !names.isEmpty else { return }
    for name in names { try claim.giveBack(name, from: folders.archive(batch.id)) }
    batch.returned += names
    try store.save(batch)
  }
}
