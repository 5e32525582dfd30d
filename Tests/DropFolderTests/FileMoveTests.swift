import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Sync

/// Files find their way into folders where others have their names, and nothing is ever written over.
struct FileMoveTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["from", "to"] {
      try FileManager.default.createDirectory(
        atPath: folder.path(name), withIntermediateDirectories: true)
    }
  }

  private func move(_ name: String) throws(Failure) -> String? {
    try FileMove.move(name, from: folder.path("from"), to: folder.path("to"))
  }

  private func names(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path(name)).sorted()
  }

  @Test func `a taken name gets the next number`() throws {
    for turn in 1...3 {
      try folder.write("\(turn)", to: "from/a.csv")
      #expect(try move("a.csv") == (turn == 1 ? "a.csv" : "a (\(turn)).csv"))
    }
    #expect(try names("to") == ["a (2).csv", "a (3).csv", "a.csv"])
    #expect(try folder.text("to/a.csv") == "1")
    #expect(try folder.text("to/a (2).csv") == "2")
    #expect(try move("a.csv") == nil)
  }

  @Test func `a folder is moved as a whole, and never into another one`() throws {
    try folder.write("new", to: "from/sub/a.csv")
    try folder.write("old", to: "to/sub/a.csv")
    #expect(try move("sub") == "sub (2)")
    #expect(try folder.text("to/sub (2)/a.csv") == "new")
    #expect(try folder.text("to/sub/a.csv") == "old")
  }

  @Test func `a file that was cut off with both names loses the old one`() throws {
    try folder.write("x", to: "from/a.csv")
    #expect(link(folder.path("from/a.csv"), folder.path("to/a.csv")) == 0)
    #expect(try move("a.csv") == "a.csv")
    #expect(try names("from").isEmpty)
    #expect(try names("to") == ["a.csv"])
  }

  @Test func `equal bytes of another file are another file`() throws {
    try folder.write("x", to: "from/a.csv")
    try folder.write("x", to: "to/a.csv")
    #expect(try move("a.csv") == "a (2).csv")
  }

  @Test(arguments: FreshName.Way.allCases)
  func `each way to rename refuses a taken name`(_ way: FreshName.Way) throws {
    try folder.write("new", to: "from/a")
    try folder.write("old", to: "to/a")
    #expect(FreshName.rename(folder.path("from/a"), to: folder.path("to/a"), ways: [way]) == EEXIST)
    #expect(try folder.text("to/a") == "old")
    #expect(FreshName.rename(folder.path("from/a"), to: folder.path("to/b"), ways: [way]) == 0)
    #expect(try folder.text("to/b") == "new")
    #expect(try names("from").isEmpty)
    #expect(
      FreshName.rename(folder.path("from/none"), to: folder.path("to/c"), ways: [way]) == ENOENT)
    #expect(try names("to") == ["a", "b"])
    guard way != .link else { return }
    try folder.write("x", to: "from/sub/x")
    try folder.write("y", to: "to/sub/y")
    #expect(
      FreshName.rename(folder.path("from/sub"), to: folder.path("to/sub"), ways: [way]) == EEXIST)
    #expect(FreshName.rename(folder.path("from/sub"), to: folder.path("to/d"), ways: [way]) == 0)
    #expect(try folder.text("to/d/x") == "x")
  }

  @Test(arguments: FreshName.Way.allCases)
  func `of many that want a name at once, each gets one, and none is lost`(
    _ way: FreshName.Way
  ) async throws {
    let count = 40
    for number in 0..<count { try folder.write("\(number)", to: "from/\(number)") }
    let (from, to) = (folder.path("from"), folder.path("to"))
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<count {
        group.addTask {
          for turn in 1...count {
            let target = to + "/" + FileNames.numbered("a.csv", turn)
            if FreshName.rename("\(from)/\(number)", to: target, ways: [way]) == 0 { return }
          }
        }
      }
    }
    #expect(try names("from").isEmpty)
    let contents = try names("to").map { try folder.text("to/" + $0) }
    #expect(Set(contents) == Set((0..<count).map { "\($0)" }))
  }

  @Test
  func `a copy has the bytes, the time and the permissions, and counts when it is there already`()
    throws
  {
    try folder.write("x", to: "from/a.csv")
    let modified = Date(timeIntervalSince1970: 1_700_000_000)
    try FileManager.default.setAttributes(
      [.modificationDate: modified, .posixPermissions: 0o600],
      ofItemAtPath: folder.path("from/a.csv"))
    for _ in 1...2 {
      #expect(
        try FileMove.copy("a.csv", from: folder.path("from"), to: folder.path("to")) == "a.csv")
    }
    #expect(try names("to") == ["a.csv"])
    let copy = try FileManager.default.attributesOfItem(atPath: folder.path("to/a.csv"))
    #expect(copy[.modificationDate] as? Date == modified)
    #expect(copy[.posixPermissions] as? Int == 0o600)
    try folder.write("other", to: "from/a.csv")
    #expect(
      try FileMove.copy("a.csv", from: folder.path("from"), to: folder.path("to")) == "a (2).csv")
    #expect(try folder.text("to/a.csv") == "x")
  }

  @Test(arguments: [
    ("a.csv", 1, "a.csv"), ("a.csv", 2, "a (2).csv"), ("a", 3, "a (3)"), (".x", 2, ".x (2)"),
    ("a.b.csv", 2, "a.b (2).csv"),
  ])
  func `names with numbers`(_ name: String, _ number: Int, _ expected: String) {
    #expect(FileNames.numbered(name, number) == expected)
  }

  @Test func `a long name is cut rather than refused`() throws {
    let name = String(repeating: "é", count: 125) + ".csv"
    for _ in 1...3 {
      try folder.write("x", to: "from/" + name)
      #expect(try move(name) != nil)
    }
    #expect(try names("to").count == 3)
    #expect(FileNames.numbered(name, 12).hasSuffix("é (12).csv"))
    #expect(FileNames.numbered(name, 12).utf8.count <= 255)
  }
}
