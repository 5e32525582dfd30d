import TestSupport
import Testing

@testable import loadbooks

/// Command lines about QuickBooks Online that make no sense are refused before anybody is asked.
///
/// What talks with somebody is tried by `Tests/Online/run`, in processes of its own: a command waits for its
/// answer on the very threads that tests run on.
@Suite struct OnlineUsageTests {
  @Test(
    arguments: [
      (["connect", "--wait", "0"], "--wait must be at least 1 second"),
      (["session", "--offline", "--refresh"], "give one of them"),
      (["push", "--plan", "0123456789ab"], "name the export as well"),
      (["push", "--until", "2026-01-01"], "name the export as well"),
      (["push", "--only", "A-1"], "name the export as well"),
      (["pull", "--from", "2026-01-01"], "--from is for the questions to QuickBooks Desktop"),
      (["pull", "--page-size", "5", "--refresh"], "--page-size is for the questions"),
    ] as [([String], String)])
  func `a flag that would be ignored is refused`(_ line: (arguments: [String], words: String))
    throws
  {
    let folder = try TemporaryFolder()
    _ = try CommandRun.run(["init", "acme", "--name", "Acme"], in: folder.path)
    let run = try CommandRun.run(
      line.arguments + ["--company", "acme", "--set", "target=online"], in: folder.path)
    #expect(run.code == 64, "\(run.messages)")
    #expect(run.messages.contains(line.words), "\(run.messages)")
  }
}
