public import Vocabulary

/// A request of a qbXML file in short, as it was read back from the file's bytes.
public struct QBXMLRequest: Hashable, Sendable {
  /// What is asked for: the element's name without `Rq`, such as `InvoiceAdd`.
  public var type: String
  /// The id that comes back in the answer.
  public var id: String
  /// A list entry's full path, a document's number, or the transaction to take back.
  public var name = ""
  /// The customer of a document.
  public var customer = ""
  /// The date of a document, as written.
  public var date = ""
  /// What a customer owes more by a document: negative for a credit memo.
  public var total = Money.zero
  /// How many lines a document has.
  public var lines = 0
  /// The numbers that a question for documents asks for.
  public var asked: [String] = []
  /// The line of the file where it begins, from 1.
  public var line: Int

  /// The document that the request makes; nil when it makes none.
  public var document: WrittenDocument? {
    let kind: String? =
      switch type {
      case "InvoiceAdd": "INVOICE"
      case "CreditMemoAdd": "CREDIT MEMO"
      default: nil
      }
    guard let kind else { return nil }
    return WrittenDocument(
      type: kind, number: name, customer: customer, date: date, total: total, balance: .zero,
      lines: lines, line: line)
  }
}

/// Reads the requests of qbXML files back.
public enum QBXMLRequests {
  /// Hands over the requests of a file one by one, so that no file is too long.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - validating: whether the file must be one that LoadBooks may have written, by its schema.
  ///   - body: is given each request.
  /// - Returns: the id of the message set; nil for one that writes nothing.
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`, or what `body` throws.
  @discardableResult
  public static func forEach(
    ofFile path: String, validating: Bool = false,
    _ body: (QBXMLRequest) throws(Failure) -> Void
  ) throws(Failure) -> String? {
    try withoutActuallyEscaping(body) { body throws(Failure) in
      let reading = QBXMLRequestVisitor(name: path) { (request, _, _) throws(Failure) in
        try body(request)
      }
      try reading.read(path: path, validating: validating)
      return reading.messageSet
    }
  }
}

/// The list entries that a request refers to, in its order.
struct QBXMLReferences {
  private var entries: [(list: QBXMLKnownNames.List, range: Range<Int>)] = []
  private var bytes: [UInt8] = []

  /// How many there are.
  var count: Int { entries.count }

  /// Calls `body` with each list and the entry's path, UTF-8.
  func forEach(
    _ body: (QBXMLKnownNames.List, Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    for entry in entries { try body(entry.list, bytes.span.extracting(entry.range)) }
  }

  fileprivate mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }

  fileprivate mutating func append(_ list: QBXMLKnownNames.List, _ path: [UInt8]) {
    let start = bytes.count
    bytes.append(contentsOf: path)
    entries.append((list, start..<bytes.count))
  }
}

/// Puts requests together from the elements of a file.
final class QBXMLRequestVisitor: XMLVisitor {
  typealias Body = (
    _ request: QBXMLRequest, _ references: QBXMLReferences, _ location: SourceLocation
  ) throws(Failure) -> Void

  /// What is known of the request that is being read.
  private struct State {
    var messageSet: String?
    var request: QBXMLRequest?
    var isCredit = false
    var list: QBXMLKnownNames.List?
    var references = QBXMLReferences()
    var parent = ""
    var bytes: [UInt8] = []
    var isCollecting = false
  }

  private let name: String
  private let body: Body
  private let wantsReferences: Bool
  /// Apart from the object, because every access to an object's own properties is checked: this is
  /// asked for with every element.
  private let state: UnsafeMutablePointer<State>

  init(name: String, wantsReferences: Bool = false, _ body: @escaping Body) {
    self.name = name
    self.wantsReferences = wantsReferences
    self.body = body
    state = .allocate(capacity: 1)
    state.initialize(to: State())
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// The id of the message set.
  var messageSet: String? { state.pointee.messageSet }

  func read(
    path: String, validating: Bool, inspect: XMLStream.Inspection? = nil
  ) throws(Failure) {
    let stream = XMLStream(path: path, name: name, names: Word.names, visitor: self)
    do {
      try stream.read(validating: validating ? try QBXMLSchema.requests() : nil, inspect: inspect)
    } catch {
      throw QBXMLRequestVisitor.explained(error)
    }
  }

  /// An element that QuickBooks Desktop refuses is called so.
  private static func explained(_ failure: Failure) -> Failure {
    guard failure.message.hasPrefix("Element '"),
      let name = failure.message.dropFirst(9).split(separator: "'").first,
      QBXMLElements.forbidden.contains(String(name))
    else { return failure }
    var failure = failure
    failure.message = "\(name) is an element that QuickBooks Desktop refuses: \(failure.message)"
    return failure
  }

  // MARK: Elements

  /// The elements that mean something here, by the numbers that the stream knows them by.
  private enum Word: Int {
    case qbxml, messages
    case standardTermsAddRq, accountAddRq, classAddRq, itemServiceAddRq, itemOtherChargeAddRq
    case customerAddRq, invoiceAddRq, creditMemoAddRq, txnDelRq, txnVoidRq
    case hostQueryRq, companyQueryRq, preferencesQueryRq, accountQueryRq, termsQueryRq
    case classQueryRq, itemQueryRq, customerQueryRq, entityQueryRq, invoiceQueryRq
    case creditMemoQueryRq
    case name, fullName, amount, refNumber, refNumberCaseSensitive, txnDate, txnID
    case invoiceLine, creditMemoLine
    case parentRef, customerRef, itemRef, termsRef, classRef, receivableRef, accountRef

    static let names = [
      "QBXML", "QBXMLMsgsRq",
      "StandardTermsAddRq", "AccountAddRq", "ClassAddRq", "ItemServiceAddRq",
      "ItemOtherChargeAddRq",
      "CustomerAddRq", "InvoiceAddRq", "CreditMemoAddRq", "TxnDelRq", "TxnVoidRq",
      "HostQueryRq", "CompanyQueryRq", "PreferencesQueryRq", "AccountQueryRq", "TermsQueryRq",
      "ClassQueryRq", "ItemQueryRq", "CustomerQueryRq", "EntityQueryRq", "InvoiceQueryRq",
      "CreditMemoQueryRq",
      "Name", "FullName", "Amount", "RefNumber", "RefNumberCaseSensitive", "TxnDate", "TxnID",
      "InvoiceLineAdd", "CreditMemoLineAdd",
      "ParentRef", "CustomerRef", "ItemRef", "TermsRef", "ClassRef", "ARAccountRef", "AccountRef",
    ]
    /// What requests are called without `Rq`.
    static let types = names.map { $0.hasSuffix("Rq") ? String($0.dropLast(2)) : $0 }
  }

  func begin(_ element: Int, _ attributes: XMLAttributes, in stream: XMLStream) {
    let word = Word(rawValue: element)
    switch stream.depth {
    case 1:
      if word != .qbxml { stream.fail(refusal("the root element is not QBXML", stream)) }
    case 2:
      guard word == .messages else {
        return stream.fail(refusal("it holds no QBXMLMsgsRq: it is not a file of requests", stream))
      }
      state.pointee.messageSet = attributes["newMessageSetID"]
    case 3:
      guard let word, let id = attributes["requestID"], !id.isEmpty else {
        return stream.fail(refusal("a request has no requestID or is not one of ours", stream))
      }
      beginRequest(word, id, line: stream.line)
    default:
      switch word {
      case .invoiceLine, .creditMemoLine: state.pointee.request?.lines += 1
      case .name, .fullName, .amount, .refNumber, .refNumberCaseSensitive, .txnDate, .txnID:
        state.pointee.isCollecting = true
        state.pointee.bytes.removeAll(keepingCapacity: true)
      default: break
      }
    }
  }

  private func beginRequest(_ word: Word, _ id: String, line: Int) {
    let type = Word.types[word.rawValue]
    state.pointee.request = QBXMLRequest(type: type, id: id, line: line)
    state.pointee.isCredit = word == .creditMemoAddRq
    state.pointee.list = QBXMLKnownNames.List(request: type)
    state.pointee.parent = ""
    state.pointee.references.removeAll()
  }

  func text(_ piece: UnsafeBufferPointer<UInt8>) {
    if state.pointee.isCollecting { state.pointee.bytes.append(contentsOf: piece) }
  }

  func end(_ element: Int, in stream: XMLStream) {
    if state.pointee.isCollecting {
      state.pointee.isCollecting = false
      take(Word(rawValue: element), in: stream)
    } else if stream.depth == 2 {
      finish(in: stream)
    }
  }

  private func take(_ word: Word?, in stream: XMLStream) {
    switch word {
    case .amount:
      guard case .value(let value) = FixedDecimal.parse(state.pointee.bytes.span, .us),
        let money = Money(value)
      else { return stream.fail(refusal("\"\(text)\" is not an amount", stream)) }
      state.pointee.request?.total += state.pointee.isCredit ? -money : money
    case .refNumber, .txnID: state.pointee.request?.name = text
    case .refNumberCaseSensitive: state.pointee.request?.asked.append(text)
    case .txnDate: state.pointee.request?.date = text
    // The name of the entry itself, not of something inside it.
    case .name: if stream.depth == 4 { state.pointee.request?.name = text }
    case .fullName: takeReference(Word(rawValue: stream.innermost))
    default: break
    }
  }

  private func takeReference(_ word: Word?) {
    let list: QBXMLKnownNames.List
    switch word {
    case .customerRef:
      state.pointee.request?.customer = text
      list = .customer
    case .parentRef:
      state.pointee.parent = text
      list = state.pointee.list ?? .customer
    case .itemRef: list = .item
    case .termsRef: list = .terms
    case .classRef: list = .class
    case .receivableRef, .accountRef: list = .account
    default: return
    }
    if wantsReferences { state.pointee.references.append(list, state.pointee.bytes) }
  }

  private func finish(in stream: XMLStream) {
    guard var finished = state.pointee.request.take() else { return }
    let parent = state.pointee.parent
    if !parent.isEmpty { finished.name = parent + ":" + finished.name }
    do throws(Failure) {
      try body(
        finished, state.pointee.references,
        SourceLocation(file: stream.name, line: max(1, finished.line)))
    } catch {
      stream.fail(error)
    }
  }

  private var text: String { String(decoding: state.pointee.bytes, as: UTF8.self) }

  private func refusal(_ message: String, _ stream: XMLStream) -> Failure {
    Failure(
      .inputUnreadable, message, remedy: "compare the file with the one that was written",
      location: stream.location)
  }
}
