public import Ledger
public import Sync
public import Vocabulary

/// What is done with the files of a batch; the command line says how.
///
/// Everything may be called on several threads at once, for different companies.
public protocol Delivery: Sendable {
  /// The company's settings, with those that override them.
  ///
  /// - Throws: `Failure` with cause `settingsWrong`.
  func settings(of company: CompanyFolder) throws(Failure) -> Settings

  /// Reads everything that a plan needs beside the files and the memory.
  ///
  /// It is called before files are taken out of the inbox, so that a slip in a mapping file leaves them
  /// there, and again when one of `CompanyFolder.decidingPaths` has changed meanwhile.
  ///
  /// - Throws: `Failure` with cause `settingsWrong`.
  func planner(of company: CompanyFolder) throws(Failure) -> any BatchPlanner

  /// Gets ready what planning and sending need from elsewhere: a connection, books that are new enough, and
  /// an end of the runs that somebody else began to send.
  ///
  /// It is called under the company's lock before files are taken out of the inbox, so that a connection
  /// that is lost leaves them there. For files to be imported there is nothing to get ready.
  ///
  /// - Parameters:
  ///   - company: The company.
  ///   - ledger: Its ledger.
  ///   - own: The ids of batches, whose runs are sent by ``send(_:of:with:isStopping:progress:)``.
  ///   - isStopping: Whether nothing new shall be begun any more.
  /// - Throws: `Failure`; with cause `quickBooksUnavailable` or `tryAgain` it may pass by itself.
  func prepare(
    _ company: CompanyFolder, with ledger: SyncLedger, besides own: Set<String>,
    isStopping: @escaping @Sendable () -> Bool
  ) throws(Failure)

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

  /// Sends what of a finished run is not sent and answered yet; nothing for one whose files are imported.
  ///
  /// It may be cut off anywhere and called again, as often as it takes: what left without an answer is looked
  /// up before anything is sent again. When it returns, the ledger has an answer for every document.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - company: The company.
  ///   - ledger: Its ledger.
  ///   - isStopping: Whether nothing more shall be sent; what has left is waited for.
  ///   - progress: Called now and then, on any thread.
  /// - Throws: `Failure`; with cause `quickBooksUnavailable` or `tryAgain` it may pass by itself.
  func send(
    _ run: RunRecord, of company: CompanyFolder, with ledger: SyncLedger,
    isStopping: @escaping @Sendable () -> Bool,
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
  ) throws(Failure)
}

/// Plans files by settings, mapping, suppression list and books as they were when it was made.
///
/// A batch with a bad file is planned again without it, so one planner plans several times.
public protocol BatchPlanner {
  /// Makes a plan of some files; writes nothing.
  ///
  /// - Parameters:
  ///   - files: The paths.
  ///   - memory: What the ledger knows.
  ///   - ledger: The ledger itself, for what is open in it.
  /// - Returns: The plan.
  /// - Throws: `Failure`; with cause `inputUnreadable` or `inputMissing` it is one of the files that is
  ///   to blame.
  func plan(
    _ files: [String], _ memory: LedgerSnapshot, _ ledger: SyncLedger
  ) throws(Failure) -> SyncPlan

  /// Looks at the beginning of a file for what it holds.
  ///
  /// - Throws: `Failure` with cause `inputUnreadable` or `inputMissing`, as a plan of it would.
  func contents(of file: String) throws(Failure) -> ExportContents
}

extension BatchPlanner {
  /// Whether a file has customers or income categories, and no invoices.
  func isList(_ file: String) -> Bool { (try? contents(of: file)) == .lists }

  /// Whether there are customers or income categories among files, and no invoices.
  ///
  /// What cannot be read is neither; if nothing else is there, it is no list.
  func areLists(_ files: [String]) -> Bool {
    var areLists = false
    for file in files {
      switch try? contents(of: file) {
      case .invoices: return false
      case .lists: areLists = true
      case nil: continue
      }
    }
    return areLists
  }
}
