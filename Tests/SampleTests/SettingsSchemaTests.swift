import Foundation
import TestSupport
import Testing

@testable import Sync

/// The schema of the settings says what the program reads: the same keys and the same words.
struct SettingsSchemaTests {
  private struct Node: Decodable {
    var properties: [String: Node]?
    var words: [String]?

    enum CodingKeys: String, CodingKey {
      case properties
      case words = "enum"
    }

    /// Every key below, by its path, with the words it may have.
    func leaves(_ path: String = "") -> [String: [String]?] {
      guard let properties else { return [path: words] }
      var found: [String: [String]?] = [:]
      for (name, node) in properties {
        found.merge(node.leaves(path.isEmpty ? name : path + "." + name)) { first, _ in first }
      }
      return found
    }
  }

  @Test func `the schema and the program have the same keys and words`() throws {
    let text = try PackageFolder.text("Schemas/settings.schema.json")
    let leaves = try JSONDecoder().decode(Node.self, from: Data(text.utf8)).leaves()
    #expect(Set(leaves.keys) == Set(Settings.keys.map(\.path)))
    for key in Settings.keys {
      guard let words = leaves[key.path] ?? nil else { continue }
      #expect(words.joined(separator: " | ") == key.allowed, "\(key.path)")
    }
  }
}
