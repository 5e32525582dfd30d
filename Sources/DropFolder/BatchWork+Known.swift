internal import Foundation
internal import Ledger
internal import Sync
internal import Vocabulary

/// Files whose bytes were taken in before.
extension BatchWork {
  /// Sets aside files that have the same bytes as another one of the batch.
  func setRepeatedAside(_ batch: inout Batch) throws(Failure) {
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
  func setKnownAside(_ plan: SyncPlan, _ batch: inout Batch) throws(Failure) -> Bool {
    var known: [Batch.RepeatedFile] = []
    for input in plan.report.inputs where Self.isOwn(input.path, batch) {
      guard let run = try ledger.run(thatRead: input.fingerprint) else { return false }
      let name = input.path.lastName
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
    let names = FileNameSet(known.map(\.name))
    guard known.count == batch.names.count, batch.names.allSatisfy(names.contains) else {
      return false
    }
    batch.repeated += known
    return true
  }

  /// The held records of an earlier run, where somebody would mend them; nil when they are gone.
  func heldRecords(of run: RunRecord) -> String? {
    let outbox = run.outputFolder ?? folders.outbox(run.id)
    let places = run.outputs.filter { Batch.isHeldRecords($0.name) }.compactMap { output in
      heldRecords(output, in: folders.held(run.id))
        ?? (SeenFile(outbox + "/" + output.name) == nil ? nil : outbox + "/" + output.name)
    }
    return places.isEmpty ? nil : places.joined(separator: ", ")
  }

  /// The copy of a run's held records among held files, some of which may be called like it.
  private func heldRecords(_ output: RunRecord.Output, in folder: String) -> String? {
    let names = ((try? FolderNames.list(folder).names) ?? []).filter { $0.hasSuffix(output.name) }
    // Ours has the longest name: where a dropped file is called the same, something stands in front.
    let ours = names.filter { name in
      var name = name
      while name.hasPrefix("loadbooks-") { name.removeFirst("loadbooks-".count) }
      return name == output.name
    }.sorted { $0.utf8.count > $1.utf8.count }
    let same = ours.first { Fingerprint(ofFile: folder + "/" + $0) == output.fingerprint }
    // Somebody may have begun to mend it; a dropped file among them would make that a guess.
    return (same ?? (ours.count == 1 ? ours.first : nil)).map { folder + "/" + $0 }
  }
}
