public import Vocabulary

/// Writes the questions whose answers serve as books: everything a company file has that invoices care
/// about, hidden entries included, because they occupy their names as well.
public enum QBXMLQueries {
  /// Whether records come piece by piece, where QuickBooks can do that: customers, names, items,
  /// transactions.
  ///
  /// It works within one session of QuickBooks, so it needs a tool that keeps one open.
  public enum Paging: Hashable, Sendable {
    /// Everything at once.
    case none
    /// So many records at most, to begin with.
    case start(Int)
    /// The next ones of queries that were begun, by the ids of their requests.
    case next(Int, iterators: [String: String])
  }

  /// The name of the file.
  public static let fileName = "query.xml"

  /// The text of the query set.
  ///
  /// - Parameters:
  ///   - from: the first day of the documents asked for; nil for no beginning.
  ///   - until: the last day; nil for no end.
  ///   - paging: whether to ask for everything at once.
  ///   - version: the version in the file's `qbxml` instruction.
  /// - Returns: the text of the file.
  public static func text(
    from: CalendarDate? = nil, until: CalendarDate? = nil, paging: Paging = .none,
    version: String = "13.0"
  ) -> String {
    var text = QBXMLEnvelope.start(
      version: version, onError: .continueOnError, messageSet: nil)
    let isFirst = if case .next = paging { false } else { true }
    if isFirst {
      for name in ["Host", "Company", "Preferences"] {
        text += "<\(name)QueryRq requestID=\"\(name.lowercased())\"/>\n"
      }
      for (name, id) in [("Account", "accounts"), ("Terms", "terms"), ("Class", "classes")] {
        text += "<\(name)QueryRq requestID=\"\(id)\">"
        text += "<ActiveStatus>All</ActiveStatus></\(name)QueryRq>\n"
      }
    }
    for (name, id) in [("Item", "items"), ("Customer", "customers"), ("Entity", "names")] {
      guard let head = head(name, id, paging) else { continue }
      text += head + "<ActiveStatus>All</ActiveStatus></\(name)QueryRq>\n"
    }
    var days = ""
    if from != nil || until != nil {
      days += "<TxnDateRangeFilter>"
      if let from { days += "<FromTxnDate>\(from)</FromTxnDate>" }
      if let until { days += "<ToTxnDate>\(until)</ToTxnDate>" }
      days += "</TxnDateRangeFilter>"
    }
    for (name, id) in [("Invoice", "invoices"), ("CreditMemo", "credit-memos")] {
      guard let head = head(name, id, paging) else { continue }
      text += head + days + "<IncludeLineItems>false</IncludeLineItems></\(name)QueryRq>\n"
    }
    return text + QBXMLEnvelope.end
  }

  /// The text of a set that asks what became of an earlier one, and of nothing else.
  public static func recovery(ofSet messageSet: String, format: QBXMLFormat) -> String {
    QBXMLEnvelope.start(
      version: format.version, onError: .continueOnError, messageSet: messageSet,
      oldMessageSet: messageSet) + QBXMLEnvelope.end
  }

  /// The text of a set that asks for documents by their numbers, and for their customers: an answer that
  /// shows none of them may come from another company file.
  ///
  /// - Parameters:
  ///   - invoices: The numbers of invoices.
  ///   - creditMemos: The numbers of credit memos.
  ///   - customers: The names of customers.
  ///   - ids: The ids of the three requests.
  ///   - format: The user's choices.
  /// - Returns: The text of the file.
  public static func documents(
    invoices: [String], creditMemos: [String], customers: [String],
    ids: (invoices: String, creditMemos: String, customers: String), format: QBXMLFormat
  ) -> String {
    var text = QBXMLEnvelope.start(
      version: format.version, onError: .continueOnError, messageSet: nil)
    for (name, id, numbers) in [
      ("Invoice", ids.invoices, invoices), ("CreditMemo", ids.creditMemos, creditMemos),
    ] where !numbers.isEmpty {
      text += "<\(name)QueryRq requestID=\"\(QBXMLText.escaped(id))\">\n"
      for number in numbers {
        text += "<RefNumberCaseSensitive>\(QBXMLText.escaped(number))</RefNumberCaseSensitive>\n"
      }
      text += "<IncludeLineItems>false</IncludeLineItems></\(name)QueryRq>\n"
    }
    if !customers.isEmpty {
      text += "<CustomerQueryRq requestID=\"\(QBXMLText.escaped(ids.customers))\">\n"
      for name in customers {
        text += "<FullName>\(QBXMLText.escaped(name, isName: true))</FullName>\n"
      }
      for element in ["ListID", "Name", "FullName"] {
        text += "<IncludeRetElement>\(element)</IncludeRetElement>"
      }
      text += "</CustomerQueryRq>\n"
    }
    return text + QBXMLEnvelope.end
  }

