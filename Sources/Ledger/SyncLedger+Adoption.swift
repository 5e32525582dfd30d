internal import GRDB
public import Vocabulary

extension SyncLedger {
  /// Records documents that somebody entered in QuickBooks by hand: they count as synced from now on.
  ///
  /// All of it happens in one transaction, with an event for each. What counts as sent already is
  /// replaced: somebody changed the document in QuickBooks by hand, and its new content counts.
  ///
  /// - Parameters:
  ///   - documents: What was entered, with evidence `adopted`, and its content where it is known.
  ///   - at: The time, ISO 8601 with zone.
  ///   - reason: Why, for people.
  ///   - by: Who said so; may be empty.
  /// - Throws: `Failure` with cause `usage` when a document number belongs to another invoice.
  public func adopt(
    _ documents: [LedgerRecall.Sent], at: String, because reason: String, by: String
  ) throws(Failure) {
    try write { db in
      var adopter = try Adopter(db)
      try adopter.add(documents, at: at, because: reason, by: by)
    }
  }

  /// The invoice that counts as sent under a document number in QuickBooks; nil when none does.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func owner(
    ofDocument number: String, _ kind: LedgerEntry.DocumentKind
  ) throws(Failure) -> String? {
    try read { db in try LedgerQueries.owner(ofDocument: number, kind, db) }
  }

  /// Takes back what somebody said to have entered by hand: the invoice may be sent again.
  ///
  /// What a run had sent before somebody changed it by hand counts again as it was sent.
  ///
  /// - Returns: What was believed to be in QuickBooks, and the run whose document counts again.
  /// - Throws: `Failure`: `usage` when the invoice was sent by a run, or is not known.
  @discardableResult
  public func withdrawAdoption(
    of number: String, at: String, because reason: String, by: String
  ) throws(Failure) -> (entry: LedgerEntry, restoredRun: String?) {
    try write { db in
      guard let entry = try LedgerQueries.entry(number: number, db) else {
        throw Failure(
          .usage, "invoice \(number) was neither sent nor entered by hand",
          remedy: "see what counts as sent with: loadbooks list invoices --status synced")
      }
      if let run = entry.run {
        throw Failure(
          .usage, "invoice \(number) was sent by run \(run), not entered by hand",
          remedy: "take back the whole run with: loadbooks undo \(run)")
      }
      try LedgerQueries.withdraw("number = ?", [number], cause: .adoptionWithdrawn, at: at, db)
      try db.execute(sql: "DELETE FROM invoices WHERE number = ?", arguments: [number])
      let original = try Row.fetchOne(
        db,
        sql: """
          SELECT withdrawn.id AS id, runs.id AS run_id
          FROM withdrawn JOIN runs ON runs.sequence = withdrawn.run
          WHERE number = ? AND cause = 'replaced' AND runs.state = 'finished'
          ORDER BY withdrawn.id DESC LIMIT 1
          """, arguments: [number])
      if let original {
        try db.execute(
          sql: """
            INSERT INTO invoices (number, content_hash, state, evidence, evidence_at, run,
              document_kind, document_number, customer, quickbooks_customer, invoice_date, cents,
              lines, quickbooks_id, edit_sequence)
            SELECT number, content_hash, 'synced', evidence, evidence_at, run,
              document_kind, document_number, customer, quickbooks_customer, invoice_date, cents,
              lines, quickbooks_id, edit_sequence
            FROM withdrawn WHERE id = ?
            """, arguments: [original["id"] as Int64])
      }
      try LedgerQueries.insert(
        LedgerEvent(
          at: at, invoice: number, kind: .adoptionWithdrawn, detail: reason, by: by), db)
      return (entry, original?["run_id"])
    }
  }
}

/// Takes in documents that belong to no run.
private struct Adopter: ~Copyable {
  private let db: Database
  private var contents: ContentStore

  init(_ db: Database) throws {
    contents = try ContentStore(db)
    self.db = db
  }

  mutating func add(
    _ documents: [LedgerRecall.Sent], at: String, because reason: String, by: String
  ) throws {
    for document in documents {
      let entry = document.entry
      guard entry.run == nil, entry.evidence == .adopted else {
        throw LedgerFailure.bug("invoice \(entry.number) was adopted from a run")
      }
      try refuseTaken(entry)
      try insert(entry, replacing: try LedgerQueries.entry(number: entry.number.text, db), at: at)
      let row = db.lastInsertedRowID
      if let content = document.content { try contents.insert(content, invoice: row) }
      try db.execute(sql: "DELETE FROM unsent WHERE number = ?", arguments: [entry.number.text])
      try LedgerQueries.insert(
        LedgerEvent(
          at: at, invoice: entry.number.text, kind: .adopted,
          detail: "\(entry.documentKind.rawValue) \(entry.documentNumber), \(entry.date), "
            + "\(entry.amount): \(reason)", by: by), db)
    }
  }

  private func refuseTaken(_ entry: LedgerEntry) throws {
    let owner = try LedgerQueries.owner(ofDocument: entry.documentNumber, entry.documentKind, db)
    guard let owner, owner != entry.number.text else { return }
    throw Failure(
      .usage,
      "document number \(entry.documentNumber) belongs to invoice \(owner), which counts as sent",
      remedy: "give the number that the document has in QuickBooks with --document")
  }

  private func insert(
    _ entry: LedgerEntry, replacing old: LedgerEntry?, at: String
  ) throws {
    let hash = ContentHash.stored(entry.contentHash)
    if old != nil {
      try LedgerQueries.withdraw(
        "number = ?", [entry.number.text], cause: .replaced, at: at, db)
      try db.execute(
        sql: "DELETE FROM invoices WHERE number = ?", arguments: [entry.number.text])
    }
    try db.execute(
      sql: """
        INSERT INTO invoices (number, content_hash, state, evidence, evidence_at, document_kind,
          document_number, customer, quickbooks_customer, invoice_date, cents, lines,
          quickbooks_id, edit_sequence)
        VALUES (?, ?, 'synced', 'adopted', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        entry.number.text, hash, at, entry.documentKind.rawValue, entry.documentNumber,
        entry.customer, entry.quickBooksCustomer, entry.date.description, entry.amount.cents,
        entry.lines, old?.quickBooksID, old?.editSequence,
      ])
  }
}
