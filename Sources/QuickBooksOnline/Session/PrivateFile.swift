internal import Foundation
internal import Vocabulary

/// Files that only their owner may read, in folders that only their owner may enter.
enum PrivateFile {
  /// Writes a file whole or not at all; when it returns, the disk has it.
  ///
  /// One process at a time: ``TokenStore/locked(_:_:)`` sees to that.
  static func write(_ text: String, to path: String) throws(Failure) {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    try makeFolder(folder)
    try StagedFile.write(
      Array(text.utf8), as: url.lastPathComponent, in: folder, isPrivate: true)
  }

  /// Removes what a killed process left of writing a file.
  static func clear(_ path: String) {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    unlink(StagedFile.stagedPath(folder: folder, name: url.lastPathComponent))
    // Versions up to 0.1 had the process in the name.
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
