internal import Foundation
internal import Sync
internal import Vocabulary

/// A file of the inbox that is complete, as it was seen.
struct ReadyFile: Hashable, Sendable {
  var name: String
  var signature: FileSignature
}

/// What there is in the inbox.
struct InboxView: Hashable, Sendable {
  /// Complete files, in the order of their names; they make one batch when ``isClosed``.
  var ready: [ReadyFile] = []
  /// How many files are still being written, or have not been still for long enough.
  var arriving = 0
  /// How long the first of the complete files has been complete.
  var readyFor = Duration.zero
  /// Whether nothing is to be waited for any more, so that what is ready can be taken.
  var isClosed = false
  /// What is no file that could be taken, with the reason.
  var passedOver: [String: String] = [:]
  /// When to look again at the latest, if something is only waiting for time to pass.
  var lookAgain: Duration?
}

/// Decides which files of an inbox are complete.
///
/// A file is complete when its size, times and identity have been the same for the quiet time by our own
/// clock (a file server's may go wrong), when nobody is seen to have it open for writing, and when it is
/// not empty. What arrives with no longer pause than the quiet time belongs together, so complete files
/// wait for those that are still arriving, but not for ever.
struct Arrivals {
  /// What is known about a name.
  private struct Sighting {
    var signature: FileSignature
    /// Since when it has been like this.
    var since: Duration
  }

  private var sightings: [[UInt8]: Sighting] = [:]

  /// Looks at an inbox.
  ///
  /// - Parameters:
  ///   - inbox: The folder.
  ///   - settings: The times and the names to leave alone.
  ///   - open: Names that were written to and not closed since, as far as notices tell.
  ///   - now: The time by the clock that only runs.
  /// - Returns: What there is.
  /// - Throws: `Failure` with cause `cannotWrite` when the folder cannot be read.
  mutating func look(
    at inbox: String, _ settings: Settings.Watch, open: Set<String>, now: Duration
  ) throws(Failure) -> InboxView {
    let (names, unreadable) = try FolderNames.list(inbox)
    var view = InboxView()
    for name in unreadable {
      view.passedOver[name] =
        "its name is not UTF-8 text: give it another one, as with: mv $'\(name)' NEW-NAME"
    }
    var seen: [[UInt8]: Sighting] = [:]
    /// Whether something is arriving that has moved within the longest wait.
    var isMoving = false
    for name in names where !NamePattern.isIgnored(name, settings.ignoredNames) {
      let path = inbox + "/" + name
      guard let file = SeenFile(path) else { continue }
      guard file.kind == .file else {
        view.passedOver[name] = Arrivals.words(file.kind)
        continue
      }
      var sighting = Sighting(signature: file.signature, since: now)
      let key = Array(name.utf8)
      if let before = sightings[key], before.signature == file.signature {
        sighting.since = before.since
      }
      seen[key] = sighting
      let still = now - sighting.since
      let needed =
        file.signature.size == 0
        ? max(settings.quietTime, settings.longestWait) : settings.quietTime
      if still >= needed, file.names > 1 {
        view.passedOver[name] =
          "it has another name elsewhere (a hard link), by which it may still change: put a copy into the inbox"
        continue
      }
      if still >= needed, !isBeingWritten(path, isOpen: open.contains(name)) {
        view.ready.append(ReadyFile(name: name, signature: file.signature))
        view.readyFor = max(view.readyFor, still - needed)
        continue
      }
      view.arriving += 1
      if still < settings.longestWait || still < settings.quietTime { isMoving = true }
      if still < needed {
        view.lookAgain = min(view.lookAgain ?? .seconds(86_400), needed - still)
      }
    }
    sightings = seen
    view.isClosed = !view.ready.isEmpty && (!isMoving || view.readyFor >= settings.longestWait)
    if !view.isClosed, !view.ready.isEmpty {
      view.lookAgain = min(
        view.lookAgain ?? .seconds(86_400), settings.longestWait - view.readyFor)
    }
    return view
  }

  /// Forgets everything, as when another folder has taken the inbox's place.
  mutating func forget() { sightings = [:] }

  private func isBeingWritten(_ path: String, isOpen: Bool) -> Bool {
    switch WriterCheck.ask(path) {
    case .nobody: false
    case .somebody: true
    case .unknown: isOpen
    }
  }

  private static func words(_ kind: SeenFile.Kind) -> String {
    switch kind {
    case .folder: "it is a folder: put the files themselves into the inbox"
    case .link: "it is a link: put the file itself into the inbox"
    case .file, .other: "it is no file"
    }
  }
}

/// Names with `*` and `?` in them.
enum NamePattern {
  /// What Windows and its shares leave in folders that somebody looks into.
  private static let systemFiles: Set<String> = ["thumbs.db", "desktop.ini"]

  /// Whether a name is left alone.
  static func isIgnored(_ name: String, _ patterns: [String]) -> Bool {
    let lower = Array(name.lowercased())
    if name.hasPrefix(".") || systemFiles.contains(String(lower)) { return true }
    return patterns.contains { matches(lower[...], Array($0.lowercased())[...]) }
  }

  /// Whether all of a name is what all of a pattern says.
  private static func matches(_ name: ArraySlice<Character>, _ pattern: ArraySlice<Character>)
    -> Bool
  {
    // Where to go on when what stands behind a star does not fit: the star takes one character more.
    var (name, pattern) = (name, pattern)
    var retry: (name: ArraySlice<Character>, pattern: ArraySlice<Character>)?
    while let character = name.first {
      if pattern.first == "*" {
        pattern.removeFirst()
        retry = (name, pattern)
      } else if let wanted = pattern.first, wanted == "?" || wanted == character {
        pattern.removeFirst()
        name.removeFirst()
      } else if let last = retry {
        name = last.name.dropFirst()
        pattern = last.pattern
        retry = (name, pattern)
      } else {
        return false
      }
    }
    return pattern.allSatisfy { $0 == "*" }
  }
}
