internal import Foundation

/// A file that appears under its final name only when it is complete.
///
/// It is written beside its final place under a hidden name, hashed on the way, forced to disk, and
/// renamed at the very end; the folder is forced to disk after the rename. Whatever goes wrong before
/// that leaves no file of the final name.
public final class StagedFile {
  /// The final name, without folder.
  public let name: String
  /// The folder, as the user named it.
  public let folder: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private var hasher = FingerprintHasher()
  private var published = false
  /// The sum of all bytes; known once ``finish(asCopyOf:)`` was called.
  public private(set) var fingerprint: Fingerprint?
  /// How many bytes were written so far.
  public private(set) var byteCount = 0

  /// Bytes that come in such pieces are not collected first.
  private static let large = 1 << 15

  /// Where the file is until it is published.
  public var stagedPath: String { StagedFile.stagedPath(folder: folder, name: name) }
  /// Where the file will be.
  public var finalPath: String { folder + "/" + name }

  /// The hidden name of a file that is not complete yet.
  public static func stagedPath(folder: String, name: String) -> String {
    folder + "/." + name + ".partial"
  }

  /// Begins a file.
  ///
  /// An unfinished one of the same name, left by a run that was killed, is replaced.
  ///
  /// - Parameters:
  ///   - folder: The folder, which must be there.
  ///   - name: The final name.
  ///   - isPrivate: Whether only its owner may read it, from the first byte on.
  /// - Throws: ``Failure`` with cause `cannotWrite`.
  public init(folder: String, name: String, isPrivate: Bool = false) throws(Failure) {
    self.folder = folder
    self.name = name
    descriptor = -1
    // What a killed process left, or somebody put there, may be readable for others.
    if isPrivate { unlink(stagedPath) }
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | (isPrivate ? O_NOFOLLOW : 0)
    repeat {
      descriptor = open(stagedPath, flags, isPrivate ? 0o600 : 0o644)
    } while descriptor < 0 && errno == EINTR
    guard descriptor >= 0 else {
      throw Failure.cannotWrite("cannot create \(name) in \(folder)", errno)
    }
    buffer.reserveCapacity(1 << 18)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !published, fingerprint == nil { unlink(stagedPath) }
  }

  /// Writes a small file whole or not at all; when it returns, the disk has it under its name.
  ///
  /// - Parameters:
  ///   - bytes: What shall stand in it.
  ///   - name: Its name; a file of that name is replaced.
  ///   - folder: The folder, which must be there.
  ///   - isPrivate: Whether only its owner may read it.
  /// - Throws: ``Failure`` with cause `cannotWrite`; then the file of that name is what it was.
  public static func write(
    _ bytes: [UInt8], as name: String, in folder: String, isPrivate: Bool = false
  ) throws(Failure) {
    let file = try StagedFile(folder: folder, name: name, isPrivate: isPrivate)
    do throws(Failure) {
      try file.write(bytes)
      try file.finish()
      try file.publish()
      try syncFolder(folder)
    } catch {
      file.discard()
      throw error
    }
  }

  /// Writes bytes.
  ///
  /// - Throws: ``Failure`` with cause `cannotWrite`; `ownBug` when it is finished already.
  public func write(_ bytes: [UInt8]) throws(Failure) {
    try take(bytes.span.bytes)
  }

  /// Writes bytes.
  ///
  /// - Throws: ``Failure`` with cause `cannotWrite`; `ownBug` when it is finished already.
  public func write(_ bytes: borrowing ByteSink) throws(Failure) {
    try take(bytes.bytes.span.bytes)
  }

  /// Writes a text as UTF-8.
  ///
  /// - Throws: ``Failure`` with cause `cannotWrite`; `ownBug` when it is finished already.
  public func write(_ text: String) throws(Failure) {
    try take(text.utf8.span.bytes)
  }

  private func take(_ bytes: RawSpan) throws(Failure) {
    guard fingerprint == nil else { throw isFinished() }
    guard bytes.byteCount < StagedFile.large else {
      try flush()
      return try put(bytes)
    }
    bytes.withUnsafeBytes { buffer.append(contentsOf: $0) }
    if buffer.count >= 1 << 18 { try flush() }
  }

  /// Forces everything to disk; the file keeps its hidden name.
  ///
  /// - Parameter original: A descriptor of the file that this one is a copy of: the copy gets its times,
  ///   its permissions and its owner, as far as the disk and the system let it.
  /// - Throws: ``Failure`` with cause `cannotWrite`.
  public func finish(asCopyOf original: Int32? = nil) throws(Failure) {
    try flush()
    if let original { takeAfter(original) }
    // Many finished files may wait to be published together.
    buffer = []
    guard StagedFile.force(descriptor) else {
      throw Failure.cannotWrite("cannot finish writing \(name) in \(folder)", errno)
    }
    let isClosed = close(descriptor) == 0 || errno == EINTR
    // Whatever close says, the descriptor may belong to another file now.
    descriptor = -1
    guard isClosed else {
      throw Failure.cannotWrite("cannot finish writing \(name) in \(folder)", errno)
    }
    fingerprint = hasher.finish()
  }

