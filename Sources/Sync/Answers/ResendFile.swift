internal import Foundation
public import Ledger
internal import QuickBooks
public import Vocabulary

/// A file of requests that QuickBooks did not get to, as they stood in the run's other files.
///
/// It is staged, then the ledger notes that its requests are asked again in its set, then it gets its name.
/// A program that is killed in between leaves the hidden file, which ``settle(_:in:)`` names or removes.
struct ResendFile {
  /// The id of its set.
  let messageSet: String
  private let file: StagedFile
  private let run: String

  /// Where it will be.
  var path: String { file.finalPath }

  /// Copies requests into a file that has no name yet; nil when their bytes are not to be had any more.
  init?(_ ids: [String], of run: RunRequests, format: QBXMLFormat) throws(Failure) {
    guard let bytes = run.bytes(of: ids) else { return nil }
    let number = run.nextNumber
    messageSet = QBXMLMessageSets(run: run.run.id).id(number)
    self.run = run.run.id
    file = try StagedFile(folder: run.folder, name: RunFile.name(number, "resend"))
    do throws(Failure) {
      try file.write(
        QBXMLEnvelope.start(
          version: format.version, onError: format.onError, messageSet: messageSet))
      try file.write(bytes)
      try file.write(QBXMLEnvelope.end)
      try file.finish()
      var found: [String] = []
      try QBXMLRequests.forEach(ofFile: file.stagedPath, validating: true) {
        (request) throws(Failure) in found.append(request.id)
      }
      guard found == ids else {
        throw Failure(
          .ownBug, "the file to be sent again does not hold what it must",
          remedy: "nothing was recorded; please report this")
      }
      // The ledger counts on it next.
      try StagedFile.syncFolder(run.folder)
    } catch {
      file.discard()
      throw error
    }
  }

  /// Gives it its name.
  func publish() throws(Failure) {
    try file.publish()
    try StagedFile.syncFolder(file.folder)
  }

  /// Removes it, unless the ledger counts on it already.
  func discardUnlessRecorded(_ ledger: SyncLedger) {
    if (try? ledger.hasRequests(inSet: messageSet, ofRun: run)) == false { file.discard() }
  }

  /// Names what an interrupted acceptance has recorded, and removes what it has not.
  static func settle(_ ledger: SyncLedger, in company: CompanyFolder) throws(Failure) {
    for run in try ledger.runs() where run.target == "qbxml" && run.state == .finished {
      let folder = RunFolder.path(of: run, in: company)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for hidden in names where hidden.hasPrefix(".") && hidden.hasSuffix("-resend.xml.partial") {
        let name = String(hidden.dropFirst().dropLast(".partial".count))
        guard let number = Int(name.prefix { $0.isNumber }) else { continue }
        let set = QBXMLMessageSets(run: run.id).id(number)
        if try ledger.hasRequests(inSet: set, ofRun: run.id) {
          guard rename(folder + "/" + hidden, folder + "/" + name) == 0 else {
            throw Failure.cannotWrite("cannot give \(folder)/\(name) its name", errno)
          }
          try StagedFile.syncFolder(folder)
        } else {
          unlink(folder + "/" + hidden)
        }
      }
    }
  }
}

/// Files that come into a run's folder later.
enum RunFile {
  /// The name of a file, such as `003-resend.xml`.
  static func name(_ number: Int, _ what: String) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 3 - text.utf8.count)) + text + "-\(what).xml"
  }

  /// Writes one.
  static func write(_ text: String, _ what: String, into run: RunRequests) throws(Failure) -> String
  {
    let file = try StagedFile(folder: run.folder, name: name(run.nextNumber, what))
    do throws(Failure) {
      try file.write(text)
      try file.finish()
      try QBXMLRequests.forEach(ofFile: file.stagedPath, validating: true) { _ throws(Failure) in }
      try file.publish()
      try StagedFile.syncFolder(run.folder)
    } catch {
      file.discard()
      throw error
    }
    return file.finalPath
  }
}

