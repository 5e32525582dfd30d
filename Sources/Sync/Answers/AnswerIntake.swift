internal import Foundation
public import Ledger
public import QuickBooks
public import Vocabulary

/// Takes in what QuickBooks answered to the files of qbXML runs.
///
/// Each answer finds its request by the id of its set and its own; the ledger keeps what became of it. What
/// QuickBooks has counts as accepted, with its ids. What it refused may be sent again once it is mended,
/// by `convert`. What it did not get to is copied, byte by byte, into a file of its own that is sent next.
/// The same answer taken in again changes nothing.
public struct AnswerIntake {
  let ledger: SyncLedger
  let company: CompanyFolder
  let format: QBXMLFormat
  let books: CompanySnapshot?
  /// The company's mapping file, in whose form lines for it are printed.
  let mapping: MappingFile
  let clock: () -> String
  /// The run that the user says the answers belong to; nil when they say so themselves.
  let named: String?
  /// The runs whose answers may come; nil as long as nobody asked.
  private var records: [RunRecord]?
  /// The requests of runs that an answer was about, by their ids.
  private var requests: [String: RunRequests] = [:]
  /// Files that were answered, with the requests that have an answer.
  private var answered: [AnsweredFile] = []
  var report = AnswerReport()

  /// A file of which requests were answered.
  private struct AnsweredFile {
    let run: String
    let file: String
    /// Where the report tells of it.
    let section: Int
    let location: SourceLocation
    /// Whether the answer says that it is the answer to this file, so that it is all of it.
    let namesSet: Bool
    var ids: Set<String>
  }

  /// Takes in answers.
  ///
  /// All files are read before anything of one is recorded. Where a later one cannot be taken in, the
  /// report has what was taken in from those before it, with the failure.
  ///
  /// - Parameters:
  ///   - paths: The files that tools saved, in the order in which they were sent.
  ///   - ledger: The company's ledger, whose lock is held.
  ///   - company: The company.
  ///   - settings: Its settings.
  ///   - books: What QuickBooks held when somebody last looked; nil when nobody did.
  ///   - run: The run that they belong to, when they do not say so themselves.
  ///   - clock: The time, ISO 8601 with zone.
  /// - Returns: What became of everything.
  /// - Throws: `Failure` when a file is no answer or nothing could be taken in.
  public static func take(
    _ paths: [String], _ ledger: SyncLedger, in company: CompanyFolder, settings: Settings,
    books: CompanySnapshot?, run: String? = nil, clock: @escaping () -> String
  ) throws(Failure) -> AnswerReport {
    var sets: [AnsweredSet] = []
    for path in paths { sets += try AnsweredSet.all(path) }
    var intake = AnswerIntake(
      ledger: ledger, company: company, format: settings.qbxmlFormat, books: books,
      mapping: MappingFile.check(path: company.mappingPath).0 ?? .empty, named: run, clock: clock)
    if let run, try ledger.run(run)?.target != "qbxml" {
      throw Failure(
        .usage, "there is no qbXML run \(run)",
        remedy: "see the ids of all runs with: loadbooks runs")
    }
    for set in sets {
      do throws(Failure) { try intake.take(set) } catch {
        guard !intake.report.sections.isEmpty || !intake.report.findings.isEmpty else {
          throw error
        }
        intake.report.failure = error
        break
      }
    }
    try intake.noteUnanswered()
    try intake.renew()
    try intake.noteOpen()
    return intake.report
  }

  private init(
    ledger: SyncLedger, company: CompanyFolder, format: QBXMLFormat, books: CompanySnapshot?,
    mapping: MappingFile, named: String?, clock: @escaping () -> String
  ) {
    self.ledger = ledger
    self.company = company
    self.format = format
    self.books = books
    self.mapping = mapping
    self.named = named
    self.clock = clock
  }

  // MARK: - Matching

