import Foundation

extension SandboxEngine {
  /// Does the work of a request whose service time has passed.
  func perform(_ call: APICall, _ order: WorkOrder) -> APIAnswer {
    do throws(ServiceFault) {
      if order.work.isWrite { try checkRequestID(call, order.work) }
      switch order.work {
      case .batch: return try batch(call, order)
      case .write, .send: return try single(call, order)
      default:
        guard !order.isCutOff else { return .html(504, "Gateway Time-out") }
        let time = ServiceTime.text(clock.now)
        var body = try read(order)
        body["time"] = .text(time)
        return formed(.object(body), status: 200, call)
      }
    } catch {
      return refused(error, call)
    }
  }

  private func checkRequestID(_ call: APICall, _ work: APIWork) throws(ServiceFault) {
    guard let id = call.requestID else { return }
    let maximum = work == .batch ? 36 : 50
    guard id.count <= maximum else { throw .requestID(id.count, maximum: maximum) }
  }

  private func read(_ order: WorkOrder) throws(ServiceFault) -> JSONObject {
    guard let company = companies[order.realm] else { throw .notFound }
    var body = JSONObject()
    switch order.work {
    case .read(let kind, let id):
      guard let entity = company.entity(kind, id) else { throw .notFound }
      body[kind.rawValue] = .object(company.shown(entity))
    case .companyInfo: body["CompanyInfo"] = company.companyInfo
    case .preferences: body["Preferences"] = company.preferences
    case .query(let text): body["QueryResponse"] = try company.answer(to: text)
    default: throw .unsupported("read")
    }
    return body
  }

  /// The body of a write as an object; broken text is the service's code 500 or 2010.
  private func parsed(_ call: APICall) throws(ServiceFault) -> JSONObject {
    do throws(JSONRefusal) {
      guard let object = try JSONValue(bytes: call.body).members else {
        throw JSONRefusal.malformed(at: 0)
      }
      return object
    } catch {
      if case .malformed(let place) = error { throw .unknownMember("at byte \(place)") }
      throw .unsupported("MalformedByteSequence: Invalid byte of UTF-8 sequence")
    }
  }

  private func single(_ call: APICall, _ order: WorkOrder) throws(ServiceFault) -> APIAnswer {
    let isHonoured = knobs[.requestID] == "honoured"
    let key = call.requestID.map { Self.key(order.realm, $0) }
    if isHonoured, let key, let answer = kept[key] {
      noteReplay(answer, digest: call.digest)
      return formed(timed(answer.body, answer.time), status: answer.status, call)
    }
    guard !order.isCutOff, order.itemLimit == nil else { return .html(504, "Gateway Time-out") }
    let now = clock.now
    do throws(ServiceFault) {
      var commit = Commit(
        change: try workedOut(call, order, now: now), realm: order.realm, at: now)
      commit.requestID = isHonoured ? call.requestID : nil
      commit.digest = call.digest
      commit.isTimeless = commit.change.operation == "create" && knobs.isOn(.freshWithoutTime)
      let body = try self.commit(commit)
      return formed(timed(body, ServiceTime.text(now)), status: 200, call)
    } catch {
      if let key, isHonoured, knobs.isOn(.storedFailures), error.status == 400 {
        let body = error.body(french: knobs[.language] == "french", time: nil).members
        try keepRefusal(
          key,
          KeptAnswer(
            status: error.status, body: body ?? JSONObject(), time: ServiceTime.text(now),
            digest: call.digest))
      }
      throw error
    }
  }

  /// The change a single write asks for.
  ///
  /// The books are only looked at in here: held any longer, they would be copied by the commit.
  private func workedOut(_ call: APICall, _ order: WorkOrder, now: Double) throws(ServiceFault)
    -> Change
  {
    guard let company = companies[order.realm] else { throw .notFound }
    let context = WriteContext(now: now, allowsDuplicateNumber: allowsDuplicates(call))
    switch order.work {
    case .send(let id): return try company.send(id, in: context)
    case .write(let kind, let operation):
      return try change(company, kind, operation, try parsed(call), context)
    default: throw .unsupported("write")
    }
  }

  private func allowsDuplicates(_ call: APICall) -> Bool {
    call.parameters["include"]?.lowercased().contains("allowduplicatedocnum") == true
  }

  private func change(
    _ company: Company, _ kind: EntityKind, _ operation: String?, _ body: JSONObject,
    _ context: WriteContext
  ) throws(ServiceFault) -> Change {
    switch operation?.lowercased() {
    case nil, "create": return try company.write(kind, body, in: context)
    case "update" where kind == .payment: return try company.void(kind, body, in: context)
    case "update": return try company.write(kind, body, in: context)
    case "delete": return try company.delete(kind, body, in: context)
    case "void": return try company.void(kind, body, in: context)
    case let other?: throw .unsupported("\(other) on \(kind.rawValue)")
    }
  }

  private func noteReplay(_ answer: KeptAnswer, digest: String) {
    statistics.replays += 1
    if !answer.digest.isEmpty, answer.digest != digest { statistics.changedReplays += 1 }
  }

