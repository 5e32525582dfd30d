internal import GRDB
public import Vocabulary

/// Takes the invoices and list entries of one run into the ledger, inside the run's transaction.
///
/// It lives as long as the body of ``SyncLedger/record(_:_:)`` and keeps no invoice in memory.
public struct RunRecorder: ~Copyable {
  private let db: Database
  private let path: String
  private let run: String
  private let insertion: RawStatement
  private let listInsertion: RawStatement
  /// What was added so far.
  public private(set) var recorded = RunRecord.Tally.zero
  /// The first refusal: the transaction fails with it even if the body swallowed it.
  private(set) var refusal: Failure?
  /// What the insertion is bound to.
  private var last: LedgerEntry?

  init(_ db: Database, path: String, run: String, sequence: Int64) throws {
    let insertion = try RawStatement(
      """
      INSERT INTO invoices (number, content_hash, state, evidence, run, document_kind,
        document_number, customer, quickbooks_customer, invoice_date, cents, lines)
      VALUES (?, ?, ?, ?, \(sequence), ?, ?, ?, ?, ?, ?, ?)
      """, db)
    // What is known with the same content needs no second row.
    let listInsertion = try RawStatement(
      """
      INSERT INTO list_entries (kind, quickbooks_name, run, loadops_name, content_hash)
      SELECT ?1, ?2, \(sequence), nullif(?3, ''), ?4
      WHERE ?4 IS NOT (SELECT content_hash FROM list_entries
        WHERE kind = ?1 AND quickbooks_name = ?2 ORDER BY run DESC LIMIT 1)
      """, db)
    self.db = db
    self.path = path
    self.run = run
    self.insertion = insertion
    self.listInsertion = listInsertion
  }

  /// Records that the run sends an invoice.
  ///
  /// - Throws: `Failure` with cause `ownBug` when the number, or the document number, is in the ledger
  ///   already: what was sent is never sent again and never overwritten.
  public mutating func add(invoice entry: LedgerEntry) throws(Failure) {
    guard entry.run == run else {
      throw refuse(
        LedgerFailure.bug(
          "invoice \(entry.number) of run \(entry.run) was recorded with run \(run)"))
    }
    bind(entry)
    do {
      try insertion.run()
    } catch {
      throw refuse(explain(error, entry))
    }
    recorded.invoices += 1
    recorded.lines += entry.lines
    recorded.amount += entry.amount
  }

  /// Records that the run declares an entry of a QuickBooks list.
  ///
  /// Declaring it again is allowed: the newest content counts.
  ///
  /// - Throws: `Failure` when the run declares one entry twice with different contents.
  public mutating func add(listEntry entry: LedgerListEntry) throws(Failure) {
    listInsertion.bind(entry.kind.rawValue, at: 1)
    listInsertion.bind(entry.quickBooksName, at: 2)
    listInsertion.bind(entry.loadOpsName ?? "", at: 3)
    bind(entry.contentHash, listInsertion, at: 4)
    do {
      try listInsertion.run()
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      throw refuse(
        LedgerFailure.bug(
          "run \(run) declares the \(entry.kind.rawValue) \"\(entry.quickBooksName)\" twice"))
    } catch {
      throw refuse(LedgerFailure.of(error, path: path))
    }
  }

  /// Checks the end of the run against what was recorded.
  func check(_ completion: RunCompletion) throws(Failure) {
    let totals = completion.totals
    let parts = [totals.delivered, totals.alreadySynced, totals.suppressed, totals.held]
    guard totals.read == parts.reduce(.zero, { $0 + $1 }) else {
      throw LedgerFailure.bug("the control totals of run \(run) do not add up to what was read")
    }
    guard totals.delivered == recorded else {
      throw LedgerFailure.bug(
        "run \(run) delivers \(totals.delivered.words), but records \(recorded.words)")
    }
    guard !completion.outputs.isEmpty else { return }
    let documents = completion.outputs.reduce(0) { $0 + $1.documents }
    let amount = completion.outputs.reduce(Money.zero) { $0 + $1.amount }
    guard documents == recorded.invoices, amount == recorded.amount else {
      throw LedgerFailure.bug(
        "the files of run \(run) hold \(documents) documents over \(amount), "
          + "but it records \(recorded.words)")
    }
  }

  private mutating func refuse(_ failure: Failure) -> Failure {
    refusal = refusal ?? failure
    return failure
  }

  private func explain(_ error: any Error, _ entry: LedgerEntry) -> Failure {
    guard let databaseError = error as? DatabaseError,
      [.SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_UNIQUE]
        .contains(databaseError.extendedResultCode)
    else {
      return LedgerFailure.of(error, path: path)
    }
    if let known = try? LedgerQueries.entry(number: entry.number.text, db) {
      return LedgerFailure.bug(
        "invoice \(entry.number) was sent by run \(known.run) and must not be sent again")
    }
    return LedgerFailure.bug(
      "invoice \(entry.number) would become \(entry.documentKind.rawValue) "
        + "\(entry.documentNumber), a number that another invoice already has")
  }

  /// Binds a row; what repeats from row to row stays bound.
  ///
  /// Texts are bound each time: Swift calls two spellings of an accented letter equal, the books do not.
  private mutating func bind(_ entry: LedgerEntry) {
    insertion.bind(entry.number.text, at: 1)
    bind(entry.contentHash, insertion, at: 2)
    if entry.state != last?.state { insertion.bind(entry.state.rawValue, at: 3) }
    if entry.evidence != last?.evidence { insertion.bind(entry.evidence.rawValue, at: 4) }
    if entry.documentKind != last?.documentKind {
      insertion.bind(entry.documentKind.rawValue, at: 5)
    }
    insertion.bind(entry.documentNumber, at: 6)
    insertion.bind(entry.customer, at: 7)
    insertion.bind(entry.quickBooksCustomer, at: 8)
    if entry.date != last?.date { insertion.bind(entry.date.description, at: 9) }
    insertion.bind(entry.amount.cents, at: 10)
    insertion.bind(Int64(entry.lines), at: 11)
    last = entry
  }

  private func bind(_ hash: ContentHash, _ statement: borrowing RawStatement, at index: Int32) {
    var words = (hash.high.bigEndian, hash.low.bigEndian)
    withUnsafeBytes(of: &words) { statement.bind($0, at: index) }
  }
}

extension RunRecord.Tally {
  static func + (left: RunRecord.Tally, right: RunRecord.Tally) -> RunRecord.Tally {
    RunRecord.Tally(
      invoices: left.invoices + right.invoices, lines: left.lines + right.lines,
      amount: left.amount + right.amount)
  }

  fileprivate var words: String { "\(invoices) invoices with \(lines) lines over \(amount)" }
}
