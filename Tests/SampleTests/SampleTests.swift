import Foundation
import TestSupport
import Testing

/// Runs every sample with a `command` and compares all it prints and writes.
///
/// With `RECORD_GOLDENS=1` in the environment, what differs is written into the sample, and the test
/// still fails once, so that nobody records what nobody has read.
struct SampleTests {
  static let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1"

  @Test(arguments: Sample.all) func `a sample prints and writes what is expected`(
    _ sample: Sample
  ) throws {
    let actual = try SampleRun(sample).texts
    let expected = (try? TemporaryFolder.files(in: sample.expected)) ?? [:]
    var differences: [String] = []
    for name in Set(actual.keys).union(expected.keys).sorted() where actual[name] != expected[name]
    {
      differences.append(Self.difference(name, expected[name], actual[name]))
    }
    guard !differences.isEmpty else { return }
    if Self.isRecording {
      try Self.record(actual, in: sample.expected)
      Issue.record("Samples/\(sample.name)/expected is recorded; read it before you commit it")
    } else {
      Issue.record(
        """
        Samples/\(sample.name)
        \(differences.joined(separator: "\n"))
        To accept: RECORD_GOLDENS=1 swift test --filter SampleTests
        """)
    }
  }

  private static func difference(_ name: String, _ expected: Data?, _ actual: Data?) -> String {
    let diff = UnifiedDiff.of(
      String(decoding: expected ?? Data(), as: UTF8.self),
      String(decoding: actual ?? Data(), as: UTF8.self))
    let old = expected == nil ? "nothing" : "expected/\(name)"
    let new = actual == nil ? "nothing" : "this run's \(name)"
    return "--- \(old)\n+++ \(new)\n\(diff.isEmpty ? "(bytes that are no text differ)" : diff)"
  }

  private static func record(_ texts: [String: Data], in folder: URL) throws {
    try? FileManager.default.removeItem(at: folder)
    for (name, data) in texts {
      let file = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file)
    }
  }
}
