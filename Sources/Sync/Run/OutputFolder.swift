internal import Foundation
internal import Vocabulary

/// The folder of one run's files: made when missing, refused when another run's files are in it.
struct OutputFolder {
  let path: String
  private let wasMade: Bool

  /// Looks at the folder and makes it if it is not there.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  init(_ path: String) throws(Failure) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: self.path, isDirectory: &isFolder) {
      guard isFolder.boolValue else {
        throw Failure(
          .cannotWrite, "\(self.path) is a file, not a folder", remedy: "name a folder")
      }
      if let name = try OutputFolder.names(in: self.path).first(where: OutputFolder.isOurs) {
        throw Failure(
          .cannotWrite, "\(self.path) already holds a run's files: \(name)",
          remedy: "choose an empty folder; a finished run is never written over")
      }
      wasMade = false
    } else {
      try OutputFolder.make(self.path)
      wasMade = true
    }
    guard access(self.path, W_OK | X_OK) == 0 else {
      throw Failure.cannotWrite("cannot write into folder \(self.path)", errno)
    }
  }

  /// Removes the folder if it was made for this run and nothing is in it.
  func removeIfMade() {
    if wasMade { rmdir(path) }
  }

  /// Makes a folder with those above it.
  static func make(_ path: String) throws(Failure) {
    guard mkdir(path, 0o755) != 0, errno != EEXIST else { return }
    let code = errno
    let parent = (path as NSString).deletingLastPathComponent
    guard code == ENOENT, !parent.isEmpty, parent != path else {
      throw Failure.cannotWrite("cannot make folder \(path)", code)
    }
    try make(parent)
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw Failure.cannotWrite("cannot make folder \(path)", errno)
    }
  }

  /// Whether a file name is one that runs give.
  private static func isOurs(_ name: String) -> Bool {
    name.hasSuffix(".iif") || name.hasPrefix("held") && name.hasSuffix(".csv")
      || ReportFormat.allCases.contains { $0.fileName == name }
  }

  private static func names(in path: String) throws(Failure) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw Failure.cannotWrite("cannot look into folder \(path)", EACCES)
    }
  }
}
