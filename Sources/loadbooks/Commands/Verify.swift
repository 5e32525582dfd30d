internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import Sync
internal import Vocabulary

/// The command `loadbooks verify`.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read a run's files again and prove counts and cents.")

  @Argument(help: ArgumentHelp("A run's id, or the folder it wrote.", valueName: "run"))
  var target: String

  @OptionGroup var options: CompanyOptions

  func run() throws {
    let here = Surroundings.current
    let company = try options.folder()
    let ledger = try company.flatMap { try SyncLedger.openReadOnly(folder: $0.path) }
    let planning = try Planning(options, mapping: nil, suppressions: nil, books: [], target: nil)
    let verification = try Verification(
      folder: try folder(company, ledger), ledger: ledger,
      recount: { paths in
        // What is decided does not matter here, only what there is to read.
        try planning.plan(paths, .all, ledger: .none, findings: 1).report.totals.read
      })
    if options.json {
      here.print(json(verification).text)
    } else {
      for check in verification.checks {
        here.print("\(check.verdict.rawValue) \(FindingText.visible(check.message))")
      }
      here.print(verification.isClean ? "CLEAN" : "NOT CLEAN")
    }
    if !verification.isClean { throw ExitCode.notClean }
  }

  private func folder(_ company: CompanyFolder?, _ ledger: SyncLedger?) throws -> String {
    if let company, let run = try ledger?.run(target) {
      return Verification.folder(of: run, in: company)
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: target, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw Failure(
        .inputMissing, "\(target) is neither a run of this company nor a folder",
        remedy: "see the ids with: loadbooks runs")
    }
    return target
  }

  private func json(_ verification: Verification) -> JSONText {
    [
      "run": .string(verification.run), "folder": .string(verification.folder),
      "clean": .bool(verification.isClean),
      "checks": .array(
        verification.checks.map {
          ["verdict": .string($0.verdict.rawValue), "message": .string($0.message)]
        }),
    ]
  }
}
