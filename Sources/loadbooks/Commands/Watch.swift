internal import ArgumentParser
internal import DropFolder
internal import Foundation
internal import Logging
internal import Sync
internal import Vocabulary

/// The command `loadbooks watch`.
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
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
    if status { return try StatusAnswer(options.json, found.companies).give() }
    let delivery = BatchDelivery(assignments: options.assignments)
    let here = Surroundings.current
    if once {
      for problem in found.problems { here.tell(problem.description) }
      let results = watcher(found.companies, delivery).once()
      return try tell(results, found.problems.first)
    }
    var problems = found.problems
    for company in found.companies {
      do {
        _ = try delivery.settings(of: company)
        _ = try delivery.planner(of: company)
      } catch {
        problems.append(error)
      }
    }
    for problem in problems { here.tell(problem.description) }
    // What is wrong with one company keeps no other from being watched, but with all there is no use.
    if problems.count >= found.companies.count + found.problems.count, let first = problems.first {
      throw ExitCode(first.cause)
    }
    watcher(found.named, delivery).run()
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
    guard !found.companies.isEmpty || found.problems.isEmpty else { throw found.problems[0] }
    return found
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
          here.tell(
            "note: \(result.folder): \(result.arriving) still arriving; the next time takes them")
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
  }

  private static func json(_ result: Watcher.Result) -> JSONText {
    [
      "folder": .string(result.folder), "batches": .array(result.batches.map(\.json)),
      "arriving": .integer(result.arriving),
      "error": .string(orNull: result.failure?.message),
      "remedy": .string(orNull: result.failure?.remedy),
    ]
  }
}

/// One of a few words.
private func word<Word: RawRepresentable<String>>(_ text: String, _ words: [Word]) throws -> Word {
  guard let word = words.first(where: { $0.rawValue == text }) else {
    throw ValidationError(
      "It cannot be \"\(text)\"; write \(words.map(\.rawValue).joined(separator: ", ")).")
  }
  return word
}

/// What `loadbooks watch --status` says.
private struct StatusAnswer {
  private let isJSON: Bool
  private let companies: [CompanyFolder]

  init(_ isJSON: Bool, _ companies: [CompanyFolder]) {
    self.isJSON = isJSON
    self.companies = companies
  }

  func give() throws {
    let here = Surroundings.current
    let statuses = companies.map { ($0, WatchStatus.read($0)) }
    if isJSON {
      here.print(JSONText.array(statuses.map { json($0, $1, here.now) }).text)
    } else {
      for (company, status) in statuses { here.print(text(company, status, here.now)) }
    }
    guard statuses.allSatisfy({ $1?.isWell(at: here.now) ?? false }) else {
      throw ExitCode.notClean
    }
  }

  private func text(_ company: CompanyFolder, _ status: WatchStatus?, _ now: Date) -> String {
    guard let status else { return "\(company.path): no watcher was ever started here\n" }
    var lines = ["\(company.path): \(words(status, now))"]
    lines.append(
      "  process    \(status.pid) on \(status.host), since \(status.started), seen \(status.seen)")
    if status.arriving + status.ready > 0 {
      lines.append("  inbox      \(status.arriving) arriving, \(status.ready) complete")
    }
    for (name, why) in status.passedOver.sorted(by: { $0.key < $1.key }) {
      lines.append("  not taken  \(name): \(why)")
    }
    if let trouble = status.trouble, status.state != .stopped {
      lines.append("  trouble    since \(trouble.since): \(trouble.message)")
      lines.append("  remedy     \(trouble.remedy)")
    }
    if let last = status.last {
      lines.append("  last       \(last.id), \(last.outcome), \(last.at)")
      lines.append("             \(last.headline)")
    }
    let counts = status.counts
    let parts = [
      count(counts.batches, "batch", "batches"), count(counts.files, "file", "files"),
      count(counts.heldFiles, "file", "files") + " held",
      count(counts.delivered, "invoice", "invoices") + " delivered",
      count(counts.held, "invoice", "invoices") + " held",
    ]
    lines.append("  so far     " + parts.joined(separator: ", "))
    return lines.map(FindingText.visible).joined(separator: "\n") + "\n"
  }

  private func count(_ number: Int, _ one: String, _ many: String) -> String {
    "\(number) \(number == 1 ? one : many)"
  }

  private func words(_ status: WatchStatus, _ now: Date) -> String {
    switch status.life(at: now) {
    case .dead: return "its process has ended without a word; start it again"
    case .stopped: return "stopped"
    case .late: return "it has not said a word since \(status.seen)"
    case .running: break
    }
    switch status.state {
    case .idle: return "waiting for files" + (status.usesNotices ? "" : ", by looking for them")
    case .arriving:
      return status.waitsForInvoices == true
        ? "lists are there, and wait for invoices" : "files are arriving"
    case .working: return "working on batch \(status.batch ?? "")"
    case .waiting: return "waiting until the company folder is free"
    case .trouble: return "something has to be mended"
    case .unreachable: return "the folder cannot be reached"
    case .stopped: return "stopped"
    }
  }

  private func json(_ company: CompanyFolder, _ status: WatchStatus?, _ now: Date) -> JSONText {
    guard let status else {
      return ["folder": .string(company.path), "life": "never", "well": false]
    }
    return [
      "folder": .string(company.path), "life": .string(status.life(at: now).rawValue),
      "well": .bool(status.isWell(at: now)), "state": .string(status.state.rawValue),
      "pid": .integer(Int(status.pid)), "host": .string(status.host),
      "started": .string(status.started), "seen": .string(status.seen),
      "batch": .string(orNull: status.batch), "arriving": .integer(status.arriving),
      "ready": .integer(status.ready),
      "not_taken": .array(
        status.passedOver.sorted { $0.key < $1.key }.map {
          ["name": .string($0.key), "why": .string($0.value)]
        }),
      "trouble": status.trouble.map {
        [
          "cause": .string($0.cause), "message": .string($0.message),
          "remedy": .string($0.remedy), "since": .string($0.since),
        ]
      } ?? .null,
      "last": status.last.map {
        [
          "batch": .string($0.id), "outcome": .string($0.outcome), "at": .string($0.at),
          "headline": .string($0.headline),
        ]
      } ?? .null,
      "batches": .integer(status.counts.batches), "files": .integer(status.counts.files),
      "held_files": .integer(status.counts.heldFiles),
      "delivered": .integer(status.counts.delivered), "held": .integer(status.counts.held),
    ]
  }
}
