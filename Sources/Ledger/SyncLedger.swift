internal import Foundation
internal import GRDB
public import Vocabulary

/// What a company's runs have sent, so that no invoice is sent twice and none is forgotten.
///
/// The ledger is a SQLite file in the company folder, `.loadbooks/ledger.sqlite`. A run that wants to
/// send something goes three steps, and a power cut between any two of them neither loses nor doubles
/// an invoice:
///
/// 1. It writes its files under hidden names and, in one transaction, ``record(_:_:)``s every invoice
///    in them. From then on these invoices count as sent.
/// 2. It gives the files their names.
/// 3. It says ``finish(run:finishedAt:because:)``.
///
/// Whoever opens the ledger for writing first settles ``unfinishedRuns()``: a run whose files are
/// there, or can be given their names, is finished; one whose files are lost is
/// ``forget(run:at:because:)``-ed and its invoices are free again. Hold the ``CompanyLock`` from
/// before that until the end.
///
/// The planner does not ask the file invoice by invoice, it loads a ``LedgerSnapshot``. The schema is
/// in `LedgerMigrations.swift`; the SQL never leaves this module.
public final class SyncLedger: Sendable {
  /// Where the file is.
  public let path: String
  let queue: DatabaseQueue
  let isReadOnly: Bool

  init(path: String, queue: DatabaseQueue, isReadOnly: Bool) {
    self.path = path
    self.queue = queue
    self.isReadOnly = isReadOnly
  }

  /// Where the ledger of a company folder is.
  public static func path(folder: String) -> String {
    LedgerFolder.path(folder) + "/ledger.sqlite"
  }

  /// Opens the ledger of a company folder for writing, and makes it when there is none.
  ///
  /// - Parameter folder: The company folder, which must be there.
  /// - Returns: The ledger, migrated to this version's schema.
  /// - Throws: `Failure`: `cannotWrite` for a read-only folder or disk, `settingsWrong` for a file that
  ///   is not a ledger, is damaged or comes from a newer version, `tryAgain` when it is busy.
  public static func open(folder: String) throws(Failure) -> SyncLedger {
    try open(folder: folder, migrator: LedgerMigrations.migrator)
  }

  /// Opens the ledger of a company folder for reading; nil when there is none yet.
  ///
  /// Creates nothing and changes nothing, and works in a folder that cannot be written.
  ///
  /// - Parameter folder: The company folder.
  /// - Returns: The ledger, or nil.
  /// - Throws: `Failure`, as ``open(folder:)`` does.
  public static func openReadOnly(folder: String) throws(Failure) -> SyncLedger? {
    try openReadOnly(folder: folder, migrator: LedgerMigrations.migrator)
  }

