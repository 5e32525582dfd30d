internal import Foundation
internal import Ledger
internal import Sync
internal import Vocabulary

/// Groups that are too large for one batch, or were halved: each part is a batch, and reads the lists.
extension BatchWork {
  /// The files of the first batch of a group, those that follow, and which of the first ones are lists.
  func parts(
    of files: [Batch.File]
  ) throws(Failure) -> (first: [Batch.File], following: [Batch.File], lists: [String]) {
    guard files.count > Batch.mostFiles else { return (files, [], []) }
    let planner = try planner.current()
    var (lists, others): ([Batch.File], [Batch.File]) = ([], [])
    for file in files {
      // So many lists are not those of one export.
      let isList =
        lists.count < Batch.mostFiles / 2 && planner.isList(folders.inbox + "/" + file.name)
      if isList { lists.append(file) } else { others.append(file) }
    }
    let room = Batch.mostFiles - lists.count
    return (lists + others.prefix(room), Array(others.dropFirst(room)), lists.map(\.name))
  }

  /// Makes the next batch of a group, with the lists of this one; made twice, the second finds no files.
  func makeFollowing(_ batch: inout Batch) throws(Failure) {
    guard let following = batch.following, !following.isEmpty else { return }
    let own = (batch.lists ?? []).filter { SeenFile(path($0, batch)) != nil }
    let companions = (batch.companions ?? []) + own.map { batch.id + "/" + $0 }
    let room = max(1, Batch.mostFiles - companions.count)
    var next = try make(Array(following.prefix(room)))
    if following.count > room { next.following = Array(following.dropFirst(room)) }
    if !companions.isEmpty { next.companions = companions }
    try store.save(next)
    batch.following = nil
    try store.save(batch)
  }

  /// The lists that an earlier batch of the group has in its archive, as far as they can be read.
  func companions(_ batch: Batch, _ planner: any BatchPlanner) -> [String] {
    (batch.companions ?? []).map { company.path + "/archive/" + $0 }.filter(planner.isList)
  }

  /// Leaves lists in the archive for those that follow, when nothing else is left of a batch.
  func setListsAside(_ batch: inout Batch) throws(Failure) -> Bool {
    guard batch.following?.isEmpty == false,
      try planner.current().areLists(paths(batch.names, batch))
    else { return false }
    batch.setAside = (batch.setAside ?? []) + batch.names
    try store.save(batch)
    return true
  }

  /// Whether an input of a run is the batch's own file, and no list of another one.
  static func isOwn(_ path: String, _ batch: Batch) -> Bool {
    let parts = path.split(separator: "/")
    return parts.count > 1 && parts[parts.count - 2] == batch.id
  }
}
