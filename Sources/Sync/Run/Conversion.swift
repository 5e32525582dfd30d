internal import Foundation
public import Ledger
internal import LoadOps
internal import QuickBooks
public import Vocabulary

/// Carries a plan out: reads the export again, writes the QuickBooks files, the held records and the
/// report, proves the totals, and only then gives the files their names.
///
/// Nothing is visible before everything is complete. With a ledger, the run is recorded in one
/// transaction while all files still have hidden names; a program that is killed after that finds the
/// run unfinished at its next start and ends it (see ``RunRecovery``). Whatever fails, one rule holds: a
/// file that the ledger may count as sent is only removed after the ledger has taken the run back.
public struct Conversion {
  /// What a run is busy with.
  public enum Stage: String, Sendable {
    /// Reading the export again and writing its documents.
    case writing
    /// Checking the written files and reading them back.
    case checking
  }

  /// Tells how far a stage is, in invoices.
  public typealias Progress = (_ stage: Stage, _ done: UInt64, _ total: UInt64) -> Void

  /// How many invoices the HTML report lists of those that went out, and of the others.
  private static let listedRows = 1000

  private let plan: SyncPlan
  private let output: OutputFolder
  /// Where the documents go, which says who writes them.
  private let destination: Destination
  private let ledger: SyncLedger?
  private let clock: () -> String
  private let progress: Progress?
  private var report: SyncReport
  private var held: HeldRecords
  private var heldRows: [SyncReport.InvoiceRow] = []
  private var otherRows: [SyncReport.InvoiceRow] = []
  private var staged: [StagedFile] = []
  /// Whether the ledger may know the run, so that its files must stay.
  private var mayBeRecorded = false

  private var folder: String { output.path }

  /// Writes everything.
  ///
  /// - Parameters:
  ///   - plan: What to do.
  ///   - run: Which run the report shall name.
  ///   - output: The folder for the files.
  ///   - ledger: The memory; nil for a run without one.
  ///   - clock: The time, ISO 8601 with zone.
  ///   - progress: Called now and then.
  /// - Returns: The report as it was written.
  /// - Throws: `Failure`; then no file has its final name and nothing is remembered, or, where the disk
  ///   does not even allow that, the run is one that ``RunRecovery`` settles at the next start.
  public static func convert(
    _ plan: SyncPlan, run: SyncReport.Run, output: String, ledger: SyncLedger?,
    clock: @escaping () -> String, progress: Progress? = nil
  ) throws(Failure) -> SyncReport {
    let folder = try OutputFolder(output)
    defer { folder.release() }
    var conversion = Conversion(plan, run, folder, ledger, clock, progress)
    do {
      try conversion.deliverAndRecord()
      try conversion.publish()
    } catch {
      if !conversion.mayBeRecorded { conversion.discard() }
      folder.removeIfMade()
      throw error
    }
    return conversion.report
  }

  /// Removes every file that has no name yet.
  private func discard() {
    for file in staged { file.discard() }
    for file in held.staged { file.discard() }
  }

  private init(
    _ plan: SyncPlan, _ run: SyncReport.Run, _ output: OutputFolder, _ ledger: SyncLedger?,
    _ clock: @escaping () -> String, _ progress: Progress?
  ) {
    self.plan = plan
    self.output = output
    destination = plan.context.settings.destination
    self.ledger = ledger
    self.clock = clock
    self.progress = progress
    report = plan.report
    report.run = run
    report.run.plan = plan.fingerprint
    held = HeldRecords(folder: output.path, settings: plan.context.settings)
  }

  // MARK: - Recording

  private mutating func deliverAndRecord() throws(Failure) {
    guard let ledger else {
      try deliver { _, _, _ in }
      return
    }
    var record = RunRecord(
      id: report.run.id, command: report.run.command, target: report.run.target,
      startedAt: report.run.started ?? clock(), plan: plan.fingerprint,
      outputFolder: URL(fileURLWithPath: folder).standardizedFileURL.path,
      inputs: report.inputs.map {
        RunRecord.Input(
          path: URL(fileURLWithPath: $0.path).standardizedFileURL.path, kind: $0.kind,
          fingerprint: $0.fingerprint, records: $0.records)
      })
    record.state = .preparing
    var work = self
    defer { self = work }
    do {
      try ledger.record(record) { (recorder) throws(Failure) in
        let entries = LedgerEntries(plan: plan, run: report.run.id)
        try work.deliver { (replay, row, document) throws(Failure) in
          switch replay.assessment.outcome {
          case .delivered:
            try recorder.add(
              invoice: entries.entry(replay, document), content: replay.assessor.content)
          case .alreadySynced:
            try recorder.add(
              alreadySynced: InvoiceNumber(replay.record.string(replay.invoice.number)))
          case .suppressed, .held:
            if let row { try recorder.add(unsent: entries.unsent(replay, row)) }
          }
        }
        for entry in entries.listEntries() { try recorder.add(listEntry: entry) }
        work.mayBeRecorded = true
        return work.completion()
      }
    } catch {
      // A commit that failed may still be found complete in the write-ahead log at the next start, but
      // not one that the ledger refused before it came to that.
      if error.cause == .ownBug { work.mayBeRecorded = false }
      throw error
    }
  }

