internal import Vocabulary

/// What the exit codes mean; the README has the same table.
enum ExitCode: Int32, Error, CaseIterable {
  /// All done, nothing held.
  case done = 0
  /// Done, some records held.
  case held = 3
  /// Not clean: verify or reconcile found differences.
  case notClean = 4
  /// The command line makes no sense.
  case usage = 64
  /// An input cannot be read.
  case inputUnreadable = 65
  /// An input is missing.
  case inputMissing = 66
  /// QuickBooks cannot be reached.
  case unavailable = 69
  /// Our own mistake.
  case ownBug = 70
  /// Output cannot be written.
  case cannotWrite = 73
  /// Locked, throttled, outcome unknown: try again.
  case tryAgain = 75
  /// Not connected, or not allowed.
  case notAllowed = 77
  /// Settings or mapping wrong, or the plan has changed.
  case settingsWrong = 78

  /// The code for a failure.
  init(_ cause: Failure.Cause) {
    self =
      switch cause {
      case .usage: .usage
      case .inputUnreadable: .inputUnreadable
      case .inputMissing: .inputMissing
      case .quickBooksUnavailable: .unavailable
      case .ownBug: .ownBug
      case .cannotWrite: .cannotWrite
      case .tryAgain: .tryAgain
      case .notAllowed: .notAllowed
      case .settingsWrong: .settingsWrong
      }
  }
}
