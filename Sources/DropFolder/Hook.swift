internal import Foundation
internal import Sync
internal import Vocabulary

/// Starts the program that the settings name after a batch.
///
/// Nothing goes through a shell: the program and its arguments are as they stand in the settings, and
/// what there is to tell is in the environment. It gets nothing else of ours but what programs need to
/// run at all, and it is ended with everything it started when its time is over.
struct Hook {
  /// How it went.
  enum Ending: Hashable, Sendable {
    /// It ended by itself.
    case exited(Int32)
    /// A signal ended it.
    case killed(Int32)
    /// Its time was over.
    case timedOut
    /// It could not be started.
    case notStarted(Int32)
  }

  let program: [String]
  let limit: Duration
  /// Where what it prints goes.
  let output: String

  /// What a batch tells, by the names of the environment.
  static func environment(
    _ batch: Batch, _ company: CompanyFolder, name: String
  ) -> [String: String] {
    let folders = BatchFolders(company: company)
    let path = { (folder: String) in
      URL(fileURLWithPath: folder).standardizedFileURL.path
    }
    let run = batch.run ?? Batch.Run(target: "")
    let hasRun = batch.run != nil
    let places = [folders.outbox(batch.id), folders.archive(batch.id), folders.held(batch.id)]
    let (text, json) = (batch.ownName("summary.txt"), batch.ownName("summary.json"))
    let summary = places.first { SeenFile($0 + "/" + text) != nil }
    return [
      "LOADBOOKS_OUTCOME": batch.outcome.rawValue, "LOADBOOKS_BATCH": batch.id,
      "LOADBOOKS_RUN": hasRun ? batch.id : "", "LOADBOOKS_TARGET": run.target,
      "LOADBOOKS_COMPANY": name, "LOADBOOKS_FOLDER": path(company.path),
      "LOADBOOKS_HEADLINE": BatchText(batch, company: company, name: name).headline,
      "LOADBOOKS_SUMMARY": summary.map { path($0 + "/" + text) } ?? "",
      "LOADBOOKS_SUMMARY_JSON": summary.map { path($0 + "/" + json) } ?? "",
      "LOADBOOKS_REPORT": hasRun ? path(folders.outbox(batch.id) + "/sync-report.html") : "",
      "LOADBOOKS_OUTBOX": hasRun ? path(folders.outbox(batch.id)) : "",
      "LOADBOOKS_FILES": String(batch.files.count),
      "LOADBOOKS_FILES_HELD": String(batch.held.count),
      "LOADBOOKS_FILES_KNOWN": String(batch.repeated.count),
      "LOADBOOKS_DELIVERED": String(run.delivered.invoices),
      "LOADBOOKS_DELIVERED_AMOUNT": run.delivered.money.description,
      "LOADBOOKS_HELD": String(run.held.invoices),
      "LOADBOOKS_HELD_AMOUNT": run.held.money.description,
      "LOADBOOKS_REFUSED": String(run.refused?.invoices ?? 0),
      "LOADBOOKS_REFUSED_AMOUNT": (run.refused ?? Batch.Tally()).money.description,
      "LOADBOOKS_STILL_HELD": String(batch.stillHeld.invoices),
      "LOADBOOKS_STILL_HELD_AMOUNT": batch.stillHeld.money.description,
    ]
  }

  /// Starts it and waits until it has ended, at the longest for the limit.
  func start(_ environment: [String: String]) -> Ending {
    switch begin(environment) {
    case .ended(let ending): return ending
    case .running(let running): return running.wait(atMost: nil) ?? .timedOut
    }
  }

  /// What comes of starting it.
  enum Beginning {
    case ended(Ending)
    case running(RunningHook)
  }

  /// Starts it, and waits for nothing.
  func begin(_ environment: [String: String]) -> Beginning {
    var everything = environment
    for name in ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"] {
      everything[name] = ProcessInfo.processInfo.environment[name]
    }
    var pid = pid_t()
    let code = spawn(&pid, everything.map { "\($0.key)=\($0.value)" }.sorted())
    guard code == 0 else { return .ended(.notStarted(code)) }
    return .running(RunningHook(pid, limit: limit))
  }

  private func spawn(_ pid: inout pid_t, _ environment: [String]) -> Int32 {
    #if os(Linux)
      var attributes = posix_spawnattr_t()
      var actions = posix_spawn_file_actions_t()
    #else
      var attributes: posix_spawnattr_t?
      var actions: posix_spawn_file_actions_t?
    #endif
    posix_spawnattr_init(&attributes)
    posix_spawn_file_actions_init(&actions)
    defer {
      posix_spawnattr_destroy(&attributes)
      posix_spawn_file_actions_destroy(&actions)
    }
    // A group of its own, to be ended as a whole, and no signal ignored because we ignore it.
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var arguments: [UnsafeMutablePointer<CChar>?] = program.map { strdup($0) }
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) }
    defer { for pointer in arguments + variables { free(pointer) } }
    arguments.append(nil)
    variables.append(nil)
    return posix_spawn(&pid, program[0], &actions, &attributes, arguments, variables)
  }
}

/// A hook that was started, and everything it has started.
final class RunningHook {
  private let pid: pid_t
  private let limit: Duration
  private let start = ContinuousClock.now
  private var isOver = false

  init(_ pid: pid_t, limit: Duration) {
    self.pid = pid
    self.limit = limit
  }

  /// Waits until it has ended, and ends it when its time is over.
  ///
  /// - Parameter patience: How long to wait; nil for as long as it takes.
  /// - Returns: How it went; nil when it goes on.
  func wait(atMost patience: Duration?) -> Hook.Ending? {
    let begin = ContinuousClock.now
    var pause: UInt32 = 1000
    while true {
      var status: Int32 = 0
      let ended = waitpid(pid, &status, WNOHANG)
      if ended == pid {
        // What it left running in its group goes with it.
        kill(-pid, SIGKILL)
        if isOver { return .timedOut }
        return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(status & 0x7F)
      }
      if ended < 0, errno != EINTR { return .notStarted(errno) }
      let passed = ContinuousClock.now - start
      if passed > limit + .seconds(5) {
        kill(-pid, SIGKILL)
      } else if passed > limit, !isOver {
        isOver = true
        kill(-pid, SIGTERM)
      }
      if let patience, ContinuousClock.now - begin >= patience { return nil }
      usleep(pause)
      pause = min(pause * 2, 50_000)
    }
  }
}
