internal import GRDB
public import Vocabulary

/// One thing that ``SyncLedger/check()`` looked at.
public struct LedgerFinding: Hashable, Sendable {
  /// How it came out.
  public enum Verdict: Sendable {
    /// It is as it must be.
    case right
    /// It is not, and what the ledger says can no longer be relied upon.
    case wrong
    /// The ledger is sound, and QuickBooks has something otherwise than it was sent.
    case differs
    /// Worth knowing, and no damage.
    case remark
  }

  /// How it came out.
  public var verdict: Verdict
  /// What was looked at, or what is wrong with it.
  public var message: String

  /// A finding.
  public init(_ verdict: Verdict, _ message: String) {
    self.verdict = verdict
    self.message = message
  }
}

extension SyncLedger {
  /// Looks whether the file is intact and whether what it says agrees with itself.
  ///
  /// That is: SQLite's own check of the file with its indexes and constraints; references between tables;
  /// that the schema is the one this version makes, with all triggers; that each invoice belongs to a run
  /// that counts or was taken in by hand; that no document number stands twice; that the rows of each run add
  /// up to its totals; that time goes forward. It takes the same memory however large the ledger is.
  ///
  /// - Returns: The findings, in the order in which they were looked for.
  /// - Throws: `Failure` when the ledger cannot be read at all.
  public func check() throws(Failure) -> [LedgerFinding] {
    var findings: [LedgerFinding] = []
    do {
      try read { db in
        var check = LedgerCheck(db: db)
        try check.file()
        try check.schema()
        try check.statements()
        try check.contents()
        findings = check.findings
      }
    } catch  where findings.contains(where: { $0.verdict == .wrong }) {
      // In a damaged file, SQLite may refuse even to end a transaction that only read.
    }
    return findings
  }
}

/// The checks of a ledger, inside one transaction.
private struct LedgerCheck {
  let db: Database
  private(set) var findings: [LedgerFinding] = []

  /// How many findings of one kind are told one by one.
  private static let mostOfAKind = 10

  init(db: Database) { self.db = db }

  mutating func file() throws {
    let faults: [String]
    do {
      faults = try String.fetchAll(db, sql: "PRAGMA integrity_check(\(LedgerCheck.mostOfAKind))")
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      faults = [error.message ?? "damaged"]
    }
    if faults == ["ok"] {
      add(.right, "the file is intact, with its indexes and constraints")
    } else {
      for fault in faults { add(.wrong, "the file is damaged: \(fault)") }
    }
    let references: [Row]
    do {
      references = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check")
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      return add(
        .wrong, "because of the damage it cannot be told whether references lead somewhere")
    }
    if references.isEmpty { add(.right, "every reference leads somewhere") }
    for row in references.prefix(LedgerCheck.mostOfAKind) {
      let (table, target): (String, String) = (row["table"], row["parent"])
      add(.wrong, "a row of \(table) refers to a row of \(target) that is not there")
    }
  }

  mutating func schema() throws {
    let sql = "SELECT type || ' ' || name AS name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
    let own = try Row.fetchAll(db, sql: sql)
    let fresh = try DatabaseQueue()
    try LedgerMigrations.migrator.migrate(fresh)
    let expected = try fresh.read { db in try Row.fetchAll(db, sql: sql) }
    var texts: [String: String] = [:]
    for row in expected { texts[row["name"]] = row["sql"] }
    var isRight = true
    for row in own {
      let (name, text): (String, String) = (row["name"], row["sql"])
      guard name.hasPrefix("table sqlite_") == false else { continue }
      if texts.removeValue(forKey: name) != text {
        isRight = false
        add(.wrong, "the schema was changed by somebody: \(name)")
      }
    }
    for name in texts.keys.sorted() where !name.hasPrefix("table sqlite_") {
      isRight = false
      add(.wrong, "the schema was changed by somebody: \(name) is missing")
    }
    if isRight { add(.right, "the schema is that of this version") }
  }