  private mutating func take(_ set: AnsweredSet) throws(Failure) {
    if set.isAll("Query") { return try takeLookUp(set) }
    if set.isAll("TxnDel", "TxnVoid") { return try takeRemovals(set) }
    let fitting = try runs(of: set)
    guard let run = fitting.first, fitting.count == 1 else {
      return refuse(set, fitting.map(\.run.id))
    }
    // A tool may leave the set's id out; then the file that has the requests is meant.
    let file =
      run.file(ofSet: set.messageSet.id)
      ?? (set.messageSet.id.isEmpty
        ? set.answers.lazy.compactMap { run.place(of: $0.answer.requestID)?.file }.first : nil)
    let name = run.writtenName(ofSet: set.messageSet.id)
    guard file != nil || name != nil else { return refuse(set, [], of: run) }
    if run.run.state == .undone { return try takeAfterUndo(set, run) }
    var section = AnswerReport.Section(
      file: set.file, run: run.run.id, answers: file.map { run.files[$0].name } ?? name ?? "")
    // What was asked for in a file that is not there any more may stand in another one, too.
    let isReadable =
      file != nil || set.answers.allSatisfy { run[$0.answer.requestID] != nil }
    if let status = set.messageSet.status, status >= 1000 {
      // What it tells of single requests counts all the same.
      if status != 9001, !set.answers.isEmpty { try take(set, run, file, &section) }
      try takeUnknown(set, status, run, file, &section)
    } else if !isReadable, let name {
      section.unmatched += set.answers.count
      report.findings.append(
        Finding(
          AnswerRules.requestChanged,
          "\(name) of run \(run.run.id) is missing, or cannot be read any more: nothing of its "
            + "\(SyncReport.counted(set.answers.count, "answer")) was taken in",
          remedy: "put \(run.folder)/\(name) back, then accept the answer again",
          location: set.messageSet.location, value: name))
    } else {
      if let file, !run.files[file].isIntact {
        report.findings.append(
          Finding(
            AnswerRules.requestChanged,
            "\(run.files[file].name) of run \(run.run.id) is not what was written: what QuickBooks "
              + "took is compared with what the ledger has",
            location: set.messageSet.location, value: run.files[file].name))
      }
      try take(set, run, file, &section)
    }
    report.sections.append(section)
  }

  /// An answer that fits no run, or more than one, or no file of its run.
  private mutating func refuse(
    _ set: AnsweredSet, _ fitting: [String], of run: RunRequests? = nil
  ) {
    let words: String
    var remedy: String?
    if fitting.count > 1 {
      words =
        "\(set.file) does not say which set it answers, and fits the runs "
        + fitting.joined(separator: " and ")
      remedy =
        "save the answer with its newMessageSetID, or name the run: loadbooks accept --run RUN"
    } else if let run {
      words =
        "\(set.file) answers the set \(set.messageSet.id), which run \(run.run.id) has never sent"
    } else if set.messageSet.id.isEmpty {
      words = "\(set.file) answers nothing that a run of this company has sent"
    } else {
      words =
        "\(set.file) answers the set \(set.messageSet.id), which no run of this company has sent"
    }
    report.findings.append(
      Finding(
        AnswerRules.unmatched, words, remedy: remedy, location: set.messageSet.location,
        value: set.messageSet.id))
  }

  /// The runs that an answer may belong to: one, when it says what set it answers.
  ///
  /// Only their files are read; those of all runs, when it does not say so.
  mutating func runs(of set: AnsweredSet) throws(Failure) -> [RunRequests] {
    let id = set.messageSet.id
    let asked = set.answers.map(\.answer.requestID)
    guard !id.isEmpty || !asked.isEmpty else { return [] }
    var fitting: [RunRequests] = []
    for record in try candidates() where id.isEmpty || QBXMLMessageSets(run: record.id).owns(id) {
      let run = try requests(of: record)
      if !id.isEmpty || asked.allSatisfy({ run[$0] != nil }) { fitting.append(run) }
    }
    return fitting
  }

  /// The qbXML runs that sent something, or the one that the user named.
  private mutating func candidates() throws(Failure) -> [RunRecord] {
    if let records { return records }
    let found = try ledger.runs().filter {
      $0.target == "qbxml" && ($0.state == .finished || $0.state == .undone)
        && (named == nil || $0.id == named)
    }
    records = found
    return found
  }

