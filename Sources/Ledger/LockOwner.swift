internal import Foundation
internal import Vocabulary

/// Who holds, or held, the lock of a company folder, as the lock file says.
struct LockOwner: Hashable, Sendable {
  var pid: Int32
  var host: String
  /// Names the time since the computer was started, where the system has a name for it.
  var boot: String
  var command: String
  var since: String
  /// The folder that its run writes into.
  var output: String?

  /// Whether its process is still there, as far as can be seen from this computer.
  enum Life { case running, ended, onAnotherComputer }

  /// This process.
  static func current(command: String, since: String) -> LockOwner {
    LockOwner(
      pid: getpid(), host: Computer.name, boot: bootID, command: command, since: since)
  }

  /// What a lock file says; nil when it says nothing that can be understood.
  init?(_ bytes: some Sequence<UInt8>) {
    var fields: [Substring: Substring] = [:]
    for line in String(decoding: Array(bytes), as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2 { fields[parts[0]] = parts[1] }
    }
    guard let pid = fields["pid"].flatMap({ Int32($0) }) else { return nil }
    self.pid = pid
    host = fields["host"].map(String.init) ?? ""
    boot = fields["boot"].map(String.init) ?? ""
    command = fields["command"].map(String.init) ?? ""
    since = fields["since"].map(String.init) ?? ""
    output = fields["output"].map(String.init)
  }

  private init(pid: Int32, host: String, boot: String, command: String, since: String) {
    self.pid = pid
    self.host = host
    self.boot = boot
    self.command = command
    self.since = since
  }

  /// The text of the lock file.
  var text: String {
    let fields = [
      ("pid", String(pid)), ("host", host), ("boot", boot), ("command", command), ("since", since),
      ("output", output ?? ""),
    ]
    return fields.filter { !$0.1.isEmpty }.map { name, value in
      "\(name) " + value.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n"
    }.joined()
  }

  /// Whether it is another computer's.
  var isElsewhere: Bool { !host.isEmpty && host != Computer.name }

  /// Whether its process is still there.
  var life: Life {
    if isElsewhere { return .onAnotherComputer }
    if !boot.isEmpty, boot != LockOwner.bootID { return .ended }
    return kill(pid, 0) == 0 || errno == EPERM ? .running : .ended
  }

  /// The owner in words: `process 71 on desk-2 (loadbooks convert, since 2026-11-25T20:47:26Z)`.
  var words: String {
    let details = [command, since.isEmpty ? "" : "since \(since)"].filter { !$0.isEmpty }
    return "process \(pid)" + (isElsewhere ? " on \(host)" : "")
      + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
  }

  /// Linux's name for the time since the last start; empty elsewhere.
  private static let bootID: String = {
    let file = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id")
    return String(decoding: file ?? Data(), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }()
}

/// Kinds of file system, as far as locks are concerned.
enum FileSystem {
  /// Whether other computers may be using an open file without our seeing their locks.
  static func isShared(_ descriptor: Int32) -> Bool {
    #if os(Linux)
      var status = stat()
      guard fstat(descriptor, &status) == 0,
        let mounts = FileManager.default.contents(atPath: "/proc/self/mountinfo")
      else { return false }
      return isShared(
        device: UInt64(status.st_dev), mounts: String(decoding: mounts, as: UTF8.self))
    #else
      var status = statfs()
      guard fstatfs(descriptor, &status) == 0 else { return false }
      return status.f_flags & UInt32(MNT_LOCAL) == 0
    #endif
  }

  /// Looks a device up in what Linux tells about its mounts (see proc(5), `mountinfo`).
  static func isShared(device: UInt64, mounts: String) -> Bool {
    let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
    let minor = device & 0xFF | (device >> 12) & 0xFFFF_FF00
    let shared = [
      "nfs", "cifs", "smb", "ceph", "afs", "coda", "fuse.sshfs", "fuse.rclone", "gfs2", "ocfs2",
    ]
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 3, fields[2] == "\(major):\(minor)",
        let end = fields.firstIndex(of: "-"), end + 1 < fields.count
      else { continue }
      return shared.contains { fields[end + 1].hasPrefix($0) }
    }
    return false
  }
}
