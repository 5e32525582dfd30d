internal import GRDB
public import Vocabulary

extension SyncLedger {
  /// Notes what somebody has seen in QuickBooks of an invoice that is in doubt, or waits to be sent again.
  ///
  /// What is there counts as found in the books; what is not there was not sent, and may be. What waited in a
  /// file to be sent stands in none any more: QuickBooks has said nothing about that file, which must be
  /// replaced by one without it.
  ///
  /// - Parameters:
  ///   - invoice: Its number in LoadOps.
  ///   - isThere: Whether QuickBooks has it.
  ///   - at: The time, ISO 8601 with zone.
  ///   - reason: How somebody knows.
  ///   - by: Who says so; may be empty.
  /// - Returns: Whether the invoice was in doubt or waited.
  /// - Throws: `Failure` when the ledger cannot be written.
  public func settle(
    doubtOf invoice: String, isThere: Bool, at: String, because reason: String, by: String
  ) throws(Failure) -> Bool {
    try write { db in
      guard let entry = try LedgerQueries.entry(number: invoice, db), entry.evidence == .written,
        let run = entry.run
      else { return false }
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      let isOpen = try Int.fetchOne(
        db,
        sql: """
          SELECT 1 FROM requests WHERE run = ? AND operation = 'add' AND name = ? AND entity = ?
            AND state IN ('unknown', 'intended')
          """, arguments: [sequence, entry.documentNumber, entry.documentKind.rawValue])
      guard isOpen != nil else { return false }
      if isThere {
        try db.execute(
          sql: """
            UPDATE invoices SET state = 'synced', evidence = 'confirmed', evidence_at = ?
            WHERE number = ?
            """, arguments: [at, invoice])
      } else {
        try LedgerQueries.withdraw("number = ?", [invoice], cause: .refused, at: at, db)
        try db.execute(sql: "DELETE FROM invoices WHERE number = ?", arguments: [invoice])
      }
      try db.execute(
        sql: """
          UPDATE requests SET state = ?, answered_at = ?,
            body_hash = CASE state WHEN 'intended' THEN zeroblob(16) ELSE body_hash END
          WHERE run = ? AND operation = 'add' AND name = ? AND entity = ?
          """,
        arguments: [
          isThere ? "accepted" : "refused", at, sequence, entry.documentNumber,
          entry.documentKind.rawValue,
        ])
      try LedgerQueries.insert(
        LedgerEvent(
          at: at, run: run, invoice: invoice, kind: .settled,
          detail: "\(isThere ? "QuickBooks has it" : "QuickBooks does not have it"): \(reason)",
          by: by), db)
      return true
    }
  }

  /// Notes that requests stand in another file, which is sent in place of an earlier one.
  ///
  /// - Parameters:
  ///   - ids: The requests.
  ///   - run: Their run.
  ///   - messageSet: The set of the new file.
  ///   - file: Its name and the sum of its bytes.
  ///   - at: The time, ISO 8601 with zone.
  /// - Throws: `Failure` when the ledger cannot be written; then nothing is recorded.
  public func move(
    requests ids: [String], ofRun run: String, toSet messageSet: String,
    file: (name: String, fingerprint: Fingerprint), at: String
  ) throws(Failure) {
    try write { db in
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      try SyncLedger.insert(laterFile: file.name, file.fingerprint, run: run, at: at, db)
      for id in ids {
        try db.execute(
          sql: """
            UPDATE requests SET body_hash = ?, attempts = attempts + 1
            WHERE run = ? AND request_id = ? AND state = 'intended'
            """, arguments: [AnswerRecorder.hash(messageSet), sequence, id])
      }
    }
  }
}
