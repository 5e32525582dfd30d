internal import Foundation
internal import Ledger
internal import QuickBooks
internal import Vocabulary

// Answers about runs that were taken back: late ones to what they sent, and those to what removes it.

extension AnswerIntake {
  /// An answer that comes after its run was taken back: what QuickBooks has all the same, or may have, is
  /// held, and requests that delete it are written.
  mutating func takeAfterUndo(_ set: AnsweredSet, _ run: RunRequests) throws(Failure) {
    var section = AnswerReport.Section(
      file: set.file, run: run.run.id, answers: run.writtenName(ofSet: set.messageSet.id) ?? "")
    let judge = try AnswerJudge(
      ledger: ledger, run: run, books: books, mapping: mapping,
      known: try ledger.requests(ofRun: run.run.id))
    let messageSet = set.messageSet.id.isEmpty ? run.run.id : set.messageSet.id
    var items: [AnswerItem] = []
    var strange: [QBXMLAnswer] = []
    for (answer, record) in set.answers {
      guard let item = judge.item(answer, record, messageSet) else {
        strange.append(answer)
        continue
      }
      if item.isDocument, item.judgement == .done || item.judgement == .contradictory {
        items.append(item)
      } else {
        section.nothingNew += 1
      }
    }
    tellStrange(strange, run, &section)
    let answers = items.map { item in
      var answer = item.ledgerAnswer
      if item.judgement == .contradictory { answer.words = AnswerJudge.contradiction(item) }
      return answer
    }
    let effects = try ledger.record(answers: answers, ofRun: run.run.id, at: clock())
    var taken: [String] = []
    for (item, effect) in zip(items, effects) {
      switch effect {
      case .nothingNew, .notOurs: section.nothingNew += 1
      case .recorded: section.taken.add(item)
      case .takenBack where item.judgement == .contradictory:
        tellDoubtful(item, run, nil, &section)
      case .doubled(let doubling) where item.judgement == .contradictory:
        tellDoubtful(item, run, doubling, &section)
      case .takenBack:
        section.taken.add(item)
        taken.append(item.title)
      case .doubled(let doubling):
        section.taken.add(item)
        taken.append("\(item.title), \(doubling.words)")
        var finding = try doubled(doubling, item, ofRun: run.run.id)
        if case .sentAgain = doubling {
          finding.remedy = "send the file that deletes the document of the run that was taken back"
        }
        report.findings.append(finding)
      }
    }
    report.sections.append(section)
    try tellTaken(taken, run, set)
  }

  /// A document of a run that was taken back of which QuickBooks does not clearly say whether it has it.
  private mutating func tellDoubtful(
    _ item: AnswerItem, _ run: RunRequests, _ doubling: LedgerDoubling?,
    _ section: inout AnswerReport.Section
  ) {
    section.unknown.add(item)
    let release = doubling == nil ? "; then \(AnswerJudge.release(item.request.name))" : ""
    report.findings.append(
      Finding(
        AnswerRules.contradicts,
        "\(item.title) of run \(run.run.id), which was taken back: "
          + "\(AnswerJudge.contradiction(item)) (status \(item.answer.status)); "
          + (doubling.map { "if it has it, it has it \($0.words)" } ?? "its invoice is held"),
        remedy: "look for it in QuickBooks, and delete it if it is there" + release,
        location: item.answer.location, value: item.request.name, invoice: item.request.name))
  }

  /// Writes the requests that delete what QuickBooks has, also what an earlier acceptance was kept from
  /// writing, and tells of it.
  private mutating func tellTaken(
    _ taken: [String], _ run: RunRequests, _ set: AnsweredSet
  ) throws(Failure) {
    var paths: [String] = []
    if let undo = try ledger.undo(ofRun: run.run.id) {
      paths = try RemovalRequests.writeMissing(
        run.run, undo, format: format, ledger, into: run.folder, at: clock())
    }
    guard !taken.isEmpty || !paths.isEmpty else { return }
    var words = "QuickBooks has documents of it that no file asked to delete yet"
    if !taken.isEmpty {
      words = "QuickBooks has taken of it: " + taken.prefix(8).joined(separator: "; ")
      if taken.count > 8 { words += "; and \(taken.count - 8) more" }
    }
    report.findings.append(
      Finding(
        AnswerRules.afterUndo, "run \(run.run.id) was taken back, and \(words)",
        remedy: paths.first.map { "send \($0), which deletes them, then accept its answer" }
          ?? "delete them in QuickBooks by hand, then free them: loadbooks release --refused "
          + run.run.id,
        location: set.messageSet.location, value: run.run.id))
  }

