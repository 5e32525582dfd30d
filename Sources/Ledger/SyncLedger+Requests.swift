internal import Foundation
internal import GRDB
public import Vocabulary

/// A record that is about to be sent, or was.
public struct LedgerDispatch: Hashable, Sendable {
  /// What is asked for.
  public enum Operation: String, Hashable, Sendable, CaseIterable {
    /// A new record.
    case add
    /// An invoice is to stay, over nothing.
    case void
    /// A document is to go.
    case delete
  }

  /// What it is about.
  public var entity: LedgerAnswer.Entity
  /// The number of the document, or the path of the entry.
  public var name: String
  /// What is asked for.
  public var operation = Operation.add
  /// The request id.
  public var requestID: String
  /// The exact body.
  public var body: String
  /// The request id of the batch it is sent in; nil when it is sent alone.
  public var batch: String?
  /// Its name in the batch.
  public var batchItem: String?
  /// What is known of it.
  public var state = LedgerRequest.State.intended
  /// How often it was sent.
  public var attempts = 0
  /// When it was sent last.
  public var sentAt: String?
  /// QuickBooks' id of what came of it.
  public var quickBooksID: String?
  /// The code of the answer; ``wasThereCode`` when QuickBooks had the document already.
  public var code: String?
  /// Stands for the body that was sent; nil when none was.
  var bodyHash: ContentHash?

  /// Of a document that QuickBooks had before anything of its run can have made it: it is not the run's to
  /// take out again.
  public static let wasThereCode = "was-there"

  /// A record to be sent.
  public init(
    entity: LedgerAnswer.Entity, name: String, operation: Operation = .add, requestID: String,
    body: String, batch: String? = nil, batchItem: String? = nil
  ) {
    self.entity = entity
    self.name = name
    self.operation = operation
    self.requestID = requestID
    self.body = body
    self.batch = batch
    self.batchItem = batchItem
  }

  /// Whether the body that was sent was this one.
  public func wasSent(as body: String) -> Bool { bodyHash == ContentHash(ofBody: body) }
}

extension ContentHash {
  /// Stands for the bytes of a body.
  init(ofBody body: String) {
    var body = body
    self = body.withUTF8 { ContentHash(of: $0.span) }
  }
}

extension RowsSQL {
  /// Records that leave, for the first time or again.
  fileprivate static let sending = RowsSQL(
    """
    INSERT INTO requests (run, intended_at, sent_at, state, attempts, entity, name, operation,
      request_id, body_hash, batch, batch_item)
    VALUES
    """, row: "(?1, ?2, ?2, 'sent', 1, ?, ?, ?, ?, ?, ?, ?)", shared: 2,
    """
    ON CONFLICT (run, request_id) DO UPDATE SET state = 'sent', attempts = attempts + 1,
      body_hash = excluded.body_hash, batch = excluded.batch,
      batch_item = excluded.batch_item, sent_at = excluded.sent_at
    WHERE state NOT IN ('accepted', 'refused')
    """)
}

extension SyncLedger {
  /// Notes that records are about to leave; when this returns, the disk has it.
  ///
  /// From then on only QuickBooks can tell whether it has them. A record that was noted before is sent
  /// again under the same ids.
  ///
  /// - Parameters:
  ///   - dispatches: The records.
  ///   - run: Their run.
  ///   - at: The time, ISO 8601 with zone.
  /// - Throws: `Failure` when the ledger cannot be written; then nothing may be sent.
  public func recordSent(
    _ dispatches: [LedgerDispatch], ofRun run: String, at: String
  ) throws(Failure) {
    try write { db in
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      try RowsSQL.sending.run(dispatches, db) { statement, place, dispatch in
        statement.bind(sequence, at: 1)
        statement.bind(at, at: 2)
        statement.bind(dispatch.entity.rawValue, at: place)
        statement.bind(dispatch.name, at: place + 1)
        statement.bind(dispatch.operation.rawValue, at: place + 2)
        statement.bind(dispatch.requestID, at: place + 3)
        statement.bind(ContentHash(ofBody: dispatch.body), at: place + 4)
        statement.bind(orNull: dispatch.batch, at: place + 5)
        statement.bind(orNull: dispatch.batchItem, at: place + 6)
      }
    }
  }

