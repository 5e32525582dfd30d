internal import Foundation
internal import Ledger
internal import QuickBooks
internal import QuickBooksOnline
internal import Vocabulary

/// Documents: sending them, and finding out what became of those without an answer.
extension OnlinePush {
  /// How often a record is sent in one push before it is left for the next.
  private static let rounds = 4
  /// After how many attempts in all a record that is not in QuickBooks is given up.
  private static let attempts = 50

  /// One document with the body that is sent.
  private struct Letter: Sendable {
    let request: OnlineRequest
    let body: [UInt8]
    let text: String
    let customer: String?

    init(request: OnlineRequest, body: [UInt8], customer: String?) {
      self.request = request
      self.body = body
      text = String(decoding: body, as: UTF8.self)
      self.customer = customer
    }
  }

  /// Settles a chunk: documents that go in one request, or went in one before.
  func settle(documents chunk: [OnlineRequest]) async throws(Failure) {
    var open: [Letter] = []
    var refused: [PushOutcome] = []
    for request in chunk {
      if let obstacle = obstacle(request) {
        refused.append(
          PushJudge.refused(
            request, "", code: "reference", obstacle, AnswerRules.referenceMissing,
            remedy: "put right what it says, here or in QuickBooks, then push again"))
      } else if !ids.isReady(request) {
        // The push was stopped before the entries that it refers to were made.
        continue
      } else {
        open.append(
          Letter(
            request: request, body: ids.body(request, preferences),
            customer: request.customer.flatMap { ids.lines[$0] }))
      }
    }
    // One that was sent is never refused for something that is missing now: it may be there.
    try note(refused.filter { known[$0.request.id] == nil })
    let sent = refused.filter { known[$0.request.id] != nil }.map(\.request)
    if !sent.isEmpty { try await lookUpOnly(sent) }
    let doubtful = open.filter { known[$0.request.id] != nil || isTaken($0.request) }
    if !doubtful.isEmpty {
      try await waitForVerdict(doubtful)
      open = try await lookUp(doubtful, thenKeep: open)
    }
    for round in 1...OnlinePush.rounds where !open.isEmpty {
      if stop.isStopped, round > 1 || open.allSatisfy({ known[$0.request.id] == nil }) { break }
      let unknown = try await send(open)
      guard !unknown.isEmpty, !stop.isStopped else { return }
      try await waitForVerdict(unknown)
      open = try await lookUp(unknown, thenKeep: unknown)
    }
  }

  private func obstacle(_ request: OnlineRequest) -> String? {
    if let obstacle = ids.obstacle(request) { return obstacle }
    if preferences.multiCurrency, let line = request.customer {
      let currency = ids.currency(ofCustomer: line)
      if !currency.isEmpty, currency != preferences.homeCurrency {
        return "its customer is kept in \(currency) in QuickBooks"
      }
    }
    return nil
  }

  // MARK: - Sending

  /// Sends documents in one request; returns those of which nobody knows.
  private func send(_ letters: [Letter]) async throws(Failure) -> [Letter] {
    let isSingle =
      known[letters[0].request.id].map { $0.batch == nil } ?? (options.batchSize <= 1)
    if isSingle { return try await sendSingly(letters) }
    let batch =
      letters.lazy.compactMap { self.known[$0.request.id]?.batch }.first
      ?? UUID().uuidString.lowercased()
    return try await sendBatch(letters, as: batch)
  }

  private func sendBatch(_ letters: [Letter], as batch: String) async throws(Failure) -> [Letter] {
    var used = Set(letters.compactMap { known[$0.request.id]?.batchItem })
    var number = 0
    var dispatches: [LedgerDispatch] = []
    for letter in letters {
      var item = known[letter.request.id]?.batchItem
      if item == nil {
        while !used.insert("i\(number)").inserted { number += 1 }
        item = "i\(number)"
      }
      dispatches.append(
        LedgerDispatch(
          entity: letter.request.entity.ledgerEntity, name: letter.request.name,
          requestID: letter.request.id, body: letter.text, batch: batch, batchItem: item))
    }
    let items = zip(letters, dispatches).map { letter, dispatch in
      OnlineClient.BatchItem(
        id: dispatch.batchItem ?? "", entity: letter.request.entity.name, body: letter.body)
    }
    let answers = try await client.batch(
      items, requestID: batch, departure: departure(dispatches))
    if letters.count > 1, case .refused(let fault) = answers[0], fault.code == 1040 {
      // Nothing of it was done: the halves are requests of their own.
      let half = letters.count / 2
      var unknown: [Letter] = []
      for part in [Array(letters[..<half]), Array(letters[half...])] {
        for letter in part { known[letter.request.id]?.batchItem = nil }
        unknown += try await sendBatch(part, as: UUID().uuidString.lowercased())
      }
      return unknown
    }
    return try await take(Array(zip(letters, answers)))
  }