  private func completion() -> RunCompletion {
    let totals = report.totals
    let convert = { (tally: Tally) in
      RunRecord.Tally(invoices: tally.invoices, lines: tally.lines, amount: tally.amount)
    }
    var outputs = report.outputs.map {
      RunRecord.Output(
        name: $0.name, fingerprint: $0.fingerprint, documents: $0.documents, amount: $0.amount)
    }
    let written = Set(outputs.map(\.name))
    for file in staged where !written.contains(file.name) {
      guard let fingerprint = file.fingerprint else { continue }
      outputs.append(
        RunRecord.Output(name: file.name, fingerprint: fingerprint, documents: 0, amount: .zero))
    }
    return RunCompletion(
      totals: RunRecord.Totals(
        read: convert(totals.read), delivered: convert(totals.delivered),
        alreadySynced: convert(totals.alreadySynced), suppressed: convert(totals.suppressed),
        held: convert(totals.held)), outputs: outputs)
  }

  // MARK: - Delivering

  /// Gets each invoice with its row of `invoices.csv`, and its document when it is delivered.
  private typealias Decided = (
    PlanReplay, SyncReport.InvoiceRow?, borrowing SalesDocument
  ) throws(Failure) -> Void

  /// Reads the export again in its own order and writes every file, under hidden names.
  private mutating func deliver(_ decided: Decided) throws(Failure) {
    let writer: (any DocumentWriter)? =
      plan.documents == 0
      ? nil
      : try destination.makeWriter(
        lists: plan.lists, run: report.run.id, folder: folder, expectedDocuments: plan.documents)
    do {
      try write(writer, decided)
    } catch {
      writer?.discard()
      throw error
    }
  }

  private mutating func write(
    _ writer: (any DocumentWriter)?, _ decided: Decided
  ) throws(Failure) {
    let table = try StagedFile(folder: folder, name: ReportFormat.csv.fileName)
    staged.append(table)
    var rows = InvoicesCSV(file: table)
    let fileNames = plan.files.map { InvoicesCSV.FileName($0.name) }
    var builder = DocumentBuilder(plan: plan)
    var document = SalesDocument()
    let replay = try PlanReplay(plan)
    // The held file says why in full, so sentences are made for what is held.
    replay.tells = .held
    replay.recalls = true
    replay.assessor.keepsContent = ledger != nil
    try held.begin(plan.files.first { $0.kinds.contains(.invoices) }?.headers)
    while try replay.next() {
      if replay.met & 1023 == 0 {
        progress?(.writing, UInt64(replay.met), UInt64(plan.invoices.count))
      }
      let row = try writeRow(replay, to: &rows, fileNames[replay.file])
      if replay.assessment.outcome == .held {
        let file = plan.files[replay.file]
        try held.write(
          replay.record, headers: file.headers, isSheet: file.sheet != nil, dates: file.dates,
          reasons: replay.assessor.findings.filter { $0.severity == .error })
      } else if replay.assessment.outcome == .delivered, let writer {
        try builder.build(
          replay.record, replay.invoice, replay.assessment, items: &replay.assessor.items,
          into: &document)
        try writer.append(document)
      }
      try decided(replay, row, document)
    }
    try rows.finish()
    try finishFiles(table, writer)
  }

  /// Forces everything to disk, has the documents checked and read back, and writes the reports.
  private mutating func finishFiles(_ table: StagedFile, _ writer: (any DocumentWriter)?)
    throws(Failure)
  {
    try table.finish()
    for file in held.staged { try file.finish() }
    staged += held.staged
    if let writer {
      progress?(.checking, 0, UInt64(plan.documents))
      report.outputs = try writer.finish()
      staged += writer.stagedFiles
    }
    try tie()
    try writeReports()
  }

