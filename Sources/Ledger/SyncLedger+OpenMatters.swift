internal import Foundation
internal import GRDB
public import Vocabulary

/// Something that QuickBooks refused and would refuse again, or has although it should not, as long as
/// nothing changes.
public struct LedgerHold: Hashable, Sendable {
  /// What is held; raw values are stored and therefore never change.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case invoice, customer, item, account, terms
    case `class`
    case taxCode = "tax_code"
  }

  /// Why; raw values are stored and therefore never change.
  public enum Cause: String, Hashable, Sendable, CaseIterable {
    /// Another kind of entry has the name.
    case taken
    /// QuickBooks lacks it.
    case missing
    /// QuickBooks lacks something and does not say by what name.
    case unnamed
    /// QuickBooks has the document of a run that was taken back.
    case inQuickBooks = "in_quickbooks"
  }

  /// What is held.
  public var kind: Kind
  /// Its name in QuickBooks; of an invoice, its number in LoadOps.
  public var name: String
  /// Why.
  public var cause: Cause
  /// Of an invoice that was refused: what was sent.
  public var contentHash: ContentHash?
  /// The run that learnt it; filled in when it is read.
  public var run: String
  /// Whether that run was taken back; filled in when it is read.
  public var isOfUndoneRun = false
  /// What QuickBooks calls the document that it should not have, as far as it has said; filled in when it is
  /// read.
  public var quickBooksID: String?
  /// The status by which QuickBooks refused last to remove that; filled in when it is read.
  public var removalRefusal: String?
  /// QuickBooks' words; may be empty.
  public var words: String

  /// A hold.
  public init(
    _ kind: Kind, _ name: String, _ cause: Cause, contentHash: ContentHash? = nil,
    run: String = "", words: String = ""
  ) {
    self.kind = kind
    self.name = name
    self.cause = cause
    self.contentHash = contentHash
    self.run = run
    self.words = words
  }
}

/// What QuickBooks has otherwise than it was sent, or did not let us check.
public struct LedgerRemark: Hashable, Sendable {
  /// The id of the finding.
  public var kind: String
  /// The finding's words.
  public var message: String
  /// The request.
  public var requestID: String
  /// The number in LoadOps.
  public var invoice: String?
  /// The run.
  public var run: String
  /// When it was learnt, ISO 8601 with zone.
  public var at: String

  /// A remark; run, request and time are filled in when it is recorded.
  public init(
    kind: String, message: String, requestID: String = "", invoice: String? = nil,
    run: String = "", at: String = ""
  ) {
    self.kind = kind
    self.message = message
    self.requestID = requestID
    self.invoice = invoice
    self.run = run
    self.at = at
  }
}

/// A request of which QuickBooks has not said yet that it is done.
public struct PendingRequest: Hashable, Sendable {
  /// The run.
  public var run: String
  /// What it is about.
  public var entity: LedgerAnswer.Entity
  /// The number of the document, or the name of the list entry, in QuickBooks.
  public var name: String
  /// Its id.
  public var id: String
  /// The set in which it stands.
  public var stands: LedgerRequest.SetMark
  /// Whether QuickBooks may have it and has to be asked; else it waits to be sent.
  public var isInDoubt: Bool
}

extension SyncLedger {
  // MARK: - Holds

  /// Everything that is held because of what QuickBooks answered.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func holds() throws(Failure) -> [LedgerHold] { try read { try SyncLedger.holds($0) } }

