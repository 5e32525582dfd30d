public import Ledger
public import Sync
public import Vocabulary

/// What is done with the files of a batch; the command line says how.
///
/// Everything may be called on several threads at once, for different companies.
public protocol Delivery: Sendable {
  /// The company's settings, with those that override them.
  ///
  /// - Throws: `Failure` with cause `settingsWrong`, also for a target that cannot be served.
  func settings(of company: CompanyFolder) throws(Failure) -> Settings

  /// Looks whether everything can be read that a plan needs beside the files.
  ///
  /// It is called before files are taken out of the inbox, so that a slip in a mapping file leaves them
  /// there.
  ///
  /// - Throws: `Failure` with cause `settingsWrong`.
  func check(_ company: CompanyFolder) throws(Failure)

  /// Makes a plan of some files; writes nothing.
  ///
  /// - Throws: `Failure`; with cause `inputUnreadable` or `inputMissing` it is one of the files that is
  ///   to blame.
  func plan(
    _ files: [String], of company: CompanyFolder, with ledger: SyncLedger
  ) throws(Failure) -> SyncPlan

  /// Carries a plan out as the run of a given id, and leaves its files in the company's outbox.
  ///
  /// When it returns, the ledger has the run, finished. When it throws or never returns, the next start
  /// settles the run as it does for every command (see `RunRecovery`), and what the ledger says then
  /// counts.
  ///
  /// - Throws: `Failure`.
  func carryOut(
    _ plan: SyncPlan, run: String, of company: CompanyFolder, with ledger: SyncLedger
  ) throws(Failure)
}
