public import Vocabulary

/// Where documents go, and everything that others have to know about it.
///
/// A destination says which names and texts it can keep, how long a document's number may be, and who
/// writes its files; what it cannot keep is held or told before a writer sees it. One case for each kind
/// of destination: the compiler names what a new one has to answer.
public enum Destination: Hashable, Sendable {
  /// IIF files, which QuickBooks Desktop imports.
  case iif(IIFFormat)
  /// qbXML files, sets of requests that QuickBooks Desktop checks and answers.
  case qbxml(QBXMLFormat)
  /// Requests to QuickBooks Online, in a file that is sent record by record.
  case online(OnlineFormat)

  /// What becomes of free text.
  public var text: DesktopText {
    switch self {
    case .iif(let format): format.encoding.text
    case .qbxml: .qbxml
    case .online: .online
    }
  }

  /// The rules for names of list entries.
  public var names: DesktopNames { DesktopNames(text) }

  /// How the name of every file that is meant for QuickBooks ends.
  public var fileSuffix: String {
    switch self {
    case .iif: ".iif"
    case .qbxml: ".xml"
    case .online: ".jsonl"
    }
  }

  /// How many characters of a document's number are kept.
  public var documentNumberLimit: Int {
    isOnline ? OnlineLimits.documentNumber : DesktopLimits.documentNumber
  }

  /// Whether documents go to QuickBooks Online.
  public var isOnline: Bool { if case .online = self { true } else { false } }

  /// What keeps the documents, in words: `QuickBooks Desktop`.
  public var product: String { isOnline ? "QuickBooks Online" : "QuickBooks Desktop" }

  /// How many characters of a purchase order are kept.
  public var purchaseOrderLimit: Int {
    isOnline ? OnlineLimits.purchaseOrder : DesktopLimits.purchaseOrder
  }

  /// How many characters of a memo or a line's description are kept.
  public var memoLimit: Int { isOnline ? OnlineLimits.memo : DesktopLimits.memo }

  /// Whether a document's number consists of characters that come out of QuickBooks as they went in.
  ///
  /// The rule is that of the narrowest file, plain ASCII for IIF, so that a company may change its
  /// destination without a document changing its number.
  public func keeps(documentNumber number: Span<UInt8>) -> Bool {
    DesktopText.iifASCII.changes(number).isEmpty
  }

  /// Begins to write.
  ///
  /// - Parameters:
  ///   - lists: everything the documents will refer to.
  ///   - run: the run's id, for destinations that name what they are sent.
  ///   - folder: where the files shall stand; it must exist.
  ///   - expectedDocuments: how many documents will come at most.
  /// - Returns: a writer that has written the lists already.
  /// - Throws: `Failure` with cause `cannotWrite`, or `ownBug` when the lists contradict themselves.
  public func makeWriter(
    lists: CompanyLists, run: String, folder: String, expectedDocuments: Int
  ) throws(Failure) -> any DocumentWriter {
    switch self {
    case .iif(let format):
      try IIFWriter(
        lists: lists, format: format, folder: folder, expectedDocuments: expectedDocuments)
    case .qbxml(let format):
      try QBXMLWriter(
        lists: lists, format: format, run: run, folder: folder,
        expectedDocuments: expectedDocuments)
    case .online(let format):
      try OnlineWriter(lists: lists, format: format, run: run, folder: folder)
    }
  }
}

extension WrittenDocument {
  /// Whether a file of this name is one that documents can be read back from.
  public static func canRead(_ name: String) -> Bool {
    name.hasSuffix(".iif") || name.hasSuffix(".xml") || name.hasSuffix(".jsonl")
  }

  /// Hands over the documents of a file for QuickBooks one by one, so that no file is too long.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`, or what `body` throws.
  public static func forEach(
    ofFile path: String, _ body: (WrittenDocument) throws(Failure) -> Void
  ) throws(Failure) {
    if path.hasSuffix(".jsonl") {
      try OnlineRequests.forEach(ofFile: path) { request throws(Failure) in
        if let document = request.document { try body(document) }
      }
      return
    }
    guard path.hasSuffix(".xml") else { return try IIFDocuments.forEach(ofFile: path, body) }
    try QBXMLRequests.forEach(ofFile: path, validating: true) { request throws(Failure) in
      if let document = request.document { try body(document) }
    }
  }

  /// The documents of a file for QuickBooks, in its order.
  ///
  /// - Throws: `Failure` with cause `inputMissing` or `inputUnreadable`.
  public static func all(ofFile path: String) throws(Failure) -> [WrittenDocument] {
    var documents: [WrittenDocument] = []
    try forEach(ofFile: path) { document throws(Failure) in documents.append(document) }
    return documents
  }
}
