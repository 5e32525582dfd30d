internal import Foundation
internal import Ledger
internal import QuickBooks
internal import Vocabulary

/// A file that asks for documents by their numbers, when QuickBooks does not tell what became of a set.
struct LookUpFile {
  /// Its path.
  let path: String
  /// The numbers that it asks for, by the kind of form, `Invoice` or `CreditMemo`.
  private(set) var asked: [String: Set<String>] = [:]
  /// The ids of its requests.
  private(set) var ids: Set<String> = []
  /// Whether it asks for customers as well, by which the company file is known.
  private(set) var asksForCustomers = false

  /// What ids of its requests begin with; a letter and a hyphen follow, then the set, a dot, and the
  /// number of the file.
  static let prefix = "find-"

  /// The set that a question is about, by the question's id.
  static func set(ofQuestion id: String) -> String {
    String(id.dropFirst(prefix.count + 2).prefix { $0 != "." })
  }

  /// Reads a file; nil when it cannot be read.
  init?(_ path: String) {
    self.path = path
    var (asked, ids, asksForCustomers) = (asked, ids, false)
    do {
      try QBXMLRequests.forEach(ofFile: path, validating: true) { (request) throws(Failure) in
        ids.insert(request.id)
        if request.type == "CustomerQuery" { asksForCustomers = true }
        asked[String(request.type.dropLast(5)), default: []].formUnion(request.asked)
      }
    } catch {
      return nil
    }
    (self.asked, self.ids, self.asksForCustomers) = (asked, ids, asksForCustomers)
  }

  /// The files of a folder, newest first.
  static func all(in folder: String) -> [LookUpFile] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix("-find.xml") && !$0.hasPrefix(".") }
      .sorted { (RunRequests.number(of: $0) ?? 0, $0) > (RunRequests.number(of: $1) ?? 0, $1) }
      .compactMap { LookUpFile(folder + "/" + $0) }
  }

  /// Whether it asks for a document.
  func asks(_ entity: LedgerAnswer.Entity, _ number: String) -> Bool {
    asked[entity == .creditMemo ? "CreditMemo" : "Invoice"]?.contains(number) ?? false
  }

  /// Writes the questions about the documents among some requests; nil when there is none among them.
  ///
  /// One that asks the same about the same set serves again.
  static func write(
    _ requests: [QBXMLRequest], ofSet set: String, of run: RunRequests, format: QBXMLFormat,
    _ ledger: SyncLedger, at: String
  ) throws(Failure) -> String? {
    let documents = requests.filter { $0.document != nil }
    guard !documents.isEmpty else { return nil }
    let numbers = { (type: String) in documents.filter { $0.type == type }.map(\.name) }
    let (invoices, creditMemos) = (numbers("InvoiceAdd"), numbers("CreditMemoAdd"))
    let known = all(in: run.folder).first { file in
      file.asksForCustomers && file.ids.contains { self.set(ofQuestion: $0) == set }
        && file.asked["Invoice"] ?? [] == Set(invoices)
        && file.asked["CreditMemo"] ?? [] == Set(creditMemos)
    }
    if let known { return known.path }
    var customers: [String] = []
    var met: Set<String> = []
    for document in documents where met.insert(document.customer.lowercased()).inserted {
      customers.append(document.customer)
    }
    let behind = "\(set).\(run.nextNumber)"
    let text = QBXMLQueries.documents(
      invoices: invoices, creditMemos: creditMemos, customers: customers,
      ids: ("\(prefix)i-\(behind)", "\(prefix)c-\(behind)", "\(prefix)k-\(behind)"),
      format: format)
    return try RunFile.write(text, "find", into: run, ledger, at: at)
  }
}

/// What an answer to questions for documents says about the requests that made them.
struct LookUpFindings {
  /// What the books say, as if the requests had been answered.
  private(set) var answers: [(answer: QBXMLAnswer, record: QBXMLRecord?)] = []
  /// Requests whose number somebody else's document has, with that document.
  private(set) var others: [(request: QBXMLRequest, record: QBXMLRecord)] = []
  /// Requests about which a question failed, or was not answered.
  private(set) var failed: [QBXMLRequest] = []
  /// Requests whose documents are not there, in books that show nothing else of the run either.
  private(set) var strange: [QBXMLRequest] = []

  /// The status of a question that found nothing, which stands for a document that is not there.
  static let notThere = 500
  /// What is said of it.
  static let notThereWords = "QuickBooks has no document with this number"

