public import Vocabulary

/// What QuickBooks says about one request.
public struct QBXMLAnswer: Hashable, Sendable {
  /// How bad it is.
  public enum Severity: String, Hashable, Sendable {
    /// As asked.
    case info = "Info"
    /// Done, with something to know.
    case warning = "Warn"
    /// Not done.
    case error = "Error"
  }

  /// What was asked: the element's name without `Rs`, such as `InvoiceAdd`.
  public var type: String
  /// The id of the request; empty when the answer has none.
  public var requestID: String
  /// The status: below 1000 it is done.
  public var status: Int
  /// How bad it is.
  public var severity: Severity
  /// QuickBooks' own words.
  public var message: String
  /// How many records there are still to be had of a query that is answered in pieces.
  public var remaining: Int?
  /// The id under which they are to be had, in the same session of QuickBooks.
  public var iterator: String?
  /// How many records came.
  public var records = 0
  /// Where it begins.
  public var location: SourceLocation

  /// An answer.
  public init(
    type: String, requestID: String, status: Int, severity: Severity, message: String,
    location: SourceLocation
  ) {
    self.type = type
    self.requestID = requestID
    self.status = status
    self.severity = severity
    self.message = message
    self.location = location
  }

  /// Whether QuickBooks did what was asked.
  public var isDone: Bool { severity != .error && status < 1000 }

  /// Whether the status says that it was done and the severity that it was not, or the other way round.
  public var isContradictory: Bool { (severity == .error) != (status >= 1000) }
}

/// A record that stands in an answer: what we read of it.
public struct QBXMLRecord: Hashable, Sendable {
  /// The kind of record: the element's name without `Ret`, such as `Invoice`.
  public var type: String
  /// Where it begins.
  public var location: SourceLocation
  /// Texts by the names of their elements; inner ones by a path such as `CustomerRef/FullName`.
  private var texts: [String: String] = [:]
  /// How many lines a transaction has, as far as the answer holds them.
  public internal(set) var lines = 0

  init(type: String, location: SourceLocation) {
    self.type = type
    self.location = location
  }

  /// The text of an element; empty when it is not there.
  public subscript(path: String) -> String { texts[path] ?? "" }

  /// Keeps a text; of several, the first counts.
  mutating func add(_ text: String, at path: String) {
    if texts[path] == nil { texts[path] = text }
  }

  /// What QuickBooks calls it: the transaction's id or the list entry's.
  public var quickBooksID: String {
    let transaction = self["TxnID"]
    return transaction.isEmpty ? self["ListID"] : transaction
  }

  /// The full path of a list entry.
  public var name: String {
    let full = self["FullName"]
    return full.isEmpty ? self["Name"] : full
  }

  /// Whether QuickBooks hides it.
  public var isInactive: Bool { self["IsActive"] == "false" || self["IsActive"] == "0" }

  /// An amount; nil when it is not there or is none.
  public func amount(_ path: String) -> Money? {
    let text = self[path]
    guard !text.isEmpty else { return nil }
    let digits = text.hasPrefix("+") ? String(text.dropFirst()) : text
    guard
      case .value(let value) = Array(digits.utf8).withUnsafeBufferPointer({
        FixedDecimal.parse($0.span, .us)
      })
    else { return nil }
    return Money(value)
  }

  /// What a document is about as QuickBooks sees it, in the sign of its form.
  ///
  /// An invoice has no element for it: it is the lines and the sales tax that QuickBooks has put on top.
  /// Nil when the answer does not show it, or shows what is no amount.
  public var total: Money? {
    guard self["TotalAmount"].isEmpty else { return amount("TotalAmount") }
    guard let lines = amount("Subtotal") else { return nil }
    guard !self["SalesTaxTotal"].isEmpty else { return lines }
    return amount("SalesTaxTotal").map { lines + $0 }
  }

  /// Whether it stands for a record in the answer to a set that was sent before, and shows little of it.
  public var isRecovered: Bool { type == "ErrorRecovery" }
}

/// What an answer says of the whole set.
public struct QBXMLMessageSet: Hashable, Sendable {
  /// The id of the set that is answered; empty when the answer does not say.
  public var id: String
  /// The status of the set itself, 9001 for one, when QuickBooks was asked to remember it.
  public var status: Int?
  /// Where it stands.
  public var location: SourceLocation

  /// What an answer says of a set.
  public init(id: String, status: Int?, location: SourceLocation) {
    self.id = id
    self.status = status
    self.location = location
  }
}

/// Reads answers of QuickBooks, whichever tool has saved them.
///
/// Elements are known by their names, wherever they stand and whatever stands beside them: newer
/// releases answer with more. Nothing is kept but one record at a time, and of it only what is read.
public enum QBXMLAnswers {
  /// What an answer file holds, in its order.
  public enum Event: Hashable, Sendable {
    /// The beginning of the answers to a set.
    case messageSet(QBXMLMessageSet)
    /// A record; the answer that it belongs to is not complete yet.
    case record(QBXMLRecord, QBXMLAnswer)
    /// The end of the answer to a request.
    case answer(QBXMLAnswer)
  }

