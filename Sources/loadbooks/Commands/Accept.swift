internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import QuickBooks
internal import Sync
internal import Vocabulary

/// The command `loadbooks accept`.
struct Accept: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Take in what QuickBooks answered to qbXML files.",
    discussion: """
      Give the answers as your tool saved them, in the order in which the files were sent. What QuickBooks \
      took counts as accepted, with its ids. What it refused is told with a remedy and may be sent again by \
      convert. What it did not get to is written to a file of its own, which is sent next. The same answer \
      given again changes nothing.
      """)

  @Argument(help: ArgumentHelp("Answer files.", valueName: "answer"))
  var answers: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write files that ask QuickBooks what became of a run whose answers were lost.",
      valueName: "run"))
  var recover: String?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "The run that the answers belong to, when they do not say so themselves.",
      valueName: "run"))
  var owner: String?

  @Option(
    help: ArgumentHelp(
      "Say that what QuickBooks had otherwise about an invoice is put right, or, with --as, what became of "
        + "one that is in doubt.", valueName: "invoice"
    ))
  var settle: String?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "With --settle: whether QuickBooks has the invoice that is in doubt: sent or not-sent.",
      valueName: "answer"))
  var outcome: Outcome?

  /// What became of an invoice that is in doubt.
  enum Outcome: String, ExpressibleByArgument, CaseIterable {
    case sent
    case notSent = "not-sent"
  }

  @Option(
    help: ArgumentHelp("With --settle: how it was put right, or is known.", valueName: "text"))
  var reason: String?

  @Option(help: ArgumentHelp("With --settle: who did it.", valueName: "name"))
  var by = ""

  @OptionGroup var options: CompanyOptions

  func validate() throws {
    let modes = [!answers.isEmpty, recover != nil, settle != nil].count { $0 }
    guard modes == 1 else {
      throw ValidationError(
        "Name the answer files, or a run with --recover, or an invoice with --settle.")
    }
    if answers.contains("-") {
      throw ValidationError("Answers are read from files: save it into one, and name that.")
    }
    if owner != nil, answers.isEmpty {
      throw ValidationError("--run says to which run answers belong: name the answer files.")
    }
    if settle == nil {
      if reason != nil { throw ValidationError("--reason goes with --settle.") }
      if !by.isEmpty { throw ValidationError("--by goes with --settle.") }
    }
    if settle != nil, reason?.allSatisfy(\.isWhitespace) ?? true {
      throw ValidationError("Say how it was put right, or how you know, with --reason.")
    }
    if outcome != nil, settle == nil { throw ValidationError("--as goes with --settle.") }
  }

  func run() throws {
    let here = Surroundings.current
    let company = try options.neededFolder()
    let settings = try CompanyFolder.settings(company, assignments: options.assignments)
    try company.writing("loadbooks accept") { ledger in
      if let settle {
        if let outcome { return try settleDoubt(settle, outcome, ledger, company, settings) }
        return try settled(settle, ledger)
      }
      if let recover {
        return try tell(
          RecoveryFiles(recover, ledger, in: company, settings: settings, at: here.timestamp))
      }
      let report = try AnswerIntake.take(
        answers, ledger, in: company, settings: settings, books: try books(company),
        run: owner, clock: { here.timestamp })
      here.print(options.json ? report.json.text : report.text)
      if let failure = report.failure { throw failure }
      if !report.isClean { throw ExitCode.notClean }
      if report.needsSomebody { throw ExitCode.held }
    }
  }

  private func tell(_ files: RecoveryFiles) throws {
    let here = Surroundings.current
    if options.json {
      here.print(JSONText.array(files.paths.map { .string($0) }).text)
    } else if files.paths.isEmpty, files.failure == nil {
      here.print(
        "run \(recover ?? "") is answered; there is nothing to ask or to send again")
    }
    for path in files.paths where !options.json {
      here.print("send, then accept the answer: \(FindingText.visible(path))")
    }
    if let failure = files.failure { throw failure }
  }

  private func settled(_ invoice: String, _ ledger: SyncLedger) throws {
    let here = Surroundings.current
    let open = try ledger.openRemarks(invoice: invoice)
    guard !open.isEmpty else {
      if try ledger.entry(number: invoice)?.state == .inDoubt {
        throw Failure(
          .usage, "invoice \(invoice) is in doubt: whether QuickBooks has it is not known",
          remedy: "look in QuickBooks, then say it with --as sent, or --as not-sent")
      }
      throw Failure(
        .usage, "nothing is open about invoice \(invoice)",
        remedy: "see what is with: loadbooks ledger check")
    }
    _ = try ledger.settleRemarks(
      invoice: invoice, at: here.timestamp, because: reason ?? "", by: by)
    if options.json {
      return here.print(JSONText.array(open.map { .string($0.message) }).text)
    }
    for remark in open { here.print("settled: \(FindingText.visible(remark.message))") }
  }

  private func settleDoubt(
    _ invoice: String, _ outcome: Outcome, _ ledger: SyncLedger, _ company: CompanyFolder,
    _ settings: Settings
  ) throws {
    let here = Surroundings.current
    let before = try PendingFile.all(ledger, in: company)
    let isSettled = try ledger.settle(
      doubtOf: invoice, isThere: outcome == .sent, at: here.timestamp, because: reason ?? "", by: by
    )
    guard isSettled else {
      throw Failure(
        .usage, "invoice \(invoice) is not in doubt, and does not wait to be sent again",
        remedy: "see how it stands with: loadbooks explain \(ShellText.word(invoice))")
    }
    let renewal = try ResendRenewal(
      ledger, in: company, settings: settings, at: here.timestamp, before: before)
    if options.json {
      return here.print(
        JSONText.array([["invoice": .string(invoice), "result": .string(outcome.rawValue)]]).text)
    }
    here.print(
      "invoice \(FindingText.visible(invoice)): "
        + (outcome == .sent
          ? "QuickBooks has it; it is synced"
          : "QuickBooks does not have it; convert sends it anew"))
    for words in renewal.words { here.print(words) }
  }

  /// What QuickBooks held when its lists were last saved into the folder books.
  private func books(_ company: CompanyFolder) throws(Failure) -> CompanySnapshot? {
    guard FileManager.default.fileExists(atPath: company.booksPath) else { return nil }
    let books = try BooksReader.read([company.booksPath])
    return books.isEmpty ? nil : books
  }
}
