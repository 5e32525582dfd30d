internal import Ledger
internal import QuickBooks
internal import Vocabulary

// Sets of which QuickBooks does not say what became of them, and what it finds when it is asked.

extension AnswerIntake {
  /// 9001 and its neighbours: what became of the whole set is not told.
  mutating func takeUnknown(
    _ set: AnsweredSet, _ status: Int, _ run: RunRequests, _ file: Int?,
    _ section: inout AnswerReport.Section
  ) throws(Failure) {
    let id = set.messageSet.id
    // Only the books can tell whether the documents are there: sent again, they might be booked twice.
    let known = try ledger.requests(ofRun: run.run.id)
    // What was sent again since is asked for with the set in which it stands now.
    let open = run.requests(inSet: id, known).filter { request in
      guard let request = known[request.id] else { return true }
      return request.state != .accepted && request.state != .refused && request.counts
    }
    guard status != 9001 else { return try tellOtherContent(set, open, run, &section) }
    guard !open.isEmpty else { return }
    let path = try putInDoubt(
      open, ofSet: id, of: run, code: String(status), words: AnswerIntake.words(status), &section)
    let name = file.map { run.files[$0].name } ?? run.writtenName(ofSet: id) ?? ""
    report.findings.append(
      Finding(
        AnswerRules.setUnknown,
        "\(AnswerIntake.words(status)) \(id) (status \(status)): whether it has its "
          + "\(SyncReport.counted(open.count, "record")) is not known",
        remedy: path.map {
          "send \($0), which asks for the documents by their numbers, and accept its answer"
        }
          ?? "send \(run.folder)/\(name) again: it has list entries alone, and asking for one that exists "
          + "does no harm",
        location: set.messageSet.location, value: id))
  }

  /// 9001: QuickBooks got the set with other bytes, and did with those what nobody but it knows.
  private mutating func tellOtherContent(
    _ set: AnsweredSet, _ open: [QBXMLRequest], _ run: RunRequests,
    _ section: inout AnswerReport.Section
  ) throws(Failure) {
    let id = set.messageSet.id
    var remedy = "nothing needs to be done: QuickBooks has answered all of its requests before"
    if !open.isEmpty {
      let path = try RunFile.write(
        QBXMLQueries.recovery(ofSet: id, format: format), "recover", into: run, ledger, at: clock())
      section.sendNext.append(path)
      remedy = "send \(path), which only asks what became of the set, and accept its answer"
    }
    report.findings.append(
      Finding(
        AnswerRules.setUnknown,
        "QuickBooks got the set \(id) before with other content, and did nothing now: one of the two files "
          + "that were sent is not as it was written",
        remedy: remedy, location: set.messageSet.location, value: id))
  }

  /// Notes that nobody knows whether QuickBooks has the documents among some requests, and writes the file
  /// that asks for them.
  ///
  /// - Returns: The path of the file; nil when there is no document among them.
  mutating func putInDoubt(
    _ requests: [QBXMLRequest], ofSet set: String, of run: RunRequests, code: String?,
    words: String, _ section: inout AnswerReport.Section
  ) throws(Failure) -> String? {
    let answers = requests.compactMap { request -> LedgerAnswer? in
      guard let entity = LedgerAnswer.Entity(request: request.type), request.document != nil else {
        return nil
      }
      var answer = LedgerAnswer(
        entity: entity, name: request.name, requestID: request.id, messageSet: set, result: .unknown
      )
      (answer.code, answer.words) = (code, words)
      return answer
    }
    let path = try LookUpFile.write(
      requests, ofSet: set, of: run, format: format, ledger, at: clock())
    let effects = try ledger.record(answers: answers, ofRun: run.run.id, at: clock())
    section.unknown.count += effects.count { $0 == .recorded }
    section.nothingNew += effects.count { $0 == .nothingNew }
    return path
  }

  /// What a status of a whole set says, up to the set's id.
  private static func words(_ status: Int) -> String {
    switch status {
    case 9002: "QuickBooks does not remember the set"
    case 9004: "QuickBooks found the id of the set too long, which is not as we wrote it:"
    case 9005: "QuickBooks could not keep its answer to the set"
    default: "QuickBooks did not answer the set"
    }
  }

