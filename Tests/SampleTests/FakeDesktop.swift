import Foundation
import QuickBooks
import TestSupport
import Vocabulary

/// A QuickBooks Desktop in memory: it carries request files out, answers them, and remembers sets by
/// their ids, as the real one is documented to do.
struct FakeDesktop {
  /// What it holds, by what it compares: names without case.
  private(set) var customers: [String: (name: String, id: String)] = [:]
  /// Names of vendors, which no customer may have.
  var vendors: Set<String> = []
  private(set) var items: Set<String> = []
  private(set) var accounts: Set<String> = []
  private(set) var terms: Set<String> = []
  private(set) var classes: Set<String> = []
  /// Documents by type and number; QuickBooks lets several have one number.
  private(set) var documents: [String: [(customer: String, total: Money, transaction: String)]] =
    [:]
  /// Answers to the sets that it remembers.
  private var remembered: [String: (request: String, answer: String)] = [:]
  /// How many in a hundred requests meet a lock.
  var locks = 0
  private var numbers: SeededGenerator
  private var lastID = 4096

  init(_ numbers: SeededGenerator) {
    self.numbers = numbers
  }

  /// Forgets what it answered before.
  mutating func forgetSets() { remembered = [:] }

  /// Carries a file out; returns the text of the answer.
  mutating func process(_ path: String) throws -> String {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let set = text.firstMatch(of: /newMessageSetID="([^"]*)"/).map { String($0.1) } ?? ""
    if text.contains("oldMessageSetID=") {
      return remembered[set]?.answer ?? answer(set, status: 9002, "")
    }
    if let known = remembered[set], !set.isEmpty {
      return known.request == text ? known.answer : answer(set, status: 9001, "")
    }
    var stops = false
    var body = ""
    try QBXMLRequests.forEach(ofFile: path, validating: true) { request throws(Failure) in
      if request.type.hasSuffix("Query") {
        body += lookUp(request, text)
      } else if stops {
        body += line(request, 3231, "The request has not been processed.")
      } else {
        let (reply, failed) = add(request, text)
        body += reply
        if failed, text.contains("onError=\"stopOnError\"") { stops = true }
      }
    }
    let result = answer(set, status: 0, body)
    if !set.isEmpty { remembered[set] = (text, result) }
    return result
  }

  private func answer(_ set: String, status: Int, _ body: String) -> String {
    let id = set.isEmpty ? "" : " newMessageSetID=\"\(set)\" messageSetStatusCode=\"\(status)\""
    return "<?xml version=\"1.0\" ?>\n<QBXML><QBXMLMsgsRs\(id)>\n\(body)</QBXMLMsgsRs></QBXML>\n"
  }

  private func line(_ request: QBXMLRequest, _ code: Int, _ message: String) -> String {
    "<\(request.type)Rs requestID=\"\(xml(request.id))\" statusCode=\"\(code)\" statusSeverity=\"Error\" "
      + "statusMessage=\"\(xml(message))\" />\n"
  }

  private func xml(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out += scalar.isASCII ? String(scalar) : "&#\(scalar.value);"
      }
    }
    return out
  }

  private mutating func newID() -> String {
    lastID += 1
    return String(lastID, radix: 16, uppercase: true) + "-1795435200"
  }

  private mutating func add(_ request: QBXMLRequest, _ text: String) -> (String, failed: Bool) {
    if Int.random(in: 0..<100, using: &numbers) < locks {
      return (
        line(
          request, 3180,
          "There was an error when saving it.  QuickBooks error message: The list could not be locked."
        ), true
      )
    }
    let key = request.name.lowercased()
    let isTaken: Bool
    switch request.type {
    case "CustomerAdd": isTaken = customers[key] != nil || vendors.contains(key)
    case "AccountAdd": isTaken = !accounts.insert(key).inserted
    case "StandardTermsAdd": isTaken = !terms.insert(key).inserted
    case "ClassAdd": isTaken = !classes.insert(key).inserted
    case "ItemServiceAdd", "ItemOtherChargeAdd": isTaken = !items.insert(key).inserted
    default: return document(request, text)
    }
    if isTaken {
      return (
        line(request, 3100, "The name \"\(request.name)\" of the list element is already in use."),
        true
      )
    }
    let id = newID()
    if request.type == "CustomerAdd" { customers[key] = (request.name, id) }
    let record = request.type.dropLast(3)
    return (
      "<\(request.type)Rs requestID=\"\(xml(request.id))\" statusCode=\"0\" statusSeverity=\"Info\" "
        + "statusMessage=\"Status OK\"><\(record)Ret><ListID>\(id)</ListID>"
        + "<EditSequence>1</EditSequence><Name>\(xml(request.name))</Name></\(record)Ret></\(request.type)Rs>\n",
      false
    )
  }

  private mutating func document(
    _ request: QBXMLRequest, _ text: String
  ) -> (String, failed: Bool) {
    let noun = request.type == "InvoiceAdd" ? "Invoice" : "CreditMemo"
    guard customers[request.customer.lowercased()] != nil else {
      return (
        line(
          request, 3140,
          "There is an invalid reference to QuickBooks Customer \"\(request.customer)\" in the \(noun)."
        ),
        true
      )
    }
    let own = text.split(separator: "\n", omittingEmptySubsequences: false)
      .dropFirst(request.line - 1).prefix { !$0.contains("</\(request.type)Rq>") }.joined()
    for match in own.matches(of: /<ItemRef><FullName>(.*?)<\/FullName>/) {
      let item = String(match.1).replacing("&amp;", with: "&")
      guard items.contains(item.lowercased()) else {
        return (
          line(
            request, 3140,
            "There is an invalid reference to QuickBooks Item \"\(item)\" in the \(noun)."), true
        )
      }
    }
    let transaction = newID()
    let total = noun == "Invoice" ? request.total : -request.total
    documents["\(noun) \(request.name)", default: []].append(
      (request.customer, total, transaction))
    return (
      "<\(request.type)Rs requestID=\"\(xml(request.id))\" statusCode=\"0\" statusSeverity=\"Info\" "
        + "statusMessage=\"Status OK\">"
        + record(noun, request.name, request.customer, total, transaction)
        + "</\(request.type)Rs>\n", false
    )
  }

  private func record(
    _ noun: String, _ number: String, _ customer: String, _ total: Money, _ transaction: String
  ) -> String {
    "<\(noun)Ret><TxnID>\(transaction)</TxnID><EditSequence>1</EditSequence><CustomerRef><FullName>"
      + "\(xml(customer))</FullName></CustomerRef><RefNumber>\(xml(number))</RefNumber>"
      + "<Subtotal>\(total)</Subtotal></\(noun)Ret>"
  }

  private func lookUp(_ request: QBXMLRequest, _ text: String) -> String {
    let noun = String(request.type.dropLast(5))
    let own =
      text.components(separatedBy: "requestID=\"\(request.id)\"").last?
      .components(separatedBy: "</\(request.type)Rq>").first ?? ""
    var body = ""
    for match in own.matches(of: /<FullName>(.*?)</) {
      let name = String(match.1).replacing("&amp;", with: "&").replacing("&quot;", with: "\"")
      guard let known = customers[name.lowercased()] else { continue }
      body +=
        "<CustomerRet><ListID>\(known.id)</ListID><FullName>\(xml(known.name))</FullName></CustomerRet>"
    }
    for match in own.matches(of: /<RefNumberCaseSensitive>(.*?)</) {
      for found in documents["\(noun) \(match.1)"] ?? [] {
        body += record(noun, String(match.1), found.customer, found.total, found.transaction)
      }
    }
    let status = body.isEmpty ? 1 : 0
    return "<\(request.type)Rs requestID=\"\(xml(request.id))\" statusCode=\"\(status)\" "
      + "statusSeverity=\"Info\" statusMessage=\"\">\(body)</\(request.type)Rs>\n"
  }
}
