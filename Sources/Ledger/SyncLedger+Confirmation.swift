internal import GRDB
public import Vocabulary

/// An invoice whose document in QuickBooks has another number than its own.
public struct OtherNumber: Hashable, Sendable {
  /// The number in LoadOps.
  public var number: String
  /// The number in QuickBooks.
  public var document: String

  /// An invoice and the number of its document.
  public init(number: String, document: String) {
    self.number = number
    self.document = document
  }
}

/// What became of evidence that somebody looked for in the books.
public struct ConfirmationEffect: Hashable, Sendable {
  /// Invoices that were found for the first time.
  public var confirmed = 0
  /// Invoices that had been found before, and were found again.
  public var again = 0
  /// Invoices that had been found before, and that the books lack now.
  public var withdrawn: [String] = []
  /// Invoices of which nobody had known whether QuickBooks has them.
  public var settled = 0

  /// Nothing.
  public init() {}
}

extension SyncLedger {
  /// The invoices whose document has another number in QuickBooks.
  ///
  /// - Throws: `Failure` when the ledger cannot be read.
  public func otherNumbers() throws(Failure) -> [OtherNumber] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT number, document_number FROM invoices WHERE number <> document_number ORDER BY id
          """
      ).map { OtherNumber(number: $0[0], document: $0[1]) }
    }
  }

  /// Notes which invoices were found in the books, and which are not there any more.
  ///
  /// In one transaction: what was found is *confirmed*; what was confirmed and is missing now counts again
  /// by the evidence that it had before, accepted where QuickBooks once answered, adopted where no run sent
  /// it, else written, with an event for each. Nothing but evidence ever changes, save that a found
  /// invoice is not in doubt any more. Numbers that are not known are passed over.
  ///
  /// - Parameters:
  ///   - found: The numbers found, as the caller can give them one by one; nil at the end.
  ///   - missing: The numbers that the books lack.
  ///   - at: The time, ISO 8601 with zone.
  ///   - source: What was looked into, for people.
  /// - Returns: What changed.
  /// - Throws: `Failure` with cause `cannotWrite` or `tryAgain`; then nothing has changed.
  public func confirm(
    _ found: () -> String?, missing: [String], at: String, source: String
  ) throws(Failure) -> ConfirmationEffect {
    try write { db in
      var effect = ConfirmationEffect()
      let look = try RawStatement(
        "SELECT id, evidence = 'confirmed', state = 'in_doubt' FROM invoices WHERE number = ?", db)
      let note = try RawStatement(
        """
        UPDATE invoices SET evidence = 'confirmed', evidence_at = ?, state = 'synced' WHERE id = ?
        """, db)
      while let number = found() {
        look.bind(number, at: 1)
        guard try look.step() else {
          try look.reset()
          continue
        }
        let (id, isConfirmed, isInDoubt) = (look.integer(0), look.integer(1), look.integer(2))
        try look.reset()
        effect.settled += Int(isInDoubt)
        if isConfirmed != 0 { effect.again += 1 } else { effect.confirmed += 1 }
        note.bind(at, at: 1)
        note.bind(id, at: 2)
        try note.run()
      }
      for number in missing {
        try SyncLedger.withdrawConfirmation(of: number, at: at, source: source, &effect, db)
      }
      if effect.confirmed + effect.again > 0 {
        let words = "\(effect.confirmed) invoices found for the first time, \(effect.again) again"
        try LedgerQueries.insert(
          LedgerEvent(at: at, kind: .confirmed, detail: "\(words), in \(source)"), db)
      }
      return effect
    }
  }

  private static func withdrawConfirmation(
    of number: String, at: String, source: String, _ effect: inout ConfirmationEffect,
    _ db: Database
  ) throws {
    try db.execute(
      sql: """
        UPDATE invoices SET
          evidence = CASE WHEN run IS NULL THEN 'adopted' WHEN quickbooks_id IS NOT NULL
            THEN 'accepted' ELSE 'written' END,
          evidence_at = ?
        WHERE number = ? AND evidence = 'confirmed'
        """, arguments: [at, number])
    guard db.changesCount > 0 else { return }
    effect.withdrawn.append(number)
    try LedgerQueries.insert(
      LedgerEvent(
        at: at, invoice: number, kind: .confirmationWithdrawn,
        detail: "was found in the books before, and is not there any more: \(source)"), db)
  }
}

extension LedgerEvent.Kind {
  /// Invoices were found in the books.
  public static let confirmed = LedgerEvent.Kind(rawValue: "confirmed")
  /// An invoice that was found in the books before is not there any more.
  public static let confirmationWithdrawn = LedgerEvent.Kind(rawValue: "confirmation-withdrawn")
}
