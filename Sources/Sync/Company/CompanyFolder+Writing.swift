package import Ledger
package import Vocabulary

extension CompanyFolder {
  /// Does something with the company's memory, and its lock, as its only writer.
  ///
  /// Five steps belong together, whoever writes: the lock is taken, the ledger opened, what was cut off
  /// settled, a ledger that has lost runs refused, and the lock let go at the end.
  ///
  /// - Parameters:
  ///   - command: What is going on, such as `loadbooks convert`, for whoever finds the lock taken.
  ///   - clock: The time, ISO 8601 with zone.
  ///   - tell: Takes a sentence for each run that was settled.
  ///   - body: What to do.
  /// - Returns: What `body` returned.
  /// - Throws: `Failure`: `tryAgain` when somebody else has the lock, or when only the user can know what
  ///   became of a run's files; `cannotWrite`; `settingsWrong` for a ledger that has lost runs; and what
  ///   `body` threw.
  package func writing<Value>(
    _ command: String, clock: () -> String, tell: (String) -> Void,
    _ body: (SyncLedger, CompanyLock) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let lock = try CompanyLock.acquire(folder: path, command: command, since: clock())
    defer { lock.release() }
    let ledger = try SyncLedger.open(folder: path)
    let settled = try RunRecovery.settle(
      ledger, in: self, abandoned: lock.abandonedOutput, clock: clock)
    for sentence in settled { tell(sentence) }
    try refuseUnknownRuns(ledger)
    return try body(ledger, lock)
  }
}
