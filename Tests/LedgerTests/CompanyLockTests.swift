import Foundation
import Testing
import Vocabulary

@testable import Ledger

@Suite struct CompanyLockTests {
  let sandbox: LedgerSandbox

  init() throws {
    sandbox = try LedgerSandbox()
  }

  private func acquire() throws -> CompanyLock {
    try CompanyLock.acquire(
      folder: sandbox.folder, command: "loadbooks convert", since: "2026-03-04 09:00")
  }

  @Test func `a second one is told who is at work`() throws {
    let lock = try acquire()
    defer { lock.release() }
    let refusal = try failure { _ = try acquire() }
    #expect(refusal.cause == .tryAgain)
    #expect(
      refusal.message
        == "\(sandbox.folder) is in use by process \(getpid()) "
        + "(loadbooks convert, since 2026-03-04 09:00)")
  }

  @Test func `after a release the folder is free`() throws {
    try acquire().release()
    let lock = try acquire()
    lock.release()
    let value = try CompanyLock.holding(
      folder: sandbox.folder, command: "loadbooks undo", since: "now"
    ) { () throws(Failure) in 42 }
    #expect(value == 42)
    try acquire().release()
  }

  @Test func `a failure under the lock frees the folder`() throws {
    let refusal = try failure {
      try CompanyLock.holding(folder: sandbox.folder, command: "c", since: "now") {
        () throws(Failure) in
        throw Failure(.usage, "no", remedy: "none")
      }
    }
    #expect(refusal.cause == .usage)
    try acquire().release()
  }

  @Test func `what a dead process wrote does not hold the lock`() throws {
    try acquire().release()
    try Data("pid 4711\nhost elsewhere\ncommand loadbooks push\nsince then\n".utf8)
      .write(to: URL(fileURLWithPath: sandbox.folder + "/.loadbooks/lock"))
    let lock = try acquire()
    let content = try String(contentsOfFile: lock.path, encoding: .utf8)
    #expect(content.hasPrefix("pid \(getpid())\nhost "))
    #expect(!content.contains("4711"))
    lock.release()
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/flock")))
  func `another process holds the lock until it dies`() throws {
    try acquire().release()
    let path = sandbox.folder + "/.loadbooks/lock"
    try Data("pid 4711\nhost elsewhere\ncommand loadbooks push\nsince then\n".utf8)
      .write(to: URL(fileURLWithPath: path))
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    // Without a fork, so that whom we kill is whom the lock belongs to.
    child.arguments = ["--no-fork", path, "/bin/sh", "-c", "echo locked; exec sleep 60"]
    let output = Pipe()
    child.standardOutput = output
    try child.run()
    defer { child.terminate() }
    #expect(output.fileHandleForReading.availableData == Data("locked\n".utf8))
    // Locked, while the one whom the file names has ended: somebody has the file open.
    try Data("pid 1\nboot another\ncommand loadbooks push\n".utf8)
      .write(to: URL(fileURLWithPath: path))
    let odd = try failure { _ = try acquire() }
    #expect(odd.cause == .tryAgain)
    #expect(odd.message.contains("but not by process 1 (loadbooks push), which has ended"))
    try Data("pid 4711\nhost elsewhere\ncommand loadbooks push\nsince then\n".utf8)
      .write(to: URL(fileURLWithPath: path))
    let refusal = try failure { _ = try acquire() }
    #expect(refusal.cause == .tryAgain)
    #expect(
      refusal.message.hasSuffix(
        "is in use by process 4711 on elsewhere (loadbooks push, since then)"))
    kill(child.processIdentifier, SIGKILL)
    child.waitUntilExit()
    try acquire().release()
  }

  @Test func `a child process does not inherit the lock`() throws {
    let lock = try acquire()
    // Foundation's Process closes what it does not hand over; a library that starts a program may not.
    var child: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("60"), nil]
    defer { for argument in arguments { free(argument) } }
    #expect(posix_spawn(&child, "/bin/sleep", nil, nil, &arguments, nil) == 0)
    defer {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
    #if os(Linux)
      // Whoever had it would keep the lock when we die at work.
      let open = "/proc/\(child)/fd"
      let files = try FileManager.default.contentsOfDirectory(atPath: open).compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: open + "/" + $0)
      }
      #expect(!files.isEmpty)
      #expect(!files.contains { $0.hasSuffix("/lock") }, "\(files)")
    #endif
    lock.release()
    try acquire().release()
  }

  @Test func `what the last owner was writing into is known if it died`() throws {
    let lock = try acquire()
    #expect(lock.abandonedOutput == nil)
    try lock.note(output: sandbox.folder + "/out/../out\nside")
    let content = try Data(contentsOf: URL(fileURLWithPath: lock.path))
    lock.release()
    let second = try acquire()
    #expect(second.abandonedOutput == nil)
    second.release()
    // As a kill leaves it.
    try content.write(to: URL(fileURLWithPath: lock.path))
    let third = try acquire()
    #expect(third.abandonedOutput == sandbox.folder + "/out side")
    third.release()
  }

  @Test func `an owner is known by computer, start of the computer and process`() throws {
    let own = LockOwner.current(command: "c", since: "s")
    #expect(LockOwner(own.text.utf8) == own)
    #expect(own.life == .running)
    var other = own
    other.pid = 0x3FFF_FFFF
    #expect(other.life == .ended)
    other = own
    other.boot = "another"
    #expect(other.life == .ended)
    other.host = "elsewhere"
    #expect(other.life == .onAnotherComputer)
    #expect(LockOwner("gibberish\n".utf8) == nil)
  }

  @Test func `a network share is known by the system's list of mounts`() {
    let mounts = """
      24 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
      31 24 0:45 / /mnt/books rw,nosuid shared:9 - nfs4 server:/books rw,vers=4.2
      32 24 0:46 / /mnt/office rw - cifs //server/office rw
      """
    #expect(!FileSystem.isShared(device: 254 << 8, mounts: mounts))
    #expect(FileSystem.isShared(device: 45, mounts: mounts))
    #expect(FileSystem.isShared(device: 46, mounts: mounts))
    #expect(!FileSystem.isShared(device: 47, mounts: mounts))
  }

  @Test func `a folder that is not there is told`() throws {
    let refusal = try failure {
      _ = try CompanyLock.acquire(folder: sandbox.folder + "/nowhere", command: "c", since: "s")
    }
    #expect(refusal.cause == .cannotWrite)
  }
}
