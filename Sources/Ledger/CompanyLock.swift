internal import Foundation
public import Vocabulary

/// Lets one process at a time work on a company folder.
///
/// The lock is the operating system's (`flock` on `.loadbooks/lock`), so it ends with the process that
/// holds it, however that dies, and there is no stale one to clear away. What the file says is for the
/// message, and for what an owner left behind that died: see ``abandonedOutput``. Only on a network
/// share may two computers not see each other's locks; there, the file of another computer's process
/// that did not let go is believed.
///
/// It is let go by ``release()``, not when the value goes out of use, which Swift may decide earlier than
/// the reader of the code would.
public final class CompanyLock: Sendable {
  private let descriptor: Int32
  private let owner: LockOwner
  /// The lock file.
  public let path: String
  /// The folder that the last owner's run was writing into, if that owner died at work.
  public let abandonedOutput: String?

  private init(_ descriptor: Int32, path: String, owner: LockOwner, abandonedOutput: String?) {
    self.descriptor = descriptor
    self.path = path
    self.owner = owner
    self.abandonedOutput = abandonedOutput
  }

  /// Takes the lock, or tells at once who has it.
  ///
  /// - Parameters:
  ///   - folder: The company folder, which must be there.
  ///   - command: What is going on, such as `loadbooks convert`.
  ///   - since: The time, as the message of the other process will show it.
  /// - Returns: The lock, held until ``release()``.
  /// - Throws: `Failure`: `tryAgain` when another process has it, `cannotWrite` when the folder cannot be
  ///   written.
  public static func acquire(
    folder: String, command: String, since: String
  ) throws(Failure) -> CompanyLock {
    try LedgerFolder.create(folder)
    let path = LedgerFolder.path(folder) + "/lock"
    // Children must not inherit the lock, they would keep it alive.
    let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure.cannotWrite("cannot open \(path)", errno) }
    do throws(Failure) {
      let last = try take(descriptor, folder: folder, path: path)
      let owner = LockOwner.current(command: command, since: since)
      try write(owner, descriptor, path)
      return CompanyLock(descriptor, path: path, owner: owner, abandonedOutput: last?.output)
    } catch {
      close(descriptor)
      throw error
    }
  }

  /// Takes the operating system's lock; returns an owner that died without letting go.
  private static func take(
    _ descriptor: Int32, folder: String, path: String
  ) throws(Failure) -> LockOwner? {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EINTR { continue }
      guard code == EWOULDBLOCK else { throw Failure.cannotWrite("cannot lock \(path)", code) }
      throw refusal(folder, owner(descriptor))
    }
    guard let last = owner(descriptor) else { return nil }
    guard last.isElsewhere, FileSystem.isShared(descriptor) else { return last }
    throw Failure(
      .tryAgain,
      "\(folder) is on a network share and was in use by \(last.words), which did not say that it "
        + "has ended",
      remedy: "make sure that nothing runs there any more, then delete \(path) and run the same "
        + "command again")
  }

  /// The failure for a folder whose lock somebody has.
  private static func refusal(_ folder: String, _ owner: LockOwner?) -> Failure {
    guard let owner else {
      return Failure(
        .tryAgain, "\(folder) is in use by another process",
        remedy: "wait until it has ended, then run the same command again")
    }
    switch owner.life {
    case .running:
      return Failure(
        .tryAgain, "\(folder) is in use by \(owner.words)",
        remedy: "wait until it has ended, then run the same command again")
    case .onAnotherComputer:
      return Failure(
        .tryAgain, "\(folder) is in use by \(owner.words)",
        remedy: "wait until it has ended there, then run the same command again; if that computer "
          + "was switched off, the file server lets the lock go after a while")
    case .ended:
      return Failure(
        .tryAgain,
        "\(folder) is locked, but not by \(owner.words), which has ended: another program has "
          + "the lock file open",
        remedy:
          "close what has .loadbooks/lock open (lsof shows it), then run the same command again")
    }
  }

  private static func owner(_ descriptor: Int32) -> LockOwner? {
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return count > 0 ? LockOwner(bytes[..<count]) : nil
  }

  private static func write(
    _ owner: LockOwner, _ descriptor: Int32, _ path: String
  ) throws(Failure) {
    let content = Array(owner.text.utf8)
    guard ftruncate(descriptor, 0) == 0,
      pwrite(descriptor, content, content.count, 0) == content.count
    else { throw Failure.cannotWrite("cannot write \(path)", errno) }
  }

  /// Notes the folder that is written into, so that whoever comes after a killed process finds it.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  public func note(output: String) throws(Failure) {
    var owner = owner
    owner.output = URL(fileURLWithPath: output).standardizedFileURL.path
    try CompanyLock.write(owner, descriptor, path)
  }

  /// Does something while holding the lock.
  ///
  /// - Parameters:
  ///   - folder: The company folder, which must be there.
  ///   - command: What is going on, such as `loadbooks convert`.
  ///   - since: The time, as the message of the other process will show it.
  ///   - body: What to do.
  /// - Returns: What `body` returned.
  /// - Throws: `Failure`, as ``acquire(folder:command:since:)`` does, or what `body` threw.
  public static func holding<Value>(
    folder: String, command: String, since: String, _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let lock = try acquire(folder: folder, command: command, since: since)
    defer { lock.release() }
    return try body()
  }

  /// Lets the lock go; exactly once.
  public func release() {
    // The file stays: removing it could take it away from somebody who has just opened it.
    ftruncate(descriptor, 0)
    // Closing is not enough: a program that is being started at this instant still has a copy of the descriptor.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