  private mutating func requests(of record: RunRecord) throws(Failure) -> RunRequests {
    if let known = requests[record.id] { return known }
    let read = try RunRequests(record, in: company, ledger)
    requests[record.id] = read
    return read
  }

  // MARK: - One set

  mutating func take(
    _ set: AnsweredSet, _ run: RunRequests, _ file: Int?, _ section: inout AnswerReport.Section
  ) throws(Failure) {
    let name = file.map { run.files[$0].messageSet } ?? set.messageSet.id
    let messageSet = set.messageSet.id.isEmpty ? name : set.messageSet.id
    let judge = try AnswerJudge(
      ledger: ledger, run: run, books: books, mapping: mapping,
      known: try ledger.requests(ofRun: run.run.id), isLookUp: set.isLookUp)
    var items: [AnswerItem] = []
    var strange: [QBXMLAnswer] = []
    for (answer, record) in set.answers {
      let asked =
        set.messageSet.id.isEmpty
        ? AnswerIntake.set(inWhichIsDone: answer, run, judge.known) ?? messageSet : messageSet
      if let item = judge.item(answer, record, asked) {
        items.append(item)
      } else {
        strange.append(answer)
      }
    }
    tellStrange(strange, run, &section)
    tellTwice(judge.selected(&items), &section)
    try judge.settle(&items)
    try askForUnknown(&items, judge)
    // What nobody has the bytes of any more cannot be sent again as it was; convert makes it anew.
    var resend: ResendFile?
    let later = items.filter { $0.isPostponed && judge.isNews($0) }
    if !later.isEmpty {
      resend = try ResendFile(later.map(\.request.id), of: run, format: format)
      if resend == nil {
        for index in items.indices where items[index].isPostponed {
          judge.giveUp(&items[index])
        }
      }
    }
    if let resend {
      for index in items.indices where items[index].isPostponed {
        items[index].result = .postponed(resentIn: resend.messageSet)
      }
    }
    do throws(Failure) {
      let effects = try ledger.record(
        answers: items.map(\.ledgerAnswer) + judge.impostors(among: items), ofRun: run.run.id,
        at: clock(), file: resend?.record)
      try resend?.publish()
      if let added = resend?.record { requests[run.run.id]?.read(added.name, added.fingerprint) }
      try tell(items, effects, run, resend, &section)
    } catch {
      resend?.discardUnlessRecorded(ledger)
      throw error
    }
    if set.messageSet.status ?? 0 < 1000, let file {
      answered.append(
        AnsweredFile(
          run: run.run.id, file: run.files[file].name, section: report.sections.count,
          location: set.messageSet.location, namesSet: !set.messageSet.id.isEmpty,
          ids: Set(set.answers.map(\.answer.requestID))))
    }
  }

  /// The set in which a request stands that is asked again, when an answer without a set says that it is
  /// done: in the earlier one it was not.
  private static func set(
    inWhichIsDone answer: QBXMLAnswer, _ run: RunRequests, _ known: [String: LedgerRequest]
  ) -> String? {
    guard answer.isDone, let request = known[answer.requestID], request.state == .intended else {
      return nil
    }
    return run.files.first { LedgerRequest.SetMark(of: $0.messageSet) == request.stands }?
      .messageSet
      ?? run.numbered([request.stands]).first?.number.map {
        QBXMLMessageSets(run: run.run.id).id($0)
      }
  }

  /// Answers that were passed over, because others to the same requests say more.
  private mutating func tellTwice(
    _ passedOver: [AnswerItem], _ section: inout AnswerReport.Section
  ) {
    section.nothingNew += passedOver.count
    for item in passedOver where item.isDocument && item.judgement != .done {
      report.findings.append(
        Finding(
          AnswerRules.contradicts,
          "\(item.title) is answered twice: \"\(item.answer.message)\" (status "
            + "\(item.answer.status)) is passed over",
          remedy: "look in QuickBooks whether it has the document, and only once",
          location: item.answer.location, value: item.request.name, invoice: item.request.name))
    }
  }

