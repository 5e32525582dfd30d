internal import Foundation
public import Vocabulary

/// A request to QuickBooks Online as it stands in a run's file.
///
/// The file is there, on disk, before the first byte is sent. It has one line about the run, one for each
/// list entry that documents refer to, parents first, one for each document, and a last one that says
/// that it is whole. Inside the bodies, references to list entries are the numbers of their lines
/// (`ref:3`), because the ids of entries that the run itself creates are known only later.
public struct OnlineRequest: Hashable, Sendable {
  /// What a request is about.
  public enum Entity: String, Hashable, Sendable, CaseIterable {
    case account, terms, item, `class`, customer, invoice
    case creditMemo = "credit_memo"

    /// QuickBooks' own name.
    public var name: String {
      switch self {
      case .account: "Account"
      case .terms: "Term"
      case .item: "Item"
      case .class: "Class"
      case .customer: "Customer"
      case .invoice: "Invoice"
      case .creditMemo: "CreditMemo"
      }
    }

    /// QuickBooks' name in addresses.
    public var resource: String { name.lowercased() }

    /// Whether it is an invoice or a credit memo.
    public var isDocument: Bool { self == .invoice || self == .creditMemo }
  }

  /// What it is about.
  public var entity: Entity
  /// The full path of an entry, or the number of a document.
  public var name: String
  /// The number of the line among list entries; nil for documents.
  public var reference: Int?
  /// The request id, a UUID that no other request has; empty for an entry that exists.
  public var id = ""
  /// The body, with references to be filled in; empty for an entry that exists.
  public var body: [UInt8] = []
  /// The customer's line.
  public var customer: Int?
  /// The class's line.
  public var classReference: Int?
  /// The date.
  public var date: CalendarDate?
  /// What QuickBooks must make of a document, in the sign of its form.
  public var total: Money = .zero
  /// How many lines it has.
  public var lines = 0
  /// Its document as read back, for checks.
  public var document: WrittenDocument?

  /// A request.
  public init(_ entity: Entity, name: String) {
    self.entity = entity
    self.name = name
  }

  /// Whether QuickBooks is to create it.
  public var isCreation: Bool { !id.isEmpty }

  var json: OnlineJSON {
    .of(
      ("entity", .string(entity.rawValue)), ("name", .string(name)),
      ("ref", reference.map { .number(String($0)) }), ("id", id.isEmpty ? nil : .string(id)),
      ("customer", customer.map { .number(String($0)) }),
      ("class", classReference.map { .number(String($0)) }),
      ("date", date.map { .string($0.description) }),
      ("total", entity.isDocument ? total.json : nil))
  }
}

