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
  private let ledger: SyncLedger
  private let company: CompanyFolder
  private let format: QBXMLFormat
  private let books: CompanySnapshot?
  private let clock: () -> String
  private var runs: [RunRequests] = []
  private var runsAreRead = false
  private var report = AnswerReport()

  /// Takes in answers.
  ///
  /// - Parameters:
  ///   - paths: The files that tools saved, in the order in which they were sent.
  ///   - ledger: The company's ledger, whose lock is held.
  ///   - company: The company.
  ///   - settings: Its settings.
  ///   - books: What QuickBooks held when somebody last looked; nil when nobody did.
  ///   - clock: The time, ISO 8601 with zone.
  /// - Returns: What became of everything.
  /// - Throws: `Failure` when a file is no answer or something cannot be written; what was taken in from
  ///   the files before stays.
  public static func take(
    _ paths: [String], _ ledger: SyncLedger, in company: CompanyFolder, settings: Settings,
    books: CompanySnapshot?, clock: @escaping () -> String
  ) throws(Failure) -> AnswerReport {
    var intake = AnswerIntake(
      ledger: ledger, company: company, format: settings.qbxmlFormat, books: books, clock: clock)
    try ResendFile.settle(ledger, in: company)
    for path in paths { try intake.take(try AnsweredSet(path)) }
    return intake.report
  }

  private init(
    ledger: SyncLedger, company: CompanyFolder, format: QBXMLFormat, books: CompanySnapshot?,
    clock: @escaping () -> String
  ) {
    self.ledger = ledger
    self.company = company
    self.format = format
    self.books = books
    self.clock = clock
  }

  // MARK: - Matching

  private mutating func take(_ set: AnsweredSet) throws(Failure) {
    if set.answers.allSatisfy({ $0.answer.type.hasSuffix("Query") }), !set.answers.isEmpty {
      return try takeLookUp(set)
    }
    guard let run = try run(of: set) else {
      report.findings.append(
        Finding(
          AnswerRules.unmatched,
          set.messageSet.id.isEmpty
            ? "\(set.file) answers nothing that a run of this company has sent"
            : "\(set.file) answers the set \(set.messageSet.id), which no run of this company has sent",
          location: set.messageSet.location, value: set.messageSet.id))
      return
    }
    // A tool may leave the set's id out; then the file that has the requests is meant.
    let file =
      run.files.firstIndex { $0.messageSet == set.messageSet.id }
      ?? set.answers.lazy.compactMap { run.byID[$0.answer.requestID]?.file }.first
    var section = AnswerReport.Section(
      file: set.file, run: run.run.id, answers: file.map { run.files[$0].name } ?? "")
    if let status = set.messageSet.status, status >= 1000 {
      try takeUnknown(set, status, run, file, &section)
    } else {
      try take(set, run, file, &section)
    }
    report.sections.append(section)
  }

  private mutating func run(of set: AnsweredSet) throws(Failure) -> RunRequests? {
    if !runsAreRead {
      runsAreRead = true
      for run in try ledger.runs() where run.target == "qbxml" && run.state == .finished {
        runs.append(RunRequests(run, in: company))
      }
    }
    let id = set.messageSet.id
    if !id.isEmpty {
      return runs.first { run in
        QBXMLMessageSets(run: run.run.id).owns(id)
      }
    }
    let asked = set.answers.map(\.answer.requestID)
    return runs.first { run in !asked.isEmpty && asked.allSatisfy { run.byID[$0] != nil } }
  }

  // MARK: - One set

  private mutating func take(
    _ set: AnsweredSet, _ run: RunRequests, _ file: Int?, _ section: inout AnswerReport.Section
  ) throws(Failure) {
    let name = file.map { run.files[$0].messageSet } ?? set.messageSet.id
    let messageSet = set.messageSet.id.isEmpty ? name : set.messageSet.id
    let judge = AnswerJudge(
      ledger: ledger, run: run, books: books, known: try ledger.requests(ofRun: run.run.id))
    var items: [AnswerItem] = []
    for (answer, record) in set.answers {
      guard let item = judge.item(answer, record, messageSet) else {
        section.unmatched += 1
        report.findings.append(
          Finding(
            AnswerRules.unmatched,
            "the answer to \"\(answer.requestID)\" belongs to no request of run \(run.run.id)",
            location: answer.location, value: answer.requestID))
        continue
      }
      items.append(item)
    }
    try judge.settle(&items)
    // What nobody has the bytes of any more cannot be sent again as it was; convert makes it anew.
    var resend: ResendFile?
    let later = items.filter { $0.isPostponed && judge.isNews($0) }
    if !later.isEmpty {
      resend = try ResendFile(later.map(\.request.id), of: run, format: format)
      if resend == nil {
        for index in items.indices where items[index].isPostponed { items[index].giveUp() }
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
        at: clock())
      try resend?.publish()
      tell(items, effects, run, resend, &section)
    } catch {
      resend?.discardUnlessRecorded(ledger)
      throw error
    }
    noteUnanswered(set, run, file, judge.known, &section)
  }

  private mutating func tell(
    _ items: [AnswerItem], _ effects: [LedgerAnswerEffect], _ run: RunRequests,
    _ resend: ResendFile?, _ section: inout AnswerReport.Section
  ) {
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
      case .doubled(let other):
        section.taken.add(item)
        report.findings.append(
          Finding(
            AnswerRules.doubled,
            "QuickBooks has taken \(item.title), and run \(other) has sent the invoice again",
            location: item.answer.location, value: item.request.name))
      case .recorded:
        switch item.result {
        case .accepted: item.exists ? section.existing.append(item.title) : section.taken.add(item)
        case .refused: section.refused.add(item)
        case .postponed: section.postponed.add(item)
        case .unknown: section.unknown.add(item)
        }
        if let finding = item.finding { report.findings.append(finding) }
      }
    }
    if let resend { section.resend = resend.path }
  }

  /// Requests of the file that the answer leaves out, unless something is known of them.
  private mutating func noteUnanswered(
    _ set: AnsweredSet, _ run: RunRequests, _ file: Int?, _ known: [String: LedgerRequest],
    _ section: inout AnswerReport.Section
  ) {
    guard let file else { return }
    let answered = Set(set.answers.map(\.answer.requestID))
    let missing = run.files[file].requests.filter {
      !answered.contains($0.id) && known[$0.id] == nil
    }
    guard !missing.isEmpty else { return }
    section.unanswered = missing.count
    report.findings.append(
      Finding(
        AnswerRules.unanswered,
        "\(SyncReport.counted(missing.count, "request")) of \(run.files[file].name) "
          + "\(missing.count == 1 ? "has" : "have") no answer, the first is \"\(missing[0].id)\"",
        remedy:
          "send \(run.folder)/\(run.files[file].name) again; QuickBooks gives its answer once more and "
          + "books nothing twice",
        location: set.messageSet.location, value: missing[0].id))
  }

  // MARK: - Sets that QuickBooks does not know

  /// 9001 and its neighbours: what became of the whole set is not told.
  private mutating func takeUnknown(
    _ set: AnsweredSet, _ status: Int, _ run: RunRequests, _ file: Int?,
    _ section: inout AnswerReport.Section
  ) throws(Failure) {
    let id = set.messageSet.id
    guard status == 9002, let file else {
      let words =
        status == 9001
        ? "QuickBooks knows the set \(id) with other content: the file that was sent is not the one that was written"
        : "QuickBooks did not take the set \(id), with status \(status)"
      report.findings.append(
        Finding(
          AnswerRules.setUnknown, words,
          remedy: file.map {
            "send \(run.folder)/\(run.files[$0].name) as it was written (see: loadbooks verify \(run.run.id)); "
              + "QuickBooks gives its answer once more"
          } ?? "run loadbooks accept --recover \(run.run.id), and send what it writes",
          location: set.messageSet.location, value: id))
      return
    }
    // Nothing is remembered: only the books can tell whether the documents are there.
    let known = try ledger.requests(ofRun: run.run.id)
    let open = run.files[file].requests.filter { request in
      guard let state = known[request.id]?.state else { return true }
      return state != .accepted && state != .refused
    }
    let answers = open.compactMap { request -> LedgerAnswer? in
      guard let entity = LedgerAnswer.Entity(request: request.type), request.document != nil else {
        return nil
      }
      var answer = LedgerAnswer(
        entity: entity, name: request.name, requestID: request.id,
        messageSet: run.files[file].messageSet, result: .unknown)
      (answer.code, answer.words) = ("9002", "QuickBooks does not remember the set")
      return answer
    }
    guard !open.isEmpty else { return }
    let path = try LookUpFile.write(open, of: run, format: format)
    let effects = try ledger.record(answers: answers, ofRun: run.run.id, at: clock())
    section.unknown.count += effects.filter { $0 == .recorded }.count
    section.nothingNew += effects.filter { $0 == .nothingNew }.count
    report.findings.append(
      Finding(
        AnswerRules.setUnknown,
        "QuickBooks does not remember the set \(id): whether it has its "
          + "\(SyncReport.counted(open.count, "record")) is not known",
        remedy:
          "send \(path), which asks for the documents by their numbers, and accept its answer",
        location: set.messageSet.location, value: id))
  }

  /// The answer to a question for documents by their numbers.
  private mutating func takeLookUp(_ set: AnsweredSet) throws(Failure) {
    let asked = set.answers.first { $0.answer.requestID.hasPrefix(LookUpFile.prefix) }
    guard let asked else {
      report.findings.append(
        Finding(
          AnswerRules.unmatched, "\(set.file) answers questions about the books",
          remedy: "put it into the folder books, where plan and convert look for it",
          location: set.messageSet.location))
      return
    }
    let id = String(asked.answer.requestID.dropFirst(LookUpFile.prefix.count + 2))
    var named = set
    named.messageSet.id = id
    guard let run = try run(of: named),
      let file = run.files.firstIndex(where: { $0.messageSet == id })
    else {
      report.findings.append(
        Finding(
          AnswerRules.unmatched, "\(set.file) tells of a set that no run of this company has sent",
          location: set.messageSet.location, value: id))
      return
    }
    var section = AnswerReport.Section(
      file: set.file, run: run.run.id, answers: run.files[file].name)
    let known = try ledger.requests(ofRun: run.run.id)
    var found = named
    found.messageSet.status = nil
    found.answers = LookUpFile.answers(
      run.files[file].requests.filter {
        known[$0.id].map { $0.state != .accepted && $0.state != .refused } ?? true
      }, set)
    try take(found, run, nil, &section)
    report.sections.append(section)
  }
}

/// One answer file.
struct AnsweredSet {
  let file: String
  var messageSet: QBXMLMessageSet
  var answers: [(answer: QBXMLAnswer, record: QBXMLRecord?)] = []
  /// Records of queries, which have many.
  private(set) var records: [QBXMLRecord] = []

  init(_ path: String) throws(Failure) {
    file = path
    var set = QBXMLMessageSet(
      id: "", status: nil, location: SourceLocation(file: path, line: 1))
    var pending: QBXMLRecord?
    var found: [(QBXMLAnswer, QBXMLRecord?)] = []
    var listed: [QBXMLRecord] = []
    try QBXMLAnswers.forEach(ofFile: path) { event throws(Failure) in
      switch event {
      case .messageSet(let new): set = new
      case .record(let record, let answer):
        if answer.type.hasSuffix("Query") { listed.append(record) } else { pending = record }
      case .answer(let answer):
        found.append((answer, pending))
        pending = nil
      }
    }
    messageSet = set
    answers = found
    records = listed
  }
}
