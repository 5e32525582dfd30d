import Foundation
import QuickBooksOnline
import Synchronization
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

  @Test func `a new connection is locked anew, with what there is now; renewed tokens as before`()
    throws
  {
    var fixture = try SessionFixture()
    try fixture.store.save(fixture.connection())
    fixture.environment = ["LOADBOOKS_PASSPHRASE": "correct horse"]
    let store = fixture.store
    try store.save(fixture.connection("AT-2"))
    #expect(store.keyPlace()?.contains("credentials.key") == true)
    try store.save(fixture.connection("AT-3"), keepingLock: false)
    #expect(store.keyPlace()?.contains("passphrase") == true)
    #expect(try store.load()?.tokens.access == Secret("AT-3"))
  }

  @Test func `whoever comes back with another state is sent away, and the right one is waited for`()
    throws
  {
    let (port, listener) = try SessionTests.listener()
    let address = Waiting(listener, Secret("right"))
    let stranger = try SessionTests.visit(port, "/callback?code=C&state=wrong&realmId=17")
    #expect(stranger.contains("400 Bad Request") && stranger.contains("not the connection"))
    #expect(try SessionTests.visit(port, "/favicon.ico").contains("404"))
    let right = try SessionTests.visit(port, "/callback?code=C&state=right&realmId=17")
    #expect(right.contains("200 OK") && right.contains("has the answer"))
    #expect(address.value == "http://localhost:\(port)/callback?code=C&state=right&realmId=17")
  }

  @Test func `the page after a no says that it was a no`() throws {
    let (port, listener) = try SessionTests.listener()
    let address = Waiting(listener, Secret("s"))
    let page = try SessionTests.visit(port, "/callback?error=access_denied&state=s")
    #expect(page.contains("heard a no") && page.contains("nothing is connected"))
    #expect(address.value?.contains("access_denied") == true)
  }

  /// Waits for the browser on a thread of its own.
  private final class Waiting: Sendable {
    private let found = Mutex<String?>(nil)
    private let done = DispatchSemaphore(value: 0)

    init(_ listener: RedirectListener, _ state: Secret) {
      DispatchQueue.global().async {
        let address = listener.wait(seconds: 60, state: state)
        self.found.withLock { $0 = address }
        self.done.signal()
      }
    }

    var value: String? {
      done.wait()
      return found.withLock { $0 }
    }
  }

  /// A listener on a port that was free.
  private static func listener() throws -> (port: Int, listener: RedirectListener) {
    for _ in 0..<50 {
      let port = Int.random(in: 20_000...60_000)
      guard let made = try? RedirectListener.listen("http://localhost:\(port)/callback") else {
        continue
      }
      return (port, made)
    }
    throw Failure(.tryAgain, "no port is free", remedy: "run the test again")
  }

  /// What a browser gets that asks for a target on this computer.
  private static func visit(_ port: Int, _ target: String) throws -> String {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    #expect(isConnected)
    let request = Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    #expect(write(descriptor, request, request.count) == request.count)
    var (text, block): ([UInt8], [UInt8]) = ([], Array(repeating: 0, count: 4096))
    while true {
      let count = read(descriptor, &block, block.count)
      guard count > 0 else { return String(decoding: text, as: UTF8.self) }
      text += block[..<count]
    }
  }

  @Test func `the keyring has the key when there is one, and never sees it as an argument`() throws
  {
    var fixture = try SessionFixture()
    let bin = fixture.folder.path + "/bin"
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    let script = """
      #!/bin/sh
      echo "$@" >> \(bin)/arguments
      env >> \(bin)/environment
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
      "LOADBOOKS_CLIENT_SECRET": "planted-app-secret",
    ]
    try fixture.store.save(fixture.connection())
    #expect(try fixture.store.load() != nil)
    #expect(fixture.store.keyPlace() == "the system keyring")
    let key = try String(contentsOfFile: bin + "/key", encoding: .utf8)
    #expect(!key.isEmpty)
    #expect(try !String(contentsOfFile: bin + "/arguments", encoding: .utf8).contains(key))
    let given = try String(contentsOfFile: bin + "/environment", encoding: .utf8)
    #expect(given.contains("DBUS_SESSION_BUS_ADDRESS") && !given.contains("planted-app-secret"))
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

  @Test func `after a renewal that was cut off, the reason is told; after any other it is not`()
    async throws
  {
    let dead = ScriptedTransport.Step.json(#"{"error":"invalid_grant"}"#, status: 400)
    for isCutOff in [true, false] {
      let fixture = try SessionFixture()
      let connection = fixture.connection(ends: 10)
      try fixture.store.save(connection)
      // The first renewal gets no answer: either it ends with that, or everything ends before it.
      let first = fixture.session(
        connection, ScriptedTransport([.tokens("AT-2", "RT-2")]))
      if !isCutOff { _ = try await first.accessToken() }
      let mark = fixture.folder.path + "/.loadbooks/credentials.renewal"
      if isCutOff { try Data().write(to: URL(fileURLWithPath: mark)) }
      let second = fixture.session(
        try #require(try fixture.store.load()), ScriptedTransport([dead]))
      do {
        _ = try await second.accessToken(insteadOf: isCutOff ? nil : Secret("AT-2"))
        Issue.record("it must be over")
      } catch {
        #expect(error.message.contains("never reached the disk") == isCutOff)
        #expect(error.remedy.contains("loadbooks connect --replace"))
      }
      #expect(try fixture.store.load()?.wasCutOff == isCutOff)
      #expect(!FileManager.default.fileExists(atPath: mark))
    }
  }

  @Test
  func `a renewal without an answer leaves its mark, and the next one that succeeds takes it away`()
    async throws
  {
    let connection = fixture.connection(ends: 10)
    try fixture.store.save(connection)
    let mark = fixture.folder.path + "/.loadbooks/credentials.renewal"
    let silent = fixture.session(connection, ScriptedTransport([], rest: .fail(.unknown("gone"))))
    await #expect(throws: Failure.self) { try await silent.accessToken() }
    #expect(FileManager.default.fileExists(atPath: mark))
    let session = fixture.session(connection, ScriptedTransport([.tokens("AT-2", "RT-2")]))
    #expect(try await session.accessToken() == Secret("AT-2"))
    #expect(!FileManager.default.fileExists(atPath: mark))
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