/// A file that asks QuickBooks what became of the sets of a run.
public enum RecoveryFiles {
  /// Writes one file for each set of which something is not known yet.
  ///
  /// - Parameters:
  ///   - run: The run's id.
  ///   - ledger: The company's ledger, whose lock is held.
  ///   - company: The company.
  ///   - settings: Its settings.
  /// - Returns: The paths, in the order in which they must be sent.
  /// - Throws: `Failure`: `usage` when there is no such qbXML run.
  public static func write(
    _ run: String, _ ledger: SyncLedger, in company: CompanyFolder, settings: Settings
  ) throws(Failure) -> [String] {
    guard let record = try ledger.run(run), record.target == "qbxml", record.state == .finished
    else {
      throw Failure(
        .usage, "there is no finished qbXML run \(run)",
        remedy: "see the ids of all runs with: loadbooks runs")
    }
    let requests = RunRequests(record, in: company)
    let known = try ledger.requests(ofRun: run)
    var paths: [String] = []
    for file in requests.files {
      let isOpen = file.requests.contains { request in
        guard let state = known[request.id]?.state else { return true }
        return state == .sent || state == .unknown
          || state == .intended && file.name == requests.files.last?.name
      }
      guard isOpen else { continue }
      paths.append(
        try RunFile.write(
          QBXMLQueries.recovery(ofSet: file.messageSet, format: settings.qbxmlFormat), "recover",
          into: requests))
    }
    return paths
  }
}

/// A file that asks for documents by their numbers, when QuickBooks has forgotten a set.
enum LookUpFile {
  /// What ids of its requests begin with; the set follows behind one letter and a hyphen.
  static let prefix = "find-"

  /// Writes the questions about the documents among some requests.
  static func write(
    _ requests: [QBXMLRequest], of run: RunRequests, format: QBXMLFormat
  ) throws(Failure) -> String {
    guard let id = requests.first?.id, let place = run.byID[id] else { return "" }
    let set = run.files[place.file].messageSet
    let numbers = { (type: String) in requests.filter { $0.type == type }.map(\.name) }
    let text = QBXMLQueries.documents(
      invoices: numbers("InvoiceAdd"), creditMemos: numbers("CreditMemoAdd"),
      ids: ("\(prefix)i-\(set)", "\(prefix)c-\(set)"), format: format)
    return try RunFile.write(text, "find", into: run)
  }

  /// What the books say about requests, as if they had been answered.
  ///
  /// What is there over the same amount for the same customer is taken for ours; what is not there was
  /// not done, nor counts a list entry as done, because asking for one that exists does no harm. Of a
  /// number that somebody else's document has, nothing is said.
  static func answers(
    _ requests: [QBXMLRequest], _ set: AnsweredSet
  ) -> [(answer: QBXMLAnswer, record: QBXMLRecord?)] {
    var found: [String: [QBXMLRecord]] = [:]
    for record in set.records {
      found[record.type + " " + record["RefNumber"], default: []].append(record)
    }
    let isAnswered = Set(set.answers.filter(\.answer.isDone).map { $0.answer.type.dropLast(5) })
    return requests.compactMap { request in
      var answer = QBXMLAnswer(
        type: request.type, requestID: request.id, status: 0, severity: .info, message: "",
        location: set.messageSet.location)
      guard request.document != nil else {
        (answer.status, answer.severity) = (3231, .error)
        return (answer, nil)
      }
      let kind = request.type.dropLast(3)
      let records = found[kind + " " + request.name] ?? []
      if records.isEmpty {
        guard isAnswered.contains(kind) else { return nil }
        (answer.status, answer.severity) = (3231, .error)
        return (answer, nil)
      }
      let total = request.type == "CreditMemoAdd" ? -request.total : request.total
      let own = records.first {
        $0.total == total
          && $0["CustomerRef/FullName"].lowercased() == request.customer.lowercased()
      }
      guard let own else { return nil }
      answer.location = own.location
      return (answer, own)
    }
  }
}