  mutating func tellStrange(
    _ answers: [QBXMLAnswer], _ run: RunRequests, _ section: inout AnswerReport.Section
  ) {
    guard let first = answers.first else { return }
    section.unmatched += answers.count
    report.findings.append(
      Finding(
        AnswerRules.unmatched,
        answers.count == 1
          ? "the answer to \"\(first.requestID)\" belongs to no request of run \(run.run.id)"
          : "\(answers.count) answers belong to no request of run \(run.run.id), the first is to "
            + "\"\(first.requestID)\"", location: first.location, value: first.requestID))
  }

  /// What nobody knows is asked for by its number.
  private func askForUnknown(_ items: inout [AnswerItem], _ judge: AnswerJudge) throws(Failure) {
    let open = items.indices.filter { items[$0].result == .unknown && judge.isNews(items[$0]) }
    let requests = open.map { items[$0].request }
    guard let first = open.first,
      let path = try LookUpFile.write(
        requests, ofSet: items[first].messageSet, of: judge.run, format: format, ledger,
        at: clock())
    else { return }
    for index in open {
      items[index].finding?.remedy =
        "send \(path), which asks for it by its number, and accept its answer"
    }
  }

  private mutating func tell(
    _ items: [AnswerItem], _ effects: [LedgerAnswerEffect], _ run: RunRequests,
    _ resend: ResendFile?, _ section: inout AnswerReport.Section
  ) throws(Failure) {
    for (item, effect) in zip(items, effects) {
      switch effect {
      case .nothingNew: section.nothingNew += 1
      case .notOurs:
        section.unmatched += 1
        report.findings.append(
          Finding(
            AnswerRules.unmatched,
            "\(item.title) counts no more: run \(run.run.id) was taken back, or somebody changed the "
              + "document by hand", location: item.answer.location, value: item.request.name))
      case .takenBack: section.taken.add(item)
      case .doubled(let doubling):
        section.taken.add(item)
        report.findings.append(try doubled(doubling, item, ofRun: run.run.id))
        report.findings += item.checks
      case .recorded:
        switch item.result {
        case .accepted where item.exists:
          section.existing.append(
            item.title
              + (item.mayBeSomebodyElse ? " (unless a vendor or the like has the name)" : ""))
        case .accepted: section.taken.add(item)
        case .refused: section.refused.add(item)
        case .postponed: section.postponed.add(item)
        case .unknown: section.unknown.add(item)
        }
        report.findings += item.checks
        if let finding = item.finding { report.findings.append(finding) }
      }
    }
    if let resend { section.sendNext.append(resend.path) }
  }

  /// What there is to say of an invoice that QuickBooks has, or may have, twice.
  func doubled(
    _ doubling: LedgerDoubling, _ item: AnswerItem, ofRun run: String
  ) throws(Failure) -> Finding {
    let kind: LedgerEntry.DocumentKind = item.entity == .creditMemo ? .creditMemo : .invoice
    let owner = try ledger.owner(ofDocument: item.request.name, kind)
    return AnswerRules.doubled(
      doubling, item, ofRun: run,
      other: try owner.flatMap { (number) throws(Failure) in try ledger.entry(number: number) })
  }

  // MARK: - What was left out

