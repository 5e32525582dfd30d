/// Where an invoice stands between LoadOps and QuickBooks, as far as the ledger remembers it.
///
/// An invoice that the ledger does not know is non-synced; a suppressed one stands in the suppression
/// list. Raw values are stored and therefore never change.
public enum SyncState: String, Hashable, Sendable, CaseIterable {
  /// Sent: it must not be sent again.
  case synced
  /// Sent without an answer: QuickBooks has to be asked before anything else happens to it.
  case inDoubt = "in_doubt"
}

/// How sure we are that QuickBooks has an invoice.
public enum SyncEvidence: String, Hashable, Sendable, CaseIterable {
  /// A file with it was written.
  case written
  /// QuickBooks answered that it took it.
  case accepted
  /// It was found in the books.
  case confirmed
  /// Somebody entered it in QuickBooks by hand and said so.
  case adopted
}
