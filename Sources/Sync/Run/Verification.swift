internal import Foundation
internal import QuickBooks
public import Vocabulary

/// Reads a run's files again and proves its counts and cents: against each other, against the report,
/// and against the inputs where they are still to be had.
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

  /// Verifies the run whose files are in a folder.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable` when there is no report to
  ///   verify against.
  public init(folder: String) throws(Failure) {
    self.folder = folder
    let path = folder + "/" + ReportFormat.json.fileName
    guard let data = FileManager.default.contents(atPath: path) else {
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
    checkInputs(report)
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
    var run: Run, inputs: [Input], outputs: [Output], totals: Totals
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
        "\(output.path): \(output.documents) documents, \(output.amount) in total",
        "found \(found), \(sum) in total")
      documents += found
      amount += sum
    }
    let delivered = report.totals.delivered
    expect(
      documents == delivered.invoices && amount == delivered.value,
      "the files hold what was delivered: \(delivered.invoices) invoices, \(delivered.amount) in total",
      "they hold \(documents) documents, \(amount) in total")
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
      try InvoicesCSV.forEachDecision(ofFile: path) { word, total in
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

  private mutating func checkInputs(_ report: WrittenReport) {
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