  private func sendSingly(_ letters: [Letter]) async throws(Failure) -> [Letter] {
    var unknown: [Letter] = []
    for letter in letters {
      let dispatch = LedgerDispatch(
        entity: letter.request.entity.ledgerEntity, name: letter.request.name,
        requestID: letter.request.id, body: letter.text)
      let answer = try await client.write(
        letter.request.entity.resource, body: letter.body, requestID: letter.request.id,
        departure: departure([dispatch]))
      unknown += try await take([(letter, answer)])
    }
    return unknown
  }

  private func take(
    _ answers: [(Letter, OnlineAnswer)]
  ) async throws(Failure) -> [Letter] {
    var outcomes: [PushOutcome] = []
    var unknown: [Letter] = []
    for (letter, answer) in answers {
      switch answer {
      case .done(let json, _):
        let record = json[letter.request.entity.name] ?? .null
        let outcome = PushJudge.outcome(letter.request, letter.text, record: record)
        if case .unknown = outcome.result { unknown.append(letter) }
        outcomes.append(outcome)
      case .refused(let fault) where fault.handling == .numberTaken:
        outcomes.append(try await numberTaken(letter, fault))
      case .refused(let fault):
        outcomes.append(PushJudge.outcome(letter.request, letter.text, fault: fault))
      case .stayed: break
      case .unknown(let words):
        unknown.append(letter)
        outcomes.append(
          PushOutcome(request: letter.request, body: letter.text, result: .unknown(words)))
      }
    }
    try note(outcomes)
    return unknown
  }

  /// The number is taken: by the same document, from before, or by another one.
  private func numberTaken(
    _ letter: Letter, _ fault: OnlineFault
  ) async throws(Failure) -> PushOutcome {
    let records = try await records(letter.request.entity, [letter.request.name])
    if let ours = records.first(where: {
      PushJudge.isOurs($0, letter.request, customer: letter.customer)
    }) {
      var outcome = PushJudge.outcome(letter.request, letter.text, record: ours, wasThere: true)
      // After a first attempt that was refused for it, nothing of this run can have made it.
      outcome.isOlder = (known[letter.request.id]?.attempts ?? 0) <= 1
      return outcome
    }
    return taken(letter, records.first, code: fault.codeText, said: fault.story)
  }

  private func taken(
    _ letter: Letter, _ record: OnlineJSON?, code: String, said: String
  ) -> PushOutcome {
    var words = "the number \(letter.request.name) is taken in QuickBooks"
    if let record {
      let customer = record["CustomerRef"]?["name"]?.text ?? record["CustomerRef"]?.reference ?? ""
      words += " by a document of \"\(customer)\" over \(record["TotalAmt"]?.text ?? "")"
      if let date = record["TxnDate"]?.text { words += " of \(date)" }
    }
    if !said.isEmpty { words += ". \(said)" }
    let number = ShellText.word(letter.request.name)
    let remedy =
      if let record, OnlineUndo.isVoid(record) {
        "it was made void there, and keeps its number: give this invoice another one, or delete the void "
          + "one in QuickBooks, then push again"
      } else if let record, record["TotalAmt"]?.money != letter.request.total {
        "give one of the two another number; if it is meant to be this invoice, correct it in QuickBooks to "
          + "\(letter.request.total), then say: loadbooks adopt \(number) --reason WHY"
      } else {
        "if it is this invoice, say: loadbooks adopt \(number) --reason WHY; otherwise give one of the two "
          + "another number"
      }
    return PushJudge.refused(letter.request, letter.text, code: code, words, remedy: remedy)
  }

  // MARK: - Looking up

  /// Waits until the server has had time to end what it may still be busy with.
  private func waitForVerdict(_ letters: [Letter]) async throws(Failure) {
    let isSent = letters.contains { known[$0.request.id]?.sentAt != nil }
    if isSent { await clock.sleep(options.unknownWait) }
  }

