internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import Sync
internal import Vocabulary

/// The command `loadbooks suppress`.
struct Suppress: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suppress",
    abstract:
      "Put invoices, or all of a customer's, on the suppression list: they may not be sent.",
    discussion: """
      Adds rows to suppress.csv, which a spreadsheet may edit as well; all other rows stay as they are. \
      With invoices, --customer guards against a typing error; without, it stands for all invoices of \
      that customer. What was sent already cannot be suppressed.
      """)

  @Argument(help: ArgumentHelp("Invoice numbers.", valueName: "invoice"))
  var invoices: [String] = []

  @Option(
    help: ArgumentHelp("Why; required unless every row of the file says so.", valueName: "text"))
  var reason: String?

  @Option(help: ArgumentHelp("Who decided.", valueName: "name"))
  var by = ""

  @Option(
    help: ArgumentHelp("The last day on which it counts.", valueName: "yyyy-mm-dd"), transform: day)
  var until: CalendarDate?

  @Option(help: ArgumentHelp("The customer, by its exact LoadOps name.", valueName: "name"))
  var customer: String?

  @Option(
    help: ArgumentHelp(
      "Invoice numbers from a file: one a line, or a CSV with a column invoice_number; - for input.",
      valueName: "file"))
  var file: String?

  @OptionGroup var options: CompanyOptions

  func validate() throws {
    if invoices.isEmpty, file == nil, customer == nil {
      throw ValidationError("Name an invoice, a --file, or a --customer.")
    }
    try checkInvoiceNumbers(invoices)
    if customer?.allSatisfy(\.isWhitespace) == true {
      throw ValidationError("The --customer is empty.")
    }
    if reason?.allSatisfy(\.isWhitespace) ?? (file == nil) {
      throw ValidationError("Say why, with --reason.")
    }
  }

  func run() throws {
    let company = try options.neededFolder()
    let requests = try requests()
    let answers = try SuppressionEdit.Session(options, company, "loadbooks suppress").edit { edit in
      try requests.map { request in
        if let number = request.invoiceNumber, let sent = try edit.ledger.entry(number: number) {
          return (
            request,
            .refused(
              "it is synced: \(sent.howItWasSent), dated \(sent.date), \(sent.amount.grouped)",
              remedy: "what QuickBooks has cannot be held back; void it there, or take back its run"
            )
          )
        }
        return (request, try edit.file.suppress(request, today: edit.today))
      }
    }
    try SuppressionEdit.tell(answers, done: "suppressed", already: "is suppressed already", options)
  }

  private func requests() throws -> [SuppressionFile.Request] {
    var requests = invoiceNumbers(invoices).map(request)
    if let file {
      requests += try SuppressionFile.Request.read(
        file, bytes: try InputFile.bytes(file), reason: reason, by: by, until: until)
    } else if invoices.isEmpty {
      requests = [request(nil)]
    }
    var known: Set<String?> = []
    return requests.filter { known.insert($0.invoiceNumber).inserted }
  }

  private func request(_ number: String?) -> SuppressionFile.Request {
    SuppressionFile.Request(
      invoiceNumber: number, customerName: customer, reason: reason ?? "", by: by, until: until)
  }
}

/// The command `loadbooks release`.
struct Release: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Take invoices, or a customer, off the suppression list: they may be sent again.",
    discussion: """
      With --refused it is about what QuickBooks refused and would refuse again: the names given, of \
      customers, items, terms or accounts, or invoice numbers; without any, all of it. A run that was \
      taken back stands for all that QuickBooks had of it and that is removed there.
      """)

  @Argument(help: ArgumentHelp("Invoice numbers.", valueName: "invoice"))
  var invoices: [String] = []

  @Flag(help: "Free what QuickBooks refused, because it was put right there.")
  var refused = false

  @Option(help: ArgumentHelp("Why.", valueName: "text"))
  var reason: String?

  @Option(help: ArgumentHelp("Who decided.", valueName: "name"))
  var by = ""

  @Option(
    help: ArgumentHelp(
      "The customer whose own row is meant; with invoices, a guard.", valueName: "name"))
  var customer: String?

  @Option(
    help: ArgumentHelp(
      "Invoice numbers from a file: one a line, or a CSV with a column invoice_number; - for input.",
      valueName: "file"))
  var file: String?

  @OptionGroup var options: CompanyOptions

  func validate() throws {
    if refused {
      guard file == nil, customer == nil else {
        throw ValidationError("--refused takes names, and neither --file nor --customer.")
      }
      return
    }
    if invoices.isEmpty, file == nil, customer == nil {
      throw ValidationError("Name an invoice, a --file, or a --customer.")
    }
    try checkInvoiceNumbers(invoices)
    if customer?.allSatisfy(\.isWhitespace) == true {
      throw ValidationError("The --customer is empty.")
    }
  }

  func run() throws {
    let company = try options.neededFolder()
    if refused { return try releaseRefused(company) }
    var numbers: [String?] = invoices
    if let file {
      numbers += try SuppressionFile.Request.read(
        file, bytes: try InputFile.bytes(file), reason: reason ?? "", by: by, until: nil
      ).map(\.invoiceNumber)
    } else if invoices.isEmpty {
      numbers = [nil]
    }
    var known: Set<String?> = []
    numbers = numbers.map { $0?.trimmed }.filter { known.insert($0).inserted }
    let answers = try SuppressionEdit.Session(options, company, "loadbooks release").edit { edit in
      let held = Set(try edit.ledger.holds().lazy.filter { $0.kind == .invoice }.map(\.name))
      return try numbers.map { number in
        let request = SuppressionFile.Request(
          invoiceNumber: number, customerName: customer, reason: reason ?? "", by: by,
          until: nil)
        let met = try number.flatMap { number in try edit.ledger.unsent(number: number) }
        let answer = edit.file.release(
          invoiceNumber: number, customerName: customer, knownCustomer: met?.customer,
          today: edit.today)
        if case .refused(SuppressionFile.notListed, _) = answer, let number,
          held.contains(number) || met?.outcome == .refused
        {
          return (request, Release.refusedByQuickBooks(number, isHeld: held.contains(number)))
        }
        return (request, answer)
      }
    }
    try SuppressionEdit.tell(answers, done: "released", already: "", options)
  }

  /// What `release` says of an invoice that QuickBooks has refused, and nobody suppressed.
  private static func refusedByQuickBooks(
    _ number: String, isHeld: Bool
  ) -> SuppressionFile.Answer {
    let word = ShellText.word(number)
    return .refused(
      "\(SuppressionFile.notListed); QuickBooks has refused it",
      remedy: isHeld
        ? "when that is put right there, say so with: loadbooks release --refused \(word)"
        : "see why, and what to do, with: loadbooks explain \(word)")
  }

  private func releaseRefused(_ company: CompanyFolder) throws {
    let here = Surroundings.current
    let freed = try company.writing("loadbooks release") { ledger in
      try ledger.release(
        holds: invoices, at: here.timestamp, because: reason ?? "", by: by)
    }
    let missing = invoices.filter { name in
      !freed.contains {
        [$0.name.lowercased(), $0.run.lowercased()].contains(name.lowercased())
      }
    }
    if options.json {
      here.print(
        JSONText.array(
          freed.map { ["kind": .string($0.kind.rawValue), "name": .string($0.name)] }
        ).text)
    } else {
      var told: Set<String> = []
      for hold in freed where told.insert("\(hold.kind.rawValue) \(hold.name)").inserted {
        here.print(
          "\(hold.kind.rawValue.replacing("_", with: " ")) \(FindingText.visible(hold.name)): released"
        )
      }
      if freed.isEmpty, missing.isEmpty {
        here.print("QuickBooks has refused nothing that is held")
      }
    }
    guard let first = missing.first else { return }
    throw Failure(
      .usage, "nothing is held because QuickBooks refused \"\(first)\"",
      remedy: "see what is held with: loadbooks list invoices --status held")
  }
}

