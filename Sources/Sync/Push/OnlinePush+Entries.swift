internal import Ledger
internal import QuickBooks
internal import QuickBooksOnline
internal import Vocabulary

/// List entries: creating them, and finding those that exist.
extension OnlinePush {
  private static let rounds = 4

  /// Creates an entry, or finds it.
  func settle(entry request: OnlineRequest) async throws(Failure) {
    let body = ids.body(request, preferences)
    let text = String(decoding: body, as: UTF8.self)
    if known[request.id] != nil {
      await clock.sleep(options.unknownWait)
      if let outcome = try await find(request, text) { return try note([outcome]) }
    }
    for round in 1...OnlinePush.rounds {
      if stop.isStopped, round > 1 { return }
      let dispatch = LedgerDispatch(
        entity: request.entity.ledgerEntity, name: request.name, requestID: request.id, body: text)
      let answer = try await client.write(
        request.entity.resource, body: body, requestID: request.id,
        departure: departure([dispatch]))
      switch answer {
      case .stayed: return
      case .done(let json, _):
        let outcome = PushJudge.outcome(
          request, text, record: json[request.entity.name] ?? .null)
        try note([outcome])
        if case .accepted = outcome.result { return }
      case .refused(let fault) where fault.handling == .nameTaken:
        var found = try await find(request, text)
        found?.wasThere = true
        let other = try await namesake(request)
        return try note([
          found
            ?? PushJudge.refused(
              request, text, code: fault.codeText, other + fault.story, AnswerRules.nameTaken,
              remedy: "map it to another name: loadbooks map "
                + "\(request.entity == .item ? "item" : "customer") NAME NEW-NAME")
        ])
      case .refused(let fault):
        return try note([PushJudge.outcome(request, text, fault: fault)])
      case .unknown(let words):
        try note([PushOutcome(request: request, body: text, result: .unknown(words))])
      }
      await clock.sleep(options.unknownWait)
      if let outcome = try await find(request, text) { return try note([outcome]) }
    }
  }

  /// The entry in QuickBooks; nil when it does not exist.
  private func find(_ request: OnlineRequest, _ text: String) async throws(Failure) -> PushOutcome?
  {
    let names = DesktopNames(.online)
    let name = String(request.name.split(separator: ":").last ?? "")
    // A deactivated entry has a mark behind its name.
    let asked = [name, name + " (deleted)"]
    let statement =
      request.entity == .customer
      ? OnlineQuery.names("Customer", asked)
      : OnlineQuery.entries(request.entity.name, named: asked)
    let records = try await client.query(statement)[request.entity.name]?.elements ?? []
    let path = { (record: OnlineJSON) in
      record["FullyQualifiedName"]?.text ?? record["DisplayName"]?.text ?? record["Name"]?.text
        ?? ""
    }
    let active = records.first {
      names.identity(path($0)) == names.identity(request.name) && $0["Active"]?.truth != false
    }
    if let active {
      return PushJudge.outcome(
        request, text, record: active, wasThere: (known[request.id]?.attempts ?? 0) == 0)
    }
    guard let inactive = records.first(where: { $0["Active"]?.truth == false }) else { return nil }
    // The old name of an inactive entry may be free or not; only a refusal tells.
    guard known[request.id]?.state != .sent else {
      return PushJudge.refused(
        request, text, code: "6240",
        "QuickBooks has it as \"\(path(inactive))\", which is inactive", AnswerRules.nameTaken,
        remedy: "make it active again in QuickBooks, pull, and push again")
    }
    return nil
  }

  /// Who has the name of a customer that cannot be created, in words.
  private func namesake(_ request: OnlineRequest) async throws(Failure) -> String {
    guard request.entity == .customer else { return "" }
    let name = String(request.name.split(separator: ":").last ?? "")
    for entity in ["Vendor", "Employee"] {
      let found = try await client.query(OnlineQuery.names(entity, [name]))
      if found[entity]?.elements.isEmpty == false {
        return "\"\(name)\" is the name of \(entity == "Vendor" ? "a vendor" : "an employee"). "
      }
    }
    return ""
  }
}
