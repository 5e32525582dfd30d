import Foundation
import QuickBooksSandbox
import Testing

/// A running sandbox with a connection, and the calls that tests make to it.
struct SandboxFixture: Sendable {
  let sandbox: Sandbox
  let connection: Sandbox.Connection

  /// One answer of the API.
  struct Answer: Sendable {
    var status: Int
    var headers: [String: String]
    var body: String

    var json: JSONValue { (try? JSONValue(body)) ?? .null }

    /// The code of the first fault, wherever it stands.
    var code: String? {
      let fault = json["Fault"] ?? json["fault"]
      let error = (fault?["Error"] ?? fault?["error"])?.elements?.first
      return error?["code"]?.string
    }

    var detail: String {
      json["Fault"]?["Error"]?.elements?.first?["Detail"]?.string ?? ""
    }

    func entity(_ kind: EntityKind) -> JSONValue { json[kind.rawValue] ?? .null }
    var invoice: JSONValue { entity(.invoice) }
    var customer: JSONValue { entity(.customer) }
    var found: JSONValue { json["QueryResponse"] ?? .null }
  }

  /// Starts a sandbox, lets the test use it and stops it.
  static func with(
    _ settings: KeyValuePairs<String, String> = [:], folder: URL? = nil,
    _ work: (SandboxFixture) async throws -> Void
  ) async throws {
    var options = SandboxOptions()
    options.folder = folder
    options.seed = 20_261_002
    try options.knobs.set(.requestsPerSecond, to: "0")
    try options.knobs.set(.requestsPerMinute, to: "0")
    try options.knobs.set(.batchesPerMinute, to: "0")
    for (name, value) in settings { try options.knobs.set(name, to: value) }
    try await with(options, work)
  }

  static func with(_ options: SandboxOptions, _ work: (SandboxFixture) async throws -> Void)
    async throws
  {
    let sandbox = try await Sandbox.start(options)
    do {
      let connection = try await sandbox.connect()
      try await work(SandboxFixture(sandbox: sandbox, connection: connection))
    } catch {
      await sandbox.stop()
      throw error
    }
    await sandbox.stop()
  }

  /// Sends one request to the API.
  func send(
    _ method: String, _ resource: String, _ parameters: KeyValuePairs<String, String> = [:],
    body: String = "", realm: String = Sandbox.realm, token: String? = nil, accept: String? = nil,
    patience: Int = 60
  ) async throws -> Answer {
    var allowed = CharacterSet.alphanumerics
    allowed.insert(charactersIn: "-._~")
    let query = parameters.map { name, value in
      name + "=" + (value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")
    }
    var headers = ["Authorization": "Bearer \(token ?? connection.accessToken)"]
    headers["Accept"] = accept ?? "application/json"
    headers["Content-Type"] = "application/json"
    let reply = try await PlainHTTP.send(
      method, port: sandbox.port,
      "/v3/company/\(realm)/\(resource)?" + (query + ["minorversion=75"]).joined(separator: "&"),
      headers: headers, body: Array(body.utf8), patience: patience)
    return Answer(status: reply.status, headers: reply.headers, body: reply.body)
  }

  func post(
    _ kind: EntityKind, _ body: String, _ parameters: KeyValuePairs<String, String> = [:]
  ) async throws -> Answer {
    try await send("POST", kind.rawValue.lowercased(), parameters, body: body)
  }

  func query(_ statement: String) async throws -> Answer {
    try await send("GET", "query", ["query": statement])
  }

  /// The body of an invoice with one line.
  static func invoice(
    _ number: String?, customer: String = "33", amount: String = "950", item: String? = "17",
    date: String = "2026-10-02", more: String = ""
  ) -> String {
    let reference = item.map { #""ItemRef":{"value":"\#($0)"}"# } ?? ""
    let doc = number.map { #""DocNumber":"\#($0)","# } ?? ""
    return """
      {\(doc)"TxnDate":"\(date)","CustomerRef":{"value":"\(customer)"},"Line":[{"Amount":\(amount),\
      "DetailType":"SalesItemLineDetail","SalesItemLineDetail":{\(reference)}}]\(more)}
      """
  }

  /// Sends a form to the token endpoint.
  func token(
    _ form: [String: String], headers: [String: String] = [:], basic: String? = basic
  ) async throws -> Answer {
    var allowed = CharacterSet.alphanumerics
    allowed.insert(charactersIn: "-._~")
    let pairs = form.map { name, value in
      name + "=" + (value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")
    }
    var headers = headers
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    if let basic { headers["Authorization"] = "Basic \(basic)" }
    let reply = try await PlainHTTP.send(
      "POST", port: sandbox.port, "/oauth2/v1/tokens/bearer", headers: headers,
      body: Array(pairs.joined(separator: "&").utf8))
    return Answer(status: reply.status, headers: reply.headers, body: reply.body)
  }

  struct NeverHappened: Error {}

  /// Waits until something is so; fails when it never is, in place of waiting for ever.
  static func until(_ isSo: () async -> Bool) async throws {
    for _ in 0..<10_000 {
      if await isSo() { return }
      try await Task.sleep(for: .milliseconds(2))
    }
    throw NeverHappened()
  }

  static let basic = Data("sandbox-client:sandbox-secret".utf8).base64EncodedString()

  /// A folder that goes away with the test.
  static func withFolder(_ work: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "sandbox-\(UUID().uuidString)", directoryHint: .isDirectory)
    do {
      try await work(folder)
    } catch {
      try? FileManager.default.removeItem(at: folder)
      throw error
    }
    try? FileManager.default.removeItem(at: folder)
  }
}
