internal import Foundation
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
struct QBXMLChecker {
  private let format: QBXMLFormat
  private var known: QBXMLKnownNames

  init(format: QBXMLFormat, known: QBXMLKnownNames) {
    self.format = format
    self.known = known
  }

  /// Checks a file.
  ///
  /// - Returns: the sum of its documents' totals as read back.
  /// - Throws: `Failure` with cause `ownBug`.
  mutating func check(
    path: String, name: String, _ expected: QBXMLExpectation
  ) throws(Failure) -> Money {
    try checkBytes(path, name)
    let state = State(known: known)
    let visitor = QBXMLRequestVisitor(name: name, wantsReferences: true) {
      (request, references, location) throws(Failure) in
      try state.take(request, references, location, expected)
    }
    do {
      try visitor.read(path: path, validating: true)
    } catch {
      throw error.cause == .ownBug ? error : QBXMLChecker.bug(error.message, error.location)
    }
    known = state.known
    guard visitor.messageSet == expected.messageSet else {
      throw QBXMLChecker.bug("\(name) has lost the id of its message set", nil)
    }
    guard state.ids.count == expected.requests, state.documents == expected.totals.count else {
      throw QBXMLChecker.bug(
        "\(name) holds \(state.ids.count) requests, \(expected.requests) were written", nil)
    }
    return state.amount
  }

  /// Every byte is ASCII, and the file names the version.
  private func checkBytes(_ path: String, _ name: String) throws(Failure) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure.cannotWrite("cannot read \(name) again", errno) }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 1 << 17)
    var isFirst = true
    while true {
      let count = buffer.withUnsafeMutableBytes {
        Foundation.read(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      guard buffer.withUnsafeBufferPointer({ QBXMLChecker.isText($0[..<count]) }) else {
        throw QBXMLChecker.bug("\(name) holds a byte that is not ASCII text", nil)
      }
      if isFirst {
        let start = String(decoding: buffer.prefix(200), as: UTF8.self)
        guard start.contains("?>\n<?qbxml version=\"\(format.version)\"?>\n<QBXML>\n") else {
          throw QBXMLChecker.bug("\(name) does not begin as qbXML must", nil)
        }
        isFirst = false
      }
    }
  }

  private static func isText(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var odd: UInt8 = 0
    for byte in bytes { odd |= (byte &- 0x20 < 0x5F || byte == 0x0A) ? 0 : 1 }
    return odd == 0
  }

  fileprivate static func bug(_ message: String, _ location: SourceLocation?) -> Failure {
    Failure(
      .ownBug, "a file for QuickBooks is not what it must be: \(message)",
      remedy: "nothing was written; please report this", location: location)
  }
}

/// What is known while one file is checked.
private final class State {
  var known: QBXMLKnownNames
  var ids: Set<String> = []
  var documents = 0
  var amount = Money.zero

  init(known: QBXMLKnownNames) {
    self.known = known
  }

  func take(
    _ request: QBXMLRequest, _ references: [QBXMLReference], _ location: SourceLocation,
    _ expected: QBXMLExpectation
  ) throws(Failure) {
    guard ids.insert(request.id).inserted else {
      throw QBXMLChecker.bug("the request id \"\(request.id)\" stands twice", location)
    }
    for reference in references where !known.contains(reference.list, reference.path) {
      throw QBXMLChecker.bug(
        "\(request.id) refers to the \(reference.list.rawValue) \"\(reference.path)\", which "
          + "nothing before it makes", location)
    }
    if let list = QBXMLKnownNames.List(request: request.type) {
      guard !known.contains(list, request.name) else {
        throw QBXMLChecker.bug(
          "the \(list.rawValue) \"\(request.name)\" is asked for twice", location)
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
