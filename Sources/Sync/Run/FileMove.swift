internal import Foundation
package import Vocabulary

/// Moves files between folders, which may be on different disks.
///
/// No name is ever written over, whoever makes files in the same folder at the same moment: the operating
/// system is asked to refuse a name that is taken, and then the next number is tried, `export (2).csv`.
/// All of it can be cut off and done again.
package enum FileMove {
  /// So many names are tried before it is given up.
  static let mostNames = 10_000

  /// Moves an entry of a folder; one that is not there was moved before.
  ///
  /// - Parameters:
  ///   - name: The entry.
  ///   - folder: The folder it is in.
  ///   - destination: The folder it shall be in.
  /// - Returns: The name it has there; nil when there was nothing to move.
  /// - Throws: `Failure`: `cannotWrite`; `tryAgain` when it was written to while it was copied.
  @discardableResult
  package static func move(
    _ name: String, from folder: String, to destination: String
  ) throws(Failure) -> String? {
    let source = folder + "/" + name
    guard let original = Entry(source) else { return nil }
    for number in 1...mostNames {
      let final = FileNames.numbered(name, number)
      let target = destination + "/" + final
      let code = FreshName.rename(source, to: target)
      switch code {
      case 0: return final
      case EEXIST:
        // The same file under both names: it was cut off between giving one and taking the other.
        guard Entry(target)?.isSame(as: original) == true else { continue }
        try remove(source)
        return final
      case EXDEV:
        let copied = try copy(name, from: folder, to: destination)
        try remove(source)
        return copied
      default: throw Failure.cannotWrite("cannot move \(source)", code)
      }
    }
    throw Failure.cannotWrite("cannot move \(source) to \(destination)", EEXIST)
  }

  /// Copies a file into another folder with its times and permissions; the original stays.
  ///
  /// A copy that is there already, with the same bytes, counts: it was cut off before the original could
  /// be removed.
  ///
  /// - Parameters:
  ///   - name: The file.
  ///   - folder: The folder it is in.
  ///   - destination: The folder for the copy.
  ///   - wanted: The name it shall have, if not the same.
  /// - Returns: The copy's name.
  /// - Throws: `Failure`: `cannotWrite`; `tryAgain` when it was written to meanwhile.
  package static func copy(
    _ name: String, from folder: String, to destination: String, as wanted: String? = nil
  ) throws(Failure) -> String {
    let source = folder + "/" + name
    let input = open(source, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard input >= 0, let original = Entry(input) else {
      throw Failure.cannotWrite("cannot read \(source)", errno)
    }
    defer { close(input) }
    let name = wanted ?? name
    var number = 1
    var sum: Fingerprint?
    while number < mostNames, let there = Entry(destination, name, number) {
      if there.size == original.size {
        sum = sum ?? Fingerprint(ofFile: source)
        let final = FileNames.numbered(name, number)
        if sum != nil, sum == Fingerprint(ofFile: destination + "/" + final) { return final }
      }
      number += 1
    }
    // A hidden name of its own: with more around it, a long name would be too long.
    let file = try StagedFile(folder: destination, name: "loadbooks-copy")
    do throws(Failure) {
      try fill(file, input, source)
      guard Entry(input) == original else {
        throw Failure(
          .tryAgain, "\(source) was written to while it was copied",
          remedy: "wait until nobody writes to it any more")
      }
      let final = try publish(file, as: name, from: number)
      try StagedFile.syncFolder(destination)
      return final
    } catch {
      file.discard()
      throw error
    }
  }

  /// Where a copy is until it is complete.
  package static func unfinishedCopy(in folder: String) -> String {
    StagedFile.stagedPath(folder: folder, name: "loadbooks-copy")
  }

  private static func fill(
    _ file: StagedFile, _ input: Int32, _ source: String
  ) throws(Failure) {
    var block = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = read(input, &block, block.count)
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure.cannotWrite("cannot read \(source)", errno)
      }
      try file.write(Array(block[..<count]))
    }
    try file.finish(asCopyOf: input)
  }

  /// Gives a finished file the first free of a name's numbers.
  private static func publish(
    _ file: StagedFile, as name: String, from first: Int
  ) throws(Failure) -> String {
    for number in first...max(first, mostNames) {
      let final = FileNames.numbered(name, number)
      let code = FreshName.rename(file.stagedPath, to: file.folder + "/" + final)
      if code == 0 { return final }
      guard code == EEXIST else {
        throw Failure.cannotWrite("cannot give \(file.folder)/\(final) its name", code)
      }
    }
    throw Failure.cannotWrite("cannot give \(name) a name in \(file.folder)", EEXIST)
  }

  private static func remove(_ path: String) throws(Failure) {
    guard unlink(path) == 0 || errno == ENOENT else {
      throw Failure.cannotWrite("cannot remove \(path)", errno)
    }
  }

  /// What tells a file from another, and one state of it from another.
  private struct Entry: Equatable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let seconds: Int
    let nanoseconds: Int

    init?(_ path: String) {
      var status = stat()
      guard lstat(path, &status) == 0 else { return nil }
      self.init(status)
    }

    init?(_ folder: String, _ name: String, _ number: Int) {
      self.init(folder + "/" + FileNames.numbered(name, number))
    }

    init?(_ descriptor: Int32) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { return nil }
      self.init(status)
    }

    private init(_ status: stat) {
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      size = Int64(status.st_size)
      #if os(Linux)
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
      #else
        (seconds, nanoseconds) = (status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec)
      #endif
    }

    func isSame(as other: Entry) -> Bool { device == other.device && inode == other.inode }
  }
}

