internal import Ledger
internal import QuickBooks
internal import Vocabulary

/// A file that asks for documents by their numbers, when QuickBooks does not tell what became of a set.
enum LookUpFile {
  /// What ids of its requests begin with; the set follows behind one letter and a hyphen.
  static let prefix = "find-"

  /// Writes the questions about the documents among some requests; nil when there is none among them.
  ///
  /// All of them were sent last in one set, whose id the questions have.
  static func write(
    _ requests: [QBXMLRequest], of run: RunRequests, format: QBXMLFormat, _ ledger: SyncLedger,
    at: String
  ) throws(Failure) -> String? {
    let documents = requests.filter { $0.document != nil }
    guard let id = documents.first?.id, let file = run.lastFile[id] else { return nil }
    let set = run.files[file].messageSet
    let numbers = { (type: String) in documents.filter { $0.type == type }.map(\.name) }
    let text = QBXMLQueries.documents(
      invoices: numbers("InvoiceAdd"), creditMemos: numbers("CreditMemoAdd"),
      ids: ("\(prefix)i-\(set)", "\(prefix)c-\(set)"), format: format)
    return try RunFile.write(text, "find", into: run, ledger, at: at)
  }

  /// What an answer says about requests.
  struct Findings {
    /// What the books say, as if the requests had been answered.
    var answers: [(answer: QBXMLAnswer, record: QBXMLRecord?)] = []
    /// Requests whose number somebody else's document has, with that document.
    var others: [(request: QBXMLRequest, record: QBXMLRecord)] = []
    /// Requests about which a question failed, or was not answered.
    var failed: [QBXMLRequest] = []
  }

  /// What the books say about requests.
  ///
  /// What is there over the same amount for the same customer on the same day is taken for ours; what is
  /// not there was not done, nor counts a list entry as done, because asking for one that exists does no
  /// harm. Where the number has another document, or the question failed, nothing is known.
  static func findings(
    _ requests: [QBXMLRequest], _ set: AnsweredSet,
    _ sent: (QBXMLRequest) throws(Failure) -> SentDocument
  ) throws(Failure) -> Findings {
    var found: [String: [QBXMLRecord]] = [:]
    for record in set.records {
      found[record.type + " " + record["RefNumber"], default: []].append(record)
    }
    let isAnswered = Set(set.answers.filter(\.answer.isDone).map { $0.answer.type.dropLast(5) })
    var findings = Findings()
    for request in requests {
      var answer = QBXMLAnswer(
        type: request.type, requestID: request.id, status: 0, severity: .info, message: "",
        location: set.messageSet.location)
      let kind = request.type.dropLast(3)
      let records = request.document == nil ? [] : found[kind + " " + request.name] ?? []
      guard let first = records.first else {
        guard request.document == nil || isAnswered.contains(kind) else {
          findings.failed.append(request)
          continue
        }
        (answer.status, answer.severity) = (3231, .error)
        findings.answers.append((answer, nil))
        continue
      }
      let document = try sent(request)
      guard let own = records.first(where: { document.isShown(by: $0) }) else {
        findings.others.append((request, first))
        continue
      }
      answer.location = own.location
      findings.answers.append((answer, own))
    }
    return findings
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
  /// The customer as QuickBooks names it.
  var customer: String { customers.first ?? "" }

  /// What a run has sent with a request.
  init(_ request: QBXMLRequest, isIntact: Bool, _ entry: LedgerEntry?) {
    let isCredit = request.type == "CreditMemoAdd"
    let total = entry?.amount ?? request.total
    number = request.name
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
