public import Foundation
public import Sync
internal import Vocabulary

/// What the watcher of one company is doing, as it says itself.
public struct WatchStatus: Codable, Hashable, Sendable {
  /// What it is at.
  public enum State: String, Codable, Sendable {
    /// There is nothing to do.
    case idle
    /// Files are arriving, or wait for others that are.
    case arriving
    /// A batch is in work.
    case working
    /// Another command has the company folder.
    case waiting
    /// QuickBooks Online cannot be reached, or allows no more for now.
    case offline
    /// Something has to be mended before it can go on.
    case trouble
    /// The company folder is not there, or cannot be read.
    case unreachable
    /// It has ended in good order.
    case stopped
  }

  /// What is wrong.
  public struct Trouble: Codable, Hashable, Sendable {
    /// The exit code's name.
    public var cause: String
    /// What is wrong, for people.
    public var message: String
    /// What to do.
    public var remedy: String
    /// Since when, ISO 8601.
    public var since: String
    /// The file and the line, where it stands in a file.
    public var place: String?
  }

  /// A hook that did not do what it was started for.
  public struct HookTrouble: Codable, Hashable, Sendable {
    /// The batch that it should have told.
    public var batch: String
    /// How it ended.
    public var what: String
    /// When, ISO 8601.
    public var at: String
  }

  /// How far the sending of a batch is.
  public struct Progress: Codable, Hashable, Sendable {
    /// Documents that QuickBooks has answered.
    public var done: Int
    /// All of them.
    public var total: Int
  }

  /// The last batch.
  public struct Last: Codable, Hashable, Sendable {
    /// Its id, by which its folders are named.
    public var id: String
    /// What became of it: done, held, known, gone.
    public var outcome: String
    /// When it was told, ISO 8601.
    public var at: String
    /// All of it in one line.
    public var headline: String
  }

  /// What it has done since it was started.
  public struct Counts: Codable, Hashable, Sendable {
    /// Batches.
    public var batches = 0
    /// Files in them.
    public var files = 0
    /// Files that could not be taken in.
    public var heldFiles = 0
    /// Invoices delivered.
    public var delivered = 0
    /// Invoices held, or refused by QuickBooks Online.
    public var held = 0
  }

  /// The version of this form.
  public var version = 1
  /// The process.
  public var pid: Int32
  /// The computer.
  public var host: String
  /// When it was started, ISO 8601.
  public var started: String
  /// When it last said so, ISO 8601.
  public var seen: String
  /// After how many seconds without a word something must be wrong.
  public var lateAfter: Int
  /// What it is at.
  public var state = State.idle
  /// Whether the operating system tells of files, or they are only looked for.
  public var usesNotices = false
  /// The batch in work.
  public var batch: String?
  /// How far its sending to QuickBooks Online is; nil when nothing is sent.
  public var sending: Progress?
  /// How many files are arriving.
  public var arriving = 0
  /// How many files are complete and wait.
  public var ready = 0
  /// Whether those are lists without invoices, which are waited for; nil when not.
  public var waitsForInvoices: Bool?
  /// What lies in the inbox and is not taken, with the reason.
  public var passedOver: [String: String] = [:]
  /// What is wrong.
  public var trouble: Trouble?
  /// How the hook failed the last time it was started; nil when it did not.
  public var hook: HookTrouble?
  /// The last batch.
  public var last: Last?
  /// What was done since the start.
  public var counts = Counts()

  /// Where the status of a company's watcher is.
  public static func path(_ company: CompanyFolder) -> String {
    company.path + "/.loadbooks/watch.json"
  }

  /// What the watcher of a company said last; nil when none ever did.
  public static func read(_ company: CompanyFolder) -> WatchStatus? {
    FileManager.default.contents(atPath: path(company)).flatMap {
      try? JSONDecoder().decode(WatchStatus.self, from: $0)
    }
  }

  /// Why the status of a company cannot be read, though there may be one; nil when that is not so.
  public static func obstacle(_ company: CompanyFolder) -> String? {
    guard access(path(company), R_OK) != 0, errno == EACCES else { return nil }
    return String(cString: strerror(EACCES))
  }

  /// How it looks from outside.
  public enum Life: String, Sendable {
    /// It works.
    case running
    /// It has ended in good order.
    case stopped
    /// Its process is gone.
    case dead
    /// It has not said a word for too long.
    case late
  }

  /// How it looks at a time.
  public func life(at now: Date) -> Life {
    if state == .stopped { return .stopped }
    if host == Computer.name, kill(pid, 0) != 0, errno == ESRCH { return .dead }
    guard let seen = try? Date(seen, strategy: .iso8601) else { return .late }
    // A large batch takes its time.
    let patience = Double(lateAfter) + (state == .working ? 3600 : 0)
    return now.timeIntervalSince(seen) > patience ? .late : .running
  }

  /// Whether nothing needs anybody's attention.
  public func isWell(at now: Date) -> Bool {
    guard life(at: now) == .running, hook == nil else { return false }
    switch state {
    case .idle, .arriving, .stopped: return true
    case .trouble, .unreachable: return false
    case .working, .waiting, .offline:
      // What may pass by itself, for so long; while it is tried again, it has not passed.
      guard let since = trouble.flatMap({ try? Date($0.since, strategy: .iso8601) }) else {
        return true
      }
      return now.timeIntervalSince(since) < 900
    }
  }

  /// Writes it into the company folder, if that is there: whole, or not at all.
  func save(in company: CompanyFolder) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { return }
    SmallFile.replace(WatchStatus.path(company), [UInt8](data))
  }
}

/// Files that are written often and may be lost in a power failure, but are never half there.
enum SmallFile {
  /// Writes a file under a hidden name and renames it; whether that worked.
  @discardableResult
  static func replace(_ path: String, _ bytes: [UInt8]) -> Bool {
    let url = URL(fileURLWithPath: path)
    let hidden =
      url.deletingLastPathComponent().path + "/." + url.lastPathComponent + ".\(getpid()).new"
    let descriptor = open(hidden, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return false }
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { done += count } else if count == 0 || errno != EINTR { break }
    }
    let isWhole = close(descriptor) == 0 && done == bytes.count
    if isWhole, rename(hidden, path) == 0 { return true }
    let code = errno
    unlink(hidden)
    errno = code
    return false
  }
}
