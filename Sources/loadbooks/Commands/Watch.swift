internal import ArgumentParser
internal import DropFolder
internal import Foundation
internal import Logging
internal import Sync
internal import Vocabulary

/// The command `loadbooks watch`.
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Take what is dropped into the inbox: for ever, or once.",
    discussion: """
      A file is taken when it is complete: still for watch.quiet_time, and open for writing nowhere. What \
      arrives together is one batch. Each batch leaves its inputs in archive/RUN, its files and report in \
      outbox/RUN, and what has to be mended in held/RUN. Ends with exit code 0 when it is told to \
      (SIGTERM, Ctrl-C), after the batch in hand; whatever else ends it, the next start goes on.
      """)

  @Argument(
    help: ArgumentHelp(
      "Company folders; else the one that --company or the current folder says.",
      valueName: "folder"))
  var folders: [String] = []

  @Flag(help: "Take what is there, wait for what is arriving, and end: for cron.")
  var once = false

  @Flag(help: "Say what the watcher is doing, and end: exit code 4 when it needs attention.")
  var status = false

  @Option(
    help: ArgumentHelp(
      "A file that is kept up to date with the time and how it goes.", valueName: "file"))
  var health: String?

  @Option(
    help: ArgumentHelp("How log lines are laid out: logfmt or json.", valueName: "layout"),
    transform: { try word($0, LogLayout.allCases) })
  var log = LogLayout.logfmt

  @Option(
    name: .customLong("log-level"),
    help: ArgumentHelp(
      "From which level on: debug, info, notice, warning, error; else info, with --once warning.",
      valueName: "level"), transform: { try word($0, Logger.Level.allCases) })
  var level: Logger.Level?

  @OptionGroup var options: CompanyOptions

  func validate() throws {
    if once, status { throw ValidationError("--once and --status do not go together.") }
    if !folders.isEmpty, options.company != nil {
      throw ValidationError("Name the folders, or one with --company, not both.")
    }
  }

  func run() throws {
    let found = try companies()
    if status { return try StatusAnswer(options.json, found.named).give() }
    if once, found.companies.isEmpty, let first = found.problems.first { throw first }
    let delivery = BatchDelivery(assignments: options.assignments)
    let here = Surroundings.current
    if once {
      for problem in found.problems { here.tell(problem.description) }
      let watcher = watcher(found.companies, delivery)
      try watcher.beginHealth()
      let results = watcher.once()
      return try tell(results, found.problems.first)
    }
    // What is wrong with what was typed stays wrong, whatever becomes of the folders.
    try delivery.checkAssignments()
    try refuseSlips(found.named)
    var problems = found.problems
    for company in found.companies {
      do {
        try delivery.check(company)
      } catch {
        problems.append(error)
      }
    }
    for problem in problems { here.tell(problem.description) }
    // All else may be mended while it runs, as when it turns up later: the drive comes back, or the slip in the
    // mapping file is put right.
    let watcher = watcher(found.named, delivery)
    try watcher.beginHealth()
    watcher.run()
  }

  // MARK: - Which

  private struct Found {
    /// Those that are there.
    var companies: [CompanyFolder] = []
    /// All that were named, there or not.
    var named: [CompanyFolder] = []
    var problems: [Failure] = []
  }

  private func companies() throws -> Found {
    var found = Found()
    let folders = folders.isEmpty ? options.company.map { [$0] } ?? [] : folders
    guard !folders.isEmpty else {
      let company = try options.neededFolder()
      (found.companies, found.named) = ([company], [company])
      return found
    }
    var known: Set<String> = []
    for folder in folders
    where known.insert(URL(fileURLWithPath: folder).standardizedFileURL.path).inserted {
      do throws(Failure) {
        guard let company = try CompanyFolder.find(folder) else { continue }
        found.companies.append(company)
        found.named.append(company)
      } catch {
        // A drive may be mounted later.
        found.named.append(CompanyFolder(at: folder))
        found.problems.append(error)
      }
    }
    return found
  }

  /// Refuses a folder that is no company's and will not be one: it would be waited for until somebody looks.
  ///
  /// A drive that is away leaves its mount point, which is empty, or a path whose beginning is missing. Where
  /// other things are in the folder, or in the one that it should be in, its name is a slip.
  private func refuseSlips(_ folders: [CompanyFolder]) throws(Failure) {
    let files = FileManager.default
    let hasSettings = { (path: String) in
      files.fileExists(atPath: CompanyFolder(at: path).settingsPath)
    }
    for company in folders where !hasSettings(company.path) {
      let url = URL(fileURLWithPath: company.path).standardizedFileURL
      let parent = url.deletingLastPathComponent().path
      if let own = try? files.contentsOfDirectory(atPath: url.path) {
        guard !own.isEmpty || hasSettings(parent) else { continue }
        throw Failure(
          .settingsWrong, "\(company.path) is not a company folder: it has no loadbooks.yaml",
          remedy: hasSettings(parent)
            ? "name the company folder itself: \(parent)"
            : "name the folder that has it; a new one is made with: loadbooks init DIR")
      }
      guard let others = try? files.contentsOfDirectory(atPath: parent), !others.isEmpty else {
        continue
      }
      let near = Spelling.nearest(
        to: url.lastPathComponent, in: others.filter { hasSettings(parent + "/" + $0) })
      throw Failure(
        .settingsWrong, "\(company.path): there is nothing of that name in \(parent)",
        remedy: (near.map { "is it \($0)? " } ?? "")
          + "check the name; a new company folder is made with: loadbooks init \(company.path)")
    }
  }

  private func watcher(_ companies: [CompanyFolder], _ delivery: BatchDelivery) -> Watcher {
    let here = Surroundings.current
    var handler = LogLines(log, timestamp: { here.timestamp }, write: { here.tell($0) })
    handler.logLevel = level ?? (once ? .warning : .info)
    return Watcher(
      companies, delivery, clock: .system(now: { here.now }),
      log: Logger(label: "loadbooks.watch", factory: { _ in handler }), health: health)
  }

  // MARK: - Once

  private func tell(_ results: [Watcher.Result], _ problem: Failure?) throws {
    let here = Surroundings.current
    if options.json {
      here.print(JSONText.array(results.map(Watch.json)).text)
    } else {
      for result in results {
        for batch in result.batches { here.print(batch.text) }
        if result.arriving > 0 {
          let isOne = result.arriving == 1
          here.print(
            "\(FindingText.visible(result.folder)): \(SyncReport.counted(result.arriving, "file")) still arriving, "
              + "or open for writing, when it ended; the next time takes \(isOne ? "it" : "them")")
        }
        for folder in result.unfinished {
          here.tell("note: \(folder): taken and not done with; the next time goes on")
        }
        if result.ready > 0 {
          let why = result.waitsForInvoices ? ", lists that wait for their invoices" : ""
          here.tell("note: \(result.folder): \(result.ready) complete and not taken\(why)")
        }
      }
    }
    for result in results {
      if let failure = result.failure { here.tell(failure.description) }
    }
    if let failure = results.compactMap(\.failure).first ?? problem {
      throw ExitCode(failure.cause)
    }
    if results.contains(where: \.hasHeld) { throw ExitCode.held }
    if results.contains(where: { $0.arriving > 0 && !$0.isStopped }) { throw ExitCode.tryAgain }
  }

  private static func json(_ result: Watcher.Result) -> JSONText {
    [
      "folder": .string(result.folder), "batches": .array(result.batches.map(\.json)),
      "arriving": .integer(result.arriving), "ready": .integer(result.ready),
      "unfinished": .array(result.unfinished.map { .string($0) }),
      "error": .string(orNull: result.failure?.message),
      "remedy": .string(orNull: result.failure?.remedy),
    ]
  }
}

/// One of a few words.
private func word<Word: RawRepresentable<String>>(_ text: String, _ words: [Word]) throws -> Word {
  guard let word = words.first(where: { $0.rawValue == text }) else {
    // What was written, and for which flag, stands in front of it already.
    let names = words.map(\.rawValue)
    let last = names.last ?? ""
    throw ValidationError("it takes \(names.dropLast().joined(separator: ", ")) or \(last).")
  }
  return word
}
