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

/// A list entry that a request refers to.
struct QBXMLReference {
  var list: QBXMLKnownNames.List
  var path: String
}

/// Puts requests together from the elements of a file.
final class QBXMLRequestVisitor: XMLVisitor {
  typealias Body = (
    _ request: QBXMLRequest, _ references: [QBXMLReference], _ location: SourceLocation
  ) throws(Failure) -> Void

  /// The id of the message set.
  private(set) var messageSet: String?
  private let name: String
  private let body: Body
  private let wantsReferences: Bool
  private var request: QBXMLRequest?
  private var references: [QBXMLReference] = []
  private var path: [Int] = []
  private var bytes: [UInt8] = []
  private var parent = ""
  private var isCollecting = false

  init(name: String, wantsReferences: Bool = false, _ body: @escaping Body) {
    self.name = name
    self.wantsReferences = wantsReferences
    self.body = body
  }

  func read(path: String, validating: Bool) throws(Failure) {
    let stream = XMLStream(
      path: path, name: name, names: Word.allCases.map(\.rawValue), visitor: self)
    do {
      try stream.read(validating: validating ? try QBXMLSchema.requests() : nil)
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

  /// The elements that mean something here.
  private enum Word: String, CaseIterable {
    case qbxml = "QBXML"
    case messages = "QBXMLMsgsRq"
    case standardTermsAddRq = "StandardTermsAddRq"
    case accountAddRq = "AccountAddRq"
    case classAddRq = "ClassAddRq"
    case itemServiceAddRq = "ItemServiceAddRq"
    case itemOtherChargeAddRq = "ItemOtherChargeAddRq"
    case customerAddRq = "CustomerAddRq"
    case invoiceAddRq = "InvoiceAddRq"
    case creditMemoAddRq = "CreditMemoAddRq"
    case txnDelRq = "TxnDelRq"
    case txnVoidRq = "TxnVoidRq"
    case hostQueryRq = "HostQueryRq"
    case companyQueryRq = "CompanyQueryRq"
    case preferencesQueryRq = "PreferencesQueryRq"
    case accountQueryRq = "AccountQueryRq"
    case termsQueryRq = "TermsQueryRq"
    case classQueryRq = "ClassQueryRq"
    case itemQueryRq = "ItemQueryRq"
    case customerQueryRq = "CustomerQueryRq"
    case entityQueryRq = "EntityQueryRq"
    case invoiceQueryRq = "InvoiceQueryRq"
    case creditMemoQueryRq = "CreditMemoQueryRq"
    case name = "Name"
    case fullName = "FullName"
    case amount = "Amount"
    case refNumber = "RefNumber"
    case refNumberCaseSensitive = "RefNumberCaseSensitive"
    case txnDate = "TxnDate"
    case txnID = "TxnID"
    case invoiceLine = "InvoiceLineAdd"
    case creditMemoLine = "CreditMemoLineAdd"
    case parentRef = "ParentRef"
    case customerRef = "CustomerRef"
    case itemRef = "ItemRef"
    case termsRef = "TermsRef"
    case classRef = "ClassRef"
    case receivableRef = "ARAccountRef"
    case accountRef = "AccountRef"
  }

  private static let words = Word.allCases

  private func word(_ element: Int) -> Word? {
    element < 0 ? nil : QBXMLRequestVisitor.words[element]
  }

  func begin(_ element: Int, _ attributes: XMLAttributes, in stream: XMLStream) {
    path.append(element)
    let word = word(element)
    switch path.count {
    case 1:
      if word != .qbxml { stream.fail(refusal("the root element is not QBXML", stream)) }
    case 2:
      guard word == .messages else {
        return stream.fail(refusal("it holds no QBXMLMsgsRq: it is not a file of requests", stream))
      }
      messageSet = attributes["newMessageSetID"]
    case 3:
      guard let word, let id = attributes["requestID"], !id.isEmpty else {
        return stream.fail(refusal("a request has no requestID or is not one of ours", stream))
      }
      request = QBXMLRequest(type: String(word.rawValue.dropLast(2)), id: id, line: stream.line)
      parent = ""
      references.removeAll(keepingCapacity: true)
    default:
      switch word {
      case .invoiceLine, .creditMemoLine: request?.lines += 1
      case .name, .fullName, .amount, .refNumber, .refNumberCaseSensitive, .txnDate, .txnID:
        isCollecting = true
        bytes.removeAll(keepingCapacity: true)
      default: break
      }
    }
  }

  func text(_ piece: UnsafeBufferPointer<UInt8>) {
    if isCollecting { bytes.append(contentsOf: piece) }
  }

  func end(_ element: Int, in stream: XMLStream) {
    path.removeLast()
    if isCollecting {
      isCollecting = false
      take(word(element), in: stream)
    } else if path.count == 2 {
      finish(in: stream)
    }
  }

  private func take(_ word: Word?, in stream: XMLStream) {
    switch word {
    case .amount:
      guard case .value(let value) = FixedDecimal.parse(bytes.span, .us), let money = Money(value)
      else { return stream.fail(refusal("\"\(text)\" is not an amount", stream)) }
      let isCredit = request?.type == "CreditMemoAdd"
      request?.total += isCredit ? -money : money
    case .refNumber, .txnID: request?.name = text
    case .refNumberCaseSensitive: request?.asked.append(text)
    case .txnDate: request?.date = text
    // The name of the entry itself, not of something inside it.
    case .name: if path.count == 4 { request?.name = text }
    case .fullName: takeReference()
    default: break
    }
  }

  private func takeReference() {
    let list: QBXMLKnownNames.List
    switch path.last.flatMap({ word($0) }) {
    case .customerRef:
      request?.customer = text
      list = .customer
    case .parentRef:
      parent = text
      list = ownList
    case .itemRef: list = .item
    case .termsRef: list = .terms
    case .classRef: list = .class
    case .receivableRef, .accountRef: list = .account
    default: return
    }
    if wantsReferences { references.append(QBXMLReference(list: list, path: text)) }
  }

  private var ownList: QBXMLKnownNames.List {
    QBXMLKnownNames.List(request: request?.type ?? "") ?? .customer
  }

  private func finish(in stream: XMLStream) {
    guard var finished = request else { return }
    request = nil
    if !parent.isEmpty { finished.name = parent + ":" + finished.name }
    do throws(Failure) {
      try body(
        finished, references, SourceLocation(file: stream.name, line: max(1, finished.line)))
    } catch {
      stream.fail(error)
    }
  }

  private var text: String { String(decoding: bytes, as: UTF8.self) }

  private func refusal(_ message: String, _ stream: XMLStream) -> Failure {
    Failure(
      .inputUnreadable, message, remedy: "compare the file with the one that was written",
      location: stream.location)
  }
}

extension QBXMLKnownNames.List {
  /// The list that a request adds to; nil when it adds to none.
  init?(request: String) {
    switch request {
    case "StandardTermsAdd": self = .terms
    case "AccountAdd": self = .account
    case "ClassAdd": self = .class
    case "ItemServiceAdd", "ItemOtherChargeAdd": self = .item
    case "CustomerAdd": self = .customer
    default: return nil
    }
  }
}
