internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import QuickBooks
internal import Sync
internal import Vocabulary

/// The command `loadbooks undo`.
struct Undo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Take back exactly one run: its invoices may be sent again.",
    discussion: """
      Shows first what would happen, and asks; --yes answers before it asks. The run's files move to \
      outbox/undone/RUN, with a list of what must be removed from QuickBooks if it was imported. What went to \
      QuickBooks Online is deleted there, or made void with --void, newest first; documents that somebody has \
      changed or paid since stay and are listed.
      """)

  @Argument(help: ArgumentHelp("The run's id; see: loadbooks runs.", valueName: "run"))
  var id: String

  @Flag(
    help:
      "QuickBooks Online: make invoices void, in place of deleting them; their numbers stay used.")
  var void = false

  @Flag(help: "Do it without asking.")
  var yes = false

  @Option(help: ArgumentHelp("Why.", valueName: "text"))
  var reason = "no reason was given"

  @Option(help: ArgumentHelp("Who decided.", valueName: "name"))
  var by = ""

  @OptionGroup var options: CompanyOptions

  func run() throws {
    let here = Surroundings.current
    let company = try options.neededFolder()
    let settings = try CompanyFolder.settings(company, assignments: options.assignments)
    try company.writing("loadbooks undo") { ledger in
      let undo = try RunUndo(id, ledger, in: company)
      guard !undo.isDone else {
        if options.json { return here.print(json(undo, done: true).text) }
        return here.print(
          "run \(id) was taken back already, on \(undo.earlier?.finishedAt ?? "an earlier day"); "
            + "its files are in \(FindingText.visible(undo.destination))")
      }
      if !options.json { here.print(undo.text) }
      let isOnline = undo.run.target == "online"
      if !isOnline { try refuse(undo) }
      guard try yes || confirmed(undo) else {
        if options.json { here.print(json(undo, done: false).text) }
        throw Failure(
          .usage, "nothing was done",
          remedy: "if that is what you want, run the same command again with --yes")
      }
      let removed = isOnline ? try takeOut(undo, company, settings, ledger).removed.documents : 0
      let sent = undo.sent
      // What was taken out of QuickBooks Online is forgotten already, one by one.
      let rest = isOnline ? try RunUndo(id, ledger, in: company) : undo
      if isOnline { try refuse(rest) }
      let left = try rest.perform(
        ledger, in: company, name: settings.company ?? company.path, settings: settings,
        because: reason, by: by,
        clock: { here.timestamp })
      let tally = isOnline ? sent : left
      if options.json { return here.print(json(undo, done: true).text) }
      if isOnline {
        return here.print(
          "Done: run \(id) is taken back; \(SyncReport.counted(tally.invoices, "invoice")) "
            + "(\(tally.amount.grouped)) may be sent again"
            + (void && removed > 0
              ? ", under other numbers: those that are void keep theirs." : "."))
      }
      here.print(try undo.closing(tally, ledger))
    }
  }

  /// Takes the documents out of QuickBooks Online; what stays there ends it.
  private func takeOut(
    _ undo: RunUndo, _ company: CompanyFolder, _ settings: Settings, _ ledger: SyncLedger
  ) throws -> OnlineUndo.Report {
    let here = Surroundings.current
    let stop = PushStop()
    let interruption = Interruption(stop)
    defer { withExtendedLifetime(interruption) {} }
    let (id, mode) = (self.id, void ? OnlineUndo.Mode.void : .delete)
    let path = undo.folder + "/" + OnlineRequests.fileName
    let report = try OnlineWork.with(company, settings) { (online) async throws(Failure) in
      let pause = try online.pause(beforeUndoOf: id, ledger, now: here.timestamp)
      if pause > .seconds(1) {
        here.tell(
          "waiting \(pause.components.seconds) s: until then QuickBooks may still make documents whose answers "
            + "did not arrive")
      }
      return try await online.undo(
        run: id, file: path, ledger: ledger, mode: mode, stop: stop,
        timestamp: { here.timestamp })
    }
    if !options.json { here.print(report.text) }
    if let failure = report.failure { throw failure }
    if report.isStopped {
      throw Failure(
        .tryAgain, "run \(id) is not taken back whole yet",
        remedy: "say loadbooks undo \(id) again: it goes on where it stopped")
    }
    guard report.kept.isEmpty else {
      throw Failure(
        .notAllowed,
        "\(SyncReport.counted(report.kept.count, "document")) of run \(id) stay in QuickBooks: the first is "
          + "\(report.kept[0].document), \(report.kept[0].reason)",
        remedy:
          "put them right in QuickBooks by hand; they count as sent, the others may be sent again")
    }
    return report
  }

  private func confirmed(_ undo: RunUndo) throws -> Bool {
    guard !options.json, let answer = Surroundings.current.ask("Take this run back? [y/N] ") else {
      return false
    }
    return ["y", "yes"].contains(answer.lowercased())
  }

  private func refuse(_ undo: RunUndo) throws {
    guard !undo.obstacles.isEmpty else { return }
    if options.json { Surroundings.current.print(json(undo, done: false).text) }
    throw Failure(
      .notAllowed,
      "run \(id) cannot be taken back now: " + undo.obstacles[0].words
        + (undo.obstacles.count > 1 ? " (and \(undo.obstacles.count - 1) more, see above)" : ""),
      remedy: undo.obstacles[0].remedy)
  }

  private func json(_ undo: RunUndo, done: Bool) -> JSONText {
    [
      "run": .string(undo.run.id), "undone": .bool(done),
      "invoices": .integer(undo.sent.invoices), "lines": .integer(undo.sent.lines),
      "amount": .amount(undo.sent.amount), "folder": .string(undo.folder),
      "destination": .string(undo.destination),
      "files": .array(
        undo.files.map {
          [
            "path": .string($0.name), "state": .string($0.state.rawValue),
            "documents": .integer($0.documents),
          ]
        }),
      "by_hand": .array(
        undo.byHand.map {
          [
            "invoice": .string($0.number.text), "message": .string(RunUndo.words($0)),
            "remedy": .string(RunUndo.remedy($0)),
          ]
        }),
      "obstacles": .array(
        undo.obstacles.map { ["message": .string($0.words), "remedy": .string($0.remedy)] }),
    ]
  }
}
