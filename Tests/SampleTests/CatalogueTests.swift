import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// The findings, their samples and their documentation tell the same story.
struct CatalogueTests {
  static let kinds = Rule.allCases.map(\.kind) + BatchRules.all + AnswerRules.all

  @Test func `every finding has an id of its own, in lower-case words with hyphens`() {
    let ids = Self.kinds.map(\.id)
    #expect(Set(ids).count == ids.count)
    for id in ids { #expect(id.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, "\(id)") }
  }

  @Test func `every finding has exactly one sample, and every sample one finding`() {
    let folders = Sample.inside("findings").map { String($0.name.dropFirst("findings/".count)) }
    #expect(folders.sorted() == Self.kinds.map(\.id).sorted())
  }

  @Test(arguments: Sample.inside("findings"))
  func `a finding's sample has that finding in its last plan`(_ sample: Sample) throws {
    let id = String(sample.name.dropFirst("findings/".count))
    let output = try String(
      contentsOf: sample.expected.appendingPathComponent("stdout"), encoding: .utf8)
    let last = output.components(separatedBy: "$ loadbooks ").last ?? ""
    // The page of inspect has places instead of kinds in front of each finding.
    let isPage = try sample.steps().last { !$0.isChange }?.line.hasPrefix("inspect") == true
    #expect(isPage || last.contains("[\(id)]"))
    #expect(last.contains("\n\(id): "))
  }

  @Test func `every finding says what it means and what to do about it`() {
    for kind in Self.kinds {
      #expect(kind.meaning.hasSuffix("."), "\(kind.id)")
      #expect(!kind.remedy.isEmpty && !kind.remedy.hasSuffix("."), "\(kind.id)")
    }
  }

  @Test func `the page of findings is made of the findings`() throws {
    let path = "Sources/Sync/Sync.docc/Findings.md"
    let actual = Self.page()
    let expected = (try? PackageFolder.text(path)) ?? ""
    guard actual != expected else { return }
    if SampleTests.isRecording {
      let file = PackageFolder.root.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(actual.utf8).write(to: file)
    }
    Issue.record(
      """
      \(path)
      \(UnifiedDiff.of(expected, actual))
      To accept: RECORD_GOLDENS=1 swift test --filter SampleTests
      """)
  }

  /// The page as the code wants it.
  private static func page() -> String {
    var page = """
      # Findings

      Everything that LoadBooks may say about an export, or about an answer of QuickBooks, what it means, and
      what to do about it.

      An *error* holds the invoice until somebody acts. A *warning* does not hold anything, but a person
      should look. A *notice* is worth knowing. The ids never change. Each has a folder of its own under
      `Samples/findings`, with the smallest export that provokes it and the words that are printed.

      | Id | Severity | Meaning | What to do |
      | --- | --- | --- | --- |

      """
    for kind in kinds.sorted(by: { $0.id < $1.id }) {
      let cells = ["`\(kind.id)`", kind.severity.rawValue, kind.meaning, kind.remedy]
      page += "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }
    return page
  }
}
