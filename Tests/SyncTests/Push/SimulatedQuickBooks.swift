import Foundation
import QuickBooks
import QuickBooksOnline
import Synchronization
import TestSupport
import Vocabulary

/// A small QuickBooks Online for tests of the push: what it keeps, how long it takes, and how it fails.
///
/// It knows just enough: customers, items, terms, invoices, credit memos, batches, lookups by number, id
/// and name, request ids, and the limits on the clock of the test.
final class SimulatedQuickBooks: OnlineTransport {
  struct Faults: Sendable {
    /// Of 100 writes, so many are done and their answer is lost.
    var commitThenDrop = 0
    /// So many are lost before they arrive.
    var dropBefore = 0
    /// So many are answered with status 500, half of them after they were done.
    var serverErrors = 0
    /// Whether a repeated request id gives the first answer again.
    var honoursRequestIDs = true
    /// Whether a number can be used twice.
    var refusesDuplicateNumbers = false
    /// Enforces 10 a second, 500 a minute, 40 batches a minute.
    var enforcesLimits = false
    /// The time a document takes.
    var perDocument = Duration.zero
    /// The answer to the next writes, once each, in place of doing them.
    var scripted: [HTTPResponse] = []
    /// Ends everything with this failure after so many requests; nil for never.
    var diesAfter: Int?
    /// Called after a write with the number of invoices that are there.
    var afterWrite: (@Sendable (Int) -> Void)?
  }

  struct Record: Sendable {
    var entity: String
    var id: String
    var json: OnlineJSON
  }

  struct State {
    var faults = Faults()
    var records: [Record] = []
    var nextID = 100
    var answers: [String: [UInt8]] = [:]
    var requests: [(time: Duration, isBatch: Bool)] = []
    var refusals = 0
    var log: [HTTPRequest] = []
    var random = SeededGenerator(seed: 1)
    /// Documents that were changed by somebody else: their ids.
    var touched: Set<String> = []
  }

  let clock: any OnlineClock
  let state = Mutex(State())

  init(clock: any OnlineClock, seed: UInt64 = 1) {
    self.clock = clock
    state.withLock { $0.random = SeededGenerator(seed: seed) }
  }

  func set(_ change: (inout Faults) -> Void) { state.withLock { change(&$0.faults) } }

  /// The documents that are there.
  func documents(_ entity: String = "Invoice") -> [OnlineJSON] {
    state.withLock { $0.records.filter { $0.entity == entity }.map(\.json) }
  }

  @discardableResult
  func add(_ entity: String, _ members: (String, OnlineJSON)...) -> String {
    state.withLock { state in
      let all = members.map { OnlineJSON.Member($0.0, $0.1) }
      return SimulatedQuickBooks.create(entity, .object(all), &state)["Id"]?.text ?? ""
    }
  }

  func send(
    _ request: HTTPRequest, timeout: Duration
  ) async throws(TransportFailure) -> HTTPResponse {
    let isWrite = request.method == .post
    let isBatch = request.url.contains("/batch?")
    let size =
      isBatch
      ? OnlineJSON(bytes: request.body)?["BatchItemRequest"]?.elements.count ?? 1 : 1
    let plan = state.withLock {
      state -> (throttled: Bool, dice: Int, scripted: HTTPResponse?, dies: Bool) in
      state.log.append(request)
      let now = clock.now
      if let left = state.faults.diesAfter {
        state.faults.diesAfter = left - 1
        if left <= 0 { return (false, 100, nil, true) }
      }
      let throttled = state.faults.enforcesLimits && state.isTooMuch(now, isBatch)
      if throttled { state.refusals += 1 } else { state.requests.append((now, isBatch)) }
      let scripted =
        isWrite && !state.faults.scripted.isEmpty ? state.faults.scripted.removeFirst() : nil
      return (throttled, isWrite ? Int(state.random.next() % 100) : 100, scripted, false)
    }
    if plan.dies { throw .unknown("the connection is gone") }
    if plan.throttled { return SimulatedQuickBooks.fault(429, "3001", "throttled") }
    if let scripted = plan.scripted { return scripted }
    let faults = state.withLock { $0.faults }
    var limit = faults.dropBefore
    if plan.dice < limit { throw .unknown("dropped before") }
    if isWrite { await clock.sleep(faults.perDocument * size) }
    if plan.dice < limit + faults.serverErrors / 2 {
      return SimulatedQuickBooks.fault(500, "10000", "before")
    }
    limit += faults.serverErrors / 2
    let answer = state.withLock { SimulatedQuickBooks.answer(request, &$0) }
    if isWrite { faults.afterWrite?(documents().count) }
    if plan.dice < limit + faults.commitThenDrop { throw .unknown("dropped after") }
    limit += faults.commitThenDrop
    if plan.dice < limit + (faults.serverErrors + 1) / 2 {
      return SimulatedQuickBooks.fault(500, "10000", "after")
    }
    return answer
  }

  // MARK: - Answers

