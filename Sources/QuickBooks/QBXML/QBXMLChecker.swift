internal import CBytes
internal import Vocabulary

/// What a file must read back as.
struct QBXMLExpectation {
  var messageSet = ""
  var requests = 0
  /// The totals of the documents in their order, in cents.
  var totals: [Int64] = []

  init(messageSet: String = "") {
    self.messageSet = messageSet
  }

  /// Notes a document.
  mutating func add(_ total: Money) {
    requests += 1
    totals.append(total.cents)
  }
}

/// Checks finished files from their bytes, in the order in which they will be sent.
///
/// A file must be ASCII, obey the schema, and read back as what was written; no id may stand in it
/// twice, and nothing may refer to what is neither in the books nor asked for before. QuickBooks would
/// refuse the whole of a file for most of these, without saying why; what is found here is our
/// mistake, never the user's.
final class QBXMLChecker {
  private let format: QBXMLFormat
  private var known: QBXMLKnownNames
  /// What was found in the file that is being checked.
  private var ids: Set<String> = []
  private var documents = 0
  private var amount = Money.zero

  init(format: QBXMLFormat, known: QBXMLKnownNames) {
    self.format = format
    self.known = known
  }

  /// Checks a file.
  ///
  /// - Returns: the sum of its documents' totals as read back.
  /// - Throws: `Failure` with cause `ownBug`.
  func check(
    path: String, name: String, _ expected: QBXMLExpectation
  ) throws(Failure) -> Money {
    ids.removeAll(keepingCapacity: true)
    documents = 0
    amount = .zero
    let visitor = QBXMLRequestVisitor(name: name, wantsReferences: true) {
      (request, references, location) throws(Failure) in
      try self.take(request, references, location, expected)
    }
    let format = format
    do {
      try visitor.read(path: path, validating: true) { (bytes, isFirst) throws(Failure) in
        try QBXMLChecker.checkBytes(bytes, isFirst: isFirst, name, format)
      }
    } catch {
      throw error.cause == .ownBug ? error : QBXMLChecker.bug(error.message, error.location)
    }
    guard visitor.messageSet == expected.messageSet else {
      throw QBXMLChecker.bug("\(name) has lost the id of its message set", nil)
    }
    guard ids.count == expected.requests, documents == expected.totals.count else {
      throw QBXMLChecker.bug(
        "\(name) holds \(ids.count) requests, \(expected.requests) were written", nil)
    }
    return amount
  }

  /// Every byte is ASCII, and the file names the version.
  private static func checkBytes(
    _ bytes: UnsafeBufferPointer<UInt8>, isFirst: Bool, _ name: String, _ format: QBXMLFormat
  ) throws(Failure) {
    guard isText(bytes) else { throw bug("\(name) holds a byte that is not ASCII text", nil) }
    guard isFirst else { return }
    let start = String(decoding: bytes.prefix(200), as: UTF8.self)
    guard start.contains("?>\n<?qbxml version=\"\(format.version)\"?>\n<QBXML>\n") else {
      throw bug("\(name) does not begin as qbXML must", nil)
    }
  }

  private static func isText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let start = bytes.baseAddress else { return true }
    var odd: UInt64 = 0
    var index = 0
    while index < bytes.count {
      odd |= cbytes_not_text(start + index, bytes.count - index)
      index += 64
    }
    return odd == 0
  }

  private static func bug(_ message: String, _ location: SourceLocation?) -> Failure {
    Failure(
      .ownBug, "a file for QuickBooks is not what it must be: \(message)",
      remedy: "nothing was written; please report this", location: location)
  }

  /// Checks what stands in a request.
  private func take(
    _ request: QBXMLRequest, _ references: QBXMLReferences, _ location: SourceLocation,
    _ expected: QBXMLExpectation
  ) throws(Failure) {
    guard ids.insert(request.id).inserted else {
      throw QBXMLChecker.bug("the request id \"\(request.id)\" stands twice", location)
    }
    try references.forEach { (list, path) throws(Failure) in
      guard !known.contains(list, path) else { return }
      let text = path.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
      throw QBXMLChecker.bug(
        "\(request.id) refers to the \(list.word) \"\(text)\", which nothing before it makes",
        location)
    }
    if let list = QBXMLKnownNames.List(request: request.type) {
      guard !known.contains(list, request.name) else {
        throw QBXMLChecker.bug("the \(list.word) \"\(request.name)\" is asked for twice", location)
      }
      known.insert(list, request.name)
      return
    }
    guard documents < expected.totals.count, request.total.cents == expected.totals[documents]
    else {
      throw QBXMLChecker.bug(
        "document \(request.name) reads back with a total of \(request.total)", location)
    }
    documents += 1
    amount += request.total
  }
}