  /// What the books say about requests.
  ///
  /// What is there over the same amount for the same customer on the same day is taken for ours. What was
  /// asked for and is not there was not done, if the answer shows at all that it comes from the books of this
  /// company: a document of ours, or a customer. Nor counts a list entry as done, because asking for one
  /// that exists does no harm. Where the number has another document, or the question failed, nothing is
  /// known; what was not asked for stays as it is.
  ///
  /// - Parameters:
  ///   - requests: Documents that are in doubt, and list entries that are not answered.
  ///   - settled: Documents of which somebody has said meanwhile whether they are there; they count only if
  ///     they are shown.
  ///   - asked: The files that may have been answered.
  ///   - set: The answer.
  ///   - customers: The ids that QuickBooks gave the run's customers, empty where it did not say, by
  ///     their names in lower case.
  ///   - sent: What was sent with a request.
  /// - Throws: What `sent` throws.
  init(
    _ requests: [QBXMLRequest], settled: [QBXMLRequest], asked: [LookUpFile], _ set: AnsweredSet,
    customers: [String: String], _ sent: (QBXMLRequest) throws(Failure) -> SentDocument
  ) throws(Failure) {
    var found: [String: [QBXMLRecord]] = [:]
    for record in set.records {
      found[record.type + " " + record["RefNumber"], default: []].append(record)
    }
    let isAnswered = Set(set.answers.filter(\.answer.isDone).map { $0.answer.type.dropLast(5) })
    var missing: [(request: QBXMLRequest, answer: QBXMLAnswer)] = []
    for request in requests {
      var answer = QBXMLAnswer(
        type: request.type, requestID: request.id, status: 0, severity: .info, message: "",
        location: set.messageSet.location)
      let kind = request.type.dropLast(3)
      let records = request.document == nil ? [] : found[kind + " " + request.name] ?? []
      guard let first = records.first else {
        (answer.status, answer.severity) = (LookUpFindings.notThere, .warning)
        answer.message = LookUpFindings.notThereWords
        guard let entity = LedgerAnswer.Entity(request: request.type), request.document != nil
        else {
          answers.append((answer, nil))
          continue
        }
        // Several files may have questions with this id: what all of them ask for was asked for.
        guard !asked.isEmpty, asked.allSatisfy({ $0.asks(entity, request.name) }) else { continue }
        if isAnswered.contains(kind) {
          missing.append((request, answer))
        } else {
          failed.append(request)
        }
        continue
      }
      let document = try sent(request)
      let own = records.filter { document.isShown(by: $0) }
      if own.isEmpty { others.append((request, first)) }
      for record in own {
        answer.location = record.location
        answers.append((answer, record))
      }
    }
    for request in settled {
      let document = try sent(request)
      let kind = request.type.dropLast(3)
      for record in found[kind + " " + request.name] ?? [] where document.isShown(by: record) {
        let answer = QBXMLAnswer(
          type: request.type, requestID: request.id, status: 0, severity: .info, message: "",
          location: record.location)
        answers.append((answer, record))
      }
    }
    if answers.contains(where: { $0.record != nil })
      || LookUpFindings.areOurs(set.records, customers)
    {
      answers += missing.map { ($0.answer, nil) }
    } else {
      strange = missing.map(\.request)
    }
  }

  /// Whether books show a customer of the run, and under the id that QuickBooks gave it.
  private static func areOurs(_ records: [QBXMLRecord], _ customers: [String: String]) -> Bool {
    var isShown = false
    for record in records where record.type == "Customer" {
      guard let id = customers[record.name.lowercased()] else { continue }
      guard id.isEmpty || id == record.quickBooksID else { return false }
      isShown = true
    }
    return isShown
  }
}

/// A document as it was sent: what the ledger knows of it, which no hand can have changed.
struct SentDocument {
  /// Its number in QuickBooks.
  var number: String
  /// The customer's names in QuickBooks under which it may have been sent.
  var customers: [String]
  /// Its date, ISO 8601; empty when nobody knows.
  var date: String
  /// What the form is over.
  var total: Money
  /// What LoadOps calls the customer; nil when nobody knows.
  var source: String?
  /// The customer as QuickBooks names it.
  var customer: String { customers.first ?? "" }

  /// What a run has sent with a request.
  init(_ request: QBXMLRequest, isIntact: Bool, _ entry: LedgerEntry?) {
    let isCredit = request.type == "CreditMemoAdd"
    let total = entry?.amount ?? request.total
    number = request.name
    source = entry?.customer
    customers = entry.map { [$0.quickBooksCustomer] } ?? []
    if isIntact || entry == nil { customers.append(request.customer) }
    date = entry?.date.description ?? request.date
    self.total = isCredit ? -total : total
  }

  /// Whether a document of QuickBooks is this one; what it does not show speaks for nothing.
  func isShown(by record: QBXMLRecord) -> Bool {
    record.total == total && customerAgrees(record) && dateAgrees(record)
      && !record["CustomerRef/FullName"].isEmpty
  }

  func customerAgrees(_ record: QBXMLRecord) -> Bool {
    let name = record["CustomerRef/FullName"].lowercased()
    return name.isEmpty || customers.contains { $0.lowercased() == name }
  }

  func dateAgrees(_ record: QBXMLRecord) -> Bool {
    record["TxnDate"].isEmpty || date.isEmpty || record["TxnDate"] == date
  }
}
