internal import ArgumentParser
internal import Ledger
internal import Sync
internal import Vocabulary

/// The command `loadbooks runs`.
struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List what was done, newest first.")

  @OptionGroup var options: CompanyOptions

  func run() throws {
    let here = Surroundings.current
    let company = try options.neededFolder()
    let runs = try SyncLedger.openReadOnly(folder: company.path)?.runs() ?? []
    if options.json { return here.print(JSONText.array(runs.map(json)).text) }
    guard !runs.isEmpty else { return here.print("no runs yet") }
    for run in runs { here.print(text(run)) }
  }

  private func text(_ run: RunRecord) -> String {
    let totals = run.totals
    let held = totals.held.invoices
    return """
      \(run.id)  \(run.startedAt)  \(run.command) \(run.target)  \(run.state.rawValue)
        delivered \(totals.delivered.invoices) (\(totals.delivered.amount.grouped))\
      \(held > 0 ? ", held \(held) (\(totals.held.amount.grouped))" : "")
        files: \(FindingText.visible(run.outputFolder ?? "-"))
      """
  }

  private func json(_ run: RunRecord) -> JSONText {
    let tally = { (tally: RunRecord.Tally) -> JSONText in
      [
        "invoices": .integer(tally.invoices), "lines": .integer(tally.lines),
        "amount": .amount(tally.amount),
      ]
    }
    return [
      "id": .string(run.id), "command": .string(run.command), "target": .string(run.target),
      "state": .string(run.state.rawValue), "started": .string(run.startedAt),
      "finished": .string(orNull: run.finishedAt), "plan": .string(run.plan.hex),
      "folder": .string(orNull: run.outputFolder),
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