  /// What was written must be what was decided, to the cent, before anything gets its name.
  private func tie() throws(Failure) {
    let documents = report.outputs.reduce(0) { $0 + $1.documents }
    let amount = report.outputs.reduce(Money.zero) { $0 + $1.amount }
    let delivered = report.totals.delivered
    guard documents == delivered.invoices, amount == delivered.amount, report.totals.isBalanced
    else {
      throw Failure(
        .ownBug,
        "the written files hold \(documents) documents over \(amount), but "
          + "\(delivered.invoices) over \(delivered.amount) were to be delivered",
        remedy: "nothing was written; please report this with the export, if you may share it")
    }
  }

  /// Writes an invoice's row of `invoices.csv`; returns it where somebody needs more than that.
  private mutating func writeRow(
    _ replay: PlanReplay, to rows: inout InvoicesCSV, _ file: InvoicesCSV.FileName
  ) throws(Failure) -> SyncReport.InvoiceRow? {
    let assessment = replay.assessment
    let isListed =
      assessment.outcome == .delivered
      ? otherRows.count < Conversion.listedRows : heldRows.count < Conversion.listedRows
    if !isListed { report.invoiceRowsAreCapped = true }
    let text = replay.record.text
    let number = text.span.extracting(replay.invoice.number.value.range)
    let isSent = assessment.outcome == .delivered || assessment.outcome == .alreadySynced
    guard isSent, !isListed, plan.files[replay.file].sheet == nil, Conversion.isPlain(number) else {
      let row = row(replay.record, replay.invoice, assessment)
      try rows.write(row)
      if isListed, assessment.outcome == .delivered { otherRows.append(row) }
      if isListed, assessment.outcome != .delivered { heldRows.append(row) }
      return row
    }
    let cut = max(0, number.count - destination.documentNumberLimit)
    try rows.write(
      number: number,
      customer: text.span.extracting(replay.invoice.customer.value.range),
      date: assessment.date, total: assessment.amount, outcome: assessment.outcome,
      documentKind: assessment.kind == .invoice ? "INVOICE " : "CREDIT MEMO ",
      documentNumber: number.extracting(cut..<number.count), file: file,
      line: replay.record.place.line)
    return nil
  }

  /// Whether every byte is a character by itself.
  private static func isPlain(_ text: Span<UInt8>) -> Bool {
    for index in text.indices where text[index] < 0x20 || text[index] >= 0x7F { return false }
    return true
  }

  private func row(
    _ record: Record, _ invoice: Invoice, _ assessment: InvoiceAssessor.Assessment
  ) -> SyncReport.InvoiceRow {
    let number = record.string(invoice.number)
    var reasons: [String] = []
    if assessment.outcome == .held {
      reasons = plan.assessor.holding(assessment.rules).map(\.kind.id)
    } else if assessment.outcome == .suppressed {
      reasons = [Rule.suppressed.kind.id]
    }
    var documentName = ""
    if assessment.outcome == .delivered || assessment.outcome == .alreadySynced {
      let kind = assessment.kind == .invoice ? "INVOICE" : "CREDIT MEMO"
      documentName = "\(kind) \(number.suffix(destination.documentNumberLimit))"
    }
    return SyncReport.InvoiceRow(
      number: number, customer: record.string(invoice.customer), date: assessment.date,
      total: assessment.amount, outcome: assessment.outcome, reasons: reasons,
      document: documentName,
      location: plan.files[Int(record.place.file)].location(line: record.place.line))
  }

  private mutating func writeReports() throws(Failure) {
    if report.run.started != nil { report.run.finished = clock() }
    report.invoiceRows = heldRows + otherRows
    for format in ReportFormat.allCases where format != .csv {
      let file = try StagedFile(folder: folder, name: format.fileName)
      staged.append(file)
      try file.write(format.render(report))
      try file.finish()
    }
    // The ledger records the run next, and counts on its files being there after a power failure.
    try StagedFile.syncFolder(folder)
  }

  // MARK: - Names

  /// Gives all files their names, the reports first; takes them back when one cannot have its name.
  private mutating func publish() throws(Failure) {
    let suffix = destination.fileSuffix
    let isForQuickBooks = { (file: StagedFile) in file.name.hasSuffix(suffix) }
    let ordered = staged.filter { !isForQuickBooks($0) } + staged.filter(isForQuickBooks)
    do {
      try output.refuseOtherRun()
      for file in ordered { try file.publish() }
      try StagedFile.syncFolder(folder)
    } catch {
      throw takeBack(ordered, error)
    }
    guard let ledger else { return }
    do {
      try ledger.finish(run: report.run.id, finishedAt: report.run.finished ?? clock())
    } catch {
      throw Failure(
        error.cause,
        "\(error.message); the files in \(folder) are complete and their invoices count as sent",
        remedy: "the next run notes the end of this one by itself: \(error.remedy)")
    }
  }

