internal import Foundation
public import Vocabulary

/// Lets one process at a time work on a company folder.
///
/// The lock is the operating system's (`flock` on `.loadbooks/lock`), so it ends with the process that
/// holds it, however that dies; what the file says is only for the message. It is let go by
/// ``release()``, not when the value goes out of use, which Swift may decide earlier than the reader of
/// the code would.
public final class CompanyLock: Sendable {
  private let descriptor: Int32
  /// The lock file.
  public let path: String

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
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
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EINTR { continue }
      let holder = holder(descriptor)
      close(descriptor)
      guard code == EWOULDBLOCK else { throw Failure.cannotWrite("cannot lock \(path)", code) }
      throw Failure(
        .tryAgain, "\(folder) is in use by \(holder)",
        remedy: "wait until it has ended, then run the same command again")
    }
    let lines = [
      "pid \(getpid())", "host \(hostName)", "command \(command)",
      "since \(since)",
    ]
    let content = Array(
      lines.map { $0.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n" }.joined()
        .utf8)
    guard ftruncate(descriptor, 0) == 0,
      pwrite(descriptor, content, content.count, 0) == content.count
    else {
      let code = errno
      close(descriptor)
      throw Failure.cannotWrite("cannot write \(path)", code)
    }
    return CompanyLock(descriptor: descriptor, path: path)
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
    close(descriptor)
  }

  /// This machine's name, without asking the network as Foundation may.
  private static var hostName: String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0 else { return "unknown" }
    return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Who has the lock, in words.
  private static func holder(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return "another process" }
    var fields: [Substring: Substring] = [:]
    for line in String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2 { fields[parts[0]] = parts[1] }
    }
    guard let pid = fields["pid"] else { return "another process" }
    let host = fields["host"].flatMap {
      $0 == hostName ? nil : " on \($0)"
    }
    let details = [fields["command"].map(String.init), fields["since"].map { "since \($0)" }]
      .compactMap(\.self)
    return "process \(pid)\(host ?? "")"
      + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
  }
}