  /// Looks documents up; returns those of `all` that are not settled by it.
  private func lookUp(
    _ letters: [Letter], thenKeep all: [Letter]
  ) async throws(Failure) -> [Letter] {
    var settled: Set<String> = []
    var outcomes: [PushOutcome] = []
    for entity in [OnlineRequest.Entity.invoice, .creditMemo] {
      let own = letters.filter { $0.request.entity == entity }
      guard !own.isEmpty else { continue }
      let records = try await records(entity, own.map(\.request.name))
      for letter in own {
        if let outcome = judge(letter, records) {
          settled.insert(letter.request.id)
          outcomes.append(outcome)
        }
      }
    }
    // What is refused now would be sent as other bytes than then: the ledger judges by the newest.
    try noteSent(
      outcomes.compactMap { outcome in
        guard case .refused = outcome.result, let dispatch = known[outcome.request.id],
          !isSame(dispatch, outcome.body)
        else { return nil }
        return LedgerDispatch(
          entity: dispatch.entity, name: dispatch.name, requestID: dispatch.requestID,
          body: outcome.body, batch: dispatch.batch, batchItem: dispatch.batchItem)
      })
    try note(outcomes)
    return all.filter { !settled.contains($0.request.id) }
  }

  /// What the documents of that number mean for a letter; nil when it is to be sent, again or at all.
  private func judge(_ letter: Letter, _ records: [OnlineJSON]) -> PushOutcome? {
    let same = records.filter { $0["DocNumber"]?.text == letter.request.name }
    let ours = same.filter { PushJudge.isOurs($0, letter.request, customer: letter.customer) }
    if let record = ours.first {
      var outcome = PushJudge.outcome(
        letter.request, letter.text, record: record, wasThere: true)
      outcome.isOlder = (known[letter.request.id]?.attempts ?? 0) == 0
      if ours.count > 1 {
        outcome.finding = Finding(
          AnswerRules.doubled,
          "QuickBooks has \(letter.request.title) \(ours.count) times", value: letter.request.name)
      }
      return outcome
    }
    guard let dispatch = known[letter.request.id], dispatch.attempts > 0 else {
      return same.isEmpty ? nil : taken(letter, same.first, code: "6140", said: "")
    }
    if let other = same.first { return taken(letter, other, code: "6140", said: "") }
    if !isSame(dispatch, letter.text) {
      return PushJudge.refused(
        letter.request, letter.text, code: "changed",
        "it was sent once, is not in QuickBooks, and would now go to other ids than then")
    }
    if dispatch.attempts >= OnlinePush.attempts {
      return PushJudge.refused(
        letter.request, letter.text, code: "given up",
        "QuickBooks did not keep it in \(dispatch.attempts) attempts",
        remedy: "push again later: it is then sent as a new record")
    }
    return nil
  }

  /// Finds documents that were sent without an answer.
  func find(_ requests: [OnlineRequest]) async throws(Failure) {
    let letters = requests.map {
      Letter(
        request: $0, body: ids.body($0, preferences),
        customer: $0.customer.flatMap { ids.lines[$0] })
    }
    try await waitForVerdict(letters)
    _ = try await lookUp(letters, thenKeep: [])
  }

  /// Whether a record was sent with this body.
  private func isSame(_ dispatch: LedgerDispatch, _ body: String) -> Bool {
    dispatch.body.isEmpty ? dispatch.wasSent(as: body) : dispatch.body == body
  }

  /// Looks up what was sent and cannot be sent again as things are.
  private func lookUpOnly(_ requests: [OnlineRequest]) async throws(Failure) {
    let letters = requests.map {
      Letter(request: $0, body: [], customer: $0.customer.flatMap { ids.lines[$0] })
    }
    try await waitForVerdict(letters)
    for letter in try await lookUp(letters, thenKeep: letters) {
      report.findings.append(
        Finding(
          AnswerRules.referenceMissing,
          "\(letter.request.title) was sent and is not in QuickBooks, and cannot be sent again: "
            + (obstacle(letter.request) ?? "what it refers to is not there"),
          remedy: "make in QuickBooks what is missing, or take the run back: loadbooks undo \(run)",
          value: letter.request.name))
    }
  }

  private func records(
    _ entity: OnlineRequest.Entity, _ numbers: [String]
  ) async throws(Failure) -> [OnlineJSON] {
    var found: [OnlineJSON] = []
    let size = OnlineQuery.numbersPerQuestion
    for start in stride(from: 0, to: numbers.count, by: size) {
      let part = Array(numbers[start..<min(start + size, numbers.count)])
      found +=
        try await client.query(OnlineQuery.documents(entity.name, numbers: part))[
          entity.name]?.elements ?? []
    }
    return found
  }
}