  /// The answer to a question for documents by their numbers.
  mutating func takeLookUp(_ set: AnsweredSet) throws(Failure) {
    let asked = set.answers.first { $0.answer.requestID.hasPrefix(LookUpFile.prefix) }
    guard let asked else {
      report.findings.append(
        Finding(
          AnswerRules.unmatched, "\(set.file) answers questions about the books",
          remedy: "put it into the folder books, where plan and convert look for it",
          location: set.messageSet.location))
      return
    }
    let id = LookUpFile.set(ofQuestion: asked.answer.requestID)
    var named = set
    named.messageSet.id = id
    guard let run = try runs(of: named).first(where: { $0.run.state == .finished }),
      let name = run.file(ofSet: id).map({ run.files[$0].name }) ?? run.writtenName(ofSet: id)
    else {
      report.findings.append(
        Finding(
          AnswerRules.unmatched, "\(set.file) tells of a set that no run of this company has sent",
          location: set.messageSet.location, value: id))
      return
    }
    var section = AnswerReport.Section(file: set.file, run: run.run.id, answers: name)
    let known = try ledger.requests(ofRun: run.run.id)
    let judge = try AnswerJudge(
      ledger: ledger, run: run, books: books, mapping: mapping, known: known)
    // Only what is in doubt was asked for; what was sent again since stands in another set.
    let own = run.requests(inSet: id, known)
    let open = own.filter { request in
      guard request.document == nil else { return known[request.id]?.isInDoubt ?? false }
      return known[request.id].map { $0.state != .accepted && $0.state != .refused } ?? true
    }
    let ids = Set(set.answers.map(\.answer.requestID))
    let findings = try LookUpFindings(
      open, settled: own.filter { known[$0.id].map(AnswerIntake.isSettledBlindly) ?? false },
      asked: LookUpFile.all(in: run.folder).filter { !$0.ids.isDisjoint(with: ids) }, set,
      customers: AnswerIntake.customers(open, known), judge.sent)
    var found = named
    found.messageSet.status = nil
    found.answers = findings.answers
    found.isLookUp = true
    try take(found, run, nil, &section)
    try tellStrange(findings.strange, named, judge, &section)
    try tellOthers(findings, named, judge, &section)
    report.sections.append(section)
  }

  /// Whether somebody said meanwhile what became of a document: what QuickBooks shows of it is news.
  private static func isSettledBlindly(_ request: LedgerRequest) -> Bool {
    request.entity.isDocument && request.quickBooksID == nil
      && (request.state == .accepted || request.state == .refused)
  }

  /// The ids that QuickBooks gave the customers of documents, by their names in lower case; empty where it
  /// did not say.
  private static func customers(
    _ requests: [QBXMLRequest], _ known: [String: LedgerRequest]
  ) -> [String: String] {
    var customers: [String: String] = [:]
    for request in requests where request.document != nil {
      customers[request.customer.lowercased()] = ""
    }
    for request in known.values where request.entity == .customer {
      let name = request.name.lowercased()
      if customers[name] != nil { customers[name] = request.quickBooksID ?? "" }
    }
    return customers
  }

  /// Documents that are not in books which may be another company's.
  private mutating func tellStrange(
    _ requests: [QBXMLRequest], _ set: AnsweredSet, _ judge: AnswerJudge,
    _ section: inout AnswerReport.Section
  ) throws(Failure) {
    guard let first = requests.first else { return }
    section.unknown.count += requests.count
    let path = try LookUpFile.write(
      requests, ofSet: set.messageSet.id, of: judge.run,
      format: format, ledger, at: clock())
    report.findings.append(
      Finding(
        AnswerRules.setUnknown,
        "\(set.file) shows neither \(SyncReport.counted(requests.count, "document")), the first is "
          + "\(first.name), nor a customer of theirs: it may come from another company file, and nothing "
          + "follows from it",
        remedy:
          "open the company's own file in QuickBooks and send \(path ?? "the file") again (if it has "
          + "none of the customers, send 001-lists.xml first); or say what you found: loadbooks accept "
          + "--settle \(ShellText.word(first.name)) --as sent (or not-sent) --reason WHY",
        location: set.messageSet.location, value: first.name))
  }

  /// What the books could not say about documents.
  private mutating func tellOthers(
    _ findings: LookUpFindings, _ set: AnsweredSet, _ judge: AnswerJudge,
    _ section: inout AnswerReport.Section
  ) throws(Failure) {
    section.unknown.count += findings.others.count + findings.failed.count
    for (request, record) in findings.others {
      let sent = try judge.sent(request)
      let shown = record.total.map(\.description) ?? "an amount that the answer does not show"
      report.findings.append(
        Finding(
          AnswerRules.lookUpDiffers,
          "QuickBooks has the number \(request.name) for \"\(record["CustomerRef/FullName"])\" over "
            + "\(shown)"
            + (record["TxnDate"].isEmpty ? "" : " of \(record["TxnDate"])")
            + "; sent was one for \"\(sent.customer)\" over \(sent.total) of \(sent.date)",
          remedy:
            "look at the document in QuickBooks: if it is this one, put it right there and say: loadbooks "
            + "accept --settle \(ShellText.word(request.name)) --as sent --reason WHY; if it is somebody "
            + "else's, the same with --as not-sent",
          location: record.location, value: request.name, invoice: request.name))
    }
    guard let first = findings.failed.first else { return }
    let words = set.answers.first { !$0.answer.isDone }?.answer
    report.findings.append(
      Finding(
        AnswerRules.setUnknown,
        "the question for \(SyncReport.counted(findings.failed.count, "document")), the first is "
          + "\(first.name), was not answered"
          + (words.map { ": status \($0.status) \($0.message)" } ?? ""),
        remedy: try LookUpFile.write(
          findings.failed, ofSet: set.messageSet.id,
          of: judge.run, format: format, ledger, at: clock()
        ).map { "send \($0) and accept its answer" },
        location: words?.location ?? set.messageSet.location, value: first.name))
  }
}