  /// Hides the files again, lets the ledger forget the run, and removes them, in this order.
  ///
  /// Returns the failure to tell. Where one step fails the next is not taken: then the ledger still has
  /// the run, every file is still there, and the next start completes it.
  private mutating func takeBack(_ ordered: [StagedFile], _ failure: Failure) -> Failure {
    guard let ledger else {
      // Without memory, a file that cannot be hidden is just removed.
      var left = 0
      for file in ordered.reversed() {
        do {
          try file.hide()
        } catch {
          if unlink(file.finalPath) != 0, errno != ENOENT { left += 1 }
        }
      }
      guard left > 0 else { return failure }
      return Failure(
        failure.cause,
        "\(failure.message), and \(SyncReport.counted(left, "file")) could not be removed from \(folder)",
        remedy: "do not import what stands there: delete it, and run again; \(failure.remedy)")
    }
    do throws(Failure) {
      for file in ordered.reversed() { try file.hide() }
      try StagedFile.syncFolder(folder)
      try ledger.forget(
        run: report.run.id, at: clock(), because: "its files could not be named")
    } catch {
      return Failure(
        failure.cause,
        "\(failure.message); its invoices count as sent, and the next run completes its files",
        remedy: failure.remedy)
    }
    mayBeRecorded = false
    return failure
  }
}

/// What the ledger remembers of a run, made while the run delivers.
private struct LedgerEntries {
  private let plan: SyncPlan
  private let run: String

  init(plan: SyncPlan, run: String) {
    self.plan = plan
    self.run = run
  }

  func entry(_ replay: PlanReplay, _ document: borrowing SalesDocument) -> LedgerEntry {
    let assessment = replay.assessment
    // What is yet to be sent is in doubt until QuickBooks has answered.
    return LedgerEntry(
      number: InvoiceNumber(replay.record.string(replay.invoice.number)),
      contentHash: assessment.content,
      state: plan.context.settings.destination.isOnline ? .inDoubt : .synced, run: run,
      documentKind: assessment.documentKind,
      documentNumber: document.text.text(document.number),
      customer: plan.assessor.customers.entries[assessment.customer].name,
      quickBooksCustomer: plan.lists.customers[document.customer].name, date: document.date,
      amount: assessment.amount, lines: assessment.lines)
  }

  func unsent(_ replay: PlanReplay, _ row: SyncReport.InvoiceRow) -> UnsentInvoice {
    let assessment = replay.assessment
    let customers = plan.assessor.customers
    return UnsentInvoice(
      number: InvoiceNumber(row.number), outcome: row.outcome == .held ? .held : .suppressed,
      reasons: row.reasons, contentHash: assessment.content, documentKind: assessment.documentKind,
      customer: row.customer,
      quickBooksCustomer: customers.entries[assessment.customer].holding.isEmpty
        ? customers.writtenName(assessment.customer) : "", date: row.date, amount: row.total,
      lines: assessment.lines)
  }

  func listEntries() -> [LedgerListEntry] {
    let lists = plan.lists
    let entry = { (kind: LedgerListEntry.Kind, name: String, source: String?, content: String) in
      LedgerListEntry(
        kind: kind, quickBooksName: name, loadOpsName: source,
        contentHash: ContentHash(of: Array(content.utf8).span))
    }
    var entries = lists.accounts.map { entry(.account, $0.name, nil, $0.type.rawValue) }
    entries += lists.items.map { entry(.item, $0.name, nil, $0.account + "\n" + $0.description) }
    entries += lists.terms.map { entry(.terms, $0.name, nil, "\($0.dueDays)") }
    entries += lists.classes.map { entry(.class, $0, nil, "") }
    for (customer, source) in zip(lists.customers, plan.report.createdCustomerSources) {
      entries.append(
        LedgerListEntry(
          kind: .customer, quickBooksName: customer.name, loadOpsName: source,
          contentHash: lists.existing.customers.contains(customer.name)
            ? CustomerBook.foreignHash : CustomerBook.contentHash(customer)))
    }
    return entries
  }
}
