import Foundation
import QuickBooksSandbox
import Testing

/// The sandbox itself is killed: what it answered must be there afterwards.
struct SandboxKillTests {
  /// How often it is killed: a few times, or as often as `SANDBOX_KILLS` says.
  private static let kills =
    ProcessInfo.processInfo.environment["SANDBOX_KILLS"].flatMap { Int($0) } ?? 4

  private static let program = URL(filePath: CommandLine.arguments[0])
    .deletingLastPathComponent().appending(path: "quickbooks-sandbox")

  /// Starts the program and returns it with its port.
  private static func start(_ folder: URL) async throws -> (process: Process, port: Int) {
    let address = folder.appending(path: "address")
    try? FileManager.default.removeItem(at: address)
    let process = Process()
    process.executableURL = program
    process.arguments = [
      "--port", "0", "--state", folder.path, "--address-file", address.path, "--knob",
      "requests-per-second=0", "--knob", "requests-per-minute=0", "--seed", "7",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while true {
      if let text = try? String(contentsOf: address, encoding: .utf8),
        let port = URL(string: text.trimmingCharacters(in: .whitespacesAndNewlines))?.port
      {
        return (process, port)
      }
      guard process.isRunning else { throw PlainHTTP.Dropped() }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  @Test func `a sandbox killed at any point keeps what it answered and nothing twice`()
    async throws
  {
    try await SandboxFixture.withFolder { folder in
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      var chance = SystemRandomNumberGenerator()
      var answered: [String: String] = [:]
      var number = 0
      for _ in 0..<Self.kills {
        let (process, port) = try await Self.start(folder)
        let token = try await Self.connect(port)
        let end = number + Int.random(in: 3...25, using: &chance)
        let pause = Int.random(in: 5...150, using: &chance)
        let identifier = process.processIdentifier
        let killer = Task {
          try await Task.sleep(for: .milliseconds(pause))
          kill(identifier, SIGKILL)
        }
        while number < end {
          // The number whose answer was lost is sent again first, with its request id.
          guard let reply = try? await Self.push(number, port: port, token: token) else { break }
          answered["K\(number)"] = reply.body
          number += 1
        }
        _ = try? await killer.value
        process.waitUntilExit()
      }
      let (process, port) = try await Self.start(folder)
      let token = try await Self.connect(port)
      for (name, body) in answered {
        let again = try await Self.push(Int(name.dropFirst()) ?? -1, port: port, token: token)
        #expect(again.body == body)
      }
      _ = try await Self.push(number, port: port, token: token)
      let journal = try JSONValue(
        try await PlainHTTP.send("GET", port: port, "/sandbox/journal?operation=create").body)
      let numbers = (journal["effects"]?.elements ?? []).compactMap { $0["number"]?.string }
      #expect(numbers == (0...number).map { "K\($0)" })
      kill(process.processIdentifier, SIGTERM)
      process.waitUntilExit()
    }
  }

  private static func connect(_ port: Int) async throws -> String {
    let reply = try await PlainHTTP.send("POST", port: port, "/sandbox/connect")
    return try JSONValue(reply.body)["access_token"]?.string ?? ""
  }

  private static func push(_ number: Int, port: Int, token: String) async throws
    -> PlainHTTP.Reply
  {
    let reply = try await PlainHTTP.send(
      "POST", port: port,
      "/v3/company/\(Sandbox.realm)/invoice?minorversion=75&requestid=k\(number)",
      headers: ["Authorization": "Bearer \(token)", "Accept": "application/json"],
      body: Array(SandboxFixture.invoice("K\(number)").utf8))
    #expect(reply.status == 200)
    return reply
  }

  @Test func `two sandboxes do not share a folder, and a torn line is cut off`() async throws {
    try await SandboxFixture.withFolder { folder in
      try await SandboxFixture.with([:], folder: folder) { fixture in
        _ = try await fixture.post(.invoice, SandboxFixture.invoice("ONE"))
        await #expect(throws: SandboxFailure.inUse(folder.path)) {
          var options = SandboxOptions()
          options.folder = folder
          _ = try await Sandbox.start(options)
        }
      }
      let journal = folder.appending(path: "journal.jsonl")
      let handle = try FileHandle(forWritingTo: journal)
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(#"{"event":"commit","realm":"93"#.utf8))
      try handle.close()
      try await SandboxFixture.with([:], folder: folder) { fixture in
        #expect(await fixture.sandbox.journal.map(\.number) == ["ONE"])
        _ = try await fixture.post(.invoice, SandboxFixture.invoice("TWO"))
      }
      try await SandboxFixture.with([:], folder: folder) { fixture in
        #expect(await fixture.sandbox.journal.map(\.number) == ["ONE", "TWO"])
      }
    }
  }

  @Test func `knobs, tokens and the clock survive a restart`() async throws {
    try await SandboxFixture.withFolder { folder in
      var token = ""
      var refresh = ""
      try await SandboxFixture.with([:], folder: folder) { fixture in
        token = fixture.connection.accessToken
        refresh = fixture.connection.refreshToken
        try await fixture.sandbox.set(.language, to: "french")
        try await fixture.sandbox.advance(by: 3000)
      }
      try await SandboxFixture.with([:], folder: folder) { fixture in
        #expect(await fixture.sandbox.knobs[.language] == "french")
        #expect(try await fixture.send("GET", "preferences", token: token).status == 200)
        try await fixture.sandbox.advance(by: 601)
        #expect(try await fixture.send("GET", "preferences", token: token).status == 401)
        #expect(
          try await fixture.token(["grant_type": "refresh_token", "refresh_token": refresh]).status
            == 200)
      }
    }
  }
}
