import Foundation
import Logging
import Sync
import TestSupport
import Testing
import Vocabulary

@testable import DropFolder

struct WatchStatusTests {
  private let now = Date(timeIntervalSince1970: 1_795_435_200)

  private func status(pid: Int32 = getpid(), state: WatchStatus.State = .idle, ago: Double = 5)
    -> WatchStatus
  {
    let seen = (now - ago).formatted(.iso8601)
    var status = WatchStatus(
      pid: pid, host: Computer.name, started: seen, seen: seen, lateAfter: 120)
    status.state = state
    return status
  }

  @Test func `a watcher that says so is running`() {
    #expect(status().life(at: now) == .running)
    #expect(status().isWell(at: now))
    #expect(!status(state: .trouble).isWell(at: now))
    #expect(!status(state: .unreachable).isWell(at: now))
    #expect(status(state: .waiting).isWell(at: now))
  }

  @Test func `one that is gone, silent or stopped is not`() {
    #expect(status(ago: 121).life(at: now) == .late)
    // A large batch takes its time.
    #expect(status(state: .working, ago: 1000).life(at: now) == .running)
    #expect(status(state: .working, ago: 10_000).life(at: now) == .late)
    #expect(status(pid: 4_000_000).life(at: now) == .dead)
    #expect(status(state: .stopped).life(at: now) == .stopped)
    #expect(!status(state: .stopped).isWell(at: now))
    // On another computer nobody can know.
    var elsewhere = status(pid: 4_000_000)
    elsewhere.host = "another"
    #expect(elsewhere.life(at: now) == .running)
  }

  @Test func `one that waits for a lock for very long needs attention`() {
    var waiting = status(state: .waiting)
    waiting.trouble = WatchStatus.Trouble(
      cause: "tryAgain", message: "", remedy: "", since: (now - 3600).formatted(.iso8601))
    #expect(!waiting.isWell(at: now))
  }

  @Test func `what it says can be read again, and is replaced as a whole`() throws {
    let folder = try TemporaryFolder()
    let company = try CompanyFolder.create(folder.path("acme"), company: "Test")
    #expect(WatchStatus.read(company) == nil)
    try folder.write("", to: "acme/.loadbooks/x")
    status().save(in: company)
    #expect(WatchStatus.read(company) == status())
    #expect(try folder.files(in: "acme/.loadbooks").keys.sorted() == ["watch.json", "x"])
  }

  @Test func `health is told for all companies together`() throws {
    let sandbox = try Sandbox()
    let file = sandbox.folder.path("health.json")
    let watcher = Watcher(
      [sandbox.company, CompanyFolder(at: sandbox.folder.path("not there"))],
      TestDelivery(clock: sandbox.time.clock), clock: .system(),
      log: .init(
        label: "test", factory: { _ in LogLines(.json, timestamp: { "" }, write: { _ in }) }),
      health: file)
    let thread = Thread { watcher.run() }
    thread.start()
    struct Health: Decodable {
      struct Company: Decodable { var folder: String, state: String, well: Bool }
      var well: Bool
      var companies: [Company]
    }
    var health: Health?
    for _ in 0..<600 {
      health = FileManager.default.contents(atPath: file).flatMap {
        try? JSONDecoder().decode(Health.self, from: $0)
      }
      if health?.companies.last?.state == "unreachable" { break }
      usleep(50_000)
    }
    watcher.stop()
    let told = try #require(health)
    #expect(!told.well)
    #expect(told.companies.map(\.well) == [true, false])
    while !thread.isFinished { usleep(20_000) }
    #expect(WatchStatus.read(sandbox.company)?.state == .stopped)
  }
}