  /// The largest file that is read: 1 GiB, more than QuickBooks writes in a day.
  public static let maximumBytes = 1 << 30

  /// Hands over what a file holds.
  ///
  /// - Throws: `Failure` with cause `inputMissing`; with `inputUnreadable` when it is not XML, not an
  ///   answer, too large or too deep, or declares a document type; or what `body` throws.
  public static func forEach(
    ofFile path: String, name: String? = nil, _ body: (Event) throws(Failure) -> Void
  ) throws(Failure) {
    try AnswerFileEnds.check(path, name ?? path)
    try withoutActuallyEscaping(body) { body throws(Failure) in
      let visitor = QBXMLAnswerVisitor(body)
      let stream = XMLStream(
        path: path, name: name ?? path, names: QBXMLAnswerVisitor.names,
        maximumBytes: maximumBytes, visitor: visitor)
      try stream.read()
      guard visitor.hasAnswers else {
        throw Failure(
          .inputUnreadable, "\(stream.name) is not an answer of QuickBooks: it has no QBXMLMsgsRs",
          remedy: "save what QuickBooks answered, not what was sent",
          location: SourceLocation(file: stream.name, line: 1))
      }
    }
  }

  /// Everything a file holds.
  ///
  /// - Throws: as ``forEach(ofFile:name:_:)``.
  public static func all(ofFile path: String) throws(Failure) -> [Event] {
    var events: [Event] = []
    try forEach(ofFile: path) { event throws(Failure) in events.append(event) }
    return events
  }
}

/// Puts answers together from the elements of a file.
private final class QBXMLAnswerVisitor: XMLVisitor {
  /// Elements whose text is read where they stand directly in a record.
  private static let texts = [
    "ListID", "TxnID", "EditSequence", "TxnNumber", "Name", "FullName", "RefNumber", "TxnDate",
    "Subtotal", "SalesTaxTotal", "TotalAmount", "IsActive", "AccountType", "AccountNumber",
    "CompanyName", "Email", "StdDueDays", "TimeCreated", "TimeModified", "PONumber", "DueDate",
    "TxnDelType", "TxnVoidType", "Memo", "IsPaid", "BalanceRemaining", "Country", "ProductName",
    "MajorVersion", "MinorVersion", "SupportedQBXMLVersion", "Addr1", "Addr2", "Addr3", "Addr4",
    "Addr5", "City", "State", "PostalCode", "ExternalGUID",
  ]
  /// Elements that hold others which are read under a path.
  private static let groups = [
    "CustomerRef", "ParentRef", "TermsRef", "AccountRef", "IncomeAccountRef", "SalesTaxCodeRef",
    "SalesOrPurchase", "SalesAndPurchase", "BillAddress", "BillAddressBlock", "CurrencyRef",
  ]
  private static let lines = [
    "InvoiceLineRet", "InvoiceLineGroupRet", "CreditMemoLineRet", "CreditMemoLineGroupRet",
  ]
  private static let root = ["QBXML", "QBXMLMsgsRs"]
  /// The requests that we ask, so that their answers are known by name.
  private static let answers = [
    "StandardTermsAdd", "AccountAdd", "ClassAdd", "ItemServiceAdd", "ItemOtherChargeAdd",
    "CustomerAdd", "InvoiceAdd", "CreditMemoAdd", "TxnDel", "TxnVoid", "HostQuery", "CompanyQuery",
    "PreferencesQuery", "AccountQuery", "TermsQuery", "StandardTermsQuery", "ClassQuery",
    "ItemQuery", "ItemServiceQuery", "ItemOtherChargeQuery", "CustomerQuery", "VendorQuery",
    "EntityQuery", "InvoiceQuery", "CreditMemoQuery",
  ]
  private static let records = [
    "StandardTerms", "DateDrivenTerms", "Account", "Class", "Customer", "Vendor", "Employee",
    "OtherName", "ItemService", "ItemOtherCharge", "ItemNonInventory", "ItemInventory",
    "ItemInventoryAssembly", "ItemFixedAsset", "ItemSubtotal", "ItemDiscount", "ItemPayment",
    "ItemSalesTax", "ItemSalesTaxGroup", "ItemGroup", "Invoice", "CreditMemo", "Host", "Company",
    "Preferences",
  ]
  /// What stands for a record in the answer to a set that was sent before.
  private static let recovery = "ErrorRecovery"
  static let names =
    root + texts + groups + lines + answers.map { $0 + "Rs" } + records.map { $0 + "Ret" }
    + [recovery]

  private enum Kind { case other, root, text, group, line, answer, record }
  private static let kinds: [Kind] =
    root.map { _ in .root } + texts.map { _ in .text } + groups.map { _ in .group }
    + lines.map { _ in .line } + answers.map { _ in .answer } + records.map { _ in .record } + [
      .record
    ]

  /// The longest text that is kept whole; a memo has 4095 characters.
  private static let longestText = 1 << 16

  typealias Body = (QBXMLAnswers.Event) throws(Failure) -> Void