  static func open(folder: String, migrator: DatabaseMigrator) throws(Failure) -> SyncLedger {
    try LedgerFolder.create(folder)
    let path = path(folder: folder)
    for place in [LedgerFolder.path(folder), path]
    where access(place, F_OK) == 0 && access(place, W_OK) != 0 {
      throw Failure.cannotWrite("cannot write \(place)", errno)
    }
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration())
      // Nothing is written before it is sure that the file is ours.
      _ = try queue.unsafeRead { try inspect($0, path: path, migrator: migrator) }
      try queue.writeWithoutTransaction { try makeDurable($0) }
      try migrator.migrate(queue)
      return SyncLedger(path: path, queue: queue, isReadOnly: false)
    } catch {
      throw LedgerFailure.of(error, path: path)
    }
  }

  static func openReadOnly(
    folder: String, migrator: DatabaseMigrator
  ) throws(Failure) -> SyncLedger? {
    let path = path(folder: folder)
    guard access(path, F_OK) == 0 else {
      guard errno == ENOENT || errno == ENOTDIR else {
        throw Failure(
          .notAllowed, "cannot look for the ledger \(path): \(String(cString: strerror(errno)))",
          remedy: "check that you may read the company folder")
      }
      return nil
    }
    guard access(path, R_OK) == 0 else {
      throw Failure(
        .notAllowed, "cannot read the ledger \(path): \(String(cString: strerror(errno)))",
        remedy: "ask whoever owns the company folder to let you read it")
    }
    do {
      let folderIsWritable = access(LedgerFolder.path(folder), W_OK) == 0
      let queue = try readOnlyQueue(path, folderIsWritable: folderIsWritable)
      switch try queue.unsafeRead({ try inspect($0, path: path, migrator: migrator) }) {
      case .empty: return nil
      case .current: return SyncLedger(path: path, queue: queue, isReadOnly: true)
      case .older:
        // Only a writer may migrate the file, so that reading goes to a copy of it: one on disk, which
        // SQLite names and removes itself, since a ledger may be larger than memory.
        let copy = try DatabaseQueue(path: "", configuration: configuration())
        try queue.backup(to: copy)
        try migrator.migrate(copy)
        return SyncLedger(path: path, queue: copy, isReadOnly: true)
      }
    } catch {
      throw LedgerFailure.of(error, path: path)
    }
  }

  /// How the schema of a file relates to ours.
  private enum Schema { case empty, older, current }

  private static func inspect(
    _ db: Database, path: String, migrator: DatabaseMigrator
  ) throws -> Schema {
    let applied = try migrator.appliedIdentifiers(db)
    let tables = try String.fetchAll(
      db,
      sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
    )
    let applicationID = try Int.fetchOne(db, sql: "PRAGMA application_id")
    // A process that was killed while it made the ledger leaves an empty file, or GRDB's own table.
    if applied.isEmpty, applicationID == 0, tables.isEmpty || tables == ["grdb_migrations"] {
      return .empty
    }
    guard applicationID == LedgerMigrations.applicationID else { throw LedgerFailure.foreign(path) }
    let unknown = applied.subtracting(migrator.migrations)
    guard unknown.isEmpty else { throw LedgerFailure.newer(path, unknown: unknown.sorted()) }
    return applied.count == migrator.migrations.count ? .current : .older
  }

  static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.label = "ledger"
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(10)
    return configuration
  }

  /// Opens the file so that nothing is left behind.
  ///
  /// In a folder that can be written, SQLite needs files beside the ledger while it reads, and only a
  /// connection that could write clears them away; `query_only` keeps it from writing. In a folder that
  /// cannot be written, nobody can write behind our back either, and `immutable` needs no such files,
  /// unless a killed run left changes in the write-ahead log, which then must be read.
  static func readOnlyQueue(
    _ path: String, folderIsWritable: Bool
  ) throws -> DatabaseQueue {
    var configuration = configuration()
    if folderIsWritable {
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA query_only = 1") }
      return try DatabaseQueue(path: path, configuration: configuration)
    }
    configuration.readonly = true
    var log = stat()
    let hasLog = stat(path + "-wal", &log) == 0 && log.st_size > 0
    return try DatabaseQueue(
      path: hasLog ? path : LedgerFolder.immutableURI(path), configuration: configuration)
  }

  /// Makes a commit mean that the disk has it, and insists on it.
  static func makeDurable(_ db: Database) throws {
    let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
    try db.execute(sql: "PRAGMA synchronous = FULL")
    // Without these two, macOS keeps what it was told to force to disk in the drive's cache.
    try db.execute(sql: "PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1")
    try db.execute(sql: "PRAGMA cache_size = -16384")
    let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
    let foreignKeys = try Int.fetchOne(db, sql: "PRAGMA foreign_keys")
    guard mode == "wal", synchronous == 2, foreignKeys == 1 else {
      throw Failure(
        .cannotWrite,
        "the ledger cannot be kept safely here (journal \(mode ?? "unknown"), "
          + "synchronous \(synchronous ?? -1))",
        remedy: "move the company folder to a local disk")
    }
  }

  /// Reads; every error becomes a `Failure`.
  func read<Value>(_ body: (Database) throws -> Value) throws(Failure) -> Value {
    do { return try queue.read(body) } catch { throw LedgerFailure.of(error, path: path) }
  }

  /// Writes in one transaction; every error becomes a `Failure` and leaves nothing behind.
  func write<Value>(_ body: (Database) throws -> Value) throws(Failure) -> Value {
    guard !isReadOnly else {
      throw LedgerFailure.bug("the ledger \(path) was opened for reading only")
    }
    do { return try queue.write(body) } catch { throw LedgerFailure.of(error, path: path) }
  }
}
