internal import Foundation
internal import Sync

/// Lets one process at a time tell of a company's batches, so that each is told once.
///
/// It is the operating system's lock and ends with its process, so what a killed one has begun to tell is
/// told again by the next. It is not the company's lock: while a hook runs, other commands can work.
final class TellingLock {
  private let descriptor: Int32

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Takes the lock; nil when somebody else has it.
  ///
  /// Where there are no locks, everybody gets it: told twice is better than never.
  static func take(_ company: CompanyFolder) -> TellingLock? {
    let path = company.path + "/.loadbooks/watch.lock"
    // A hook must not inherit it.
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return TellingLock(-1) }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      if errno == EWOULDBLOCK {
        close(descriptor)
        return nil
      }
      break
    }
    return TellingLock(descriptor)
  }

  /// Lets it go.
  func release() {
    if descriptor >= 0 { close(descriptor) }
  }
}
