package import Foundation

/// Where the package's own files are, for tests that compare with them.
package enum PackageFolder {
  /// The folder that holds `Package.swift`.
  package static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The samples.
  package static let samples = root.appendingPathComponent("Samples")

  /// The text of one of the package's files.
  package static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }
}