  static func fault(_ status: Int, _ code: String, _ detail: String) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: ["intuit_tid": "1-test"], body: faultJSON(code, detail).bytes)
  }

  private static func faultJSON(_ code: String, _ detail: String) -> OnlineJSON {
    .of(
      (
        "Fault",
        .of(
          (
            "Error",
            .array([
              .of(("Message", .string("no")), ("Detail", .string(detail)), ("code", .string(code)))
            ])
          ), ("type", .string("ValidationFault")))
      ))
  }

  private static func answer(_ request: HTTPRequest, _ state: inout State) -> HTTPResponse {
    let path = request.url.split(separator: "?")[0]
    let resource = path.split(separator: "/").last.map(String.init) ?? ""
    let query = Endpoint.query(of: request.url)
    if resource == "query" {
      return HTTPResponse(status: 200, body: found(query["query"] ?? "", state).bytes)
    }
    guard request.method == .post, let body = OnlineJSON(bytes: request.body) else {
      return fault(400, "500", "unsupported")
    }
    let requestID = query["requestid"] ?? ""
    if state.faults.honoursRequestIDs, resource != "batch", let old = state.answers[requestID] {
      return HTTPResponse(status: 200, body: old)
    }
    if resource == "batch" {
      let items = (body["BatchItemRequest"]?.elements ?? []).map { item -> OnlineJSON in
        let id = item["bId"]?.text ?? ""
        let key = requestID + " " + id
        if state.faults.honoursRequestIDs,
          let old = state.answers[key].flatMap({ OnlineJSON(bytes: $0) })
        {
          return old
        }
        let entity = item.members.first { $0.name != "bId" && $0.name != "operation" }
        var answer = write(entity?.name ?? "", entity?.value ?? .null, nil, &state)
        if case .object(let members) = answer {
          answer = .object(members + [.init("bId", .string(id))])
        }
        if answer["Fault"] == nil { state.answers[key] = answer.bytes }
        return answer
      }
      // In another order than they were asked.
      return HTTPResponse(
        status: 200, body: OnlineJSON.of(("BatchItemResponse", .array(items.reversed()))).bytes)
    }
    let names = [
      "invoice": "Invoice", "creditmemo": "CreditMemo", "customer": "Customer", "item": "Item",
      "term": "Term", "class": "Class",
    ]
    let answer = write(names[resource] ?? "", body, query["operation"], &state)
    let status = answer["Fault"] == nil ? 200 : 400
    if status == 200 { state.answers[requestID] = answer.bytes }
    return HTTPResponse(status: status, body: answer.bytes)
  }

  private static func write(
    _ entity: String, _ body: OnlineJSON, _ operation: String?, _ state: inout State
  ) -> OnlineJSON {
    if let operation, let id = body["Id"]?.text {
      guard let index = state.records.firstIndex(where: { $0.entity == entity && $0.id == id })
      else {
        return faultJSON("610", "Object Not Found")
      }
      guard state.records[index].json["SyncToken"] == body["SyncToken"] else {
        return faultJSON("5010", "Stale Object")
      }
      if operation == "delete" {
        state.records.remove(at: index)
        return .of((entity, .of(("status", .string("Deleted")), ("Id", .string(id)))))
      }
      state.records[index].json = changed(
        state.records[index].json,
        [
          "TotalAmt": .number("0"), "Balance": .number("0"), "PrivateNote": .string("Voided"),
          "SyncToken": .string("1"),
        ])
      return .of((entity, state.records[index].json))
    }
    if entity == "Customer" {
      let name = body["DisplayName"]?.text?.lowercased()
      let other = state.records.first {
        ["Customer", "Vendor", "Employee"].contains($0.entity)
          && $0.json["DisplayName"]?.text?.lowercased() == name
      }
      if let other {
        return faultJSON("6240", "The name supplied already exists. : Id=\(other.id)")
      }
    }
    if state.faults.refusesDuplicateNumbers, let number = body["DocNumber"],
      let other = state.records.first(where: {
        $0.entity == entity && $0.json["DocNumber"] == number
      })
    {
      return faultJSON(
        "6140",
        "DocNumber=\(number.text ?? "") is assigned to TxnType=\(entity) with TxnId=\(other.id)")
    }
    return .of((entity, create(entity, body, &state)))
  }

  private static func create(
    _ entity: String, _ body: OnlineJSON, _ state: inout State
  ) -> OnlineJSON {
    let id = String(state.nextID)
    state.nextID += 1
    var members = body.members
    members += [.init("Id", .string(id)), .init("SyncToken", .string("0"))]
    if let lines = body["Line"]?.elements {
      let total = lines.reduce(Money.zero) { $0 + ($1["Amount"]?.money ?? .zero) }
      members += [.init("TotalAmt", total.json), .init("Balance", total.json)]
    }
    if body["FullyQualifiedName"] == nil, let name = body["DisplayName"] ?? body["Name"] {
      members.append(.init("FullyQualifiedName", name))
    }
    let json = OnlineJSON.object(members)
    state.records.append(Record(entity: entity, id: id, json: json))
    return json
  }

  static func changed(_ json: OnlineJSON, _ new: [String: OnlineJSON]) -> OnlineJSON {
    .object(
      json.members.map { .init($0.name, new[$0.name] ?? $0.value) }
        + new.filter { json[$0.key] == nil }.map { .init($0.key, $0.value) })
  }

  /// Answers the few questions that a push asks.
  private static func found(_ statement: String, _ state: State) -> OnlineJSON {
    let words = statement.split(separator: " ").map(String.init)
    let entity = words[3]
    let field = words[5]
    let values = Set(
      statement.matches(of: #/'((?:[^'\\]|\\.)*)'/#).map {
        String($0.output.1).replacing("\\'", with: "'").replacing("\\\\", with: "\\").lowercased()
      })
    let records = state.records.filter {
      $0.entity == entity && values.contains($0.json[field]?.text?.lowercased() ?? "")
    }
    guard !records.isEmpty else { return .of(("QueryResponse", .of())) }
    return .of(("QueryResponse", .of((entity, .array(records.map(\.json))))))
  }
}

extension SimulatedQuickBooks.State {
  /// Whether one more request now is more than Intuit allows.
  fileprivate func isTooMuch(_ now: Duration, _ isBatch: Bool) -> Bool {
    let minute = requests.suffix(600).filter { now - $0.time < .seconds(60) }
    let second = minute.filter { now - $0.time < .seconds(1) }
    return minute.count >= 500 || second.count >= 10
      || isBatch && minute.count(where: \.isBatch) >= 40
  }
}
