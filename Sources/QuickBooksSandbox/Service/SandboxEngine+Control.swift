import Foundation

extension SandboxEngine {
  /// Answers `/sandbox/…`, the door for tests and the curious that the real service does not have.
  func control(_ call: APICall) -> APIAnswer {
    do {
      return .json(try controlled(call))
    } catch let refusal as ControlRefusal {
      return .json(.members(["error": .text(refusal.reason)]), status: refusal.status)
    } catch let refusal as KnobRefusal {
      return .json(.members(["error": .text(refusal.description)]), status: 400)
    } catch let refusal as ServiceFault {
      return .json(.members(["error": .text(refusal.detail.english)]), status: 400)
    } catch {
      return .json(.members(["error": .text("\(error)")]), status: 400)
    }
  }

  private struct ControlRefusal: Error {
    var status = 400
    var reason: String
  }

  private func controlled(_ call: APICall) throws -> JSONValue {
    let body = call.body.isEmpty ? nil : try? JSONValue(bytes: call.body)
    switch (call.method, call.path.dropFirst().joined(separator: "/")) {
    case ("GET", ""): return summary
    case ("GET", "knobs"): return knobList
    case ("POST", "knobs"):
      guard let settings = body?.members else { throw ControlRefusal(reason: "send an object") }
      try set(settings.members.map { ($0.name, Self.knobText($0.value)) })
      return knobList
    case ("GET", "faults"): return scriptList
    case ("POST", "faults"):
      for value in body?.elements ?? [body ?? .null] { script.append(try Self.scripted(value)) }
      return scriptList
    case ("DELETE", "faults"):
      script = []
      return scriptList
    case ("GET", "journal"): return journalList(call)
    case ("GET", "statistics"): return statistics.json
    case ("DELETE", "statistics"):
      statistics = Statistics()
      return statistics.json
    case ("GET", "requests"): return requestList
    case ("GET", "clock"): return clockState
    case ("POST", "clock"):
      if let factor = body?["factor"]?.seconds { clock.factor = factor }
      if let seconds = body?["advance"]?.seconds { try advance(by: seconds) }
      return clockState
    case ("POST", "connect"):
      let realm = body?["realm"]?.string ?? CompanySeed.realms[0].realm
      guard companies[realm] != nil else { throw ControlRefusal(reason: "no company \(realm)") }
      let lineage = try connect(realm: realm)
      var answer =
        Authority.answer(lineage, knobs: knobs, now: clock.now, withHardLife: true).members
        ?? JSONObject()
      answer["realmId"] = .text(realm)
      return .object(answer)
    case ("POST", "edit"):
      guard let edit = body?.members else { throw ControlRefusal(reason: "send an object") }
      return try edited(edit)
    default:
      throw ControlRefusal(
        status: 404, reason: "no such control; GET /sandbox names them all")
    }
  }

  private var summary: JSONValue {
    .members([
      "controls": .list(
        [
          "GET /sandbox/knobs", "POST /sandbox/knobs {\"service-seconds\": 0.25}",
          "GET /sandbox/faults", "DELETE /sandbox/faults",
          "POST /sandbox/faults {\"fault\": \"commit-then-drop\", \"on\": \"writes\", \"skip\": 0, "
            + "\"times\": 1}",
          "GET /sandbox/journal?since=0&realm=&operation=&entity=&summary=",
          "GET /sandbox/statistics", "DELETE /sandbox/statistics", "GET /sandbox/requests",
          "GET /sandbox/clock", "POST /sandbox/clock {\"advance\": 3600, \"factor\": 1}",
          "POST /sandbox/connect {\"realm\": \"…\"}",
          "POST /sandbox/edit {\"realm\": \"…\", \"entity\": \"Invoice\", \"id\": \"…\", "
            + "\"members\": {}}",
        ].map { .text($0) }),
      "companies": .list(
        CompanySeed.realms.map {
          .members(["realmId": .text($0.realm), "CompanyName": .text($0.name)])
        }), "client_id": .text(credentials.identifier), "seed": .text("\(seed)"),
    ])
  }

  private var knobList: JSONValue {
    .object(JSONObject(knobs.all.map { .init(name: $0.name, value: .text($0.value)) }))
  }

  private static func knobText(_ value: JSONValue) -> String {
    switch value {
    case .text(let text): text
    case .flag(let flag): flag ? "on" : "off"
    default: value.jsonText
    }
  }

  private var scriptList: JSONValue {
    .members([
      "faults": .list(
        script.map {
          .members([
            "fault": .text($0.fault.rawValue), "on": .text($0.target.rawValue),
            "skip": .number("\($0.skip)"), "times": .number("\($0.times)"),
          ])
        })
    ])
  }

  private static func scripted(_ value: JSONValue) throws -> ScriptedFault {
    guard let fault = value["fault"]?.string.flatMap({ InjectedFault(rawValue: $0) }) else {
      throw ControlRefusal(
        reason: "fault is one of "
          + InjectedFault.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let name = value["on"]?.string ?? FaultTarget.writes.rawValue
    guard let target = FaultTarget(rawValue: name) else {
      throw ControlRefusal(
        reason: "on is one of " + FaultTarget.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return ScriptedFault(
      fault, on: target, skip: value["skip"]?.integer ?? 0, times: value["times"]?.integer ?? 1)
  }

  private func journalList(_ call: APICall) -> JSONValue {
    let wanted = call.parameters
    let since = Int(wanted["since"] ?? "") ?? 0
    let found = effects.filter { effect in
      effect.sequence > since && (wanted["realm"] ?? "").isEmptyOr(effect.realm)
        && (wanted["operation"] ?? "").isEmptyOr(effect.operation)
        && (wanted["entity"] ?? "").isEmptyOr(effect.kind.rawValue)
    }
    var answer = JSONObject()
    answer["count"] = .number("\(found.count)")
    answer["last"] = .number("\(effects.count)")
    if wanted["summary"] == nil { answer["effects"] = .list(found.map(\.json)) }
    return .object(answer)
  }

  private var requestList: JSONValue {
    .members([
      "requests": .list(
        records.map { record in
          .members([
            "time": .text(record.time), "method": .text(record.method),
            "target": .text(record.target), "intuit_tid": .text(record.intuitTID),
            "user-agent": .text(record.headers["user-agent"] ?? ""),
            "bytes": .number("\(record.body.utf8.count)"), "body": .text(record.body),
          ])
        })
    ])
  }

  private var clockState: JSONValue {
    .members(["now": .text(ServiceTime.text(clock.now)), "factor": .number("\(clock.factor)")])
  }

  private func edited(_ edit: JSONObject) throws -> JSONValue {
    let realm = edit.string("realm") ?? CompanySeed.realms[0].realm
    guard let kind = edit.string("entity").flatMap({ EntityKind(named: $0) }),
      let id = edit.string("id")
    else { throw ControlRefusal(reason: "entity and id are needed") }
    return .object(try self.edit(realm, kind, id, edit["members"]?.members ?? JSONObject()))
  }

  /// Does what a person does in the QuickBooks window: changes an object behind the client's back.
  func edit(_ realm: String, _ kind: EntityKind, _ id: String, _ members: JSONObject) throws
    -> JSONObject
  {
    guard let company = companies[realm] else { throw ServiceFault.notFound }
    let change = try company.edit(kind, id, members, now: clock.now)
    return try commit(Commit(change: change, realm: realm, at: clock.now))
  }
}

extension String {
  fileprivate func isEmptyOr(_ other: String) -> Bool {
    isEmpty || lowercased() == other.lowercased()
  }
}
