import Foundation

/// One HTTP request, as far as the sandbox reads it.
struct APICall: Sendable {
  var method: String
  /// Path and query as sent.
  var target: String
  /// The decoded path, split at its slashes.
  var path: [String]
  /// The decoded parameters of the query; the first of a name counts.
  var parameters: [String: String]
  /// The headers, by lower-case name.
  var headers: [String: String]
  var body: [UInt8]

  init(method: String, target: String, headers: [String: String], body: [UInt8]) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
    let parts = target.split(separator: "?", maxSplits: 1)
    path = (parts.first ?? "").split(separator: "/").map {
      $0.removingPercentEncoding ?? String($0)
    }
    parameters = parts.count > 1 ? Self.form(String(parts[1])) : [:]
  }

  var text: String { String(decoding: body, as: UTF8.self) }

  /// The pairs of a form or a query string.
  static func form(_ text: String) -> [String: String] {
    var result: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let decoded = parts.map {
        let spaced = String($0).replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? spaced
      }
      if result[decoded[0]] == nil { result[decoded[0]] = decoded.count > 1 ? decoded[1] : "" }
    }
    return result
  }

  /// The token of the `Authorization: Bearer` header.
  var bearer: String? {
    guard let header = headers["authorization"], header.lowercased().hasPrefix("bearer ") else {
      return nil
    }
    return header.dropFirst(7).trimmingCharacters(in: .whitespaces)
  }

  var asksForJSON: Bool { headers["accept"]?.contains("application/json") == true }

  var requestID: String? { parameters["requestid"].flatMap { $0.isEmpty ? nil : $0 } }

  /// A short digest of the body, to tell two bodies apart.
  var digest: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in body { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }
}

/// One answer of the sandbox.
struct APIAnswer: Sendable {
  var status = 200
  var contentType = "application/json;charset=utf-8"
  var headers: [String: String] = [:]
  var body = ""
  /// The connection is cut instead of answering.
  var isDropped = false

  static let dropped = APIAnswer(isDropped: true)

  static func json(_ value: JSONValue, status: Int = 200) -> APIAnswer {
    APIAnswer(
      status: status,
      contentType: status == 200 ? "application/json;charset=utf-8" : "application/json",
      body: value.jsonText)
  }

  static func html(_ status: Int, _ title: String) -> APIAnswer {
    APIAnswer(
      status: status, contentType: "text/html",
      body: "<html><head><title>\(status) \(title)</title></head>"
        + "<body><center><h1>\(status) \(title)</h1></center></body></html>")
  }
}
