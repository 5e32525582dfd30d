import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a sandbox could not use its folder.
public enum SandboxFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// The folder or its journal cannot be opened or written.
  case folder(String, reason: String)
  /// Another sandbox is using the folder.
  case inUse(String)
  /// The journal holds a line this version cannot read.
  case journal(String, line: Int)
  /// The port cannot be listened on.
  case port(Int, reason: String)

  /// The failure in words.
  public var description: String {
    switch self {
    case .folder(let path, let reason): "\(path) cannot be used: \(reason)"
    case .inUse(let path): "\(path) is in use by another sandbox"
    case .journal(let path, let line): "\(path):\(line) is not a line of a sandbox journal"
    case .port(let port, let reason): "port \(port) cannot be used: \(reason)"
    }
  }

  /// What to do about it.
  public var remedy: String {
    switch self {
    case .folder: "name a folder that you may write to"
    case .inUse: "end the other sandbox, or name another folder"
    case .journal: "start with a new folder; the old one keeps what it holds"
    case .port: "name another port, or 0 for a free one"
    }
  }
}

/// The sandbox's memory: one line of JSON for everything that happened, only ever appended to.
///
/// A write is in the file before its answer leaves, and `write(2)` has returned by then, so a
/// sandbox that is killed at any point knows on its next start exactly what it committed. A line cut
/// in the middle by a kill was never answered; it is cut off when the file is opened again. (The
/// file is not forced to the disk: a kill cannot lose it, a power cut can.)
final class JournalFile: Sendable {
  private enum Place {
    case memory
    case file(Int32)
    /// Closed, or half a line may stand at its end: nothing may be appended any more.
    case shut
  }

  private let place: Mutex<Place>

  /// The lines found when the file was opened.
  let lines: [JSONValue]

  /// Opens the journal in a folder, or a journal that only lives in memory.
  init(folder: URL?) throws(SandboxFailure) {
    guard let folder else {
      place = Mutex(.memory)
      lines = []
      return
    }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .folder(folder.path, reason: error.localizedDescription)
    }
    let path = folder.appending(path: "journal.jsonl").path
    let opened = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw .folder(path, reason: String(cString: strerror(errno))) }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      close(opened)
      throw .inUse(folder.path)
    }
    do throws(SandboxFailure) {
      lines = try Self.read(opened, path)
    } catch {
      close(opened)
      throw error
    }
    place = Mutex(.file(opened))
  }

  deinit { shut() }

  /// Closes the file and gives the folder free; what comes later is refused.
  func shut() {
    place.withLock { place in
      if case .file(let descriptor) = place { close(descriptor) }
      place = .shut
    }
  }

  /// Appends one line; when this returns the line survives the end of the process.
  func append(_ event: JSONValue) throws(ServiceFault) {
    let isWritten = place.withLock { place in
      switch place {
      case .memory: return true
      case .shut: return false
      case .file(let descriptor):
        var bytes: [UInt8] = []
        event.append(to: &bytes)
        bytes.append(0x0A)
        if Self.write(bytes, to: descriptor) { return true }
        close(descriptor)
        place = .shut
        return false
      }
    }
    guard isWritten else { throw .systemFailure }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var sent = 0
      while sent < buffer.count {
        #if canImport(Glibc)
          let count = Glibc.write(
            descriptor, buffer.baseAddress?.advanced(by: sent), buffer.count - sent)
        #else
          let count = Darwin.write(
            descriptor, buffer.baseAddress?.advanced(by: sent), buffer.count - sent)
        #endif
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }

  private static func read(_ descriptor: Int32, _ path: String) throws(SandboxFailure)
    -> [JSONValue]
  {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .folder(path, reason: "it cannot be read")
    }
    let bytes = [UInt8](data)
    let end = (bytes.lastIndex(of: 0x0A) ?? -1) + 1
    if end < bytes.count, ftruncate(descriptor, off_t(end)) != 0 {
      throw .folder(path, reason: String(cString: strerror(errno)))
    }
    var lines: [JSONValue] = []
    for (index, line) in bytes[..<end].split(separator: 0x0A).enumerated() {
      guard let value = try? JSONValue(bytes: Array(line)) else {
        throw .journal(path, line: index + 1)
      }
      lines.append(value)
    }
    return lines
  }
}
