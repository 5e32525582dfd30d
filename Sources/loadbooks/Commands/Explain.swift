internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import Sync
internal import Vocabulary

/// The command `loadbooks explain`.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell the whole story of one invoice.",
    discussion: """
      Without an export, the inputs of the run that sent the invoice, or of the last run, are read
      again if they are still there.
      """)

  @Argument(help: ArgumentHelp("The invoice number.", valueName: "invoice"))
  var invoice: String

  @Argument(help: ArgumentHelp("Export files or folders.", valueName: "export"))
  var exports: [String] = []

  @OptionGroup var options: CompanyOptions

  @Option(help: ArgumentHelp("The mapping file, instead of the company's.", valueName: "file"))
  var mapping: String?

  @Option(help: ArgumentHelp("The suppression list, instead of the company's.", valueName: "file"))
  var suppressions: String?

  func run() throws {
    let planning = try Planning(
      options, mapping: mapping, suppressions: suppressions, target: nil)
    let ledger = try planning.company.flatMap { company in
      try SyncLedger.openReadOnly(folder: company.path)
    }
    var selection = Selection()
    selection.numbers = [invoice]
    let inputs = exports.isEmpty ? try lastInputs(ledger) : exports
    guard !inputs.isEmpty || ledger != nil else {
      throw ValidationError("Name an export to look in, or a company folder with a memory.")
    }
    let plan =
      inputs.isEmpty
      ? nil
      : try planning.plan(
        inputs, selection, ledger: try ledger?.snapshot() ?? .none, findings: 10_000)
    let story = try InvoiceStory(number: invoice, plan: plan, ledger: ledger)
    guard !story.isUnknown else {
      throw Failure(
        .inputMissing,
        "invoice \(invoice) is neither in "
          + (inputs.isEmpty ? "an export" : inputs.joined(separator: ", ")) + " nor in the memory",
        remedy: "check the number; it is compared exactly, with its zeros")
    }
    let here = Surroundings.current
    here.print(options.json ? story.json.text : story.text)
    if story.readings.contains(where: { $0.outcome == .held }) { throw ExitCode.held }
  }

  /// The inputs of the run that sent the invoice, else of the newest run, as far as they are unchanged.
  private func lastInputs(_ ledger: SyncLedger?) throws -> [String] {
    guard let ledger else { return [] }
    let sent = try ledger.entry(number: invoice).flatMap { try ledger.run($0.run) }
    guard let run = try sent ?? ledger.runs().first(where: { $0.state == .finished }) else {
      return []
    }
    return run.inputs.map(\.path).filter { FileManager.default.fileExists(atPath: $0) }
  }
}
