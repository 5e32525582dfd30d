internal import Foundation
internal import Ledger
internal import Sync
internal import Vocabulary

/// What a batch leaves behind.
extension BatchWork {
  /// Moves what is held, writes what there is to read, and notes that only telling is left.
  func conclude(_ batch: inout Batch) throws(Failure) {
    if batch.stage == .delivering, let record = try ledger.run(batch.id) {
      batch.run = try run(record)
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
    if batch.run?.needsLook ?? false {
      try OutputFolder.make(held)
      let text = RefusedText(company, ledger, batch)
      try write(try text.text(), as: batch.ownName(RefusedText.fileName), into: held)
    }
    if rmdir(archive) != 0, errno != ENOTEMPTY, errno != EEXIST, errno != ENOENT {
      throw Failure.cannotWrite("cannot remove the empty folder \(archive)", errno)
    }
    if let folder = summaryFolder(batch) {
      let settings = try? delivery.settings(of: company)
      let text = BatchText(batch, company: company, name: settings?.company ?? company.path)
      try write(text.summary, as: batch.ownName("summary.txt"), into: folder)
      try write(text.json.text, as: batch.ownName("summary.json"), into: folder)
    }
    try makeFollowing(&batch)
    batch.stage = .done
    try store.save(batch)
  }

  func run(_ record: RunRecord) throws(Failure) -> Batch.Run {
    let tally = { (tally: RunRecord.Tally) in
      Batch.Tally(invoices: tally.invoices, cents: tally.amount.cents)
    }
    var run = Batch.Run(
      target: record.target, read: tally(record.totals.read),
      delivered: tally(record.totals.delivered),
      alreadySynced: tally(record.totals.alreadySynced),
      suppressed: tally(record.totals.suppressed), held: tally(record.totals.held),
      outputs: record.outputs.map(\.name), isUndone: record.state == .undone)
    guard !run.isUndone else { return run }
    for invoice in try ledger.refused(ofRun: record.id) {
      var refused = run.refused ?? Batch.Tally()
      refused.invoices += 1
      refused.cents += invoice.amount.cents
      run.refused = refused
      run.delivered.invoices -= 1
      run.delivered.cents -= invoice.amount.cents
    }
    run.remarks = try ledger.openRemarks(ofRun: record.id).count
    return run
  }

  /// Puts the held records beside the held files: what waits for somebody is in one place.
  func copyHeldRecords(_ batch: Batch, to folder: String) throws(Failure) {
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
  func summaryFolder(_ batch: Batch) -> String? {
    let places = [folders.outbox(batch.id), folders.archive(batch.id), folders.held(batch.id)]
    return places.first { SeenFile($0)?.kind == .folder }
  }

  func write(_ text: String, as name: String, into folder: String) throws(Failure) {
    try StagedFile.write(Array(text.utf8), as: name, in: folder)
  }
}