  /// The beginning of a query that can be answered in pieces; nil when it has been answered.
  private static func head(_ name: String, _ id: String, _ paging: Paging) -> String? {
    let begin = "<\(name)QueryRq requestID=\"\(id)\""
    switch paging {
    case .none: return begin + ">"
    case .start(let count):
      return begin + " iterator=\"Start\"><MaxReturned>\(max(1, count))</MaxReturned>"
    case .next(let count, let iterators):
      guard let iterator = iterators[id] else { return nil }
      return begin + " iterator=\"Continue\" iteratorID=\"\(QBXMLText.escaped(iterator))\""
        + "><MaxReturned>\(max(1, count))</MaxReturned>"
    }
  }
}

/// Writes the sets that take documents back out of QuickBooks.
public enum QBXMLTakingBack {
  /// How a document is taken back.
  public enum Manner: String, Hashable, Sendable, CaseIterable {
    /// It is gone, and its number is free.
    case delete
    /// It stays with its number, over nothing.
    case void
  }

  /// A document in QuickBooks.
  public struct Document: Hashable, Sendable {
    /// What kind of form it is.
    public var kind: SalesDocument.Kind
    /// Its number.
    public var number: String
    /// QuickBooks' id for it.
    public var transaction: String

    /// A document.
    public init(kind: SalesDocument.Kind, number: String, transaction: String) {
      self.kind = kind
      self.number = number
      self.transaction = transaction
    }
  }

  /// The texts of the sets, each with so many requests at most.
  ///
  /// - Parameters:
  ///   - documents: what to take back.
  ///   - manner: how.
  ///   - format: the user's choices.
  ///   - sets: gives each file's set its id, from the number of the file.
  ///   - first: the number of the first file.
  /// - Returns: the texts of the files, in order; none when there is nothing to take back.
  public static func texts(
    _ documents: [Document], _ manner: Manner, format: QBXMLFormat, sets: QBXMLMessageSets,
    from first: Int = 1
  ) -> [String] {
    let perFile = max(1, format.requestsPerFile)
    return stride(from: 0, to: documents.count, by: perFile).enumerated().map { file, start in
      var text = QBXMLEnvelope.start(
        version: format.version, onError: .continueOnError, messageSet: sets.id(first + file))
      for document in documents[start..<min(start + perFile, documents.count)] {
        text += request(document, manner)
      }
      return text + QBXMLEnvelope.end
    }
  }

  /// The request for one document.
  public static func request(_ document: Document, _ manner: Manner) -> String {
    let word = manner == .delete ? "Del" : "Void"
    let type = document.kind == .invoice ? "Invoice" : "CreditMemo"
    let id = requestID(document)
    return "<Txn\(word)Rq requestID=\"\(QBXMLText.escaped(id))\">"
      + "<Txn\(word)Type>\(type)</Txn\(word)Type>"
      + "<TxnID>\(QBXMLText.escaped(document.transaction))</TxnID></Txn\(word)Rq>\n"
  }

  /// The id of the request for a document.
  public static func requestID(_ document: Document) -> String {
    (document.kind == .invoice ? "inv-" : "cm-") + document.number
  }
}
