/// One real effect on a company's books, as the journal keeps it.
///
/// Tests count these and not the answers a client got: an invoice whose answer was dropped is an
/// effect, a replayed answer is none.
public struct Effect: Sendable, Hashable {
  /// The effect's place in the journal, from 1.
  public var sequence: Int
  /// When it happened on the sandbox's clock, as the service writes times.
  public var time: String
  /// The company.
  public var realm: String
  /// `create`, `update`, `deactivate`, `void`, `delete`, `send` or `edit`.
  public var operation: String
  /// The kind of object.
  public var kind: EntityKind
  /// The object's id.
  public var id: String
  /// The document number, for invoices and credit memos that have one.
  public var number: String?
  /// The name, for entries of lists.
  public var name: String?
  /// The total in the company's currency, for transactions.
  public var total: String?
  /// The request id the client sent.
  public var requestID: String?
  /// The item of the batch.
  public var batchItem: String?

  var json: JSONValue {
    var object = JSONObject()
    object["sequence"] = .number("\(sequence)")
    object["time"] = .text(time)
    object["realm"] = .text(realm)
    object["operation"] = .text(operation)
    object["entity"] = .text(kind.rawValue)
    object["id"] = .text(id)
    object["number"] = number.map { .text($0) }
    object["name"] = name.map { .text($0) }
    object["total"] = total.map { .text($0) }
    object["requestid"] = requestID.map { .text($0) }
    object["bId"] = batchItem.map { .text($0) }
    return .object(object)
  }
}

/// A change together with who asked for it and when: one line of the journal.
struct Commit: Sendable {
  var change: Change
  var realm: String
  var at: Double
  var requestID: String?
  var batchItem: String?
  /// A digest of the request's body, to notice a replay whose body differs.
  var digest = ""
  /// Whether the answer goes without `MetaData.LastUpdatedTime`.
  var isTimeless = false

  var json: JSONValue {
    var object = JSONObject()
    object["event"] = .text("commit")
    object["realm"] = .text(realm)
    object["at"] = .number("\(at)")
    object["operation"] = .text(change.operation)
    object["entity"] = .text(change.kind.rawValue)
    object["id"] = .text(change.id)
    object["next"] = .number("\(change.nextID)")
    object["requestid"] = requestID.map { .text($0) }
    object["bId"] = batchItem.map { .text($0) }
    if !digest.isEmpty { object["digest"] = .text(digest) }
    if isTimeless { object["timeless"] = .flag(true) }
    object["after"] = change.after.map { .object($0.members) }
    if !change.related.isEmpty {
      object["related"] = .list(
        change.related.map {
          .members(["entity": .text($0.kind.rawValue), "members": .object($0.members)])
        })
    }
    return .object(object)
  }

  init(
    change: Change, realm: String, at: Double, requestID: String? = nil, batchItem: String? = nil
  ) {
    self.change = change
    self.realm = realm
    self.at = at
    self.requestID = requestID
    self.batchItem = batchItem
  }

  /// The commit a journal line tells of.
  init?(_ line: JSONValue) {
    guard let realm = line["realm"]?.string, case .number(let digits)? = line["at"],
      let at = Double(digits), let operation = line["operation"]?.string,
      let kind = line["entity"]?.string.flatMap({ EntityKind(rawValue: $0) }),
      let id = line["id"]?.string, let next = line["next"]?.integer
    else { return nil }
    var change = Change(operation: operation, kind: kind, id: id, nextID: next)
    change.after = line["after"]?.members.map { Entity(kind: kind, members: $0, changed: at) }
    for other in line["related"]?.elements ?? [] {
      guard let kind = other["entity"]?.string.flatMap({ EntityKind(rawValue: $0) }),
        let members = other["members"]?.members
      else { return nil }
      change.related.append(Entity(kind: kind, members: members, changed: at))
    }
    self.init(
      change: change, realm: realm, at: at, requestID: line["requestid"]?.string,
      batchItem: line["bId"]?.string)
    digest = line["digest"]?.string ?? ""
    isTimeless = line["timeless"]?.bool ?? false
  }

