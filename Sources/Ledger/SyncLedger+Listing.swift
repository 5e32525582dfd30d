internal import Foundation
internal import GRDB
public import Vocabulary

/// Which invoices of the ledger are wanted.
public struct LedgerFilter: Hashable, Sendable {
  /// The first invoice date.
  public var from: CalendarDate?
  /// The last invoice date.
  public var until: CalendarDate?
  /// The customer's name, in LoadOps or in QuickBooks, exactly.
  public var customer: String?

  /// All of them, to be narrowed.
  public init() {}

  /// The conditions on a table with the usual columns, and what they are about.
  fileprivate var sql: (String, StatementArguments) {
    var conditions: [String] = []
    var arguments = StatementArguments()
    if let from {
      // What has no readable date is always meant, so that it is seen.
      conditions.append("(invoice_date IS NULL OR invoice_date >= ?)")
      arguments += [from.description]
    }
    if let until {
      conditions.append("(invoice_date IS NULL OR invoice_date <= ?)")
      arguments += [until.description]
    }
    if let customer {
      conditions.append("(customer = ? OR quickbooks_customer = ?)")
      arguments += [customer, customer]
    }
    return (
      conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "), arguments
    )
  }
}

/// A QuickBooks list entry that runs declared.
public struct DeclaredEntry: Hashable, Sendable {
  /// Its full name in QuickBooks.
  public var quickBooksName: String
  /// The names in LoadOps that led to it.
  public var loadOpsNames: [String]
  /// The newest run that declared it.
  public var run: String
  /// When that run began, ISO 8601 with zone.
  public var at: String
}

/// How many invoices of a customer were sent.
public struct CustomerTally: Hashable, Sendable {
  /// The customer's name in LoadOps.
  public var customer: String
  /// The customer's name in QuickBooks.
  public var quickBooksCustomer: String
  /// Its invoices, lines and amount.
  public var sent: RunRecord.Tally
}

/// Something that counts no more, but was sent once.
public struct WithdrawnInvoice: Hashable, Sendable {
  /// Why it counts no more; raw values are stored and therefore never change.
  public enum Cause: String, Hashable, Sendable, CaseIterable {
    /// Its run was taken back.
    case undone
    /// QuickBooks refused it.
    case refused
    /// Somebody changed the document in QuickBooks by hand; it counts with its new content.
    case replaced
    /// It had been entered by hand, somebody said, and took that back.
    case adoptionWithdrawn = "adoption_withdrawn"
  }

  /// When, ISO 8601 with zone.
  public var at: String
  /// Why.
  public var cause: Cause
  /// The run that had sent it; nil for what was entered by hand.
  public var run: String?
  /// The number in LoadOps.
  public var number: InvoiceNumber
  /// The form it had in QuickBooks.
  public var documentKind: LedgerEntry.DocumentKind
  /// Its number in QuickBooks.
  public var documentNumber: String
  /// The customer's name in QuickBooks.
  public var quickBooksCustomer: String
  /// The invoice date, ISO 8601.
  public var date: String
  /// The total with the sign it has in LoadOps.
  public var amount: Money
  /// How many lines it had.
  public var lines: Int
  /// What QuickBooks called the document, if it had answered.
  public var quickBooksID: String?
}

extension SyncLedger {
  /// Goes through what was sent, in the order in which it was sent, with one row in memory.
  ///
  /// - Parameters:
  ///   - filter: Which invoices.
  ///   - body: Gets each; it must not ask this ledger anything.
  /// - Throws: `Failure`: what `body` threw, or when the ledger cannot be read.
  public func forEachEntry(
    _ filter: LedgerFilter = LedgerFilter(), _ body: (LedgerEntry) throws(Failure) -> Void
  ) throws(Failure) {
    try read { db in
      let (condition, arguments) = filter.sql
      let ids = try SyncLedger.runIDs(db)
      let rows = try Row.fetchCursor(
        db, sql: "SELECT * FROM invoices \(condition) ORDER BY id", arguments: arguments)
      while let row = try rows.next() { try body(LedgerQueries.entry(row, runs: ids)) }
    }
  }

