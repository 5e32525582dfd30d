import Foundation
import Ledger
import Logging
import Sync
import Synchronization
import TestSupport
import Vocabulary

@testable import DropFolder

/// A clock that runs only when it is told to.
final class ManualClock: Sendable {
  private let elapsed = Mutex(Duration.zero)

  func advance(_ time: Duration) { elapsed.withLock { $0 += time } }

  var clock: WatchClock {
    WatchClock(
      now: { [self] in
        let passed = elapsed.withLock { $0 }
        return Date(timeIntervalSince1970: 1_795_435_200 + Double(passed.milliseconds) / 1000)
      }, elapsed: { [self] in elapsed.withLock { $0 } })
  }
}

/// Plans and converts as the command line does, with something that may go wrong in between.
struct TestDelivery: Delivery {
  enum Point: Hashable { case read, prepare, plan, beforeRun, afterRun, send }

  let clock: WatchClock
  /// What happens at a point; it may throw.
  let at: @Sendable (Point) throws(Failure) -> Void
  /// Sends a run; it may throw.
  let sends: @Sendable (RunRecord, SyncLedger) throws(Failure) -> Void

  init(
    clock: WatchClock, at: @escaping @Sendable (Point) throws(Failure) -> Void = { _ in },
    sends: @escaping @Sendable (RunRecord, SyncLedger) throws(Failure) -> Void = { _, _ in }
  ) {
    self.clock = clock
    self.at = at
    self.sends = sends
  }

  func settings(of company: CompanyFolder) throws(Failure) -> Settings {
    try CompanyFolder.settings(company, assignments: [])
  }

  func planner(of company: CompanyFolder) throws(Failure) -> any BatchPlanner {
    try at(.read)
    return TestPlanner(
      context: PlanContext(
        settings: try settings(of: company),
        mapping: try MappingFile.load(path: company.mappingPath),
        suppression: try SuppressionList.load(path: company.suppressionPath),
        ledger: .none, selection: .all,
        today: CalendarDate(iso: "2026-11-23") ?? CalendarDate(daysSince1970: 0)), at: at)
  }

  func prepare(
    _ company: CompanyFolder, with ledger: SyncLedger, besides own: Set<String>,
    isStopping: @escaping @Sendable () -> Bool
  ) throws(Failure) {
    try at(.prepare)
  }

  func send(
    _ run: RunRecord, of company: CompanyFolder, with ledger: SyncLedger,
    isStopping: @escaping @Sendable () -> Bool,
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
  ) throws(Failure) {
    progress(0, run.totals.delivered.invoices)
    try at(.send)
    try sends(run, ledger)
  }

  func carryOut(
    _ plan: SyncPlan, run: String, of company: CompanyFolder, with ledger: SyncLedger
  ) throws(Failure) {
    try at(.beforeRun)
    let report = SyncReport.Run(
      id: run, command: "watch", target: "iif", company: "Test", started: "2026-11-23T12:00:00Z",
      finished: nil, plan: plan.fingerprint)
    _ = try Conversion.convert(
      plan, run: report, output: company.outboxPath + "/" + run, ledger: ledger,
      clock: { "2026-11-23T12:00:00Z" })
    try at(.afterRun)
  }
}

/// Plans by what was read once.
private struct TestPlanner: BatchPlanner {
  let context: PlanContext
  let at: @Sendable (TestDelivery.Point) throws(Failure) -> Void

  func plan(
    _ files: [String], _ memory: LedgerSnapshot, _ ledger: SyncLedger
  ) throws(Failure) -> SyncPlan {
    try at(.plan)
    var context = context
    context.ledger = memory
    let inputs = try ExportInputs(arguments: files, spoolFolder: NSTemporaryDirectory())
    return try Planner.plan(inputs, context)
  }

  func contents(of file: String) throws(Failure) -> ExportContents {
    try context.contents(of: file)
  }
}

/// A company folder with an inbox, a clock, and somebody who minds it.
final class Sandbox {
  let folder: TemporaryFolder
  let company: CompanyFolder
  let time = ManualClock()
  private(set) var watch: CompanyWatch
  let lines = Lines()
  private let notices: FolderNotices?

  /// Log lines.
  final class Lines: Sendable {
    private let text = Mutex("")
    func append(_ line: String) { text.withLock { $0 += line } }
    var all: String { text.withLock { $0 } }
    /// The events, in order.
    var events: [String] { all.matches(of: /event=([a-z-]+)/).map { String($0.output.1) } }
  }

