internal import GRDB

/// The fourth step of the schema: what was withdrawn is found by its run and number at once, and several
/// runs may hold one invoice.
extension LedgerMigrations {
  /// A run may have thousands of refused documents.
  ///
  /// The trigger that keeps the invoices of finished runs looks among them for each that is deleted, and
  /// each late answer for its document.
  static func migrateToV4Withdrawn(_ db: Database) throws {
    try db.execute(
      sql: """
        DROP INDEX withdrawn_run;
        CREATE INDEX withdrawn_run_number ON withdrawn (run, number);
        CREATE INDEX withdrawn_run_document ON withdrawn (run, document_number, document_kind)
        """)
    try db.execute(sql: holdsByRun)
  }

  /// What QuickBooks has of two runs that were taken back is held for each of them: removing the documents
  /// of one leaves those of the other.
  private static let holdsByRun = """
    ALTER TABLE holds RENAME TO holds_v3;

    \(holdsTable(key: "kind, name, run"))

    INSERT INTO holds SELECT * FROM holds_v3;

    DROP TABLE holds_v3;
    """
}