  static func holds(_ db: Database) throws -> [LedgerHold] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT holds.*, runs.id AS run_id, runs.state = 'undone' AS is_undone,
          CASE cause WHEN 'in_quickbooks' THEN (\(SyncLedger.documentID)) END AS document_id,
          CASE cause WHEN 'in_quickbooks' THEN (\(SyncLedger.removalRefusal)) END AS refusal
        FROM holds JOIN runs ON runs.sequence = holds.run
        ORDER BY kind, name, cause = 'in_quickbooks', run
        """
    ).map { row in
      let hash = (row["content_hash"] as Data?).map { [UInt8]($0) }
      var hold = LedgerHold(
        try LedgerQueries.value(row, "kind"), row["name"], try LedgerQueries.value(row, "cause"),
        contentHash: hash.map { ContentHash(stored: $0.span) }, run: row["run_id"],
        words: row["words"])
      hold.isOfUndoneRun = row["is_undone"]
      hold.quickBooksID = row["document_id"]
      hold.removalRefusal = row["refusal"]
      return hold
    }
  }

  /// What QuickBooks calls the document of a row of `holds`.
  private static let documentID = """
    SELECT coalesce(withdrawn.quickbooks_id, added.quickbooks_id)
    FROM withdrawn LEFT JOIN requests AS added
      ON added.run = withdrawn.run AND added.name = document_number
        AND added.entity = document_kind AND operation = 'add'
    WHERE withdrawn.run = holds.run AND withdrawn.number = holds.name
    ORDER BY withdrawn.id DESC LIMIT 1
    """

  /// The status by which QuickBooks refused last to remove it.
  private static let removalRefusal = """
    SELECT removal.error_code
    FROM withdrawn JOIN requests AS removal
      ON removal.run = withdrawn.run AND removal.name = document_number
        AND removal.entity = document_kind AND operation IN ('delete', 'void')
    WHERE withdrawn.run = holds.run AND withdrawn.number = holds.name AND removal.state = 'refused'
    ORDER BY removal.answered_at DESC LIMIT 1
    """

  /// Frees what QuickBooks refused, so that it is sent once more.
  ///
  /// What QuickBooks has of a run that was taken back would be there twice: it is freed by its name, or
  /// that of its run, alone.
  ///
  /// - Parameters:
  ///   - names: Names or numbers, in any case, or runs that were taken back; none for everything that was
  ///     refused.
  ///   - at: The time, ISO 8601 with zone.
  ///   - reason: Why, for people.
  ///   - by: Who decided; may be empty.
  /// - Returns: What was freed.
  /// - Throws: `Failure` when the ledger cannot be written.
  public func release(
    holds names: [String], at: String, because reason: String, by: String
  ) throws(Failure) -> [LedgerHold] {
    let wanted = Set(names.map { $0.lowercased() })
    return try write { db in
      let freed = try SyncLedger.holds(db).filter {
        wanted.isEmpty
          ? $0.cause != .inQuickBooks
          : wanted.contains($0.name.lowercased())
            || ($0.cause == .inQuickBooks && wanted.contains($0.run.lowercased()))
      }
      for hold in freed {
        let cause =
          hold.cause == .inQuickBooks
          ? "which QuickBooks had of a run that was taken back" : "which QuickBooks had refused"
        try db.execute(
          sql: """
            DELETE FROM holds
            WHERE kind = ? AND name = ? AND run = (SELECT sequence FROM runs WHERE id = ?)
            """, arguments: [hold.kind.rawValue, hold.name, hold.run])
        try SyncLedger.free(hold, db)
        try LedgerQueries.insert(
          LedgerEvent(
            at: at, run: hold.run, invoice: hold.kind == .invoice ? hold.name : nil,
            kind: .released,
            detail: "\(hold.kind.rawValue) \(hold.name), \(cause)"
              + (reason.isEmpty ? "" : ": \(reason)"), by: by), db)
      }
      let left = try Int.fetchOne(
        db, sql: "SELECT count(*) FROM holds WHERE cause <> ?",
        arguments: [LedgerHold.Cause.inQuickBooks.rawValue])
      if left == 0 {
        try db.execute(sql: "UPDATE unsent SET reasons = '' WHERE outcome = 'refused'")
      }
      return freed
    }
  }

  /// Lists what a hold has held as not held any more: its own invoice, and those that QuickBooks refused in
  /// words that name it.
  private static func free(_ hold: LedgerHold, _ db: Database) throws {
    if hold.kind == .invoice {
      return try db.execute(
        sql: "UPDATE unsent SET reasons = '' WHERE number = ? AND outcome = 'refused'",
        arguments: [hold.name])
    }
    try db.execute(
      sql: """
        UPDATE unsent SET reasons = '' WHERE outcome = 'refused' AND number IN (
          SELECT withdrawn.number FROM withdrawn JOIN requests
            ON requests.run = withdrawn.run AND requests.name = document_number
              AND requests.entity = document_kind AND operation = 'add'
          WHERE cause = 'refused' AND requests.state = 'refused'
            AND instr(lower(requests.error), lower(?)) > 0)
        """, arguments: ["\"\(hold.name)\""])
  }

  // MARK: - Remarks

  /// What is open between what was sent and what QuickBooks has, oldest first.
  ///
  /// - Parameter run: Only of this run; nil for all.
  /// - Returns: The remarks.
  /// - Throws: `Failure` when the ledger cannot be read.
  public func openRemarks(ofRun run: String? = nil) throws(Failure) -> [LedgerRemark] {
    try remarks("\(SyncLedger.isOpen) AND (?1 IS NULL OR runs.id = ?1)", [run])
  }

  /// What QuickBooks has twice of what a run sent, where it was another run whose answer has shown it.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func doubles(of run: String) throws(Failure) -> [LedgerRemark] {
    try remarks(
      """
      \(SyncLedger.isOpen) AND remarks.kind = '\(LedgerRemark.doubled)' AND runs.id <> ?1 AND EXISTS (
        SELECT 1 FROM invoices JOIN runs AS own ON own.sequence = invoices.run
        WHERE own.id = ?1 AND number = remarks.invoice)
      """, [run])
  }

  /// What is open about an invoice.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func openRemarks(invoice: String) throws(Failure) -> [LedgerRemark] {
    try remarks("\(SyncLedger.isOpen) AND invoice = ?", [invoice])
  }

  /// Whether a remark, with its run, is open: what QuickBooks has twice is so also when one of the runs was
  /// taken back.
  static let isOpen = """
    (settled_at IS NULL AND (runs.state = 'finished' OR remarks.kind = '\(LedgerRemark.doubled)'))
    """

  private func remarks(
    _ condition: String, _ arguments: StatementArguments
  ) throws(Failure) -> [LedgerRemark] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT remarks.*, runs.id AS run_id FROM remarks JOIN runs ON runs.sequence = remarks.run
          WHERE \(condition) ORDER BY remarks.at, remarks.run, request_id, kind
          """, arguments: arguments
      ).map {
        LedgerRemark(
          kind: $0["kind"], message: $0["message"], requestID: $0["request_id"],
          invoice: $0["invoice"], run: $0["run_id"], at: $0["at"])
      }
    }
  }

  /// Notes that somebody has looked at what was open about an invoice and put it right.
  ///
  /// - Returns: How many remarks were open.
  /// - Throws: `Failure` when the ledger cannot be written.
  public func settleRemarks(
    invoice: String, at: String, because reason: String, by: String
  ) throws(Failure) -> Int {
    try write { db in
      try db.execute(
        sql: """
          UPDATE remarks SET settled_at = ?, settled_because = ?
          WHERE invoice = ? AND settled_at IS NULL
          """, arguments: [at, reason, invoice])
      let count = db.changesCount
      if count > 0 {
        try LedgerQueries.insert(
          LedgerEvent(at: at, invoice: invoice, kind: .settled, detail: reason, by: by), db)
      }
      return count
    }
  }

  // MARK: - Files and requests

  /// The sums of files that came into a run's folder later, by their names.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func laterFiles(ofRun run: String) throws(Failure) -> [String: Fingerprint] {
    try read { db in
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      var files: [String: Fingerprint] = [:]
      for row in try Row.fetchAll(
        db, sql: "SELECT name, sha256 FROM later_files WHERE run = ?", arguments: [sequence])
      {
        files[row["name"]] = Fingerprint(hex: row["sha256"])
      }
      return files
    }
  }

  /// Records a file that is about to come into a run's folder.
  ///
  /// - Throws: `Failure` when the ledger cannot be written.
  public func record(
    laterFile name: String, _ fingerprint: Fingerprint, ofRun run: String, at: String
  ) throws(Failure) {
    try write { db in
      try SyncLedger.insert(laterFile: name, fingerprint, run: run, at: at, db)
    }
  }

  static func insert(
    laterFile name: String, _ fingerprint: Fingerprint, run: String, at: String, _ db: Database
  ) throws {
    let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
    try db.execute(
      sql: "INSERT OR REPLACE INTO later_files (run, name, sha256, at) VALUES (?, ?, ?, ?)",
      arguments: [sequence, name, fingerprint.hex, at])
  }

  /// What waits in files that are to be sent again, and what QuickBooks has to be asked about.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func pendingRequests() throws(Failure) -> [PendingRequest] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT entity, name, request_id, body_hash, requests.state = 'unknown' AS is_in_doubt,
            runs.id AS run_id
          FROM requests JOIN runs ON runs.sequence = requests.run
          WHERE requests.state IN ('intended', 'unknown') AND operation = 'add'
            AND runs.state = 'finished' AND target = 'qbxml' AND \(SyncLedger.requestCounts)
          ORDER BY requests.id
          """
      ).map {
        PendingRequest(
          run: $0["run_id"], entity: try LedgerQueries.value($0, "entity"), name: $0["name"],
          id: $0["request_id"], stands: LedgerRequest.SetMark(hash: $0["body_hash"]),
          isInDoubt: $0["is_in_doubt"])
      }
    }
  }

  /// The invoice that has this id in QuickBooks, other than one of this document; nil when none has.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func otherInvoice(
    withQuickBooksID id: String, than document: String, _ kind: LedgerEntry.DocumentKind
  ) throws(Failure) -> String? {
    try read { db in
      try String.fetchOne(
        db,
        sql: """
          SELECT number FROM invoices
          WHERE quickbooks_id = ? AND NOT (document_number = ? AND document_kind = ?) LIMIT 1
          """, arguments: [id, document, kind.rawValue])
    }
  }
}

extension LedgerEvent.Kind {
  /// Somebody put right what QuickBooks had otherwise.
  public static let settled = LedgerEvent.Kind(rawValue: "settled")
}
