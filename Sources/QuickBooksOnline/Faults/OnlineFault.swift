internal import Foundation
public import QuickBooks

/// What QuickBooks Online said against a request.
///
/// It is judged by its code and the HTTP status alone: its texts come in the language of the company and
/// are worded differently over time. They are shown, never read: also the ids in them, which may belong to
/// a vendor or to somebody else's invoice. Who has a name or a number is asked for.
public struct OnlineFault: Error, Hashable, Sendable {
  /// The HTTP status of the answer; 200 for a fault inside one that looks like success.
  public var status: Int
  /// The code without leading zeros; nil when the answer has none.
  public var code: Int?
  /// QuickBooks' short text.
  public var message: String
  /// QuickBooks' longer text.
  public var detail: String
  /// The field it names.
  public var element: String
  /// The id that Intuit's support asks for.
  public var tid: String

  /// A fault.
  public init(
    status: Int, code: Int?, message: String = "", detail: String = "", element: String = "",
    tid: String = ""
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.detail = detail
    self.element = element
    self.tid = tid
  }

  /// What to do about it.
  public var handling: FaultHandling { FaultTable.entry(self).handling }

  /// What to tell a bookkeeper.
  public var words: String { FaultTable.entry(self).words }

  /// The code as it is kept; the status when there is none.
  public var codeText: String { code.map(String.init) ?? "HTTP \(status)" }

  /// `words; QuickBooks said: "detail"`, and the id for Intuit's support.
  public var story: String {
    var text = words
    let said = detail.isEmpty ? message : detail
    if !said.isEmpty { text += " QuickBooks said: \"\(OnlineFault.short(said))\"" }
    text += " (code \(codeText)"
    if !element.isEmpty { text += ", field \(element)" }
    if !tid.isEmpty { text += ", intuit_tid \(tid)" }
    return text + ")"
  }

  private static func short(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.count > 300 ? line.prefix(300) + "…" : line
  }
}

extension OnlineFault {
  /// The fault in an answer's body; nil when there is none.
  ///
  /// Three shapes occur: `Fault` with `Error`, the gateway's `fault` with `error`, and the first as XML.
  public init?(json: OnlineJSON, status: Int, tid: String) {
    guard let fault = json["Fault"] ?? json["fault"], fault != .null else { return nil }
    let first = (fault["Error"] ?? fault["error"])?.elements.first ?? .null
    let part = { (names: [String]) in
      names.lazy.compactMap { first[$0]?.text }.first ?? ""
    }
    self.init(
      status: status, code: Int(part(["code"])), message: part(["Message", "message"]),
      detail: part(["Detail", "detail"]), element: part(["element"]), tid: tid)
  }

  /// The fault that an answer without success stands for, whatever its body is.
  public init(_ response: HTTPResponse) {
    let tid = response.headers["intuit_tid"] ?? ""
    if let json = OnlineJSON(bytes: response.body),
      let fault = OnlineFault(json: json, status: response.status, tid: tid)
    {
      self = fault
      return
    }
    let text = String(decoding: response.body.prefix(4096), as: UTF8.self)
    self.init(
      status: response.status, code: OnlineFault.attribute("code", in: text).flatMap(Int.init),
      message: OnlineFault.element("Message", in: text),
      detail: OnlineFault.element("Detail", in: text), tid: tid)
  }

  private static func attribute(_ name: String, in xml: String) -> String? {
    guard let error = xml.range(of: "<Error"),
      let start = xml[error.upperBound...].range(of: "\(name)=\"")
    else { return nil }
    return String(xml[start.upperBound...].prefix { $0 != "\"" })
  }

  private static func element(_ name: String, in xml: String) -> String {
    guard let start = xml.range(of: "<\(name)>"),
      let end = xml[start.upperBound...].range(of: "</\(name)>")
    else { return "" }
    return String(xml[start.upperBound..<end.lowerBound])
  }
}

/// What to do about a fault, sorted by what comes next.
public enum FaultHandling: Hashable, Sendable {
  /// The access token is used up: refresh once, then ask again with the same request id.
  case refresh
  /// Wait, then ask again with the same request id.
  case wait
  /// Nobody knows whether it was done: look, then ask again with the same request id.
  case unknown
  /// The number is taken: look whose document has it.
  case numberTaken
  /// The name is taken: look who has it.
  case nameTaken
  /// The record has changed since: read it again.
  case changedMeanwhile
  /// This record cannot be taken as it is; the others go on.
  case hold
  /// No record can be taken: the connection is not valid any more.
  case reconnect
  /// No record can be taken until somebody has done something in QuickBooks.
  case stop
}
