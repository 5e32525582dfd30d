internal import Foundation
internal import Ledger
internal import Logging
internal import Sync
internal import Vocabulary

/// Minds the inbox of one company, one turn after the other; it waits for nothing itself.
///
/// A turn looks at the inbox and, when a group of files is complete or a batch was left behind, works
/// under the company's lock. Between turns it holds nothing: no lock, no ledger, no open file of the
/// company folder, which can therefore be unmounted, and in which other commands can work.
final class CompanyWatch {
  let company: CompanyFolder
  private(set) var status: WatchStatus
  /// The failure that keeps it from going on.
  private(set) var failure: Failure?
  /// The batches that were told since the start of the turn.
  private(set) var told: [BatchText] = []
  /// Whether any of all batches told has something held.
  private(set) var hasHeld = false

  private let delivery: any Delivery
  private let clock: WatchClock
  private let log: Logger
  private let notices: FolderNotices?
  private let said: @Sendable (WatchStatus) -> Void
  /// Whether the last turn worked on a batch.
  private var hasWorked = false
  private let isStopping: @Sendable () -> Bool
  /// Says how far the sending of a batch is, and tells trouble outside from trouble here.
  private lazy var sending = Sending { [unowned self] done, total in
    status.sending = total == 0 ? nil : WatchStatus.Progress(done: done, total: total)
    save(clock.elapsed())
  }
  private var settings = Settings.defaults
  private var arrivals = Arrivals()
  private var mentioned: Set<String> = []
  /// Batches that were told, and whose journals could not be removed yet.
  private var toldKeys: Set<String> = []
  /// Batches that were begun or gone on with, and are not told yet: that is said once.
  private var resumedKeys: Set<String> = []
  /// The lock for telling, while a hook runs.
  private var tellingLock: TellingLock?
  /// The hook that tells of a batch.
  private var telling: (hook: RunningHook, batch: Batch, program: String)?
  /// Whether another process tells of what is done.
  private var isToldElsewhere = false
  /// The complete files that were looked into last, and whether they are lists alone.
  private var lookedInto: (files: [ReadyFile], areLists: Bool)?
  private var failures = 0
  /// Whether the last trouble was that QuickBooks Online cannot be used.
  private var wentOffline = false
  private var nextTry = Duration.zero
  private var saved: (status: WatchStatus, at: Duration)?

  /// Somebody who minds an inbox.
  ///
  /// - Parameters:
  ///   - company: The company.
  ///   - delivery: What is done with a batch.
  ///   - clock: The time.
  ///   - log: Where to say what happens.
  ///   - notices: What the operating system tells; nil to only look.
  ///   - isStopping: Whether no new batch shall be begun.
  ///   - said: Takes the status whenever it says something new, also while a batch is in work.
  init(
    _ company: CompanyFolder, _ delivery: any Delivery, clock: WatchClock, log: Logger,
    notices: FolderNotices?, isStopping: @escaping @Sendable () -> Bool,
    said: @escaping @Sendable (WatchStatus) -> Void = { _ in }
  ) {
    self.company = company
    self.delivery = delivery
    self.clock = clock
    var log = log
    log[metadataKey: "company"] = "\(company.path)"
    self.log = log
    self.notices = notices
    self.isStopping = isStopping
    self.said = said
    let now = clock.timestamp
    status = WatchStatus(
      pid: getpid(), host: Computer.name, started: now, seen: now, lateAfter: 120)
    // Nobody has been told since, whoever was to tell it.
    status.hook = WatchStatus.read(company)?.hook
  }

  private var folders: BatchFolders { BatchFolders(company: company) }
  private var store: BatchStore { BatchStore(folders: folders) }

  /// The times that count.
  var times: Settings.Watch { settings.watch }

  /// Whether nothing is left to do or to wait for.
  ///
  /// A turn that worked does not say so: there may be more than one batch takes.
  var isFinished: Bool {
    failure == nil && !hasWorked && status.arriving == 0 && status.ready == 0 && !isTelling
      && (store.isEmpty || isToldElsewhere)
  }

