internal import Foundation
internal import Ledger
internal import Sync
internal import Vocabulary

/// What becomes of files that are the cause of a failure.
extension BatchWork {
  /// Sets files aside that are the cause of a failure; throws it on when none is.
  func settle(
    _ failure: Failure, _ batch: inout Batch, _ planner: any BatchPlanner
  ) throws(Failure) {
    guard [.inputUnreadable, .inputMissing, .ownBug].contains(failure.cause) else { throw failure }
    // A run that the ledger knows is for the next start to settle, not for this one to go round.
    if batch.stage == .delivering, try ledger.run(batch.id) != nil { throw failure }
    guard try !giveBackUnsettled(&batch) else { return }
    let culprits = culprits(failure, batch)
    if failure.cause == .ownBug, culprits == nil {
      // Which of several files it is, trying tells.
      if try halve(&batch, planner) { return }
      // Lists are read by those that follow; what is wrong is with the invoices, as far as is known.
      let invoices = batch.names.filter { !planner.isList(path($0, batch)) }
      hold(invoices.isEmpty ? batch.names : invoices, &batch, failure)
    } else if planner.areLists(paths(batch.names, batch)) {
      var failure = failure
      failure.remedy =
        "put it into the inbox together with the invoices; both must be there within watch.longest_wait"
      hold(culprits ?? batch.names, &batch, failure)
    } else {
      hold(culprits ?? batch.names, &batch, failure)
    }
    try store.save(batch)
  }

  /// Sets aside what a look at its beginning refuses: with many bad files, not each costs a plan.
  func holdUnreadable(_ batch: inout Batch, _ planner: any BatchPlanner) throws(Failure) {
    for name in batch.names {
      do throws(Failure) {
        _ = try planner.contents(of: path(name, batch))
      } catch {
        // Whatever else it is, the plan says it.
        guard error.cause == .inputUnreadable else { continue }
        hold([name], &batch, error)
      }
    }
    try store.save(batch)
  }

  /// The file that a failure names; nil when it names none, and it may be any of them.
  private func culprits(_ failure: Failure, _ batch: Batch) -> [String]? {
    let names = batch.names
    guard names.count > 1 else { return names }
    if let file = failure.location?.file,
      let name = names.first(where: { file.isSameName(as: path($0, batch)) })
    {
      return [name]
    }
    // The longest name first: "a.csv" stands in "data.csv" as well, and paths are whole.
    let message = Array(failure.message.utf8)
    let named = names.sorted { $0.utf8.count > $1.utf8.count }
      .first { message.firstRange(of: Array(path($0, batch).utf8)) != nil }
    return named.map { [$0] }
  }

  /// Holds files for a failure, whose words then name the place where the files will be.
  func hold(_ names: [String], _ batch: inout Batch, _ failure: Failure) {
    let (archive, held) = (folders.archive(batch.id) + "/", folders.held(batch.id) + "/")
    var detail: String?
    if let place = failure.location {
      let file = place.description.replacing(archive, with: held)
      let excerpt = failure.excerpt.map { FindingText.marked($0, line: place.line) } ?? ""
      detail = file + (excerpt.isEmpty ? "" : "\n" + excerpt)
    }
    batch.held += names.map {
      Batch.HeldFile(
        name: $0, cause: failure.cause.rawValue,
        message: failure.message.replacing(archive, with: held),
        remedy: failure.remedy.replacing(archive, with: held), detail: detail)
    }
  }

  func hold(
    _ names: [String], _ batch: inout Batch, cause: String, _ message: String, remedy: String
  ) {
    batch.held += names.map {
      Batch.HeldFile(name: $0, cause: cause, message: message, remedy: remedy)
    }
  }

  // MARK: - Halves

  /// Keeps half of a batch's files, so that what is wrong with one of them is found by and by; false when
  /// there is only one.
  ///
  /// The other half goes back into the inbox and is the next batch of the group. Lists stay, and are read
  /// with both.
  func halve(_ batch: inout Batch, _ planner: any BatchPlanner) throws(Failure) -> Bool {
    let lists = batch.names.filter { planner.isList(path($0, batch)) }
    let isList = FileNameSet(lists)
    let others = batch.names.filter { !isList.contains($0) }
    guard others.count > 1 else { return false }
    let half = others.suffix(others.count / 2)
    var following: [Batch.File] = []
    for name in half {
      guard let back = try claim.giveBack(name, from: folders.archive(batch.id)),
        let seen = SeenFile(folders.inbox + "/" + back)
      else { continue }
      following.append(Batch.File(name: back, signature: seen.signature))
    }
    let given = FileNameSet(half)
    batch.files.removeAll { given.contains($0.name) }
    batch.following = following + (batch.following ?? [])
    batch.lists = (batch.lists ?? []) + lists
    batch.stage = .claimed
    try store.save(batch)
    return true
  }

  /// The same for a batch that ended the program again and again: whichever file does it, the others go on.
  func halveAfterAbruptEnds(_ batch: inout Batch) throws(Failure) -> Bool {
    // Looking into the files may be what ends it.
    guard batch.names.count > 1, batch.attempts < BatchWork.mostAttempts + 3 else { return false }
    batch.attempts += 1
    try store.save(batch)
    guard try halve(&batch, planner.current()) else { return false }
    batch.attempts = BatchWork.mostAttempts - 2
    try store.save(batch)
    return true
  }
}
