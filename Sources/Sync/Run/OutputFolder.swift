internal import Foundation
internal import QuickBooks
package import Vocabulary

/// The folder of one run's files: made when missing, refused when another run's files are in it.
///
/// It is locked while the run is at work, so that two runs without a company's memory cannot write into
/// each other's files. What a killed run left under hidden names is removed.
package final class OutputFolder {
  let path: String
  private let wasMade: Bool
  private let descriptor: Int32

  /// Looks at the folder, makes it if it is not there, and locks it until ``release()``.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`; `tryAgain` when another run writes into it.
  init(_ path: String) throws(Failure) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: self.path, isDirectory: &isFolder) {
      guard isFolder.boolValue else {
        throw Failure(
          .cannotWrite, "\(self.path) is a file, not a folder", remedy: "name a folder")
      }
      wasMade = false
    } else {
      try OutputFolder.make(self.path)
      wasMade = true
    }
    descriptor = try OutputFolder.lock(self.path)
    do throws(Failure) {
      try refuseOtherRun()
      guard access(self.path, W_OK | X_OK) == 0 else {
        throw Failure.cannotWrite("cannot write into folder \(self.path)", errno)
      }
    } catch {
      release()
      throw error
    }
    OutputFolder.removeHidden(in: self.path)
  }

  /// Refuses when files stand here that have the names of a run's files.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  func refuseOtherRun() throws(Failure) {
    let names = try OutputFolder.names(in: path)
    guard let name = names.first(where: OutputFolder.isOurs) else { return }
    let isCutOff = !OutputFolder.hidden(names).isEmpty
    throw Failure(
      .cannotWrite, "\(path) already holds a run's files: \(name)",
      remedy: isCutOff
        ? "that run was cut off before all of its files had their names: do not import them; "
          + "delete them, or choose an empty folder"
        : "choose an empty folder; a finished run is never written over")
  }

  /// Ends the lock; exactly once.
  func release() { close(descriptor) }

  /// Removes the folder if it was made for this run and nothing is in it.
  func removeIfMade() {
    if wasMade { rmdir(path) }
  }

  /// Makes a folder with those above it, each forced to disk.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  package static func make(_ path: String) throws(Failure) {
    let parent = parent(of: path)
    if mkdir(path, 0o755) != 0 {
      guard errno != EEXIST else { return }
      let code = errno
      guard code == ENOENT, parent != ".", parent != path else {
        throw Failure.cannotWrite("cannot make folder \(path)", code)
      }
      try make(parent)
      guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
        throw Failure.cannotWrite("cannot make folder \(path)", errno)
      }
    }
    // A folder whose own name is lost in a power failure takes its files with it.
    do {
      try StagedFile.syncFolder(parent)
    } catch {
      rmdir(path)
      throw error
    }
  }

  /// The folder that a path is in, as far as its text tells.
  private static func parent(of path: String) -> String {
    var bytes = Array(path.utf8)
    let slash = UInt8(ascii: "/")
    while bytes.count > 1, bytes.last == slash { bytes.removeLast() }
    guard let last = bytes.lastIndex(of: slash) else { return "." }
    bytes.removeSubrange(max(1, last)...)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Removes what runs that are gone left under hidden names, unless one is at work there.
  ///
  /// - Parameter path: The folder; that nothing in it is needed any more is for the caller to know.
  static func clear(_ path: String) {
    guard let names = try? names(in: path), !hidden(names).isEmpty,
      let descriptor = try? lock(path)
    else { return }
    defer { close(descriptor) }
    removeHidden(in: path)
    if hidden(names).count == names.count { rmdir(path) }
  }

  /// Opens and locks a folder.
  private static func lock(_ path: String) throws(Failure) -> Int32 {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure.cannotWrite("cannot open folder \(path)", errno) }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EINTR { continue }
      // Network file systems may have no locks for folders; a company's runs have their own lock.
      guard code == EWOULDBLOCK else { break }
      close(descriptor)
      throw Failure(
        .tryAgain, "another run is writing into \(path)",
        remedy: "wait until it has ended, or choose another folder")
    }
    return descriptor
  }

  private static func removeHidden(in path: String) {
    for name in hidden((try? names(in: path)) ?? []) { unlink(path + "/" + name) }
  }

  /// The hidden names of our files among these.
  private static func hidden(_ names: [String]) -> [String] {
    names.filter {
      $0.hasPrefix(".") && $0.hasSuffix(".partial") && isOurs(String($0.dropFirst().dropLast(8)))
    }
  }

  /// Whether a file name is one that runs give.
  private static func isOurs(_ name: String) -> Bool {
    WrittenDocument.canRead(name) || name.hasPrefix("held") && name.hasSuffix(".csv")
      || ReportFormat.allCases.contains { $0.fileName == name }
  }

  private static func names(in path: String) throws(Failure) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? POSIXError
      throw Failure.cannotWrite("cannot look into folder \(path)", cause?.code.rawValue ?? EIO)
    }
  }
}