  /// The folders of files that were taken and are not done with: the next turn, or the next process, goes on.
  var unfinished: [String] {
    let batches = (try? store.load()) ?? []
    return batches.filter { $0.stage != .done }.map { folders.archive($0.id) }
  }

  /// Whether a hook runs.
  var isTelling: Bool { telling != nil }

  /// Looks, and does what there is to do.
  ///
  /// - Returns: After how long to look again at the latest.
  func turn() -> Duration {
    told = []
    hasWorked = false
    let now = clock.elapsed()
    if isTelling {
      goOnTelling(atMost: .zero)
      guard !isTelling else {
        save(now)
        return .milliseconds(200)
      }
    }
    guard access(company.settingsPath, F_OK) == 0 else {
      lose("its loadbooks.yaml is not there")
      save(now)
      return settings.watch.lookEvery
    }
    let view: InboxView
    let planner = KeptPlanner(company, delivery)
    do throws(Failure) {
      settings = try delivery.settings(of: company)
      if settings.watch.hook == nil { status.hook = nil }
      try makeInbox()
      view = try look(now, planner)
    } catch {
      if error.cause == .cannotWrite { lose(error.message) } else { note(error) }
      save(now)
      return settings.watch.lookEvery
    }
    if status.state == .unreachable {
      log.notice("folder-back")
      failure = nil
      status.trouble = nil
    }
    var wait = min(settings.watch.lookEvery, view.lookAgain ?? settings.watch.lookEvery)
    if view.isClosed || !store.isEmpty {
      if now < nextTry {
        wait = min(wait, nextTry - now)
      } else {
        work(view, planner)
        hasWorked = !isToldElsewhere
        let soon = Duration.milliseconds(isToldElsewhere ? 500 : 20)
        wait = failure == nil ? soon : min(wait, nextTry - clock.elapsed())
      }
    } else if failure != nil {
      recover()
    }
    if failure == nil, !isTelling {
      let isComing = view.arriving > 0 || !view.isClosed && !view.ready.isEmpty
      status.state = isComing ? .arriving : .idle
      if view.isClosed { status.ready = 0 }
    }
    save(clock.elapsed())
    return max(wait, .milliseconds(20))
  }

  /// Says that it has ended in good order; a hook that runs is waited for.
  ///
  /// While a batch was in work, files may have come, or one of its own was put back: they are counted anew.
  func stop() {
    if hasWorked { _ = try? look(clock.elapsed(), KeptPlanner(company, delivery)) }
    goOnTelling(atMost: nil)
    status.state = .stopped
    saved = nil
    save(clock.elapsed())
  }

  /// Makes the inbox of a company that has none, as when its folder was restored without empty folders.
  private func makeInbox() throws(Failure) {
    guard SeenFile(folders.inbox) == nil, access(folders.inbox, F_OK) != 0, errno == ENOENT else {
      return
    }
    // No more than this one folder: the drive may be leaving at this very moment.
    guard mkdir(folders.inbox, 0o755) == 0 || errno == EEXIST else {
      throw Failure.cannotWrite("cannot make folder \(folders.inbox)", errno)
    }
    log.notice("inbox-made", metadata: ["folder": "\(folders.inbox)"])
  }

  private func look(_ now: Duration, _ planner: KeptPlanner) throws(Failure) -> InboxView {
    var open: Set<String> = []
    if let notices, settings.watch.notice == .auto {
      // Another folder has taken the place of the one that was seen.
      if notices.follow(folders.inbox) { log.debug("folder-followed") }
      notices.drain()
      open = notices.open
    }
    var view = try arrivals.look(at: folders.inbox, settings.watch, open: open, now: now)
    waitForInvoices(&view, planner)
    status.usesNotices = notices?.isWorking ?? false && settings.watch.notice == .auto
    status.arriving = view.arriving
    status.ready = view.ready.count
    status.passedOver = view.passedOver
    for (name, why) in view.passedOver.sorted(by: { $0.key < $1.key })
    where !mentioned.contains(name) {
      log.warning("not-taken", metadata: ["file": "\(folders.inbox)/\(name)", "why": "\(why)"])
    }
    mentioned = Set(view.passedOver.keys)
    return view
  }

