import Foundation
import QuickBooksOnline
import TestSupport
import Testing
import Vocabulary

/// Tokens: kept safely, refreshed once, and never used before they are on disk.
@Suite struct SessionTests {
  private let fixture: SessionFixture

  init() throws { fixture = try SessionFixture() }

  @Test func `what is kept comes back, and nobody can read it`() throws {
    try fixture.store.save(fixture.connection("AT-planted"))
    #expect(try fixture.store.load()?.tokens.access == Secret("AT-planted"))
    let folder = fixture.folder.path + "/.loadbooks"
    var status = stat()
    for name in ["credentials.json", "credentials.key"] {
      #expect(stat(folder + "/" + name, &status) == 0 && status.st_mode & 0o777 == 0o600)
      let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
      #expect(data.range(of: Data("AT-planted".utf8)) == nil)
    }
    #expect(stat(folder, &status) == 0 && status.st_mode & 0o777 == 0o700)
  }

  @Test func `a file that others may read is refused`() throws {
    try fixture.store.save(fixture.connection())
    chmod(fixture.store.path, 0o644)
    #expect(throws: Failure.self) { try fixture.store.load() }
  }

  @Test func `a changed file does not open`() throws {
    try fixture.store.save(fixture.connection())
    let text = try String(contentsOfFile: fixture.store.path, encoding: .utf8)
    let changed = text.replacing(#""label" : ""#, with: #""label" : "0"#)
    #expect(changed != text)
    try Data(changed.utf8).write(to: URL(fileURLWithPath: fixture.store.path))
    chmod(fixture.store.path, 0o600)
    #expect(throws: Failure.self) { try fixture.store.load() }
  }

  @Test func `with a passphrase there is no key file, and another passphrase opens nothing`() throws
  {
    var fixture = try SessionFixture()
    fixture.environment = ["LOADBOOKS_PASSPHRASE": "correct horse"]
    try fixture.store.save(fixture.connection())
    #expect(try fixture.store.load() != nil)
    #expect(
      !FileManager.default.fileExists(atPath: fixture.folder.path + "/.loadbooks/credentials.key"))
    fixture.environment = ["LOADBOOKS_PASSPHRASE": "wrong"]
    let other = fixture.store
    #expect(throws: Failure.self) { try other.load() }
    fixture.environment = [:]
    let none = fixture.store
    #expect(throws: Failure.self) { try none.load() }
  }

  @Test func `the keyring has the key when there is one, and never sees it as an argument`() throws
  {
    var fixture = try SessionFixture()
    let bin = fixture.folder.path + "/bin"
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    let script = """
      #!/bin/sh
      echo "$@" >> \(bin)/arguments
      case "$1" in
        store) cat > \(bin)/key ;;
        lookup) cat \(bin)/key ;;
        clear) rm -f \(bin)/key ;;
      esac
      """
    try Data(script.utf8).write(to: URL(fileURLWithPath: bin + "/secret-tool"))
    chmod(bin + "/secret-tool", 0o755)
    fixture.environment = [
      "PATH": bin + ":/usr/bin:/bin", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
    ]
    try fixture.store.save(fixture.connection())
    #expect(try fixture.store.load() != nil)
    #expect(fixture.store.keyPlace() == "the system keyring")
    let key = try String(contentsOfFile: bin + "/key", encoding: .utf8)
    #expect(!key.isEmpty)
    #expect(try !String(contentsOfFile: bin + "/arguments", encoding: .utf8).contains(key))
    try fixture.store.remove()
    #expect(!FileManager.default.fileExists(atPath: bin + "/key"))
  }

  @Test func `a good token asks nobody`() async throws {
    let transport = ScriptedTransport([])
    let connection = fixture.connection()
    try fixture.store.save(connection)
    let token = try await fixture.session(connection, transport).accessToken()
    #expect(token == Secret("AT-1") && transport.requests.isEmpty)
  }

  @Test func `row 6: however many ask at once, there is one refresh, and all get its token`()
    async throws
  {
    let transport = ScriptedTransport([.tokens("AT-2", "RT-2")])
    let connection = fixture.connection(ends: 10)
    try fixture.store.save(connection)
    // Two sessions are two processes, which share nothing but the store.
    let sessions = [
      fixture.session(connection, transport), fixture.session(connection, transport),
    ]
    let tokens = try await withThrowingTaskGroup(of: Secret.self) { group in
      for index in 0..<20 {
        group.addTask { try await sessions[index % 2].accessToken() }
      }
      var tokens: [Secret] = []
      for try await token in group { tokens.append(token) }
      return tokens
    }
    #expect(tokens == Array(repeating: Secret("AT-2"), count: 20))
    #expect(transport.requests.count == 1)
    #expect(try fixture.store.load()?.tokens.refresh == Secret("RT-2"))
  }

