internal import Foundation
internal import Sync
internal import Vocabulary

/// Takes a batch's files out of the inbox, each by one rename, and puts back what turns out not to be
/// complete.
///
/// It can be begun again after a kill: what has been moved is in the archive, what has not is in the
/// inbox, and in between (only when the archive is on another disk) in a hidden folder of the inbox.
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
      if SeenFile(archive + "/" + file.name) != nil {
        taken.append(file)
      } else if SeenFile(folders.transit(batch.key) + "/" + file.name) != nil {
        try carry(file.name, batch)
        taken.append(file)
      } else if try take(file, of: batch, to: archive) {
        taken.append(file)
      }
    }
    batch.files = taken
    try StagedFile.syncFolder(archive)
    try StagedFile.syncFolder(folders.inbox)
    if taken.isEmpty { rmdir(archive) }
  }

  /// Moves one file, if it is still what it was and nobody is writing to it.
  private func take(
    _ file: Batch.File, of batch: Batch, to archive: String
  ) throws(Failure) -> Bool {
    let source = folders.inbox + "/" + file.name
    let check = WriterCheck(source)
    defer { check.release() }
    guard check.answer != .somebody, SeenFile(source)?.signature == file.signature else {
      return false
    }
    let target = archive + "/" + file.name
    guard rename(source, target) == 0 else {
      let code = errno
      if code == ENOENT { return false }
      guard code == EXDEV else { throw Failure.cannotWrite("cannot move \(source)", code) }
      try OutputFolder.make(folders.transit(batch.key))
      let transit = folders.transit(batch.key) + "/" + file.name
      guard rename(source, transit) == 0 else {
        throw Failure.cannotWrite("cannot move \(source)", errno)
      }
      guard isStill(check, transit, file) else {
        try giveBack(transit, as: file.name)
        rmdir(folders.transit(batch.key))
        return false
      }
      try carry(file.name, batch)
      return true
    }
    guard isStill(check, target, file) else {
      try giveBack(target, as: file.name)
      return false
    }
    return true
  }

  /// Whether a file that was just moved is what it was, and nobody has begun to write meanwhile.
  private func isStill(_ check: WriterCheck, _ path: String, _ file: Batch.File) -> Bool {
    guard check.isUndisturbed, let now = SeenFile(path)?.signature else { return false }
    return now.hasContent(of: file.signature)
  }

  /// Carries a file from the inbox's hidden folder to an archive on another disk.
  private func carry(_ name: String, _ batch: Batch) throws(Failure) {
    let transit = folders.transit(batch.key)
    try FileMove.move(name, from: transit, to: folders.archive(batch.id))
    rmdir(transit)
  }

  /// Puts a file back into the inbox, under its name or, if that is taken by now, with a number behind.
  ///
  /// - Throws: `Failure` with cause `cannotWrite`.
  func giveBack(_ path: String, as name: String) throws(Failure) {
    var number = 1
    while true {
      let target = folders.inbox + "/" + FileNames.numbered(name, number)
      // A link never replaces what is there, which a rename would.
      if link(path, target) == 0 {
        unlink(path)
        return
      }
      let code = errno
      if code == EEXIST {
        number += 1
      } else if SeenFile(target) == nil {
        if rename(path, target) == 0 { return }
        guard errno == EXDEV else { throw Failure.cannotWrite("cannot move \(path)", errno) }
        let file = URL(fileURLWithPath: path)
        try FileMove.move(
          file.lastPathComponent, from: file.deletingLastPathComponent().path, to: folders.inbox)
        return
      } else {
        number += 1
      }
    }
  }
}

/// Names of files.
enum FileNames {
  /// A name with a number in front of its ending: `export (2).csv`; the first has none.
  static func numbered(_ name: String, _ number: Int) -> String {
    guard number > 1 else { return name }
    guard let point = name.lastIndex(of: "."), point != name.startIndex else {
      return "\(name) (\(number))"
    }
    return "\(name[..<point]) (\(number))\(name[point...])"
  }
}