  /// Keeps lists that came alone waiting: who exports by hand has the customers first, and the invoices a
  /// minute later.
  private func waitForInvoices(_ view: inout InboxView, _ planner: KeptPlanner) {
    status.waitsForInvoices = nil
    guard view.isClosed, view.readyFor < settings.watch.longestWait,
      areLists(view.ready, planner)
    else { return }
    view.isClosed = false
    view.lookAgain = settings.watch.longestWait - view.readyFor
    status.waitsForInvoices = true
  }

  /// Whether complete files are lists without invoices; they are looked into once.
  private func areLists(_ files: [ReadyFile], _ planner: KeptPlanner) -> Bool {
    if let lookedInto, lookedInto.files == files { return lookedInto.areLists }
    // Wrong settings are told where the files are taken.
    guard let planner = try? planner.current() else { return false }
    let areLists = planner.areLists(files.map { folders.inbox + "/" + $0.name })
    lookedInto = (files, areLists)
    if areLists { log.info("lists-wait", metadata: ["files": "\(files.count)"]) }
    return areLists
  }

  // MARK: - Working

  private func work(_ view: InboxView, _ planner: KeptPlanner) {
    var problem: Failure?
    do throws(Failure) {
      let isLeft = try store.load().contains { $0.stage != .done }
      if view.isClosed || isLeft {
        // A slip in a mapping file is told while the files are still in the inbox.
        _ = try planner.current()
        try writing(view, planner)
      }
    } catch {
      problem = error
    }
    do throws(Failure) {
      try tellDone()
    } catch {
      problem = problem ?? error
    }
    if !isTelling { status.batch = nil }
    if let problem { note(problem) } else { recover() }
  }

  /// Finishes what was left behind, and then the group that is complete, under the company's lock.
  private func writing(_ view: InboxView, _ planner: KeptPlanner) throws(Failure) {
    try company.writing(
      "loadbooks watch", clock: { clock.timestamp },
      tell: { log.notice("run-settled", metadata: ["what": "\($0)"]) }
    ) { (ledger, lock) throws(Failure) in
      store.clear()
      let work = BatchWork(
        company: company, ledger: ledger, lock: lock, delivery: delivery, planner: planner,
        clock: clock, isStopping: isStopping, sending: sending)
      let left = try store.load().filter { $0.stage != .done }
      sending.begin()
      try delivery.prepare(
        company, with: ledger, besides: Set(left.map(\.id)), isStopping: isStopping)
      sending.end()
      var isResumed = false
      for batch in left {
        if resumedKeys.insert(batch.key).inserted {
          log.notice(
            "batch-resumed", metadata: ["batch": "\(batch.id)", "stage": "\(batch.stage)"])
        }
        try finish(batch, work)
        isResumed = true
      }
      // The inbox was looked at before that; the next turn takes what it has now.
      guard view.isClosed, !isResumed, !isStopping() else { return }
      let batch = try work.begin(view.ready)
      resumedKeys.insert(batch.key)
      // They are the batch's now, whatever becomes of it.
      status.ready = 0
      log.info("batch-begun", metadata: ["batch": "\(batch.id)", "files": "\(batch.files.count)"])
      try finish(batch, work)
    }
  }

  private func finish(_ batch: Batch, _ work: BatchWork) throws(Failure) {
    status.state = .working
    status.batch = batch.id
    save(clock.elapsed())
    defer { status.sending = nil }
    var batch = batch
    try work.finish(&batch)
  }

  // MARK: - Telling

  /// Tells of the batches that are done, unless another process does.
  private func tellDone() throws(Failure) {
    isToldElsewhere = false
    guard try store.load().contains(where: { $0.stage == .done }) else { return }
    guard let lock = TellingLock.take(company) else {
      isToldElsewhere = true
      return
    }
    defer { if !isTelling { lock.release() } }
    // Looked at again: it may have been told meanwhile.
    for batch in try store.load() where batch.stage == .done {
      // Told once, however often its journal cannot be removed.
      resumedKeys.remove(batch.key)
      if toldKeys.insert(batch.key).inserted { tell(batch) }
      if isTelling {
        tellingLock = lock
        return
      }
      try store.remove(batch)
      toldKeys.remove(batch.key)
    }
  }