/// The request file of a run.
public enum OnlineRequests {
  static let format = "loadbooks-online-requests"
  /// The file's name.
  public static let fileName = "001-requests.jsonl"
  static let bodyMark = Array(#","body":"#.utf8)
  /// With what the body of a document begins.
  private static let numberMark = Array(#"{"DocNumber":"#.utf8)
  /// With what the last line begins.
  private static let endMark = Array(#"{"documents":"#.utf8)
  /// What of a document's body is not needed to check it.
  private static let unread = OnlineJSON.Unread([
    "SalesItemLineDetail", "Description", "DetailType", "LineNum", "CustomerRef", "CustomerMemo",
    "PrivateNote", "SalesTermRef", "DueDate", "EmailStatus",
  ])

  /// What is passed over when only what is told of a request is wanted, and its body as it is.
  private static let bodyUnread = OnlineJSON.Unread(["body"])

  /// Hands over the requests of a file one by one.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - looksIntoBodies: Whether bodies are read back as documents; they must be JSON in any case.
  ///   - body: Gets each request.
  /// - Returns: The id of the run that wrote it.
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`, also for a file that lacks its
  ///   end; or what `body` throws.
  @discardableResult
  public static func forEach(
    ofFile path: String, looksIntoBodies: Bool = true,
    _ body: (OnlineRequest) throws(Failure) -> Void
  ) throws(Failure) -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(
        .inputMissing, "\(path) is missing", remedy: "put the file back where the run wrote it")
    }
    var reading = Reading(path: path, looksIntoBodies: looksIntoBodies)
    try [UInt8](data).withUnsafeBufferPointer { bytes throws(Failure) in
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
        let line = UnsafeBufferPointer(rebasing: bytes[start..<end])
        if let request = try reading.take(line) { try body(request) }
        start = end + 1
      }
    }
    return try reading.finished()
  }

  /// A file that is being read, line by line.
  private struct Reading {
    let path: String
    let looksIntoBodies: Bool
    private var run: String?
    private var (documents, total, isWhole, line) = (0, Money.zero, false, 0)
    private var customers: [Int: String] = [:]

    init(path: String, looksIntoBodies: Bool) {
      self.path = path
      self.looksIntoBodies = looksIntoBodies
    }

    /// The request of the next line; nil for a line that has none.
    mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> OnlineRequest? {
      line += 1
      if bytes.isEmpty { return nil }
      guard run != nil else {
        let header = OnlineJSON.read(bytes)
        guard header?["format"]?.text == format, let id = header?["run"]?.text else {
          throw damaged(path, line)
        }
        run = id
        return nil
      }
      if bytes.starts(with: endMark) {
        let end = OnlineJSON.read(bytes)
        isWhole =
          end?["documents"]?.text == String(documents)
          && end?["amount"]?.text == total.description
        return nil
      }
      guard !isWhole, var request = OnlineRequests.request(bytes, looksIntoBodies) else {
        throw damaged(path, line)
      }
      if let reference = request.reference, request.entity == .customer {
        customers[reference] = request.name
      }
      if request.entity.isDocument {
        documents += 1
        total += request.entity == .invoice ? request.total : -request.total
        request.document?.line = line
        request.document?.customer = request.customer.flatMap { customers[$0] } ?? ""
        request.lines = request.document?.lines ?? 0
      }
      return request
    }

    /// The run whose file it is, once all of it was read.
    func finished() throws(Failure) -> String {
      guard let run, isWhole else { throw damaged(path, line) }
      return run
    }
  }

  private static func damaged(_ path: String, _ line: Int) -> Failure {
    Failure(
      .inputUnreadable, "\(path) is not as it was written",
      remedy: "put back the file that the run wrote; it is in a backup of the company folder",
      location: SourceLocation(file: path, line: line))
  }

  /// A request from its line: what is told of it, and its body as it is, byte by byte.
  private static func request(
    _ line: UnsafeBufferPointer<UInt8>, _ looksIntoBody: Bool
  ) -> OnlineRequest? {
    let body = bodyStart(line).map { Array(line[($0 + bodyMark.count)...].dropLast()) } ?? []
    guard
      let json = OnlineJSON.read(line, leavingOut: looksIntoBody ? unread : bodyUnread),
      let entity = json["entity"]?.text.flatMap(OnlineRequest.Entity.init(rawValue:)),
      let name = json["name"]?.text
    else { return nil }
    var request = OnlineRequest(entity, name: name)
    let integer = { (name: String) in json[name]?.text.flatMap(Int.init) }
    request.reference = integer("ref")
    request.customer = integer("customer")
    request.classReference = integer("class")
    request.id = json["id"]?.text ?? ""
    request.body = body
    request.date = json["date"]?.text.flatMap { CalendarDate(iso: $0) }
    guard entity.isDocument else { return request }
    guard let total = json["total"]?.money else { return nil }
    request.total = total
    if !looksIntoBody {
      // The number is what a document is looked up by: the body must have the same one.
      let start = numberMark + OnlineJSON.string(name).bytes
      return body.starts(with: start) ? request : OnlineRequests.request(line, true)
    }
    guard let parsed = json["body"] else { return nil }
    let amounts = (parsed["Line"]?.elements ?? []).map { $0["Amount"]?.money }
    guard !amounts.contains(nil), parsed["DocNumber"]?.text == name else { return nil }
    let sum = amounts.reduce(Money.zero) { $0 + ($1 ?? .zero) }
    let sign: Int64 = entity == .invoice ? 1 : -1
    request.document = WrittenDocument(
      type: entity == .invoice ? "INVOICE" : "CREDIT MEMO", number: name,
      customer: "", date: parsed["TxnDate"]?.text ?? "", total: Money(cents: sign * total.cents),
      balance: total - sum, lines: amounts.count, line: 0)
    return request
  }

  /// Where the body begins, with its name; nil when there is none.
  private static func bodyStart(_ line: UnsafeBufferPointer<UInt8>) -> Int? {
    line.span.firstIndex(of: bodyMark.span)
  }

  // MARK: - Filling in references

  private static let referenceMark = Array(#"Ref":{"value":"ref:"#.utf8)

  /// The lines that a body refers to.
  public static func references(in body: [UInt8]) -> [Int] {
    var found: [Int] = []
    body.withUnsafeBufferPointer { body in
      var index = 0
      while let reference = nextReference(in: body, from: index) {
        found.append(reference.number)
        index = reference.digits.upperBound
      }
    }
    return found
  }

  /// The body with ids in place of the numbers of lines.
  public static func fill(_ body: [UInt8], _ id: (Int) -> String) -> [UInt8] {
    var filled: [UInt8] = []
    filled.reserveCapacity(body.count + 64)
    body.withUnsafeBufferPointer { body in
      var index = 0
      while let reference = nextReference(in: body, from: index) {
        filled.append(contentsOf: body[index..<reference.digits.lowerBound - prefix.count])
        filled.append(contentsOf: id(reference.number).utf8)
        index = reference.digits.upperBound
      }
      filled.append(contentsOf: body[index...])
    }
    return filled
  }

  /// What stands before the number of a line.
  private static let prefix = Array("ref:".utf8)

  /// The next number of a line, and where its digits are.
  ///
  /// The mark cannot stand inside a text, where quotation marks have a backslash before them.
  private static func nextReference(
    in body: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (number: Int, digits: Range<Int>)? {
    guard let mark = body.span.firstIndex(of: referenceMark.span, from: start) else { return nil }
    let first = mark + referenceMark.count
    var (end, number) = (first, 0)
    while end < body.count, body[end] &- 0x30 < 10 {
      number = number * 10 + Int(body[end] - 0x30)
      end += 1
    }
    return (number, first..<end)
  }
}