  /// Takes over what an original has beside its content; what cannot be kept is no reason to refuse.
  private func takeAfter(_ original: Int32) {
    var status = stat()
    guard fstat(original, &status) == 0 else { return }
    fchown(descriptor, status.st_uid, status.st_gid)
    fchmod(descriptor, status.st_mode & 0o777)
    #if os(Linux)
      let times = [status.st_atim, status.st_mtim]
    #else
      let times = [status.st_atimespec, status.st_mtimespec]
    #endif
    futimens(descriptor, times)
  }

  /// Gives the finished file its final name.
  ///
  /// ``syncFolder(_:)`` makes that last.
  ///
  /// - Throws: ``Failure`` with cause `cannotWrite`; `ownBug` when it is not finished.
  public func publish() throws(Failure) {
    guard fingerprint != nil else {
      throw Failure(
        .ownBug, "\(name) was to get its name before it was complete",
        remedy: "report this as a bug")
    }
    guard rename(stagedPath, finalPath) == 0 else {
      throw Failure.cannotWrite("cannot give \(finalPath) its name", errno)
    }
    published = true
  }

  /// Gives a published file its hidden name back.
  ///
  /// - Throws: ``Failure`` with cause `cannotWrite`.
  public func hide() throws(Failure) {
    guard published else { return }
    guard rename(finalPath, stagedPath) == 0 else {
      throw Failure.cannotWrite("cannot hide \(finalPath) again", errno)
    }
    published = false
  }

  /// Removes the unpublished file.
  public func discard() {
    if !published { unlink(stagedPath) }
  }

  /// Forces a folder's entries to disk.
  ///
  /// - Throws: ``Failure`` with cause `cannotWrite`.
  public static func syncFolder(_ path: String) throws(Failure) {
    let folder = open(path, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { throw Failure.cannotWrite("cannot open folder \(path)", errno) }
    defer { close(folder) }
    // Some network file systems refuse fsync on a folder; the rename itself has still happened.
    guard force(folder) || errno == EINVAL || errno == ENOTSUP else {
      throw Failure.cannotWrite("cannot force folder \(path) to disk", errno)
    }
  }

  /// Forces what an open file or folder holds to disk; false with `errno` set when that fails.
  private static func force(_ descriptor: Int32) -> Bool {
    while fsync(descriptor) != 0 {
      guard errno == EINTR else { return false }
    }
    return true
  }

  private func isFinished() -> Failure {
    Failure(
      .ownBug, "more was to be written to \(name) after it was finished",
      remedy: "report this as a bug")
  }

  private func flush() throws(Failure) {
    guard !buffer.isEmpty else { return }
    var full: [UInt8] = []
    swap(&full, &buffer)
    defer {
      full.removeAll(keepingCapacity: true)
      swap(&full, &buffer)
    }
    try put(full.span.bytes)
  }

  /// Hands bytes over to the operating system.
  private func put(_ bytes: RawSpan) throws(Failure) {
    let count = bytes.byteCount
    bytes.withUnsafeBytes { hasher.update($0) }
    var done = 0
    while done < count {
      let (written, code) = bytes.withUnsafeBytes { bytes -> (Int, Int32) in
        let written = Foundation.write(
          descriptor, UnsafeRawBufferPointer(rebasing: bytes[done...]).baseAddress, count - done)
        return (written, errno)
      }
      if written < 0 {
        if code == EINTR { continue }
        throw Failure.cannotWrite("cannot write \(name) in \(folder)", code)
      }
      // Nothing written and no error: whoever tried again could try for ever.
      guard written > 0 else {
        throw Failure.cannotWrite("cannot write \(name) in \(folder)", EIO)
      }
      done += written
    }
    byteCount += done
  }
}

extension Failure {
  /// A failure to write, with the operating system's reason.
  public static func cannotWrite(_ what: String, _ code: Int32) -> Failure {
    let reason = String(cString: strerror(code))
    let remedy =
      switch code {
      case ENOSPC, EDQUOT: "free some disk space, then run the same command again"
      case EACCES, EPERM, EROFS: "choose a folder you may write to, or change its permissions"
      default: "check the disk and the folder, then run the same command again"
      }
    return Failure(.cannotWrite, "\(what): \(reason)", remedy: remedy)
  }
}