  /// What is known of the records of a run that were sent, by their request ids.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func dispatches(ofRun run: String) throws(Failure) -> [String: LedgerDispatch] {
    try read { db in
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      var found: [String: LedgerDispatch] = [:]
      let rows = try Row.fetchCursor(
        db, sql: "SELECT * FROM requests WHERE run = ?", arguments: [sequence])
      while let row = try rows.next() {
        var dispatch = LedgerDispatch(
          entity: try LedgerQueries.value(row, "entity"), name: row["name"],
          operation: LedgerDispatch.Operation(rawValue: row["operation"]) ?? .add,
          requestID: row["request_id"], body: "", batch: row["batch"],
          batchItem: row["batch_item"])
        dispatch.state = try LedgerQueries.value(row, "state")
        dispatch.attempts = row["attempts"]
        dispatch.sentAt = row["sent_at"]
        dispatch.quickBooksID = row["quickbooks_id"]
        dispatch.code = row["error_code"]
        let hash: [UInt8] = (row["body_hash"] as Data).map { $0 }
        dispatch.bodyHash = ContentHash(stored: hash.span)
        found[dispatch.requestID] = dispatch
      }
      return found
    }
  }

  /// Says to which company a run goes; a run goes to one only.
  ///
  /// - Throws: `Failure`: `notAllowed` when it has begun to go to another one.
  public func pin(run: String, to books: String) throws(Failure) {
    let other = try write { db -> String? in
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      try db.execute(
        sql: "UPDATE runs SET books = ? WHERE sequence = ? AND books IS NULL",
        arguments: [books, sequence])
      let now = try String.fetchOne(
        db, sql: "SELECT books FROM runs WHERE sequence = ?", arguments: [sequence])
      return now == books ? nil : now
    }
    guard let other else { return }
    throw Failure(
      .notAllowed,
      "run \(run) was begun in another QuickBooks company (\(other)) than the one that "
        + "is connected now (\(books))",
      remedy: "connect the company of that run again, or take the run back there first")
  }

  /// To which company runs have gone; nil when none has gone to any.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func lastBooks() throws(Failure) -> String? {
    try read { db in
      try String.fetchOne(
        db,
        sql: """
          SELECT books FROM runs WHERE books IS NOT NULL AND state <> 'undone'
          ORDER BY sequence DESC LIMIT 1
          """)
    }
  }

  /// A company besides this one that has, or may have, something that a run sent; nil when there is none.
  ///
  /// - Parameter books: The company whose id is known.
  /// - Returns: The id of the other one.
  /// - Throws: `Failure` when the ledger cannot be read.
  public func booksBeside(_ books: String) throws(Failure) -> String? {
    try read { db in
      try String.fetchOne(
        db,
        sql: """
          SELECT books FROM runs
          WHERE books <> ? AND target = 'online'
            AND EXISTS (SELECT 1 FROM invoices WHERE run = sequence)
          ORDER BY sequence DESC LIMIT 1
          """, arguments: [books])
    }
  }

  /// The finished runs with documents of which nobody knows yet whether QuickBooks has them, oldest first.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func unsettledRuns(target: String) throws(Failure) -> [RunRecord] {
    try read { db in
      try LedgerQueries.runs(
        db,
        """
        WHERE state = 'finished' AND target = ? AND EXISTS
          (SELECT 1 FROM invoices WHERE run = sequence AND state = 'in_doubt')
        ORDER BY sequence
        """, [target])
    }
  }

  /// When QuickBooks last answered something of runs to a target, ISO 8601 with zone; nil when it never did.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func lastAnswer(target: String) throws(Failure) -> String? {
    try read { db in
      try String.fetchOne(
        db,
        sql: """
          SELECT max(answered_at) FROM requests JOIN runs ON runs.sequence = requests.run
          WHERE target = ?
          """, arguments: [target])
    }
  }

  /// Notes that one document of a run is not in QuickBooks any more, or never was: it may be sent again.
  ///
  /// - Parameters:
  ///   - number: The document's number.
  ///   - kind: Its form.
  ///   - run: The run.
  ///   - requestID: The request that took it away; nil when it was never sent.
  ///   - at: The time, ISO 8601 with zone.
  ///   - detail: What happened, for people.
  /// - Throws: `Failure` when the ledger cannot be written.
  public func recordRemoved(
    document number: String, _ kind: LedgerEntry.DocumentKind, ofRun run: String,
    requestID: String?, at: String, detail: String
  ) throws(Failure) {
    try write { db in
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      if let requestID {
        try db.execute(
          sql: """
            UPDATE requests SET state = 'accepted', answered_at = ?
            WHERE run = ? AND request_id = ?
            """, arguments: [at, sequence, requestID])
      }
      let own = try String.fetchOne(
        db,
        sql: """
          SELECT number FROM invoices WHERE run = ? AND document_number = ? AND document_kind = ?
          """, arguments: [sequence, number, kind.rawValue])
      guard let own else { return }
      try LedgerQueries.withdraw("number = ?", [own], cause: .undone, at: at, db)
      try db.execute(sql: "DELETE FROM invoices WHERE number = ?", arguments: [own])
      try LedgerQueries.insert(
        LedgerEvent(at: at, run: run, invoice: own, kind: .documentRemoved, detail: detail), db)
    }
  }
}

extension LedgerEvent.Kind {
  /// A document was taken out of QuickBooks.
  public static let documentRemoved = LedgerEvent.Kind(rawValue: "document-removed")
}
