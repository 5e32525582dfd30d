internal import Foundation
public import Logging

/// How log lines are laid out.
public enum LogLayout: String, Sendable, CaseIterable {
  /// `time=… level=info event=batch-done batch=…`
  case logfmt
  /// One JSON object a line.
  case json
}

/// Writes log lines for programs: the time, the level, the event, and what belongs to it.
///
/// The message of each line is the event's name; values are ids, counts and paths. What a customer is
/// called or owes is never among them.
public struct LogLines: LogHandler {
  /// Values that stand on every line.
  public var metadata: Logger.Metadata = [:]
  /// From which level on lines are written.
  public var logLevel = Logger.Level.info
  private let layout: LogLayout
  private let timestamp: @Sendable () -> String
  private let write: @Sendable (String) -> Void

  /// A handler.
  ///
  /// - Parameters:
  ///   - layout: How lines are laid out.
  ///   - timestamp: The time, ISO 8601.
  ///   - write: Takes a line with its end.
  public init(
    _ layout: LogLayout, timestamp: @escaping @Sendable () -> String,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.layout = layout
    self.timestamp = timestamp
    self.write = write
  }

  /// A value that stands on every line.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes a line.
  public func log(event: LogEvent) {
    var pairs = [
      ("time", timestamp()), ("level", event.level.rawValue), ("event", "\(event.message)"),
    ]
    let values = metadata.merging(event.metadata ?? [:]) { _, new in new }
    pairs += values.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    let line =
      switch layout {
      case .logfmt: pairs.map { "\($0)=\(LogLines.logfmt($1))" }.joined(separator: " ")
      case .json:
        "{" + pairs.map { "\(LogLines.quoted($0)):\(LogLines.quoted($1))" }.joined(separator: ",")
          + "}"
      }
    write(line + "\n")
  }

  /// A value as logfmt has it: quoted when it holds a blank, a quote, an equals sign or anything odd.
  private static func logfmt(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy {
        (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x3D && $0 != 0x5C
      }
    return isPlain ? text : quoted(text)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
          || scalar.properties.generalCategory == .format
          || (0x2028...0x2029).contains(scalar.value)
        {
          for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          }
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
