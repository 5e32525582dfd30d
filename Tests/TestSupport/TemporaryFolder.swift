package import Foundation

/// A folder for one test, removed with everything in it when the test is over.
package final class TemporaryFolder {
  /// The folder, without symbolic links, so that it can be found again in what a program prints.
  package let url: URL

  /// Makes an empty folder.
  package init() throws {
    let made = FileManager.default.temporaryDirectory
      .appendingPathComponent("loadbooks-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
    url = made.resolvingSymlinksInPath()
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// The path of the folder.
  package var path: String { url.path }

  /// The path of something in the folder.
  package func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a text file, with the folders above it.
  @discardableResult
  package func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// Writes a file, with the folders above it.
  @discardableResult
  package func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = path + "/" + name
    if name.contains("/") {
      try FileManager.default.createDirectory(
        at: url.appendingPathComponent(name).deletingLastPathComponent(),
        withIntermediateDirectories: true)
    }
    // Not emptied first: file systems then force every one of thousands of small files to disk.
    let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
    defer { close(descriptor) }
    guard Foundation.write(descriptor, bytes, bytes.count) == bytes.count,
      ftruncate(descriptor, off_t(bytes.count)) == 0
    else { throw CocoaError(.fileWriteUnknown) }
    return file
  }

  /// The bytes of a file.
  package func read(_ name: String) throws -> [UInt8] { [UInt8](try data(name)) }

  /// The names of all files in the folder, hidden ones too, in order.
  package var entries: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
  }

  /// Copies a file or a folder in.
  package func copy(_ source: URL, to name: String) throws {
    let target = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: source, to: target)
  }

  /// The bytes of a file.
  package func data(_ name: String) throws -> Data {
    try Data(contentsOf: url.appendingPathComponent(name))
  }

  /// The text of a file.
  package func text(_ name: String) throws -> String {
    String(decoding: try data(name), as: UTF8.self)
  }

  /// Every file in a folder and below, by its path from there.
  package func files(in name: String = ".") throws -> [String: Data] {
    try TemporaryFolder.files(in: url.appendingPathComponent(name))
  }

  /// Every file in a folder and below, by its path from there; hidden ones too.
  package static func files(in folder: URL) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      var isFolder: ObjCBool = false
      let url = folder.appendingPathComponent(path)
      guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
        !isFolder.boolValue
      else { continue }
      found[path] = try Data(contentsOf: url)
    }
    return found
  }
}