  @Test func `row 5 and 7: new tokens are on disk with both ends before one is used`() async throws
  {
    let transport = ScriptedTransport([.tokens("AT-2", "RT-2")])
    let connection = fixture.connection(ends: 10)
    try fixture.store.save(connection)
    _ = try await fixture.session(connection, transport).accessToken()
    let kept = try #require(try fixture.store.load()?.tokens)
    #expect(kept.refresh == Secret("RT-2"))
    #expect(kept.refreshEnds == fixture.clock.epoch + 8_640_000)
    #expect(kept.grantEnds == fixture.clock.epoch + 151_200_000)
    let asked = try #require(transport.requests.first)
    #expect(asked.headers.contains { $0 == ("x-include-refresh-token-hard-expires-in", "true") })
    #expect(asked.authorization == Secret("Basic " + Data("id:secret".utf8).base64EncodedString()))
  }

  @Test func `invalid_grant is final: it is kept, and nobody is asked again`() async throws {
    let transport = ScriptedTransport([.json(#"{"error":"invalid_grant"}"#, status: 400)])
    let connection = fixture.connection(ends: 10)
    try fixture.store.save(connection)
    let session = fixture.session(connection, transport)
    for _ in 0..<3 {
      await #expect(throws: Failure.self) { try await session.accessToken() }
    }
    #expect(transport.requests.count == 1)
    #expect(try fixture.store.load()?.isDead == true)
  }

  @Test
  func
    `row 4: a 401 is answered with one refresh and the same request id, a second one is the end`()
    async throws
  {
    let expired = ScriptedTransport.Step.json(
      #"{"fault":{"error":[{"message":"x","code":"3200"}],"type":"AUTHENTICATION"}}"#, status: 401)
    let transport = ScriptedTransport([
      expired, .tokens("AT-2", "RT-2"), .json(#"{"Invoice":{"Id":"1"}}"#),
      expired, .tokens("AT-3", "RT-3"), expired,
    ])
    let connection = fixture.connection()
    try fixture.store.save(connection)
    let client = fixture.client(connection, transport)
    guard case .done = try await client.write("invoice", body: [], requestID: "same") else {
      Issue.record("not done")
      return
    }
    let writes = transport.requests.filter { $0.url.contains("/invoice") }
    #expect(writes.map { Endpoint.query(of: $0.url)["requestid"] } == ["same", "same"])
    #expect(writes.map(\.authorization) == [Secret("Bearer AT-1"), Secret("Bearer AT-2")])
    await #expect(throws: Failure.self) {
      try await client.write("invoice", body: [], requestID: "other")
    }
  }

  @Test func `row 2: a code is exchanged once, whatever happens`() async throws {
    let transport = ScriptedTransport([], rest: .fail(.unknown("dropped")))
    await #expect(throws: Failure.self) {
      try await fixture.authority(transport).exchange(
        code: Secret("C"), redirect: "http://localhost/x", fixture.connection().endpoints)
    }
    #expect(transport.requests.count == 1)
  }

  @Test func `row 1: state is compared, a no is told, a foreign answer refused`() throws {
    let state = Secret("right")
    let base = "http://localhost:8484/callback?"
    let good = try AuthorizationAnswer(base + "code=C&state=right&realmId=17", state: state)
    #expect(good.code == Secret("C") && good.realm == "17")
    for bad in [
      "code=C&state=wrong&realmId=17", "code=C&realmId=17", "error=access_denied&state=right",
      "code=C&state=right", "state=right&realmId=17", "code=C&state=right&realmId=1/2",
    ] {
      #expect(throws: Failure.self, "\(bad)") {
        try AuthorizationAnswer(base + bad, state: state)
      }
    }
  }

  @Test func `secrets go over TLS, or to this computer only`() {
    for good in ["https://a.example/x", "http://127.0.0.1:1/x", "http://localhost/x"] {
      #expect(Endpoint.isSafe(good), "\(good)")
    }
    for bad in [
      "http://a.example", "http://127.0.0.1.a.example/", "ftp://localhost", "", "https://",
      "http://localhost@a.example/",
    ] {
      #expect(!Endpoint.isSafe(bad), "\(bad)")
    }
  }
}
