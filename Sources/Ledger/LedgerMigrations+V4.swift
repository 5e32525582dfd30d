internal import GRDB

/// The fourth step of the schema: what was withdrawn is found by its run and number at once.
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
  }
}
