import Foundation
import Sheets
import TestSupport
import Testing
import Vocabulary

@testable import Sync

struct MappingEditorTests {
  private static let header = "kind,loadops,quickbooks,account,note"

  private static func added(
    _ text: String, _ lines: [MappingEditor.Line]
  ) throws -> (text: String, outcome: MappingEditor.Outcome) {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "mapping.csv")
    var editor = try MappingEditor(path: folder.path("mapping.csv"))
    for line in lines { try editor.add(line) }
    let outcome = try editor.save()
    #expect(folder.entries == ["mapping.csv"])
    return (try folder.text("mapping.csv"), outcome)
  }

  private static let acme = MappingEditor.Line(
    kind: .customer, loadOps: "ACME", quickBooks: "Acme, Inc.")

  private static let files: [(String, String)] = [
    ("\(header)\n", "\(header)\ncustomer,ACME,\"Acme, Inc.\",,\n"),
    (header, "\(header)\ncustomer,ACME,\"Acme, Inc.\",,\n"),
    (
      "\(header)\r\nitem,A,B,,x\r\n",
      "\(header)\r\nitem,A,B,,x\r\ncustomer,ACME,\"Acme, Inc.\",,\r\n"
    ),
    ("\(header)\r\nitem,A,B,,x", "\(header)\r\nitem,A,B,,x\r\ncustomer,ACME,\"Acme, Inc.\",,\r\n"),
    (
      "\u{FEFF}note;quickbooks;loadops;kind\n  ; B ;A;item\n\n\n",
      "\u{FEFF}note;quickbooks;loadops;kind\n  ; B ;A;item\n\n\n;Acme, Inc.;ACME;customer\n"
        .replacing(";Acme, Inc.;", with: ";\"Acme, Inc.\";")
    ),
  ]

  @Test(arguments: files)
  func `a line is added in the file's own form, and every other byte stays`(
    _ before: String, _ after: String
  ) throws {
    let (text, outcome) = try Self.added(before, [Self.acme])
    #expect(Array(text.utf8) == Array(after.utf8))
    #expect(outcome.added.count == 1 && outcome.known.isEmpty)
    let mapping = try mapping(text)
    #expect(mapping.customer(for: "ACME")?.quickBooks == "Acme, Inc.")
    #expect(mapping.customer(for: "ACME")?.line == outcome.added[0].line)
  }

  @Test func `a note that the file has no column for is refused, never dropped`() throws {
    let line = MappingEditor.Line(
      kind: .customer, loadOps: "A", quickBooks: "B", note: "asked Dana")
    let failure = #expect(throws: Failure.self) {
      try Self.added("kind,loadops,quickbooks\n", [line])
    }
    #expect(failure?.message.contains("no column for the note") == true)
  }

  @Test func `a missing file begins with its header, and the same line twice is written once`()
    throws
  {
    let folder = try TemporaryFolder()
    var editor = try MappingEditor(path: folder.path("mapping.csv"))
    try editor.add(Self.acme)
    try editor.add(Self.acme)
    let outcome = try editor.save()
    #expect(outcome.added.count == 1 && outcome.known.map(\.number) == [2])
    #expect(
      try folder.text("mapping.csv") == "\(Self.header)\ncustomer,ACME,\"Acme, Inc.\",,\n")
    let (text, again) = try Self.added(try folder.text("mapping.csv"), [Self.acme])
    #expect(again.added.isEmpty && again.known.count == 1)
    #expect(text == (try folder.text("mapping.csv")))
  }

  private static let refused: [(MappingEditor.Line, String)] = [
    (.init(kind: .customer, loadOps: "ACME", quickBooks: "Bexar"), "is mapped to \"Acme\" already"),
    (.init(kind: .customer, loadOps: "X", quickBooks: "ACME"), "differ only in capitals"),
    (
      .init(kind: .customer, loadOps: "X", quickBooks: String(repeating: "x", count: 42)),
      "has 42 characters"
    ),
    (.init(kind: .item, loadOps: "X", quickBooks: "A::B"), "a level is empty"),
    (.init(kind: .terms, loadOps: "X", quickBooks: "Net:30"), "terms cannot have levels"),
    (.init(kind: .item, loadOps: "B", quickBooks: "Item", account: "Sales"), "has two accounts"),
    (.init(kind: .customer, loadOps: "X", quickBooks: "A\nB"), "a line break"),
    (.init(kind: .item, loadOps: " ", quickBooks: "A"), "the name in LoadOps is empty"),
  ]

  @Test(arguments: refused.indices)
  func `a line that contradicts or cannot be is refused, and nothing is written`(_ index: Int)
    throws
  {
    let (line, reason) = Self.refused[index]
    let folder = try TemporaryFolder()
    let before = "\(Self.header)\ncustomer,ACME,Acme,,\nitem,A,Item,Income,\n"
    try folder.write(before, to: "mapping.csv")
    var editor = try MappingEditor(path: folder.path("mapping.csv"))
    let failure = #expect(throws: Failure.self) { try editor.add(line) }
    #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "")")
    #expect(failure?.cause == .settingsWrong)
    _ = try editor.save()
    #expect(try folder.text("mapping.csv") == before)
  }

  @Test func `a file with a problem is not added to`() throws {
    let folder = try TemporaryFolder()
    try folder.write("\(Self.header)\nitme,A,B,,\n", to: "mapping.csv")
    #expect(throws: Failure.self) { try MappingEditor(path: folder.path("mapping.csv")) }
  }

  @Test func `permissions and links stay`() throws {
    let folder = try TemporaryFolder()
    let real = try folder.write("\(Self.header)\n", to: "shared/mapping.csv")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: real)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("mapping.csv"), withDestinationPath: real)
    var editor = try MappingEditor(path: folder.path("mapping.csv"))
    try editor.add(Self.acme)
    _ = try editor.save()
    let attributes = try FileManager.default.attributesOfItem(atPath: real)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o640)
    #expect(try folder.text("mapping.csv").hasSuffix("customer,ACME,\"Acme, Inc.\",,\n"))
    #expect(
      (try? FileManager.default.destinationOfSymbolicLink(atPath: folder.path("mapping.csv")))
        != nil)
  }

  @Test func `hostile names are read back as they were given`() throws {
    var names = HostileNames(seed: 77)
    for _ in 0..<60 {
      let line = MappingEditor.Line(
        kind: .customer, loadOps: names.name() + "\u{A0}x\u{200B}y \\u{41}",
        quickBooks: "Acme")
      let (text, _) = try Self.added("\(Self.header)\n", [line])
      let mapping = try mapping(text)
      #expect(
        mapping.rows.first?.loadOps.utf8.elementsEqual(line.loadOps.utf8) == true, "\(text)")
    }
  }

  private func mapping(_ text: String) throws -> MappingFile {
    let table = try CSVTable(path: "mapping.csv", bytes: Array(text.utf8))
    return try #require(MappingFile.check(table).0)
  }
}
