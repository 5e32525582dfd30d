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
  private let unsentInsertion: RawStatement
  private let unsentDeletion: RawStatement
  private var contents: ContentStore
  /// Whether anything was left unsent by earlier runs; mostly there is nothing to look for.
  private let remembersUnsent: Bool
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
    // What an earlier run declared is recorded again, so that either can be taken back by itself.
    let listInsertion = try RawStatement(
      """
      INSERT INTO list_entries (kind, quickbooks_name, run, loadops_name, content_hash)
      VALUES (?, ?, \(sequence), nullif(?, ''), ?)
      """, db)
    let unsentInsertion = try RawStatement(
      """
      INSERT INTO unsent (number, run, outcome, reasons, content_hash, document_kind, customer,
        quickbooks_customer, invoice_date, cents, lines)
      VALUES (?, \(sequence), ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?)
      ON CONFLICT (number) DO UPDATE SET
        copies = CASE WHEN run = excluded.run THEN copies + 1 ELSE 1 END, run = excluded.run,
        outcome = excluded.outcome, reasons = excluded.reasons,
        content_hash = excluded.content_hash, document_kind = excluded.document_kind,
        customer = excluded.customer, quickbooks_customer = excluded.quickbooks_customer,
        invoice_date = excluded.invoice_date, cents = excluded.cents, lines = excluded.lines
      """, db)
    let unsentDeletion = try RawStatement("DELETE FROM unsent WHERE number = ?", db)
    let contents = try ContentStore(db)
    let remembersUnsent =
      try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM unsent)") ?? false
    self.db = db
    self.path = path
    self.run = run
    self.insertion = insertion
    self.listInsertion = listInsertion
    self.unsentInsertion = unsentInsertion
    self.unsentDeletion = unsentDeletion
    self.contents = contents
    self.remembersUnsent = remembersUnsent
  }

  /// Records that the run sends an invoice.
  ///
  /// - Parameters:
  ///   - entry: What the ledger shall know of it.
  ///   - content: Everything that is carried, to say later what has changed.
  /// - Throws: `Failure` with cause `ownBug` when the number, or the document number, is in the ledger
  ///   already: what was sent is never sent again and never overwritten.
  public mutating func add(
    invoice entry: LedgerEntry, content: InvoiceContent? = nil
  ) throws(Failure) {
    guard entry.run == run else {
      throw refuse(
        LedgerFailure.bug(
          "invoice \(entry.number) of run \(entry.run ?? "none") was recorded with run \(run)"))
    }
    bind(entry)
    do {
      try insertion.run()
      if let content { try contents.insert(content, invoice: db.lastInsertedRowID) }
      if remembersUnsent { try forgetUnsent(entry.number.text) }
    } catch {
      throw refuse(explain(error, entry))
    }
    recorded.invoices += 1
    recorded.lines += entry.lines
    recorded.amount += entry.amount
  }

  /// Records that the run met an invoice and did not send it, so that it can be listed and adopted.
  ///
  /// - Throws: `Failure` when the ledger cannot be written.
  public mutating func add(unsent invoice: UnsentInvoice) throws(Failure) {
    guard !invoice.number.text.isEmpty else { return }
    unsentInsertion.bind(invoice.number.text, at: 1)
    unsentInsertion.bind(invoice.outcome.rawValue, at: 2)
    unsentInsertion.bind(invoice.reasons.joined(separator: " "), at: 3)
    unsentInsertion.bind(invoice.contentHash, at: 4)
    unsentInsertion.bind(invoice.documentKind.rawValue, at: 5)
    unsentInsertion.bind(invoice.customer, at: 6)
    unsentInsertion.bind(invoice.quickBooksCustomer, at: 7)
    unsentInsertion.bind(invoice.date?.description ?? "", at: 8)
    unsentInsertion.bind(invoice.amount.cents, at: 9)
    unsentInsertion.bind(Int64(invoice.lines), at: 10)
    do { try unsentInsertion.run() } catch {
      throw refuse(LedgerFailure.of(error, path: path))
    }
  }

  /// Records that an invoice was met as it was sent: if it had changed in between, it has no more.
  ///
  /// - Throws: `Failure` when the ledger cannot be written.
  public mutating func add(alreadySynced number: InvoiceNumber) throws(Failure) {
    guard remembersUnsent else { return }
    do { try forgetUnsent(number.text) } catch {
      throw refuse(LedgerFailure.of(error, path: path))
    }
  }

  private func forgetUnsent(_ number: String) throws {
    unsentDeletion.bind(number, at: 1)
    try unsentDeletion.run()
  }

  /// Records that the run's documents refer to a list entry that an earlier run declared and this one
  /// does not: that run cannot be taken back before this one.
  ///
  /// - Throws: `Failure` when the ledger cannot be written.
  public mutating func add(
    need kind: LedgerListEntry.Kind, quickBooksName: String
  ) throws(Failure) {
    do {
      try db.execute(
        sql: """
          INSERT OR IGNORE INTO run_needs (run, kind, quickbooks_name)
          SELECT sequence, ?, ? FROM runs WHERE id = ?
          """, arguments: [kind.rawValue, quickBooksName, run])
    } catch {
      throw refuse(LedgerFailure.of(error, path: path))
    }
  }

  /// Records that the run declares an entry of a QuickBooks list.
  ///
  /// What an earlier run declared may be declared again: the newest content counts.
  ///
  /// - Throws: `Failure` when the run declares one entry twice with different contents.
  public mutating func add(listEntry entry: LedgerListEntry) throws(Failure) {
    listInsertion.bind(entry.kind.rawValue, at: 1)
    listInsertion.bind(entry.quickBooksName, at: 2)
    listInsertion.bind(entry.loadOpsName ?? "", at: 3)
    listInsertion.bind(entry.contentHash, at: 4)
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
        "invoice \(entry.number) was \(known.run.map { "sent by run \($0)" } ?? "entered by hand") "
          + "and must not be sent again")
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
    insertion.bind(entry.contentHash, at: 2)
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
}

extension RunRecord.Tally {
  static func + (left: RunRecord.Tally, right: RunRecord.Tally) -> RunRecord.Tally {
    RunRecord.Tally(
      invoices: left.invoices + right.invoices, lines: left.lines + right.lines,
      amount: left.amount + right.amount)
  }

  fileprivate var words: String { "\(invoices) invoices with \(lines) lines over \(amount)" }
}
