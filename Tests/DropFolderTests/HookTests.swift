import Foundation
import Sync
import TestSupport
import Testing

@testable import DropFolder

struct HookTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func hook(_ script: String, _ arguments: [String] = [], limit: Duration = .seconds(30))
    throws -> Hook
  {
    let path = try folder.write("#!/bin/sh\n" + script, to: "hook.sh")
    chmod(path, 0o755)
    return Hook(program: [path] + arguments, limit: limit, output: folder.path("printed.txt"))
  }

  @Test func `it is started as it stands, without a shell`() throws {
    let hook = try hook(
      "printf '%s|' \"$@\"; printf '%s' \"$LOADBOOKS_COMPANY\"; exit 7",
      ["$(touch pwned)", "a b", "; rm -rf x"])
    let ending = hook.start(["LOADBOOKS_COMPANY": "`touch pwned` \"quoted\" $HOME\nsecond line"])
    #expect(ending == .exited(7))
    #expect(
      try folder.text("printed.txt")
        == "$(touch pwned)|a b|; rm -rf x|`touch pwned` \"quoted\" $HOME\nsecond line")
    #expect(folder.entries == ["hook.sh", "printed.txt"])
  }

  @Test func `it gets no more of our environment than programs need`() throws {
    setenv("LOADBOOKS_TEST_SECRET", "secret", 1)
    defer { unsetenv("LOADBOOKS_TEST_SECRET") }
    #expect(try hook("env").start(["LOADBOOKS_RUN": "x"]) == .exited(0))
    let printed = try folder.text("printed.txt")
    #expect(!printed.contains("secret"))
    #expect(printed.contains("LOADBOOKS_RUN=x"))
    #expect(printed.contains("PATH="))
  }

  @Test func `when its time is over it is ended, with what it has started`() throws {
    let hook = try hook(
      "sleep 600 & echo $! > \(folder.path)/child; wait", limit: .milliseconds(300))
    #expect(hook.start([:]) == .timedOut)
    let child = try #require(
      pid_t(try folder.text("child").trimmingCharacters(in: .whitespacesAndNewlines)))
    // A process that is gone, or only waits to be buried.
    var isGone = false
    for _ in 0..<200 where !isGone {
      let state = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? ""
      isGone = kill(child, 0) != 0 || state.contains(") Z ")
      if !isGone { usleep(20_000) }
    }
    #expect(isGone)
  }

  @Test func `one that is not there is said`() {
    let hook = Hook(program: ["/no/such/program"], limit: .seconds(1), output: "/dev/null")
    #expect(hook.start([:]) == .notStarted(ENOENT))
  }

  @Test func `a batch tells what became of it`() throws {
    let sandbox = try Sandbox()
    let script = try sandbox.folder.write(
      "#!/bin/sh\nenv | grep LOADBOOKS_ | sort > \"\(sandbox.folder.path)/told\"\n", to: "hook.sh")
    chmod(script, 0o755)
    let settings = try sandbox.folder.text("acme/loadbooks.yaml")
    try sandbox.folder.write(
      settings.replacing("  # hook: ", with: "  hook: [\(script), x]\n  # "),
      to: "acme/loadbooks.yaml")
    try sandbox.drop(Sandbox.export([1, 2]), as: "a.csv")
    try sandbox.drop("poison\n", as: "b.csv")
    sandbox.settle()
    let told = try sandbox.folder.text("told")
    let batch = try #require(sandbox.watch.status.last?.id)
    for line in [
      "LOADBOOKS_OUTCOME=held", "LOADBOOKS_RUN=\(batch)", "LOADBOOKS_COMPANY=Test Carriers",
      "LOADBOOKS_DELIVERED=2", "LOADBOOKS_DELIVERED_AMOUNT=200.00", "LOADBOOKS_FILES=2",
      "LOADBOOKS_FILES_HELD=1", "LOADBOOKS_TARGET=iif",
      "LOADBOOKS_SUMMARY=\(sandbox.company.path)/outbox/\(batch)/summary.txt",
      "LOADBOOKS_HEADLINE=Test Carriers: 2 invoices, 200.00 delivered, 1 file held",
    ] { #expect(told.contains(line + "\n"), "\(line)\n\(told)") }
    #expect(sandbox.lines.events.contains("hook-ended"))
  }
}
