internal import Foundation
internal import Vocabulary

/// Addresses: which may be talked to, and how they are put together.
public enum Endpoint {
  /// Whether secrets may go to an address: over TLS anywhere, without it only to this computer.
  public static func isSafe(_ url: String) -> Bool {
    guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty else {
      return false
    }
    switch parts.scheme?.lowercased() {
    case "https": return true
    case "http": return ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host.lowercased())
    default: return false
    }
  }

  /// Scheme and host, for messages.
  public static func origin(of url: String) -> String {
    guard let parts = URLComponents(string: url), let host = parts.host else {
      return "the address"
    }
    return "\(parts.scheme ?? "https")://\(host)" + (parts.port.map { ":\($0)" } ?? "")
  }

  /// A text as it stands in a query: everything but letters, digits and `-._~` is escaped.
  public static func escaped(_ text: String) -> String {
    var escaped = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        escaped.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        escaped += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return escaped
  }

  /// Members as the body of a form, or the query of an address.
  public static func form(_ members: [(String, String)]) -> String {
    members.map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&")
  }

  /// The query of an address, by names.
  public static func query(of url: String) -> [String: String] {
    let items = URLComponents(string: url)?.queryItems ?? []
    return Dictionary(
      items.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
  }
}
