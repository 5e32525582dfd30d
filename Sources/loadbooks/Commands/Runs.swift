internal import ArgumentParser
internal import Ledger
internal import Sync
internal import Vocabulary

/// The command `loadbooks runs`.
struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List what was done, newest first.")

  @OptionGroup var options: CompanyOptions

  func run() throws {
    let here = Surroundings.current
    let company = try options.neededFolder()
    let ledger = try SyncLedger.openReadOnly(folder: company.path)
    let runs = try ledger?.runs() ?? []
    let undos = Dictionary(
      try ledger?.undos().map { ($0.run, $0) } ?? [], uniquingKeysWith: { first, _ in first })
    let pending = try ledger.map { ledger in try PendingFile.all(ledger, in: company) } ?? []
    if options.json {
      return here.print(
        JSONText.array(
          runs.map { run in json(run, undos[run.id], pending.filter { $0.run == run.id }, company) }
        ).text)
    }
    guard !runs.isEmpty else { return here.print("no runs yet") }
    for run in runs {
      here.print(text(run, undos[run.id], company))
      for file in pending where file.run == run.id {
        here.print("  \(FindingText.visible(file.words))")
      }
    }
  }

  /// What a state means to somebody who does not know how a run goes.
  private func words(_ run: RunRecord, _ undo: UndoRecord?) -> String {
    switch (run.state, undo) {
    case (.finished, nil): "finished"
    case (.finished, _): "being taken back: the next command that writes goes on with it"
    case (.undone, let undo?):
      "undone on \(undo.finishedAt ?? undo.startedAt)\(undo.by.isEmpty ? "" : " by \(undo.by)"): "
        + undo.reason
    case (.undone, nil): "undone: it was cut off before its files were complete"
    case (.preparing, _), (.prepared, _):
      "unfinished: it was cut off; the next command that writes settles it"
    }
  }

  private func text(_ run: RunRecord, _ undo: UndoRecord?, _ company: CompanyFolder) -> String {
    let totals = run.totals
    let held = totals.held.invoices
    return """
      \(run.id)  \(run.startedAt)  \(run.command) \(run.target)  \
      \(FindingText.visible(words(run, undo)))
        delivered \(totals.delivered.invoices) (\(totals.delivered.amount.grouped))\
      \(held > 0 ? ", held \(held) (\(totals.held.amount.grouped))" : "")
        files: \(FindingText.visible(Verification.folder(of: run, in: company)))
      """
  }

  private func json(
    _ run: RunRecord, _ undo: UndoRecord?, _ pending: [PendingFile], _ company: CompanyFolder
  ) -> JSONText {
    let tally = { (tally: RunRecord.Tally) -> JSONText in
      [
        "invoices": .integer(tally.invoices), "lines": .integer(tally.lines),
        "amount": .amount(tally.amount),
      ]
    }
    return [
      "id": .string(run.id), "command": .string(run.command), "target": .string(run.target),
      "state": .string(run.state.rawValue), "started": .string(run.startedAt),
      "finished": .string(orNull: run.finishedAt),
      "undo": undo.map { undo in
        [
          "started": .string(undo.startedAt), "finished": .string(orNull: undo.finishedAt),
          "reason": .string(undo.reason), "by": .string(undo.by),
        ]
      } ?? .null, "plan": .string(run.plan.hex),
      "send_next": .array(pending.filter { $0.state == .ready }.map { .string($0.path) }),
      "open": .array(pending.map { .string($0.words) }),
      "folder": .string(Verification.folder(of: run, in: company)),
      "totals": [
        "read": tally(run.totals.read), "delivered": tally(run.totals.delivered),
        "already_synced": tally(run.totals.alreadySynced),
        "suppressed": tally(run.totals.suppressed), "held": tally(run.totals.held),
      ],
      "inputs": .array(
        run.inputs.map { ["path": .string($0.path), "sha256": .string($0.fingerprint.hex)] }),
      "outputs": .array(
        run.outputs.map {
          [
            "path": .string($0.name), "sha256": .string($0.fingerprint.hex),
            "documents": .integer($0.documents), "amount": .amount($0.amount),
          ]
        }),
    ]
  }
}
