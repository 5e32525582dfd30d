internal import Foundation
internal import Vocabulary

/// What tells one state of a file from another without reading it.
struct FileSignature: Hashable, Sendable, Codable {
  var device: UInt64
  var inode: UInt64
  var size: Int64
  /// The time of the last change of its content, in nanoseconds.
  var modified: Int64
  /// The time of the last change of anything, also of its name, in nanoseconds.
  var changed: Int64

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    #if os(Linux)
      modified = FileSignature.nanoseconds(status.st_mtim)
      changed = FileSignature.nanoseconds(status.st_ctim)
    #else
      modified = FileSignature.nanoseconds(status.st_mtimespec)
      changed = FileSignature.nanoseconds(status.st_ctimespec)
    #endif
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  /// Whether the content is the same as far as can be told, wherever the file has moved.
  func hasContent(of other: FileSignature) -> Bool {
    size == other.size && modified == other.modified
  }
}

/// A file at a path, looked at without following a link.
struct SeenFile {
  enum Kind { case file, folder, link, other }

  var kind: Kind
  var signature: FileSignature
  /// How many names the file has, in this folder and elsewhere on the disk.
  var names: Int

  /// What is there; nil when nothing is, or nothing that may be looked at.
  init?(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .other
      }
    signature = FileSignature(status)
    names = Int(status.st_nlink)
  }
}

/// Names of files, told apart byte by byte.
///
/// Swift takes two Unicode forms of one text for equal, and most disks do not: `é` as one character and as
/// two are two files.
struct FileNameSet {
  private var names: Set<[UInt8]>

  init(_ names: some Sequence<String>) {
    self.names = Set(names.map { Array($0.utf8) })
  }

  func contains(_ name: String) -> Bool { names.contains(Array(name.utf8)) }
}

extension String {
  /// Whether a disk takes another name for this one.
  func isSameName(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

  /// What stands behind the last slash, as it stands.
  var lastName: String {
    String(
      decoding: utf8.suffix(
        from: utf8.lastIndex(of: 0x2F).map(utf8.index(after:)) ?? utf8.startIndex), as: UTF8.self)
  }
}

/// Whether somebody has a file open for writing.
///
/// Linux gives a read lease only on a file that nobody has open for writing, and breaks it when somebody
/// wants to open it so. While a lease is held, a file that is being renamed can therefore be known not
/// to be written at that moment. Other systems, and file systems without leases, answer `unknown`; then
/// only stillness tells.
final class WriterCheck {
  enum Answer { case nobody, somebody, unknown }

  let answer: Answer
  private let descriptor: Int32

  /// Opens the file for reading and asks; the lease is held until ``release()``.
  init(_ path: String) {
    descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      answer = .unknown
      return
    }
    #if os(Linux)
      // The signal that tells of a breaking lease would end the process; this one is ignored by default.
      _ = fcntl(descriptor, WriterCheck.setSignal, SIGURG)
      if fcntl(descriptor, WriterCheck.setLease, Int32(F_RDLCK)) == 0 {
        answer = .nobody
      } else {
        answer = errno == EAGAIN ? .somebody : .unknown
      }
    #else
      answer = .unknown
    #endif
  }

  /// Whether nobody has asked for writing since; always true where that cannot be known.
  var isUndisturbed: Bool {
    #if os(Linux)
      return answer != .nobody
        || fcntl(descriptor, WriterCheck.getLease) == Int32(F_RDLCK)
    #else
      return true
    #endif
  }

  /// Lets the lease go; exactly once.
  func release() {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Asks once; keeps nothing.
  static func ask(_ path: String) -> Answer {
    let check = WriterCheck(path)
    defer { check.release() }
    return check.answer
  }

  #if os(Linux)
    // From linux/fcntl.h; not every C library shows them without a feature macro.
    private static let setLease: Int32 = 1024
    private static let getLease: Int32 = 1025
    private static let setSignal: Int32 = 10
  #endif
}

/// Reads a folder's names.
enum FolderNames {
  /// The names in a folder in order, without `.` and `..`, and those that are no text, made visible.
  ///
  /// - Throws: `Failure` with cause `cannotWrite` when the folder cannot be read.
  static func list(_ path: String) throws(Failure) -> (names: [String], unreadable: [String]) {
    guard let folder = opendir(path) else {
      throw Failure.cannotWrite("cannot look into folder \(path)", errno)
    }
    defer { closedir(folder) }
    var names: [String] = []
    var unreadable: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(folder) else {
        guard errno == 0 else {
          throw Failure.cannotWrite("cannot look into folder \(path)", errno)
        }
        return (names.sorted(), unreadable.sorted())
      }
      let bytes = withUnsafeBytes(of: entry.pointee.d_name) { $0.prefix { $0 != 0 }.map(\.self) }
      guard let name = String(validating: bytes, as: UTF8.self) else {
        unreadable.append(escaped(bytes))
        continue
      }
      if name != ".", name != ".." { names.append(name) }
    }
  }

  /// A name that is no text, as a shell takes it between `$'` and `'`.
  private static func escaped(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      if (0x20..<0x7F).contains(byte), byte != 0x5C, byte != 0x27 {
        return String(UnicodeScalar(byte))
      }
      let digits = String(byte, radix: 16, uppercase: true)
      return "\\x" + (digits.count < 2 ? "0" : "") + digits
    }.joined()
  }
}