  /// Looks after the hook that runs.
  private func goOnTelling(atMost patience: Duration?) {
    guard let telling, let ending = telling.hook.wait(atMost: patience) else { return }
    note(ending, telling.batch, telling.program)
    self.telling = nil
    status.batch = nil
    do throws(Failure) {
      try store.remove(telling.batch)
      toldKeys.remove(telling.batch.key)
    } catch {
      // Removed at the next turn; it is not told again.
      log.debug("journal-left", metadata: ["batch": "\(telling.batch.id)"])
    }
    tellingLock?.release()
    tellingLock = nil
  }

  private func tell(_ batch: Batch) {
    guard batch.outcome != .gone || !batch.returned.isEmpty else { return }
    let run = batch.run
    for file in batch.held {
      log.warning(
        "file-held",
        metadata: [
          "batch": "\(batch.id)", "cause": "\(file.cause)",
          "file": "\(folders.held(batch.id))/\(file.name)",
        ])
    }
    for file in batch.repeated {
      log.notice(
        "same-bytes",
        metadata: [
          "batch": "\(batch.id)", "file": "\(folders.archive(batch.id))/\(file.name)",
          "as": "\(file.run ?? file.file ?? "")", "held": "\(file.held?.invoices ?? 0)",
        ])
    }
    for name in batch.returned {
      log.warning("file-changed", metadata: ["batch": "\(batch.id)", "file": "\(name)"])
    }
    log.info(
      "batch-done",
      metadata: [
        "batch": "\(batch.id)", "outcome": "\(batch.outcome)", "files": "\(batch.files.count)",
        "read": "\(run?.read.invoices ?? 0)", "delivered": "\(run?.delivered.invoices ?? 0)",
        "already_synced": "\(run?.alreadySynced.invoices ?? 0)",
        "suppressed": "\(run?.suppressed.invoices ?? 0)", "held": "\(run?.held.invoices ?? 0)",
        "refused": "\(run?.refused?.invoices ?? 0)",
        "outbox": "\(run == nil ? "" : folders.outbox(batch.id))",
      ])
    let text = BatchText(batch, company: company, name: settings.company ?? company.path)
    told.append(text)
    if batch.hasHeld { hasHeld = true }
    status.last = WatchStatus.Last(
      id: batch.id, outcome: batch.outcome.rawValue, at: clock.timestamp, headline: text.headline)
    status.counts.batches += 1
    status.counts.files += batch.files.count
    status.counts.heldFiles += batch.held.count
    status.counts.delivered += run?.delivered.invoices ?? 0
    status.counts.held += (run?.held.invoices ?? 0) + (run?.refused?.invoices ?? 0)
    // Files that went back into the inbox come again, and are told then.
    if batch.outcome != .gone { startHook(batch) }
  }

  private func startHook(_ batch: Batch) {
    guard let program = settings.watch.hook else { return }
    let hook = Hook(
      program: program, limit: settings.watch.hookLimit,
      output: company.path + "/.loadbooks/watch-hook.txt")
    let environment = Hook.environment(
      batch, company, name: settings.company ?? company.path)
    switch hook.begin(environment) {
    case .ended(let ending): note(ending, batch, program[0])
    case .running(let running):
      // Most are quick; what takes longer must not keep other companies waiting.
      if let ending = running.wait(atMost: .seconds(1)) {
        note(ending, batch, program[0])
      } else {
        telling = (running, batch, program[0])
        status.state = .working
        status.batch = batch.id
      }
    }
  }