  /// The answer to the write, without its time.
  func answer(shown members: JSONObject?) -> JSONObject {
    var object = JSONObject()
    if var members {
      if isTimeless {
        members["MetaData"] = members["MetaData"]?["CreateTime"].map {
          .members(["CreateTime": $0])
        }
      }
      object[change.kind.rawValue] = .object(members)
    } else {
      object[change.kind.rawValue] = .members([
        "domain": .text("QBO"), "status": .text("Deleted"), "Id": .text(change.id),
      ])
    }
    if let batchItem { object["bId"] = .text(batchItem) }
    return object
  }

  func effect(sequence: Int) -> Effect {
    let members = change.after?.members
    return Effect(
      sequence: sequence, time: ServiceTime.text(at), realm: realm, operation: change.operation,
      kind: change.kind, id: change.id, number: members?.string("DocNumber"),
      name: change.kind.isTransaction ? nil : change.after?.name,
      total: members?["TotalAmt"]?.decimal.map { $0.cents }, requestID: requestID,
      batchItem: batchItem)
  }
}

/// What the sandbox has seen since it started.
public struct Statistics: Sendable, Hashable {
  /// Requests to the accounting API, refused ones included.
  public var requests = 0
  /// Single writes among them.
  public var writes = 0
  /// Batches among them.
  public var batches = 0
  /// Reads and queries among them.
  public var reads = 0
  /// Requests answered with 429 because a limit was passed.
  public var throttled = 0
  /// Writes answered from memory because their request id was known.
  public var replays = 0
  /// Replays whose body differed from the one first sent.
  public var changedReplays = 0
  /// Requests without `minorversion=75` or later.
  public var withoutMinorVersion = 0
  /// Requests that did not ask for JSON.
  public var withoutAccept = 0
  /// Writes that carried no request id.
  public var writesWithoutRequestID = 0
  /// Codes exchanged for tokens.
  public var exchanges = 0
  /// Successful refreshes.
  public var refreshes = 0
  /// Refreshes answered with `invalid_grant`.
  public var refusedRefreshes = 0
  /// Requests with a token that is not valid (any more).
  public var unauthorised = 0
  /// The most requests that were under way at once for one company.
  public var mostAtOnce = 0
  /// The most requests within one second of the sandbox's clock for one company.
  public var mostPerSecond = 0
  /// The most requests within one minute of the sandbox's clock for one company.
  public var mostPerMinute = 0
  /// The most batches within one minute of the sandbox's clock for one company.
  public var mostBatchesPerMinute = 0
  /// How often each fault struck.
  public var faults: [InjectedFault: Int] = [:]

  var json: JSONValue {
    var object = JSONObject()
    for (name, value) in [
      ("requests", requests), ("writes", writes), ("batches", batches), ("reads", reads),
      ("throttled", throttled), ("replays", replays), ("changedReplays", changedReplays),
      ("withoutMinorVersion", withoutMinorVersion), ("withoutAccept", withoutAccept),
      ("writesWithoutRequestID", writesWithoutRequestID), ("exchanges", exchanges),
      ("refreshes", refreshes), ("refusedRefreshes", refusedRefreshes),
      ("unauthorised", unauthorised), ("mostAtOnce", mostAtOnce), ("mostPerSecond", mostPerSecond),
      ("mostPerMinute", mostPerMinute), ("mostBatchesPerMinute", mostBatchesPerMinute),
    ] {
      object[name] = .number("\(value)")
    }
    var struck = JSONObject()
    for fault in InjectedFault.allCases {
      if let count = faults[fault] { struck[fault.rawValue] = .number("\(count)") }
    }
    object["faults"] = .object(struck)
    return .object(object)
  }
}

/// One request the sandbox has seen.
public struct RequestRecord: Sendable, Hashable {
  /// When it arrived, on the sandbox's clock.
  public var time: String
  /// The HTTP method.
  public var method: String
  /// Path and query as sent.
  public var target: String
  /// The correlation id of the answer.
  public var intuitTID: String
  /// The headers, by lower-case name.
  public var headers: [String: String]
  /// The body as sent.
  public var body: String
}
