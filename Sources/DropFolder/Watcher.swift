internal import Foundation
public import Logging
public import Sync
internal import Synchronization
public import Vocabulary

/// Minds the inboxes of companies, for ever or once.
///
/// Each company has a thread of its own: one that is slow, in trouble or on a drive that does not answer
/// keeps no other from going on.
public final class Watcher: Sendable {
  private let companies: [CompanyFolder]
  private let delivery: any Delivery
  private let clock: WatchClock
  private let log: Logger
  private let health: String?
  private let isStopping = Atomic(false)
  private let latest: Mutex<[String: WatchStatus]> = Mutex([:])

  /// What a company's turn through its inbox came to.
  public struct Result: Sendable {
    /// The company's folder.
    public var folder: String
    /// What each batch has to tell: for people, and for programs.
    public var batches: [(text: String, json: JSONText)] = []
    /// Whether anything waits for somebody.
    public var hasHeld = false
    /// How many files were still arriving when it ended.
    public var arriving = 0
    /// How many complete files were not taken.
    public var ready = 0
    /// Whether those are lists that wait for invoices.
    public var waitsForInvoices = false
    /// The folders of files that were taken and are not done with: the next time goes on.
    public var unfinished: [String] = []
    /// Whether it ended because it was told to.
    public var isStopped = false
    /// What kept it from going on.
    public var failure: Failure?
  }

  /// A watcher.
  ///
  /// - Parameters:
  ///   - companies: The companies.
  ///   - delivery: What is done with a batch.
  ///   - clock: The time.
  ///   - log: Where to say what happens.
  ///   - health: A file that says every few seconds that all is well, or what is not.
  public init(
    _ companies: [CompanyFolder], _ delivery: any Delivery, clock: WatchClock, log: Logger,
    health: String? = nil
  ) {
    self.companies = companies
    self.delivery = delivery
    self.clock = clock
    self.log = log
    self.health = health
  }

  // MARK: - Once

  /// Takes what is there, and waits for what is arriving, at most as long as the settings say.
  ///
  /// The companies take turns: while one waits, the others go on. Told to stop (SIGTERM, SIGINT), it ends
  /// after the batch in hand.
  ///
  /// - Returns: What became of each company.
  public func once() -> [Result] {
    let signals = StopSignals { [self] in stop() }
    defer { signals.end() }
    let start = clock.elapsed()
    let turns = companies.map { OneTurn(watch($0), Result(folder: $0.path)) }
    writeHealth()
    while true {
      var wait: Duration?
      for turn in turns where !turn.isOver {
        let next = turn.take(after: clock.elapsed() - start, isStopping: { [self] in shallStop })
        if let next { wait = min(wait ?? next, next) }
      }
      writeHealth()
      guard let wait else { return turns.map { $0.end(isStopped: shallStop) } }
      // A signal does not end a sleep, so it is a short one.
      var left = wait.milliseconds
      while left > 0, !shallStop {
        let piece = min(left, 100)
        usleep(UInt32(piece * 1000))
        left -= piece
      }
    }
  }

  /// Writes the health file for the first time.
  ///
  /// - Throws: `Failure` with cause `cannotWrite` when it cannot be written.
  public func beginHealth() throws(Failure) {
    guard let health, !writeHealth() else { return }
    throw Failure.cannotWrite("cannot write the health file \(health)", errno)
  }

  private var shallStop: Bool { isStopping.load(ordering: .relaxed) }

  private func watch(_ company: CompanyFolder) -> CompanyWatch {
    CompanyWatch(
      company, delivery, clock: clock, log: log, notices: nil,
      isStopping: { [self] in shallStop },
      said: { [self] status in latest.withLock { $0[company.path] = status } })
  }

  /// A company whose inbox is gone through once.
  private final class OneTurn {
    private let watch: CompanyWatch
    private var result: Result
    private(set) var isOver = false

    init(_ watch: CompanyWatch, _ result: Result) {
      self.watch = watch
      self.result = result
    }

    /// Does what there is to do; returns after how long there may be more, nil when it is over.
    func take(after passed: Duration, isStopping: () -> Bool) -> Duration? {
      let wait = watch.turn()
      result.batches += watch.told.map { ($0.summary, $0.json) }
      let patience = watch.times.longestWait + watch.times.quietTime + watch.times.quietTime
      // Only what may pass by itself is waited for.
      let isStuck = watch.failure.map { $0.cause != .tryAgain } ?? false
      isOver =
        watch.isFinished || isStopping() || !watch.isTelling && (isStuck || passed > patience)
      if isOver { watch.stop() }
      return isOver ? nil : wait
    }

    /// What became of it.
    func end(isStopped: Bool) -> Result {
      result.isStopped = isStopped
      result.hasHeld = watch.hasHeld
      result.failure = watch.failure
      result.unfinished = watch.unfinished
      result.arriving = watch.status.arriving
      result.ready = watch.status.ready
      result.waitsForInvoices = watch.status.waitsForInvoices == true
      return result
    }
  }