  /// The answer to requests that delete or void the documents of a run that was taken back.
  mutating func takeRemovals(_ set: AnsweredSet) throws(Failure) {
    guard let (run, manner, name) = try removal(of: set) else {
      report.findings.append(
        Finding(
          AnswerRules.unmatched,
          "\(set.file) tells of documents that were deleted or voided, and of no run of this company "
            + "that was taken back", location: set.messageSet.location, value: set.messageSet.id))
      return
    }
    var section = AnswerReport.Section(file: set.file, run: run, answers: name)
    let documents = try ledger.takenBack(ofRun: run)
    var byID: [String: TakenBackDocument] = [:]
    for document in documents {
      if let id = document.quickBooksID { byID[id] = document }
      byID[RemovalRequests.requestID(document.kind, document.documentNumber)] = document
    }
    var removals: [(answer: QBXMLAnswer, removal: LedgerRemoval)] = []
    for (answer, record) in set.answers {
      guard let document = record.flatMap({ byID[$0["TxnID"]] }) ?? byID[answer.requestID] else {
        section.unmatched += 1
        continue
      }
      let refusal = answer.isDone ? nil : (String(answer.status), answer.message)
      removals.append((answer, LedgerRemoval(of: document, refusal: refusal)))
    }
    let news = try ledger.record(
      removals: removals.map(\.removal), manner: manner.rawValue, inSet: set.messageSet.id,
      ofRun: run, at: clock())
    let folder = RunFolder.undonePath(of: run, in: company)
    let leftOut = unanswered(set, documents, in: folder + "/" + name)
    if let record = try ledger.run(run), let undo = try ledger.undo(ofRun: run) {
      section.sendNext = try RemovalRequests.writeMissing(
        record, undo, besides: Set(leftOut), telling: manner, format: format, ledger, into: folder,
        at: clock())
    }
    let held = Set(
      try ledger.holds().lazy.filter { $0.cause == .inQuickBooks && $0.run == run }.map(\.name))
    for ((answer, removal), isNews) in zip(removals, news) {
      let isFreed = !held.contains(removal.document.number)
      // Somebody has said already that a document is gone that QuickBooks does not find.
      guard isNews, !(isFreed && AnswerIntake.findsNothing(removal)) else {
        section.nothingNew += 1
        continue
      }
      guard removal.refusal != nil else {
        section.removed += 1
        continue
      }
      section.notRemoved += 1
      report.findings.append(
        AnswerIntake.refused(answer, removal, manner, isFreed, next: section.sendNext.first))
    }
    if let first = leftOut.first, let undo = try ledger.undo(ofRun: run) {
      section.unanswered = leftOut.count
      let again = try byID[first]?.quickBooksID.flatMap { (id) throws(Failure) in
        try RemovalRequests.lastFile(of: manner, asking: id, undo, in: folder)
      }
      noteUnanswered(set, leftOut, in: folder + "/" + name, again: again)
    }
    report.sections.append(section)
  }

  /// Whether QuickBooks does not find what it was asked to remove.
  private static func findsNothing(_ removal: LedgerRemoval) -> Bool {
    removal.refusal?.code == "3120" || removal.document.isRemoved
  }

  private static func refused(
    _ answer: QBXMLAnswer, _ removal: LedgerRemoval, _ manner: QBXMLTakingBack.Manner,
    _ isFreed: Bool, next: String?
  ) -> Finding {
    let document = removal.document
    return Finding(
      AnswerRules.removalRefused,
      "QuickBooks did not \(manner.rawValue) the document \(document.documentNumber)"
        + (isFreed ? ", which was said to be gone (release)" : "")
        + ": \(removal.refusal?.words ?? "") (status \(answer.status))",
      remedy: isFreed
        ? "look in QuickBooks whether it is there still, and delete it by hand: its invoice may be sent "
          + "again, or was"
        : RemovalRequests.remedy(
          refusedBy: String(answer.status), document.number, next: next.map { "send \($0)" }),
      location: answer.location, value: document.documentNumber, invoice: document.number)
  }

  /// The ids of requests of a file that removes documents of which the answer says nothing.
  private func unanswered(
    _ set: AnsweredSet, _ documents: [TakenBackDocument], in path: String
  ) -> [String] {
    let answered = Set(set.answers.map(\.answer.requestID))
    let removed = Set(
      documents.filter(\.isRemoved).map { RemovalRequests.requestID($0.kind, $0.documentNumber) })
    var missing: [String] = []
    _ = try? QBXMLRequests.forEach(ofFile: path) { (request) throws(Failure) in
      if !answered.contains(request.id), !removed.contains(request.id) {
        missing.append(request.id)
      }
    }
    return missing
  }

  /// Tells of those requests, and of the one file that is to be sent: the last that has them.
  private mutating func noteUnanswered(
    _ set: AnsweredSet, _ ids: [String], in path: String, again: String?
  ) {
    let name = URL(fileURLWithPath: path).lastPathComponent
    let file = again ?? path
    report.findings.append(
      Finding(
        AnswerRules.unanswered,
        "\(SyncReport.counted(ids.count, "request")) of \(name) "
          + "\(ids.count == 1 ? "has" : "have") no answer, the first is \"\(ids[0])\"",
        remedy: file == path
          ? "send \(path) again, and accept its answer: what is gone is not removed a second time"
          : "send \(file), which asks for \(ids.count == 1 ? "it" : "them") as well, and accept its answer",
        location: set.messageSet.location, value: ids[0]))
  }

  /// The run that a set of removals is about, how they are done, and the file.
  private func removal(
    of set: AnsweredSet
  ) throws(Failure) -> (run: String, manner: QBXMLTakingBack.Manner, file: String)? {
    let manners = QBXMLTakingBack.Manner.allCases
    for undo in try ledger.undos() {
      for manner in manners {
        let sets = RemovalRequests.sets(manner, undo)
        if let number = sets.number(of: set.messageSet.id) {
          return (undo.run, manner, RemovalRequests.fileName(manner, number))
        }
      }
    }
    guard set.messageSet.id.isEmpty else { return nil }
    let ids = Set(set.answers.compactMap { $0.record?["TxnID"] }.filter { !$0.isEmpty })
    for undo in try ledger.undos() where !ids.isEmpty {
      let known = Set(try ledger.takenBack(ofRun: undo.run).compactMap(\.quickBooksID))
      if ids.isSubset(of: known) {
        return (undo.run, set.isAll("TxnVoid") ? .void : .delete, "")
      }
    }
    return nil
  }
}