/// Renames without replacing what has the new name.
///
/// A look whether a name is free followed by `rename` would write over what comes in between. Each of
/// the three ways here refuses a taken name in one step with taking it.
enum FreshName {
  /// The ways, the best one first; a file system need not know the first two.
  enum Way: CaseIterable { case flag, link, placeholder }

  /// Renames; returns 0, or the error number: `EEXIST` when the name is taken.
  static func rename(_ source: String, to target: String, ways: [Way] = Way.allCases) -> Int32 {
    var code = ENOTSUP
    for way in ways {
      switch way {
      case .flag: code = byFlag(source, target)
      case .link: code = byLink(source, target)
      case .placeholder: code = byPlaceholder(source, target)
      }
      guard isUnknown(code) else { return code }
    }
    return code
  }

  /// Whether an error may mean that a file system does not know this way.
  private static func isUnknown(_ code: Int32) -> Bool {
    [EINVAL, ENOSYS, ENOTSUP, EOPNOTSUPP, EPERM, EMLINK].contains(code)
  }

  #if os(Linux)
    private typealias Renameat2 =
      @convention(c) (
        Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
      ) -> Int32
    /// The C library's `renameat2`, which its headers show only with a feature macro.
    private static let renameat2 = dlsym(nil, "renameat2").map {
      unsafeBitCast($0, to: Renameat2.self)
    }
    /// `RENAME_NOREPLACE` from linux/fs.h.
    private static let noReplace: UInt32 = 1
  #endif

  private static func byFlag(_ source: String, _ target: String) -> Int32 {
    #if os(Linux)
      guard let renameat2 else { return ENOSYS }
      return renameat2(AT_FDCWD, source, AT_FDCWD, target, noReplace) == 0 ? 0 : errno
    #else
      return renamex_np(source, target, UInt32(RENAME_EXCL)) == 0 ? 0 : errno
    #endif
  }

  private static func byLink(_ source: String, _ target: String) -> Int32 {
    guard link(source, target) == 0 else { return errno }
    return unlink(source) == 0 ? 0 : errno
  }

  /// Takes the name with something empty, which a rename may then replace.
  private static func byPlaceholder(_ source: String, _ target: String) -> Int32 {
    var status = stat()
    guard lstat(source, &status) == 0 else { return errno }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    if isFolder {
      guard mkdir(target, 0o700) == 0 else { return errno }
    } else {
      let placeholder = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard placeholder >= 0 else { return errno }
      close(placeholder)
    }
    if Foundation.rename(source, target) == 0 { return 0 }
    let code = errno
    if isFolder { rmdir(target) } else { unlink(target) }
    return code
  }
}

/// Names of files.
package enum FileNames {
  /// The longest name that the usual file systems take, in bytes.
  private static let longest = 255

  /// A name with a number in front of its ending: `export (2).csv`; the first has none.
  package static func numbered(_ name: String, _ number: Int) -> String {
    guard number > 1 else { return name }
    var stem = name[...]
    var ending = ""
    if let point = name.lastIndex(of: "."), point != name.startIndex,
      name[point...].utf8.count <= 20
    {
      (stem, ending) = (name[..<point], String(name[point...]))
    }
    ending = " (\(number))" + ending
    while !stem.isEmpty, stem.utf8.count + ending.utf8.count > longest { stem.removeLast() }
    return stem + ending
  }
}