  /// Goes through what a run sent, newest first, with one row in memory.
  ///
  /// - Throws: `Failure`: what `body` threw, or when the ledger cannot be read.
  public func forEachEntry(
    ofRun run: String, _ body: (LedgerEntry) throws(Failure) -> Void
  ) throws(Failure) {
    try read { db in
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      let rows = try Row.fetchCursor(
        db, sql: "SELECT * FROM invoices WHERE run = ? ORDER BY id DESC", arguments: [sequence])
      while let row = try rows.next() {
        try body(LedgerQueries.entry(row, runs: [sequence: run]))
      }
    }
  }

  /// Goes through what was met and not sent, by number, with one row in memory.
  ///
  /// - Throws: `Failure`: what `body` threw, or when the ledger cannot be read.
  public func forEachUnsent(
    _ filter: LedgerFilter = LedgerFilter(), _ body: (UnsentInvoice) throws(Failure) -> Void
  ) throws(Failure) {
    try read { db in
      let (condition, arguments) = filter.sql
      let ids = try SyncLedger.runIDs(db)
      let rows = try Row.fetchCursor(
        db, sql: "SELECT * FROM unsent \(condition) ORDER BY number", arguments: arguments)
      while let row = try rows.next() { try body(LedgerQueries.unsent(row, runs: ids)) }
    }
  }

