internal import GRDB
public import Vocabulary

extension SyncLedger {
  /// Records a run with all its invoices, in one transaction.
  ///
  /// When this returns, the disk has it: the run is `prepared` and its invoices count as sent. When the
  /// body throws, or the totals do not tie, nothing of it is remembered.
  ///
  /// - Parameters:
  ///   - run: The run; its state, totals and outputs are what `body` leads to.
  ///   - body: Adds the invoices one by one, and returns the totals and the staged files. By the time
  ///     it returns, the files are complete under their hidden names. It must not ask this ledger
  ///     anything, which is busy with it; what it has to know is in a ``LedgerSnapshot``.
  /// - Throws: `Failure`: what `body` threw; `ownBug` for an invoice or a run that is known already,
  ///   totals that do not tie, or a run begun while another is unfinished; then nothing was recorded.
  ///   Any other cause, once `body` has returned, leaves that open: when the disk fails while the
  ///   transaction is forced onto it, the transaction may be found complete at the next start.
  public func record(
    _ run: RunRecord, _ body: (inout RunRecorder) throws(Failure) -> RunCompletion
  ) throws(Failure) {
    let path = path
    try write { db in
      if let unfinished = try String.fetchOne(
        db, sql: "SELECT id FROM runs WHERE state IN ('preparing', 'prepared') LIMIT 1")
      {
        throw LedgerFailure.bug("run \(run.id) began before run \(unfinished) was settled")
      }
      let sequence = try LedgerQueries.insert(run, db)
      var recorder = try RunRecorder(db, path: path, run: run.id, sequence: sequence)
      let completion = try body(&recorder)
      if let refusal = recorder.refusal { throw refusal }
      try recorder.check(completion)
      try LedgerQueries.complete(sequence, completion, db)
    }
  }

  /// Notes that a run's files have their names.
  ///
  /// Saying it again changes nothing.
  ///
  /// - Parameters:
  ///   - run: The run's id.
  ///   - finishedAt: The time, ISO 8601 with zone.
  ///   - reason: Why it was finished by another process than the one that began it, for people; it
  ///     becomes an event.
  /// - Throws: `Failure`: `ownBug` for a run that is unknown or was taken back.
  public func finish(
    run: String, finishedAt: String, because reason: String? = nil
  ) throws(Failure) {
    try write { db in
      let (sequence, state) = try LedgerQueries.state(ofRun: run, db)
      switch state {
      case .finished: return
      case .prepared:
        try db.execute(
          sql: "UPDATE runs SET state = 'finished', finished_at = ? WHERE sequence = ?",
          arguments: [finishedAt, sequence])
        guard let reason else { return }
        try LedgerQueries.insert(
          LedgerEvent(at: finishedAt, run: run, invoice: nil, kind: .runSettled, detail: reason), db
        )
      case .preparing, .undone:
        throw LedgerFailure.bug("run \(run) is \(state.rawValue) and cannot be finished")
      }
    }
  }

  /// Takes back an unfinished run whose files are lost: its invoices may be sent again.
  ///
  /// The run itself stays, in state `undone`, with an event that tells why.
  ///
  /// - Parameters:
  ///   - run: The run's id.
  ///   - at: The time, ISO 8601 with zone.
  ///   - reason: Why, for people.
  /// - Throws: `Failure`: `ownBug` for a run that is unknown, finished or taken back already.
  public func forget(run: String, at: String, because reason: String) throws(Failure) {
    try write { db in
      let (sequence, state) = try LedgerQueries.state(ofRun: run, db)
      guard state == .preparing || state == .prepared else {
        throw LedgerFailure.bug("run \(run) is \(state.rawValue) and cannot be forgotten")
      }
      try db.execute(sql: "DELETE FROM invoices WHERE run = ?", arguments: [sequence])
      let count = db.changesCount
      for table in ["list_entries", "run_needs", "unsent"] {
        try db.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [sequence])
      }
      try db.execute(
        sql: "UPDATE runs SET state = 'undone' WHERE sequence = ?", arguments: [sequence])
      let event = LedgerEvent(
        at: at, run: run, invoice: nil, kind: .runForgotten,
        detail: "\(reason) (\(count) invoices may be sent again)")
      try LedgerQueries.insert(event, db)
    }
  }

  /// The runs that were cut off before their files had their names, oldest first.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func unfinishedRuns() throws(Failure) -> [RunRecord] {
    try read { db in
      try LedgerQueries.runs(
        db, "WHERE state IN ('preparing', 'prepared') ORDER BY sequence", [])
    }
  }

  /// All runs with inputs, outputs and totals, newest first.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func runs() throws(Failure) -> [RunRecord] {
    try read { try LedgerQueries.runs($0, "ORDER BY sequence DESC", []) }
  }

  /// One run; nil when there is none of this id.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func run(_ id: String) throws(Failure) -> RunRecord? {
    try read { try LedgerQueries.runs($0, "WHERE id = ?", [id]).first }
  }

  /// The newest run that counts and read a file of just these bytes; nil when there is none.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func run(thatRead fingerprint: Fingerprint) throws(Failure) -> RunRecord? {
    try read { db in
      try LedgerQueries.runs(
        db,
        """
        WHERE state = 'finished' AND sequence IN (SELECT run FROM run_inputs WHERE sha256 = ?)
        ORDER BY sequence DESC LIMIT 1
        """, [fingerprint.hex]
      ).first
    }
  }

  /// What is remembered about an invoice; nil when it was never sent.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func entry(number: String) throws(Failure) -> LedgerEntry? {
    try read { try LedgerQueries.entry(number: number, $0) }
  }

  /// What happened to an invoice, oldest first.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func events(invoice number: String) throws(Failure) -> [LedgerEvent] {
    try read { try LedgerQueries.events($0, "WHERE events.invoice = ?", [number]) }
  }

  /// What happened to a customer, by its name in LoadOps, oldest first.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func events(customer name: String) throws(Failure) -> [LedgerEvent] {
    try read { try LedgerQueries.events($0, "WHERE events.customer = ?", [name]) }
  }

  /// What happened to a run, oldest first.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func events(run id: String) throws(Failure) -> [LedgerEvent] {
    try read { try LedgerQueries.events($0, "WHERE runs.id = ?", [id]) }
  }

  /// Adds an event; there is no way to change or remove it.
  ///
  /// - Throws: `Failure`: `ownBug` when it names a run that is not there.
  public func recordEvent(_ event: LedgerEvent) throws(Failure) {
    try write { try LedgerQueries.insert(event, $0) }
  }
}
