internal import Foundation
public import Ledger
internal import QuickBooks
public import Vocabulary

/// Reads a run's files again and proves its counts and cents: against each other, against the report,
/// against the ledger, and against the inputs where they are still to be had.
public struct Verification: Sendable {
  /// One thing that was looked at.
  public struct Check: Sendable, Hashable {
    /// How it came out.
    public enum Verdict: String, Sendable {
      /// It is as it must be.
      case same = "="
      /// It differs.
      case differs = "*"
      /// It is missing.
      case missing = "-"
      /// It could not be compared.
      case unknown = "!"
    }

    /// How it came out.
    public var verdict: Verdict
    /// What was compared, with both values when they differ.
    public var message: String
  }

  /// The folder.
  public let folder: String
  /// The run's id.
  public let run: String
  /// Everything that was looked at.
  public private(set) var checks: [Check] = []

  /// Whether everything that could be compared is as it must be.
  public var isClean: Bool { checks.allSatisfy { $0.verdict == .same || $0.verdict == .unknown } }

  /// Reads inputs again and counts what they hold, whatever becomes of it.
  public typealias Recount = (_ paths: [String]) throws -> Tally

  /// Verifies the run whose files are in a folder.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - ledger: The company's ledger, if the run was recorded in one.
  ///   - recount: Counts the inputs anew; called when all of them are still as they were read.
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable` when there is no report to
  ///   verify against.
  public init(
    folder: String, ledger: SyncLedger? = nil, recount: Recount? = nil
  ) throws(Failure) {
    self.folder = folder
    let path = folder + "/" + ReportFormat.json.fileName
    guard let data = FileManager.default.contents(atPath: path) else {
      guard access(folder, F_OK) == 0 else {
        throw Failure(
          .inputMissing, "\(folder) is not there any more",
          remedy: "put the folder back, or name it where it is now: loadbooks verify FOLDER")
      }
      throw Failure(
        .inputMissing, "\(folder) has no \(ReportFormat.json.fileName)",
        remedy: "name a run's id (see: loadbooks runs) or the folder a run wrote")
    }
    guard let report = try? JSONDecoder().decode(WrittenReport.self, from: data) else {
      throw Failure(
        .inputUnreadable, "\(path) is not a sync report",
        remedy: "restore the file from a backup, or verify another run")
    }
    run = report.run.id
    try checkOutputs(report)
    try checkInvoices(report)
    checkTotals(report)
    if let ledger, let record = try ledger.run(report.run.id) {
      try checkLedger(report, record, ledger)
    }
    checkInputs(report, recount)
  }

  /// Where the files of a recorded run are: where they were written, or where taking it back put them.
  public static func folder(of run: RunRecord, in company: CompanyFolder) -> String {
    let undone = RunFolder.undonePath(of: run.id, in: company)
    // A run that never counted leaves its reports where they were.
    return run.state == .undone && access(undone, F_OK) == 0
      ? undone : RunFolder.path(of: run, in: company)
  }

  /// The parts of a written report that are proved.
  private struct WrittenReport: Decodable {
    struct Run: Decodable { var id: String }
    struct Input: Decodable { var path: String, sha256: String }
    struct Output: Decodable { var path: String, sha256: String, documents: Int, amount: String }
    struct Tally: Decodable {
      var invoices: Int, lines: Int, amount: String
      var value: Vocabulary.Money? { Money(canonical: amount) }
    }
    struct Totals: Decodable {
      var read: Tally, delivered: Tally, already_synced: Tally, suppressed: Tally, held: Tally
      var balanced: Bool
    }
    var run: Run, inputs: [Input], outputs: [Output], totals: Totals, not_selected: Tally?
  }

  private mutating func expect(
    _ isSame: Bool, _ what: String, _ difference: @autoclosure () -> String
  ) {
    checks.append(
      Check(verdict: isSame ? .same : .differs, message: isSame ? what : "\(what): \(difference())")
    )
  }

  private mutating func checkOutputs(_ report: WrittenReport) throws(Failure) {
    var documents = 0
    var amount = Money.zero
    for output in report.outputs {
      let path = folder + "/" + output.path
      guard let fingerprint = Fingerprint(ofFile: path) else {
        checks.append(Check(verdict: .missing, message: "\(output.path) is missing"))
        continue
      }
      expect(
        fingerprint.hex == output.sha256, "\(output.path) has the bytes that were written",
        "its sum is \(fingerprint.short)…, but \(output.sha256.prefix(12))… was written")
      guard WrittenDocument.canRead(output.path) else { continue }
      let (found, sum) = try readBack(output.path, path)
      expect(
        found == output.documents && sum.description == output.amount,
        "\(output.path): \(SyncReport.counted(output.documents, "document")), \(output.amount) in total",
        "found \(found), \(sum) in total")
      documents += found
      amount += sum
    }
    let delivered = report.totals.delivered
    expect(
      documents == delivered.invoices && amount == delivered.value,
      "the files hold what was delivered: \(SyncReport.counted(delivered.invoices, "invoice")), \(delivered.amount) in total",
      "they hold \(SyncReport.counted(documents, "document")), \(amount) in total")
  }

  /// Reads a file's documents, and notes whether they are as its kind of file must have them.
  private mutating func readBack(
    _ name: String, _ path: String
  ) throws(Failure) -> (found: Int, sum: Money) {
    var found = 0
    var sum = Money.zero
    var unbalanced = 0
    let read = { () throws(Failure) in
      try WrittenDocument.forEach(ofFile: path) { (document) throws(Failure) in
        found += 1
        sum += document.total
        if document.balance != .zero { unbalanced += 1 }
      }
    }
    if name.hasSuffix(".xml") {
      var fault = ""
      do { try read() } catch { fault = error.message }
      expect(fault.isEmpty, "\(name) obeys the schema of qbXML requests", fault)
    } else {
      try read()
      expect(unbalanced == 0, "\(name): every transaction sums to 0.00", "\(unbalanced) do not")
    }
    return (found, sum)
  }

  private mutating func checkInvoices(_ report: WrittenReport) throws(Failure) {
    let path = folder + "/" + ReportFormat.csv.fileName
    var tallies: [String: (count: Int, amount: Money)] = [:]
    do {
      try InvoicesCSV.forEachDecision(ofFile: path) { _, word, total in
        let old = tallies[word] ?? (0, .zero)
        tallies[word] = (old.count + 1, old.amount + total)
      }
    } catch {
      checks.append(
        Check(verdict: .missing, message: "\(ReportFormat.csv.fileName): \(error.message)"))
      return
    }
    let totals = report.totals
    let parts = [
      (Outcome.delivered, totals.delivered), (.alreadySynced, totals.already_synced),
      (.suppressed, totals.suppressed), (.held, totals.held),
    ]
    for (outcome, tally) in parts {
      let found = tallies[outcome.word] ?? (0, .zero)
      expect(
        found.count == tally.invoices && found.amount == tally.value,
        "invoices.csv: \(tally.invoices) \(outcome.title), \(tally.amount) in total",
        "found \(found.count), \(found.amount) in total")
    }
  }

  private mutating func checkTotals(_ report: WrittenReport) {
    let totals = report.totals
    let parts = [totals.delivered, totals.already_synced, totals.suppressed, totals.held]
    let invoices = parts.reduce(0) { $0 + $1.invoices }
    let lines = parts.reduce(0) { $0 + $1.lines }
    let amount = parts.reduce(Money.zero) { $0 + ($1.value ?? .zero) }
    expect(
      invoices == totals.read.invoices && lines == totals.read.lines && amount == totals.read.value
        && totals.balanced,
      "read = delivered + already synced + suppressed + held: \(totals.read.amount)",
      "the parts add up to \(invoices) invoices, \(lines) lines, \(amount)")
  }

  // MARK: - The ledger

  private mutating func checkLedger(
    _ report: WrittenReport, _ record: RunRecord, _ ledger: SyncLedger
  ) throws(Failure) {
    guard record.state != .undone else {
      let when = try ledger.undo(ofRun: record.id)?.finishedAt
      checks.append(
        Check(
          verdict: .unknown,
          message: "the run was taken back\(when.map { " on \($0)" } ?? ""): its invoices do not "
            + "count as sent any more"))
      return try checkRemarks(record, ledger)
    }
    let known = Dictionary(
      record.outputs.map { ($0.name, $0.fingerprint.hex) }, uniquingKeysWith: { first, _ in first })
    let differing = report.outputs.filter { known[$0.path] != $0.sha256 }.map(\.path)
    expect(
      differing.isEmpty, "the ledger knows the same files as the report",
      "not so for \(differing.joined(separator: ", "))")
    let delivered = report.totals.delivered
    var tally = try ledger.tally(ofRun: record.id)
    let refused = try ledger.refused(ofRun: record.id)
    for invoice in refused {
      tally.invoices += 1
      tally.lines += invoice.lines
      tally.amount += invoice.amount
    }
    expect(
      tally.invoices == delivered.invoices && tally.lines == delivered.lines
        && tally.amount == delivered.value,
      "the ledger has what was delivered: \(delivered.invoices) invoices, \(delivered.amount) in total",
      "it has \(tally.invoices) invoices with \(tally.lines) lines, \(tally.amount) in total")
    if !refused.isEmpty {
      let sum = refused.reduce(Money.zero) { $0 + $1.amount }
      checks.append(
        Check(
          verdict: .same,
          message: "of these, QuickBooks refused \(SyncReport.counted(refused.count, "invoice")), "
            + "\(sum) in total, which count as sent no more"))
    }
    try checkRoll(record, refused, ledger)
    try checkAnswers(record, ledger)
  }

  /// Whether what answers led to is as it was written, and what QuickBooks has is what was sent.
  private mutating func checkAnswers(
    _ record: RunRecord, _ ledger: SyncLedger
  ) throws(Failure) {
    for (name, sum) in try ledger.laterFiles(ofRun: record.id).sorted(by: { $0.key < $1.key }) {
      guard let found = Fingerprint(ofFile: folder + "/" + name) else {
        checks.append(Check(verdict: .missing, message: "\(name) is missing"))
        continue
      }
      expect(
        found == sum, "\(name) has the bytes that were written",
        "its sum is \(found.short)…, but \(sum.short)… was written")
    }
    try checkRemarks(record, ledger)
  }

  /// What is open between what was sent and what QuickBooks has, also by the answer to another run.
  private mutating func checkRemarks(
    _ record: RunRecord, _ ledger: SyncLedger
  ) throws(Failure) {
    for remark in try ledger.openRemarks(ofRun: record.id) + ledger.doubles(of: record.id) {
      checks.append(
        Check(
          verdict: remark.kind == AnswerRules.totalUnchecked.id ? .unknown : .differs,
          message: remark.message))
    }
  }

  /// Compares `invoices.csv` with the ledger invoice by invoice; the order does not matter.
  private mutating func checkRoll(
    _ record: RunRecord, _ refused: [WithdrawnInvoice], _ ledger: SyncLedger
  ) throws(Failure) {
    let path = folder + "/" + ReportFormat.csv.fileName
    var written = RollSum()
    var recorded = RollSum()
    do throws(Failure) {
      try InvoicesCSV.forEachDecision(ofFile: path) { number, word, total in
        if word == Outcome.delivered.word { written.add(number, total) }
      }
    } catch {
      // That the table is missing or damaged was told already.
      return
    }
    try ledger.forEachEntry(ofRun: record.id) { entry in
      recorded.add(CSVText.plainCell(entry.number.text), entry.amount)
    }
    for replaced in try ledger.replaced(ofRun: record.id) + refused {
      recorded.add(CSVText.plainCell(replaced.number.text), replaced.amount)
    }
    guard written != recorded else {
      checks.append(
        Check(
          verdict: .same,
          message: "invoices.csv and the ledger have the same numbers with the same amounts"))
      return
    }
    var examples: [String] = []
    let known = Set(
      refused.map { RolledInvoice(number: CSVText.plainCell($0.number.text), amount: $0.amount) })
    try InvoicesCSV.forEachDecision(ofFile: path) { (number, word, total) throws(Failure) in
      guard word == Outcome.delivered.word, examples.count < 5,
        !known.contains(RolledInvoice(number: number, amount: total))
      else { return }
      let entry = try ledger.entry(number: number)
      if entry?.run != record.id || entry?.amount != total {
        examples.append(
          "\(number) (\(total) in invoices.csv, "
            + "\(entry.map { "\($0.amount) in the ledger" } ?? "not in the ledger"))")
      }
    }
    checks.append(
      Check(
        verdict: .differs,
        message: "invoices.csv and the ledger do not have the same numbers with the same amounts: "
          + (examples.isEmpty ? "the ledger has others" : examples.joined(separator: ", "))))
  }

  // MARK: - The inputs

  private mutating func checkInputs(_ report: WrittenReport, _ recount: Recount?) {
    checkInputFiles(report)
    let unchanged = report.inputs.allSatisfy {
      Fingerprint(ofFile: $0.path)?.hex == $0.sha256
    }
    guard let recount, unchanged, !report.inputs.isEmpty,
      let read = report.totals.read.value
    else { return }
    let left = report.not_selected?.value ?? .zero
    let invoices = report.totals.read.invoices + (report.not_selected?.invoices ?? 0)
    let lines = report.totals.read.lines + (report.not_selected?.lines ?? 0)
    do {
      let found = try recount(report.inputs.map(\.path))
      expect(
        found.invoices == invoices && found.lines == lines && found.amount == read + left,
        "the inputs, read again, hold \(invoices) invoices, \(lines) lines, \(read + left) in total",
        "found \(found.invoices) invoices, \(found.lines) lines, \(found.amount)")
    } catch {
      let why = (error as? Failure)?.message ?? "\(error)"
      checks.append(
        Check(verdict: .unknown, message: "the inputs cannot be counted again: \(why)"))
    }
  }

  private mutating func checkInputFiles(_ report: WrittenReport) {
    for input in report.inputs {
      guard let fingerprint = Fingerprint(ofFile: input.path) else {
        checks.append(
          Check(verdict: .unknown, message: "\(input.path) is not there any more; not compared"))
        continue
      }
      expect(
        fingerprint.hex == input.sha256, "\(input.path) is the input that was read",
        "it has changed since")
    }
  }
}

/// An invoice as a row of `invoices.csv` has it.
private struct RolledInvoice: Hashable {
  var number: String
  var amount: Money
}

/// The numbers and amounts of many invoices in one value, whatever their order.
private struct RollSum: Hashable {
  private var count = 0
  private var sum: UInt64 = 0
  private var mixed: UInt64 = 0

  mutating func add(_ number: String, _ amount: Money) {
    var text = number
    var hash = ByteHash()
    text.withUTF8 { hash.combine($0.span) }
    hash.combine(UInt64(bitPattern: amount.cents))
    count += 1
    sum &+= hash.value
    mixed ^= hash.value &* 0x9E37_79B9_7F4A_7C15
  }
}