  private(set) var hasAnswers = false
  private let body: Body
  private var path: [Int] = []
  private var answer: QBXMLAnswer?
  private var record: QBXMLRecord?
  /// The path within the record, and how many elements deep we are in what is passed over.
  private var prefix: [String] = []
  private var skipped = 0
  private var bytes: [UInt8] = []
  private var isCollecting = false

  init(_ body: @escaping Body) {
    self.body = body
  }

  private func kind(_ element: Int) -> Kind {
    element < 0 ? .other : QBXMLAnswerVisitor.kinds[element]
  }

  func begin(_ element: Int, _ attributes: XMLAttributes, in stream: XMLStream) {
    path.append(element)
    let name = element < 0 ? "" : QBXMLAnswerVisitor.names[element]
    switch path.count {
    case 1:
      guard name == "QBXML" else {
        return stream.fail(
          Failure(
            .inputUnreadable,
            "\(stream.name) is not an answer of QuickBooks: it does not begin "
              + "with a QBXML element",
            remedy: "save what QuickBooks answered into a file of its own",
            location: stream.location))
      }
    case 2:
      // A tool may save the question and the answer in one file.
      if name == "QBXMLMsgsRs" {
        hasAnswers = true
        tell(
          .messageSet(
            QBXMLMessageSet(
              id: attributes["newMessageSetID"] ?? attributes["oldMessageSetID"] ?? "",
              status: attributes["messageSetStatusCode"].flatMap { Int($0) },
              location: stream.location)), stream)
      }
    case 3:
      if path[1] == 1 { beginAnswer(name, attributes, stream) }
    default:
      if answer != nil { beginInside(element, name, stream) }
    }
  }

  private func beginAnswer(_ name: String, _ attributes: XMLAttributes, _ stream: XMLStream) {
    let code = attributes["statusCode"]
    guard let status = code.flatMap({ Int($0) }), status >= 0 else {
      guard !name.isEmpty else { return }
      return stream.fail(
        Failure(
          .inputUnreadable,
          code.map { "\(name) has the statusCode \"\($0)\", which is none" }
            ?? "\(name) has no statusCode", remedy: "save the answer again, unchanged",
          location: stream.location))
    }
    let severity =
      attributes["statusSeverity"].flatMap { QBXMLAnswer.Severity(rawValue: $0.capitalised) }
      ?? (status < 500 ? .info : status < 1000 ? .warning : .error)
    var answer = QBXMLAnswer(
      type: name.isEmpty ? "" : String(name.dropLast(2)),
      requestID: attributes["requestID"] ?? "", status: status, severity: severity,
      message: attributes["statusMessage"] ?? "", location: stream.location)
    answer.remaining = attributes["iteratorRemainingCount"].flatMap { Int($0) }
    answer.iterator = attributes["iteratorID"]
    self.answer = answer
    if name == "TxnDelRs" || name == "TxnVoidRs" {
      // These stand without a record around them.
      record = QBXMLRecord(type: answer.type, location: stream.location)
      prefix = []
    }
  }

  private func beginInside(_ element: Int, _ name: String, _ stream: XMLStream) {
    if skipped > 0 {
      skipped += 1
      return
    }
    switch kind(element) {
    case .record where record == nil:
      record = QBXMLRecord(
        type: name == QBXMLAnswerVisitor.recovery ? name : String(name.dropLast(3)),
        location: stream.location)
      prefix = []
    case .text where record != nil:
      isCollecting = true
      bytes.removeAll(keepingCapacity: true)
    case .group where record != nil: prefix.append(name)
    case .line where record != nil:
      record?.lines += 1
      skipped = 1
    default: skipped = 1
    }
  }

  func text(_ piece: UnsafeBufferPointer<UInt8>) {
    guard isCollecting, bytes.count < QBXMLAnswerVisitor.longestText else { return }
    bytes.append(contentsOf: piece.prefix(QBXMLAnswerVisitor.longestText - bytes.count))
  }

  func end(_ element: Int, in stream: XMLStream) {
    path.removeLast()
    guard answer != nil else { return }
    if path.count == 2 { return finish(stream) }
    if skipped > 0 {
      skipped -= 1
    } else if isCollecting {
      isCollecting = false
      let name = QBXMLAnswerVisitor.names[element]
      let text = String(decoding: bytes, as: UTF8.self)
      record?.add(text, at: (prefix + [name]).joined(separator: "/"))
    } else if !prefix.isEmpty {
      prefix.removeLast()
    } else if path.count == 3 {
      finishRecord(stream)
    }
  }

  private func finishRecord(_ stream: XMLStream) {
    guard let record, var answer else { return }
    answer.records += 1
    self.record = nil
    self.answer = answer
    tell(.record(record, answer), stream)
  }

  private func finish(_ stream: XMLStream) {
    if record != nil { finishRecord(stream) }
    if let answer { tell(.answer(answer), stream) }
    answer = nil
    skipped = 0
  }

  private func tell(_ event: QBXMLAnswers.Event, _ stream: XMLStream) {
    do throws(Failure) { try body(event) } catch { stream.fail(error) }
  }
}

extension String {
  /// The text with a capital letter and small ones behind it, as QuickBooks writes its words.
  fileprivate var capitalised: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
