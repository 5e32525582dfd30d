import Foundation
import TestSupport
import Testing

@testable import Sync
@testable import loadbooks

/// The README tells everything that the program can do and answer.
struct ReadmeTests {
  @Test func `every command is in the README`() throws {
    let text = try PackageFolder.text("README.md")
    let help = try CommandRun.run(["--help"], in: "/").output
    let section = try #require(help.components(separatedBy: "SUBCOMMANDS:\n").last)
    let names = section.matches(of: #/(?m)^  ([a-z]+) /#).map { String($0.output.1) }
    #expect(names.count >= 7)
    for name in names {
      #expect(text.contains("loadbooks \(name)") || text.contains("`\(name)"), "\(name)")
    }
  }

  @Test func `every exit code is in the README`() throws {
    let text = try PackageFolder.text("README.md")
    for code in ExitCode.allCases {
      let pattern = try Regex("(^|[^0-9.-])\(code.rawValue)([^0-9.-]|$)").anchorsMatchLineEndings()
      #expect(text.contains(pattern), "exit code \(code.rawValue), \(code)")
    }
  }

  @Test func `every setting is in the README with its default`() throws {
    let text = try PackageFolder.text("README.md")
    for key in Settings.keys {
      let row = try #require(
        text.split(separator: "\n").first { $0.hasPrefix("| `\(key.path)` |") }, "\(key.path)")
      let value = key.show(.defaults)
      #expect(value.isEmpty || row.contains("`\(value)`"), "\(key.path): \(value)")
    }
  }
}