  init(
    withNotices: Bool = false,
    at: @escaping @Sendable (TestDelivery.Point) throws(Failure) -> Void = { _ in },
    sends: @escaping @Sendable (RunRecord, SyncLedger) throws(Failure) -> Void = { _, _ in }
  ) throws {
    folder = try TemporaryFolder()
    company = try CompanyFolder.create(folder.path("acme"), company: "Test Carriers")
    notices = withNotices ? FolderNotices(isWanted: true) : nil
    let delivery = TestDelivery(clock: time.clock, at: at, sends: sends)
    watch = Sandbox.watch(company, time, lines, notices, delivery)
  }

  private static func watch(
    _ company: CompanyFolder, _ time: ManualClock, _ lines: Lines, _ notices: FolderNotices?,
    _ delivery: TestDelivery
  ) -> CompanyWatch {
    let handler = LogLines(.logfmt, timestamp: { "now" }, write: { lines.append($0) })
    return CompanyWatch(
      company, delivery, clock: time.clock,
      log: Logger(label: "test", factory: { _ in handler }), notices: notices,
      isStopping: { false })
  }

  /// Another process takes over, as after a kill.
  func restart(
    at: @escaping @Sendable (TestDelivery.Point) throws(Failure) -> Void = { _ in }
  ) {
    watch = Sandbox.watch(company, time, lines, notices, TestDelivery(clock: time.clock, at: at))
  }

  /// Rows of an export: each number is an invoice with one line.
  static func export(_ numbers: [Int], amount: String = "100.00", category: String = "Line Haul")
    -> String
  {
    "invoice_number,customer_name,invoice_date,category,amount\n"
      + numbers.map { "\($0),Secret Customer \($0 % 7),2026-11-02,\(category),\(amount)\n" }
      .joined()
  }

  /// Puts a file into the inbox at once, as a move does.
  func drop(_ text: String, as name: String) throws {
    try folder.write(text, to: "elsewhere")
    try FileManager.default.moveItem(
      atPath: folder.path("elsewhere"), toPath: inbox + "/" + name)
  }

  var inbox: String { company.path + "/inbox" }

  /// A turn after some time.
  @discardableResult
  func turn(after passed: Duration = .zero) -> [String] {
    time.advance(passed)
    _ = watch.turn()
    return watch.told.map(\.headline)
  }

  /// Turns until nothing is left to do, ten seconds after one another.
  @discardableResult
  func settle(turns: Int = 12) -> [String] {
    var told: [String] = []
    for _ in 0..<turns {
      told += turn(after: .seconds(11))
      if watch.isFinished { break }
    }
    return told
  }

  /// What is in a folder of the company, with what is below.
  func names(_ top: String) -> [String] {
    let all = (try? FileManager.default.subpathsOfDirectory(atPath: company.path + "/" + top)) ?? []
    return all.filter { path in
      var isFolder: ObjCBool = false
      let there = FileManager.default.fileExists(
        atPath: company.path + "/\(top)/" + path, isDirectory: &isFolder)
      return there && !isFolder.boolValue
    }.sorted()
  }

  /// The names of archived files, whatever the batch.
  var archived: [String] {
    names("archive").map { ($0 as NSString).lastPathComponent }.filter { !$0.hasPrefix("summary.") }
      .sorted()
  }

  /// The names of held files, whatever the batch.
  var heldFiles: [String] {
    names("held").map { ($0 as NSString).lastPathComponent }.filter {
      !$0.hasPrefix("summary.") && $0 != "why.txt"
    }.sorted()
  }

  /// How often each document stands in the files of all runs.
  func documents() throws -> [String: Int] {
    var numbers: [String: Int] = [:]
    for name in names("outbox") where name.hasSuffix(".iif") && !name.contains("undone") {
      var column = 0
      for line in try folder.text("acme/outbox/" + name).split(separator: "\r\n") {
        let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
        if cells[0] == "!TRNS" { column = cells.firstIndex(of: "DOCNUM") ?? 0 }
        if cells[0] == "TRNS" { numbers[String(cells[column]), default: 0] += 1 }
      }
    }
    return numbers
  }

  /// The ledger, to look at.
  func ledger() throws -> SyncLedger { try SyncLedger.open(folder: company.path) }
}
