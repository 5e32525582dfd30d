internal import GRDB
internal import Vocabulary

/// Turns what SQLite says into what the user can do.
enum LedgerFailure {
  /// The failure for an error that came up while the ledger was opened, read or written.
  static func of(_ error: any Error, path: String) -> Failure {
    if let failure = error as? Failure { return failure }
    guard let error = error as? DatabaseError else {
      return Failure(.ownBug, "the ledger \(path): \(error)", remedy: report)
    }
    let reason = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_NOTADB:
      return foreign(path)
    case .SQLITE_CORRUPT:
      return Failure(
        .settingsWrong, "the ledger \(path) is damaged: \(reason)",
        remedy: "put back a copy of the file; without the ledger, LoadBooks would take "
          + "invoices that were sent for new ones")
    case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
      return Failure(
        .tryAgain, "the ledger \(path) is in use by another program",
        remedy: "wait until it has ended, then run the same command again")
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      return Failure(
        .cannotWrite, "cannot use the ledger \(path): \(reason)",
        remedy: "check that you may read and write the file and its folder")
    case .SQLITE_FULL:
      return Failure(
        .cannotWrite, "cannot write the ledger \(path): the disk is full",
        remedy: "free some disk space, then run the same command again")
    case .SQLITE_IOERR:
      return Failure(
        .cannotWrite, "cannot use the ledger \(path): \(reason)",
        remedy: "check the disk, then run the same command again")
    default:
      return Failure(.ownBug, "the ledger \(path) refused a change: \(reason)", remedy: report)
    }
  }

  /// The failure for a file that is something else than a ledger.
  static func foreign(_ path: String) -> Failure {
    Failure(
      .settingsWrong, "\(path) is not a LoadBooks ledger",
      remedy: "put back a copy of the ledger, or move this file away if the company folder never "
        + "had one")
  }

  /// The failure for a ledger that a later version has migrated.
  static func newer(_ path: String, unknown: [String]) -> Failure {
    Failure(
      .settingsWrong,
      "the ledger \(path) was written by a newer version of LoadBooks "
        + "(it has \(unknown.joined(separator: ", ")), which this version does not know)",
      remedy: "use the newer version; it is not safe to write this ledger with an older one")
  }

  /// The failure for something that must not happen.
  static func bug(_ message: String) -> Failure {
    Failure(.ownBug, message, remedy: report)
  }

  private static let report = "nothing was recorded; please report this, with the command you ran"
}
