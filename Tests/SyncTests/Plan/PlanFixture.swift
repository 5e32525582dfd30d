import Foundation
import Ledger
import TestSupport
import Vocabulary

@testable import Sync

/// Plans exports that stand in a folder of their own, with the usual mapping.
struct PlanFixture {
  let folder: TemporaryFolder
  let mapping: MappingFile
  /// What the list says that keeps invoices from being sent.
  var suppression = SuppressionList.empty
  /// What was sent before.
  var ledger = LedgerSnapshot.none
  var settings = Settings.defaults

  init() throws {
    folder = try TemporaryFolder()
    mapping = try MappingFile.load(
      path: folder.write(MappingFile.template, to: "mapping.csv"))
  }

  /// The plan of one file with this text.
  func plan(
    _ text: String, named name: String = "invoices.csv",
    for purpose: Planner.Purpose = .delivering
  ) throws -> SyncPlan {
    try folder.write(text, to: "in/\(name)")
    return try plan(for: purpose)
  }

  /// The plan of all files.
  func plan(for purpose: Planner.Purpose = .delivering) throws -> SyncPlan {
    let inputs = try ExportInputs(
      arguments: [folder.path("in")], spoolFolder: folder.url.path)
    let context = PlanContext(
      settings: settings, mapping: mapping, suppression: suppression, ledger: ledger,
      selection: .all, today: CalendarDate(daysSince1970: 20_780))
    return try Planner.plan(inputs, context, for: purpose)
  }

  /// A list that suppresses these numbers.
  mutating func suppress(_ numbers: [String]) throws {
    let rows = numbers.map { "\($0),not to be sent,,,,\n" }.joined()
    suppression = try SuppressionList.load(
      path: folder.write(SuppressionList.template + rows, to: "suppress.csv"))
  }

  /// What was decided about one invoice.
  struct Decision: Equatable, CustomStringConvertible {
    var outcome: Outcome
    var amount: Money
    /// The ids of the rules that hold it.
    var reasons: Set<String>

    var description: String { "\(outcome) \(amount) \(reasons.sorted())" }
  }

  /// The decisions of a plan, by the hash of the number.
  static func decisions(_ plan: SyncPlan) -> [UInt64: Decision] {
    Dictionary(
      uniqueKeysWithValues: plan.invoices.map { invoice in
        let held = plan.assessor.holding(invoice.rules).map(\.kind.id)
        return (
          invoice.numberHash,
          Decision(outcome: invoice.outcome, amount: invoice.amount, reasons: Set(held))
        )
      })
  }

  /// The hash that stands for a number in a plan.
  static func hash(_ number: String) -> UInt64 { ByteHash.of(Array(number.utf8).span) }
}