  private func timed(_ body: JSONObject, _ time: String?) -> JSONValue {
    var body = body
    body["time"] = time.map { .text($0) }
    return .object(body)
  }

  // MARK: Batches

  private func batch(_ call: APICall, _ order: WorkOrder) throws(ServiceFault) -> APIAnswer {
    let body = try parsed(call)
    for member in body.members where member.name != "BatchItemRequest" {
      throw .unknownMember(member.name)
    }
    guard let items = body["BatchItemRequest"]?.elements, !items.isEmpty else {
      throw .missing("BatchItemRequest")
    }
    guard items.count <= 30 else {
      throw .plain(
        "1040", "The maximum number of batch items (30) is exceeded: \(items.count)",
        "Le nombre maximal d’éléments par lot (30) est dépassé : \(items.count)")
    }
    if call.requestID != nil {
      for item in items {
        let id = item["bId"]?.string ?? ""
        guard id.count <= 10 else { throw .length("bId", maximum: 10, supplied: id.count) }
      }
    }
    var answers: [JSONValue] = []
    var made: Set<String> = []
    // No item sees what another one did: queries ask the company as it was before the batch.
    let before = items.contains { $0["Query"] != nil } ? companies[order.realm] : nil
    for item in items.prefix(order.itemLimit ?? items.count) {
      answers.append(try answer(to: item, call, order, before: before, made: &made))
    }
    guard !order.isCutOff else { return .html(504, "Gateway Time-out") }
    if knobs.isOn(.shuffledBatches) { answers.shuffle(using: &chance) }
    var time = ServiceTime.text(clock.now)
    if let id = call.requestID, knobs[.requestID] == "honoured", order.itemLimit == nil {
      let key = Self.key(order.realm, id)
      if let known = kept[key]?.time, made.isEmpty {
        time = known
      } else {
        try keepBatch(key, time: time)
      }
    }
    var result = JSONObject()
    result["BatchItemResponse"] = .list(answers)
    return formed(timed(result, time), status: 200, call)
  }

  private func answer(
    to item: JSONValue, _ call: APICall, _ order: WorkOrder, before: Company?,
    made: inout Set<String>
  ) throws(ServiceFault) -> JSONValue {
    let bID = item["bId"]?.string ?? ""
    let isHonoured = knobs[.requestID] == "honoured"
    let key = call.requestID.map { Self.key(order.realm, $0, bID) }
    let digest = Self.digest(item)
    if isHonoured, let key, let known = kept[key] {
      noteReplay(known, digest: digest)
      return .object(known.body)
    }
    do throws(ServiceFault) {
      if let query = item["Query"]?.string {
        var answer = JSONObject()
        answer["QueryResponse"] = try before?.answer(to: query)
        answer["bId"] = .text(bID)
        return .object(answer)
      }
      let now = clock.now
      var context = WriteContext(now: now, invisible: made)
      context.allowsDuplicateNumber =
        item["optionsData"]?.string?.lowercased() == "allowduplicatedocnum"
        || allowsDuplicates(call)
      var commit = Commit(
        change: try change(item, order.realm, context), realm: order.realm, at: now)
      commit.requestID = isHonoured ? call.requestID : nil
      commit.batchItem = bID
      commit.digest = digest
      commit.isTimeless = commit.change.operation == "create" && knobs.isOn(.freshWithoutTime)
      let body = try self.commit(commit)
      made.insert(commit.change.id)
      return .object(body)
    } catch {
      var body = JSONObject()
      body["Fault"] = error.inner(french: knobs[.language] == "french")
      body["bId"] = .text(bID)
      if let key, isHonoured, knobs.isOn(.storedFailures) {
        try keepRefusal(key, KeptAnswer(body: body, time: nil, digest: digest))
      }
      return .object(body)
    }
  }

  private func change(_ item: JSONValue, _ realm: String, _ context: WriteContext)
    throws(ServiceFault) -> Change
  {
    guard let company = companies[realm] else { throw .notFound }
    let members = item.members?.members ?? []
    let known = ["bId", "operation", "optionsData"]
    guard let payload = members.first(where: { !known.contains($0.name) }) else {
      throw .missing("BatchItemRequest.operation")
    }
    guard let kind = EntityKind(rawValue: payload.name), let body = payload.value.members else {
      throw .unknownMember(payload.name)
    }
    guard let operation = item["operation"]?.string else { throw .missing("operation") }
    guard ["create", "update", "delete"].contains(operation.lowercased()) else {
      throw .unsupported("\(operation) in a batch")
    }
    if operation.lowercased() == "update", item["optionsData"]?.string?.lowercased() == "void" {
      return try company.void(kind, body, in: context)
    }
    return try change(company, kind, operation, body, context)
  }

  private static func digest(_ item: JSONValue) -> String {
    APICall(method: "", target: "", headers: [:], body: Array(item.jsonText.utf8)).digest
  }
}
