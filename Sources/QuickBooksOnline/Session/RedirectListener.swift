internal import Foundation
public import Vocabulary

/// Waits on this computer for the browser to come back from Intuit.
///
/// It listens on the loopback address only, until somebody comes who brings back what the browser was given on
/// its way; whoever does not is sent away, so that no other page can end the attempt. The page that it
/// answers with says what was heard.
public final class RedirectListener: Sendable {
  private let descriptor: Int32
  private let path: String
  private let origin: String

  /// Listens where a redirect address says.
  ///
  /// - Returns: nil when the address is not one of this computer, so that it must be pasted.
  /// - Throws: `Failure` with cause `tryAgain` when the port is in use.
  public static func listen(_ redirect: String) throws(Failure) -> RedirectListener? {
    guard let parts = URLComponents(string: redirect), parts.scheme == "http",
      ["localhost", "127.0.0.1"].contains(parts.host ?? "")
    else { return nil }
    let port = UInt16(parts.port ?? 80)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure.cannotWrite("cannot open a socket", errno) }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isBound, Foundation.listen(descriptor, 4) == 0 else {
      let code = errno
      close(descriptor)
      throw Failure(
        .tryAgain, "port \(port) of this computer is in use (\(String(cString: strerror(code))))",
        remedy: "close the program that uses it, or choose another port in online.redirect and at "
          + "developer.intuit.com")
    }
    return RedirectListener(descriptor, parts.path, redirect)
  }

  private init(_ descriptor: Int32, _ path: String, _ origin: String) {
    self.descriptor = descriptor
    self.path = path.isEmpty ? "/" : path
    self.origin = origin
  }

  deinit { close(descriptor) }

  /// Waits for the browser.
  ///
  /// - Parameters:
  ///   - seconds: How long to wait.
  ///   - state: What the browser was given on its way.
  /// - Returns: The whole address that it came back to; nil when nobody came in time.
  public func wait(seconds: Int, state: Secret) -> String? {
    let end = Date().addingTimeInterval(Double(seconds))
    while true {
      let left = end.timeIntervalSinceNow
      guard left > 0 else { return nil }
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&poller, 1, Int32(min(left, 1) * 1000)) > 0 else { continue }
      let visitor = accept(descriptor, nil, nil)
      guard visitor >= 0 else { continue }
      defer { close(visitor) }
      var timeout = timeval(tv_sec: 5, tv_usec: 0)
      setsockopt(
        visitor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
      guard let target = target(visitor) else { continue }
      // Browsers ask for an icon as well.
      guard target.split(separator: "?").first.map(String.init) == path else {
        answer(visitor, "404 Not Found", "Not here.")
        continue
      }
      let address = origin + target.drop { $0 != "?" }
      let query = Endpoint.query(of: address)
      guard let returned = query["state"], state.matches(returned) else {
        answer(
          visitor, "400 Bad Request",
          "This is not the connection that LoadBooks waits for. Open the address that it shows now."
        )
        continue
      }
      answer(
        visitor, "200 OK",
        query["error"] == nil
          ? "LoadBooks has the answer, and goes on where you started it. You can close this window."
          : "LoadBooks has heard a no: nothing is connected. You can close this window.")
      return address
    }
  }

  private func target(_ visitor: Int32) -> String? {
    var text: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4096)
    while text.count < 1 << 16, !text.contains(0x0A) {
      let count = read(visitor, &block, block.count)
      guard count > 0 else { return nil }
      text += block[..<count]
    }
    let words = String(decoding: text.prefix { $0 != 0x0A }, as: UTF8.self).split(separator: " ")
    return words.count >= 2 && words[0] == "GET" ? String(words[1]) : nil
  }

  private func answer(_ visitor: Int32, _ status: String, _ words: String) {
    let page = "<!doctype html><meta charset=utf-8><title>LoadBooks</title><p>\(words)</p>\n"
    let text =
      "HTTP/1.1 \(status)\r\nContent-Type: text/html; charset=utf-8\r\n"
      + "Content-Length: \(page.utf8.count)\r\nConnection: close\r\n\r\n\(page)"
    _ = Array(text.utf8).withUnsafeBytes { write(visitor, $0.baseAddress, $0.count) }
  }
}

/// What the browser brought back.
public struct AuthorizationAnswer: Sendable {
  /// Serves once, to get tokens.
  public var code: Secret
  /// The company.
  public var realm: String

  /// Reads the address that the browser came back to.
  ///
  /// - Parameters:
  ///   - address: The whole address, or what stands behind its question mark.
  ///   - state: What we gave the browser on its way.
  /// - Throws: `Failure` with cause `notAllowed` or `usage`.
  public init(_ address: String, state: Secret) throws(Failure) {
    let text = address.trimmingCharacters(in: .whitespacesAndNewlines)
    let query = Endpoint.query(of: text.contains("?") ? text : "http://localhost/?" + text)
    guard let returned = query["state"], state.matches(returned) else {
      throw Failure(
        .notAllowed, "the address does not belong to this attempt to connect",
        remedy: "begin again with loadbooks connect, and paste the address that it leads to")
    }
    if let error = query["error"] {
      throw Failure(
        .notAllowed,
        error == "access_denied"
          ? "somebody said no in QuickBooks" : "Intuit refused the connection: \(error)",
        remedy: "begin again with loadbooks connect; an admin of the company must say yes")
    }
    guard let code = query["code"], !code.isEmpty, code.utf8.count <= 512,
      let realm = query["realmId"], !realm.isEmpty, realm.utf8.allSatisfy({ $0 &- 0x30 < 10 })
    else {
      throw Failure(
        .usage, "the address lacks the code or the company",
        remedy: "paste the whole address, from http to its end")
    }
    self.code = Secret(code)
    self.realm = realm
  }
}
