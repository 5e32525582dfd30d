import Foundation
import QuickBooks
import TestSupport
import Vocabulary

@testable import loadbooks

/// A company with one qbXML run of seven documents, and a desk where answers to its files are written.
struct AnswerDesk {
  /// What the answer to a request shall be.
  enum Reply {
    case ok
    case total(String)
    case error(Int, String)
    case warning(Int, String)
    /// Done by its status, not done by its severity.
    case contradiction
    /// Done, with this inside.
    case raw(String)
  }

  let folder: TemporaryFolder
  private let clock = Clock()

  private final class Clock: @unchecked Sendable { var now = CommandRun.now }

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(
      """
      customer_name
      VendorCo
      GoodCo
      "O'Neil ""Big"" Trucking"

      """, to: "in/customers.csv")
    var rows = "invoice_number,customer_name,invoice_date,category,amount\n"
    for (number, customer, amount) in [
      (1001, "GoodCo", 100), (1002, "VendorCo", 200), (1003, "GoodCo", 300), (1004, "GoodCo", 400),
      (1005, "GoodCo", 500), (1006, "GoodCo", -60), (1007, "\"O'Neil \"\"Big\"\" Trucking\"", 70),
    ] {
      rows += "\(number),\(customer),2026-11-03,Line Haul,\(amount)\n"
    }
    try folder.write(rows, to: "in/invoices.csv")
    try folder.write(
      "kind,loadops,quickbooks,account,note\nitem,Line Haul,Linehaul,Freight Income,\n",
      to: "mapping.csv")
    _ = try CommandRun.run(["init", "company", "--name", "X"], in: folder.path)
    _ = try convert()
  }

  @discardableResult
  func run(_ words: String...) throws -> CommandRun { try run(words: words) }

  @discardableResult
  func run(words: [String], company: String = "company") throws -> CommandRun {
    clock.now += 60
    return try CommandRun.run(words + ["--company", company], in: folder.path, at: clock.now)
  }

  @discardableResult
  func convert(_ more: String...) throws -> CommandRun {
    try run(words: ["convert", "in", "--mapping", "mapping.csv", "--target", "qbxml"] + more)
  }

  /// The ids of the runs whose files are in the outbox, oldest first.
  var runs: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path("company/outbox"))) ?? [])
      .filter { $0.hasPrefix("2") }.sorted()
  }

  var newest: String { runs.last ?? "" }

  /// A file of a run; of the newest unless another is named.
  func path(_ name: String, of run: String? = nil) -> String {
    folder.path("company/outbox/\(run ?? newest)/\(name)")
  }

  func names(of run: String? = nil) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path("", of: run)).sorted()
  }

  func change(_ name: String, _ old: String, _ new: String) throws {
    let text = try String(contentsOfFile: path(name), encoding: .utf8)
    try Data(text.replacing(old, with: new).utf8).write(to: URL(fileURLWithPath: path(name)))
  }

  /// Writes the answer to a file of requests: done, unless a reply says otherwise, under ids that begin with
  /// `ids`; of all its requests, or of those in `only`.
  func answer(
    _ name: String, _ replies: [String: Reply], to requests: String = "002-documents.xml",
    of run: String? = nil, namesSet: Bool = true, only: Set<String>? = nil, ids: String = "T-",
    status: Int = 0
  ) throws {
    var body = ""
    var count = 0
    let set = try QBXMLRequests.forEach(ofFile: path(requests, of: run)) {
      (request) throws(Failure) in
      count += 1
      guard only?.contains(request.id) ?? true else { return }
      body += AnswerDesk.line(request, replies[request.id] ?? .ok, count, ids)
    }
    let id =
      namesSet ? " newMessageSetID=\"\(set ?? "")\" messageSetStatusCode=\"\(status)\"" : ""
    try folder.write(
      "<?xml version=\"1.0\" ?>\n<QBXML><QBXMLMsgsRs\(id)>\n\(body)</QBXMLMsgsRs></QBXML>\n",
      to: name)
  }

  /// Writes the answer to a file that asks for documents by their numbers: these records, and the customers
  /// that it asks for, under the ids that the answers to lists have.
  func answerQuestions(
    _ name: String, to file: String, with records: String, credits: String = "",
    customers: Bool = true, of run: String? = nil
  ) throws {
    let text = try String(contentsOfFile: path(file, of: run), encoding: .utf8)
    var body = ""
    for match in text.matches(of: /<(\w+)QueryRq requestID="(.*?)">/) {
      body +=
        "<\(match.1)QueryRs requestID=\"\(match.2)\" statusCode=\"0\" statusSeverity=\"Info\">"
      switch match.1 {
      case "Invoice": body += records
      case "CreditMemo": body += credits
      default:
        for name in text.matches(of: /<FullName>(.*?)</) where customers {
          body += "<CustomerRet><FullName>\(name.1)</FullName></CustomerRet>"
        }
      }
      body += "</\(match.1)QueryRs>\n"
    }
    try folder.write("<QBXML><QBXMLMsgsRs>\n\(body)</QBXMLMsgsRs></QBXML>", to: name)
  }

  /// An answer that says of a set that was sent what became of all of it.
  func answerSet(_ name: String, _ number: Int, status: Int, of run: String? = nil) throws {
    let set = QBXMLMessageSets(run: run ?? newest).id(number)
    try folder.write(
      "<QBXML><QBXMLMsgsRs newMessageSetID=\"\(set)\" messageSetStatusCode=\"\(status)\"/></QBXML>",
      to: name)
  }

  private static func line(
    _ request: QBXMLRequest, _ reply: Reply, _ count: Int, _ ids: String
  ) -> String {
    var (code, severity, message) = (0, "Info", "Status OK")
    var total = request.type == "CreditMemoAdd" ? -request.total : request.total
    var text = ""
    var inside: String?
    switch reply {
    case .ok: break
    case .total(let other):
      text = other
      total = Money(canonical: other) ?? total
    case .error(let status, let words): (code, severity, message) = (status, "Error", words)
    case .warning(let status, let words): (code, severity, message) = (status, "Warn", words)
    case .contradiction: severity = "Error"
    case .raw(let xml): inside = xml
    }
    if text.isEmpty { text = total.description }
    let record = String(request.type.dropLast(3))
    if inside == nil, severity != "Error" {
      inside =
        request.document == nil
        ? "<\(record)Ret><ListID>L\(count)</ListID><Name>\(escaped(request.name))</Name></\(record)Ret>"
        : "<\(record)Ret><TxnID>\(ids)\(request.id)</TxnID><EditSequence>1</EditSequence><CustomerRef>"
          + "<FullName>\(escaped(request.customer))</FullName></CustomerRef><TxnDate>\(request.date)</TxnDate>"
          + "<RefNumber>\(request.name)</RefNumber><Subtotal>\(text)</Subtotal></\(record)Ret>"
    }
    return "<\(request.type)Rs requestID=\"\(escaped(request.id))\" statusCode=\"\(code)\" "
      + "statusSeverity=\"\(severity)\" statusMessage=\"\(escaped(message))\">\(inside ?? "")"
      + "</\(request.type)Rs>\n"
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
  }
}