/// An edit of the company's suppression list, under its lock, with an event for each change.
struct SuppressionEdit {
  let ledger: SyncLedger
  let today: CalendarDate
  var file: SuppressionFile

  /// Each request with what became of it.
  typealias Answers = [(SuppressionFile.Request, SuppressionFile.Answer)]

  /// A company whose list is to be edited.
  struct Session {
    private let options: CompanyOptions
    private let company: CompanyFolder
    private let command: String

    init(_ options: CompanyOptions, _ company: CompanyFolder, _ command: String) {
      self.options = options
      self.company = company
      self.command = command
    }

    /// Does the edit, saves the file, and notes what happened.
    func edit(_ body: (inout SuppressionEdit) throws -> Answers) throws -> Answers {
      let here = Surroundings.current
      let settings = try CompanyFolder.settings(company, assignments: options.assignments)
      return try company.writing(command) { ledger in
        var edit = SuppressionEdit(
          ledger: ledger, today: here.today(in: settings.timeZone),
          file: try SuppressionFile(path: company.suppressionPath))
        let answers = try body(&edit)
        try edit.file.save()
        for (request, answer) in answers where answer == .done {
          try ledger.recordEvent(
            LedgerEvent(
              at: here.timestamp, invoice: request.invoiceNumber,
              customer: request.invoiceNumber == nil ? request.customerName : nil,
              kind: command.hasSuffix("release") ? .released : .suppressed,
              detail: request.reason + (request.until.map { " (until \($0))" } ?? ""),
              by: request.by))
        }
        return answers
      }
    }
  }

  /// Tells what became of each; ends with exit code 3 when something was refused.
  static func tell(
    _ answers: Answers, done: String, already: String, _ options: CompanyOptions
  ) throws {
    let here = Surroundings.current
    let refused = answers.filter { if case .refused = $0.1 { true } else { false } }
    if options.json {
      here.print(json(answers, done: done).text)
    } else {
      for (request, answer) in answers {
        let what = FindingText.visible(request.words)
        switch answer {
        case .done:
          here.print("\(what): \(done)" + (request.until.map { " until \($0)" } ?? ""))
        case .already(let line, let reason):
          here.print(
            "\(what) \(already)"
              + (line > 0 ? " (line \(line): \(FindingText.visible(reason)))" : ""))
        case .refused(let why, let remedy):
          here.tell(
            "error: \(what): \(FindingText.visible(why))\n  remedy: \(FindingText.visible(remedy))")
        }
      }
      if answers.count > 1 {
        here.print(
          "\(answers.count { $0.1 == .done }) of \(answers.count) \(done)"
            + (refused.isEmpty ? "" : ", \(refused.count) refused"))
      }
    }
    if !refused.isEmpty { throw ExitCode.held }
  }

  private static func json(_ answers: Answers, done: String) -> JSONText {
    .array(
      answers.map { request, answer in
        let (result, why, remedy): (String, String?, String?) =
          switch answer {
          case .done: (done, nil, nil)
          case .already(_, let reason): ("already", reason, nil)
          case .refused(let why, let remedy): ("refused", why, remedy)
          }
        return [
          "invoice": .string(orNull: request.invoiceNumber),
          "customer": .string(orNull: request.customerName), "result": .string(result),
          "reason": .string(orNull: why ?? request.reason), "remedy": .string(orNull: remedy),
        ]
      })
  }
}