  /// What was met under a number and not sent; nil when nothing was.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func unsent(number: String) throws(Failure) -> UnsentInvoice? {
    try read { db in
      let row = try Row.fetchOne(
        db, sql: "SELECT * FROM unsent WHERE number = ?", arguments: [number])
      return try row.map { try LedgerQueries.unsent($0, runs: SyncLedger.runIDs(db)) }
    }
  }

  /// What was sent under a number once and counts no more, oldest first.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func withdrawn(number: String) throws(Failure) -> [WithdrawnInvoice] {
    try withdrawn("number = ?", [number])
  }

  /// What a run sent and somebody changed by hand in QuickBooks since, as it was sent, each once.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func replaced(ofRun run: String) throws(Failure) -> [WithdrawnInvoice] {
    try withdrawn(
      """
      runs.id = ? AND cause = 'replaced' AND NOT EXISTS (SELECT 1 FROM invoices
        WHERE invoices.number = withdrawn.number AND invoices.run = withdrawn.run)
      GROUP BY withdrawn.number
      """, [run])
  }

  /// What a run sent and QuickBooks refused, as it was sent, each once.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func refused(ofRun run: String) throws(Failure) -> [WithdrawnInvoice] {
    try withdrawn(
      """
      runs.id = ? AND cause = 'refused' AND NOT EXISTS (SELECT 1 FROM invoices
        WHERE invoices.number = withdrawn.number AND invoices.run = withdrawn.run)
        AND NOT EXISTS (SELECT 1 FROM withdrawn AS other WHERE other.number = withdrawn.number
          AND other.run = withdrawn.run AND other.cause = 'replaced')
      GROUP BY withdrawn.number
      """, [run])
  }

  private func withdrawn(
    _ condition: String, _ arguments: StatementArguments
  ) throws(Failure) -> [WithdrawnInvoice] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT withdrawn.*, runs.id AS run_id
          FROM withdrawn LEFT JOIN runs ON runs.sequence = withdrawn.run
          WHERE \(condition) ORDER BY withdrawn.id
          """, arguments: arguments
      ).map { row in
        WithdrawnInvoice(
          at: row["at"], cause: try LedgerQueries.value(row, "cause"), run: row["run_id"],
          number: InvoiceNumber(row["number"]),
          documentKind: try LedgerQueries.value(row, "document_kind"),
          documentNumber: row["document_number"], quickBooksCustomer: row["quickbooks_customer"],
          date: row["invoice_date"], amount: Money(cents: row["cents"]), lines: row["lines"],
          quickBooksID: row["quickbooks_id"])
      }
    }
  }

  /// What runs declared in a QuickBooks list, by name.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func declared(_ kind: LedgerListEntry.Kind) throws(Failure) -> [DeclaredEntry] {
    try read { db in
      var entries: [DeclaredEntry] = []
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT quickbooks_name, loadops_name, runs.id AS run_id, runs.started_at AS at
          FROM list_entries JOIN runs ON runs.sequence = list_entries.run
          WHERE kind = ? ORDER BY quickbooks_name, list_entries.run
          """, arguments: [kind.rawValue])
      while let row = try rows.next() {
        let name: String = row["quickbooks_name"]
        if entries.last?.quickBooksName.utf8.elementsEqual(name.utf8) != true {
          entries.append(DeclaredEntry(quickBooksName: name, loadOpsNames: [], run: "", at: ""))
        }
        let last = entries.count - 1
        entries[last].run = row["run_id"]
        entries[last].at = row["at"]
        if let source = row["loadops_name"] as String?, !entries[last].loadOpsNames.contains(source)
        {
          entries[last].loadOpsNames.append(source)
        }
      }
      return entries
    }
  }

  /// What was sent, by customer.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func customerTallies(
    _ filter: LedgerFilter = LedgerFilter()
  ) throws(Failure) -> [CustomerTally] {
    try read { db in
      let (condition, arguments) = filter.sql
      return try Row.fetchAll(
        db,
        sql: """
          SELECT customer, quickbooks_customer, count(*) AS invoices, sum(lines) AS lines,
            sum(cents) AS cents
          FROM invoices \(condition) GROUP BY customer, quickbooks_customer ORDER BY customer
          """, arguments: arguments
      ).map { row in
        CustomerTally(
          customer: row["customer"], quickBooksCustomer: row["quickbooks_customer"],
          sent: RunRecord.Tally(
            invoices: row["invoices"], lines: row["lines"], amount: Money(cents: row["cents"])))
      }
    }
  }

  /// What a run sent and nobody took back, as it was sent, with lines and amount.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func tally(ofRun run: String) throws(Failure) -> RunRecord.Tally {
    try read { db in
      let (sequence, _) = try LedgerQueries.state(ofRun: run, db)
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT count(*) AS invoices, coalesce(sum(lines), 0) AS lines,
            coalesce(sum(cents), 0) AS cents
          FROM (SELECT lines, cents FROM invoices WHERE run = ?1 UNION ALL
            SELECT lines, cents FROM (SELECT DISTINCT number, lines, cents FROM withdrawn
              WHERE run = ?1 AND cause = 'replaced' AND NOT EXISTS (SELECT 1 FROM invoices
                WHERE invoices.number = withdrawn.number AND invoices.run = ?1)))
          """, arguments: [sequence])
      return RunRecord.Tally(
        invoices: row?["invoices"] ?? 0, lines: row?["lines"] ?? 0,
        amount: Money(cents: row?["cents"] ?? 0))
    }
  }

  static func runIDs(_ db: Database) throws -> [Int64: String] {
    var ids: [Int64: String] = [:]
    for row in try Row.fetchAll(db, sql: "SELECT sequence, id FROM runs") {
      ids[row["sequence"]] = row["id"]
    }
    return ids
  }
}

extension LedgerQueries {
  static func unsent(_ row: Row, runs: [Int64: String]) throws -> UnsentInvoice {
    let hash: [UInt8] = (row["content_hash"] as Data).map { $0 }
    var invoice = UnsentInvoice(
      number: InvoiceNumber(row["number"]), run: runs[row["run"]] ?? "",
      outcome: try value(row, "outcome"),
      reasons: (row["reasons"] as String).split(separator: " ").map(String.init),
      contentHash: ContentHash(stored: hash.span), documentKind: try value(row, "document_kind"),
      customer: row["customer"], quickBooksCustomer: row["quickbooks_customer"],
      date: (row["invoice_date"] as String?).flatMap { CalendarDate(iso: $0) },
      amount: Money(cents: row["cents"]), lines: row["lines"])
    invoice.copies = row["copies"]
    return invoice
  }
}
