internal import Foundation
internal import Vocabulary

/// Files that only their owner may read, in folders that only their owner may enter.
enum PrivateFile {
  /// Writes a file whole or not at all: under a hidden name, forced to disk, then renamed.
  static func write(_ text: String, to path: String) throws(Failure) {
    let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
    try makeFolder(folder)
    let staged = path + ".\(getpid()).partial"
    let descriptor = open(staged, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Failure.cannotWrite("cannot write \(staged)", errno) }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if errno != EINTR {
        let code = errno
        close(descriptor)
        unlink(staged)
        throw Failure.cannotWrite("cannot write \(staged)", code)
      }
    }
    let isSafe = fchmod(descriptor, 0o600) == 0 && fsync(descriptor) == 0
    let code = errno
    close(descriptor)
    guard isSafe else {
      unlink(staged)
      throw Failure.cannotWrite("cannot write \(staged)", code)
    }
    guard rename(staged, path) == 0 else {
      let code = errno
      unlink(staged)
      throw Failure.cannotWrite("cannot give \(path) its name", code)
    }
    try StagedFile.syncFolder(folder)
  }

  /// Removes what killed processes left of writing a file.
  static func clear(_ path: String) {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix(url.lastPathComponent + ".") && name.hasSuffix(".partial") {
      unlink(folder + "/" + name)
    }
  }

  /// Refuses a file that others may read: what stands in it is no secret any more.
  static func check(_ path: String) throws(Failure) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    guard status.st_mode & 0o077 == 0 else {
      throw Failure(
        .notAllowed, "\(path) may be read by others than its owner",
        remedy: "say: chmod 600 \(path)")
    }
  }

  private static func makeFolder(_ folder: String) throws(Failure) {
    if mkdir(folder, 0o700) == 0 { return }
    guard errno == EEXIST else { throw Failure.cannotWrite("cannot make \(folder)", errno) }
  }
}