  /// Says how a hook went, in the log and in the status.
  private func note(_ ending: Hook.Ending, _ batch: Batch, _ program: String) {
    let metadata: Logger.Metadata = ["batch": "\(batch.id)", "program": "\(program)"]
    var what: String
    switch ending {
    case .exited(0):
      log.info("hook-ended", metadata: metadata)
      status.hook = nil
      return
    case .exited(let code):
      log.warning("hook-failed", metadata: metadata.merging(["exit": "\(code)"]) { $1 })
      what = "it ended with exit code \(code)"
    case .killed(let signal):
      log.warning("hook-failed", metadata: metadata.merging(["signal": "\(signal)"]) { $1 })
      what = "signal \(signal) ended it"
    case .timedOut:
      log.warning("hook-too-long", metadata: metadata)
      what = "it took longer than watch.hook_limit"
    case .notStarted(let code):
      let why = String(cString: strerror(code))
      log.warning("hook-not-started", metadata: metadata.merging(["why": "\(why)"]) { $1 })
      what = "\(program) could not be started: \(why)"
    }
    status.hook = WatchStatus.HookTrouble(batch: batch.id, what: what, at: clock.timestamp)
  }

  // MARK: - Trouble

  private func lose(_ why: String) {
    if status.state != .unreachable { log.error("folder-unreachable", metadata: ["why": "\(why)"]) }
    let failure = Failure(
      .inputMissing, "\(company.path) cannot be watched: \(why)",
      remedy: "make the folder reachable again; it is looked for all the time")
    trouble(failure, .unreachable)
    arrivals.forget()
  }

  private func note(_ problem: Failure) {
    // What QuickBooks Online does not do now it may do later; what it does not allow, somebody must change.
    let mayPass = problem.cause == .tryAgain || problem.cause == .quickBooksUnavailable
    let isOffline = sending.isOpen && mayPass
    let state: WatchStatus.State =
      isOffline ? .offline : problem.cause == .tryAgain ? .waiting : .trouble
    if isOffline, isStopping() {
      // Not that anything is wrong: what has left was waited for, and the next start sends the others.
      log.notice("batch-left", metadata: ["batch": "\(status.batch ?? "")"])
    } else {
      noteOnce(problem, state)
    }
    sending.end()
    failures += 1
    // Quickly at first, since most locks are held for a moment only.
    let most = isOffline ? 120.0 : state == .waiting ? 15.0 : 60.0
    let seconds = min(most, (isOffline ? 1 : 0.25) * Double(1 << min(failures, 10)))
    nextTry = clock.elapsed() + .milliseconds(Int64(seconds * 1000))
    trouble(problem, state)
  }

  /// Logs what is wrong the first time; QuickBooks has other words for the same thing each time.
  private func noteOnce(_ problem: Failure, _ state: WatchStatus.State) {
    let isKnown = state == .offline ? wentOffline : failure?.message == problem.message
    wentOffline = state == .offline
    guard !isKnown else { return }
    var metadata: Logger.Metadata = ["cause": "\(problem.cause)"]
    if let place = problem.location { metadata["at"] = "\(place.file):\(place.line)" }
    switch state {
    case .offline: log.warning("offline", metadata: metadata)
    case .waiting: log.notice("waiting", metadata: metadata)
    default: log.error("trouble", metadata: metadata)
    }
  }

  private func trouble(_ problem: Failure, _ state: WatchStatus.State) {
    let since = failure?.cause == problem.cause ? status.trouble?.since : nil
    failure = problem
    status.state = state
    status.trouble = WatchStatus.Trouble(
      cause: problem.cause.rawValue, message: problem.message, remedy: problem.remedy,
      since: since ?? clock.timestamp, place: problem.location?.description)
  }

  private func recover() {
    if wentOffline {
      log.notice("online")
    } else if failure != nil, status.state != .waiting {
      log.notice("trouble-over")
    }
    wentOffline = false
    failure = nil
    failures = 0
    nextTry = .zero
    status.trouble = nil
  }

  /// Writes the status when it says something new, and now and then to show that somebody is there.
  private func save(_ now: Duration) {
    status.lateAfter = max(120, Int(settings.watch.lookEvery.milliseconds / 1000) * 3)
    if let saved {
      var old = saved.status
      old.seen = status.seen
      guard old != status || now - saved.at >= .seconds(30) else { return }
    }
    status.seen = clock.timestamp
    saved = (status, now)
    said(status)
    // In a folder that is not there nothing may be made: something else may be mounted there later.
    guard access(company.settingsPath, F_OK) == 0,
      mkdir(company.path + "/.loadbooks", 0o700) == 0 || errno == EEXIST
    else { return }
    status.save(in: company)
  }
}
