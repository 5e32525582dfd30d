internal import Foundation
internal import GRDB
internal import Synchronization
public import Vocabulary

/// Tells what was sent, one invoice at a time, even while the ledger is busy with recording a run.
///
/// The planner asks only about invoices that have changed since, to say what was sent. A ledger that
/// is being written answers through a connection of its own, which sees the last commit.
public final class LedgerRecall: Sendable {
  /// What was sent under a number.
  public struct Sent: Sendable {
    /// What the ledger remembers of it.
    public var entry: LedgerEntry
    /// Everything that was carried; nil for what versions of LoadBooks before this one sent.
    public var content: InvoiceContent?

    /// Something that was sent, or entered by hand.
    public init(entry: LedgerEntry, content: InvoiceContent?) {
      self.entry = entry
      self.content = content
    }
  }

  private let ledger: SyncLedger
  private let connection = Mutex<DatabaseQueue?>(nil)

  init(_ ledger: SyncLedger) {
    self.ledger = ledger
  }

  /// What was sent under a number; nil when nothing was.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func sent(number: String) throws(Failure) -> Sent? {
    do {
      return try queue().read { try LedgerQueries.sent(number: number, $0) }
    } catch {
      throw LedgerFailure.of(error, path: ledger.path)
    }
  }

  private func queue() throws -> DatabaseQueue {
    // A ledger that is only read never waits for itself, and may be a copy in memory.
    guard !ledger.isReadOnly else { return ledger.queue }
    return try connection.withLock { connection in
      if let connection { return connection }
      let queue = try SyncLedger.readOnlyQueue(ledger.path, folderIsWritable: true)
      connection = queue
      return queue
    }
  }
}

extension LedgerQueries {
  static func sent(number: String, _ db: Database) throws -> LedgerRecall.Sent? {
    guard let entry = try entry(number: number, db),
      let row = try Int64.fetchOne(
        db, sql: "SELECT id FROM invoices WHERE number = ?", arguments: [number])
    else { return nil }
    return LedgerRecall.Sent(
      entry: entry, content: try ContentStore.content(ofInvoice: row, db))
  }
}

extension SyncLedger {
  /// What was sent under a number, with all that was carried; nil when nothing was.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func sent(number: String) throws(Failure) -> LedgerRecall.Sent? {
    try read { try LedgerQueries.sent(number: number, $0) }
  }
}
