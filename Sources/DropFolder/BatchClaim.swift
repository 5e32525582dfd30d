internal import Foundation
internal import Sync
internal import Vocabulary

/// Takes a batch's files out of the inbox, each by one rename, and puts back what turns out not to be
/// complete.
///
/// It can be begun again after a kill: what has been moved is in the archive, what has not is in the
/// inbox, and in between (only when the archive is on another disk) in a hidden folder of the inbox.
/// Wherever a file is found, it is taken only if it is still what it was when it counted as complete and
/// nobody has it open for writing: a writer goes on with a file that was renamed.
struct BatchClaim {
  let folders: BatchFolders

  /// Moves the files of a batch; those that are not what they were are left, and leave the batch.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  func take(_ batch: inout Batch) throws(Failure) {
    let archive = folders.archive(batch.id)
    try OutputFolder.make(archive)
    var taken: [Batch.File] = []
    for file in batch.files {
      if let file = try take(file, of: batch) { taken.append(file) }
    }
    batch.files = taken
    try StagedFile.syncFolder(archive)
    try StagedFile.syncFolder(folders.inbox)
    if taken.isEmpty { rmdir(archive) }
  }

  /// Takes one file from where it is; nil when it is not complete.
  private func take(_ file: Batch.File, of batch: Batch) throws(Failure) -> Batch.File? {
    // The hidden folder first: a copy of what is in there may be in the archive already.
    if SeenFile(folders.transit(batch.key) + "/" + file.name) != nil {
      return try carry(file, of: batch)
    }
    let archive = folders.archive(batch.id)
    if SeenFile(archive + "/" + file.name) == nil { return try fetch(file, of: batch) }
    if isSettled(file, in: archive) { return file }
    try giveBack(file.name, from: archive)
    return nil
  }

  /// Moves one file out of the inbox.
  private func fetch(_ file: Batch.File, of batch: Batch) throws(Failure) -> Batch.File? {
    let source = folders.inbox + "/" + file.name
    let check = WriterCheck(source)
    defer { check.release() }
    guard check.answer != .somebody, SeenFile(source)?.signature == file.signature else {
      return nil
    }
    let archive = folders.archive(batch.id)
    guard rename(source, archive + "/" + file.name) != 0 else {
      if isStill(check, archive + "/" + file.name, file) { return file }
      try giveBack(file.name, from: archive)
      return nil
    }
    let code = errno
    if code == ENOENT { return nil }
    guard code == EXDEV else { throw Failure.cannotWrite("cannot move \(source)", code) }
    let transit = folders.transit(batch.key)
    try OutputFolder.make(transit)
    guard rename(source, transit + "/" + file.name) == 0 else {
      throw Failure.cannotWrite("cannot move \(source)", errno)
    }
    return try carry(file, of: batch)
  }

  /// Carries a file from the inbox's hidden folder to an archive on another disk.
  private func carry(_ file: Batch.File, of batch: Batch) throws(Failure) -> Batch.File? {
    let (transit, archive) = (folders.transit(batch.key), folders.archive(batch.id))
    let path = transit + "/" + file.name
    let check = WriterCheck(path)
    defer {
      check.release()
      rmdir(transit)
    }
    var copy: String?
    if check.answer != .somebody, SeenFile(path)?.signature.hasContent(of: file.signature) == true {
      copy = try FileMove.copy(file.name, from: transit, to: archive)
    }
    guard let copy, isStill(check, path, file) else {
      // What is in the archive was copied from here, by us or by who was killed.
      for name in Set([file.name, copy ?? file.name]) { unlink(archive + "/" + name) }
      unlink(FileMove.unfinishedCopy(in: archive))
      try giveBack(file.name, from: transit)
      return nil
    }
    guard unlink(path) == 0 else { throw Failure.cannotWrite("cannot remove \(path)", errno) }
    var file = file
    file.name = copy
    // The other disk may keep times less exactly; from now on the copy is what counts.
    if let seen = SeenFile(archive + "/" + copy) { file.signature = seen.signature }
    return file
  }

  /// Whether a file that was just moved or copied is what it was, and nobody has begun to write meanwhile.
  private func isStill(_ check: WriterCheck, _ path: String, _ file: Batch.File) -> Bool {
    guard check.isUndisturbed, let now = SeenFile(path)?.signature else { return false }
    return now.hasContent(of: file.signature)
  }

  /// Whether a file that was moved some time ago is what it was, and nobody has it open for writing.
  func isSettled(_ file: Batch.File, in folder: String) -> Bool {
    let path = folder + "/" + file.name
    guard SeenFile(path)?.signature.hasContent(of: file.signature) == true else { return false }
    return WriterCheck.ask(path) != .somebody
  }

  /// Puts a file back into the inbox, under its name or, if that is taken by now, with a number in it.
  ///
  /// - Returns: The name it has there; nil when it was not there any more.
  /// - Throws: `Failure` with cause `cannotWrite`.
  @discardableResult
  func giveBack(_ name: String, from folder: String) throws(Failure) -> String? {
    let name = try FileMove.move(name, from: folder, to: folders.inbox)
    try StagedFile.syncFolder(folders.inbox)
    return name
  }
}
