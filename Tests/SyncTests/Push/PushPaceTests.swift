import QuickBooksOnline
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// How fast a clean push is when a document takes the server a quarter of a second, in simulated time.
@Suite struct PushPaceTests {
  @Test(arguments: [(30, 6000, 1140.0), (10, 2000, 380.0), (1, 2500, 485.0)])
  func `a push reaches what is allowed and is never told that it is too much`(
    size: Int, count: Int, wanted: Double
  ) throws {
    let fixture = try PushFixture()
    fixture.settings.online.batchSize = size
    fixture.quickBooks.set {
      $0.perDocument = .milliseconds(250)
      $0.enforcesLimits = true
    }
    let run = try fixture.write(try fixture.export(count))
    let start = fixture.time.now
    let report = try fixture.send(run)
    let took = (fixture.time.now - start).components
    let minutes = (Double(took.seconds) + Double(took.attoseconds) / 1e18) / 60
    #expect(report.accepted.documents == count)
    #expect(minutes >= 5)
    #expect(Double(count) / minutes >= wanted, "\(Double(count) / minutes) a minute")
    #expect(fixture.quickBooks.state.withLock { $0.refusals } == 0)
  }

  @Test func `a refusal makes everything wait and goes on more slowly`() throws {
    let fixture = try PushFixture()
    fixture.settings.online.batchSize = 1
    fixture.quickBooks.set { $0.scripted = [SimulatedQuickBooks.fault(429, "3001", "")] }
    let run = try fixture.write(try fixture.export(3))
    let report = try fixture.send(run)
    #expect(report.isComplete && report.throttled == 1)
    #expect(fixture.time.now >= .seconds(60))
    #expect(fixture.quickBooks.documents().count == 3)
  }
}