  // MARK: - For ever

  /// Minds all inboxes until it is told to stop (SIGTERM, SIGINT); a batch in hand is finished first.
  public func run() {
    let signals = StopSignals { [self] in stop() }
    defer { signals.end() }
    let pipes = companies.map { _ in WakePipe() }
    wakers.withLock { $0 = pipes }
    if shallStop { for pipe in pipes { pipe.wake() } }
    log.info("started", metadata: ["companies": "\(companies.count)", "pid": "\(getpid())"])
    let group = DispatchGroup()
    for (company, pipe) in zip(companies, pipes) {
      group.enter()
      let thread = Thread { [self] in
        mind(company, pipe)
        group.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    writeHealth()
    while group.wait(timeout: .now() + .seconds(5)) == .timedOut { writeHealth() }
    writeHealth()
    log.info("stopped")
  }

  private let wakers: Mutex<[WakePipe]> = Mutex([])

  /// Lets the batches in hand be finished, and then ends.
  public func stop() {
    guard !isStopping.exchange(true, ordering: .relaxed) else { return }
    log.info("stopping")
    wakers.withLock { for pipe in $0 { pipe.wake() } }
  }

  private func mind(_ company: CompanyFolder, _ pipe: WakePipe) {
    let notices = FolderNotices(isWanted: true)
    let watch = CompanyWatch(
      company, delivery, clock: clock, log: log, notices: notices,
      isStopping: { [self] in shallStop },
      said: { [self] status in latest.withLock { $0[company.path] = status } })
    while !shallStop {
      let wait = watch.turn()
      if shallStop { break }
      guard pipe.wait(wait, or: notices.descriptor) else { continue }
      // While somebody writes, notices come by the thousand; one look serves for many.
      notices.drain()
      _ = pipe.wait(min(.milliseconds(200), wait), or: -1)
    }
    watch.stop()
  }

  // MARK: - Health

  @discardableResult
  private func writeHealth() -> Bool {
    guard let health else { return true }
    let statuses = latest.withLock { $0 }
    let now = clock.now()
    var isWell = true
    let companies = companies.map { company -> JSONText in
      guard let status = statuses[company.path] else {
        return ["folder": .string(company.path), "well": true, "state": "starting"]
      }
      let isEnded = status.state == .stopped && status.trouble == nil && status.hook == nil
      let well = status.isWell(at: now) || isEnded
      if !well { isWell = false }
      return [
        "folder": .string(company.path), "well": .bool(well),
        "state": .string(status.state.rawValue), "seen": .string(status.seen),
        "cause": .string(orNull: status.trouble?.cause),
        "since": .string(orNull: status.trouble?.since),
        "hook_failed": .string(orNull: status.hook?.what),
        "arriving": .integer(status.arriving), "ready": .integer(status.ready),
        "last_batch": .string(orNull: status.last?.id), "last_at": .string(orNull: status.last?.at),
        "batches": .integer(status.counts.batches), "files": .integer(status.counts.files),
        "held_files": .integer(status.counts.heldFiles),
        "delivered": .integer(status.counts.delivered), "held": .integer(status.counts.held),
      ]
    }
    let value: JSONText = [
      "format": "loadbooks-watch-health", "version": 1, "time": .string(clock.timestamp),
      "pid": .integer(Int(getpid())), "well": .bool(isWell), "companies": .array(companies),
    ]
    return SmallFile.replace(health, value.bytes)
  }
}

/// Wakes a thread that waits.
final class WakePipe: Sendable {
  private let readEnd: Int32
  private let writeEnd: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    _ = pipe(&ends)
    (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  /// Ends the wait now and all later ones.
  func wake() {
    var byte: UInt8 = 1
    _ = write(writeEnd, &byte, 1)
  }

  /// Waits until it is woken, something can be read from a descriptor, or the time is over.
  ///
  /// - Returns: Whether something can be read from the descriptor.
  func wait(_ time: Duration, or descriptor: Int32) -> Bool {
    var waiting = [
      pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0),
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
    ]
    let count = poll(&waiting, 2, Int32(clamping: max(1, time.milliseconds)))
    return count > 0 && waiting[1].revents != 0 && waiting[0].revents == 0
  }
}

/// Tells when the process is asked to end; asked a second time, it ends at once.
private final class StopSignals {
  private let sources: [any DispatchSourceSignal]

  init(_ stop: @escaping @Sendable () -> Void) {
    sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        stop()
        // Whoever insists gets what he wants; the next start goes on with what was in hand.
        signal(number, SIG_DFL)
      }
      source.resume()
      return source
    }
  }

  func end() {
    for source in sources { source.cancel() }
    for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
  }
}