  /// What must hold between the rows: a query for what does not, and the sentence for each row of it.
  private static let rules: [(right: String?, verdict: LedgerFinding.Verdict, sql: String)] = [
    (
      "every invoice belongs to a run that counts, or was taken in by hand", .wrong,
      """
      SELECT 'invoice ' || number || ' belongs to run ' || runs.id || ', which is ' || runs.state
      FROM invoices JOIN runs ON runs.sequence = invoices.run
      WHERE runs.state NOT IN ('prepared', 'finished')
      """
    ),
    (
      "no document number stands twice", .wrong,
      """
      SELECT 'the ' || replace(document_kind, '_', ' ') || ' ' || document_number || ' stands ' || count(*) || ' times'
      FROM invoices GROUP BY document_number, document_kind HAVING count(*) > 1
      """
    ),
    (
      "every date is a day", .wrong,
      """
      SELECT 'invoice ' || number || ' has the impossible date ' || invoice_date
      FROM invoices WHERE date(invoice_date, '+0 days') IS NOT invoice_date
      """
    ),
    (
      "the invoices of every run add up to its totals", .wrong,
      """
      SELECT 'run ' || id || ' delivered ' || delivered_invoices || ' invoices with ' || delivered_lines
        || ' lines over ' || delivered_cents || ' cents, but has ' || coalesce(rows, 0) || ' with '
        || coalesce(lines, 0) || ' over ' || coalesce(cents, 0)
      FROM runs LEFT JOIN (
        SELECT run, count(*) AS rows, sum(lines) AS lines, sum(cents) AS cents FROM (
          SELECT run, lines, cents FROM invoices WHERE run IS NOT NULL
          UNION ALL SELECT run, lines, cents FROM (
            SELECT DISTINCT run, number, lines, cents FROM withdrawn
            WHERE run IS NOT NULL AND NOT EXISTS (SELECT 1 FROM invoices
              WHERE invoices.number = withdrawn.number AND invoices.run = withdrawn.run)))
        GROUP BY run) ON run = sequence
      WHERE state IN ('prepared', 'finished') AND (delivered_invoices, delivered_lines, delivered_cents)
        IS NOT (coalesce(rows, 0), coalesce(lines, 0), coalesce(cents, 0))
      """
    ),
    (
      "the files of every run add up to its totals", .wrong,
      """
      SELECT 'run ' || id || ' delivered ' || delivered_invoices || ' invoices over ' || delivered_cents
        || ' cents, but its files hold ' || documents || ' over ' || cents
      FROM runs JOIN (SELECT run, sum(documents) AS documents, sum(cents) AS cents FROM run_outputs GROUP BY run)
        ON run = sequence
      WHERE state <> 'preparing' AND (delivered_invoices, delivered_cents) IS NOT (documents, cents)
      """
    ),
    (
      "nothing is left of runs that were taken back", .wrong,
      """
      SELECT 'run ' || id || ' was taken back, but ' || kind || ' ' || quickbooks_name || ' is still there'
      FROM list_entries JOIN runs ON sequence = run WHERE state = 'undone'
      """
    ),
    (
      "no run is unfinished", .remark,
      """
      SELECT 'run ' || id || ' was cut off, or is at work; the next convert settles it'
      FROM runs WHERE state IN ('preparing', 'prepared')
      """
    ),
    (
      "no undo is unfinished", .remark,
      "SELECT 'the undo of run ' || id || ' was cut off, or is at work' FROM undos "
        + "JOIN runs ON sequence = run WHERE undos.finished_at IS NULL"
    ),
    (
      "QuickBooks has nothing otherwise than it was sent", .differs,
      """
      SELECT message || ', since ' || at FROM remarks JOIN runs ON sequence = run
      WHERE \(SyncLedger.isOpen) AND kind <> '\(LedgerRemark.totalUnchecked)'
      """
    ),
    (
      nil, .remark,
      """
      SELECT message || ', since ' || at FROM remarks JOIN runs ON sequence = run
      WHERE \(SyncLedger.isOpen) AND kind = '\(LedgerRemark.totalUnchecked)'
      """
    ),
    (
      "the history is in the order of time", .remark,
      """
      SELECT 'event ' || id || ' (' || kind || ') is dated ' || at || ', before the one in front of it: '
        || 'somebody set the clock back'
      FROM (SELECT id, kind, at, lag(at) OVER (ORDER BY id) AS last FROM events)
      WHERE julianday(at) IS NULL OR julianday(at) < julianday(last)
      UNION ALL
      SELECT 'run ' || id || ' began at ' || started_at || ', before the one in front of it: '
        || 'somebody set the clock back'
      FROM (SELECT id, started_at, lag(started_at) OVER (ORDER BY sequence) AS last FROM runs)
      WHERE julianday(started_at) IS NULL OR julianday(started_at) < julianday(last)
      """
    ),
  ]

  /// What was carried is kept so that its hash can be made again.
  mutating func contents() throws {
    let right = "what every invoice carried is what its hash stands for"
    var wrong: [String] = []
    var count = 0
    do {
      let rows = try RawStatement(
        """
        SELECT number, content_hash, packed FROM invoices JOIN contents ON invoice = invoices.id
        """, db)
      var texts = ContentStore.Texts(db)
      while try rows.step() {
        let content = try InvoiceContent(packed: Array(rows.bytes(2))) { try texts[$0] }
        guard content?.contentHash != ContentHash(stored: rows.bytes(1).span) else { continue }
        count += 1
        if count <= LedgerCheck.mostOfAKind {
          wrong.append("what invoice \(rows.text(0)) carried is not what its hash stands for")
        }
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      return add(.wrong, "because of the damage it cannot be told whether \(right)")
    }
    if count == 0 { return add(.right, right) }
    for message in wrong { add(.wrong, message) }
    if count > wrong.count { add(.wrong, "and \(count - wrong.count) more of this kind") }
  }

  mutating func statements() throws {
    for rule in LedgerCheck.rules {
      var count = 0
      do {
        let rows = try RawStatement(rule.sql, db)
        while try rows.step() {
          count += 1
          if count <= LedgerCheck.mostOfAKind { add(rule.verdict, rows.text(0)) }
        }
      } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
        if let right = rule.right {
          add(.wrong, "because of the damage it cannot be told whether \(right)")
        }
        continue
      }
      if count == 0, let right = rule.right { add(.right, right) }
      if count > LedgerCheck.mostOfAKind {
        add(rule.verdict, "and \(count - LedgerCheck.mostOfAKind) more of this kind")
      }
    }
  }

  private mutating func add(_ verdict: LedgerFinding.Verdict, _ message: String) {
    findings.append(LedgerFinding(verdict, message))
  }
}
