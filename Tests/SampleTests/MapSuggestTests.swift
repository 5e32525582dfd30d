import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Sync
@testable import loadbooks

/// Choosing lines at a terminal, by number, by name and by certainty.
struct MapSuggestTests {
  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let sample = PackageFolder.root.appendingPathComponent("Samples/scenarios/map-suggest")
    for name in ["in", "lists.iif", "mapping.csv"] {
      try folder.copy(sample.appendingPathComponent(name), to: name)
    }
    return folder
  }

  private static let command = [
    "map", "suggest", "in", "--mapping", "mapping.csv", "--books", "lists.iif",
  ]

  /// Runs the command and gives these answers to what it asks.
  private static func run(
    _ arguments: [String], answers: [String], in folder: TemporaryFolder
  ) throws -> CommandRun {
    let rest = Mutex(answers)
    let next: @Sendable () -> String? = {
      rest.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
    return try Dialog.$answers.withValue(next) {
      try CommandRun.run(command + arguments, in: folder.path)
    }
  }

  @Test func `each name is asked about, and only what is answered is written`() throws {
    let folder = try Self.folder()
    let before = try folder.text("mapping.csv")
    let run = try Self.run(["--write"], answers: ["1", "", "7", "1", "n", "2"], in: folder)
    #expect(
      try folder.text("mapping.csv")
        == before + "item,Linehaul,Line Haul,Freight Income,\nterms,NET30,Net 30,,\n"
        + "item,FSC,FSC,Freight Income,\n")
    #expect(run.messages.contains("\"7\" is none of 1."))
    #expect(run.code == 3)
  }

  @Test func `what is less sure than folded is asked about, the rest is written`() throws {
    let folder = try Self.folder()
    let run = try Self.run(["--write", "--certainty", "likely"], answers: ["", "1"], in: folder)
    let text = try folder.text("mapping.csv")
    #expect(text.contains("customer,ACME FREIGHT,Acme Freight,,\n"))
    #expect(text.contains("customer,Dalhart Sugar LLC,\"Dalhart Sugar, Inc.\",,\n"))
    #expect(!text.contains("FSC") && !text.contains("Crane"))
    #expect(run.messages.contains("item \"FSC\": which line?"))
    #expect(!run.messages.contains("ACME FREIGHT\": which"))
  }

  @Test func `nothing below folded is ever written without an answer`() throws {
    let folder = try Self.folder()
    _ = try Self.run(["--write", "--certainty", "possible"], answers: [], in: folder)
    let text = try folder.text("mapping.csv")
    #expect(!text.contains("Crane") && !text.contains("Dalhart") && !text.contains("FSC"))
    #expect(text.contains("ACME FREIGHT"))
  }

  @Test(arguments: ["99", "0", "1.9", "2.x", "Nobody", "1.1.1"])
  func `a choice that is none is refused, and nothing is written`(_ word: String) throws {
    let folder = try Self.folder()
    let before = try folder.text("mapping.csv")
    let run = try Self.run(["--write", "--pick", word], answers: [], in: folder)
    #expect(run.code == 64)
    #expect(try folder.text("mapping.csv") == before)
  }

  @Test
  func
    `a category that is new in mid-year is told once, with count and sum, and holds only its invoices`()
    throws
  {
    let folder = try TemporaryFolder()
    _ = try CommandRun.run(["init", "co"], in: folder.path)
    var text = "invoice_number,customer_name,invoice_date,category,amount\n"
    for number in 0..<300 {
      let category = number % 10 == 3 ? "Crane Service" : "Line Haul"
      text += "\(1000 + number),Acme,2026-07-01,\(category),10.50\n"
    }
    try folder.write(text, to: "in/invoices.csv")
    let run = try CommandRun.run(["plan", "in", "--company", "co"], in: folder.path)
    #expect(run.output.contains("category-unmapped: 1 error\n"))
    #expect(
      run.output.contains("note: 30 lines on 30 invoices with 315.00 in this category wait\n"))
    #expect(run.output.components(separatedBy: "[category-unmapped]").count == 2)
    #expect(run.output.contains("delivered 270, 2,835.00"))
    #expect(run.output.contains("held 30, 315.00"))
  }
}
