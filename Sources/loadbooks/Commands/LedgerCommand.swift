internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import Sync
internal import Vocabulary

/// The command `loadbooks ledger`.
struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "Look after the company's memory: check, export, import, settle.",
    subcommands: [
      LedgerCheckCommand.self, LedgerExportCommand.self, LedgerImportCommand.self,
      LedgerSettleCommand.self,
    ])
}

/// The command `loadbooks ledger check`.
struct LedgerCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look whether the memory is intact and agrees with the files of its runs.")

  @OptionGroup var options: CompanyOptions

  func run() throws {
    let here = Surroundings.current
    let audit = try LedgerAudit(try options.neededFolder())
    if options.json {
      let findings = audit.findings.map { finding -> JSONText in
        ["verdict": .string(sign(finding)), "message": .string(finding.message)]
      }
      let answer: JSONText = [
        "clean": .bool(audit.isClean), "checks": .array(findings),
        "remedies": .array(audit.remedies.map { .string($0) }),
      ]
      here.print(answer.text)
    } else {
      for finding in audit.findings {
        here.print("\(sign(finding)) \(FindingText.visible(finding.message))")
      }
      here.print(audit.isClean ? "CLEAN" : "NOT CLEAN")
    }
    guard !audit.isClean else { return }
    if !options.json {
      for remedy in audit.remedies { here.tell("  remedy: \(FindingText.visible(remedy))") }
    }
    throw ExitCode.notClean
  }

  private func sign(_ finding: LedgerFinding) -> String {
    switch finding.verdict {
    case .right: "="
    case .wrong, .differs: "*"
    case .remark: "!"
    }
  }
}

/// The command `loadbooks ledger export`.
struct LedgerExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the whole memory as JSON Lines, to be kept and imported again.",
    discussion: "The same memory always gives the same bytes.")

  @Argument(
    help: ArgumentHelp("The file to write; - or nothing for standard output.", valueName: "file"))
  var file = "-"

  @OptionGroup var options: CompanyOptions

  func run() throws {
    let here = Surroundings.current
    let company = try options.neededFolder()
    guard let ledger = try SyncLedger.openReadOnly(folder: company.path) else {
      throw Failure(
        .inputMissing, "\(company.path) has no ledger yet", remedy: "there is nothing to export")
    }
    let name = try Settings.load(path: company.settingsPath).company
    guard file != "-" else {
      _ = try ledger.export(company: name) { (bytes) throws(Failure) in
        here.print(String(decoding: bytes, as: UTF8.self))
        if let failure = here.outputFailure { throw failure }
      }
      return
    }
    guard !FileManager.default.fileExists(atPath: file) else {
      throw Failure(
        .cannotWrite, "\(file) is there already",
        remedy: "name another file; an export is never written over")
    }
    let url = URL(fileURLWithPath: file)
    let folder = url.deletingLastPathComponent().path
    let staged = try StagedFile(folder: folder, name: url.lastPathComponent)
    let rows: Int
    do throws(Failure) {
      rows = try ledger.export(company: name) { (bytes) throws(Failure) in try staged.write(bytes) }
      try staged.finish()
      try staged.publish()
      try StagedFile.syncFolder(folder)
    } catch {
      staged.discard()
      throw error
    }
    if options.json {
      let answer: JSONText = [
        "file": .string(file), "rows": .integer(rows),
        "sha256": .string(orNull: staged.fingerprint?.hex),
      ]
      here.print(answer.text)
    } else {
      here.print("\(rows) rows written to \(FindingText.visible(file))")
    }
  }
}

/// The command `loadbooks ledger import`.
struct LedgerImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Rebuild the memory of a company folder that has none from an export.")

  @Argument(help: ArgumentHelp("The export; - for standard input.", valueName: "file"))
  var file: String

  @Flag(
    help: ArgumentHelp(
      "Take it although it names another company: this one was renamed since it was exported."))
  var renamed = false

  @OptionGroup var options: CompanyOptions

  func run() throws {
    let here = Surroundings.current
    let company = try options.neededFolder()
    let name = renamed ? nil : try Settings.load(path: company.settingsPath).company
    let file = file
    let rows = try CompanyLock.holding(
      folder: company.path, command: "loadbooks ledger import", since: here.timestamp
    ) { () throws(Failure) in
      try SyncLedger.rebuild(from: file, folder: company.path, company: name)
    }
    if options.json {
      let answer: JSONText = ["rows": .integer(rows)]
      here.print(answer.text)
    } else {
      here.print("\(rows) rows imported; see: loadbooks ledger check, loadbooks runs")
    }
  }
}

/// The command `loadbooks ledger settle`.
struct LedgerSettleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle",
    abstract: "Say what became of a run that was cut off and whose files are lost.",
    discussion: """
      Runs that were cut off settle themselves at the next convert. Only where a file with documents is \
      neither under its name nor under its hidden one, nobody but you can know whether it reached \
      QuickBooks: look there for one of the run's invoices first.
      """)

  @Argument(help: ArgumentHelp("The run's id.", valueName: "run"))
  var id: String

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "sent: its invoices are in QuickBooks; not-sent: they may be sent again.",
      valueName: "sent|not-sent"), transform: LedgerSettleCommand.settling)
  var answer: RunRecovery.Answer

  @OptionGroup var options: CompanyOptions

  func run() throws {
    let here = Surroundings.current
    let company = try options.neededFolder()
    let (id, answer) = (id, answer)
    let told = try CompanyLock.holding(
      folder: company.path, command: "loadbooks ledger settle", since: here.timestamp
    ) { () throws(Failure) in
      let ledger = try SyncLedger.open(folder: company.path)
      return try RunRecovery.settle(
        id, as: answer, in: company, of: ledger, clock: { here.timestamp })
    }
    if options.json {
      let object: JSONText = ["run": .string(id), "settled": .string(answer.rawValue)]
      here.print(object.text)
    } else {
      here.print(told)
    }
  }

  private static func settling(_ text: String) throws -> RunRecovery.Answer {
    guard let answer = RunRecovery.Answer(rawValue: text) else {
      throw ValidationError("it takes sent or not-sent.")
    }
    return answer
  }
}
