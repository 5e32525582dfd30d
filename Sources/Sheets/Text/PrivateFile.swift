internal import Foundation
package import Vocabulary

/// A temporary file without a name: nobody else can open it, and nothing of it is left behind, however
/// the program ends.
package final class PrivateFile: Sendable {
  let descriptor: Int32
  private let purpose: String

  /// Makes a file in the folder for temporary files (`TMPDIR`, else `/tmp`).
  ///
  /// - Parameter purpose: The file it stands in for, as the user knows it.
  /// - Throws: `Failure` with cause `cannotWrite`.
  package init(for purpose: String) throws(Failure) {
    self.purpose = purpose
    let folder = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 }
    descriptor = PrivateFile.open(in: folder ?? "/tmp")
    guard descriptor >= 0 else { throw PrivateFile.failure(purpose, errno) }
  }

  deinit { close(descriptor) }

  private static func open(in folder: String) -> Int32 {
    #if os(Linux)
      // The kernel's __O_TMPFILE; the C macro is not visible from here.
      let unnamed = Foundation.open(
        folder, 0o20_000_000 | O_DIRECTORY | O_RDWR | O_CLOEXEC | O_EXCL, 0o600)
      if unnamed >= 0 { return unnamed }
    #endif
    // Not every file system can: there the name is taken away at once.
    var name = Array("\(folder)/loadbooks-XXXXXX".utf8CString)
    let named = mkstemp(&name)
    if named >= 0 {
      unlink(name)
      _ = fcntl(named, F_SETFD, FD_CLOEXEC)
    }
    return named
  }

  private static func failure(_ purpose: String, _ code: Int32) -> Failure {
    Failure(
      .cannotWrite,
      "the text of \(purpose) cannot be kept while it is read: \(String(cString: strerror(code)))",
      remedy: "free some disk space, or set TMPDIR to a folder with room for it")
  }

  /// Appends bytes.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  package func write(_ bytes: [UInt8]) throws(Failure) {
    var done = 0
    while done < bytes.count {
      let result = bytes.withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done)
      }
      if result < 0, errno == EINTR { continue }
      guard result > 0 else { throw PrivateFile.failure(purpose, errno) }
      done += result
    }
  }

  /// Takes everything away that was written.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  package func empty() throws(Failure) {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw PrivateFile.failure(purpose, errno)
    }
  }
}