  /// Requests of the answered files that no answer is about, unless something is known of them.
  ///
  /// Several files may hold the answers to one set; what one leaves out another may have. Sent again, a set
  /// that QuickBooks does not remember would be booked twice: documents are asked for by their numbers.
  private mutating func noteUnanswered() throws(Failure) {
    var files: [AnsweredFile] = []
    for file in answered {
      if let place = files.firstIndex(where: { $0.run == file.run && $0.file == file.file }) {
        files[place].ids.formUnion(file.ids)
      } else {
        files.append(file)
      }
    }
    for file in files {
      guard let run = requests[file.run], let own = run.files.first(where: { $0.name == file.file })
      else { continue }
      let known = try ledger.requests(ofRun: file.run)
      let mark = LedgerRequest.SetMark(of: own.messageSet)
      let missing = own.requests.filter {
        !file.ids.contains($0.id) && known[$0.id]?.waits(in: mark) ?? true
      }
      guard let first = missing.first else { continue }
      var section = report.sections[file.section]
      section.unanswered = missing.count
      let documents = missing.contains { $0.document != nil }
      var remedy =
        "send \(run.folder)/\(own.name) again: it has list entries alone, and asking for one that exists "
        + "does no harm"
      if documents, !file.namesSet {
        remedy =
          "accept their answers too; if there are none: loadbooks accept --recover \(run.run.id)"
      } else if let path = try putInDoubt(
        missing, ofSet: own.messageSet, of: run, code: nil,
        words: "QuickBooks' answer leaves it out", &section)
      {
        remedy =
          "send \(path), which asks for the documents by their numbers, and accept its answer"
      }
      report.sections[file.section] = section
      report.findings.append(
        Finding(
          AnswerRules.unanswered,
          "\(SyncReport.counted(missing.count, "request")) of \(own.name) "
            + "\(missing.count == 1 ? "has" : "have") no answer, the first is \"\(first.id)\""
            + (documents
              ? ": whether QuickBooks has \(missing.count == 1 ? "it" : "them") is not known" : ""),
          remedy: remedy, location: file.location, value: first.id))
    }
  }

  // MARK: - What is open still

  /// Writes anew what must not be sent any more, because the answers have settled part of it.
  private mutating func renew() throws(Failure) {
    for index in report.sections.indices {
      let id = report.sections[index].run
      guard report.sections[..<index].allSatisfy({ $0.run != id }), var run = requests[id],
        run.run.state == .finished
      else { continue }
      var renewal = ResendRenewal()
      try renewal.renew(&run, ledger, format: format, at: clock())
      requests[id] = run
      let gone = Set(renewal.outdated)
      for other in report.sections.indices {
        report.sections[other].sendNext.removeAll(where: gone.contains)
      }
      report.sections[index].doNotSend = renewal.outdated
      report.sections[index].sendNext += renewal.written
    }
  }

  /// What the runs that were answered have open from before: files to send, and what differs.
  private mutating func noteOpen() throws(Failure) {
    var told = Set(report.findings.map(\.message))
    let pending = try PendingFile.all(ledger, in: company)
    for index in report.sections.indices {
      let run = report.sections[index].run
      guard report.sections[..<index].allSatisfy({ $0.run != run }) else { continue }
      try noteWaiting(&report.sections[index])
      let named = Set(report.sections.filter { $0.run == run }.flatMap(\.sendNext))
      for file in pending where file.run == run && !named.contains(file.path) {
        if file.state == .ready, !file.isQuestion {
          report.sections[index].sendNext.append(file.path)
        } else {
          report.sections[index].open.append(file.words)
        }
      }
      for remark in try ledger.openRemarks(ofRun: run) where told.insert(remark.message).inserted {
        // It may be told with what was learnt of it before.
        guard !told.contains(where: { $0 != remark.message && remark.message.contains($0) })
        else { continue }
        guard let kind = AnswerRules.all.first(where: { $0.id == remark.kind }) else { continue }
        report.findings.append(
          Finding(
            kind, remark.message,
            remedy: kind.remedy.replacing("NUMBER", with: ShellText.word(remark.invoice ?? "")),
            invoice: remark.invoice, notes: ["known since \(remark.at)"]))
      }
    }
  }

  /// The files of the run that nothing was accepted of yet.
  private func noteWaiting(_ section: inout AnswerReport.Section) throws(Failure) {
    guard let run = requests[section.run], run.run.state == .finished else { return }
    let known = try ledger.requests(ofRun: run.run.id)
    section.waiting = run.files.filter { file in
      file.requests.allSatisfy { known[$0.id] == nil }
    }.map(\.name)
  }
}
